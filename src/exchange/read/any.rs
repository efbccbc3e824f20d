//! Whatever was given: the format recognised, the right reader called.

use crate::exchange::read::archive::{INFLATED_LIMIT, Part, unzip};
use crate::exchange::read::csv_table::read_csv;
use crate::exchange::read::fault::ReadFault;
use crate::exchange::read::format::{Format, recognise_named};
use crate::exchange::read::geojson_table::read_geojson;
use crate::exchange::read::shapefile_table::{ShapefileParts, read_shapefile};
use crate::exchange::read::table::Table;

/// A file and what lies beside it.
#[derive(Debug, Clone, Default)]
pub struct Given {
    /// Its name, without folder.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// The `.dbf` beside a `.shp`.
    pub dbf: Option<Vec<u8>>,
    /// The `.prj` beside a `.shp`.
    pub prj: Option<Vec<u8>>,
    /// The `.cpg` beside a `.shp`.
    pub cpg: Option<Vec<u8>>,
    /// Most bytes inflated out of an archive; none: [`INFLATED_LIMIT`].
    pub most_inflated: Option<u64>,
}

/// Reads any format but GeoPackage (a database, which the store opens) and PBF.
///
/// # Errors
/// [`ReadFault`].
pub fn read_given(given: &Given, layer: Option<&str>) -> Result<Table, ReadFault> {
    match recognise_named(&given.name, &given.bytes)? {
        Format::Csv => read_csv(&given.bytes),
        Format::GeoJson => read_geojson(&given.bytes),
        Format::Shapefile => read_shapefile(ShapefileParts {
            shp: &given.bytes,
            dbf: given.dbf.as_deref(),
            prj: given.prj.as_deref(),
            cpg: given.cpg.as_deref(),
        }),
        Format::Zip => {
            let limit = given.most_inflated.unwrap_or(INFLATED_LIMIT);
            read_zip(&given.bytes, layer, limit)
        }
        Format::GeoPackage => Err(ReadFault::OtherFormat {
            found: "an SQLite database",
        }),
        Format::OsmPbf => Err(ReadFault::OtherFormat {
            found: "an OpenStreetMap extract (import it with --as roads)",
        }),
    }
}

fn read_zip(bytes: &[u8], layer: Option<&str>, limit: u64) -> Result<Table, ReadFault> {
    let parts = unzip(bytes, limit)?;
    let is_layer = |part: &&Part| {
        matches!(part.extension.as_str(), "shp" | "csv" | "geojson" | "json")
            && layer.is_none_or(|wanted| part.stem == wanted)
    };
    let candidates: Vec<&Part> = parts.iter().filter(is_layer).collect();
    // A Shapefile's companions may be CSV or JSON; its geometry decides.
    let shapes: Vec<&Part> = candidates
        .iter()
        .copied()
        .filter(|part| part.extension == "shp")
        .collect();
    let chosen = match (shapes.as_slice(), candidates.as_slice()) {
        ([only], _) | ([], [only]) => *only,
        ([], []) if is_office(bytes) => {
            return Err(ReadFault::OtherFormat {
                found: "an Excel or Word file",
            });
        }
        ([], []) => {
            return Err(ReadFault::MissingPart(
                "the zip holds no .shp, .csv or .geojson of that name".to_owned(),
            ));
        }
        _ => {
            return Err(ReadFault::ChooseLayer {
                layers: candidates.iter().map(|part| part.stem.clone()).collect(),
            });
        }
    };
    let beside = |extension: &str| {
        let mut same = parts
            .iter()
            .filter(|p| p.extension == extension && p.stem.eq_ignore_ascii_case(&chosen.stem));
        same.next().map(|part| part.bytes.as_slice())
    };
    match chosen.extension.as_str() {
        "shp" => read_shapefile(ShapefileParts {
            shp: &chosen.bytes,
            dbf: beside("dbf"),
            prj: beside("prj"),
            cpg: beside("cpg"),
        }),
        "csv" => read_csv(&chosen.bytes),
        _ => read_geojson(&chosen.bytes),
    }
}

/// Whether an archive is one that an office program writes: they all begin with this list.
fn is_office(bytes: &[u8]) -> bool {
    const LIST: &[u8] = b"[Content_Types].xml";
    let start = bytes.get(..4096).unwrap_or(bytes);
    start.windows(LIST.len()).any(|part| part == LIST)
}
