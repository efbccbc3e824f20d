//! Tests of `tally`.
