//! Response under partitions of a small town with streets along every row and column.

use super::*;
use crate::patrol::zones::ground::ZoneGround;
use crate::patrol::zones::made_up_ground::{grid, ground};
use crate::place::position::Position;
use crate::roads::draft::{RoadDraft, WayDirection, WayDraft};
use crate::roads::speed::SpeedTable;

const HOURS: usize = 48;
const SEEDS: [u64; 6] = [1, 2, 3, 4, 5, 6];

/// Streets every 200 m over the ground of [`grid`].
fn streets(wide: i64, high: i64) -> RoadNetwork {
    let mut draft = RoadDraft::default();
    let node = |x: i64, y: i64| x * 1000 + y;
    for x in 0..=wide {
        for y in 0..=high {
            let at = Position::new(11.0 + x as f64 * 0.0027, 48.0 + y as f64 * 0.0018);
            draft.nodes.insert(node(x, y), at.unwrap());
        }
    }
    let mut street = |nodes: Vec<i64>| {
        let id = draft.ways.len() as i64;
        draft.ways.push(WayDraft {
            id,
            nodes,
            class: "residential".into(),
            name: String::new(),
            direction: WayDirection::Both,
            max_kmh: None,
        });
    };
    for x in 0..=wide {
        street((0..=high).map(|y| node(x, y)).collect());
    }
    for y in 0..=high {
        street((0..=wide).map(|x| node(x, y)).collect());
    }
    RoadNetwork::build(&draft, &SpeedTable::default())
        .unwrap()
        .0
}

struct Small {
    grid: HexGrid,
    ground: ZoneGround,
    network: RoadNetwork,
    expected: Vec<f64>,
    shares: Vec<f64>,
}

impl Small {
    fn new(calls: f64) -> Self {
        let grid = grid(12.0, 4.0, false);
        let each = calls / grid.len() as f64;
        Self {
            ground: ground(&grid, &[each]),
            network: streets(17, 9),
            expected: vec![each; grid.len()],
            shares: vec![1.0 / HOURS as f64; HOURS],
            grid,
        }
    }

    fn town(&self) -> ZoneTown<'_> {
        ZoneTown {
            grid: &self.grid,
            expected: &self.expected,
            hour_shares: &self.shares,
            network: &self.network,
            handling_s: 900.0,
            units: 1,
            seeds: &SEEDS,
        }
    }

    /// Two zones, parted at a share of the way from west to east.
    fn parted(&self, share: f64) -> Partition {
        let lon = |cell: usize| self.grid.centre(cell).lon();
        let all = (0..self.grid.len()).map(lon);
        let (west, east) = all.fold((180.0f64, -180.0f64), |(w, e), x| (w.min(x), e.max(x)));
        let border = west + share * (east - west);
        let zone_of = (0..self.grid.len()).map(|c| u32::from(lon(c) > border));
        Partition::new(&self.ground, zone_of.collect(), 2).unwrap()
    }

    fn compare(&self, before: f64, after: f64) -> ResponseComparison {
        let (before, after) = (self.parted(before), self.parted(after));
        let never = AtomicBool::new(false);
        compare_response(&self.town(), &before, &after, &never).unwrap()
    }
}

#[test]
fn the_same_zones_answer_the_same() {
    let same = Small::new(120.0).compare(0.4, 0.4);
    assert_eq!(same.before, same.after);
    assert_eq!(same.difference_s.mean, 0.0);
    assert!((90.0..150.0).contains(&same.calls));
}

