//! The referee: is this plan what it says, by the problem alone?
//!
//! Re-derives times, windows, and gains from the plan and the problem, sharing no code with
//! `rules/` or `search/`, and collects every fault. A plan that fails is never shown.

use std::collections::BTreeMap;

use jiff::Timestamp;
use thiserror::Error;

use crate::patrol::plan::{MissedWhy, PatrolPlan, PatrolRoute, Stop, StopReason};
use crate::patrol::problem::{PatrolUnit, PlanProblem};

/// Gains may differ by so much, in incidents: two ways of adding up the same numbers.
const ROUNDING: f64 = 1e-9;
/// A line may begin or end so far from its point, and be so much longer than it says.
const LINE_M: f64 = 1.0;

/// What is wrong with a plan.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum Fault {
    /// Routes and units don't match one to one.
    #[error("the plan's routes are not the problem's units, in order")]
    Units,
    /// A stop at a place that the problem does not have.
    #[error("{unit}, stop {stop}: the problem has no such place or window")]
    UnknownPlace {
        /// Call sign.
        unit: String,
        /// Number of the stop.
        stop: u32,
    },
    /// A stop's time is not what the network and the stop before give.
    #[error("{unit}, stop {stop}: {what} should be {expected} and is {found}")]
    Time {
        /// Call sign.
        unit: String,
        /// Number of the stop.
        stop: u32,
        /// `arrival`, `departure`, `drive` or `dwell`.
        what: &'static str,
        /// By the problem, milliseconds from the window's start or of length.
        expected: i64,
        /// By the plan.
        found: i64,
    },
    /// The unit drives where there is no way.
    #[error("{unit}, stop {stop}: there is no way to it")]
    NoWay {
        /// Call sign.
        unit: String,
        /// Number of the stop.
        stop: u32,
    },
    /// The unit works before or after its shift.
    #[error("{unit}, stop {stop}: outside the unit's shift")]
    Shift {
        /// Call sign.
        unit: String,
        /// Number of the stop.
        stop: u32,
    },
    /// Two stops in a row at one cell are one that is too long.
    #[error("{unit}, stop {stop}: the same cell as the stop before")]
    SameCell {
        /// Call sign.
        unit: String,
        /// Number of the stop.
        stop: u32,
    },
    /// A must-visit begins outside its window.
    #[error("{unit}, stop {stop}: outside its due window")]
    Due {
        /// Call sign.
        unit: String,
        /// Number of the stop.
        stop: u32,
    },
    /// A due is kept and missed, kept twice, or neither.
    #[error("{name} is kept {kept} times and missed {missed} times in one due window")]
    Account {
        /// Name of the must-visit.
        name: String,
        /// Stops for it.
        kept: usize,
        /// Entries among the missed.
        missed: usize,
    },
    /// A missed due gives the wrong reason.
    #[error("{name}: the reason why it is missed is not true")]
    Why {
        /// Name of the must-visit.
        name: String,
    },
    /// A number is not what the formula gives.
    #[error("{what} should be {expected} and is {found}")]
    Number {
        /// Which number.
        what: String,
        /// By the formula.
        expected: f64,
        /// By the plan.
        found: f64,
    },
    /// The line driven does not lead from the start to the last stop.
    #[error("{unit}: the line driven does not lead from its start to its last stop")]
    Line {
        /// Call sign.
        unit: String,
    },
}

/// Checks a plan.
///
/// # Errors
/// Every [`Fault`] found.
pub fn check(problem: &PlanProblem, plan: &PatrolPlan) -> Result<(), Vec<Fault>> {
    let mut referee = Referee {
        problem,
        plan,
        faults: Vec::new(),
        kept: BTreeMap::new(),
        visits: BTreeMap::new(),
    };
    if plan.window != problem.window
        || plan.routes.len() != problem.units.len()
        || plan.routes.iter().zip(&problem.units).any(|(r, u)| {
            r.unit != u.id || r.call_sign != u.call_sign || r.start != u.start.position
        })
    {
        return Err(vec![Fault::Units]);
    }
    for (number, (route, unit)) in plan.routes.iter().zip(&problem.units).enumerate() {
        referee.route(number, route, unit);
        referee.line(route);
    }
    referee.dues();
    referee.gains();
    if referee.faults.is_empty() {
        Ok(())
    } else {
        Err(referee.faults)
    }
}

