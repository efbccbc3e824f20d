//! A file to import: its bytes, what lies beside it, and the table in it.

use std::path::{Path, PathBuf};

use crate::app::import::report::ImportError;
use crate::exchange::osm_places::{PlaceTags, read_osm_places};
use crate::exchange::read::any::{Given, read_given};
use crate::exchange::read::archive::INFLATED_LIMIT;
use crate::exchange::read::fault::ReadFault;
use crate::exchange::read::format::{Format, recognise};
use crate::exchange::read::table::Table;
use crate::store::gpkg::foreign::read_foreign;

/// Files larger than this are refused before they are read, bytes.
const LARGEST_FILE: u64 = 2 << 30;

/// A file to import.
#[derive(Debug, Clone)]
pub struct ImportFile {
    given: Given,
    path: PathBuf,
    /// What is a place in an OpenStreetMap extract; none where none is looked for.
    place_tags: Option<PlaceTags>,
}

impl ImportFile {
    /// A text table that is in memory.
    pub fn of_text(name: &str, bytes: Vec<u8>) -> Self {
        Self {
            given: Given {
                name: name.to_owned(),
                bytes,
                ..Given::default()
            },
            path: PathBuf::new(),
            place_tags: None,
        }
    }

    /// The same file under the name that it had elsewhere.
    pub fn named(mut self, name: &str) -> Self {
        name.clone_into(&mut self.given.name);
        self
    }

    /// Looked through for places by these tags, where it is an OpenStreetMap extract.
    pub fn with_place_tags(mut self, tags: PlaceTags) -> Self {
        self.place_tags = Some(tags);
        self
    }

    /// Refused where more than so many bytes come out of an archive.
    pub fn inflated_to(mut self, most_bytes: u64) -> Self {
        self.given.most_inflated = Some(most_bytes);
        self
    }

    /// Its name, without folders.
    pub fn name(&self) -> &str {
        &self.given.name
    }

    /// Its name and bytes, for those who read it otherwise.
    pub fn into_name_and_bytes(self) -> (String, Vec<u8>) {
        (self.given.name, self.given.bytes)
    }

    /// The table in it.
    ///
    /// # Errors
    /// [`ImportError`] where it can't be read.
    pub async fn into_table(self, layer: Option<String>) -> Result<Table, ImportError> {
        if recognise(&self.given.bytes) == Ok(Format::GeoPackage) {
            return Ok(read_foreign(&self.path, layer.as_deref()).await?);
        }
        let read = move || match &self.place_tags {
            Some(tags) if recognise(&self.given.bytes) == Ok(Format::OsmPbf) => {
                let most = self.given.most_inflated.unwrap_or(INFLATED_LIMIT);
                read_osm_places(&self.given.bytes, tags, most)
            }
            _ => read_given(&self.given, layer.as_deref()),
        };
        let table = tokio::task::spawn_blocking(read)
            .await
            .map_err(|fault| ImportError::BrokeOff(fault.to_string()))??;
        Ok(table)
    }
}

/// Reads a file's bytes, and what lies beside a `.shp`.
///
/// # Errors
/// [`ImportError::Unreadable`], or a fault where it is too large.
pub async fn load_file(path: &Path) -> Result<ImportFile, ImportError> {
    let unreadable = |fault: std::io::Error| ImportError::Unreadable {
        path: path.display().to_string(),
        why: fault.to_string(),
    };
    let size = tokio::fs::metadata(path).await.map_err(unreadable)?.len();
    if size > LARGEST_FILE {
        return Err(ReadFault::TooLarge {
            what: "it".to_owned(),
            limit_mib: LARGEST_FILE >> 20,
        }
        .into());
    }
    let bytes = tokio::fs::read(path).await.map_err(unreadable)?;
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned());
    let mut given = Given {
        name: name.unwrap_or_default(),
        bytes,
        ..Given::default()
    };
    if recognise(&given.bytes) == Ok(Format::Shapefile) {
        given.dbf = beside(path, "dbf").await;
        given.prj = beside(path, "prj").await;
        given.cpg = beside(path, "cpg").await;
    }
    Ok(ImportFile {
        given,
        path: path.to_owned(),
        place_tags: None,
    })
}

async fn beside(path: &Path, extension: &str) -> Option<Vec<u8>> {
    for extension in [extension.to_owned(), extension.to_uppercase()] {
        if let Ok(bytes) = tokio::fs::read(path.with_extension(extension)).await {
            return Some(bytes);
        }
    }
    None
}
