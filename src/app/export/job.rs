//! Writes layers into a file or a stream: one task reads ahead, a thread of its own writes,
//! so that neither waits for the other for long and memory holds a few batches.

use std::fs::File;
use std::io::{self, Write};

use tokio::runtime::Handle;
use tokio::sync::mpsc;

use crate::app::export::error::ExportError;
use crate::app::export::rows::Rows;
use crate::app::export::wanted::{After, Wanted};
use crate::exchange::write::format::OutFormat;
use crate::exchange::write::layer::Layer;
use crate::exchange::write::options::{OutFrame, TableGeometry, WriteOptions};
use crate::exchange::write::row::FeatureRow;
use crate::exchange::write::writer::{LayerWriter, Scratch, open};
use crate::patrol::reason::Language;
use crate::place::district::{District, UnknownZone};
use crate::store::gpkg::foreign_gpkg::ForeignGeoPackage;
use crate::store::workspace::Workspace;

/// Batches read ahead.
const AHEAD: usize = 2;

/// What is to be taken away, and how.
#[derive(Debug, Clone)]
pub struct ExportJob {
    /// Which layers, in this order; formats that hold one take one.
    pub layers: Vec<&'static Layer>,
    /// Which format.
    pub format: OutFormat,
    /// Frame, languages, zone.
    pub options: WriteOptions,
    /// Which rows.
    pub wanted: Wanted,
}

