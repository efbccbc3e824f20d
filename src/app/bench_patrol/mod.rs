//! Our plan beside others' on a workspace's streets: the same problem, the same time, all
//! worth what the referee finds.
//!
//! Others are fed the additive relaxation, written to files; what they answer is read from
//! files, put under our rules and judged as our own plans are.

pub mod judge;

use std::sync::Arc;

use thiserror::Error;

use crate::app::bench_patrol::judge::{Judged, Paper, judge};
use crate::app::plan::{PlanJobError, PlanRequest, load};
use crate::app::plan_wishes::WishRequest;
use crate::app::risk::RiskRequest;
use crate::app::thread_clock::{LimitClock, ThreadClock};
use crate::exchange::peer_problem_json::{PeerProblem, peer_problem_json};
use crate::exchange::read::peer_rounds::PeerRounds;
use crate::patrol::peers::foreign::{ForeignFault, driven, stops_of};
use crate::patrol::peers::relaxation::{Relaxation, relax};
use crate::patrol::pose::PatrolSettings;
use crate::patrol::problem::{PlanProblem, ProblemFault};
use crate::patrol::search::anneal::search;
use crate::patrol::search::budget::Budget;
use crate::patrol::search::rounds::Rounds;
use crate::roads::network::RoadNetwork;
use crate::store::workspace::Workspace;

/// What is compared.
#[derive(Debug, Clone, PartialEq)]
pub struct BenchRequest {
    /// The surface; its window is the shift's.
    pub risk: RiskRequest,
    /// How many units; an instance each.
    pub units: Vec<usize>,
    /// At most so many cells worth a stop.
    pub stops: usize,
    /// In how many slots of the shift a cell may be visited once; a relaxation each.
    pub slots: Vec<u32>,
    /// Seed of our search.
    pub seed: u64,
}

/// Why nothing can be compared.
#[derive(Debug, Error)]
pub enum BenchFault {
    /// The problem can't be posed.
    #[error(transparent)]
    Plan(#[from] PlanJobError),
    /// Fewer units than asked for.
    #[error(
        "{asked} units are asked for, but the workspace has {found} idle ones that drive and stand by a road"
    )]
    TooFewUnits {
        /// Asked for.
        asked: usize,
        /// There.
        found: usize,
    },
    /// The problem's parts don't fit each other.
    #[error("the patrol problem is not sound ({0}); please report this")]
    Problem(#[from] ProblemFault),
    /// A relaxation can't be written.
    #[error("a problem can't be written: {0}")]
    Write(#[from] serde_json::Error),
    /// A solution of something else.
    #[error("it solves {problem:?}, which is none of these: {known}")]
    UnknownProblem {
        /// What it names.
        problem: String,
        /// The problems there are.
        known: String,
    },
    /// A solution of a problem that is not this one any more.
    #[error(
        "it solves another {problem:?}: the workspace or the settings are not those that the problem was written with; write the problems again and solve those"
    )]
    Stale {
        /// What it names.
        problem: String,
    },
    /// Rounds that are none of the problem's.
    #[error(transparent)]
    Rounds(#[from] ForeignFault),
    /// The rounds can't be put on the map, or the referee refuses them.
    #[error("the plan of {solver} failed its check ({why}); please report this")]
    Check {
        /// Whose.
        solver: String,
        /// Why.
        why: String,
    },
}

/// A plan with its worth.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// How many units.
    pub units: usize,
    /// Whose.
    pub solver: String,
    /// Slots of the relaxation it was made for; none where it knew the true objective.
    pub slots: Option<u32>,
    /// Seconds it had, by its own clock; none for the greedy plan, which just ends.
    pub seconds: Option<f64>,
    /// Seconds on the wall and on a core, where they were measured here.
    pub took_s: Option<(f64, f64)>,
    /// Stops that had to be left out of a foreign plan.
    pub left_out: usize,
    /// Its worth.
    pub judged: Judged,
}

/// One problem.
pub struct Case {
    /// How many units.
    pub units: usize,
    problem: PlanProblem,
    paper: Paper,
    relaxations: Vec<(String, Relaxation, PeerProblem)>,
}

/// All problems, on the roads.
pub struct Cases {
    /// By number of units, as asked.
    pub cases: Vec<Case>,
    network: Arc<RoadNetwork>,
}

