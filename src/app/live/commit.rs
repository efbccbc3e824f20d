//! What has been written: each event with what it touched, and the board right after it.

use crate::live::board::Board;
use crate::live::event::LoggedEvent;
use crate::live::step::Touched;

/// What those who listen to the board are told.
#[derive(Debug)]
pub enum Commit {
    /// One or more events that got on disk together, in their order.
    Steps(Vec<Step>),
    /// The log is another one than the board was made of: what was told so far may not be in
    /// it, and the board was made anew.
    Anew,
}

impl Commit {
    /// The events.
    pub fn steps(&self) -> &[Step] {
        match self {
            Self::Steps(steps) => steps,
            Self::Anew => &[],
        }
    }
}

/// An event and what came of it.
#[derive(Debug)]
pub struct Step {
    /// The event.
    pub event: LoggedEvent,
    /// What it touched.
    pub touched: Touched,
    /// The board right after it.
    pub board: Board,
}
