//! The hours of the week that a command is about.

use crate::calendar::text::parse_hours;
use crate::calendar::week::HourSet;
use crate::cli::failure::Failure;

/// Hours as people write them, `22-6` or `0,1,2`; all where nothing is said.
///
/// # Errors
/// [`Failure`] where the text names no hours.
pub fn hours(text: Option<&str>) -> Result<HourSet, Failure> {
    text.map_or_else(
        || Ok(HourSet::full()),
        |text| parse_hours(text).map_err(|fault| Failure::usage(fault, "")),
    )
}
