//! Why a file is not taken in, or nothing is done with it.

use std::io;
use std::sync::Arc;

use thiserror::Error;

use crate::app::import::report::ImportError;
use crate::app::session::error::SessionError;
use crate::app::session::imports::MOST_BYTES;

/// Why a file is not taken, or nothing is done with it.
#[derive(Debug, Clone, Error)]
pub enum ImportsFault {
    /// The workspace is not written.
    #[error("nothing can be imported: {0}")]
    ReadOnly(String),
    /// Too many files at once.
    #[error("other files are being imported; finish or cancel one, or try again in a moment")]
    TooMany,
    /// Larger than what is taken over the wire.
    #[error(
        "the file is larger than {} MiB; split it, or use frontbeat import on the service's machine",
        MOST_BYTES >> 20
    )]
    TooLarge,
    /// No such file is held.
    #[error("the file is not here (any more): send it again")]
    Unknown,
    /// It is being written, or was.
    #[error("the file is being imported, or was imported already")]
    Begun,
    /// The folder for it can't be written.
    #[error("the file can't be kept while it is looked at: {why}")]
    Scratch {
        /// The system's word.
        why: String,
        /// Whether there is no space left.
        full: bool,
    },
    /// The file, or how it is to be read.
    #[error(transparent)]
    Import(Arc<ImportError>),
    /// The session.
    #[error(transparent)]
    Session(#[from] SessionError),
}

impl From<ImportError> for ImportsFault {
    fn from(fault: ImportError) -> Self {
        match fault {
            ImportError::Store(store) => Self::Session(store.into()),
            other => Self::Import(Arc::new(other)),
        }
    }
}

impl From<io::Error> for ImportsFault {
    fn from(fault: io::Error) -> Self {
        Self::Scratch {
            full: fault.kind() == io::ErrorKind::StorageFull,
            why: fault.to_string(),
        }
    }
}
