//! Nonsense and malice: each gets a problem document that says what is wrong; nothing
//! panics, nothing is answered as if it were asked properly.

use axum::body::Body;
use axum::http::Method;
use serde_json::json;

use crate::ask::{Desk, request};

#[tokio::test(flavor = "multi_thread")]
async fn wrong_parameters_are_named() {
    let desk = Desk::open().await;
    let risk = "/api/risk?window=night";
    for (address, kind, parameter) in [
        ("/api/risk".to_owned(), "invalid-parameter", "window"),
        (
            "/api/risk?window=".to_owned(),
            "invalid-parameter",
            "window",
        ),
        (
            "/api/risk?window=noon".to_owned(),
            "invalid-parameter",
            "window",
        ),
        (
            "/api/risk?window=night%402026-13-40".to_owned(),
            "invalid-parameter",
            "window",
        ),
        (
            "/api/risk?window=2026-10-31T22:00:00Z/2026-10-31T06:00:00Z".to_owned(),
            "invalid-parameter",
            "window",
        ),
        (
            "/api/risk?window=1900-01-01T00:00:00Z/2100-01-01T00:00:00Z".to_owned(),
            "invalid-parameter",
            "window",
        ),
        (
            format!("/api/risk?window={}", "9".repeat(5000)),
            "invalid-parameter",
            "window",
        ),
        (format!("{risk}&window=late"), "invalid-parameter", "window"),
        (format!("{risk}&model=oracle"), "invalid-parameter", "model"),
        (
            format!("{risk}&resolution=3"),
            "invalid-parameter",
            "resolution",
        ),
        (
            format!("{risk}&resolution=12"),
            "invalid-parameter",
            "resolution",
        ),
        (
            format!("{risk}&resolution=-1"),
            "invalid-parameter",
            "resolution",
        ),
        (
            format!("{risk}&resolution=10.5"),
            "invalid-parameter",
            "resolution",
        ),
        (format!("{risk}&hours=999"), "invalid-parameter", "hours"),
        (format!("{risk}&hours=1,,2"), "invalid-parameter", "hours"),
        (format!("{risk}&hours=-1"), "invalid-parameter", "hours"),
        (
            format!("{risk}&bandwidth_m=NaN"),
            "invalid-parameter",
            "bandwidth_m",
        ),
        (
            format!("{risk}&bandwidth_m=inf"),
            "invalid-parameter",
            "bandwidth_m",
        ),
        (
            format!("{risk}&bandwidth_m=0"),
            "invalid-parameter",
            "bandwidth_m",
        ),
        (
            format!("{risk}&bandwidth_m=1e300"),
            "invalid-parameter",
            "bandwidth_m",
        ),
        (
            format!("{risk}&half_life_days=-5"),
            "invalid-parameter",
            "half_life_days",
        ),
        (
            format!("{risk}&look_back_days=0"),
            "invalid-parameter",
            "look_back_days",
        ),
        (
            format!("{risk}&look_back_days=99999999999"),
            "invalid-parameter",
            "look_back_days",
        ),
        (
            format!("{risk}&category=witchcraft"),
            "invalid-parameter",
            "category",
        ),
        (
            format!("{risk}&bandwith_m=300"),
            "unknown-parameter",
            "bandwith_m",
        ),
        (
            "/api/incidents?limit=0".to_owned(),
            "invalid-parameter",
            "limit",
        ),
        (
            "/api/incidents?limit=10001".to_owned(),
            "invalid-parameter",
            "limit",
        ),
        (
            "/api/incidents?limit=99999999999999999999".to_owned(),
            "invalid-parameter",
            "limit",
        ),
        (
            "/api/incidents?from=yesterday".to_owned(),
            "invalid-parameter",
            "from",
        ),
        (
            "/api/incidents?from=2026-10-31&until=2026-10-01".to_owned(),
            "invalid-parameter",
            "until",
        ),
        (
            "/api/incidents?after=x".to_owned(),
            "invalid-parameter",
            "after",
        ),
        ("/api/near?lon=123".to_owned(), "invalid-parameter", "lat"),
        (
            "/api/near?lon=41&lat=123".to_owned(),
            "invalid-parameter",
            "lon",
        ),
        (
            "/api/near?lon=NaN&lat=41".to_owned(),
            "invalid-parameter",
            "lon",
        ),
        (
            "/api/plans?limit=1000".to_owned(),
            "invalid-parameter",
            "limit",
        ),
        ("/api/workspace?x=1".to_owned(), "unknown-parameter", "x"),
        (
            "/tiles/incidents/1/0/0.mvt?category=witchcraft".to_owned(),
            "invalid-parameter",
            "category",
        ),
    ] {
        let problem = desk.get(&address).await.problem(400, kind);
        assert_eq!(problem["parameter"], parameter, "{address}");
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.len() < 400, "{address}: {detail}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tiles_that_are_none() {
    let desk = Desk::open().await;
    for tile in [
        "23/0/0.mvt",
        "300/0/0.mvt",
        "2/4/0.mvt",
        "2/0/4.mvt",
        "2/-1/0.mvt",
        "2/0/0.png",
        "2/0/0",
        "a/b/c.mvt",
        "2/4294967296/0.mvt",
        "2/0.5/0.mvt",
    ] {
        for kind in ["base", "incidents"] {
            desk.get(&format!("/tiles/{kind}/{tile}"))
                .await
                .problem(404, "unknown-tile");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn addresses_and_methods_that_are_none() {
    let desk = Desk::open().await;
    desk.get("/api/nothing").await.problem(404, "not-found");
    desk.get("/api/risk/abc")
        .await
        .problem(404, "unknown-surface");
    desk.get("/api/risk/abc.geojson")
        .await
        .problem(404, "unknown-surface");
    desk.get("/api/risk/abc/cells")
        .await
        .problem(404, "unknown-surface");
    for (method, address, allowed) in [
        (Method::DELETE, "/api/plans", "POST"),
        (Method::POST, "/api/workspace", "GET"),
        (Method::PUT, "/tiles/base/1/0/0.mvt", "GET"),
        (Method::PATCH, "/", "GET"),
    ] {
        let wrong = request(method, address).body(Body::empty()).unwrap();
        let answer = desk.send(wrong).await;
        answer.problem(405, "method-not-allowed");
        assert!(answer.header("allow").contains(allowed), "{address}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_outside_the_page_is_a_file() {
    let desk = Desk::open().await;
    for path in [
        "/assets/../Cargo.toml",
        "/assets/%2e%2e/Cargo.toml",
        "/assets/..%2fCargo.toml",
        "/assets/%2e%2e%2f%2e%2e%2fetc/passwd",
        "/assets//etc/passwd",
        "/assets/%2fetc%2fpasswd",
        "/assets/..%5cCargo.toml",
        "/assets/.git/config",
        "/assets/index.html%00.css",
        "/assets/nothing.mjs",
    ] {
        desk.get(path).await.problem(404, "unknown-file");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_that_are_none() {
    let desk = Desk::open().await;
    let good = json!({"window": "night"});
    for (body, kind) in [
        ("", "invalid-body"),
        ("{", "invalid-body"),
        ("[]", "invalid-body"),
        ("{\"window\":5}", "invalid-body"),
        ("{\"units\":3}", "invalid-body"),
        ("{\"window\":\"night\",\"officer\":\"x\"}", "invalid-body"),
        ("{\"window\":\"night\",\"units\":-1}", "invalid-body"),
        ("{\"window\":\"night\",\"units\":0}", "invalid-parameter"),
        (
            "{\"window\":\"night\",\"units\":100000}",
            "invalid-parameter",
        ),
        (
            "{\"window\":\"night\",\"deadline_ms\":60000}",
            "invalid-parameter",
        ),
        (
            "{\"window\":\"night\",\"resolution\":3}",
            "invalid-parameter",
        ),
        (
            "{\"window\":\"night\",\"hours\":[168]}",
            "invalid-parameter",
        ),
        (
            "{\"window\":\"night\",\"bandwidth_m\":-1}",
            "invalid-parameter",
        ),
        (
            "{\"window\":\"night\",\"bandwidth_m\":1e999}",
            "invalid-body",
        ),
        (
            "{\"window\":\"night\",\"look_back_days\":0}",
            "invalid-parameter",
        ),
        (
            "{\"window\":\"night\",\"category\":[\"x\"]}",
            "invalid-parameter",
        ),
        ("{\"window\":\"\"}", "invalid-parameter"),
        (
            "{\"window\":\"night\",\"must_visits\":[{\"id\":\"x\"}]}",
            "invalid-body",
        ),
        (
            "{\"window\":\"night\",\"must_visits\":[{\"id\":\"x\",\"from\":\"22:00\",\"until\":\"soon\"}]}",
            "invalid-parameter",
        ),
        (
            "{\"window\":\"night\",\"must_visits\":[{\"id\":\"x\",\"from\":\"2026-10-31T22:00\",\"until\":\"2026-10-31T23:00\",\"dwell_s\":0}]}",
            "invalid-parameter",
        ),
    ] {
        desk.post("/api/plans", body.to_owned())
            .await
            .problem(400, kind);
    }
    let deep = format!("{}{}", "[".repeat(20_000), "]".repeat(20_000));
    desk.post("/api/plans", deep)
        .await
        .problem(400, "invalid-body");

    let form = request(Method::POST, "/api/plans")
        .header("content-type", "text/plain")
        .body(Body::from(good.to_string()))
        .unwrap();
    desk.send(form).await.problem(415, "unsupported-media-type");

    desk.post("/api/plans", vec![b' '; 100 * 1024 * 1024])
        .await
        .problem(413, "too-large");
    // The same without saying how long it is.
    let chunk = || Ok::<_, std::io::Error>(vec![b' '; 1024 * 1024]);
    let endless = tokio_stream::iter((0..100).map(move |_| chunk()));
    desk.post("/api/plans", Body::from_stream(endless))
        .await
        .problem(413, "too-large");
}

#[tokio::test(flavor = "multi_thread")]
async fn other_hosts_and_other_origins_are_refused() {
    let desk = Desk::open().await;
    for host in ["evil.example", "127.0.0.1.evil.example:8080", ""] {
        let rebound = axum::http::Request::get("/api/workspace")
            .header("host", host)
            .body(Body::empty())
            .unwrap();
        desk.send(rebound).await.problem(421, "unknown-host");
    }
    let without = axum::http::Request::get("/api/workspace")
        .body(Body::empty())
        .unwrap();
    desk.send(without).await.problem(421, "unknown-host");

    for (header, value) in [
        ("origin", "http://evil.example"),
        ("origin", "http://127.0.0.1:9999"),
        ("origin", "null"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ] {
        let foreign = request(Method::POST, "/api/plans")
            .header("content-type", "application/json")
            .header(header, value)
            .body(Body::from(json!({"window": "night"}).to_string()))
            .unwrap();
        desk.send(foreign).await.problem(403, "cross-origin");
    }
    let own = request(Method::POST, "/api/plans")
        .header("content-type", "application/json")
        .header("origin", "http://127.0.0.1:8080")
        .header("sec-fetch-site", "same-origin")
        .body(Body::from(json!({"window": ""}).to_string()))
        .unwrap();
    desk.send(own).await.problem(400, "invalid-parameter");
}
