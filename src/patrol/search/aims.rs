//! What counts besides covered incidents: response, fairness and driving, each a share of
//! what there is, by its slider; all in expected incidents, so that they add up with what
//! is covered.

use crate::patrol::coverage::rings::Rings;
use crate::patrol::objective::fairness::Fairness;
use crate::patrol::objective::response::Response;
use crate::patrol::objective::weights::Weights;
use crate::patrol::problem::PlanProblem;
use crate::patrol::rules::due::DueFor;
use crate::patrol::search::route::{Errand, Fit, Ground, TimedStop};

/// The other parts of the objective, kept up to date.
#[derive(Debug)]
pub struct Aims<'a> {
    weights: Weights,
    risk_total: f64,
    response: Option<Response<'a>>,
    fairness: Option<Fairness>,
    /// Seconds driven, and seconds worked.
    driven: u64,
    work: f64,
}

impl<'a> Aims<'a> {
    /// Of a checked problem; none where only covered incidents count.
    pub fn new(problem: &'a PlanProblem) -> Option<Self> {
        let weights = problem.weights;
        if weights == Weights::default() {
            return None;
        }
        let response = match weights.respond > 0.0 {
            true => Response::new(problem, Rings::default()).ok(),
            false => None,
        };
        let work = problem.units.iter();
        let work: f64 = work
            .map(|u| f64::from(u.until_ms.saturating_sub(u.from_ms)) / 1000.0)
            .sum();
        Some(Self {
            weights,
            risk_total: problem.risk_total,
            response,
            fairness: (weights.fair > 0.0).then(|| Fairness::new(problem)),
            driven: 0,
            work: work.max(1.0),
        })
    }

    /// The objective where so much is covered.
    pub fn value(&self, covered: f64) -> f64 {
        let respond = self.response.as_ref().map_or(0.0, Response::share);
        let fair = self.fairness.as_ref().map_or(0.0, Fairness::share);
        let travel = self.driven as f64 / self.work;
        self.weights.deter * covered
            + self.risk_total
                * (self.weights.respond * respond + self.weights.fair * fair
                    - self.weights.travel * travel)
    }

    /// What one more stop at a cell adds that covers so much.
    pub fn added(
        &self,
        ground: &Ground<'_>,
        (cell, option): (u32, u8),
        fit: &Fit,
        covered: f64,
    ) -> f64 {
        let point = ground.first_candidate + cell;
        let stay = ground.dwells[usize::from(option)];
        let respond = self.response.as_ref();
        let respond = respond.map_or(0.0, |r| r.gain(point, fit.depart, fit.begin + stay));
        let fair = self.fairness.as_ref().map_or(0.0, |f| f.gain(cell, stay));
        let travel = f64::from(fit.arrive - fit.depart) / self.work;
        self.weights.deter * covered
            + self.risk_total
                * (self.weights.respond * respond + self.weights.fair * fair
                    - self.weights.travel * travel)
    }

    /// A stop is in the plan.
    pub fn came(&mut self, ground: &Ground<'_>, stop: &TimedStop) {
        self.driven += u64::from(stop.arrive - stop.depart);
        if let Some(response) = &mut self.response
            && is_free(ground, stop)
        {
            response.add(stop.demand.point, stop.depart, stop.leave());
        }
        if let (Some(fairness), Some((cell, _))) = (&mut self.fairness, ground.cell_of(stop.errand))
        {
            fairness.add(cell, stop.demand.stay);
        }
    }

    /// It is there no more.
    pub fn went(&mut self, ground: &Ground<'_>, stop: &TimedStop) {
        self.driven -= u64::from(stop.arrive - stop.depart);
        if let Some(response) = &mut self.response
            && is_free(ground, stop)
        {
            response.remove(stop.demand.point, stop.depart, stop.leave());
        }
        if let (Some(fairness), Some((cell, _))) = (&mut self.fairness, ground.cell_of(stop.errand))
        {
            fairness.remove(cell, stop.demand.stay);
        }
    }

    /// Adds up afresh, so that rounding does not pile up.
    pub fn settle(&mut self) {
        if let Some(response) = &mut self.response {
            response.settle();
        }
        if let Some(fairness) = &mut self.fairness {
            fairness.settle();
        }
    }
}

/// Whether the unit can be called to a call meanwhile: not on its break.
fn is_free(ground: &Ground<'_>, stop: &TimedStop) -> bool {
    match stop.errand {
        Errand::Due(due) => !matches!(ground.dues[due as usize].what, DueFor::Break { .. }),
        Errand::Cell { .. } | Errand::Watch(_) => true,
    }
}
