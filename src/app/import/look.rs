//! A file before anything of it is written: what was recognised and guessed, what is still
//! to be asked, the first rows as they would land, the first faults.
//!
//! The same readers and rules as the import's; where something stands in the way, what was
//! found up to there is told together with it.

use std::sync::Arc;

use jiff::tz::TimeZone;
use serde_json::Value;

use crate::app::import::file::ImportFile;
use crate::app::import::report::{ImportError, ImportReport, all_refused};
use crate::app::import::rows::Kept;
use crate::app::import::{
    ImportOptions, Progress, Surroundings, check_source, note_hint, prepare, refuse_ids_in_use,
};
use crate::datum::frame::Frame;
use crate::exchange::feature_geojson::drawn_feature;
use crate::exchange::import::columns::Columns;
use crate::exchange::import::fault::ImportFault;
use crate::exchange::import::field::Layer;
use crate::exchange::import::layer_guess::guess_layer;
use crate::exchange::import::locate::frame_of;
use crate::exchange::import::personal::{personal_columns, scrub};
use crate::exchange::read::fault::ReadFault;
use crate::exchange::read::table::{StatedFrame, Table};
use crate::exchange::write::layer::Layer as OutLayer;
use crate::exchange::write::layers;
use crate::exchange::write::row::FeatureRow;
use crate::exchange::write::{from_incident, from_place};
use crate::place::district::District;
use crate::store::record::LayerRows;
use crate::store::workspace::Workspace;

/// Rows shown as they would land.
pub const ROWS_SHOWN: usize = 200;

/// Rows looked at for a column's example.
const EXAMPLE_ROWS: usize = 50;

/// Longest example, characters.
const LONGEST_EXAMPLE: usize = 40;

/// How the frame is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrameHow {
    /// By whoever imports.
    Declared,
    /// By the file.
    Stated,
    /// Not at all: the numbers are degrees.
    Assumed,
    /// Not at all, and the numbers are no degrees.
    Unknown,
}

/// A column of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnSeen {
    /// Its header, without what looks like a person's data.
    pub column: String,
    /// The field that it is read as.
    pub field: Option<&'static str>,
    /// What gave it away, where it tells of persons and is not read.
    pub dropped: Option<String>,
    /// What stands in it, of the first row that has something; none of a dropped one.
    pub example: String,
}

/// What a file looks like.
#[derive(Debug, Clone)]
pub struct Look {
    /// Format, encoding, delimiter; empty where a layer has to be chosen first.
    pub description: String,
    /// What the rows are taken for.
    pub layer: Option<Layer>,
    /// Whether that is a guess.
    pub guessed: bool,
    /// The file's layers, where one has to be chosen.
    pub layers: Vec<String>,
    /// The file's columns, in its order.
    pub columns: Vec<ColumnSeen>,
    /// The frame that the rows are read in.
    pub frame: Option<String>,
    /// How it is known.
    pub frame_how: FrameHow,
    /// Rows in the file.
    pub rows: u64,
    /// What would become of them.
    pub report: Option<ImportReport>,
    /// Rows that hold a time span.
    pub spans: u64,
    /// Whether the workspace has no boundary, so that one is derived.
    pub derives_boundary: bool,
    /// The first rows as features, as the map's layers have them.
    pub features: Vec<Value>,
    /// What stands in the way.
    pub fault: Option<ImportFault>,
}

impl Look {
    fn empty() -> Self {
        Self {
            description: String::new(),
            layer: None,
            guessed: false,
            layers: Vec::new(),
            columns: Vec::new(),
            frame: None,
            frame_how: FrameHow::Unknown,
            rows: 0,
            report: None,
            spans: 0,
            derives_boundary: false,
            features: Vec::new(),
            fault: None,
        }
    }
}

