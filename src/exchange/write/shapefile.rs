//! ESRI Shapefiles in a zip: for each layer `.shp`, `.shx`, `.dbf` in UTF-8 with its `.cpg`,
//! and `.prj`. Attributes wait in a scratch file until their widths are known.

use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::sync::{Arc, Mutex};

use geo_types::Geometry;
use shapefile::{Point, Polygon, Polyline, ShapeWriter};
use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, ZipWriter};

use crate::exchange::write::fault::WriteFault;
use crate::exchange::write::flatgeobuf::left_out;
use crate::exchange::write::layer::Layer;
use crate::exchange::write::options::WriteOptions;
use crate::exchange::write::row::FeatureRow;
use crate::exchange::write::shapefile_columns::{Attribute, Columns, Record};
use crate::exchange::write::writer::{LayerWriter, MakeScratch, Scratch};

const FORMAT: &str = "Shapefile";

/// WGS 84 as ESRI writes it.
const PRJ: &str = "GEOGCS[\"GCS_WGS_1984\",DATUM[\"D_WGS_1984\",SPHEROID[\"WGS_1984\",6378137.0,\
298.257223563]],PRIMEM[\"Greenwich\",0.0],UNIT[\"Degree\",0.0174532925199433]]";

/// A scratch file that is written by one and read by another.
#[derive(Clone)]
struct Shared(Arc<Mutex<Box<dyn Scratch>>>);

/// Writes Shapefiles.
pub struct ShapefileWriter<'a> {
    out: ZipWriter<StreamWriter<Box<dyn Write + Send + 'a>>>,
    options: WriteOptions,
    scratch: MakeScratch,
    open: Option<Open>,
    losses: Vec<String>,
}

/// The layer in the making.
struct Open {
    layer: &'static Layer,
    columns: Columns,
    shp: Shared,
    shx: Shared,
    shapes: ShapeWriter<BufWriter<Shared>>,
    attributes: BufWriter<Shared>,
    spool: Shared,
    rows: u64,
    without_place: u64,
}

impl<'a> ShapefileWriter<'a> {
    /// Writes to `out`.
    pub fn new(
        out: Box<dyn Write + Send + 'a>,
        options: WriteOptions,
        scratch: MakeScratch,
    ) -> Self {
        Self {
            out: ZipWriter::new_stream(out),
            options,
            scratch,
            open: None,
            losses: Vec::new(),
        }
    }

    fn shared(&self) -> Result<Shared, WriteFault> {
        Ok(Shared(Arc::new(Mutex::new((self.scratch)()?))))
    }

    /// Puts the open layer into the zip.
    fn close(&mut self) -> Result<(), WriteFault> {
        let Some(mut open) = self.open.take() else {
            return Ok(());
        };
        open.shapes.finalize().map_err(library)?;
        open.attributes.flush()?;
        let dbf = self.shared()?;
        open.table(&dbf)?;
        let name = self.options.layer_name(open.layer);
        self.part(&format!("{name}.shp"), &mut open.shp)?;
        self.part(&format!("{name}.shx"), &mut open.shx)?;
        self.part(&format!("{name}.dbf"), &mut dbf.clone())?;
        self.text(&format!("{name}.cpg"), "UTF-8")?;
        match self.options.frame.warning() {
            None => self.text(&format!("{name}.prj"), PRJ)?,
            // Without a frame rather than with a wrong one.
            Some(warning) => self.text(&format!("{name}.txt"), warning)?,
        }
        self.losses.extend(open.columns.losses());
        self.losses
            .extend(left_out(FORMAT, open.layer, open.without_place));
        Ok(())
    }

    fn part(&mut self, name: &str, from: &mut Shared) -> Result<(), WriteFault> {
        self.start(name)?;
        from.rewind()?;
        std::io::copy(
            &mut BufReader::with_capacity(64 * 1024, from),
            &mut self.out,
        )?;
        Ok(())
    }

