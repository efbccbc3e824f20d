//! `/api/map.png`: the district's map as a picture for a report.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::app::session::papers::{MapWanted, planned_on};
use crate::exchange::print::png::{DEFAULT_WIDTH, WIDTHS};
use crate::http::api::Service;
use crate::http::etag::{Freshness, tagged};
use crate::http::geojson_body::saved_as;
use crate::http::plan_sheet::language;
use crate::http::plans::find;
use crate::http::problem::Problem;
use crate::http::query::Query;
use crate::http::risk_query::RiskChoice;

const PNG: &str = "image/png";

/// The routes.
pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(picture))
}

/// The district's map as a picture: the risk surface in its classes, beats, posts and, of a
/// plan, the rounds, with a title and a legend. Without a window it is the plan's surface.
#[utoipa::path(get, path = "/api/map.png", tag = "risk",
    params(
        ("window" = Option<String>, Query,
            description = "night, night@2026-10-31, or START/END in ISO 8601; needed where no plan is named"),
        ("model" = Option<String>, Query, description = "As of /api/risk; best where absent"),
        ("category" = Option<Vec<String>>, Query,
            description = "Category codes, children included; may be repeated; all where absent"),
        ("hours" = Option<String>, Query, description = "As of /api/risk; all where absent"),
        ("resolution" = Option<u8>, Query, description = "7 to 11, 10 where absent"),
        ("look_back_days" = Option<u32>, Query, description = "All data where absent"),
        ("bandwidth_m" = Option<f64>, Query, description = "As of /api/risk"),
        ("half_life_days" = Option<f64>, Query, description = "As of /api/risk"),
        ("plan" = Option<String>, Query, description = "Id of the plan whose rounds are drawn"),
        ("width" = Option<u32>, Query, description = "Pixels across, 200 to 4000; 1440 where absent"),
        ("lang" = Option<String>, Query, description = "zh or en; zh where absent"),
    ),
    responses(
        (status = 200, description = "PNG, as an attachment",
            content_type = "image/png"),
        (status = 304, description = "The client has it"),
        (status = 400, description = "A parameter is wrong", body = Problem,
            content_type = "application/problem+json"),
        (status = 404, description = "No such plan", body = Problem,
            content_type = "application/problem+json"),
        (status = 422, description = "The workspace has no boundary", body = Problem,
            content_type = "application/problem+json"),
        (status = 503, description = "Too many exports are running", body = Problem,
            content_type = "application/problem+json"),
    ))]
async fn picture(
    State(service): State<Service>,
    headers: HeaderMap,
    mut query: Query,
) -> Result<Response, Problem> {
    let width = query.within("width", *WIDTHS.start(), *WIDTHS.end())?;
    let language = language(&mut query)?;
    let plan = query.text("plan")?;
    let choice = RiskChoice::of_query(&mut query)?;
    query.finish()?;
    let plan = match plan {
        Some(id) => Some(find(&service, &id).await?),
        None => None,
    };
    let risk = match &plan {
        Some(plan) if choice == RiskChoice::default() => planned_on(&plan.risk),
        _ => choice.request(&service.session.snapshot())?,
    };
    let wanted = MapWanted {
        risk,
        plan,
        width: width.unwrap_or(DEFAULT_WIDTH),
        language,
    };
    let made = service.session.map_picture(wanted).await?;
    let answer = tagged(&headers, &made.hash, PNG, Freshness::Revalidate, made.bytes);
    saved_as(answer, "map.png")
}
