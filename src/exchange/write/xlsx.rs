//! Excel: a sheet a layer, a last sheet that says what each column is in English and
//! Chinese with its unit. Texts are text cells, so that none is a formula.
//!
//! The library writes each sheet to a temporary file row by row. A sheet has 1,048,576 rows;
//! what is more goes on in a further one.

use std::io::{Seek, Write};

use geo_types::Geometry;
use geozero::ToWkt;
use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};

use crate::exchange::write::csv::place_headers;
use crate::exchange::write::fault::WriteFault;
use crate::exchange::write::layer::{GeometryKind, Layer};
use crate::exchange::write::options::{TableGeometry, WriteOptions};
use crate::exchange::write::row::{FeatureRow, FieldValue};
use crate::exchange::write::writer::{LayerWriter, MakeScratch};

const FORMAT: &str = "Excel";

/// Rows of a sheet, the header's included.
const SHEET_ROWS: u32 = 1_048_576;

/// Longest text of a cell, in UTF-16 units.
const LONGEST_CELL: usize = 32_767;

/// Writes Excel.
pub struct XlsxWriter<'a> {
    out: Box<dyn Write + Send + 'a>,
    options: WriteOptions,
    scratch: MakeScratch,
    book: Workbook,
    sheets: usize,
    layer: Option<&'static Layer>,
    layers: Vec<&'static Layer>,
    /// The next row of the last sheet.
    next: u32,
    continued: u32,
    cut: u64,
}

impl<'a> XlsxWriter<'a> {
    /// Writes to `out`.
    pub fn new(
        out: Box<dyn Write + Send + 'a>,
        options: WriteOptions,
        scratch: MakeScratch,
    ) -> Self {
        Self {
            out,
            options,
            scratch,
            book: Workbook::new(),
            sheets: 0,
            layer: None,
            layers: Vec::new(),
            next: 0,
            continued: 0,
            cut: 0,
        }
    }

    fn as_wkt(&self, layer: &Layer) -> bool {
        layer.geometry != GeometryKind::Point || self.options.table_geometry == TableGeometry::Wkt
    }

    fn sheet(&mut self, layer: &'static Layer) -> Result<(), WriteFault> {
        let name = match self.continued {
            0 => self.options.layer_name(layer),
            n => format!("{} {}", self.options.layer_name(layer), n + 1),
        };
        let mut header: Vec<String> = layer
            .columns
            .iter()
            .map(|column| self.options.header(column))
            .collect();
        header.extend(place_headers(&self.options, self.as_wkt(layer)).map(str::to_owned));
        let bold = Format::new().set_bold();
        let sheet = self
            .book
            .add_worksheet_with_constant_memory()
            .map_err(fault)?;
        sheet.set_name(name).map_err(fault)?;
        sheet.set_freeze_panes(1, 0).map_err(fault)?;
        for (column, text) in (0u16..).zip(&header) {
            sheet.set_column_width(column, 18).map_err(fault)?;
            sheet
                .write_string_with_format(0, column, text, &bold)
                .map_err(fault)?;
        }
        self.sheets += 1;
        self.next = 1;
        Ok(())
    }

    /// The last sheet: what each column is.
    fn about(&mut self) -> Result<(), WriteFault> {
        let bold = Format::new().set_bold();
        let options = self.options.clone();
        let layers = self.layers.clone();
        let sheet = self
            .book
            .add_worksheet_with_constant_memory()
            .map_err(fault)?;
        sheet.set_name("about 说明").map_err(fault)?;
        let mut row = 0;
        for (column, text) in
            (0u16..).zip(["layer 图层", "column 列", "English", "中文", "unit 单位"])
        {
            sheet.set_column_width(column, 24).map_err(fault)?;
            sheet
                .write_string_with_format(row, column, text, &bold)
                .map_err(fault)?;
        }
        for layer in layers {
            row += 1;
            let name = options.layer_name(layer);
            sheet.write_string(row, 0, &name).map_err(fault)?;
            sheet
                .write_string(row, 2, options.title(layer))
                .map_err(fault)?;
            sheet
                .write_string(row, 3, options.description(layer))
                .map_err(fault)?;
            for column in layer.columns {
                row += 1;
                sheet.write_string(row, 0, &name).map_err(fault)?;
                sheet.write_string(row, 1, column.name).map_err(fault)?;
                sheet.write_string(row, 2, column.en).map_err(fault)?;
                sheet.write_string(row, 3, column.zh).map_err(fault)?;
                sheet
                    .write_string(row, 4, column.unit.unwrap_or(""))
                    .map_err(fault)?;
            }
        }
        Ok(())
    }
}