/// Poses the problems.
///
/// # Errors
/// [`BenchFault`].
pub async fn cases(workspace: &Workspace, request: &BenchRequest) -> Result<Cases, BenchFault> {
    let settings = PatrolSettings {
        candidates: request.stops,
        ..PatrolSettings::default()
    };
    let mut network = None;
    let mut cases = Vec::with_capacity(request.units.len());
    for &units in &request.units {
        let (ground, roads) =
            load(workspace, network.take(), &plan_request(request, units)).await?;
        let opened = roads.open().map_err(PlanJobError::from)?;
        let posed = ground.pose_by(&opened, &settings, request.seed)?;
        network = Some(opened);
        if posed.problem.units.len() < units {
            return Err(BenchFault::TooFewUnits {
                asked: units,
                found: posed.problem.units.len(),
            });
        }
        posed.problem.check()?;
        let mut relaxations = Vec::new();
        for &slots in &request.slots {
            let relaxation = relax(&posed.problem, slots);
            let name = format!("patrol-{units}units-{}stops-{slots}slots", request.stops);
            let written = peer_problem_json(&posed.problem, &relaxation, &name)?;
            relaxations.push((name, relaxation, written));
        }
        cases.push(Case {
            units,
            problem: posed.problem,
            paper: Paper {
                synthetic: ground.synthetic,
                risk: ground.surface.provenance.clone(),
                missed: posed.missed,
            },
            relaxations,
        });
    }
    match network {
        Some(network) => Ok(Cases { cases, network }),
        None => Err(BenchFault::Plan(PlanJobError::NoneAsked)),
    }
}

fn plan_request(request: &BenchRequest, units: usize) -> PlanRequest {
    PlanRequest {
        risk: request.risk.clone(),
        units: Some(units),
        deadline_ms: 0,
        seed: request.seed,
        iterations: None,
        must_visits: Vec::new(),
        wishes: WishRequest::default(),
    }
}

impl Cases {
    /// Every relaxation with its name.
    pub fn problems(&self) -> impl Iterator<Item = (&str, &PeerProblem)> {
        let all = self.cases.iter().flat_map(|case| &case.relaxations);
        all.map(|(name, _, written)| (name.as_str(), written))
    }

    /// The first plan, without a search.
    ///
    /// # Errors
    /// [`BenchFault`].
    pub fn greedy(&self, case: &Case) -> Result<Entry, BenchFault> {
        let clock = ThreadClock::start();
        let rounds = search(&case.problem, &Budget::iterations(0))?;
        let took = (clock.wall().as_secs_f64(), clock.exact().as_secs_f64());
        self.ours(case, "greedy", None, took, &rounds)
    }

    /// Our plan after so many seconds on this thread.
    ///
    /// # Errors
    /// [`BenchFault`].
    pub fn searched(
        &self,
        case: &Case,
        seconds: f64,
        limit: LimitClock,
    ) -> Result<Entry, BenchFault> {
        let clock = ThreadClock::start();
        let used = || clock.by(limit).as_secs_f64() / seconds;
        let rounds = search(&case.problem, &Budget::time(&used))?;
        let took = (clock.wall().as_secs_f64(), clock.exact().as_secs_f64());
        self.ours(case, "Frontbeat", Some(seconds), took, &rounds)
    }

    fn ours(
        &self,
        case: &Case,
        solver: &str,
        seconds: Option<f64>,
        took_s: (f64, f64),
        rounds: &Rounds,
    ) -> Result<Entry, BenchFault> {
        Ok(Entry {
            units: case.units,
            solver: solver.into(),
            slots: None,
            seconds,
            took_s: Some(took_s),
            left_out: 0,
            judged: self.judged(case, solver, rounds)?,
        })
    }

    /// Another's plan, put under our rules.
    ///
    /// # Errors
    /// [`BenchFault`] where it is none of these problems' plans.
    pub fn foreign(&self, solution: &PeerRounds) -> Result<Entry, BenchFault> {
        let mut all = self.cases.iter().flat_map(|case| {
            let of_case = case.relaxations.iter();
            of_case.map(move |relaxation| (case, relaxation))
        });
        let named = all.find(|(_, (name, _, _))| *name == solution.problem);
        let Some((case, (_, relaxation, written))) = named else {
            let known: Vec<&str> = self.problems().map(|(name, _)| name).collect();
            return Err(BenchFault::UnknownProblem {
                problem: solution.problem.clone(),
                known: known.join(", "),
            });
        };
        if written.sha256 != solution.sha256 {
            return Err(BenchFault::Stale {
                problem: solution.problem.clone(),
            });
        }
        let stops = stops_of(&case.problem, relaxation, &solution.rounds)?;
        let driven = driven(&case.problem, &stops)?;
        Ok(Entry {
            units: case.units,
            solver: solution.solver.clone(),
            slots: Some(relaxation.slots),
            seconds: Some(solution.seconds),
            took_s: None,
            left_out: driven.left_out,
            judged: self.judged(case, &solution.solver, &driven.rounds)?,
        })
    }

    fn judged(&self, case: &Case, solver: &str, rounds: &Rounds) -> Result<Judged, BenchFault> {
        let way = |from, to| self.network.route(from, to);
        judge(&case.problem, rounds, &case.paper, &way).map_err(|why| BenchFault::Check {
            solver: solver.to_owned(),
            why,
        })
    }
}
