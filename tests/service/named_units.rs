//! Units that wishes name take part, however few are asked for.

use serde_json::{Value, json};

use crate::ask::Desk;

fn asked(units: u32, wishes: &Value) -> String {
    let body = json!({
        "window": "night@2026-10-31", "model": "count", "iterations": 20,
        "units": units, "wishes": wishes,
    });
    body.to_string()
}

fn rest(unit: &str) -> Value {
    json!({
        "unit": unit,
        "breaks": [{ "from": "2026-11-01T01:00", "until": "2026-11-01T03:00", "length_s": 1800 }],
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_unit_with_a_wish_is_among_the_few() {
    let desk = Desk::open().await;
    // By id order the first of three is u0.
    let plain = desk.post("/api/plans", asked(1, &json!({}))).await;
    assert_eq!(plain.json()["routes"][0]["unit"], "u0");
    for name in ["u2", "East 2"] {
        let wishes = json!({ "units": [rest(name)] });
        let plan = desk.post("/api/plans", asked(1, &wishes)).await;
        assert_eq!(plan.status, 201, "{}", plan.text());
        let plan = plan.json();
        let routes = plan["routes"].as_array().unwrap();
        assert_eq!((routes.len(), &routes[0]["unit"]), (1, &json!("u2")));
        assert_eq!(plan["report"]["breaks"]["kept"], 1);
        // A pinned pair names its unit too.
        let cell = routes[0]["stops"].as_array().unwrap();
        let cell = cell.iter().find_map(|s| s["cell"].as_str()).unwrap();
        let pinned = json!({ "pins": [{ "place": cell, "unit": name }] });
        let plan = desk.post("/api/plans", asked(2, &pinned)).await;
        assert_eq!(plan.status, 201, "{}", plan.text());
        let plan = plan.json();
        let units: Vec<&str> = plan["routes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|r| r["unit"].as_str().unwrap())
            .collect();
        assert_eq!(units.len(), 2);
        assert!(units.contains(&"u2"), "{units:?}");
        assert_eq!(plan["report"]["pins"]["kept"], 1);
    }
    let two = json!({ "units": [rest("u1"), rest("u2")] });
    let refused = desk.post("/api/plans", asked(1, &two)).await;
    let problem = refused.problem(400, "invalid-parameter");
    assert_eq!(problem["parameter"], "units");
    // One that is on its break is not there to be asked.
    let away = json!({ "units": [rest("u3")] });
    let refused = desk.post("/api/plans", asked(1, &away)).await;
    refused.problem(422, "unknown-wish");
}
