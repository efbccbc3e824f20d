//! Drawn towns with answers known by hand, then random ones against a slow exact oracle:
//! Dijkstra over states "on this piece of this way", straight from the draft.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, HashMap};

use proptest::prelude::*;

use crate::place::measure::Metres;
use crate::place::position::Position;
use crate::roads::draft::{RestrictionDraft, RoadDraft, WayDirection, WayDraft};
use crate::roads::network::{BuildReport, RoadError, RoadNetwork, Snap};
use crate::roads::speed::SpeedTable;
use crate::roads::town::Town;

const FAR: Metres = Metres(1000.0);

fn network(town: &Town) -> (RoadNetwork, BuildReport) {
    RoadNetwork::build(&town.roads, &SpeedTable::default()).unwrap()
}

/// Metres along streets from one place to another.
fn metres(town: &Town, network: &RoadNetwork, from: char, to: char) -> f64 {
    let [a, b] = [from, to].map(|c| network.snap(town.at(c), FAR).unwrap());
    let route = network.route(a, b).unwrap();
    assert_eq!(network.matrix(&[a], &[b]).millis(0, 0), Some(route.millis));
    route.length.0
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() < 0.5
}

#[test]
fn a_two_way_street_is_as_long_one_way_as_the_other() {
    let town = Town::parse("A--+--B\n      |\n      C");
    let (network, report) = network(&town);
    assert!(near(metres(&town, &network, 'A', 'C'), 120.0 + 80.0));
    assert!(near(metres(&town, &network, 'C', 'A'), 200.0));
    assert_eq!((report.nodes, report.arcs, report.arcs_left_out), (4, 6, 0));
    assert!(near(report.length_m as f64, 400.0));
}

#[test]
fn a_one_way_street_is_gone_round() {
    let town = Town::parse("A>>>B\n^   v\nD<<<C");
    let (network, report) = network(&town);
    assert!(near(metres(&town, &network, 'A', 'B'), 80.0));
    assert!(near(metres(&town, &network, 'B', 'A'), 80.0 + 80.0 + 80.0));
    assert_eq!(report.one_way_ways, 4);
}

#[test]
fn round_the_block_to_a_point_just_behind() {
    let town = Town::parse("  2 1\nA>>>>>B\n^     v\nD<<<<<C");
    let (network, _) = network(&town);
    // 1 lies 40 m past 2 on the same one-way arc; all round is 2 * (120 + 80) m.
    let snap = |c| network.snap(town.at(c), FAR).unwrap();
    let [one, two] = [snap('1'), snap('2')];
    assert_eq!(one.arc, two.arc);
    assert!(near(metres(&town, &network, '2', '1'), 40.0));
    assert!(near(metres(&town, &network, '1', '2'), 400.0 - 40.0));
    assert_eq!(network.route(one, one).unwrap().millis, 0);
    assert_eq!(network.route(one, one).unwrap().line.len(), 2);
}

#[test]
fn the_shorter_way_round_on_a_two_way_ring() {
    let town = Town::parse("A-----B\n|     |\nD-----C");
    let (network, _) = network(&town);
    assert!(near(metres(&town, &network, 'A', 'C'), 200.0));
    assert!(near(metres(&town, &network, 'B', 'D'), 200.0));
}

#[test]
fn a_forbidden_turn_is_not_driven() {
    let drawing = "B--+--C\n|  |  |\nA--V--D\n|  |  |\n+--E--+";
    let free = Town::parse(drawing);
    let mut town = free.clone();
    town.forbid('A', 'V', 'E');
    let (network, report) = network(&town);
    assert_eq!(
        (report.restrictions_kept, report.restrictions_unused),
        (1, 0)
    );
    // Left with the way round the lower left block: 80 + 60 m, as short as the turn. Or
    // with one that is no longer: so compare a start in the middle of A-V.
    assert!(near(metres(&town, &network, 'A', 'E'), 140.0));
    let mid = Position::wrapped(
        (town.at('A').lon() + town.at('V').lon()) / 2.0,
        town.at('A').lat(),
    );
    let from = network.snap(mid, FAR).unwrap();
    let to = network.snap(town.at('E'), FAR).unwrap();
    // Back to A and round, 30 + 80 + 60, instead of on and down, 30 + 80.
    assert!(near(network.route(from, to).unwrap().length.0, 170.0));
    // The other way about it is allowed, and so is the turn when coming from D.
    assert!(near(network.route(to, from).unwrap().length.0, 110.0));
    assert!(near(metres(&town, &network, 'D', 'E'), 140.0));
}

