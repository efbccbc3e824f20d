//! KML 2.2 (OGC 07-147r2) and KMZ: a folder a layer, typed attributes by a schema, styles
//! and time spans; elements stand in the order that the schema wants.
//!
//! Written event by event: the `kml` crate's writer puts `styleUrl` after the geometry and
//! all holes into one `innerBoundaryIs`, both of which the schema forbids.

use std::io::{self, Write};

use geo_types::{Geometry, LineString, Polygon};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, ZipWriter};

use crate::exchange::markup::allowed;
use crate::exchange::write::fault::WriteFault;
use crate::exchange::write::layer::{ColumnKind, GeometryKind, Layer, LayerLook};
use crate::exchange::write::layers::LAYERS;
use crate::exchange::write::options::WriteOptions;
use crate::exchange::write::row::{FeatureRow, FieldValue};
use crate::exchange::write::writer::LayerWriter;

const NAMESPACE: &str = "http://www.opengis.net/kml/2.2";

/// Bytes gathered before they are passed on.
const CHUNK: usize = 64 * 1024;

/// Writes KML.
pub struct KmlWriter<'a> {
    out: Box<dyn Write + Send + 'a>,
    document: Document,
}

/// Writes KML into a zip.
pub struct KmzWriter<'a> {
    out: ZipWriter<StreamWriter<Box<dyn Write + Send + 'a>>>,
    document: Document,
}

/// The document as far as it was not passed on.
struct Document {
    xml: Writer<Vec<u8>>,
    options: WriteOptions,
    layer: Option<&'static Layer>,
    /// Attributes by a schema with types. GDAL finds none in a KMZ, so there they are texts.
    is_typed: bool,
}

impl<'a> KmlWriter<'a> {
    /// Writes to `out`.
    ///
    /// # Errors
    /// [`WriteFault`].
    pub fn new(out: Box<dyn Write + Send + 'a>, options: WriteOptions) -> Result<Self, WriteFault> {
        Ok(Self {
            out,
            document: Document::new(options, true)?,
        })
    }
}

impl<'a> KmzWriter<'a> {
    /// Writes to `out`.
    ///
    /// # Errors
    /// [`WriteFault`].
    pub fn new(out: Box<dyn Write + Send + 'a>, options: WriteOptions) -> Result<Self, WriteFault> {
        let mut out = ZipWriter::new_stream(out);
        // Without zip64, which LIBKML can't open: a document over 4 GiB is an error.
        let settings = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        out.start_file("doc.kml", settings).map_err(zip_fault)?;
        Ok(Self {
            out,
            document: Document::new(options, false)?,
        })
    }
}

impl LayerWriter for KmlWriter<'_> {
    fn begin(&mut self, layer: &'static Layer) -> Result<(), WriteFault> {
        Ok(self.document.begin(layer)?)
    }

    fn row(&mut self, row: &FeatureRow) -> Result<(), WriteFault> {
        self.document.placemark(row)?;
        Ok(self.document.pass_on(&mut self.out, CHUNK)?)
    }

    fn finish(mut self: Box<Self>) -> Result<Vec<String>, WriteFault> {
        self.document.end()?;
        self.document.pass_on(&mut self.out, 0)?;
        self.out.flush()?;
        Ok(Vec::new())
    }
}

impl LayerWriter for KmzWriter<'_> {
    fn begin(&mut self, layer: &'static Layer) -> Result<(), WriteFault> {
        Ok(self.document.begin(layer)?)
    }

    fn row(&mut self, row: &FeatureRow) -> Result<(), WriteFault> {
        self.document.placemark(row)?;
        Ok(self.document.pass_on(&mut self.out, CHUNK)?)
    }

    fn finish(mut self: Box<Self>) -> Result<Vec<String>, WriteFault> {
        self.document.end()?;
        self.document.pass_on(&mut self.out, 0)?;
        let out = self.out.finish().map_err(zip_fault)?;
        out.into_inner().flush()?;
        Ok(Vec::new())
    }
}

impl Document {
    fn new(options: WriteOptions, is_typed: bool) -> io::Result<Self> {
        let mut document = Self {
            xml: Writer::new(Vec::with_capacity(CHUNK + 4096)),
            options,
            layer: None,
            is_typed,
        };
        let declaration = BytesDecl::new("1.0", Some("UTF-8"), None);
        document.xml.write_event(Event::Decl(declaration))?;
        document.open_with("kml", &[("xmlns", NAMESPACE)])?;
        document.open("Document")?;
        let mut name = format!("Frontbeat · {}", document.options.district);
        if document.options.synthetic {
            name.push_str(" · SYNTHETIC 模拟数据");
        }
        document.element("name", &name)?;
        let about: Vec<&str> = document
            .options
            .frame
            .warning()
            .into_iter()
            .chain(Some(document.options.attribution.as_str()).filter(|a| !a.is_empty()))
            .collect();
        let about = about.join(" ");
        if !about.is_empty() {
            document.element("description", &about)?;
        }
        for layer in LAYERS {
            document.style(layer)?;
        }
        for layer in LAYERS.iter().filter(|_| is_typed) {
            document.schema(layer)?;
        }
        Ok(document)
    }

