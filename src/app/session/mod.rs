//! The workspace that a running service keeps open: what was read of it (`snapshot`), the
//! surfaces computed from it (`surfaces`), the bytes made of those (`bodies`), and the one
//! writer.
//!
//! The idea: a request reads an immutable snapshot and never waits for another one. When
//! the event log grows, a new snapshot replaces the old one whole; whoever holds the old
//! one finishes on it. Heavy work runs off the async threads, a few at a time.

pub mod bodies;
pub mod coverage;
pub mod error;
pub mod features;
pub mod follow_ups;
pub mod forecasts;
pub mod handover;
pub mod heat;
mod hooks;
pub mod imports;
pub mod imports_fault;
pub mod incident_choice;
pub mod incident_page;
pub mod incident_points;
pub mod incident_profile;
pub mod incident_sift;
pub mod layer_shapes;
pub mod layers;
pub mod map_file;
pub mod near;
pub mod papers;
pub mod past;
pub mod plans;
pub mod prepared;
pub mod records;
pub mod replans;
pub mod scenarios;
mod shelf;
pub mod simulations;
pub mod snapshot;
pub mod statistics;
pub mod suggestions;
pub mod surfaces;
pub mod tiles;
pub mod turns;
pub mod within;
pub mod zones;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::{Mutex, OnceCell, watch};
use tokio::time::Instant;

use crate::app::live::Live;
use crate::app::live::news::News;
use crate::app::risk::RiskRequest;
use crate::app::session::bodies::Bodies;
use crate::app::session::coverage::Covers;
use crate::app::session::error::SessionError;
use crate::app::session::heat::Heat;
use crate::app::session::imports::{Imports, remove_leavings};
use crate::app::session::incident_choice::Choices;
use crate::app::session::past::Past;
use crate::app::session::plans::Plans;
use crate::app::session::records::Records;
use crate::app::session::simulations::Simulations;
use crate::app::session::snapshot::Snapshot;
use crate::app::session::statistics::Answers;
use crate::app::session::suggestions::Suggestions;
use crate::app::session::surfaces::Surfaces;
use crate::app::session::turns::Turns;
use crate::app::session::zones::Drafts;
use crate::app::workspace::{open_for_reading, open_to_serve};
use crate::live::event::EventKind;
use crate::store::address::WorkspaceAddress;
use crate::store::error::StoreError;
use crate::store::workspace::Workspace;

/// The H3 resolution of a surface where none is asked for.
pub const DEFAULT_RESOLUTION: u8 = 10;

/// How often the event log is looked at, at least, for what another process wrote.
const WATCH_EVERY: Duration = Duration::from_secs(1);

/// Least time from one count of the incidents that come in one by one to the next.
const LEAST_REST: Duration = Duration::from_secs(5);

/// And so many times as long as a count takes.
const REST: u32 = 20;

/// How many exports run at a time; each keeps a core and the disk busy.
const EXPORTS_AT_A_TIME: usize = 2;

/// How many may wait for their turn; more are refused.
const EXPORTS_WAITING: usize = 8;

/// How many follow-ups may wait for their turn; each reads a part of the log.
const FOLLOW_UPS_WAITING: usize = 8;

/// Most events looked at in one go.
const EVENTS_AT_ONCE: u32 = 1000;

/// How far the start is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Readiness {
    /// Still reading; what.
    Warming(&'static str),
    /// Everything that a first page needs is in memory.
    Ready,
    /// Reading failed; why. What was read before is served.
    Failed(String),
}

/// Until when incidents that come in one by one are not counted anew: counting takes its
/// time, and a busy night must not be spent on it.
#[derive(Debug, Clone, Copy)]
struct Pause {
    until: Instant,
}

impl Pause {
    /// Counting has taken since then.
    fn after(begun: Instant) -> Self {
        let rest = (begun.elapsed() * REST).max(LEAST_REST);
        Self {
            until: Instant::now() + rest,
        }
    }
}

