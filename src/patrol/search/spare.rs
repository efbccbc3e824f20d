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
        if !out || !state.worth().beats(before) {
            state.restore(unit, &old);
            kept += 1;
        }
    }
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
