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

use crate::exchange::tile::TileError;
use crate::http::live::outcome::ItemProblem;

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
