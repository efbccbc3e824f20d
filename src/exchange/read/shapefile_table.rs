//! Shapefiles in: the `.shp` through the `shapefile` crate, attributes from [`Dbf`], the
//! frame from the `.prj`.

use std::collections::HashMap;
use std::io::Cursor;

use shapefile::{PolygonRing, Shape, ShapeReader};

use crate::exchange::read::dbf::Dbf;
use crate::exchange::read::fault::ReadFault;
use crate::exchange::read::table::{RawShape, StatedFrame, Table};
use crate::place::area::RawPolygon;

/// The files of one Shapefile.
#[derive(Debug, Clone, Copy, Default)]
pub struct ShapefileParts<'a> {
    /// `.shp`, the geometry.
    pub shp: &'a [u8],
    /// `.dbf`, the attributes.
    pub dbf: Option<&'a [u8]>,
    /// `.prj`, the frame.
    pub prj: Option<&'a [u8]>,
    /// `.cpg`, the encoding of the attributes.
    pub cpg: Option<&'a [u8]>,
}

/// Reads a Shapefile.
///
/// # Errors
/// [`ReadFault`].
pub fn read_shapefile(parts: ShapefileParts<'_>) -> Result<Table, ReadFault> {
    let cpg = parts.cpg.map(String::from_utf8_lossy);
    let dbf = match parts.dbf {
        Some(bytes) => Some(Dbf::open(bytes, cpg.as_deref())?),
        None => None,
    };
    let description = match &dbf {
        Some(dbf) => format!("Shapefile, attributes in {}", dbf.encoding.name()),
        None => "Shapefile without attributes".to_owned(),
    };
    let columns = dbf.as_ref().map(|d| d.columns.clone()).unwrap_or_default();
    let mut table = Table::new(columns, description, "feature");
    if let Some(prj) = parts.prj {
        let wkt = String::from_utf8_lossy(prj).trim().to_owned();
        if !wkt.is_empty() {
            table.frame = StatedFrame::Wkt(wkt);
        }
    }
    let damaged = |feature: usize, fault: shapefile::Error| ReadFault::Damaged {
        format: "Shapefile",
        place: format!("feature {feature} of the .shp"),
        why: fault.to_string(),
    };
    let mut reader = ShapeReader::new(Cursor::new(parts.shp)).map_err(|f| damaged(1, f))?;
    for (at, shape) in reader.iter_shapes().enumerate() {
        let shape = shape.map_err(|fault| damaged(at + 1, fault))?;
        let cells = match &dbf {
            Some(dbf) if at >= dbf.len() => {
                return Err(ReadFault::Damaged {
                    format: "Shapefile",
                    place: format!("feature {}", at + 1),
                    why: format!("the .dbf has only {} records", dbf.len()),
                });
            }
            Some(dbf) => match dbf.record(at) {
                Some(cells) => cells,
                None => continue,
            },
            None => Vec::new(),
        };
        let number = u32::try_from(at + 1).unwrap_or(u32::MAX);
        table.push_with_shape(number, cells.iter().map(String::as_str), raw_shape(&shape));
    }
    if table.is_empty() {
        return Err(ReadFault::NoRows {
            columns: table.columns().join(", "),
        });
    }
    Ok(table)
}

fn raw_shape(shape: &Shape) -> RawShape {
    match shape {
        Shape::NullShape => RawShape::Nothing,
        Shape::Point(p) => RawShape::Point([p.x, p.y]),
        Shape::PointM(p) => RawShape::Point([p.x, p.y]),
        Shape::PointZ(p) => RawShape::Point([p.x, p.y]),
        Shape::Multipoint(many) => single(many.points().iter().map(|p| [p.x, p.y])),
        Shape::MultipointM(many) => single(many.points().iter().map(|p| [p.x, p.y])),
        Shape::MultipointZ(many) => single(many.points().iter().map(|p| [p.x, p.y])),
        Shape::Polygon(polygon) => polygons(polygon.rings(), |p| [p.x, p.y]),
        Shape::PolygonM(polygon) => polygons(polygon.rings(), |p| [p.x, p.y]),
        Shape::PolygonZ(polygon) => polygons(polygon.rings(), |p| [p.x, p.y]),
        Shape::Polyline(_) | Shape::PolylineM(_) | Shape::PolylineZ(_) => RawShape::Other("a line"),
        Shape::Multipatch(_) => RawShape::Other("a multipatch"),
    }
}

