//! Who may ask: the host that a request names must be this service's (or a page elsewhere
//! could reach it by rebinding its own name to this address), and only this service's own
//! page may change something from within a browser.
//!
//! There is no sign-in: whoever reaches the port may ask. Hence loopback by default.

use std::net::IpAddr;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, Method, Request, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::http::problem::Problem;

/// The headers that every answer carries.
///
/// The policy's three exceptions are the map's: MapLibre GL starts its workers from a
/// `blob:` address and hands decoded pictures over as `blob:` (`data:` for its own small
/// icons), and it sets `style` attributes on canvases, markers and popups, which is what
/// `'unsafe-inline'` allows. Scripts stay `'self'`: nothing inline, nothing evaluated.
const SECURITY_HEADERS: [(&str, &str); 6] = [
    (
        "content-security-policy",
        "default-src 'self'; worker-src 'self' blob:; img-src 'self' data: blob:; \
         style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'none'; \
         form-action 'self'; frame-ancestors 'none'",
    ),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    (
        "permissions-policy",
        "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    ),
];

/// Host names by which this service may be asked, besides any IP address and `localhost`.
#[derive(Debug, Clone, Default)]
pub struct HostNames(pub Arc<Vec<String>>);

impl HostNames {
    /// Whether a `Host` (`name[:port]`) is this service. An IP address always is: it can't
    /// be rebound.
    pub fn allow(&self, host: &str) -> bool {
        let name = without_port(host);
        name.eq_ignore_ascii_case("localhost")
            || name
                .trim_start_matches('[')
                .trim_end_matches(']')
                .parse::<IpAddr>()
                .is_ok()
            || self.0.iter().any(|known| known.eq_ignore_ascii_case(name))
    }
}

/// Refuses requests for other hosts, and changes asked for by other origins' pages.
pub async fn check(State(names): State<HostNames>, request: Request<Body>, next: Next) -> Response {
    let Some(host) = host_of(&request).filter(|host| names.allow(host)) else {
        return Problem::misdirected(
            "the Host header is not this service's; name it with --allow-host where it should be",
        )
        .into_response();
    };
    if !matches!(
        *request.method(),
        Method::GET | Method::HEAD | Method::OPTIONS
    ) && crosses_origins(&request, &host)
    {
        return Problem::forbidden(
            "cross-origin",
            "a page of another origin may not change anything here",
        )
        .into_response();
    }
    next.run(request).await
}

/// Adds the security headers. One that an answer has already stays: the phone's page may
/// ask where it is, no other may.
pub async fn harden(request: Request<Body>, next: Next) -> Response {
    let mut response = next.run(request).await;
    for (name, value) in SECURITY_HEADERS {
        response
            .headers_mut()
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
    response
}

/// The host that a request names.
pub fn host_of(request: &Request<Body>) -> Option<String> {
    let named = request.uri().authority().map(|a| a.as_str().to_owned());
    named.or_else(|| text(request, header::HOST))
}

/// Browsers say where a request comes from; other programs need not.
fn crosses_origins(request: &Request<Body>, host: &str) -> bool {
    let site = text(request, header::HeaderName::from_static("sec-fetch-site"));
    if site.is_some_and(|site| site != "same-origin" && site != "none") {
        return true;
    }
    text(request, header::ORIGIN).is_some_and(|origin| {
        let of = origin
            .strip_prefix("http://")
            .or_else(|| origin.strip_prefix("https://"));
        !of.is_some_and(|of| of.eq_ignore_ascii_case(host))
    })
}

fn text(request: &Request<Body>, name: header::HeaderName) -> Option<String> {
    let value = request.headers().get(name)?;
    // A value that is no text is no answer either: it must not pass for a missing one.
    Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) && !name.is_empty() => name,
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_localhost_pass_other_names_do_not() {
        let names = HostNames(Arc::new(vec!["desk.example".into()]));
        for good in [
            "localhost",
            "LOCALHOST:8080",
            "127.0.0.1:8080",
            "[::1]:8080",
            "10.0.0.7",
            "desk.example:80",
        ] {
            assert!(names.allow(good), "{good}");
        }
        for bad in [
            "evil.example",
            "localhost.evil.example:8080",
            "127.0.0.1.evil.example",
            "",
            ":8080",
        ] {
            assert!(!names.allow(bad), "{bad}");
        }
    }
}
