//! A table of what is in each layer and format, by this program's own readers: how many
//! features, their extent, the sums of their numbers, a hash of their shapes, a hash of their
//! texts. Each line is the GeoJSON's, but for what is documented to be lost.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

use frontbeat::exchange::read::any::{Given, read_given};
use frontbeat::exchange::read::table::{RawShape, Table};
use frontbeat::exchange::write::layer::{ColumnKind, GeometryKind, Layer};
use frontbeat::exchange::write::layers::LAYERS;
use frontbeat::store::gpkg::foreign::read_foreign;
use jiff::Timestamp;

use crate::stand::{exported, folder};

/// Formats beside GeoJSON.
const FORMATS: [&str; 10] = [
    "geojsons", "csv", "fgb", "kml", "kmz", "gpx", "shp.zip", "xlsx", "gpkg", "parquet",
];

/// One line of the table.
#[derive(Debug, Clone, PartialEq)]
struct Content {
    count: usize,
    /// West, south, east, north, in units of 1e-9 degrees.
    extent: Option<[i64; 4]>,
    /// Of all numbers, to nine figures.
    sum: String,
    shapes: u64,
    texts: u64,
}

/// A row as a format tells of it.
struct Told {
    id: String,
    corners: Vec<[i64; 2]>,
    texts: Vec<String>,
    sum: f64,
}

#[test]
fn content_is_equal_across_formats() {
    let folder = folder();
    println!("| layer | format | features | extent | sum of numbers | shapes | texts |");
    println!("|---|---|---|---|---|---|---|");
    for layer in LAYERS {
        let more: &[&str] = match layer.name {
            "risk" => &["--model", "count"],
            _ => &[],
        };
        let file = exported(folder.path(), layer.name, "geojson", more);
        let bytes = std::fs::read(&file).expect("a file");
        let placed = |table: &Table, row: usize| table.shape(row) != Some(&RawShape::Nothing);
        let table = read("x.geojson", bytes, layer);
        let all = content(layer, &table, |_| true);
        let only_placed = content(layer, &table, |row| placed(&table, row));
        tell(layer, "geojson", &all);
        for format in FORMATS {
            let skipped = match (format, layer.geometry, layer.name) {
                // Its writer refuses areas; stops and lines are routes and tracks.
                ("gpx", GeometryKind::Areas | GeometryKind::Line, _) => true,
                ("gpx", _, "plan_stops") => true,
                // Some thousand outlines as cells say nothing that beats do not.
                ("xlsx", _, "basemap_areas") => true,
                _ => false,
            };
            if skipped {
                continue;
            }
            let file = exported(folder.path(), layer.name, format, more);
            let table = match format {
                "gpkg" => tokio::runtime::Runtime::new()
                    .expect("a runtime")
                    .block_on(read_foreign(&file, Some(layer.name)))
                    .expect("a GeoPackage"),
                _ => read(
                    &format!("x.{format}"),
                    std::fs::read(&file).expect("a file"),
                    layer,
                ),
            };
            std::fs::remove_file(&file).expect("deleted");
            let mut found = content(layer, &table, |_| true);
            tell(layer, format, &found);
            let mut wanted = match format {
                // Rows that are nowhere are left out.
                "fgb" | "shp.zip" => only_placed.clone(),
                _ => all.clone(),
            };
            if format == "csv" {
                // An apostrophe stands before what a spreadsheet would compute.
                (wanted.texts, found.texts) = (0, 0);
            }
            assert_eq!(found, wanted, "{} as {format}", layer.name);
        }
    }
}

fn read(name: &str, bytes: Vec<u8>, layer: &Layer) -> Table {
    let given = Given {
        name: name.to_owned(),
        bytes,
        ..Given::default()
    };
    let wanted = matches!(
        name.rsplit('.').next(),
        Some("kml" | "kmz" | "gpx" | "xlsx")
    );
    read_given(&given, wanted.then_some(layer.name))
        .unwrap_or_else(|fault| panic!("{} as {name}: {fault}", layer.name))
}

fn content(layer: &Layer, table: &Table, counts: impl Fn(usize) -> bool) -> Content {
    let at = |name: &str| {
        let short: String = name.chars().take(10).collect();
        let columns = table.columns();
        let whole = columns.iter().position(|column| column == name);
        whole.or_else(|| columns.iter().position(|column| *column == short))
    };
    let xy = (at("lon"), at("lat"));
    let mut rows: Vec<Told> = Vec::new();
    for row in (0..table.len()).filter(|row| counts(*row)) {
        let mut texts = Vec::new();
        let mut sum = 0.0;
        for column in layer.columns {
            let cell = at(column.name).map_or("", |at| table.cell(row, at));
            match column.kind {
                ColumnKind::Whole | ColumnKind::Real => sum += cell.parse().unwrap_or(0.0),
                ColumnKind::Flag => {
                    texts.push(matches!(cell, "true" | "1" | "T").to_string());
                }
                ColumnKind::Time => texts.push(instant(cell)),
                ColumnKind::Text => texts.push(cell.to_owned()),
            }
        }
        let mut corners = Vec::new();
        match (table.shape(row), xy) {
            (Some(RawShape::Point(point)), _) => corners.push(rounded(*point)),
            (Some(RawShape::Polygons(polygons)), _) => {
                let all = polygons.iter().flatten().flatten();
                corners.extend(all.map(|corner| rounded(*corner)));
            }
            (None, (Some(x), Some(y))) => {
                let number = |at| table.cell(row, at).parse().unwrap_or(f64::NAN);
                corners.push(rounded([number(x), number(y)]));
            }
            _ => {}
        }
        // A ring may begin anywhere and run either way, and ends where it began.
        corners.sort_unstable();
        corners.dedup();
        let id = at("id").map_or("", |at| table.cell(row, at));
        rows.push(Told {
            id: id.to_owned(),
            corners,
            texts,
            sum,
        });
    }
    rows.sort_by(|a, b| a.id.cmp(&b.id));
    let corners = || rows.iter().flat_map(|row| &row.corners);
    let side = |axis: usize| corners().map(move |corner| corner[axis]);
    let extent = side(0)
        .min()
        .zip(side(1).min())
        .zip(side(0).max().zip(side(1).max()));
    Content {
        count: rows.len(),
        extent: extent.map(|((w, s), (e, n))| [w, s, e, n]),
        sum: format!("{:.8e}", rows.iter().map(|row| row.sum).sum::<f64>()),
        shapes: hash(rows.iter().map(|row| (&row.id, &row.corners))),
        texts: hash(rows.iter().map(|row| &row.texts)),
    }
}

fn rounded([x, y]: [f64; 2]) -> [i64; 2] {
    [(x * 1e9).round() as i64, (y * 1e9).round() as i64]
}

/// An instant in one writing.
fn instant(text: &str) -> String {
    match text.parse::<Timestamp>() {
        Ok(at) => at.as_millisecond().to_string(),
        Err(_) => text.to_owned(),
    }
}

fn hash<T: Hash>(parts: impl Iterator<Item = T>) -> u64 {
    let mut hasher = DefaultHasher::new();
    parts.for_each(|part| part.hash(&mut hasher));
    hasher.finish()
}

fn tell(layer: &Layer, format: &str, of: &Content) {
    let extent = of.extent.map_or_else(String::new, |sides| {
        let sides = sides.map(|side| format!("{:.4}", side as f64 / 1e9));
        sides.join(" ")
    });
    println!(
        "| {} | {format} | {} | {extent} | {} | {:016x} | {:016x} |",
        layer.name, of.count, of.sum, of.shapes, of.texts
    );
}
