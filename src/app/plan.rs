//! Plan a shift's patrols from a workspace: load, compute the surface and its rhythm, pose
//! the problem, search until the deadline, put the rounds on the map, let the referee check
//! them.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use jiff::tz::TimeZone;
use thiserror::Error;

use crate::app::clock;
use crate::app::risk::{Learned, RiskJobError, RiskRequest, learn, zone_of};
use crate::calendar::week::HOURS;
use crate::calendar::week_clock::WeekClock;
use crate::calendar::window::Window;
use crate::index::areas::AreaIndex;
use crate::index::points::PointIndex;
use crate::patrol::assemble::{About, AssembleError, assemble};
use crate::patrol::hours;
use crate::patrol::plan::{LeftOut, PatrolPlan, SearchEnd, SearchRecord};
use crate::patrol::pose::{AskedVisit, Layers, PatrolSettings, PoseError, choose_units, pose};
use crate::patrol::problem::ProblemFault;
use crate::patrol::referee;
use crate::patrol::search::anneal::search;
use crate::patrol::search::budget::Budget;
use crate::place::feature::{Beat, JointDutyPost, Unit};
use crate::place::measure::Seconds;
use crate::place::position::Position;
use crate::risk::rhythm::Rhythm;
use crate::risk::surface::RiskSurface;
use crate::roads::network::{RoadError, RoadNetwork, Snap};
use crate::store::error::StoreError;
use crate::store::workspace::Workspace;

/// A stop is named after a pillar, post or place within this distance.
const LANDMARK_WITHIN_M: f64 = 150.0;
/// Set in a surface's parameters where events have dates but no times of day.
const NO_TIME_OF_DAY: &str = "time_of_day";

/// What plan is wanted. The window is the risk request's.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanRequest {
    /// The surface to plan on; its window is the shift's.
    pub risk: RiskRequest,
    /// How many idle units (spread over stations), taken by id order; none: all idle.
    pub units: Option<usize>,
    /// How long the search may take, milliseconds.
    pub deadline_ms: u64,
    /// Seed of the search.
    pub seed: u64,
    /// End the search after so many iterations: where they end before the deadline, the
    /// same request gives the same plan on any machine; none: search until the deadline.
    pub iterations: Option<u64>,
    /// Points to visit besides the posts that have a period.
    pub must_visits: Vec<MustVisitRequest>,
}

/// A visit that must be made.
#[derive(Debug, Clone, PartialEq)]
pub struct MustVisitRequest {
    /// Id of a joint-duty post, a post or an alarm pillar, looked for in this order.
    pub id: String,
    /// Arrive within; what lies outside the shift is cut off.
    pub due: Window,
    /// How long to stay; none: as long as at every post.
    pub dwell: Option<Seconds>,
}

