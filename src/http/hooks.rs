//! `/api/hooks`: who is told of what, and what was told. To be read by whoever may deliver: a
//! feed's key, or somebody on this machine as long as no key was made. Hooks are made at the
//! prompt, where their secret is shown once; neither it nor a receiver's whole address is here.

use axum::Json;
use axum::extract::{Path, State};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::http::api::Service;
use crate::http::live::feed::Feed;
use crate::http::problem::Problem;
use crate::http::query::Query;
use crate::live::hook::delivery::{Delivery, DeliveryState};
use crate::live::hook::registered::Hook;

/// Most messages in one answer.
const MOST: u32 = 1_000;

/// And where nobody says how many.
const DEFAULT: u32 = 100;

/// Hooks, oldest first.
#[derive(Debug, Serialize, ToSchema)]
struct HooksBody {
    hooks: Vec<HookBody>,
}

/// A hook.
#[derive(Debug, Serialize, ToSchema)]
struct HookBody {
    /// Names it: `h1`, `h2`…
    id: String,
    /// Who it is for.
    name: String,
    /// Scheme, host and port of the receiver.
    target: String,
    /// Names of events that it wants.
    events: Vec<String>,
    /// Only of these categories; empty: of all.
    categories: Vec<String>,
    /// Only on this ground, one of them is enough; empty: anywhere.
    #[schema(value_type = Vec<Object>)]
    within: serde_json::Value,
    /// How often a message is sent at most.
    tries: u32,
    /// Since when, RFC 3339.
    #[schema(value_type = String)]
    made_at: jiff::Timestamp,
    /// Until when; null while it holds.
    #[schema(value_type = Option<String>)]
    ended_at: Option<jiff::Timestamp>,
    /// `revoked`, or `gone`: the receiver answered 410.
    ended_why: Option<&'static str>,
}

/// Messages of a hook, the newest first.
#[derive(Debug, Serialize, ToSchema)]
struct DeliveriesBody {
    deliveries: Vec<DeliveryBody>,
    /// Where older ones are.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// A message.
#[derive(Debug, Serialize, ToSchema)]
struct DeliveryBody {
    /// Its number in the log.
    number: u64,
    /// The header `webhook-id`.
    message: String,
    /// The event.
    #[schema(example = "incident.received")]
    event: String,
    /// `pending`, `delivered` or `dead`.
    state: &'static str,
    /// How often it was sent.
    tries: u32,
    /// Since when it is known, RFC 3339.
    #[schema(value_type = String)]
    made_at: jiff::Timestamp,
    /// When it is sent next; null where it is not.
    #[schema(value_type = Option<String>)]
    next_at: Option<jiff::Timestamp>,
    /// When it was sent last.
    #[schema(value_type = Option<String>)]
    tried_at: Option<jiff::Timestamp>,
    /// What the receiver answered last; null where it did not.
    status: Option<u16>,
    /// Why there was no answer.
    fault: Option<String>,
    /// What is sent.
    #[schema(value_type = Object)]
    body: serde_json::Value,
}

/// The routes.
pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(hooks))
        .routes(routes!(deliveries))
}

/// Who is told of what as it happens.
#[utoipa::path(get, path = "/api/hooks", tag = "operation",
    responses(
        (status = 200, description = "Hooks, oldest first", body = HooksBody),
        (status = 400, description = "A parameter is wrong", body = Problem,
            content_type = "application/problem+json"),
        (status = 401, description = "A key is needed", body = Problem,
            content_type = "application/problem+json"),
        (status = 429, description = "The feed asks too often", body = Problem,
            content_type = "application/problem+json"),
        (status = 503, description = "Not now", body = Problem,
            content_type = "application/problem+json"),
    ))]
async fn hooks(
    State(service): State<Service>,
    _feed: Feed,
    query: Query,
) -> Result<Json<HooksBody>, Problem> {
    query.finish()?;
    let hooks = service.session.hooks().await?;
    Ok(Json(HooksBody {
        hooks: hooks.into_iter().map(hook_body).collect(),
    }))
}

/// What was told to a hook, and what waits.
#[utoipa::path(get, path = "/api/hooks/{id}/deliveries", tag = "operation",
    params(
        ("id" = String, Path, description = "The hook's id"),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 1000,
            description = "How many; 100 where absent"),
        ("before" = Option<u64>, Query, description = "Only messages of smaller numbers"),
    ),
    responses(
        (status = 200, description = "Messages, the newest first", body = DeliveriesBody),
        (status = 400, description = "A parameter is wrong", body = Problem,
            content_type = "application/problem+json"),
        (status = 401, description = "A key is needed", body = Problem,
            content_type = "application/problem+json"),
        (status = 404, description = "No such hook", body = Problem,
            content_type = "application/problem+json"),
        (status = 429, description = "The feed asks too often", body = Problem,
            content_type = "application/problem+json"),
        (status = 503, description = "Not now", body = Problem,
            content_type = "application/problem+json"),
    ))]
async fn deliveries(
    State(service): State<Service>,
    Path(id): Path<String>,
    _feed: Feed,
    mut query: Query,
) -> Result<Json<DeliveriesBody>, Problem> {
    let limit = query.within("limit", 1, MOST)?.unwrap_or(DEFAULT);
    let before = query.parsed::<u64>("before", "a message's number")?;
    query.finish()?;
    if !service
        .session
        .hooks()
        .await?
        .iter()
        .any(|hook| hook.id == id)
    {
        return Err(Problem::unknown("hook", format!("there is no hook {id:?}")));
    }
    let found = service.session.deliveries(&id, before, limit).await?;
    let full = found.len() == limit as usize;
    let oldest = found.last().filter(|_| full);
    let next = oldest.map(|last| {
        let last = last.number;
        format!("/api/hooks/{id}/deliveries?limit={limit}&before={last}")
    });
    Ok(Json(DeliveriesBody {
        deliveries: found.into_iter().map(delivery_body).collect(),
        next,
    }))
}

fn hook_body(hook: Hook) -> HookBody {
    let filter = hook.settings.filter;
    HookBody {
        id: hook.id,
        name: hook.name,
        target: hook.target,
        events: filter.events,
        categories: filter.categories,
        within: serde_json::to_value(&filter.within).unwrap_or_default(),
        tries: hook.settings.retries.tries,
        made_at: hook.made_at,
        ended_at: hook.ended.map(|(at, _)| at),
        ended_why: hook.ended.map(|(_, why)| why.word()),
    }
}

fn delivery_body(it: Delivery) -> DeliveryBody {
    DeliveryBody {
        number: it.number,
        message: it.message,
        event: it.event,
        state: it.state.word(),
        tries: it.tries,
        made_at: it.made_at,
        next_at: (it.state == DeliveryState::Pending).then_some(it.next_at),
        tried_at: it.tried_at,
        status: it.status,
        fault: it.fault,
        body: serde_json::from_str(&it.body).unwrap_or_default(),
    }
}