#[test]
fn the_only_turn_allowed_is_taken() {
    let mut town = Town::parse("B--+--C\n|  |  |\nA>>V--D\n|  |  |\n+--E--+");
    town.only('A', 'V', 'D');
    let (network, report) = network(&town);
    assert_eq!(report.restrictions_kept, 1);
    let mid = Position::wrapped(
        (town.at('A').lon() + town.at('V').lon()) / 2.0,
        town.at('A').lat(),
    );
    let from = network.snap(mid, FAR).unwrap();
    let to = network.snap(town.at('E'), FAR).unwrap();
    // On to V (30), to D (60), and back by the lower street (80 + 60); turning round at D
    // would come to 30 + 60 + 60 + 80.
    assert!(near(network.route(from, to).unwrap().length.0, 230.0));
}

#[test]
fn a_dead_end_one_way_and_an_island_are_left_out() {
    let town = Town::parse("A--B>>X\n|  |\nC--D   Y--Z");
    let (network, report) = network(&town);
    assert_eq!((report.nodes, report.arcs), (4, 8));
    assert_eq!(report.arcs_left_out, 1 + 2);
    let snap = network.snap(town.at('Z'), FAR).unwrap();
    assert!(snap.off_road.0 > 50.0);
}

#[test]
fn no_road_and_no_round_are_told_apart() {
    let nothing = RoadNetwork::build(&RoadDraft::default(), &SpeedTable::default());
    assert!(matches!(nothing, Err(RoadError::NoRoads { ways: 0 })));
    let one_way = Town::parse("A>>B");
    let no_round = RoadNetwork::build(&one_way.roads, &SpeedTable::default());
    assert!(matches!(no_round, Err(RoadError::NoRound)));
    let mut track = Town::parse("A--B");
    track.roads.ways[0].class = "track".into();
    let no_class = RoadNetwork::build(&track.roads, &SpeedTable::default());
    assert!(matches!(no_class, Err(RoadError::NoRoads { ways: 1 })));
}

#[test]
fn speed_is_the_class_s_or_the_limit_s() {
    let mut town = Town::parse("A-----B");
    let millis = |town: &Town| {
        let (network, _) = network(town);
        let [a, b] = ['A', 'B'].map(|c| network.snap(town.at(c), FAR).unwrap());
        network.route(a, b).unwrap().millis
    };
    // 120 m at 25 km/h.
    assert!(millis(&town).abs_diff(17_280) <= 10);
    town.roads.ways[0].max_kmh = Some(10.0);
    assert!(millis(&town).abs_diff(43_200) <= 20);
    town.roads.ways[0].max_kmh = Some(120.0);
    assert!(millis(&town).abs_diff(17_280) <= 10);
    town.roads.ways[0].max_kmh = Some(0.0);
    assert!(millis(&town).abs_diff(17_280) <= 10);
}

#[test]
fn numbers_that_are_no_arc_lead_nowhere() {
    let town = Town::parse("A--B");
    let (network, _) = network(&town);
    let good = network.snap(town.at('A'), FAR).unwrap();
    let bad = Snap { arc: 99, ..good };
    let nan = Snap {
        along: f64::NAN,
        ..good
    };
    assert_eq!(network.matrix(&[good], &[bad]).millis(0, 0), None);
    assert!(network.route(bad, good).is_none());
    assert!(network.route(nan, good).is_some());
    assert!(network.street(bad).is_none());
    assert_eq!(network.matrix(&[], &[good]).millis, Vec::<u32>::new());
}

