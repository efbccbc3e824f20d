//! Make, open and describe a workspace, for those who may not name the store.

use std::path::Path;

use jiff::tz::TimeZone;
use thiserror::Error;

use crate::place::district::District;
use crate::store::error::StoreError;
use crate::store::record::{NewWorkspace, WorkspaceInfo};
use crate::store::workspace::{Access, Workspace};

/// Why no workspace was made.
#[derive(Debug, Error)]
pub enum CreateError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Not a time zone of the IANA database.
    #[error("there is no time zone {0:?}; give an IANA name like Asia/Shanghai or Europe/Lisbon")]
    TimeZone(String),
    /// A name that a title can't show.
    #[error("the district's name must not be empty nor have line breaks")]
    Name,
}

/// A workspace as it describes itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Description {
    /// Name, time zone, boundary.
    pub district: District,
    /// Counts, dates, versions.
    pub info: WorkspaceInfo,
}

/// Makes a new workspace and opens it for writing.
///
/// # Errors
/// [`CreateError`]; nothing is left at `path` then.
pub async fn create_workspace(
    path: &Path,
    name: &str,
    timezone: &str,
    synthetic: bool,
) -> Result<Workspace, CreateError> {
    let name = name.trim();
    if name.is_empty() || name.contains(char::is_control) {
        return Err(CreateError::Name);
    }
    if TimeZone::get(timezone).is_err() {
        return Err(CreateError::TimeZone(timezone.to_owned()));
    }
    let new = NewWorkspace {
        name: name.to_owned(),
        timezone: timezone.to_owned(),
        synthetic,
    };
    Ok(Workspace::create(path, &new).await?)
}

/// Opens a workspace for reading.
///
/// # Errors
/// [`StoreError`].
pub async fn open_for_reading(path: &Path) -> Result<Workspace, StoreError> {
    Workspace::open(path, Access::Read).await
}

/// Opens a workspace for writing.
///
/// # Errors
/// [`StoreError`].
pub async fn open_for_writing(path: &Path) -> Result<Workspace, StoreError> {
    Workspace::open(path, Access::Write).await
}

/// Opens a workspace for writing where that can be, so that an override (learning from what
/// patrols discovered) gets into its log and a record of the models is kept; else for
/// reading.
///
/// # Errors
/// [`StoreError`].
pub async fn open_to_note(path: &Path) -> Result<Workspace, StoreError> {
    match open_for_writing(path).await {
        Err(StoreError::Busy { .. } | StoreError::NotWritable { .. }) => {
            open_for_reading(path).await
        }
        opened => opened,
    }
}

/// What the workspace at a path holds.
///
/// # Errors
/// [`StoreError`].
pub async fn describe(path: &Path) -> Result<Description, StoreError> {
    let workspace = open_for_reading(path).await?;
    let district = workspace.district().await?;
    let info = workspace.info().await?;
    workspace.close().await;
    Ok(Description { district, info })
}
