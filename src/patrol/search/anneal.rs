//! The search: a first plan, then ruin and recreate and small moves, accepted by annealing;
//! the best plan seen is the answer.
//!
//! A plan that keeps more must-visits is better whatever the risk; annealing only trades
//! risk. It cools over the budget, by iterations or by time, whichever is used faster.

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

use crate::patrol::problem::{PlanProblem, ProblemFault};
use crate::patrol::search::budget::Budget;
use crate::patrol::search::construct::{construct, keep_due, keep_watch};
use crate::patrol::search::familiar::Familiar;
use crate::patrol::search::force::force;
use crate::patrol::search::insertion::{Filler, Taste, WILD};
use crate::patrol::search::moves::{self, Journal};
use crate::patrol::search::pool::Pool;
use crate::patrol::search::rounds::{Drawn, Rounds};
use crate::patrol::search::route::{Errand, TimedStop};
use crate::patrol::search::ruin::{Ruined, ruin};
use crate::patrol::search::spare::{drop_all, drop_one};
use crate::patrol::search::start::{Start, put_in};
use crate::patrol::search::state::{State, Worth};
use crate::patrol::search::vary::{BEST_FIRST, Vary};

/// Nearest cells kept for each point.
const NEAR: usize = 64;
/// Nearest cells looked at for a gap while improving.
const NEAR_IN_MOVE: usize = 8;
/// Cells with the most risk for the time that are looked at for a gap while improving.
const PROMISING_IN_MOVE: usize = 24;
/// Temperature at the end, in average gains of a stop.
const COLD_END: f64 = 0.003;
/// Scores of cells for a gap are off by up to this share while improving.
const MOST_NOISE: f64 = 0.3;
/// Share of the changes in which chance alone picks cells.
const WILD_SHARE: f64 = 0.05;
/// So often a stop beside a hole gets another dwell before the hole is filled.
const OTHER_DWELL: f64 = 0.15;
/// Share of the changes that take out a needless visit to a point with a frequency.
const SPARE_SHARE: f64 = 0.1;
/// So many seconds overdue weigh as much as a stop while annealing; the best plan is the
/// one that is overdue least, whatever it covers.
const OVERDUE_A_STOP_S: f64 = 300.0;
/// So often the value is added up afresh.
const SETTLE_EVERY: u64 = 4096;

/// Searches a plan until the budget is used.
///
/// # Errors
/// [`ProblemFault`] where the problem's parts don't fit each other.
pub fn search(problem: &PlanProblem, budget: &Budget<'_>) -> Result<Rounds, ProblemFault> {
    search_from(problem, &Start::nothing(), budget)
}

/// Searches a plan from given rounds until the budget is used.
///
/// # Errors
/// [`ProblemFault`] where the problem's parts don't fit each other.
pub fn search_from(
    problem: &PlanProblem,
    start: &Start<'_>,
    budget: &Budget<'_>,
) -> Result<Rounds, ProblemFault> {
    problem.check()?;
    let mut state = State::new(problem);
    let mut rng = ChaCha8Rng::seed_from_u64(problem.seed);
    let mut filler = Filler::new(&state, NEAR);
    let errands = put_in(&mut state, start);
    if start.price > 0.0 {
        let rounds = errands.iter().map(Vec::as_slice);
        state.prefer(Familiar::new(rounds, start.price));
    }
    construct(&mut state, &mut filler, &mut rng, budget);
    drop_all(&mut state, &mut filler, &mut rng, budget);
    state.settle();
    let first_value = state.covered();
    let mut best = Best::of(&state);
    let varies = start.draw.is_some() && !start.earlier.is_empty();
    let mut pool = start.draw.filter(|_| !varies).map(|_| Pool::default());
    let mut iterations = 0;
    if !problem.units.is_empty() && (state.ground.candidates > 0 || !state.ground.dues.is_empty()) {
        let search = Annealing {
            hot: start.hot,
            budget,
            share: if varies { BEST_FIRST } else { 1.0 },
        };
        iterations = search.improve(&mut state, &mut filler, &mut rng, &mut best, &mut pool);
    }
    best.put_back(&mut state);
    drop_all(&mut state, &mut filler, &mut rng, budget);
    stay_longer(&mut state, budget, iterations);
    // Longer stays move visits, so that others may have become needless.
    drop_all(&mut state, &mut filler, &mut rng, budget);
    state.settle();
    let best_value = state.covered();
    let mut drawn_of = None;
    if let (Some(pool), Some(seed)) = (pool, start.draw) {
        let (count, drawn) = pool.draw(best.worth, seed);
        for (unit, round) in drawn.iter().flatten().enumerate() {
            state.restore(unit, round);
        }
        state.settle();
        drawn_of = Some(Drawn {
            plans: count,
            best_value,
        });
    }
    if varies {
        let vary = Vary {
            nights: start.earlier,
            budget,
            done: iterations,
            window_s: problem.window_s() as u32,
        };
        let (tried, plans) = vary.run(&mut state, &mut filler, &mut rng);
        state.settle();
        iterations = tried;
        drawn_of = Some(Drawn {
            plans: plans + 1,
            best_value,
        });
    }
    let mut rounds = Rounds::of(&state, problem);
    rounds.first_value = first_value;
    rounds.iterations = iterations;
    rounds.drawn = drawn_of;
    Ok(rounds)
}

