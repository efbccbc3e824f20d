//! The fit against sums over all pairs, and against simulated processes.

use jiff::{SignedDuration, Timestamp};
use rand::{RngExt, SeedableRng, rngs::ChaCha8Rng};
use rand_distr::{Distribution, Exp, Poisson};

use crate::calendar::week::HourSet;
use crate::calendar::window::Window;
use crate::grid::hexgrid::HexGrid;
use crate::grid::rings::Rings;
use crate::place::area::Area;
use crate::place::position::Position;
use crate::risk::hawkes::background::{SMOOTH, wide_kernels};
use crate::risk::hawkes::decay::{seen_offspring, seen_offspring_of_earlier, within_stretch};
use crate::risk::hawkes::fit::{Em, Fitted, fit};
use crate::risk::hawkes::history::History;
use crate::risk::hawkes::triggering::{RINGS, START, Triggering};
use crate::risk::model::{RiskEvent, RiskQuestion};
use crate::risk::past::Past;
use crate::risk::small_town;

const WEST: f64 = -95.40;
const SOUTH: f64 = 29.70;

fn city(size: f64) -> HexGrid {
    let (e, n) = (WEST + size, SOUTH + size);
    let ring = vec![[WEST, SOUTH], [e, SOUTH], [e, n], [WEST, n], [WEST, SOUTH]];
    HexGrid::cover(&Area::from_rings(&[vec![ring]]).unwrap(), 10, &[]).unwrap()
}

fn all_rings(grid: &HexGrid) -> Rings {
    let cells: Vec<usize> = (0..grid.len()).collect();
    Rings::new(grid, &cells, RINGS as u32 - 1)
}

fn history(
    grid: &HexGrid,
    events: &[RiskEvent],
    look_back: Window,
    hours: &HourSet,
    half_life_days: Option<f64>,
) -> History {
    let question = RiskQuestion {
        grid,
        look_back,
        window: Window::new(
            look_back.end(),
            look_back.end() + SignedDuration::from_hours(168),
        )
        .unwrap(),
        hours,
        zone: &small_town::zone(),
        terrain: &[],
        without: &[],
    };
    let past = Past::new(&question, events, half_life_days).unwrap();
    History::new(&question, &past, half_life_days)
}

/// A process whose truth is known.
struct Truth {
    background: Vec<f64>,
    triggering: Triggering,
    days: f64,
    /// Rate of the second half of each day over that of the first.
    night: f64,
}

impl Truth {
    /// Spots of 350 m over an even ground; `events` expected in all.
    fn new(grid: &HexGrid, triggering: Triggering, days: f64, events: f64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(99);
        let spots: Vec<Position> = (0..25)
            .map(|_| grid.centre(rng.random_range(0..grid.len())))
            .collect();
        let shape: Vec<f64> = (0..grid.len())
            .map(|i| {
                let near = |spot: &Position| {
                    let d = spot.metres_to(grid.centre(i)).0 / 350.0;
                    4.0 * (-0.5 * d * d).exp()
                };
                0.2 + spots.iter().map(near).sum::<f64>()
            })
            .collect();
        let scale = events * (1.0 - triggering.total()) / days / shape.iter().sum::<f64>();
        Self {
            background: shape.iter().map(|s| s * scale).collect(),
            triggering,
            days,
            night: 1.0,
        }
    }

