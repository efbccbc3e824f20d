//! Which unit for this call, and where next for an idle one.
//!
//! Idea: times of arrival are computed for the call that is asked about; what each idle unit
//! reaches of the district within five minutes is kept, and computed anew only for units
//! that have moved (`follow`), so that a question is answered in milliseconds whatever the
//! number of units. The ranking is the day simulator's (`patrol::dispatch`).

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use jiff::Timestamp;

use crate::incident::record::Priority;
use crate::live::board::Board;
use crate::live::ground::Ground;
use crate::live::sending::stands;
use crate::patrol::coverage::expected::ExpectedCoverage;
use crate::patrol::coverage::rings::{CoverageFault, Rings};
use crate::patrol::dispatch::offer::{Responder, When, offers};
use crate::patrol::dispatch::rank::{Why, rank};
use crate::patrol::dispatch::rule::Rule;
use crate::place::feature::{Unit, UnitKind, UnitStatus};
use crate::place::id::Id;
use crate::place::measure::Metres;
use crate::place::position::Position;
use crate::roads::network::{RoadNetwork, Snap, UNREACHABLE};

/// A unit that has moved less than this still reaches what it did.
const MOVED: Metres = Metres(60.0);

/// How far a unit or call may be from the road.
const OFF_ROAD: Metres = Metres(500.0);

/// How long a unit is thought to be bound once it is at its call.
const HANDLING_MS: i64 = 1_800_000;

/// How long a unit that goes on patrol next stays where it is sent: the dwell of the plans.
const DWELL_MS: u32 = 600_000;

/// A patrol next goes no further than this.
const NEXT_WITHIN_MS: u32 = 900_000;

/// Where calls are expected: one point a cell.
#[derive(Debug, Clone)]
pub struct Demand {
    /// Where the cell is driven to.
    pub snap: Snap,
    /// Calls expected there in the window.
    pub expected: f64,
    /// The beat it lies in, by the caller's number.
    pub beat: Option<usize>,
}

/// What is kept of the district and the idle units.
#[derive(Debug, Clone)]
pub struct Suggester {
    network: Arc<RoadNetwork>,
    demand: Vec<Demand>,
    cover: ExpectedCoverage,
    /// Numbers of the units, as the coverage has them.
    numbers: HashMap<Id<Unit>, usize>,
    units: Vec<Id<Unit>>,
    /// Which unit's reach is computed next, where not all are in one go.
    turn: usize,
    /// Where each idle unit stood when its reach was computed.
    stood: HashMap<usize, Position>,
}

/// The units for a call.
#[derive(Debug, Clone, PartialEq)]
pub struct Suggestion {
    /// In order: the proposed one first, the others by when they are there.
    pub choices: Vec<SuggestedUnit>,
    /// Why the first is first; units by their numbers ([`Suggester::unit`]).
    pub why: Option<Why>,
}

/// A unit that may be sent.
#[derive(Debug, Clone, PartialEq)]
pub struct SuggestedUnit {
    /// The unit.
    pub unit: Id<Unit>,
    /// At once, or after its job.
    pub when: When,
    /// Milliseconds until it is there.
    pub eta_ms: u32,
    /// By how much the share covered within 1, 3 and 5 minutes falls.
    pub lost: Vec<f64>,
    /// What is covered by those that are left.
    pub left: Vec<f64>,
    /// Beats that nobody reaches within the last ring any more, and somebody did.
    pub bare: Vec<usize>,
}

/// Where an idle unit should go next.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Next {
    /// Where.
    pub snap: Snap,
    /// Milliseconds there.
    pub drive_ms: u32,
    /// Calls expected in its cell in the window, and how many times the mean of all cells
    /// that is.
    pub expected: f64,
    /// How many times the mean.
    pub times_mean: f64,
    /// How many other idle units reach it within three minutes.
    pub others_near: u32,
}

impl Suggester {
    /// Over a network and the calls expected in a window.
    ///
    /// # Errors
    /// [`CoverageFault::Demand`] where an expectation is no number.
    pub fn new(network: Arc<RoadNetwork>, demand: Vec<Demand>) -> Result<Self, CoverageFault> {
        let expected: Vec<f64> = demand.iter().map(|point| point.expected).collect();
        Ok(Self {
            cover: ExpectedCoverage::new(&expected, Rings::default())?,
            network,
            demand,
            numbers: HashMap::new(),
            units: Vec::new(),
            turn: 0,
            stood: HashMap::new(),
        })
    }

    /// A unit by its number in [`Suggestion::why`].
    pub fn unit(&self, number: usize) -> Option<&Id<Unit>> {
        self.units.get(number)
    }

    /// Where calls are expected.
    pub fn demand(&self) -> &[Demand] {
        &self.demand
    }

