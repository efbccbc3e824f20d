//! What has been written: each event with what it touched, and the board right after it.

use crate::live::board::Board;
use crate::live::event::LoggedEvent;
use crate::live::step::Touched;

/// One or more events that got on disk together.
#[derive(Debug)]
pub struct Commit {
    /// The events, in their order.
    pub steps: Vec<Step>,
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
