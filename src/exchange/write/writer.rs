//! Opens the writer of a format. Rows go in one by one, so that memory does not grow with
//! their number; what a format has to know before its first byte (widths, an index) waits
//! in a scratch file that the caller provides.

use std::io::{self, Read, Seek, Write};

use crate::exchange::write::csv::CsvWriter;
use crate::exchange::write::fault::WriteFault;
use crate::exchange::write::flatgeobuf::FlatGeobufWriter;
use crate::exchange::write::format::OutFormat;
use crate::exchange::write::geojson::GeoJsonWriter;
use crate::exchange::write::geoparquet::GeoParquetWriter;
use crate::exchange::write::gpx::GpxWriter;
use crate::exchange::write::kml::{KmlWriter, KmzWriter};
use crate::exchange::write::layer::Layer;
use crate::exchange::write::options::WriteOptions;
use crate::exchange::write::row::FeatureRow;
use crate::exchange::write::shapefile::ShapefileWriter;
use crate::exchange::write::xlsx::XlsxWriter;

/// Something that can be written, and read again.
pub trait Scratch: Read + Write + Seek + Send {}

impl<T: Read + Write + Seek + Send> Scratch for T {}

/// Makes scratch files: they are gone when dropped.
pub type MakeScratch = fn() -> io::Result<Box<dyn Scratch>>;

/// Takes layers and their rows. Formats that hold one layer get one.
pub trait LayerWriter: Send {
    /// The rows that follow are of this layer.
    ///
    /// # Errors
    /// [`WriteFault`].
    fn begin(&mut self, layer: &'static Layer) -> Result<(), WriteFault>;

    /// One row of the layer, in WGS 84.
    ///
    /// # Errors
    /// [`WriteFault`].
    fn row(&mut self, row: &FeatureRow) -> Result<(), WriteFault>;

    /// Writes what is left, and says what was lost: shortened names, cut texts.
    ///
    /// # Errors
    /// [`WriteFault`].
    fn finish(self: Box<Self>) -> Result<Vec<String>, WriteFault>;
}

/// The writer of a format; none for a GeoPackage, which is a database and the store's.
///
/// # Errors
/// [`WriteFault`].
pub fn open<'a>(
    format: OutFormat,
    out: Box<dyn Write + Send + 'a>,
    options: &WriteOptions,
    scratch: MakeScratch,
) -> Result<Option<Box<dyn LayerWriter + 'a>>, WriteFault> {
    let options = options.clone();
    Ok(Some(match format {
        OutFormat::GeoJson => Box::new(GeoJsonWriter::collection(out, options)),
        OutFormat::GeoJsonSeq => Box::new(GeoJsonWriter::sequence(out, options)),
        OutFormat::Csv => Box::new(CsvWriter::new(out, options)),
        OutFormat::FlatGeobuf => Box::new(FlatGeobufWriter::new(out, options)),
        OutFormat::Kml => Box::new(KmlWriter::new(out, options)?),
        OutFormat::Kmz => Box::new(KmzWriter::new(out, options)?),
        OutFormat::Gpx => Box::new(GpxWriter::new(out, options)),
        OutFormat::Shapefile => Box::new(ShapefileWriter::new(out, options, scratch)),
        OutFormat::Xlsx => Box::new(XlsxWriter::new(out, options, scratch)),
        OutFormat::GeoParquet => Box::new(GeoParquetWriter::new(out, options)),
        OutFormat::GeoPackage => return Ok(None),
    }))
}