    /// The fraction of time that a unit is taken by another call.
    pub fn busy(&self) -> f64 {
        self.cover.counts().rings().busy()
    }

    /// What one sum is worth of values by ring.
    pub fn weigh(&self, by_ring: &[f64]) -> f64 {
        self.cover.counts().rings().weigh(by_ring)
    }

    /// The rings, milliseconds.
    pub fn rings_ms(&self) -> &[u32] {
        self.cover.counts().rings().limits_ms()
    }

    /// Takes in who is idle and where. At most `most` reaches are computed anew; true where
    /// that was enough.
    pub fn follow(&mut self, board: &Board, ground: &Ground, now: Timestamp, most: usize) -> bool {
        let mut left = most;
        let mut all = true;
        let mut ids: Vec<&Unit> = ground.units().collect();
        ids.sort_by(|a, b| a.id.cmp(&b.id));
        if !ids.is_empty() {
            let first = self.turn % ids.len();
            ids.rotate_left(first);
        }
        for (at, unit) in ids.into_iter().enumerate() {
            let number = self.number(&unit.id);
            let standing = (can_go(board, ground, unit, now) == Some(When::Now))
                .then(|| ground.position(board, &unit.id))
                .flatten()
                .map(|position| stands(board.unit(&unit.id), position));
            let Some(position) = standing else {
                self.cover.take(number);
                self.stood.remove(&number);
                continue;
            };
            let stood = self.stood.get(&number);
            if stood.is_some_and(|before| before.metres_to(position) < MOVED) {
                continue;
            }
            if left == 0 {
                // The others have waited longer: they come first the next time.
                if all {
                    self.turn += at;
                    all = false;
                }
                continue;
            }
            left -= 1;
            let row = self.row(position);
            // The row is of this demand: it fits.
            if self.cover.put(number, &row).is_ok() {
                self.stood.insert(number, position);
            }
        }
        all
    }

    /// The units for a call at a place, best first; not those whose position is old. A unit
    /// that never told its position stands where its layer says. An urgent call gets the nearest.
    pub fn suggest(
        &self,
        board: &Board,
        ground: &Ground,
        place: Position,
        priority: Priority,
        now: Timestamp,
    ) -> Suggestion {
        let Some(call) = self.network.snap(place, OFF_ROAD) else {
            let (choices, why) = (Vec::new(), None);
            return Suggestion { choices, why };
        };
        let mut who: Vec<&Unit> = ground.units().collect();
        who.sort_by(|a, b| a.id.cmp(&b.id));
        let (mut numbers, mut responders) = (Vec::new(), Vec::new());
        for unit in who {
            let Some(number) = self.numbers.get(&unit.id) else {
                continue;
            };
            if let Some(responder) = self.responder(board, ground, unit, now) {
                numbers.push(*number);
                responders.push(responder);
            }
        }
        let mut offered = offers(&self.network, &responders, call);
        for offer in &mut offered {
            offer.unit = numbers[offer.unit];
        }
        let ranking = rank(
            &offered,
            &self.cover,
            Rule::COVERAGE_AWARE,
            priority == Priority::One,
        );
        let last_ring = self.rings_ms().len().saturating_sub(1);
        let choices = ranking
            .choices
            .into_iter()
            .map(|choice| SuggestedUnit {
                unit: self.units[choice.offer.unit].clone(),
                when: choice.offer.when,
                eta_ms: choice.offer.eta_ms,
                bare: match choice.offer.when {
                    When::Now => self.bare_beats(choice.offer.unit, last_ring),
                    When::AfterJob => Vec::new(),
                },
                lost: choice.lost,
                left: choice.left,
            })
            .collect();
        Suggestion {
            choices,
            why: ranking.why,
        }
    }

    /// Where an idle unit should go next: the cell in which most calls are met a minute on
    /// the way and there, those counted less that other idle units are near.
    pub fn next(&self, board: &Board, ground: &Ground, unit: &Id<Unit>) -> Option<Next> {
        let from = ground.position(board, unit)?;
        let from = self.network.snap(from, OFF_ROAD)?;
        let reached = self.network.reached(&[from], NEXT_WITHIN_MS);
        let own = self.numbers.get(unit).copied();
        let ring = 1.min(self.rings_ms().len().saturating_sub(1));
        let busy = self.cover.counts().rings().busy();
        let total: f64 = self.demand.iter().map(|point| point.expected).sum();
        let mean = total / self.demand.len().max(1) as f64;
        let mut best: Option<(f64, Next)> = None;
        for (number, point) in self.demand.iter().enumerate() {
            let Some(drive_ms) = reached.millis_to(point.snap) else {
                continue;
            };
            let reaching = self.cover.counts().count(ring, number);
            let own_too = own.is_some_and(|own| self.cover.reaches(own, number, ring));
            let others_near = reaching.saturating_sub(u32::from(own_too));
            // As in the expected coverage: each one near answers with 1 - q.
            let alone = busy.powi(i32::try_from(others_near).unwrap_or(i32::MAX));
            let time = f64::from(drive_ms + DWELL_MS);
            let worth = point.expected * alone / time;
            if best.as_ref().is_none_or(|(most, _)| worth > *most) {
                let next = Next {
                    snap: point.snap,
                    drive_ms,
                    expected: point.expected,
                    times_mean: if mean > 0.0 {
                        point.expected / mean
                    } else {
                        0.0
                    },
                    others_near,
                };
                best = Some((worth, next));
            }
        }
        best.filter(|(worth, _)| *worth > 0.0).map(|(_, next)| next)
    }

