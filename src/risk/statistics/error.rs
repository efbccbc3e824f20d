//! Why a figure can't be computed.

use thiserror::Error;

/// Why a figure can't be computed.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum StatisticsError {
    /// A list that must have one value a cell has another length.
    #[error("there are {found} values for {wanted} cells")]
    Length {
        /// How many were given.
        found: usize,
        /// How many cells there are.
        wanted: usize,
    },
    /// A number outside what the method is about.
    #[error("{name} must be {wanted}, not {value}")]
    Parameter {
        /// Its name.
        name: &'static str,
        /// What it must be.
        wanted: &'static str,
        /// As given.
        value: f64,
    },
    /// Band edges that don't ascend.
    #[error("the edges of {name} must be two to nine ascending numbers from 0 up")]
    Edges {
        /// `the distance bands` or `the time bands`.
        name: &'static str,
    },
    /// More pairs than memory should be asked for.
    #[error(
        "more than {most} pairs of incidents lie within {metres} m: take a shorter period, fewer categories or a shorter distance (many incidents may be placed at one address)"
    )]
    TooManyPairs {
        /// The limit.
        most: usize,
        /// The outer edge of the distance bands.
        metres: f64,
    },
    /// A span of time beyond what a count of seconds holds.
    #[error("the incidents span {years:.0} years; at most 60 can be compared")]
    TooLong {
        /// How long it is.
        years: f64,
    },
}

/// Checks that a parameter is finite and above zero.
///
/// # Errors
/// [`StatisticsError::Parameter`].
pub fn above_zero(name: &'static str, value: f64) -> Result<f64, StatisticsError> {
    if value.is_finite() && value > 0.0 {
        Ok(value)
    } else {
        Err(StatisticsError::Parameter {
            name,
            wanted: "a number above 0",
            value,
        })
    }
}
