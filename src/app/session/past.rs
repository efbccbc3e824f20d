//! The board as it was: folded from the log off the async threads, a few at a time.
//!
//! Whoever drags a slider through a night asks for a hundred instants of the same stretch:
//! boards are kept in memory on the way, which costs little (boards share their parts) and
//! lets the next question fold some hundred events instead of twenty thousand.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use tokio::runtime::Handle;
use tokio::sync::OwnedSemaphorePermit;

use crate::app::live::commit::Step;
use crate::app::live::error::LiveError;
use crate::app::live::follow::take;
use crate::app::session::Session;
use crate::app::session::error::SessionError;
use crate::app::session::turns::Turns;
use crate::live::board::Board;
use crate::live::step::step;
use crate::store::workspace::Workspace;

/// How many boards are folded at a time; each keeps a core busy.
const AT_A_TIME: usize = 2;

/// How many may wait for their turn: desks whose sliders move at once.
const WAITING: usize = 64;

/// How many hand-overs are made at a time, and may wait: each reads months of incidents.
const HANDOVERS_AT_A_TIME: usize = 1;
const HANDOVERS_WAITING: usize = 8;

/// A board is kept at each so many events that are folded.
const KEEP_EVERY: u64 = 1_000;

/// Boards in memory; the one asked for longest ago goes first.
const KEPT: usize = 48;

/// Events read in one go.
const AT_ONCE: u32 = 1_000;

/// Boards as they were, and the turn to fold one.
#[derive(Debug)]
pub struct Past {
    kept: Mutex<Kept>,
    turns: Turns,
    /// Of their own: one that is made folds boards, in a turn of those.
    handovers: Turns,
}

#[derive(Debug, Default)]
struct Kept {
    /// How often all was let go: what a fold keeps that began before is of another log.
    forgotten: u64,
    /// The one used last at the end.
    boards: Vec<Arc<Board>>,
}

impl Default for Past {
    fn default() -> Self {
        Self::new()
    }
}

impl Past {
    /// Lets go of everything: it was made of another log.
    pub(super) fn forget(&self) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.forgotten += 1;
        kept.boards.clear();
    }

    /// Nothing is known so far.
    pub fn new() -> Self {
        Self {
            kept: Mutex::default(),
            turns: Turns::new(AT_A_TIME, WAITING),
            handovers: Turns::new(HANDOVERS_AT_A_TIME, HANDOVERS_WAITING),
        }
    }

    /// Waits for the turn to fold.
    ///
    /// # Errors
    /// As of [`Turns::turn`].
    pub(super) async fn turn(&self) -> Result<[OwnedSemaphorePermit; 2], SessionError> {
        self.turns.turn().await
    }

    /// Waits for the turn to make a hand-over.
    ///
    /// # Errors
    /// As of [`Turns::turn`].
    pub(super) async fn handover_turn(&self) -> Result<[OwnedSemaphorePermit; 2], SessionError> {
        self.handovers.turn().await
    }

    /// The newest board in memory that is no newer than an event.
    fn newest_by(&self, last: u64) -> Option<Arc<Board>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let of = |(_, board): &(usize, &Arc<Board>)| board.sequence <= last;
        let (at, _) = kept
            .boards
            .iter()
            .enumerate()
            .filter(of)
            .max_by_key(|(_, b)| b.sequence)?;
        let board = kept.boards.remove(at);
        kept.boards.push(board.clone());
        Some(board)
    }

    fn forgotten(&self) -> u64 {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.forgotten
    }

    /// Keeps a board that was begun when all had been let go so often.
    fn keep(&self, board: &Board, forgotten: u64) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.forgotten != forgotten {
            return;
        }
        let kept = &mut kept.boards;
        kept.retain(|other| other.sequence != board.sequence);
        if kept.len() >= KEPT {
            kept.remove(0);
        }
        kept.push(Arc::new(board.clone()));
    }

    /// Where to fold from: the newest of what is in memory and what is stored.
    async fn base(&self, workspace: &Workspace, last: u64) -> Result<Board, LiveError> {
        let near = self.newest_by(last);
        if let Some(near) = near
            .as_deref()
            .filter(|board| last - board.sequence <= KEEP_EVERY)
        {
            return Ok(near.clone());
        }
        let stored = workspace.kept_board(last).await?.unwrap_or_default();
        Ok(match near {
            Some(near) if near.sequence >= stored.sequence => Board::clone(&near),
            _ => stored,
        })
    }

    async fn fold(&self, workspace: &Workspace, last: u64) -> Result<Board, LiveError> {
        let forgotten = self.forgotten();
        let mut board = self.base(workspace, last).await?;
        loop {
            let events = workspace.events_after(board.sequence, AT_ONCE).await?;
            let more = events.len() == AT_ONCE as usize;
            for event in events.iter().take_while(|event| event.sequence <= last) {
                step(&mut board, event);
                if event.sequence % KEEP_EVERY == 0 {
                    self.keep(&board, forgotten);
                }
            }
            let done = events.last().is_none_or(|event| event.sequence >= last);
            if done || !more {
                self.keep(&board, forgotten);
                return Ok(board);
            }
        }
    }
}

impl Session {
    /// The board as it was at an instant.
    ///
    /// # Errors
    /// [`SessionError`]; [`LiveError::BeforeTheLog`] where nothing is known of then.
    pub async fn board_at(self: &Arc<Self>, at: Timestamp) -> Result<Board, SessionError> {
        match self.workspace().last_event_by(at).await? {
            0 => Err(LiveError::BeforeTheLog.into()),
            last => self.board_as_of(last).await,
        }
    }

    /// The board as of an event's number, or as it is now where that is yet to come.
    ///
    /// # Errors
    /// [`SessionError`].
    pub async fn board_as_of(self: &Arc<Self>, sequence: u64) -> Result<Board, SessionError> {
        let now = self.live.board();
        if sequence >= now.sequence {
            return Ok(Board::clone(&now));
        }
        let _turn = self.past.turns.turn().await?;
        let (session, handle) = (self.clone(), Handle::current());
        // Reading decodes events and boards: that too is work for a thread of its own.
        let folding = tokio::task::spawn_blocking(move || {
            handle.block_on(session.past.fold(session.workspace(), sequence))
        });
        let board = folding.await.map_err(|_| SessionError::BrokenOff)?;
        Ok(board?)
    }

    /// The events after a number and by another one, with what each touched and the board
    /// after it.
    ///
    /// # Errors
    /// [`SessionError`].
    pub async fn steps_between(
        self: &Arc<Self>,
        after: u64,
        last: u64,
    ) -> Result<Vec<Step>, SessionError> {
        if after >= last {
            return Ok(Vec::new());
        }
        let mut board = self.board_as_of(after).await?;
        let (mut steps, mut seen) = (Vec::new(), after);
        while seen < last {
            let events = self.workspace().events_after(seen, AT_ONCE).await?;
            if events.is_empty() {
                break;
            }
            for event in events {
                seen = event.sequence;
                if seen <= last {
                    steps.push(take(&mut board, event));
                }
            }
        }
        Ok(steps)
    }

    /// Whether the log has come to an event; also where nobody can tell.
    pub async fn has_event(&self, sequence: u64) -> bool {
        match self.workspace().last_event().await {
            Ok(last) => sequence <= last,
            Err(_) => true,
        }
    }
}
