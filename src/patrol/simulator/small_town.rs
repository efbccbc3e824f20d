//! Tiny towns for tests: a street with a place every so many seconds, one cell a place, and
//! drawn towns on real streets.

use crate::grid::hexgrid::HexGrid;
use crate::incident::record::Priority;
use crate::patrol::made_up::{self, TownSize};
use crate::patrol::problem::Candidate;
use crate::patrol::simulator::handling::HandlingTime;
use crate::patrol::simulator::history::History;
use crate::patrol::simulator::idle::Plans;
use crate::patrol::simulator::movement::Movement;
use crate::patrol::simulator::plans::ShiftToPlan;
use crate::patrol::simulator::policy::Policy;
use crate::patrol::simulator::process::{Call, CallProcess, HOUR_MS, Stratum};
use crate::patrol::simulator::replan::PlaceIndex;
use crate::patrol::simulator::run::{Case, run};
use crate::patrol::simulator::settings::SimulationSettings;
use crate::patrol::simulator::town::{Crew, Stretch, Town, TownCell, TownParts};
use crate::patrol::simulator::travel::Travel;
use crate::place::area::Area;
use crate::roads::network::TravelMatrix;

/// Seconds from one place of the street to the next.
pub const STEP_S: u32 = 100;

/// A street of so many places; place and cell have the same number. Calls are as likely as
/// `demand` says, at any hour; everybody works all the time from the `bases`.
pub fn street(demand: &[f64], bases: &[u32], hours: usize) -> TownParts {
    let n = demand.len();
    let millis = (0..n * n).map(|k| (k / n).abs_diff(k % n) as u32 * STEP_S * 1000);
    let all = Stretch {
        from_ms: 0,
        until_ms: hours as u64 * HOUR_MS,
    };
    TownParts {
        travel: Travel::new(TravelMatrix {
            sources: n,
            targets: n,
            millis: millis.collect(),
        })
        .unwrap(),
        own_cell: (0..n as u32).map(Some).collect(),
        cells: demand
            .iter()
            .enumerate()
            .map(|(place, &forecast)| TownCell {
                place: Some(place as u32),
                km2: 0.01,
                forecast,
            })
            .collect(),
        process: CallProcess {
            strata: vec![Stratum {
                expected: demand.to_vec(),
                hour_shares: vec![1.0 / hours as f64; hours],
                urgent: [0.0, 1.0],
            }],
            repeats: None,
            handling: HandlingTime::Exponential { mean_s: 600.0 },
        },
        hours,
        open: vec![all],
        crews: bases
            .iter()
            .map(|&base| Crew {
                base,
                works: vec![all],
            })
            .collect(),
        grounds: None,
    }
}

/// A call by hand.
pub fn call(at_s: u64, cell: u32, handling_s: u64) -> Call {
    Call {
        at_ms: at_s * 1000,
        cell,
        priority: Priority::Two,
        handling_ms: handling_s * 1000,
    }
}

/// A history without plans, and what the units did in it.
pub fn history(
    town: &Town,
    policy: Policy,
    settings: &SimulationSettings,
    calls: &[Call],
) -> (History, Vec<Movement>) {
    let case = Case {
        town,
        plans: Plans {
            of_shift: &[],
            places: &PlaceIndex::default(),
        },
        policy,
        settings,
        calls,
        seed: 1,
    };
    let mut movements = Vec::new();
    let history = run(&case, &mut |movement| movements.push(movement)).unwrap();
    (history, movements)
}

/// About 2.5 km² of cells at a resolution, near Dadong.
pub fn grid(resolution: u8) -> HexGrid {
    let (west, south, size) = (123.40, 41.75, 0.018);
    let (east, north) = (west + size, south + size);
    let ring = vec![
        [west, south],
        [east, south],
        [east, north],
        [west, north],
        [west, south],
    ];
    HexGrid::cover(&Area::from_rings(&[vec![ring]]).unwrap(), resolution, &[]).unwrap()
}

/// The made-up town's problem as a town with one shift that can be planned: a cell a
/// candidate, a crew a unit. A `load` of 1 is as many calls as risk.
pub fn made_up(size: TownSize, load: f64, seed: u64) -> (Town, ShiftToPlan) {
    let problem = made_up::town(size, seed).unwrap();
    let hours = problem.hours();
    let shift = Stretch {
        from_ms: 0,
        until_ms: problem.window_s() * 1000,
    };
    let risk = |c: &Candidate| c.risk_by_hour.iter().sum::<f64>();
    let by_hour = |hour: usize| problem.candidates.iter().map(move |c| c.risk_by_hour[hour]);
    let total = problem.risk_total;
    let units = problem.units.len();
    let cells = problem.candidates.len();
    let town = Town::new(TownParts {
        travel: Travel::new(problem.travel.clone()).unwrap(),
        own_cell: (0..units + cells)
            .map(|place| place.checked_sub(units).map(|cell| cell as u32))
            .collect(),
        cells: problem
            .candidates
            .iter()
            .enumerate()
            .map(|(cell, candidate)| TownCell {
                place: Some((units + cell) as u32),
                km2: 0.01,
                forecast: risk(candidate),
            })
            .collect(),
        process: CallProcess {
            strata: vec![Stratum {
                expected: problem.candidates.iter().map(|c| load * risk(c)).collect(),
                hour_shares: (0..hours)
                    .map(|hour| by_hour(hour).sum::<f64>() / total)
                    .collect(),
                urgent: [0.2, 0.5],
            }],
            repeats: None,
            handling: HandlingTime::default(),
        },
        hours,
        open: vec![shift],
        crews: (0..units as u32)
            .map(|base| Crew {
                base,
                works: vec![shift],
            })
            .collect(),
        grounds: None,
    })
    .unwrap();
    let to_plan = ShiftToPlan {
        stretch: shift,
        crews: (0..units as u32).collect(),
        candidates: (units as u32..(units + cells) as u32).collect(),
        must_visits: Vec::new(),
        problem,
    };
    (town, to_plan)
}

/// Where the places of a [`made_up`] town are.
pub fn places(shift: &ShiftToPlan) -> PlaceIndex {
    let units = shift.problem.units.iter().map(|u| u.start);
    let cells = shift.problem.candidates.iter().map(|c| c.snap);
    PlaceIndex::new(units.chain(cells).collect())
}
