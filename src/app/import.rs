//! Bring a file into a workspace: read, find columns and frame, keep or refuse each row,
//! write what is kept in one transaction.
//!
//! Whatever fails, the workspace is as before: nothing is written until every row has
//! been read, and then all at once.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::app::clock;
use crate::app::import::file::ImportFile;
use crate::app::import::report::{ImportError, ImportReport, all_refused};
use crate::app::import::rows::{Ground, Kept, features, incidents};
use crate::datum::frame::Frame;
use crate::exchange::import::columns::Columns;
use crate::exchange::import::fault::ImportFault;
use crate::exchange::import::field::Layer;
use crate::exchange::import::locate::{Locator, frame_of};
use crate::exchange::import::made_up::{Holds, told};
use crate::exchange::import::personal::{pattern_of, scrub};
use crate::exchange::import::refusal::{Reason, Refusal, RowFault};
use crate::exchange::read::table::{StatedFrame, Table};
use crate::incident::category::IncidentCategory;
use crate::incident::record::Incident;
use crate::place::area::Area;
use crate::store::error::StoreError;
use crate::store::record::{ImportSource, LayerRows};
use crate::store::workspace::Workspace;

/// How far ahead of this machine's clock an incident's may be: a zone declared wrongly, and
/// a clock that is off.
const AHEAD: SignedDuration = SignedDuration::from_hours(24);

pub mod file;
pub mod look;
pub mod report;
pub mod rows;

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
    /// Put before each id as `NAME:`, so that two sources' ids can't meet.
    pub source: Option<String>,
    /// Write nothing.
    pub dry_run: bool,
    /// Refuse the file where one row is refused.
    pub strict: bool,
    /// Write many incidents step by step, for a board's writer waits meanwhile.
    pub in_steps: bool,
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
    /// So many more are written, where that goes step by step.
    Written(u64),
}

/// Who is told of the progress.
pub type Progress = Arc<dyn Fn(ImportStep) + Send + Sync>;

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
    let surroundings = Surroundings::of(workspace, layer).await?;
    check_source(options.source.as_deref())?;
    let file_name = scrub(file.name());
    let name = file.name().to_owned();
    let (dry_run, strict, in_steps) = (options.dry_run, options.strict, options.in_steps);
    progress(ImportStep::Reading);
    let table = file.into_table(options.layer.clone()).await?;
    let told = Arc::clone(&progress);
    let work = move || {
        let mut prepared = prepare(&table, layer, &options, &surroundings, &told)?;
        note_hint(&mut prepared.1, &name, &table, &options);
        Ok::<_, ImportFault>(prepared)
    };
    let (kept, mut report) = tokio::task::spawn_blocking(work)
        .await
        .map_err(|fault| ImportError::BrokeOff(fault.to_string()))??;
    let ids = kept.ids();
    if dry_run || strict {
        let in_use = match &kept.rows {
            Some(LayerRows::Incidents { incidents, .. }) => workspace.ids_in_use(incidents).await?,
            _ => Vec::new(),
        };
        refuse_ids_in_use(&mut report, &in_use, &ids, &kept.numbers);
    }
    let Some(rows) = kept.rows.filter(|_| !strict || report.refusals.is_empty()) else {
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
        marks_synthetic: report.marks_synthetic,
    };
    let written = if in_steps {
        let told = |rows| progress(ImportStep::Written(rows));
        workspace.write_in_steps(rows, &source, &told).await
    } else {
        workspace.write(rows, &source).await
    };
    let outcome = match written {
        Err(StoreError::FilledMeanwhile) => return Err(ImportFault::FilledMeanwhile.into()),
        other => other?,
    };
    refuse_ids_in_use(&mut report, &outcome.in_use, &ids, &kept.numbers);
    if outcome.other_category > 0 {
        report.notes.push(format!(
            "{} incidents are there already with another category, which is kept",
            outcome.other_category
        ));
    }
    report.outcome = Some(outcome);
    Ok(report)
}

/// Reads a file's incidents and writes them nowhere; with what there is to report.
///
/// # Errors
/// [`ImportError`].
pub async fn read_incidents(
    file: ImportFile,
    options: ImportOptions,
    surroundings: Surroundings,
) -> Result<(Vec<Incident>, ImportReport), ImportError> {
    let table = file.into_table(options.layer.clone()).await?;
    let quiet: Progress = Arc::new(|_| {});
    let work = move || prepare(&table, Layer::Incidents, &options, &surroundings, &quiet);
    let (kept, report) = tokio::task::spawn_blocking(work)
        .await
        .map_err(|fault| ImportError::BrokeOff(fault.to_string()))??;
    let incidents = match kept.rows {
        Some(LayerRows::Incidents { incidents, .. }) => incidents,
        _ => Vec::new(),
    };
    Ok((incidents, report))
}

