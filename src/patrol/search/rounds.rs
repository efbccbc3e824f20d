//! What a search answers: rounds in seconds, not yet on the map.

use crate::patrol::search::route::Errand;
use crate::patrol::search::state::State;

/// The rounds of all units.
#[derive(Debug, Clone, PartialEq)]
pub struct Rounds {
    /// One a unit, in the problem's order.
    pub of_unit: Vec<Vec<RoundStop>>,
    /// Dues that nobody keeps.
    pub missed: Vec<MissedDue>,
    /// Covered incidents.
    pub value: f64,
    /// Covered incidents of the first plan, before it was improved.
    pub first_value: f64,
    /// How many times a change was tried.
    pub iterations: u64,
}

/// One stop; seconds since the window's start.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RoundStop {
    /// What it is for.
    pub what: StopFor,
    /// The unit is there.
    pub arrive_s: u32,
    /// Its stay begins.
    pub begin_s: u32,
    /// It drives on.
    pub leave_s: u32,
    /// Drive from the stop before, in the matrix's milliseconds.
    pub drive_ms: u32,
    /// Covered incidents that it adds to those of earlier stops.
    pub gain: f64,
    /// Stops at the same cell that begin earlier, by any unit.
    pub earlier_visits: u32,
}

/// What a stop is for, by place in the problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopFor {
    /// A candidate.
    Candidate(usize),
    /// A window of a must-visit.
    MustVisit {
        /// Which point.
        must_visit: usize,
        /// Which of its windows.
        window: usize,
    },
}

/// A due that is not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MissedDue {
    /// Which point.
    pub must_visit: usize,
    /// Which of its windows.
    pub window: usize,
    /// Whether some unit could keep it if it did nothing else.
    pub possible: bool,
}

impl Rounds {
    /// Reads them off a state.
    pub fn of(state: &State<'_>, drive_ms: impl Fn(usize, usize) -> u32) -> Self {
        let mut of_unit: Vec<Vec<RoundStop>> = Vec::with_capacity(state.units());
        for unit in 0..state.units() {
            let mut point = unit;
            let stops = state.round(unit).iter().map(|stop| {
                let what = match stop.errand {
                    Errand::Cell { cell, .. } => StopFor::Candidate(cell as usize),
                    Errand::Due(due) => {
                        let due = &state.ground.dues[due as usize];
                        StopFor::MustVisit {
                            must_visit: due.must_visit as usize,
                            window: due.window as usize,
                        }
                    }
                };
                let drive = drive_ms(point, stop.demand.point as usize);
                point = stop.demand.point as usize;
                RoundStop {
                    what,
                    arrive_s: stop.arrive,
                    begin_s: stop.begin,
                    leave_s: stop.leave(),
                    drive_ms: drive,
                    gain: 0.0,
                    earlier_visits: 0,
                }
            });
            of_unit.push(stops.collect());
        }
        for cell in 0..state.ground.candidates {
            let visits = state.visits(cell);
            let mut earlier = 0;
            state.gain.each(cell, visits, |gain, _| {
                let visit = visits[earlier as usize];
                let round = &mut of_unit[visit.unit as usize];
                let place = round.partition_point(|s| s.begin_s < visit.at);
                round[place].gain = gain;
                round[place].earlier_visits = earlier;
                earlier += 1;
            });
        }
        let missed = state.ground.dues.iter().enumerate();
        let missed = missed
            .filter(|(d, _)| !state.is_kept(*d as u32))
            .map(|(_, due)| MissedDue {
                must_visit: due.must_visit as usize,
                window: due.window as usize,
                possible: due.possible,
            })
            .collect();
        Self {
            value: of_unit.iter().flatten().map(|s| s.gain).sum(),
            of_unit,
            missed,
            first_value: 0.0,
            iterations: 0,
        }
    }
}