#[test]
fn a_town_has_the_beats_and_posts_of_its_drawing() {
    let town = Town::parse("a A--B\n  |  |\n  C--D\n  1   a");
    assert_eq!(town.beats.len(), 1);
    let ring = &town.beats[&'a'];
    assert_eq!((ring.len(), ring[0]), (5, ring[4]));
    assert!(town.at('1').lat() < town.at('C').lat());
    assert!(near(town.at('A').metres_to(town.at('B')).0, 60.0));
}

/// A town of a grid with random streets, one-ways and restrictions.
fn any_town() -> impl Strategy<Value = RoadDraft> {
    let street = (0u8..8, 0u8..3, 1usize..4);
    let streets = prop::collection::vec(street, 2 * SIDE * SIDE);
    let turns = prop::collection::vec((0usize..90, 0usize..90, any::<bool>()), 0..14);
    (streets, turns).prop_map(|(streets, turns)| drawn(&streets, &turns))
}

const SIDE: usize = 5;

fn drawn(streets: &[(u8, u8, usize)], turns: &[(usize, usize, bool)]) -> RoadDraft {
    let mut draft = RoadDraft::default();
    let node = |x: usize, y: usize| (y * SIDE + x) as i64;
    for y in 0..SIDE {
        for x in 0..SIDE {
            // Uneven, so that two ways are seldom equally long.
            let (dx, dy) = ((x * x + 3 * y) as f64, (y * y + 2 * x) as f64);
            let at = Position::wrapped(
                10.0 + 1e-3 * x as f64 + 1e-5 * dx,
                50.0 + 1e-3 * y as f64 + 1e-5 * dy,
            );
            draft.nodes.insert(node(x, y), at);
        }
    }
    for (i, &(kind, direction, bends)) in streets.iter().enumerate() {
        let (cell, down) = (i / 2, i % 2 == 1);
        let (x, y) = (cell % SIDE, cell / SIDE);
        let (x2, y2) = if down { (x, y + 1) } else { (x + 1, y) };
        if kind == 0 || x2 >= SIDE || y2 >= SIDE {
            continue;
        }
        let (a, b) = (draft.nodes[&node(x, y)], draft.nodes[&node(x2, y2)]);
        let mut nodes = vec![node(x, y)];
        for k in 1..bends {
            let t = k as f64 / bends as f64;
            let id = 1000 + (i * 10 + k) as i64;
            let mid = Position::wrapped(
                a.lon() + t * (b.lon() - a.lon()) + 1e-5,
                a.lat() + t * (b.lat() - a.lat()) - 1e-5,
            );
            draft.nodes.insert(id, mid);
            nodes.push(id);
        }
        nodes.push(node(x2, y2));
        draft.ways.push(WayDraft {
            id: i as i64 + 1,
            nodes,
            class: if kind < 5 { "residential" } else { "primary" }.into(),
            name: String::new(),
            direction: [
                WayDirection::Both,
                WayDirection::Forward,
                WayDirection::Backward,
            ][usize::from(direction) * usize::from(kind > 5)],
            max_kmh: None,
        });
    }
    for &(from, to, only) in turns {
        let ends = |way: &WayDraft| [way.nodes[0], way.nodes[way.nodes.len() - 1]];
        let Some(from) = draft.ways.get(from % draft.ways.len().max(1)) else {
            continue;
        };
        let meeting: Vec<(i64, i64)> = ends(from)
            .into_iter()
            .flat_map(|via| {
                let ways = draft.ways.iter().filter(move |w| ends(w).contains(&via));
                ways.map(move |w| (via, w.id))
            })
            .collect();
        let (via_node, to_way) = meeting[to % meeting.len()];
        let restriction = RestrictionDraft {
            from_way: from.id,
            via_node,
            to_way,
            only,
        };
        draft.restrictions.push(restriction);
    }
    draft
}

/// One way driven in one direction: its place, and whether against its drawing.
type Drive = (usize, bool);

/// The slow exact answer: milliseconds from the end of one drive to the start of another.
struct Oracle<'a> {
    draft: &'a RoadDraft,
    drives: Vec<Drive>,
}

impl<'a> Oracle<'a> {
    fn new(draft: &'a RoadDraft) -> Self {
        let mut drives = Vec::new();
        for (i, way) in draft.ways.iter().enumerate() {
            if way.direction != WayDirection::Backward {
                drives.push((i, false));
            }
            if way.direction != WayDirection::Forward {
                drives.push((i, true));
            }
        }
        Self { draft, drives }
    }

