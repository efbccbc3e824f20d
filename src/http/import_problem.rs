//! Why a file is not imported, as problem documents: each fault of a file has a kind of its
//! own, `import-` and its code, so that pages can say it in their language.

use axum::http::StatusCode;

use crate::app::import::report::ImportError;
use crate::app::session::imports_fault::ImportsFault;
use crate::exchange::import::fault::ImportFault;
use crate::exchange::import::personal::scrub;
use crate::http::problem::Problem;

impl From<ImportsFault> for Problem {
    fn from(fault: ImportsFault) -> Self {
        match &fault {
            ImportsFault::ReadOnly(why) => Self::read_only(why),
            ImportsFault::TooMany => Self::unavailable("overloaded", fault),
            ImportsFault::TooLarge => Self::body(StatusCode::PAYLOAD_TOO_LARGE, fault),
            ImportsFault::Unknown => Self::unknown("import", fault),
            ImportsFault::Begun => Self::of(
                StatusCode::CONFLICT,
                "import-begun",
                "The file is being imported",
                fault,
            ),
            ImportsFault::Scratch { full: true, .. } => Self::of(
                StatusCode::INSUFFICIENT_STORAGE,
                "disk-full",
                "The disk is full",
                fault,
            ),
            ImportsFault::Scratch { .. } => Self::internal(fault),
            ImportsFault::Session(session) => session.clone().into(),
            ImportsFault::Import(import) => match import.as_ref() {
                ImportError::Fault { fault, .. } => Self::of_import(fault),
                other => Self::internal(other),
            },
        }
    }
}

impl Problem {
    /// A fault of a file, or of how it is to be read.
    pub(crate) fn of_import(fault: &ImportFault) -> Self {
        let slug = format!("import-{}", fault.code().replace('_', "-"));
        let title = "The file can't be imported as it is";
        Self::unprocessable(&slug, title, import_detail(fault))
    }
}

/// What is wrong, and what to do about it in this service's words. Nothing that looks like a
/// person's data is repeated.
pub fn import_detail(fault: &ImportFault) -> String {
    let what = scrub(&fault.to_string());
    let remedy = match fault {
        ImportFault::Read(_) => match fault.code() {
            "choose_layer" => "name one as layer".to_owned(),
            _ => fault.remedy(),
        },
        ImportFault::Frame(_) | ImportFault::UnknownFrame { .. } => {
            "give the frame as crs: wgs84, gcj02, bd09 or EPSG:<number>".to_owned()
        }
        ImportFault::NoColumn { field, .. } => format!("name it in map, as {field}"),
        ImportFault::UnknownField { .. } | ImportFault::UnknownColumn { .. } => {
            "correct map".to_owned()
        }
        ImportFault::PersonalColumn { .. } => "map another column".to_owned(),
        ImportFault::FreeText { .. } => {
            "map another column as category, or give one category for all rows".to_owned()
        }
        ImportFault::NoPolygons { .. } | ImportFault::FilledMeanwhile => fault.remedy(),
        ImportFault::Option(_) | ImportFault::Refused { .. } => String::new(),
    };
    match remedy.is_empty() {
        true => what,
        false => format!("{what}; {remedy}"),
    }
}
