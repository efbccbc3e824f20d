//! The live heatmap: now, the usual, and what is unusual, kept up to date incident by
//! incident for as long as somebody looks.
//!
//! Three things of different age: what was learned from the past (once a day), the usual of
//! the running hour with the incidents that still count (once an hour), and the surfaces
//! shown (a new version when an incident has come in, at most one in two seconds, and every
//! five minutes, since what incidents draw fades). Between hours incidents are taken in
//! from the board's commits; nothing is read anew.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::broadcast::error::RecvError;
use tokio::time::Instant;

use crate::app::live::commit::{Commit, Step};
use crate::app::now::{NowLearned, NowRecent, learn_now};
use crate::app::record::TrustedModel;
use crate::app::risk::{RiskJobError, RiskRequest};
use crate::app::session::error::SessionError;
use crate::app::session::prepared::PreparedSurface;
use crate::app::session::shelf::Like;
use crate::app::session::snapshot::Edition;
use crate::app::session::turns::Turns;
use crate::app::session::{DEFAULT_RESOLUTION, Session};
use crate::calendar::window::Window;
use crate::grid::hexgrid::GridError;
use crate::risk::classes::Classes;
use crate::risk::model::RiskError;
use crate::risk::now::against::classes_against;
use crate::risk::now::surface::{LENGTH, now_surface};
use crate::risk::unusual::scan::Seen;
use crate::risk::unusual::watch::Report;

/// Least time from one version to the next.
const LEAST_REST: Duration = Duration::from_secs(2);

/// A version is good for so long where nothing happens.
const GOOD_FOR: SignedDuration = SignedDuration::from_mins(5);

/// What was learned is good for so long.
const LEARNED_FOR: Duration = Duration::from_secs(24 * 3600);

/// What nobody asked for in so long is not kept up to date.
const ASKED_WITHIN: Duration = Duration::from_secs(900);

/// Versions whose tiles can still be asked for.
const VERSIONS: usize = 6;

/// Desks that may wait for a version, beside the one that makes it; more are refused.
const WAITING: usize = 1_000;

/// The live heatmap of a session.
#[derive(Debug)]
pub struct Heat {
    turns: Turns,
    kept: tokio::sync::Mutex<Kept>,
    shown: Mutex<VecDeque<Arc<Shown>>>,
}

#[derive(Debug, Default)]
struct Kept {
    learned: Option<(Edition, Instant, Arc<NowLearned>)>,
    hour: Option<Hour>,
    asked: Option<Instant>,
}

/// What is good for an hour.
#[derive(Debug)]
struct Hour {
    window: Window,
    data: Edition,
    usual: Arc<PreparedSurface>,
    trusted: TrustedModel,
    recent: NowRecent,
    /// Number of the board's last event that it has taken in.
    sequence: u64,
}

/// A version of the heatmap.
#[derive(Debug)]
pub struct Shown {
    /// Number of the last event that changed it.
    pub sequence: u64,
    /// When it is of.
    pub at: Timestamp,
    /// The hour that begins then.
    pub now: Arc<PreparedSurface>,
    /// Now, in classes by times the usual.
    pub against: Arc<PreparedSurface>,
    /// What is usual in the running hour of the clock.
    pub usual: Arc<PreparedSurface>,
    /// The model of the usual, and why it is this one.
    pub trusted: TrustedModel,
    /// What was learned.
    pub learned: Arc<NowLearned>,
    /// The incidents that it is made of, ascending.
    seen: Vec<Seen>,
    /// What is unusual, by days to a false alarm.
    unusual: Mutex<BTreeMap<u32, Report>>,
    made: Instant,
    data: Edition,
}

impl Default for Heat {
    fn default() -> Self {
        Self::new()
    }
}

impl Heat {
    /// Nothing so far.
    pub fn new() -> Self {
        Self {
            turns: Turns::new(1, WAITING),
            kept: tokio::sync::Mutex::default(),
            shown: Mutex::default(),
        }
    }

