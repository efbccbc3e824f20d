//! What goes in and out of `/api/imports`: how a file is to be read, what it looks like, how
//! far it is, what became of it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::app::import::ImportOptions;
use crate::app::import::look::{FrameHow, Look};
use crate::app::import::report::ImportReport;
use crate::app::session::imports::{Held, Stage};
use crate::app::session::imports_fault::ImportsFault;
use crate::exchange::feature_geojson::collection;
use crate::exchange::import::fault::ImportFault;
use crate::exchange::import::field::Layer;
use crate::exchange::import::refusal::{Refusal, by_reason};
use crate::http::import_problem::import_detail;
use crate::http::problem::Problem;
use crate::http::query::quoted;

/// Refused rows told one by one; all of them are in the file.
const MOST_TOLD: usize = 100;

/// How a file is to be read: the options of `frontbeat import`.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ImportChoice {
    /// What its rows are; guessed where absent, but for writing it must be said.
    #[serde(rename = "as")]
    #[schema(example = "incidents")]
    pub kind: Option<String>,
    /// Field and column, where the guess is wrong.
    pub map: BTreeMap<String, String>,
    /// The frame of the coordinates: wgs84, cgcs2000, gcj02, bd09 or `EPSG:<number>`.
    #[schema(example = "gcj02")]
    pub crs: Option<String>,
    /// Time zone of times without offset; the workspace's where absent.
    pub timezone: Option<String>,
    /// The form of the times where it can't be told: `%m/%d/%Y %H:%M`, or `excel`.
    pub time_format: Option<String>,
    /// One category for all rows.
    pub category: Option<String>,
    /// A CSV of the source's words and category codes: `source,code[,name_en,name_zh]`.
    pub category_map: Option<String>,
    /// The layer to read, where the file has several.
    pub layer: Option<String>,
    /// A short word put before each id, where two sources use the same ids.
    pub source: Option<String>,
    /// Import nothing where a single row is refused.
    pub strict: bool,
}

impl ImportChoice {
    /// The layer and the job's options. An empty text is none.
    ///
    /// # Errors
    /// [`Problem`] where `as` names no layer.
    pub fn into_options(self) -> Result<(Option<Layer>, ImportOptions), Problem> {
        let given = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
        let layer = match given(self.kind) {
            None => None,
            Some(word) => Some(layer_of(&word)?),
        };
        let options = ImportOptions {
            map: self.map.into_iter().collect(),
            crs: given(self.crs),
            timezone: given(self.timezone),
            time_format: given(self.time_format),
            category_map: given(self.category_map).map(String::into_bytes),
            category: given(self.category),
            layer: given(self.layer),
            source: given(self.source),
            strict: self.strict,
            ..ImportOptions::default()
        };
        Ok((layer, options))
    }
}

/// The layer of a word.
///
/// # Errors
/// [`Problem`].
pub fn layer_of(word: &str) -> Result<Layer, Problem> {
    let wanted = word.replace('_', "-");
    let found = Layer::ALL.iter().find(|layer| layer.word() == wanted);
    found.copied().ok_or_else(|| {
        let known: Vec<String> = Layer::ALL.iter().map(|layer| name_of(*layer)).collect();
        let known = known.join(", ");
        Problem::parameter(
            "as",
            format!("as must be one of {known}, not {}", quoted(word)),
        )
    })
}

fn name_of(layer: Layer) -> String {
    layer.word().replace('-', "_")
}

