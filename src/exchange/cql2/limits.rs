//! How much of a filter is read.

use crate::exchange::cql2::fault::FilterFault;

/// Longest filter, bytes.
pub const MOST_BYTES: usize = 8_192;

/// Deepest nesting.
pub const MOST_DEPTH: usize = 32;

/// How deep the reader is.
#[derive(Debug, Clone, Copy, Default)]
pub struct Depth(usize);

impl Depth {
    /// One level further in.
    ///
    /// # Errors
    /// [`FilterFault::Deep`].
    pub fn deeper(self) -> Result<Self, FilterFault> {
        match self.0 < MOST_DEPTH {
            true => Ok(Self(self.0 + 1)),
            false => Err(FilterFault::Deep { most: MOST_DEPTH }),
        }
    }
}

/// Refuses what is too long.
///
/// # Errors
/// [`FilterFault::Long`].
pub fn check_length(text: &str) -> Result<(), FilterFault> {
    match text.len() <= MOST_BYTES {
        true => Ok(()),
        false => Err(FilterFault::Long { most: MOST_BYTES }),
    }
}
