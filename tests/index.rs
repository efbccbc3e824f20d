//! The index on real shapes: the districts of Shenyang, whose borders are shared.

#[path = "support/real_data.rs"]
mod real_data;

use std::path::Path;

use frontbeat::grid::hexgrid::HexGrid;
use frontbeat::index::areas::AreaIndex;
use frontbeat::index::points::PointIndex;
use frontbeat::place::area::{Area, RawPolygon};
use frontbeat::place::position::Position;
use geojson::{FeatureCollection, GeoJson, GeometryValue};

fn areas(path: &Path) -> Vec<Area> {
    let text = std::fs::read_to_string(path).unwrap();
    let read = FeatureCollection::try_from(text.parse::<GeoJson>().unwrap()).unwrap();
    let ring = |ring: &Vec<geojson::Position>| ring.iter().map(|p| [p[0], p[1]]).collect();
    let polygon =
        |rings: &Vec<Vec<geojson::Position>>| -> RawPolygon { rings.iter().map(ring).collect() };
    read.features
        .iter()
        .map(|feature| {
            let polygons = match &feature.geometry.as_ref().unwrap().value {
                GeometryValue::Polygon { coordinates } => vec![polygon(coordinates)],
                GeometryValue::MultiPolygon { coordinates } => {
                    coordinates.iter().map(polygon).collect()
                }
                other => panic!("{other:?}"),
            };
            Area::from_rings(&polygons).unwrap()
        })
        .collect()
}

#[test]
fn every_corner_of_shenyang_is_where_covers_says() {
    let Some(data) = real_data::folder("every_corner_of_shenyang_is_where_covers_says") else {
        return;
    };
    let areas = areas(&data.join("dadong/shenyang_districts.geojson"));
    assert_eq!(areas.len(), 13);
    let index = AreaIndex::new(areas.clone());

    let mut points: Vec<Position> = areas
        .iter()
        .flat_map(|area| area.shape().iter())
        .flat_map(|polygon| polygon.exterior().coords())
        .map(|corner| Position::new(corner.x, corner.y).unwrap())
        .collect();
    let between: Vec<Position> = points
        .windows(2)
        .map(|w| {
            Position::wrapped(
                (w[0].lon() + w[1].lon()) / 2.0,
                (w[0].lat() + w[1].lat()) / 2.0,
            )
        })
        .collect();
    points.extend(between);
    for i in 0..60 {
        for j in 0..60 {
            points.push(Position::wrapped(
                122.3 + f64::from(i) * 0.03,
                41.1 + f64::from(j) * 0.04,
            ));
        }
    }
    let mut found = 0;
    for &point in &points {
        let brute = areas.iter().position(|area| area.covers(point));
        assert_eq!(index.at(point), brute, "{point:?}");
        found += usize::from(brute.is_some());
    }
    assert!(found > points.len() / 2, "{found} of {}", points.len());

    let near = PointIndex::new(points.clone());
    for (i, area) in areas.iter().enumerate() {
        let within = near.within(area);
        let brute: Vec<usize> = (0..points.len())
            .filter(|&k| area.covers(points[k]))
            .collect();
        assert_eq!(within, brute, "district {i}");
    }
}

#[test]
fn dadong_is_covered_by_hexagons() {
    let Some(data) = real_data::folder("dadong_is_covered_by_hexagons") else {
        return;
    };
    let district = areas(&data.join("dadong/boundary.geojson")).remove(0);
    let [west, south, east, north] = district.bbox();
    for (resolution, mean_km2) in [
        (7, 3.5),
        (8, 0.5),
        (9, 0.0714),
        (10, 0.0102),
        (11, 0.001457),
    ] {
        let grid = HexGrid::cover(&district, resolution, &[]).unwrap();
        let sum: f64 = grid.area_km2().iter().sum();
        assert!(
            sum > district.km2() && sum < district.km2() * 2.0,
            "{resolution}: {sum}"
        );
        assert!(
            (sum / grid.len() as f64 / mean_km2 - 1.0).abs() < 0.05,
            "{resolution}"
        );
        for i in 0..50 {
            for j in 0..50 {
                let (x, y) = (f64::from(i) / 49.0, f64::from(j) / 49.0);
                let at = Position::wrapped(west + x * (east - west), south + y * (north - south));
                assert!(
                    !district.covers(at) || grid.index_at(at).is_some(),
                    "{at:?}"
                );
            }
        }
    }
}
