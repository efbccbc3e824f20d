//! Bring an OpenStreetMap extract into a workspace: road network and basemap.

use thiserror::Error;

use crate::app::clock;
use crate::exchange::import::road_clip::clip_to_district;
use crate::exchange::osm_pbf::{OsmFault, read_osm_pbf};
use crate::place::area::Area;
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
    /// Nothing of the file is near the district.
    #[error(
        "{file}: none of its {ways} ways lies within 5 km of the district's boundary; give an extract of the district's own region"
    )]
    Elsewhere {
        /// The file.
        file: String,
        /// How many ways were left out.
        ways: usize,
    },
    /// The file is no PBF, or torn: one sentence with the place of the fault.
    #[error("{0}")]
    Unreadable(String),
}

/// What became of an extract.
#[derive(Debug, Clone)]
pub struct RoadImport {
    /// The network.
    pub build: BuildReport,
    /// Ways more than 5 km outside the district's boundary, left out.
    pub ways_left_out: usize,
    /// Things to draw.
    pub drawn: usize,
}

/// Reads a `.osm.pbf` file's bytes, builds the network with the workspace's speeds,
/// stores both. Ways beyond the
/// district's boundary, where one is set, and 5 km are left out. Turn restrictions that the network can't express count as unused.
///
/// # Errors
/// [`ImportRoadsError`]; the workspace is then unchanged.
pub async fn import_roads(
    workspace: &Workspace,
    file_name: &str,
    bytes: Vec<u8>,
) -> Result<RoadImport, ImportRoadsError> {
    let speeds = workspace.speeds().await?;
    let district = workspace.district().await?.boundary;
    let build = move || read_and_build(&bytes, speeds, district.as_ref());
    let built = tokio::task::spawn_blocking(build).await;
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
        marks_synthetic: false,
    };
    workspace.write(LayerRows::Roads(rows), &source).await?;
    Ok(report)
}

enum Fault {
    File(OsmFault),
    Roads(RoadError),
    Elsewhere(usize),
}

fn read_and_build(
    bytes: &[u8],
    speeds: SpeedTable,
    district: Option<&Area>,
) -> Result<(RoadRows, RoadImport), Fault> {
    let mut extract = read_osm_pbf(bytes).map_err(Fault::File)?;
    let ways_left_out = district.map_or(0, |area| clip_to_district(&mut extract, area));
    if ways_left_out > 0 && extract.roads.ways.is_empty() {
        return Err(Fault::Elsewhere(ways_left_out));
    }
    let (network, mut report) =
        RoadNetwork::build(&extract.roads, &speeds).map_err(Fault::Roads)?;
    report.restrictions_unused += extract.restrictions_not_read;
    let done = RoadImport {
        build: report,
        ways_left_out,
        drawn: extract.basemap.len(),
    };
    let rows = RoadRows {
        network: network.to_bytes(),
        speeds,
        basemap: extract.basemap,
        attribution: ATTRIBUTION.to_owned(),
    };
    Ok((rows, done))
}

fn unreadable(file_name: &str, fault: Fault) -> ImportRoadsError {
    match fault {
        Fault::File(fault) => ImportRoadsError::Unreadable(format!("{file_name}: {fault}")),
        Fault::Roads(fault) => fault.into(),
        Fault::Elsewhere(ways) => ImportRoadsError::Elsewhere {
            file: file_name.to_owned(),
            ways,
        },
    }
}
