//! Forced visits: a cell that no gap has room for goes into a round all the same, and the
//! stops of the round that add least for their time make room. Must-visits stay.
//!
//! Filling never drives to a far hot cell while nearer ones fill the gap; this move does. It
//! is what improves plans most on the published orienteering instances
//! (`patrol::orienteering::force`), where it is measured.

use rand::RngExt;
use rand::rngs::ChaCha8Rng;

use crate::patrol::rules::gain::CellVisit;
use crate::patrol::search::insertion::{Filler, Taste};
use crate::patrol::search::moves::Journal;
use crate::patrol::search::route::{Errand, TimedStop};
use crate::patrol::search::state::State;

/// Of some cells drawn by chance the one that would add most is forced: this many times as
/// many as there are cells for each stop, since few units need only look at the hottest.
const DRAWN: usize = 3;
const MOST_DRAWN: usize = 16;
/// So often the unit is chosen by chance, not by the way round.
const OTHER_UNIT: f64 = 0.2;
/// A stop may look better by up to this share when it is decided what makes room.
const LUCK: f64 = 0.5;

/// Forces a cell into a round and fills what room is left; false where it can't be.
pub fn force(
    state: &mut State<'_>,
    filler: &mut Filler,
    journal: &mut Journal,
    taste: Taste,
    rng: &mut ChaCha8Rng,
) -> bool {
    if state.ground.candidates == 0 {
        return false;
    }
    let option = rng.random_range(0..state.gain.options());
    let Some(cell) = draw(state, option, rng) else {
        return false;
    };
    let forced = Errand::Cell { cell, option };
    let Some((unit, place)) = least_way_round(state, forced, rng) else {
        return false;
    };
    let round = state.round(unit);
    let old: Vec<Errand> = round.iter().map(|s| s.errand).collect();
    let mut stops: Vec<(f64, usize)> = (0..round.len())
        .filter(|&at| matches!(old[at], Errand::Cell { .. }))
        .map(|at| {
            let luck = 1.0 + LUCK * rng.random::<f64>();
            (worth(state, unit, at) * luck, at)
        })
        .collect();
    // The least worth last.
    stops.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(b.1.cmp(&a.1)));
    journal.save(state, unit);
    let mut stays = vec![true; old.len()];
    let place = loop {
        let kept = |from: usize, to: usize| {
            let range = from..to;
            range.filter(|&at| stays[at]).map(|at| old[at])
        };
        journal.errands.clear();
        journal.errands.extend(kept(0, place));
        let at = journal.errands.len();
        journal.errands.push(forced);
        journal.errands.extend(kept(place, old.len()));
        if state.set_round(unit, &journal.errands) {
            break at;
        }
        match stops.pop() {
            Some((_, out)) => stays[out] = false,
            None => return false,
        }
    };
    filler.begin();
    filler.open(unit, place);
    filler.open(unit, place + 1);
    filler.open(unit, rng.random_range(0..=state.round(unit).len()));
    filler.fill(state, taste, rng, None);
    true
}

/// The cell that would add most of some drawn by chance, wherever it came in its round.
fn draw(state: &State<'_>, option: u8, rng: &mut ChaCha8Rng) -> Option<u32> {
    let stops: usize = (0..state.units()).map(|u| state.round(u).len()).sum();
    let drawn = DRAWN * state.ground.candidates as usize / stops.max(1);
    let at = state.ground.shifts.iter().map(|s| s.from).min()?;
    let mut best = (0.0, None);
    for _ in 0..drawn.clamp(2, MOST_DRAWN) {
        let cell = rng.random_range(0..state.ground.candidates);
        let gain = state.marginal(cell, at, option);
        if gain > best.0 {
            best = (gain, Some(cell));
        }
    }
    best.1
}

/// The unit and place where the errand takes the shortest way round, fit or not.
fn least_way_round(
    state: &State<'_>,
    errand: Errand,
    rng: &mut ChaCha8Rng,
) -> Option<(usize, usize)> {
    let point = state.ground.demand(errand).point;
    let only = rng
        .random_bool(OTHER_UNIT)
        .then(|| rng.random_range(0..state.units()));
    let mut best: Option<(i64, usize, usize)> = None;
    let may = |&u: &usize| only.is_none_or(|only| only == u) && state.ground.may(u, errand);
    for unit in (0..state.units()).filter(may) {
        let round = state.round(unit);
        for place in 0..=round.len() {
            let before = place.checked_sub(1).map(|b| &round[b]);
            let next = round.get(place);
            let twice =
                |stop: Option<&TimedStop>| stop.is_some_and(|s| s.errand.cell() == errand.cell());
            if twice(before) || twice(next) {
                continue;
            }
            let from = before.map_or(unit as u32, |b| b.demand.point);
            let there = drive(state, from, point);
            let way = match next {
                None => there,
                Some(next) => {
                    let to = next.demand.point;
                    there + drive(state, point, to) - drive(state, from, to)
                }
            };
            if best.is_none_or(|(least, ..)| way < least) {
                best = Some((way, unit, place));
            }
        }
    }
    best.map(|(_, unit, place)| (unit, place))
}

/// What the plan loses without a stop, for each second that this saves.
fn worth(state: &State<'_>, unit: usize, place: usize) -> f64 {
    let round = state.round(unit);
    let stop = &round[place];
    let Some(cell) = stop.errand.cell() else {
        return f64::INFINITY;
    };
    let visits = state.visits(cell);
    let same = |v: &&CellVisit| v.unit != unit as u32 || v.at != stop.begin;
    let rest: Vec<CellVisit> = visits.iter().filter(same).copied().collect();
    let lost = state.gain.value(cell, visits) - state.gain.value(cell, &rest);
    let from = match place.checked_sub(1) {
        Some(before) => round[before].demand.point,
        None => unit as u32,
    };
    let point = stop.demand.point;
    let way = match round.get(place + 1) {
        None => drive(state, from, point),
        Some(next) => {
            let to = next.demand.point;
            drive(state, from, point) + drive(state, point, to) - drive(state, from, to)
        }
    };
    lost / (i64::from(stop.demand.stay) + way).max(1) as f64
}

fn drive(state: &State<'_>, from: u32, to: u32) -> i64 {
    i64::from(state.ground.reach.seconds(from, to))
}
