//! Visits to points with a frequency that no gap needs any more: a later change often makes
//! an earlier visit needless, and a visit that is only in the way earns nothing.

use rand::RngExt;
use rand::rngs::ChaCha8Rng;

use crate::patrol::search::budget::Budget;
use crate::patrol::search::insertion::{Filler, Taste};
use crate::patrol::search::moves::Journal;
use crate::patrol::search::route::Errand;
use crate::patrol::search::state::State;

/// A visit is nearly needless where the point would be overdue by so many seconds more without
/// it: other visits may move by that.
const NEARLY_S: u64 = 300;

/// So many of the nearest cells are looked at for a stop instead of a visit.
const NEAR: usize = 16;

/// Units and places of visits without which points are overdue by so many seconds more at
/// most.
fn spares(state: &State<'_>, slack_s: u64) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut others: Vec<u32> = Vec::new();
    for unit in 0..state.units() {
        for (place, stop) in state.round(unit).iter().enumerate() {
            let Errand::Watch(watch) = stop.errand else {
                continue;
            };
            let rule = state.ground.watches[watch as usize];
            let begins = state.begins(watch);
            others.clear();
            others.extend_from_slice(begins);
            if let Ok(this) = others.binary_search(&stop.begin) {
                others.remove(this);
            }
            if rule.overdue(&others) <= rule.overdue(begins) + slack_s {
                found.push((unit, place));
            }
        }
    }
    found
}

/// Takes a nearly needless visit out and fills the hole; false where there is none. Points may
/// be overdue for it: the caller decides.
pub fn drop_one(
    state: &mut State<'_>,
    filler: &mut Filler,
    journal: &mut Journal,
    taste: Taste,
    rng: &mut ChaCha8Rng,
) -> bool {
    let spares = spares(state, NEARLY_S);
    if spares.is_empty() {
        return false;
    }
    let (unit, place) = spares[rng.random_range(0..spares.len())];
    journal.save(state, unit);
    take_out(state, filler, (unit, place), taste, rng)
}

/// Takes needless visits out one after the other, as long as the plan gains by it.
pub fn drop_all(
    state: &mut State<'_>,
    filler: &mut Filler,
    rng: &mut ChaCha8Rng,
    budget: &Budget<'_>,
) {
    let mut kept = 0;
    loop {
        let spares = spares(state, 0);
        let Some(&(unit, place)) = spares.get(kept) else {
            return;
        };
        if budget.out_of_time() {
            return;
        }
        let before = state.worth();
        let old = state.round(unit).to_vec();
        let out = take_out(state, filler, (unit, place), Taste::PLAIN, rng);
        if out && state.worth().beats(before) {
            continue;
        }
        // What fills the hole best may be too long for visits behind it: one stop, as it fits.
        state.restore(unit, &old);
        if !give_way(state, filler, (unit, place)) {
            kept += 1;
        }
    }
}

/// Puts the cell's stop that is best for the plan where a visit is; false where none is
/// better than the visit.
fn give_way(state: &mut State<'_>, filler: &mut Filler, (unit, place): (usize, usize)) -> bool {
    let old = state.round(unit).to_vec();
    let from = match place.checked_sub(1) {
        Some(before) => old[before].demand.point,
        None => unit as u32,
    };
    let near = filler.near.of_unit(&state.ground, unit, from).iter();
    let cells: Vec<u32> = near.take(NEAR).copied().collect();
    let mut errands: Vec<Errand> = old.iter().map(|stop| stop.errand).collect();
    let mut best = (state.worth(), None);
    for cell in cells {
        for option in 0..state.gain.options() {
            errands[place] = Errand::Cell { cell, option };
            if !state.ground.may(unit, errands[place]) || !state.set_round(unit, &errands) {
                continue;
            }
            let worth = state.worth();
            if worth.beats(best.0) {
                best = (worth, Some(errands[place]));
            }
            state.restore(unit, &old);
        }
    }
    let Some(errand) = best.1 else {
        return false;
    };
    errands[place] = errand;
    state.set_round(unit, &errands)
}

fn take_out(
    state: &mut State<'_>,
    filler: &mut Filler,
    (unit, place): (usize, usize),
    taste: Taste,
    rng: &mut ChaCha8Rng,
) -> bool {
    let round = state.round(unit).iter().map(|stop| stop.errand);
    let mut errands: Vec<Errand> = round.collect();
    errands.remove(place);
    if !state.set_round(unit, &errands) {
        return false;
    }
    filler.begin();
    filler.open(unit, place);
    filler.fill(state, taste, rng, None);
    true
}