struct Referee<'a> {
    problem: &'a PlanProblem,
    plan: &'a PatrolPlan,
    faults: Vec<Fault>,
    /// How often each (must-visit, window) is kept.
    kept: BTreeMap<(usize, usize), usize>,
    /// Of each candidate: begin in seconds, unit, dwell in milliseconds, the stop.
    visits: BTreeMap<usize, Vec<(f64, usize, f64, &'a Stop)>>,
}

enum Place {
    Candidate(usize),
    MustVisit(usize, usize),
}

/// A post's name, and from when until when it is due, milliseconds.
type Due<'a> = (&'a str, u32, u32);

impl<'a> Referee<'a> {
    fn millis(&self, at: Timestamp) -> i64 {
        at.duration_since(self.plan.window.start()).as_millis() as i64
    }

    fn route(&mut self, number: usize, route: &'a PatrolRoute, unit: &PatrolUnit) {
        let mut row = number;
        let mut ready = whole_second_after(i64::from(unit.from_ms));
        let mut before: Option<usize> = None;
        for (expected, stop) in (1u32..).zip(&route.stops) {
            let at = |stop: u32| (unit.call_sign.clone(), stop);
            let Some(place) = self.place(stop).filter(|_| stop.number == expected) else {
                let (unit, stop) = at(expected);
                self.faults.push(Fault::UnknownPlace { unit, stop });
                return;
            };
            let (column, opens, stay) = match place {
                Place::Candidate(c) => {
                    if before == Some(c) {
                        let (unit, stop) = at(expected);
                        self.faults.push(Fault::SameCell { unit, stop });
                    }
                    before = Some(c);
                    let column = self.problem.units.len() + c;
                    (
                        column,
                        i64::MIN,
                        self.millis(stop.departure) - self.millis(stop.arrival),
                    )
                }
                Place::MustVisit(m, w) => {
                    before = None;
                    let must = &self.problem.must_visits[m];
                    let column = self.problem.units.len() + self.problem.candidates.len() + m;
                    let opens = whole_second_after(i64::from(must.windows_ms[w].0));
                    (column, opens, whole_second_after(i64::from(must.dwell_ms)))
                }
            };
            let Some(drive) = self.problem.travel.millis(row, column).map(i64::from) else {
                let (unit, stop) = at(expected);
                self.faults.push(Fault::NoWay { unit, stop });
                return;
            };
            row = column;
            let (arrival, departure) = (self.millis(stop.arrival), self.millis(stop.departure));
            let arrives = ready + whole_second_after(drive);
            let begins = arrives.max(opens);
            let mut compare = |what, expected_ms: i64, found: i64| {
                if expected_ms != found {
                    let (unit, stop) = at(expected);
                    self.faults.push(Fault::Time {
                        unit,
                        stop,
                        what,
                        expected: expected_ms,
                        found,
                    });
                }
            };
            compare("drive", drive, (stop.drive.0 * 1000.0).round() as i64);
            compare("arrival", arrives, arrival);
            compare("departure", begins + stay, departure);
            if departure > i64::from(unit.until_ms) || arrival < i64::from(unit.from_ms) {
                let (unit, stop) = at(expected);
                self.faults.push(Fault::Shift { unit, stop });
            }
            match place {
                Place::Candidate(c) => {
                    let mut dwells = self.problem.dwell_options_ms.iter();
                    let dwell = dwells.find(|&&d| whole_second_after(i64::from(d)) == stay);
                    match dwell {
                        Some(&dwell) => self.visits.entry(c).or_default().push((
                            arrival as f64 / 1000.0,
                            number,
                            f64::from(dwell),
                            stop,
                        )),
                        None => {
                            let (unit, stop) = at(expected);
                            self.faults.push(Fault::Time {
                                unit,
                                stop,
                                what: "dwell",
                                expected: i64::from(self.problem.dwell_options_ms[0]),
                                found: stay,
                            });
                        }
                    }
                }
                Place::MustVisit(m, w) => {
                    *self.kept.entry((m, w)).or_default() += 1;
                    if begins >= i64::from(self.problem.must_visits[m].windows_ms[w].1) {
                        let (unit, stop) = at(expected);
                        self.faults.push(Fault::Due { unit, stop });
                    }
                }
            }
            ready = departure;
        }
    }

