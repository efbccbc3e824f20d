//! Expectation and maximisation (Mohler et al. 2015) of the process
//!
//! `λ_c(t) = μ_c · ν(hour of week) + Σ_j Θ_ring · ω e^(−ω(t − t_j)) / cells of a whole ring`
//!
//! with `Θ_0 … Θ_3` the events that one event triggers in each ring of cells, `θ` their sum.
//!
//! * `μ` is a mixture of surfaces of the events' background shares: even, by two wide
//!   kernels, by one of about one cell, and each cell's own (an address where things happen again
//!   and again over years triggers nothing; where little happens, only the wide kernels have
//!   much to say). An event is judged by the surface of the *others*: with itself in it,
//!   the background would swallow the triggering whole.
//! * Triggering must beat the process without any by BIC; else there is none. (A background
//!   that none of the kernels fits still shows as a θ of up to 0.06, slow and far-spread.)
//! * Sums over earlier events are kept cell by cell and fade together, `e^(−ωΔt)` being
//!   the same for all of them. So a step costs 37 additions an event, whatever the number
//!   of pairs, and nothing need be cut off in time.
//! * Before the look-back it was no quieter: each cell starts with the faded events of its
//!   mean rate. Else the process would seem to grow, and the forecast be too high.
//! * Where only dates are known, triggers start at the end of their event's day: what is
//!   triggered on the same day can't be told from background, and counts as such.
//! * Triggers that fall outside the grid are lost, and are not held against the model: each
//!   ring counts the share of it that lies in the grid.

use rayon::prelude::*;

use crate::calendar::week::HOURS;
use crate::grid::hexgrid::HexGrid;
use crate::grid::rings::Rings;
use crate::place::position::Position;
use crate::risk::hawkes::background::{SMOOTH, WIDE, Wide, wide_kernels};
use crate::risk::hawkes::decay::{
    Faded, seen_offspring, seen_offspring_of_earlier, within_stretch,
};
use crate::risk::hawkes::history::History;
use crate::risk::hawkes::triggering::{RINGS, START, Triggering, relaxed};
use crate::risk::kernel::Quartic;
use crate::risk::past::SHORTEST_RHYTHM_MS;
use crate::risk::rhythm::Rhythm;

/// Parts of the background: even, the wide ones, smooth, each cell's own.
const PARTS: usize = WIDE.len() + 3;

/// Background events that are taken to have been seen in each part before any data.
const PRIOR_PARTS: [f64; PARTS] = [0.5, 2.0, 2.0, 4.5, 1.0];

/// Events without offspring that are taken to have been seen before any data.
const PRIOR_EVENTS: f64 = 10.0;

/// Steps; what creeps on after them is a ridge whose ends forecast alike.
const MOST_STEPS: usize = 100;

/// Gain of the whole log-likelihood that no statistic could tell from none.
const NO_GAIN: f64 = 2e-3;

/// Parameters of the triggering.
const FREE: f64 = RINGS as f64 + 1.0;

/// The process as fitted.
#[derive(Debug, Clone, PartialEq)]
pub struct Fitted {
    /// `μ`: background events a wanted day in each cell.
    pub background: Vec<f64>,
    /// `ν`.
    pub rhythm: Rhythm,
    /// `Θ` and `ω`.
    pub triggering: Triggering,
    /// By cell: its events, each faded to the cut-off by `e^(−ω age)`; where only dates are
    /// known, the mean of that over its day.
    pub faded: Vec<f64>,
    /// Steps taken.
    pub steps: usize,
}

/// Fits the process. `rings` are those of all cells of the grid, three or more.
pub fn fit(grid: &HexGrid, rings: &Rings, history: &History) -> Fitted {
    let kernels = wide_kernels(grid);
    let mut em = Em::new(grid, rings, history, &kernels, START);
    if history.happenings.is_empty() {
        return em.finish(0);
    }
    let mut without = Em::new(grid, rings, history, &kernels, Triggering::NONE);
    let (steps, steps_without) = rayon::join(|| em.run(), || without.run());
    let events = history.happenings.len() as f64;
    let wins = em.log_likelihood - without.log_likelihood > 0.5 * FREE * events.ln();
    if wins {
        em.finish(steps)
    } else {
        without.finish(steps_without)
    }
}

