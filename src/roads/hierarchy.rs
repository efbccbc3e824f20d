//! Fastest times and paths between nodes through a customisable contraction hierarchy
//! (Dibbelt, Strasser, Wagner 2016; crate `cch`).
//!
//! The elimination order is the costly part and is what gets stored; the hierarchy is
//! built and customised from it whenever a network is opened.

use cch::graph::Graph;
use cch::{Cch, ElimTreeQuery, INF_WEIGHT, Metric, PathQuery};
use rayon::prelude::*;

use crate::roads::graph::RoadGraph;

/// At least so many sources are worth a thread of their own.
const LEAST_SOURCES: usize = 16;

/// A customised hierarchy over the nodes of a graph.
pub(crate) struct Hierarchy {
    cch: Cch,
    metric: Metric,
}

impl Hierarchy {
    /// An elimination order by nested dissection along the map.
    pub fn order(graph: &RoadGraph) -> Vec<u32> {
        let positions = graph.node_positions();
        let mut tail = Vec::with_capacity(graph.out.len());
        let mut head = Vec::with_capacity(graph.out.len());
        for node in 0..graph.nodes() as u32 {
            for &arc in graph.leaving(node) {
                tail.push(node);
                head.push(graph.arcs[arc as usize].head);
            }
        }
        // Single precision is 4 m at 100 degrees, and a few centimetres near the origin.
        let origin = positions.iter().flatten().next().copied();
        let shifted = |of: fn(crate::place::position::Position) -> f64| -> Vec<f32> {
            let zero = origin.map_or(0.0, of);
            positions
                .iter()
                .map(|p| p.map_or(0.0, |p| (of(p) - zero) as f32))
                .collect()
        };
        cch::inertial_order(
            graph.nodes() as u32,
            &tail,
            &head,
            &shifted(|p| p.lat()),
            &shifted(|p| p.lon()),
        )
    }

    /// Contracts in this order (a permutation of the nodes) and customises with the
    /// graph's times.
    pub fn new(graph: &RoadGraph, order: &[u32]) -> Self {
        let input = Graph {
            first_out: graph.first_out.clone(),
            head: graph
                .out
                .iter()
                .map(|&a| graph.arcs[a as usize].head)
                .collect(),
            weight: graph
                .out
                .iter()
                .map(|&a| graph.arcs[a as usize].millis)
                .collect(),
        };
        let cch = Cch::build(&input, order);
        let metric = cch.customize(&input.weight);
        Self { cch, metric }
    }

    /// The order it was made with.
    pub fn elimination_order(&self) -> &[u32] {
        &self.cch.order
    }

    /// Milliseconds from each source to each target node, row after row, each row handed
    /// to `take` with its place. Rows are computed in parallel; none where there is no way.
    pub fn rows<T: Send>(
        &self,
        sources: &[u32],
        targets: &[u32],
        take: impl Fn(usize, &[u32]) -> T + Sync,
    ) -> Vec<T> {
        let threads = rayon::current_num_threads().max(1);
        let chunk = sources.len().div_ceil(threads).max(LEAST_SOURCES);
        let chunks: Vec<Vec<T>> = sources
            .par_chunks(chunk)
            .enumerate()
            .map(|(number, chunk_sources)| {
                let (cch, metric) = (self.cch.view(), self.metric.view());
                let mut query = ElimTreeQuery::new(&cch);
                query.pin_targets(targets);
                let mut row = vec![INF_WEIGHT; targets.len()];
                let mut taken = Vec::with_capacity(chunk_sources.len());
                for (i, &source) in chunk_sources.iter().enumerate() {
                    query.reset_source();
                    query.add_source_and_run(&metric, source);
                    query.get_distances_to_targets(&mut row);
                    taken.push(take(number * chunk + i, &row));
                }
                taken
            })
            .collect();
        chunks.into_iter().flatten().collect()
    }

    /// The nodes of a fastest path, both ends included.
    pub fn path(&self, source: u32, target: u32) -> Option<Vec<u32>> {
        let (cch, metric) = (self.cch.view(), self.metric.view());
        PathQuery::new(&cch).path(&metric, source, target)
    }
}

impl std::fmt::Debug for Hierarchy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hierarchy")
            .field("nodes", &self.cch.node_count())
            .field("arcs", &self.cch.cch_arc_count())
            .finish()
    }
}
