//! The board from the log: at the start, and after what others have written. As it was:
//! `session::past`.

use std::sync::atomic::Ordering;

use crate::app::live::Live;
use crate::app::live::commit::{Commit, Step};
use crate::app::live::error::LiveError;
use crate::live::board::Board;
use crate::live::event::LoggedEvent;
use crate::live::step::step;
use crate::store::error::StoreError;
use crate::store::workspace::Workspace;

/// Events read in one go.
pub const AT_ONCE: u32 = 5_000;

/// The board by the newest event.
///
/// # Errors
/// [`StoreError`].
pub async fn newest(workspace: &Workspace) -> Result<Board, StoreError> {
    let mut board = workspace.kept_board(u64::MAX).await?.unwrap_or_default();
    loop {
        let events = workspace.events_after(board.sequence, AT_ONCE).await?;
        for event in &events {
            step(&mut board, event);
        }
        if events.len() < AT_ONCE as usize {
            return Ok(board);
        }
    }
}

/// One step, with the board right after it.
pub fn take(board: &mut Board, event: LoggedEvent) -> Step {
    let touched = step(board, &event);
    Step {
        event,
        touched,
        board: board.clone(),
    }
}

impl Live {
    /// Events after a number, oldest first.
    ///
    /// # Errors
    /// [`LiveError::Store`].
    pub async fn events_after(
        &self,
        sequence: u64,
        limit: u32,
    ) -> Result<Vec<LoggedEvent>, LiveError> {
        Ok(self.workspace.events_after(sequence, limit).await?)
    }

    /// Takes in what is in the log and not on the board so far.
    pub(super) async fn follow(&self) -> Result<(), LiveError> {
        loop {
            let mut board = Board::clone(&self.board());
            let events = self.workspace.events_after(board.sequence, AT_ONCE).await?;
            let more = events.len() == AT_ONCE as usize;
            let steps: Vec<Step> = events
                .into_iter()
                .map(|event| take(&mut board, event))
                .collect();
            self.show(board, steps);
            if !more {
                self.note_look();
                return Ok(());
            }
        }
    }

    /// Shows a new board and tells what led to it.
    pub(super) fn show(&self, board: Board, steps: Vec<Step>) {
        if steps.is_empty() {
            return;
        }
        let of_incident = |step: &&Step| step.event.event.changes_incidents();
        if let Some(step) = steps.iter().rev().find(of_incident) {
            self.last_incident
                .store(step.event.sequence, Ordering::Relaxed);
        }
        self.board.send_replace(std::sync::Arc::new(board));
        // Nobody may be listening.
        let _ = self.commits.send(std::sync::Arc::new(Commit { steps }));
    }
}
