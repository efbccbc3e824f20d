//! From a position to the nearest point on a street.

use crate::index::segments::SegmentIndex;
use crate::place::measure::Metres;
use crate::place::position::Position;
use crate::roads::graph::{NO_TWIN, RoadGraph};
use crate::roads::network::Snap;

/// The straight pieces of all streets, each street once.
#[derive(Debug)]
pub(crate) struct SnapIndex {
    index: SegmentIndex,
    /// Of each piece: its arc, and where on the arc it starts and ends, 0 to 1.
    pieces: Vec<Piece>,
}

#[derive(Debug, Clone, Copy)]
struct Piece {
    arc: u32,
    start: f64,
    end: f64,
}

impl SnapIndex {
    /// Indexes the streets of a graph.
    pub fn new(graph: &RoadGraph) -> Self {
        let (mut pieces, mut segments) = (Vec::new(), Vec::new());
        for (number, arc) in (0u32..).zip(&graph.arcs) {
            // The two directions of a street lie on each other: the first stands for both.
            if arc.twin != NO_TWIN && arc.twin < number {
                continue;
            }
            let total = graph.metres[number as usize];
            let fraction = |metres: f64| if total > 0.0 { metres / total } else { 0.0 };
            let (mut at, mut last) = (0.0, None);
            for point in graph.points(number) {
                if let Some(before) = last {
                    let before: Position = before;
                    let next = at + before.metres_to(point).0;
                    pieces.push(Piece {
                        arc: number,
                        start: fraction(at),
                        end: fraction(next),
                    });
                    segments.push((before, point));
                    at = next;
                }
                last = Some(point);
            }
        }
        Self {
            index: SegmentIndex::new(segments),
            pieces,
        }
    }

    /// The nearest point of a street within `most`.
    pub fn snap(&self, position: Position, most: Metres) -> Option<Snap> {
        let hit = self.index.nearest(position, most)?;
        let Piece { arc, start, end } = *self.pieces.get(hit.segment)?;
        Some(Snap {
            arc,
            along: (start + (end - start) * hit.along).clamp(0.0, 1.0),
            position: hit.position,
            off_road: hit.distance,
        })
    }
}
