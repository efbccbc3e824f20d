//! Something asked of the board, and the answer.

use tokio::sync::{OwnedSemaphorePermit, oneshot};

use crate::app::live::error::LiveError;
use crate::incident::record::Incident;
use crate::live::command::Command;
use crate::live::refusal::Refusal;
use crate::place::id::Id;

/// What may be asked for again: the same key gets the same answer for a day.
pub struct Repeatable {
    /// Whose key it is.
    pub feed: String,
    /// The `Idempotency-Key`.
    pub key: String,
    /// Hash of the request: another one under the same key is refused.
    pub request_hash: String,
    /// Writes the answer's body, which is kept with what was done; again where a commit that
    /// broke off is done anew.
    pub body: Box<dyn Fn(&Answer) -> String + Send + Sync>,
}

impl std::fmt::Debug for Repeatable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Repeatable({}/{})", self.feed, self.key)
    }
}

/// Something asked for.
#[derive(Debug)]
pub struct Ask {
    pub(super) commands: Vec<Command>,
    pub(super) repeatable: Option<Repeatable>,
    pub(super) answer: oneshot::Sender<Result<Answer, LiveError>>,
    /// Its room among what waits; given back once it is decided.
    _room: OwnedSemaphorePermit,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// What became of each command, in their order; empty where the body is an older one.
    pub outcomes: Vec<Outcome>,
    /// Number of the board's last event then.
    pub sequence: u64,
    /// The body as it was given before, where the key had an answer already.
    pub given_before: Option<String>,
}

/// What became of one command.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// It is done.
    Done {
        /// The incident that was taken in.
        incident: Option<Id<Incident>>,
        /// Its number on the radio.
        number: Option<u32>,
    },
    /// It was so already: nothing changed.
    Known,
    /// It is refused: nothing changed.
    Refused(Refusal),
}

impl Ask {
    /// With the place where its answer will be.
    pub fn new(
        commands: Vec<Command>,
        repeatable: Option<Repeatable>,
        room: OwnedSemaphorePermit,
    ) -> (Self, oneshot::Receiver<Result<Answer, LiveError>>) {
        let (answer, received) = oneshot::channel();
        let ask = Self {
            commands,
            repeatable,
            answer,
            _room: room,
        };
        (ask, received)
    }
}
