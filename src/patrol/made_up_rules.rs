//! A made-up town with every rule at once, drawn by chance: skills, beats, breaks, ends,
//! shifts, frequencies, pins, forbidden ground, places that are not wanted, speeds by hour.
//!
//! For tests and benches: whatever a plan of such a town breaks, it breaks a rule.

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

use crate::calendar::window::WindowError;
use crate::patrol::made_up::{TownSize, block_times, made_up_snap, town};
use crate::patrol::problem::{
    ForbiddenArea, OtherPlace, Pin, PlanProblem, SpeedPiece, StopFor, UnitBreak,
};
use crate::patrol::replan::travel::snaps;
use crate::place::area::Area;
use crate::place::position::Position;

/// A town with rules, the same for the same seed.
///
/// # Errors
/// [`WindowError`] where the shift has no length.
pub fn town_with_rules(size: TownSize, seed: u64) -> Result<PlanProblem, WindowError> {
    let mut problem = town(size, seed)?;
    let mut rng = ChaCha8Rng::seed_from_u64(seed ^ 0x9e37_79b9);
    let length_ms = problem.window_s() as u32 * 1000;
    problem.places = (0..2)
        .map(|i| {
            let mut side = || rng.random_range(0.0..1.0) * size.side_m;
            OtherPlace {
                name: format!("station {i}"),
                snap: made_up_snap((side(), side()), problem.points() + i),
            }
        })
        .collect();
    let all = snaps(&problem);
    problem.travel = block_times(&all, &all);
    for unit in &mut problem.units {
        let chance = |rng: &mut ChaCha8Rng, share| rng.random_bool(share);
        if chance(&mut rng, 0.4) {
            unit.skills.push("dog".into());
        }
        if chance(&mut rng, 0.3) {
            unit.from_ms = rng.random_range(0..=length_ms / 3);
            unit.until_ms -= rng.random_range(0..=length_ms / 3);
        }
        if chance(&mut rng, 0.4) {
            unit.end = Some(rng.random_range(0..2));
        }
        if chance(&mut rng, 0.4) {
            unit.beats = Some((0..9).filter(|_| rng.random_bool(0.6)).collect());
        }
        if chance(&mut rng, 0.5) {
            let from = rng.random_range(0..length_ms);
            unit.breaks.push(UnitBreak {
                window_ms: (from, from + rng.random_range(1..3_600_000)),
                length_ms: rng.random_range(60_000..1_800_000),
                place: rng.random_bool(0.5).then(|| rng.random_range(0..2)),
            });
        }
    }
    for candidate in &mut problem.candidates {
        if rng.random_bool(0.15) {
            candidate.needs.push("dog".into());
        }
        if rng.random_bool(0.2) {
            candidate.protected = rng.random_range(0.0..1.0);
        }
    }
    for must in &mut problem.must_visits {
        if rng.random_bool(0.6) {
            let every_ms = rng.random_range(3_600_000..9_000_000);
            let since_ms = rng.random_range(0..3_600_000);
            // Some longer than the window, with any visit before it or none that is known.
            must.every_ms = Some(if every_ms % 3 == 0 {
                every_ms * 3
            } else {
                every_ms
            });
            must.since_ms = match since_ms % 4 {
                0 => None,
                1 => Some(since_ms * 6),
                _ => Some(since_ms),
            };
            if rng.random_bool(0.7) {
                must.windows_ms.clear();
            }
        }
        if rng.random_bool(0.2) {
            must.needs.push("dog".into());
        }
    }
    problem.not_these = (0..problem.candidates.len())
        .filter(|_| rng.random_bool(0.1))
        .collect();
    let corner = |rng: &mut ChaCha8Rng| rng.random_range(0.0..0.8) * size.side_m;
    let (x, y) = (corner(&mut rng), corner(&mut rng));
    problem.forbidden.extend(square(x, y, size.side_m * 0.2));
    let slow = rng.random_range(0..length_ms / 2 + 1);
    problem.speeds = vec![
        SpeedPiece {
            from_ms: 0,
            permille: rng.random_range(700..1300),
        },
        SpeedPiece {
            from_ms: slow + 1,
            permille: rng.random_range(300..1000),
        },
    ];
    problem.pins = pins(&problem, length_ms, &mut rng);
    Ok(problem)
}

fn pins(problem: &PlanProblem, length_ms: u32, rng: &mut ChaCha8Rng) -> Vec<Pin> {
    let mut pins = Vec::new();
    let units = problem.units.len();
    let unit = |rng: &mut ChaCha8Rng| {
        let by_one = units > 0 && rng.random_bool(0.6);
        by_one.then(|| rng.random_range(0..units))
    };
    for _ in 0..2 {
        if problem.candidates.is_empty() || length_ms < 2 {
            break;
        }
        let from = rng.random_range(0..length_ms / 2);
        pins.push(Pin {
            what: StopFor::Candidate(rng.random_range(0..problem.candidates.len())),
            unit: unit(rng),
            window_ms: (from, length_ms),
        });
    }
    let with_windows = |m: &usize| !problem.must_visits[*m].windows_ms.is_empty();
    if let Some(must_visit) = (0..problem.must_visits.len()).find(with_windows) {
        pins.push(Pin {
            what: StopFor::MustVisit {
                must_visit,
                window: 0,
            },
            unit: unit(rng),
            window_ms: (0, length_ms.max(1)),
        });
    }
    pins
}

/// A square with its lower left corner there, metres; none where it has no size.
fn square(x: f64, y: f64, side: f64) -> Option<ForbiddenArea> {
    let corner = |dx: f64, dy: f64| {
        let at: Position = made_up_snap((x + dx, y + dy), 0).position;
        [at.lon(), at.lat()]
    };
    let ring = vec![
        corner(0.0, 0.0),
        corner(side, 0.0),
        corner(side, side),
        corner(0.0, side),
        corner(0.0, 0.0),
    ];
    let area = Area::from_rings(&[vec![ring]]).ok()?;
    Some(ForbiddenArea {
        name: "closed ground".into(),
        area,
    })
}
