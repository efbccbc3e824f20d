//! Windows as people write them at the prompt and in a URL.
//!
//! CONTRACT (the part that owns `risk/` writes the body and its tests).

use jiff::{civil, tz::TimeZone};
use thiserror::Error;

use crate::calendar::shift::Shift;
use crate::calendar::window::Window;

/// A text that names no window.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "{text:?} is no window ({why}); write START/END in ISO 8601, a shift ({shifts}), or SHIFT@DATE like night@2026-11-25"
)]
pub struct WindowTextError {
    /// As given.
    pub text: String,
    /// What is wrong.
    pub why: String,
    /// Ids of the known shifts.
    pub shifts: String,
}

/// Reads `START/END` (ISO 8601; without an offset: local time), `SHIFT` (the one that
/// starts on `today`) or `SHIFT@DATE`.
///
/// # Errors
/// [`WindowTextError`].
pub fn parse_window(
    text: &str,
    shifts: &[Shift],
    zone: &TimeZone,
    today: civil::Date,
) -> Result<Window, WindowTextError> {
    let _ = (shifts, zone, today);
    todo!("{text}")
}
