//! Why nothing was simulated, a sentence each.

use jiff::civil::Date;
use thiserror::Error;

use crate::app::risk::RiskJobError;
use crate::app::sample::fault::SampleError;
use crate::calendar::text::WindowTextError;
use crate::patrol::simulator::pose::TownError;
use crate::patrol::simulator::town::SimulationFault;
use crate::risk::model::RiskError;
use crate::risk::surface::FEWEST_EVENTS;
use crate::roads::network::RoadError;
use crate::store::error::StoreError;

/// Why nothing was simulated.
#[derive(Debug, Error)]
pub enum SimulateError {
    /// Loading.
    #[error(transparent)]
    Job(#[from] RiskJobError),
    /// The forecast.
    #[error(transparent)]
    Risk(#[from] RiskError),
    /// The roads.
    #[error(transparent)]
    Roads(#[from] RoadError),
    /// The town.
    #[error(transparent)]
    Town(#[from] TownError),
    /// The window.
    #[error(transparent)]
    Window(#[from] WindowTextError),
    /// The sample.
    #[error(transparent)]
    Sample(#[from] SampleError),
    /// No roads imported.
    #[error("the workspace has no roads: import them with --as roads FILE.osm.pbf")]
    NoRoads,
    /// No unit is idle.
    #[error(
        "no unit that drives is idle: import units with --as units, or say how many with --units where there are stations"
    )]
    NoUnits,
    /// None is wanted.
    #[error("no unit is asked for: ask for at least one")]
    NoneAsked,
    /// More than any district has.
    #[error("{0} units are asked for; at most 500 can be simulated")]
    TooManyUnits(usize),
    /// No day, or more than a year.
    #[error("{0} days can't be simulated: give 1 to 366")]
    Days(u32),
    /// No seed, or far too many.
    #[error("{0} seeds can't be simulated: give 1 to 1000")]
    Seeds(u32),
    /// A window that overlaps the next day's.
    #[error("a window of more than a day can't be repeated every day: give a shorter one")]
    LongWindow,
    /// No shift in the table.
    #[error("the workspace has no shifts: give the hours with --window START/END")]
    NoShifts,
    /// A day that the calendar does not have.
    #[error("the days asked for lie outside the calendar")]
    Calendar,
    /// Nothing to learn from.
    #[error(
        "no incident of these categories lies before {0}, so there is nothing to forecast from: import incidents first, or simulate later days"
    )]
    NothingBefore(Date),
    /// Too few incidents in the simulated time.
    #[error(
        "{found} incidents lie in the simulated time, too few to draw calls from (at least {FEWEST_EVENTS}): choose days with data, or draw from the forecast"
    )]
    FewHeldOut {
        /// How many there are.
        found: usize,
    },
    /// Another workspace, or another seed.
    #[error(
        "the workspace is not the sample district made with seed {0}: its process is not known"
    )]
    NotTheSample(u64),
    /// The program is ending, or it was told to stop.
    #[error("the simulation was broken off; nothing is kept of it")]
    BrokenOff,
}

impl From<StoreError> for SimulateError {
    fn from(fault: StoreError) -> Self {
        Self::Job(fault.into())
    }
}

impl From<SimulationFault> for SimulateError {
    fn from(fault: SimulationFault) -> Self {
        match fault {
            SimulationFault::BrokenOff => Self::BrokenOff,
            other => Self::Town(other.into()),
        }
    }
}
