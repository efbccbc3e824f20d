//! `frontbeat export`: Take layers away, in any format that GIS programs read.

use std::fs::{self, File};
use std::io::{self, BufWriter, IsTerminal, Write, stderr};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use indicatif::ProgressBar;

use crate::app::export::error::ExportError;
use crate::app::export::job::{ExportJob, Exported, Style};
use crate::app::export::source::{Asked, AskedError, Source};
use crate::app::session::Session;
use crate::app::session::map_file::ENDING as MAP_ENDING;
use crate::app::workspace::Address;
use crate::cli::export_picture::{self, PictureAsked};
use crate::cli::failure::Failure;
use crate::cli::output;
use crate::exchange::print::png::WIDTHS;
use crate::exchange::write::fault::WriteFault;
use crate::exchange::write::format::{OutFormat, format_words};
use crate::exchange::write::layer::Layer;
use crate::exchange::write::layers::{ALL, all_layers, layer_named, layer_names};
use crate::exchange::write::options::{OutFrame, TableGeometry};
use crate::patrol::reason::Language;

/// Take layers away, for GIS programs, spreadsheets and devices.
///
/// Formats: geojson, geojsons (a text sequence), csv, fgb (FlatGeobuf), kml, kmz, gpx,
/// shp.zip (Shapefiles in a zip), xlsx, gpkg, parquet (GeoParquet). Formats that hold one
/// layer write several into a folder. What a format can't hold is said at the end. The whole
/// map as tiles, without --layer: pmtiles; as a picture for a report: png.
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// The workspace
    workspace: Address,
    /// A layer, or all; may be given again: stations, beats, incidents, risk, plan_routes…
    #[arg(long = "layer", value_name = "NAME", value_delimiter = ',')]
    layers: Vec<String>,
    /// The format [default: by the output's name]
    #[arg(long, value_name = "FORMAT")]
    format: Option<String>,
    /// The file; a folder for several layers in a format that holds one; - for the standard output
    #[arg(long, short, value_name = "FILE")]
    out: PathBuf,
    /// The frame of positions; gcj02 and bd09 are shifted and say so in name and metadata
    #[arg(long, value_name = "FRAME", default_value = "wgs84")]
    frame: String,
    /// Language of headers in tables [default: the API's names]
    #[arg(long, value_enum, value_name = "LANGUAGE")]
    lang: Option<Headers>,
    /// Begin text with a byte-order mark, so that Excel knows it is UTF-8
    #[arg(long)]
    bom: bool,
    /// Write points as WKT too, in csv and xlsx
    #[arg(long)]
    wkt: bool,
    /// Incidents and hot spots: not before this time (ISO 8601, or local)
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// Incidents and hot spots: before this time
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// Incidents and hot spots: only this category; may be given again
    #[arg(long, value_name = "CODE")]
    category: Vec<String>,
    /// Incidents and hot spots: only in this beat, by its id; may be given again
    #[arg(long, value_name = "ID")]
    beat: Vec<String>,
    /// Incidents and hot spots: hours of every day like 22-6, or of the week (0 is Monday 00:00) like 0,1,2
    #[arg(long)]
    hours: Option<String>,
    /// Incidents and hot spots: inside of WEST,SOUTH,EAST,NORTH in degrees, or of a ring LON,LAT,LON,LAT,…
    #[arg(long, value_name = "NUMBERS", allow_hyphen_values = true)]
    area: Option<String>,
    /// Routes and stops: only those of this plan
    #[arg(long, value_name = "ID")]
    plan: Option<String>,
    /// Cells of forecasts: only those of this forecast
    #[arg(long, value_name = "ID")]
    forecast: Option<String>,
    /// The risk surface's window: a shift, SHIFT@DATE or START/END [default: night]
    #[arg(long, value_name = "WINDOW")]
    window: Option<String>,
    /// The risk surface's model [default: best]
    #[arg(long, value_name = "MODEL")]
    model: Option<String>,
    /// Of a png: pixels across, 200 to 4000 [default: 1440]
    #[arg(long, value_name = "PIXELS", value_parser = clap::value_parser!(u32)
        .range(i64::from(*WIDTHS.start())..=i64::from(*WIDTHS.end())))]
    width: Option<u32>,
}

/// Language of headers.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Headers {
    /// 中文
    Zh,
    /// English
    En,
}

