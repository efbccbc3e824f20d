//! `/api/plans/{id}.pdf`: a plan as a shift pack.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;

use crate::http::api::Service;
use crate::http::etag::{Freshness, tagged};
use crate::http::geojson_body::saved_as;
use crate::http::plan_sheet::language;
use crate::http::plans::find;
use crate::http::problem::Problem;
use crate::http::query::Query;

const PDF: &str = "application/pdf";

/// A plan as pages of A4 to be printed: what it comes to and all rounds on a map, then each
/// unit's sheet, then the must-visits of all. The same plan on the same map is the same file.
#[utoipa::path(get, path = "/api/plans/{id}.pdf", tag = "patrol",
    params(
        ("id" = String, Path, description = "As it was given when the plan was made"),
        ("lang" = Option<String>, Query, description = "zh or en; zh where absent"),
        ("unit" = Option<String>, Query, description = "Only the sheet of the unit with that id"),
    ),
    responses(
        (status = 200, description = "PDF, as an attachment",
            content_type = "application/pdf"),
        (status = 304, description = "The client has it"),
        (status = 400, description = "A parameter is wrong", body = Problem,
            content_type = "application/problem+json"),
        (status = 404, description = "No such plan, or no route of that unit", body = Problem,
            content_type = "application/problem+json"),
        (status = 503, description = "Too many exports are running", body = Problem,
            content_type = "application/problem+json"),
    ))]
pub(crate) async fn pdf(
    State(service): State<Service>,
    headers: HeaderMap,
    Path(id): Path<String>,
    mut query: Query,
) -> Result<Response, Problem> {
    let language = language(&mut query)?;
    let unit = query.text("unit")?;
    query.finish()?;
    let plan = find(&service, &id).await?;
    let name = format!("plan-{}.pdf", plan.id);
    let made = service.session.shift_pack(plan, language, unit).await?;
    let answer = tagged(&headers, &made.hash, PDF, Freshness::Revalidate, made.bytes);
    saved_as(answer, &name)
}