impl LayerWriter for XlsxWriter<'_> {
    fn begin(&mut self, layer: &'static Layer) -> Result<(), WriteFault> {
        self.layer = Some(layer);
        self.layers.push(layer);
        self.continued = 0;
        self.sheet(layer)
    }

    fn row(&mut self, row: &FeatureRow) -> Result<(), WriteFault> {
        let Some(layer) = self.layer else {
            return Ok(());
        };
        if self.next >= SHEET_ROWS {
            self.continued += 1;
            self.sheet(layer)?;
        }
        let as_wkt = self.as_wkt(layer);
        let placed = row
            .geometry
            .as_ref()
            .map(|shape| self.options.frame.place(shape));
        let at = self.next;
        self.next += 1;
        let zone = &self.options.zone;
        let sheet = self
            .book
            .worksheet_from_index(self.sheets - 1)
            .map_err(fault)?;
        let mut cut = 0;
        let mut column = 0u16;
        for value in &row.values {
            match value {
                FieldValue::Nothing => {}
                FieldValue::Whole(number) => {
                    sheet
                        .write_number(at, column, *number as f64)
                        .map_err(fault)?;
                }
                FieldValue::Real(number) => {
                    sheet.write_number(at, column, *number).map_err(fault)?;
                }
                FieldValue::Flag(flag) => {
                    sheet.write_boolean(at, column, *flag).map_err(fault)?;
                }
                FieldValue::Text(text) => cut += put(sheet, at, column, text)?,
                other => cut += put(sheet, at, column, &other.to_text(zone))?,
            }
            column += 1;
        }
        match (as_wkt, placed) {
            (false, Some(Geometry::Point(point))) => {
                sheet.write_number(at, column, point.x()).map_err(fault)?;
                sheet
                    .write_number(at, column + 1, point.y())
                    .map_err(fault)?;
            }
            (true, Some(shape)) => {
                let wkt = shape.to_wkt().map_err(|e| WriteFault::library(FORMAT, e))?;
                // Half a shape would be a wrong one.
                if wkt.len() > LONGEST_CELL {
                    cut += 1;
                } else {
                    sheet.write_string(at, column, wkt).map_err(fault)?;
                }
            }
            _ => {}
        }
        self.cut += cut;
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<Vec<String>, WriteFault> {
        self.about()?;
        let mut made = (self.scratch)()?;
        self.book.save_to_writer(&mut made).map_err(fault)?;
        made.rewind()?;
        std::io::copy(&mut made, &mut self.out)?;
        self.out.flush()?;
        Ok(match self.cut {
            0 => Vec::new(),
            n => vec![format!(
                "{n} cells were over the {LONGEST_CELL} characters that Excel has: texts were cut, \
                 shapes left out"
            )],
        })
    }
}

/// Writes a text; 1 where it had to be cut.
fn put(sheet: &mut Worksheet, row: u32, column: u16, text: &str) -> Result<u64, WriteFault> {
    let mut units = 0;
    let end = text.char_indices().find(|(_, c)| {
        units += c.len_utf16();
        units > LONGEST_CELL
    });
    let end = end.map_or(text.len(), |(at, _)| at);
    sheet
        .write_string(row, column, &text[..end])
        .map_err(fault)?;
    Ok(u64::from(end < text.len()))
}

fn fault(fault: XlsxError) -> WriteFault {
    WriteFault::library(FORMAT, fault)
}