/// The state of the iteration, over the cells that have events ("active").
struct Em<'a> {
    grid: &'a HexGrid,
    rings: &'a Rings,
    history: &'a History,
    /// Active cells, ascending.
    active: Vec<usize>,
    /// The active cell of each event.
    place: Vec<u32>,
    /// Active cells near each active cell: ring `r` of `a` at `starts[4a + r]`.
    starts: Vec<u32>,
    near: Vec<u32>,
    /// By active cell: share of each ring that lies in the grid.
    in_grid: Vec<[f64; RINGS]>,
    /// By active cell: one over the sum of its kernel over the grid.
    per_kernel: Vec<f64>,
    /// By active cell: its events a day.
    per_day: Vec<f64>,
    /// By event: the probability that it is background.
    background: Vec<f64>,
    /// Share of each part of the background; they sum to 1.
    parts: [f64; PARTS],
    rhythm: Rhythm,
    triggering: Triggering,
    /// Weighted offspring that events would be seen to have in each ring, were it one each.
    could: [f64; RINGS],
    /// Weighted sum of the logarithm of the intensity at the events, each by the others.
    log_likelihood: f64,
    positions: Vec<Position>,
    wide: [Wide<'a>; WIDE.len()],
}

/// What a pass over the events finds.
#[derive(Default)]
struct Found {
    triggered: [f64; RINGS],
    /// Weighted lags of the triggered, days.
    lags: f64,
    /// Weighted events of each part of the background.
    parts: [f64; PARTS],
    log_likelihood: f64,
}

/// Surfaces of the background's events at the active cells.
struct Surfaces {
    smooth: Vec<f64>,
    own: Vec<f64>,
}

