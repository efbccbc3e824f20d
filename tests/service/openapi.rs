//! The OpenAPI document is a promise: it is kept as a snapshot, and it is true. Every
//! address in it is answered by a handler, and every parameter it names is known there.

use axum::body::Body;
use axum::http::Method;
use serde_json::Value;

use crate::ask::{Desk, request};

/// The contract's addresses.
const CONTRACT: [(&str, &str); 100] = [
    ("get", "/api/beats/versions"),
    ("get", "/api/beats/versions/{number}"),
    ("post", "/api/beats/versions/{number}/publish"),
    ("get", "/api/board"),
    ("post", "/api/board/commands"),
    ("get", "/api/board/log"),
    ("get", "/api/board/settings"),
    ("get", "/api/calls/{id}"),
    ("get", "/api/calls/{id}/suggestion"),
    ("get", "/api/coverage"),
    ("get", "/api/coverage/siting"),
    ("get", "/api/coverage/stand"),
    ("get", "/api/docs"),
    ("get", "/api/events"),
    ("get", "/api/export/map.pmtiles"),
    ("get", "/api/export/{layer}.{format}"),
    ("get", "/api/followup"),
    ("get", "/api/forecasts"),
    ("post", "/api/forecasts"),
    ("get", "/api/forecasts/{id}.geojson"),
    ("get", "/api/handover"),
    ("post", "/api/handover/notes"),
    ("get", "/api/heat"),
    ("get", "/api/hooks"),
    ("get", "/api/hooks/{id}/deliveries"),
    ("post", "/api/imports"),
    ("delete", "/api/imports/{id}"),
    ("get", "/api/imports/{id}"),
    ("post", "/api/imports/{id}/commit"),
    ("post", "/api/imports/{id}/preview"),
    ("get", "/api/imports/{id}/refused.csv"),
    ("get", "/api/incidents"),
    ("post", "/api/incidents"),
    ("get", "/api/incidents/profile"),
    ("get", "/api/layers/{kind}"),
    ("get", "/api/map.png"),
    ("get", "/api/near"),
    ("get", "/api/openapi.json"),
    ("post", "/api/pillars/{id}/heartbeat"),
    ("post", "/api/pillars/{id}/press"),
    ("get", "/api/plans"),
    ("post", "/api/plans"),
    ("get", "/api/plans/{id}"),
    ("get", "/api/plans/{id}.csv"),
    ("get", "/api/plans/{id}.geojson"),
    ("get", "/api/plans/{id}.gpx"),
    ("get", "/api/plans/{id}.pdf"),
    ("post", "/api/plans/{id}/replan"),
    ("get", "/api/plans/{id}/sheet"),
    ("get", "/api/record"),
    ("get", "/api/risk"),
    ("get", "/api/risk/{id}.geojson"),
    ("get", "/api/risk/{id}/at"),
    ("get", "/api/risk/{id}/cells"),
    ("get", "/api/scenarios"),
    ("post", "/api/scenarios"),
    ("delete", "/api/scenarios/{id}"),
    ("get", "/api/scenarios/{id}"),
    ("put", "/api/scenarios/{id}"),
    ("post", "/api/scenarios/{id}/check"),
    ("post", "/api/scenarios/{id}/compare"),
    ("post", "/api/scenarios/{id}/edit"),
    ("post", "/api/scenarios/{id}/merge"),
    ("post", "/api/scenarios/{id}/publish"),
    ("get", "/api/scorecard"),
    ("post", "/api/simulations"),
    ("get", "/api/statistics/before-after"),
    ("get", "/api/statistics/concentration"),
    ("get", "/api/statistics/fairness"),
    ("get", "/api/statistics/hot-spots"),
    ("get", "/api/statistics/near-repeat"),
    ("get", "/api/statistics/unusual"),
    ("get", "/api/statistics/year-on-year"),
    ("post", "/api/unit/checkins"),
    ("get", "/api/unit/sheet"),
    ("delete", "/api/units/{id}/links"),
    ("post", "/api/units/{id}/links"),
    ("get", "/api/units/{id}/next"),
    ("post", "/api/units/{id}/position"),
    ("get", "/api/units/{id}/round"),
    ("post", "/api/units/{id}/status"),
    ("post", "/api/within"),
    ("get", "/api/workspace"),
    ("post", "/api/zones/compare"),
    ("post", "/api/zones/draft"),
    ("get", "/feeds/hotspots.atom"),
    ("get", "/feeds/hotspots/{id}.cap.xml"),
    ("get", "/feeds/unusual.cap.xml"),
    ("get", "/healthz"),
    ("get", "/metrics"),
    ("get", "/readyz"),
    ("get", "/tiles/base/{z}/{x}/{y}.mvt"),
    ("get", "/tiles/incidents/{z}/{x}/{y}.mvt"),
    ("get", "/tiles/layers/{kind}/{z}/{x}/{y}.mvt"),
    ("get", "/tiles/risk/{id}/{z}/{x}/{y}.mvt"),
    ("page", "/"),
    ("page", "/analyse"),
    ("page", "/assets/index.html"),
    ("page", "/handover"),
    ("page", "/plan"),
];

