//! What a session can't do, as problem documents. Faults of other parts map in files of their
//! own: `live::problem` of the board and hand-overs, `scenarios` of drafts.

use axum::http::StatusCode;

use crate::app::coverage::error::CoverageJobError;
use crate::app::export::error::ExportError;
use crate::app::forecast::ForecastJobError;
use crate::app::plan::PlanJobError;
use crate::app::replan::ReplanJobError;
use crate::app::replan_change::ChangeFault;
use crate::app::risk::RiskJobError;
use crate::app::session::error::SessionError;
use crate::app::session::papers::PaperFault;
use crate::app::simulate::error::SimulateError;
use crate::app::statistics::error::StatisticsJobError;
use crate::app::zones::error::ZonesJobError;
use crate::exchange::print::png::PictureFault;
use crate::exchange::shift_pack::PackFault;
use crate::exchange::write::fault::WriteFault;
use crate::http::problem::Problem;
use crate::patrol::pose::PoseError;
use crate::patrol::simulator::pose::TownError;
use crate::patrol::simulator::town::SimulationFault;
use crate::patrol::zones::ground::ZoneFault;
use crate::risk::forecast::ForecastError;

impl From<SessionError> for Problem {
    fn from(fault: SessionError) -> Self {
        match &fault {
            SessionError::Risk(risk) => match risk.as_ref() {
                RiskJobError::NoBoundary => {
                    Self::unprocessable("no-boundary", "The workspace has no boundary", fault)
                }
                RiskJobError::Risk(model) => Self::of(
                    StatusCode::BAD_REQUEST,
                    "invalid-risk-request",
                    "No surface can be computed for this request",
                    model,
                ),
                RiskJobError::Store(_) => Self::internal(fault),
            },
            SessionError::Plan(plan) => match plan.as_ref() {
                PlanJobError::NoRoads => {
                    Self::unprocessable("no-roads", "The workspace has no roads", fault)
                }
                PlanJobError::NoUnits => {
                    Self::unprocessable("no-units", "There is no idle unit", fault)
                }
                PlanJobError::AllOnFoot => {
                    Self::unprocessable("units-on-foot", "All idle units are on foot", fault)
                }
                PlanJobError::UnknownMustVisit(_) => {
                    Self::unprocessable("unknown-must-visit", "No such point to visit", fault)
                }
                PlanJobError::NoneAsked | PlanJobError::MoreNamed { .. } => {
                    Self::parameter("units", fault)
                }
                PlanJobError::UnknownPoint(_)
                | PlanJobError::UnknownPlace(_)
                | PlanJobError::UnknownBeat(_)
                | PlanJobError::Pose(
                    PoseError::UnknownUnit(_)
                    | PoseError::UnknownPlace(_)
                    | PoseError::NoSuchCell(_)
                    | PoseError::OffRoad(_),
                ) => Self::unprocessable("unknown-wish", "A wish names what is not there", fault),
                PlanJobError::Weights(_)
                | PlanJobError::PinnedAndBanned(_)
                | PlanJobError::UnknownPlan(_)
                | PlanJobError::OtherShift(_)
                | PlanJobError::OtherCells { .. }
                | PlanJobError::BasisNotKept(_)
                | PlanJobError::TooOften { .. } => Self::parameter("wishes", fault),
                PlanJobError::UnitsOffRoad(_) => {
                    Self::unprocessable("units-off-road", "No idle unit is near a road", fault)
                }
                PlanJobError::Pose(pose) => Self::parameter("window", pose),
                _ => Self::internal(fault),
            },
            SessionError::Replan(replan) => Self::of_replan(replan),
            SessionError::Paper(paper) => match paper.as_ref() {
                PaperFault::Pack(PackFault::Route(_)) => Self::unknown("route", fault.to_string()),
                PaperFault::Picture(PictureFault::Width(_)) => Self::parameter("width", fault),
                PaperFault::Pack(_) | PaperFault::Picture(_) => Self::internal(fault),
            },
            SessionError::Backtest(_) => Self::unprocessable(
                "too-little-data",
                "There is too little data to score the models on",
                fault,
            ),
            SessionError::Forecast(forecast) => match forecast.as_ref() {
                ForecastJobError::Forecast(ForecastError::Begun { .. }) => {
                    Self::unprocessable("window-has-begun", "The window has begun", fault)
                }
                ForecastJobError::Forecast(ForecastError::Changed { .. }) => Self::of(
                    StatusCode::CONFLICT,
                    "forecast-changed",
                    "The forecast is not what was frozen",
                    fault,
                ),
                ForecastJobError::TooThin => {
                    Self::unprocessable("too-little-data", "There is not enough data", fault)
                }
                ForecastJobError::NoIncidents => {
                    Self::unprocessable("no-incidents", "The workspace has no incidents", fault)
                }
                _ => Self::internal(fault),
            },
            SessionError::Statistics(asked) => match asked.as_ref() {
                StatisticsJobError::NoIncidents => {
                    Self::unprocessable("no-incidents", "The workspace has no incidents", fault)
                }
                StatisticsJobError::NoBeats => {
                    Self::unprocessable("no-beats", "The workspace has no beats", fault)
                }
                _ => Self::of(
                    StatusCode::BAD_REQUEST,
                    "invalid-question",
                    "The question can't be answered as it is",
                    fault,
                ),
            },
            SessionError::Coverage(asked) => match asked.as_ref() {
                CoverageJobError::NoRoads => {
                    Self::unprocessable("no-roads", "The workspace has no roads", fault)
                }
                CoverageJobError::UnknownUnit(_) => Self::parameter("named", fault),
                CoverageJobError::NoUnits => {
                    Self::unprocessable("no-units", "There is no idle unit", fault)
                }
                CoverageJobError::NoSources => {
                    Self::unprocessable("no-sources", "There is no idle unit and no post", fault)
                }
                CoverageJobError::NoDemand | CoverageJobError::AllOffRoad(_) => {
                    Self::unprocessable("no-demand", "There is nothing to cover", fault)
                }
                _ => Self::of(
                    StatusCode::BAD_REQUEST,
                    "invalid-question",
                    "The question can't be answered as it is",
                    fault,
                ),
            },
            SessionError::Zones(asked) => match asked.as_ref() {
                ZonesJobError::NoAreas("beats") => {
                    Self::unprocessable("no-beats", "The workspace has no beats", fault)
                }
                ZonesJobError::NoAreas(_) => {
                    Self::unprocessable("no-zones", "The workspace has no patrol zones", fault)
                }
                ZonesJobError::UnknownLock { .. } => Self::parameter("locked", fault),
                ZonesJobError::Zones(ZoneFault::Count { .. }) => Self::parameter("count", fault),
                ZonesJobError::Zones(ZoneFault::NoCalls | ZoneFault::NoGround) => {
                    Self::unprocessable("no-work", "There is no work to balance", fault)
                }
                ZonesJobError::Outline { .. } => Self::internal(fault),
                ZonesJobError::Simulation(
                    SimulationFault::NoCalls | SimulationFault::NoWay | SimulationFault::NoUnits,
                ) => Self::unprocessable("no-work", "There is nothing to simulate", fault),
                ZonesJobError::Simulation(_) => Self::internal(fault),
                _ => Self::of(
                    StatusCode::BAD_REQUEST,
                    "invalid-question",
                    "The question can't be answered as it is",
                    fault,
                ),
            },
            SessionError::Scenario(asked) => Self::of_scenario(asked),
            SessionError::Simulation(asked) => Self::of_simulation(asked),
            SessionError::Export(asked) => match asked.as_ref() {
                ExportError::Write(WriteFault::Format { .. }) | ExportError::OneLayer { .. } => {
                    Self::parameter("format", fault)
                }
                _ => Self::internal(fault),
            },
            SessionError::Handover(asked) => asked.clone().into(),
            SessionError::Live(live) => live.clone().into(),
            SessionError::FollowUp(asked) => asked.clone().into(),
            SessionError::Overloaded => Self::unavailable("overloaded", fault),
            SessionError::StoreAway => Self::unavailable("database-away", fault),
            SessionError::BrokenOff
            | SessionError::Tile(_)
            | SessionError::TimeZone(_)
            | SessionError::Store(_)
            | SessionError::Roads(_) => Self::internal(fault),
        }
    }
}

