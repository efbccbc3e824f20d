//! One unit's round with its times, and whether one more errand fits.
//!
//! Two stops in a row at the same cell would be one stop longer than is allowed: they don't
//! fit. Each stop keeps the latest begin that still lets everything after it be on time, so that
//! an insertion is checked in constant time (Savelsbergh's forward slack). A break without a
//! place is taken where the stop before was made: an insertion before one looks past it.

use crate::patrol::problem::PlanProblem;
use crate::patrol::rules::access::Access;
use crate::patrol::rules::due::{ANYWHERE, Due, DueFor, dues};
use crate::patrol::rules::frequency::{Watch, watches};
use crate::patrol::rules::reach::Reach;
use crate::patrol::rules::shift::Shift;

/// What a unit does at a stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Errand {
    /// Stands in a candidate's cell for one of the allowed dwell times.
    Cell {
        /// Which candidate.
        cell: u32,
        /// Which dwell.
        option: u8,
    },
    /// Runs one of the errands that have to be run.
    Due(u32),
    /// Comes by a point with a frequency, besides its windows.
    Watch(u32),
}

impl Errand {
    /// The cell it is for, where the search chose it.
    pub fn cell(self) -> Option<u32> {
        match self {
            Self::Cell { cell, .. } => Some(cell),
            Self::Due(_) | Self::Watch(_) => None,
        }
    }
}

/// Where and how long an errand is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Demand {
    /// Row in the matrix; of an errand that may be run anywhere, [`ANYWHERE`] until it has
    /// its place in a round.
    pub point: u32,
    /// Seconds to stay.
    pub stay: u32,
    /// Earliest begin.
    pub opens: u32,
    /// Latest begin, whoever comes.
    pub closes: u32,
}

/// An errand with its times, seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimedStop {
    /// What.
    pub errand: Errand,
    /// Where and how long.
    pub demand: Demand,
    /// The unit leaves the stop before, or its start.
    pub depart: u32,
    /// The unit is there.
    pub arrive: u32,
    /// The stay begins; later than `arrive` where the unit has to wait.
    pub begin: u32,
    /// It is done wherever the unit is.
    anywhere: bool,
    /// The latest begin with which all later stops can still be kept.
    latest: u32,
}

impl TimedStop {
    /// The unit drives on.
    pub fn leave(&self) -> u32 {
        self.begin + self.demand.stay
    }
}

/// Sizes of errands, and the drives between them.
#[derive(Debug)]
pub struct Ground<'a> {
    /// Drives.
    pub reach: Reach<'a>,
    /// Rows of the matrix.
    pub points: u32,
    /// Row of the first candidate.
    pub first_candidate: u32,
    /// How many candidates.
    pub candidates: u32,
    /// The allowed dwell times, seconds.
    pub dwells: Vec<u32>,
    /// The errands that must be run.
    pub dues: Vec<Due>,
    /// Points with a frequency.
    pub watches: Vec<Watch>,
    /// When each unit works; its row in the matrix is its number.
    pub shifts: Vec<Shift>,
    /// Who may stop where.
    pub access: Access,
}

impl<'a> Ground<'a> {
    /// Of a checked problem.
    pub fn new(problem: &'a PlanProblem) -> Self {
        let reach = Reach::new(problem);
        let access = Access::new(problem);
        Self {
            points: problem.points() as u32,
            first_candidate: problem.candidate_point(0) as u32,
            candidates: problem.candidates.len() as u32,
            dwells: problem
                .dwell_options_ms
                .iter()
                .map(|d| d.div_ceil(1000))
                .collect(),
            dues: dues(problem, &reach, &access),
            watches: watches(problem),
            shifts: (0..problem.units.len())
                .map(|unit| Shift::of(problem, unit))
                .collect(),
            reach,
            access,
        }
    }
}