    /// A surface of one of the last versions.
    pub fn by_id(&self, id: &str) -> Option<Arc<PreparedSurface>> {
        let shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        let all = shown.iter().flat_map(|it| [&it.now, &it.against]);
        all.into_iter().find(|surface| surface.id == id).cloned()
    }

    /// What is known is of another log.
    async fn forget(&self) {
        let mut kept = self.kept.lock().await;
        (kept.learned, kept.hour) = (None, None);
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        shown.clear();
    }

    fn newest(&self) -> Option<Arc<Shown>> {
        let shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        shown.back().cloned()
    }

    fn show(&self, new: Arc<Shown>) {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        shown.push_back(new);
        while shown.len() > VERSIONS {
            shown.pop_front();
        }
    }
}

impl Shown {
    /// What is unusual, for one false alarm in so many days; none where the past is too thin
    /// to say.
    pub fn unusual(&self, zone: &TimeZone, days: u32) -> Option<Report> {
        let watch = self.learned.watch.as_ref()?;
        let mut known = self.unusual.lock().unwrap_or_else(PoisonError::into_inner);
        let report = known
            .entry(days)
            .or_insert_with(|| watch.look(&self.seen, self.at, zone, f64::from(days)));
        Some(report.clone())
    }
}

impl Session {
    /// A surface by its id: one that was asked for, one of the live heatmap, or one that
    /// another service has shown.
    pub async fn surface_by_id(self: &Arc<Self>, id: &str) -> Option<Arc<PreparedSurface>> {
        if let Some(live) = self.heat.by_id(id) {
            return Some(live);
        }
        if let Some(known) = self.surfaces.by_id(id).await {
            return Some(known);
        }
        self.surfaces.by_id_or(id, self.from_shelf(id)).await
    }

    /// The heatmap of now.
    ///
    /// # Errors
    /// [`SessionError`], as of a surface.
    pub async fn heat(self: &Arc<Self>) -> Result<Arc<Shown>, SessionError> {
        let turn = self.heat.turns.turn().await?;
        let session = self.clone();
        // A task of its own: what was begun is finished when whoever asked has left.
        let working = tokio::spawn(async move {
            let _turn = turn;
            session.newest_heat().await
        });
        working.await.map_err(|_| SessionError::BrokenOff)?
    }

    /// Takes in what the board commits, until the task is dropped.
    pub async fn keep_heat(self: Arc<Self>) {
        let mut commits = self.live.commits();
        loop {
            match commits.recv().await {
                Ok(commit) => match &*commit {
                    Commit::Steps(steps) => self.heat.kept.lock().await.follow(steps),
                    Commit::Anew => self.heat.forget().await,
                },
                Err(RecvError::Lagged(_)) => self.heat.kept.lock().await.hour = None,
                Err(RecvError::Closed) => return,
            }
        }
    }

    async fn newest_heat(self: &Arc<Self>) -> Result<Arc<Shown>, SessionError> {
        let mut kept = self.heat.kept.lock().await;
        kept.asked = Some(Instant::now());
        let (now, snapshot) = (self.live.now(), self.snapshot());
        let window = clock_hour(now)?;
        let is_good = |hour: &Hour| hour.window == window && hour.data == snapshot.data();
        if !kept.hour.as_ref().is_some_and(is_good) {
            kept.hour = None;
            let hour = self.begin_hour(&mut kept, window, now).await?;
            kept.hour = Some(hour);
        }
        let Some(hour) = &kept.hour else {
            return Err(SessionError::BrokenOff);
        };
        if let Some(shown) = self
            .heat
            .newest()
            .filter(|shown| hour.is_shown_by(shown, now))
        {
            return Ok(shown);
        }
        let shown = Arc::new(hour.show(now).await?);
        let usual = shown.usual.id.clone();
        tokio::join!(
            self.shelve(shown.now.clone(), Some(Like::Breaks(usual.clone()))),
            self.shelve(shown.against.clone(), Some(Like::Times(usual)))
        );
        self.heat.show(shown.clone());
        Ok(shown)
    }

