//! Reached streets of drawn towns with answers known by hand; random towns with one-ways
//! and forbidden turns against the hierarchy's matrix and a plain relaxation of every node.
//! (Porto Alegre is in `tests/coverage/`.)

use proptest::prelude::*;

use crate::place::measure::Metres;
use crate::place::position::Position;
use crate::roads::access;
use crate::roads::isochrone::Reached;
use crate::roads::network::{RoadNetwork, Snap, UNREACHABLE};
use crate::roads::reach_area::{ReachAreaError, STRIP, reach_area};
use crate::roads::speed::SpeedTable;
use crate::roads::town::Town;

const FAR: Metres = Metres(1000.0);
/// 25 km/h, the speed of the drawn streets, in metres a millisecond.
const M_PER_MS: f64 = 25.0 / 3600.0;

fn network(town: &Town) -> RoadNetwork {
    RoadNetwork::build(&town.roads, &SpeedTable::default())
        .unwrap()
        .0
}

fn ms(metres: f64) -> u32 {
    (metres / M_PER_MS).round() as u32
}

fn metres(reached: &Reached<'_>, within_m: f64) -> f64 {
    reached.length(ms(within_m)).0
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() < 0.5
}

#[test]
fn a_street_is_reached_as_far_as_one_drives() {
    let town = Town::parse("A---------B---------C");
    let network = network(&town);
    let from = network.snap(town.at('B'), FAR).unwrap();
    let reached = network.reached(&[from], ms(400.0));
    assert!(near(metres(&reached, 30.0), 60.0));
    assert!(near(metres(&reached, 150.0), 300.0));
    assert!(near(metres(&reached, 400.0), 400.0), "the street ends");
    assert!(near(metres(&reached, 0.0), 0.0));
}

#[test]
fn a_source_within_a_street_goes_both_ways_or_one() {
    let town = Town::parse("     1\nA---------B\n^         v\nD<<<<<<<<<C\n     2");
    let network = network(&town);
    let [both, one] = ['1', '2'].map(|c| network.snap(town.at(c), FAR).unwrap());
    let reached = network.reached(&[both], ms(60.0));
    assert!(near(metres(&reached, 60.0), 120.0));
    // Only on towards D: 100 m of the lower street, then up 20 m.
    let reached = network.reached(&[one], ms(120.0));
    assert!(near(metres(&reached, 120.0), 120.0));
    let just_behind = network.snap(town.at('C'), FAR).unwrap();
    assert_eq!(reached.millis_to(just_behind), None);
    // All round and back to the source itself.
    let reached = network.reached(&[one], ms(1000.0));
    assert!(near(metres(&reached, 1000.0), 2.0 * (200.0 + 80.0)));
    assert_eq!(reached.millis_to(one), Some(0));
}

#[test]
fn a_forbidden_turn_is_not_taken() {
    let drawing = "B--+--C\n|  |  |\nA--V--D\n|  |  |\n+--E--+";
    let mut town = Town::parse(drawing);
    town.forbid('A', 'V', 'E');
    let network = network(&town);
    let mid = Position::wrapped(
        (town.at('A').lon() + town.at('V').lon()) / 2.0,
        town.at('A').lat(),
    );
    let from = network.snap(mid, FAR).unwrap();
    let down = network.snap(town.at('E'), FAR).unwrap();
    // The turn would take 110 m, back to A and round takes 170 m.
    assert_eq!(network.reached(&[from], ms(169.0)).millis_to(down), None);
    let round = network.reached(&[from], ms(171.0)).millis_to(down);
    assert_eq!(round, network.matrix(&[from], &[down]).millis(0, 0));
}

#[test]
fn the_nearest_of_many_sources_counts() {
    let town = Town::parse("A---------B---------C---------D");
    let network = network(&town);
    let snap = |c| network.snap(town.at(c), FAR).unwrap();
    let reached = network.reached(&[snap('A'), snap('D')], ms(150.0));
    assert!(near(metres(&reached, 150.0), 300.0));
    assert_eq!(reached.millis_to(snap('B')), None);
    assert_eq!(network.reached(&[], 1000).length(1000).0, 0.0);
    assert_eq!(network.reached(&[], 1000).millis_to(snap('B')), None);
}

#[test]
fn the_ground_is_the_streets_with_a_strip() {
    let town = Town::parse("A---------B---------C");
    let network = network(&town);
    let from = network.snap(town.at('B'), FAR).unwrap();
    let reached = network.reached(&[from], ms(100.0));
    let area = reach_area(&reached, ms(100.0), STRIP).unwrap();
    // 200 m by 80 m, and two half discs.
    let disc = std::f64::consts::PI * 40.0 * 40.0;
    assert!(
        (area.km2() * 1e6 - (16_000.0 + disc)).abs() < 400.0,
        "{}",
        area.km2()
    );
    assert!(area.covers(town.at('B')) && !area.covers(town.at('A')));
    let none = network.reached(&[], 1000);
    assert_eq!(reach_area(&none, 1000, STRIP), Err(ReachAreaError::Nothing));
}

