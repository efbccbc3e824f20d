//! `/api/scenarios`: drafts of beats and zones, edited, checked, compared, published. Each
//! change says by `If-Match` which version it is of; the second of two gets 412.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::app::session::scenarios::off_thread;
use crate::app::zones::report::ZonesReport;
use crate::app::zones::{GivenAreas, ZonesFrom, ZonesRequest};
use crate::http::api::Service;
use crate::http::problem::Problem;
use crate::http::query::Query;
use crate::http::scenario_body::{
    CheckedBody, CompareDraft, DraftArea, DraftState, EditChoice, EditDraft, EditedBody,
    MergeChoice, MergedBody, NewScenario, PublishReason, SavedScenario, ScenarioBody, ScenarioList,
    ScenarioSummary, VersionSummary,
};
use crate::http::scenario_problem::if_match;
use crate::http::server::MOST_DRAFT;
use crate::http::zones_body::balance;
use crate::place::partition::part::Part;
use crate::place::partition::scenario::{AreaLayer, Scenario, ScenarioLine};
use crate::place::partition::three_way::{compose, groups};

/// The routes.
pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(list, make))
        .routes(routes!(scenario, save, remove))
        .routes(routes!(check))
        .routes(routes!(edit))
        .routes(routes!(compared))
        .routes(routes!(merged))
        .routes(routes!(publish))
        .layer(DefaultBodyLimit::max(MOST_DRAFT))
}

/// All drafts, the one saved last first.
#[utoipa::path(get, path = "/api/scenarios", tag = "planning",
    responses((status = 200, description = "The drafts", body = ScenarioList)))]
async fn list(State(service): State<Service>, query: Query) -> Result<Json<ScenarioList>, Problem> {
    query.finish()?;
    let zone = &service.session.snapshot().zone;
    let lines = service.session.scenarios().await?;
    let scenarios = lines.iter().map(|line| ScenarioSummary::of(line, zone));
    Ok(Json(ScenarioList {
        scenarios: scenarios.collect(),
    }))
}

/// Makes a draft of what is in force, or of another draft.
#[utoipa::path(post, path = "/api/scenarios", tag = "planning",
    request_body = NewScenario,
    responses(
        (status = 201, description = "The draft; its version is the ETag", body = ScenarioBody),
        (status = 400, description = "A field is wrong", body = Problem,
            content_type = "application/problem+json"),
        (status = 403, description = "Asked by a page of another origin", body = Problem,
            content_type = "application/problem+json"),
        (status = 404, description = "No such draft to copy", body = Problem,
            content_type = "application/problem+json"),
        (status = 409, description = "The workspace is served read-only", body = Problem,
            content_type = "application/problem+json"),
        (status = 413, description = "The body is too large", body = Problem,
            content_type = "application/problem+json"),
        (status = 415, description = "The body is not JSON", body = Problem,
            content_type = "application/problem+json"),
        (status = 422, description = "There are no beats", body = Problem,
            content_type = "application/problem+json"),
    ))]
async fn make(
    State(service): State<Service>,
    query: Query,
    body: Result<Json<NewScenario>, JsonRejection>,
) -> Result<Response, Problem> {
    query.finish()?;
    let Json(new) = body?;
    let layer = layer_of(new.layer.as_deref())?;
    let copy_of = new.copy_of.as_deref();
    let made = service
        .session
        .new_scenario(&new.name, layer, copy_of)
        .await?;
    let location = format!("/api/scenarios/{}", made.line.id);
    let mut response = answered(&service, &made);
    *response.status_mut() = StatusCode::CREATED;
    if let Ok(location) = location.parse() {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}

/// A draft; its version is the ETag.
#[utoipa::path(get, path = "/api/scenarios/{id}", tag = "planning",
    params(("id" = String, Path, description = "As it was given when the draft was made")),
    responses(
        (status = 200, description = "The draft", body = ScenarioBody),
        (status = 404, description = "No such draft", body = Problem,
            content_type = "application/problem+json"),
    ))]
async fn scenario(
    State(service): State<Service>,
    Path(id): Path<String>,
    query: Query,
) -> Result<Response, Problem> {
    query.finish()?;
    let found = service.session.scenario(&id).await?;
    Ok(answered(&service, &found))
}

