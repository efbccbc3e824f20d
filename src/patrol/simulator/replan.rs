//! What is left of a shift's plan, made anew for all units by the patrol search itself: the
//! replanning that the live board offers, at every call and every return.
//!
//! A unit that is sent is thought to be free again where the call is, after the mean
//! handling time; the others may take over what it can't do. Times of the search are whole
//! seconds: a change holds from the next second on, so that a stop which has begun by now
//! is under way there too.

use std::collections::BTreeMap;

use crate::patrol::problem::PlanProblem;
use crate::patrol::replan::change::{Change, FreeAgain};
use crate::patrol::replan::replan::{Present, ReplanSettings, replan};
use crate::patrol::search::budget::Budget;
use crate::patrol::search::rounds::RoundStop;
use crate::patrol::simulator::plans::{PlannedStop, ShiftPlan, planned_stop};
use crate::patrol::simulator::travel::Travel;
use crate::roads::network::{Snap, TravelMatrix, UNREACHABLE};

/// Where the points of patrol problems are in a town: places by their snaps.
#[derive(Debug, Clone, Default)]
pub struct PlaceIndex {
    snaps: Vec<Snap>,
    by_snap: BTreeMap<(u32, u64), u32>,
}

impl PlaceIndex {
    /// Of the places of a town, in order.
    pub fn new(snaps: Vec<Snap>) -> Self {
        let numbered = (0u32..).zip(&snaps);
        let by_snap = numbered.map(|(place, snap)| (key(*snap), place));
        Self {
            by_snap: by_snap.collect(),
            snaps,
        }
    }

    /// Of no places: nothing can be replanned with it.
    pub const fn none() -> Self {
        Self {
            snaps: Vec::new(),
            by_snap: BTreeMap::new(),
        }
    }

    /// How many places.
    pub fn len(&self) -> usize {
        self.snaps.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.snaps.is_empty()
    }

    /// Where a place is.
    pub fn snap(&self, place: u32) -> Option<Snap> {
        self.snaps.get(place as usize).copied()
    }

    /// Milliseconds between points that are places; no way where one is none.
    fn matrix(&self, travel: &Travel, sources: &[Snap], targets: &[Snap]) -> TravelMatrix {
        let place = |snap: &Snap| self.by_snap.get(&key(*snap)).copied();
        let to: Vec<Option<u32>> = targets.iter().map(place).collect();
        let from = sources.iter().map(place);
        let millis = from.flat_map(|from| {
            let between = move |to: &Option<u32>| travel.millis(from?, (*to)?);
            to.iter().map(move |to| between(to).unwrap_or(UNREACHABLE))
        });
        TravelMatrix {
            millis: millis.collect(),
            sources: sources.len(),
            targets: targets.len(),
        }
    }
}

fn key(snap: Snap) -> (u32, u64) {
    (snap.arc, snap.along.to_bits())
}

/// A shift's plan as it stands.
#[derive(Debug, Clone)]
pub struct Standing {
    problem: PlanProblem,
    rounds: Vec<Vec<RoundStop>>,
}

/// What a plan is replanned with.
#[derive(Debug, Clone, Copy)]
pub struct Means<'a> {
    /// The plan as it was made.
    pub plan: &'a ShiftPlan,
    /// The places.
    pub places: &'a PlaceIndex,
    /// Drives between them.
    pub travel: &'a Travel,
    /// Changes tried when a unit comes back.
    pub iterations: u64,
}

impl Standing {
    /// The plan as it was made.
    pub fn new(plan: &ShiftPlan) -> Self {
        Self {
            problem: plan.shift.problem.clone(),
            rounds: plan.found.clone(),
        }
    }

    /// A unit is sent to a place where it is thought to be free at a time; answers what is
    /// left of everybody's round.
    ///
    /// # Errors
    /// In words, where the plan can't be replanned.
    pub fn sent(
        &mut self,
        means: Means<'_>,
        unit: u32,
        now_ms: u64,
        (place, free_ms): (u32, u64),
    ) -> Result<Vec<Vec<PlannedStop>>, String> {
        let at = means.places.snap(place).ok_or("a place without a road")?;
        let second = next_second(means.plan, free_ms);
        let change = Change::SentToCall {
            unit: unit as usize,
            back: Some(FreeAgain { at, second }),
        };
        self.change(means, now_ms, &change, 0)
    }

    /// A unit is free at a place; answers what is left of everybody's round.
    ///
    /// # Errors
    /// In words, where the plan can't be replanned.
    pub fn back(
        &mut self,
        means: Means<'_>,
        unit: u32,
        now_ms: u64,
        place: u32,
    ) -> Result<Vec<Vec<PlannedStop>>, String> {
        let at = means.places.snap(place).ok_or("a place without a road")?;
        let change = Change::Back {
            unit: unit as usize,
            at,
        };
        self.change(means, now_ms, &change, means.iterations)
    }

    fn change(
        &mut self,
        means: Means<'_>,
        now_ms: u64,
        change: &Change,
        iterations: u64,
    ) -> Result<Vec<Vec<PlannedStop>>, String> {
        let present = Present {
            problem: &self.problem,
            rounds: &self.rounds,
            now_s: next_second(means.plan, now_ms),
        };
        let replanned = replan(
            &present,
            change,
            &|from, to| means.places.matrix(means.travel, from, to),
            &ReplanSettings::default(),
            &Budget::iterations(iterations),
        );
        let replanned = replanned.map_err(|fault| fault.to_string())?;
        self.problem = replanned.problem;
        self.rounds = replanned.rounds.of_unit;
        let rest = self.problem.units.iter().zip(&self.rounds);
        let rest = rest.map(|(unit, round)| {
            let made = unit.so_far.as_ref().map_or(0, |s| s.stops.len());
            let left = round.iter().skip(made);
            left.filter_map(|stop| planned_stop(&means.plan.shift, stop))
                .collect()
        });
        Ok(rest.collect())
    }
}

/// The first whole second of the shift after a time.
fn next_second(plan: &ShiftPlan, at_ms: u64) -> u32 {
    (at_ms.saturating_sub(plan.shift.stretch.from_ms) / 1000 + 1) as u32
}

#[cfg(test)]
#[path = "replan_tests.rs"]
mod tests;
