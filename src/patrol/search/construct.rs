//! A first plan: the must-visits where they delay least, then cells by marginal gain a
//! minute wherever they fit.

use rand::rngs::ChaCha8Rng;

use crate::patrol::search::budget::Budget;
use crate::patrol::search::insertion::{Filler, Taste};
use crate::patrol::search::route::Errand;
use crate::patrol::search::state::State;

/// Builds the first plan: all must-visits that fit, then cells until the time is used.
pub fn construct(
    state: &mut State<'_>,
    filler: &mut Filler,
    rng: &mut ChaCha8Rng,
    budget: &Budget<'_>,
) {
    let mut order: Vec<u32> = (0..state.ground.dues.len() as u32)
        .filter(|&d| state.ground.dues[d as usize].possible)
        .collect();
    order.sort_by_key(|&d| (state.ground.dues[d as usize].closes, d));
    for due in order {
        let units = 0..state.units();
        keep_due(state, due, units);
    }
    filler.begin();
    for unit in 0..state.units() {
        for place in 0..=state.round(unit).len() {
            filler.open(unit, place);
        }
    }
    filler.fill(state, Taste::PLAIN, rng, Some(budget));
}

/// Puts a due where it delays its round least; false where it fits nowhere.
pub fn keep_due(state: &mut State<'_>, due: u32, units: impl IntoIterator<Item = usize>) -> bool {
    let errand = Errand::Due(due);
    let mut best: Option<(u32, usize, usize)> = None;
    for unit in units {
        let round = state.round(unit);
        for place in 0..=round.len() {
            if let Some(fit) = state.ground.fit(unit, round, place, errand)
                && best.is_none_or(|(delay, ..)| fit.delay < delay)
            {
                best = Some((fit.delay, unit, place));
            }
        }
    }
    let Some((_, unit, place)) = best else {
        return false;
    };
    let mut errands: Vec<Errand> = state.round(unit).iter().map(|s| s.errand).collect();
    errands.insert(place, errand);
    state.set_round(unit, &errands)
}
