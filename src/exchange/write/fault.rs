//! What can go wrong while a file is written.

use std::io;

use thiserror::Error;

/// Why a file was not written to its end.
#[derive(Debug, Error)]
pub enum WriteFault {
    /// The medium: a full disk, a client that left.
    #[error("the file can't be written: {0}")]
    Output(#[from] io::Error),
    /// The format can't hold it.
    #[error("{format} can't hold this: {why}; {remedy}")]
    Format {
        /// Which format.
        format: &'static str,
        /// What it can't hold.
        why: String,
        /// What to do instead.
        remedy: &'static str,
    },
    /// The library that writes the format refused.
    #[error("the {format} file can't be made: {why}")]
    Library {
        /// Which format.
        format: &'static str,
        /// In its words.
        why: String,
    },
}

impl WriteFault {
    /// What a format's library said.
    pub fn library(format: &'static str, fault: impl ToString) -> Self {
        Self::Library {
            format,
            why: fault.to_string(),
        }
    }
}