    /// Background first, then each event's offspring, theirs, and so on; from 60 days
    /// before the first that is seen.
    fn simulate(
        &self,
        grid: &HexGrid,
        rings: &Rings,
        start: Timestamp,
        seed: u64,
    ) -> Vec<RiskEvent> {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut happened: Vec<(usize, f64)> = Vec::new();
        let run_in = 60.0;
        let days = self.days + run_in;
        for (cell, rate) in self.background.iter().enumerate() {
            let n = Poisson::new(rate * days).unwrap().sample(&mut rng) as usize;
            for _ in 0..n {
                let day = (days * rng.random::<f64>()).floor();
                let late = rng.random::<f64>() < self.night / (1.0 + self.night);
                let half = 0.5 * rng.random::<f64>() + if late { 0.5 } else { 0.0 };
                happened.push((cell, day + half));
            }
        }
        let lag = Exp::new(self.triggering.decay).unwrap();
        let mut next = 0;
        while next < happened.len() {
            let (cell, at) = happened[next];
            next += 1;
            for ring in 0..RINGS {
                let mean = self.triggering.by_ring[ring];
                let n = match mean > 0.0 {
                    true => Poisson::new(mean).unwrap().sample(&mut rng) as usize,
                    false => 0,
                };
                for _ in 0..n {
                    let to = rng.random_range(0..Rings::whole(ring) as usize);
                    let when = at + lag.sample(&mut rng);
                    // Outside the grid, or later than anybody looked: lost.
                    if let Some(&to) = rings.ring(cell, ring).get(to)
                        && when < days
                    {
                        happened.push((to as usize, when));
                    }
                }
            }
        }
        happened
            .into_iter()
            .filter(|(_, at)| *at >= run_in)
            .map(|(cell, at)| RiskEvent {
                position: grid.centre(cell),
                at: start + SignedDuration::from_millis(((at - run_in) * 86_400_000.0) as i64),
            })
            .collect()
    }
}

fn assert_recovers(truth: &Truth, fitted: &Fitted, grid: &HexGrid, what: &str) {
    let within = |found: f64, wanted: f64, share: f64, name: &str| {
        assert!(
            (found / wanted - 1.0).abs() < share,
            "{what}: {name} {found} for {wanted} after {} steps",
            fitted.steps
        );
    };
    let sum = |values: &[f64]| values.iter().sum::<f64>();
    within(
        fitted.triggering.total(),
        truth.triggering.total(),
        0.1,
        "θ",
    );
    within(fitted.triggering.decay, truth.triggering.decay, 0.2, "ω");
    within(
        sum(&fitted.background),
        sum(&truth.background),
        0.1,
        "μ in all",
    );
    // By quarters of the town, and in the busiest twentieth of the cells.
    let mut order: Vec<usize> = (0..grid.len()).collect();
    order.sort_by(|&a, &b| truth.background[b].total_cmp(&truth.background[a]));
    let of = |values: &[f64], cells: &[usize]| cells.iter().map(|&c| values[c]).sum::<f64>();
    let busiest = &order[..order.len() / 20];
    within(
        of(&fitted.background, busiest),
        of(&truth.background, busiest),
        0.15,
        "μ of the busiest",
    );
}

fn start() -> Timestamp {
    "2010-01-01T06:00Z".parse().unwrap() // local midnight
}

fn days(n: i64) -> Window {
    Window::new(start(), start() + SignedDuration::from_hours(24 * n)).unwrap()
}

#[test]
fn a_simulated_process_is_recovered() {
    let grid = city(0.1);
    let rings = all_rings(&grid);
    let triggering = Triggering {
        by_ring: [0.12, 0.1, 0.06, 0.02],
        decay: 0.2,
    };
    let mut truth = Truth::new(&grid, triggering, 365.0, 20_000.0);
    truth.night = 2.0;
    let events = truth.simulate(&grid, &rings, start(), 1);
    assert!((18_000..22_000).contains(&events.len()), "{}", events.len());
    let history = history(&grid, &events, days(365), &HourSet::full(), None);
    let fitted = fit(&grid, &rings, &history);
    assert_recovers(&truth, &fitted, &grid, "20k events");
    let night: f64 = (12..24).map(|h| fitted.rhythm.of(h)).sum();
    let day: f64 = (0..12).map(|h| fitted.rhythm.of(h)).sum();
    assert!((night / day / 2.0 - 1.0).abs() < 0.1, "{night} {day}");
}