/// An open workspace with its caches.
#[derive(Debug)]
pub struct Session {
    workspace: Workspace,
    /// Why it was opened for reading alone.
    read_only: Option<String>,
    /// Whether there is room for surfaces that are shown.
    shelf: OnceCell<()>,
    /// How many beginnings of the board the snapshot and the caches are of.
    beginnings: AtomicU64,
    snapshot: watch::Sender<Arc<Snapshot>>,
    readiness: watch::Sender<Readiness>,
    /// Held while a new snapshot is read, so that two requests don't read it twice.
    reading: Mutex<()>,
    pause: watch::Sender<Pause>,
    /// The live board.
    pub live: Arc<Live>,
    /// The board as it was.
    pub past: Past,
    /// What suggestions for it are made from.
    pub suggestions: Suggestions,
    /// Surfaces, by what was asked and by id.
    pub surfaces: Surfaces,
    /// The live heatmap.
    pub heat: Heat,
    /// The models' records, by what was asked.
    pub records: Records,
    /// Encoded layers and tiles.
    pub bodies: Bodies,
    /// Incidents of a choice, by their filter.
    pub choices: Choices,
    /// Plans that could not be stored, and the turn to make one.
    pub plans: Plans,
    /// Answers to planners' questions, and the turn to compute one.
    pub answers: Answers,
    /// Answers about coverage, and the turn to compute one.
    pub covers: Covers,
    /// Drafts of zones, and the turn to compute one.
    pub drafts: Drafts,
    /// The turn to count what was driven.
    pub follow_ups: Turns,
    /// The turn to simulate.
    pub simulations: Simulations,
    /// The turn to take layers away.
    pub exports: Turns,
    /// Files that are being brought in.
    pub imports: Imports,
}

impl Session {
    /// Opens a workspace; for writing unless `read_only`, on a server beside other services
    /// that do. Where another process writes alone, or it can't be written, it is opened for
    /// reading and [`Session::read_only_because`] says why: a file for good, a server until it
    /// can be written to.
    ///
    /// # Errors
    /// [`SessionError::Store`].
    pub async fn open(
        at: impl Into<WorkspaceAddress>,
        read_only: bool,
    ) -> Result<Arc<Self>, SessionError> {
        let at = at.into();
        let (workspace, read_only) = if read_only {
            (
                open_for_reading(&at).await?,
                Some("it was asked to serve read-only".to_owned()),
            )
        } else {
            match open_to_serve(&at).await {
                Ok(workspace) => (workspace, None),
                Err(why @ (StoreError::Busy { .. } | StoreError::NotWritable { .. })) => {
                    (open_for_reading(&at).await?, Some(why.to_string()))
                }
                Err(other) => return Err(other.into()),
            }
        };
        workspace.keep_in_touch();
        let begun = Instant::now();
        let snapshot = Snapshot::read(&workspace).await?;
        let live = Live::open(workspace.clone(), snapshot.ground()).await?;
        Ok(Arc::new(Self {
            pause: watch::Sender::new(Pause::after(begun)),
            live,
            past: Past::new(),
            suggestions: Suggestions::default(),
            workspace,
            read_only,
            shelf: OnceCell::new(),
            beginnings: AtomicU64::new(0),
            snapshot: watch::Sender::new(Arc::new(snapshot)),
            readiness: watch::Sender::new(Readiness::Warming("layers")),
            reading: Mutex::new(()),
            surfaces: Surfaces::new(),
            heat: Heat::new(),
            records: Records::new(),
            bodies: Bodies::new(),
            choices: Choices::new(),
            plans: Plans::new(),
            answers: Answers::new(),
            covers: Covers::new(),
            drafts: Drafts::new(),
            follow_ups: Turns::new(1, FOLLOW_UPS_WAITING),
            simulations: Simulations::new(),
            exports: Turns::new(EXPORTS_AT_A_TIME, EXPORTS_WAITING),
            imports: Imports::new(),
        }))
    }

