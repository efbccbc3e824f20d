//! A new area drawn over the others: they give up the ground.

use geo::{Contains, InteriorPoint, Polygon};

use crate::place::area::Area;
use crate::place::partition::cut::{lay, pieces, self_crossing};
use crate::place::partition::fault::EditFault;
use crate::place::partition::part::{HalfEdge, Part, Point, half_edges};
use crate::place::partition::split::{MOST_POINTS, as_area, fresh};
use crate::place::partition::trace::{outline, polygons};

/// Draws an area. Where the areas `cover` the ground (beats do), what lies outside of them
/// is not taken; else (zones) it is.
///
/// # Errors
/// [`EditFault`]; nothing is changed then.
pub fn draw(
    parts: &[Part],
    ring: &[Point],
    name: &str,
    cover: bool,
) -> Result<Vec<Part>, EditFault> {
    if !(4..=MOST_POINTS).contains(&ring.len()) {
        return Err(EditFault::Points {
            points: ring.len(),
            least: 4,
            most: MOST_POINTS,
        });
    }
    if let Some(at) = self_crossing(ring) {
        return Err(EditFault::LineCrossesItself { at });
    }
    if parts.iter().any(|part| part.name == name) {
        return Err(EditFault::NameTaken(name.to_owned()));
    }
    let invalid = |fault| EditFault::Invalid {
        name: name.to_owned(),
        fault,
    };
    Area::from_rings(&[vec![ring.to_vec()]]).map_err(invalid)?;
    let (parts, lines) = lay(parts, &[ring.to_vec()], |_| true)?;
    let mut closed: Vec<Point> = lines.iter().map(|(a, _)| *a).collect();
    closed.extend(lines.first().map(|(a, _)| *a));
    let drawn = Area::from_rings(&[vec![closed]]).map_err(invalid)?;
    let mut taken: Vec<HalfEdge> = Vec::new();
    let mut left = Vec::with_capacity(parts.len() + 1);
    for part in &parts {
        let (inside, outside): (Vec<Polygon<f64>>, Vec<Polygon<f64>>) = pieces(&part.area, &lines)?
            .into_iter()
            .partition(|piece| within(piece, &drawn));
        if inside.is_empty() {
            left.push(part.clone());
            continue;
        }
        taken.extend(half_edges(&as_area(part, inside)?));
        if outside.is_empty() {
            return Err(EditFault::Swallows(part.name.clone()));
        }
        let area = as_area(part, outside)?;
        left.push(Part {
            area,
            ..part.clone()
        });
    }
    let (id, _) = fresh(&parts, "area", name);
    let mut new = Part {
        id,
        name: name.to_owned(),
        station: None,
        area: drawn,
    };
    if cover {
        if taken.is_empty() {
            return Err(EditFault::Outside);
        }
        new.area = as_area(&new, polygons(&outline(taken)?)?)?;
    }
    left.push(new);
    Ok(left)
}

fn within(piece: &Polygon<f64>, area: &Area) -> bool {
    let inside = piece.interior_point();
    inside.is_some_and(|point| area.shape().contains(&point))
}