#[tokio::test(flavor = "multi_thread")]
async fn the_document_is_as_it_was() {
    let desk = Desk::open().await;
    let mut document = desk.json("/api/openapi.json").await;
    document["info"]["version"] = "[version]".into();
    insta::assert_json_snapshot!("openapi", document);
}

#[tokio::test(flavor = "multi_thread")]
async fn it_lists_the_contract_and_nothing_else() {
    let desk = Desk::open().await;
    let document = desk.json("/api/openapi.json").await;
    let mut listed: Vec<(String, String)> = operations(&document)
        .map(|(method, path, _)| (method.to_owned(), path.to_owned()))
        .collect();
    listed.sort_by(|a, b| (&a.1, &a.0).cmp(&(&b.1, &b.0)));
    let contract: Vec<(String, String)> = CONTRACT
        .iter()
        .filter(|(method, _)| *method != "page")
        .map(|(method, path)| ((*method).to_owned(), (*path).to_owned()))
        .collect();
    assert_eq!(listed, contract);
    for (_, path) in CONTRACT.iter().filter(|(method, _)| *method == "page") {
        assert_eq!(desk.get(path).await.status, 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_true_of_every_operation() {
    let desk = Desk::open().await;
    let document = desk.json("/api/openapi.json").await;
    for (method, path, operation) in operations(&document) {
        let address = path
            .replace("{kind}", "beats")
            .replace("{layer}.{format}", "beats.geojson")
            .replace("{id}", "none")
            .replace("{number}", "99")
            .replace("{z}/{x}/{y}", "2/3/1");
        let of_query: Vec<&str> = operation["parameters"]
            .as_array()
            .into_iter()
            .flatten()
            .filter(|parameter| parameter["in"] == "query")
            .map(|parameter| parameter["name"].as_str().unwrap())
            .collect();
        let method_name: Method = method.to_uppercase().parse().unwrap();
        // Known parameters, even without a value, are never called unknown.
        let query: Vec<String> = of_query.iter().map(|name| format!("{name}=")).collect();
        let asked = request(method_name, &format!("{address}?{}", query.join("&")))
            .body(Body::empty())
            .unwrap();
        let ok = &operation["responses"]["200"]["content"];
        if ok.get("text/event-stream").is_some() && ok.get("application/json").is_none() {
            // It never ends; that it begins is enough.
            drop(desk.open_stream(asked).await);
            continue;
        }
        let answer = desk.send(asked).await;
        if answer.header("content-type") == "application/problem+json" {
            let kind = answer.json()["type"].as_str().unwrap().to_owned();
            assert_ne!(kind, "/problems/unknown-parameter", "{method} {path}");
            assert_ne!(kind, "/problems/not-found", "{method} {path}");
            assert_ne!(kind, "/problems/method-not-allowed", "{method} {path}");
        }
        let status = answer.status.as_u16().to_string();
        assert!(
            operation["responses"].get(&status).is_some(),
            "{method} {path} answers {status}, which it does not list"
        );
    }
}

/// Of two types of one name the document would have one, and be wrong of the other.
#[test]
fn no_two_types_of_the_document_have_one_name() {
    let mut seen = std::collections::BTreeMap::new();
    let mut folders = vec![std::path::PathBuf::from("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            let types = syn::parse_file(&text).map_or(Vec::new(), |file| file.items);
            for item in types {
                let (name, attributes) = match item {
                    syn::Item::Struct(it) => (it.ident.to_string(), it.attrs),
                    syn::Item::Enum(it) => (it.ident.to_string(), it.attrs),
                    _ => continue,
                };
                let derives = |it: &syn::Attribute| match &it.meta {
                    syn::Meta::List(list) => list.tokens.to_string().contains("ToSchema"),
                    _ => false,
                };
                if attributes.iter().any(derives)
                    && let Some(other) = seen.insert(name.clone(), path.clone())
                {
                    panic!("{name} is in {} and in {}", path.display(), other.display());
                }
            }
        }
    }
    assert!(seen.len() > 100);
}

#[tokio::test(flavor = "multi_thread")]
async fn references_lead_somewhere() {
    let desk = Desk::open().await;
    let document = desk.json("/api/openapi.json").await;
    let text = document.to_string();
    let mut found = 0;
    for part in text.split("\"$ref\":\"#").skip(1) {
        let pointer = part.split('"').next().unwrap();
        assert!(document.pointer(pointer).is_some(), "{pointer}");
        found += 1;
    }
    assert!(found > 20);
}

fn operations(document: &Value) -> impl Iterator<Item = (&str, &str, &Value)> {
    let paths = document["paths"].as_object().unwrap();
    paths.iter().flat_map(|(path, item)| {
        let operations = item.as_object().unwrap();
        operations
            .iter()
            .map(move |(method, operation)| (method.as_str(), path.as_str(), operation))
    })
}
