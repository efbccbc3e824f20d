//! From a shape on the Earth to whole tile coordinates: project, clip, simplify, round,
//! and drop what can't be seen. Used by `tile.rs` alone.
//!
//! Coordinates here are `[x, y]` in tile units, x eastward and y southward from the
//! tile's north-west corner.

use geo::{BooleanOps, Coord, LineString, MultiLineString, MultiPolygon, Polygon, Rect, Simplify};

use crate::exchange::tile::{BUFFER, EXTENT, TileId, TileShape};
use crate::place::position::Position;

/// Web-Mercator ends where the world is a square.
const MAX_LATITUDE: f64 = 85.051_128_779_806_59;

/// Rings of less area (square units) are dropped: a quarter of a pixel of a 512-pixel
/// tile is 16 square units.
const LEAST_AREA: i64 = 16;

/// From this zoom on, shapes keep all their detail but what is below one unit.
const DETAIL_ZOOM: u8 = 14;

/// What is left of a shape in one tile.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Drawn {
    /// Not to be seen.
    Nothing,
    /// A point.
    Point([i32; 2]),
    /// Lines of at least two distinct points.
    Lines(Vec<Vec<[i32; 2]>>),
    /// Rings without the closing point: each outer ring (positive area) is followed by
    /// its holes (negative area).
    Rings(Vec<Vec<[i32; 2]>>),
}

/// Projects, clips, simplifies and rounds.
pub(crate) fn draw(tile: TileId, shape: &TileShape<'_>) -> Drawn {
    match shape {
        TileShape::Point(position) => draw_point(project(tile, *position)),
        TileShape::Line(points) => draw_line(tile, points),
        TileShape::Polygon(rings) => draw_polygon(tile, rings),
    }
}

fn project(tile: TileId, position: Position) -> Coord<f64> {
    let latitude = position.lat().clamp(-MAX_LATITUDE, MAX_LATITUDE);
    let x = (position.lon() + 180.0) / 360.0;
    let y = 0.5 - latitude.to_radians().tan().asinh() / std::f64::consts::TAU;
    let side = f64::from(1u32 << tile.z());
    Coord {
        x: (x * side - f64::from(tile.x())) * f64::from(EXTENT),
        y: (y * side - f64::from(tile.y())) * f64::from(EXTENT),
    }
}

fn window() -> Rect<f64> {
    let (low, high) = (-f64::from(BUFFER), f64::from(EXTENT + BUFFER));
    Rect::new(Coord { x: low, y: low }, Coord { x: high, y: high })
}

/// Where a shape lies with respect to the window.
#[derive(PartialEq)]
enum Reach {
    Inside,
    Across,
    Outside,
}

fn reach(line: &[Coord<f64>]) -> Reach {
    let window = window();
    let (least, most) = (window.min(), window.max());
    let mut low = Coord {
        x: f64::INFINITY,
        y: f64::INFINITY,
    };
    let mut high = Coord {
        x: f64::NEG_INFINITY,
        y: f64::NEG_INFINITY,
    };
    for c in line {
        low = Coord {
            x: low.x.min(c.x),
            y: low.y.min(c.y),
        };
        high = Coord {
            x: high.x.max(c.x),
            y: high.y.max(c.y),
        };
    }
    if low.x > most.x || low.y > most.y || high.x < least.x || high.y < least.y {
        Reach::Outside
    } else if low.x >= least.x && low.y >= least.y && high.x <= most.x && high.y <= most.y {
        Reach::Inside
    } else {
        Reach::Across
    }
}

/// Half a pixel of a 512-pixel tile is 4 units; a quarter suffices for what is far away.
fn tolerance(tile: TileId) -> f64 {
    if tile.z() >= DETAIL_ZOOM { 1.0 } else { 2.0 }
}

fn draw_point(at: Coord<f64>) -> Drawn {
    if reach(&[at]) == Reach::Outside {
        return Drawn::Nothing;
    }
    Drawn::Point(round(at))
}

fn draw_line(tile: TileId, points: &[Position]) -> Drawn {
    let line: Vec<Coord<f64>> = points.iter().map(|&p| project(tile, p)).collect();
    let line = LineString::new(line);
    let pieces = match reach(&line.0) {
        Reach::Outside => return Drawn::Nothing,
        Reach::Inside => vec![line],
        Reach::Across => {
            window()
                .to_polygon()
                .clip(&MultiLineString::new(vec![line]), false)
                .0
        }
    };
    let lines: Vec<Vec<[i32; 2]>> = pieces
        .iter()
        .map(|piece| match piece.0.len() {
            0..=2 => rounded(&piece.0),
            _ => rounded(&piece.simplify(tolerance(tile)).0),
        })
        .filter(|piece| piece.len() >= 2)
        .collect();
    if lines.is_empty() {
        return Drawn::Nothing;
    }
    Drawn::Lines(lines)
}

fn draw_polygon(tile: TileId, rings: &[Vec<Position>]) -> Drawn {
    let mut lines = rings.iter().map(|ring| {
        let line: Vec<Coord<f64>> = ring.iter().map(|&p| project(tile, p)).collect();
        LineString::new(line)
    });
    let Some(outer) = lines.next() else {
        return Drawn::Nothing;
    };
    let reach = reach(&outer.0);
    if reach == Reach::Outside {
        return Drawn::Nothing;
    }
    let polygon = Polygon::new(outer, lines.collect());
    let parts = if reach == Reach::Inside {
        MultiPolygon::new(vec![polygon])
    } else {
        polygon.intersection(&window().to_polygon())
    };
    let mut out = Vec::new();
    for part in &parts {
        let simple = part.simplify(tolerance(tile));
        let Some(outer) = wound(simple.exterior(), true) else {
            continue;
        };
        out.push(outer);
        out.extend(
            simple
                .interiors()
                .iter()
                .filter_map(|hole| wound(hole, false)),
        );
    }
    if out.is_empty() {
        return Drawn::Nothing;
    }
    Drawn::Rings(out)
}

/// The ring in whole units without its closing point; none where it is too small.
fn wound(ring: &LineString<f64>, positive: bool) -> Option<Vec<[i32; 2]>> {
    let mut corners = rounded(&ring.0);
    if corners.len() > 1 && corners.first() == corners.last() {
        corners.pop();
    }
    if corners.len() < 3 {
        return None;
    }
    let doubled = doubled_area(&corners);
    if doubled.abs() < 2 * LEAST_AREA {
        return None;
    }
    if (doubled > 0) != positive {
        corners.reverse();
    }
    Some(corners)
}

/// Twice the surveyor's area; positive where the ring runs clockwise on the screen.
pub(crate) fn doubled_area(ring: &[[i32; 2]]) -> i64 {
    let mut sum = 0;
    for (i, a) in ring.iter().enumerate() {
        let b = ring[(i + 1) % ring.len()];
        sum += i64::from(a[0]) * i64::from(b[1]) - i64::from(b[0]) * i64::from(a[1]);
    }
    sum
}

fn rounded(line: &[Coord<f64>]) -> Vec<[i32; 2]> {
    let mut out: Vec<[i32; 2]> = line.iter().map(|&c| round(c)).collect();
    out.dedup();
    out
}

/// Only called for what lies within the window, so the cast can't saturate.
fn round(at: Coord<f64>) -> [i32; 2] {
    [at.x.round() as i32, at.y.round() as i32]
}
