//! What is written is GeoJSON as RFC 7946 wants it, anywhere on Earth.

use jiff::tz::TimeZone;

use crate::calendar::week::HourSet;
use crate::calendar::window::Window;
use crate::exchange::risk_geojson::risk_geojson;
use crate::grid::hexgrid::HexGrid;
use crate::place::area::Area;
use crate::place::position::Position;
use crate::risk::count::Count;
use crate::risk::dispersion::Law;
use crate::risk::inputs;
use crate::risk::model::{RiskEvent, RiskQuestion};
use crate::risk::surface::RiskSurface;

fn surface(west: f64, south: f64, east: f64, north: f64) -> RiskSurface {
    let ring = vec![
        [west, south],
        [east, south],
        [east, north],
        [west, north],
        [west, south],
    ];
    let mid = Position::wrapped((west + east) / 2.0, (south + north) / 2.0);
    let grid = HexGrid::cover(&Area::from_rings(&[vec![ring]]).unwrap(), 8, &[mid]).unwrap();
    let at = |s: &str| s.parse().unwrap();
    let past = Window::new(at("2026-01-01T00:00Z"), at("2026-02-01T00:00Z")).unwrap();
    let question = RiskQuestion {
        grid: &grid,
        look_back: past,
        window: Window::new(at("2026-02-01T00:00Z"), at("2026-03-04T00:00Z")).unwrap(),
        hours: &HourSet::full(),
        zone: &TimeZone::UTC,
        terrain: &[],
        without: &[],
    };
    let event = RiskEvent {
        position: mid,
        at: at("2026-01-10T10:00Z"),
    };
    inputs::surface(&Count::default(), &question, &[event], &["criminal".into()]).unwrap()
}

fn parse(text: &str) -> geojson::FeatureCollection {
    geojson::FeatureCollection::try_from(text.parse::<geojson::GeoJson>().unwrap()).unwrap()
}

fn signed_area(ring: &[geojson::Position]) -> f64 {
    ring.windows(2)
        .map(|w| w[0][0] * w[1][1] - w[1][0] * w[0][1])
        .sum::<f64>()
        / 2.0
}

#[test]
fn hexagons_with_their_numbers() {
    let surface = surface(123.4, 41.7, 123.5, 41.8);
    let text = risk_geojson(&surface, Law::Poisson, true);
    let read = parse(&text);
    assert_eq!(read.features.len(), surface.grid.len());
    let mut sum = 0.0;
    for (i, feature) in read.features.iter().enumerate() {
        let geojson::GeometryValue::Polygon { coordinates } =
            &feature.geometry.as_ref().unwrap().value
        else {
            panic!("{feature:?}");
        };
        assert_eq!(coordinates[0].len(), 7);
        assert_eq!(coordinates[0][0], coordinates[0][6]);
        assert!(signed_area(&coordinates[0]) > 0.0, "counter-clockwise");
        let number = |name: &str| feature.property(name).unwrap().as_f64().unwrap();
        assert_eq!(number("per_km2"), surface.per_km2(i));
        assert_eq!(feature.property("synthetic"), Some(&true.into()));
        sum += number("expected");
        assert_eq!(
            number("expected") > 0.0,
            number("class") == 5.0 && number("rank") == 1.0
        );
    }
    assert_eq!(sum, 1.0);
    let members = read.foreign_members.unwrap();
    assert_eq!(members["provenance"]["model"], "count");
    assert_eq!(
        members["provenance"]["inputs_sha256"]
            .as_str()
            .unwrap()
            .len(),
        64
    );
    assert_eq!(members["notice"], "SYNTHETIC 模拟数据");
    assert!(!risk_geojson(&surface, Law::Poisson, false).contains("SYNTHETIC"));
}

#[test]
fn cut_at_the_antimeridian() {
    for (west, east) in [(179.9, 180.0), (-180.0, -179.9)] {
        let surface = surface(west, -17.0, east, -16.9);
        let mut cut = 0;
        for feature in parse(&risk_geojson(&surface, Law::Poisson, false)).features {
            let polygons = match feature.geometry.unwrap().value {
                geojson::GeometryValue::Polygon { coordinates } => vec![coordinates],
                geojson::GeometryValue::MultiPolygon { coordinates } => {
                    cut += 1;
                    coordinates
                }
                other => panic!("{other:?}"),
            };
            for ring in polygons.iter().map(|p| &p[0]) {
                let lons: Vec<f64> = ring.iter().map(|c| c[0]).collect();
                assert!(lons.iter().all(|lon| lon.abs() <= 180.0));
                assert!(
                    lons.iter().all(|lon| (lon - lons[0]).abs() < 1.0),
                    "{lons:?}"
                );
                assert!(signed_area(ring) > 0.0);
            }
        }
        assert!(cut > 3, "{cut}");
    }
}

#[test]
fn cells_at_a_pole_have_no_ring() {
    let read = parse(&risk_geojson(
        &surface(0.0, 89.95, 100.0, 90.0),
        Law::Poisson,
        false,
    ));
    let without = read
        .features
        .iter()
        .filter(|f| f.geometry.is_none())
        .count();
    assert!((1..=3).contains(&without), "{without}");
}