/// What a file looks like; nothing of it is written.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportPreview {
    /// Its address is `/api/imports/{id}`.
    id: String,
    /// Its name.
    file: String,
    /// Its size.
    bytes: u64,
    /// Format, encoding, delimiter.
    format: String,
    /// The file's layers, where one has to be chosen first.
    layers: Vec<String>,
    /// What the rows are taken for; null where that has to be said.
    #[serde(rename = "as")]
    kind: Option<String>,
    /// Whether that is a guess.
    guessed: bool,
    /// The fields that such rows have.
    fields: Vec<&'static str>,
    /// The file's columns, in its order.
    columns: Vec<ColumnBody>,
    /// The frame of the coordinates.
    frame: FrameBody,
    /// Rows in the file.
    rows: u64,
    /// Rows that would be kept.
    kept: u64,
    /// Rows that would be refused.
    refused: u64,
    /// Kept rows that hold a time span, and keep it.
    spans: u64,
    /// Whether the district's boundary would be derived from these rows.
    derives_boundary: bool,
    /// Whether the rows say that they are made up and all of the workspace would be marked
    /// SYNTHETIC 模拟数据 with them: it holds no records so far.
    marks_synthetic: bool,
    /// Kept rows that say they are real and would be told as made up, as all of the workspace is.
    told_synthetic: u64,
    /// Sentences worth knowing.
    notes: Vec<String>,
    /// What a refused row's number counts: `line` or `feature`.
    row_word: &'static str,
    /// How often rows are refused for which reason.
    reasons: Vec<ImportReasonBody>,
    /// The first refused rows.
    refusals: Vec<RefusalBody>,
    /// The first rows as they would land, as GeoJSON.
    #[schema(value_type = Object)]
    features: Value,
    /// What stands in the way; null where the file can be imported.
    problem: Option<ImportFaultBody>,
}

#[derive(Debug, Serialize, ToSchema)]
struct ColumnBody {
    /// Its header.
    column: String,
    /// The field that it is read as; null where it is not read.
    field: Option<&'static str>,
    /// What gave it away, where it tells of persons and is dropped unread.
    dropped: Option<String>,
    /// What stands in it.
    example: String,
}

#[derive(Debug, Serialize, ToSchema)]
struct FrameBody {
    /// What it is called; null where it has to be said.
    name: Option<String>,
    /// `declared`, `stated` by the file, `assumed` (degrees, and nobody says which) or
    /// `unknown`.
    how: &'static str,
}

#[derive(Debug, Serialize, ToSchema)]
struct ImportReasonBody {
    /// Its code.
    reason: &'static str,
    /// How many rows.
    rows: u64,
}

#[derive(Debug, Serialize, ToSchema)]
struct RefusalBody {
    /// Where it stands in the file.
    row: u32,
    /// Which field.
    field: &'static str,
    /// What it holds, shortened, without anything of a person.
    value: String,
    /// The reason's code.
    reason: &'static str,
    /// What is wrong, one sentence.
    why: String,
}

#[derive(Debug, Serialize, ToSchema)]
struct ImportFaultBody {
    /// Its code.
    code: &'static str,
    /// What is wrong, and what to do.
    detail: String,
    /// The field that has no column, where that is it.
    field: Option<&'static str>,
}

/// How far a file is, and what became of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportState {
    /// Its address is `/api/imports/{id}`.
    id: String,
    /// Its name.
    file: String,
    /// `looked` (nothing is written), `reading`, `writing`, `done` or `failed`.
    stage: &'static str,
    /// Rows done of this stage.
    done: u64,
    /// Of so many; 0 where that is not known so far.
    of: u64,
    /// What became of its rows, once it is done.
    report: Option<ImportReportBody>,
    /// Why it is not imported, where it failed.
    problem: Option<Problem>,
}

#[derive(Debug, Serialize, ToSchema)]
struct ImportReportBody {
    /// Rows read.
    rows: u64,
    /// Rows that are new.
    new: u64,
    /// Rows whose id was there with other content.
    changed: u64,
    /// Rows that were there already.
    unchanged: u64,
    /// Of those, incidents that are there with another category, which is kept.
    other_category: u64,
    /// Whether the rows said that they are made up and all of the workspace was marked
    /// SYNTHETIC 模拟数据 with them.
    marks_synthetic: bool,
    /// Rows that say they are real and are told as made up, as all of the workspace is.
    told_synthetic: u64,
    /// Rows refused.
    refused: u64,
    /// Columns dropped unread, for they tell of persons.
    dropped: Vec<String>,
    /// The frame, and how it is known.
    frame: String,
    /// Sentences worth knowing.
    notes: Vec<String>,
    /// What a refused row's number counts: `line` or `feature`.
    row_word: &'static str,
    /// How often rows were refused for which reason.
    reasons: Vec<ImportReasonBody>,
    /// The first refused rows; all of them are in `refused_csv`.
    refusals: Vec<RefusalBody>,
    /// Where all refused rows are; null where there is none.
    refused_csv: Option<String>,
}