impl<'a> Em<'a> {
    fn new(
        grid: &'a HexGrid,
        rings: &'a Rings,
        history: &'a History,
        kernels: &'a [(Quartic<'a>, f64); WIDE.len()],
        triggering: Triggering,
    ) -> Self {
        let mut active: Vec<usize> = history.happenings.iter().map(|h| h.cell as usize).collect();
        active.sort_unstable();
        active.dedup();
        let mut place_of = vec![u32::MAX; grid.len()];
        for (place, &cell) in active.iter().enumerate() {
            place_of[cell] = place as u32;
        }
        let (mut starts, mut near) = (Vec::with_capacity(RINGS * active.len() + 1), Vec::new());
        let (mut in_grid, mut per_kernel) = (Vec::new(), Vec::new());
        for &cell in &active {
            let mut kernel = 0.0;
            let mut share = [0.0; RINGS];
            for r in 0..RINGS {
                starts.push(near.len() as u32);
                let ring = rings.ring(cell, r);
                near.extend(
                    ring.iter()
                        .map(|&c| place_of[c as usize])
                        .filter(|&p| p != u32::MAX),
                );
                share[r] = ring.len() as f64 / Rings::whole(r);
                kernel += SMOOTH[r] * ring.len() as f64;
            }
            in_grid.push(share);
            per_kernel.push(1.0 / kernel);
        }
        starts.push(near.len() as u32);
        let mut per_day = vec![0.0; active.len()];
        for happening in &history.happenings {
            let place = place_of[happening.cell as usize] as usize;
            per_day[place] += happening.share / history.length.max(f64::MIN_POSITIVE);
        }
        Self {
            grid,
            rings,
            history,
            place: (history.happenings.iter())
                .map(|h| place_of[h.cell as usize])
                .collect(),
            per_day,
            active,
            starts,
            near,
            in_grid,
            per_kernel,
            background: vec![1.0 - triggering.total(); history.happenings.len()],
            parts: [0.1, 0.2, 0.2, 0.2, 0.3],
            rhythm: Rhythm::flat(),
            triggering,
            could: [0.0; RINGS],
            log_likelihood: f64::NEG_INFINITY,
            positions: (history.happenings.iter())
                .map(|h| grid.centre(h.cell as usize))
                .collect(),
            wide: std::array::from_fn(|k| Wide {
                kernel: &kernels[k].0,
                surface: Vec::new(),
                own: kernels[k].1,
            }),
        }
    }

    /// Steps until nothing changes; how many it took.
    fn run(&mut self) -> usize {
        for step in 1..=MOST_STEPS {
            let before = (self.triggering, self.log_likelihood);
            // Rhythm and wide surfaces hardly move: they are renewed at steps 1, 2, 4, 8…
            if step.is_power_of_two() {
                self.widen();
                self.rhythm = self.rhythm_of_background();
            }
            self.step();
            let gain = self.log_likelihood - before.1;
            let still = before.0.is_near(&self.triggering) || gain.abs() < NO_GAIN;
            if step > 5 && still {
                return step;
            }
        }
        MOST_STEPS
    }

    fn widen(&mut self) {
        let weights = self.background_weights();
        for wide in &mut self.wide {
            let mass = wide.kernel.spread(&self.positions, &weights).mass;
            wide.surface = self.active.iter().map(|&cell| mass[cell]).collect();
        }
    }

    fn background_weights(&self) -> Vec<f64> {
        (self.history.happenings.iter().zip(&self.background))
            .map(|(h, share)| h.weight * share)
            .collect()
    }

    /// Active cells in a ring round an active cell.
    fn ring(&self, place: usize, r: usize) -> &[u32] {
        let at = RINGS * place + r;
        &self.near[self.starts[at] as usize..self.starts[at + 1] as usize]
    }

    fn step(&mut self) {
        let surfaces = self.surfaces();
        let found = self.expect(&surfaces);
        self.maximise(&found);
    }

    /// Background events by active cell.
    fn own(&self) -> Vec<f64> {
        let mut own = vec![0.0; self.active.len()];
        for (i, happening) in self.history.happenings.iter().enumerate() {
            own[self.place[i] as usize] += happening.weight * self.background[i];
        }
        own
    }

    fn surfaces(&self) -> Surfaces {
        let own = self.own();
        let sources: Vec<f64> = own
            .iter()
            .zip(&self.per_kernel)
            .map(|(m, k)| m * k)
            .collect();
        let smooth = (0..self.active.len())
            .into_par_iter()
            .map(|place| {
                (0..RINGS)
                    .map(|r| {
                        let ring = self.ring(place, r).iter();
                        SMOOTH[r] * ring.map(|&p| sources[p as usize]).sum::<f64>()
                    })
                    .sum()
            })
            .collect();
        Surfaces { smooth, own }
    }

    fn background_events(&self) -> f64 {
        (self.history.happenings.iter().zip(&self.background))
            .map(|(h, share)| h.weight * share)
            .sum()
    }

    fn rhythm_of_background(&self) -> Rhythm {
        if self.history.time.iter().sum::<f64>() * 86_400_000.0 < SHORTEST_RHYTHM_MS {
            return Rhythm::flat();
        }
        let mut counts = [0.0; HOURS];
        for (happening, share) in self.history.happenings.iter().zip(&self.background) {
            let hours = self.history.hours_of(happening.hour);
            let wanted = || hours.clone().filter(|&h| self.history.time[h] > 0.0);
            let each = happening.weight * share / wanted().count().max(1) as f64;
            for hour in wanted() {
                counts[hour] += each;
            }
        }
        Rhythm::fit(&counts, &self.history.time)
    }

    /// How much more than in the mean hour happens in the hours of an event.
    fn relative(&self, hour: u8) -> f64 {
        let hours = self.history.hours_of(hour);
        let time: f64 = self.history.time[hours.clone()].iter().sum();
        let sum: f64 = hours
            .map(|h| self.rhythm.of(h) * self.history.time[h])
            .sum();
        if time > 0.0 { sum / time } else { 1.0 }
    }

    /// Sets each event's background probability, and sums up what was triggered.
    fn expect(&mut self, surfaces: &Surfaces) -> Found {
        let history = self.history;
        let area: f64 = self.grid.area_km2().iter().sum();
        let even_per_km2 = self.background_events() / area;
        let Triggering { by_ring, decay } = self.triggering;
        let rates: [f64; RINGS] = std::array::from_fn(|r| by_ring[r] / Rings::whole(r) * decay);
        let relative: [f64; HOURS] = std::array::from_fn(|hour| self.relative(hour as u8));
        let mut found = Found::default();
        let rings = if by_ring.iter().sum::<f64>() > 0.0 {
            RINGS
        } else {
            0
        };
        let mut faded = Faded::steady(&self.per_day, decay);
        let mut source = 0;
        for i in 0..history.happenings.len() {
            let target = history.happenings[i];
            while source < i && history.is_over(&history.happenings[source], &target) {
                let over = history.happenings[source];
                faded.add(
                    self.place[source] as usize,
                    over.start + over.length,
                    over.share,
                );
                source += 1;
            }
            let place = self.place[i] as usize;
            faded.move_to(target.start);
            let (within, later) = within_stretch(decay, target.length);
            let scale = faded.scale(target.start) * within;
            let mut of_ring = [0.0; RINGS];
            let mut lags = 0.0;
            for r in 0..rings {
                let (mut sum, mut moment) = (0.0, 0.0);
                for &near in self.ring(place, r) {
                    let [s, m] = faded.sums[near as usize];
                    sum += s;
                    moment += m;
                }
                let rate = rates[r] * scale;
                of_ring[r] = rate * sum;
                lags += rate * ((target.start - faded.reference + later) * sum - moment);
            }
            let itself = target.weight * self.background[i];
            let smooth = surfaces.smooth[place] - itself * SMOOTH[0] * self.per_kernel[place];
            let even = even_per_km2 * self.grid.area_km2()[self.active[place]];
            let own = surfaces.own[place] - itself;
            let level = relative[usize::from(target.hour)] / history.exposure;
            let [near, far] =
                [0, 1].map(|k| self.wide[k].surface[place] - itself * self.wide[k].own);
            let parts: [f64; PARTS] = [even, near, far, smooth, own].map(|part| part.max(0.0));
            let parts: [f64; PARTS] = std::array::from_fn(|k| level * self.parts[k] * parts[k]);
            let background: f64 = parts.iter().sum();
            let triggered: f64 = of_ring.iter().sum();
            let all = background + triggered;
            if all > 0.0 && all.is_finite() {
                self.background[i] = background / all;
                let weight = target.weight / all;
                found.log_likelihood += target.weight * all.ln();
                for (sum, of_ring) in found.triggered.iter_mut().zip(of_ring) {
                    *sum += weight * of_ring;
                }
                found.lags += weight * lags;
                for (sum, part) in found.parts.iter_mut().zip(parts) {
                    *sum += weight * part;
                }
            } else {
                self.background[i] = 1.0;
            }
        }
        found
    }

    fn maximise(&mut self, found: &Found) {
        let history = self.history;
        self.log_likelihood = found.log_likelihood;
        let parts: [f64; PARTS] = std::array::from_fn(|k| found.parts[k] + PRIOR_PARTS[k]);
        let sum: f64 = parts.iter().sum();
        let parts: [f64; PARTS] = std::array::from_fn(|k| relaxed(self.parts[k], parts[k] / sum));
        let sum: f64 = parts.iter().sum();
        self.parts = parts.map(|part| part / sum);
        if self.triggering.total() <= 0.0 {
            return;
        }
        let Triggering { decay, .. } = self.triggering;
        let (mut could, mut held_back) = ([0.0; RINGS], 0.0);
        for (i, happening) in history.happenings.iter().enumerate() {
            let left = (history.length - happening.start - happening.length).max(0.0);
            let (seen, slope) = seen_offspring(decay, history.forgetting, left);
            let in_grid = &self.in_grid[self.place[i] as usize];
            for r in 0..RINGS {
                could[r] += happening.weight * seen * in_grid[r];
                held_back += happening.weight * slope * in_grid[r] * self.triggering.by_ring[r];
            }
        }
        let (seen, slope) = seen_offspring_of_earlier(decay, history.forgetting, history.length);
        for (per_day, in_grid) in self.per_day.iter().zip(&self.in_grid) {
            for r in 0..RINGS {
                could[r] += per_day * seen * in_grid[r];
                held_back += per_day * slope * in_grid[r] * self.triggering.by_ring[r];
            }
        }
        self.could = could;
        let triggered: f64 = found.triggered.iter().sum();
        let wanted = Triggering {
            by_ring: std::array::from_fn(|r| found.triggered[r] / (could[r] + PRIOR_EVENTS)),
            decay: triggered / (found.lags + held_back),
        };
        self.triggering = self.triggering.towards(&wanted, history.length);
    }

    /// What makes the process expect as many events in the look-back as there were: 1 where
    /// the iteration has come to its end, near it where it was cut short or the triggering
    /// is held at a limit.
    fn background_scale(&self) -> f64 {
        let events: f64 = self.history.happenings.iter().map(|h| h.weight).sum();
        let offspring = self.triggering.by_ring.iter().zip(self.could);
        let offspring: f64 = offspring.map(|(theta, could)| theta * could).sum();
        let scale = (events - offspring) / self.background_events();
        if scale.is_finite() {
            scale.max(0.0)
        } else {
            1.0
        }
    }

    fn finish(self, steps: usize) -> Fitted {
        let mut background = vec![0.0; self.grid.len()];
        let mut faded = vec![0.0; self.grid.len()];
        if self.history.exposure > 0.0 {
            let [even, near, far, smooth, sharp] = self.parts;
            let weights = self.background_weights();
            for (wide, part) in self.wide.iter().zip([near, far]) {
                let mass = wide.kernel.spread(&self.positions, &weights).mass;
                for (mu, mass) in background.iter_mut().zip(mass) {
                    *mu += part * mass;
                }
            }
            let area: f64 = self.grid.area_km2().iter().sum();
            let even_per_km2 = even * self.background_events() / area;
            for (mu, area) in background.iter_mut().zip(self.grid.area_km2()) {
                *mu += even_per_km2 * area;
            }
            for ((&cell, own), per_kernel) in
                self.active.iter().zip(self.own()).zip(&self.per_kernel)
            {
                background[cell] += sharp * own;
                for (r, level) in SMOOTH.iter().enumerate() {
                    for &near in self.rings.ring(cell, r) {
                        background[near as usize] += smooth * level * own * per_kernel;
                    }
                }
            }
            let scale = self.background_scale() / self.history.exposure;
            for mu in &mut background {
                *mu *= scale;
            }
        }
        for happening in &self.history.happenings {
            let age = (self.history.length - happening.start - happening.length).max(0.0);
            // From here on time is continuous: a day's event is spread over its day, or all
            // would begin to trigger at once when the day ends.
            let (spread, _) = within_stretch(self.triggering.decay, happening.length);
            faded[happening.cell as usize] +=
                happening.share * spread * (-self.triggering.decay * age).exp();
        }
        Fitted {
            background,
            rhythm: self.rhythm,
            triggering: self.triggering,
            faded,
            steps,
        }
    }
}

#[cfg(test)]
#[path = "fit_tests.rs"]
mod tests;