/// What the workspace says before the file is read.
pub struct Surroundings {
    /// IANA name.
    pub timezone: String,
    /// The district's boundary, where one is set.
    pub boundary: Option<Area>,
    /// Categories known so far.
    pub categories: Vec<IncidentCategory>,
    /// Ids of stations or commercial districts by their ids and names.
    pub references: BTreeMap<String, String>,
    /// The last instant an incident may tell of.
    pub latest: Timestamp,
    /// Whether made-up rows may come in.
    pub holds: Holds,
}

impl Surroundings {
    /// Of a workspace, for rows of a layer.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn of(workspace: &Workspace, layer: Layer) -> Result<Self, StoreError> {
        let district = workspace.district().await?;
        let holds = match district.synthetic {
            true => Holds::MadeUp,
            false if workspace.holds_records().await? => Holds::Real,
            false => Holds::Nothing,
        };
        Ok(Self {
            holds,
            timezone: district.timezone,
            boundary: district.boundary,
            categories: workspace.categories().await?,
            references: references(workspace, layer).await?,
            latest: clock::now().saturating_add(AHEAD).unwrap_or(Timestamp::MAX),
        })
    }
}

impl Kept {
    fn ids(&self) -> Vec<String> {
        match &self.rows {
            Some(LayerRows::Incidents { incidents, .. }) => {
                incidents.iter().map(|i| i.id.to_string()).collect()
            }
            _ => Vec::new(),
        }
    }
}

/// A short word without anything of a person in it.
fn check_source(source: Option<&str>) -> Result<(), ImportFault> {
    let Some(name) = source else {
        return Ok(());
    };
    let fits = !name.is_empty()
        && name.chars().count() <= 40
        && name
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'));
    if fits && pattern_of(name).is_none() {
        return Ok(());
    }
    Err(ImportFault::Option(
        "--source NAME is a short word of letters, digits, '-', '_' and '.', like cad-2024"
            .to_owned(),
    ))
}

/// Moves incidents whose id stands for another one from the kept to the refused.
fn refuse_ids_in_use(report: &mut ImportReport, in_use: &[usize], ids: &[String], numbers: &[u32]) {
    for &at in in_use {
        let id = ids.get(at).map_or("", String::as_str);
        report.kept = report.kept.saturating_sub(1);
        report.refusals.push(Refusal {
            row: numbers.get(at).copied().unwrap_or(0),
            fault: RowFault::new(
                Reason::IdInUse,
                "id",
                id,
                "the workspace has an incident with this id and another place or time; if this file is of another source, import it with --source NAME",
            ),
        });
    }
    report.refusals.sort_by_key(|refusal| refusal.row);
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
    table: &Table,
    layer: Layer,
    options: &ImportOptions,
    surroundings: &Surroundings,
    progress: &Progress,
) -> Result<(Kept, ImportReport), ImportFault> {
    progress(ImportStep::Rows(table.len() as u64));
    let columns = Columns::resolve(table, layer, &options.map)?;
    let declared: Option<Frame> = options.crs.as_deref().map(str::parse).transpose()?;
    let (frame, frame_note) = frame_of(table, &columns, declared.as_ref())?;
    let district = surroundings
        .boundary
        .as_ref()
        .filter(|_| layer != Layer::Boundary);
    let locator = Locator::new(table, &columns, frame, district);
    let mut report = ImportReport {
        description: table.description.clone(),
        frame: frame_note,
        columns: columns.shown(table),
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
        marks_synthetic: false,
        told_synthetic: 0,
        preview: (Vec::new(), Vec::new()),
        outcome: None,
    };
    let ground = Ground {
        table,
        columns: &columns,
        locator,
    };
    let kept = if layer == Layer::Incidents {
        let zone = zone_of(options, surroundings)?;
        incidents(ground, &zone, options, surroundings, progress, &mut report)?
    } else {
        let source = options.source.as_deref();
        features(ground, layer, source, surroundings, &mut report)?
    };
    let made_up = told(table, &columns, &report.refusals);
    report.note_made_up(made_up, surroundings.holds);
    Ok((kept, report))
}

/// A file's name that speaks of a shifted frame is worth knowing where nobody has said one.
fn note_hint(report: &mut ImportReport, file: &str, table: &Table, options: &ImportOptions) {
    let is_shifted = matches!(table.frame, StatedFrame::Shifted(_));
    if options.crs.is_none() && !is_shifted {
        // What is told of the file names the layer in it.
        report.note_hint(&[file, &table.description]);
    }
}

fn zone_of(options: &ImportOptions, surroundings: &Surroundings) -> Result<TimeZone, ImportFault> {
    let name = options.timezone.as_ref().unwrap_or(&surroundings.timezone);
    TimeZone::get(name).map_err(|_| {
        ImportFault::Option(format!(
            "there is no time zone '{name}'; give an IANA name like Asia/Shanghai"
        ))
    })
}
