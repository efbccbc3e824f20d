//! Change a shift's plan while the shift runs: what has happened becomes a change of the
//! plan's problem, a short search answers it, the referee checks the new plan.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use jiff::Timestamp;
use thiserror::Error;

use crate::app::clock::now;
use crate::app::place_names::PlaceNames;
use crate::app::plan::{Planned, refereed};
use crate::app::plan_clock::SearchClock;
use crate::app::replan_change::{ChangeFault, ChangeRequest, Means};
use crate::patrol::assemble::{About, AssembleError, assemble};
use crate::patrol::coverage::rings::{CoverageFault, Rings};
use crate::patrol::feasible_sums::all_found;
use crate::patrol::objective::report::report;
use crate::patrol::plan::{PatrolPlan, ReplanRecord, SearchRecord};
use crate::patrol::replan::replan::{Present, ReplanFault, ReplanSettings, replan};
use crate::patrol::search::budget::Budget;
use crate::place::feature::AlarmPillar;
use crate::roads::network::{RoadError, RoadNetwork, Snap};
use crate::store::error::StoreError;
use crate::store::workspace::Workspace;

/// What has happened, and how long may be thought about it.
#[derive(Debug, Clone, PartialEq)]
pub struct ReplanRequest {
    /// When, in the shift; none: now, or at its start where that is yet to come.
    pub at: Option<Timestamp>,
    /// What.
    pub change: ChangeRequest,
    /// How long the search may take, milliseconds.
    pub deadline_ms: u64,
    /// End the search after so many iterations; none: at the deadline.
    pub iterations: Option<u64>,
    /// How freely the plan may change.
    pub settings: ReplanSettings,
}

