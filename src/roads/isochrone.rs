//! What is reached by road within a time, from one place or many.
//!
//! Idea: Dijkstra over the graph's nodes (crossings, with turn restrictions in them), all
//! sources at once, cut off at the limit. A point on a street is then reached by driving
//! on from a node that may enter its street, or straight from a source on the same street:
//! the sums of [`crate::roads::matrix`], so that both say the same to the millisecond.
//! The reached part of each street is known by fractions of its length.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

use crate::place::measure::Metres;
use crate::place::position::Position;
use crate::roads::access;
use crate::roads::graph::{NO_TWIN, RoadGraph};
use crate::roads::network::{Snap, UNREACHABLE};

/// What is reached within a time.
#[derive(Debug, Clone)]
pub struct Reached<'a> {
    graph: &'a RoadGraph,
    limit_ms: u32,
    /// Milliseconds to each node; [`UNREACHABLE`] past the limit.
    node_ms: Vec<u32>,
    /// Sources by the street they are on.
    sources: HashMap<u32, Vec<Snap>>,
}

/// A reached part of a street.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ReachedPiece {
    /// The street: the lower of its arcs' numbers.
    pub arc: u32,
    /// Where the part starts along that arc, 0 to 1.
    pub from: f64,
    /// Where it ends, 0 to 1.
    pub until: f64,
}

/// Drives off from all sources at once, for at most `limit_ms`.
pub(crate) fn reach<'a>(graph: &'a RoadGraph, sources: &[Snap], limit_ms: u32) -> Reached<'a> {
    let mut node_ms = vec![UNREACHABLE; graph.nodes()];
    let mut open = BinaryHeap::new();
    let mut by_street: HashMap<u32, Vec<Snap>> = HashMap::new();
    for &source in sources {
        for exit in access::exits(graph, source) {
            better(&mut node_ms, &mut open, exit.node, exit.millis, limit_ms);
        }
        if let Some(street) = street_of(graph, source.arc) {
            by_street.entry(street).or_default().push(source);
        }
    }
    while let Some(Reverse((millis, node))) = open.pop() {
        if millis > node_ms[node as usize] {
            continue;
        }
        for &arc in graph.leaving(node) {
            let arc = graph.arcs[arc as usize];
            let then = millis.saturating_add(arc.millis);
            better(&mut node_ms, &mut open, arc.head, then, limit_ms);
        }
    }
    Reached {
        graph,
        limit_ms,
        node_ms,
        sources: by_street,
    }
}

fn better(
    node_ms: &mut [u32],
    open: &mut BinaryHeap<Reverse<(u32, u32)>>,
    node: u32,
    millis: u32,
    limit_ms: u32,
) {
    if millis <= limit_ms && millis < node_ms[node as usize] {
        node_ms[node as usize] = millis;
        open.push(Reverse((millis, node)));
    }
}

/// The lower number of a street's two arcs; none where there is no such arc.
fn street_of(graph: &RoadGraph, arc: u32) -> Option<u32> {
    let twin = graph.arcs.get(arc as usize)?.twin;
    Some(arc.min(twin))
}