    /// What is known now. Cheap; hold it for one request.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.snapshot.borrow().clone()
    }

    /// Why nothing is written to the workspace now; none where it is.
    pub fn read_only_because(&self) -> Option<String> {
        let for_good = self.read_only.clone();
        for_good.or_else(|| self.workspace.kept_from())
    }

    /// Whether nothing is written only for now: it goes on by itself as soon as it can be.
    pub fn waits_to_write(&self) -> bool {
        self.workspace.kept_from().is_some()
    }

    /// How far the start is.
    pub fn readiness(&self) -> Readiness {
        self.readiness.borrow().clone()
    }

    /// Whether the database answers; what is in memory is served all the same.
    pub fn database_answers(&self) -> bool {
        self.workspace.answers()
    }

    pub(crate) fn workspace(&self) -> &Workspace {
        &self.workspace
    }

    /// Reads roads, basemap and incidents into memory, then watches the event log until
    /// the task is dropped.
    pub async fn warm_and_watch(self: Arc<Self>) {
        tokio::task::spawn_blocking(remove_leavings);
        let mut waits = false;
        let warmed = loop {
            match self.warm().await {
                // The database is away or busy for now: what was read so far is kept.
                Err(SessionError::StoreAway) => {
                    if !std::mem::replace(&mut waits, true) {
                        tracing::warn!(
                            "the start waits for the database, which is away or keeps a table \
                             locked; it goes on by itself"
                        );
                    }
                    tokio::time::sleep(WATCH_EVERY).await;
                }
                done => break done,
            }
        };
        match warmed {
            Ok(()) => {
                self.readiness.send_replace(Readiness::Ready);
            }
            Err(fault) => {
                tracing::warn!(%fault, "the workspace could not be read to its end");
                self.readiness
                    .send_replace(Readiness::Failed(fault.to_string()));
            }
        }
        let mut failing = false;
        let mut news = News::of(&self.workspace);
        loop {
            news.told_or_after(WATCH_EVERY).await;
            self.imports.sweep();
            match self.refresh().await {
                Ok(()) => failing = false,
                // Said once, not every second.
                Err(fault) if !failing => {
                    failing = true;
                    tracing::warn!(%fault, "the event log can't be read; serving what is known");
                }
                Err(_) => {}
            }
        }
    }

    /// Takes in what the event log says is new.
    ///
    /// # Errors
    /// [`SessionError::Store`]; the old snapshot stays.
    pub async fn refresh(&self) -> Result<(), SessionError> {
        let _one_at_a_time = self.reading.lock().await;
        let beginnings = self.live.beginnings();
        if beginnings != self.beginnings.load(Ordering::Relaxed) {
            self.read_anew(beginnings).await?;
            self.beginnings.store(beginnings, Ordering::Relaxed);
        }
        let before = self.snapshot();
        let last = self.workspace.last_event().await?;
        if last == before.version && !self.has_news(&before) {
            return Ok(());
        }
        let changes = self
            .workspace
            .changes_after(before.data_version, EVENTS_AT_ONCE)
            .await?;
        let next = if changes.is_empty() && !self.has_news(&before) {
            before.at_version(last)
        } else {
            let roads_changed = changes.len() == EVENTS_AT_ONCE as usize
                || changes.iter().any(
                    |e| matches!(&e.event, EventKind::Imported { layer, .. } if layer == "roads"),
                );
            let begun = Instant::now();
            let next = Snapshot::read(&self.workspace).await?;
            let next = next.of_beginning(beginnings);
            self.live.set_ground(next.ground());
            self.pause.send_replace(Pause::after(begun));
            if roads_changed {
                next
            } else {
                next.with_roads_of(&before)
            }
        };
        self.snapshot.send_replace(Arc::new(next));
        Ok(())
    }

    /// Reads all of a log that is another one than before. Numbers mean something else in it, so
    /// that nothing that was made by them is good; what is being made of the other one is kept
    /// under that one's name (`snapshot::Edition`), where nobody looks.
    async fn read_anew(&self, beginning: u64) -> Result<(), SessionError> {
        let next = Snapshot::read(&self.workspace).await?;
        let next = next.of_beginning(beginning);
        self.live.set_ground(next.ground());
        self.snapshot.send_replace(Arc::new(next));
        self.past.forget();
        self.suggestions.forget();
        self.surfaces.forget();
        self.records.forget();
        self.bodies.forget();
        self.choices.forget();
        self.answers.forget();
        self.covers.forget();
        self.drafts.forget();
        Ok(())
    }

    /// Whether incidents have come in one by one that the snapshot does not count, and it is
    /// time to count them.
    fn has_news(&self, snapshot: &Snapshot) -> bool {
        self.live.last_incident() > snapshot.content_version
            && Instant::now() >= self.pause.borrow().until
    }

    /// Checkpoints and closes the workspace. Readers that still hold it finish first.
    pub async fn close(&self) {
        self.imports.clear();
        self.workspace.clone().close().await;
    }

    async fn warm(self: &Arc<Self>) -> Result<(), SessionError> {
        let snapshot = self.snapshot();
        self.readiness
            .send_replace(Readiness::Warming("road network"));
        snapshot.roads(&self.workspace).await?;
        self.readiness.send_replace(Readiness::Warming("basemap"));
        snapshot.basemap(&self.workspace).await?;
        self.readiness.send_replace(Readiness::Warming("incidents"));
        snapshot.incident_points(&self.workspace).await?;
        self.readiness
            .send_replace(Readiness::Warming("first surface"));
        match self.first_surface(&snapshot).await {
            // A new workspace has no boundary or no incident so far: ready for what it has.
            Err(SessionError::Risk(why)) => tracing::debug!(%why, "no first surface"),
            other => other?,
        }
        Ok(())
    }

    /// The surface that the page asks for first, so that it is there by then: the night
    /// shift (or the first there is) of the reference day, with nothing else chosen.
    async fn first_surface(self: &Arc<Self>, snapshot: &Snapshot) -> Result<(), SessionError> {
        let shifts = &snapshot.shifts;
        let night = shifts.iter().find(|shift| shift.id == "night");
        let window = night
            .or(shifts.first())
            .and_then(|shift| shift.window_on(snapshot.today(), &snapshot.zone).ok());
        if let Some(window) = window {
            let request = RiskRequest::of_all(window, DEFAULT_RESOLUTION);
            let (request, _) = self.resolved(request).await?;
            self.surface(snapshot, request).await?;
        }
        Ok(())
    }
}
