//! Plans and coverage of a window that runs are about the units that the board has now;
//! those of another day are about the layer. Both say which.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::ask::Desk;
use crate::town;

/// From half an hour ago for eight hours, `days` from now.
fn window(days: i64) -> String {
    let now = Timestamp::from_second(Timestamp::now().as_second()).unwrap();
    let start = now + SignedDuration::from_hours(24 * days) - SignedDuration::from_mins(30);
    format!("{start}/{}", start + SignedDuration::from_hours(8))
}

async fn plan(desk: &Desk, days: i64, wishes: Value) -> Value {
    let body = json!({"window": window(days), "model": "count", "iterations": 20,
        "deadline_ms": 10000, "wishes": wishes});
    let made = desk.post("/api/plans", body.to_string()).await;
    assert_eq!(made.status, 201, "{}", made.text());
    made.json()
}

fn units(plan: &Value) -> Vec<&str> {
    let routes = plan["routes"].as_array().unwrap();
    routes.iter().map(|r| r["unit"].as_str().unwrap()).collect()
}

fn start_of<'a>(plan: &'a Value, unit: &str) -> &'a Value {
    let mut routes = plan["routes"].as_array().unwrap().iter();
    &routes.find(|r| r["unit"] == unit).unwrap()["start"]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_window_is_about_the_units_of_the_board() {
    let desk = Desk::open().await;
    let cover = |days| format!("/api/coverage?window={}&resolution=9", window(days));
    let before = desk.json(&cover(0)).await;
    let version = desk.json("/api/workspace").await["content_version"].clone();
    let post = async |path: &str, body: Value| {
        let answer = desk.post(path, body.to_string()).await;
        assert!(answer.status.is_success(), "{path}: {}", answer.text());
    };
    let moved = town::at(0.4, 0.2);
    let moved = json!([moved.lon(), moved.lat()]);
    post("/api/units/u0/position", json!({"position": moved})).await;
    post("/api/units/u1/status", json!({"status": "break"})).await;
    post("/api/units/u3/status", json!({"status": "idle"})).await;

    let now = plan(&desk, 0, json!({})).await;
    assert_eq!(now["units_from"], "board");
    assert_eq!(units(&now), ["u0", "u2", "u3"]);
    assert_ne!(start_of(&now, "u0"), &json!(null));
    let later = plan(&desk, 3, json!({})).await;
    assert_eq!(later["units_from"], "layer");
    assert_eq!(units(&later), ["u0", "u1", "u2"]);
    assert_ne!(start_of(&now, "u0"), start_of(&later, "u0"));
    let began: [f64; 2] = serde_json::from_value(start_of(&now, "u0").clone()).unwrap();
    let wanted: [f64; 2] = serde_json::from_value(moved).unwrap();
    let off = (began[0] - wanted[0]).abs() + (began[1] - wanted[1]).abs();
    assert!(off < 0.002, "{began:?} {wanted:?}");

    let after = desk.json(&cover(0)).await;
    assert_eq!(after["about"]["units_from"], "board");
    assert_eq!(desk.json(&cover(3)).await["about"]["units_from"], "layer");
    assert_ne!(after["cover"][0], before["cover"][0], "not from memory");
    let named: Vec<&str> = after["units"]
        .as_array()
        .unwrap()
        .iter()
        .map(|u| u["id"].as_str().unwrap())
        .collect();
    assert!(named.contains(&"u3") && !named.contains(&"u1"), "{named:?}");
    let stand = desk
        .json(&format!(
            "/api/coverage/stand?window={}&resolution=9&named=u0,East+2",
            window(0)
        ))
        .await;
    assert_eq!(stand["units"], 2);
    let unknown = desk.get(&format!("{}&named=nobody", cover(0))).await;
    assert_eq!(
        unknown.problem(400, "invalid-parameter")["parameter"],
        "named"
    );

    // Neither plans nor moves make the content another: the page does not ask for all anew.
    let same = desk.json("/api/workspace").await["content_version"].clone();
    assert_eq!(same, version);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_of_a_plan_is_checked() {
    let desk = Desk::open().await;
    let ask = async |wishes: Value| {
        let body = json!({"window": "night@2026-10-31", "model": "count", "iterations": 20,
            "deadline_ms": 10000, "wishes": wishes});
        desk.post("/api/plans", body.to_string()).await
    };
    ask(json!({"not_these": ["abc"]}))
        .await
        .problem(422, "unknown-wish");
    let nothing = json!({"weights": {"deter": 0, "respond": 0, "fair": 0}});
    ask(nothing).await.problem(400, "invalid-parameter");
    let backwards = json!({"units": [{"unit": "u0",
        "from": "2026-11-01T03:00", "until": "2026-11-01T02:00"}]});
    let said = ask(backwards).await.problem(400, "invalid-parameter");
    let said = said["detail"].as_str().unwrap();
    assert!(said.contains("must end after it starts"), "{said}");
    assert!(!said.contains("()") && !said.contains('Z'), "{said}");

    let start = town::at(0.1, 0.1);
    let wishes = json!({"units": [{"unit": "u0", "start": [start.lon(), start.lat()],
        "breaks": [{"from": "2026-10-31T10:00", "until": "2026-10-31T11:00", "length_s": 1800}]}],
        "pins": [{"place": "p1"}]});
    let made = ask(wishes).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let plan = made.json();
    let began = start_of(&plan, "u0")[0].as_f64().unwrap();
    assert!((began - start.lon()).abs() < 0.002);
    assert_eq!(plan["report"]["breaks"], json!({"kept": 0, "asked": 1}));
    let obstacles = plan["obstacles"].as_array().unwrap();
    assert!(
        obstacles
            .iter()
            .any(|o| o["kind"] == "break" && o["why"]["why"] == "outside_shift")
    );
    let mut stops = plan["routes"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|r| r["stops"].as_array().unwrap());
    assert!(stops.any(|s| s["label"] == "Pillar 1"));
    // Files know the page's language, and have no words of it.
    let link = plan["links"]["gpx"].as_str().unwrap();
    assert_eq!(desk.get(&format!("{link}?lang=en")).await.status, 200);
    assert_eq!(desk.get(&format!("{link}?lang=fr")).await.status, 400);

    let early =
        json!({"at": "2026-10-31T20:10", "change": {"kind": "time_passed"}, "iterations": 20});
    let address = format!("{}/replan", plan["links"]["self"].as_str().unwrap());
    let refused = desk.post(&address, early.to_string()).await;
    assert_eq!(refused.problem(400, "invalid-parameter")["parameter"], "at");
}
