//! The one place where errors become RFC 9457 `application/problem+json`.
//!
//! `type` is stable (`/problems/unknown-layer`): clients and translations hang on it.
//! `detail` says what the caller can do. Faults that aren't the caller's are logged with
//! their cause and answered without it.

use axum::body::Body;
use axum::extract::rejection::JsonRejection;
use axum::http::{HeaderValue, Request, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::coverage::error::CoverageJobError;
use crate::app::export::error::ExportError;
use crate::app::forecast::ForecastJobError;
use crate::app::plan::PlanJobError;
use crate::app::replan::ReplanJobError;
use crate::app::replan_change::ChangeFault;
use crate::app::risk::RiskJobError;
use crate::app::session::error::SessionError;
use crate::app::simulate::error::SimulateError;
use crate::app::statistics::error::StatisticsJobError;
use crate::app::zones::error::ZonesJobError;
use crate::exchange::tile::TileError;
use crate::exchange::write::fault::WriteFault;
use crate::http::live::outcome::ItemProblem;
use crate::patrol::pose::PoseError;
use crate::patrol::simulator::pose::TownError;
use crate::patrol::simulator::town::SimulationFault;
use crate::patrol::zones::ground::ZoneFault;
use crate::risk::forecast::ForecastError;

/// Media type of problem documents.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// A problem document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Problem {
    /// Stable address of the kind of problem.
    #[serde(rename = "type")]
    #[schema(example = "/problems/unknown-layer")]
    pub kind: String,
    /// The kind in words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What is wrong this time, and what to do.
    pub detail: String,
    /// Which parameter or field of the request is at fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameter: Option<String>,
}

impl Problem {
    fn new(status: StatusCode, slug: &str, title: &str, detail: impl ToString) -> Self {
        Self {
            kind: format!("/problems/{slug}"),
            title: title.to_owned(),
            status: status.as_u16(),
            detail: detail.to_string(),
            parameter: None,
        }
    }

    /// A problem of a module that says itself what its faults are.
    pub fn of(status: StatusCode, slug: &str, title: &str, detail: impl ToString) -> Self {
        Self::new(status, slug, title, detail)
    }

    /// The problem of one item, as the problem of the whole request.
    pub fn again(item: ItemProblem) -> Self {
        Self {
            kind: item.kind,
            title: "The request is refused".into(),
            status: item.status,
            detail: item.detail,
            parameter: item.field,
        }
    }

    /// A parameter's value can't be used.
    pub fn parameter(name: &str, detail: impl ToString) -> Self {
        Self {
            parameter: Some(name.to_owned()),
            ..Self::new(
                StatusCode::BAD_REQUEST,
                "invalid-parameter",
                "A parameter is not valid",
                detail,
            )
        }
    }

    /// A parameter that this address does not know.
    pub fn unknown_parameter(name: &str, known: &str) -> Self {
        let known = if known.is_empty() { "none" } else { known };
        Self {
            parameter: Some(name.to_owned()),
            ..Self::new(
                StatusCode::BAD_REQUEST,
                "unknown-parameter",
                "A parameter is not known",
                format!("there is no parameter {name:?} here; known: {known}"),
            )
        }
    }

    /// A body that isn't the JSON that is wanted.
    pub fn body(status: StatusCode, detail: impl ToString) -> Self {
        let (slug, title) = match status {
            StatusCode::UNSUPPORTED_MEDIA_TYPE => {
                ("unsupported-media-type", "The body must be JSON")
            }
            StatusCode::PAYLOAD_TOO_LARGE => ("too-large", "The request is too large"),
            _ => ("invalid-body", "The body is not valid"),
        };
        Self::new(status, slug, title, detail)
    }

    /// There is no such thing.
    pub fn unknown(what: &str, detail: impl ToString) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            &format!("unknown-{what}"),
            &format!("There is no such {what}"),
            detail,
        )
    }

    /// The request comes from where it must not come from.
    pub fn forbidden(slug: &str, detail: impl ToString) -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            slug,
            "The request is refused",
            detail,
        )
    }

    /// The request names a host that isn't this service.
    pub fn misdirected(detail: impl ToString) -> Self {
        Self::new(
            StatusCode::MISDIRECTED_REQUEST,
            "unknown-host",
            "The request is for another host",
            detail,
        )
    }

    /// The fault is on this side; the cause goes to the log only.
    pub fn internal(cause: impl std::fmt::Display) -> Self {
        tracing::error!(%cause, "a request failed");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "The service failed",
            "the service could not answer; its log says why",
        )
    }

    /// Not now.
    pub fn unavailable(slug: &str, detail: impl ToString) -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            slug,
            "Not available now",
            detail,
        )
    }

    /// Nothing that is here has the form that is asked for.
    pub fn not_acceptable(detail: impl ToString) -> Self {
        Self::new(
            StatusCode::NOT_ACCEPTABLE,
            "not-acceptable",
            "No such form is here",
            detail,
        )
    }

    /// What the given data does not allow.
    pub fn unprocessable(slug: &str, title: &str, detail: impl ToString) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, slug, title, detail)
    }

    /// The workspace can't be written.
    pub fn read_only(why: &str) -> Self {
        Self::new(
            StatusCode::CONFLICT,
            "read-only",
            "The workspace is served read-only",
            format!("nothing can be stored: {why}"),
        )
    }

    /// What a bare status means here.
    fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::NOT_FOUND => Self::new(
                status,
                "not-found",
                "There is nothing at this address",
                "nothing is here; /api/docs lists the addresses",
            ),
            StatusCode::METHOD_NOT_ALLOWED => Self::new(
                status,
                "method-not-allowed",
                "The method is not allowed here",
                "this address does not take the method; the Allow header lists those it takes",
            ),
            StatusCode::PAYLOAD_TOO_LARGE => Self::body(status, "the body is too large"),
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::REQUEST_TIMEOUT => Self::new(
                status,
                "timeout",
                "The answer took too long",
                "the answer took too long; ask for less, or again later",
            ),
            status if status.is_server_error() => Self::internal(status),
            status => Self::new(
                status,
                "bad-request",
                status
                    .canonical_reason()
                    .unwrap_or("The request is refused"),
                "the request can't be answered as it is",
            ),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let mut response = (status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        let later = [
            StatusCode::SERVICE_UNAVAILABLE,
            StatusCode::TOO_MANY_REQUESTS,
            StatusCode::INSUFFICIENT_STORAGE,
        ];
        if later.contains(&status) {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
        }
        response
    }
}

