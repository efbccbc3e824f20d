//! `/api/openapi.json`, and the same as a page that needs nothing from the network.

use axum::extract::State;
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};
use serde_json::Value;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::http::api::Service;

const HEAD: &str = "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
    <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
    <title>Frontbeat API</title><style>\
    body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;\
    color:#1b2330;background:#fff}\
    h2{font-size:1.05rem;margin:2rem 0 .25rem;overflow-wrap:anywhere}\
    code,h2{font-family:ui-monospace,monospace}\
    table{border-collapse:collapse;width:100%}\
    th,td{text-align:left;vertical-align:top;padding:.2rem .6rem .2rem 0;\
    border-bottom:1px solid #d7dce4}\
    @media(prefers-color-scheme:dark){body{color:#e4e9f1;background:#12161d}\
    th,td{border-color:#333c4a}a{color:#8ab4ff}}\
    </style></head><body><main>";

/// The routes.
pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(openapi))
        .routes(routes!(page))
}

/// This document.
#[utoipa::path(get, path = "/api/openapi.json", tag = "operation",
    responses((status = 200, description = "OpenAPI 3.1", content_type = "application/json")))]
async fn openapi(State(service): State<Service>) -> Response {
    (
        [(header::CONTENT_TYPE, "application/json")],
        service.openapi.to_string(),
    )
        .into_response()
}

/// The operations, to be read by people.
#[utoipa::path(get, path = "/api/docs", tag = "operation",
    responses((status = 200, description = "A page", body = String,
        content_type = "text/html")))]
async fn page(State(service): State<Service>) -> Html<String> {
    Html(service.docs.to_string())
}

/// The OpenAPI document as a page.
pub fn render(document: &Value) -> String {
    let info = &document["info"];
    let mut html = format!(
        "{HEAD}<h1>{} API {}</h1><p>{}</p><p><a href=\"/api/openapi.json\">openapi.json</a></p>",
        escaped(&info["title"]),
        escaped(&info["version"]),
        escaped(&info["description"]),
    );
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            html.push_str(&format!(
                "<section><h2>{} {}</h2><p>{} {}</p>",
                method.to_uppercase(),
                escape(path),
                escaped(&operation["summary"]),
                escaped(&operation["description"]),
            ));
            rows(
                &mut html,
                "Parameter",
                operation["parameters"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .map(|parameter| {
                        (
                            escaped(&parameter["name"]),
                            escaped(&parameter["description"]),
                        )
                    }),
            );
            rows(
                &mut html,
                "Status",
                operation["responses"]
                    .as_object()
                    .into_iter()
                    .flatten()
                    .map(|(status, response)| (escape(status), escaped(&response["description"]))),
            );
            html.push_str("</section>");
        }
    }
    html.push_str("</main></body></html>");
    html
}

fn rows(html: &mut String, head: &str, rows: impl Iterator<Item = (String, String)>) {
    let rows: String = rows
        .map(|(name, text)| {
            format!("<tr><th scope=\"row\"><code>{name}</code></th><td>{text}</td></tr>")
        })
        .collect();
    if !rows.is_empty() {
        html.push_str(&format!(
            "<table><thead><tr><th scope=\"col\">{head}</th><th scope=\"col\">Meaning</th></tr>\
             </thead><tbody>{rows}</tbody></table>"
        ));
    }
}

fn escaped(value: &Value) -> String {
    escape(value.as_str().unwrap_or_default())
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
