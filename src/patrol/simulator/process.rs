//! Which calls come: a Poisson process by cell and hour, in strata that each have their own
//! places and rhythm, and where wanted what each call triggers nearby in the days after.
//!
//! Repeats are those of the self-exciting model (`risk::hawkes`): `θ` in the mean, after an
//! exponential delay, in rings of cells, thinned by the hour's rhythm. The background is
//! lowered by `1 − θ`, so that as many calls are expected in all as the strata say. The days
//! before the start are drawn too, as if the time went round, so that the first days have
//! their share of repeats.

use rand::RngExt;
use rand::rngs::ChaCha8Rng;
use rand_distr::{Distribution, Exp1, Poisson};

use crate::grid::hexgrid::HexGrid;
use crate::incident::record::Priority;
use crate::patrol::simulator::chance::{Subject, stream};
use crate::patrol::simulator::handling::HandlingTime;
use crate::patrol::simulator::town::{SimulationFault, Stretch};
use crate::risk::hawkes::triggering::Triggering;

/// Milliseconds in an hour.
pub const HOUR_MS: u64 = 3_600_000;

const DAY_HOURS: f64 = 24.0;

/// So many mean lives of a trigger are drawn before the start: 5 leave out 0.7 %.
const LIVES_BEFORE: f64 = 5.0;

/// Calls that share their places and their hours.
#[derive(Debug, Clone, PartialEq)]
pub struct Stratum {
    /// Expected calls in each cell over all hours.
    pub expected: Vec<f64>,
    /// How the hours share them, from the start; adds up to 1.
    pub hour_shares: Vec<f64>,
    /// Shares of priority 1 and 2; the rest is 3.
    pub urgent: [f64; 2],
}

/// What calls trigger, on which grid.
#[derive(Debug, Clone, PartialEq)]
pub struct Repeats {
    /// How many, how near, how soon.
    pub triggering: Triggering,
    /// Whose rings are meant; its cells are the strata's.
    pub grid: HexGrid,
}

/// The process.
#[derive(Debug, Clone, PartialEq)]
pub struct CallProcess {
    /// At least one.
    pub strata: Vec<Stratum>,
    /// None: calls trigger nothing.
    pub repeats: Option<Repeats>,
    /// How long they take.
    pub handling: HandlingTime,
}

/// One call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Call {
    /// Since the start, milliseconds.
    pub at_ms: u64,
    /// In which cell.
    pub cell: u32,
    /// How urgent.
    pub priority: Priority,
    /// How long the unit is busy there, milliseconds.
    pub handling_ms: u64,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Event {
    at_ms: i64,
    cell: u32,
    stratum: u32,
}

impl CallProcess {
    /// Whether the parts fit each other and a number of cells and hours.
    ///
    /// # Errors
    /// [`SimulationFault::NoCalls`], [`SimulationFault::Process`],
    /// [`SimulationFault::Handling`].
    pub fn check(&self, cells: usize, hours: usize) -> Result<(), SimulationFault> {
        self.handling.check()?;
        let number = |x: &f64| x.is_finite() && *x >= 0.0;
        for stratum in &self.strata {
            let share: f64 = stratum.urgent.iter().sum();
            if stratum.expected.len() != cells
                || stratum.hour_shares.len() != hours
                || !stratum.expected.iter().all(number)
                || !stratum.hour_shares.iter().all(number)
                || !stratum.urgent.iter().all(number)
                || share > 1.0 + 1e-9
            {
                return Err(SimulationFault::Process);
            }
        }
        if let Some(repeats) = &self.repeats {
            let triggering = &repeats.triggering;
            let sound = triggering.by_ring.iter().all(number)
                && triggering.total() < 1.0
                && triggering.decay.is_finite()
                && triggering.decay > 0.0
                && repeats.grid.len() == cells;
            if !sound {
                return Err(SimulationFault::Process);
            }
        }
        let total: f64 = self.strata.iter().map(Stratum::total).sum();
        if total > 0.0 && total < 5e7 {
            Ok(())
        } else if total > 0.0 {
            Err(SimulationFault::TooManyCalls)
        } else {
            Err(SimulationFault::NoCalls)
        }
    }

    /// Expected calls in each cell over all hours, all strata together.
    pub fn expected(&self) -> Vec<f64> {
        let cells = self.strata.first().map_or(0, |s| s.expected.len());
        let mut sum = vec![0.0; cells];
        for stratum in &self.strata {
            let hours: f64 = stratum.hour_shares.iter().sum();
            for (sum, expected) in sum.iter_mut().zip(&stratum.expected) {
                *sum += expected * hours;
            }
        }
        sum
    }

