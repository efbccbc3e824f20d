//! Filling gaps: of all cells near a gap, the one with the best marginal gain for the time
//! it takes, again and again until nothing fits.
//!
//! A gap's best is kept, and looked at again before it is used: its unit's times may have
//! changed, or its cell got another visit. Since gains only fall with further visits and
//! later times leave less room, a kept best is seldom too low.

use rand::RngExt;
use rand::rngs::ChaCha8Rng;

use crate::patrol::search::budget::Budget;
use crate::patrol::search::neighbours::Neighbours;
use crate::patrol::search::route::Errand;
use crate::patrol::search::state::State;

/// A delay below this counts as this: filling a wait is good, but not for free.
const LEAST_DELAY_S: f64 = 60.0;
/// So many of the gap's next stop's neighbours are looked at too.
const NEAR_NEXT: usize = 8;

/// A noise that drowns the score: what looks worthless now may be what lets a unit come back
/// to a hot cell.
pub const WILD: f64 = f64::INFINITY;

/// How choosy the filling is.
#[derive(Debug, Clone, Copy)]
pub struct Taste {
    /// Score = gain / delay^price: 1 is gain a minute, 0 gain alone.
    pub price: f64,
    /// Scores are multiplied by up to 1 ± this at random, for variety; at [`WILD`], only
    /// chance decides.
    pub noise: f64,
    /// How many of the nearest cells are looked at.
    pub near: usize,
    /// How many of the cells with the most risk for the time are looked at.
    pub promising: usize,
}

impl Taste {
    /// Gain a minute, nothing overlooked.
    pub const PLAIN: Self = Self {
        price: 1.0,
        noise: 0.0,
        near: usize::MAX,
        promising: usize::MAX,
    };
}

/// A place in a round where something may be put in.
#[derive(Debug, Clone, Copy)]
struct Gap {
    unit: usize,
    place: usize,
    best: Option<Best>,
}

#[derive(Debug, Clone, Copy)]
struct Best {
    cell: u32,
    option: u8,
    gain: f64,
    score: f64,
}

/// Fills gaps of rounds.
#[derive(Debug)]
pub struct Filler {
    /// Cells by nearness.
    pub near: Neighbours,
    /// Cells by risk for the time.
    promising: Neighbours,
    gaps: Vec<Gap>,
    errands: Vec<Errand>,
}

impl Filler {
    /// For a state's ground: at most `near` cells are looked at from a point, by nearness
    /// and by promise.
    pub fn new(state: &State<'_>, near: usize) -> Self {
        let ground = &state.ground;
        let candidates = ground.candidates;
        let risk = |cell: &u32| state.gain.ahead(*cell, 0);
        Self {
            near: Neighbours::nearest(ground, near),
            promising: Neighbours::promising(
                ground,
                near,
                (0..candidates).map(|cell| risk(&cell)).collect(),
            ),
            gaps: Vec::new(),
            errands: Vec::new(),
        }
    }

    /// Forgets the gaps of the filling before.
    pub fn begin(&mut self) {
        self.gaps.clear();
    }

    /// Opens a gap before stop `place` of a unit's round.
    pub fn open(&mut self, unit: usize, place: usize) {
        if !self.gaps.iter().any(|g| g.unit == unit && g.place == place) {
            self.gaps.push(Gap {
                unit,
                place,
                best: None,
            });
        }
    }