/// Saves a draft over the version that `If-Match` names.
#[utoipa::path(put, path = "/api/scenarios/{id}", tag = "planning",
    params(("id" = String, Path, description = "As it was given when the draft was made"),
        ("If-Match" = String, Header, description = "The version that is edited, as its ETag")),
    request_body = SavedScenario,
    responses(
        (status = 200, description = "The draft, with its new version", body = ScenarioBody),
        (status = 400, description = "A field is wrong", body = Problem,
            content_type = "application/problem+json"),
        (status = 403, description = "Asked by a page of another origin", body = Problem,
            content_type = "application/problem+json"),
        (status = 404, description = "No such draft", body = Problem,
            content_type = "application/problem+json"),
        (status = 409, description = "The workspace is served read-only", body = Problem,
            content_type = "application/problem+json"),
        (status = 412, description = "Somebody saved in between; nothing was changed", body = Problem,
            content_type = "application/problem+json"),
        (status = 413, description = "The body is too large", body = Problem,
            content_type = "application/problem+json"),
        (status = 415, description = "The body is not JSON", body = Problem,
            content_type = "application/problem+json"),
        (status = 422, description = "An area is not valid", body = Problem,
            content_type = "application/problem+json"),
        (status = 428, description = "Without If-Match", body = Problem,
            content_type = "application/problem+json"),
    ))]
async fn save(
    State(service): State<Service>,
    Path(id): Path<String>,
    query: Query,
    headers: HeaderMap,
    body: Result<Json<SavedScenario>, JsonRejection>,
) -> Result<Response, Problem> {
    query.finish()?;
    let version = if_match(&headers)?;
    let Json(sent) = body?;
    let there = service.session.scenario(&id).await?.line;
    let parts = parsed(sent.areas).await?;
    if let Some(base) = sent.base.filter(|base| *base != there.base) {
        service.session.area_version(there.layer, base).await?;
    }
    let line = ScenarioLine {
        name: sent.name.trim().to_owned(),
        version,
        base: sent.base.unwrap_or(there.base),
        ..there
    };
    let saved = service.session.save_scenario(line, &parts).await?;
    Ok(answered(&service, &saved))
}

/// Takes a draft away. What was published of it stays.
#[utoipa::path(delete, path = "/api/scenarios/{id}", tag = "planning",
    params(("id" = String, Path, description = "As it was given when the draft was made"),
        ("If-Match" = String, Header, description = "The version that is taken away, as its ETag")),
    responses(
        (status = 204, description = "It is gone"),
        (status = 403, description = "Asked by a page of another origin", body = Problem,
            content_type = "application/problem+json"),
        (status = 404, description = "No such draft", body = Problem,
            content_type = "application/problem+json"),
        (status = 409, description = "The workspace is served read-only", body = Problem,
            content_type = "application/problem+json"),
        (status = 412, description = "Somebody saved in between", body = Problem,
            content_type = "application/problem+json"),
        (status = 428, description = "Without If-Match", body = Problem,
            content_type = "application/problem+json"),
    ))]
async fn remove(
    State(service): State<Service>,
    Path(id): Path<String>,
    query: Query,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    query.finish()?;
    let version = if_match(&headers)?;
    service.session.delete_scenario(&id, version).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What is wrong with a draft, where, and how many m²: gaps, overlaps, slivers.
#[utoipa::path(post, path = "/api/scenarios/{id}/check", tag = "planning",
    params(("id" = String, Path, description = "As it was given when the draft was made")),
    request_body = DraftState,
    responses(
        (status = 200, description = "The faults", body = CheckedBody),
        (status = 400, description = "A field is wrong", body = Problem,
            content_type = "application/problem+json"),
        (status = 403, description = "Asked by a page of another origin", body = Problem,
            content_type = "application/problem+json"),
        (status = 404, description = "No such draft", body = Problem,
            content_type = "application/problem+json"),
        (status = 413, description = "The body is too large", body = Problem,
            content_type = "application/problem+json"),
        (status = 415, description = "The body is not JSON", body = Problem,
            content_type = "application/problem+json"),
        (status = 422, description = "An area is not valid", body = Problem,
            content_type = "application/problem+json"),
    ))]
async fn check(
    State(service): State<Service>,
    Path(id): Path<String>,
    query: Query,
    body: Result<Json<DraftState>, JsonRejection>,
) -> Result<Json<CheckedBody>, Problem> {
    query.finish()?;
    let Json(state) = body?;
    let (line, parts) = drawn(&service, &id, state.areas).await?;
    let checked = service.session.check_scenario(&line, parts).await?;
    Ok(Json(CheckedBody::of(checked)))
}

