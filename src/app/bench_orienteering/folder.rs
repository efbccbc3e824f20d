//! The instances of a folder and the best known scores beside them.
//!
//! Every `.txt` file below the folder is tried; a `best_known.csv` on the way names
//! instances (column `instance`) and scores (column `best_known`). A file that has a score
//! must be an instance; another that is none is listed with the reason.

use std::collections::HashMap;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::exchange::read::orienteering::{MOST_BYTES, read};
use crate::patrol::orienteering::planar::PlanarTeam;

/// Folders within folders are looked into so far down.
const DEPTH: usize = 4;
/// The name of a table of scores.
const SCORES: &str = "best_known.csv";

/// One instance.
#[derive(Debug, Clone, PartialEq)]
pub struct Instance {
    /// The file's name without its ending.
    pub name: String,
    /// The best score that anyone reports, where the tables have one.
    pub best_known: Option<u64>,
    /// The problem.
    pub team: PlanarTeam,
}

/// A file that was not used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SkippedFile {
    /// Which.
    pub path: PathBuf,
    /// Why.
    pub why: String,
}

/// What a folder holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// By name.
    pub instances: Vec<Instance>,
    /// Text files that are no instances.
    pub skipped: Vec<SkippedFile>,
}

/// Why a folder can't be benched.
#[derive(Debug, Error)]
pub enum FolderFault {
    /// The system's word.
    #[error("{} can't be read: {why}", path.display())]
    Io {
        /// What was read.
        path: PathBuf,
        /// The reason.
        why: io::Error,
    },
    /// A table of scores that is none.
    #[error("{} is no table of best known scores: {why}", path.display())]
    Scores {
        /// Which.
        path: PathBuf,
        /// The reason.
        why: String,
    },
    /// An instance with a best known score that can't be read or posed.
    #[error("{name} is no instance: {why}")]
    Instance {
        /// Which.
        name: String,
        /// The reason.
        why: String,
    },
    /// Nothing to do.
    #[error("{} holds no instance that was asked for", .0.display())]
    Nothing(PathBuf),
}

/// Reads all instances below a folder whose names hold one of `only`.
///
/// # Errors
/// [`FolderFault`] with the file.
pub fn instances(folder: &Path, only: &[String]) -> Result<Found, FolderFault> {
    let (mut texts, mut tables) = (Vec::new(), Vec::new());
    walk(folder, DEPTH, &mut texts, &mut tables)?;
    texts.sort();
    let mut scores = HashMap::new();
    for table in &tables {
        scores.extend(scores_of(table)?);
    }
    let mut found = Found {
        instances: Vec::new(),
        skipped: Vec::new(),
    };
    for path in texts {
        let name = path.file_stem().map(|n| n.to_string_lossy().into_owned());
        let name = name.unwrap_or_default();
        if !only.is_empty() && !only.iter().any(|part| name.contains(part.as_str())) {
            continue;
        }
        let best_known = scores.get(&name).copied();
        match read(&bytes(&path)?) {
            Ok(team) => found.instances.push(Instance {
                name,
                best_known,
                team,
            }),
            Err(fault) if best_known.is_some() => {
                let why = fault.to_string();
                return Err(FolderFault::Instance { name, why });
            }
            Err(fault) => found.skipped.push(SkippedFile {
                path,
                why: fault.to_string(),
            }),
        }
    }
    if found.instances.is_empty() {
        return Err(FolderFault::Nothing(folder.to_owned()));
    }
    Ok(found)
}

fn walk(
    folder: &Path,
    depth: usize,
    texts: &mut Vec<PathBuf>,
    tables: &mut Vec<PathBuf>,
) -> Result<(), FolderFault> {
    let io = |path: &Path, why: io::Error| FolderFault::Io {
        path: path.to_owned(),
        why,
    };
    for entry in fs::read_dir(folder).map_err(|why| io(folder, why))? {
        let path = entry.map_err(|why| io(folder, why))?.path();
        let kind = fs::symlink_metadata(&path).map_err(|why| io(&path, why))?;
        if kind.is_dir() {
            if depth > 0 {
                walk(&path, depth - 1, texts, tables)?;
            }
        } else if path.file_name().is_some_and(|n| n == SCORES) {
            tables.push(path);
        } else if path
            .extension()
            .is_some_and(|e| e.eq_ignore_ascii_case("txt"))
        {
            texts.push(path);
        }
    }
    Ok(())
}

/// The file, or one byte more than an instance may have.
fn bytes(path: &Path) -> Result<Vec<u8>, FolderFault> {
    let mut bytes = Vec::new();
    let file = fs::File::open(path);
    file.and_then(|f| f.take(MOST_BYTES as u64 + 1).read_to_end(&mut bytes))
        .map_err(|why| FolderFault::Io {
            path: path.to_owned(),
            why,
        })?;
    Ok(bytes)
}

fn scores_of(path: &Path) -> Result<HashMap<String, u64>, FolderFault> {
    let fault = |why: String| FolderFault::Scores {
        path: path.to_owned(),
        why,
    };
    let mut table = csv::Reader::from_path(path).map_err(|e| fault(e.to_string()))?;
    let head = table.headers().map_err(|e| fault(e.to_string()))?.clone();
    let column = |name: &str| {
        let place = head.iter().position(|h| h.trim() == name);
        place.ok_or_else(|| fault(format!("it has no column '{name}'")))
    };
    let (instance, score) = (column("instance")?, column("best_known")?);
    let mut scores = HashMap::new();
    for row in table.records() {
        let row = row.map_err(|e| fault(e.to_string()))?;
        let value = row[score].trim();
        let value = value
            .parse()
            .map_err(|_| fault(format!("'{value}' of {} is no score", &row[instance])))?;
        scores.insert(row[instance].trim().to_owned(), value);
    }
    Ok(scores)
}
