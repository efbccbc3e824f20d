//! `/api/simulations` over the town: figures that add up, progress as events, a client that
//! leaves, and what is refused.

use std::time::Duration;

use frontbeat::store::record::LayerRows;
use http_body_util::BodyExt;
use serde_json::{Value, json};

use crate::ask::{Desk, post};
use crate::town;

fn question() -> Value {
    json!({
        "days": 6, "seeds": 2, "window": "night", "model": "count", "resolution": 9,
        "policies": ["station", "plan-replan"], "iterations": 50,
    })
}

fn mean(estimate: &Value) -> f64 {
    estimate["mean"].as_f64().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn policies_are_compared_on_the_same_calls() {
    let desk = Desk::open().await;
    let answer = desk.post("/api/simulations", question().to_string()).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.header("cache-control"), "no-store");
    let found = answer.json();
    assert_eq!(found["synthetic"], true);
    assert_eq!((&found["shifts"], &found["units"]), (&json!(6), &json!(3)));
    assert_eq!(found["reference"], "plan-replan");
    assert_eq!(found["truth"], "held-out");
    // The last day of the data is the last one simulated.
    assert_eq!(found["period"]["start"], "2026-10-25T22:00:00+08:00");
    let policies = found["policies"].as_array().unwrap();
    assert_eq!(policies.len(), 2);
    for policy in policies {
        let figures = &policy["figures"];
        assert!(mean(&figures["mean_response_s"]) > 0.0);
        let shares = |list: &Value| -> Vec<(u64, f64)> {
            let list = list.as_array().unwrap().iter();
            list.map(|one| (one["seconds"].as_u64().unwrap(), mean(&one["share"])))
                .collect()
        };
        let curve = shares(&policy["distribution"]);
        assert_eq!(curve.len(), 30);
        assert!(curve.windows(2).all(|w| w[0].1 <= w[1].1 && w[1].1 <= 1.0));
        let within = shares(&figures["within"]);
        assert_eq!(
            within.iter().map(|w| w.0).collect::<Vec<_>>(),
            [60, 180, 300, 480]
        );
        for point in within {
            assert!(curve.contains(&point), "{point:?} is on the curve");
        }
        let against = &policy["against"][0];
        let other = policies.iter().find(|p| p["policy"] == against["other"]);
        let difference =
            mean(&figures["mean_response_s"]) - mean(&other.unwrap()["figures"]["mean_response_s"]);
        let told = &against["difference"]["mean_response_s"];
        assert!((mean(told) - difference).abs() < 1e-9);
        assert!(told["low"].as_f64().unwrap() <= mean(told));
        assert!(told["high"].as_f64().unwrap() >= mean(told));
    }
    let again = desk.post("/api/simulations", question().to_string()).await;
    assert_eq!(again.json(), found, "the same question, the same answer");
    let mut once = question();
    once["seeds"] = json!(1);
    let once = desk.post("/api/simulations", once.to_string()).await.json();
    let told = &once["policies"][0]["figures"]["mean_response_s"];
    assert!(told["low"].is_null(), "one draw says nothing of chance");
}

#[tokio::test(flavor = "multi_thread")]
async fn events_tell_how_far_it_is_and_end_with_the_report() {
    let desk = Desk::open().await;
    let whole = desk.post("/api/simulations", question().to_string()).await;
    let answer = desk
        .post("/api/simulations?format=events", question().to_string())
        .await;
    assert_eq!(answer.header("content-type"), "text/event-stream");
    let text = answer.text();
    let mut last = (String::new(), Value::Null);
    let mut done = 0;
    for event in text.split("\n\n").filter(|e| e.contains("event:")) {
        let of = |field: &str| {
            let line = event.lines().find_map(|l| l.strip_prefix(field));
            line.unwrap_or_default().trim().to_owned()
        };
        last = (of("event:"), serde_json::from_str(&of("data:")).unwrap());
        if last.0 == "progress" {
            let now = last.1["done"].as_u64().unwrap();
            assert!(now > done && last.1["of"] == 10, "{}", last.1);
            done = now;
        }
    }
    assert_eq!(last, ("report".to_owned(), whole.json()));

    let mut early = question();
    early["from"] = json!("2020-01-01");
    let answer = desk
        .post("/api/simulations?format=events", early.to_string())
        .await;
    let text = answer.text();
    assert!(
        text.contains("event: problem") && text.contains("/problems/too-little-data"),
        "{text}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_leaves_stops_it() {
    let desk = Desk::open().await;
    let mut long = question();
    long["days"] = json!(62);
    long["seeds"] = json!(50);
    long["policies"] = json!([]);
    long["units"] = json!(60);
    long["from"] = json!("2026-09-02");
    let mut stream = desk
        .open_stream(post("/api/simulations?format=events", long.to_string()))
        .await;
    let progress = async {
        loop {
            let frame = stream.frame().await.unwrap().unwrap().into_data().unwrap();
            // On a busy machine the stream is kept alive before there is any.
            if !frame.starts_with(b":") {
                return frame;
            }
        }
    };
    let first = tokio::time::timeout(Duration::from_secs(120), progress).await;
    let first = first.expect("progress within two minutes");
    assert!(first.starts_with(b"event: progress"));
    let running = || desk.session.simulations.running();
    assert_eq!(running(), 1);
    drop(stream);
    for _ in 0..1200 {
        if running() == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the simulation goes on without anybody waiting");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_not_be_simulated_is_said() {
    let desk = Desk::open().await;
    for (field, value) in [
        ("days", json!(63)),
        ("seeds", json!(0)),
        ("units", json!(201)),
        ("iterations", json!(0)),
        ("handling_minutes", json!(0.5)),
        ("resolution", json!(12)),
        ("policies", json!(["nap"])),
        ("preset", json!("win")),
        ("rule", json!("farthest")),
        ("beats", json!("some")),
        ("truth", json!("generator")),
        ("model", json!("oracle")),
        ("window", json!("noon")),
        ("window", json!("2026-10-01/2026-10-03")),
        ("from", json!("yesterday")),
        ("category", json!(["nonsense"])),
    ] {
        let mut wrong = question();
        wrong[field] = value;
        let answer = desk.post("/api/simulations", wrong.to_string()).await;
        let problem = answer.problem(400, "invalid-parameter");
        assert_eq!(problem["parameter"], field, "{problem}");
    }
    let mut unknown = question();
    unknown["officers"] = json!(3);
    let answer = desk.post("/api/simulations", unknown.to_string()).await;
    answer.problem(400, "invalid-body");
    let answer = desk.post("/api/simulations?format=xml", question().to_string());
    answer.await.problem(400, "invalid-parameter");

    let folder = tempfile::tempdir().unwrap();
    let no_roads = |rows: &LayerRows| !matches!(rows, LayerRows::Roads(_));
    let path = town::build_with(folder.path(), no_roads).await;
    let bare = Desk::of(folder, &path, false).await;
    let answer = bare.post("/api/simulations", question().to_string()).await;
    answer.problem(422, "no-roads");
}