#[test]
fn little_triggering_is_found_and_none_is_not_made_up() {
    let grid = city(0.06);
    let rings = all_rings(&grid);
    for (by_ring, least, most) in [
        ([0.03, 0.025, 0.015, 0.0], 0.05, 0.1),
        ([0.0; RINGS], 0.0, 0.08),
    ] {
        let triggering = Triggering {
            by_ring,
            decay: 0.5,
        };
        let truth = Truth::new(&grid, triggering, 365.0, 8000.0);
        let events = truth.simulate(&grid, &rings, start(), 7);
        let history = history(&grid, &events, days(365), &HourSet::full(), None);
        let fitted = fit(&grid, &rings, &history).triggering;
        let theta = fitted.total();
        assert!((least..most).contains(&theta), "{theta} for {by_ring:?}");
        // Misfit of the background is far-spread; what repeats is near.
        let near = fitted.by_ring[0] + fitted.by_ring[1];
        assert_eq!(near > 0.03, by_ring[0] > 0.0, "{fitted:?}");
    }
}

#[test]
fn mere_dates_and_forgetting_still_show_the_process() {
    let grid = city(0.06);
    let rings = all_rings(&grid);
    let triggering = Triggering {
        by_ring: [0.15, 0.1, 0.05, 0.0],
        decay: 0.3,
    };
    let truth = Truth::new(&grid, triggering, 365.0, 9000.0);
    let mut events = truth.simulate(&grid, &rings, start(), 3);
    let of = |events: &[RiskEvent], half_life_days| {
        let history = history(&grid, events, days(365), &HourSet::full(), half_life_days);
        (fit(&grid, &rings, &history), history)
    };
    let (forgetful, _) = of(&events, Some(120.0));
    let background: f64 = truth.background.iter().sum();
    let found: f64 = forgetful.background.iter().sum();
    assert!(
        (forgetful.triggering.total() / 0.3 - 1.0).abs() < 0.2,
        "{:?}",
        forgetful.triggering
    );
    assert!(
        (found / background - 1.0).abs() < 0.15,
        "{found} for {background}"
    );
    for event in &mut events {
        let local = small_town::zone()
            .to_datetime(event.at)
            .date()
            .at(12, 0, 0, 0);
        event.at = small_town::zone().to_timestamp(local).unwrap();
    }
    let (dated, history) = of(&events, None);
    assert!(history.dates_only);
    // Offspring of the same day is lost to the background: E e^(−ω(1−u)) is left.
    let left = 0.3 * (1.0 - (-0.3f64).exp()) / 0.3;
    assert!(
        (dated.triggering.total() / left - 1.0).abs() < 0.12,
        "{:?}",
        dated.triggering
    );
    assert!(
        (dated.triggering.decay / 0.3 - 1.0).abs() < 0.3,
        "{:?}",
        dated.triggering
    );
    // Nights only: a third of each event, of a clock that runs a third of the time.
    let nights: HourSet = (0..168).filter(|h| h % 24 < 8).collect();
    let history = self::history(&grid, &events, days(365), &nights, None);
    let third = fit(&grid, &rings, &history);
    assert!((history.length * 3.0 - 365.0).abs() < 1.0);
    let third = third.background.iter().sum::<f64>();
    assert!(
        (third / dated.background.iter().sum::<f64>() - 1.0).abs() < 0.1,
        "{third}"
    );
}

