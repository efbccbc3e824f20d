//! Tests of `town`.