/// Covered incidents of given rounds as far as they can be driven, nothing added.
pub fn covered(problem: &PlanProblem, start: &Start<'_>) -> f64 {
    let mut state = State::new(problem);
    put_in(&mut state, start);
    state.settle();
    state.covered()
}

struct Annealing<'a> {
    /// Temperature at the start, in average gains of a stop.
    hot: f64,
    budget: &'a Budget<'a>,
    /// Ends when this share of the budget is used.
    share: f64,
}

impl Annealing<'_> {
    /// Improves until the budget is used; answers how many changes were tried.
    fn improve(
        &self,
        state: &mut State<'_>,
        filler: &mut Filler,
        rng: &mut ChaCha8Rng,
        best: &mut Best,
        pool: &mut Option<Pool>,
    ) -> u64 {
        let mut journal = Journal::default();
        let mut ruined = Ruined::default();
        let mut current = state.worth();
        let mut done = 0;
        loop {
            let used = self.budget.used(done) / self.share;
            if used >= 1.0 {
                return done;
            }
            let stops: usize = (0..state.units()).map(|u| state.round(u).len()).sum();
            let a_stop = best.worth.value.abs() / stops.max(1) as f64;
            let heat = self.hot * (COLD_END / self.hot).powf(used) * a_stop;
            done += 1;
            let changed = change(state, filler, &mut journal, &mut ruined, rng);
            let worth = state.worth();
            let luck: f64 = rng.random_range(1e-12..1.0);
            let later = worth.overdue as f64 - current.overdue as f64;
            let better = worth.value - current.value - later * a_stop / OVERDUE_A_STOP_S;
            let taken = changed
                && (worth.missed < current.missed
                    || (worth.missed == current.missed && better >= heat * luck.ln()));
            if !taken {
                journal.undo(state);
            } else {
                best.changed(&journal);
                current = worth;
                if worth.beats(best.worth) {
                    best.take(state);
                }
            }
            journal.keep();
            if let Some(pool) = pool {
                pool.look(state, current, best.worth, used);
            }
            if done % SETTLE_EVERY == 0 {
                state.settle();
            }
            current = Worth {
                value: state.worth().value,
                ..current
            };
        }
    }
}

/// Tries one change; false where it led nowhere (it is then undone by the caller).
pub fn change(
    state: &mut State<'_>,
    filler: &mut Filler,
    journal: &mut Journal,
    ruined: &mut Ruined,
    rng: &mut ChaCha8Rng,
) -> bool {
    let taste = Taste {
        price: rng.random_range(0.5..1.5),
        noise: if rng.random_bool(WILD_SHARE) {
            WILD
        } else {
            MOST_NOISE * rng.random::<f64>()
        },
        near: NEAR_IN_MOVE,
        promising: PROMISING_IN_MOVE,
    };
    let repeats = !state.ground.watches.is_empty();
    if repeats && rng.random_bool(SPARE_SHARE) && drop_one(state, filler, journal, taste, rng) {
        return true;
    }
    match rng.random_range(0..100) {
        0..45 => recreate(state, filler, journal, ruined, taste, rng),
        45..60 => force(state, filler, journal, taste, rng),
        60..76 => moves::replace(state, filler, journal, taste, rng),
        76..84 => moves::change_dwell(state, journal, rng),
        84..88 => moves::relocate(state, filler, journal, rng),
        88..92 => moves::exchange(state, filler, journal, rng),
        92..96 => moves::reverse(state, journal, rng),
        _ => moves::exchange_rests(state, filler, journal, rng),
    }
}