/// Why a plan can't be changed.
#[derive(Debug, Error)]
pub enum ReplanJobError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The roads.
    #[error(transparent)]
    Roads(#[from] RoadError),
    /// No roads imported.
    #[error("the workspace has no roads: import them with --as roads FILE.osm.pbf")]
    NoRoads,
    /// There is no such plan.
    #[error("there is no plan {0:?}")]
    UnknownPlan(String),
    /// There is none at all.
    #[error("the workspace has no plan")]
    NoPlan,
    /// The plan was made before what it was made on was kept.
    #[error("what plan {0} was made on was not kept, so that it can't be changed: make a new plan")]
    NotKept(String),
    /// Other roads.
    #[error(
        "roads were imported anew since the plan was made, so that it can't be changed: make a new plan"
    )]
    OtherRoads,
    /// The shift is over.
    #[error("the plan's shift is over: make a plan for the next one")]
    Over,
    /// A time before the shift.
    #[error(
        "the time that was given is before the plan's shift: give a time of the shift, or make a new plan"
    )]
    BeforeTheShift,
    /// The plan was made later in the shift.
    #[error(
        "the plan was changed later in the shift than the time that was given: give a later time, or change the plan before it, {0}"
    )]
    BeforeThePlan(String),
    /// The change.
    #[error(transparent)]
    Change(#[from] ChangeFault),
    /// The core can't take it: a fault of the program.
    #[error("the plan can't be changed ({0}); please report this")]
    Replan(#[from] ReplanFault),
    /// The rounds can't be driven.
    #[error("the plan can't be drawn ({0}); please report this")]
    Assemble(#[from] AssembleError),
    /// Response can't be computed: a fault of the program.
    #[error("the plan's figures can't be drawn up ({0}); please report this")]
    Figures(#[from] CoverageFault),
    /// The referee refuses the plan: a fault of the program.
    #[error("the changed plan failed its own check ({0}); please report this")]
    Referee(String),
    /// The work was broken off: the program is ending.
    #[error("replanning was broken off")]
    BrokenOff,
}

/// A stored plan with what it was made on; the newest where no id is given.
///
/// # Errors
/// [`ReplanJobError::UnknownPlan`], [`ReplanJobError::NoPlan`], [`ReplanJobError::NotKept`],
/// [`ReplanJobError::Store`].
pub async fn stored_plan(
    workspace: &Workspace,
    id: Option<&str>,
) -> Result<Planned, ReplanJobError> {
    let plan = plan_alone(workspace, id).await?;
    match workspace.plan_basis(plan.id.as_str()).await? {
        Some(basis) => Ok(Planned { plan, basis }),
        None => Err(ReplanJobError::NotKept(plan.id.to_string())),
    }
}

/// A stored plan, without what it was made on: to be read, not to be changed.
///
/// # Errors
/// [`ReplanJobError::NoPlan`], [`ReplanJobError::UnknownPlan`], the store.
pub async fn plan_alone(
    workspace: &Workspace,
    id: Option<&str>,
) -> Result<PatrolPlan, ReplanJobError> {
    let id = match id {
        Some(id) => id.to_owned(),
        None => {
            let newest = workspace.plans(1).await?;
            let newest = newest.first().map(|plan| plan.id.to_string());
            newest.ok_or(ReplanJobError::NoPlan)?
        }
    };
    let plan = workspace.plan(&id).await?;
    plan.ok_or(ReplanJobError::UnknownPlan(id))
}

/// Changes a plan on the workspace's own roads, away from the threads that answer requests.
///
/// # Errors
/// [`ReplanJobError`].
pub async fn replan_stored(
    workspace: &Workspace,
    before: Planned,
    request: ReplanRequest,
    stop: Arc<AtomicBool>,
) -> Result<Planned, ReplanJobError> {
    let ground = ReplanGround::load(workspace).await?;
    let roads = workspace.road_network().await?;
    let roads = roads.ok_or(ReplanJobError::NoRoads)?;
    let work = move || {
        let network = RoadNetwork::from_bytes(&roads)?;
        replanned(&before, &ground, &network, &request, &stop)
    };
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|_| ReplanJobError::BrokenOff)?
}

/// What a change is resolved with, of the workspace.
pub struct ReplanGround {
    /// What places are called.
    pub names: PlaceNames,
    /// The pillars.
    pub pillars: Vec<AlarmPillar>,
}

impl ReplanGround {
    /// Loads it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn load(workspace: &Workspace) -> Result<Self, StoreError> {
        Ok(Self {
            names: PlaceNames::load(workspace, &workspace.beats().await?).await?,
            pillars: workspace.pillars().await?,
        })
    }
}

/// Changes a plan; the new one is refereed and returned (it is not stored). Once `stop` is
/// set the search ends as at its deadline. Takes the search's time: not for a thread that
/// answers requests.
///
/// # Errors
/// [`ReplanJobError`].
pub fn replanned(
    before: &Planned,
    ground: &ReplanGround,
    network: &RoadNetwork,
    request: &ReplanRequest,
    stop: &AtomicBool,
) -> Result<Planned, ReplanJobError> {
    let Planned { plan, basis } = before;
    if !basis.is_on(network) {
        return Err(ReplanJobError::OtherRoads);
    }
    let start = plan.window.start();
    if request.at.is_some_and(|at| at < start) {
        return Err(ReplanJobError::BeforeTheShift);
    }
    let at = request.at.unwrap_or_else(now).max(start);
    if at >= plan.window.end() {
        return Err(ReplanJobError::Over);
    }
    if let Some(made) = plan.replanned.as_ref().filter(|made| at < made.at) {
        return Err(ReplanJobError::BeforeThePlan(made.of.to_string()));
    }
    let now_s = at.duration_since(plan.window.start()).as_secs().max(0) as u32;
    let mut basis = basis.clone();
    basis.fill_travel(network);
    let means = Means {
        network,
        names: &ground.names,
        pillars: &ground.pillars,
        resolution: plan.risk.resolution,
        now_s,
    };
    let change = request.change.resolve(&basis.problem, &means)?;
    // The search's own time: what comes before it is reading.
    let clock = SearchClock::start(request.deadline_ms, request.iterations, stop);
    let present = Present {
        problem: &basis.problem,
        rounds: &basis.rounds,
        now_s,
    };
    let travel = |from: &[Snap], to: &[Snap]| network.matrix(from, to);
    let used = || clock.used();
    let budget = Budget {
        iterations: request.iterations.unwrap_or(u64::MAX),
        time_used: &used,
    };
    let new = replan(&present, &change, &travel, &request.settings, &budget)?;
    let iterations = new.rounds.iterations;
    let figures = report(&new.problem, &new.rounds, &Rings::default(), None)?;
    let about = About {
        made_at: now(),
        synthetic: plan.synthetic,
        risk: plan.risk.clone(),
        missed: basis.not_posed.clone(),
        left_out: plan.left_out.clone(),
        units_asked: plan.units_asked,
        units_from: plan.units_from,
        search: SearchRecord {
            iterations,
            iterations_asked: request.iterations,
            kept_stops: None,
            ended_by: clock.ended_by(request.iterations.is_some_and(|n| iterations >= n)),
        },
        report: Some(figures.with_not_posed(&basis.not_posed)),
        obstacles: all_found(&new.problem, &basis.not_posed, &new.rounds.of_unit),
        trade_off: Vec::new(),
        last: Some(plan.clone()),
        replanned: Some(ReplanRecord {
            of: plan.id.clone(),
            at,
            changes: new.changes,
            stability: new.stability,
            carried_on: new.carried_on,
            late: new.late,
        }),
    };
    let way = |from, to| network.route(from, to);
    let plan = assemble(&new.problem, &new.rounds, about, &way)?;
    refereed(&new.problem, &plan).map_err(ReplanJobError::Referee)?;
    basis.problem = new.problem;
    basis.rounds = new.rounds.of_unit;
    Ok(Planned { plan, basis })
}
