//! What can go wrong with an export.

use thiserror::Error;

use crate::app::backtest::BacktestError;
use crate::app::risk::RiskJobError;
use crate::app::statistics::error::StatisticsJobError;
use crate::exchange::write::fault::WriteFault;
use crate::grid::dissolve::DissolveError;
use crate::grid::hexgrid::GridError;
use crate::place::district::UnknownZone;
use crate::store::error::StoreError;

/// Why nothing, or not all, was taken away.
#[derive(Debug, Error)]
pub enum ExportError {
    /// The workspace, or a GeoPackage that is made.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file.
    #[error(transparent)]
    Write(#[from] WriteFault),
    /// A surface.
    #[error(transparent)]
    Risk(#[from] RiskJobError),
    /// The models' record.
    #[error(transparent)]
    Record(#[from] BacktestError),
    /// Hot spots.
    #[error(transparent)]
    Statistics(#[from] StatisticsJobError),
    /// The outline of a hot spot.
    #[error(transparent)]
    Outline(#[from] DissolveError),
    /// A forecast's cells.
    #[error(transparent)]
    Grid(#[from] GridError),
    /// The district's clock.
    #[error(transparent)]
    Zone(#[from] UnknownZone),
    /// Several layers, one file that holds one.
    #[error("{format} holds one layer a file; give a folder as the output, or another format")]
    OneLayer {
        /// Which format.
        format: &'static str,
    },
    /// The work was broken off.
    #[error("the export was broken off; try again")]
    BrokenOff,
}
