//! The page: the files of `web/`, inside the program, under `/assets`, with an ETag by
//! content. `/` is `index.html`.
//!
//! Packing the map library anew for each visitor would cost a first paint a fifth of a
//! second, so each file is packed once, by content (a debug build reads `web/` from disk).

use std::io::Write;
use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use axum::routing::get;
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use moka::sync::Cache;
use rust_embed::{Embed, EmbeddedFile};
use utoipa_axum::router::OpenApiRouter;

use crate::http::api::Service;
use crate::http::etag::{Freshness, tagged};
use crate::http::problem::Problem;
use crate::http::query::quoted;
use crate::place::id::hex;

/// Below this a file isn't packed: the header costs more than it saves.
const LEAST_PACKED: usize = 256;

/// Most files kept packed; the page has some fifty.
const MOST_PACKED: u64 = 512;

/// Packed files by the SHA-256 of their content.
static PACKED: LazyLock<Cache<[u8; 32], Bytes>> = LazyLock::new(|| Cache::new(MOST_PACKED));

#[derive(Embed)]
#[folder = "web/"]
struct Web;

/// The routes. They serve files, not an interface: they are not in the OpenAPI document.
pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .route("/", get(index))
        .route("/dispatch", get(dispatcher))
        .route("/wall", get(wall))
        .route("/plan", get(planner))
        .route("/unit", get(unit))
        .route("/unit_worker.js", get(unit_worker))
        .route("/handover", get(handover))
        .route("/analyse", get(analyst))
        .route("/compare", get(compare))
        .route("/favicon.ico", get(icon))
        .route("/assets/{*path}", get(asset))
}

/// Packs every file, so that the first visitor need not wait for it. About 0.1 s of work.
pub fn pack_all() {
    for path in Web::iter() {
        if let Some(file) = Web::get(&path) {
            packed(&file);
        }
    }
}

async fn index(headers: HeaderMap) -> Result<Response, Problem> {
    file("index.html", &headers)
}

/// The dispatcher's desk.
async fn dispatcher(headers: HeaderMap) -> Result<Response, Problem> {
    file("dispatch.html", &headers)
}

/// The same board on a wall: nothing to press.
async fn wall(headers: HeaderMap) -> Result<Response, Problem> {
    file("wall.html", &headers)
}

/// The planner's desk.
async fn planner(headers: HeaderMap) -> Result<Response, Problem> {
    file("plan.html", &headers)
}

/// A unit's phone. The only page that may ask the browser where it is.
async fn unit(headers: HeaderMap) -> Result<Response, Problem> {
    let mut response = file("unit.html", &headers)?;
    response.headers_mut().insert(
        "permissions-policy",
        HeaderValue::from_static(
            "camera=(), microphone=(), geolocation=(self), payment=(), usb=()",
        ),
    );
    Ok(response)
}

/// What keeps the phone's page while there is no network. It stands at the root: a worker
/// rules only over what lies below its own address.
async fn unit_worker(headers: HeaderMap) -> Result<Response, Problem> {
    file("unit_worker.js", &headers)
}

/// What a shift hands over, on one page.
async fn handover(headers: HeaderMap) -> Result<Response, Problem> {
    file("handover.html", &headers)
}

/// The analyst's desk.
async fn analyst(headers: HeaderMap) -> Result<Response, Problem> {
    file("analyse.html", &headers)
}

/// Two surfaces side by side, under one camera.
async fn compare(headers: HeaderMap) -> Result<Response, Problem> {
    file("compare.html", &headers)
}

async fn icon(headers: HeaderMap) -> Result<Response, Problem> {
    file("icon.svg", &headers)
}

async fn asset(Path(path): Path<String>, headers: HeaderMap) -> Result<Response, Problem> {
    file(&path, &headers)
}

fn file(path: &str, headers: &HeaderMap) -> Result<Response, Problem> {
    let found = plain(path).then(|| Web::get(path)).flatten();
    let Some(file) = found else {
        return Err(Problem::unknown(
            "file",
            format!("the page has no file {}", quoted(path)),
        ));
    };
    let hash = hex(&file.metadata.sha256_hash()[..16]);
    let packed = takes_gzip(headers).then(|| packed(&file)).flatten();
    let is_packed = packed.is_some();
    let bytes = packed.unwrap_or_else(|| file.data.into_owned().into());
    let mut response = tagged(
        headers,
        &hash,
        media_type(path),
        Freshness::Revalidate,
        bytes,
    );
    let about = response.headers_mut();
    if is_packed {
        about.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    about.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    Ok(response)
}

/// The file as gzip, where that is smaller.
fn packed(file: &EmbeddedFile) -> Option<Bytes> {
    if file.data.len() < LEAST_PACKED {
        return None;
    }
    let hash = file.metadata.sha256_hash();
    if let Some(ready) = PACKED.get(&hash) {
        return Some(ready);
    }
    let mut packer = GzEncoder::new(Vec::new(), Compression::best());
    packer.write_all(&file.data).ok()?;
    let packed = Bytes::from(packer.finish().ok()?);
    (packed.len() < file.data.len()).then(|| {
        PACKED.insert(hash, packed.clone());
        packed
    })
}

/// Whether the client takes gzip (RFC 9110, 12.5.3): it names it, and not with weight 0.
fn takes_gzip(headers: &HeaderMap) -> bool {
    headers
        .get_all(header::ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|coding| {
            let mut parts = coding.split(';').map(str::trim);
            let named = parts
                .next()
                .is_some_and(|name| name.eq_ignore_ascii_case("gzip"));
            named
                && parts
                    .filter_map(|part| part.strip_prefix("q="))
                    .all(|weight| weight.parse::<f32>().is_ok_and(|q| q > 0.0))
        })
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
        Some("webmanifest") => "application/manifest+json",
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
    #[test]
    fn gzip_is_taken_where_it_is_named_and_not_refused() {
        let of = |text: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(text));
            takes_gzip(&headers)
        };
        for good in ["gzip", "gzip, deflate, br", "br;q=1.0, GZIP;q=0.5"] {
            assert!(of(good), "{good}");
        }
        for bad in ["", "br", "gzip;q=0", "gzip; q=0.0", "identity", "xgzip"] {
            assert!(!of(bad), "{bad}");
        }
        assert!(!takes_gzip(&HeaderMap::new()));
    }

    #[test]
    fn a_packed_file_is_the_file() {
        use std::io::Read;

        let file = Web::get("vendor/maplibre/maplibre-gl.mjs").expect("the map library");
        let packed = packed(&file).expect("it is large");
        assert!(packed.len() < file.data.len() / 2);
        let mut plain = Vec::new();
        flate2::read::GzDecoder::new(packed.as_ref())
            .read_to_end(&mut plain)
            .expect("gzip");
        assert!(plain == file.data.as_ref());
    }
}