    /// Which place of the problem a stop is at.
    fn place(&self, stop: &Stop) -> Option<Place> {
        match (&stop.reason, stop.cell) {
            (StopReason::Risk { .. }, Some(cell)) => self
                .problem
                .candidates
                .iter()
                .position(|c| c.cell == cell && c.snap.position == stop.position)
                .map(Place::Candidate),
            (StopReason::MustVisit { from, until }, None) => {
                let due = (self.millis(*from), self.millis(*until));
                let begins = self.millis(stop.arrival).max(whole_second_after(due.0));
                let stay = self.millis(stop.departure) - begins;
                // Points of one name at one place may be due at the same time: each stop is
                // for one of them that is not kept so far, by preference.
                let musts = self.problem.must_visits.iter().enumerate();
                musts
                    .filter(|(_, m)| m.snap.position == stop.position && m.name == stop.label)
                    .filter_map(|(i, m)| {
                        let mut windows = m.windows_ms.iter();
                        let window =
                            windows.position(|w| (i64::from(w.0), i64::from(w.1)) == due)?;
                        let dwells = whole_second_after(i64::from(m.dwell_ms)) == stay;
                        let kept = self.kept.contains_key(&(i, window));
                        Some((!dwells, kept, i, window))
                    })
                    .min()
                    .map(|(_, _, i, window)| Place::MustVisit(i, window))
            }
            _ => None,
        }
    }

    fn line(&mut self, route: &PatrolRoute) {
        let leads = match (route.line.first(), route.line.last(), route.stops.last()) {
            (_, _, None) => route.line.is_empty(),
            (Some(first), Some(last), Some(stop)) => {
                let length: f64 = route
                    .line
                    .windows(2)
                    .map(|pair| pair[0].metres_to(pair[1]).0)
                    .sum();
                first.metres_to(route.start).0 <= LINE_M
                    && last.metres_to(stop.position).0 <= LINE_M
                    && (length - route.length.0).abs() <= 0.01 * length + LINE_M
            }
            _ => false,
        };
        if !leads {
            self.faults.push(Fault::Line {
                unit: route.call_sign.clone(),
            });
        }
        let driven: f64 = route.stops.iter().map(|s| s.drive.0).sum();
        self.number(
            || format!("driving time of {}", route.call_sign),
            driven,
            route.driving.0,
        );
    }

    /// Each due is kept once or missed once, for a true reason. Posts of one name that are
    /// due at the same time are counted together: the plan names a missed one by its name.
    fn dues(&mut self) {
        let mut accounts = BTreeMap::<Due<'_>, Vec<(usize, usize)>>::new();
        for (m, must) in self.problem.must_visits.iter().enumerate() {
            for (w, &(from, until)) in must.windows_ms.iter().enumerate() {
                let key = (must.name.as_str(), from, until);
                accounts.entry(key).or_default().push((m, w));
            }
        }
        for ((name, from, until), dues) in accounts {
            let times = |due: &(usize, usize)| self.kept.get(due).copied().unwrap_or(0);
            let kept: usize = dues.iter().map(times).sum();
            let twice = dues.iter().any(|due| times(due) > 1);
            let missed: Vec<MissedWhy> = self
                .plan
                .missed
                .iter()
                .filter(|missed| {
                    missed.name == name
                        && self.millis(missed.due.start()) == i64::from(from)
                        && self.millis(missed.due.end()) == i64::from(until)
                })
                .map(|missed| missed.why)
                .collect();
            // Posts too far from any road are missed without being in the problem.
            let beyond = missed
                .len()
                .saturating_sub(dues.len() - kept.min(dues.len()));
            let hopeless = missed.iter().filter(|w| **w == MissedWhy::NoUnitInTime);
            if twice || kept + missed.len() < dues.len() || beyond > hopeless.count() {
                self.faults.push(Fault::Account {
                    name: name.to_owned(),
                    kept,
                    missed: missed.len(),
                });
            }
            let alone = dues.len() == 1 && missed.len() == 1 && kept == 0;
            if alone && self.somebody_can(dues[0]) != (missed[0] == MissedWhy::Crowded) {
                self.faults.push(Fault::Why {
                    name: name.to_owned(),
                });
            }
        }
    }