    /// Fills the open gaps, best score first. Stops early when the budget is used.
    pub fn fill(
        &mut self,
        state: &mut State<'_>,
        taste: Taste,
        rng: &mut ChaCha8Rng,
        budget: Option<&Budget<'_>>,
    ) {
        for i in 0..self.gaps.len() {
            if budget.is_some_and(Budget::out_of_time) {
                return;
            }
            self.gaps[i].best = self.best(state, self.gaps[i], taste, rng);
        }
        while let Some(i) = self.choose() {
            if budget.is_some_and(Budget::out_of_time) {
                return;
            }
            let Gap { unit, place, best } = self.gaps[i];
            let Some(best) = best else { return };
            let fit = state
                .ground
                .fit(unit, state.round(unit), place, errand(best));
            let now = fit.map_or(0.0, |f| state.added(unit, best.cell, best.option, &f));
            if now < best.gain * 0.999 {
                self.gaps[i].best = self.best(state, self.gaps[i], taste, rng);
                continue;
            }
            self.errands.clear();
            self.errands
                .extend(state.round(unit).iter().map(|s| s.errand));
            self.errands.insert(place, errand(best));
            if !state.set_round(unit, &self.errands) {
                self.gaps[i].best = None;
                continue;
            }
            self.shift_gaps(unit, place);
            // The two gaps that the insertion left; what fits the unit's others is looked at
            // again before it is used, and it can hardly have become better.
            for i in 0..self.gaps.len() {
                let gap = self.gaps[i];
                if gap.unit == unit && (gap.place == place || gap.place == place + 1) {
                    self.gaps[i].best = self.best(state, gap, taste, rng);
                }
            }
        }
    }

    /// After an insertion: the gap is now two, and those behind it move on.
    fn shift_gaps(&mut self, unit: usize, place: usize) {
        for gap in &mut self.gaps {
            if gap.unit == unit && gap.place > place {
                gap.place += 1;
            }
        }
        self.open(unit, place + 1);
    }

    fn choose(&self) -> Option<usize> {
        let mut chosen: Option<(usize, f64)> = None;
        for (i, gap) in self.gaps.iter().enumerate() {
            if let Some(best) = gap.best
                && chosen.is_none_or(|(_, score)| best.score > score)
            {
                chosen = Some((i, best.score));
            }
        }
        chosen.map(|(i, _)| i)
    }

    fn best(
        &mut self,
        state: &State<'_>,
        gap: Gap,
        taste: Taste,
        rng: &mut ChaCha8Rng,
    ) -> Option<Best> {
        let ground = &state.ground;
        let round = state.round(gap.unit);
        let from = match gap.place.checked_sub(1) {
            Some(before) => round.get(before)?.demand.point,
            None => gap.unit as u32,
        };
        let mut best: Option<Best> = None;
        let mut look = |cell: u32| {
            for option in 0..state.gain.options() {
                let what = Errand::Cell { cell, option };
                let Some(fit) = ground.fit(gap.unit, round, gap.place, what) else {
                    // A longer stay would fit even less.
                    return;
                };
                let gain = state.added(gap.unit, cell, option, &fit);
                let delay = f64::from(fit.delay).max(LEAST_DELAY_S);
                let mut score = if taste.price == 1.0 {
                    gain / delay
                } else {
                    gain / delay.powf(taste.price)
                };
                if taste.noise == WILD {
                    score = rng.random();
                } else if taste.noise > 0.0 {
                    score *= 1.0 + taste.noise * (rng.random::<f64>() * 2.0 - 1.0);
                }
                if gain > 0.0 && best.is_none_or(|b| score > b.score) {
                    best = Some(Best {
                        cell,
                        option,
                        gain,
                        score,
                    });
                }
            }
        };
        let near = self.near.of_unit(ground, gap.unit, from).iter();
        for &cell in near.take(taste.near) {
            look(cell);
        }
        let promising = self.promising.of_unit(ground, gap.unit, from).iter();
        for &cell in promising.take(taste.promising) {
            look(cell);
        }
        if let Some(next) = round.get(gap.place) {
            let near = self.near.of_unit(ground, gap.unit, next.demand.point);
            for &cell in near.iter().take(NEAR_NEXT) {
                look(cell);
            }
        }
        best
    }
}

fn errand(best: Best) -> Errand {
    Errand::Cell {
        cell: best.cell,
        option: best.option,
    }
}
