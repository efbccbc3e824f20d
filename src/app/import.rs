//! Bring a file into a workspace: read, find columns and frame, keep or refuse each row,
//! write what is kept in one transaction.
//!
//! Whatever fails, the workspace is as before: nothing is written until every row has
//! been read, and then all at once.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::tz::TimeZone;
use thiserror::Error;

use crate::app::clock;
use crate::datum::frame::Frame;
use crate::exchange::import::category_map::CategoryMap;
use crate::exchange::import::columns::Columns;
use crate::exchange::import::fault::ImportFault;
use crate::exchange::import::feature_rows::{FeatureReader, Features};
use crate::exchange::import::field::{Field, Layer};
use crate::exchange::import::incident_rows::IncidentReader;
use crate::exchange::import::locate::{Locator, frame_of};
use crate::exchange::import::moment::{DayOrder, MomentReader};
use crate::exchange::import::refusal::{Refusal, refusals_csv};
use crate::exchange::read::any::{Given, read_given};
use crate::exchange::read::fault::ReadFault;
use crate::exchange::read::format::{Format, recognise};
use crate::exchange::read::table::Table;
use crate::incident::category::IncidentCategory;
use crate::incident::record::Incident;
use crate::place::area::Area;
use crate::store::error::StoreError;
use crate::store::foreign::read_foreign;
use crate::store::record::{ImportSource, LayerRows, WriteOutcome};
use crate::store::workspace::Workspace;

/// Files larger than this are refused before they are read, bytes.
const LARGEST_FILE: u64 = 2 << 30;
/// Rows of a dry run that are shown.
const PREVIEW_ROWS: usize = 10;

/// How a file is to be read.
#[derive(Debug, Clone, Default)]
pub struct ImportOptions {
    /// Field and column, as declared.
    pub map: Vec<(String, String)>,
    /// The frame, as declared.
    pub crs: Option<String>,
    /// The time zone of times without offset; none: the workspace's.
    pub timezone: Option<String>,
    /// `strftime` form of the times, or `excel`.
    pub time_format: Option<String>,
    /// CSV of source words and category codes.
    pub category_map: Option<Vec<u8>>,
    /// One category for all rows.
    pub category: Option<String>,
    /// Which layer of a file that has several.
    pub layer: Option<String>,
    /// Write nothing.
    pub dry_run: bool,
    /// Refuse the file where one row is refused.
    pub strict: bool,
}

/// A file to import.
#[derive(Debug, Clone)]
pub struct ImportFile {
    given: Given,
    path: PathBuf,
}

/// How far the work is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportStep {
    /// The bytes become a table.
    Reading,
    /// So many rows are to be parsed.
    Rows(u64),
    /// So many more are done.
    Done(u64),
    /// The kept ones are written.
    Writing(u64),
}

/// Who is told of the progress.
pub type Progress = Arc<dyn Fn(ImportStep) + Send + Sync>;

