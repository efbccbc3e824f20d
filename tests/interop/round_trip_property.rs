//! Whatever a layer's rows are, they come back from every format that is read: names with
//! quotes, signs and markup, areas with holes and of several parts, times to the second. What
//! a format does to them is said here, and in `docs/interop.md`.

use std::collections::BTreeMap;

use frontbeat::exchange::import::columns::Columns;
use frontbeat::exchange::import::feature_rows::{FeatureReader, Features};
use frontbeat::exchange::import::field::Layer;
use frontbeat::exchange::import::locate::{Locator, frame_of};
use frontbeat::exchange::import::made_up::{Holds, told};
use frontbeat::exchange::read::any::{Given, read_given};
use frontbeat::exchange::write::csv::neutralised;
use frontbeat::exchange::write::format::OutFormat;
use frontbeat::exchange::write::layers::layer_named;
use frontbeat::exchange::write::options::{OutFrame, TableGeometry, WriteOptions};
use frontbeat::exchange::write::row::{FeatureRow, FieldValue};
use frontbeat::exchange::write::{from_place, writer};
use frontbeat::patrol::reason::Language;
use frontbeat::place::area::Area;
use frontbeat::place::feature::{
    AlarmPillar, Beat, Camera, CommercialDistrict, JointDutyPost, PatrolZone, PillarState, Place,
    PlaceTier, Post, Station, Unit, UnitKind, UnitStatus,
};
use frontbeat::place::id::Id;
use frontbeat::place::measure::{Metres, Seconds};
use frontbeat::place::position::Position;
use jiff::tz::TimeZone;
use proptest::prelude::*;

/// Formats that hold points; all but the last hold areas too.
const FORMATS: [OutFormat; 10] = [
    OutFormat::GeoJson,
    OutFormat::GeoJsonSeq,
    OutFormat::Csv,
    OutFormat::FlatGeobuf,
    OutFormat::Kml,
    OutFormat::Kmz,
    OutFormat::Shapefile,
    OutFormat::Xlsx,
    OutFormat::GeoParquet,
    OutFormat::Gpx,
];

/// The layers with areas.
const AREAS: [Layer; 3] = [Layer::Beats, Layer::Zones, Layer::CommercialDistricts];

/// A row before it is of a layer.
#[derive(Debug, Clone)]
struct Sketch {
    name: String,
    text: String,
    place: [f64; 2],
    size: [f64; 2],
    holed: bool,
    parts: usize,
    number: f64,
    choice: usize,
    known: bool,
}

fn sketch() -> impl Strategy<Value = Sketch> {
    let text = r#"[\p{Han}a-zA-Z'"&<>=+@;,|#% \-]{1,16}"#;
    let text = text.prop_filter("neither empty nor of blanks", |text: &String| {
        !text.trim().is_empty()
    });
    let text = text.prop_map(|text| text.trim().to_owned());
    let place = [123.3f64..123.6, 41.7..41.9];
    let size = [0.001f64..0.01, 0.001..0.01];
    let shape = (any::<bool>(), 1usize..3);
    let more = (0.5f64..5_000.0, 0usize..60, any::<bool>());
    (text.clone(), text, place, size, shape, more).prop_map(
        |(name, text, place, size, (holed, parts), (number, choice, known))| Sketch {
            name,
            text,
            place,
            size,
            holed,
            parts,
            number,
            choice,
            known,
        },
    )
}

fn area(of: &Sketch) -> Area {
    let [x, y] = of.place;
    let [w, h] = of.size;
    let ring = |x: f64, y: f64, w: f64, h: f64| {
        vec![[x, y], [x + w, y], [x + w, y + h], [x, y + h], [x, y]]
    };
    let part = |east: f64| {
        let mut rings = vec![ring(x + east, y, w, h)];
        if of.holed {
            rings.push(ring(x + east + w / 4.0, y + h / 4.0, w / 2.0, h / 2.0));
        }
        rings
    };
    let parts: Vec<_> = (0..of.parts).map(|i| part(i as f64 * w * 2.0)).collect();
    Area::from_rings(&parts).expect("a valid area")
}

