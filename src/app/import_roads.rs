//! Bring an OpenStreetMap extract into a workspace: road network and basemap.

use thiserror::Error;

use crate::app::clock;
use crate::exchange::osm_pbf::{OsmFault, read_osm_pbf};
use crate::roads::network::{BuildReport, RoadError, RoadNetwork};
use crate::roads::speed::SpeedTable;
use crate::store::error::StoreError;
use crate::store::record::{ImportSource, LayerRows, RoadRows};
use crate::store::workspace::Workspace;

/// Asked for by the licence (ODbL 1.0) wherever the map shows.
const ATTRIBUTION: &str = "© OpenStreetMap contributors";

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

/// Reads a `.osm.pbf` file's bytes, builds the network with the workspace's speeds,
/// stores both. Turn restrictions that the network can't express count as unused.
///
/// # Errors
/// [`ImportRoadsError`]; the workspace is then unchanged.
pub async fn import_roads(
    workspace: &Workspace,
    file_name: &str,
    bytes: Vec<u8>,
) -> Result<BuildReport, ImportRoadsError> {
    let speeds = workspace.speeds().await?;
    let built = tokio::task::spawn_blocking(move || read_and_build(&bytes, speeds)).await;
    // The task is never cancelled; a panic in it is a fault of the file's, not ours alone.
    let (rows, report) = match built {
        Ok(built) => built.map_err(|fault| unreadable(file_name, fault))?,
        Err(stopped) => {
            return Err(ImportRoadsError::Unreadable(format!(
                "{file_name}: reading stopped ({stopped})"
            )));
        }
    };
    let source = ImportSource {
        file: file_name.to_owned(),
        refused: 0,
        at: clock::now(),
    };
    workspace.write(LayerRows::Roads(rows), &source).await?;
    Ok(report)
}

enum Fault {
    File(OsmFault),
    Roads(RoadError),
}

fn read_and_build(bytes: &[u8], speeds: SpeedTable) -> Result<(RoadRows, BuildReport), Fault> {
    let extract = read_osm_pbf(bytes).map_err(Fault::File)?;
    let (network, mut report) =
        RoadNetwork::build(&extract.roads, &speeds).map_err(Fault::Roads)?;
    report.restrictions_unused += extract.restrictions_not_read;
    let rows = RoadRows {
        network: network.to_bytes(),
        speeds,
        basemap: extract.basemap,
        attribution: ATTRIBUTION.to_owned(),
    };
    Ok((rows, report))
}

fn unreadable(file_name: &str, fault: Fault) -> ImportRoadsError {
    match fault {
        Fault::File(fault) => ImportRoadsError::Unreadable(format!("{file_name}: {fault}")),
        Fault::Roads(fault) => fault.into(),
    }
}
