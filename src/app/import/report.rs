//! What is told of an import: what was found, kept, refused; or why nothing was imported.

use thiserror::Error;

use crate::exchange::import::fault::ImportFault;
use crate::exchange::import::made_up::{Holds, Told};
use crate::exchange::import::refusal::{Refusal, refusals_csv};
use crate::exchange::read::fault::ReadFault;
use crate::exchange::read::table::StatedFrame;
use crate::store::error::StoreError;
use crate::store::record::WriteOutcome;

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
    /// Whether the rows say that they are made up and the workspace is marked with them: it held
    /// no records.
    pub marks_synthetic: bool,
    /// Kept rows that say they are real and are told as made up, as all of the workspace is.
    pub told_synthetic: u64,
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
    /// Notes what the kept rows say of themselves, where it is not what the workspace says.
    pub fn note_made_up(&mut self, told: Told, holds: Holds) {
        self.marks_synthetic = holds == Holds::Nothing && told.made_up > 0;
        if self.marks_synthetic {
            self.notes.push(
                "the rows say that they are made up, and the workspace holds no records so far: with them all of it is marked SYNTHETIC 模拟数据"
                    .to_owned(),
            );
        }
        if self.marks_synthetic || holds == Holds::MadeUp {
            self.told_synthetic = told.real;
        }
        if self.told_synthetic > 0 {
            self.notes.push(format!(
                "{} rows say that they are not made up; they are told as SYNTHETIC 模拟数据 all the same, for all of this workspace is",
                self.told_synthetic
            ));
        }
    }

    /// Notes that a file's or a layer's name speaks of a shifted frame, and nothing else does.
    pub fn note_hint(&mut self, names: &[&str]) {
        let hint = names.iter().find_map(|name| StatedFrame::hinted(name));
        self.notes.extend(hint.map(|word| {
            format!(
                "the name says {word}, and the rows are read as they stand: where they are shifted, declare the frame {word} (crs)"
            )
        }));
    }

    /// The refused rows as CSV.
    pub fn refused_csv(&self) -> Vec<u8> {
        // Writing to memory does not fail.
        refusals_csv(&self.refusals).unwrap_or_default()
    }
}

/// The fault of a file of which no row can be used, or one can't under `--strict`.
pub fn all_refused(report: &ImportReport, file_name: &str) -> ImportFault {
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