impl Reached<'_> {
    /// The limit it was made with, milliseconds.
    pub fn limit_ms(&self) -> u32 {
        self.limit_ms
    }

    /// Milliseconds from the nearest source; none past the limit.
    pub fn millis_to(&self, to: Snap) -> Option<u32> {
        let round = access::entries(self.graph, to)
            .into_iter()
            .map(|entry| self.node_ms[entry.node as usize].saturating_add(entry.millis));
        let beside = street_of(self.graph, to.arc).and_then(|street| self.sources.get(&street));
        let direct = beside
            .into_iter()
            .flatten()
            .filter_map(|&source| access::direct(self.graph, source, to).map(|d| d.3));
        let least = round.chain(direct).min()?;
        Some(least).filter(|&millis| millis <= self.limit_ms)
    }

    /// The parts of streets that are reached within a time (not more than the limit), each
    /// street's parts merged, ascending.
    pub fn pieces(&self, within_ms: u32) -> Vec<ReachedPiece> {
        let within_ms = within_ms.min(self.limit_ms);
        let mut pieces = Vec::new();
        for arc in 0..self.graph.arcs.len() as u32 {
            if street_of(self.graph, arc) != Some(arc) {
                continue;
            }
            let mut parts = self.parts(arc, within_ms);
            parts.sort_by(|a, b| a.0.total_cmp(&b.0));
            let mut merged: Vec<(f64, f64)> = Vec::new();
            for part in parts {
                match merged.last_mut() {
                    Some(last) if part.0 <= last.1 => last.1 = last.1.max(part.1),
                    _ => merged.push(part),
                }
            }
            pieces.extend(merged.into_iter().map(|(from, until)| ReachedPiece {
                arc,
                from,
                until,
            }));
        }
        pieces
    }

    /// Length of the streets that are reached within a time, each street once.
    pub fn length(&self, within_ms: u32) -> Metres {
        let pieces = self.pieces(within_ms);
        let of = |p: &ReachedPiece| self.graph.metres[p.arc as usize] * (p.until - p.from);
        Metres(pieces.iter().map(of).sum())
    }

    /// The same parts as lines of at least two points.
    pub fn lines(&self, within_ms: u32) -> Vec<Vec<Position>> {
        let mut lines = Vec::new();
        for ReachedPiece { arc, from, until } in self.pieces(within_ms) {
            let ends = [from, until].map(|at| point_at(self.graph, arc, at));
            let [Some(first), Some(last)] = ends else {
                continue;
            };
            let mut line = vec![first];
            line.extend(self.graph.points_between(arc, from, until));
            line.push(last);
            lines.push(line);
        }
        lines
    }

    /// What is reached of a street, in fractions along the given arc, unsorted.
    fn parts(&self, arc: u32, within_ms: u32) -> Vec<(f64, f64)> {
        let mut parts = Vec::new();
        let twin = self.graph.arcs[arc as usize].twin;
        self.entered_at_start(arc, within_ms, |from, until| parts.push((from, until)));
        if twin != NO_TWIN {
            self.entered_at_start(twin, within_ms, |from, until| {
                parts.push((1.0 - until, 1.0 - from));
            });
        }
        for source in self.sources.get(&arc).into_iter().flatten() {
            for exit in access::exits(self.graph, *source) {
                let whole = f64::from(self.graph.arcs[exit.arc as usize].millis);
                let until = (exit.along + f64::from(within_ms) / whole).min(1.0);
                parts.push(match exit.arc == arc {
                    true => (exit.along, until),
                    false => (1.0 - until, 1.0 - exit.along),
                });
            }
        }
        parts
    }

    /// Entered at its start, how far an arc is driven.
    fn entered_at_start(&self, arc: u32, within_ms: u32, mut keep: impl FnMut(f64, f64)) {
        let entered = self.graph.entries(arc).iter();
        let start = entered.map(|&node| self.node_ms[node as usize]).min();
        let Some(start) = start.filter(|&millis| millis <= within_ms) else {
            return;
        };
        let whole = f64::from(self.graph.arcs[arc as usize].millis);
        keep(0.0, (f64::from(within_ms - start) / whole).min(1.0));
    }
}

/// The point at a fraction of an arc's length.
fn point_at(graph: &RoadGraph, arc: u32, along: f64) -> Option<Position> {
    let wanted = along * graph.metres[arc as usize];
    let (mut at, mut last) = (0.0, None::<Position>);
    for point in graph.points(arc) {
        if let Some(before) = last {
            let step = before.metres_to(point).0;
            if at + step >= wanted && step > 0.0 {
                let t = ((wanted - at) / step).clamp(0.0, 1.0);
                let turned = nearest_turn(point.lon(), before.lon());
                return Some(Position::wrapped(
                    before.lon() + (turned - before.lon()) * t,
                    before.lat() + (point.lat() - before.lat()) * t,
                ));
            }
            at += step;
        }
        last = Some(point);
    }
    last
}

/// The same longitude, turned by 360° so that it is within 180° of another.
fn nearest_turn(lon: f64, near: f64) -> f64 {
    lon - 360.0 * ((lon - near) / 360.0).round()
}

#[cfg(test)]
#[path = "isochrone_tests.rs"]
mod tests;
