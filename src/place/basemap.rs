//! What the ground looks like: streets, water, green, buildings, place names, for the
//! basemap tiles. Drawn, never computed with.

use serde::{Deserialize, Serialize};

use crate::place::position::Position;

/// Which layer of the basemap a feature belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BasemapKind {
    /// A street; `class` is its `highway` value.
    Street,
    /// A railway.
    Railway,
    /// Water: an area or a river's line.
    Water,
    /// Park, wood, grass.
    Green,
    /// A building.
    Building,
    /// A name: suburb, square, station; `class` says which.
    Label,
}

/// Its shape.
#[derive(Debug, Clone, PartialEq)]
pub enum BasemapShape {
    /// A point, for labels.
    Point(Position),
    /// A line of at least two points.
    Line(Vec<Position>),
    /// Closed rings: the outer one, then the holes. For drawing: not checked further.
    Polygon(Vec<Vec<Position>>),
}

/// One thing to draw.
#[derive(Debug, Clone, PartialEq)]
pub struct BasemapFeature {
    /// Its layer.
    pub kind: BasemapKind,
    /// Its class within the layer (`residential`, `river`, `park`…).
    pub class: String,
    /// Its name as written locally; empty where it has none.
    pub name: String,
    /// Its shape.
    pub shape: BasemapShape,
}