fn recreate(
    state: &mut State<'_>,
    filler: &mut Filler,
    journal: &mut Journal,
    ruined: &mut Ruined,
    taste: Taste,
    rng: &mut ChaCha8Rng,
) -> bool {
    let some_stop = ruin(state, filler, journal, rng, ruined);
    if !some_stop && (0..state.units()).any(|u| !state.round(u).is_empty()) {
        return false;
    }
    for i in 0..ruined.dues.len() {
        let due = ruined.dues[i];
        let broken = ruined.holes.iter().map(|&(unit, _)| unit);
        if !keep_due(state, due, broken) {
            for unit in 0..state.units() {
                journal.save(state, unit);
            }
            if !keep_due(state, due, 0..state.units()) {
                return false;
            }
        }
    }
    if rng.random_bool(OTHER_DWELL) {
        for &(unit, place) in &ruined.holes {
            moves::other_dwell_beside(state, journal, (unit, place), rng);
        }
    }
    if state.worth().missed > 0 && rng.random_bool(0.2) {
        let broken: Vec<usize> = ruined.holes.iter().map(|&(unit, _)| unit).collect();
        for due in 0..state.ground.dues.len() as u32 {
            if !state.is_kept(due) && state.ground.dues[due as usize].possible {
                keep_due(state, due, broken.iter().copied());
            }
        }
    }
    if state.worth().overdue > 0 {
        for watch in 0..state.ground.watches.len() as u32 {
            let broken = ruined.holes.iter().map(|&(unit, _)| unit);
            keep_watch(state, watch, broken, true);
        }
    }
    filler.begin();
    for &(unit, place) in &ruined.holes {
        let stops = state.round(unit).len();
        filler.open(unit, place.min(stops));
        filler.open(unit, (place + 1).min(stops));
        filler.open(unit, rng.random_range(0..=stops));
    }
    if !some_stop {
        for unit in 0..state.units() {
            journal.save(state, unit);
            filler.open(unit, 0);
        }
    }
    filler.fill(state, taste, rng, None);
    true
}

/// Uses what time is left in the rounds for longer stays, where that covers more.
fn stay_longer(state: &mut State<'_>, budget: &Budget<'_>, iterations: u64) {
    let longest = state.gain.options().saturating_sub(1);
    let mut errands: Vec<Errand> = Vec::new();
    for unit in 0..state.units() {
        for place in 0..state.round(unit).len() {
            if budget.used(iterations.saturating_sub(1)) >= 1.0 {
                return;
            }
            let before = state.worth();
            let old: Vec<TimedStop> = state.round(unit).to_vec();
            errands.clear();
            errands.extend(old.iter().map(|s| s.errand));
            let Errand::Cell { option, .. } = &mut errands[place] else {
                continue;
            };
            if *option == longest {
                continue;
            }
            *option += 1;
            if state.set_round(unit, &errands) && !state.worth().beats(before) {
                state.restore(unit, &old);
            }
        }
    }
}

/// The best plan seen.
#[derive(Debug)]
pub struct Best {
    /// How good it is.
    pub worth: Worth,
    rounds: Vec<Vec<TimedStop>>,
    /// Units whose rounds have changed since.
    stale: Vec<bool>,
}

impl Best {
    /// The present plan.
    pub fn of(state: &State<'_>) -> Self {
        Self {
            worth: state.worth(),
            rounds: (0..state.units())
                .map(|u| state.round(u).to_vec())
                .collect(),
            stale: vec![false; state.units()],
        }
    }

    /// The present plan differs from it in these rounds.
    pub fn changed(&mut self, journal: &Journal) {
        for unit in journal.changed() {
            self.stale[unit] = true;
        }
    }

    /// The present plan is better.
    pub fn take(&mut self, state: &State<'_>) {
        self.worth = state.worth();
        for unit in 0..self.stale.len() {
            if std::mem::take(&mut self.stale[unit]) {
                self.rounds[unit].clear();
                self.rounds[unit].extend_from_slice(state.round(unit));
            }
        }
    }

    /// Makes it the present plan.
    pub fn put_back(&self, state: &mut State<'_>) {
        for (unit, round) in self.rounds.iter().enumerate() {
            state.restore(unit, round);
        }
    }
}