    fn ends(&self, (way, back): Drive) -> (i64, i64) {
        let nodes = &self.draft.ways[way].nodes;
        let (a, b) = (nodes[0], nodes[nodes.len() - 1]);
        if back { (b, a) } else { (a, b) }
    }

    fn millis(&self, (way, _): Drive) -> u32 {
        let way = &self.draft.ways[way];
        let metres: f64 = way
            .nodes
            .windows(2)
            .map(|w| self.draft.nodes[&w[0]].metres_to(self.draft.nodes[&w[1]]).0)
            .sum();
        let kmh = SpeedTable::default().kmh(&way.class).unwrap();
        (metres * 3600.0 / kmh).round() as u32
    }

    fn may_turn(&self, from: Drive, to: Drive) -> bool {
        let via = self.ends(from).1;
        let out: Vec<Drive> = self
            .drives
            .iter()
            .copied()
            .filter(|&d| self.ends(d).0 == via)
            .collect();
        self.ends(to).0 == via
            && self.draft.restrictions.iter().all(|r| {
                let ids = |d: Drive| self.draft.ways[d.0].id;
                let named = out.iter().any(|&d| ids(d) == r.to_way);
                // "Only into the street one came by" means straight on; no street of these
                // towns goes on.
                let named = named && !(r.only && r.from_way == r.to_way);
                let meant = r.via_node == via && r.from_way == ids(from) && named;
                !meant || (ids(to) == r.to_way) == r.only
            })
    }