/// Runs the command.
///
/// # Errors
/// [`Failure`] with what to do.
pub async fn run(args: ExportArgs) -> Result<(), Failure> {
    if asks_for(&args, MAP_ENDING) {
        return export_map(&args).await;
    }
    if asks_for(&args, export_picture::ENDING) {
        return picture_of(args)?.write().await;
    }
    if args.width.is_some() {
        return Err(Failure::usage(
            "--width is a picture's",
            "write one with -o FILE.png",
        ));
    }
    let format = format_of(&args)?;
    let layers = layers_of(&args.layers, format)?;
    let frame = OutFrame::from_word(&args.frame).ok_or_else(|| {
        Failure::usage(
            format!("{:?} is no frame for an export", args.frame),
            "give wgs84, gcj02 or bd09",
        )
    })?;
    let style = Style {
        frame,
        headers: args.lang.map(|lang| match lang {
            Headers::Zh => Language::Chinese,
            Headers::En => Language::English,
        }),
        bom: args.bom,
        table_geometry: match args.wkt {
            true => TableGeometry::Wkt,
            false => TableGeometry::ByLayer,
        },
    };
    let source = Source::open(&args.workspace)
        .await
        .map_err(|fault| Failure::failed(fault, ""))?;
    let wanted = source
        .wanted(&asked(&args))
        .await
        .map_err(|fault| match fault {
            AskedError::Export(fault) => failure(fault),
            other => Failure::usage(other, ""),
        })?;
    let options = source.options(style).await.map_err(failure)?;
    let one_file = format.holds_many() || layers.len() == 1;
    let to_folder = !one_file || args.out.is_dir() || ends_like_a_folder(&args.out);
    if to_folder && is_standard_output(&args.out) {
        return Err(Failure::usage(
            format!("{} holds one layer a file", format.name()),
            "give a folder with -o, or one --layer",
        ));
    }
    let mut said = Vec::new();
    let groups: Vec<Vec<&'static Layer>> = match one_file {
        true => vec![layers],
        false => layers.into_iter().map(|layer| vec![layer]).collect(),
    };
    for group in groups {
        let path = match to_folder {
            true => {
                let name = options.file_name(&group);
                args.out.join(format!("{name}.{}", format.ending()))
            }
            false => args.out.clone(),
        };
        let job = ExportJob {
            layers: group,
            format,
            options: options.clone(),
            wanted: wanted.clone(),
        };
        said.push(write(&source, job, &path).await?);
    }
    source.close().await;
    if let Some(warning) = frame.warning() {
        said.push(format!("{warning}\n"));
    }
    match is_standard_output(&args.out) {
        true => output::note(said.concat().trim_end()),
        false => output::say(&said.concat())?,
    }
    Ok(())
}

/// Whether the whole map is asked for, in the form of that ending.
fn asks_for(args: &ExportArgs, ending: &str) -> bool {
    match &args.format {
        Some(word) => word.eq_ignore_ascii_case(ending),
        None => args
            .out
            .extension()
            .is_some_and(|it| it.eq_ignore_ascii_case(ending)),
    }
}

/// The picture that is asked for: what else a layer could be narrowed by is none of its.
fn picture_of(args: ExportArgs) -> Result<PictureAsked, Failure> {
    let others = [
        ("--layer", !args.layers.is_empty()),
        ("--frame", !args.frame.eq_ignore_ascii_case("wgs84")),
        ("--bom", args.bom),
        ("--wkt", args.wkt),
        ("--from", args.from.is_some()),
        ("--until", args.until.is_some()),
        ("--beat", !args.beat.is_empty()),
        ("--area", args.area.is_some()),
        ("--forecast", args.forecast.is_some()),
    ];
    if let Some((option, _)) = others.into_iter().find(|(_, given)| *given) {
        return Err(Failure::usage(
            format!("{option} says nothing of a picture, which shows the whole map"),
            "leave it out, or choose another format",
        ));
    }
    Ok(PictureAsked {
        workspace: args.workspace,
        out: args.out,
        window: args.window,
        model: args.model,
        categories: args.category,
        hours: args.hours,
        plan: args.plan,
        width: args.width,
        language: match args.lang {
            Some(Headers::Zh) => Language::Chinese,
            Some(Headers::En) | None => Language::English,
        },
    })
}

/// Writes the map as PMTiles.
async fn export_map(args: &ExportArgs) -> Result<(), Failure> {
    if !args.layers.is_empty() || !args.frame.eq_ignore_ascii_case("wgs84") {
        return Err(Failure::usage(
            "a PMTiles file holds the whole map, in the frame of web maps",
            "leave out --layer and --frame, or choose another format",
        ));
    }
    let session = Session::open(&args.workspace, true)
        .await
        .map_err(|fault| Failure::failed(fault, ""))?;
    let path = &args.out;
    if is_standard_output(path) {
        let out = Box::new(BufWriter::new(io::stdout()));
        let done = session.export_map(out).await;
        return done.map(|_| ()).map_err(|fault| Failure::failed(fault, ""));
    }
    let (draft, out) = begin(path)?;
    let done = session.export_map(out).await;
    let done = done.map_err(|fault| Failure::failed(fault, ""));
    let made = keep(&draft, path, done)?;
    output::say(&format!(
        "{} tiles down to zoom {} written to {} (PMTiles)\n",
        made.tiles,
        made.deepest,
        path.display()
    ))
}

