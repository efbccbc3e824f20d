//! Why an import as a whole fails: a cause, a remedy, and whose fault it is.

use thiserror::Error;

use crate::datum::frame::FrameError;
use crate::exchange::read::fault::ReadFault;

/// Nothing is imported.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum ImportFault {
    /// The file can't be read.
    #[error(transparent)]
    Read(#[from] ReadFault),
    /// A declared frame, or the file's own, can't be used.
    #[error("the frame can't be used: {0}")]
    Frame(#[from] FrameError),
    /// No frame is known and the coordinates are not degrees.
    #[error(
        "the coordinates are not degrees ({row_word} {row}: {x}, {y}) and the file does not say which frame they are in"
    )]
    UnknownFrame {
        /// `line` or `feature`.
        row_word: &'static str,
        /// Where.
        row: u32,
        /// As written.
        x: f64,
        /// As written.
        y: f64,
    },
    /// A needed field has no column.
    #[error("no column of the file looks like {field} ({columns})")]
    NoColumn {
        /// The field, as in `--map`.
        field: &'static str,
        /// The header.
        columns: String,
    },
    /// `--map` with a field that the layer hasn't.
    #[error("{layer} have no field '{field}' (they have {fields})")]
    UnknownField {
        /// As given.
        field: String,
        /// The layer.
        layer: &'static str,
        /// What it has.
        fields: String,
    },
    /// `--map` with a column that the file hasn't.
    #[error("the file has no column '{column}' (it has {columns})")]
    UnknownColumn {
        /// As given.
        column: String,
        /// What it has.
        columns: String,
    },
    /// `--map` of a column about persons.
    #[error("the column '{column}' tells of persons ({why}) and is never imported")]
    PersonalColumn {
        /// As in the header.
        column: String,
        /// What gave it away.
        why: String,
    },
    /// A column of sentences as categories.
    #[error("the column '{column}' looks like free text, not like categories ({why})")]
    FreeText {
        /// As in the header.
        column: String,
        /// How that shows, without any of its values.
        why: String,
    },
    /// A table without shapes for a layer of polygons.
    #[error("{layer} are polygons, and the file has none")]
    NoPolygons {
        /// The layer.
        layer: &'static str,
    },
    /// Another option that makes no sense.
    #[error("{0}")]
    Option(String),
    /// The rows say that they are made up, and others came in while they were read.
    #[error(
        "the rows say that they are made up, and records have come into the workspace meanwhile"
    )]
    FilledMeanwhile,
    /// Every row was refused, or one was under `--strict`.
    #[error("{cause}")]
    Refused {
        /// The first refused row's place and reason, and how many more.
        cause: String,
    },
}

impl ImportFault {
    /// The kind of fault, as a code that stays the same in every language.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Read(fault) => fault.code(),
            Self::Frame(_) => "bad_frame",
            Self::UnknownFrame { .. } => "unknown_frame",
            Self::NoColumn { .. } => "no_column",
            Self::UnknownField { .. } => "unknown_field",
            Self::UnknownColumn { .. } => "unknown_column",
            Self::PersonalColumn { .. } => "personal_column",
            Self::FreeText { .. } => "free_text",
            Self::NoPolygons { .. } => "no_polygons",
            Self::Option(_) => "bad_option",
            Self::FilledMeanwhile => "filled_meanwhile",
            Self::Refused { .. } => "all_refused",
        }
    }

    /// The field that is missing, where that is the fault.
    pub fn missing_field(&self) -> Option<&'static str> {
        match self {
            Self::NoColumn { field, .. } => Some(field),
            _ => None,
        }
    }

    /// What to do about it.
    pub fn remedy(&self) -> String {
        match self {
            Self::Read(fault) => fault.remedy().to_owned(),
            Self::Frame(_) => {
                "declare the frame with --crs, e.g. --crs EPSG:2913 or --crs gcj02".to_owned()
            }
            Self::UnknownFrame { .. } => {
                "declare the frame with --crs EPSG:<number> (Portland's feet are EPSG:2913)"
                    .to_owned()
            }
            Self::NoColumn { field, .. } => format!("name it with --map {field}=COLUMN"),
            Self::UnknownField { .. } | Self::UnknownColumn { .. } => {
                "correct the --map option".to_owned()
            }
            Self::PersonalColumn { .. } => "map another column".to_owned(),
            Self::FreeText { .. } => {
                "use --map category=COLUMN for another column, --category-map FILE for its words, or --category CODE for all rows"
                    .to_owned()
            }
            Self::NoPolygons { .. } => "give a GeoJSON, KML, Shapefile or GeoPackage, or a column WKT".to_owned(),
            Self::Option(_) => String::new(),
            Self::FilledMeanwhile => "look at the file again: its rows are taken where those records are made up too".to_owned(),
            Self::Refused { .. } => "see the file of refused rows for each row's reason".to_owned(),
        }
    }

    /// Whether the command was used wrongly (exit code 2), rather than the file being bad.
    pub fn is_wrong_use(&self) -> bool {
        match self {
            Self::Read(fault) => matches!(fault, ReadFault::ChooseLayer { .. }),
            Self::Refused { .. } | Self::FilledMeanwhile => false,
            _ => true,
        }
    }
}
