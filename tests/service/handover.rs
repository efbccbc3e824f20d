//! The hand-over over HTTP: what is told is what was done, what is left is what is open, and
//! the sentences for the next shift are kept, told to who listens, and checked.

use std::time::Duration;

use serde_json::{Value, json};

use crate::ask::{Answer, Desk};
use crate::town;

async fn post(desk: &Desk, path: &str, body: Value) -> Answer {
    desk.post(path, body.to_string()).await
}

async fn done(desk: &Desk, path: &str, body: Value) -> Value {
    let answer = post(desk, path, body.clone()).await;
    assert_eq!(answer.status, 201, "{body}: {}", answer.text());
    answer.json()
}

async fn call(desk: &Desk, id: &str, (east, north): (f64, f64), priority: u8) {
    let place = town::at(east, north);
    let body = json!({
        "id": id,
        "position": [place.lon(), place.lat()],
        "category": "dispute",
        "priority": priority,
    });
    done(desk, "/api/incidents", body).await;
}

async fn command(desk: &Desk, body: Value) {
    done(desk, "/api/board/commands", body).await;
}

/// A window that holds now.
async fn about_now(desk: &Desk) -> String {
    let now = desk.json("/api/board").await["now"]
        .as_str()
        .unwrap()
        .to_owned();
    let now: jiff::Timestamp = now.parse().unwrap();
    let hour = jiff::SignedDuration::from_hours(1);
    format!("from={}&until={}", now - hour, now + hour)
}

/// Three calls, one of them answered, one cancelled; a pillar pressed and one silent.
async fn night(desk: &Desk) -> String {
    let board = desk.json("/api/board").await;
    let unit = board["units"][0]["id"].as_str().unwrap().to_owned();
    call(desk, "A1", (0.2, 0.2), 1).await;
    call(desk, "A2", (0.8, 0.8), 3).await;
    call(desk, "A3", (0.2, 0.8), 2).await;
    command(desk, json!({"kind": "assign", "call": "A1", "unit": unit})).await;
    command(desk, json!({"kind": "arrive", "unit": unit})).await;
    command(desk, json!({"kind": "clear", "unit": unit})).await;
    command(
        desk,
        json!({"kind": "cancel", "call": "A2", "reason": "false_alarm"}),
    )
    .await;
    let pillar = board["pillars"][0]["id"].as_str().unwrap().to_owned();
    done(desk, &format!("/api/pillars/{pillar}/press"), json!({})).await;
    command(desk, json!({"kind": "acknowledge", "alarm": 1})).await;
    command(desk, json!({"kind": "answer", "alarm": 1})).await;
    // A window ends before now: what is done in this very millisecond is not in it yet.
    tokio::time::sleep(Duration::from_millis(2)).await;
    unit
}

