//! The live board over HTTP: what feeds deliver, what the desk asks for, clients that break
//! off at random and end up with the board that is the fold of the log.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, StatusCode};
use frontbeat::app::live::keys;
use frontbeat::app::session::Session;
use http_body_util::BodyExt;
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};

use crate::ask::{Answer, Desk, request};
use crate::town;

async fn post(desk: &Desk, path: &str, body: &Value) -> Answer {
    desk.post(path, body.to_string()).await
}

async fn command(desk: &Desk, body: Value) -> Answer {
    post(desk, "/api/board/commands", &body).await
}

/// An incident at shares of the town's sides.
fn incident(id: &str, east: f64, north: f64) -> Value {
    let place = town::at(east, north);
    json!({
        "id": id,
        "position": [place.lon(), place.lat()],
        "category": "dispute",
        "priority": 2,
    })
}

async fn units(desk: &Desk) -> Vec<String> {
    let board = desk.json("/api/board").await;
    let units = board["units"].as_array().unwrap();
    units
        .iter()
        .map(|u| u["id"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_call_goes_its_way_from_the_first_ring_to_the_feedback() {
    let desk = Desk::open().await;
    let unit = units(&desk).await[0].clone();
    let taken = post(&desk, "/api/incidents", &incident("A1", 0.2, 0.2)).await;
    assert_eq!(taken.status, 201, "{}", taken.text());
    assert_eq!(taken.json()["results"][0]["name"], "C0001");
    // Sent again, it is there once; something else under its id is refused.
    let again = post(&desk, "/api/incidents", &incident("A1", 0.2, 0.2)).await;
    assert_eq!(again.status, 200, "{}", again.text());
    let other = post(&desk, "/api/incidents", &incident("A1", 0.8, 0.2)).await;
    other.problem(409, "id-in-use");

    let before = desk.json("/api/board").await["sequence"].clone();
    for illegal in [
        json!({"kind": "close", "call": "C0001"}),
        json!({"kind": "handle", "call": "A1"}),
        json!({"kind": "arrive", "unit": unit}),
        json!({"kind": "reopen", "call": "C0001"}),
    ] {
        command(&desk, illegal).await.problem(409, "illegal-now");
    }
    assert_eq!(desk.json("/api/board").await["sequence"], before);
    command(&desk, json!({"kind": "close", "call": "C0999"}))
        .await
        .problem(404, "unknown-call");
    command(
        &desk,
        json!({"kind": "assign", "call": "C0001", "unit": "nobody"}),
    )
    .await
    .problem(404, "unknown-unit");

    for step in [
        json!({"kind": "assign", "call": "C0001", "unit": unit}),
        json!({"kind": "arrive", "unit": unit}),
        json!({"kind": "handle", "call": "C0001"}),
        json!({"kind": "reclassify", "call": "C0001", "category": "public_order", "priority": 1}),
        json!({"kind": "clear", "unit": unit}),
    ] {
        let done = command(&desk, step.clone()).await;
        assert_eq!(done.status, 201, "{step}: {}", done.text());
    }
    let board = desk.json("/api/board").await;
    let call = &board["calls"][0];
    assert_eq!(call["state"], "closed");
    assert_eq!(call["category"], "public_order");
    assert_eq!(call["changes"][0]["category"], "dispute");
    for time in [
        "received_at",
        "dispatched_at",
        "arrived_at",
        "handling_at",
        "ended_at",
    ] {
        assert!(call[time].is_string(), "{time}: {call}");
    }
    assert_eq!(call["beat_name"].as_str().map(str::is_empty), Some(false));
    // The table of incidents knows it too, as it stands now.
    let day = board["at"]
        .as_str()
        .unwrap()
        .split('T')
        .next()
        .unwrap()
        .to_owned();
    let listed = desk
        .json(&format!("/api/incidents?from={day}T00:00:00Z"))
        .await;
    let stored = &listed["features"][0]["properties"];
    assert_eq!(
        (&stored["state"], &stored["category"]),
        (&json!("closed"), &json!("public_order"))
    );

    // And as it was: after the first event it was received, and no unit on its way.
    let first = before.as_u64().unwrap();
    let then = desk.json(&format!("/api/board?sequence={first}")).await;
    assert_eq!(then["calls"][0]["state"], "received");
    assert_eq!(then["sequence"], before);
    let now = board["now"].as_str().unwrap();
    let again = desk.json(&format!("/api/board?at={now}")).await;
    assert_eq!(again["calls"], board["calls"]);
    desk.get("/api/board?at=1999-01-01T00:00:00Z")
        .await
        .problem(404, "unknown-board");
}

#[tokio::test]
async fn duplicates_are_proposed_merged_and_taken_back() {
    let desk = Desk::open().await;
    let batch = json!([
        incident("A1", 0.2, 0.2),
        incident("A2", 0.2005, 0.2),
        incident("A3", 0.9, 0.9)
    ]);
    let answer = post(&desk, "/api/incidents", &batch).await.json();
    assert_eq!(
        (&answer["done"], &answer["refused"]),
        (&json!(3), &json!(0))
    );
    let call = |board: &Value, id: &str| {
        let calls = board["calls"].as_array().unwrap();
        calls.iter().find(|c| c["id"] == id).cloned().unwrap()
    };
    let board = desk.json("/api/board").await;
    assert_eq!(call(&board, "A1")["maybe_same"], json!(["A2"]));
    assert_eq!(call(&board, "A3")["maybe_same"], json!([]));
    let merged = command(&desk, json!({"kind": "merge", "call": "A2", "into": "A1"})).await;
    assert_eq!(merged.status, 201);
    let board = desk.json("/api/board").await;
    assert_eq!(call(&board, "A2")["merged_into"], "A1");
    // One event is one incident; the lists and surfaces count it once.
    let day = board["at"]
        .as_str()
        .unwrap()
        .split('T')
        .next()
        .unwrap()
        .to_owned();
    let path = format!("/api/incidents?from={day}T00:00:00Z");
    let listed = || async { desk.json(&path).await["number_returned"].clone() };
    assert_eq!(listed().await, 2);
    command(&desk, json!({"kind": "reopen", "call": "A2"})).await;
    assert_eq!(listed().await, 3);
    command(
        &desk,
        json!({"kind": "cancel", "call": "A2", "reason": "mistake"}),
    )
    .await;
    assert_eq!(listed().await, 2);
}

#[tokio::test]
async fn what_can_not_be_is_refused_with_its_reason() {
    let desk = Desk::open().await;
    let unit = units(&desk).await[0].clone();
    let at = |time: &str| {
        let mut item = incident("B", 0.5, 0.5);
        item["at"] = time.into();
        item
    };
    let with = |field: &str, value: Value| {
        let mut item = incident("B", 0.5, 0.5);
        item[field] = value;
        item
    };
    for (item, field) in [
        (at("1970-01-01T00:00:00Z"), "at"),
        (at("2070-01-01T00:00:00Z"), "at"),
        (at("yesterday"), "at"),
        (with("position", json!([41.8, 123.4])), "position"),
        (with("position", json!([0, 0])), "position"),
        (with("position", json!([1e300, 1])), "position"),
        (with("position", json!("Mars")), "position"),
        (with("category", json!("nothing")), "category"),
        (with("priority", json!(0)), "priority"),
        (with("origin", json!("rumour")), "origin"),
        (with("state", json!("handling")), "state"),
        (with("id", json!("13912345678")), "id"),
        (with("until", json!("2020-01-01T00:00:00Z")), "until"),
    ] {
        let refused = post(&desk, "/api/incidents", &item).await;
        let problem = refused.problem(400, "invalid-parameter");
        assert_eq!(problem["parameter"], field, "{item}");
    }
    // Whatever else is sent is dropped and named; nothing of a person is kept.
    let item = with("caller_name", json!("somebody"));
    let taken = post(&desk, "/api/incidents", &item).await;
    assert_eq!(
        taken.json()["results"][0]["dropped"],
        json!(["caller_name"])
    );
    let log = desk
        .json("/api/board/log?after=0&limit=10000")
        .await
        .to_string();
    assert!(!log.contains("somebody"));

    let place = |body: Value| {
        let path = format!("/api/units/{unit}/position");
        let desk = &desk;
        async move { post(desk, &path, &body).await }
    };
    place(json!({"position": [500, 41.8]}))
        .await
        .problem(400, "invalid-parameter");
    place(json!({"position": [-123.4, 41.8]}))
        .await
        .problem(400, "invalid-parameter");
    place(json!({"position": [123.41, 41.81], "heading_deg": 400}))
        .await
        .problem(400, "invalid-parameter");
    place(json!({"position": [123.41, 41.81], "at": "2070-01-01T00:00:00Z"}))
        .await
        .problem(400, "invalid-parameter");
    place(json!({"position": [123.41, 41.81], "officer": "x"}))
        .await
        .problem(400, "invalid-body");
    assert_eq!(
        place(json!({"position": [123.41, 41.81]})).await.status,
        201
    );
    desk.post("/api/incidents", "{\"position\":")
        .await
        .problem(400, "invalid-body");
    desk.post("/api/incidents", "[".repeat(1_000_000))
        .await
        .problem(400, "invalid-body");
    desk.post("/api/incidents", " ".repeat(9_000_000))
        .await
        .problem(413, "too-large");
    let many = Value::from(vec![json!({}); 10_001]);
    post(&desk, "/api/incidents", &many)
        .await
        .problem(413, "too-large");
    let lines = request(Method::POST, "/api/incidents")
        .header("content-type", "application/x-ndjson")
        .body(Body::from(format!(
            "{}\nnonsense\n\n{}\n",
            incident("L1", 0.1, 0.1),
            incident("L2", 0.3, 0.3)
        )))
        .unwrap();
    let answer = desk.send(lines).await.json();
    assert_eq!(
        (&answer["done"], &answer["refused"]),
        (&json!(2), &json!(1)),
        "{answer}"
    );
    let endless = request(Method::POST, "/api/incidents")
        .header("content-type", "application/x-ndjson")
        .body(Body::from("x".repeat(100_000)))
        .unwrap();
    desk.send(endless).await.problem(413, "too-large");
    command(&desk, json!({"kind": "set", "acknowledge_s": -1}))
        .await
        .problem(422, "invalid-setting");
    command(&desk, json!({"kind": "steal"}))
        .await
        .problem(400, "invalid-body");
}

#[tokio::test]
async fn the_same_key_gets_the_same_answer_and_does_nothing_twice() {
    let desk = Desk::open().await;
    let send = |key: &str, body: Value| {
        let request = request(Method::POST, "/api/pillars/p1/press")
            .header("idempotency-key", key)
            .header("content-type", "application/json")
            .body(Body::from(body.to_string()))
            .unwrap();
        desk.send(request)
    };
    let incidents = |key: &str, body: Value| {
        let request = request(Method::POST, "/api/incidents")
            .header("idempotency-key", key)
            .header("content-type", "application/json")
            .body(Body::from(body.to_string()))
            .unwrap();
        desk.send(request)
    };
    let first = send("k1", json!(null)).await;
    let second = send("k1", json!(null)).await;
    assert_eq!(first.text(), second.text());
    assert_eq!(desk.json("/api/board").await["alarms"][0]["presses"], 1);
    send("k2", json!(null)).await;
    assert_eq!(desk.json("/api/board").await["alarms"][0]["presses"], 2);
    // Both a list with a refusal in it and a single item.
    let list = json!([incident("A", 0.1, 0.1), {"position": "no"}]);
    let first = incidents("k3", list.clone()).await;
    assert_eq!(first.text(), incidents("k3", list).await.text());
    incidents("k3", json!([incident("B", 0.1, 0.1)]))
        .await
        .problem(422, "idempotency-key-reused");
    let lines = request(Method::POST, "/api/incidents")
        .header("idempotency-key", "k9")
        .header("content-type", "application/x-ndjson")
        .body(Body::from("{}"))
        .unwrap();
    desk.send(lines).await.problem(400, "invalid-parameter");
    // One address's key is not another's.
    incidents("k1", json!(incident("C", 0.2, 0.1)))
        .await
        .problem(422, "idempotency-key-reused");
    let long = "x".repeat(300);
    incidents(&long, json!(incident("C", 0.2, 0.1)))
        .await
        .problem(400, "invalid-parameter");
}

#[tokio::test]
async fn a_feed_needs_its_key_once_there_is_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = town::build(folder.path()).await;
    let desk = Desk::of(folder, &path, false).await;
    let send = |key: Option<&str>, id: &str| {
        let mut sent =
            request(Method::POST, "/api/incidents").header("content-type", "application/json");
        if let Some(key) = key {
            sent = sent.header("authorization", format!("Bearer {key}"));
        }
        desk.send(
            sent.body(Body::from(incident(id, 0.3, 0.3).to_string()))
                .unwrap(),
        )
    };
    assert_eq!(send(None, "A").await.status, 201);
    send(Some("frontbeat_wrong"), "B")
        .await
        .problem(401, "key-needed");
    // Made and revoked beside the running service.
    let made = keys::make(path.clone(), "cad", 5).await.unwrap();
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    let without = send(None, "B").await;
    without.problem(401, "key-needed");
    assert_eq!(without.header("www-authenticate"), "Bearer");
    let taken = send(Some(&made.key), "B").await;
    assert_eq!(taken.status, 201, "{}", taken.text());
    assert_eq!(taken.json()["results"][0]["id"], "cad:B");
    let mut refused = 0;
    for n in 0..20 {
        let answer = send(Some(&made.key), &format!("N{n}")).await;
        if answer.status == StatusCode::TOO_MANY_REQUESTS {
            answer.problem(429, "too-many-requests");
            assert_eq!(answer.header("retry-after"), "2");
            refused += 1;
        }
    }
    assert!(refused > 5, "{refused}");
    // Whoever reads the file can't deliver: the key is not in it.
    let bytes = std::fs::read(&path).unwrap();
    let key = made.key.as_bytes();
    assert!(!bytes.windows(key.len()).any(|w| w == key));
    assert!(keys::revoke(path.clone(), &made.kept.id).await.unwrap());
    assert!(!keys::revoke(path, &made.kept.id).await.unwrap());
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    send(Some(&made.key), "C").await.problem(401, "key-needed");
}

#[tokio::test]
async fn who_only_reads_takes_nothing_in_and_follows() {
    let folder = tempfile::tempdir().unwrap();
    let path = town::build(folder.path()).await;
    let writer = Desk::of(folder, &path, false).await;
    let reader = Desk::of(tempfile::tempdir().unwrap(), &path, true).await;
    post(&reader, "/api/incidents", &incident("A", 0.3, 0.3))
        .await
        .problem(409, "read-only");
    post(&writer, "/api/incidents", &incident("A", 0.3, 0.3)).await;
    let wanted = writer.json("/api/board").await;
    for _ in 0..40 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        if reader.json("/api/board").await["sequence"] == wanted["sequence"] {
            break;
        }
    }
    let followed = reader.json("/api/board").await;
    assert_eq!(followed["calls"], wanted["calls"]);
}

/// A client's board: what `/api/board` gave and `/api/events` told since.
#[derive(Default)]
struct Page {
    parts: BTreeMap<(&'static str, String), Value>,
    sequence: u64,
    resets: usize,
}

/// What comes at once where nobody else works, and within this on a machine that is busy.
const GENEROUS: Duration = Duration::from_secs(60);

const LISTS: [(&str, &str); 4] = [
    ("calls", "id"),
    ("units", "id"),
    ("pillars", "id"),
    ("alarms", "number"),
];

impl Page {
    fn take(&mut self, board: &Value) {
        self.parts.clear();
        self.sequence = board["sequence"].as_u64().unwrap();
        self.put(board);
    }

    fn put(&mut self, parts: &Value) {
        for (list, key) in LISTS {
            for part in parts[list].as_array().into_iter().flatten() {
                self.parts
                    .insert((list, part[key].to_string()), part.clone());
            }
        }
    }

    /// Listens until the time is over; takes the board anew where it is told to.
    async fn listen(&mut self, desk: &Desk, length: Duration) {
        self.listen_to(desk, u64::MAX, length).await;
    }

    /// The same until it has heard an event, if that comes before the time is over.
    async fn listen_to(&mut self, desk: &Desk, last: u64, at_most: Duration) {
        if self.sequence >= last {
            return;
        }
        let listening = request(Method::GET, "/api/events")
            .header("last-event-id", self.sequence.to_string())
            .body(Body::empty())
            .unwrap();
        let mut body = desk.open_stream(listening).await;
        let mut text = String::new();
        let until = tokio::time::Instant::now() + at_most;
        while let Ok(Some(frame)) = tokio::time::timeout_at(until, body.frame()).await {
            let Ok(data) = frame.unwrap().into_data() else {
                continue;
            };
            text.push_str(std::str::from_utf8(&data).unwrap());
            while let Some((message, rest)) = text.split_once("\n\n") {
                let message = message.to_owned();
                text = rest.to_owned();
                if message.starts_with("event: reset") {
                    self.resets += 1;
                    self.take(&desk.json("/api/board").await);
                    return;
                }
                let Some((_, data)) = message.split_once("event: change\ndata: ") else {
                    continue;
                };
                let change: Value = serde_json::from_str(data).unwrap();
                let sequence = change["sequence"].as_u64().unwrap();
                assert_eq!(sequence, self.sequence + 1, "a gap, or twice");
                self.sequence = sequence;
                self.put(&change);
                for id in change["gone_calls"].as_array().into_iter().flatten() {
                    self.parts.remove(&("calls", id.to_string()));
                }
                if self.sequence >= last {
                    return;
                }
            }
        }
    }
}

/// Anything a feed or a dispatcher may send, legal or not.
async fn something(desk: &Desk, units: &[String], chance: &mut ChaCha8Rng) {
    let call = format!("R{}", chance.random_range(0..40));
    let other = format!("R{}", chance.random_range(0..40));
    let unit = &units[chance.random_range(0..units.len())];
    let share = |chance: &mut ChaCha8Rng| chance.random_range(0.01..0.99);
    match chance.random_range(0..12) {
        0..3 => {
            let (x, y) = (share(chance), share(chance));
            post(desk, "/api/incidents", &incident(&call, x, y)).await;
        }
        3..6 => {
            let place = town::at(share(chance), share(chance));
            let body = json!({"position": [place.lon(), place.lat()]});
            post(desk, &format!("/api/units/{unit}/position"), &body).await;
        }
        6..8 => {
            command(desk, json!({"kind": "assign", "call": call, "unit": unit})).await;
        }
        8 => {
            command(desk, json!({"kind": "arrive", "unit": unit})).await;
        }
        9 => {
            command(desk, json!({"kind": "clear", "unit": unit})).await;
        }
        10 => {
            command(desk, json!({"kind": "merge", "call": call, "into": other})).await;
        }
        _ => {
            post(desk, "/api/pillars/p1/press", &json!(null)).await;
            command(desk, json!({"kind": "reopen", "call": call})).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_client_ends_up_with_the_fold_of_the_log() {
    let desk = Arc::new(Desk::open().await);
    let units = units(&desk).await;
    let clients: Vec<_> = (0..6u64)
        .map(|n| {
            let desk = desk.clone();
            tokio::spawn(async move {
                let mut chance = ChaCha8Rng::seed_from_u64(n);
                let mut page = Page::default();
                page.take(&desk.json("/api/board").await);
                // The first stays; the others break off and come again.
                for _ in 0..if n == 0 { 1 } else { 12 } {
                    let length = if n == 0 {
                        6_000
                    } else {
                        chance.random_range(50..700)
                    };
                    page.listen(&desk, Duration::from_millis(length)).await;
                    tokio::time::sleep(Duration::from_millis(chance.random_range(0..100))).await;
                }
                page
            })
        })
        .collect();
    let mut chance = ChaCha8Rng::seed_from_u64(99);
    // While clients come and go, and until there is enough to have missed.
    let begun = tokio::time::Instant::now();
    while begun.elapsed() < Duration::from_secs(4) || desk.session.live.board().sequence <= 100 {
        something(&desk, &units, &mut chance).await;
        assert!(begun.elapsed() < GENEROUS, "a hundred events");
    }
    let now = desk.json("/api/board").await;
    let last = now["sequence"].as_u64().unwrap();
    let mut expected = Page::default();
    expected.take(&now);
    for client in clients {
        let mut page = client.await.unwrap();
        page.listen_to(&desk, last, GENEROUS).await;
        assert_eq!(page.sequence, last);
        assert_eq!(page.parts, expected.parts);
        assert_eq!(page.resets, 0);
    }
    // The same from the log alone, and after a restart.
    let folded = desk.json(&format!("/api/board?sequence={last}")).await;
    let mut page = Page::default();
    page.take(&folded);
    assert_eq!(page.parts, expected.parts);
    // Whoever comes from another log, or from long ago, takes the board anew.
    let mut stranger = Page {
        sequence: last + 1_000,
        ..Page::default()
    };
    stranger.listen(&desk, GENEROUS).await;
    assert_eq!((stranger.resets, stranger.sequence), (1, last));
    assert_eq!(stranger.parts, expected.parts);
}

#[tokio::test]
async fn a_restart_finds_the_board_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let path = town::build(folder.path()).await;
    let before = {
        let desk = Desk::of(tempfile::tempdir().unwrap(), &path, false).await;
        let units = units(&desk).await;
        let mut chance = ChaCha8Rng::seed_from_u64(5);
        for _ in 0..120 {
            something(&desk, &units, &mut chance).await;
        }
        let board = desk.session.live.board();
        desk.session.close().await;
        board
    };
    let session = Session::open(path.as_path(), false).await.unwrap();
    assert_eq!(*session.live.board(), *before);
    session.close().await;
    drop(folder);
}

#[tokio::test]
async fn suggestions_rank_by_road_and_say_why() {
    let desk = Desk::open().await;
    desk.warm().await;
    tokio::spawn(desk.session.clone().keep_suggesting());
    post(&desk, "/api/incidents", &incident("A1", 0.3, 0.3)).await;
    let mut answer = desk.get("/api/calls/A1/suggestion?lang=en").await;
    for _ in 0..100 {
        if answer.status == 200 && !answer.json()["choices"][0]["lost"].is_null() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
        answer = desk.get("/api/calls/A1/suggestion?lang=en").await;
    }
    assert_eq!(answer.status, 200, "{}", answer.text());
    let body = answer.json();
    let choices = body["choices"].as_array().unwrap();
    assert!(!choices.is_empty(), "{body}");
    assert!(body["why"].is_string());
    let unit = choices[0]["unit"].as_str().unwrap();
    let eta = choices[0]["eta_s"].as_f64().unwrap();
    assert!((0.0..600.0).contains(&eta));
    let next = desk.json(&format!("/api/units/{unit}/next?lang=en")).await;
    assert_eq!(next["route"]["type"], "LineString");
    assert!(next["why"].as_str().unwrap().contains("calls"));
    command(&desk, json!({"kind": "assign", "call": "A1", "unit": unit})).await;
    desk.get(&format!("/api/units/{unit}/next"))
        .await
        .problem(409, "illegal-now");
    let detail = desk.json("/api/calls/C0001").await;
    assert_eq!(detail["units"], json!([unit]));
    assert!(detail["repeats"].is_array());
    desk.get("/api/calls/C0999")
        .await
        .problem(404, "unknown-call");
}
