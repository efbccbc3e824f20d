//! Small moves: another dwell, another cell, a stop moved, two stops exchanged, a stretch
//! turned around, two rounds' rests exchanged. Each changes one or two rounds and leaves the
//! judgement to the annealing; the journal takes it back.

use rand::RngExt;
use rand::rngs::ChaCha8Rng;

use crate::patrol::search::insertion::{Filler, Taste};
use crate::patrol::search::route::{Errand, TimedStop};
use crate::patrol::search::state::State;

/// The rounds as they were before the move.
#[derive(Debug, Default)]
pub struct Journal {
    saved: Vec<(usize, Vec<TimedStop>)>,
    spare: Vec<Vec<TimedStop>>,
    /// Scratch for a round's errands.
    pub errands: Vec<Errand>,
    other: Vec<Errand>,
}

impl Journal {
    /// Remembers a unit's round, once a move.
    pub fn save(&mut self, state: &State<'_>, unit: usize) {
        if self.saved.iter().all(|(u, _)| *u != unit) {
            let mut round = self.spare.pop().unwrap_or_default();
            round.clear();
            round.extend_from_slice(state.round(unit));
            self.saved.push((unit, round));
        }
    }

    /// The units that the move changed.
    pub fn changed(&self) -> impl Iterator<Item = usize> + '_ {
        self.saved.iter().map(|(unit, _)| *unit)
    }

    /// Takes the move back.
    pub fn undo(&mut self, state: &mut State<'_>) {
        while let Some((unit, round)) = self.saved.pop() {
            state.restore(unit, &round);
            self.spare.push(round);
        }
    }

    /// Keeps the move.
    pub fn keep(&mut self) {
        while let Some((_, round)) = self.saved.pop() {
            self.spare.push(round);
        }
    }

    /// Any stop of the plan, each as likely as the other.
    pub fn random_stop(&self, state: &State<'_>, rng: &mut ChaCha8Rng) -> Option<(usize, usize)> {
        let stops: usize = (0..state.units()).map(|u| state.round(u).len()).sum();
        if stops == 0 {
            return None;
        }
        let mut left = rng.random_range(0..stops);
        for unit in 0..state.units() {
            let here = state.round(unit).len();
            if left < here {
                return Some((unit, left));
            }
            left -= here;
        }
        None
    }

    fn load(&mut self, state: &State<'_>, unit: usize) {
        self.errands.clear();
        self.errands
            .extend(state.round(unit).iter().map(|s| s.errand));
    }

    fn load_other(&mut self, state: &State<'_>, unit: usize) {
        self.other.clear();
        self.other
            .extend(state.round(unit).iter().map(|s| s.errand));
    }

    /// Sets the loaded errands of one unit.
    fn commit(&mut self, state: &mut State<'_>, unit: usize) -> bool {
        self.save(state, unit);
        state.set_round(unit, &self.errands)
    }

    /// Sets the loaded errands of two units; a half-done exchange is undone by the caller.
    fn commit_both(&mut self, state: &mut State<'_>, unit: usize, other: usize) -> bool {
        self.save(state, other);
        self.commit(state, unit) && state.set_round(other, &self.other)
    }
}

/// Another of the allowed dwell times at a random stop.
pub fn change_dwell(state: &mut State<'_>, journal: &mut Journal, rng: &mut ChaCha8Rng) -> bool {
    match journal.random_stop(state, rng) {
        Some(stop) => other_dwell(state, journal, stop, rng),
        None => false,
    }
}

/// Another dwell at the stop before or after a hole, so that the hole gets smaller or larger.
pub fn other_dwell_beside(
    state: &mut State<'_>,
    journal: &mut Journal,
    (unit, hole): (usize, usize),
    rng: &mut ChaCha8Rng,
) -> bool {
    let stops = state.round(unit).len();
    let place = hole.saturating_sub(usize::from(rng.random_bool(0.5)));
    place < stops && other_dwell(state, journal, (unit, place), rng)
}

fn other_dwell(
    state: &mut State<'_>,
    journal: &mut Journal,
    (unit, place): (usize, usize),
    rng: &mut ChaCha8Rng,
) -> bool {
    let options = state.gain.options();
    journal.load(state, unit);
    let Errand::Cell { option, .. } = &mut journal.errands[place] else {
        return false;
    };
    if options < 2 {
        return false;
    }
    *option = (*option + rng.random_range(1..options)) % options;
    journal.commit(state, unit)
}