    fn somebody_can(&self, (m, w): (usize, usize)) -> bool {
        let must = &self.problem.must_visits[m];
        let (from, until) = must.windows_ms[w];
        let column = self.problem.units.len() + self.problem.candidates.len() + m;
        self.problem.units.iter().enumerate().any(|(row, unit)| {
            let Some(drive) = self.problem.travel.millis(row, column) else {
                return false;
            };
            let arrives =
                whole_second_after(i64::from(unit.from_ms)) + whole_second_after(i64::from(drive));
            let begins = arrives.max(whole_second_after(i64::from(from)));
            begins < i64::from(until)
                && begins + whole_second_after(i64::from(must.dwell_ms)) <= i64::from(unit.until_ms)
        })
    }

    /// Replays the protection of each visited cell.
    fn gains(&mut self) {
        let half_life = f64::from(self.problem.decay_half_life_ms) / 1000.0;
        let mut covered = 0.0;
        for (cell, mut visits) in std::mem::take(&mut self.visits) {
            visits.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            let (mut level, mut last) = (0.0, 0.0);
            for (earlier, &(begin, _, dwell, stop)) in visits.iter().enumerate() {
                level *= 2f64.powf(-(begin - last) / half_life);
                let effect = 1.0 - (-dwell / f64::from(self.problem.presence_ms)).exp();
                let gain = effect * (1.0 - level) * self.risk_ahead(cell, begin, half_life);
                level = 1.0 - (1.0 - level) * (1.0 - effect);
                last = begin;
                covered += gain;
                self.number(|| format!("gain at {}", stop.label), gain, stop.gain);
                self.reason(cell, begin, earlier, stop);
            }
        }
        self.number(|| "risk_covered".into(), covered, self.plan.risk_covered);
        self.number(
            || "risk_total".into(),
            self.problem.risk_total,
            self.plan.risk_total,
        );
        for stop in self.plan.routes.iter().flat_map(|r| &r.stops) {
            if stop.cell.is_none() {
                self.number(|| format!("gain at {}", stop.label), 0.0, stop.gain);
            }
        }
    }

    /// ∫ ρ(s)·2^(−(s−t)/H) ds from `t` to the window's end, hour by hour.
    fn risk_ahead(&self, cell: usize, t: f64, half_life: f64) -> f64 {
        let end = self.problem.window.length().0.floor();
        let risks = &self.problem.candidates[cell].risk_by_hour;
        let mut sum = 0.0;
        for (hour, risk) in risks.iter().enumerate() {
            let from = hour as f64 * 3600.0;
            let until = (from + 3600.0).min(end);
            if until <= t || until <= from {
                continue;
            }
            let rate = risk / (until - from);
            let left = |s: f64| 2f64.powf(-(s - t) / half_life);
            sum += rate * half_life / std::f64::consts::LN_2 * (left(from.max(t)) - left(until));
        }
        sum
    }

    fn reason(&mut self, cell: usize, begin: f64, earlier: usize, stop: &Stop) {
        let hour = (begin / 3600.0) as usize;
        let candidate = &self.problem.candidates[cell];
        let StopReason::Risk {
            expected_in_hour,
            rank,
            of,
            earlier_visits,
        } = stop.reason
        else {
            return;
        };
        let said = [f64::from(rank), f64::from(of), f64::from(earlier_visits)];
        let true_rank = candidate.rank_by_hour.get(hour).copied().unwrap_or(0);
        let truth = [
            f64::from(true_rank),
            f64::from(self.problem.surface_cells),
            earlier as f64,
        ];
        for (said, truth) in said.into_iter().zip(truth) {
            self.number(|| format!("reason at {}", stop.label), truth, said);
        }
        let risk = candidate.risk_by_hour.get(hour).copied().unwrap_or(0.0);
        self.number(
            || format!("expected_in_hour at {}", stop.label),
            risk,
            expected_in_hour,
        );
    }

    fn number(&mut self, what: impl Fn() -> String, expected: f64, found: f64) {
        let off = (expected - found).abs();
        if off.is_nan() || off > ROUNDING * (1.0 + expected.abs()) {
            self.faults.push(Fault::Number {
                what: what(),
                expected,
                found,
            });
        }
    }
}

/// Milliseconds, rounded up to a whole second.
fn whole_second_after(ms: i64) -> i64 {
    ms.div_euclid(1000) * 1000 + if ms.rem_euclid(1000) > 0 { 1000 } else { 0 }
}

#[cfg(test)]
#[path = "referee_tests.rs"]
mod tests;
