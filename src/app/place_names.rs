//! What a point on the road is called: its beat, and the nearest pillar, post or place of
//! interest, or else the street.

use crate::index::areas::AreaIndex;
use crate::index::points::PointIndex;
use crate::place::feature::Beat;
use crate::place::measure::Metres;
use crate::place::position::Position;
use crate::roads::network::{RoadNetwork, Snap};
use crate::store::error::StoreError;
use crate::store::workspace::Workspace;

/// A point is named after a pillar, post or place within this distance.
const LANDMARK_WITHIN_M: f64 = 150.0;

/// The names of a district.
#[derive(Debug)]
pub struct PlaceNames {
    beats: Vec<String>,
    areas: AreaIndex,
    landmarks: Vec<String>,
    points: PointIndex,
}

impl PlaceNames {
    /// Loads what a point may be named after.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn load(workspace: &Workspace, beats: &[Beat]) -> Result<Self, StoreError> {
        let landmarks = landmarks(workspace).await?;
        Ok(Self {
            beats: beats.iter().map(|beat| beat.name.clone()).collect(),
            areas: AreaIndex::new(beats.iter().map(|beat| beat.area.clone()).collect()),
            points: PointIndex::new(landmarks.iter().map(|l| l.1).collect()),
            landmarks: landmarks.into_iter().map(|l| l.0).collect(),
        })
    }

    /// Which beat holds a position, by its place in the list of beats.
    pub fn beat_at(&self, position: Position) -> Option<usize> {
        self.areas.at(position)
    }

    /// What a place is called that may be off the road; without roads by its beat.
    pub fn of_place(
        &self,
        network: Option<&RoadNetwork>,
        place: Position,
        within: Metres,
    ) -> String {
        let snapped = network.and_then(|network| Some((network, network.snap(place, within)?)));
        match snapped {
            Some((network, snap)) => self.label(network, snap),
            None => {
                let beat = self.beat_at(place).map(|b| self.beats[b].as_str());
                label(beat, None, place)
            }
        }
    }

    /// What a point of a network is called.
    pub fn label(&self, network: &RoadNetwork, snap: Snap) -> String {
        let beat = self.beat_at(snap.position);
        let beat = beat.map(|b| self.beats[b].as_str());
        let landmark = self
            .points
            .nearest(snap.position, 1)
            .first()
            .filter(|(_, metres)| metres.0 <= LANDMARK_WITHIN_M)
            .map(|&(i, _)| self.landmarks[i].as_str())
            .or_else(|| network.street(snap));
        label(beat, landmark, snap.position)
    }
}

/// `Beat · landmark`, what there is of them, or else the position.
fn label(beat: Option<&str>, landmark: Option<&str>, position: Position) -> String {
    match (beat, landmark.filter(|l| !l.is_empty())) {
        (Some(beat), Some(landmark)) => format!("{beat} · {landmark}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => format!("{:.5}, {:.5}", position.lat(), position.lon()),
    }
}

/// What a stop may be named after.
async fn landmarks(workspace: &Workspace) -> Result<Vec<(String, Position)>, StoreError> {
    let mut landmarks = Vec::new();
    let mut add = |name: String, position| {
        if !name.is_empty() {
            landmarks.push((name, position));
        }
    };
    for pillar in workspace.pillars().await? {
        add(pillar.name, pillar.position);
    }
    for post in workspace.joint_duty_posts().await? {
        add(post.name, post.position);
    }
    for post in workspace.posts().await? {
        add(post.name, post.position);
    }
    for place in workspace.places().await? {
        add(place.name, place.position);
    }
    Ok(landmarks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stop_is_named_by_what_is_known() {
        let at = Position::wrapped(123.45678, 41.8);
        assert_eq!(
            label(Some("Beat 3"), Some("Pillar 12"), at),
            "Beat 3 · Pillar 12"
        );
        assert_eq!(label(Some("Beat 3"), Some(""), at), "Beat 3");
        assert_eq!(label(None, Some("Pillar 12"), at), "Pillar 12");
        assert_eq!(label(None, None, at), "41.80000, 123.45678");
    }
}