/// Every pair of events by itself; the others' background likewise.
#[test]
fn a_step_is_the_sum_over_all_pairs() {
    let grid = small_town::grid(10);
    let rings = all_rings(&grid);
    let over = days(60);
    let mut events = small_town::events(400, over, 21);
    events.extend(events.clone().into_iter().take(30)); // the same instants again
    let dates: Vec<RiskEvent> = (events.iter())
        .map(|event| {
            let local = small_town::zone()
                .to_datetime(event.at)
                .date()
                .at(12, 0, 0, 0);
            RiskEvent {
                at: small_town::zone().to_timestamp(local).unwrap(),
                ..*event
            }
        })
        .collect();
    let nights: HourSet = (0..168).filter(|h| h % 24 < 8).collect();
    for (events, hours, half_life_days, decay) in [
        (&events, HourSet::full(), None, 0.2),
        (&events, nights.clone(), Some(30.0), 24.0),
        (&dates, HourSet::full(), Some(20.0), 0.7),
        (&dates, nights, None, 3.0),
    ] {
        let history = history(&grid, events, over, &hours, half_life_days);
        let kernels = wide_kernels(&grid);
        let mut em = Em::new(&grid, &rings, &history, &kernels, START);
        em.triggering.decay = decay;
        em.rhythm = em.rhythm_of_background();
        let (before, by_ring) = (em.background.clone(), em.triggering.by_ring);
        let parts = em.parts;
        em.widen();
        let cell_m2 = 1e6 * grid.area_km2().iter().sum::<f64>() / grid.len() as f64;
        let cells = 0..grid.len() as u32;
        let kernel = |h: f64, a: u32, b: u32| {
            let d = grid.centre(a as usize).metres_to(grid.centre(b as usize)).0 / h;
            if d < 1.0 { (1.0 - d * d).powi(2) } else { 0.0 }
        };
        let wides = [3.0, 6.0].map(|spacings| spacings * (cell_m2 * 2.0 / 3f64.sqrt()).sqrt());
        let wide_sums = wides.map(|h| -> Vec<f64> {
            let sum = |a| cells.clone().map(|b| kernel(h, a, b)).sum();
            cells.clone().map(sum).collect()
        });
        let surfaces = em.surfaces();
        let found = em.expect(&surfaces);

        let all = &history.happenings;
        let ring_between =
            |a: u32, b: u32| (0..RINGS).find(|&r| rings.ring(a as usize, r).contains(&b));
        let kernel_sum = |c: u32| -> f64 {
            (0..RINGS)
                .map(|r| SMOOTH[r] * rings.ring(c as usize, r).len() as f64)
                .sum()
        };
        let area: f64 = grid.area_km2().iter().sum();
        let mass: f64 = all.iter().zip(&before).map(|(h, b)| h.weight * b).sum();
        let (mut triggered, mut lags) = ([0.0; RINGS], 0.0);
        for (i, target) in all.iter().enumerate() {
            let mut wide = [0.0; 2];
            let (mut others, mut own, mut of_ring, mut of_lags) = (0.0, 0.0, [0.0; RINGS], 0.0);
            for (j, source) in all.iter().enumerate() {
                for k in 0..2 {
                    let share = kernel(wides[k], source.cell, target.cell);
                    wide[k] +=
                        source.weight * before[j] * share / wide_sums[k][source.cell as usize];
                }
                let Some(ring) = ring_between(source.cell, target.cell) else {
                    continue;
                };
                if i != j && ring == 0 {
                    own += source.weight * before[j];
                }
                if i != j {
                    others += source.weight * before[j] * SMOOTH[ring] / kernel_sum(source.cell);
                }
                let earlier = if history.dates_only {
                    source.start + source.length <= target.start
                } else {
                    source.start < target.start
                };
                if earlier {
                    let lag = target.start - source.start - source.length;
                    // Means over the target's stretch, by summing up thin slices.
                    let slices = if target.length > 0.0 { 4000 } else { 1 };
                    let (mut density, mut moment) = (0.0, 0.0);
                    for slice in 0..slices {
                        let u = lag + target.length * (f64::from(slice) + 0.5) / f64::from(slices);
                        let u = if target.length > 0.0 { u } else { lag };
                        let value = decay * (-decay * u).exp() / f64::from(slices);
                        density += value;
                        moment += value * u;
                    }
                    let each = source.share * by_ring[ring] / Rings::whole(ring);
                    of_ring[ring] += each * density;
                    of_lags += each * moment;
                }
            }
            let level = em.relative(target.hour) / history.exposure;
            // Those before the look-back, at each cell's mean rate.
            for source in all {
                let Some(ring) = ring_between(source.cell, target.cell) else {
                    continue;
                };
                let rate = source.share / history.length * by_ring[ring] / Rings::whole(ring);
                let slices = if target.length > 0.0 { 4000 } else { 1 };
                for slice in 0..slices {
                    let part = (f64::from(slice) + 0.5) / f64::from(slices);
                    let u = target.start + target.length * part;
                    let value = rate * (-decay * u).exp() / f64::from(slices);
                    of_ring[ring] += value;
                    of_lags += value * (u + 1.0 / decay);
                }
            }
            let even = mass * grid.area_km2()[target.cell as usize] / area;
            for k in 0..2 {
                let own = 3.0 * cell_m2 / (std::f64::consts::PI * wides[k] * wides[k]);
                wide[k] = (wide[k] - target.weight * before[i] * own).max(0.0);
            }
            let surfaces = [even, wide[0], wide[1], others, own];
            let background: f64 =
                level * surfaces.iter().zip(parts).map(|(s, p)| s * p).sum::<f64>();
            let sum = background + of_ring.iter().sum::<f64>();
            let wanted = background / sum;
            assert!(
                (em.background[i] - wanted).abs() < 1e-6,
                "{} {wanted}",
                em.background[i]
            );
            for (sum_of, of) in triggered.iter_mut().zip(of_ring) {
                *sum_of += target.weight * of / sum;
            }
            lags += target.weight * of_lags / sum;
        }
        for (found, wanted) in found.triggered.iter().zip(triggered) {
            assert!(
                (found - wanted).abs() < 1e-5 * (1.0 + wanted),
                "{found} {wanted}"
            );
        }
        assert!(
            (found.lags - lags).abs() < 1e-5 * (1.0 + lags),
            "{} {lags}",
            found.lags
        );
        assert!(triggered[0] > 0.0 && lags > 0.0);
    }
}

