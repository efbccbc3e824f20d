//! What was dropped for a stop is what trying every candidate finds.

use proptest::prelude::*;

use super::*;
use crate::patrol::made_up::{TownSize, town};
use crate::patrol::made_up_rules::town_with_rules;
use crate::patrol::plan::Instead;
use crate::patrol::plan_tests::on_the_map;
use crate::patrol::referee::check;
use crate::patrol::search::anneal::search;
use crate::patrol::search::budget::Budget;
use crate::patrol::search::route::Errand;
use crate::patrol::search::start::{Start, put_in};
use crate::patrol::search::state::State;

/// The gain of the best other stop in the place of one, by putting each into the round anew and
/// counting what its cell's visits cover with it and without.
fn by_trying(problem: &PlanProblem, rounds: &[Vec<RoundStop>], unit: usize, place: usize) -> f64 {
    let slices: Vec<&[RoundStop]> = rounds.iter().map(Vec::as_slice).collect();
    let start = Start {
        rounds: &slices,
        ..Start::nothing()
    };
    let mut state = State::new(problem);
    put_in(&mut state, &start);
    let whole = state.round(unit).to_vec();
    assert_eq!(
        whole.len(),
        rounds[unit].len(),
        "the round is put in as it is"
    );
    let errands: Vec<Errand> = whole.iter().map(|stop| stop.errand).collect();
    let own = state.ground.cell_of(errands[place]).map(|(cell, _)| cell);
    let mut best: f64 = 0.0;
    for cell in (0..state.ground.candidates).filter(|cell| own != Some(*cell)) {
        let visits = state.visits(cell).to_vec();
        for option in 0..state.gain.options() {
            let mut tried = errands.clone();
            tried[place] = Errand::Cell { cell, option };
            if !state.set_round(unit, &tried) {
                continue;
            }
            let now = state.round(unit).to_vec();
            assert!(state.set_round(unit, &errands));
            // A unit that is early can wait; one that is late is not where it was to be.
            let mut later = now[place + 1..].iter().zip(&whole[place + 1..]);
            if later.all(|(now, before)| now.begin <= before.begin) {
                let mut with = visits.clone();
                with.push(CellVisit {
                    at: now[place].begin,
                    unit: unit as u32,
                    option: u16::from(option),
                });
                with.sort_by_key(|visit| (visit.at, visit.unit));
                let gain = state.gain.value(cell, &with) - state.gain.value(cell, &visits);
                best = best.max(gain);
            }
        }
    }
    best
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn as_trying_every_candidate_finds(seed in 0u64..100_000, rules in any::<bool>()) {
        let size = TownSize { units: 3, candidates: 24, must_visits: 2, hours: 3.0, side_m: 5000.0 };
        let mut problem = match rules {
            true => town_with_rules(size, seed).unwrap(),
            false => town(size, seed).unwrap(),
        };
        // A pin counts a cell's stop as a due: what stands for it is another question.
        problem.pins.clear();
        let rounds = search(&problem, &Budget::iterations(60)).unwrap();
        let found = displaced(&problem, &rounds.of_unit);
        for (unit, round) in rounds.of_unit.iter().enumerate() {
            prop_assert_eq!(found[unit].len(), round.len());
            for (place, stop) in round.iter().enumerate().step_by(3) {
                // A break wherever the unit is would be taken elsewhere, and earlier.
                if matches!(round.get(place + 1).map(|next| next.what), Some(StopFor::Break(_))) {
                    continue;
                }
                let said = match found[unit][place] {
                    None => {
                        prop_assert!(matches!(stop.what, StopFor::Break(_)));
                        continue;
                    }
                    Some(Displaced::Nothing) => 0.0,
                    Some(Displaced::Candidate { gain, .. }) => gain,
                };
                let tried = by_trying(&problem, &rounds.of_unit, unit, place);
                prop_assert!((said - tried).abs() < 1e-8, "unit {unit}, stop {place}: {said} and not {tried}");
            }
        }
        // And the referee, which knows none of this code, finds it so.
        let plan = on_the_map(&problem, &rounds);
        prop_assert_eq!(check(&problem, &plan), Ok(()));
        let mut wrong = plan.clone();
        let stops = wrong.routes.iter_mut().flat_map(|route| &mut route.stops);
        for stop in stops {
            if let Some(Instead::Place { gain, .. }) = &mut stop.instead {
                let is_much = *gain > 1e-3;
                *gain *= 1.5;
                prop_assert!(check(&problem, &wrong).is_err());
                let mut silent = plan.clone();
                let stops = silent.routes.iter_mut().flat_map(|route| &mut route.stops);
                let mut named = stops.filter(|s| matches!(s.instead, Some(Instead::Place { .. })));
                if let Some(stop) = named.next().filter(|_| is_much) {
                    stop.instead = Some(Instead::Nothing);
                    prop_assert!(check(&problem, &silent).is_err());
                }
                break;
            }
        }
    }
}

#[test]
fn where_nothing_else_is_nothing_was_dropped() {
    let size = TownSize {
        units: 1,
        candidates: 1,
        must_visits: 0,
        hours: 1.0,
        side_m: 2000.0,
    };
    let problem = town(size, 5).unwrap();
    let rounds = search(&problem, &Budget::iterations(20)).unwrap();
    let found = displaced(&problem, &rounds.of_unit);
    assert!(!found[0].is_empty());
    assert!(found[0].iter().all(|one| *one == Some(Displaced::Nothing)));
}