/// A random town: a lattice of crossings, some streets missing, some one-way, some turns
/// forbidden.
fn lattice() -> impl Strategy<Value = Town> {
    let streets = prop::collection::vec(0u8..10, 24);
    let turns = prop::collection::vec((0usize..16, 0usize..4, 0usize..4, any::<bool>()), 0..8);
    (streets, turns).prop_map(|(kinds, turns)| {
        let mut drawing = vec![vec![' '; 3 * 5 + 1]; 3 * 2 + 1];
        let names: Vec<char> = ('A'..='P').collect();
        let mut kinds = kinds.into_iter();
        for row in 0..4 {
            for column in 0..4 {
                drawing[row * 2][column * 5] = names[row * 4 + column];
                if column < 3 {
                    let c = match kinds.next().unwrap_or(9) {
                        0 => ' ',
                        1 | 2 => '>',
                        3 => '<',
                        _ => '-',
                    };
                    for i in 1..5 {
                        drawing[row * 2][column * 5 + i] = c;
                    }
                }
                if row < 3 {
                    let c = match kinds.next().unwrap_or(9) {
                        0 => ' ',
                        1 => 'v',
                        2 | 3 => '^',
                        _ => '|',
                    };
                    drawing[row * 2 + 1][column * 5] = c;
                }
            }
        }
        let text: Vec<String> = drawing
            .into_iter()
            .map(|row| row.into_iter().collect())
            .collect();
        let mut town = Town::parse(&text.join("\n"));
        let beside = |at: usize, side: usize| -> Option<char> {
            let (row, column) = (at / 4, at % 4);
            let (row, column) = match side {
                0 => (row.checked_sub(1)?, column),
                1 => (row, column + 1),
                2 => (row + 1, column),
                _ => (row, column.checked_sub(1)?),
            };
            (row < 4 && column < 4).then(|| names[row * 4 + column])
        };
        for (via, from, to, only) in turns {
            if from == to {
                continue;
            }
            let (Some(a), Some(b)) = (beside(via, from), beside(via, to)) else {
                continue;
            };
            let drawn = |x: char, y: char| {
                town.roads.ways.iter().any(|w| {
                    let ends = [town.at(x), town.at(y)];
                    ends.iter()
                        .all(|e| w.nodes.iter().any(|n| town.roads.nodes[n] == *e))
                })
            };
            if !drawn(a, names[via]) || !drawn(names[via], b) {
                continue;
            }
            match only {
                true => town.only(a, names[via], b),
                false => town.forbid(a, names[via], b),
            }
        }
        town
    })
}

/// Times to each target within the limit, as the matrix has them.
fn by_matrix(network: &RoadNetwork, from: &[Snap], to: &[Snap], limit: u32) -> Vec<Option<u32>> {
    let matrix = network.matrix(from, to);
    (0..to.len())
        .map(|j| (0..from.len()).filter_map(|i| matrix.millis(i, j)).min())
        .map(|t| t.filter(|&t| t <= limit))
        .collect()
}

/// Milliseconds to each node by relaxing all arcs until nothing changes.
fn relaxed(network: &RoadNetwork, from: &[Snap], limit: u32) -> Vec<u32> {
    let graph = network.reached(&[], 0).graph;
    let mut node_ms = vec![UNREACHABLE; graph.nodes()];
    for exit in from.iter().flat_map(|&source| access::exits(graph, source)) {
        let least = &mut node_ms[exit.node as usize];
        *least = (*least).min(exit.millis);
    }
    loop {
        let before = node_ms.clone();
        for node in 0..graph.nodes() as u32 {
            for &arc in graph.leaving(node) {
                let arc = graph.arcs[arc as usize];
                let then = node_ms[node as usize].saturating_add(arc.millis);
                node_ms[arc.head as usize] = node_ms[arc.head as usize].min(then);
            }
        }
        if node_ms == before {
            break;
        }
    }
    let within = |t: u32| if t <= limit { t } else { UNREACHABLE };
    node_ms.into_iter().map(within).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]

    #[test]
    fn as_the_matrix_says(
        town in lattice(),
        from in prop::collection::vec((0.0..1.0f64, 0.0..1.0f64), 1..4),
        to in prop::collection::vec((0.0..1.0f64, 0.0..1.0f64), 12),
        limit in 0u32..200_000,
    ) {
        let Ok((network, _)) = RoadNetwork::build(&town.roads, &SpeedTable::default()) else {
            return Ok(());
        };
        let (a, p) = (town.at('A'), town.at('P'));
        let at = |&(x, y): &(f64, f64)| network.snap(Position::wrapped(
            a.lon() + (p.lon() - a.lon()) * x,
            a.lat() + (p.lat() - a.lat()) * y,
        ), FAR);
        let from: Vec<Snap> = from.iter().filter_map(at).collect();
        let to: Vec<Snap> = to.iter().filter_map(at).collect();
        let reached = network.reached(&from, limit);
        let times: Vec<Option<u32>> = to.iter().map(|&t| reached.millis_to(t)).collect();
        prop_assert_eq!(&times, &by_matrix(&network, &from, &to, limit));

        prop_assert_eq!(&reached.node_ms, &relaxed(&network, &from, limit));

        // A point lies on a reached piece just where it is reached in time (to the
        // millisecond that rounding may cost).
        let pieces = reached.pieces(limit);
        for (snap, time) in to.iter().zip(&times) {
            let on = |slack: f64| pieces.iter().any(|piece| {
                let along = match piece.arc == snap.arc {
                    true => snap.along,
                    false => 1.0 - snap.along,
                };
                let same = piece.arc == snap.arc || reached.graph.arcs[piece.arc as usize].twin == snap.arc;
                same && along >= piece.from - slack && along <= piece.until + slack
            });
            let whole = f64::from(reached.graph.arcs[snap.arc as usize].millis);
            match time {
                Some(_) => prop_assert!(on(1.5 / whole)),
                None => prop_assert!(!on(-1.5 / whole)),
            }
        }
        // More time reaches more.
        prop_assert!(reached.length(limit / 2).0 <= reached.length(limit).0 + 1e-6);
    }
}