/// Does one edit on areas that are drawn, with shared borders moving on both sides; stores
/// nothing.
#[utoipa::path(post, path = "/api/scenarios/{id}/edit", tag = "planning",
    params(("id" = String, Path, description = "As it was given when the draft was made")),
    request_body = EditDraft,
    responses(
        (status = 200, description = "What it changed", body = EditedBody),
        (status = 400, description = "A field is wrong", body = Problem,
            content_type = "application/problem+json"),
        (status = 403, description = "Asked by a page of another origin", body = Problem,
            content_type = "application/problem+json"),
        (status = 404, description = "No such draft", body = Problem,
            content_type = "application/problem+json"),
        (status = 413, description = "The body is too large", body = Problem,
            content_type = "application/problem+json"),
        (status = 415, description = "The body is not JSON", body = Problem,
            content_type = "application/problem+json"),
        (status = 422, description = "The edit can't be made; why and where", body = Problem,
            content_type = "application/problem+json"),
        (status = 503, description = "Too many wait", body = Problem,
            content_type = "application/problem+json"),
    ))]
async fn edit(
    State(service): State<Service>,
    Path(id): Path<String>,
    query: Query,
    body: Result<Json<EditDraft>, JsonRejection>,
) -> Result<Json<EditedBody>, Problem> {
    query.finish()?;
    let Json(sent) = body?;
    let (line, before) = drawn(&service, &id, sent.areas).await?;
    let session = &service.session;
    let (after, checked) = match sent.edit.geometric() {
        Ok(edit) => session.edit_scenario(&line, before.clone(), edit).await?,
        Err(EditChoice::Balance {
            locked,
            moved,
            seed,
            work,
        }) => {
            let snapshot = session.snapshot();
            let request = balance(*work, locked, moved, seed, &snapshot)?;
            let balanced = session.balance_scenario(&snapshot, &line, before.clone(), request);
            balanced.await?
        }
        Err(_) => return Err(Problem::parameter("edit", "there is no such edit")),
    };
    Ok(Json(EditedBody::of(&before, &after, checked)))
}

/// A draft's work, and where asked its response, beside today's beats.
#[utoipa::path(post, path = "/api/scenarios/{id}/compare", tag = "planning",
    params(("id" = String, Path, description = "As it was given when the draft was made")),
    request_body = CompareDraft,
    responses(
        (status = 200, description = "The draft beside the beats", body = ZonesReport),
        (status = 400, description = "A field is wrong", body = Problem,
            content_type = "application/problem+json"),
        (status = 403, description = "Asked by a page of another origin", body = Problem,
            content_type = "application/problem+json"),
        (status = 404, description = "No such draft", body = Problem,
            content_type = "application/problem+json"),
        (status = 413, description = "The body is too large", body = Problem,
            content_type = "application/problem+json"),
        (status = 415, description = "The body is not JSON", body = Problem,
            content_type = "application/problem+json"),
        (status = 422, description = "No boundary, no beats, or no calls", body = Problem,
            content_type = "application/problem+json"),
        (status = 503, description = "Too many wait", body = Problem,
            content_type = "application/problem+json"),
    ))]
async fn compared(
    State(service): State<Service>,
    Path(id): Path<String>,
    query: Query,
    body: Result<Json<CompareDraft>, JsonRejection>,
) -> Result<Response, Problem> {
    query.finish()?;
    let Json(sent) = body?;
    let (_, parts) = drawn(&service, &id, sent.areas).await?;
    let snapshot = service.session.snapshot();
    let simulate = sent.work.simulation()?;
    let (risk, handling_s) = sent.work.request(&snapshot)?;
    let request = ZonesRequest {
        risk,
        from: ZonesFrom::AsDrawn,
        locked: Vec::new(),
        most_moved: 0.0,
        handling_s,
        compactness: None,
        seed: 1,
        simulate,
        given: Some(GivenAreas::new(parts)),
    };
    let report = service.session.zones(&snapshot, request).await?;
    Ok(Json(report.as_ref()).into_response())
}

/// What two planners did to the same areas, side by side, and the areas that come of the
/// choices; stores nothing.
#[utoipa::path(post, path = "/api/scenarios/{id}/merge", tag = "planning",
    params(("id" = String, Path, description = "As it was given when the draft was made")),
    request_body = MergeChoice,
    responses(
        (status = 200, description = "The changes in groups, and the areas", body = MergedBody),
        (status = 400, description = "A field is wrong", body = Problem,
            content_type = "application/problem+json"),
        (status = 403, description = "Asked by a page of another origin", body = Problem,
            content_type = "application/problem+json"),
        (status = 404, description = "No such draft", body = Problem,
            content_type = "application/problem+json"),
        (status = 413, description = "The body is too large", body = Problem,
            content_type = "application/problem+json"),
        (status = 415, description = "The body is not JSON", body = Problem,
            content_type = "application/problem+json"),
        (status = 422, description = "An area is not valid", body = Problem,
            content_type = "application/problem+json"),
    ))]
