//! The drivable network: largest strongly connected part, travel times in whole
//! milliseconds, found through a contraction hierarchy.
//!
//! `build` makes it from a draft, `from_bytes` opens it from its stored form; `snap` puts
//! positions on it, `matrix` and `route` drive between them and agree to the millisecond.

use std::sync::OnceLock;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::place::id::hex;
use crate::place::measure::{Metres, Seconds};
use crate::place::position::Position;
use crate::roads::build;
use crate::roads::draft::RoadDraft;
use crate::roads::graph::RoadGraph;
use crate::roads::hierarchy::Hierarchy;
use crate::roads::isochrone::{self, Reached};
use crate::roads::matrix;
use crate::roads::route;
use crate::roads::snap::SnapIndex;
use crate::roads::speed::SpeedTable;
use crate::roads::stored;

/// Marks a pair without a way in a [`TravelMatrix`].
pub const UNREACHABLE: u32 = u32::MAX;

/// The graph with its hierarchy and its snapping index.
#[derive(Debug)]
pub struct RoadNetwork {
    graph: RoadGraph,
    hierarchy: Hierarchy,
    snaps: SnapIndex,
    fingerprint: OnceLock<String>,
}

/// A point on an arc of the network: what a position snaps to.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Snap {
    /// The arc's number.
    pub arc: u32,
    /// How far along it, 0 to 1.
    pub along: f64,
    /// The point on the road.
    pub position: Position,
    /// How far the asked position is from the road.
    pub off_road: Metres,
}

/// What building a network counted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BuildReport {
    /// Nodes of the graph, after the largest component was taken.
    pub nodes: usize,
    /// Directed arcs.
    pub arcs: usize,
    /// Ways that may be driven in one direction only.
    pub one_way_ways: usize,
    /// Turn restrictions that took effect.
    pub restrictions_kept: usize,
    /// Turn restrictions whose ways or node are not in the graph.
    pub restrictions_unused: usize,
    /// Arcs outside the largest strongly connected component, left out.
    pub arcs_left_out: usize,
    /// Length of the kept arcs, metres, each direction once.
    pub length_m: u64,
}

/// Travel times from each source (row) to each target (column), milliseconds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TravelMatrix {
    /// Number of rows.
    pub sources: usize,
    /// Number of columns.
    pub targets: usize,
    /// Row after row; [`UNREACHABLE`] where there is no way.
    pub millis: Vec<u32>,
}

impl TravelMatrix {
    /// Milliseconds from source `i` to target `j`; none where there is no way.
    pub fn millis(&self, i: usize, j: usize) -> Option<u32> {
        Some(self.millis[i * self.targets + j]).filter(|&t| t != UNREACHABLE)
    }
}

/// One way through the network.
#[derive(Debug, Clone, PartialEq)]
pub struct RoadRoute {
    /// Travel time, milliseconds; equal to the matrix's.
    pub millis: u32,
    /// Length.
    pub length: Metres,
    /// The line driven, from snap to snap.
    pub line: Vec<Position>,
}

impl RoadRoute {
    /// Travel time.
    pub fn time(&self) -> Seconds {
        Seconds(f64::from(self.millis) / 1000.0)
    }
}

/// Why there is no network.
#[derive(Debug, Error)]
pub enum RoadError {
    /// No way of a class in the speed table.
    #[error("no drivable road: none of the {ways} ways has a class of the speed table")]
    NoRoads {
        /// How many ways there were.
        ways: usize,
    },
    /// One-way streets without a way back.
    #[error(
        "no drivable network: no street of the file can be driven out and back; a larger extract is needed"
    )]
    NoRound,
    /// The stored form is not of this program's version, or torn.
    #[error("the stored road network can't be read ({0}); import the roads again")]
    Stored(String),
}

impl RoadNetwork {
    /// Builds the graph of the largest strongly connected component.
    ///
    /// # Errors
    /// [`RoadError::NoRoads`], [`RoadError::NoRound`].
    pub fn build(draft: &RoadDraft, speeds: &SpeedTable) -> Result<(Self, BuildReport), RoadError> {
        let (graph, report) = build::build(draft, speeds)?;
        let order = Hierarchy::order(&graph);
        Ok((Self::assemble(graph, &order), report))
    }

    /// The stored form.
    pub fn to_bytes(&self) -> Vec<u8> {
        stored::to_bytes(&self.graph, self.hierarchy.elimination_order())
    }

    /// Opens the stored form: the hierarchy is not ordered again.
    ///
    /// # Errors
    /// [`RoadError::Stored`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, RoadError> {
        let (graph, order) = stored::from_bytes(bytes)?;
        Ok(Self::assemble(graph, &order))
    }

    /// The nearest point of the network within `most`; none where there is none.
    pub fn snap(&self, position: Position, most: Metres) -> Option<Snap> {
        self.snaps.snap(position, most)
    }

    /// Travel times between all pairs.
    pub fn matrix(&self, sources: &[Snap], targets: &[Snap]) -> TravelMatrix {
        matrix::matrix(&self.graph, &self.hierarchy, sources, targets)
    }

    /// The fastest way; its time is the matrix's.
    pub fn route(&self, from: Snap, to: Snap) -> Option<RoadRoute> {
        route::route(&self.graph, &self.hierarchy, from, to)
    }

    /// What is reached within a time (milliseconds) from the nearest of the sources.
    pub fn reached(&self, sources: &[Snap], limit_ms: u32) -> Reached<'_> {
        isochrone::reach(&self.graph, sources, limit_ms)
    }

    /// Lines of the streets that are driven at `least_kmh` or more: what a district takes
    /// for its big roads. Each street once.
    pub fn big_roads(&self, least_kmh: f64) -> Vec<Vec<Position>> {
        let graph = &self.graph;
        (0u32..)
            .zip(graph.arcs.iter().zip(&graph.metres))
            .filter(|&(number, (arc, _))| arc.twin > number)
            // Metres a millisecond, times 3600, are kilometres an hour. Times are rounded up
            // to a millisecond at most: a short street may seem a little slower.
            .filter(|&(_, (arc, metres))| {
                metres * 3600.0 >= least_kmh * f64::from(arc.millis.saturating_sub(1))
            })
            .map(|(number, _)| graph.points(number).collect())
            .collect()
    }

    /// Name of the street a point is on; none where it has none.
    pub fn street(&self, snap: Snap) -> Option<&str> {
        let arc = self.graph.arcs.get(snap.arc as usize)?;
        let name = self.graph.names.get(arc.name as usize)?;
        Some(name.as_str()).filter(|name| !name.is_empty())
    }

    /// The hash of its arcs: two networks with the same one give the same snaps and times.
    pub fn fingerprint(&self) -> &str {
        self.fingerprint.get_or_init(|| {
            let mut hash = Sha256::new();
            for arc in &self.graph.arcs {
                hash.update(arc.head.to_le_bytes());
                hash.update(arc.millis.to_le_bytes());
                hash.update(arc.shape_from.to_le_bytes());
            }
            for at in &self.graph.shape {
                hash.update(at.lon().to_le_bytes());
                hash.update(at.lat().to_le_bytes());
            }
            hex(&hash.finalize()[..8])
        })
    }

    fn assemble(graph: RoadGraph, order: &[u32]) -> Self {
        Self {
            hierarchy: Hierarchy::new(&graph, order),
            snaps: SnapIndex::new(&graph),
            fingerprint: OnceLock::new(),
            graph,
        }
    }
}

#[cfg(test)]
#[path = "network_tests.rs"]
mod tests;
