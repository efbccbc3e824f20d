//! Tests of `idle`.
