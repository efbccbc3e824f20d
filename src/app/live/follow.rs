//! The board from the log: at the start, and after what others have written. As it was:
//! `session::past`.

use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};

use jiff::SignedDuration;

use crate::app::live::Live;
use crate::app::live::commit::{Commit, Step};
use crate::app::live::error::LiveError;
use crate::app::live::onward::{Onward, onward};
use crate::live::board::Board;
use crate::live::board_event::BoardEvent;
use crate::live::event::{EventKind, LoggedEvent};
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

/// The same, and that event.
///
/// # Errors
/// [`StoreError`].
pub async fn newest_with_event(
    workspace: &Workspace,
) -> Result<(Board, Option<LoggedEvent>), StoreError> {
    let board = newest(workspace).await?;
    let before = board.sequence.saturating_sub(1);
    let at = workspace.events_after(before, 1).await?.pop();
    let event = at.filter(|event| event.sequence == board.sequence);
    Ok((board, event))
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

/// How long the span of time is by which an incident that came in is known, milliseconds.
fn span_ms(event: &LoggedEvent) -> i64 {
    match &event.event {
        EventKind::Board(BoardEvent::IncidentReceived(received)) => {
            let (from, until) = (received.happened_at, received.until);
            until.map_or(0, |it| it.as_millisecond() - from.as_millisecond() + 1)
        }
        _ => 0,
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

    /// The longest span of time by which an incident is known that came in since the start, one
    /// by one; no snapshot may count it so far. What is in the log and not on the board counts too:
    /// another service may have taken it in.
    ///
    /// # Errors
    /// [`LiveError::Store`].
    pub async fn longest_span(&self) -> Result<SignedDuration, LiveError> {
        // By then its spans are noted (`show`).
        let shown = self.board().sequence;
        let mut ahead = Vec::new();
        if self.workspace.last_event().await? > shown {
            ahead = self
                .workspace
                .events_but_positions(shown, u64::MAX, AT_ONCE)
                .await?;
        }
        if ahead.len() == AT_ONCE as usize {
            return Ok(SignedDuration::MAX);
        }
        let ahead = ahead.iter().map(span_ms).max().unwrap_or(0);
        let noted = self.longest_span_ms.load(Ordering::Acquire);
        Ok(SignedDuration::from_millis(noted.max(ahead)))
    }

    /// Takes in what is in the log and not on the board so far. Where the log is another one
    /// than the board was made of, the board is made anew.
    pub(super) async fn follow(&self) -> Result<(), LiveError> {
        loop {
            let mut board = Board::clone(&self.board());
            // With the last one that the board has: is it still there?
            let from = board.sequence.saturating_sub(1);
            let read = self.workspace.events_after(from, AT_ONCE + 1).await?;
            let more = read.len() > AT_ONCE as usize;
            match onward(board.sequence, self.newest().as_ref(), read) {
                Onward::New(events) => {
                    let steps: Vec<Step> = events
                        .into_iter()
                        .map(|event| take(&mut board, event))
                        .collect();
                    self.show(board, steps);
                }
                // A standby may be behind: it comes to it, or is promoted.
                Onward::Shorter if !self.workspace.is_primary() => return Ok(()),
                Onward::Shorter | Onward::Another => return self.begin_anew().await,
            }
            if !more {
                self.note_look();
                return Ok(());
            }
        }
    }

    /// Makes the board from the log, whatever it was, and tells those who listen.
    pub(super) async fn begin_anew(&self) -> Result<(), LiveError> {
        let (board, newest) = newest_with_event(&self.workspace).await?;
        tracing::warn!(
            had = self.board().sequence,
            has = board.sequence,
            "the log is not the one that the board was made of (a standby without the last events, \
             an older copy): the board is made anew from it, and all clients take it anew"
        );
        self.set_newest(newest);
        self.last_incident.store(board.sequence, Ordering::Relaxed);
        self.thinned.store(0, Ordering::Relaxed);
        self.board.send_replace(Arc::new(board));
        self.beginnings.fetch_add(1, Ordering::Relaxed);
        // Nobody may be listening.
        let _ = self.commits.send(Arc::new(Commit::Anew));
        self.note_look();
        Ok(())
    }

    /// Shows a new board and tells what led to it.
    pub(super) fn show(&self, board: Board, steps: Vec<Step>) {
        let Some(last) = steps.last() else {
            return;
        };
        self.set_newest(Some(last.event.clone()));
        let spans = steps.iter().map(|step| span_ms(&step.event));
        self.longest_span_ms
            .fetch_max(spans.max().unwrap_or(0), Ordering::AcqRel);
        let of_incident = |step: &&Step| step.event.event.changes_incidents();
        if let Some(step) = steps.iter().rev().find(of_incident) {
            self.last_incident
                .store(step.event.sequence, Ordering::Relaxed);
        }
        self.board.send_replace(Arc::new(board));
        // Nobody may be listening.
        let _ = self.commits.send(Arc::new(Commit::Steps(steps)));
    }

    /// The board's last event.
    pub(super) fn newest(&self) -> Option<LoggedEvent> {
        let newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        newest.clone()
    }

    fn set_newest(&self, event: Option<LoggedEvent>) {
        let mut newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        *newest = event;
    }
}