/// The best cell for the place of a random stop, in its stead; the freed time is filled.
pub fn replace(
    state: &mut State<'_>,
    filler: &mut Filler,
    journal: &mut Journal,
    taste: Taste,
    rng: &mut ChaCha8Rng,
) -> bool {
    let Some((unit, place)) = journal.random_stop(state, rng) else {
        return false;
    };
    journal.load(state, unit);
    if journal.errands.remove(place).cell().is_none() {
        return false;
    }
    if !journal.commit(state, unit) {
        return false;
    }
    filler.begin();
    filler.open(unit, place);
    filler.open(unit, rng.random_range(0..=state.round(unit).len()));
    filler.fill(state, taste, rng, None);
    true
}

/// A random stop, and one that stands near it in another round or elsewhere in its own.
fn pair(
    state: &State<'_>,
    filler: &mut Filler,
    journal: &Journal,
    rng: &mut ChaCha8Rng,
) -> Option<((usize, usize), (usize, usize))> {
    let (unit, place) = journal.random_stop(state, rng)?;
    let point = state.round(unit)[place].demand.point;
    let near = filler.near.of(&state.ground, point);
    let few = near.len().min(24);
    for _ in 0..4 {
        let cell = *near.get(rng.random_range(0..few.max(1)))?;
        let visits = state.visits(cell);
        if visits.is_empty() {
            continue;
        }
        let visit = visits[rng.random_range(0..visits.len())];
        if let Some(other) = state.place_of(visit) {
            return Some(((unit, place), other));
        }
    }
    None
}

/// Moves a stop next to one that stands near it.
pub fn relocate(
    state: &mut State<'_>,
    filler: &mut Filler,
    journal: &mut Journal,
    rng: &mut ChaCha8Rng,
) -> bool {
    let Some(((unit, place), (other, at))) = pair(state, filler, journal, rng) else {
        return false;
    };
    let at = at + usize::from(rng.random_bool(0.5));
    journal.load(state, unit);
    let errand = journal.errands.remove(place);
    if unit == other {
        let at = if at > place { at - 1 } else { at };
        journal.errands.insert(at, errand);
        return at != place && journal.commit(state, unit);
    }
    journal.load_other(state, other);
    journal.other.insert(at, errand);
    journal.commit_both(state, unit, other)
}

/// Exchanges two stops that stand near each other.
pub fn exchange(
    state: &mut State<'_>,
    filler: &mut Filler,
    journal: &mut Journal,
    rng: &mut ChaCha8Rng,
) -> bool {
    let Some(((unit, place), (other, at))) = pair(state, filler, journal, rng) else {
        return false;
    };
    journal.load(state, unit);
    if unit == other {
        journal.errands.swap(place, at);
        return place != at && journal.commit(state, unit);
    }
    journal.load_other(state, other);
    std::mem::swap(&mut journal.errands[place], &mut journal.other[at]);
    journal.commit_both(state, unit, other)
}

/// Drives a stretch of a round the other way round (2-opt).
pub fn reverse(state: &mut State<'_>, journal: &mut Journal, rng: &mut ChaCha8Rng) -> bool {
    let Some((unit, place)) = journal.random_stop(state, rng) else {
        return false;
    };
    let last = place + rng.random_range(1..=6);
    journal.load(state, unit);
    if last >= journal.errands.len() {
        return false;
    }
    journal.errands[place..=last].reverse();
    journal.commit(state, unit)
}

/// Exchanges the rests of two rounds from about the same time on (2-opt*).
pub fn exchange_rests(
    state: &mut State<'_>,
    filler: &mut Filler,
    journal: &mut Journal,
    rng: &mut ChaCha8Rng,
) -> bool {
    let Some(((unit, place), (other, _))) = pair(state, filler, journal, rng) else {
        return false;
    };
    if unit == other {
        return false;
    }
    let begin = state.round(unit)[place].begin;
    let at = state.round(other).partition_point(|s| s.begin < begin);
    journal.load(state, unit);
    journal.load_other(state, other);
    let rest: Vec<Errand> = journal.errands.drain(place..).collect();
    let other_rest: Vec<Errand> = journal.other.drain(at..).collect();
    journal.errands.extend(other_rest);
    journal.other.extend(rest);
    journal.commit_both(state, unit, other)
}