/// What became of a file.
#[derive(Debug, Clone)]
pub struct ImportReport {
    /// Format, encoding, delimiter.
    pub description: String,
    /// The frame and how it is known.
    pub frame: String,
    /// Field and column, as declared or guessed.
    pub columns: Vec<(&'static str, String)>,
    /// Columns that tell of persons, with what gave them away.
    pub dropped: Vec<(String, String)>,
    /// What a row's number counts: `line` or `feature`.
    pub row_word: &'static str,
    /// Rows read.
    pub read: u64,
    /// Rows kept, known ones included.
    pub kept: u64,
    /// Rows refused.
    pub refusals: Vec<Refusal>,
    /// Sentences worth knowing.
    pub notes: Vec<String>,
    /// Header and first rows as they land.
    pub preview: (Vec<&'static str>, Vec<Vec<String>>),
    /// What the store did; none in a dry run.
    pub outcome: Option<WriteOutcome>,
}

/// Why a file was not imported.
#[derive(Debug, Error)]
pub enum ImportError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file or the options; the report is there where rows were refused.
    #[error("{fault}")]
    Fault {
        /// What is wrong.
        fault: ImportFault,
        /// What was found before.
        report: Option<Box<ImportReport>>,
    },
    /// The file can't be opened.
    #[error("can't read {path}: {why}")]
    Unreadable {
        /// As given.
        path: String,
        /// The system's word.
        why: String,
    },
    /// The work broke off.
    #[error("the import broke off: {0}")]
    BrokeOff(String),
}

impl From<ImportFault> for ImportError {
    fn from(fault: ImportFault) -> Self {
        Self::Fault {
            fault,
            report: None,
        }
    }
}

impl From<ReadFault> for ImportError {
    fn from(fault: ReadFault) -> Self {
        ImportFault::Read(fault).into()
    }
}

impl ImportReport {
    /// The refused rows as CSV.
    pub fn refused_csv(&self) -> Vec<u8> {
        // Writing to memory does not fail.
        refusals_csv(&self.refusals).unwrap_or_default()
    }
}

/// Reads a file's bytes, and what lies beside a `.shp`.
///
/// # Errors
/// [`ImportError::Unreadable`], or a fault where it is too large.
pub async fn load_file(path: &Path) -> Result<ImportFile, ImportError> {
    let unreadable = |fault: std::io::Error| ImportError::Unreadable {
        path: path.display().to_string(),
        why: fault.to_string(),
    };
    let size = tokio::fs::metadata(path).await.map_err(unreadable)?.len();
    if size > LARGEST_FILE {
        return Err(ReadFault::TooLarge {
            what: "it".to_owned(),
            limit_mib: LARGEST_FILE >> 20,
        }
        .into());
    }
    let bytes = tokio::fs::read(path).await.map_err(unreadable)?;
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned());
    let mut given = Given {
        name: name.unwrap_or_default(),
        bytes,
        ..Given::default()
    };
    if recognise(&given.bytes) == Ok(Format::Shapefile) {
        given.dbf = beside(path, "dbf").await;
        given.prj = beside(path, "prj").await;
        given.cpg = beside(path, "cpg").await;
    }
    Ok(ImportFile {
        given,
        path: path.to_owned(),
    })
}

impl ImportFile {
    /// Its name and bytes, for those who read it otherwise.
    pub fn into_name_and_bytes(self) -> (String, Vec<u8>) {
        (self.given.name, self.given.bytes)
    }
}

/// Imports a file.
///
/// # Errors
/// [`ImportError`]; the workspace is then unchanged.
pub async fn import_file(
    workspace: &Workspace,
    layer: Layer,
    file: ImportFile,
    options: ImportOptions,
    progress: Progress,
) -> Result<ImportReport, ImportError> {
    let district = workspace.district().await?;
    let surroundings = Surroundings {
        timezone: district.timezone,
        boundary: district.boundary,
        categories: workspace.categories().await?,
        references: references(workspace, layer).await?,
    };
    let file_name = file.given.name.clone();
    let (dry_run, strict) = (options.dry_run, options.strict);
    progress(ImportStep::Reading);
    let table = table_of(file, options.layer.clone()).await?;
    let told = Arc::clone(&progress);
    let work = move || prepare(table, layer, &options, &surroundings, &told);
    let prepared = tokio::task::spawn_blocking(work)
        .await
        .map_err(|fault| ImportError::BrokeOff(fault.to_string()))??;
    let Prepared { rows, mut report } = prepared;
    let Some(rows) = rows.filter(|_| !strict || report.refusals.is_empty()) else {
        return Err(ImportError::Fault {
            fault: all_refused(&report, &file_name),
            report: Some(Box::new(report)),
        });
    };
    if dry_run {
        return Ok(report);
    }
    progress(ImportStep::Writing(report.kept));
    let source = ImportSource {
        file: file_name,
        refused: report.refusals.len() as u64,
        at: clock::now(),
    };
    report.outcome = Some(workspace.write(rows, &source).await?);
    Ok(report)
}

/// What the workspace says before the file is read.
struct Surroundings {
    timezone: String,
    boundary: Option<Area>,
    categories: Vec<IncidentCategory>,
    references: BTreeMap<String, String>,
}

/// What is ready to be written.
struct Prepared {
    rows: Option<LayerRows>,
    report: ImportReport,
}

async fn beside(path: &Path, extension: &str) -> Option<Vec<u8>> {
    for extension in [extension.to_owned(), extension.to_uppercase()] {
        if let Ok(bytes) = tokio::fs::read(path.with_extension(extension)).await {
            return Some(bytes);
        }
    }
    None
}

