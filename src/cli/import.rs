//! `frontbeat import`: Bring a file into a workspace.

use std::io::{IsTerminal, stderr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};

use crate::app::import::file::load_file;
use crate::app::import::report::{ImportError, ImportReport};
use crate::app::import::{ImportOptions, ImportStep, Progress, import_file};
use crate::app::import_roads::{RoadImport, import_roads};
use crate::app::workspace::{Address, open_for_reading, open_for_writing};
use crate::cli::failure::Failure;
use crate::cli::output;
use crate::exchange::import::field::Layer;
use crate::exchange::import::personal::scrub;
use crate::exchange::import::refusal::by_reason;
use crate::exchange::osm_places::{DEFAULT_TAGS, PlaceTags};

/// Bring a file into a workspace.
///
/// CSV (UTF-8 or GBK), Excel (.xlsx), GeoJSON, KML and KMZ, GPX, FlatGeobuf, GeoParquet,
/// Shapefile (plain or zipped), GeoPackage; for roads and places an OpenStreetMap extract
/// (.osm.pbf). A
/// sheet, a folder or a table is a layer (--layer). Columns are guessed from English and Chinese
/// headers. Rows that can't be used are refused one by one, with the reason, and the
/// rest is kept. Columns about persons are dropped unread.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// The workspace
    workspace: Address,
    /// The file to import
    file: PathBuf,
    /// What its rows are
    #[arg(long = "as", value_enum, value_name = "LAYER")]
    what: What,
    /// A field's column, where the guess is wrong: --map at=报警时间 (may be repeated)
    #[arg(long = "map", value_name = "FIELD=COLUMN")]
    map: Vec<String>,
    /// The frame of the coordinates: EPSG:<number>, wgs84, cgcs2000, gcj02 or bd09
    #[arg(long, value_name = "FRAME")]
    crs: Option<String>,
    /// The time zone of times without offset, an IANA name [default: the workspace's]
    #[arg(long, value_name = "ZONE")]
    timezone: Option<String>,
    /// The form of the times where it can't be told: %m/%d/%Y %H:%M, or excel
    #[arg(long, value_name = "FORM")]
    time_format: Option<String>,
    /// A CSV of the source's words and category codes: source,code[,name_en,name_zh]
    #[arg(long, value_name = "FILE")]
    category_map: Option<PathBuf>,
    /// A CSV of the tags that make a place in an OpenStreetMap extract: key,value,kind,tier;
    /// * fits any value [default: the list of docs/interop.md]
    #[arg(long, value_name = "FILE")]
    place_tags: Option<PathBuf>,
    /// One category for all rows, a word or a code: burglary, criminal/burglary
    #[arg(long, value_name = "CATEGORY")]
    category: Option<String>,
    /// The layer to read, where the file has several
    #[arg(long, value_name = "NAME")]
    layer: Option<String>,
    /// A word put before each id (NAME:id), where two sources use the same ids
    #[arg(long, value_name = "NAME")]
    source: Option<String>,
    /// Show how the first rows would land, and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Import nothing where a single row is refused
    #[arg(long)]
    strict: bool,
    /// Where refused rows are listed [default: FILE.refused.csv in the current folder]
    #[arg(long, value_name = "FILE")]
    refused: Option<PathBuf>,
}

/// What rows are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    /// 警情: events with place and time
    Incidents,
    /// 警务区: polygons
    Beats,
    /// 派出所: points
    Stations,
    /// 巡区: polygons
    Zones,
    /// 警务岗: points
    Posts,
    /// 联勤岗: points
    JointDutyPosts,
    /// 商圈: polygons
    CommercialDistricts,
    /// 一键报警柱: points
    Pillars,
    /// 监控点位: points
    Cameras,
    /// 场所: points, or an OpenStreetMap extract
    Places,
    /// 处警单元: points
    Units,
    /// 辖区: one polygon, or several joined
    Boundary,
    /// 路网: an OpenStreetMap extract
    Roads,
}