#[tokio::test(flavor = "multi_thread")]
async fn a_night_is_handed_over_as_it_was() {
    let desk = Desk::open().await;
    let unit = night(&desk).await;
    let told = desk
        .json(&format!("/api/handover?{}", about_now(&desk).await))
        .await;
    assert_eq!(told["is_over"], false);
    assert_eq!(told["synthetic"], true);
    let calls = &told["calls"];
    assert_eq!(calls["received"], 3);
    assert_eq!(calls["open"], 1);
    assert_eq!(calls["by_priority"], json!([1, 1, 1]));
    assert_eq!(
        calls["by_state"],
        json!({"received": 1, "closed": 1, "cancelled": 1})
    );
    assert_eq!(calls["cancelled"], json!({"false_alarm": 1}));
    assert_eq!(
        calls["by_category"],
        json!([{"code": "dispute", "received": 3, "open": 1}])
    );
    let all = &told["response"][0];
    assert_eq!((&all["priority"], &all["calls"]), (&Value::Null, &json!(2)));
    for wait in ["to_dispatch", "on_the_way", "to_arrival"] {
        assert_eq!(all[wait]["count"], 1, "{wait}");
        assert!(all[wait]["median_s"].as_f64().unwrap() < 60.0);
    }
    assert_eq!(told["response"][2]["to_dispatch"], Value::Null);
    let open = told["open_calls"].as_array().unwrap();
    assert_eq!(open.len(), 1);
    assert_eq!(
        (&open[0]["id"], &open[0]["state"]),
        (&json!("A3"), &json!("received"))
    );
    assert!(open[0]["beat_name"].is_string());
    assert_eq!(told["alarms"]["rung"], 1);
    assert_eq!(told["alarms"]["acknowledged"]["count"], 1);
    assert_eq!(told["alarms"]["all"][0]["number"], 1);
    let units = told["units"].as_array().unwrap();
    let it = units.iter().find(|it| it["id"] == unit.as_str()).unwrap();
    assert_eq!((&it["sent"], &it["reached"]), (&json!(1), &json!(1)));
    // The log is the board's: what is left is what the board has.
    let board = desk.json("/api/board").await;
    assert_eq!(told["sequence"], board["sequence"]);
    let next = &told["next"];
    assert!(next["expected"].as_f64().unwrap() > 0.0, "{next}");
    let [low, high] = [0, 1].map(|i| next["interval"][i].as_u64().unwrap());
    assert!((low..=high).contains(&(next["expected"].as_f64().unwrap().round() as u64)));
    assert_eq!(next["usual"]["shifts"], 28);
    assert_eq!(next["cells"].as_array().unwrap().len(), 5);
    assert!(next["cells"][0]["label"].as_str().unwrap().contains("Beat"));
    assert_eq!(told["plans"], json!([]));

    // Before the log there was nothing.
    let before = "/api/handover?from=2020-01-01T00:00:00Z&until=2020-01-01T08:00:00Z";
    let told = desk.json(before).await;
    assert_eq!(
        (&told["calls"]["received"], &told["sequence"]),
        (&json!(0), &json!(0))
    );
    assert_eq!(told["is_over"], true);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_times_it_is_the_shift_that_hands_over() {
    let desk = Desk::open().await;
    let told = desk.json("/api/handover").await;
    let shift = told["shift"]["id"].as_str().unwrap();
    assert!(["early", "late", "night"].contains(&shift));
    let next = told["next"]["shift"]["id"].as_str().unwrap();
    assert_eq!(told["next"]["window"]["start"], told["window"]["end"]);
    assert_ne!(next, shift);
    for (query, parameter) in [
        ("from=2026-11-26T22:00", "until"),
        ("from=2026-11-26T22:00&until=2026-11-26T06:00", "until"),
        ("from=2026-01-01&until=2026-11-26", "until"),
        ("from=2090-01-01&until=2090-01-02", "from"),
        ("station=nowhere", "station"),
        ("from=yesterday&until=today", "from"),
    ] {
        let refused = desk.get(&format!("/api/handover?{query}")).await;
        let problem = refused.problem(400, "invalid-parameter");
        assert_eq!(problem["parameter"], parameter, "{query}");
    }
    desk.get("/api/handover?form=2026-01-01")
        .await
        .problem(400, "unknown-parameter");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_station_is_told_of_its_own() {
    let desk = Desk::open().await;
    night(&desk).await;
    let window = about_now(&desk).await;
    let all = desk.json(&format!("/api/handover?{window}")).await;
    let by_id = desk
        .json(&format!("/api/handover?{window}&station=s1"))
        .await;
    let by_name = desk
        .json(&format!("/api/handover?{window}&station=First%20station"))
        .await;
    assert_eq!(by_id["station"]["name"], "First station");
    assert_eq!(by_id["calls"], by_name["calls"]);
    // All beats of the town are its.
    assert_eq!(by_id["calls"], all["calls"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_written_for_the_next_shift_is_kept_and_shown() {
    let desk = Desk::open().await;
    let window = "from=2026-11-25T14:00:00Z&until=2026-11-25T22:00:00Z";
    let note = |text: &str| {
        json!({
            "text": text,
            "from": "2026-11-25T22:00",
            "until": "2026-11-26T06:00:00+08:00",
        })
    };
    let path = "/api/handover/notes";
    let two = "3号报警柱离线，已报修。\n前进街两起打架，夜里再去看看。";
    done(&desk, path, note(two)).await;
    let again = post(&desk, path, note(two)).await;
    assert_eq!(again.status, 200, "it says so already: {}", again.text());
    let told = desk.json(&format!("/api/handover?{window}")).await;
    let shown = "3号报警柱离线，已报修。 前进街两起打架，夜里再去看看。";
    assert_eq!(told["note"]["text"], shown);
    assert_eq!(told["note"]["station"], Value::Null);
    // The board has it, and who looks at the shift after sees it as that before.
    let board = desk.json("/api/board").await;
    assert_eq!(board["notes"][0]["text"], shown);
    let after = "from=2026-11-25T22:00:00Z&until=2026-11-26T06:00:00Z";
    let next = desk.json(&format!("/api/handover?{after}")).await;
    assert_eq!(
        (&next["note"], &next["note_before"]["text"]),
        (&Value::Null, &json!(shown))
    );
    // The last one is shown; the log keeps both.
    done(&desk, path, note("Nothing more.")).await;
    let told = desk.json(&format!("/api/handover?{window}")).await;
    assert_eq!(told["note"]["text"], "Nothing more.");
    let log = desk.json("/api/board/log?after=0&limit=1000").await;
    let written = log["events"].as_array().unwrap().iter();
    let written = written.filter(|event| event["event"]["kind"] == "handover_written");
    assert_eq!(written.count(), 2);
    // A station's is its own.
    let mut of_station = note("Quiet.");
    of_station["station"] = "s1".into();
    done(&desk, path, of_station).await;
    let told = desk
        .json(&format!("/api/handover?{window}&station=s1"))
        .await;
    assert_eq!(told["note"]["text"], "Quiet.");
    let told = desk.json(&format!("/api/handover?{window}")).await;
    assert_eq!(told["note"]["text"], "Nothing more.");
    assert_eq!(
        desk.json("/api/board").await["notes"]
            .as_array()
            .unwrap()
            .len(),
        2
    );

    for personal in ["电话13912345678", "a@b.example.com wrote"] {
        let refused = post(&desk, path, note(personal)).await;
        let problem = refused.problem(422, "personal-text");
        assert_eq!(problem["parameter"], "text");
    }
    let long = "字".repeat(501);
    for text in ["", " \n ", long.as_str(), "a\u{0}b"] {
        let refused = post(&desk, path, note(text)).await;
        assert_eq!(
            refused.problem(400, "invalid-parameter")["parameter"],
            "text"
        );
    }
    let mut extra = note("x");
    extra["officer"] = "somebody".into();
    post(&desk, path, extra).await.problem(400, "invalid-body");
    post(&desk, path, json!({"text": "x", "from": "2026-11-25"}))
        .await
        .problem(400, "invalid-parameter");
    let reader = Desk::open_as(true).await;
    post(&reader, path, note("x"))
        .await
        .problem(409, "read-only");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_board_of_the_past_is_the_same_however_it_is_asked_for() {
    let desk = Desk::open().await;
    let first = desk.json("/api/board").await["sequence"].as_u64().unwrap();
    night(&desk).await;
    let last = desk.json("/api/board").await["sequence"].as_u64().unwrap();
    assert!(last > first + 8);
    let at = async |sequence: u64| {
        let mut board = desk.json(&format!("/api/board?sequence={sequence}")).await;
        board["now"] = Value::Null;
        board
    };
    // Back and forth, as a slider is dragged: from memory or anew, it is one board.
    let mut forward = Vec::new();
    for sequence in first..=last {
        forward.push(at(sequence).await);
    }
    for sequence in (first..=last).rev() {
        let again = at(sequence).await;
        assert_eq!(again, forward[(sequence - first) as usize]);
        assert_eq!(again["sequence"], sequence);
    }
}