    fn text(&mut self, name: &str, text: &str) -> Result<(), WriteFault> {
        self.start(name)?;
        Ok(self.out.write_all(text.as_bytes())?)
    }

    fn start(&mut self, name: &str) -> Result<(), WriteFault> {
        // Without zip64: no part of a Shapefile may be larger anyway.
        let settings = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        self.out.start_file(name, settings).map_err(library)
    }
}

impl LayerWriter for ShapefileWriter<'_> {
    fn begin(&mut self, layer: &'static Layer) -> Result<(), WriteFault> {
        self.close()?;
        let (shp, shx, spool) = (self.shared()?, self.shared()?, self.shared()?);
        self.open = Some(Open {
            layer,
            columns: Columns::new(layer),
            shapes: ShapeWriter::with_shx(BufWriter::new(shp.clone()), BufWriter::new(shx.clone())),
            attributes: BufWriter::new(spool.clone()),
            shp,
            shx,
            spool,
            rows: 0,
            without_place: 0,
        });
        Ok(())
    }

    fn row(&mut self, row: &FeatureRow) -> Result<(), WriteFault> {
        let Some(open) = &mut self.open else {
            return Ok(());
        };
        // A Shapefile has one type of shape; the null shape is what few programs read.
        let Some(shape) = &row.geometry else {
            open.without_place += 1;
            return Ok(());
        };
        match self.options.frame.place(shape) {
            Geometry::Point(point) => open.shapes.write_shape(&Point::from(point)),
            Geometry::LineString(line) => open.shapes.write_shape(&Polyline::from(line)),
            Geometry::MultiPolygon(parts) => open.shapes.write_shape(&Polygon::from(parts)),
            // No layer has others.
            _ => return Ok(()),
        }
        .map_err(library)?;
        let attributes = open.columns.take(row, &self.options);
        let bytes = postcard::to_allocvec(&attributes).map_err(library)?;
        let length = u32::try_from(bytes.len()).map_err(library)?;
        open.attributes.write_all(&length.to_le_bytes())?;
        open.attributes.write_all(&bytes)?;
        open.rows += 1;
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<Vec<String>, WriteFault> {
        self.close()?;
        let out = self.out.finish().map_err(library)?;
        out.into_inner().flush()?;
        Ok(self.losses)
    }
}

impl Open {
    /// Writes the attributes as a table.
    fn table(&mut self, to: &Shared) -> Result<(), WriteFault> {
        let mut table = self
            .columns
            .table()?
            .build_with_dest(BufWriter::new(to.clone()));
        self.spool.rewind()?;
        let mut spool = BufReader::new(self.spool.clone());
        let mut bytes = Vec::new();
        for _ in 0..self.rows {
            let mut length = [0; 4];
            spool.read_exact(&mut length)?;
            bytes.resize(u32::from_le_bytes(length) as usize, 0);
            spool.read_exact(&mut bytes)?;
            let attributes: Vec<Attribute> = postcard::from_bytes(&bytes).map_err(library)?;
            table.write_record(&Record(&attributes)).map_err(library)?;
        }
        table.finalize().map_err(library)
    }
}

impl Shared {
    fn with<T>(&mut self, act: impl FnOnce(&mut dyn Scratch) -> io::Result<T>) -> io::Result<T> {
        let mut file = self
            .0
            .lock()
            .map_err(|_| io::Error::other("a writer broke off"))?;
        act(&mut *file)
    }
}

impl Read for Shared {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.with(|file| file.read(into))
    }
}

impl Write for Shared {
    fn write(&mut self, from: &[u8]) -> io::Result<usize> {
        self.with(|file| file.write(from))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.with(|file| file.flush())
    }
}

impl Seek for Shared {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.with(|file| file.seek(to))
    }
}

fn library(fault: impl ToString) -> WriteFault {
    WriteFault::library(FORMAT, fault)
}