/// Looks at a file; nothing is written.
///
/// # Errors
/// [`ImportError`] where it can't be read at all.
pub async fn look(
    workspace: &Workspace,
    file: ImportFile,
    layer: Option<Layer>,
    options: ImportOptions,
) -> Result<Look, ImportError> {
    check_source(options.source.as_deref())?;
    let name = file.name().to_owned();
    let table = match file.into_table(options.layer.clone()).await {
        Ok(table) => Arc::new(table),
        Err(ImportError::Fault {
            fault: ImportFault::Read(ReadFault::ChooseLayer { layers }),
            ..
        }) => {
            return Ok(Look {
                fault: Some(
                    ReadFault::ChooseLayer {
                        layers: layers.clone(),
                    }
                    .into(),
                ),
                layers,
                ..Look::empty()
            });
        }
        Err(other) => return Err(other),
    };
    let guessed = layer.is_none();
    let layer = match layer {
        Some(layer) => Some(layer),
        None => {
            let table = Arc::clone(&table);
            let named = name.clone();
            blocking(move || guess_layer(&named, &table)).await?
        }
    };
    let Some(layer) = layer else {
        let seen = blocking(move || undecided(&table)).await?;
        return Ok(seen);
    };
    let district = workspace.district().await?;
    let zone = district
        .zone()
        .map_err(|fault| ImportFault::Option(fault.to_string()))?;
    let surroundings = Surroundings::of(workspace, layer).await?;
    let no_boundary = surroundings.boundary.is_none();
    let called = name.clone();
    let work = move || {
        let mut seen = seen(&table, layer, &options);
        let quiet: Progress = Arc::new(|_| {});
        let prepared = prepare(&table, layer, &options, &surroundings, &quiet);
        let kept = match prepared {
            Ok((kept, mut report)) => {
                note_hint(&mut report, &called, &table, &options);
                seen.report = Some(report);
                kept
            }
            Err(fault) => {
                seen.fault = Some(fault);
                Kept::default()
            }
        };
        (seen, kept)
    };
    let (mut seen, kept) = blocking(work).await?;
    seen.guessed = guessed;
    seen.derives_boundary = no_boundary && layer == Layer::Incidents;
    if let (Some(report), Some(LayerRows::Incidents { incidents, .. })) =
        (&mut seen.report, &kept.rows)
    {
        seen.spans = incidents.iter().filter(|it| it.until.is_some()).count() as u64;
        let in_use = workspace.ids_in_use(incidents).await?;
        refuse_ids_in_use(report, &in_use, &kept.ids(), &kept.numbers);
    }
    if let Some(report) = seen.report.as_ref().filter(|report| report.kept == 0) {
        seen.fault = Some(all_refused(report, &scrub(&name)));
    }
    let marks = seen.report.as_ref().is_some_and(|it| it.marks_synthetic);
    let district = District {
        synthetic: district.synthetic || marks,
        ..district
    };
    seen.features = features(&kept, &district, &zone);
    Ok(seen)
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, ImportError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|fault| ImportError::BrokeOff(fault.to_string()))
}

/// What can be told before anybody says what the rows are.
fn undecided(table: &Table) -> Look {
    // Incidents have the strictest rules of what tells of persons.
    let dropped = personal_columns(table, Layer::Incidents);
    let why = |at: usize| dropped.iter().find(|d| d.index == at);
    let columns = (0..table.columns().len())
        .map(|at| column(table, at, None, why(at).map(|d| d.why.clone())));
    Look {
        description: table.description.clone(),
        columns: columns.collect(),
        frame_how: FrameHow::Unknown,
        rows: table.len() as u64,
        ..Look::empty()
    }
}

/// Columns and frame of a table whose layer is known.
fn seen(table: &Table, layer: Layer, options: &ImportOptions) -> Look {
    let resolved = Columns::resolve(table, layer, &options.map);
    // Columns declared wrongly are a fault that `prepare` tells of; the guesses stand.
    let columns = resolved.or_else(|_| Columns::resolve(table, layer, &[]));
    let Ok(columns) = columns else {
        return undecided(table);
    };
    let field_of = |at: usize| {
        let fields = layer.fields().iter();
        let mut of_column = fields.filter(|field| columns.of(**field) == Some(at));
        of_column.next().map(|field| field.word())
    };
    let why = |at: usize| columns.dropped.iter().find(|d| d.index == at);
    let header = (0..table.columns().len())
        .map(|at| column(table, at, field_of(at), why(at).map(|d| d.why.clone())));
    let declared = options.crs.as_deref().map(str::parse::<Frame>);
    let (frame, frame_how) = match declared {
        Some(Ok(frame)) => (Some(frame.name().to_owned()), FrameHow::Declared),
        // `prepare` tells of it.
        Some(Err(_)) => (None, FrameHow::Unknown),
        None => {
            let stated = table.frame != StatedFrame::Unstated;
            let how = if stated {
                FrameHow::Stated
            } else {
                FrameHow::Assumed
            };
            match frame_of(table, &columns, None) {
                Ok((frame, _)) => (Some(frame.name().to_owned()), how),
                Err(_) => (None, FrameHow::Unknown),
            }
        }
    };
    Look {
        description: table.description.clone(),
        layer: Some(layer),
        columns: header.collect(),
        frame,
        frame_how,
        rows: table.len() as u64,
        ..Look::empty()
    }
}

