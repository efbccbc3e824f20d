//! What a stop of a remade round adds besides covered incidents, where the plan's presets or
//! sliders ask for it: nearness to the next call, minutes for beats, and driving that counts
//! against it. The parts are those of the search (`patrol/search/aims.rs`), so that a round
//! is remade for what the plan was made for.

use crate::patrol::coverage::rings::Rings;
use crate::patrol::objective::fairness::Fairness;
use crate::patrol::objective::response::Response;
use crate::patrol::objective::weights::Weights;
use crate::patrol::problem::StopFor;
use crate::patrol::search::rounds::RoundStop;
use crate::patrol::simulator::plans::ShiftPlan;

/// Where a unit is from one second until before another: on its way to a point, or there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Presence {
    /// A point of the problem's matrix.
    pub point: u32,
    /// Which candidate that is, if it is one.
    pub candidate: Option<u32>,
    /// It sets out.
    pub depart_s: u32,
    /// It begins to stay.
    pub begin_s: u32,
    /// It sets out for elsewhere.
    pub leave_s: u32,
}

/// The parts, with everybody's presence in the shift.
#[derive(Debug, Clone)]
pub struct RestAims<'a> {
    weights: Weights,
    risk_total: f64,
    /// Seconds that all units work.
    work: f64,
    response: Option<Response<'a>>,
    fairness: Option<Fairness>,
    of_unit: Vec<Vec<Presence>>,
}

impl<'a> RestAims<'a> {
    /// Of a plan as it was made; none where only covered incidents count.
    pub fn new(plan: &'a ShiftPlan) -> Option<Self> {
        let problem = &plan.shift.problem;
        let weights = problem.weights;
        if weights == Weights::default() {
            return None;
        }
        let work = problem.units.iter();
        let work = work.map(|u| f64::from(u.until_ms.saturating_sub(u.from_ms)) / 1000.0);
        let response = match weights.respond > 0.0 {
            true => Response::new(problem, Rings::default()).ok(),
            false => None,
        };
        let mut aims = Self {
            weights,
            risk_total: problem.risk_total,
            work: work.sum::<f64>().max(1.0),
            response,
            fairness: (weights.fair > 0.0).then(|| Fairness::new(problem)),
            of_unit: vec![Vec::new(); problem.units.len()],
        };
        for (unit, round) in plan.found.iter().enumerate() {
            for stop in round {
                if let Some(presence) = presence_at(plan, stop) {
                    aims.add(unit, presence);
                }
            }
        }
        Some(aims)
    }

    /// A unit is where it was to be no more from now on.
    pub fn give_up(&mut self, unit: usize, now_s: u32) {
        let mut kept = Vec::new();
        for mut presence in std::mem::take(&mut self.of_unit[unit]) {
            if presence.leave_s > now_s {
                let from = presence.depart_s.max(now_s);
                if let Some(response) = &mut self.response {
                    response.remove(presence.point, from, presence.leave_s);
                }
                if let (Some(fairness), Some(candidate)) = (&mut self.fairness, presence.candidate)
                {
                    let stayed = now_s.saturating_sub(presence.begin_s);
                    let stay = presence.leave_s - presence.begin_s;
                    fairness.remove(candidate, stay);
                    fairness.add(candidate, stayed.min(stay));
                }
                presence.leave_s = now_s;
            }
            if presence.begin_s < now_s {
                kept.push(presence);
            }
        }
        self.of_unit[unit] = kept;
    }

    /// A unit is to be somewhere.
    pub fn add(&mut self, unit: usize, presence: Presence) {
        if let Some(response) = &mut self.response {
            response.add(presence.point, presence.depart_s, presence.leave_s);
        }
        if let (Some(fairness), Some(candidate)) = (&mut self.fairness, presence.candidate) {
            fairness.add(candidate, presence.leave_s - presence.begin_s);
        }
        self.of_unit[unit].push(presence);
    }

    /// What a presence adds to the objective that covers so much.
    pub fn added(&self, presence: &Presence, covered: f64) -> f64 {
        let Presence {
            point,
            candidate,
            depart_s,
            begin_s,
            leave_s,
        } = *presence;
        let respond = self.response.as_ref();
        let respond = respond.map_or(0.0, |r| r.gain(point, depart_s, leave_s));
        let fair = self.fairness.as_ref().zip(candidate);
        let fair = fair.map_or(0.0, |(f, candidate)| f.gain(candidate, leave_s - begin_s));
        let travel = f64::from(begin_s - depart_s) / self.work;
        self.weights.deter * covered
            + self.risk_total
                * (self.weights.respond * respond + self.weights.fair * fair
                    - self.weights.travel * travel)
    }

    /// Everybody's presence, for tests.
    #[cfg(test)]
    pub fn presence(&self) -> &[Vec<Presence>] {
        &self.of_unit
    }
}

/// Where a stop of a plan has its unit; none on a break, which simulated plans don't have.
fn presence_at(plan: &ShiftPlan, stop: &RoundStop) -> Option<Presence> {
    let problem = &plan.shift.problem;
    let (point, candidate) = match stop.what {
        StopFor::Candidate(number) => (problem.candidate_point(number), Some(number as u32)),
        StopFor::MustVisit { must_visit, .. } => (problem.must_visit_point(must_visit), None),
        StopFor::Break(_) => return None,
    };
    Some(Presence {
        point: point as u32,
        candidate,
        depart_s: stop.arrive_s.saturating_sub(stop.drive_ms.div_ceil(1000)),
        begin_s: stop.begin_s,
        leave_s: stop.leave_s,
    })
}
