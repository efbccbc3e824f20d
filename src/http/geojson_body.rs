//! GeoJSON as the OpenAPI document describes it, and attachments.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::http::problem::Problem;

/// Media type of GeoJSON.
pub const GEO_JSON: &str = "application/geo+json";

/// A GeoJSON feature collection (RFC 7946).
#[derive(Debug, Serialize, ToSchema)]
pub struct FeatureCollection {
    /// Always `FeatureCollection`.
    #[serde(rename = "type")]
    pub kind: String,
    /// GeoJSON features.
    #[schema(value_type = Vec<Object>)]
    pub features: Vec<Value>,
}

/// A file to be saved under a name.
pub fn attachment(media_type: &'static str, name: &str, bytes: Vec<u8>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(media_type)),
        (
            header::CACHE_CONTROL,
            HeaderValue::from_static("private, no-cache"),
        ),
    ];
    let answer = (headers, bytes).into_response();
    saved_as(answer, name).unwrap_or_else(IntoResponse::into_response)
}

/// The same answer, to be saved under a name.
///
/// # Errors
/// [`Problem`] where the name can't be written, which is a fault of this program.
pub fn saved_as(mut answer: Response, name: &str) -> Result<Response, Problem> {
    // Ids are made by this program; anything else in one does not go into a header.
    let name: String = name
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.') {
                c
            } else {
                '_'
            }
        })
        .collect();
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""))
        .map_err(|_| Problem::internal("a file's name"))?;
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_DISPOSITION, disposition);
    Ok(answer)
}
