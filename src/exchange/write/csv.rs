//! Comma-separated text (RFC 4180) in UTF-8: points as two columns or WKT, all else as WKT.
//!
//! A text that a spreadsheet would take for a formula gets an apostrophe before it, as
//! OWASP advises; one that has an apostrophe there already gets another, so that it can be
//! undone.

use std::borrow::Cow;
use std::io::Write;

use csv::Writer;
use geo_types::Geometry;
use geozero::ToWkt;

use crate::exchange::write::fault::WriteFault;
use crate::exchange::write::layer::{ColumnKind, GeometryKind, Layer};
use crate::exchange::write::options::{TableGeometry, WriteOptions};
use crate::exchange::write::row::{FeatureRow, FieldValue};
use crate::exchange::write::writer::LayerWriter;
use crate::patrol::reason::Language;

/// U+FEFF in UTF-8: without it Excel takes the file for the system's old encoding.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Writes CSV.
pub struct CsvWriter<'a> {
    out: Writer<Box<dyn Write + Send + 'a>>,
    options: WriteOptions,
    layer: Option<&'static Layer>,
    as_wkt: bool,
}

impl<'a> CsvWriter<'a> {
    /// Writes to `out`.
    pub fn new(out: Box<dyn Write + Send + 'a>, options: WriteOptions) -> Self {
        Self {
            out: csv::WriterBuilder::new()
                .buffer_capacity(64 * 1024)
                .terminator(csv::Terminator::CRLF)
                .from_writer(out),
            options,
            layer: None,
            as_wkt: false,
        }
    }
}

impl LayerWriter for CsvWriter<'_> {
    fn begin(&mut self, layer: &'static Layer) -> Result<(), WriteFault> {
        self.layer = Some(layer);
        self.as_wkt = layer.geometry != GeometryKind::Point
            || self.options.table_geometry == TableGeometry::Wkt;
        let mut header: Vec<String> = layer
            .columns
            .iter()
            .map(|column| self.options.header(column))
            .collect();
        header.extend(place_headers(&self.options, self.as_wkt).map(str::to_owned));
        if self.options.bom
            && let Some(first) = header.first_mut()
        {
            first.insert_str(0, std::str::from_utf8(BYTE_ORDER_MARK).unwrap_or_default());
        }
        self.out.write_record(&header).map_err(fault)
    }

    fn row(&mut self, row: &FeatureRow) -> Result<(), WriteFault> {
        let Some(layer) = self.layer else {
            return Ok(());
        };
        for (column, value) in layer.columns.iter().zip(&row.values) {
            let text = match value {
                FieldValue::Text(text) => Cow::Borrowed(text.as_str()),
                FieldValue::Word(word) => Cow::Borrowed(*word),
                other => Cow::Owned(other.to_text(&self.options.zone)),
            };
            let text = match column.kind {
                ColumnKind::Text => neutralised(&text),
                _ => text,
            };
            self.out.write_field(text.as_bytes()).map_err(fault)?;
        }
        let placed = row
            .geometry
            .as_ref()
            .map(|shape| self.options.frame.place(shape));
        match (self.as_wkt, placed) {
            (false, Some(Geometry::Point(point))) => {
                self.out.write_field(point.x().to_string()).map_err(fault)?;
                self.out.write_field(point.y().to_string()).map_err(fault)?;
            }
            (false, _) => {
                self.out.write_field("").map_err(fault)?;
                self.out.write_field("").map_err(fault)?;
            }
            (true, Some(shape)) => {
                let wkt = shape.to_wkt().map_err(|e| WriteFault::library("CSV", e))?;
                self.out.write_field(wkt).map_err(fault)?;
            }
            (true, None) => self.out.write_field("").map_err(fault)?,
        }
        self.out.write_record(None::<&[u8]>).map_err(fault)
    }

    fn finish(mut self: Box<Self>) -> Result<Vec<String>, WriteFault> {
        self.out.flush()?;
        Ok(Vec::new())
    }
}

/// The headers of where a feature is: WKT keeps its name in every language, since programs
/// look for it; the frame is in the name where it is not WGS 84.
pub fn place_headers(options: &WriteOptions, as_wkt: bool) -> impl Iterator<Item = &'static str> {
    let names: &[&str] = match (as_wkt, options.headers) {
        (true, _) => &["WKT"],
        (false, Some(Language::Chinese)) => &["经度", "纬度"],
        (false, _) => &["lon", "lat"],
    };
    names.iter().copied()
}

/// The text, with an apostrophe before what a spreadsheet would compute: blanks and
/// apostrophes before it and full-width signs included.
pub fn neutralised(text: &str) -> Cow<'_, str> {
    let bare = text.trim_start_matches('\'');
    let tabbed = bare.starts_with(['\t', '\r', '\n']);
    let signs = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];
    match tabbed || bare.trim_start().starts_with(signs) {
        true => Cow::Owned(format!("'{text}")),
        false => Cow::Borrowed(text),
    }
}

fn fault(fault: csv::Error) -> WriteFault {
    match fault.into_kind() {
        csv::ErrorKind::Io(fault) => fault.into(),
        other => WriteFault::library("CSV", format!("{other:?}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_no_formulas_and_can_be_undone() {
        for (text, written) in [
            ("=1+1", "'=1+1"),
            ("+86", "'+86"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("'=1", "''=1"),
            ("a=1", "a=1"),
            ("'tis", "'tis"),
            ("", ""),
        ] {
            assert_eq!(neutralised(text), written);
        }
    }
}
