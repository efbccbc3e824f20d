//! FlatGeobuf 3 with a packed Hilbert R-tree. The rows wait in a temporary file of the
//! library's until the index is known; some 100 bytes a row stay in memory.

use std::io::Write;

use flatgeobuf::{ColumnType, FgbCrs, FgbWriter, FgbWriterOptions, GeometryType};
use geozero::{ColumnValue, PropertyProcessor};

use crate::exchange::write::fault::WriteFault;
use crate::exchange::write::layer::{ColumnKind, GeometryKind, Layer};
use crate::exchange::write::options::{OutFrame, WriteOptions};
use crate::exchange::write::row::{FeatureRow, FieldValue};
use crate::exchange::write::writer::LayerWriter;
use crate::patrol::reason::Language;

const FORMAT: &str = "FlatGeobuf";

/// Writes FlatGeobuf.
pub struct FlatGeobufWriter<'a> {
    out: Box<dyn Write + Send + 'a>,
    options: WriteOptions,
    layer: Option<&'static Layer>,
    /// From the first row on.
    writer: Option<FgbWriter<'static>>,
    without_place: u64,
}

impl<'a> FlatGeobufWriter<'a> {
    /// Writes to `out`.
    pub fn new(out: Box<dyn Write + Send + 'a>, options: WriteOptions) -> Self {
        Self {
            out,
            options,
            layer: None,
            writer: None,
            without_place: 0,
        }
    }

    /// The writer of a layer. A file without rows has no index: one of nothing can't be read.
    fn writer(&self, layer: &Layer, write_index: bool) -> Result<FgbWriter<'static>, WriteFault> {
        let geometry = match layer.geometry {
            GeometryKind::Point => GeometryType::Point,
            GeometryKind::Line => GeometryType::LineString,
            GeometryKind::Areas => GeometryType::MultiPolygon,
        };
        let title = self.options.title(layer);
        let description = self.options.description(layer);
        let crs = match self.options.frame {
            OutFrame::Wgs84 => FgbCrs {
                code: 4326,
                ..FgbCrs::default()
            },
            // No code: a shifted frame must not pass for one that has one.
            shifted => FgbCrs {
                name: Some(shifted.name()),
                description: shifted.warning(),
                ..FgbCrs::default()
            },
        };
        let settings = FgbWriterOptions {
            write_index,
            detect_type: false,
            promote_to_multi: true,
            crs,
            title: Some(&title),
            description: Some(&description),
            ..FgbWriterOptions::default()
        };
        let name = self.options.layer_name(layer);
        let mut writer = FgbWriter::create_with_options(&name, geometry, settings)
            .map_err(|e| WriteFault::library(FORMAT, e))?;
        for column in layer.columns {
            let kind = match column.kind {
                ColumnKind::Text => ColumnType::String,
                ColumnKind::Whole => ColumnType::Long,
                ColumnKind::Real => ColumnType::Double,
                ColumnKind::Flag => ColumnType::Bool,
                ColumnKind::Time => ColumnType::DateTime,
            };
            let label = column.label(self.options.headers != Some(Language::English));
            writer.add_column(column.name, kind, |builder, settings| {
                settings.title = Some(builder.create_string(&label));
                settings.nullable = column.name != "id";
            });
        }
        Ok(writer)
    }
}

impl LayerWriter for FlatGeobufWriter<'_> {
    fn begin(&mut self, layer: &'static Layer) -> Result<(), WriteFault> {
        self.layer = Some(layer);
        Ok(())
    }

    fn row(&mut self, row: &FeatureRow) -> Result<(), WriteFault> {
        let Some(layer) = self.layer else {
            return Ok(());
        };
        // The index has no room for what is nowhere.
        let Some(shape) = &row.geometry else {
            self.without_place += 1;
            return Ok(());
        };
        if self.writer.is_none() {
            self.writer = Some(self.writer(layer, true)?);
        }
        let Some(writer) = &mut self.writer else {
            return Ok(());
        };
        let zone = &self.options.zone;
        let mut refused = None;
        writer
            .add_feature_geom(self.options.frame.place(shape), |feature| {
                for (i, (column, value)) in layer.columns.iter().zip(&row.values).enumerate() {
                    let text;
                    let value = match value {
                        FieldValue::Nothing => continue,
                        FieldValue::Text(text) => ColumnValue::String(text),
                        FieldValue::Word(word) => ColumnValue::String(word),
                        FieldValue::Whole(number) => ColumnValue::Long(*number),
                        FieldValue::Real(number) => ColumnValue::Double(*number),
                        FieldValue::Flag(flag) => ColumnValue::Bool(*flag),
                        FieldValue::Time(_) => {
                            text = value.to_text(zone);
                            ColumnValue::DateTime(&text)
                        }
                    };
                    if let Err(fault) = feature.property(i, column.name, &value) {
                        refused = Some(fault);
                    }
                }
            })
            .map_err(|e| WriteFault::library(FORMAT, e))?;
        match refused {
            Some(fault) => Err(WriteFault::library(FORMAT, fault)),
            None => Ok(()),
        }
    }

    fn finish(mut self: Box<Self>) -> Result<Vec<String>, WriteFault> {
        let Some(layer) = self.layer else {
            return Ok(Vec::new());
        };
        let writer = match self.writer.take() {
            Some(writer) => writer,
            None => self.writer(layer, false)?,
        };
        let written = writer.write(&mut self.out);
        written.map_err(|e| WriteFault::library(FORMAT, e))?;
        self.out.flush()?;
        Ok(left_out(FORMAT, layer, self.without_place))
    }
}

/// What is told of rows without a place.
pub fn left_out(format: &str, layer: &Layer, rows: u64) -> Vec<String> {
    match rows {
        0 => Vec::new(),
        n => vec![format!(
            "{n} rows of {} are nowhere (a unit that stays, a cell round a pole) and {format} has no place for them; GeoJSON has",
            layer.name
        )],
    }
}