impl What {
    fn layer(self) -> Option<Layer> {
        Some(match self {
            Self::Incidents => Layer::Incidents,
            Self::Beats => Layer::Beats,
            Self::Stations => Layer::Stations,
            Self::Zones => Layer::Zones,
            Self::Posts => Layer::Posts,
            Self::JointDutyPosts => Layer::JointDutyPosts,
            Self::CommercialDistricts => Layer::CommercialDistricts,
            Self::Pillars => Layer::Pillars,
            Self::Cameras => Layer::Cameras,
            Self::Places => Layer::Places,
            Self::Units => Layer::Units,
            Self::Boundary => Layer::Boundary,
            Self::Roads => return None,
        })
    }
}

/// Runs the command.
///
/// # Errors
/// [`Failure`] with what to do.
pub async fn run(args: ImportArgs) -> Result<(), Failure> {
    let Some(layer) = args.what.layer() else {
        return roads(&args).await;
    };
    let options = options_of(&args).await?;
    let file = load_file(&args.file)
        .await
        .map_err(|fault| failure(fault, &args.file))?;
    let file = match layer {
        Layer::Places => file.with_place_tags(place_tags(args.place_tags.as_deref())?),
        _ => file,
    };
    let opened = if args.dry_run {
        open_for_reading(&args.workspace).await
    } else {
        open_for_writing(&args.workspace).await
    };
    let workspace = opened.map_err(|fault| Failure::failed(fault, ""))?;
    let bar = bar_of();
    let done = import_file(&workspace, layer, file, options, progress_of(&bar)).await;
    bar.finish_and_clear();
    workspace.close().await;
    match done {
        Ok(report) => {
            output::say(&report_text(&args, &report))?;
            list_refused(&args, &report);
            Ok(())
        }
        Err(fault) => {
            if let ImportError::Fault {
                report: Some(report),
                ..
            } = &fault
            {
                list_refused(&args, report);
            }
            Err(failure(fault, &args.file))
        }
    }
}

/// The list of tags that somebody gives, or the program's own.
fn place_tags(file: Option<&Path>) -> Result<PlaceTags, Failure> {
    let Some(file) = file else {
        return PlaceTags::parse(DEFAULT_TAGS).map_err(|fault| Failure::failed(fault, ""));
    };
    let wrong = |fault: &dyn std::fmt::Display| {
        Failure::usage(
            format!("{} can't be used: {fault}", file.display()),
            "give a CSV with the columns key,value,kind,tier",
        )
    };
    let text = std::fs::read_to_string(file).map_err(|fault| wrong(&fault))?;
    PlaceTags::parse(&text).map_err(|fault| wrong(&fault))
}

async fn roads(args: &ImportArgs) -> Result<(), Failure> {
    refuse_table_options(args)?;
    let file = load_file(&args.file)
        .await
        .map_err(|fault| failure(fault, &args.file))?;
    let workspace = open_for_writing(&args.workspace)
        .await
        .map_err(|fault| Failure::failed(fault, ""))?;
    let (name, bytes) = file.into_name_and_bytes();
    let spinner = spinner_of(bytes.len());
    let done = import_roads(&workspace, &name, bytes).await;
    spinner.finish_and_clear();
    workspace.close().await;
    let report = done.map_err(|fault| {
        Failure::failed(
            fault,
            "give an OpenStreetMap extract (.osm.pbf) of the region, whole and not cut off",
        )
    })?;
    output::say(&roads_text(args, &report))?;
    Ok(())
}

