//! What a session can't do, and whose fault it is.

use std::sync::Arc;

use thiserror::Error;

use crate::app::backtest::BacktestError;
use crate::app::coverage::error::CoverageJobError;
use crate::app::export::error::ExportError;
use crate::app::follow_up::FollowUpError;
use crate::app::forecast::ForecastJobError;
use crate::app::handover::HandoverFault;
use crate::app::live::error::LiveError;
use crate::app::plan::PlanJobError;
use crate::app::replan::ReplanJobError;
use crate::app::risk::RiskJobError;
use crate::app::scenarios::ScenarioFault;
use crate::app::session::papers::PaperFault;
use crate::app::simulate::error::SimulateError;
use crate::app::statistics::error::StatisticsJobError;
use crate::app::zones::error::ZonesJobError;
use crate::place::district::UnknownZone;
use crate::roads::network::RoadError;
use crate::store::error::StoreError;

/// A fault of a session.
#[derive(Debug, Clone, Error)]
pub enum SessionError {
    /// The store.
    #[error(transparent)]
    Store(Arc<StoreError>),
    /// The database can't be reached or written to for now; why is in the log, not for clients.
    #[error("the workspace's database can't be reached; ask again in a few seconds")]
    StoreAway,
    /// The stored roads.
    #[error(transparent)]
    Roads(Arc<RoadError>),
    /// The workspace's time zone is not in the database of time zones.
    #[error("the workspace's time zone: {0}")]
    TimeZone(#[from] UnknownZone),
    /// The surface.
    #[error(transparent)]
    Risk(Arc<RiskJobError>),
    /// The plan.
    #[error(transparent)]
    Plan(Arc<PlanJobError>),
    /// A plan that is to be changed.
    #[error(transparent)]
    Replan(Arc<ReplanJobError>),
    /// A planner's question.
    #[error(transparent)]
    Statistics(Arc<StatisticsJobError>),
    /// A question about coverage.
    #[error(transparent)]
    Coverage(Arc<CoverageJobError>),
    /// A draft of zones.
    #[error(transparent)]
    Zones(Arc<ZonesJobError>),
    /// A planner's draft.
    #[error(transparent)]
    Scenario(Arc<ScenarioFault>),
    /// A simulation.
    #[error(transparent)]
    Simulation(Arc<SimulateError>),
    /// The record of the models.
    #[error(transparent)]
    Backtest(Arc<BacktestError>),
    /// A forecast that can't be frozen or scored.
    #[error(transparent)]
    Forecast(Arc<ForecastJobError>),
    /// A follow-up.
    #[error(transparent)]
    FollowUp(#[from] FollowUpError),
    /// Layers that could not be taken away.
    #[error(transparent)]
    Export(Arc<ExportError>),
    /// A plan on paper, or a map as a picture.
    #[error(transparent)]
    Paper(Arc<PaperFault>),
    /// A hand-over.
    #[error(transparent)]
    Handover(#[from] HandoverFault),
    /// The live board.
    #[error(transparent)]
    Live(#[from] LiveError),
    /// A tile that could not be encoded.
    #[error("a tile could not be made: {0}")]
    Tile(String),
    /// Too many computations wait already.
    #[error("too many computations are waiting; ask again in a few seconds")]
    Overloaded,
    /// A computation was broken off (the service stops, or it panicked).
    #[error("the computation was broken off")]
    BrokenOff,
}

impl From<ExportError> for SessionError {
    fn from(fault: ExportError) -> Self {
        match fault {
            ExportError::Store(store) => store.into(),
            ExportError::Risk(risk) => risk.into(),
            ExportError::Record(record) => record.into(),
            ExportError::Statistics(asked) => Self::Statistics(Arc::new(asked)),
            ExportError::Zone(zone) => Self::TimeZone(zone),
            ExportError::BrokenOff => Self::BrokenOff,
            other => Self::Export(Arc::new(other)),
        }
    }
}

impl From<PaperFault> for SessionError {
    fn from(fault: PaperFault) -> Self {
        Self::Paper(Arc::new(fault))
    }
}

impl From<StoreError> for SessionError {
    fn from(fault: StoreError) -> Self {
        match fault {
            // Another service may have its turn for too long.
            StoreError::Unreachable { .. }
            | StoreError::Insecure { .. }
            | StoreError::Busy { .. } => {
                tracing::debug!(%fault, "a request has to wait for the database");
                Self::StoreAway
            }
            other => Self::Store(Arc::new(other)),
        }
    }
}

impl From<ScenarioFault> for SessionError {
    fn from(fault: ScenarioFault) -> Self {
        Self::Scenario(Arc::new(fault))
    }
}

impl From<RoadError> for SessionError {
    fn from(fault: RoadError) -> Self {
        Self::Roads(Arc::new(fault))
    }
}

impl From<RiskJobError> for SessionError {
    fn from(fault: RiskJobError) -> Self {
        match fault {
            RiskJobError::Store(store) => store.into(),
            other => Self::Risk(Arc::new(other)),
        }
    }
}

impl From<BacktestError> for SessionError {
    fn from(fault: BacktestError) -> Self {
        match fault {
            BacktestError::Risk(risk) => risk.into(),
            other => Self::Backtest(Arc::new(other)),
        }
    }
}

impl From<ForecastJobError> for SessionError {
    fn from(fault: ForecastJobError) -> Self {
        match fault {
            ForecastJobError::Risk(risk) => risk.into(),
            other => Self::Forecast(Arc::new(other)),
        }
    }
}

impl From<StatisticsJobError> for SessionError {
    fn from(fault: StatisticsJobError) -> Self {
        match fault {
            StatisticsJobError::Store(store) => store.into(),
            StatisticsJobError::Risk(risk) => risk.into(),
            StatisticsJobError::BrokenOff => Self::BrokenOff,
            other => Self::Statistics(Arc::new(other)),
        }
    }
}

impl From<CoverageJobError> for SessionError {
    fn from(fault: CoverageJobError) -> Self {
        match fault {
            CoverageJobError::Store(store) => store.into(),
            CoverageJobError::Risk(risk) => risk.into(),
            CoverageJobError::Roads(roads) => roads.into(),
            CoverageJobError::BrokenOff => Self::BrokenOff,
            other => Self::Coverage(Arc::new(other)),
        }
    }
}

impl From<ZonesJobError> for SessionError {
    fn from(fault: ZonesJobError) -> Self {
        match fault {
            ZonesJobError::Store(store) => store.into(),
            ZonesJobError::Risk(risk) => risk.into(),
            ZonesJobError::Roads(roads) => roads.into(),
            ZonesJobError::BrokenOff => Self::BrokenOff,
            other => Self::Zones(Arc::new(other)),
        }
    }
}

impl From<SimulateError> for SessionError {
    fn from(fault: SimulateError) -> Self {
        match fault {
            SimulateError::Job(risk) => risk.into(),
            SimulateError::Roads(roads) => roads.into(),
            SimulateError::BrokenOff => Self::BrokenOff,
            other => Self::Simulation(Arc::new(other)),
        }
    }
}

impl From<PlanJobError> for SessionError {
    fn from(fault: PlanJobError) -> Self {
        match fault {
            PlanJobError::Store(store) => store.into(),
            PlanJobError::Risk(risk) => risk.into(),
            PlanJobError::Roads(roads) => roads.into(),
            other => Self::Plan(Arc::new(other)),
        }
    }
}

impl From<ReplanJobError> for SessionError {
    fn from(fault: ReplanJobError) -> Self {
        match fault {
            ReplanJobError::Store(store) => store.into(),
            ReplanJobError::Roads(roads) => roads.into(),
            ReplanJobError::BrokenOff => Self::BrokenOff,
            other => Self::Replan(Arc::new(other)),
        }
    }
}
