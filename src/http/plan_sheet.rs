//! `/api/plans/{id}/sheet` and `/api/plans/{id}.csv`: a plan to be printed, and for a
//! spreadsheet.

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::app::session::papers::ground;
use crate::exchange::plan_csv::{CsvStyle, not_met_csv, plan_csv};
use crate::exchange::plan_sheet::plan_sheet;
use crate::http::api::Service;
use crate::http::geojson_body::attachment;
use crate::http::plans::find;
use crate::http::problem::Problem;
use crate::http::query::{Query, quoted};
use crate::patrol::reason::Language;

const CSV: &str = "text/csv; charset=utf-8";

/// The routes.
pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(sheet))
}

/// A plan's route sheet: a page to print, one file without script, each unit on a page of
/// its own with a map drawing and a table to tick off.
#[utoipa::path(get, path = "/api/plans/{id}/sheet", tag = "patrol",
    params(
        ("id" = String, Path, description = "As it was given when the plan was made"),
        ("lang" = Option<String>, Query, description = "zh or en; zh where absent"),
        ("unit" = Option<String>, Query, description = "Only the page of the unit with that id"),
    ),
    responses(
        (status = 200, description = "The sheet", body = String, content_type = "text/html"),
        (status = 400, description = "A parameter is wrong", body = Problem,
            content_type = "application/problem+json"),
        (status = 404, description = "No such plan, or no route of that unit", body = Problem,
            content_type = "application/problem+json"),
    ))]
async fn sheet(
    State(service): State<Service>,
    Path(id): Path<String>,
    mut query: Query,
) -> Result<Response, Problem> {
    let language = language(&mut query)?;
    let unit = query.text("unit")?;
    query.finish()?;
    let plan = find(&service, &id).await?;
    let snapshot = service.session.snapshot();
    let basemap = snapshot.basemap(service.session.workspace()).await?;
    let drawn = tokio::task::spawn_blocking(move || {
        let ground = ground(&snapshot, &basemap);
        plan_sheet(&plan, &ground, language, unit.as_deref())
    });
    let html = drawn
        .await
        .map_err(Problem::internal)?
        .map_err(|fault| Problem::unknown("route", fault.to_string()))?;
    // It is as old as the plan, but the streets under it may be imported again.
    let cache = [(header::CACHE_CONTROL, "private, no-cache")];
    Ok((cache, Html(html)).into_response())
}

/// A plan's stops for a spreadsheet, a row each.
#[utoipa::path(get, path = "/api/plans/{id}.csv", tag = "patrol",
    params(
        ("id" = String, Path, description = "As it was given when the plan was made"),
        ("lang" = Option<String>, Query, description = "Of header and reasons: zh or en; zh where absent"),
        ("bom" = Option<bool>, Query, description = "Begin with a byte order mark, as Excel wants it; false where absent"),
        ("header" = Option<String>, Query, description = "one: column names in that language; both: in English and Chinese; one where absent"),
        ("rows" = Option<String>, Query, description = "stops: a row a stop; not_met: what can't be met, is not kept or left out, a row each; stops where absent"),
    ),
    responses(
        (status = 200, description = "CSV in UTF-8, as an attachment", body = String,
            content_type = "text/csv"),
        (status = 400, description = "A parameter is wrong", body = Problem,
            content_type = "application/problem+json"),
        (status = 404, description = "No such plan", body = Problem,
            content_type = "application/problem+json"),
    ))]
pub(crate) async fn csv(
    State(service): State<Service>,
    Path(id): Path<String>,
    mut query: Query,
) -> Result<Response, Problem> {
    let style = CsvStyle {
        language: language(&mut query)?,
        byte_order_mark: query.parsed("bom", "true or false")?.unwrap_or(false),
        both_headers: match query.text("header")?.as_deref() {
            None | Some("one") => false,
            Some("both") => true,
            Some(other) => {
                let detail = format!("header must be one or both, not {}", quoted(other));
                return Err(Problem::parameter("header", detail));
            }
        },
    };
    let not_met = match query.text("rows")?.as_deref() {
        None | Some("stops") => false,
        Some("not_met") => true,
        Some(other) => {
            let detail = format!("rows must be stops or not_met, not {}", quoted(other));
            return Err(Problem::parameter("rows", detail));
        }
    };
    query.finish()?;
    let plan = find(&service, &id).await?;
    let zone = &service.session.snapshot().zone;
    if not_met {
        let bytes = not_met_csv(&plan, zone, style).map_err(Problem::internal)?;
        let name = format!("plan-{}.not-met.csv", plan.id);
        return Ok(attachment(CSV, &name, bytes));
    }
    let bytes = plan_csv(&plan, zone, style).map_err(Problem::internal)?;
    Ok(attachment(CSV, &format!("plan-{}.csv", plan.id), bytes))
}

/// `lang` of an address: `zh` where absent.
///
/// # Errors
/// [`Problem`] where it is another language.
pub fn language(query: &mut Query) -> Result<Language, Problem> {
    match query.text("lang")?.as_deref() {
        None | Some("zh") => Ok(Language::Chinese),
        Some("en") => Ok(Language::English),
        Some(other) => {
            let detail = format!("lang must be zh or en, not {}", quoted(other));
            Err(Problem::parameter("lang", detail))
        }
    }
}
