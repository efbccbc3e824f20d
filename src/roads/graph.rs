//! The graph that is driven on: arcs between crossings, each along one stretch of a way.
//!
//! A node is a crossing, or the state "at this crossing, having come by that arc" where a
//! turn restriction makes a difference: such a crossing has one node more for each arc
//! that a restriction names. An arc ends in exactly one node, and may be entered from
//! several (the crossing's nodes that are allowed to turn into it). Invariant: every node
//! is reachable from every other one.

use crate::place::position::Position;

/// In [`Arc::twin`]: there is no way back on this street.
pub(crate) const NO_TWIN: u32 = u32::MAX;

/// One direction of one stretch of street.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Arc {
    /// The node in which it ends.
    pub head: u32,
    /// Driving time from end to end, milliseconds; at least 1.
    pub millis: u32,
    /// The same street driven the other way, or [`NO_TWIN`].
    pub twin: u32,
    /// Its points are `shape[from..until]`…
    pub shape_from: u32,
    /// …
    pub shape_until: u32,
    /// …read backwards.
    pub reversed: bool,
    /// The street's name, a place in the names.
    pub name: u32,
}

/// Arcs, nodes and shapes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct RoadGraph {
    /// Node `v` is left by `out[first_out[v]..first_out[v + 1]]`.
    pub first_out: Vec<u32>,
    /// Arc numbers.
    pub out: Vec<u32>,
    /// The arcs.
    pub arcs: Vec<Arc>,
    /// Points of the arcs.
    pub shape: Vec<Position>,
    /// Street names; the first is empty.
    pub names: Vec<String>,
    /// Length of each arc, metres (from its shape).
    pub metres: Vec<f64>,
    /// Arc `a` may be entered from `entries[first_entry[a]..first_entry[a + 1]]`.
    first_entry: Vec<u32>,
    entries: Vec<u32>,
}

impl RoadGraph {
    /// Puts a graph together and derives what follows from its parts. The parts must be
    /// consistent: indices in range, shapes of at least two points.
    pub fn new(
        first_out: Vec<u32>,
        out: Vec<u32>,
        arcs: Vec<Arc>,
        shape: Vec<Position>,
        names: Vec<String>,
    ) -> Self {
        let metres = arcs
            .iter()
            .map(|a| length(&shape[a.shape_from as usize..a.shape_until as usize]))
            .collect();
        let mut first_entry = vec![0u32; arcs.len() + 1];
        for &arc in &out {
            first_entry[arc as usize + 1] += 1;
        }
        for a in 0..arcs.len() {
            first_entry[a + 1] += first_entry[a];
        }
        let mut next = first_entry.clone();
        let mut entries = vec![0u32; out.len()];
        for (node, range) in first_out.windows(2).enumerate() {
            for &arc in &out[range[0] as usize..range[1] as usize] {
                let slot = &mut next[arc as usize];
                entries[*slot as usize] = node as u32;
                *slot += 1;
            }
        }
        Self {
            first_out,
            out,
            arcs,
            shape,
            names,
            metres,
            first_entry,
            entries,
        }
    }

    /// Number of nodes.
    pub fn nodes(&self) -> usize {
        self.first_out.len().saturating_sub(1)
    }

    /// Arcs that may be driven from a node.
    pub fn leaving(&self, node: u32) -> &[u32] {
        let node = node as usize;
        &self.out[self.first_out[node] as usize..self.first_out[node + 1] as usize]
    }

    /// Nodes from which an arc may be entered.
    pub fn entries(&self, arc: u32) -> &[u32] {
        let arc = arc as usize;
        &self.entries[self.first_entry[arc] as usize..self.first_entry[arc + 1] as usize]
    }

    /// The points of an arc in the direction of driving.
    pub fn points(&self, arc: u32) -> impl DoubleEndedIterator<Item = Position> + '_ {
        let Arc {
            shape_from,
            shape_until,
            reversed,
            ..
        } = self.arcs[arc as usize];
        let points = &self.shape[shape_from as usize..shape_until as usize];
        let count = points.len();
        (0..count).map(move |i| points[if reversed { count - 1 - i } else { i }])
    }

    /// The points strictly between two fractions of an arc's length.
    pub fn points_between(&self, arc: u32, from: f64, until: f64) -> Vec<Position> {
        let total = self.metres[arc as usize];
        let (mut at, mut last, mut inner) = (0.0, None::<Position>, Vec::new());
        for point in self.points(arc) {
            at += last.map_or(0.0, |l: Position| l.metres_to(point).0);
            last = Some(point);
            if at > from * total && at < until * total {
                inner.push(point);
            }
        }
        inner
    }

    /// Where each node is: the last point of an arc that ends in it.
    pub fn node_positions(&self) -> Vec<Option<Position>> {
        let mut at = vec![None; self.nodes()];
        for (number, arc) in (0u32..).zip(&self.arcs) {
            at[arc.head as usize] = self.points(number).next_back();
        }
        at
    }
}

/// Length of a line, metres.
pub(crate) fn length(line: &[Position]) -> f64 {
    line.windows(2).map(|w| w[0].metres_to(w[1]).0).sum()
}
