//! How a point on a street hangs on the graph: by which nodes one drives off, and by
//! which one arrives.
//!
//! A unit that stands on a street may drive off in either allowed direction; turning on
//! the spot at a stop is taken as possible. Times are whole milliseconds and the same
//! function cuts every arc, so that sums agree to the millisecond.

use crate::roads::graph::{NO_TWIN, RoadGraph};
use crate::roads::network::Snap;

/// A node, and what it takes between it and the point.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Access {
    /// The node.
    pub node: u32,
    /// Milliseconds between point and node.
    pub millis: u32,
    /// On which arc.
    pub arc: u32,
    /// Where the point is on that arc, 0 to 1.
    pub along: f64,
}

/// The point as seen from each direction of its street: arc and fraction.
fn directions(graph: &RoadGraph, snap: Snap) -> impl Iterator<Item = (u32, f64)> {
    let along = if snap.along.is_nan() {
        0.0
    } else {
        snap.along.clamp(0.0, 1.0)
    };
    let own = graph.arcs.get(snap.arc as usize);
    let twin = own.map_or(NO_TWIN, |arc| arc.twin);
    let own = own.map(|_| (snap.arc, along));
    own.into_iter()
        .chain((twin != NO_TWIN).then_some((twin, 1.0 - along)))
}

/// Milliseconds from an arc's start to the fraction.
fn part(graph: &RoadGraph, arc: u32, along: f64) -> u32 {
    (f64::from(graph.arcs[arc as usize].millis) * along).round() as u32
}

/// The nodes to which one may drive off.
pub(crate) fn exits(graph: &RoadGraph, snap: Snap) -> Vec<Access> {
    directions(graph, snap)
        .map(|(arc, along)| {
            let whole = graph.arcs[arc as usize];
            Access {
                node: whole.head,
                millis: whole.millis - part(graph, arc, along),
                arc,
                along,
            }
        })
        .collect()
}

/// The nodes from which one may arrive.
pub(crate) fn entries(graph: &RoadGraph, snap: Snap) -> Vec<Access> {
    let mut all = Vec::new();
    for (arc, along) in directions(graph, snap) {
        let millis = part(graph, arc, along);
        all.extend(graph.entries(arc).iter().map(|&node| Access {
            node,
            millis,
            arc,
            along,
        }));
    }
    all
}

/// Where both points are on one street and the second lies ahead of the first: the arc,
/// the fractions, and the milliseconds in between.
pub(crate) fn direct(graph: &RoadGraph, from: Snap, to: Snap) -> Option<(u32, f64, f64, u32)> {
    let mut best: Option<(u32, f64, f64, u32)> = None;
    for (arc, start) in directions(graph, from) {
        for (_, end) in directions(graph, to).filter(|&(other, _)| other == arc) {
            if start > end {
                continue;
            }
            let millis = part(graph, arc, end) - part(graph, arc, start);
            if best.is_none_or(|b| millis < b.3) {
                best = Some((arc, start, end, millis));
            }
        }
    }
    best
}
