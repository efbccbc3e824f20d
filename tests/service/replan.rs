//! A plan in mid-shift: a call, a return, a pillar, a hot spot; what was made stays, each
//! unit's change is said, a restart changes nothing, and what can't be is refused in words.

use frontbeat::app::session::Session;
use frontbeat::http::guard::HostNames;
use frontbeat::http::server::front;
use serde_json::{Value, json};

use crate::ask::{Answer, Desk, answer, post};

async fn planned(desk: &Desk) -> Value {
    let body = json!({"window": "night@2026-10-31", "units": 2, "model": "count", "seed": 7,
        "deadline_ms": 10000, "iterations": 50});
    let made = desk.post("/api/plans", body.to_string()).await;
    assert_eq!(made.status, 201, "{}", made.text());
    made.json()
}

async fn replan(desk: &Desk, plan: &Value, at: &str, change: Value) -> Answer {
    let address = format!("{}/replan", plan["links"]["self"].as_str().unwrap());
    let body = json!({"at": at, "change": change, "deadline_ms": 10000, "iterations": 50});
    desk.post(&address, body.to_string()).await
}

async fn replanned(desk: &Desk, plan: &Value, at: &str, change: Value) -> Value {
    let made = replan(desk, plan, at, change).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let new = made.json();
    assert_eq!(made.header("location"), new["links"]["self"]);
    assert_eq!(new["replanned"]["of"], plan["id"]);
    assert_ne!(new["id"], plan["id"]);
    let changes = new["replanned"]["changes"].as_array().unwrap();
    assert_eq!(changes.len(), 2);
    for (change, route) in changes.iter().zip(plan["routes"].as_array().unwrap()) {
        let unit = route["call_sign"].as_str().unwrap();
        assert_eq!(change["call_sign"], unit);
        assert!(change["en"].as_str().unwrap().starts_with(unit));
        assert!(change["zh"].as_str().unwrap().starts_with(unit));
    }
    new
}

