//! The page: the files of `web/`, inside the program, under `/assets`, with an ETag by
//! content. `/` is `index.html`.

use axum::extract::Path;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use rust_embed::{Embed, EmbeddedFile};
use utoipa_axum::router::OpenApiRouter;

use crate::http::api::Service;
use crate::http::etag::{Freshness, tagged};
use crate::http::problem::Problem;
use crate::http::query::quoted;
use crate::place::id::hex;

#[derive(Embed)]
#[folder = "web/"]
struct Web;

/// The routes. They serve files, not an interface: they are not in the OpenAPI document.
pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .route("/", get(index))
        .route("/favicon.ico", get(icon))
        .route("/assets/{*path}", get(asset))
}

async fn index(headers: HeaderMap) -> Result<Response, Problem> {
    file("index.html", &headers)
}

async fn icon(headers: HeaderMap) -> Result<Response, Problem> {
    file("icon.svg", &headers)
}

async fn asset(Path(path): Path<String>, headers: HeaderMap) -> Result<Response, Problem> {
    file(&path, &headers)
}

fn file(path: &str, headers: &HeaderMap) -> Result<Response, Problem> {
    let found = plain(path).then(|| Web::get(path)).flatten();
    let Some(EmbeddedFile { data, metadata }) = found else {
        return Err(Problem::unknown(
            "file",
            format!("the page has no file {}", quoted(path)),
        ));
    };
    let hash = hex(&metadata.sha256_hash()[..16]);
    Ok(tagged(
        headers,
        &hash,
        media_type(path),
        Freshness::Revalidate,
        data.into_owned().into(),
    ))
}

/// Only names below the folder: nothing absolute, no way up, nothing hidden.
fn plain(path: &str) -> bool {
    !path.contains(['\\', '\0', ':'])
        && path
            .split('/')
            .all(|part| !part.is_empty() && !part.starts_with('.'))
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("mjs" | "js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json" | "map") => "application/json",
        Some("svg") => "image/svg+xml",
        _ => mime_guess::from_path(path)
            .first_raw()
            .unwrap_or("application/octet-stream"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_below_the_folder_pass() {
        for good in ["index.html", "vendor/maplibre-gl.mjs"] {
            assert!(plain(good), "{good}");
        }
        for bad in [
            "",
            "..",
            "../Cargo.toml",
            "a/../../b",
            "/etc/passwd",
            "a//b",
            ".git/config",
            "..\\x",
            "C:x",
        ] {
            assert!(!plain(bad), "{bad}");
        }
    }
}
