//! What every request says: in which form it wants its answer, and by which address it
//! came, from which links are made.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum::response::Response;
use bytes::Bytes;
use serde_json::{Value, json};

use crate::app::session::bodies::short_hash;
use crate::http::etag::{Freshness, tagged};
use crate::http::problem::Problem;
use crate::http::query::{Query, quoted};

/// Media type of pages.
pub const HTML: &str = "text/html; charset=utf-8";

/// A form of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// JSON, of features GeoJSON.
    Json,
    /// A page.
    Html,
}

/// A request.
#[derive(Debug)]
pub struct Asked {
    /// `http://host/ogc`.
    pub base: String,
    /// The path of this request, below the base, escaped as it came.
    pub path: String,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its parameters but `f`.
    pub query: Query,
    /// In which form the answer is wanted.
    pub form: Form,
}

impl<S: Send + Sync> FromRequestParts<S> for Asked {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let text = |name: &str| {
            parts
                .headers
                .get(name)
                .and_then(|value| value.to_str().ok())
        };
        let host = parts
            .uri
            .authority()
            .map(|authority| authority.as_str())
            .or(text(header::HOST.as_str()))
            .unwrap_or("localhost");
        // A proxy in front may speak https for this service.
        let scheme = match text("x-forwarded-proto") {
            Some("https") => "https",
            _ => "http",
        };
        let mut query = Query::parse(parts.uri.query().unwrap_or_default())?.strict();
        let form = match query.text("f")?.as_deref() {
            Some("json" | "geojson") => Form::Json,
            Some("html") => Form::Html,
            Some(other) => {
                let detail = format!("f must be json or html, not {}", quoted(other));
                return Err(Problem::parameter("f", detail));
            }
            None => by_accept(text(header::ACCEPT.as_str()).unwrap_or("")),
        };
        let path = parts.uri.path();
        Ok(Self {
            base: format!("{scheme}://{host}/ogc"),
            path: path.strip_prefix("/ogc").unwrap_or(path).to_owned(),
            headers: parts.headers.clone(),
            query,
            form,
        })
    }
}

impl Asked {
    /// An address below `/ogc`.
    pub fn address(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// Links to this answer in both forms.
    pub fn own_links(&self, json_type: &str) -> Vec<Value> {
        let (json_rel, html_rel) = match self.form {
            Form::Json => ("self", "alternate"),
            Form::Html => ("alternate", "self"),
        };
        vec![
            link(
                json_rel,
                json_type,
                &self.address(&format!("{}?f=json", self.path)),
                "as JSON",
            ),
            link(
                html_rel,
                "text/html",
                &self.address(&format!("{}?f=html", self.path)),
                "as a page",
            ),
        ]
    }

    /// The answer with its tag.
    pub fn answer(&self, media_type: &str, bytes: Vec<u8>) -> Response {
        let hash = short_hash(&bytes);
        self.tagged(media_type, &hash, bytes)
    }

    /// The answer with the tag of what matters in it.
    pub fn tagged(&self, media_type: &str, hash: &str, bytes: Vec<u8>) -> Response {
        let bytes = Bytes::from(bytes);
        let mut response = tagged(
            &self.headers,
            hash,
            media_type,
            Freshness::Revalidate,
            bytes,
        );
        // Caches keep the forms apart.
        if let Ok(vary) = "accept".parse() {
            response.headers_mut().insert(header::VARY, vary);
        }
        response
    }
}

/// A link.
pub fn link(rel: &str, media_type: &str, href: &str, title: &str) -> Value {
    json!({ "rel": rel, "type": media_type, "href": href, "title": title })
}

/// A page where that stands before JSON, as browsers ask.
fn by_accept(accept: &str) -> Form {
    let place = |word: &str| accept.find(word);
    match (place("text/html"), place("json")) {
        (Some(html), Some(json)) if html > json => Form::Json,
        (Some(_), _) => Form::Html,
        _ => Form::Json,
    }
}
