//! A first plan: the errands that have to be run where they delay least, then cells by
//! marginal gain a minute wherever they fit.

use rand::rngs::ChaCha8Rng;

use crate::patrol::search::budget::Budget;
use crate::patrol::search::insertion::{Filler, Taste};
use crate::patrol::search::route::Errand;
use crate::patrol::search::state::{State, Worth};

/// Builds the first plan around what stands already: all errands that fit, then cells until
/// the time is used, some of which give way to visits of points that are overdue.
pub fn construct(
    state: &mut State<'_>,
    filler: &mut Filler,
    rng: &mut ChaCha8Rng,
    budget: &Budget<'_>,
) {
    let mut order: Vec<u32> = (0..state.ground.dues.len() as u32)
        .filter(|&d| state.ground.dues[d as usize].possible && !state.is_kept(d))
        .collect();
    // What only one unit can do has the least choice.
    order.sort_by_key(|&d| {
        let due = &state.ground.dues[d as usize];
        (due.unit.is_none(), due.closes, d)
    });
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
    for watch in 0..state.ground.watches.len() as u32 {
        give_way(state, watch, budget);
        // Where nothing could give way there may be time at the rounds' ends.
        keep_watch(state, watch, 0..state.units(), false);
    }
}

/// Lets a cell's stop give way to a visit of a point that is overdue, as long as that helps:
/// about when the visit is due, where it costs least.
fn give_way(state: &mut State<'_>, watch: u32, budget: &Budget<'_>) {
    let rule = state.ground.watches[watch as usize];
    let errand = Errand::Watch(watch);
    while let Some((from, _)) = state.worst_gap(watch) {
        let before = state.worth();
        let due = from + i64::from(rule.every / 2)..=from + i64::from(rule.every);
        let mut best: Option<(Worth, usize, Vec<Errand>)> = None;
        for unit in 0..state.units() {
            if budget.out_of_time() {
                return;
            }
            if !state.ground.may(unit, errand) {
                continue;
            }
            let old = state.round(unit).to_vec();
            for place in 0..old.len() {
                let in_time = due.contains(&i64::from(old[place].begin));
                if old[place].errand.cell().is_none() || !in_time {
                    continue;
                }
                let mut errands: Vec<Errand> = old.iter().map(|s| s.errand).collect();
                errands[place] = errand;
                if !state.set_round(unit, &errands) {
                    continue;
                }
                let worth = state.worth();
                let helps = worth.missed <= before.missed && worth.overdue < before.overdue;
                if helps && best.as_ref().is_none_or(|(least, ..)| worth.beats(*least)) {
                    best = Some((worth, unit, errands));
                }
                state.restore(unit, &old);
            }
        }
        let Some((_, unit, errands)) = best else {
            return;
        };
        if !state.set_round(unit, &errands) {
            return;
        }
    }
}

/// Puts a due where it delays its round least; false where it fits nowhere.
pub fn keep_due(state: &mut State<'_>, due: u32, units: impl IntoIterator<Item = usize>) -> bool {
    let errand = Errand::Due(due);
    let mut best: Option<(u32, usize, usize)> = None;
    for unit in units {
        if !state.ground.may(unit, errand) {
            continue;
        }
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
    insert(state, unit, place, errand)
}

/// Visits a point with a frequency in its longest gaps until none is overdue or no visit
/// helps. `apart`: not soon after the visit before, which would hardly help.
pub fn keep_watch(
    state: &mut State<'_>,
    watch: u32,
    units: impl IntoIterator<Item = usize> + Clone,
    apart: bool,
) {
    let rule = state.ground.watches[watch as usize];
    let errand = Errand::Watch(watch);
    while let Some((from, until)) = state.worst_gap(watch) {
        let overdue = rule.excess(from, until);
        let mut best: Option<(u64, u32, usize, usize)> = None;
        for unit in units.clone() {
            if !state.ground.may(unit, errand) {
                continue;
            }
            let round = state.round(unit);
            for place in 0..=round.len() {
                let Some(fit) = state.ground.fit(unit, round, place, errand) else {
                    continue;
                };
                let begin = i64::from(fit.begin);
                let soon = apart && begin - from < i64::from(rule.every / 2);
                if !(from < begin && begin < until) || soon {
                    continue;
                }
                let left = rule.excess(from, begin) + rule.excess(begin, until);
                if left < overdue
                    && best.is_none_or(|(least, delay, ..)| (left, fit.delay) < (least, delay))
                {
                    best = Some((left, fit.delay, unit, place));
                }
            }
        }
        let before = state.worth().overdue;
        let Some((_, _, unit, place)) = best else {
            return;
        };
        let old: Vec<_> = state.round(unit).to_vec();
        if !insert(state, unit, place, errand) {
            return;
        }
        if state.worth().overdue >= before {
            // It made other visits of the round too late.
            state.restore(unit, &old);
            return;
        }
    }
}

fn insert(state: &mut State<'_>, unit: usize, place: usize, errand: Errand) -> bool {
    let mut errands: Vec<Errand> = state.round(unit).iter().map(|s| s.errand).collect();
    errands.insert(place, errand);
    state.set_round(unit, &errands)
}
