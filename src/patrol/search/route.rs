//! One unit's round with its times, and whether one more errand fits.
//!
//! Two stops in a row at the same cell would be one stop longer than is allowed: they don't
//! fit. Each stop keeps the latest begin that still lets everything after it be on time, so that
//! an insertion is checked in constant time (Savelsbergh's forward slack).

use crate::patrol::rules::must_visit::Due;
use crate::patrol::rules::reach::Reach;
use crate::patrol::rules::shift::Shift;

/// What a unit does at a stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Errand {
    /// Stands in a candidate's cell for one of the allowed dwell times.
    Cell {
        /// Which candidate.
        cell: u32,
        /// Which dwell.
        option: u8,
    },
    /// Keeps one window of a must-visit.
    Due(u32),
}

impl Errand {
    /// The cell it is for.
    pub fn cell(self) -> Option<u32> {
        match self {
            Self::Cell { cell, .. } => Some(cell),
            Self::Due(_) => None,
        }
    }

    fn same_cell(self, other: Option<Self>) -> bool {
        self.cell().is_some() && self.cell() == other.and_then(Self::cell)
    }
}

/// Where and how long an errand is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Demand {
    /// Row in the matrix.
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
    /// The unit is there.
    pub arrive: u32,
    /// The stay begins; later than `arrive` where the unit has to wait.
    pub begin: u32,
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
    /// Row of the first candidate.
    pub first_candidate: u32,
    /// How many candidates.
    pub candidates: u32,
    /// The allowed dwell times, seconds.
    pub dwells: Vec<u32>,
    /// The errands that must be run.
    pub dues: Vec<Due>,
    /// When each unit works; its row in the matrix is its number.
    pub shifts: Vec<Shift>,
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
        }
    }

    /// Puts times to a round; none where it breaks a window or the shift.
    pub fn timed(&self, unit: usize, errands: &[Errand], timed: &mut Vec<TimedStop>) -> bool {
        timed.clear();
        let shift = self.shifts[unit];
        let (mut at, mut point) = (shift.from, unit as u32);
        let mut before = None;
        for &errand in errands {
            if errand.same_cell(before) {
                return false;
            }
            before = Some(errand);
            let demand = self.demand(errand);
            let arrive = at + self.reach.seconds(point, demand.point);
            let begin = arrive.max(demand.opens);
            if begin > demand.closes || begin + demand.stay > shift.until {
                return false;
            }
            at = begin + demand.stay;
            point = demand.point;
            timed.push(TimedStop {
                errand,
                demand,
                arrive,
                begin,
                latest: 0,
            });
        }
        let (mut must_leave_by, mut next) = (shift.until, None);
        for stop in timed.iter_mut().rev() {
            if let Some((latest, point)) = next {
                must_leave_by = latest - self.reach.seconds(stop.demand.point, point);
            }
            stop.latest = stop.demand.closes.min(must_leave_by - stop.demand.stay);
            next = Some((stop.latest, stop.demand.point));
        }
        true
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
        if errand.same_cell(round.get(place).map(|s| s.errand))
            || (place > 0 && errand.same_cell(Some(round[place - 1].errand)))
        {
            return None;
        }
        let (ready, from) = match place.checked_sub(1) {
            Some(before) => (round[before].leave(), round[before].demand.point),
            None => (shift.from, unit as u32),
        };
        let begin = (ready + self.reach.seconds(from, what.point)).max(what.opens);
        let leave = begin + what.stay;
        if begin > what.closes {
            return None;
        }
        match round.get(place) {
            None => (leave <= shift.until).then_some(Fit {
                begin,
                delay: leave - ready,
            }),
            Some(next) => {
                let next_begin = (leave + self.reach.seconds(what.point, next.demand.point))
                    .max(next.demand.opens);
                (next_begin <= next.latest).then(|| Fit {
                    begin,
                    delay: next_begin.saturating_sub(next.begin),
                })
            }
        }
    }
}

/// An errand that fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fit {
    /// When its stay would begin.
    pub begin: u32,
    /// By how much what follows would begin later (at a round's end: how long it takes).
    pub delay: u32,
}
