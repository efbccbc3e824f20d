//! ETags: a body that the client has already is not sent again.
//!
//! Weak tags, since the compression layer changes the bytes but not their meaning.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use bytes::Bytes;

use crate::http::problem::Problem;

/// How long a client may use an answer without asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// The address names the content: for ever.
    Immutable,
    /// Ask each time; the ETag saves the transfer.
    Revalidate,
}

/// The body with its tag, or 304 where the client has it.
pub fn tagged(
    request: &HeaderMap,
    hash: &str,
    media_type: &str,
    freshness: Freshness,
    bytes: Bytes,
) -> Response {
    let tag = format!("W/\"{hash}\"");
    let known = request
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .any(|known| known == "*" || bare(known) == bare(&tag));
    let mut response = Response::new(if known {
        Body::empty()
    } else {
        Body::from(bytes)
    });
    if known {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    }
    let headers = response.headers_mut();
    let (Ok(tag), Ok(media_type)) = (tag.parse(), HeaderValue::from_str(media_type)) else {
        return axum::response::IntoResponse::into_response(Problem::internal("a header"));
    };
    headers.insert(header::ETAG, tag);
    headers.insert(header::CONTENT_TYPE, media_type);
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static(match freshness {
            Freshness::Immutable => "private, max-age=31536000, immutable",
            Freshness::Revalidate => "private, no-cache",
        }),
    );
    response
}

/// A tag without its weakness: `If-None-Match` compares so (RFC 9110, 13.1.2).
fn bare(tag: &str) -> &str {
    tag.strip_prefix("W/").unwrap_or(tag)
}