async fn merged(
    State(service): State<Service>,
    Path(id): Path<String>,
    query: Query,
    body: Result<Json<MergeChoice>, JsonRejection>,
) -> Result<Json<MergedBody>, Problem> {
    query.finish()?;
    let Json(sent) = body?;
    service.session.scenario(&id).await?;
    let base = parsed(sent.base).await?;
    let mine = parsed(sent.mine).await?;
    let theirs = parsed(sent.theirs).await?;
    let work = move || {
        let groups = groups(&base, &mine, &theirs);
        let choices = match sent.choices {
            Some(choices) if choices.len() != groups.len() => {
                let (given, wanted) = (choices.len(), groups.len());
                let detail = format!("{given} choices are given for {wanted} groups");
                return Err(Problem::parameter("choices", detail));
            }
            Some(choices) => choices,
            None => groups.iter().map(|group| group.taken).collect(),
        };
        let parts = compose(&mine, &theirs, &groups, &choices);
        let areas = parts.iter().map(DraftArea::of).collect();
        Ok(MergedBody { groups, areas })
    };
    Ok(Json(off_thread(work).await??))
}

/// Publishes a saved draft with a reason: it is in force from now on, and the version before
/// it is kept.
#[utoipa::path(post, path = "/api/scenarios/{id}/publish", tag = "planning",
    params(("id" = String, Path, description = "As it was given when the draft was made"),
        ("If-Match" = String, Header, description = "The version of the draft, as its ETag")),
    request_body = PublishReason,
    responses(
        (status = 200, description = "The published version", body = VersionSummary),
        (status = 400, description = "No reason", body = Problem,
            content_type = "application/problem+json"),
        (status = 403, description = "Asked by a page of another origin", body = Problem,
            content_type = "application/problem+json"),
        (status = 404, description = "No such draft", body = Problem,
            content_type = "application/problem+json"),
        (status = 409, description = "The workspace is served read-only", body = Problem,
            content_type = "application/problem+json"),
        (status = 412, description = "Somebody saved the draft, or published, in between", body = Problem,
            content_type = "application/problem+json"),
        (status = 413, description = "The body is too large", body = Problem,
            content_type = "application/problem+json"),
        (status = 415, description = "The body is not JSON", body = Problem,
            content_type = "application/problem+json"),
        (status = 422, description = "The draft has faults, or is what is in force", body = Problem,
            content_type = "application/problem+json"),
        (status = 428, description = "Without If-Match", body = Problem,
            content_type = "application/problem+json"),
    ))]
async fn publish(
    State(service): State<Service>,
    Path(id): Path<String>,
    query: Query,
    headers: HeaderMap,
    body: Result<Json<PublishReason>, JsonRejection>,
) -> Result<Json<VersionSummary>, Problem> {
    query.finish()?;
    let version = if_match(&headers)?;
    let Json(sent) = body?;
    let session = &service.session;
    let published = session.publish_scenario(&id, version, &sent.reason).await?;
    let zone = &session.snapshot().zone;
    Ok(Json(VersionSummary::of(&published, published.number, zone)))
}

/// The layer of that name; beats where none is named.
pub(crate) fn layer_of(name: Option<&str>) -> Result<AreaLayer, Problem> {
    let name = name.unwrap_or("beats");
    AreaLayer::of(name).ok_or_else(|| {
        Problem::parameter(
            "layer",
            format!("layer must be beats or zones, not {name:?}"),
        )
    })
}

fn answered(service: &Service, scenario: &Scenario) -> Response {
    let tag = format!("\"{}\"", scenario.line.version);
    let about = [
        (header::ETAG, tag),
        (header::CACHE_CONTROL, "no-store".into()),
    ];
    let zone = &service.session.snapshot().zone;
    (about, Json(ScenarioBody::of(scenario, zone))).into_response()
}

/// The draft's line, and its areas as they are sent or saved.
async fn drawn(
    service: &Service,
    id: &str,
    areas: Option<Vec<DraftArea>>,
) -> Result<(ScenarioLine, Vec<Part>), Problem> {
    let saved = service.session.scenario(id).await?;
    match areas {
        Some(areas) => Ok((saved.line, parsed(areas).await?)),
        None => Ok((saved.line, saved.parts)),
    }
}

async fn parsed(areas: Vec<DraftArea>) -> Result<Vec<Part>, Problem> {
    off_thread(move || DraftArea::parts(areas)).await?
}