    fn begin(&mut self, layer: &'static Layer) -> io::Result<()> {
        if self.layer.replace(layer).is_some() {
            self.close("Folder")?;
        }
        self.open("Folder")?;
        self.element("name", &self.options.layer_name(layer))?;
        let about = format!(
            "{} {}",
            self.options.title(layer),
            self.options.description(layer)
        );
        self.element("description", &about)
    }

    fn end(&mut self) -> io::Result<()> {
        if self.layer.is_some() {
            self.close("Folder")?;
        }
        self.close("Document")?;
        self.close("kml")
    }

    fn pass_on(&mut self, out: &mut impl Write, from: usize) -> io::Result<()> {
        let held = self.xml.get_mut();
        if held.len() >= from {
            out.write_all(held)?;
            held.clear();
        }
        Ok(())
    }

    fn style(&mut self, layer: &Layer) -> io::Result<()> {
        let look: &LayerLook = &layer.look;
        self.open_with("Style", &[("id", layer.name)])?;
        if layer.geometry == GeometryKind::Point {
            self.open("IconStyle")?;
            self.element("color", &colour(look.colour, 0xff))?;
            self.element("scale", &format!("{:.1}", (look.size_mm / 4.0).max(0.4)))?;
            self.close("IconStyle")?;
        }
        self.open("LabelStyle")?;
        self.element("scale", if look.label.is_some() { "0.8" } else { "0" })?;
        self.close("LabelStyle")?;
        if layer.geometry != GeometryKind::Point {
            self.open("LineStyle")?;
            self.element("color", &colour(look.colour, 0xff))?;
            self.element("width", &format!("{:.1}", (look.size_mm * 4.0).max(1.0)))?;
            self.close("LineStyle")?;
        }
        if layer.geometry == GeometryKind::Areas {
            self.open("PolyStyle")?;
            self.element("color", &colour(look.fill.unwrap_or("#ffffff"), 0x66))?;
            self.element("fill", if look.fill.is_some() { "1" } else { "0" })?;
            self.close("PolyStyle")?;
        }
        self.close("Style")
    }

    fn schema(&mut self, layer: &Layer) -> io::Result<()> {
        self.open_with(
            "Schema",
            &[
                ("name", layer.name),
                ("id", &format!("schema_{}", layer.name)),
            ],
        )?;
        for column in layer.columns {
            let kind = match column.kind {
                ColumnKind::Text | ColumnKind::Time => "string",
                ColumnKind::Whole => "int",
                ColumnKind::Real => "double",
                ColumnKind::Flag => "bool",
            };
            self.open_with("SimpleField", &[("type", kind), ("name", column.name)])?;
            self.element(
                "displayName",
                &format!("{} {}", column.label(false), column.zh),
            )?;
            self.close("SimpleField")?;
        }
        self.close("Schema")
    }

    fn placemark(&mut self, row: &FeatureRow) -> io::Result<()> {
        let Some(layer) = self.layer else {
            return Ok(());
        };
        self.open("Placemark")?;
        // An attribute called `name` is hidden by the placemark's own in many programs.
        let label = [Some("name"), layer.look.label];
        let label = label.into_iter().flatten();
        let label = label.filter_map(|name| layer.column(name)).next();
        let label = label.unwrap_or(0);
        if let Some(value) = row.values.get(label) {
            let text = value.to_text(&self.options.zone);
            self.element("name", &text)?;
        }
        self.time(layer, row)?;
        self.element("styleUrl", &format!("#{}", layer.name))?;
        self.open("ExtendedData")?;
        self.attributes(layer, row)?;
        self.close("ExtendedData")?;
        if let Some(shape) = &row.geometry {
            let placed = self.options.frame.place(shape);
            self.geometry(&placed)?;
        }
        self.close("Placemark")
    }

