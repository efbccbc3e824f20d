//! Why a file as a whole can't be read: one sentence with the place of the fault.

use thiserror::Error;

/// What a library says of a damaged file is cut after so many characters.
const LONGEST_WHY: usize = 300;

/// A fault of the whole file; nothing of it is used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ReadFault {
    /// No bytes, or only white space.
    #[error("the file is empty")]
    Empty,
    /// A header and nothing below it, or a collection without features.
    #[error("the file has a header ({columns}) but no rows below it")]
    NoRows {
        /// The columns found.
        columns: String,
    },
    /// A web page.
    #[error("the file is a web page (HTML), not a table: line 1 starts with '{start}'")]
    Html {
        /// How it starts.
        start: String,
    },
    /// Another format that is recognised and not read.
    #[error("the file is {found}, which can't be imported here")]
    OtherFormat {
        /// What it is.
        found: &'static str,
    },
    /// Damaged or cut off.
    #[error("the {format} file is damaged: {place}: {why}")]
    Damaged {
        /// Which format was read.
        format: &'static str,
        /// Where, as exactly as known.
        place: String,
        /// What is wrong there.
        why: String,
    },
    /// A quoted cell that runs to the end of the file.
    #[error("the quote opened in line {line} is never closed")]
    OpenQuote {
        /// Where it opens.
        line: u64,
    },
    /// Parts missing: a Shapefile without its `.dbf`…
    #[error("{0}")]
    MissingPart(String),
    /// Larger than this program reads.
    #[error("the file is too large: {what} is over {limit_mib} MiB")]
    TooLarge {
        /// Which part.
        what: String,
        /// The limit, MiB.
        limit_mib: u64,
    },
    /// An entry of an archive that is made to fill the memory, or is no table.
    #[error(
        "entry {entry} of the archive is over {harmless_mib} MiB and more than {most_packed} times as large as it is packed, as no table is"
    )]
    Bomb {
        /// Which.
        entry: String,
        /// How often as large it may be.
        most_packed: u64,
        /// What is taken however packed, MiB.
        harmless_mib: u64,
    },
    /// A document without rows that says where they are.
    #[error("the KML holds no placemarks, only a link to another document (NetworkLink)")]
    PointsElsewhere,
    /// More of something than is read.
    #[error("the file is too large: it has more than {most} {what}")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// The limit.
        most: u64,
    },
    /// An XML file that brings entities of its own, or other files.
    #[error("the file has a document type (DTD), which may name entities and other files")]
    DocumentType,
    /// Several layers, none chosen.
    #[error("the file holds several layers: {}", layers.join(", "))]
    ChooseLayer {
        /// Their names.
        layers: Vec<String>,
    },
}

impl ReadFault {
    /// The kind of fault, as a code that stays the same in every language.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::NoRows { .. } => "no_rows",
            Self::Html { .. } => "html",
            Self::OtherFormat { .. } => "other_format",
            Self::Damaged { .. } => "damaged",
            Self::OpenQuote { .. } => "open_quote",
            Self::MissingPart(_) => "missing_part",
            Self::TooLarge { .. } | Self::TooMany { .. } => "too_large",
            Self::Bomb { .. } => "bomb",
            Self::PointsElsewhere => "points_elsewhere",
            Self::DocumentType => "document_type",
            Self::ChooseLayer { .. } => "choose_layer",
        }
    }

    /// A damaged file, in one sentence: libraries repeat the file's own text, line breaks and
    /// all, at any length.
    pub fn damaged(format: &'static str, place: &str, why: impl ToString) -> Self {
        let why = why.to_string();
        let words: Vec<&str> = why.split_whitespace().collect();
        Self::Damaged {
            format,
            place: place.to_owned(),
            why: words.join(" ").chars().take(LONGEST_WHY).collect(),
        }
    }

    /// What to do about it; empty where the cause says it.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Empty | Self::NoRows { .. } => "export the data again and check that it has rows",
            Self::Html { .. } => {
                "download the data itself: the page may be a log-in or an error page"
            }
            Self::OtherFormat { .. } => {
                "save it as CSV (UTF-8), Excel (.xlsx), GeoJSON, KML, Shapefile or GeoPackage"
            }
            Self::DocumentType => "save it again without its <!DOCTYPE …>",
            Self::OpenQuote { .. } => {
                "close it with another \" there, or export the data again: a quote inside a cell is written twice"
            }
            Self::Damaged { .. } => "copy or download the file again",
            Self::MissingPart(_) => "put the .shp, .dbf, .prj and .cpg side by side, or zip them",
            Self::TooLarge { .. } | Self::TooMany { .. } => {
                "split the file and import the parts one after the other"
            }
            Self::Bomb { .. } => {
                "where you trust it, unpack it yourself and import what comes out; else ask whoever sent it"
            }
            Self::PointsElsewhere => {
                "nothing outside the file is read: open it in Google Earth or QGIS, save what it links to as KML or KMZ, and import that"
            }
            Self::ChooseLayer { .. } => "name one with --layer NAME",
        }
    }
}
