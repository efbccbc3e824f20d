//! `GET /api/followup`: was the plan driven, and where was patrol?

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::{SignedDuration, Timestamp};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::app::follow_up::FollowUpError;
use crate::app::session::DEFAULT_RESOLUTION;
use crate::calendar::window::Window;
use crate::http::api::Service;
use crate::http::follow_up_body::FollowUpBody;
use crate::http::problem::Problem;
use crate::http::query::Query;

/// H3 resolutions that cells may have.
const COARSEST: u32 = 7;
const FINEST: u32 = 11;

/// How far back is looked where nobody says otherwise.
const USUAL: SignedDuration = SignedDuration::from_hours(12);

/// The route.
pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(follow_up))
}

/// Patrol minutes given against those wanted, by beat and cell, how much of the plans in force
/// was kept, and in which share of the minutes each beat saw a unit.
///
/// Counted over the log: positions of units that are free or at a stop, each believed for as
/// long as the board counts on one, along the straight line to the next. Positions thinned to
/// a minute still give minutes. By beats as they are in force now.
#[utoipa::path(get, path = "/api/followup", tag = "live",
    params(
        ("from" = Option<String>, Query, description = "RFC 3339 or local; 12 hours before `until` where absent"),
        ("until" = Option<String>, Query, description = "RFC 3339 or local; now where absent; at most 31 days after `from`"),
        ("station" = Option<Vec<String>>, Query, description = "Only beats and units of these stations; may be repeated"),
        ("resolution" = Option<u32>, Query, description = "Of the cells, 7 to 11; 10 where absent"),
    ),
    responses(
        (status = 200, description = "What was driven", body = FollowUpBody),
        (status = 400, description = "A parameter is wrong", body = Problem,
            content_type = "application/problem+json"),
        (status = 503, description = "Too many wait", body = Problem,
            content_type = "application/problem+json"),
    ))]
async fn follow_up(State(service): State<Service>, mut query: Query) -> Result<Response, Problem> {
    let session = &service.session;
    let snapshot = session.snapshot();
    let until = query.instant("until", &snapshot.zone)?;
    let from = query.instant("from", &snapshot.zone)?;
    let stations = query.many("station");
    let resolution = query.within("resolution", COARSEST, FINEST)?;
    query.finish()?;
    let now = session.live.now();
    // The second that is running belongs to it.
    let next = Timestamp::from_second(now.as_second() + 1).unwrap_or(now);
    let until = until.unwrap_or(next);
    let from = from.unwrap_or_else(|| until.checked_sub(USUAL).unwrap_or(until));
    let window = Window::new(from, until).map_err(|f| Problem::parameter("from", f))?;
    let resolution = resolution
        .and_then(|resolution| u8::try_from(resolution).ok())
        .unwrap_or(DEFAULT_RESOLUTION);
    let stations: Vec<String> = stations.into_iter().filter(|id| !id.is_empty()).collect();
    let followed = session.follow_up(window, resolution).await?;
    let synthetic = snapshot.district.synthetic;
    let body = FollowUpBody::of(&followed, &stations, resolution, synthetic, &snapshot.zone);
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(body)).into_response())
}

impl From<FollowUpError> for Problem {
    fn from(fault: FollowUpError) -> Self {
        match fault {
            FollowUpError::TooLong => Self::parameter("from", fault),
            FollowUpError::Log(fault) => fault.into(),
            FollowUpError::BrokenOff => Self::of(
                StatusCode::SERVICE_UNAVAILABLE,
                "not-now",
                "Not available now",
                fault,
            ),
        }
    }
}