/// Options that are about rows and columns say nothing about an extract.
fn refuse_table_options(args: &ImportArgs) -> Result<(), Failure> {
    let given = [
        ("--map", !args.map.is_empty()),
        ("--crs", args.crs.is_some()),
        ("--timezone", args.timezone.is_some()),
        ("--time-format", args.time_format.is_some()),
        ("--category-map", args.category_map.is_some()),
        ("--place-tags", args.place_tags.is_some()),
        ("--category", args.category.is_some()),
        ("--layer", args.layer.is_some()),
        ("--source", args.source.is_some()),
        ("--dry-run", args.dry_run),
        ("--strict", args.strict),
        ("--refused", args.refused.is_some()),
    ];
    let given: Vec<&str> = given
        .iter()
        .filter(|(_, set)| *set)
        .map(|(option, _)| *option)
        .collect();
    if given.is_empty() {
        return Ok(());
    }
    let list = given.join(", ");
    Err(Failure::usage(
        format!("{list} can't be used with --as roads"),
        format!("leave out {list}"),
    ))
}

/// A spinner on a terminal, one plain line elsewhere.
fn spinner_of(bytes: usize) -> ProgressBar {
    let mib = bytes as f64 / f64::from(1 << 20);
    let message = format!("building the road network out of {mib:.1} MiB");
    if !stderr().is_terminal() {
        output::note(&message);
        return ProgressBar::hidden();
    }
    let spinner = ProgressBar::new_spinner();
    spinner.set_message(message);
    spinner.enable_steady_tick(std::time::Duration::from_millis(100));
    spinner
}

fn roads_text(args: &ImportArgs, report: &RoadImport) -> String {
    let build = &report.build;
    let mut lines = vec![
        format!("file      {} (OpenStreetMap extract)", args.file.display()),
        format!(
            "roads     {:.1} km of streets, {} crossings and ends, {} stretches by direction",
            build.length_m as f64 / 1000.0,
            build.nodes,
            build.arcs
        ),
        format!(
            "one-way   {} ways may be driven in one direction only",
            build.one_way_ways
        ),
        format!(
            "turns     {} restrictions are kept, {} can't be used",
            build.restrictions_kept, build.restrictions_unused
        ),
        format!("basemap   {} things to draw", report.drawn),
    ];
    if report.ways_left_out > 0 {
        lines.push(format!(
            "left out  {} ways more than 5 km outside the district's boundary",
            report.ways_left_out
        ));
    }
    if build.arcs_left_out > 0 {
        lines.push(format!(
            "left out  {} stretches from which the rest can't be reached and back",
            build.arcs_left_out
        ));
    }
    lines.join("\n") + "\n"
}

async fn options_of(args: &ImportArgs) -> Result<ImportOptions, Failure> {
    let mut map = Vec::with_capacity(args.map.len());
    for pair in &args.map {
        let (field, column) = pair.split_once('=').ok_or_else(|| {
            Failure::usage(
                format!("--map {pair} has no '='"),
                "write --map FIELD=COLUMN, e.g. --map at=occurred",
            )
        })?;
        map.push((field.trim().to_owned(), column.trim().to_owned()));
    }
    let category_map = match &args.category_map {
        None => None,
        Some(path) => Some(tokio::fs::read(path).await.map_err(|fault| {
            Failure::usage(
                format!("can't read {}: {fault}", path.display()),
                "check the path",
            )
        })?),
    };
    Ok(ImportOptions {
        map,
        crs: args.crs.clone(),
        timezone: args.timezone.clone(),
        time_format: args.time_format.clone(),
        category_map,
        category: args.category.clone(),
        layer: args.layer.clone(),
        source: args.source.clone(),
        dry_run: args.dry_run,
        strict: args.strict,
        in_steps: false,
    })
}

/// A bar on a terminal; elsewhere nothing but the plain lines of [`progress_of`].
fn bar_of() -> ProgressBar {
    if !stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(0);
    let template = "{msg:10} {bar:32} {pos}/{len} rows, {per_sec}, {eta} left";
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar
}

fn progress_of(bar: &ProgressBar) -> Progress {
    let bar = bar.clone();
    let plain = !stderr().is_terminal();
    Arc::new(move |step| match step {
        ImportStep::Reading => bar.set_message("reading"),
        ImportStep::Rows(rows) => {
            bar.set_length(rows);
            bar.set_message("rows");
            if plain {
                output::note(format_args!("{rows} rows read"));
            }
        }
        ImportStep::Done(more) => bar.inc(more),
        ImportStep::Written(_) => {}
        ImportStep::Writing(rows) => {
            bar.set_message("writing");
            if plain {
                output::note(format_args!("writing {rows} rows"));
            }
        }
    })
}

