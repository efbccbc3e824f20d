//! All incidents' places, times and categories in memory, from which the map's tiles are
//! cut.
//!
//! A tile with more incidents than a screen can show holds one point for each small
//! square, with the number of incidents it stands for (`count`): fewer points, none lost.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::exchange::tile::{self, TileError, TileFeature, TileId, TileShape, TileValue};
use crate::incident::category::code_within;
use crate::incident::record::Incident;
use crate::index::boxes::BoxIndex;
use crate::index::strips::StripedArea;
use crate::place::area::Area;
use crate::place::measure::Metres;
use crate::place::position::Position;

/// More incidents than this in one tile are gathered into squares.
const MOST_POINTS: usize = 5_000;

/// Squares along a tile's side.
const SQUARES: f64 = 128.0;

/// No degree of latitude is shorter, metres.
const METRES_PER_DEGREE: f64 = 110_500.0;

/// Which incidents are drawn.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct PointFilter {
    /// Not before.
    pub from: Option<Timestamp>,
    /// Before this.
    pub until: Option<Timestamp>,
    /// Category codes, children included; empty means all.
    pub categories: Vec<String>,
}

/// An incident near a place.
#[derive(Debug, Clone, PartialEq)]
pub struct NearIncident {
    /// Its id.
    pub id: String,
    /// When it happened.
    pub at: Timestamp,
    /// Category code.
    pub category: String,
    /// How far off it was.
    pub metres: Metres,
}

/// Incidents, found by tile.
#[derive(Debug)]
pub struct IncidentPoints {
    points: Vec<Point>,
    /// Category codes, named by their place here.
    codes: Vec<String>,
    index: BoxIndex,
}

#[derive(Debug)]
struct Point {
    id: Box<str>,
    position: Position,
    at: Timestamp,
    code: u32,
    priority: u8,
}

impl IncidentPoints {
    /// Indexes incidents; their order (oldest first) is kept.
    pub fn new(incidents: Vec<Incident>) -> Self {
        let mut codes: Vec<String> = incidents.iter().map(|i| i.category.clone()).collect();
        codes.sort_unstable();
        codes.dedup();
        let boxes: Vec<[f64; 4]> = incidents
            .iter()
            .map(|i| {
                let (x, y) = (i.position.lon(), i.position.lat());
                [x, y, x, y]
            })
            .collect();
        let points = incidents
            .into_iter()
            .map(|incident| Point {
                // Every code is in the list that was made of them.
                code: codes.partition_point(|c| *c < incident.category) as u32,
                id: incident.id.as_str().into(),
                position: incident.position,
                at: incident.at,
                priority: incident.priority.number(),
            })
            .collect();
        Self {
            index: BoxIndex::new(&boxes),
            points,
            codes,
        }
    }

    /// Encodes a tile with the layer `incidents`.
    ///
    /// # Errors
    /// [`TileError::Encoding`].
    pub fn tile(&self, tile: TileId, filter: &PointFilter) -> Result<Vec<u8>, TileError> {
        let chosen = self.chosen(tile::bounds(tile), filter);
        let features = if chosen.len() > MOST_POINTS {
            gathered(tile, &chosen)
                .into_iter()
                .map(|(point, count)| self.feature(point, count))
                .collect()
        } else {
            chosen.into_iter().map(|p| self.feature(p, 1)).collect()
        };
        tile::encode(tile, &[("incidents", features)])
    }

    /// When the incident of that id was, or began; none where there is none.
    pub fn time_of(&self, id: &str) -> Option<Timestamp> {
        let point = self.points.iter().find(|point| &*point.id == id)?;
        Some(point.at)
    }

    /// How many incidents an area covers, by category code; codes without any are left out.
    pub fn counts_within(&self, area: &Area, filter: &PointFilter) -> BTreeMap<String, u64> {
        let prepared = StripedArea::new(area);
        let mut counts = vec![0u64; self.codes.len()];
        for point in self.chosen(area.bbox(), filter) {
            if prepared.covers(point.position) {
                counts[point.code as usize] += 1;
            }
        }
        let counted = self.codes.iter().cloned().zip(counts);
        counted.filter(|(_, count)| *count > 0).collect()
    }

    /// Incidents since an instant that happened within so many metres of a place, oldest
    /// first.
    pub fn near(&self, place: Position, within: Metres, since: Timestamp) -> Vec<NearIncident> {
        let north = within.0 / METRES_PER_DEGREE;
        let east = north / place.lat().to_radians().cos().max(0.01);
        let (x, y) = (place.lon(), place.lat());
        let filter = PointFilter {
            from: Some(since),
            ..PointFilter::default()
        };
        let found = self.chosen([x - east, y - north, x + east, y + north], &filter);
        let near = |point: &Point| NearIncident {
            id: point.id.to_string(),
            at: point.at,
            category: self.codes[point.code as usize].clone(),
            metres: point.position.metres_to(place),
        };
        found
            .into_iter()
            .map(near)
            .filter(|near| near.metres <= within)
            .collect()
    }

    /// The incidents of a box that pass the filter, oldest first.
    fn chosen(&self, bounds: [f64; 4], filter: &PointFilter) -> Vec<&Point> {
        let wanted: Vec<bool> = self
            .codes
            .iter()
            .map(|code| {
                filter.categories.is_empty()
                    || filter.categories.iter().any(|c| code_within(code, c))
            })
            .collect();
        self.index
            .meeting(bounds)
            .into_iter()
            .map(|i| &self.points[i as usize])
            .filter(|p| wanted[p.code as usize])
            .filter(|p| filter.from.is_none_or(|from| p.at >= from))
            .filter(|p| filter.until.is_none_or(|until| p.at < until))
            .collect()
    }

    fn feature<'a>(&'a self, point: &'a Point, count: i64) -> TileFeature<'a> {
        TileFeature {
            geometry: TileShape::Point(point.position),
            properties: vec![
                ("id", TileValue::from(&*point.id)),
                (
                    "category",
                    TileValue::from(self.codes[point.code as usize].as_str()),
                ),
                ("priority", TileValue::from(i64::from(point.priority))),
                ("at", TileValue::from(point.at.to_string())),
                ("count", TileValue::from(count)),
            ],
            id: None,
        }
    }
}

/// The newest incident of each square, and how many the square has.
fn gathered<'a>(tile: TileId, chosen: &[&'a Point]) -> Vec<(&'a Point, i64)> {
    let [west, south, east, north] = tile::bounds(tile);
    let square = |value: f64, low: f64, high: f64| ((value - low) / (high - low) * SQUARES) as i32;
    let mut squares: BTreeMap<(i32, i32), (&Point, i64)> = BTreeMap::new();
    for &point in chosen {
        let at = (
            square(point.position.lon(), west, east),
            square(point.position.lat(), south, north),
        );
        let entry = squares.entry(at).or_insert((point, 0));
        entry.1 += 1;
        if point.at >= entry.0.at {
            entry.0 = point;
        }
    }
    squares.into_values().collect()
}
