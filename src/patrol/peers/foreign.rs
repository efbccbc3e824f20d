//! Another solver's rounds under our rules: each stop begins as soon as the unit is there,
//! and what can't be driven so is left out, stop by stop; nothing is added or moved.

use thiserror::Error;

use crate::patrol::peers::relaxation::Relaxation;
use crate::patrol::problem::{PlanProblem, ProblemFault};
use crate::patrol::search::rounds::{RoundStop, Rounds};
use crate::patrol::search::start::{Start, put_in};
use crate::patrol::search::state::State;

/// Rounds as they can be driven.
#[derive(Debug, Clone, PartialEq)]
pub struct Driven {
    /// With our times and gains.
    pub rounds: Rounds,
    /// How many stops had to be left out.
    pub left_out: usize,
}

/// Why rounds are none of a problem's.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ForeignFault {
    /// Another number of rounds than of units.
    #[error(
        "it has {found} rounds, but the problem has {units} units: give a list for each unit, empty for one that stays"
    )]
    Units {
        /// Rounds given.
        found: usize,
        /// Units.
        units: usize,
    },
    /// A number that no visit has.
    #[error(
        "round {round}, stop {stop}: there is no visit {visit}; the problem's visits are numbered from 0 to {last}"
    )]
    NoVisit {
        /// Which round, from 1.
        round: usize,
        /// Which stop, from 1.
        stop: usize,
        /// The number.
        visit: usize,
        /// The last there is.
        last: usize,
    },
    /// A visit that is made twice.
    #[error("visit {visit} is made in round {first} and in round {again}: each can be made once")]
    Twice {
        /// Which visit.
        visit: usize,
        /// A round, from 1.
        first: usize,
        /// The other, or the same.
        again: usize,
    },
}

/// What rounds of visits, by their numbers in the relaxation, are for our rules.
///
/// # Errors
/// [`ForeignFault`].
pub fn stops_of(
    problem: &PlanProblem,
    relaxation: &Relaxation,
    rounds: &[Vec<usize>],
) -> Result<Vec<Vec<RoundStop>>, ForeignFault> {
    if rounds.len() != problem.units.len() {
        return Err(ForeignFault::Units {
            found: rounds.len(),
            units: problem.units.len(),
        });
    }
    let mut made_in: Vec<Option<usize>> = vec![None; relaxation.visits.len()];
    let mut all = Vec::with_capacity(rounds.len());
    for (round, visits) in (1..).zip(rounds) {
        let mut stops = Vec::with_capacity(visits.len());
        for (stop, &number) in (1..).zip(visits) {
            let Some(visit) = relaxation.visits.get(number) else {
                return Err(ForeignFault::NoVisit {
                    round,
                    stop,
                    visit: number,
                    last: relaxation.visits.len().saturating_sub(1),
                });
            };
            if let Some(first) = made_in[number].replace(round) {
                return Err(ForeignFault::Twice {
                    visit: number,
                    first,
                    again: round,
                });
            }
            stops.push(RoundStop {
                what: visit.what,
                // Any second within its window: the times are found below.
                arrive_s: visit.from_s,
                begin_s: visit.from_s,
                leave_s: visit.from_s + visit.stay_s,
                drive_ms: 0,
                gain: 0.0,
                earlier_visits: 0,
                pinned: false,
                since_s: None,
            });
        }
        all.push(stops);
    }
    Ok(all)
}

/// Puts times and gains to rounds; only what they are for, its order and the length of each
/// stay is taken from them.
///
/// # Errors
/// [`ProblemFault`] where the problem's parts don't fit each other.
pub fn driven(problem: &PlanProblem, rounds: &[Vec<RoundStop>]) -> Result<Driven, ProblemFault> {
    problem.check()?;
    let mut state = State::new(problem);
    let wanted: Vec<&[RoundStop]> = rounds.iter().map(Vec::as_slice).collect();
    let start = Start {
        rounds: &wanted,
        ..Start::nothing()
    };
    put_in(&mut state, &start);
    state.settle();
    let asked: usize = rounds.iter().map(Vec::len).sum();
    let kept: usize = (0..state.units()).map(|u| state.round(u).len()).sum();
    Ok(Driven {
        rounds: Rounds::of(&state, problem),
        left_out: asked.saturating_sub(kept),
    })
}
