//! Whatever was given: the format recognised, the right reader called.

use std::io::Cursor;

use zip::ZipArchive;

use crate::exchange::read::archive::{INFLATED_LIMIT, Part, unzip};
use crate::exchange::read::csv_table::read_csv_within;
use crate::exchange::read::fault::ReadFault;
use crate::exchange::read::flatgeobuf_table::read_flatgeobuf;
use crate::exchange::read::format::{Format, recognise_named};
use crate::exchange::read::geojson_table::read_geojson_within;
use crate::exchange::read::gpx_table::read_gpx;
use crate::exchange::read::kml_table::read_kml;
use crate::exchange::read::parquet_table::read_parquet;
use crate::exchange::read::shapefile_table::{ShapefileParts, read_shapefile};
use crate::exchange::read::table::Table;
use crate::exchange::read::xlsx_table::read_xlsx;

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
    /// Most bytes inflated out of an archive, and held as rows; none: [`INFLATED_LIMIT`].
    pub most_inflated: Option<u64>,
}

/// Reads any format but GeoPackage (a database, which the store opens) and PBF.
///
/// # Errors
/// [`ReadFault`].
pub fn read_given(given: &Given, layer: Option<&str>) -> Result<Table, ReadFault> {
    let limit = given.most_inflated.unwrap_or(INFLATED_LIMIT);
    match recognise_named(&given.name, &given.bytes)? {
        Format::Csv => read_csv_within(&given.bytes, limit),
        Format::GeoJson => read_geojson_within(&given.bytes, limit),
        Format::Kml => read_kml(&given.bytes, layer, limit),
        Format::Gpx => read_gpx(&given.bytes, layer, limit),
        Format::FlatGeobuf => read_flatgeobuf(&given.bytes, limit),
        Format::Parquet => read_parquet(&given.bytes, limit),
        Format::Shapefile => read_shapefile(ShapefileParts {
            shp: &given.bytes,
            dbf: given.dbf.as_deref(),
            prj: given.prj.as_deref(),
            cpg: given.cpg.as_deref(),
        }),
        Format::Zip => read_zip(&given.bytes, layer, limit),
        Format::GeoPackage => Err(ReadFault::OtherFormat {
            found: "an SQLite database",
        }),
        Format::OsmPbf => Err(ReadFault::OtherFormat {
            found: "an OpenStreetMap extract (import it with --as roads or --as places)",
        }),
    }
}

fn read_zip(bytes: &[u8], layer: Option<&str>, limit: u64) -> Result<Table, ReadFault> {
    match office_part(bytes) {
        Some("xl/workbook.xml") => return read_xlsx(bytes, layer, limit),
        Some("xl/workbook.bin") => {
            return Err(ReadFault::OtherFormat {
                found: "a binary Excel workbook (.xlsb)",
            });
        }
        Some(_) => {
            return Err(ReadFault::OtherFormat {
                found: "a Word or other office document",
            });
        }
        None => {}
    }
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
    // In a KMZ the first document counts; a layer is one of its folders.
    let document = parts.iter().find(|part| part.extension == "kml");
    let chosen = match (shapes.as_slice(), candidates.as_slice()) {
        ([only], _) | ([], [only]) => *only,
        ([], []) => match document {
            Some(document) => return read_kml(&document.bytes, layer, limit),
            None => {
                return Err(ReadFault::MissingPart(
                    "the zip holds no .shp, .csv, .geojson or .kml of that name".to_owned(),
                ));
            }
        },
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
        "csv" => read_csv_within(&chosen.bytes, limit),
        _ => read_geojson_within(&chosen.bytes, limit),
    }
}

/// The main part of what an office program wrote, by the archive's list of names.
fn office_part(bytes: &[u8]) -> Option<&'static str> {
    let archive = ZipArchive::new(Cursor::new(bytes)).ok()?;
    let parts = ["xl/workbook.xml", "xl/workbook.bin", "[Content_Types].xml"];
    parts
        .into_iter()
        .find(|part| archive.index_for_name(part).is_some())
}
