//! What rounds are worth, with the referee's eyes: they are put on the map as a plan, the
//! referee re-derives every time, rule and gain, and the plan's own figures are taken.

use crate::app::clock;
use crate::patrol::assemble::{About, assemble};
use crate::patrol::coverage::rings::Rings;
use crate::patrol::objective::report::report;
use crate::patrol::plan::{Missed, SearchEnd, SearchRecord};
use crate::patrol::problem::PlanProblem;
use crate::patrol::referee;
use crate::patrol::search::rounds::Rounds;
use crate::patrol::units_from::UnitsFrom;
use crate::risk::surface::Provenance;
use crate::roads::network::{RoadRoute, Snap};

/// What a plan says of its making, the same for every solver.
#[derive(Debug, Clone)]
pub struct Paper {
    /// Whether the workspace is made up.
    pub synthetic: bool,
    /// The surface.
    pub risk: Provenance,
    /// Must-visits that did not make it into the problem.
    pub missed: Vec<Missed>,
}

/// The worth of a plan.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Judged {
    /// Expected incidents covered.
    pub covered: f64,
    /// Of so many.
    pub expected: f64,
    /// Must-visits that are not kept, of those that are in the problem.
    pub missed: usize,
    /// Must-visits asked for.
    pub must_visits: usize,
    /// Stops.
    pub stops: usize,
    /// Share of the working time that is spent driving.
    pub travel_share: f64,
}

impl Judged {
    /// Whether it is the better plan: more must-visits, then more covered.
    pub fn beats(&self, other: &Self) -> bool {
        self.missed < other.missed || (self.missed == other.missed && self.covered > other.covered)
    }
}

/// Judges rounds.
///
/// # Errors
/// The first fault that the referee finds, or why they can't be put on the map.
pub fn judge(
    problem: &PlanProblem,
    rounds: &Rounds,
    paper: &Paper,
    way: &dyn Fn(Snap, Snap) -> Option<RoadRoute>,
) -> Result<Judged, String> {
    let figures = report(problem, rounds, &Rings::default(), None).map_err(|e| e.to_string())?;
    let about = About {
        replanned: None,
        made_at: clock::now(),
        synthetic: paper.synthetic,
        risk: paper.risk.clone(),
        missed: paper.missed.clone(),
        left_out: Vec::new(),
        units_asked: None,
        units_from: UnitsFrom::Layer,
        search: SearchRecord {
            iterations: rounds.iterations,
            iterations_asked: None,
            kept_stops: None,
            ended_by: SearchEnd::Deadline,
        },
        report: Some(figures.clone()),
        obstacles: Vec::new(),
        trade_off: Vec::new(),
        last: None,
    };
    let plan = assemble(problem, rounds, about, way).map_err(|e| e.to_string())?;
    if let Err(faults) = referee::check(problem, &plan) {
        let first = faults.first().map(ToString::to_string);
        return Err(first.unwrap_or_default());
    }
    Ok(Judged {
        covered: plan.risk_covered,
        expected: plan.risk_total,
        missed: figures.must_visits.asked - figures.must_visits.kept,
        must_visits: figures.must_visits.asked,
        stops: plan.routes.iter().map(|r| r.stops.len()).sum(),
        travel_share: figures.travel_share,
    })
}
