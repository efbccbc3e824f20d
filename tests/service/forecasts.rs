//! The default model, its record beside the surface, intervals by cell, and forecasts that
//! are frozen over the wire.

use serde_json::{Value, json};

use crate::ask::Desk;

const NIGHT: &str = "/api/risk?window=night%402026-10-31&resolution=9";

#[tokio::test(flavor = "multi_thread")]
async fn the_default_is_the_count_until_the_record_speaks() {
    let desk = Desk::open().await;
    let before = desk.json(NIGHT).await;
    assert_eq!(before["model"], "count");
    assert_eq!(before["chosen_by"], "no_record");
    assert_eq!(
        (&before["record"], &before["law"]),
        (&Value::Null, &Value::Null)
    );

    let record = desk.json("/api/record?resolution=9").await;
    let after = desk.json(NIGHT).await;
    assert_eq!(after["model"], record["model"]);
    assert_eq!(after["chosen_by"], "record");
    assert_eq!(after["record"]["weeks"], record["windows"]);
    assert!(after["record"]["hits"].is_number() && after["record"]["count_hits"].is_number());
    assert!(after["law"]["kind"].is_string());
    // Of another question there is no record so far: that of all incidents stands in.
    let of_theft = desk.json(&format!("{NIGHT}&category=criminal")).await;
    assert_eq!(of_theft["chosen_by"], "record_of_all");
    let asked = desk.json(&format!("{NIGHT}&model=prospective")).await;
    assert_eq!(
        (&asked["model"], &asked["chosen_by"]),
        (&json!("prospective"), &json!("asked"))
    );
    assert_eq!(asked["record"], Value::Null, "it is not among those scored");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cell_has_an_interval_and_a_chance() {
    let desk = Desk::open().await;
    let id = desk.json(NIGHT).await["id"].as_str().unwrap().to_owned();
    let cells = desk.json(&format!("/api/risk/{id}/cells?limit=20")).await;
    let cells = cells["cells"].as_array().unwrap();
    assert_eq!(cells.len(), 20);
    for cell in cells {
        let [low, high] = [0, 1].map(|i| cell["interval"][i].as_u64().unwrap());
        let expected = cell["expected"].as_f64().unwrap();
        let chance = cell["at_least_one"].as_f64().unwrap();
        assert!(low as f64 <= expected.ceil() && expected.floor() <= high as f64);
        // Poisson's, since no record was asked for.
        assert!((chance - (1.0 - (-expected).exp())).abs() < 1e-12);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_lies_ahead_is_frozen_and_what_has_begun_is_not() {
    let desk = Desk::open().await;
    let freeze = async |body: Value| desk.post("/api/forecasts", body.to_string()).await;
    assert_eq!(desk.json("/api/forecasts").await, json!({"forecasts": []}));
    assert_eq!(desk.json("/api/scorecard").await, json!({"card": null}));

    let frozen = freeze(json!({"window": "night@2026-11-05", "resolution": 9})).await;
    assert_eq!(frozen.status, 201, "{}", frozen.text());
    let frozen = frozen.json();
    let listed = desk.json("/api/forecasts").await;
    assert_eq!(listed["forecasts"].as_array().unwrap().len(), 3);
    for forecast in frozen["forecasts"].as_array().unwrap() {
        assert_eq!(forecast["window"]["start"], "2026-11-05T22:00:00+08:00");
        assert!(forecast["frozen_at"].as_str().unwrap() < "2026-11-05");
        assert_eq!(forecast["score"], Value::Null);
        let id = forecast["id"].as_str().unwrap();
        let file = desk.json(&format!("/api/forecasts/{id}.geojson")).await;
        assert_eq!(file["provenance"]["model"], forecast["model"]);
        let sum: f64 = file["features"]
            .as_array()
            .unwrap()
            .iter()
            .map(|f| f["properties"]["expected"].as_f64().unwrap())
            .sum();
        assert!((sum - forecast["expected"].as_f64().unwrap()).abs() < 1e-6);
    }
    for (body, status, kind) in [
        (
            json!({"window": "night@2026-10-20"}),
            422,
            "window-has-begun",
        ),
        (json!({"window": "tomorrow"}), 400, "invalid-parameter"),
        (
            json!({"window": "night@2026-11-05", "resolution": 3}),
            400,
            "invalid-parameter",
        ),
        (
            json!({"window": "night@2026-11-05", "category": ["no/such"]}),
            400,
            "invalid-parameter",
        ),
        (
            json!({"window": "night@2026-11-05", "person": "x"}),
            400,
            "invalid-body",
        ),
    ] {
        freeze(body).await.problem(status, kind);
    }
    for (address, status) in [
        ("/api/forecasts/none.geojson", 404),
        ("/api/forecasts?limit=0", 400),
        ("/api/scorecard?every=month", 400),
        ("/api/scorecard?colour=red", 400),
    ] {
        assert_eq!(desk.get(address).await.status, status, "{address}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_only_service_says_that_nothing_can_be_frozen() {
    let desk = Desk::open_as(true).await;
    let refused = desk.post("/api/forecasts", r#"{"window": "night@2026-11-05"}"#);
    refused.await.problem(409, "read-only");
    // Its record is kept in memory, and speaks there.
    let record = desk.json("/api/record?resolution=9").await;
    assert_eq!(desk.json(NIGHT).await["model"], record["model"]);
}