/// The sketches as rows of a layer; their ids say which they are.
fn features(layer: Layer, sketches: &[Sketch]) -> Features {
    let all = || {
        sketches.iter().enumerate().map(|(i, it)| {
            let [lon, lat] = it.place;
            let position = Position::new(lon, lat).expect("on the Earth");
            (format!("r-{i:03}"), it, position)
        })
    };
    match layer {
        Layer::Beats => Features::Beats(
            all()
                .map(|(id, it, _)| Beat {
                    id: Id::new(id),
                    name: it.name.clone(),
                    area: area(it),
                    station: it.known.then(|| Id::new("s1")),
                })
                .collect(),
        ),
        Layer::Zones => Features::Zones(
            all()
                .map(|(id, it, _)| PatrolZone {
                    id: Id::new(id),
                    name: it.name.clone(),
                    area: area(it),
                })
                .collect(),
        ),
        Layer::CommercialDistricts => Features::CommercialDistricts(
            all()
                .map(|(id, it, _)| CommercialDistrict {
                    id: Id::new(id),
                    name: it.name.clone(),
                    area: area(it),
                })
                .collect(),
        ),
        Layer::Stations => Features::Stations(
            all()
                .map(|(id, it, position)| Station {
                    id: Id::new(id),
                    name: it.name.clone(),
                    position,
                })
                .collect(),
        ),
        Layer::Posts => Features::Posts(
            all()
                .map(|(id, it, position)| Post {
                    id: Id::new(id),
                    name: it.name.clone(),
                    hours: it.text.clone(),
                    position,
                })
                .collect(),
        ),
        Layer::JointDutyPosts => Features::JointDutyPosts(
            all()
                .map(|(id, it, position)| JointDutyPost {
                    id: Id::new(id),
                    name: it.name.clone(),
                    commercial_district: it.known.then(|| Id::new("c1")),
                    visit_every: it.known.then_some(Seconds(it.number)),
                    position,
                })
                .collect(),
        ),
        Layer::Pillars => Features::Pillars(
            all()
                .map(|(id, it, position)| AlarmPillar {
                    id: Id::new(id),
                    name: it.name.clone(),
                    state: [
                        PillarState::Online,
                        PillarState::Pressed,
                        PillarState::Answered,
                        PillarState::Offline,
                    ][it.choice % 4],
                    position,
                })
                .collect(),
        ),
        Layer::Cameras => Features::Cameras(
            all()
                .map(|(id, it, position)| Camera {
                    id: Id::new(id),
                    name: it.name.clone(),
                    view: Metres(it.number),
                    position,
                })
                .collect(),
        ),
        Layer::Places => Features::Places(
            all()
                .map(|(id, it, position)| Place {
                    id: Id::new(id),
                    name: it.name.clone(),
                    kind: it.text.clone(),
                    tier: [PlaceTier::Blue, PlaceTier::Green, PlaceTier::Yellow][it.choice % 3],
                    position,
                })
                .collect(),
        ),
        _ => Features::Units(
            all()
                .map(|(id, it, position)| Unit {
                    id: Id::new(id),
                    call_sign: it.name.clone(),
                    kind: [UnitKind::Car, UnitKind::Motorcycle, UnitKind::Foot][it.choice % 3],
                    station: it.known.then(|| Id::new("s1")),
                    status: [
                        UnitStatus::Idle,
                        UnitStatus::Dispatched,
                        UnitStatus::OnScene,
                        UnitStatus::Break,
                        UnitStatus::OffDuty,
                    ][it.choice % 5],
                    position,
                })
                .collect(),
        ),
    }
}

/// The rows as they are written, by id.
fn rows(features: &Features) -> BTreeMap<String, FeatureRow> {
    let all: Vec<FeatureRow> = match features {
        Features::Boundary(_) => Vec::new(),
        Features::Stations(all) => all.iter().map(|it| from_place::station(it, true)).collect(),
        Features::Beats(all) => all.iter().map(|it| from_place::beat(it, true)).collect(),
        Features::Zones(all) => all.iter().map(|it| from_place::zone(it, true)).collect(),
        Features::Posts(all) => all.iter().map(|it| from_place::post(it, true)).collect(),
        Features::JointDutyPosts(all) => all
            .iter()
            .map(|it| from_place::joint_duty_post(it, true))
            .collect(),
        Features::CommercialDistricts(all) => all
            .iter()
            .map(|it| from_place::commercial_district(it, true))
            .collect(),
        Features::Pillars(all) => all.iter().map(|it| from_place::pillar(it, true)).collect(),
        Features::Cameras(all) => all.iter().map(|it| from_place::camera(it, true)).collect(),
        Features::Places(all) => all.iter().map(|it| from_place::place(it, true)).collect(),
        Features::Units(all) => all.iter().map(|it| from_place::unit(it, true)).collect(),
    };
    all.into_iter()
        .map(|row| (row.id().to_owned(), row))
        .collect()
}

