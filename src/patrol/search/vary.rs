//! A near-best plan that somebody who watched the nights before would foresee least.
//!
//! From the best plan on, every visit has a price by how much it is expected, and no change
//! is taken that would leave less than 98 % of the best plan's worth, or an errand undone
//! that it keeps: the bound is held at each step, not hoped for. Most of what can be had is
//! cheap, since rounds may run an hour earlier or later, or in another order, for the same
//! gains.

use rand::RngExt;
use rand::rngs::ChaCha8Rng;

use crate::patrol::search::anneal::{Best, change};
use crate::patrol::search::budget::Budget;
use crate::patrol::search::foreseen::{EarlierVisit, Foreseen};
use crate::patrol::search::insertion::Filler;
use crate::patrol::search::moves::Journal;
use crate::patrol::search::pool::is_near;
use crate::patrol::search::ruin::Ruined;
use crate::patrol::search::state::State;

/// So much of the budget is for the best plan; the rest for one that differs.
pub const BEST_FIRST: f64 = 0.6;
/// What a wholly expected visit costs, in average gains of a stop.
const PRICE: f64 = 0.5;
/// Temperatures at the start and the end, in average gains of a stop.
const HOT: f64 = 0.1;
const COLD_END: f64 = 0.003;

/// What a search for another plan works on.
pub struct Vary<'a> {
    /// Earlier nights, the last one first.
    pub nights: &'a [Vec<EarlierVisit>],
    /// When to end.
    pub budget: &'a Budget<'a>,
    /// Changes tried so far.
    pub done: u64,
    /// Length of the window, seconds.
    pub window_s: u32,
}

impl Vary<'_> {
    /// Changes the best plan, which the state is at; answers how many changes have been tried
    /// in all, and how many near-best plans it went through.
    pub fn run(
        &self,
        state: &mut State<'_>,
        filler: &mut Filler,
        rng: &mut ChaCha8Rng,
    ) -> (u64, usize) {
        let floor = state.worth();
        let stops: usize = (0..state.units()).map(|u| state.round(u).len()).sum();
        let a_stop = floor.value.abs() / stops.max(1) as f64;
        let candidates = state.ground.candidates as usize;
        let price = PRICE * a_stop;
        state.avoid(Foreseen::new(self.nights, candidates, self.window_s, price));
        let mut best = Best::of(state);
        let mut current = state.worth();
        let mut journal = Journal::default();
        let mut ruined = Ruined::default();
        let (mut done, mut plans) = (self.done, 0);
        loop {
            let used = self.budget.used(done);
            if used >= 1.0 {
                break;
            }
            let cooled = ((used - BEST_FIRST) / (1.0 - BEST_FIRST)).clamp(0.0, 1.0);
            let heat = HOT * (COLD_END / HOT).powf(cooled) * a_stop;
            done += 1;
            let changed = change(state, filler, &mut journal, &mut ruined, rng);
            let worth = state.worth();
            let luck: f64 = rng.random_range(1e-12..1.0);
            let taken = changed
                && is_near(state.plain_worth(), floor)
                && worth.value - current.value >= heat * luck.ln();
            if taken {
                plans += 1;
                best.changed(&journal);
                current = worth;
                if worth.value > best.worth.value + 1e-12 {
                    best.take(state);
                }
            } else {
                journal.undo(state);
            }
            journal.keep();
        }
        best.put_back(state);
        (done, plans)
    }
}