#[test]
fn offspring_seen_before_the_cut_off() {
    for (decay, forgetting, left) in [
        (0.2, 0.0, 30.0),
        (0.2, 0.05, 3.0),
        (0.05, 0.2, 20.0),
        (0.1, 0.1, 9.0),
    ] {
        let integral = |decay: f64| {
            let slices = 20_000;
            let width = left / f64::from(slices);
            (0..slices)
                .map(|i| (f64::from(i) + 0.5) * width)
                .map(|u| width * decay * ((forgetting - decay) * u).exp())
                .sum::<f64>()
        };
        let (seen, slope) = seen_offspring(decay, forgetting, left);
        assert!((seen - integral(decay)).abs() < 1e-6, "{seen}");
        let wanted = (integral(decay + 1e-4) - integral(decay - 1e-4)) / 2e-4;
        assert!(
            (slope - wanted).abs() < 1e-4 * (1.0 + wanted.abs()),
            "{slope} {wanted}"
        );
    }
    for (decay, forgetting, length) in [(0.2, 0.0, 30.0), (0.1, 0.02, 9.0), (0.1, 0.1, 20.0)] {
        let integral = |decay: f64| {
            let slices = 20_000;
            let width = length / f64::from(slices);
            (0..slices)
                .map(|i| (f64::from(i) + 0.5) * width)
                .map(|t| width * (-decay * t - forgetting * (length - t)).exp())
                .sum::<f64>()
        };
        let (seen, slope) = seen_offspring_of_earlier(decay, forgetting, length);
        assert!((seen - integral(decay)).abs() < 1e-6, "{seen}");
        let wanted = (integral(decay + 1e-4) - integral(decay - 1e-4)) / 2e-4;
        assert!((slope / wanted - 1.0).abs() < 1e-3, "{slope} {wanted}");
    }
    let (mean, later) = within_stretch(2.0, 1e-7);
    let (limit, half) = within_stretch(2.0, 1e-5);
    assert!((mean - limit).abs() < 1e-4 && later < 1e-7 && (half - 5e-6).abs() < 1e-8);
}