    fn attributes(&mut self, layer: &Layer, row: &FeatureRow) -> io::Result<()> {
        if self.is_typed {
            let schema = format!("#schema_{}", layer.name);
            self.open_with("SchemaData", &[("schemaUrl", &schema)])?;
        }
        for (column, value) in layer.columns.iter().zip(&row.values) {
            let text = match value {
                FieldValue::Nothing => continue,
                // As the schema's type writes it.
                FieldValue::Flag(flag) if self.is_typed => u8::from(*flag).to_string(),
                other => other.to_text(&self.options.zone),
            };
            if self.is_typed {
                self.open_with("SimpleData", &[("name", column.name)])?;
                self.text(&text)?;
                self.close("SimpleData")?;
            } else {
                self.open_with("Data", &[("name", column.name)])?;
                self.element(
                    "displayName",
                    &format!("{} {}", column.label(false), column.zh),
                )?;
                self.element("value", &text)?;
                self.close("Data")?;
            }
        }
        match self.is_typed {
            true => self.close("SchemaData"),
            false => Ok(()),
        }
    }

    fn time(&mut self, layer: &Layer, row: &FeatureRow) -> io::Result<()> {
        let of = |name: &str| -> Option<String> {
            match row.values.get(layer.column(name)?)? {
                value @ FieldValue::Time(_) => Some(value.to_text(&self.options.zone)),
                _ => None,
            }
        };
        let Some((start, end)) = layer.time else {
            return Ok(());
        };
        match (of(start), end.and_then(of)) {
            (Some(start), Some(end)) => {
                self.open("TimeSpan")?;
                self.element("begin", &start)?;
                self.element("end", &end)?;
                self.close("TimeSpan")
            }
            (Some(at), None) => {
                self.open("TimeStamp")?;
                self.element("when", &at)?;
                self.close("TimeStamp")
            }
            (None, _) => Ok(()),
        }
    }

    fn geometry(&mut self, shape: &Geometry<f64>) -> io::Result<()> {
        match shape {
            Geometry::Point(point) => {
                self.open("Point")?;
                self.element("coordinates", &format!("{},{}", point.x(), point.y()))?;
                self.close("Point")
            }
            Geometry::LineString(line) => {
                self.open("LineString")?;
                self.element("tessellate", "1")?;
                self.element("coordinates", &coordinates(line))?;
                self.close("LineString")
            }
            Geometry::MultiPolygon(parts) => match parts.0.as_slice() {
                [one] => self.polygon(one),
                parts => {
                    self.open("MultiGeometry")?;
                    for part in parts {
                        self.polygon(part)?;
                    }
                    self.close("MultiGeometry")
                }
            },
            // No layer has others.
            _ => Ok(()),
        }
    }

    fn polygon(&mut self, polygon: &Polygon<f64>) -> io::Result<()> {
        self.open("Polygon")?;
        self.ring("outerBoundaryIs", polygon.exterior())?;
        for hole in polygon.interiors() {
            self.ring("innerBoundaryIs", hole)?;
        }
        self.close("Polygon")
    }

    fn ring(&mut self, side: &str, ring: &LineString<f64>) -> io::Result<()> {
        self.open(side)?;
        self.open("LinearRing")?;
        self.element("coordinates", &coordinates(ring))?;
        self.close("LinearRing")?;
        self.close(side)
    }

    fn open(&mut self, name: &str) -> io::Result<()> {
        self.open_with(name, &[])
    }

    fn open_with(&mut self, name: &str, attributes: &[(&str, &str)]) -> io::Result<()> {
        let start = BytesStart::new(name).with_attributes(attributes.iter().copied());
        self.xml.write_event(Event::Start(start))
    }

    fn close(&mut self, name: &str) -> io::Result<()> {
        self.xml.write_event(Event::End(BytesEnd::new(name)))
    }

    fn text(&mut self, text: &str) -> io::Result<()> {
        let text = allowed(text);
        self.xml.write_event(Event::Text(BytesText::new(&text)))
    }

    fn element(&mut self, name: &str, text: &str) -> io::Result<()> {
        self.open(name)?;
        self.text(text)?;
        self.close(name)
    }
}

fn coordinates(line: &LineString<f64>) -> String {
    let positions: Vec<String> = line.coords().map(|c| format!("{},{}", c.x, c.y)).collect();
    positions.join(" ")
}

/// `#rrggbb` as KML writes it: `aabbggrr`.
fn colour(rgb: &str, alpha: u8) -> String {
    let part = |from: usize| rgb.get(from..from + 2).unwrap_or("00");
    format!("{alpha:02x}{}{}{}", part(5), part(3), part(1))
}

fn zip_fault(fault: zip::result::ZipError) -> WriteFault {
    match fault {
        zip::result::ZipError::Io(fault) => fault.into(),
        other => WriteFault::library("KMZ", other),
    }
}