fn column(
    table: &Table,
    at: usize,
    field: Option<&'static str>,
    dropped: Option<String>,
) -> ColumnSeen {
    let rows = 0..table.len().min(EXAMPLE_ROWS);
    let example = rows
        .map(|row| table.cell(row, at))
        .find(|cell| !cell.is_empty() && dropped.is_none())
        .map(scrub)
        .unwrap_or_default();
    ColumnSeen {
        column: table
            .columns()
            .get(at)
            .map(|name| scrub(name))
            .unwrap_or_default(),
        field,
        dropped,
        example: example.chars().take(LONGEST_EXAMPLE).collect(),
    }
}

/// The first rows, as the map's layers have them; of incidents with their place in the file.
fn features(kept: &Kept, district: &District, zone: &TimeZone) -> Vec<Value> {
    let Some(rows) = &kept.rows else {
        return Vec::new();
    };
    let (layer, rows) = first_rows(rows, district);
    let numbers = kept.numbers.iter().map(Some).chain(std::iter::repeat(None));
    rows.iter()
        .zip(numbers)
        .map(|(row, number)| {
            let mut feature = drawn_feature(layer, row, zone);
            if let (Some(number), Some(properties)) =
                (number, feature["properties"].as_object_mut())
            {
                properties.insert("row".into(), (*number).into());
            }
            feature
        })
        .collect()
}

fn first_rows(rows: &LayerRows, district: &District) -> (&'static OutLayer, Vec<FeatureRow>) {
    let made_up = district.synthetic;
    fn first<T>(all: &[T], made_up: bool, make: fn(&T, bool) -> FeatureRow) -> Vec<FeatureRow> {
        all.iter()
            .take(ROWS_SHOWN)
            .map(|it| make(it, made_up))
            .collect()
    }
    match rows {
        LayerRows::Boundary(area) => {
            let district = District {
                boundary: Some(area.clone()),
                ..district.clone()
            };
            let row = from_place::boundary(&district);
            (&layers::BOUNDARY, row.into_iter().collect())
        }
        LayerRows::Stations(all) => (&layers::STATIONS, first(all, made_up, from_place::station)),
        LayerRows::Beats(all) => (&layers::BEATS, first(all, made_up, from_place::beat)),
        LayerRows::Zones(all) => (&layers::ZONES, first(all, made_up, from_place::zone)),
        LayerRows::Posts(all) => (&layers::POSTS, first(all, made_up, from_place::post)),
        LayerRows::JointDutyPosts(all) => (
            &layers::JOINT_DUTY_POSTS,
            first(all, made_up, from_place::joint_duty_post),
        ),
        LayerRows::CommercialDistricts(all) => (
            &layers::COMMERCIAL_DISTRICTS,
            first(all, made_up, from_place::commercial_district),
        ),
        LayerRows::Pillars(all) => (&layers::PILLARS, first(all, made_up, from_place::pillar)),
        LayerRows::Cameras(all) => (&layers::CAMERAS, first(all, made_up, from_place::camera)),
        LayerRows::Places(all) => (&layers::PLACES, first(all, made_up, from_place::place)),
        LayerRows::Units(all) => (&layers::UNITS, first(all, made_up, from_place::unit)),
        LayerRows::Incidents { incidents, .. } => (
            &layers::INCIDENTS,
            first(incidents, made_up, from_incident::incident),
        ),
        // No table has roads.
        LayerRows::Roads(_) => (&layers::BOUNDARY, Vec::new()),
    }
}