fn format_of(args: &ExportArgs) -> Result<OutFormat, Failure> {
    let remedy = format!(
        "give --format, one of {}, {MAP_ENDING}, png",
        format_words()
    );
    match &args.format {
        Some(word) => OutFormat::from_word(word)
            .ok_or_else(|| Failure::usage(format!("there is no format {word:?}"), remedy)),
        None => {
            let name = args.out.file_name().and_then(|name| name.to_str());
            name.and_then(OutFormat::of_name).ok_or_else(|| {
                Failure::usage(
                    format!("{} does not say the format", args.out.display()),
                    remedy,
                )
            })
        }
    }
}

fn layers_of(names: &[String], format: OutFormat) -> Result<Vec<&'static Layer>, Failure> {
    if names.iter().any(|name| name == ALL) {
        return Ok(all_layers(format));
    }
    if names.is_empty() {
        return Err(Failure::usage(
            "no layer is named",
            format!("give --layer, one of {}, or all", layer_names()),
        ));
    }
    let mut layers: Vec<&'static Layer> = Vec::new();
    for name in names {
        let layer = layer_named(name.trim()).ok_or_else(|| {
            Failure::usage(
                format!("there is no layer {name:?}"),
                format!("choose from {}, or all", layer_names()),
            )
        })?;
        if !layers.contains(&layer) {
            layers.push(layer);
        }
    }
    Ok(layers)
}

fn asked(args: &ExportArgs) -> Asked {
    Asked {
        from: args.from.clone(),
        until: args.until.clone(),
        categories: args.category.clone(),
        beats: args.beat.clone(),
        hours: args.hours.clone(),
        area: args.area.clone(),
        plan: args.plan.clone(),
        forecast: args.forecast.clone(),
        window: args.window.clone(),
        model: args.model.clone(),
    }
}

/// Writes one file, under another name first: nobody finds half a file.
async fn write(source: &Source, job: ExportJob, path: &Path) -> Result<String, Failure> {
    let spinner = match stderr().is_terminal() {
        true => ProgressBar::new_spinner(),
        false => ProgressBar::hidden(),
    };
    let heard = spinner.clone();
    let progress = move |rows| {
        heard.set_message(format!("{rows} rows"));
        heard.tick();
    };
    let format = job.format;
    if is_standard_output(path) {
        let out = Box::new(BufWriter::new(io::stdout()));
        let done = source.export(job, out, progress).await;
        spinner.finish_and_clear();
        return match done {
            // Whoever reads may stop in the middle (`| head`): that is no fault.
            Err(ExportError::Write(WriteFault::Output(fault)))
                if fault.kind() == io::ErrorKind::BrokenPipe =>
            {
                Ok(String::new())
            }
            done => Ok(told(&done.map_err(failure)?, path, format)),
        };
    }
    let (draft, out) = begin(path)?;
    let done = source.export(job, out, progress).await;
    spinner.finish_and_clear();
    let exported = keep(&draft, path, done.map_err(failure))?;
    Ok(told(&exported, path, format))
}

/// A file under another name, and what writes to it.
fn begin(path: &Path) -> Result<(PathBuf, Box<dyn Write + Send>), Failure> {
    if let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty()) {
        fs::create_dir_all(folder).map_err(|fault| unwritable(folder, &fault))?;
    }
    let mut draft = path.as_os_str().to_owned();
    draft.push(".part");
    let draft = PathBuf::from(draft);
    let file = File::create(&draft).map_err(|fault| unwritable(path, &fault))?;
    let out = Box::new(BufWriter::with_capacity(256 * 1024, file));
    Ok((draft, out))
}

/// Gives a whole file its name, and takes half a one away.
fn keep<T>(draft: &Path, path: &Path, done: Result<T, Failure>) -> Result<T, Failure> {
    let kept = done.and_then(|made| match fs::rename(draft, path) {
        Ok(()) => Ok(made),
        Err(fault) => Err(unwritable(path, &fault)),
    });
    if kept.is_err() {
        // Half a file is of no use; that it can't be deleted is the lesser evil.
        let _ = fs::remove_file(draft);
    }
    kept
}

fn told(exported: &Exported, path: &Path, format: OutFormat) -> String {
    let mut text = String::new();
    for (layer, rows) in &exported.rows {
        let target = match is_standard_output(path) {
            true => "the standard output".to_owned(),
            false => path.display().to_string(),
        };
        text.push_str(&format!(
            "{rows} {layer} written to {target} ({})\n",
            format.name()
        ));
    }
    for note in &exported.notes {
        text.push_str(&format!("note: {note}\n"));
    }
    text
}

fn ends_like_a_folder(path: &Path) -> bool {
    path.to_string_lossy().ends_with(std::path::is_separator)
}

fn is_standard_output(path: &Path) -> bool {
    path.as_os_str() == "-"
}

fn unwritable(path: &Path, fault: &io::Error) -> Failure {
    Failure::failed(
        format!("{} can't be written: {fault}", path.display()),
        "choose a file in a folder that may be written to",
    )
}

fn failure(fault: ExportError) -> Failure {
    match &fault {
        ExportError::OneLayer { .. } | ExportError::Write(WriteFault::Format { .. }) => {
            Failure::usage(fault, "")
        }
        _ => Failure::failed(fault, ""),
    }
}