impl Problem {
    fn of_replan(fault: &ReplanJobError) -> Self {
        match fault {
            ReplanJobError::UnknownPlan(id) => Self::unknown(
                "plan",
                format!("there is no plan {id:?}; /api/plans lists them"),
            ),
            ReplanJobError::NoRoads => {
                Self::unprocessable("no-roads", "The workspace has no roads", fault)
            }
            ReplanJobError::NotKept(_)
            | ReplanJobError::OtherRoads
            | ReplanJobError::Over
            | ReplanJobError::BeforeThePlan(_) => Self::of(
                StatusCode::CONFLICT,
                "plan-is-fixed",
                "The plan can't be changed then",
                fault,
            ),
            ReplanJobError::BeforeTheShift => Self::parameter("at", fault),
            ReplanJobError::Change(change) => match change {
                ChangeFault::Number(_) | ChangeFault::BackInThePast => {
                    Self::parameter("change", fault)
                }
                ChangeFault::UnknownUnit { .. }
                | ChangeFault::UnknownPillar(_)
                | ChangeFault::OffRoad { .. } => Self::unprocessable(
                    "unknown-change",
                    "The change names what is not there",
                    fault,
                ),
            },
            _ => Self::internal(fault),
        }
    }
}

impl Problem {
    fn of_simulation(fault: &SimulateError) -> Self {
        match fault {
            SimulateError::NoRoads => {
                Self::unprocessable("no-roads", "The workspace has no roads", fault)
            }
            SimulateError::NoUnits
            | SimulateError::Town(TownError::Fault(SimulationFault::NoUnits)) => {
                Self::unprocessable("no-units", "There is no idle unit", fault)
            }
            SimulateError::NoShifts => {
                Self::unprocessable("no-shifts", "The workspace has no shifts", fault)
            }
            SimulateError::NothingBefore(_) | SimulateError::FewHeldOut { .. } => {
                Self::unprocessable("too-little-data", "There is not enough data", fault)
            }
            SimulateError::Town(TownError::Fault(
                SimulationFault::NoCalls | SimulationFault::NoWay | SimulationFault::TooManyCalls,
            )) => Self::unprocessable("no-work", "There is nothing to simulate", fault),
            SimulateError::Window(_) | SimulateError::LongWindow => {
                Self::parameter("window", fault)
            }
            SimulateError::Calendar => Self::parameter("from", fault),
            SimulateError::Days(_) => Self::parameter("days", fault),
            SimulateError::Seeds(_) => Self::parameter("seeds", fault),
            SimulateError::NoneAsked | SimulateError::TooManyUnits(_) => {
                Self::parameter("units", fault)
            }
            SimulateError::Risk(_) => Self::of(
                StatusCode::BAD_REQUEST,
                "invalid-risk-request",
                "No surface can be computed for this request",
                fault,
            ),
            _ => Self::internal(fault),
        }
    }
}
