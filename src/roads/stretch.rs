//! Ways cut into stretches: pieces of one way between two crossings, with nothing to
//! decide in between.

use std::collections::{HashMap, HashSet};

use crate::place::position::Position;
use crate::roads::draft::{RoadDraft, WayDirection, WayDraft};
use crate::roads::graph::length;
use crate::roads::speed::SpeedTable;

/// Positions are kept to 1e-7 degrees (about 1 cm), as OpenStreetMap has them.
pub(crate) const STEPS_PER_DEGREE: f64 = 1e7;

/// The longest time of a stretch, milliseconds: a day. Sums then stay in range.
const MOST_MILLIS: f64 = 86_400_000.0;

/// A piece of a way between two crossings.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Stretch {
    /// The way's place in the draft.
    pub way: usize,
    /// Crossing at which it starts.
    pub from: u32,
    /// Crossing at which it ends.
    pub to: u32,
    /// Its points.
    pub shape: Vec<Position>,
    /// Driving time, milliseconds; at least 1.
    pub millis: u32,
    /// As the way's.
    pub direction: WayDirection,
}

/// All stretches, and how the source's nodes became crossings.
#[derive(Debug, Default)]
pub(crate) struct Stretches {
    /// In the order of the ways.
    pub list: Vec<Stretch>,
    /// Source's node id to crossing.
    pub crossings: HashMap<i64, u32>,
    /// Ways that may be driven in one direction only.
    pub one_way_ways: usize,
}

/// Cuts every drivable way at crossings, at its ends, and where a node is missing.
pub(crate) fn cut(draft: &RoadDraft, speeds: &SpeedTable) -> Stretches {
    let runs = runs(draft, speeds);
    let crossings = crossing_nodes(draft, &runs);
    let mut out = Stretches::default();
    let mut last_way = None;
    for Run { way, kmh, nodes } in runs {
        let draft_way = &draft.ways[way];
        if last_way != Some(way) {
            out.one_way_ways += usize::from(draft_way.direction != WayDirection::Both);
            last_way = Some(way);
        }
        let mut start = 0;
        for end in 1..nodes.len() {
            if end + 1 < nodes.len() && !crossings.contains(&nodes[end].0) {
                continue;
            }
            let shape: Vec<Position> = nodes[start..=end].iter().map(|n| n.1).collect();
            out.list.push(Stretch {
                way,
                from: number(&mut out.crossings, nodes[start].0),
                to: number(&mut out.crossings, nodes[end].0),
                millis: millis(length(&shape), kmh),
                shape,
                direction: draft_way.direction,
            });
            start = end;
        }
    }
    out
}

/// Consecutive nodes of one way that are all there.
struct Run {
    way: usize,
    kmh: f64,
    nodes: Vec<(i64, Position)>,
}

fn runs(draft: &RoadDraft, speeds: &SpeedTable) -> Vec<Run> {
    let mut out = Vec::new();
    for (way, draft_way) in draft.ways.iter().enumerate() {
        let Some(kmh) = speed(draft_way, speeds) else {
            continue;
        };
        let mut nodes: Vec<(i64, Position)> = Vec::new();
        for &id in &draft_way.nodes {
            match draft.nodes.get(&id) {
                Some(_) if nodes.last().is_some_and(|n| n.0 == id) => {}
                Some(&at) => nodes.push((id, on_the_lattice(at))),
                None => close_run(&mut out, way, kmh, &mut nodes),
            }
        }
        close_run(&mut out, way, kmh, &mut nodes);
    }
    out
}

fn close_run(runs: &mut Vec<Run>, way: usize, kmh: f64, nodes: &mut Vec<(i64, Position)>) {
    let nodes = std::mem::take(nodes);
    if nodes.len() > 1 {
        runs.push(Run { way, kmh, nodes });
    }
}

/// The class's speed, or the way's limit where that is lower; none where not drivable.
fn speed(way: &WayDraft, speeds: &SpeedTable) -> Option<f64> {
    let class = speeds
        .kmh(&way.class)
        .filter(|v| v.is_finite() && *v > 0.0)?;
    let limit = way.max_kmh.filter(|v| v.is_finite() && *v > 0.0);
    Some(limit.map_or(class, |v| class.min(v)))
}

/// Nodes at which ways meet, or at which a run starts or ends, or a turn is restricted.
fn crossing_nodes(draft: &RoadDraft, runs: &[Run]) -> HashSet<i64> {
    let mut seen = HashSet::new();
    let mut crossings: HashSet<i64> = draft.restrictions.iter().map(|r| r.via_node).collect();
    for run in runs {
        for (i, (id, _)) in run.nodes.iter().enumerate() {
            let is_end = i == 0 || i + 1 == run.nodes.len();
            if !seen.insert(*id) || is_end {
                crossings.insert(*id);
            }
        }
    }
    crossings
}

fn number(crossings: &mut HashMap<i64, u32>, id: i64) -> u32 {
    let next = crossings.len() as u32;
    *crossings.entry(id).or_insert(next)
}

fn millis(metres: f64, kmh: f64) -> u32 {
    (metres * 3600.0 / kmh).round().clamp(1.0, MOST_MILLIS) as u32
}

fn on_the_lattice(at: Position) -> Position {
    let step = |degrees: f64| (degrees * STEPS_PER_DEGREE).round() / STEPS_PER_DEGREE;
    Position::wrapped(step(at.lon()), step(at.lat()))
}
