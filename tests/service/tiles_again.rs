//! Tiles that were asked for before: the answers of the routes, to the byte, for as long as the
//! data is the same, and for nobody whom the routes would refuse.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::http::Method;
use serde_json::json;

use crate::ask::{Answer, Desk, request};
use crate::contract::tile;
use crate::imports::{calls, imported, looked};

async fn ask(desk: &Desk, address: &str, headers: &[(&str, &str)]) -> Answer {
    let mut asked = request(Method::GET, address);
    for (name, value) in headers {
        asked = asked.header(*name, *value);
    }
    desk.send(asked.body(Body::empty()).unwrap()).await
}

/// Status, headers but the request's number, and bytes.
fn said(answer: &Answer) -> (u16, BTreeMap<String, String>, Vec<u8>) {
    let headers = answer
        .headers
        .iter()
        .filter(|(name, _)| *name != "x-request-id")
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
    (
        answer.status.as_u16(),
        headers.collect(),
        answer.bytes.clone(),
    )
}

/// How often a route has been answered so, by the service's own figures.
async fn counted(desk: &Desk, route: &str) -> u64 {
    figure(desk, "frontbeat_http_requests_total", route).await
}

/// The sum of a figure over labels that have some words.
async fn figure(desk: &Desk, name: &str, words: &str) -> u64 {
    let text = desk.get("/metrics").await.text();
    text.lines()
        .filter(|line| line.starts_with(name) && line.contains(words))
        .map(|line| {
            line.rsplit_once(' ')
                .map_or(0, |(_, n)| n.parse::<u64>().unwrap())
        })
        .sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_from_memory_is_that_of_the_routes() {
    let desk = Desk::open().await;
    desk.warm().await;
    let surface = desk.json("/api/risk?window=night").await;
    let surface = surface["id"].as_str().unwrap();
    let addresses = [
        format!("/tiles/base/{}", tile(12)),
        format!("/tiles/layers/beats/{}", tile(12)),
        format!("/tiles/layers/cameras/{}", tile(12)),
        format!("/tiles/incidents/{}?category=traffic&v=7", tile(12)),
        format!("/tiles/risk/{surface}/{}", tile(12)),
        "/tiles/base/3/0/0.mvt".to_owned(),
    ];
    for address in &addresses {
        for encodings in ["", "gzip", "gzip, br", "identity"] {
            let headers = [("accept-encoding", encodings)];
            let headers = &headers[..usize::from(!encodings.is_empty())];
            // A tag that no tile has makes the request go the whole way.
            let whole = [headers, &[("if-none-match", "\"none\"")]].concat();
            let (first, again) = (
                ask(&desk, address, headers).await,
                ask(&desk, address, headers).await,
            );
            let whole = ask(&desk, address, &whole).await;
            let place = format!("{address} {encodings}");
            assert!(matches!(first.status.as_u16(), 200 | 204), "{place}");
            assert_eq!(said(&first), said(&again), "{place}");
            assert_eq!(
                (said(&whole).0, said(&whole).2),
                (said(&again).0, said(&again).2)
            );
            let mut kept = said(&again).1;
            // Packed while it goes out, the routes' answer has no length; a kept one has.
            if whole.header("content-length").is_empty() {
                kept.remove("content-length");
            }
            assert_eq!(said(&whole).1, kept, "{place}");
            assert!(!again.header("content-security-policy").is_empty());
            assert_ne!(first.header("x-request-id"), again.header("x-request-id"));
            assert_eq!(again.header("x-request-id").len(), 36);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_routes_look_at_still_counts() {
    let desk = Desk::open().await;
    desk.warm().await;
    let file = tile(11);
    let [z, x, y] = file.split(['/', '.']).collect::<Vec<_>>()[..3] else {
        panic!("{file}");
    };
    let address = format!("/ogc/collections/pillars/tiles/WebMercatorQuad/{z}/{y}/{x}");
    let route = "/ogc/collections/{id}/tiles/{set}/{z}/{y}/{x}";
    let before = counted(&desk, route).await;
    let known = desk.get(&address).await;
    for _ in 0..3 {
        assert_eq!(desk.get(&address).await.bytes, known.bytes);
    }
    // The figures are the process's: another test may have asked for one too.
    assert!(counted(&desk, route).await >= before + 4);
    // And they come from memory: where nothing is kept, nobody has a hit.
    let hits = "cache=\"tile_answer\",outcome=\"hit\"";
    assert!(figure(&desk, "frontbeat_cache_requests_total", hits).await >= 3);

    // Two lines of encodings are one list: what is packed for one client is nobody else's.
    let two = [
        ("accept-encoding", "gzip"),
        ("accept-encoding", "br;q=1, gzip;q=0.1"),
    ];
    let packed = ask(&desk, &address, &two).await;
    assert_eq!(packed.header("content-encoding"), "br");
    let one = ask(&desk, &address, &[("accept-encoding", "gzip")]).await;
    assert_eq!(one.header("content-encoding"), "gzip");
    // A question that no map asks is answered and not kept.
    let long = format!("/tiles/layers/pillars/{file}?v={}", "x".repeat(5_000));
    assert_eq!(desk.get(&long).await.status, 200);

    let tag = known.header("etag").to_owned();
    let has = ask(&desk, &address, &[("if-none-match", &tag)]).await;
    assert_eq!((has.status.as_u16(), has.bytes.len()), (304, 0));
    let numbered = ask(&desk, &address, &[("x-request-id", "mine")]).await;
    assert_eq!(numbered.header("x-request-id"), "mine");
    let head = request(Method::HEAD, &address).body(Body::empty()).unwrap();
    let head = desk.send(head).await;
    assert_eq!((head.status.as_u16(), head.bytes.len()), (200, 0));
    let foreign = axum::http::Request::builder()
        .uri(&address)
        .header("host", "evil.example")
        .body(Body::empty())
        .unwrap();
    desk.send(foreign).await.problem(421, "unknown-host");
    let posted = request(Method::POST, &address).body(Body::empty()).unwrap();
    assert_eq!(desk.send(posted).await.status, 405);
    // What is refused is refused again.
    for _ in 0..2 {
        let cars = format!("/tiles/layers/cars/{}", tile(12));
        desk.get(&cars).await.problem(404, "unknown-layer");
    }
    // A description names the host that it was asked at: it is nobody else's.
    for host in ["127.0.0.1:1", "127.0.0.1:2"] {
        let described = axum::http::Request::builder()
            .uri("/ogc/tiles/WebMercatorQuad/tilejson")
            .header("host", host)
            .body(Body::empty())
            .unwrap();
        assert!(desk.send(described).await.text().contains(host));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn new_data_makes_new_tiles() {
    let desk = Desk::open().await;
    desk.warm().await;
    let address = format!("/tiles/incidents/{}", tile(12));
    let before = desk.get(&address).await;
    assert_eq!(desk.get(&address).await.bytes, before.bytes);
    let seen = looked(&desk, "calls.csv", calls()).await;
    assert_eq!(
        imported(&desk, &seen, &json!({"as": "incidents"})).await["stage"],
        "done"
    );
    for _ in 0..100 {
        let after = desk.get(&address).await;
        if after.bytes != before.bytes {
            assert_ne!(after.header("etag"), before.header("etag"));
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("the tile of before is given out 5 s after the import");
}
