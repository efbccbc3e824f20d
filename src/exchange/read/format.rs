//! Which format are these bytes? By content; the name decides nothing.

use crate::exchange::read::fault::ReadFault;
use crate::exchange::read::flatgeobuf_table::MAGIC;

/// What stands before each text of a GeoJSON text sequence.
pub const RECORD_SEPARATOR: char = '\u{1e}';

/// A format that can be imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Text with delimiters.
    Csv,
    /// GeoJSON.
    GeoJson,
    /// A `.shp`, its companions beside it.
    Shapefile,
    /// A zip archive: of a Shapefile, a CSV, a GeoJSON, a KML, or an Excel workbook.
    Zip,
    /// KML.
    Kml,
    /// GPX.
    Gpx,
    /// FlatGeobuf.
    FlatGeobuf,
    /// Parquet, presumably GeoParquet.
    Parquet,
    /// SQLite, presumably a GeoPackage.
    GeoPackage,
    /// OpenStreetMap's `.osm.pbf`.
    OsmPbf,
}

/// Recognises the bytes of a file of this name: what its name promises and its bytes
/// don't keep is a damaged file, not a table of one odd column.
///
/// # Errors
/// [`ReadFault`].
pub fn recognise_named(name: &str, bytes: &[u8]) -> Result<Format, ReadFault> {
    let found = recognise(bytes)?;
    if found != Format::Csv {
        return Ok(found);
    }
    let extension = name.rsplit('.').next().unwrap_or("").to_ascii_lowercase();
    let (format, why) = match extension.as_str() {
        "gpkg" | "sqlite" | "db" => ("GeoPackage", "it is no SQLite database"),
        "zip" => ("zip", "it is no zip archive"),
        "shp" => (
            "Shapefile",
            "it does not start with a Shapefile's code 9994",
        ),
        "pbf" => ("OSM PBF", "it does not start with an OSMHeader block"),
        "kmz" => ("KMZ", "it is no zip archive"),
        "xlsx" | "xls" => ("Excel", "it is no Excel file"),
        "kml" => ("KML", "it does not start with the element <kml>"),
        "gpx" => ("GPX", "it does not start with the element <gpx>"),
        "fgb" => ("FlatGeobuf", "it does not start with 'fgb'"),
        "parquet" => ("Parquet", "it does not start with 'PAR1'"),
        "geojson" => ("GeoJSON", "it does not start with an object '{'"),
        _ => return Ok(found),
    };
    Err(ReadFault::Damaged {
        format,
        place: "byte 1".to_owned(),
        why: why.to_owned(),
    })
}

/// Recognises the bytes.
///
/// # Errors
/// [`ReadFault`] where they are empty or something that is not imported.
pub fn recognise(bytes: &[u8]) -> Result<Format, ReadFault> {
    if bytes.iter().all(|b| b.is_ascii_whitespace() || *b == 0) {
        return Err(ReadFault::Empty);
    }
    if bytes.starts_with(b"SQLite format 3\0") {
        return Ok(Format::GeoPackage);
    }
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return Ok(Format::Zip);
    }
    if bytes.starts_with(&[0, 0, 0x27, 0x0a]) {
        return Ok(Format::Shapefile);
    }
    if bytes.len() > 14 && &bytes[4..6] == b"\x0a\x09" && &bytes[6..15] == b"OSMHeader" {
        return Ok(Format::OsmPbf);
    }
    if bytes.starts_with(b"PAR1") {
        return Ok(Format::Parquet);
    }
    if bytes.starts_with(MAGIC) && bytes.get(4..7) == Some(MAGIC) {
        return Ok(Format::FlatGeobuf);
    }
    let other = [
        (&b"%PDF"[..], "a PDF document"),
        (b"\xd0\xcf\x11\xe0", "an old Excel or Word file"),
        (b"\x1f\x8b", "a gzip archive"),
        (b"\x89PNG", "a picture (PNG)"),
        (b"\xff\xd8\xff", "a picture (JPEG)"),
        (b"7z\xbc\xaf", "a 7-Zip archive"),
        (b"Rar!", "a RAR archive"),
        (b"{\\rtf", "an RTF document"),
    ];
    if let Some((_, found)) = other.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return Err(ReadFault::OtherFormat { found });
    }
    let start = start_of_text(bytes);
    let lower = start.to_ascii_lowercase();
    if lower.starts_with("<!doctype html")
        || lower.starts_with("<html")
        || lower.starts_with("<head")
    {
        return Err(ReadFault::Html {
            start: start.chars().take(15).collect(),
        });
    }
    if lower.starts_with("<?xml") || lower.starts_with("<kml") || lower.starts_with("<gpx") {
        return match root_element(bytes).as_deref() {
            Some("kml") => Ok(Format::Kml),
            Some("gpx") => Ok(Format::Gpx),
            _ => Err(ReadFault::OtherFormat {
                found: "an XML file that is neither KML nor GPX",
            }),
        };
    }
    if start.starts_with(['{', RECORD_SEPARATOR]) || start.starts_with("[{") {
        return Ok(Format::GeoJson);
    }
    Ok(Format::Csv)
}

