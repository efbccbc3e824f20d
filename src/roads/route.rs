//! One fastest way from a point on a street to another, as a line to drive.

use crate::place::measure::Metres;
use crate::place::position::Position;
use crate::roads::access::{self, Access};
use crate::roads::graph::RoadGraph;
use crate::roads::hierarchy::Hierarchy;
use crate::roads::network::{RoadRoute, Snap};

/// The fastest way; none where there is none.
pub(crate) fn route(
    graph: &RoadGraph,
    hierarchy: &Hierarchy,
    from: Snap,
    to: Snap,
) -> Option<RoadRoute> {
    let round = least_round(graph, hierarchy, from, to);
    let direct = access::direct(graph, from, to);
    match (direct, round) {
        (Some((arc, start, end, millis)), round) if round.is_none_or(|r| millis <= r.0) => {
            Some(drive(graph, from, to, millis, &[(arc, start, end)]))
        }
        (_, None) => None,
        (_, Some((millis, exit, entry))) => {
            let nodes = hierarchy.path(exit.node, entry.node)?;
            let mut legs = vec![(exit.arc, exit.along, 1.0)];
            for pair in nodes.windows(2) {
                legs.push((fastest_arc(graph, pair[0], pair[1])?, 0.0, 1.0));
            }
            legs.push((entry.arc, 0.0, entry.along));
            Some(drive(graph, from, to, millis, &legs))
        }
    }
}

/// The least time by way of the graph's nodes, with where to drive off and arrive.
fn least_round(
    graph: &RoadGraph,
    hierarchy: &Hierarchy,
    from: Snap,
    to: Snap,
) -> Option<(u32, Access, Access)> {
    let exits = access::exits(graph, from);
    let entries = access::entries(graph, to);
    let from_nodes: Vec<u32> = exits.iter().map(|a| a.node).collect();
    let to_nodes: Vec<u32> = entries.iter().map(|a| a.node).collect();
    let rows = hierarchy.rows(&from_nodes, &to_nodes, |_, row| row.to_vec());
    let mut best: Option<(u32, Access, Access)> = None;
    for (exit, row) in exits.iter().zip(&rows) {
        for (entry, &between) in entries.iter().zip(row) {
            let millis = exit
                .millis
                .saturating_add(between)
                .saturating_add(entry.millis);
            if millis < cch::INF_WEIGHT && best.is_none_or(|b| millis < b.0) {
                best = Some((millis, *exit, *entry));
            }
        }
    }
    best
}

/// Of several arcs between two nodes, the one that the hierarchy took.
fn fastest_arc(graph: &RoadGraph, from: u32, to: u32) -> Option<u32> {
    graph
        .leaving(from)
        .iter()
        .copied()
        .filter(|&a| graph.arcs[a as usize].head == to)
        .min_by_key(|&a| (graph.arcs[a as usize].millis, a))
}

/// Strings the legs (arc, from fraction, to fraction) together.
fn drive(
    graph: &RoadGraph,
    from: Snap,
    to: Snap,
    millis: u32,
    legs: &[(u32, f64, f64)],
) -> RoadRoute {
    let mut line = vec![from.position];
    let mut metres = 0.0;
    for (i, &(arc, start, end)) in legs.iter().enumerate() {
        metres += graph.metres[arc as usize] * (end - start);
        for point in graph.points_between(arc, start, end) {
            push(&mut line, point);
        }
        if i + 1 < legs.len()
            && let Some(crossing) = graph.points(arc).next_back()
        {
            push(&mut line, crossing);
        }
    }
    // A line has two points, even where nobody moves.
    if line.len() < 2 || line.last() != Some(&to.position) {
        line.push(to.position);
    }
    RoadRoute {
        millis,
        length: Metres(metres),
        line,
    }
}

fn push(line: &mut Vec<Position>, point: Position) {
    if line.last() != Some(&point) {
        line.push(point);
    }
}