impl ImportPreview {
    /// Of a file that was looked at.
    pub fn of(held: &Held, seen: Look) -> Self {
        let report = seen.report.as_ref();
        let row_word = report.map_or("line", |report| report.row_word);
        let refusals = report.map_or(&[][..], |report| &report.refusals);
        let fields = seen.layer.map(Layer::fields).unwrap_or_default();
        let columns = seen.columns.into_iter().map(|seen| ColumnBody {
            column: seen.column,
            field: seen.field,
            dropped: seen.dropped,
            example: seen.example,
        });
        Self {
            id: held.id.clone(),
            file: held.name.clone(),
            bytes: held.bytes,
            format: seen.description,
            layers: seen.layers,
            kind: seen.layer.map(name_of),
            guessed: seen.guessed && seen.layer.is_some(),
            fields: fields.iter().map(|field| field.word()).collect(),
            columns: columns.collect(),
            frame: FrameBody {
                name: seen.frame,
                how: match seen.frame_how {
                    FrameHow::Declared => "declared",
                    FrameHow::Stated => "stated",
                    FrameHow::Assumed => "assumed",
                    FrameHow::Unknown => "unknown",
                },
            },
            rows: seen.rows,
            kept: report.map_or(0, |report| report.kept),
            refused: refusals.len() as u64,
            spans: seen.spans,
            derives_boundary: seen.derives_boundary,
            marks_synthetic: report.is_some_and(|report| report.marks_synthetic),
            told_synthetic: report.map_or(0, |report| report.told_synthetic),
            notes: report
                .map(|report| report.notes.clone())
                .unwrap_or_default(),
            row_word,
            reasons: reasons(refusals, row_word),
            refusals: told(refusals),
            features: collection(seen.features, Map::new()),
            problem: seen.fault.as_ref().map(ImportFaultBody::of),
        }
    }
}

impl ImportFaultBody {
    fn of(fault: &ImportFault) -> Self {
        Self {
            code: fault.code(),
            detail: import_detail(fault),
            field: fault.missing_field(),
        }
    }
}

impl ImportState {
    /// Of a held file.
    pub fn of(held: &Held) -> Self {
        let (mut report, mut problem) = (None, None);
        let (stage, done, of) = match held.stage() {
            Stage::Looked => ("looked", 0, 0),
            Stage::Reading { done, of } => ("reading", done.min(of), of),
            Stage::Writing { done, of } => ("writing", done.min(of), of),
            Stage::Done(made) => {
                report = Some(ImportReportBody::of(&held.id, &made));
                ("done", made.read, made.read)
            }
            Stage::Failed(fault) => {
                problem = Some(problem_of(fault));
                ("failed", 0, 0)
            }
        };
        Self {
            id: held.id.clone(),
            file: held.name.clone(),
            stage,
            done,
            of,
            report,
            problem,
        }
    }
}

fn problem_of(fault: ImportsFault) -> Problem {
    fault.into()
}

impl ImportReportBody {
    fn of(id: &str, report: &ImportReport) -> Self {
        let outcome = report.outcome.clone().unwrap_or_default();
        let refusals = &report.refusals;
        Self {
            rows: report.read,
            new: outcome.added,
            changed: outcome.replaced,
            unchanged: outcome.known,
            other_category: outcome.other_category,
            marks_synthetic: outcome.marked_synthetic,
            told_synthetic: report.told_synthetic,
            refused: refusals.len() as u64,
            dropped: report
                .dropped
                .iter()
                .map(|(name, _)| name.clone())
                .collect(),
            frame: report.frame.clone(),
            notes: report.notes.clone(),
            row_word: report.row_word,
            reasons: reasons(refusals, report.row_word),
            refusals: told(refusals),
            refused_csv: (!refusals.is_empty()).then(|| format!("/api/imports/{id}/refused.csv")),
        }
    }
}

fn reasons(refusals: &[Refusal], row_word: &str) -> Vec<ImportReasonBody> {
    let counted = by_reason(refusals, row_word).into_iter();
    counted
        .map(|(reason, rows, _)| ImportReasonBody {
            reason: reason.code(),
            rows,
        })
        .collect()
}

fn told(refusals: &[Refusal]) -> Vec<RefusalBody> {
    let first = refusals.iter().take(MOST_TOLD);
    first
        .map(|refusal| RefusalBody {
            row: refusal.row,
            field: refusal.fault.field,
            value: refusal.fault.value.clone(),
            reason: refusal.fault.reason.code(),
            why: refusal.fault.why.clone(),
        })
        .collect()
}