async fn table_of(file: ImportFile, layer: Option<String>) -> Result<Table, ImportError> {
    if recognise(&file.given.bytes) == Ok(Format::GeoPackage) {
        return Ok(read_foreign(&file.path, layer.as_deref()).await?);
    }
    let read = move || read_given(&file.given, layer.as_deref());
    let table = tokio::task::spawn_blocking(read)
        .await
        .map_err(|fault| ImportError::BrokeOff(fault.to_string()))??;
    Ok(table)
}

/// Ids by ids and names, of what the layer's rows may belong to.
async fn references(
    workspace: &Workspace,
    layer: Layer,
) -> Result<BTreeMap<String, String>, StoreError> {
    let mut references = BTreeMap::new();
    let mut know = |id: &str, name: String| {
        references.insert(name, id.to_owned());
        references.insert(id.to_owned(), id.to_owned());
    };
    match layer {
        Layer::Beats | Layer::Units => {
            for station in workspace.stations().await? {
                know(station.id.as_str(), station.name);
            }
        }
        Layer::JointDutyPosts => {
            for district in workspace.commercial_districts().await? {
                know(district.id.as_str(), district.name);
            }
        }
        _ => {}
    }
    Ok(references)
}

fn prepare(
    table: Table,
    layer: Layer,
    options: &ImportOptions,
    surroundings: &Surroundings,
    progress: &Progress,
) -> Result<Prepared, ImportFault> {
    progress(ImportStep::Rows(table.len() as u64));
    let columns = Columns::resolve(&table, layer, &options.map)?;
    let declared: Option<Frame> = options.crs.as_deref().map(str::parse).transpose()?;
    let (frame, frame_note) = frame_of(&table, &columns, declared.as_ref())?;
    let district = surroundings
        .boundary
        .as_ref()
        .filter(|_| layer != Layer::Boundary);
    let locator = Locator::new(&table, &columns, frame, district);
    let mut report = ImportReport {
        description: table.description.clone(),
        frame: frame_note,
        columns: columns.shown(&table),
        dropped: columns
            .dropped
            .iter()
            .map(|d| (d.column.clone(), d.why.clone()))
            .collect(),
        row_word: table.row_word,
        read: table.len() as u64,
        kept: 0,
        refusals: Vec::new(),
        notes: Vec::new(),
        preview: (Vec::new(), Vec::new()),
        outcome: None,
    };
    let rows = if layer == Layer::Incidents {
        let zone = zone_of(options, surroundings)?;
        incidents(
            &table,
            &columns,
            locator,
            &zone,
            options,
            surroundings,
            progress,
            &mut report,
        )?
    } else {
        features(&table, &columns, locator, layer, surroundings, &mut report)?
    };
    Ok(Prepared { rows, report })
}

fn zone_of(options: &ImportOptions, surroundings: &Surroundings) -> Result<TimeZone, ImportFault> {
    let name = options.timezone.as_ref().unwrap_or(&surroundings.timezone);
    TimeZone::get(name).map_err(|_| {
        ImportFault::Option(format!(
            "there is no time zone '{name}'; give an IANA name like Asia/Shanghai"
        ))
    })
}

