//! When? Half-open windows of time, hours of the week, shifts, the district's time zone.

pub mod cadence;
pub mod manned;
pub mod rolling;
pub mod roster;
pub mod shift;
pub mod text;
pub mod week;
pub mod week_clock;
pub mod window;