/// A multipoint of one point is that point.
fn single(mut points: impl ExactSizeIterator<Item = [f64; 2]>) -> RawShape {
    if points.len() > 1 {
        return RawShape::Other("a set of several points");
    }
    points.next().map_or(RawShape::Nothing, RawShape::Point)
}

/// Groups rings into polygons: a hole belongs to the outer ring around it; one that lies
/// in none is an outer ring drawn the wrong way round.
fn polygons<P>(rings: &[PolygonRing<P>], xy: impl Fn(&P) -> [f64; 2]) -> RawShape {
    let mut found: Vec<RawPolygon> = Vec::new();
    let mut holes: Vec<Vec<[f64; 2]>> = Vec::new();
    for ring in rings {
        match ring {
            PolygonRing::Outer(points) => {
                let loops = loops_of(points.iter().map(&xy).collect());
                let turn = loops.first().map_or(0.0, |first| signed_area(first));
                for part in loops {
                    if signed_area(&part) * turn >= 0.0 {
                        found.push(vec![part]);
                    } else {
                        holes.push(part);
                    }
                }
            }
            PolygonRing::Inner(points) => holes.extend(loops_of(points.iter().map(&xy).collect())),
        }
    }
    let outers = found.len();
    for hole in holes {
        // A hole may touch the ring around it: most of its points decide.
        let owner = found[..outers].iter().position(|polygon| {
            let within = hole.iter().filter(|&&p| inside(&polygon[0], p)).count();
            within * 2 > hole.len()
        });
        match owner {
            Some(at) => found[at].push(hole),
            None => found.push(vec![hole]),
        }
    }
    if found.is_empty() {
        RawShape::Nothing
    } else {
        RawShape::Polygons(found)
    }
}

/// Cuts a ring where it touches itself at a corner, as Shapefiles may and WGS 84 areas
/// may not: each loop becomes a ring of its own, the largest first. A ring that crosses
/// itself between corners stays as it is, and is refused later.
fn loops_of(ring: Vec<[f64; 2]>) -> Vec<Vec<[f64; 2]>> {
    let closed = ring.len() > 3 && ring.first() == ring.last();
    if !closed {
        return vec![ring];
    }
    let bits = |[x, y]: [f64; 2]| (x.to_bits(), y.to_bits());
    let mut loops: Vec<Vec<[f64; 2]>> = Vec::new();
    let mut path: Vec<[f64; 2]> = Vec::with_capacity(ring.len());
    let mut place: HashMap<(u64, u64), usize> = HashMap::new();
    for &point in &ring {
        if let Some(start) = place.get(&bits(point)).copied() {
            let mut part = path.split_off(start);
            for gone in &part {
                place.remove(&bits(*gone));
            }
            part.push(point);
            // A corner repeated on the spot is no loop.
            if part.len() > 3 {
                loops.push(part);
            }
        }
        place.insert(bits(point), path.len());
        path.push(point);
    }
    if loops.is_empty() {
        return vec![ring];
    }
    loops.sort_by(|a, b| signed_area(b).abs().total_cmp(&signed_area(a).abs()));
    loops
}

fn signed_area(ring: &[[f64; 2]]) -> f64 {
    let doubled = ring.windows(2).map(|edge| {
        let ([ax, ay], [bx, by]) = (edge[0], edge[1]);
        ax * by - bx * ay
    });
    doubled.sum::<f64>() / 2.0
}

/// Even-odd rule.
fn inside(ring: &[[f64; 2]], [x, y]: [f64; 2]) -> bool {
    ring.windows(2).fold(false, |odd, edge| {
        let ([ax, ay], [bx, by]) = (edge[0], edge[1]);
        let crosses = (ay > y) != (by > y) && x < (bx - ax) * (y - ay) / (by - ay) + ax;
        odd != crosses
    })
}

#[cfg(test)]
#[path = "shapefile_table_tests.rs"]
mod tests;
