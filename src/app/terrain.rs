//! What stands in a workspace, as factors of the risk's terrain: places of interest by
//! kind, posts, joint-duty posts, alarm pillars, cameras. They are taken as they stand now:
//! the workspace does not know since when.

use std::collections::BTreeMap;

use crate::place::position::Position;
use crate::risk::model::TerrainFactor;
use crate::store::error::StoreError;
use crate::store::workspace::Workspace;

/// The factors that have a place, always in the same order.
///
/// # Errors
/// [`StoreError`].
pub async fn terrain_of(workspace: &Workspace) -> Result<Vec<TerrainFactor>, StoreError> {
    let places = workspace.places().await?;
    let places = places.into_iter().map(|p| (p.kind, p.position));
    let posts = workspace.posts().await?.into_iter().map(|p| p.position);
    let joint = workspace.joint_duty_posts().await?;
    let pillars = workspace.pillars().await?.into_iter().map(|p| p.position);
    let cameras = workspace.cameras().await?.into_iter().map(|c| c.position);
    let mut factors = of_places(places);
    factors.extend([
        factor("posts", posts.collect()),
        factor(
            "joint-duty posts",
            joint.into_iter().map(|p| p.position).collect(),
        ),
        factor("alarm pillars", pillars.collect()),
        factor("cameras", cameras.collect()),
    ]);
    factors.retain(|factor| !factor.positions.is_empty());
    Ok(factors)
}

fn factor(name: &str, positions: Vec<Position>) -> TerrainFactor {
    TerrainFactor {
        name: name.into(),
        positions,
    }
}

/// One factor a kind, by name; a kind that is not told is none.
fn of_places(places: impl Iterator<Item = (String, Position)>) -> Vec<TerrainFactor> {
    let mut by_kind: BTreeMap<String, Vec<Position>> = BTreeMap::new();
    for (kind, position) in places {
        let kind = kind.trim();
        if !kind.is_empty() {
            by_kind.entry(kind.to_owned()).or_default().push(position);
        }
    }
    by_kind
        .into_iter()
        .map(|(kind, positions)| factor(&format!("places: {kind}"), positions))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_factors_by_kind() {
        let at = |x| Position::new(x, 0.0).unwrap();
        let places = [("school", 1.0), ("bar", 2.0), (" school", 3.0), (" ", 4.0)];
        let factors = of_places(places.iter().map(|&(kind, x)| (kind.to_owned(), at(x))));
        let names: Vec<&str> = factors.iter().map(|f| f.name.as_str()).collect();
        assert_eq!(names, ["places: bar", "places: school"]);
        assert_eq!(factors[1].positions, [at(1.0), at(3.0)]);
    }
}