/// The name of the first element, without prefix, behind whatever stands before it.
fn root_element(bytes: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(65_536)]).into_owned();
    let mut rest = text.as_str();
    loop {
        rest = &rest[rest.find('<')?..];
        let over = if rest.starts_with("<!--") {
            rest.find("-->")?
        } else if rest.starts_with("<!") {
            // A document type is refused by whoever reads on; its own brackets hold elements.
            let inner = rest
                .find('[')
                .filter(|at| rest.find('>').is_none_or(|end| *at < end));
            inner.map_or_else(|| rest.find('>'), |_| rest.find("]>"))?
        } else if rest.starts_with("<?") {
            rest.find("?>")?
        } else {
            let name: String = rest
                .chars()
                .skip(1)
                .take_while(|c| c.is_alphanumeric() || matches!(c, ':' | '_' | '-' | '.'))
                .collect();
            return Some(name.rsplit(':').next().unwrap_or_default().to_owned());
        };
        rest = &rest[over + 1..];
    }
}

/// The first characters, without mark and white space.
fn start_of_text(bytes: &[u8]) -> String {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(4096)]).into_owned();
    text.trim_start().chars().take(64).collect()
}

#[cfg(test)]
mod tests {
    use crate::exchange::read::fault::ReadFault;
    use crate::exchange::read::format::{Format, recognise};

    #[test]
    fn by_content() {
        assert_eq!(recognise(b"a,b\n1,2"), Ok(Format::Csv));
        assert_eq!(recognise(b"\xef\xbb\xbf {\"type\":"), Ok(Format::GeoJson));
        assert_eq!(recognise(b"PK\x03\x04..."), Ok(Format::Zip));
        assert_eq!(recognise(b"\x1e{\"type\":"), Ok(Format::GeoJson));
        assert_eq!(recognise(b"fgb\x03fgb\x00..."), Ok(Format::FlatGeobuf));
        assert_eq!(recognise(b"PAR1..."), Ok(Format::Parquet));
        let kml = b"<?xml version='1.0'?>\n<!-- <gpx> -->\n<k:kml xmlns:k='x'>";
        assert_eq!(recognise(kml), Ok(Format::Kml));
        let typed = b"<?xml version='1.0'?><!DOCTYPE gpx [<!ENTITY a 'b'>]><gpx>";
        assert_eq!(recognise(typed), Ok(Format::Gpx));
        assert!(recognise(b"<?xml version='1.0'?><svg>").is_err());
        assert!(recognise(b"<?xml").is_err());
        assert_eq!(recognise(b" \r\n"), Err(ReadFault::Empty));
        assert!(matches!(
            recognise(b"\n<!DOCTYPE html><html>"),
            Err(ReadFault::Html { .. })
        ));
    }
}