/// Stops of a route that had been left by then.
fn made_by(plan: &Value, route: usize, at: &str) -> Vec<Value> {
    let stops = plan["routes"][route]["stops"].as_array().unwrap();
    let made = stops
        .iter()
        .filter(|s| s["departure"].as_str().unwrap() <= at);
    made.map(|stop| json!([stop["label"], stop["arrival"], stop["departure"]]))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_night_with_a_call_a_pillar_and_a_hot_spot() {
    let desk = Desk::open().await;
    let first = planned(&desk).await;
    let unit = &first["routes"][0]["unit"];
    let hour = |text: &str| format!("2026-11-01T{text}:00+08:00");

    let gone = json!({"kind": "sent_to_call", "unit": unit});
    let second = replanned(&desk, &first, &hour("00:30"), gone).await;
    assert_eq!(
        second["replanned"]["changes"][0]["why"]["kind"],
        "sent_to_call"
    );
    for route in 0..2 {
        let (before, after) = (
            made_by(&first, route, &hour("00:30")),
            made_by(&second, route, &hour("00:30")),
        );
        assert!(!before.is_empty());
        assert_eq!(after[..before.len()], before[..], "what was made stays");
    }
    let later = second["routes"][0]["stops"].as_array().unwrap().iter();
    assert_eq!(
        later
            .filter(|s| s["arrival"].as_str().unwrap() > hour("00:31").as_str())
            .count(),
        0
    );

    let start = &first["routes"][0]["start"];
    let back = json!({"kind": "back", "unit": unit, "position": start});
    let third = replanned(&desk, &second, &hour("01:15"), back).await;
    assert_eq!(third["replanned"]["changes"][0]["why"]["kind"], "back");
    let stops = |plan: &Value| plan["routes"][0]["stops"].as_array().unwrap().len();
    assert!(stops(&third) > stops(&second));

    let pillars = desk.json("/api/layers/pillars").await;
    let pillar = &pillars["features"][0]["properties"];
    let pressed = json!({"kind": "pillar_pressed", "pillar": pillar["id"], "within_s": 900});
    let fourth = replanned(&desk, &third, &hour("02:00"), pressed).await;
    let routes = fourth["routes"].as_array().unwrap().iter();
    let mut all = routes.flat_map(|route| route["stops"].as_array().unwrap());
    let due = json!({"kind": "must_visit", "from": hour("02:00"), "until": hour("02:15")});
    let went = all.any(|stop| stop["reason"] == due && stop["label"] == pillar["name"]);
    assert!(went, "{}", fourth["replanned"]);

    let place = &fourth["routes"][1]["start"];
    let hot = json!({"kind": "new_hotspot", "position": place, "expected_per_hour": 50.0});
    let fifth = replanned(&desk, &fourth, &hour("03:00"), hot).await;
    let changes = fifth["replanned"]["changes"].as_array().unwrap();
    assert!(
        changes.iter().any(|c| c["why"]["kind"] == "new_hotspot"),
        "{changes:?}"
    );
    assert_eq!(
        desk.json("/api/plans").await["plans"]
            .as_array()
            .unwrap()
            .len(),
        5
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_is_changed_the_same_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let path = crate::town::build(folder.path()).await;
    let change = json!({"kind": "drops_out", "unit": "nobody"});
    let desk = Desk::of(folder, &path, false).await;
    let first = planned(&desk).await;
    replan(&desk, &first, "2026-11-01T00:30", change)
        .await
        .problem(422, "unknown-change");
    let change = json!({"kind": "drops_out", "unit": first["routes"][1]["call_sign"]});
    let before = replanned(&desk, &first, "2026-11-01T00:30", change.clone()).await;
    // Another session has nothing in memory: it reads what was stored.
    let other = Session::open(&path, true).await.unwrap();
    let again = front(other, HostNames::default()).unwrap();
    let address = format!("{}/replan", first["links"]["self"].as_str().unwrap());
    let body = json!({"at": "2026-11-01T00:30", "change": change, "deadline_ms": 10000,
        "iterations": 50});
    let after = answer(again, post(&address, body.to_string())).await;
    assert_eq!(after.status, 201, "{}", after.text());
    assert_eq!(after.json()["routes"], before["routes"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_not_be_is_refused_in_words() {
    let desk = Desk::open().await;
    let plan = planned(&desk).await;
    let time = json!({"kind": "time_passed"});
    let unit = plan["routes"][0]["unit"].clone();
    let at = "2026-11-01T01:00";
    let sea = json!([0.0, 0.0]);
    for (when, change, status, kind) in [
        ("2026-11-02T01:00", time.clone(), 409, "plan-is-fixed"),
        ("yesterday", time.clone(), 400, "invalid-parameter"),
        (
            at,
            json!({"kind": "pillar_pressed", "pillar": "x"}),
            422,
            "unknown-change",
        ),
        (
            at,
            json!({"kind": "back", "unit": unit, "position": sea}),
            422,
            "unknown-change",
        ),
        (
            at,
            json!({"kind": "back", "unit": unit, "position": [181.0, 0.0]}),
            400,
            "invalid-parameter",
        ),
        (
            at,
            json!({"kind": "sent_to_call", "unit": unit, "back":
            {"position": plan["routes"][0]["start"], "at": "2026-10-31T23:00"}}),
            400,
            "invalid-parameter",
        ),
        (
            at,
            json!({"kind": "new_hotspot", "position": plan["routes"][0]["start"],
            "expected_per_hour": -1.0}),
            400,
            "invalid-parameter",
        ),
        (
            at,
            json!({"kind": "new_hotspot", "position": sea, "expected_per_hour": 1.0}),
            422,
            "unknown-change",
        ),
    ] {
        replan(&desk, &plan, when, change)
            .await
            .problem(status, kind);
    }
    for body in [
        json!({}),
        json!({"change": {"kind": "holiday"}}),
        json!({"change": {"kind": "time_passed"}, "deadline_ms": 0}),
        json!({"change": {"kind": "time_passed"}, "price": -1.0}),
        json!({"change": {"kind": "drops_out", "unit": unit, "name": "x"}}),
    ] {
        let address = format!("{}/replan", plan["links"]["self"].as_str().unwrap());
        let answer = desk.post(&address, body.to_string()).await;
        assert_eq!(answer.status, 400, "{body}: {}", answer.text());
    }
    let nothing = json!({"change": time}).to_string();
    desk.post("/api/plans/none/replan", nothing)
        .await
        .problem(404, "unknown-plan");
    // The plan after a change is not changed before it.
    let later = replanned(&desk, &plan, at, json!({"kind": "time_passed"})).await;
    replan(&desk, &later, "2026-11-01T00:00", time)
        .await
        .problem(409, "plan-is-fixed");
}