impl Ground<'_> {
    /// Where and how long an errand is.
    pub fn demand(&self, errand: Errand) -> Demand {
        match errand {
            Errand::Cell { cell, option } => Demand {
                point: self.first_candidate + cell,
                stay: self.dwells[usize::from(option)],
                opens: 0,
                closes: u32::MAX,
            },
            Errand::Due(due) => {
                let due = &self.dues[due as usize];
                Demand {
                    point: due.point,
                    stay: due.stay,
                    opens: due.opens,
                    closes: due.closes,
                }
            }
            Errand::Watch(watch) => {
                let watch = &self.watches[watch as usize];
                Demand {
                    point: watch.point,
                    stay: watch.stay,
                    opens: 0,
                    closes: u32::MAX,
                }
            }
        }
    }

    /// The cell in which an errand stands, whoever chose it.
    pub fn cell_of(&self, errand: Errand) -> Option<(u32, u8)> {
        match errand {
            Errand::Cell { cell, option } => Some((cell, option)),
            Errand::Due(due) => match self.dues[due as usize].what {
                DueFor::Pin { cell, option, .. } => Some((cell, option)),
                DueFor::MustVisit { .. } | DueFor::Break { .. } => None,
            },
            Errand::Watch(_) => None,
        }
    }

    fn same_cell(&self, errand: Errand, other: Option<Errand>) -> bool {
        let cell = |errand| self.cell_of(errand).map(|(cell, _)| cell);
        cell(errand).is_some() && cell(errand) == other.and_then(cell)
    }

    /// Whether the unit may run the errand at all.
    pub fn may(&self, unit: usize, errand: Errand) -> bool {
        let point = match errand {
            Errand::Cell { cell, .. } => self.first_candidate + cell,
            Errand::Due(due) => {
                let due = &self.dues[due as usize];
                if due.unit.is_some_and(|only| only != unit as u32) {
                    return false;
                }
                due.point
            }
            Errand::Watch(watch) => self.watches[watch as usize].point,
        };
        point == ANYWHERE || self.access.may(unit, point)
    }

    /// Puts times to a round; false where it breaks a rule.
    pub fn timed(&self, unit: usize, errands: &[Errand], timed: &mut Vec<TimedStop>) -> bool {
        timed.clear();
        let shift = self.shifts[unit];
        let (mut at, mut point) = (shift.from, unit as u32);
        let mut before = None;
        for &errand in errands {
            if self.same_cell(errand, before) || !self.may(unit, errand) {
                return false;
            }
            before = Some(errand);
            let mut demand = self.demand(errand);
            let anywhere = demand.point == ANYWHERE;
            let depart = at;
            let arrive = if anywhere {
                demand.point = point;
                at
            } else {
                self.reach.arrive(point, demand.point, at)
            };
            let begin = arrive.max(demand.opens);
            if begin > demand.closes || begin + demand.stay > shift.until {
                return false;
            }
            at = begin + demand.stay;
            point = demand.point;
            timed.push(TimedStop {
                errand,
                demand,
                depart,
                arrive,
                begin,
                anywhere,
                latest: 0,
            });
        }
        let Some(mut leave_by) = self
            .last_leave(unit, point)
            .filter(|&last| at <= last || timed.is_empty())
        else {
            return timed.is_empty();
        };
        let mut next: Option<(u32, u32, bool)> = None;
        for stop in timed.iter_mut().rev() {
            if let Some((latest, point, anywhere)) = next {
                leave_by = if anywhere {
                    latest
                } else {
                    // The round keeps its times, so that there is such a second.
                    let by = self.reach.leave_by(stop.demand.point, point, latest);
                    by.unwrap_or(stop.begin + stop.demand.stay)
                };
            }
            stop.latest = stop.demand.closes.min(leave_by - stop.demand.stay);
            next = Some((stop.latest, stop.demand.point, stop.anywhere));
        }
        true
    }

    fn last_leave(&self, unit: usize, point: u32) -> Option<u32> {
        self.shifts[unit].last_leave(point, &self.reach)
    }

    /// Whether an errand fits before stop `place` of a timed round, and at what price.
    pub fn fit(
        &self,
        unit: usize,
        round: &[TimedStop],
        place: usize,
        errand: Errand,
    ) -> Option<Fit> {
        let shift = self.shifts[unit];
        let what = self.demand(errand);
        if !self.may(unit, errand)
            || self.same_cell(errand, round.get(place).map(|s| s.errand))
            || (place > 0 && self.same_cell(errand, Some(round[place - 1].errand)))
        {
            return None;
        }
        let (ready, from) = match place.checked_sub(1) {
            Some(before) => (round[before].leave(), round[before].demand.point),
            None => (shift.from, unit as u32),
        };
        let (point, arrive) = match what.point {
            ANYWHERE => (from, ready),
            point => (point, self.reach.arrive(from, point, ready)),
        };
        let begin = arrive.max(what.opens);
        if begin > what.closes {
            return None;
        }
        let fit = |delay| {
            Some(Fit {
                begin,
                depart: ready,
                arrive,
                delay,
            })
        };
        let mut leave = begin + what.stay;
        for next in &round[place.min(round.len())..] {
            if !next.anywhere {
                let next_begin = self
                    .reach
                    .arrive(point, next.demand.point, leave)
                    .max(next.demand.opens);
                if next_begin > next.latest {
                    return None;
                }
                return fit(next_begin.saturating_sub(next.begin));
            }
            let begin = leave.max(next.demand.opens);
            if begin > next.demand.closes {
                return None;
            }
            leave = begin + next.demand.stay;
        }
        if leave > self.last_leave(unit, point)? {
            return None;
        }
        let before = match round.get(place) {
            // Breaks alone follow.
            Some(_) => round[round.len() - 1].leave(),
            None => ready,
        };
        fit(leave.saturating_sub(before))
    }
}

/// An errand that fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fit {
    /// When its stay would begin.
    pub begin: u32,
    /// When the unit would leave the stop before.
    pub depart: u32,
    /// When it would be there.
    pub arrive: u32,
    /// By how much what follows would begin later (at a round's end: how long it takes).
    pub delay: u32,
}