    /// From the end of `from` to the end of every drive.
    fn reached_from(&self, from: Drive) -> BTreeMap<Drive, u32> {
        let mut done: BTreeMap<Drive, u32> = BTreeMap::new();
        let mut queue = BinaryHeap::from([(Reverse(0u32), from)]);
        let mut first = true;
        while let Some((Reverse(at), drive)) = queue.pop() {
            // The start itself counts as reached only when come to again.
            if !std::mem::take(&mut first) && done.contains_key(&drive) {
                continue;
            }
            if at > 0 || drive != from {
                done.insert(drive, at);
            }
            for &next in &self.drives {
                if !done.contains_key(&next) && self.may_turn(drive, next) {
                    queue.push((Reverse(at + self.millis(next)), next));
                }
            }
        }
        done
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn times_equal_those_of_the_oracle(
        draft in any_town(),
        points in prop::collection::vec((-0.0005..0.0048f64, -0.0005..0.0048f64), 2..12),
    ) {
        let Ok((network, report)) = RoadNetwork::build(&draft, &SpeedTable::default()) else {
            return Ok(());
        };
        prop_assert_eq!(
            report.restrictions_kept + report.restrictions_unused,
            draft.restrictions.len()
        );
        let oracle = Oracle::new(&draft);
        let snaps: Vec<Snap> = points
            .iter()
            .filter_map(|&(x, y)| network.snap(Position::wrapped(10.0 + x, 50.0 + y), FAR))
            .collect();
        let matrix = network.matrix(&snaps, &snaps);
        let opened = RoadNetwork::from_bytes(&network.to_bytes()).unwrap();
        prop_assert_eq!(&opened.matrix(&snaps, &snaps), &matrix);
        prop_assert_eq!(opened.to_bytes(), network.to_bytes());

        let drives: HashMap<u32, Vec<(Drive, f64)>> = snaps
            .iter()
            .map(|s| (s.arc, drives_of(&network, &oracle, s.arc)))
            .collect();
        for (i, a) in snaps.iter().enumerate() {
            for (j, b) in snaps.iter().enumerate() {
                let got = matrix.millis(i, j);
                prop_assert_eq!(got, slow(&oracle, &drives[&a.arc], a, &drives[&b.arc], b));
                // The network is strongly connected: there is always a way.
                let route = network.route(*a, *b);
                prop_assert_eq!(route.as_ref().map(|r| r.millis), got);
                let route = route.unwrap();
                prop_assert_eq!(route.line.first(), Some(&a.position));
                prop_assert_eq!(route.line.last(), Some(&b.position));
                let drawn: f64 = route.line.windows(2).map(|w| w[0].metres_to(w[1]).0).sum();
                prop_assert!((drawn - route.length.0).abs() < 0.1, "{} {}", drawn, route.length.0);
            }
        }
    }

    #[test]
    fn torn_bytes_are_an_error(cut in 0usize..2000, flip in 0usize..2000, bit in 0u8..8) {
        let town = Town::parse("A>>>B\n^   v\nD<<<C");
        let bytes = network(&town).0.to_bytes();
        let torn = &bytes[..cut.min(bytes.len() - 1)];
        prop_assert!(matches!(RoadNetwork::from_bytes(torn), Err(RoadError::Stored(_))));
        let mut bent = bytes.clone();
        bent[flip % bytes.len()] ^= 1 << bit;
        prop_assert!(matches!(RoadNetwork::from_bytes(&bent), Err(RoadError::Stored(_))));
    }

    #[test]
    fn bytes_with_a_true_checksum_but_wild_numbers_never_panic(
        flips in prop::collection::vec((0usize..4000, any::<u8>()), 1..6),
    ) {
        use sha2::{Digest, Sha256};
        let town = Town::parse("A>>>B--C\n^   v  |\nD<<<E--+");
        let (network, _) = network(&town);
        let mut bytes = network.to_bytes();
        for (at, value) in flips {
            let at = 37 + at % (bytes.len() - 37);
            bytes[at] = value;
        }
        let sum = Sha256::digest(&bytes[37..]);
        bytes[5..37].copy_from_slice(&sum);
        if let Ok(network) = RoadNetwork::from_bytes(&bytes) {
            let snaps: Vec<Snap> = ['A', 'C', 'D']
                .iter()
                .filter_map(|&c| network.snap(town.at(c), Metres(1e8)))
                .collect();
            let _ = network.matrix(&snaps, &snaps);
            for a in &snaps {
                let _ = network.route(*a, snaps[0]);
            }
        }
    }
}

/// The drives along an arc, with whether the arc's fraction counts from their end (1) or
/// their start (0). Found by the arc's shape, so that it doesn't lean on build's order.
fn drives_of(network: &RoadNetwork, oracle: &Oracle<'_>, arc: u32) -> Vec<(Drive, f64)> {
    let ends = |points: Vec<Position>| (points[0], points[points.len() - 1]);
    let (start, end) = ends(network.graph.points(arc).collect());
    let at = |id: i64| oracle.draft.nodes[&id];
    let same = |a: Position, b: Position| a.metres_to(b).0 < 0.1;
    let mut out = Vec::new();
    for &drive in &oracle.drives {
        let (from, to) = oracle.ends(drive);
        if same(at(from), start) && same(at(to), end) {
            out.push((drive, 0.0));
        } else if same(at(from), end) && same(at(to), start) && has_twin(network, arc) {
            out.push((drive, 1.0));
        }
    }
    out
}

fn has_twin(network: &RoadNetwork, arc: u32) -> bool {
    network.graph.arcs[arc as usize].twin != crate::roads::graph::NO_TWIN
}

fn slow(
    oracle: &Oracle<'_>,
    from: &[(Drive, f64)],
    a: &Snap,
    to: &[(Drive, f64)],
    b: &Snap,
) -> Option<u32> {
    let part = |drive: Drive, side: f64, along: f64| {
        let along = if side > 0.5 { 1.0 - along } else { along };
        (f64::from(oracle.millis(drive)) * along).round() as u32
    };
    let mut best: Option<u32> = None;
    let mut offer = |millis: u32| best = Some(best.map_or(millis, |b| b.min(millis)));
    for &(start, side) in from {
        let gone = part(start, side, a.along);
        let left = oracle.millis(start) - gone;
        let reached = oracle.reached_from(start);
        for &(end, other) in to {
            let into = part(end, other, b.along);
            if start == end && into >= gone {
                offer(into - gone);
            }
            if let Some(at) = reached.get(&end) {
                offer(left + at - oracle.millis(end) + into);
            }
        }
    }
    best
}
