//! Make, open and describe a workspace, for those who may not name the store.
//!
//! CONTRACT (the part that owns `store/` completes it).

use std::path::Path;

use crate::store::error::StoreError;
use crate::store::workspace::{Access, Workspace};

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
