//! GeoJSON (RFC 7946) and GeoJSON text sequences (RFC 8142), feature by feature.

use std::io::Write;

use serde::Serialize;
use serde_json::json;

use crate::exchange::write::fault::WriteFault;
use crate::exchange::write::feature_json::JsonFeature;
use crate::exchange::write::layer::Layer;
use crate::exchange::write::options::WriteOptions;
use crate::exchange::write::row::FeatureRow;
use crate::exchange::write::writer::LayerWriter;

/// Stands before each text of a sequence.
const RECORD_SEPARATOR: u8 = 0x1e;

/// Bytes gathered before they are passed on.
const CHUNK: usize = 64 * 1024;

/// Writes either form.
pub struct GeoJsonWriter<'a> {
    out: Box<dyn Write + Send + 'a>,
    options: WriteOptions,
    is_sequence: bool,
    layer: Option<&'static Layer>,
    rows: u64,
    buffer: Vec<u8>,
}

impl<'a> GeoJsonWriter<'a> {
    /// A feature collection.
    pub fn collection(out: Box<dyn Write + Send + 'a>, options: WriteOptions) -> Self {
        Self::new(out, options, false)
    }

    /// A text sequence.
    pub fn sequence(out: Box<dyn Write + Send + 'a>, options: WriteOptions) -> Self {
        Self::new(out, options, true)
    }

    fn new(out: Box<dyn Write + Send + 'a>, options: WriteOptions, is_sequence: bool) -> Self {
        Self {
            out,
            options,
            is_sequence,
            layer: None,
            rows: 0,
            buffer: Vec::with_capacity(CHUNK + 4096),
        }
    }

    fn put(&mut self, value: &impl Serialize) -> Result<(), WriteFault> {
        serde_json::to_writer(&mut self.buffer, value)
            .map_err(|fault| WriteFault::library("GeoJSON", fault))
    }

    fn pass_on(&mut self) -> Result<(), WriteFault> {
        self.out.write_all(&self.buffer)?;
        self.buffer.clear();
        Ok(())
    }
}

impl LayerWriter for GeoJsonWriter<'_> {
    fn begin(&mut self, layer: &'static Layer) -> Result<(), WriteFault> {
        self.layer = Some(layer);
        if self.is_sequence {
            return Ok(());
        }
        self.buffer
            .extend(b"{\"type\":\"FeatureCollection\",\"name\":");
        self.put(&self.options.layer_name(layer))?;
        let about = json!({
            "title": self.options.title(layer),
            "description": self.options.description(layer),
        });
        for (name, text) in about.as_object().into_iter().flatten() {
            self.buffer.push(b',');
            self.put(name)?;
            self.buffer.push(b':');
            self.put(text)?;
        }
        self.buffer.extend(b",\"features\":[");
        Ok(())
    }

    fn row(&mut self, row: &FeatureRow) -> Result<(), WriteFault> {
        let Some(layer) = self.layer else {
            return Ok(());
        };
        let placed = self.options.placed(row);
        let feature = JsonFeature::new(layer, &placed, &self.options.zone);
        if self.is_sequence {
            self.buffer.push(RECORD_SEPARATOR);
        } else {
            self.buffer
                .extend(if self.rows == 0 { &b"\n"[..] } else { b",\n" });
        }
        serde_json::to_writer(&mut self.buffer, &feature)
            .map_err(|fault| WriteFault::library("GeoJSON", fault))?;
        if self.is_sequence {
            self.buffer.push(b'\n');
        }
        self.rows += 1;
        if self.buffer.len() >= CHUNK {
            self.pass_on()?;
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<Vec<String>, WriteFault> {
        if !self.is_sequence {
            self.buffer.extend(b"\n]}\n");
        }
        self.pass_on()?;
        self.out.flush()?;
        Ok(Vec::new())
    }
}
