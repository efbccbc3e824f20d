//! What a change of plan means for each unit, in codes that the screen translates.

use serde::{Deserialize, Serialize};

use crate::patrol::problem::{PlanProblem, StopFor};
use crate::patrol::replan::change::Change;
use crate::patrol::search::rounds::RoundStop;

/// What changed for one unit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UnitChange {
    /// Its place in the problem.
    pub unit: usize,
    /// What it is called on the radio.
    pub call_sign: String,
    /// Why.
    pub why: ChangeWhy,
    /// Names of stops that it makes no more, in order.
    pub dropped: Vec<String>,
    /// Names of stops that it makes now, in order.
    pub added: Vec<String>,
}

/// Why a unit's round changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ChangeWhy {
    /// It did not.
    Unchanged,
    /// The same stops, at other times or in another order.
    Retimed,
    /// It is sent to a call.
    SentToCall {
        /// It is counted on again afterwards.
        back: bool,
    },
    /// It is free again.
    Back,
    /// It makes no more stops.
    DropsOut,
    /// It goes to a pressed pillar.
    PillarPressed {
        /// The pillar's name.
        name: String,
    },
    /// It goes to a new hot spot.
    NewHotspot {
        /// Where that is.
        name: String,
    },
    /// It makes stops that another unit can't make now.
    TakesOver {
        /// Call signs, in the problem's order.
        from: Vec<String>,
        /// How many stops.
        stops: usize,
    },
    /// It gives stops to another unit and makes others.
    HandsOver {
        /// Call signs, in the problem's order.
        to: Vec<String>,
        /// How many stops.
        stops: usize,
    },
    /// Other stops are worth more now.
    WorthMore,
}

/// How much of a plan changed: of the stops that were neither made nor under way.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Stability {
    /// How many there were.
    pub before: usize,
    /// How many of them the same unit still makes.
    pub stayed: usize,
    /// How many of them their unit can't make, being gone.
    pub forced: usize,
    /// How many there are that were not.
    pub added: usize,
}

impl Stability {
    /// The share of stops that changed though they need not have, 0 to 1.
    pub fn changed_share(&self) -> f64 {
        let free = self.before.saturating_sub(self.forced);
        if free == 0 {
            return 0.0;
        }
        free.saturating_sub(self.stayed) as f64 / free as f64
    }
}

/// Compares what units were going to do with what they do; `after` holds the stops that
/// have been made too.
pub fn explain(
    problem: &PlanProblem,
    change: &Change,
    before: &[Vec<RoundStop>],
    after: &[Vec<RoundStop>],
) -> (Vec<UnitChange>, Stability) {
    let comparisons: Vec<Compared> = before
        .iter()
        .zip(after)
        .zip(&problem.units)
        .map(|((before, after), unit)| {
            let made = unit.so_far.as_ref().map_or(0, |s| s.stops.len());
            Compared::new(before, &after[made.min(after.len())..])
        })
        .collect();
    let gone = |unit: usize| match change {
        Change::SentToCall { unit: of, back } => *of == unit && back.is_none(),
        Change::DropsOut { unit: of } => *of == unit,
        _ => false,
    };
    let mut stability = Stability {
        before: before.iter().map(Vec::len).sum(),
        stayed: comparisons.iter().map(|c| c.stayed).sum(),
        forced: 0,
        added: comparisons.iter().map(|c| c.added.len()).sum(),
    };
    let mut changes = Vec::with_capacity(comparisons.len());
    for (unit, compared) in comparisons.iter().enumerate() {
        if gone(unit) {
            stability.forced += compared.dropped.len();
        }
        let names = |stops: &[StopFor]| {
            let named = stops.iter().map(|&what| name(problem, unit, what));
            named.collect()
        };
        changes.push(UnitChange {
            unit,
            call_sign: problem.units[unit].call_sign.clone(),
            why: why(problem, change, &comparisons, unit),
            dropped: names(&compared.dropped),
            added: names(&compared.added),
        });
    }
    (changes, stability)
}

struct Compared {
    dropped: Vec<StopFor>,
    added: Vec<StopFor>,
    stayed: usize,
    /// Whether any time or the order changed.
    retimed: bool,
}

impl Compared {
    fn new(before: &[RoundStop], after: &[RoundStop]) -> Self {
        let mut dropped: Vec<StopFor> = before.iter().map(|s| s.what).collect();
        let mut added = Vec::new();
        for stop in after {
            match dropped.iter().position(|&what| what == stop.what) {
                Some(same) => {
                    dropped.remove(same);
                }
                None => added.push(stop.what),
            }
        }
        let times = |stops: &[RoundStop]| -> Vec<(StopFor, u32, u32)> {
            let times = stops.iter().map(|s| (s.what, s.begin_s, s.leave_s));
            times.collect()
        };
        Self {
            stayed: before.len() - dropped.len(),
            retimed: times(before) != times(after),
            dropped,
            added,
        }
    }
}

fn why(problem: &PlanProblem, change: &Change, all: &[Compared], unit: usize) -> ChangeWhy {
    let own = &all[unit];
    match change {
        Change::SentToCall { unit: of, back } if *of == unit => {
            return ChangeWhy::SentToCall {
                back: back.is_some(),
            };
        }
        Change::Back { unit: of, .. } if *of == unit => return ChangeWhy::Back,
        Change::DropsOut { unit: of } if *of == unit => return ChangeWhy::DropsOut,
        Change::PillarPressed(must) => {
            let pressed = problem.must_visits.len() - 1;
            let goes = own.added.iter().any(|what| {
                matches!(what, StopFor::MustVisit { must_visit, .. } if *must_visit == pressed)
            });
            if goes {
                return ChangeWhy::PillarPressed {
                    name: must.name.clone(),
                };
            }
        }
        Change::NewHotspot(new) => {
            let is_new = |what: &&StopFor| matches!(what, StopFor::Candidate(c) if problem.candidates[*c].cell == new.cell);
            if own.added.iter().find(is_new).is_some() {
                return ChangeWhy::NewHotspot {
                    name: new.label.clone(),
                };
            }
        }
        _ => {}
    }
    if own.added.is_empty() && own.dropped.is_empty() {
        return match own.retimed {
            true => ChangeWhy::Retimed,
            false => ChangeWhy::Unchanged,
        };
    }
    let shared = |mine: &[StopFor], theirs: fn(&Compared) -> &[StopFor]| {
        let mut with = Vec::new();
        let mut stops = 0;
        for (other, compared) in all.iter().enumerate().filter(|(other, _)| *other != unit) {
            let theirs = theirs(compared);
            let both = mine.iter().filter(|what| theirs.contains(what)).count();
            if both > 0 {
                with.push(problem.units[other].call_sign.clone());
                stops += both;
            }
        }
        (with, stops)
    };
    let (from, stops) = shared(&own.added, |c| &c.dropped);
    if stops > 0 {
        return ChangeWhy::TakesOver { from, stops };
    }
    let (to, stops) = shared(&own.dropped, |c| &c.added);
    if stops > 0 {
        return ChangeWhy::HandsOver { to, stops };
    }
    ChangeWhy::WorthMore
}

fn name(problem: &PlanProblem, unit: usize, what: StopFor) -> String {
    match what {
        StopFor::Candidate(number) => problem.candidates[number].label.clone(),
        StopFor::MustVisit { must_visit, .. } => problem.must_visits[must_visit].name.clone(),
        StopFor::Break(number) => {
            let of = problem.units[unit].breaks.get(number);
            let place = of.and_then(|of| of.place);
            place.map_or_else(String::new, |place| problem.places[place].name.clone())
        }
    }
}
