//! Why something asked of the board is not done.

use std::sync::Arc;

use thiserror::Error;

use crate::store::error::StoreError;

/// A fault of the board.
#[derive(Debug, Clone, Error)]
pub enum LiveError {
    /// Another process writes, or the workspace can't be written.
    #[error("the workspace is served read-only")]
    ReadOnly,
    /// The disk is full.
    #[error("the disk is full; nothing can be taken in until there is space again")]
    Full,
    /// The workspace can't be read or written for now; why is in the log, not for clients.
    #[error(
        "the workspace can't be reached for now; ask again in a few seconds, under the same Idempotency-Key"
    )]
    NotNow,
    /// Too much waits already.
    #[error("too much is waiting to be taken in; ask again in a few seconds")]
    Overloaded,
    /// The key has the answer to something else.
    #[error("the Idempotency-Key was used for another request; use a new one for each")]
    KeyReused,
    /// The service stops.
    #[error("the service is stopping; ask again under the same Idempotency-Key")]
    BrokenOff,
    /// There is no board of that time.
    #[error("the log begins later")]
    BeforeTheLog,
    /// Any other fault of the store.
    #[error(transparent)]
    Store(Arc<StoreError>),
}

impl LiveError {
    /// Whether nothing else could be written either.
    pub fn is_of_all(&self) -> bool {
        match self {
            Self::ReadOnly | Self::Full | Self::NotNow | Self::Overloaded | Self::BrokenOff => true,
            Self::KeyReused | Self::BeforeTheLog | Self::Store(_) => false,
        }
    }
}

impl From<StoreError> for LiveError {
    fn from(fault: StoreError) -> Self {
        match fault {
            StoreError::Full { .. } => Self::Full,
            // A file's writer may find it locked by a command beside it, a service another
            // one's turn too long, and a folder or a server may be out of reach for a while.
            fault if fault.is_of_the_moment() => {
                tracing::debug!(%fault, "the board can't be written");
                Self::NotNow
            }
            other => Self::Store(Arc::new(other)),
        }
    }
}
