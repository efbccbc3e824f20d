//! Leaves out of an extract what lies beyond the district: ways and drawn things no point
//! of which is within 5 km of its boundary.

use std::collections::HashSet;

use crate::exchange::import::locate::MARGIN_M;
use crate::exchange::osm_pbf::OsmExtract;
use crate::place::area::Area;
use crate::place::basemap::BasemapShape;
use crate::place::measure::Metres;
use crate::place::position::Position;

/// Metres of a degree of latitude, rounded down, so that the quick box errs outwards.
const METRES_A_DEGREE: f64 = 110_000.0;

/// Clips an extract by whole ways and says how many were left out.
pub fn clip_to_district(extract: &mut OsmExtract, district: &Area) -> usize {
    let near = Near::new(district);
    let roads = &mut extract.roads;
    let nodes = roads.nodes.iter();
    let inside: HashSet<i64> = nodes
        .filter(|(_, place)| near.holds(**place))
        .map(|(id, _)| *id)
        .collect();
    let before = roads.ways.len();
    let reaches = |nodes: &[i64]| nodes.iter().any(|id| inside.contains(id));
    roads.ways.retain(|way| reaches(&way.nodes));
    let used: HashSet<i64> = roads
        .ways
        .iter()
        .flat_map(|way| way.nodes.clone())
        .collect();
    roads.nodes.retain(|id, _| used.contains(id));
    extract.basemap.retain(|feature| match &feature.shape {
        BasemapShape::Point(place) => near.holds(*place),
        BasemapShape::Line(line) => line.iter().any(|place| near.holds(*place)),
        // The outer ring may go round the district without a corner near it.
        BasemapShape::Polygon(rings) => rings.first().is_some_and(|ring| near.meets(ring)),
    });
    before - extract.roads.ways.len()
}

struct Near<'a> {
    district: &'a Area,
    bbox: [f64; 4],
    wide: [f64; 4],
}

impl<'a> Near<'a> {
    fn new(district: &'a Area) -> Self {
        let bbox = district.bbox();
        let [west, south, east, north] = bbox;
        let high = MARGIN_M / METRES_A_DEGREE;
        let shrink = (south.abs().max(north.abs()) + high).to_radians().cos();
        let across = high / shrink.max(1e-3);
        let wide = [west - across, south - high, east + across, north + high];
        Self {
            district,
            bbox,
            wide,
        }
    }

    fn holds(&self, place: Position) -> bool {
        within(self.wide, place)
            && ((within(self.bbox, place) && self.district.covers(place))
                || self.district.lies_within(place, Metres(MARGIN_M)))
    }

    fn meets(&self, ring: &[Position]) -> bool {
        let fold = |of: fn(&Position) -> f64| {
            ring.iter()
                .map(of)
                .fold((f64::MAX, f64::MIN), |(low, high), n| {
                    (low.min(n), high.max(n))
                })
        };
        let ((west, east), (south, north)) = (fold(|p| p.lon()), fold(|p| p.lat()));
        let [w, s, e, n] = self.wide;
        west <= e && east >= w && south <= n && north >= s
    }
}

fn within([west, south, east, north]: [f64; 4], place: Position) -> bool {
    (west..=east).contains(&place.lon()) && (south..=north).contains(&place.lat())
}

#[cfg(test)]
mod tests {
    use crate::exchange::import::road_clip::clip_to_district;
    use crate::exchange::osm_pbf::OsmExtract;
    use crate::place::area::Area;
    use crate::place::position::Position;
    use crate::roads::draft::{WayDirection, WayDraft};

    #[test]
    fn ways_beyond_five_kilometres_are_left_out() {
        let ring = vec![
            [123.0, 41.0],
            [123.1, 41.0],
            [123.1, 41.1],
            [123.0, 41.1],
            [123.0, 41.0],
        ];
        let district = Area::from_rings(&[vec![ring]]).unwrap();
        let mut extract = OsmExtract::default();
        // 4 km and 6 km north of the border, and one inside.
        for (id, lat) in [(1, 41.05), (2, 41.136), (3, 41.154), (4, 41.2), (5, 0.0)] {
            let place = Position::new(123.05, lat).unwrap();
            extract.roads.nodes.insert(id, place);
        }
        for (id, nodes) in [(10, vec![1, 2]), (11, vec![2, 3]), (12, vec![3, 4, 5])] {
            extract.roads.ways.push(WayDraft {
                id,
                nodes,
                class: "residential".into(),
                name: String::new(),
                direction: WayDirection::Both,
                max_kmh: None,
            });
        }
        assert_eq!(clip_to_district(&mut extract, &district), 1);
        let ways: Vec<i64> = extract.roads.ways.iter().map(|w| w.id).collect();
        assert_eq!(ways, [10, 11]);
        assert_eq!(extract.roads.nodes.len(), 3);
    }
}
