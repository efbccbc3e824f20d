//! Make, open and describe a workspace, for those who may not name the store.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use jiff::tz::TimeZone;
use thiserror::Error;
use tokio::time::{Instant, sleep};

use crate::place::district::District;
use crate::store::address::{self, AddressError, WorkspaceAddress};
use crate::store::error::StoreError;
use crate::store::record::{NewWorkspace, WorkspaceInfo};
use crate::store::workspace::{Access, Workspace};

/// How often a server that is not there is tried.
const TRY_EVERY: Duration = Duration::from_secs(1);

/// Where a workspace is, as a person writes it: a file, or
/// `postgres://user@host/database?schema=name`. Shown without a password.
#[derive(Debug, Clone)]
pub struct Address(WorkspaceAddress);

impl Address {
    /// The file, where it is one.
    pub fn file(&self) -> Option<&Path> {
        match &self.0 {
            WorkspaceAddress::File(path) => Some(path),
            WorkspaceAddress::Server(_) => None,
        }
    }
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        text.parse().map(Self)
    }
}

impl From<PathBuf> for Address {
    fn from(path: PathBuf) -> Self {
        Self(path.into())
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl From<&Address> for WorkspaceAddress {
    fn from(address: &Address) -> Self {
        address.0.clone()
    }
}

/// An address's text in two: without its password, and the password as it stands there.
pub fn without_password(address: &str) -> (String, Option<String>) {
    address::without_password(address)
}

/// What may be printed of what is, or was meant to be, an address.
pub fn printable(text: &str) -> String {
    address::printable(text)
}

/// What [`without_password`] took apart.
pub fn with_password(shown: &str, password: &str) -> String {
    address::with_password(shown, password)
}

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
/// [`CreateError`]; nothing is left at the address then.
pub async fn create_workspace(
    at: impl Into<WorkspaceAddress>,
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
    Ok(Workspace::create(at, &new).await?)
}

/// Opens a workspace for reading.
///
/// # Errors
/// [`StoreError`].
pub async fn open_for_reading(at: impl Into<WorkspaceAddress>) -> Result<Workspace, StoreError> {
    Workspace::open(at, Access::Read).await
}

/// Opens a workspace for writing.
///
/// # Errors
/// [`StoreError`].
pub async fn open_for_writing(at: impl Into<WorkspaceAddress>) -> Result<Workspace, StoreError> {
    Workspace::open(at, Access::Write).await
}

/// Opens a workspace as a service does: for writing, on a server beside other services.
///
/// # Errors
/// [`StoreError`].
pub async fn open_to_serve(at: impl Into<WorkspaceAddress>) -> Result<Workspace, StoreError> {
    Workspace::open(at, Access::Share).await
}

/// Waits until a workspace's server answers, for so long at most; `told` hears once a try what
/// it says instead. A file is not waited for, nor is what no waiting mends.
///
/// # Errors
/// [`StoreError::Unreachable`] where it does not answer in time.
pub async fn wait_for_store(
    at: &WorkspaceAddress,
    at_most: Duration,
    mut told: impl FnMut(&StoreError),
) -> Result<(), StoreError> {
    let begun = Instant::now();
    loop {
        let fault = match Workspace::open(at, Access::Read).await {
            Err(fault @ StoreError::Unreachable { .. }) => fault,
            Ok(opened) => {
                opened.close().await;
                return Ok(());
            }
            // Said by whoever opens it for good.
            Err(_) => return Ok(()),
        };
        if begun.elapsed() + TRY_EVERY > at_most {
            return Err(fault);
        }
        told(&fault);
        sleep(TRY_EVERY).await;
    }
}

/// Opens a workspace for writing where that can be, so that an override (learning from what
/// patrols discovered) gets into its log and a record of the models is kept; else for
/// reading.
///
/// # Errors
/// [`StoreError`].
pub async fn open_to_note(at: impl Into<WorkspaceAddress>) -> Result<Workspace, StoreError> {
    let at = at.into();
    match open_for_writing(&at).await {
        Err(StoreError::Busy { .. } | StoreError::NotWritable { .. }) => {
            open_for_reading(&at).await
        }
        opened => opened,
    }
}

/// What the workspace at an address holds.
///
/// # Errors
/// [`StoreError`].
pub async fn describe(at: impl Into<WorkspaceAddress>) -> Result<Description, StoreError> {
    let workspace = open_for_reading(at).await?;
    let district = workspace.district().await?;
    let info = workspace.info().await?;
    workspace.close().await;
    Ok(Description { district, info })
}