fn written(
    layer: Layer,
    rows: &BTreeMap<String, FeatureRow>,
    format: OutFormat,
    chinese: bool,
) -> Vec<u8> {
    let options = WriteOptions {
        zone: TimeZone::get("Asia/Shanghai").expect("a zone"),
        frame: OutFrame::Wgs84,
        headers: chinese.then_some(Language::Chinese),
        bom: chinese,
        table_geometry: TableGeometry::ByLayer,
        district: "大东区".to_owned(),
        synthetic: true,
        attribution: String::new(),
    };
    let scratch = || {
        let made: Box<dyn writer::Scratch> = Box::new(tempfile::tempfile()?);
        Ok(made)
    };
    let mut out = Vec::new();
    let opened = writer::open(format, Box::new(&mut out), &options, scratch);
    let mut writer = opened.expect("opened").expect("a writer");
    let out_layer = layer_named(layer.word()).expect("a layer");
    writer.begin(out_layer).expect("begun");
    for row in rows.values() {
        writer.row(row).expect("written");
    }
    writer.finish().expect("finished");
    out
}

fn read_back(layer: Layer, format: OutFormat, bytes: Vec<u8>) -> Features {
    let given = Given {
        name: format!("x.{}", format.ending()),
        bytes,
        ..Given::default()
    };
    let table = read_given(&given, None).unwrap_or_else(|fault| panic!("{format:?}: {fault}"));
    let columns = Columns::resolve(&table, layer, &[]).expect("columns");
    assert_eq!(columns.dropped, [], "{layer:?} as {format:?}");
    let (frame, _) = frame_of(&table, &columns, None).expect("a frame");
    let references = ["s1", "c1"].map(|id| (id.to_owned(), id.to_owned()));
    let reader = FeatureReader {
        table: &table,
        columns: &columns,
        locator: Locator::new(&table, &columns, frame, None),
        layer,
        source: None,
        references: &BTreeMap::from(references),
        holds: Holds::Nothing,
    };
    let read = reader.read().expect("read");
    assert!(read.refusals.is_empty(), "{format:?}: {:?}", read.refusals);
    // Made up is made up, in whatever words a format has for it.
    let marked = told(&table, &columns, &[]).made_up;
    assert_eq!(marked, read.kept, "{layer:?} as {format:?}");
    read.features.expect("rows")
}

/// What a format makes of a row, as the documents say.
fn expected(layer: Layer, format: OutFormat, mut row: FeatureRow) -> FeatureRow {
    let columns = layer_named(layer.word()).expect("a layer").columns;
    for (column, value) in columns.iter().zip(&mut row.values) {
        match (format, value) {
            // An apostrophe before what a spreadsheet would compute.
            (OutFormat::Csv, FieldValue::Text(text)) if column.name != "id" => {
                *text = neutralised(text).into_owned();
            }
            // Numbers of a Shapefile have fifteen decimals.
            (OutFormat::Shapefile, FieldValue::Real(number)) => {
                *number = (*number * 1e9).round() / 1e9;
            }
            _ => {}
        }
    }
    row
}

fn close(row: FeatureRow) -> FeatureRow {
    let mut row = row;
    for value in &mut row.values {
        if let FieldValue::Real(number) = value {
            *number = (*number * 1e9).round() / 1e9;
        }
    }
    row
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn what_goes_out_comes_in(
        sketches in proptest::collection::vec(sketch(), 1..6), chinese: bool,
    ) {
        for layer in [
            Layer::Stations, Layer::Posts, Layer::JointDutyPosts, Layer::Pillars, Layer::Cameras,
            Layer::Places, Layer::Units, Layer::Beats, Layer::Zones, Layer::CommercialDistricts,
        ] {
            let before = rows(&features(layer, &sketches));
            for format in FORMATS {
                if format == OutFormat::Gpx && AREAS.contains(&layer) {
                    continue; // its writer refuses areas
                }
                let bytes = written(layer, &before, format, chinese);
                let after = rows(&read_back(layer, format, bytes));
                prop_assert_eq!(after.len(), before.len(), "{:?} as {:?}", layer, format);
                for (id, row) in &before {
                    let mut wanted = expected(layer, format, row.clone());
                    let mut found = after.get(id).cloned().unwrap_or_else(|| panic!("{format:?}: no {id}"));
                    if format == OutFormat::Shapefile {
                        (wanted, found) = (close(wanted), close(found));
                    }
                    prop_assert_eq!(&found, &wanted, "{:?} as {:?}", layer, format);
                }
            }
        }
    }
}
