//! The sample's own generator is known, so a forecast of it can be held against the truth:
//! the intensity that the incidents were drawn from, given what had happened before.

use std::ops::ControlFlow;

use frontbeat::app::sample::process::{Process, REPEAT_DAYS, REPEAT_M};
use frontbeat::app::sample::rhythm::slow;
use frontbeat::calendar::week::HourSet;
use frontbeat::calendar::window::Window;
use frontbeat::grid::hexgrid::HexGrid;
use frontbeat::incident::record::Incident;
use frontbeat::risk::backtest::{Figure, Trial, observed, run};
use frontbeat::risk::contenders::contender;
use frontbeat::risk::model::{RiskEvent, RiskQuestion};
use frontbeat::risk::score::{Flagged, WindowScore, score};
use jiff::{SignedDuration, Timestamp};

use crate::made::district;

const WEEKS: i64 = 6;
const SHARES: [Flagged; 3] = [
    Flagged::Share(0.01),
    Flagged::Share(0.02),
    Flagged::Share(0.05),
];

/// Rings of cells that a repeat's place may be in: three deviations.
const RINGS: u32 = 3;

/// Expected events of each cell under the process, for a week, given what came before it.
/// (Repeats of events within the week itself are left out: a twentieth of all.)
fn truth(process: &Process, grid: &HexGrid, backgrounds: &[Vec<f64>], week: Window) -> Vec<f64> {
    let mut expected = vec![0.0; grid.len()];
    for (truth, background) in process.truths().iter().zip(backgrounds) {
        let season = slow(
            &truth.kind.year,
            week.start() + SignedDuration::from_hours(84),
            process.start(),
            process.zone(),
        );
        for (value, share) in expected.iter_mut().zip(background) {
            *value += truth.kind.per_day * 7.0 * season * share;
        }
        let of_kind = |i: &&Incident| i.category == truth.kind.code && i.at < week.start();
        for incident in district().incidents.iter().filter(of_kind) {
            let days = |at: Timestamp| {
                (at.as_second() - incident.at.as_second()) as f64 / 86_400.0 / REPEAT_DAYS
            };
            let due = (-days(week.start())).exp() - (-days(week.end())).exp();
            let repeats = truth.kind.repeats * due;
            let Some(own) = grid.index_at(incident.position).filter(|_| repeats > 1e-6) else {
                continue;
            };
            let near = grid.disk(own, RINGS);
            let weight = |&cell: &usize| {
                let off = incident.position.metres_to(grid.centre(cell)).0 / REPEAT_M;
                (-0.5 * off * off).exp()
            };
            let sum: f64 = near.iter().map(weight).sum();
            for cell in &near {
                expected[*cell] += repeats * weight(cell) / sum;
            }
        }
    }
    expected
}

/// Each kind's share of each cell: the streets' pieces by weight, each spread along itself.
fn backgrounds(process: &Process, grid: &HexGrid) -> Vec<Vec<f64>> {
    const SPOTS: usize = 8;
    let cells_of = |piece: usize| -> Vec<usize> {
        let piece = &process.pieces().all[piece];
        (0..SPOTS)
            .filter_map(|i| {
                let spot = piece.a.towards(piece.b, (i as f64 + 0.5) / SPOTS as f64);
                grid.index_at(spot.position())
            })
            .collect()
    };
    let cells: Vec<Vec<usize>> = (0..process.pieces().all.len()).map(cells_of).collect();
    process
        .truths()
        .iter()
        .map(|truth| {
            let mut share = vec![0.0; grid.len()];
            let total = truth.running.last().copied().unwrap();
            let mut before = 0.0;
            for (running, cells) in truth.running.iter().zip(&cells) {
                for cell in cells {
                    share[*cell] += (running - before) / total / SPOTS as f64;
                }
                before = *running;
            }
            share
        })
        .collect()
}

#[test]
fn the_mixture_comes_near_the_true_intensity() {
    let process = &district().process;
    let events: Vec<RiskEvent> = district()
        .incidents
        .iter()
        .map(|i| RiskEvent {
            position: i.position,
            at: i.at,
        })
        .collect();
    let first = process.end() - SignedDuration::from_hours(WEEKS * 168);
    let weeks: Vec<Window> = (0..WEEKS)
        .map(|w| {
            let start = first + SignedDuration::from_hours(w * 168);
            Window::new(start, start + SignedDuration::from_hours(168)).unwrap()
        })
        .collect();
    let grid = HexGrid::cover(&district().boundary, 10, &[]).unwrap();
    let (zone, hours) = (process.zone(), HourSet::full());
    let trial = Trial {
        grid: &grid,
        windows: &weeks,
        data_from: process.start(),
        hours: &hours,
        zone,
        terrain: &[],
        without: &[],
        flagged: &SHARES,
    };
    let go_on = &mut || ControlFlow::Continue(());
    let ours = run(&trial, &contender("mixture").unwrap(), &events, go_on).unwrap();

    let backgrounds = backgrounds(process, &grid);
    let oracle: Vec<WindowScore> = weeks
        .iter()
        .map(|&week| {
            let question = RiskQuestion {
                grid: &grid,
                look_back: Window::new(process.start(), week.start()).unwrap(),
                window: week,
                hours: &hours,
                zone,
                terrain: &[],
                without: &[],
            };
            score(
                week,
                &truth(process, &grid, &backgrounds, week),
                &observed(&question, &events),
                grid.area_km2(),
                &SHARES,
            )
        })
        .collect();

    let ones = [1.0; WEEKS as usize];
    let total = Figure::Total.of(&oracle, &ones).unwrap();
    assert!((0.85..1.1).contains(&total), "the oracle is off: {total}");
    let log = |windows: &[WindowScore]| Figure::LogScore.of(windows, &ones).unwrap();
    println!(
        "MEASURED log score of the mixture {:.4}, of the truth {:.4}",
        log(&ours.windows),
        log(&oracle)
    );
    assert!(log(&oracle) > log(&ours.windows), "nothing beats the truth");
    for (i, share) in SHARES.iter().enumerate() {
        let rate = |windows: &[WindowScore]| Figure::HitRate(i).of(windows, &ones).unwrap();
        let (found, best) = (rate(&ours.windows), rate(&oracle));
        println!("MEASURED hit rate at {share:?}: mixture {found:.4}, truth {best:.4}");
        assert!(found > 0.9 * best, "{share:?}: {found} of {best}");
    }
}