    async fn begin_hour(
        self: &Arc<Self>,
        kept: &mut Kept,
        window: Window,
        now: Timestamp,
    ) -> Result<Hour, SessionError> {
        let snapshot = self.snapshot();
        let request = RiskRequest::of_all(window, DEFAULT_RESOLUTION);
        let (request, trusted) = self.resolved(request).await?;
        let usual = self.surface(&snapshot, request).await?;
        let grid = &usual.fine.surface.grid;
        let learned = match &kept.learned {
            Some((version, at, learned))
                if *version == snapshot.data()
                    && at.elapsed() < LEARNED_FOR
                    && learned.grid == *grid =>
            {
                learned.clone()
            }
            _ => {
                let _turn = self.surfaces.turns.turn().await?;
                let learned = learn_now(self.workspace(), &usual.fine.surface, now).await?;
                let learned = Arc::new(learned);
                kept.learned = Some((snapshot.data(), Instant::now(), learned.clone()));
                learned
            }
        };
        // Before the incidents are read: what comes meanwhile is taken in twice, which is
        // once.
        let sequence = self.live.last_incident();
        let recent = NowRecent::read(self.workspace(), learned, window.start()).await?;
        Ok(Hour {
            window,
            data: snapshot.data(),
            usual,
            trusted,
            recent,
            sequence,
        })
    }
}

impl Kept {
    fn follow(&mut self, steps: &[Step]) {
        let asked = self.asked.is_some_and(|at| at.elapsed() < ASKED_WITHIN);
        let Some(hour) = self.hour.as_mut().filter(|_| asked) else {
            self.hour = None;
            return;
        };
        for step in steps {
            if !hour.recent.follow(step) {
                self.hour = None;
                return;
            }
            if step.event.event.changes_incidents() {
                hour.sequence = hour.sequence.max(step.event.sequence);
            }
        }
    }
}

impl Hour {
    /// Whether a version is still the one to show.
    fn is_shown_by(&self, shown: &Shown, now: Timestamp) -> bool {
        let same = shown.data == self.data && shown.usual.id == self.usual.id;
        let age = now.duration_since(shown.at);
        let is_new = shown.sequence == self.sequence && age < GOOD_FOR;
        same && (is_new || shown.made.elapsed() < LEAST_REST)
    }

    async fn show(&self, now: Timestamp) -> Result<Shown, SessionError> {
        let usual = self.usual.clone();
        let usual_per_s = usual.fine.surface.total() / self.window.length().0;
        let holes = self.recent.holes(now, usual_per_s);
        let (excitement, sequence) = (self.recent.excitement.clone(), self.sequence);
        let drawing = tokio::task::spawn_blocking(move || {
            let surface = now_surface(&usual.fine.surface, &excitement, &holes, now, sequence);
            let mut other = surface.clone();
            let shown = "against the usual".to_owned();
            other.provenance.parameters.insert("shown".into(), shown);
            let against = usual.with(other, |now, like| classes_against(now, &like.surface))?;
            let now = usual.with(surface, |now, like| Classes::by_breaks(now, &like.classes))?;
            Ok((now, against))
        });
        let drawn = drawing.await.map_err(|_| SessionError::BrokenOff)?;
        let (surface, against) =
            drawn.map_err(|fault: GridError| RiskJobError::Risk(fault.into()))?;
        Ok(Shown {
            sequence: self.sequence,
            at: now,
            now: Arc::new(surface),
            against: Arc::new(against),
            usual: self.usual.clone(),
            trusted: self.trusted.clone(),
            learned: self.recent.learned().clone(),
            seen: self.recent.seen(now),
            unusual: Mutex::default(),
            made: Instant::now(),
            data: self.data,
        })
    }
}

/// The running hour of the clock.
fn clock_hour(now: Timestamp) -> Result<Window, SessionError> {
    let length = LENGTH.0 as i64;
    let start = now.as_second().div_euclid(length) * length;
    let instant = |second| Timestamp::from_second(second).unwrap_or(now);
    let window = Window::new(instant(start), instant(start + length));
    window.map_err(|_| RiskJobError::Risk(RiskError::NoHours).into())
}
