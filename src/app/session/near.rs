//! What is near a place: the beat that holds it, and the nearest pillars, posts,
//! joint-duty posts, stations and idle units: nearest by driving time, or as the crow
//! flies where no road says.

use jiff::Timestamp;

use crate::app::session::Session;
use crate::app::session::error::SessionError;
use crate::app::session::incident_points::NearIncident;
use crate::app::session::snapshot::Snapshot;
use crate::index::points::PointIndex;
use crate::place::feature::Beat;
use crate::place::measure::{Metres, Seconds};
use crate::place::position::Position;
use crate::roads::network::{RoadNetwork, Snap};

/// How many of each kind.
const HOW_MANY: usize = 3;

/// How many of each kind, the nearest as the crow flies, are asked how far they are by
/// road: across a river the twentieth may be the first.
const LOOKED_AT: usize = 20;

/// How far a place may be from the road for a driving time to mean anything.
const SNAP_WITHIN: Metres = Metres(500.0);

/// How far outside the district something can still be near; as far as imports reach.
const REACH: Metres = Metres(5_000.0);

/// One thing near.
#[derive(Debug, Clone, PartialEq)]
pub struct Neighbour {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Distance as the crow flies.
    pub metres: Metres,
    /// Driving time; none without roads, or off the road.
    pub drive: Option<Seconds>,
}

/// What is near a place.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Near {
    /// Whether the place is in the district or at most [`REACH`] outside: beyond, nothing is
    /// near, and all lists are empty.
    pub within_reach: bool,
    /// Id and name of the beat.
    pub beat: Option<(String, String)>,
    /// Pillars; the time is from the place to them.
    pub pillars: Vec<Neighbour>,
    /// Police posts; the time is from the place to them.
    pub posts: Vec<Neighbour>,
    /// Joint-duty posts; the time is from the place to them.
    pub joint_duty_posts: Vec<Neighbour>,
    /// Stations; the time is from them to the place.
    pub stations: Vec<Neighbour>,
    /// Idle units; the time is from them to the place.
    pub units: Vec<Neighbour>,
}

#[derive(Clone, Copy)]
enum Way {
    ToThem,
    FromThem,
}

impl Session {
    /// What is near a place. Does not wait for the road network where it is still being
    /// read: times are then missing.
    pub fn near(&self, snapshot: &Snapshot, place: Position) -> Near {
        let boundary = snapshot.district.boundary.as_ref();
        if boundary.is_some_and(|b| !b.lies_within(place, REACH)) {
            return Near::default();
        }
        let layers = &snapshot.layers;
        let indexes = &snapshot.indexes;
        let roads = snapshot.roads_at_hand();
        let here = roads
            .as_deref()
            .and_then(|network| Some((network, network.snap(place, SNAP_WITHIN)?)));
        let nearest =
            |index: &PointIndex, way, of: &dyn Fn(usize) -> (String, String, Position)| {
                let found: Vec<(String, String, Position, Metres)> = index
                    .nearest(place, LOOKED_AT)
                    .into_iter()
                    .map(|(i, metres)| {
                        let (id, name, position) = of(i);
                        (id, name, position, metres)
                    })
                    .collect();
                let drives = drives(here, way, found.iter().map(|f| f.2));
                let near = found
                    .into_iter()
                    .zip(drives)
                    .map(|((id, name, _, metres), drive)| Neighbour {
                        id,
                        name,
                        metres,
                        drive,
                    });
                nearest_by_road(near.collect())
            };
        Near {
            within_reach: true,
            beat: beat_at(snapshot, place),
            pillars: nearest(&indexes.pillars, Way::ToThem, &|i| {
                let it = &layers.pillars[i];
                (it.id.to_string(), it.name.clone(), it.position)
            }),
            posts: nearest(&indexes.posts, Way::ToThem, &|i| {
                let it = &layers.posts[i];
                (it.id.to_string(), it.name.clone(), it.position)
            }),
            joint_duty_posts: nearest(&indexes.joint_duty_posts, Way::ToThem, &|i| {
                let it = &layers.joint_duty_posts[i];
                (it.id.to_string(), it.name.clone(), it.position)
            }),
            stations: nearest(&indexes.stations, Way::FromThem, &|i| {
                let it = &layers.stations[i];
                (it.id.to_string(), it.name.clone(), it.position)
            }),
            units: nearest(&indexes.units, Way::FromThem, &|i| {
                let it = &layers.units[indexes.idle[i]];
                (it.id.to_string(), it.call_sign.clone(), it.position)
            }),
        }
    }
}

impl Session {
    /// Incidents since an instant within so many metres of a place, oldest first.
    ///
    /// # Errors
    /// [`SessionError::Store`].
    pub async fn incidents_near(
        &self,
        snapshot: &Snapshot,
        place: Position,
        within: Metres,
        since: Timestamp,
    ) -> Result<Vec<NearIncident>, SessionError> {
        let points = snapshot.incident_points(self.workspace()).await?;
        Ok(points.near(place, within, since))
    }
}

/// Id and name of the beat that holds a position.
pub fn beat_at(snapshot: &Snapshot, position: Position) -> Option<(String, String)> {
    let beat = beat_of(snapshot, position)?;
    Some((beat.id.to_string(), beat.name.clone()))
}

/// The beat that holds a position.
pub fn beat_of(snapshot: &Snapshot, position: Position) -> Option<&Beat> {
    let number = snapshot.indexes.beats.at(position)?;
    snapshot.layers.beats.get(number)
}

/// The first by driving time; those that can't be driven to come after, by distance.
fn nearest_by_road(mut near: Vec<Neighbour>) -> Vec<Neighbour> {
    let seconds = |it: &Neighbour| it.drive.map_or(f64::INFINITY, |drive| drive.0);
    near.sort_by(|a, b| {
        seconds(a)
            .total_cmp(&seconds(b))
            .then_with(|| a.metres.0.total_cmp(&b.metres.0))
    });
    near.truncate(HOW_MANY);
    near
}

/// Driving times between here and each of them, from one matrix.
fn drives(
    here: Option<(&RoadNetwork, Snap)>,
    way: Way,
    there: impl Iterator<Item = Position>,
) -> Vec<Option<Seconds>> {
    let Some((network, here)) = here else {
        return there.map(|_| None).collect();
    };
    let snaps: Vec<Option<Snap>> = there.map(|p| network.snap(p, SNAP_WITHIN)).collect();
    let on_road: Vec<Snap> = snaps.iter().copied().flatten().collect();
    let matrix = match way {
        Way::ToThem => network.matrix(&[here], &on_road),
        Way::FromThem => network.matrix(&on_road, &[here]),
    };
    let mut times = (0..on_road.len()).map(|i| {
        let millis = match way {
            Way::ToThem => matrix.millis(0, i),
            Way::FromThem => matrix.millis(i, 0),
        }?;
        Some(Seconds(f64::from(millis) / 1000.0))
    });
    snaps
        .iter()
        .map(|snap| snap.and_then(|_| times.next().flatten()))
        .collect()
}
