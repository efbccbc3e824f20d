//! Streets as a `RoadDraft`, with turn restrictions at some crossings of main streets.

use std::collections::BTreeMap;

use rand::RngExt;

use crate::app::sample::chance::stream;
use crate::app::sample::plane::Spot;
use crate::app::sample::street::{Class, Streets, Way};
use crate::roads::draft::{RestrictionDraft, RoadDraft, WayDirection, WayDraft};

/// Share of the crossings of main streets that forbid a left turn.
const RESTRICTED: f64 = 0.12;

/// The draft. Node and way ids are their numbers, from 1.
pub fn draft(seed: u64, streets: &Streets) -> RoadDraft {
    let nodes = streets
        .ways
        .iter()
        .flat_map(|way| &way.nodes)
        .map(|&n| (id(n), streets.spots[n].position()))
        .collect();
    let ways = streets
        .ways
        .iter()
        .enumerate()
        .map(|(number, way)| WayDraft {
            id: id(number),
            nodes: way.nodes.iter().map(|&n| id(n)).collect(),
            class: way.class.highway().into(),
            name: way.name.clone(),
            direction: if way.one_way {
                WayDirection::Forward
            } else {
                WayDirection::Both
            },
            max_kmh: None,
        })
        .collect();
    RoadDraft {
        nodes,
        ways,
        restrictions: restrictions(seed, streets),
    }
}

fn id(number: usize) -> i64 {
    number as i64 + 1
}

/// "No left turn" from one main street into another, at crossings with four arms.
fn restrictions(seed: u64, streets: &Streets) -> Vec<RestrictionDraft> {
    let mut chance = stream(seed, "restrictions");
    let mut arms: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (number, way) in streets.ways.iter().enumerate() {
        if way.class <= Class::Secondary
            && let (Some(&first), Some(&last)) = (way.nodes.first(), way.nodes.last())
        {
            arms.entry(first).or_default().push(number);
            arms.entry(last).or_default().push(number);
        }
    }
    let mut found = Vec::new();
    for (node, ways) in arms.into_iter().filter(|(_, ways)| ways.len() == 4) {
        if !chance.random_bool(RESTRICTED) {
            continue;
        }
        let from = ways[chance.random_range(0..ways.len())];
        let left = ways.iter().copied().find(|&to| {
            to != from
                && turn(
                    neighbour(streets, &streets.ways[from], node),
                    streets.spots[node],
                    neighbour(streets, &streets.ways[to], node),
                ) > 0.7
        });
        if let Some(to) = left {
            found.push(RestrictionDraft {
                from_way: id(from),
                via_node: id(node),
                to_way: id(to),
                only: false,
            });
        }
    }
    found
}

fn neighbour(streets: &Streets, way: &Way, node: usize) -> Spot {
    let next = if way.nodes[0] == node {
        way.nodes[1]
    } else {
        way.nodes[way.nodes.len() - 2]
    };
    streets.spots[next]
}

/// Sine of the turn at `b`: positive to the left.
fn turn(a: Spot, b: Spot, c: Spot) -> f64 {
    let (px, py, qx, qy) = (b.x - a.x, b.y - a.y, c.x - b.x, c.y - b.y);
    (px * qy - py * qx) / (px.hypot(py) * qx.hypot(qy)).max(1e-9)
}
