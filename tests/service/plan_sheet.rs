//! A plan's route sheet, CSV and shift pack over HTTP: in both languages, one unit, and what
//! is refused.

use axum::body::Body;
use axum::http::Method;
use serde_json::{Value, json};

use crate::ask::{Desk, request};

async fn made(desk: &Desk) -> Value {
    let body = json!({"window": "night@2026-10-31", "units": 2, "model": "count",
        "category": [], "seed": 7, "deadline_ms": 300});
    let made = desk.post("/api/plans", body.to_string()).await;
    assert_eq!(made.status, 201, "{}", made.text());
    made.json()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sheet_in_either_language_of_all_or_one_unit() {
    let desk = Desk::open().await;
    let plan = made(&desk).await;
    let address = plan["links"]["sheet"].as_str().unwrap();
    let sheet = desk.get(address).await;
    assert_eq!(sheet.status, 200, "{}", sheet.text());
    assert_eq!(sheet.header("content-type"), "text/html; charset=utf-8");
    let policy = sheet.header("content-security-policy");
    assert!(
        policy.contains("style-src 'self' 'unsafe-inline'"),
        "its style is inside the page: {policy}"
    );
    let chinese = sheet.text();
    assert!(chinese.contains("巡逻路线单") && chinese.contains("lang=\"zh-CN\""));
    assert_eq!(chinese.matches("<section").count(), 3);
    let english = desk.get(&format!("{address}?lang=en")).await.text();
    assert!(english.contains("Patrol route sheet"));
    let stops: usize = plan["routes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| r["stops"].as_array().unwrap().len())
        .sum();
    assert_eq!(english.matches("type=\"checkbox\"").count(), stops);

    let unit = plan["routes"][1]["unit"].as_str().unwrap();
    let one = desk.get(&format!("{address}?lang=en&unit={unit}")).await;
    assert_eq!(one.text().matches("<section").count(), 1);
    let wrong = desk.get(&format!("{address}?unit=nobody")).await;
    let problem = wrong.problem(404, "unknown-route");
    assert!(problem["detail"].as_str().unwrap().contains(unit));
    desk.get(&format!("{address}?lang=fr"))
        .await
        .problem(400, "invalid-parameter");
    desk.get("/api/plans/none/sheet")
        .await
        .problem(404, "unknown-plan");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_spreadsheet_of_stops() {
    let desk = Desk::open().await;
    let plan = made(&desk).await;
    let address = plan["links"]["csv"].as_str().unwrap();
    let file = desk
        .get(&format!("{address}?lang=en&bom=true&header=both"))
        .await;
    assert_eq!(file.header("content-type"), "text/csv; charset=utf-8");
    assert!(file.header("content-disposition").ends_with(".csv\""));
    let text = file.text();
    assert!(text.starts_with("\u{feff}plan 方案编号,"), "{text}");
    let first = &plan["routes"][0]["stops"][0];
    assert!(text.contains(first["arrival"].as_str().unwrap()), "{text}");
    let plain = desk.get(address).await.text();
    assert!(plain.starts_with("方案编号,"), "{plain}");
    for wrong in ["bom=yes", "header=three", "lang=de"] {
        desk.get(&format!("{address}?{wrong}"))
            .await
            .problem(400, "invalid-parameter");
    }
    desk.get(&format!("{address}?unit=u1"))
        .await
        .problem(400, "unknown-parameter");
    desk.get("/api/plans/none.csv")
        .await
        .problem(404, "unknown-plan");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pack_that_the_client_has_is_not_sent_again() {
    let desk = Desk::open().await;
    let plan = made(&desk).await;
    let address = plan["links"]["pdf"].as_str().unwrap();
    let pack = desk.get(address).await;
    assert_eq!(pack.status, 200, "{}", pack.text());
    assert_eq!(pack.header("content-type"), "application/pdf");
    assert_eq!(pack.header("cache-control"), "private, no-cache");
    let known = request(Method::GET, address).header("if-none-match", pack.header("etag"));
    let again = desk.send(known.body(Body::empty()).unwrap()).await;
    assert_eq!(again.status, 304);
    let english = desk.get(&format!("{address}?lang=en")).await;
    assert_ne!(english.header("etag"), pack.header("etag"));
    let unit = plan["routes"][1]["unit"].as_str().unwrap();
    let one = desk.get(&format!("{address}?unit={unit}")).await;
    assert_eq!(one.status, 200);
    let wrong = desk.get(&format!("{address}?unit=nobody")).await;
    wrong.problem(404, "unknown-route");
    desk.get("/api/plans/none.pdf")
        .await
        .problem(404, "unknown-plan");
}