/// Why there is no plan.
#[derive(Debug, Error)]
pub enum PlanJobError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The surface.
    #[error(transparent)]
    Risk(#[from] RiskJobError),
    /// The roads.
    #[error(transparent)]
    Roads(#[from] RoadError),
    /// No roads imported.
    #[error("the workspace has no roads: import them with --as roads FILE.osm.pbf")]
    NoRoads,
    /// No unit is idle.
    #[error("no unit is idle: import units with --as units, some of them idle")]
    NoUnits,
    /// None is wanted.
    #[error("no unit is asked for: ask for at least one")]
    NoneAsked,
    /// Idle units are foot teams, all of them.
    #[error(
        "all idle units are on foot, and routes are by road: import cars or motorcycles with --as units, or set one of them idle"
    )]
    AllOnFoot,
    /// A must-visit that the workspace does not have.
    #[error("no joint-duty post, post or alarm pillar has the id {0:?}")]
    UnknownMustVisit(String),
    /// All idle units are far from any road.
    #[error(
        "none of the {0} idle units stands within 2 km of an imported road: check their positions, or import the roads of their area"
    )]
    UnitsOffRoad(usize),
    /// The window.
    #[error(transparent)]
    Pose(#[from] PoseError),
    /// The problem's parts don't fit each other.
    #[error("the patrol problem is not sound ({0}); please report this")]
    Problem(#[from] ProblemFault),
    /// The rounds can't be driven.
    #[error("the plan can't be drawn ({0}); please report this")]
    Assemble(#[from] AssembleError),
    /// The referee refuses the plan: a fault of the program.
    #[error("the plan failed its own check ({0}); please report this")]
    Referee(String),
    /// The work was broken off: the program is ending.
    #[error("planning was broken off")]
    BrokenOff,
}

/// Makes a plan, lets the referee check it, and returns it (it is not stored).
/// `network` is the workspace's network where the caller keeps it open. Once `stop` is set
/// the search ends as at its deadline, and the best plan so far is the answer.
///
/// # Errors
/// [`PlanJobError`].
pub async fn patrol_plan(
    workspace: &Workspace,
    network: Option<Arc<RoadNetwork>>,
    request: &PlanRequest,
    stop: Arc<AtomicBool>,
) -> Result<PatrolPlan, PlanJobError> {
    if request.units == Some(0) {
        return Err(PlanJobError::NoneAsked);
    }
    let chosen = choose_units(&workspace.units().await?, request.units);
    if chosen.units.is_empty() {
        return Err(match chosen.left_out.len() {
            0 => PlanJobError::NoUnits,
            _ => PlanJobError::AllOnFoot,
        });
    }
    let stored = match &network {
        Some(_) => None,
        None => Some(
            workspace
                .road_network()
                .await?
                .ok_or(PlanJobError::NoRoads)?,
        ),
    };
    let district = workspace.district().await?;
    let zone = zone_of(&district)?;
    let asked_visits = asked_visits(workspace, &request.must_visits).await?;
    let learned = learn(workspace, &request.risk).await?;
    let rhythm = rhythm(&learned, &request.risk, &zone);
    let ground = Ground {
        hour_shares: hours::shares(request.risk.window, &zone, &request.risk.hours, |hour| {
            rhythm.of(hour)
        }),
        surface: learned.surface,
        units: chosen.units,
        on_foot: chosen.left_out,
        asked_visits,
        beats: workspace.beats().await?,
        joint_duty_posts: workspace.joint_duty_posts().await?,
        landmarks: landmarks(workspace).await?,
        synthetic: district.synthetic,
    };
    let request = request.clone();
    let planned = tokio::task::spawn_blocking(move || {
        let network = match (network, stored) {
            (Some(network), _) => network,
            (None, Some(bytes)) => Arc::new(RoadNetwork::from_bytes(&bytes)?),
            (None, None) => return Err(PlanJobError::NoRoads),
        };
        plan_on(&ground, &network, &request, &stop)
    });
    planned.await.map_err(|_| PlanJobError::BrokenOff)?
}

/// Stores a plan and its event.
///
/// # Errors
/// [`StoreError`]; a workspace opened for reading refuses.
pub async fn save_plan(workspace: &Workspace, plan: &PatrolPlan) -> Result<(), StoreError> {
    workspace.save_plan(plan).await
}

/// What is loaded from the workspace.
struct Ground {
    surface: RiskSurface,
    hour_shares: Vec<f64>,
    units: Vec<Unit>,
    on_foot: Vec<LeftOut>,
    asked_visits: Vec<AskedVisit>,
    beats: Vec<Beat>,
    joint_duty_posts: Vec<JointDutyPost>,
    landmarks: Vec<(String, Position)>,
    synthetic: bool,
}

/// How much of a search's time is used.
struct SearchClock<'a> {
    start: Instant,
    limit: Duration,
    /// Iterations set the pace: time then says nothing but that it is up.
    paced: bool,
    stop: &'a AtomicBool,
    /// Whether the search has been told that its time is up, and that it was stopped.
    ran_out: Cell<bool>,
    stopped: Cell<bool>,
}

impl<'a> SearchClock<'a> {
    fn start(request: &PlanRequest, stop: &'a AtomicBool) -> Self {
        Self {
            start: Instant::now(),
            limit: Duration::from_millis(request.deadline_ms),
            paced: request.iterations.is_some(),
            stop,
            ran_out: Cell::new(false),
            stopped: Cell::new(false),
        }
    }

    /// What ended the search, where `done` says whether its iterations are.
    fn ended_by(&self, done: bool) -> SearchEnd {
        match (self.stopped.get(), self.ran_out.get(), done) {
            (true, _, _) => SearchEnd::Stopped,
            (_, true, _) => SearchEnd::Deadline,
            (_, _, true) => SearchEnd::Iterations,
            _ => SearchEnd::NothingToDo,
        }
    }

    fn used(&self) -> f64 {
        if self.stop.load(Ordering::Relaxed) {
            self.stopped.set(true);
            return 1.0;
        }
        let passed = self.start.elapsed();
        if passed >= self.limit {
            self.ran_out.set(true);
            return 1.0;
        }
        if self.paced {
            return 0.0;
        }
        passed.as_secs_f64() / self.limit.as_secs_f64()
    }
}

fn plan_on(
    ground: &Ground,
    network: &RoadNetwork,
    request: &PlanRequest,
    stop: &AtomicBool,
) -> Result<PatrolPlan, PlanJobError> {
    let beats = AreaIndex::new(ground.beats.iter().map(|b| b.area.clone()).collect());
    let landmarks = PointIndex::new(ground.landmarks.iter().map(|l| l.1).collect());
    let label = |snap: Snap| {
        let beat = beats
            .at(snap.position)
            .map(|b| ground.beats[b].name.as_str());
        let landmark = landmarks
            .nearest(snap.position, 1)
            .first()
            .filter(|(_, metres)| metres.0 <= LANDMARK_WITHIN_M)
            .map(|&(i, _)| ground.landmarks[i].0.as_str())
            .or_else(|| network.street(snap));
        label(beat, landmark, snap.position)
    };
    let layers = Layers {
        surface: &ground.surface,
        hour_shares: &ground.hour_shares,
        units: &ground.units,
        joint_duty_posts: &ground.joint_duty_posts,
        asked_visits: &ground.asked_visits,
        network,
        beat_at: &|position| beats.at(position),
        beats: ground.beats.len(),
        label_at: &label,
    };
    let posed = pose(&layers, &PatrolSettings::default(), request.seed)?;
    if posed.problem.units.is_empty() {
        return Err(PlanJobError::UnitsOffRoad(posed.left_out.len()));
    }
    let clock = SearchClock::start(request, stop);
    let time_used = || clock.used();
    let budget = Budget {
        iterations: request.iterations.unwrap_or(u64::MAX),
        time_used: &time_used,
    };
    let rounds = search(&posed.problem, &budget)?;
    let record = SearchRecord {
        iterations: rounds.iterations,
        iterations_asked: request.iterations,
        ended_by: clock.ended_by(request.iterations.is_some_and(|n| rounds.iterations >= n)),
    };
    let mut left_out = ground.on_foot.clone();
    left_out.extend(posed.left_out);
    let about = About {
        made_at: clock::now(),
        synthetic: ground.synthetic,
        risk: ground.surface.provenance.clone(),
        missed: posed.missed,
        left_out,
        units_asked: request.units.map(|n| n.min(u32::MAX as usize) as u32),
        search: record,
    };
    let way = |from, to| network.route(from, to);
    let plan = assemble(&posed.problem, &rounds, about, &way)?;
    if let Err(faults) = referee::check(&posed.problem, &plan) {
        for fault in &faults {
            tracing::error!(%fault, "the referee refuses the plan");
        }
        let first = faults.first().map(ToString::to_string);
        return Err(PlanJobError::Referee(first.unwrap_or_default()));
    }
    Ok(plan)
}

/// `Beat · landmark`, what there is of them, or else the position.
fn label(beat: Option<&str>, landmark: Option<&str>, position: Position) -> String {
    match (beat, landmark.filter(|l| !l.is_empty())) {
        (Some(beat), Some(landmark)) => format!("{beat} · {landmark}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => format!("{:.5}, {:.5}", position.lat(), position.lon()),
    }
}

/// The rhythm of the events that the surface learned from; flat where they have no times.
fn rhythm(learned: &Learned, request: &RiskRequest, zone: &TimeZone) -> Rhythm {
    let provenance = &learned.surface.provenance;
    if provenance.parameters.contains_key(NO_TIME_OF_DAY) {
        return Rhythm::flat();
    }
    let clock = WeekClock::new(zone, provenance.look_back);
    let mut counts = [0.0; HOURS];
    for event in &learned.events {
        let hour = clock.hour_of_week(event.at);
        if request.hours.contains(hour) {
            counts[hour] += 1.0;
        }
    }
    let exposure = clock.exposure_ms(provenance.look_back, &request.hours);
    Rhythm::fit(&counts, &exposure.map(|ms| ms as f64))
}

/// The points that are asked for; the same point and window asked for twice is due once,
/// for the longer stay.
async fn asked_visits(
    workspace: &Workspace,
    wanted: &[MustVisitRequest],
) -> Result<Vec<AskedVisit>, PlanJobError> {
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let mut points: BTreeMap<String, (String, Position)> = BTreeMap::new();
    for pillar in workspace.pillars().await? {
        points.insert(pillar.id.to_string(), (pillar.name, pillar.position));
    }
    for post in workspace.posts().await? {
        points.insert(post.id.to_string(), (post.name, post.position));
    }
    for post in workspace.joint_duty_posts().await? {
        points.insert(post.id.to_string(), (post.name, post.position));
    }
    let mut visits: Vec<AskedVisit> = Vec::new();
    for must in wanted {
        let Some((name, position)) = points.get(&must.id) else {
            return Err(PlanJobError::UnknownMustVisit(must.id.clone()));
        };
        let dwell_ms = must.dwell.map(|dwell| (dwell.0 * 1000.0).max(1.0) as u32);
        let mut before = visits.iter_mut();
        match before.find(|v| v.id == must.id && v.due == must.due) {
            Some(twice) => twice.dwell_ms = twice.dwell_ms.max(dwell_ms),
            None => visits.push(AskedVisit {
                id: must.id.clone(),
                name: if name.is_empty() { &must.id } else { name }.clone(),
                position: *position,
                due: must.due,
                dwell_ms,
            }),
        }
    }
    Ok(visits)
}

/// What a stop may be named after.
async fn landmarks(workspace: &Workspace) -> Result<Vec<(String, Position)>, StoreError> {
    let mut landmarks = Vec::new();
    let mut add = |name: String, position| {
        if !name.is_empty() {
            landmarks.push((name, position));
        }
    };
    for pillar in workspace.pillars().await? {
        add(pillar.name, pillar.position);
    }
    for post in workspace.joint_duty_posts().await? {
        add(post.name, post.position);
    }
    for post in workspace.posts().await? {
        add(post.name, post.position);
    }
    for place in workspace.places().await? {
        add(place.name, place.position);
    }
    Ok(landmarks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stop_is_named_by_what_is_known() {
        let at = Position::wrapped(123.45678, 41.8);
        assert_eq!(
            label(Some("Beat 3"), Some("Pillar 12"), at),
            "Beat 3 · Pillar 12"
        );
        assert_eq!(label(Some("Beat 3"), Some(""), at), "Beat 3");
        assert_eq!(label(None, Some("Pillar 12"), at), "Pillar 12");
        assert_eq!(label(None, None, at), "41.80000, 123.45678");
    }
}
