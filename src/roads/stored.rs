//! The stored form of a network: a mark, a version byte, a SHA-256 of what follows, then
//! the graph and its elimination order in postcard.
//!
//! Whatever bytes come in, opening them gives a consistent network or an error: after the
//! checksum every number is checked against what it points into.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::place::position::Position;
use crate::roads::graph::{Arc, NO_TWIN, RoadGraph};
use crate::roads::network::RoadError;
use crate::roads::stretch::STEPS_PER_DEGREE;

/// First bytes of every stored network.
const MARK: [u8; 4] = *b"FBRN";

/// Counts up when the form changes.
const VERSION: u8 = 1;

const CHECKSUM: usize = 32;
const HEADER: usize = MARK.len() + 1 + CHECKSUM;

#[derive(Serialize, Deserialize)]
struct Stored {
    /// Number of arcs that leave each node.
    leaving: Vec<u32>,
    out: Vec<u32>,
    arcs: Vec<StoredArc>,
    /// Number of points of each shape, in order.
    shapes: Vec<u32>,
    /// Steps of 1e-7 degrees east and north from the point before.
    points: Vec<(i64, i64)>,
    names: Vec<String>,
    order: Vec<u32>,
}

#[derive(Serialize, Deserialize)]
struct StoredArc {
    head: u32,
    millis: u32,
    /// The twin's number plus one; 0 where there is none.
    twin: u32,
    shape: u32,
    reversed: bool,
    name: u32,
}

/// The bytes of a graph and its elimination order.
pub(crate) fn to_bytes(graph: &RoadGraph, order: &[u32]) -> Vec<u8> {
    let mut shapes = Vec::new();
    let mut shape_until = None;
    let arcs = graph
        .arcs
        .iter()
        .map(|arc| {
            // Arcs of one street follow each other and share a shape.
            if shape_until != Some(arc.shape_until) {
                shape_until = Some(arc.shape_until);
                shapes.push(arc.shape_until - arc.shape_from);
            }
            StoredArc {
                head: arc.head,
                millis: arc.millis,
                twin: arc.twin.wrapping_add(1),
                shape: shapes.len() as u32 - 1,
                reversed: arc.reversed,
                name: arc.name,
            }
        })
        .collect();
    let (mut x, mut y) = (0, 0);
    let points = graph
        .shape
        .iter()
        .map(|p| {
            let at = (steps(p.lon()), steps(p.lat()));
            let step = (at.0 - x, at.1 - y);
            (x, y) = at;
            step
        })
        .collect();
    let stored = Stored {
        leaving: graph.first_out.windows(2).map(|w| w[1] - w[0]).collect(),
        out: graph.out.clone(),
        arcs,
        shapes,
        points,
        names: graph.names.clone(),
        order: order.to_vec(),
    };
    // Writing to a vector fails for no value of these types; an empty body would be
    // refused when opened.
    let body = postcard::to_allocvec(&stored).unwrap_or_default();
    let mut bytes = Vec::with_capacity(HEADER + body.len());
    bytes.extend(MARK);
    bytes.push(VERSION);
    bytes.extend(Sha256::digest(&body));
    bytes.extend(body);
    bytes
}

/// The graph and its elimination order.
pub(crate) fn from_bytes(bytes: &[u8]) -> Result<(RoadGraph, Vec<u32>), RoadError> {
    if bytes.len() < HEADER || bytes[..MARK.len()] != MARK {
        return Err(fault("it does not start as one"));
    }
    let version = bytes[MARK.len()];
    if version != VERSION {
        return Err(RoadError::Stored(format!(
            "its form is version {version}, this program knows {VERSION}"
        )));
    }
    let body = &bytes[HEADER..];
    if bytes[MARK.len() + 1..HEADER] != Sha256::digest(body)[..] {
        return Err(fault("its checksum does not match"));
    }
    let stored: Stored =
        postcard::from_bytes(body).map_err(|e| RoadError::Stored(e.to_string()))?;
    let graph = graph_of(&stored)?;
    check_order(&stored.order, graph.nodes())?;
    Ok((graph, stored.order))
}

fn graph_of(stored: &Stored) -> Result<RoadGraph, RoadError> {
    let nodes = stored.leaving.len();
    let first_out = sums(&stored.leaving, stored.out.len())?;
    let first_point = sums(&stored.shapes, stored.points.len())?;
    if stored.shapes.iter().any(|&points| points < 2) {
        return Err(fault("a street has no length"));
    }
    if stored.out.iter().any(|&a| a as usize >= stored.arcs.len()) {
        return Err(fault("a crossing leads into no street"));
    }
    let mut arcs = Vec::with_capacity(stored.arcs.len());
    for (number, arc) in (0u32..).zip(&stored.arcs) {
        let shape = arc.shape as usize;
        let known = (arc.head as usize) < nodes
            && shape < stored.shapes.len()
            && (arc.name as usize) < stored.names.len()
            && arc.millis > 0
            && arc.millis < cch::INF_WEIGHT;
        let twin = arc.twin.checked_sub(1).unwrap_or(NO_TWIN);
        let paired = twin == NO_TWIN
            || stored.arcs.get(twin as usize).is_some_and(|t| {
                t.twin == number + 1 && t.millis == arc.millis && t.shape == arc.shape
            });
        if !known || !paired {
            return Err(fault("a street leads nowhere"));
        }
        arcs.push(Arc {
            head: arc.head,
            millis: arc.millis,
            twin,
            shape_from: first_point[shape],
            shape_until: first_point[shape + 1],
            reversed: arc.reversed,
            name: arc.name,
        });
    }
    let shape = positions(&stored.points)?;
    Ok(RoadGraph::new(
        first_out,
        stored.out.clone(),
        arcs,
        shape,
        stored.names.clone(),
    ))
}

/// Running sums from 0, which must end at `total`.
fn sums(counts: &[u32], total: usize) -> Result<Vec<u32>, RoadError> {
    let mut out = vec![0u32];
    let mut sum = 0u32;
    for &count in counts {
        sum = sum
            .checked_add(count)
            .ok_or_else(|| fault("its counts are too large"))?;
        out.push(sum);
    }
    if sum as usize != total {
        return Err(fault("its counts do not match"));
    }
    Ok(out)
}

fn positions(steps: &[(i64, i64)]) -> Result<Vec<Position>, RoadError> {
    let (mut x, mut y) = (0i64, 0i64);
    steps
        .iter()
        .map(|&(east, north)| {
            x = x.wrapping_add(east);
            y = y.wrapping_add(north);
            Position::new(x as f64 / STEPS_PER_DEGREE, y as f64 / STEPS_PER_DEGREE)
                .map_err(|e| RoadError::Stored(e.to_string()))
        })
        .collect()
}

fn check_order(order: &[u32], nodes: usize) -> Result<(), RoadError> {
    let mut seen = vec![false; nodes];
    for &node in order {
        match seen.get_mut(node as usize) {
            Some(seen) if !*seen => *seen = true,
            _ => return Err(fault("its order is none")),
        }
    }
    if order.len() != nodes || nodes == 0 {
        return Err(fault("its order is none"));
    }
    Ok(())
}

fn steps(degrees: f64) -> i64 {
    (degrees * STEPS_PER_DEGREE).round() as i64
}

fn fault(why: &str) -> RoadError {
    RoadError::Stored(why.to_owned())
}
