//! `/api/plans/{id}/replan`: change a plan while its shift runs.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::app::replan::ReplanRequest;
use crate::app::replan_change::ChangeRequest;
use crate::calendar::text::parse_instant;
use crate::http::api::Service;
use crate::http::plan_body::{PlanBody, address};
use crate::http::problem::Problem;
use crate::http::query::Query;
use crate::patrol::replan::replan::ReplanSettings;
use crate::place::measure::Seconds;
use crate::place::position::Position;

/// With 24 units and 400 cells the whole answer, drawn, checked and stored, takes some 100 ms more.
const DEFAULT_DEADLINE_MS: u64 = 120;
const MOST_DEADLINE_MS: u64 = 10_000;
const DEFAULT_WITHIN_S: f64 = 600.0;
const DEFAULT_LASTS_S: f64 = 7200.0;

/// What has happened, and how the plan may change.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReplanChoice {
    /// When, in the shift; ISO 8601, local time where it has no offset; where absent now, or
    /// the shift's start where that is yet to come.
    #[serde(default)]
    #[schema(example = "2026-10-31T23:10:00+08:00")]
    at: Option<String>,
    change: ChangeChoice,
    /// How long the search may take, 1 to 10000 milliseconds; 120 where absent.
    #[serde(default)]
    deadline_ms: Option<u64>,
    /// End the search after so many iterations.
    #[serde(default)]
    iterations: Option<u64>,
    /// What changing a stop costs, in average gains of a stop, 0 to 100; 0.25 where absent.
    #[serde(default)]
    price: Option<f64>,
}

/// One change.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
enum ChangeChoice {
    /// A unit is sent to a call: its stop under way is broken off.
    SentToCall {
        /// Id or call sign.
        unit: String,
        /// Where and when it is thought to be free again; it is not counted on where absent.
        #[serde(default)]
        back: Option<BackChoice>,
    },
    /// A unit is free again, now.
    Back {
        /// Id or call sign.
        unit: String,
        /// Where it is: longitude, latitude.
        position: [f64; 2],
    },
    /// An alarm pillar is pressed: somebody goes there.
    PillarPressed {
        /// Its id.
        pillar: String,
        /// Somebody is to be there within so many seconds, 60 to 14400; 600 where absent.
        #[serde(default)]
        within_s: Option<f64>,
    },
    /// More is expected somewhere than was planned for.
    NewHotspot {
        /// Where: longitude, latitude.
        position: [f64; 2],
        /// Additional incidents expected there, per hour.
        expected_per_hour: f64,
        /// For how many seconds from now on, 60 or more; 7200 where absent.
        #[serde(default)]
        lasts_s: Option<f64>,
    },
    /// A unit makes no more stops in this shift.
    DropsOut {
        /// Id or call sign.
        unit: String,
    },
    /// Nothing but time has passed: what is left may be improved.
    TimePassed,
}

/// Where and when a unit is free again.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct BackChoice {
    /// Longitude, latitude.
    position: [f64; 2],
    /// ISO 8601, local time where it has no offset.
    #[schema(example = "2026-10-31T23:45:00+08:00")]
    at: String,
}

/// The routes.
pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(replan))
}

/// Changes a plan in mid-shift as little as what has happened calls for; the answer is a
/// plan of its own, and says for each unit what changed.
///
/// What has been made or is under way stays. The next change is asked of the new plan.
#[utoipa::path(post, path = "/api/plans/{id}/replan", tag = "patrol",
    params(("id" = String, Path, description = "The plan that is being followed")),
    request_body = ReplanChoice,
    responses(
        (status = 201, description = "The new plan; `Location` says where it is", body = PlanBody),
        (status = 400, description = "A field is wrong", body = Problem,
            content_type = "application/problem+json"),
        (status = 403, description = "Asked by a page of another origin", body = Problem,
            content_type = "application/problem+json"),
        (status = 404, description = "No such plan", body = Problem,
            content_type = "application/problem+json"),
        (status = 409, description = "The shift is over, or the plan can't be changed any more", body = Problem,
            content_type = "application/problem+json"),
        (status = 413, description = "The body is too large", body = Problem,
            content_type = "application/problem+json"),
        (status = 415, description = "The body is not JSON", body = Problem,
            content_type = "application/problem+json"),
        (status = 422, description = "A unit or pillar that is not known, or a position off the roads", body = Problem,
            content_type = "application/problem+json"),
        (status = 503, description = "Too many wait", body = Problem,
            content_type = "application/problem+json"),
    ))]
async fn replan(
    State(service): State<Service>,
    Path(id): Path<String>,
    query: Query,
    body: Result<Json<ReplanChoice>, JsonRejection>,
) -> Result<Response, Problem> {
    query.finish()?;
    let Json(choice) = body?;
    let snapshot = service.session.snapshot();
    let request = choice.request(&snapshot.zone)?;
    let planned = service.session.replan(&snapshot, &id, request).await?;
    let location = [(header::LOCATION, address(&planned.plan))];
    let body = Json(PlanBody::of(&planned.plan, &snapshot.zone));
    Ok((StatusCode::CREATED, location, body).into_response())
}

impl ReplanChoice {
    fn request(self, zone: &TimeZone) -> Result<ReplanRequest, Problem> {
        let deadline_ms = self.deadline_ms.unwrap_or(DEFAULT_DEADLINE_MS);
        if !(1..=MOST_DEADLINE_MS).contains(&deadline_ms) {
            return Err(Problem::parameter(
                "deadline_ms",
                format!("deadline_ms must be from 1 to {MOST_DEADLINE_MS}, not {deadline_ms}"),
            ));
        }
        let mut settings = ReplanSettings::default();
        if let Some(price) = self.price {
            if !(0.0..=100.0).contains(&price) {
                let why = format!("price must be from 0 to 100, not {price}");
                return Err(Problem::parameter("price", why));
            }
            settings.price = price;
        }
        let at = self.at.map(|text| instant("at", &text, zone)).transpose()?;
        Ok(ReplanRequest {
            at,
            change: self.change.request(zone)?,
            deadline_ms,
            iterations: self.iterations,
            settings,
        })
    }
}

impl ChangeChoice {
    fn request(self, zone: &TimeZone) -> Result<ChangeRequest, Problem> {
        Ok(match self {
            Self::SentToCall { unit, back } => ChangeRequest::SentToCall {
                unit,
                back: match back {
                    Some(back) => Some((
                        position(back.position)?,
                        instant("change.back.at", &back.at, zone)?,
                    )),
                    None => None,
                },
            },
            Self::Back { unit, position: at } => ChangeRequest::Back {
                unit,
                at: position(at)?,
            },
            Self::PillarPressed { pillar, within_s } => ChangeRequest::PillarPressed {
                pillar,
                within: Seconds(within_s.unwrap_or(DEFAULT_WITHIN_S)),
            },
            Self::NewHotspot {
                position: at,
                expected_per_hour,
                lasts_s,
            } => ChangeRequest::NewHotspot {
                at: position(at)?,
                expected_per_hour,
                lasts: Seconds(lasts_s.unwrap_or(DEFAULT_LASTS_S)),
            },
            Self::DropsOut { unit } => ChangeRequest::DropsOut { unit },
            Self::TimePassed => ChangeRequest::TimePassed,
        })
    }
}

fn position([lon, lat]: [f64; 2]) -> Result<Position, Problem> {
    Position::new(lon, lat).map_err(|fault| Problem::parameter("change.position", fault))
}

fn instant(field: &str, text: &str, zone: &TimeZone) -> Result<Timestamp, Problem> {
    parse_instant(text, zone).map_err(|fault| Problem::parameter(field, fault))
}
