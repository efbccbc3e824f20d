//! Ruin: take strings of neighbouring stops out of neighbouring rounds, so that recreate can
//! deal the freed time anew (after Christiaens & Vanden Berghe 2020, SISR).

use rand::RngExt;
use rand::rngs::ChaCha8Rng;

use crate::patrol::search::insertion::Filler;
use crate::patrol::search::moves::Journal;
use crate::patrol::search::route::Errand;
use crate::patrol::search::state::State;

/// At most so many rounds are broken at once.
const MOST_ROUNDS: usize = 4;
/// A string has at most so many stops.
const MOST_STOPS: usize = 6;

/// What was taken out, and where.
#[derive(Debug, Default)]
pub struct Ruined {
    /// `(unit, place)` of each hole.
    pub holes: Vec<(usize, usize)>,
    /// Dues that lost their keeper.
    pub dues: Vec<u32>,
}

/// Breaks some rounds; false where nothing could be taken out.
pub fn ruin(
    state: &mut State<'_>,
    filler: &mut Filler,
    journal: &mut Journal,
    rng: &mut ChaCha8Rng,
    ruined: &mut Ruined,
) -> bool {
    ruined.holes.clear();
    ruined.dues.clear();
    let Some((unit, place)) = journal.random_stop(state, rng) else {
        return false;
    };
    let kind: f64 = rng.random();
    if kind < 0.03 {
        // A whole round: lets a unit move to another part of the town.
        return take_out(state, journal, unit, 0, usize::MAX, ruined);
    }
    if kind < 0.08 {
        return take_out(state, journal, unit, place, usize::MAX, ruined);
    }
    let rounds = rng.random_range(1..=MOST_ROUNDS);
    let most = rng.random_range(1..=MOST_STOPS);
    let seed = state.round(unit)[place].demand.point;
    let mut any = string(state, journal, rng, (unit, place), most, ruined);
    // Rounds that come by the cells nearest to the seed.
    let near: Vec<u32> = filler.near.of(&state.ground, seed).to_vec();
    for cell in near {
        if ruined.holes.len() >= rounds {
            break;
        }
        let visits = state.visits(cell);
        if visits.is_empty() {
            continue;
        }
        let visit = visits[rng.random_range(0..visits.len())];
        let Some((other, place)) = state.place_of(visit) else {
            continue;
        };
        if ruined.holes.iter().any(|&(u, _)| u == other) {
            continue;
        }
        any |= string(state, journal, rng, (other, place), most, ruined);
    }
    any
}

/// Takes out a string of up to `most` stops around a place.
fn string(
    state: &mut State<'_>,
    journal: &mut Journal,
    rng: &mut ChaCha8Rng,
    (unit, place): (usize, usize),
    most: usize,
    ruined: &mut Ruined,
) -> bool {
    let length = rng.random_range(1..=most.min(state.round(unit).len()).max(1));
    let first = place.saturating_sub(rng.random_range(0..length));
    take_out(state, journal, unit, first, length, ruined)
}

fn take_out(
    state: &mut State<'_>,
    journal: &mut Journal,
    unit: usize,
    first: usize,
    length: usize,
    ruined: &mut Ruined,
) -> bool {
    let round = state.round(unit);
    let last = first.saturating_add(length).min(round.len());
    let gone = round[first..last].iter().filter_map(|s| match s.errand {
        Errand::Due(due) => Some(due),
        Errand::Cell { .. } | Errand::Watch(_) => None,
    });
    let dues: Vec<u32> = gone.collect();
    journal.errands.clear();
    let kept = round[..first].iter().chain(&round[last..]);
    journal.errands.extend(kept.map(|s| s.errand));
    journal.save(state, unit);
    if !state.set_round(unit, &journal.errands) {
        return false;
    }
    ruined.dues.extend(dues);
    ruined.holes.push((unit, first));
    true
}
