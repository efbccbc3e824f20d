//! Bring an OpenStreetMap extract into a workspace: road network and basemap.
//!
//! CONTRACT (the part that owns `roads/` writes the body).

use thiserror::Error;

use crate::roads::network::{BuildReport, RoadError};
use crate::store::error::StoreError;
use crate::store::workspace::Workspace;

/// Why roads were not imported.
#[derive(Debug, Error)]
pub enum ImportRoadsError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The graph.
    #[error(transparent)]
    Roads(#[from] RoadError),
    /// The file is no PBF, or torn: one sentence with the place of the fault.
    #[error("{0}")]
    Unreadable(String),
}

/// Reads a `.osm.pbf` file's bytes, builds the network, stores both.
///
/// # Errors
/// [`ImportRoadsError`]; the workspace is then unchanged.
pub async fn import_roads(
    workspace: &Workspace,
    file_name: &str,
    bytes: Vec<u8>,
) -> Result<BuildReport, ImportRoadsError> {
    let _ = (workspace, file_name, bytes);
    Err(ImportRoadsError::Unreadable("empty".into()))
}
