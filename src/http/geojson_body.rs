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
    let Ok(disposition) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) else {
        return Problem::internal("a file's name").into_response();
    };
    (
        [
            (header::CONTENT_TYPE, HeaderValue::from_static(media_type)),
            (header::CONTENT_DISPOSITION, disposition),
            (
                header::CACHE_CONTROL,
                HeaderValue::from_static("private, no-cache"),
            ),
        ],
        bytes,
    )
        .into_response()
}
