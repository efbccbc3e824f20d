//! The board while the service runs: one task alone changes it (`writer`), everybody reads.
//!
//! What is asked for is gathered for a few milliseconds, decided one after the other, and
//! written in one transaction with its events: an answer is given once it is on disk. Then
//! the new board is shown and the events are told to whoever listens (`Commit`). Where
//! other processes write too, the board takes in what they have logged, before each decision
//! and whenever the database tells; where only another one writes, it does nothing else. Where
//! the log turns out to be another one, the board is made anew from it (`onward`).

pub mod ask;
pub mod commit;
pub mod error;
pub mod follow;
pub mod keys;
pub mod links;
pub mod news;
pub mod onward;
mod pulse;
mod retention;
mod signs;
mod told_signs;
mod work;
mod writer;

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{Semaphore, broadcast, mpsc, watch};
use tokio::time::{Instant, timeout};

use crate::app::clock::SteadyClock;
use crate::app::live::ask::{Answer, Ask, Outcome, Repeatable};
use crate::app::live::commit::Commit;
use crate::app::live::error::LiveError;
use crate::app::live::keys::Keys;
use crate::app::live::links::Links;
use crate::app::live::pulse::Pulse;
use crate::app::live::signs::Signs;
use crate::live::board::Board;
use crate::live::command::Command;
use crate::live::event::LoggedEvent;
use crate::live::ground::Ground;
use crate::place::feature::AlarmPillar;
use crate::place::id::Id;
use crate::store::workspace::Workspace;

/// Requests that may wait to be decided; more are refused.
const WAITING: usize = 1_024;

/// And commands in all of them: ten full batches of a feed.
const COMMANDS_WAITING: usize = 100_000;

/// Commits that a listener may lag behind.
const LAG: usize = 256;

/// The board of a running service.
#[derive(Debug)]
pub struct Live {
    workspace: Workspace,
    clock: SteadyClock,
    last_incident: AtomicU64,
    /// The longest span of time by which an incident that came by here is known, milliseconds.
    longest_span_ms: AtomicI64,
    /// Number up to which positions were thinned since the start.
    thinned: AtomicU64,
    asks: mpsc::Sender<Ask>,
    room: Arc<Semaphore>,
    waiting: tokio::sync::Mutex<Option<mpsc::Receiver<Ask>>>,
    board: watch::Sender<Arc<Board>>,
    /// The board's last event, where it is known.
    newest: Mutex<Option<LoggedEvent>>,
    /// How often the board was made anew.
    beginnings: AtomicU64,
    ground: watch::Sender<Arc<Ground>>,
    commits: broadcast::Sender<Arc<Commit>>,
    signs: watch::Sender<Signs>,
    /// Signs of life that other services have not been told of.
    untold: Mutex<Signs>,
    /// Whether this service does what has to be done once.
    leads: watch::Receiver<bool>,
    /// Since when the process runs without a break.
    pulse: Mutex<Pulse>,
    /// When the board was known to be all that is in the log.
    looked: Mutex<Instant>,
    /// Whether the service is about to stop.
    leaving: watch::Sender<bool>,
    /// Who may deliver.
    pub keys: Keys,
    /// Which phones speak for which unit.
    pub links: Links,
}

impl Live {
    /// The board as the log has it.
    ///
    /// # Errors
    /// [`LiveError::Store`].
    pub async fn open(workspace: Workspace, ground: Ground) -> Result<Arc<Self>, LiveError> {
        let (board, newest) = follow::newest_with_event(&workspace).await?;
        let (asks, waiting) = mpsc::channel(WAITING);
        let clock = SteadyClock::new(board.at);
        Ok(Arc::new(Self {
            pulse: Mutex::new(Pulse::new(clock.now())),
            keys: Keys::new(workspace.clone()),
            links: Links::new(workspace.clone()),
            leads: workspace.leads(),
            looked: Mutex::new(Instant::now()),
            untold: Mutex::default(),
            leaving: watch::Sender::new(false),
            workspace,
            clock,
            last_incident: AtomicU64::new(board.sequence),
            longest_span_ms: AtomicI64::new(0),
            thinned: AtomicU64::new(0),
            asks,
            room: Arc::new(Semaphore::new(COMMANDS_WAITING)),
            waiting: tokio::sync::Mutex::new(Some(waiting)),
            board: watch::Sender::new(Arc::new(board)),
            newest: Mutex::new(newest),
            beginnings: AtomicU64::new(0),
            ground: watch::Sender::new(Arc::new(ground)),
            commits: broadcast::Sender::new(LAG),
            signs: watch::Sender::new(Signs::default()),
        }))
    }

