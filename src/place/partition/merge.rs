//! Neighbours made one: their common border cancels out, the rest stays as it is.

use crate::place::partition::fault::EditFault;
use crate::place::partition::part::{Part, half_edges};
use crate::place::partition::split::{as_area, place_of};
use crate::place::partition::trace::{outline, polygons};

/// Merges areas that hang together; the first one's id, name and station stay.
///
/// # Errors
/// [`EditFault`]; nothing is changed then.
pub fn merge(parts: &[Part], ids: &[String]) -> Result<Vec<Part>, EditFault> {
    let mut chosen: Vec<usize> = Vec::new();
    for id in ids {
        let at = place_of(parts, id)?;
        if !chosen.contains(&at) {
            chosen.push(at);
        }
    }
    let [first, _, ..] = chosen.as_slice() else {
        return Err(EditFault::MergeOfOne);
    };
    let (first, count) = (*first, chosen.len());
    let before: usize = chosen.iter().map(|&i| parts[i].area.shape().0.len()).sum();
    let edges = chosen.iter().flat_map(|&i| half_edges(&parts[i].area));
    let shapes = polygons(&outline(edges)?)?;
    if shapes.len() + count > before + 1 {
        let names: Vec<&str> = chosen.iter().map(|&i| parts[i].name.as_str()).collect();
        return Err(EditFault::NotNeighbours(names.join(", ")));
    }
    let area = as_area(&parts[first], shapes)?;
    let kept = parts.iter().enumerate();
    let mut merged: Vec<Part> = kept
        .filter(|(i, _)| *i == first || !chosen.contains(i))
        .map(|(_, part)| part.clone())
        .collect();
    let at = place_of(&merged, &parts[first].id)?;
    merged[at].area = area;
    Ok(merged)
}
