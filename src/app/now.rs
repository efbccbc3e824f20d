//! What the surface of now is made of: what was learned from the past once a day, and the
//! incidents of the last hours and days, which come in one by one.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use crate::app::live::commit::Step;
use crate::app::risk::{RiskJobError, origins, zone_of};
use crate::calendar::week::HourSet;
use crate::calendar::window::Window;
use crate::grid::hexgrid::HexGrid;
use crate::grid::rings::Rings;
use crate::incident::record::Incident;
use crate::live::board_event::BoardEvent;
use crate::live::event::EventKind;
use crate::place::id::Id;
use crate::risk::hawkes::{self, triggering::Triggering};
use crate::risk::model::{RiskError, RiskEvent, RiskQuestion};
use crate::risk::now::excitement::{Excitement, Spark};
use crate::risk::now::holes::holes;
use crate::risk::surface::RiskSurface;
use crate::risk::unusual::scan::Seen;
use crate::risk::unusual::watch::Watch;
use crate::store::record::IncidentFilter;
use crate::store::workspace::Workspace;

/// How far back is learned from: older years are another city.
const LEARN_DAYS: i64 = 365;

/// Rings that triggers reach, as the process has them.
const RINGS: u32 = hawkes::triggering::RINGS as u32 - 1;

/// What was learned from the past, on one grid.
#[derive(Debug)]
pub struct NowLearned {
    /// The cells it is about.
    pub grid: HexGrid,
    rings: Arc<Rings>,
    /// What one incident draws.
    pub triggering: Triggering,
    /// What is unusual; none where the past is too thin to say.
    pub watch: Option<Watch>,
}

/// The incidents that count now.
#[derive(Debug)]
pub struct NowRecent {
    learned: Arc<NowLearned>,
    /// What they draw.
    pub excitement: Excitement,
    /// How far back they go…
    since: Timestamp,
    /// …and how far ahead: the anchor's hour, and what clocks may be wrong.
    until: Timestamp,
    counted: BTreeMap<Id<Incident>, Spark>,
    /// Those that were, and were cancelled or merged since.
    set_aside: BTreeMap<Id<Incident>, Spark>,
}

/// The running hour, and what a feed's clock may be ahead; what is said to come later is no
/// incident of now.
const AHEAD: SignedDuration = SignedDuration::from_mins(65);

/// Reads the last year and learns from it, off the async threads: some seconds.
///
/// # Errors
/// [`RiskJobError`].
pub async fn learn_now(
    workspace: &Workspace,
    usual: &RiskSurface,
    now: Timestamp,
) -> Result<NowLearned, RiskJobError> {
    let zone = zone_of(&workspace.district().await?)?;
    let end = match workspace.incident_span().await? {
        Some(span) => span.end().min(now),
        None => now,
    };
    let events = workspace
        .risk_events(&IncidentFilter {
            window: Some(back_from(end, SignedDuration::from_hours(24 * LEARN_DAYS))?),
            origins: origins(false),
            ..IncidentFilter::default()
        })
        .await?;
    let grid = usual.grid.clone();
    let learning = tokio::task::spawn_blocking(move || {
        let cells: Vec<usize> = (0..grid.len()).collect();
        let rings = Arc::new(Rings::new(&grid, &cells, RINGS));
        let from = events.iter().map(|event| event.at).min().unwrap_or(end);
        let past = back_from(end, end.duration_since(from))?;
        let hour = SignedDuration::from_hours(1);
        let hour = back_from(end.saturating_add(hour).unwrap_or(end), hour)?;
        let question = RiskQuestion {
            grid: &grid,
            look_back: past,
            window: hour,
            hours: &HourSet::full(),
            zone: &zone,
            terrain: &[],
            without: &[],
        };
        let triggering = hawkes::triggering(&question, &rings, &events)?;
        let watch = Watch::learn(&grid, &events, past, &zone)?;
        Ok::<_, RiskError>(NowLearned {
            rings,
            triggering,
            watch,
            grid,
        })
    });
    match learning.await {
        Ok(learned) => Ok(learned?),
        Err(_) => Err(RiskError::BrokenOff.into()),
    }
}

/// The window of so long before an instant; a second where it is nothing.
fn back_from(end: Timestamp, length: SignedDuration) -> Result<Window, RiskError> {
    let length = length.max(SignedDuration::from_secs(1));
    let start = end.saturating_sub(length).unwrap_or(Timestamp::MIN);
    Window::new(start, end).map_err(|_| RiskError::NoHours)
}

