//! Plan a shift's patrols from a workspace: load, compute the surface and its rhythm, pose
//! the problem, search until the deadline, put the rounds on the map, let the referee check
//! them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use thiserror::Error;

use crate::app::clock;
use crate::app::plan_earlier::visits_of_plan;
use crate::app::plan_ground::PlanGround;
use crate::app::plan_kept::{check_kept, stored_kept};
use crate::app::plan_search::{SearchFrom, searched};
use crate::app::plan_wishes::WishRequest;
use crate::app::risk::{RiskJobError, RiskRequest};
use crate::calendar::window::Window;
use crate::patrol::assemble::{About, AssembleError, assemble};
use crate::patrol::basis::PlanBasis;
use crate::patrol::coverage::rings::{CoverageFault, Rings};
use crate::patrol::feasible_sums::all_found;
use crate::patrol::keep_to::rounds_kept_to;
use crate::patrol::objective::bound::most_covered;
use crate::patrol::objective::report::{PlanReport, report};
use crate::patrol::objective::weights::{Preset, WeightFault};
use crate::patrol::plan::{LeftOut, Missed, PatrolPlan, TradeOff};
use crate::patrol::pose::PoseError;
use crate::patrol::problem::{PlanProblem, ProblemFault};
use crate::patrol::referee;
use crate::patrol::search::rounds::Rounds;
use crate::place::measure::Seconds;
use crate::roads::network::{RoadError, RoadNetwork};
use crate::store::error::StoreError;
use crate::store::workspace::Workspace;

