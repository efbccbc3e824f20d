//! An area split by a line.

use geo::{MultiPolygon, Polygon};

use crate::place::area::Area;
use crate::place::partition::cut::{lay, pieces, self_crossing};
use crate::place::partition::fault::EditFault;
use crate::place::partition::part::{Part, Point, plane_m2};

/// Most points of a line.
pub const MOST_POINTS: usize = 2_000;

/// Most pieces that a line may make.
const MOST_PIECES: usize = 12;

/// Splits an area along a line that enters and leaves it. The largest piece keeps id and
/// name; each other gets both with a number. Neighbours get the line's ends as corners.
///
/// # Errors
/// [`EditFault`]; nothing is changed then.
pub fn split(parts: &[Part], id: &str, line: &[Point]) -> Result<Vec<Part>, EditFault> {
    if !(2..=MOST_POINTS).contains(&line.len()) {
        return Err(EditFault::Points {
            points: line.len(),
            least: 2,
            most: MOST_POINTS,
        });
    }
    if let Some(at) = self_crossing(line) {
        return Err(EditFault::LineCrossesItself { at });
    }
    let at = place_of(parts, id)?;
    let (mut parts, lines) = lay(parts, &[line.to_vec()], |part| part.id == id)?;
    let whole = parts[at].clone();
    let mut rest: Vec<Polygon<f64>> = Vec::new();
    let mut new: Vec<Polygon<f64>> = Vec::new();
    for polygon in whole.area.shape() {
        let alone = as_area(&whole, vec![polygon.clone()])?;
        let mut found = pieces(&alone, &lines)?;
        found.sort_by(|a, b| ground(b).total_cmp(&ground(a)));
        let mut found = found.into_iter();
        rest.extend(found.next());
        new.extend(found);
    }
    if new.is_empty() {
        return Err(EditFault::NoCut { name: whole.name });
    }
    if new.len() >= MOST_PIECES {
        return Err(EditFault::TooManyPieces {
            pieces: new.len() + 1,
            name: whole.name,
            most: MOST_PIECES,
        });
    }
    parts[at].area = as_area(&whole, rest)?;
    for (place, polygon) in new.into_iter().enumerate() {
        let (id, name) = fresh(&parts, &whole.id, &whole.name);
        let part = Part {
            id,
            name,
            station: whole.station.clone(),
            area: as_area(&whole, vec![polygon])?,
        };
        parts.insert(at + 1 + place, part);
    }
    Ok(parts)
}

/// Where an area is in the list.
///
/// # Errors
/// [`EditFault::UnknownArea`].
pub fn place_of(parts: &[Part], id: &str) -> Result<usize, EditFault> {
    let at = parts.iter().position(|part| part.id == id);
    at.ok_or_else(|| EditFault::UnknownArea(id.to_owned()))
}

/// Id and name made of others, which no area has.
pub fn fresh(parts: &[Part], id: &str, name: &str) -> (String, String) {
    let taken = |n: usize| {
        let (id, name) = (format!("{id}-{n}"), format!("{name} {n}"));
        parts.iter().any(|p| p.id == id || p.name == name)
    };
    let n = (2..).find(|n| !taken(*n)).unwrap_or(2);
    (format!("{id}-{n}"), format!("{name} {n}"))
}

/// Polygons as an area, or who is not valid.
///
/// # Errors
/// [`EditFault::Invalid`].
pub fn as_area(of: &Part, polygons: Vec<Polygon<f64>>) -> Result<Area, EditFault> {
    Area::from_shape(MultiPolygon(polygons)).map_err(|fault| EditFault::Invalid {
        name: of.name.clone(),
        fault,
    })
}

/// Ground of a polygon, m².
pub fn ground(polygon: &Polygon<f64>) -> f64 {
    plane_m2(&MultiPolygon(vec![polygon.clone()]))
}
