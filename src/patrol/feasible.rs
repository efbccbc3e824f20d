//! What can't be met, named before anything is searched: every obstacle with its cause, and
//! what would remove it.
//!
//! Each is exact for what it names, alone: a must-visit that is not listed can be kept by
//! some unit that does nothing else. That several can't be kept together is for the search
//! to find out.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::patrol::problem::{PlanProblem, StopFor};
use crate::patrol::rules::access::Access;
use crate::patrol::rules::due::{ANYWHERE, Due, DueFor, dues};
use crate::patrol::rules::forbidden;
use crate::patrol::rules::frequency::watches;
use crate::patrol::rules::reach::{NEVER, Reach};
use crate::patrol::rules::shift::Shift;

/// Something that can't be met.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Obstacle {
    /// There is no unit.
    NoUnits,
    /// There is no place to stop at.
    NoStops,
    /// A unit's shift has no length.
    NoShift {
        /// Its call sign.
        unit: String,
    },
    /// A unit may stop nowhere, or has no way to where it may.
    NowhereToStop {
        /// Its call sign.
        unit: String,
    },
    /// A unit can't be at the end of its shift in time.
    EndTooFar {
        /// Its call sign.
        unit: String,
        /// Where it has to be.
        place: String,
        /// When it can be there at the earliest; none where there is no way.
        earliest: Option<Timestamp>,
    },
    /// A must-visit can't be kept.
    MustVisit {
        /// Its name.
        name: String,
        /// It is due until.
        until: Timestamp,
        /// Why not.
        why: ObstacleWhy,
    },
    /// A point can't be visited as often as it should be.
    Frequency {
        /// Its name.
        name: String,
        /// The first visit is due until.
        until: Timestamp,
        /// Why not.
        why: ObstacleWhy,
    },
    /// A break can't be taken.
    Break {
        /// Call sign of the unit.
        unit: String,
        /// It may begin until.
        until: Timestamp,
        /// Why not.
        why: ObstacleWhy,
    },
    /// A pinned stop can't be made.
    Pin {
        /// Where it is.
        name: String,
        /// Call sign of the unit that it is pinned to, if it is.
        unit: Option<String>,
        /// It may begin until.
        until: Timestamp,
        /// Why not.
        why: ObstacleWhy,
    },
    /// So many candidates can't be stopped at by any unit.
    Candidates {
        /// How many.
        count: usize,
        /// Of how many.
        of: usize,
    },
    /// No incident is expected in the window.
    NothingExpected,
    /// A unit is given no stop; found after the search.
    Idle {
        /// Its call sign.
        unit: String,
        /// Why not.
        why: ObstacleWhy,
    },
    /// Many of one kind for one reason, summed up.
    Many {
        /// Of which kind.
        what: Many,
        /// Why not, for those that have a reason.
        why: Option<ObstacleWhy>,
        /// How many obstacles it stands for.
        times: usize,
        /// How many units or points they are about.
        count: usize,
        /// Of how many.
        of: usize,
        /// The first of them, by name.
        names: Vec<String>,
    },
}

/// Kinds of obstacles that are summed up where there are many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Many {
    /// [`Obstacle::NoShift`].
    NoShift,
    /// [`Obstacle::NowhereToStop`].
    NowhereToStop,
    /// [`Obstacle::EndTooFar`].
    EndTooFar,
    /// [`Obstacle::MustVisit`].
    MustVisit,
    /// [`Obstacle::Frequency`].
    Frequency,
    /// [`Obstacle::Break`].
    Break,
    /// [`Obstacle::Pin`].
    Pin,
    /// [`Obstacle::Idle`].
    Idle,
}

/// Why an errand can't be run.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum ObstacleWhy {
    /// No unit has the skills and the beat for it.
    NoUnitMay,
    /// It lies where nobody may stop.
    Forbidden,
    /// There is no way to it.
    NoWay,
    /// Nobody can begin it before.
    TooEarly {
        /// The earliest begin that is possible.
        earliest: Timestamp,
    },
    /// Nobody could end it before its shift ends.
    ShiftEnds,
    /// No road is near it.
    NoRoad,
    /// It is due outside the shift.
    OutsideShift,
    /// There are more points than the units could visit: it was not searched for.
    TooMany,
    /// Nothing is expected at any place where the unit may stop.
    NothingThere,
    /// No stop of the shortest length fits into the unit's shift.
    NoTimeToStop,
    /// No stop that was found for the unit adds anything.
    NothingGained,
}