/// What plan is wanted. The window is the risk request's.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanRequest {
    /// The surface to plan on; its window is the shift's.
    pub risk: RiskRequest,
    /// How many idle units: those that wishes name, then others, spread over stations and by
    /// id order; none: all idle.
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
    /// What else is asked.
    pub wishes: WishRequest,
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
    /// A plan to keep to that the workspace does not have.
    #[error("there is no plan {0:?} to keep to")]
    UnknownPlan(String),
    /// A plan to keep to that is for another time.
    #[error("plan {0} is for another time: only a plan for the same shift can be kept to")]
    OtherShift(String),
    /// A plan to keep to that is made of other cells.
    #[error(
        "plan {plan} is made of cells of resolution {of}, and {asked} is asked for: only a plan of the same can be kept to"
    )]
    OtherCells {
        /// Which plan.
        plan: String,
        /// Its resolution.
        of: u8,
        /// The one asked for.
        asked: u8,
    },
    /// A plan to keep to that was stored before what it was made on was kept.
    #[error("what plan {0} was made on was not kept, so that it can't be kept to")]
    BasisNotKept(String),
    /// Wishes name more units than are asked for.
    #[error(
        "wishes name {named} units, and only {asked} are asked for: ask for {named} or more, or name fewer"
    )]
    MoreNamed {
        /// By wishes.
        named: usize,
        /// In all.
        asked: usize,
    },
    /// Idle units are foot teams, all of them.
    #[error(
        "all idle units are on foot, and routes are by road: import cars or motorcycles with --as units, or set one of them idle"
    )]
    AllOnFoot,
    /// A point that the workspace does not have.
    #[error("no station, joint-duty post, post or alarm pillar has the id {0:?}")]
    UnknownPoint(String),
    /// A place that is neither a cell nor a point of the workspace.
    #[error("{0:?} is no cell, and no station, joint-duty post, post or alarm pillar has that id")]
    UnknownPlace(String),
    /// A place where a stop is asked for and banned.
    #[error("a stop at {0:?} is asked for and banned at once: take one of them back")]
    PinnedAndBanned(String),
    /// A frequency that no visit can keep.
    #[error(
        "{id} every {asked_min:.0} min is more often than it can be visited: a visit takes 10 min, and the way to it some; ask for {least_min:.0} min or more"
    )]
    TooOften {
        /// The point's id.
        id: String,
        /// What was asked for, minutes.
        asked_min: f64,
        /// The least there is, minutes.
        least_min: f64,
    },
    /// A beat that the workspace does not have.
    #[error("no beat has the id or name {0:?}")]
    UnknownBeat(String),
    /// A slider out of its range.
    #[error(transparent)]
    Weights(#[from] WeightFault),
    /// Response can't be computed: a fault of the program.
    #[error("the plan's figures can't be drawn up ({0}); please report this")]
    Figures(#[from] CoverageFault),
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

/// A plan, and what it was made on.
#[derive(Debug, Clone, PartialEq)]
pub struct Planned {
    /// The plan.
    pub plan: PatrolPlan,
    /// Its problem and its rounds: it is replanned from them.
    pub basis: PlanBasis,
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
) -> Result<Planned, PlanJobError> {
    let kept = stored_kept(workspace, request).await?;
    patrol_plan_keeping(workspace, network, request, kept, stop).await
}

/// The same where the caller has the plan that is kept to, stored or not.
///
/// # Errors
/// [`PlanJobError`].
pub async fn patrol_plan_keeping(
    workspace: &Workspace,
    network: Option<Arc<RoadNetwork>>,
    request: &PlanRequest,
    kept: Option<Arc<Planned>>,
    stop: Arc<AtomicBool>,
) -> Result<Planned, PlanJobError> {
    if let Some(kept) = &kept {
        check_kept(kept, request)?;
    }
    let (ground, network) = load(workspace, network, request).await?;
    let request = request.clone();
    let planned = tokio::task::spawn_blocking(move || {
        plan_on(&ground, &*network.open()?, &request, kept.as_deref(), &stop)
    });
    planned.await.map_err(|_| PlanJobError::BrokenOff)?
}

/// Roads that are open, or stored and still to be opened.
pub enum Roads {
    /// Open.
    Open(Arc<RoadNetwork>),
    /// Stored.
    Stored(Vec<u8>),
}

impl Roads {
    /// Opens them: takes a moment, so not on a thread that answers requests.
    ///
    /// # Errors
    /// [`RoadError`] where the stored form can't be read.
    pub fn open(self) -> Result<Arc<RoadNetwork>, RoadError> {
        match self {
            Self::Open(network) => Ok(network),
            Self::Stored(bytes) => Ok(Arc::new(RoadNetwork::from_bytes(&bytes)?)),
        }
    }
}

/// Loads what a plan is made on.
///
/// # Errors
/// [`PlanJobError`].
pub async fn load(
    workspace: &Workspace,
    network: Option<Arc<RoadNetwork>>,
    request: &PlanRequest,
) -> Result<(PlanGround, Roads), PlanJobError> {
    if request.units == Some(0) {
        return Err(PlanJobError::NoneAsked);
    }
    let ground = PlanGround::load(workspace, request).await?;
    let roads = match network {
        Some(network) => Roads::Open(network),
        None => {
            let stored = workspace.road_network().await?;
            Roads::Stored(stored.ok_or(PlanJobError::NoRoads)?)
        }
    };
    Ok((ground, roads))
}

/// Stores a plan, what it was made on, and its event.
///
/// # Errors
/// [`StoreError`]; a workspace opened for reading refuses.
pub async fn save_plan(workspace: &Workspace, planned: &Planned) -> Result<(), StoreError> {
    let Planned { plan, basis } = planned;
    workspace.save_plan(plan, Some(basis)).await
}

fn plan_on(
    ground: &PlanGround,
    network: &RoadNetwork,
    request: &PlanRequest,
    kept: Option<&Planned>,
    stop: &AtomicBool,
) -> Result<Planned, PlanJobError> {
    let posed = ground.pose(network, request.seed)?;
    let problem = posed.problem;
    problem.check()?;
    let earlier = ground.earlier.iter();
    let earlier: Vec<_> = earlier.map(|plan| visits_of_plan(&problem, plan)).collect();
    let kept_rounds = kept.map(|earlier| rounds_kept_to(&problem, &earlier.basis));
    let from = SearchFrom {
        draw: ground.wishes.draw.map(|seed| (seed, earlier.as_slice())),
        kept: kept_rounds.as_deref().unwrap_or_default(),
    };
    // The bound takes a fraction of a second: beside the search, and no longer, unless the
    // same request has to give the same answer.
    let give_up = AtomicBool::new(false);
    let (bound, found) = std::thread::scope(|scope| {
        let bound = scope.spawn(|| most_covered(&problem, 0, &|| give_up.load(Ordering::Relaxed)));
        let found = searched(&problem, request, from, stop);
        let late = request.iterations.is_none() || stop.load(Ordering::Relaxed);
        give_up.store(late, Ordering::Relaxed);
        (bound.join().ok().flatten(), found)
    });
    let (rounds, record) = found?;
    let obstacles = all_found(&problem, &posed.missed, &rounds.of_unit);
    let report = figures(&problem, &rounds, bound)?.with_not_posed(&posed.missed);
    let trade_off = match request.wishes.compare {
        true => {
            let own = TradeOff {
                preset: Preset::Deter,
                risk_covered: rounds.value,
                report: report.clone(),
            };
            trade_off(&problem, request, (own, bound), &posed.missed, stop)?
        }
        false => Vec::new(),
    };
    // Foot teams that would make up the number, then units far from any road.
    let wanting = match request.units {
        Some(most) => most.saturating_sub(problem.units.len()),
        None => usize::MAX,
    };
    let mut left_out: Vec<LeftOut> = ground.on_foot.iter().take(wanting).cloned().collect();
    left_out.extend(posed.left_out);
    let about = About {
        made_at: clock::now(),
        synthetic: ground.synthetic,
        risk: ground.surface.provenance.clone(),
        missed: posed.missed.clone(),
        left_out,
        units_asked: request.units.map(|n| n.min(u32::MAX as usize) as u32),
        units_from: ground.units_from,
        search: record,
        report: Some(report),
        obstacles,
        trade_off,
        last: kept.map_or_else(|| ground.last.clone(), |kept| Some(kept.plan.clone())),
        replanned: None,
    };
    let way = |from, to| network.route(from, to);
    let plan = assemble(&problem, &rounds, about, &way)?;
    refereed(&problem, &plan).map_err(PlanJobError::Referee)?;
    let basis = PlanBasis {
        problem,
        rounds: rounds.of_unit,
        not_posed: posed.missed,
        roads: network.fingerprint().to_owned(),
    };
    Ok(Planned { plan, basis })
}

/// Lets the referee check a plan.
///
/// # Errors
/// The first fault, in words; all are logged.
pub fn refereed(problem: &PlanProblem, plan: &PatrolPlan) -> Result<(), String> {
    let Err(faults) = referee::check(problem, plan) else {
        return Ok(());
    };
    for fault in &faults {
        tracing::error!(%fault, "the referee refuses the plan");
    }
    Err(faults.first().map(ToString::to_string).unwrap_or_default())
}

fn figures(
    problem: &PlanProblem,
    rounds: &Rounds,
    bound: Option<f64>,
) -> Result<PlanReport, PlanJobError> {
    Ok(report(problem, rounds, &Rings::default(), bound)?)
}

/// What each preset comes to, searched as long as the plan; the plan's own is the plan.
fn trade_off(
    problem: &PlanProblem,
    request: &PlanRequest,
    (own, bound): (TradeOff, Option<f64>),
    not_posed: &[Missed],
    stop: &AtomicBool,
) -> Result<Vec<TradeOff>, PlanJobError> {
    let mut all = Vec::with_capacity(Preset::ALL.len());
    for preset in Preset::ALL {
        // A plan that was drawn or held to another one is not what its preset comes to.
        let is_free = request.wishes.draw.is_none() && request.wishes.keep_to.is_none();
        if preset.weights() == problem.weights && is_free {
            let own = own.clone();
            all.push(TradeOff { preset, ..own });
            continue;
        }
        let mut other = problem.clone();
        other.weights = preset.weights();
        let (rounds, _) = searched(&other, request, SearchFrom::default(), stop)?;
        all.push(TradeOff {
            preset,
            risk_covered: rounds.value,
            report: figures(&other, &rounds, bound)?.with_not_posed(not_posed),
        });
    }
    Ok(all)
}
