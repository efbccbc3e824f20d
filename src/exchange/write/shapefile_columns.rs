//! The attributes of a Shapefile: dBASE names of at most ten characters, and widths that
//! are known only when the last row was seen.

use serde::{Deserialize, Serialize};
use shapefile::dbase::{
    FieldError, FieldName, FieldWriter, TableWriterBuilder, Unicode, WritableRecord,
};

use crate::exchange::write::fault::WriteFault;
use crate::exchange::write::layer::{Column, ColumnKind, Layer};
use crate::exchange::write::options::WriteOptions;
use crate::exchange::write::row::{FeatureRow, FieldValue};

/// Longest name of a column.
const LONGEST_NAME: usize = 10;

/// Longest text, bytes.
const LONGEST_TEXT: usize = 254;

/// Most characters of a number.
const NUMBER: u8 = 24;

/// Most figures behind the point.
const DECIMALS: u8 = 15;

/// One attribute as it waits for the table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Attribute {
    /// Text.
    Text(String),
    /// A number; none where it is not known.
    Number(Option<f64>),
}

/// The columns of a table in the making.
#[derive(Debug)]
pub struct Columns {
    layer: &'static Layer,
    names: Vec<String>,
    widths: Vec<usize>,
    largest: Vec<f64>,
    cut: u64,
}

impl Columns {
    /// Nothing seen so far.
    pub fn new(layer: &'static Layer) -> Self {
        Self {
            layer,
            names: short_names(layer.columns),
            widths: vec![1; layer.columns.len()],
            largest: vec![1.0; layer.columns.len()],
            cut: 0,
        }
    }

    /// A row's attributes, and their widths noted.
    pub fn take(&mut self, row: &FeatureRow, options: &WriteOptions) -> Vec<Attribute> {
        let mut attributes = Vec::with_capacity(self.names.len());
        for (i, column) in self.layer.columns.iter().enumerate() {
            let value = &row.values[i];
            attributes.push(match column.kind {
                ColumnKind::Whole | ColumnKind::Real => {
                    let number = match value {
                        FieldValue::Whole(number) => Some(*number as f64),
                        FieldValue::Real(number) => Some(*number),
                        _ => None,
                    };
                    self.largest[i] = self.largest[i].max(number.unwrap_or(0.0).abs());
                    Attribute::Number(number)
                }
                ColumnKind::Text | ColumnKind::Time | ColumnKind::Flag => {
                    let mut text = value.to_text(&options.zone);
                    if text.len() > LONGEST_TEXT {
                        let mut end = LONGEST_TEXT;
                        while !text.is_char_boundary(end) {
                            end -= 1;
                        }
                        text.truncate(end);
                        self.cut += 1;
                    }
                    self.widths[i] = self.widths[i].max(text.len());
                    Attribute::Text(text)
                }
            });
        }
        attributes
    }

    /// The table, wide enough for what was seen.
    ///
    /// # Errors
    /// [`WriteFault::Library`].
    pub fn table(&self) -> Result<TableWriterBuilder, WriteFault> {
        let mut table = TableWriterBuilder::with_encoding(Unicode);
        for (i, column) in self.layer.columns.iter().enumerate() {
            let name = FieldName::try_from(self.names[i].as_str())
                .map_err(|e| WriteFault::library("Shapefile", e))?;
            let figures = self.largest[i].log10().floor().clamp(0.0, 18.0) as u8 + 1;
            table = match column.kind {
                ColumnKind::Whole => table.add_numeric_field(name, figures.max(2) + 1, 0),
                ColumnKind::Real => {
                    let decimals = DECIMALS.min(NUMBER - 2 - figures);
                    table.add_numeric_field(name, NUMBER, decimals)
                }
                _ => table.add_character_field(name, self.widths[i].min(LONGEST_TEXT) as u8),
            };
        }
        Ok(table)
    }

    /// What was lost.
    pub fn losses(&self) -> Vec<String> {
        let mut losses = Vec::new();
        let renamed: Vec<String> = self
            .layer
            .columns
            .iter()
            .zip(&self.names)
            .filter(|(column, short)| column.name != short.as_str())
            .map(|(column, short)| format!("{} → {short}", column.name))
            .collect();
        if !renamed.is_empty() {
            losses.push(format!(
                "Shapefile names have ten characters; in {}: {}",
                self.layer.name,
                renamed.join(", ")
            ));
        }
        if self.cut > 0 {
            losses.push(format!(
                "{} texts of {} were cut to the {LONGEST_TEXT} bytes a Shapefile has",
                self.cut, self.layer.name
            ));
        }
        losses
    }
}

/// A record of the table.
pub struct Record<'a>(pub &'a [Attribute]);

impl WritableRecord for Record<'_> {
    fn write_using<W: std::io::Write>(
        &self,
        writer: &mut FieldWriter<'_, W>,
    ) -> Result<(), FieldError> {
        for attribute in self.0 {
            match attribute {
                Attribute::Text(text) => writer.write_next_field_value(&text.as_str())?,
                Attribute::Number(number) => writer.write_next_field_value(number)?,
            }
        }
        Ok(())
    }
}

/// Names of at most ten characters, each once: what clashes ends in a number.
fn short_names(columns: &[Column]) -> Vec<String> {
    let mut names: Vec<String> = Vec::with_capacity(columns.len());
    for column in columns {
        let mut short: String = column.name.chars().take(LONGEST_NAME).collect();
        let mut number = 2;
        while names.contains(&short) {
            let end = number.to_string();
            short = column.name.chars().take(LONGEST_NAME - end.len()).collect();
            short.push_str(&end);
            number += 1;
        }
        names.push(short);
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::write::layer::text;
    use crate::exchange::write::layers::LAYERS;

    #[test]
    fn short_names_are_short_and_unique() {
        let alike = [
            text("window_start", "", ""),
            text("window_starting", "", ""),
            text("window_starters", "", ""),
        ];
        assert_eq!(
            short_names(&alike),
            ["window_sta", "window_st2", "window_st3"]
        );
        for layer in LAYERS {
            let mut names = short_names(layer.columns);
            assert!(names.iter().all(|name| name.len() <= LONGEST_NAME));
            names.sort();
            names.dedup();
            assert_eq!(names.len(), layer.columns.len(), "{}", layer.name);
        }
    }
}