#[test]
fn even_zones_answer_sooner_and_share_the_work() {
    let small = Small::new(160.0);
    let compared = small.compare(0.06, 0.5);
    let (lopsided, even) = (&compared.before, &compared.after);
    assert!(compared.difference_s.high < 0.0, "{compared:?}");
    assert!(even.own.mean > lopsided.own.mean);
    let gap = |r: &ZoneResponse| (r.busy[0] - r.busy[1]).abs();
    assert!(gap(even) < gap(lopsided), "{compared:?}");
    // What zones say of their calls adds up to what is said of all.
    for of in [lopsided, even] {
        let sum = |of_one: &dyn Fn(&ZoneAnswers) -> f64| of.of_zone.iter().map(of_one).sum::<f64>();
        let calls = sum(&|zone| zone.calls as f64);
        assert_eq!(of.of_zone.len(), 2);
        assert!((calls - compared.calls * SEEDS.len() as f64).abs() < 1e-6);
        // Means over draws of shares, against shares of all: draws differ a little in size.
        for (i, within) in of.within.iter().enumerate() {
            let share = sum(&|zone| zone.within[i] as f64) / calls;
            assert!((share - within.mean).abs() < 0.02, "{compared:?}");
        }
        let waited = sum(&|zone| zone.mean_s * zone.answered as f64);
        let mean_s = waited / sum(&|zone| zone.answered as f64);
        assert!((mean_s / of.mean_s.mean - 1.0).abs() < 0.05, "{compared:?}");
    }
    // A zone that is nearly nothing has its unit near: but its few calls show it.
    assert!(lopsided.of_zone[0].calls * 5 < lopsided.of_zone[1].calls);
    // Units are busy with 900 s in the mean for each call and the drive to it, which is part
    // of the response.
    let busy_s = even.busy.iter().sum::<f64>() * HOURS as f64 * 3600.0;
    let handling_s = compared.calls * 900.0;
    let with_response_s = handling_s + compared.calls * even.mean_s.mean;
    assert!(
        (0.85 * handling_s..1.15 * with_response_s).contains(&busy_s),
        "{compared:?}"
    );
}

#[test]
fn middles_are_medians() {
    let small = Small::new(100.0);
    let town = small.town();
    let on_road = |position| town.network.snap(position, OFF_ROAD);
    let places = places::choose(town.grid, town.expected, &[], MOST_PLACES, &on_road);
    let matrix = town.network.matrix(&places.snaps, &places.snaps);
    let travel = Travel::new(matrix.clone()).unwrap();
    let partition = small.parted(0.3);
    let found = middles(&town, &places, &travel, &partition);
    assert_eq!(found.len(), 2);
    for (zone, middle) in found.iter().enumerate() {
        let mut costs: Vec<(u64, usize)> = Vec::new();
        for from in 0..places.snaps.len() {
            let own = places.own_cell[from].unwrap() as usize;
            if partition.zone(own) != zone {
                continue;
            }
            let mut cost = 0;
            for cell in partition.cells(zone) {
                if let Some(to) = places.of_cell[cell] {
                    cost += u64::from(matrix.millis(from, to as usize).unwrap());
                }
            }
            costs.push((cost, from));
        }
        let least = costs.iter().min().unwrap();
        assert_eq!(*middle, Some(least.1 as u32));
    }
}

#[test]
fn what_can_not_be_simulated_is_said() {
    let small = Small::new(100.0);
    let half = small.parted(0.5);
    let never = AtomicBool::new(false);
    let ask = |town: ZoneTown<'_>| compare_response(&town, &half, &half, &never).unwrap_err();
    let nobody = ZoneTown {
        units: 0,
        ..small.town()
    };
    assert_eq!(ask(nobody), SimulationFault::NoUnits);
    let nothing = ZoneTown {
        seeds: &[],
        ..small.town()
    };
    assert_eq!(ask(nothing), SimulationFault::NothingToRun);
    let quiet = vec![0.0; small.grid.len()];
    let empty = ZoneTown {
        expected: &quiet,
        ..small.town()
    };
    assert!(matches!(
        ask(empty),
        SimulationFault::NoCalls | SimulationFault::NoWay
    ));
    let told = AtomicBool::new(true);
    let stopped = compare_response(&small.town(), &half, &half, &told).unwrap_err();
    assert_eq!(stopped, SimulationFault::BrokenOff);
}