impl NowRecent {
    /// Reads the incidents that still count at an instant (the anchor), and those since.
    ///
    /// # Errors
    /// [`RiskJobError`].
    pub async fn read(
        workspace: &Workspace,
        learned: Arc<NowLearned>,
        anchor: Timestamp,
    ) -> Result<Self, RiskJobError> {
        let memory = Excitement::memory(&learned.triggering);
        let length = SignedDuration::try_from_secs_f64(memory.0).unwrap_or(SignedDuration::MAX);
        // Unusual is looked for some hours back, however soon triggers fade.
        let length = length.max(SignedDuration::from_hours(24));
        let since = anchor.saturating_sub(length).unwrap_or(Timestamp::MIN);
        let until = anchor.saturating_add(AHEAD).unwrap_or(Timestamp::MAX);
        let named = workspace
            .named_risk_events(&IncidentFilter {
                window: Window::new(since, until).ok(),
                origins: origins(false),
                ..IncidentFilter::default()
            })
            .await?;
        let cells = learned.grid.len();
        let rings = learned.rings.clone();
        let mut recent = Self {
            excitement: Excitement::new(rings, cells, learned.triggering, anchor),
            learned,
            since,
            until,
            counted: BTreeMap::new(),
            set_aside: BTreeMap::new(),
        };
        for (id, event) in named {
            recent.count(id, event);
        }
        Ok(recent)
    }

    /// What was learned.
    pub fn learned(&self) -> &Arc<NowLearned> {
        &self.learned
    }

    /// Takes in what has happened on the board; false where it can't be told what it means,
    /// and all has to be read anew.
    #[must_use]
    pub fn follow(&mut self, step: &Step) -> bool {
        let EventKind::Board(event) = &step.event.event else {
            return !step.event.event.changes_data();
        };
        match event {
            BoardEvent::IncidentReceived(received) if received.origin.is_reported() => {
                let until = received.until.unwrap_or(received.happened_at);
                // Half-way, as the store has it: whole milliseconds, rounded down.
                let sum = received.happened_at.as_millisecond() + until.as_millisecond();
                if let Ok(at) = Timestamp::from_millisecond(sum.div_euclid(2)) {
                    let position = received.position;
                    self.count(received.id.clone(), RiskEvent { position, at });
                }
                true
            }
            BoardEvent::CallCancelled { call, .. } | BoardEvent::CallMerged { call, .. } => {
                if let Some(spark) = self.counted.remove(call) {
                    self.excitement.remove(spark);
                    self.set_aside.insert(call.clone(), spark);
                }
                true
            }
            BoardEvent::CallReopened { call } => {
                if self.counted.contains_key(call) {
                    return true;
                }
                let Some(spark) = self.set_aside.remove(call) else {
                    return false;
                };
                self.excitement.add(spark);
                self.counted.insert(call.clone(), spark);
                true
            }
            _ => true,
        }
    }

    /// Stretches before an instant of which nothing was recorded, where so many incidents
    /// are usual in a second.
    pub fn holes(&self, until: Timestamp, usual_per_s: f64) -> Vec<Window> {
        let mut times: Vec<Timestamp> = self.counted.values().map(|spark| spark.at).collect();
        times.sort_unstable();
        match Window::new(self.since, until) {
            Ok(stretch) if usual_per_s > 0.0 => holes(stretch, &times, 1.0 / usual_per_s),
            _ => Vec::new(),
        }
    }

    /// The incidents until an instant, ascending.
    pub fn seen(&self, until: Timestamp) -> Vec<Seen> {
        let mut seen: Vec<Seen> = (self.counted.values())
            .filter(|spark| spark.at <= until)
            .map(|spark| Seen {
                cell: spark.cell,
                at_ms: spark.at.as_millisecond(),
            })
            .collect();
        seen.sort_unstable_by_key(|seen| (seen.at_ms, seen.cell));
        seen
    }

    fn count(&mut self, id: Id<Incident>, event: RiskEvent) {
        if event.at < self.since || event.at >= self.until || self.counted.contains_key(&id) {
            return;
        }
        let Some(cell) = self.learned.grid.index_at(event.position) else {
            return;
        };
        let spark = Spark {
            cell: cell as u32,
            at: event.at,
        };
        self.excitement.add(spark);
        self.counted.insert(id, spark);
    }
}

/// Whether two hold the same: what came incident by incident, and what was read anew.
impl PartialEq for NowRecent {
    fn eq(&self, other: &Self) -> bool {
        self.excitement == other.excitement
            && self.counted == other.counted
            && self.since == other.since
    }
}
