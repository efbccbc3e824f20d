//! Tests of `places`.
