//! Points and polygons of the other layers.

use std::collections::BTreeMap;

use crate::exchange::import::columns::Columns;
use crate::exchange::import::fault::ImportFault;
use crate::exchange::import::feature_rows::{FeatureReader, FeatureRows, Features};
use crate::exchange::import::field::Layer;
use crate::exchange::import::locate::{Locator, frame_of};
use crate::exchange::import::made_up::Holds;
use crate::exchange::read::csv_table::read_csv;
use crate::exchange::read::geojson_table::read_geojson;
use crate::exchange::read::table::Table;
use crate::place::area::Area;
use crate::place::feature::{PlaceTier, UnitKind};

fn read(table: Table, layer: Layer) -> Result<FeatureRows, ImportFault> {
    let columns = Columns::resolve(&table, layer, &[])?;
    let (frame, _) = frame_of(&table, &columns, None)?;
    let references = BTreeMap::from([("大东派出所".to_owned(), "S1".to_owned())]);
    FeatureReader {
        table: &table,
        columns: &columns,
        locator: Locator::new(&table, &columns, frame, None),
        layer,
        source: None,
        references: &references,
        holds: Holds::Nothing,
    }
    .read()
}

fn beats(rings: &[&str]) -> Result<FeatureRows, ImportFault> {
    let features: Vec<String> = rings
        .iter()
        .enumerate()
        .map(|(at, ring)| {
            format!(
                r#"{{"type":"Feature","properties":{{"name":"B{at}","station":"大东派出所"}},
                "geometry":{{"type":"Polygon","coordinates":[{ring}]}}}}"#
            )
        })
        .collect();
    let text = format!(
        r#"{{"type":"FeatureCollection","features":[{}]}}"#,
        features.join(",")
    );
    read(read_geojson(text.as_bytes()).unwrap(), Layer::Beats)
}

#[test]
fn beats_with_a_station_by_name() {
    let rows = beats(&["[[0,0],[1,0],[1,1],[0,1],[0,0]]"]).unwrap();
    match rows.features {
        Some(Features::Beats(beats)) => {
            assert_eq!(beats[0].id.as_str(), "B0");
            assert_eq!(beats[0].station.as_ref().unwrap().as_str(), "S1");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn broken_polygons_name_ring_and_place() {
    let rows = beats(&[
        "[[0,0],[1,1],[1,0],[0,1],[0,0]]",
        "[[0,0],[1,0],[1,1],[0,1]]",
        "[[0,0],[1,0],[0,0]]",
        "[[10,123],[11,123],[11,124],[10,123]]",
    ])
    .unwrap();
    assert!(rows.features.is_none());
    let found: Vec<(u32, &str)> = rows
        .refusals
        .iter()
        .map(|r| (r.row, r.fault.reason.code()))
        .collect();
    assert_eq!(
        found,
        [
            (1, "bad_polygon"),
            (2, "bad_polygon"),
            (3, "bad_polygon"),
            (4, "swapped")
        ]
    );
    assert!(rows.refusals[1].fault.why.contains("ring 1 is not closed"));
}

#[test]
fn points_with_their_own_words() {
    let text =
        "名称,经度,纬度,场所类型,赋码\n大悦城,123.46,41.8,商场,黄码\n某店,123.46,41.8,店,紫\n";
    let rows = read(read_csv(text.as_bytes()).unwrap(), Layer::Places).unwrap();
    assert_eq!((rows.kept, rows.refusals.len()), (1, 1));
    assert_eq!(rows.refusals[0].fault.reason.code(), "unknown_word");
    match rows.features {
        Some(Features::Places(places)) => {
            assert_eq!(places[0].tier, PlaceTier::Yellow);
            assert_eq!(places[0].kind, "商场");
        }
        other => panic!("{other:?}"),
    }
    let text = "call_sign,lon,lat,kind\nD-1,123.46,41.8,摩托车\n";
    match read(read_csv(text.as_bytes()).unwrap(), Layer::Units)
        .unwrap()
        .features
    {
        Some(Features::Units(units)) => assert_eq!(units[0].kind, UnitKind::Motorcycle),
        other => panic!("{other:?}"),
    }
}

#[test]
fn names_of_persons_make_no_call_signs() {
    let text = "编号,名称,标签,lon,lat,kind\nU1,李某,x,123.46,41.8,car\n";
    match read(read_csv(text.as_bytes()).unwrap(), Layer::Units)
        .unwrap()
        .features
    {
        Some(Features::Units(units)) => assert_eq!(units[0].call_sign, "U1"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn polygons_far_outside_the_district_are_refused() {
    let district = Area::from_rings(&[vec![vec![
        [123.0, 41.0],
        [124.0, 41.0],
        [124.0, 42.0],
        [123.0, 42.0],
        [123.0, 41.0],
    ]]])
    .unwrap();
    let polygon = |west: f64, east: f64| {
        format!(
            r#"{{"type":"Feature","properties":{{"name":"{east}"}},"geometry":{{"type":"Polygon","coordinates":[[[{west},41.2],[{east},41.2],[{east},41.4],[{west},41.2]]]}}}}"#
        )
    };
    let text = format!(
        r#"{{"type":"FeatureCollection","features":[{},{},{}]}}"#,
        polygon(123.5, 124.05),
        polygon(123.5, 124.07),
        polygon(122.0, 125.0)
    );
    let table = read_geojson(text.as_bytes()).unwrap();
    let columns = Columns::resolve(&table, Layer::Beats, &[]).unwrap();
    let (frame, _) = frame_of(&table, &columns, None).unwrap();
    let rows = FeatureReader {
        table: &table,
        columns: &columns,
        locator: Locator::new(&table, &columns, frame, Some(&district)),
        layer: Layer::Beats,
        source: Some("gis"),
        references: &BTreeMap::new(),
        holds: Holds::Nothing,
    }
    .read()
    .unwrap();
    let refused: Vec<_> = rows
        .refusals
        .iter()
        .map(|r| (r.row, r.fault.reason.code()))
        .collect();
    assert_eq!(refused, [(2, "outside_district"), (3, "outside_district")]);
    match rows.features {
        Some(Features::Beats(beats)) => assert_eq!(beats[0].id.as_str(), "gis:124.05"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn several_polygons_make_one_boundary() {
    let text = r#"{"type":"FeatureCollection","features":[
      {"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,1],[0,0]]]}},
      {"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":[[[1,0],[2,0],[2,1],[1,1],[1,0]]]}}]}"#;
    let rows = read(read_geojson(text.as_bytes()).unwrap(), Layer::Boundary).unwrap();
    match rows.features {
        Some(Features::Boundary(area)) => {
            assert_eq!(area.shape().0.len(), 1);
            assert_eq!(area.bbox(), [0.0, 0.0, 2.0, 1.0]);
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn polygons_can_not_come_out_of_a_csv() {
    let table = read_csv(b"name,lon,lat\na,1,2\n").unwrap();
    assert!(matches!(
        read(table, Layer::Beats),
        Err(ImportFault::NoPolygons { .. })
    ));
}