#[expect(
    clippy::too_many_arguments,
    reason = "one call, each argument another thing"
)]
fn incidents(
    table: &Table,
    columns: &Columns,
    locator: Locator<'_>,
    zone: &TimeZone,
    options: &ImportOptions,
    surroundings: &Surroundings,
    progress: &Progress,
    report: &mut ImportReport,
) -> Result<Option<LayerRows>, ImportFault> {
    let categories = CategoryMap::new(
        &surroundings.categories,
        options.category_map.as_deref(),
        options.category.as_deref(),
    )?;
    let written = (0..table.len()).map(|row| columns.cell(table, row, Field::At));
    let times = MomentReader::new(zone.clone(), options.time_format.clone(), written);
    match times.order() {
        DayOrder::MonthDay => report
            .notes
            .push("dates are read month/day/year".to_owned()),
        DayOrder::DayMonth => report
            .notes
            .push("dates are read day/month/year".to_owned()),
        DayOrder::Unknown => {}
    }
    if columns.of(Field::Category).is_none() && options.category.is_none() {
        report.notes.push(
            "no column looks like a category: all rows are 'other' (see --map and --category)"
                .to_owned(),
        );
    }
    let reader = IncidentReader {
        table,
        columns,
        locator,
        times,
        categories: &categories,
        derive_boundary: surroundings.boundary.is_none(),
    };
    let rows = reader.read(&|done| progress(ImportStep::Done(done)))?;
    if let Some(reach) = rows.reach {
        report.notes.push(format!(
            "no boundary is set: one is derived from the data, which reach {:.1} km from their middle ({:.4}, {:.4}); import your own with --as boundary",
            reach.metres / 1000.0,
            reach.centre.lon(),
            reach.centre.lat()
        ));
    }
    report.kept = rows.incidents.len() as u64;
    report.refusals = rows.refusals;
    report.preview = incident_preview(&rows.incidents, zone);
    if rows.incidents.is_empty() {
        return Ok(None);
    }
    Ok(Some(LayerRows::Incidents {
        incidents: rows.incidents,
        categories: rows.categories,
        derived_boundary: rows.derived_boundary,
    }))
}

fn features(
    table: &Table,
    columns: &Columns,
    locator: Locator<'_>,
    layer: Layer,
    surroundings: &Surroundings,
    report: &mut ImportReport,
) -> Result<Option<LayerRows>, ImportFault> {
    let reader = FeatureReader {
        table,
        columns,
        locator,
        layer,
        references: &surroundings.references,
    };
    let rows = reader.read()?;
    report.kept = rows.kept;
    report.refusals = rows.refusals;
    report.notes.extend(rows.notes);
    let shown = rows
        .preview
        .into_iter()
        .map(|(id, name, ground)| vec![id, name, ground]);
    let ground = if layer.is_areas() { "area" } else { "lon, lat" };
    report.preview = (vec!["id", "name", ground], shown.collect());
    Ok(rows.features.map(|features| match features {
        Features::Boundary(area) => LayerRows::Boundary(area),
        Features::Stations(rows) => LayerRows::Stations(rows),
        Features::Beats(rows) => LayerRows::Beats(rows),
        Features::Zones(rows) => LayerRows::Zones(rows),
        Features::Posts(rows) => LayerRows::Posts(rows),
        Features::JointDutyPosts(rows) => LayerRows::JointDutyPosts(rows),
        Features::CommercialDistricts(rows) => LayerRows::CommercialDistricts(rows),
        Features::Pillars(rows) => LayerRows::Pillars(rows),
        Features::Cameras(rows) => LayerRows::Cameras(rows),
        Features::Places(rows) => LayerRows::Places(rows),
        Features::Units(rows) => LayerRows::Units(rows),
    }))
}

fn incident_preview(
    incidents: &[Incident],
    zone: &TimeZone,
) -> (Vec<&'static str>, Vec<Vec<String>>) {
    let local = |at| {
        zone.to_datetime(at)
            .strftime("%Y-%m-%d %H:%M:%S")
            .to_string()
    };
    let shown = incidents.iter().take(PREVIEW_ROWS).map(|incident| {
        vec![
            incident.id.to_string(),
            local(incident.at),
            incident.until.map(local).unwrap_or_default(),
            format!("{:.6}", incident.position.lon()),
            format!("{:.6}", incident.position.lat()),
            incident.category.clone(),
            incident.priority.number().to_string(),
        ]
    });
    (
        vec!["id", "at", "until", "lon", "lat", "category", "priority"],
        shown.collect(),
    )
}

fn all_refused(report: &ImportReport, file_name: &str) -> ImportFault {
    let first = report
        .refusals
        .first()
        .map(|refusal| refusal.sentence(report.row_word))
        .unwrap_or_default();
    let more = match report.refusals.len() {
        0 | 1 => String::new(),
        many => format!(" (and {} more rows)", many - 1),
    };
    let what = if report.kept == 0 {
        format!("no row of {file_name} can be used")
    } else {
        format!("{file_name} has rows that can't be used, and --strict is set")
    };
    ImportFault::Refused {
        cause: format!("{what}: {first}{more}"),
    }
}
