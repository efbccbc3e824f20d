//! What lies within an area: things on the map by layer, and incidents by category.
//!
//! A point counts where the area covers it, its border included; a beat or another area
//! where it lies wholly inside.

use std::collections::BTreeMap;

use crate::app::session::Session;
use crate::app::session::error::SessionError;
use crate::app::session::incident_points::PointFilter;
use crate::app::session::layers::LayerKind;
use crate::app::session::snapshot::Snapshot;
use crate::index::points::PointIndex;
use crate::place::area::Area;

impl Session {
    /// How many incidents lie within an area, by category code.
    ///
    /// # Errors
    /// [`SessionError`].
    pub async fn incidents_within(
        &self,
        snapshot: &Snapshot,
        area: Area,
        filter: PointFilter,
    ) -> Result<BTreeMap<String, u64>, SessionError> {
        let points = snapshot.incident_points(self.workspace()).await?;
        tokio::task::spawn_blocking(move || points.counts_within(&area, &filter))
            .await
            .map_err(|_| SessionError::BrokenOff)
    }
}

impl Snapshot {
    /// Ids of a layer's features within an area, in the layer's order.
    pub fn within(&self, area: &Area, kind: LayerKind) -> Vec<String> {
        let (l, at) = (&self.layers, &self.indexes);
        match kind.name() {
            "stations" => points(&at.stations, area, |i| l.stations[i].id.to_string()),
            "posts" => points(&at.posts, area, |i| l.posts[i].id.to_string()),
            "joint_duty_posts" => points(&at.joint_duty_posts, area, |i| {
                l.joint_duty_posts[i].id.to_string()
            }),
            "pillars" => points(&at.pillars, area, |i| l.pillars[i].id.to_string()),
            "cameras" => points(&at.cameras, area, |i| l.cameras[i].id.to_string()),
            "places" => points(&at.places, area, |i| l.places[i].id.to_string()),
            "units" => points(&at.all_units, area, |i| l.units[i].id.to_string()),
            "beats" => areas(area, l.beats.iter().map(|it| (it.id.as_str(), &it.area))),
            "zones" => areas(area, l.zones.iter().map(|it| (it.id.as_str(), &it.area))),
            "commercial_districts" => {
                let districts = l.commercial_districts.iter();
                areas(area, districts.map(|it| (it.id.as_str(), &it.area)))
            }
            _ => {
                let boundary = self.district.boundary.iter();
                areas(area, boundary.map(|it| ("boundary", it)))
            }
        }
    }
}

fn points(index: &PointIndex, area: &Area, id: impl Fn(usize) -> String) -> Vec<String> {
    index.within(area).into_iter().map(id).collect()
}

fn areas<'a>(area: &Area, layer: impl Iterator<Item = (&'a str, &'a Area)>) -> Vec<String> {
    let [west, south, east, north] = area.bbox();
    layer
        .filter(|(_, other)| {
            let [w, s, e, n] = other.bbox();
            west <= w && south <= s && e <= east && n <= north
        })
        .filter(|(_, other)| area.covers_area(other))
        .map(|(id, _)| id.to_owned())
        .collect()
}
