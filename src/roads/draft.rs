//! Roads as read from a file: nodes, ways, turn restrictions; nothing checked so far.

use std::collections::HashMap;

use crate::place::position::Position;

/// Everything that a road graph is built from.
#[derive(Debug, Clone, Default)]
pub struct RoadDraft {
    /// Node id to its place.
    pub nodes: HashMap<i64, Position>,
    /// Ways with a road class.
    pub ways: Vec<WayDraft>,
    /// Turn restrictions.
    pub restrictions: Vec<RestrictionDraft>,
}

/// One way.
#[derive(Debug, Clone, PartialEq)]
pub struct WayDraft {
    /// The source's id.
    pub id: i64,
    /// Node ids in order of drawing.
    pub nodes: Vec<i64>,
    /// `highway=*` value: `residential`, `primary`…
    pub class: String,
    /// Street name; empty where it has none.
    pub name: String,
    /// In which directions it may be driven.
    pub direction: WayDirection,
    /// `maxspeed` in km/h, where tagged as a number.
    pub max_kmh: Option<f64>,
}

/// In which directions a way may be driven.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WayDirection {
    /// Both.
    Both,
    /// Only in the order of its nodes.
    Forward,
    /// Only against it.
    Backward,
}

/// A turn restriction at a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RestrictionDraft {
    /// Way on which one comes.
    pub from_way: i64,
    /// Node at which one turns.
    pub via_node: i64,
    /// Way on which one would leave.
    pub to_way: i64,
    /// `only_*` (every other way out is forbidden) instead of `no_*`.
    pub only: bool,
}