fn report_text(args: &ImportArgs, report: &ImportReport) -> String {
    let mut lines = vec![
        format!("file      {} ({})", args.file.display(), report.description),
        format!("frame     {}", report.frame),
    ];
    if !report.columns.is_empty() {
        let columns = report.columns.iter();
        let columns: Vec<String> = columns.map(|(f, c)| format!("{f} = {c}")).collect();
        lines.push(format!("columns   {}", columns.join(", ")));
    }
    for (column, why) in &report.dropped {
        lines.push(format!(
            "dropped   the column '{column}' tells of persons ({why}): not imported"
        ));
    }
    for note in &report.notes {
        lines.push(format!("note      {note}"));
    }
    if args.dry_run {
        lines.push(String::new());
        lines.extend(table_lines(&report.preview.0, &report.preview.1));
        lines.push(String::new());
    }
    lines.push(format!("read      {} rows", report.read));
    lines.push(match &report.outcome {
        Some(outcome) => format!(
            "kept      {} ({} new, {} changed, {} there already)",
            report.kept, outcome.added, outcome.replaced, outcome.known
        ),
        None => format!("kept      {} (dry run: nothing is written)", report.kept),
    });
    lines.push(format!("refused   {}", report.refusals.len()));
    for (reason, count, example) in by_reason(&report.refusals, report.row_word) {
        lines.push(format!("{count:>9}  {}: {example}", reason.code()));
    }
    lines.join("\n") + "\n"
}

/// Columns side by side.
fn table_lines(header: &[&str], rows: &[Vec<String>]) -> Vec<String> {
    let width = |at: usize| {
        let cells = rows.iter().filter_map(|row| row.get(at));
        let widest = cells.map(|cell| cell.chars().count()).max().unwrap_or(0);
        widest.max(header.get(at).map_or(0, |name| name.chars().count()))
    };
    let line = |cells: Vec<&str>| {
        let padded = cells.iter().enumerate().map(|(at, cell)| {
            let gap = width(at).saturating_sub(cell.chars().count());
            format!("{cell}{}", " ".repeat(gap))
        });
        padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    let head = std::iter::once(line(header.to_vec()));
    let body = rows
        .iter()
        .map(|row| line(row.iter().map(String::as_str).collect()));
    head.chain(body).collect()
}

/// Lists refused rows in a file; a dry run does so only where it was asked for.
fn list_refused(args: &ImportArgs, report: &ImportReport) {
    if report.refusals.is_empty() || (args.dry_run && args.refused.is_none()) {
        return;
    }
    let path = args.refused.clone().unwrap_or_else(|| {
        let name = args
            .file
            .file_name()
            .map(|n| n.to_string_lossy().into_owned());
        PathBuf::from(format!("{}.refused.csv", name.unwrap_or_default()))
    });
    match std::fs::write(&path, report.refused_csv()) {
        Ok(()) => output::note(format_args!(
            "the refused rows are listed in {}",
            path.display()
        )),
        Err(fault) => output::note(format_args!(
            "warning: the refused rows can't be listed in {}: {fault}",
            path.display()
        )),
    }
}

fn failure(fault: ImportError, file: &Path) -> Failure {
    let file = file.display();
    match fault {
        ImportError::Fault { fault, .. } => {
            let remedy = fault.remedy();
            let cause = format!("{file}: {}", scrub(&fault.to_string()));
            if fault.is_wrong_use() {
                Failure::usage(cause, remedy)
            } else {
                Failure::failed(cause, remedy)
            }
        }
        ImportError::Unreadable { .. } => Failure::usage(fault, "check the path"),
        ImportError::Store(fault) => Failure::failed(fault, ""),
        ImportError::BrokeOff(_) => Failure::failed(fault, "try again"),
    }
}