    /// The road network it is over.
    pub fn network(&self) -> &RoadNetwork {
        &self.network
    }

    fn number(&mut self, unit: &Id<Unit>) -> usize {
        if let Some(number) = self.numbers.get(unit) {
            return *number;
        }
        let number = self.units.len();
        self.units.push(unit.clone());
        self.numbers.insert(unit.clone(), number);
        number
    }

    fn row(&self, position: Position) -> Vec<u32> {
        let longest = self.rings_ms().last().copied().unwrap_or(0);
        let Some(from) = self.network.snap(position, OFF_ROAD) else {
            return vec![UNREACHABLE; self.demand.len()];
        };
        let reached = self.network.reached(&[from], longest);
        let to = |point: &Demand| reached.millis_to(point.snap).unwrap_or(UNREACHABLE);
        self.demand.iter().map(to).collect()
    }

    /// The beats of which this unit alone reaches anything within the ring.
    fn bare_beats(&self, unit: usize, ring: usize) -> Vec<usize> {
        let mut alone: BTreeMap<usize, u32> = BTreeMap::new();
        for point in self.cover.left_bare(unit, ring) {
            if let Some(beat) = self.demand[point].beat {
                *alone.entry(beat).or_default() += 1;
            }
        }
        if alone.is_empty() {
            return Vec::new();
        }
        let mut reached: BTreeMap<usize, u32> = BTreeMap::new();
        for (number, point) in self.demand.iter().enumerate() {
            if let Some(beat) = point.beat
                && alone.contains_key(&beat)
                && self.cover.counts().count(ring, number) > 0
            {
                *reached.entry(beat).or_default() += 1;
            }
        }
        let bare =
            |(beat, alone): (usize, u32)| (reached.get(&beat) == Some(&alone)).then_some(beat);
        alone.into_iter().filter_map(bare).collect()
    }

    fn responder(
        &self,
        board: &Board,
        ground: &Ground,
        unit: &Unit,
        now: Timestamp,
    ) -> Option<Responder> {
        let when = can_go(board, ground, unit, now)?;
        let here = ground.position(board, &unit.id)?;
        let from = self.network.snap(here, OFF_ROAD)?;
        if when == When::Now {
            return Some(Responder {
                from,
                ready_ms: 0,
                when,
            });
        }
        // Busy: it drives to its call first, or is there, and is done with it then.
        let known = board.unit(&unit.id);
        let job = known.call.as_ref().and_then(|call| board.calls.get(call));
        let at_job = job.and_then(|call| self.network.snap(call.position, OFF_ROAD));
        let on_its_way = known.status == Some(UnitStatus::Dispatched);
        let drive_ms = match (on_its_way, at_job) {
            (true, Some(to)) => self.network.matrix(&[from], &[to]).millis(0, 0)?,
            _ => 0,
        };
        let there_for = known.since.filter(|_| !on_its_way).map_or(0, |since| {
            i64::try_from(now.duration_since(since).as_millis()).unwrap_or(0)
        });
        let left = (HANDLING_MS - there_for).max(0);
        Some(Responder {
            from: at_job.unwrap_or(from),
            ready_ms: drive_ms.saturating_add(u32::try_from(left).unwrap_or(u32::MAX)),
            when,
        })
    }
}

/// Whether a unit may be sent by road, and when; none where it is off duty, on a break, on
/// foot, or where its last position is old.
fn can_go(board: &Board, ground: &Ground, unit: &Unit, now: Timestamp) -> Option<When> {
    if unit.kind == UnitKind::Foot {
        return None;
    }
    let fix = board.unit(&unit.id).fix;
    let oldest = board.settings.position_is_old.0;
    if fix.is_some_and(|fix| now.duration_since(fix.at).as_secs_f64() > oldest) {
        return None;
    }
    match ground.status(board, &unit.id)? {
        UnitStatus::Idle => Some(When::Now),
        UnitStatus::Dispatched | UnitStatus::OnScene => Some(When::AfterJob),
        UnitStatus::Break | UnitStatus::OffDuty => None,
    }
}

#[cfg(test)]
#[path = "suggestion_tests.rs"]
mod tests;