/// Everything that can't be met in a checked problem.
pub fn obstacles(problem: &PlanProblem) -> Vec<Obstacle> {
    let survey = Survey {
        problem,
        reach: Reach::new(problem),
        access: Access::new(problem),
    };
    let mut obstacles = Vec::new();
    if problem.risk_total <= 0.0 && !problem.must_visits.is_empty() {
        obstacles.push(Obstacle::NothingExpected);
    }
    if problem.units.is_empty() {
        obstacles.push(Obstacle::NoUnits);
    }
    if problem.candidates.is_empty() && problem.must_visits.is_empty() {
        obstacles.push(Obstacle::NoStops);
    }
    survey.units(&mut obstacles);
    survey.dues(&mut obstacles);
    survey.frequencies(&mut obstacles);
    survey.candidates(&mut obstacles);
    obstacles
}

struct Survey<'a> {
    problem: &'a PlanProblem,
    reach: Reach<'a>,
    access: Access,
}

impl Survey<'_> {
    fn at(&self, second: i64) -> Timestamp {
        self.problem.window.start() + SignedDuration::from_secs(second)
    }

    fn units(&self, obstacles: &mut Vec<Obstacle>) {
        let problem = self.problem;
        for (u, unit) in problem.units.iter().enumerate() {
            let shift = Shift::of(problem, u);
            // What is over by now is no obstacle, nor is what a unit that is gone can't do.
            if unit.so_far.is_some() {
                continue;
            }
            if shift.from >= shift.until {
                obstacles.push(Obstacle::NoShift {
                    unit: unit.call_sign.clone(),
                });
                continue;
            }
            if let (Some(end), Some(place)) = (shift.end, unit.end)
                && shift.last_leave(u as u32, &self.reach).is_none()
            {
                let arrive = self.reach.arrive(u as u32, end, shift.from);
                obstacles.push(Obstacle::EndTooFar {
                    unit: unit.call_sign.clone(),
                    place: problem.places[place].name.clone(),
                    earliest: (arrive < NEVER).then(|| self.at(i64::from(arrive))),
                });
                continue;
            }
            let first = problem.candidate_point(0) as u32;
            let last = problem.place_point(0) as u32;
            let can = (first..last).any(|p| {
                self.access.may(u, p) && self.reach.arrive(u as u32, p, shift.from) < shift.until
            });
            if !can && first < last {
                obstacles.push(Obstacle::NowhereToStop {
                    unit: unit.call_sign.clone(),
                });
            }
        }
    }

    fn dues(&self, obstacles: &mut Vec<Obstacle>) {
        let problem = self.problem;
        for due in dues(problem, &self.reach, &self.access) {
            if due.possible || self.is_made(&due) {
                continue;
            }
            let why = self.why(&due);
            let until = self.at(i64::from(due.closes) + 1);
            let unit = due
                .unit
                .map(|unit| problem.units[unit as usize].call_sign.clone());
            obstacles.push(match due.what {
                // One that is asked of a unit is that unit's alone.
                DueFor::MustVisit { must_visit, .. } if unit.is_some() => Obstacle::Pin {
                    name: problem.must_visits[must_visit as usize].name.clone(),
                    unit,
                    until,
                    why,
                },
                DueFor::MustVisit { must_visit, .. } => Obstacle::MustVisit {
                    name: problem.must_visits[must_visit as usize].name.clone(),
                    until,
                    why,
                },
                DueFor::Pin { cell, .. } => Obstacle::Pin {
                    name: problem.candidates[cell as usize].label.clone(),
                    unit,
                    until,
                    why,
                },
                DueFor::Break { unit, .. } => Obstacle::Break {
                    unit: problem.units[unit as usize].call_sign.clone(),
                    until,
                    why,
                },
            });
        }
    }

    /// Whether a due has been kept, or its time is over.
    fn is_made(&self, due: &Due) -> bool {
        let so_far = self.problem.units.iter().filter_map(|u| u.so_far.as_ref());
        let mut made = so_far.flat_map(|s| &s.stops);
        made.any(|stop| match (due.what, stop.what) {
            (DueFor::MustVisit { must_visit, window }, what) => {
                what == StopFor::MustVisit {
                    must_visit: must_visit as usize,
                    window: window as usize,
                }
            }
            (DueFor::Pin { cell, .. }, StopFor::Candidate(c)) => {
                cell as usize == c && (due.opens..=due.closes).contains(&stop.begin_s)
            }
            (DueFor::Break { number, .. }, StopFor::Break(b)) => number as usize == b,
            _ => false,
        })
    }

    fn why(&self, due: &Due) -> ObstacleWhy {
        let problem = self.problem;
        let units = (0..problem.units.len())
            .filter(|&u| due.unit.is_none_or(|only| only as usize == u))
            .filter(|&u| due.point == ANYWHERE || self.access.may(u, due.point));
        let units: Vec<usize> = units.collect();
        if units.is_empty() {
            let position = match due.what {
                DueFor::MustVisit { must_visit, .. } => {
                    Some(problem.must_visits[must_visit as usize].snap.position)
                }
                DueFor::Pin { cell, .. } => {
                    if forbidden::candidates(problem)[cell as usize] {
                        return ObstacleWhy::Forbidden;
                    }
                    None
                }
                DueFor::Break { .. } => None,
            };
            return match position.is_some_and(|p| forbidden::is_in_area(problem, p)) {
                true => ObstacleWhy::Forbidden,
                false => ObstacleWhy::NoUnitMay,
            };
        }
        let begins = units.iter().map(|&unit| {
            let from = Shift::of(problem, unit).from;
            match due.point {
                ANYWHERE => from.max(due.opens),
                point => self.reach.arrive(unit as u32, point, from).max(due.opens),
            }
        });
        match begins.min() {
            Some(earliest) if earliest >= NEVER => ObstacleWhy::NoWay,
            Some(earliest) if earliest > due.closes => ObstacleWhy::TooEarly {
                earliest: self.at(i64::from(earliest)),
            },
            _ => ObstacleWhy::ShiftEnds,
        }
    }

    /// The first visit of each point with a frequency; later ones can be made where that can.
    fn frequencies(&self, obstacles: &mut Vec<Obstacle>) {
        let problem = self.problem;
        for watch in watches(problem) {
            let must = &problem.must_visits[watch.must_visit as usize];
            let closes = i64::from(watch.first_by);
            let is_it = |what: StopFor| matches!(what, StopFor::MustVisit { must_visit, .. } if problem.must_visits[must_visit].is_one_with(must));
            let so_far = problem.units.iter().filter_map(|u| u.so_far.as_ref());
            let made = so_far.flat_map(|s| &s.stops).any(|s| is_it(s.what));
            if closes >= i64::from(watch.end) || made {
                continue;
            }
            let due = Due {
                what: DueFor::MustVisit {
                    must_visit: watch.must_visit,
                    window: must.windows_ms.len() as u32,
                },
                point: watch.point,
                opens: 0,
                closes: watch.first_by,
                stay: watch.stay,
                unit: None,
                possible: false,
            };
            let in_time = (0..problem.units.len()).any(|u| {
                let shift = Shift::of(problem, u);
                let arrive = self.reach.arrive(u as u32, watch.point, shift.from);
                let latest = shift.latest_begin(watch.point, watch.stay, &self.reach);
                self.access.may(u, watch.point)
                    && i64::from(arrive) <= closes
                    && latest.is_some_and(|latest| arrive <= latest)
            });
            if !in_time {
                obstacles.push(Obstacle::Frequency {
                    name: must.name.clone(),
                    until: self.at(closes),
                    why: self.why(&due),
                });
            }
        }
    }

    fn candidates(&self, obstacles: &mut Vec<Obstacle>) {
        let problem = self.problem;
        let of = problem.candidates.len();
        let units = problem.units.len();
        let cant = (0..of).filter(|&c| {
            let point = problem.candidate_point(c) as u32;
            !(0..units)
                .any(|u| self.access.may(u, point) && self.reach.seconds(u as u32, point) < NEVER)
        });
        let count = cant.count();
        if count > 0 && units > 0 {
            obstacles.push(Obstacle::Candidates { count, of });
        }
    }
}

#[cfg(test)]
#[path = "feasible_tests.rs"]
mod tests;