/// How a file is written, as its user says it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Style {
    /// Frame of positions.
    pub frame: OutFrame,
    /// Language of headers; none: the API's names.
    pub headers: Option<Language>,
    /// A byte-order mark before text.
    pub bom: bool,
    /// Where tables say where a feature is.
    pub table_geometry: TableGeometry,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Exported {
    /// Rows by layer.
    pub rows: Vec<(&'static str, u64)>,
    /// What was lost on the way, in sentences.
    pub notes: Vec<String>,
}

/// The options of a style for a workspace.
///
/// # Errors
/// [`ExportError`].
pub async fn options_for(workspace: &Workspace, style: Style) -> Result<WriteOptions, ExportError> {
    let district = workspace.district().await?;
    let attribution = workspace.info().await?.attribution;
    Ok(options_of(&district, attribution, style)?)
}

/// The same for a district that is at hand.
///
/// # Errors
/// [`UnknownZone`].
pub fn options_of(
    district: &District,
    attribution: String,
    style: Style,
) -> Result<WriteOptions, UnknownZone> {
    Ok(WriteOptions {
        zone: district.zone()?,
        frame: style.frame,
        headers: style.headers,
        bom: style.bom,
        table_geometry: style.table_geometry,
        district: district.name.clone(),
        synthetic: district.synthetic,
        attribution,
    })
}

/// Writes the layers to `out`; `progress` hears how many rows are done.
///
/// # Errors
/// [`ExportError`]; what was written so far is no whole file.
pub async fn export(
    workspace: &Workspace,
    job: ExportJob,
    out: Box<dyn Write + Send>,
    progress: impl Fn(u64) + Send + 'static,
) -> Result<Exported, ExportError> {
    let (workspace, wanted) = (workspace.clone(), job.wanted.clone());
    let rows_of = move |layer| {
        let (workspace, wanted) = (workspace.clone(), wanted.clone());
        async move { Rows::open(&workspace, layer, wanted, After::Start).await }
    };
    export_from(rows_of, job, out, progress).await
}

/// The same with rows from wherever `rows_of` finds them.
///
/// # Errors
/// [`ExportError`], or what `rows_of` says.
pub async fn export_from<E, F>(
    rows_of: impl Fn(&'static Layer) -> F + Send + 'static,
    job: ExportJob,
    out: Box<dyn Write + Send>,
    progress: impl Fn(u64) + Send + 'static,
) -> Result<Exported, E>
where
    E: From<ExportError> + Send + 'static,
    F: Future<Output = Result<Rows, E>> + Send + 'static,
{
    if job.layers.len() > 1 && !job.format.holds_many() {
        return Err(E::from(ExportError::OneLayer {
            format: job.format.name(),
        }));
    }
    let (sender, receiver) = mpsc::channel(AHEAD);
    let reading = tokio::spawn(read(rows_of, job.layers.clone(), sender));
    let handle = Handle::current();
    let writing =
        tokio::task::spawn_blocking(move || write(&handle, &job, receiver, out, progress));
    let written = writing.await.map_err(|_| ExportError::BrokenOff)?;
    // Where writing broke off, reading finds nobody to read for and ends.
    reading.await.map_err(|_| ExportError::BrokenOff)?;
    written
}

/// What the reader tells the writer.
enum Step<E> {
    Layer(&'static Layer),
    Rows(Vec<FeatureRow>),
    Fault(E),
    End,
}

async fn read<E, F>(
    rows_of: impl Fn(&'static Layer) -> F,
    layers: Vec<&'static Layer>,
    sender: mpsc::Sender<Step<E>>,
) where
    E: From<ExportError>,
    F: Future<Output = Result<Rows, E>>,
{
    let mut fault = None;
    'layers: for layer in layers {
        let mut rows = match rows_of(layer).await {
            Ok(rows) => rows,
            Err(why) => {
                fault = Some(why);
                break 'layers;
            }
        };
        // Not before there are rows: until then what fails leaves no byte behind.
        if sender.send(Step::Layer(layer)).await.is_err() {
            return;
        }
        loop {
            match rows.next().await {
                Ok(Some(batch)) => {
                    if sender.send(Step::Rows(batch)).await.is_err() {
                        return;
                    }
                }
                Ok(None) => break,
                Err(why) => {
                    fault = Some(E::from(why));
                    break 'layers;
                }
            }
        }
    }
    let last = fault.map_or(Step::End, Step::Fault);
    // Whoever is gone needs no word.
    let _ = sender.send(last).await;
}

fn write<E: From<ExportError>>(
    handle: &Handle,
    job: &ExportJob,
    mut receiver: mpsc::Receiver<Step<E>>,
    out: Box<dyn Write + Send>,
    progress: impl Fn(u64),
) -> Result<Exported, E> {
    let mut target = Target::open(handle, job, out)?;
    let mut exported = Exported::default();
    let mut all = 0;
    loop {
        match receiver.blocking_recv() {
            Some(Step::Layer(layer)) => {
                target.begin(layer)?;
                exported.rows.push((layer.name, 0));
            }
            Some(Step::Rows(rows)) => {
                target.rows(&rows)?;
                if let Some((_, count)) = exported.rows.last_mut() {
                    *count += rows.len() as u64;
                }
                all += rows.len() as u64;
                progress(all);
            }
            Some(Step::Fault(fault)) => return Err(fault),
            Some(Step::End) => break,
            None => return Err(ExportError::BrokenOff.into()),
        }
    }
    exported.notes = target.finish()?;
    Ok(exported)
}

/// Where rows go: a writer of a format, or a database of its own that is copied out.
enum Target<'h> {
    Format(Box<dyn LayerWriter>),
    Database(Box<Database<'h>>),
}

/// A GeoPackage in the making, and where it goes.
struct Database<'h> {
    handle: &'h Handle,
    file: ForeignGeoPackage,
    folder: tempfile::TempDir,
    out: Box<dyn Write + Send>,
    options: WriteOptions,
}

const DATABASE: &str = "export.gpkg";

impl<'h> Target<'h> {
    fn open(
        handle: &'h Handle,
        job: &ExportJob,
        out: Box<dyn Write + Send>,
    ) -> Result<Self, ExportError> {
        if job.format != OutFormat::GeoPackage {
            let writer = open(job.format, out, &job.options, scratch)?;
            return writer.map(Self::Format).ok_or(ExportError::BrokenOff);
        }
        let folder = tempfile::tempdir().map_err(output)?;
        let file = handle.block_on(ForeignGeoPackage::create(&folder.path().join(DATABASE)))?;
        Ok(Self::Database(Box::new(Database {
            handle,
            file,
            folder,
            out,
            options: job.options.clone(),
        })))
    }

    fn begin(&mut self, layer: &'static Layer) -> Result<(), ExportError> {
        match self {
            Self::Format(writer) => Ok(writer.begin(layer)?),
            Self::Database(it) => Ok(it.handle.block_on(it.file.begin(layer, &it.options))?),
        }
    }

    fn rows(&mut self, rows: &[FeatureRow]) -> Result<(), ExportError> {
        match self {
            Self::Format(writer) => {
                for row in rows {
                    writer.row(row)?;
                }
                Ok(())
            }
            Self::Database(it) => Ok(it.handle.block_on(it.file.rows(rows, &it.options))?),
        }
    }

    fn finish(self) -> Result<Vec<String>, ExportError> {
        let mut it = match self {
            Self::Format(writer) => return Ok(writer.finish()?),
            Self::Database(it) => *it,
        };
        it.handle.block_on(it.file.finish())?;
        let mut made = File::open(it.folder.path().join(DATABASE)).map_err(output)?;
        io::copy(&mut made, &mut it.out).map_err(output)?;
        it.out.flush().map_err(output)?;
        Ok(Vec::new())
    }
}

fn scratch() -> io::Result<Box<dyn Scratch>> {
    Ok(Box::new(tempfile::tempfile()?))
}

fn output(fault: io::Error) -> ExportError {
    ExportError::Write(fault.into())
}