impl From<SessionError> for Problem {
    fn from(fault: SessionError) -> Self {
        match &fault {
            SessionError::Risk(risk) => match risk.as_ref() {
                RiskJobError::NoBoundary => {
                    Self::unprocessable("no-boundary", "The workspace has no boundary", fault)
                }
                RiskJobError::Risk(model) => Self::new(
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
                | PlanJobError::UnknownBeat(_)
                | PlanJobError::Pose(
                    PoseError::UnknownUnit(_) | PoseError::UnknownPlace(_) | PoseError::OffRoad(_),
                ) => Self::unprocessable("unknown-wish", "A wish names what is not there", fault),
                PlanJobError::Weights(_) => Self::parameter("wishes", fault),
                PlanJobError::UnitsOffRoad(_) => {
                    Self::unprocessable("units-off-road", "No idle unit is near a road", fault)
                }
                PlanJobError::Pose(pose) => Self::parameter("window", pose),
                _ => Self::internal(fault),
            },
            SessionError::Replan(replan) => Self::of_replan(replan),
            SessionError::Backtest(_) => Self::unprocessable(
                "too-little-data",
                "There is too little data to score the models on",
                fault,
            ),
            SessionError::Forecast(forecast) => match forecast.as_ref() {
                ForecastJobError::Forecast(ForecastError::Begun { .. }) => {
                    Self::unprocessable("window-has-begun", "The window has begun", fault)
                }
                ForecastJobError::Forecast(ForecastError::Changed { .. }) => Self::new(
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
                _ => Self::new(
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
                CoverageJobError::NoUnits => {
                    Self::unprocessable("no-units", "There is no idle unit", fault)
                }
                CoverageJobError::NoSources => {
                    Self::unprocessable("no-sources", "There is no idle unit and no post", fault)
                }
                CoverageJobError::NoDemand | CoverageJobError::AllOffRoad(_) => {
                    Self::unprocessable("no-demand", "There is nothing to cover", fault)
                }
                _ => Self::new(
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
                _ => Self::new(
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
            SessionError::Live(live) => live.clone().into(),
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
            | ReplanJobError::BeforeThePlan(_) => Self::new(
                StatusCode::CONFLICT,
                "plan-is-fixed",
                "The plan can't be changed then",
                fault,
            ),
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
    /// The thing is not what the request takes it for.
    pub fn precondition_failed(slug: &str, detail: impl ToString) -> Self {
        Self::new(
            StatusCode::PRECONDITION_FAILED,
            slug,
            "Somebody was first",
            detail,
        )
    }

    /// The request must say what it takes the thing for.
    pub fn precondition_required(detail: impl ToString) -> Self {
        Self::new(
            StatusCode::PRECONDITION_REQUIRED,
            "if-match-required",
            "The request must say which version it is of",
            detail,
        )
    }

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
            SimulateError::Risk(_) => Self::new(
                StatusCode::BAD_REQUEST,
                "invalid-risk-request",
                "No surface can be computed for this request",
                fault,
            ),
            _ => Self::internal(fault),
        }
    }
}

impl From<TileError> for Problem {
    fn from(fault: TileError) -> Self {
        match fault {
            TileError::NoSuchTile { .. } => Self::unknown("tile", fault),
            TileError::Encoding(_) => Self::internal(fault),
        }
    }
}

impl From<JsonRejection> for Problem {
    fn from(rejection: JsonRejection) -> Self {
        let status = match rejection.status() {
            // A field of the wrong kind is a bad request like any other here.
            StatusCode::UNPROCESSABLE_ENTITY => StatusCode::BAD_REQUEST,
            other => other,
        };
        Self::body(status, rejection.body_text())
    }
}

/// Gives every error that leaves without a problem document one: what the router, the
/// limits and the timeout refuse.
pub async fn fill(request: Request<Body>, next: Next) -> Response {
    let response = next.run(request).await;
    let status = response.status();
    let is_problem = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind == PROBLEM_JSON);
    if is_problem || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let allow = response.headers().get(header::ALLOW).cloned();
    let mut filled = Problem::of_status(status).into_response();
    if let Some(allow) = allow {
        filled.headers_mut().insert(header::ALLOW, allow);
    }
    filled
}

/// What is answered when a handler panics.
pub fn of_panic(panic: Box<dyn std::any::Any + Send>) -> Response {
    let text = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("a panic without a text");
    Problem::internal(text).into_response()
}