    /// The board's time: it never goes back, whatever the system's clock does.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Number of the last event that changed an incident, as far as it came by here.
    pub fn last_incident(&self) -> u64 {
        self.last_incident.load(Ordering::Relaxed)
    }

    /// How often the log turned out to be another one, so that the board was made anew:
    /// nothing that was made of what came before holds.
    pub fn beginnings(&self) -> u64 {
        self.beginnings.load(Ordering::Relaxed)
    }

    /// Whether this service does what has to be done once; always where it is the only one.
    pub fn leads(&self) -> bool {
        *self.leads.borrow()
    }

    /// How old the board may be: since when the log could not be looked at.
    pub fn age(&self) -> Duration {
        let looked = self.looked.lock().unwrap_or_else(PoisonError::into_inner);
        looked.elapsed()
    }

    /// The service is about to stop: answers without an end of their own end now.
    pub fn leave(&self) {
        self.leaving.send_replace(true);
    }

    /// Returns once the service is about to stop.
    pub async fn left(&self) {
        let mut leaving = self.leaving.subscribe();
        // Its sender lives as long as this does.
        let _ = leaving.wait_for(|leaving| *leaving).await;
    }

    /// The board is all that is in the log now.
    fn note_look(&self) {
        let mut looked = self.looked.lock().unwrap_or_else(PoisonError::into_inner);
        *looked = Instant::now();
    }

    /// Waits until the board has an event, for so long at most; whether it has.
    pub async fn reaches(&self, sequence: u64, at_most: Duration) -> bool {
        let mut board = self.board.subscribe();
        let there = board.wait_for(|board| board.sequence >= sequence);
        matches!(timeout(at_most, there).await, Ok(Ok(_)))
    }

    /// The board now. Cheap; hold it for one request.
    pub fn board(&self) -> Arc<Board> {
        self.board.borrow().clone()
    }

    /// What the board stands on now.
    pub fn ground(&self) -> Arc<Ground> {
        self.ground.borrow().clone()
    }

    /// Layers have changed.
    pub fn set_ground(&self, ground: Ground) {
        self.ground.send_replace(Arc::new(ground));
    }

    /// A pillar gives a sign of life; what is news of it is asked for.
    ///
    /// # Errors
    /// As of [`Live::ask`].
    pub async fn heartbeat(
        &self,
        pillar: Id<AlarmPillar>,
        at: Timestamp,
    ) -> Result<Outcome, LiveError> {
        let known = self.board().pillars.get(&pillar).is_some_and(|p| p.online);
        if known && self.ground().pillar(&pillar).is_some() {
            self.note_sign(pillar, at);
            return Ok(Outcome::Known);
        }
        let command = Command::Online {
            pillar: pillar.clone(),
        };
        let answer = self.ask(vec![command], None).await?;
        let outcome = answer.outcomes.into_iter().next().unwrap_or(Outcome::Known);
        if !matches!(outcome, Outcome::Refused(_)) {
            self.note_sign(pillar, at);
        }
        Ok(outcome)
    }

    /// What is committed from now on.
    pub fn commits(&self) -> broadcast::Receiver<Arc<Commit>> {
        self.commits.subscribe()
    }

    /// Asks for something; answered once it is on disk, or refused.
    ///
    /// # Errors
    /// [`LiveError`]; nothing of it was done then, or with [`LiveError::BrokenOff`] nobody
    /// knows: ask again under the same key.
    pub async fn ask(
        &self,
        commands: Vec<Command>,
        repeatable: Option<Repeatable>,
    ) -> Result<Answer, LiveError> {
        if !self.workspace.is_writable() {
            return Err(LiveError::ReadOnly);
        }
        let size = u32::try_from(commands.len().max(1)).unwrap_or(u32::MAX);
        let room = self.room.clone().try_acquire_many_owned(size);
        let room = room.map_err(|_| LiveError::Overloaded)?;
        let (ask, answer) = Ask::new(commands, repeatable, room);
        self.asks.try_send(ask).map_err(|fault| match fault {
            mpsc::error::TrySendError::Full(_) => LiveError::Overloaded,
            mpsc::error::TrySendError::Closed(_) => LiveError::BrokenOff,
        })?;
        answer.await.map_err(|_| LiveError::BrokenOff)?
    }
}