    /// The calls of a seed in order of time, of a process that was checked. Those outside
    /// all of the `open` stretches are left out.
    ///
    /// # Errors
    /// [`SimulationFault::Handling`].
    pub fn draw(&self, seed: u64, open: &[Stretch]) -> Result<Vec<Call>, SimulationFault> {
        let handling = self.handling.check()?;
        let mut events = Vec::new();
        for (number, stratum) in (0u32..).zip(&self.strata) {
            let mut chance = stream(seed, Subject::Calls(number));
            self.background(stratum, number, &mut chance, &mut events);
        }
        if let Some(repeats) = &self.repeats {
            let mut chance = stream(seed, Subject::Repeats);
            self.trigger(repeats, &mut chance, &mut events);
        }
        events.sort_by_key(|e| (e.at_ms, e.cell, e.stratum));
        let mut chance = stream(seed, Subject::Details);
        let mut calls = Vec::with_capacity(events.len());
        for event in events {
            let urgent = self.strata[event.stratum as usize].urgent;
            let luck: f64 = chance.random();
            let handling_ms = handling.draw_ms(&mut chance);
            let Ok(at_ms) = u64::try_from(event.at_ms) else {
                continue;
            };
            if open.iter().any(|stretch| stretch.contains(at_ms)) {
                calls.push(Call {
                    at_ms,
                    cell: event.cell,
                    priority: if luck < urgent[0] {
                        Priority::One
                    } else if luck < urgent[0] + urgent[1] {
                        Priority::Two
                    } else {
                        Priority::Three
                    },
                    handling_ms,
                });
            }
        }
        Ok(calls)
    }

    /// Hours drawn before the start.
    fn hours_before(&self) -> i64 {
        let lives = self.repeats.as_ref().filter(|r| r.triggering.total() > 0.0);
        lives.map_or(0, |r| {
            (LIVES_BEFORE * DAY_HOURS / r.triggering.decay).ceil() as i64
        })
    }

    fn background(
        &self,
        stratum: &Stratum,
        number: u32,
        chance: &mut ChaCha8Rng,
        events: &mut Vec<Event>,
    ) {
        let running: Vec<f64> = stratum
            .expected
            .iter()
            .scan(0.0, |sum, expected| {
                *sum += expected;
                Some(*sum)
            })
            .collect();
        let total = running.last().copied().unwrap_or(0.0);
        let own = 1.0 - self.repeats.as_ref().map_or(0.0, |r| r.triggering.total());
        let hours = stratum.hour_shares.len() as i64;
        for hour in -self.hours_before()..hours {
            let mean = total * own * stratum.hour_shares[hour.rem_euclid(hours) as usize];
            // A mean that is not positive has no law, and no calls.
            let Ok(law) = Poisson::new(mean) else {
                continue;
            };
            let count: f64 = law.sample(chance);
            for _ in 0..count as u64 {
                let within = chance.random_range(0..HOUR_MS) as i64;
                let draw = chance.random::<f64>() * total;
                let cell = running.partition_point(|&sum| sum <= draw);
                events.push(Event {
                    at_ms: hour * HOUR_MS as i64 + within,
                    cell: cell.min(running.len() - 1) as u32,
                    stratum: number,
                });
            }
        }
    }

    /// Adds what the events trigger, and what that triggers.
    fn trigger(&self, repeats: &Repeats, chance: &mut ChaCha8Rng, events: &mut Vec<Event>) {
        let triggering = &repeats.triggering;
        let Some(last_hour) = self.strata.iter().map(|s| s.hour_shares.len()).max() else {
            return;
        };
        let end_ms = last_hour as i64 * HOUR_MS as i64;
        let mut next = 0;
        while let Some(&parent) = events.get(next) {
            next += 1;
            let shares = &self.strata[parent.stratum as usize].hour_shares;
            let busiest = shares.iter().copied().fold(0.0, f64::max) * shares.len() as f64;
            let Ok(law) = Poisson::new(triggering.total() * busiest) else {
                continue;
            };
            let count: f64 = law.sample(chance);
            for _ in 0..count as u64 {
                let wait: f64 = Exp1.sample(chance);
                let days = wait / triggering.decay;
                let (luck, ring_luck, cell_luck): (f64, f64, f64) =
                    (chance.random(), chance.random(), chance.random());
                let at_ms = parent.at_ms + (days * DAY_HOURS * HOUR_MS as f64) as i64;
                if at_ms >= end_ms {
                    continue;
                }
                let hour = at_ms.div_euclid(HOUR_MS as i64);
                let share = shares[hour.rem_euclid(shares.len() as i64) as usize];
                if luck * busiest >= share * shares.len() as f64 {
                    continue;
                }
                let ring = ring_by(&triggering.by_ring, ring_luck * triggering.total());
                if let Some(cell) = in_ring(&repeats.grid, parent.cell, ring, cell_luck) {
                    events.push(Event {
                        at_ms,
                        cell,
                        stratum: parent.stratum,
                    });
                }
            }
        }
    }
}

impl Stratum {
    fn total(&self) -> f64 {
        self.expected.iter().sum::<f64>() * self.hour_shares.iter().sum::<f64>()
    }
}

fn ring_by(by_ring: &[f64], mut draw: f64) -> u32 {
    for (ring, share) in (0u32..).zip(by_ring) {
        if draw < *share {
            return ring;
        }
        draw -= share;
    }
    0
}

/// A cell of a ring; none where the grid has none there (what falls outside is no call).
fn in_ring(grid: &HexGrid, cell: u32, ring: u32, luck: f64) -> Option<u32> {
    let Some(inner) = ring.checked_sub(1) else {
        return Some(cell);
    };
    let within = grid.disk(cell as usize, inner);
    let mut of_ring = grid.disk(cell as usize, ring);
    of_ring.retain(|c| within.binary_search(c).is_err());
    // A ring at the border has fewer cells than 6k: the rest of it lies outside.
    let place = (luck * f64::from(6 * ring)) as usize;
    of_ring.get(place).map(|&c| c as u32)
}

#[cfg(test)]
#[path = "process_tests.rs"]
mod tests;
