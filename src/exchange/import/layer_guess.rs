//! What the rows of a table are, where nobody says: by their shapes, by the header, by the
//! file's name. A guess is shown and can be changed; where nothing speaks for one layer
//! there is none, and a person is asked.

use crate::exchange::import::columns::{Columns, plain_name};
use crate::exchange::import::field::{Field, Layer};
use crate::exchange::read::table::{RawShape, Table};

/// Parts of file names, more special ones first.
const NAMES: &[(&str, Layer)] = &[
    ("jointduty", Layer::JointDutyPosts),
    ("联勤", Layer::JointDutyPosts),
    ("commercial", Layer::CommercialDistricts),
    ("商圈", Layer::CommercialDistricts),
    ("pillar", Layer::Pillars),
    ("报警柱", Layer::Pillars),
    ("camera", Layer::Cameras),
    ("监控", Layer::Cameras),
    ("摄像", Layer::Cameras),
    ("boundary", Layer::Boundary),
    ("辖区", Layer::Boundary),
    ("beat", Layer::Beats),
    ("警务区", Layer::Beats),
    ("zone", Layer::Zones),
    ("巡区", Layer::Zones),
    ("incident", Layer::Incidents),
    ("crime", Layer::Incidents),
    ("calls", Layer::Incidents),
    ("警情", Layer::Incidents),
    ("案件", Layer::Incidents),
    ("station", Layer::Stations),
    ("派出所", Layer::Stations),
    ("post", Layer::Posts),
    ("警务岗", Layer::Posts),
    ("unit", Layer::Units),
    ("警组", Layer::Units),
    ("单元", Layer::Units),
    ("place", Layer::Places),
    ("场所", Layer::Places),
];

/// Headers that only one layer has.
const HEADERS: &[(&str, Layer)] = &[
    ("callsign", Layer::Units),
    ("unitid", Layer::Units),
    ("呼号", Layer::Units),
    ("visitevery", Layer::JointDutyPosts),
    ("联勤岗", Layer::JointDutyPosts),
    ("viewm", Layer::Cameras),
    ("可视距离", Layer::Cameras),
    ("监控点位", Layer::Cameras),
    ("placekind", Layer::Places),
    ("场所类型", Layer::Places),
    ("场所名称", Layer::Places),
    ("设备状态", Layer::Pillars),
    ("beatid", Layer::Beats),
    ("beat", Layer::Beats),
    ("警务区", Layer::Beats),
    ("警务区名称", Layer::Beats),
    ("zone", Layer::Zones),
    ("巡区", Layer::Zones),
    ("巡区名称", Layer::Zones),
    ("商圈名称", Layer::CommercialDistricts),
    ("stationname", Layer::Stations),
    ("派出所名称", Layer::Stations),
];

/// The layer that a table's rows are for.
pub fn guess_layer(file: &str, table: &Table) -> Option<Layer> {
    let areas = (0..table.len())
        .find_map(|row| match table.shape(row) {
            Some(RawShape::Nothing) | None => None,
            Some(shape) => Some(matches!(shape, RawShape::Polygons(_))),
        })
        .unwrap_or(false);
    let fits = |layer: Layer| layer.is_areas() == areas;
    let file = plain_name(file);
    let named = NAMES
        .iter()
        .find(|(part, layer)| file.contains(part) && fits(*layer))
        .map(|(_, layer)| *layer);
    let header: Vec<String> = table.columns().iter().map(|c| plain_name(c)).collect();
    let headed = HEADERS
        .iter()
        .find(|(word, layer)| fits(*layer) && header.iter().any(|column| column == word))
        .map(|(_, layer)| *layer);
    if areas || headed == Some(Layer::Units) {
        return named.or(headed);
    }
    // What has a time has happened; a column of incidents may well be called `beat`.
    if has_time(table) {
        return Some(Layer::Incidents);
    }
    named.or(headed)
}

fn has_time(table: &Table) -> bool {
    Columns::resolve(table, Layer::Incidents, &[])
        .is_ok_and(|columns| columns.of(Field::At).is_some())
}

#[cfg(test)]
mod tests {
    use crate::exchange::import::field::Layer;
    use crate::exchange::import::layer_guess::guess_layer;
    use crate::exchange::read::csv_table::read_csv;
    use crate::exchange::read::geojson_table::read_geojson;

    fn of_header(file: &str, header: &str) -> Option<Layer> {
        let row = vec!["1"; header.split(',').count()].join(",");
        let table = read_csv(format!("{header}\n{row}\n").as_bytes()).unwrap();
        guess_layer(file, &table)
    }

    #[test]
    fn what_has_a_time_is_incidents() {
        let guess = of_header("export.csv", "报警时间,经度,纬度,警情类别");
        assert_eq!(guess, Some(Layer::Incidents));
        let guess = of_header("stations 2024.csv", "occurred_from,lon,lat,beat");
        assert_eq!(guess, Some(Layer::Incidents));
    }

    #[test]
    fn else_header_and_name_speak() {
        let guess = of_header("x.csv", "call_sign,lon,lat,kind");
        assert_eq!(guess, Some(Layer::Units));
        let guess = of_header("alarm pillars.csv", "id,name,lon,lat");
        assert_eq!(guess, Some(Layer::Pillars));
        let guess = of_header("联勤岗.csv", "编号,名称,经度,纬度");
        assert_eq!(guess, Some(Layer::JointDutyPosts));
        assert_eq!(of_header("x.csv", "id,name,lon,lat"), None);
        // Its time has to be named, but what it is, is plain.
        let guess = of_header("incidents.csv", "id,lon,lat");
        assert_eq!(guess, Some(Layer::Incidents));
    }

    #[test]
    fn areas_are_never_points() {
        let text = r#"{"type":"FeatureCollection","features":[{"type":"Feature",
            "properties":{"name":"a"},"geometry":{"type":"Polygon",
            "coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}}]}"#;
        let table = read_geojson(text.as_bytes()).unwrap();
        assert_eq!(guess_layer("beats.geojson", &table), Some(Layer::Beats));
        assert_eq!(guess_layer("cameras.geojson", &table), None);
    }
}
