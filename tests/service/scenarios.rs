//! `/api/scenarios` and `/api/beats/versions` over the town: a draft from beginning to
//! publishing and back, two planners at once, what is refused and that nothing changes then.

use axum::body::Body;
use axum::http::Method;
use serde_json::{Value, json};

use crate::ask::{Answer, Desk, request};
use crate::town::{SIDE, SOUTH, WEST};

fn at(east: f64, north: f64) -> [f64; 2] {
    [WEST + SIDE * east, SOUTH + SIDE * north]
}

async fn send(desk: &Desk, method: Method, path: &str, over: Option<u64>, body: &Value) -> Answer {
    let mut asked = request(method, path).header("content-type", "application/json");
    if let Some(version) = over {
        asked = asked.header("if-match", format!("\"{version}\""));
    }
    desk.send(asked.body(Body::from(body.to_string())).unwrap())
        .await
}

async fn begin(desk: &Desk, name: &str) -> Value {
    let answer = desk
        .post("/api/scenarios", json!({ "name": name }).to_string())
        .await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    assert_eq!(answer.header("etag"), "\"1\"");
    answer.json()
}

/// Does an edit and returns the areas after it.
async fn edited(desk: &Desk, id: &str, areas: &Value, edit: Value) -> Value {
    let address = format!("/api/scenarios/{id}/edit");
    let body = json!({ "areas": areas, "edit": edit });
    let answer = desk.post(&address, body.to_string()).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let done = answer.json();
    assert_eq!(done["check"]["forbidding"], 0, "{done}");
    assert_eq!(done["check"]["borders_shared"], true, "{done}");
    let gone = |area: &Value| {
        let is = |other: &Value| other["id"] == area["id"];
        done["changed"].as_array().unwrap().iter().any(is)
            || done["removed"].as_array().unwrap().contains(&area["id"])
    };
    let mut all: Vec<Value> = areas
        .as_array()
        .unwrap()
        .iter()
        .filter(|a| !gone(a))
        .cloned()
        .collect();
    all.extend(done["changed"].as_array().unwrap().iter().cloned());
    all.sort_by_key(|area| area["id"].as_str().unwrap().to_owned());
    all.into()
}

fn split(id: &str, x: f64, south: f64, north: f64) -> Value {
    json!({ "kind": "split", "id": id, "line": [at(x, south), at(x, north)] })
}

async fn save(desk: &Desk, scenario: &Value, version: u64, areas: &Value) -> Answer {
    let path = format!("/api/scenarios/{}", scenario["id"].as_str().unwrap());
    let body = json!({ "name": scenario["name"], "areas": areas });
    send(desk, Method::PUT, &path, Some(version), &body).await
}

async fn publish(desk: &Desk, id: &str, version: u64, reason: &str) -> Answer {
    let path = format!("/api/scenarios/{id}/publish");
    send(
        desk,
        Method::POST,
        &path,
        Some(version),
        &json!({ "reason": reason }),
    )
    .await
}

async fn beats(desk: &Desk) -> Vec<String> {
    let layer = desk.json("/api/layers/beats").await;
    let features = layer["features"].as_array().unwrap().iter();
    features
        .map(|f| f["properties"]["id"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_beat_is_split_balanced_published_and_published_back() {
    let desk = Desk::open().await;
    let draft = begin(&desk, "North redrawn").await;
    let id = draft["id"].as_str().unwrap();
    assert_eq!(draft["areas"].as_array().unwrap().len(), 4);
    let areas = edited(&desk, id, &draft["areas"], split("b2", 0.3, 0.4, 1.1)).await;
    assert_eq!(areas.as_array().unwrap().len(), 5);
    assert_eq!(areas[3]["name"], "Beat 2 2");
    assert_eq!(areas[3]["station"], "s1");

    // Figures beside today's, of what is not saved so far.
    let work = json!({ "model": "count", "resolution": 10 });
    let compare = format!("/api/scenarios/{id}/compare");
    let body = json!({ "areas": areas, "work": work });
    let compared = desk.post(&compare, body.to_string()).await.json();
    assert_eq!(compared["after"]["zones"], 5, "{compared}");
    assert_eq!(compared["change"]["before"]["zones"], 4);

    // Even work: the locked beat stays to the bit, the rest divides the same ground.
    let balance = json!({ "kind": "balance", "locked": ["b1"], "moved": 0.4, "work": work });
    let even = edited(&desk, id, &areas, balance).await;
    let of = |areas: &Value, id: &str| {
        let all = areas.as_array().unwrap().clone();
        all.into_iter().find(|area| area["id"] == id).unwrap()
    };
    assert_ne!(even, areas);
    let body = json!({ "areas": even, "work": work });
    let after = desk.post(&compare, body.to_string()).await.json();
    let spread = |report: &Value| report["after"]["sd_h"].as_f64().unwrap();
    assert!(
        spread(&after) < spread(&compared),
        "{} {}",
        spread(&after),
        spread(&compared)
    );
    assert_eq!(of(&even, "b1")["name"], of(&areas, "b1")["name"]);

    let saved = save(&desk, &draft, 1, &areas).await;
    assert_eq!(
        (saved.status.as_u16(), saved.header("etag")),
        (200, "\"2\"")
    );
    assert_eq!(beats(&desk).await.len(), 4, "a draft is not in force");
    publish(&desk, id, 2, "  ")
        .await
        .problem(400, "invalid-parameter");
    publish(&desk, id, 1, "late")
        .await
        .problem(412, "stale-scenario");
    let published = publish(&desk, id, 2, "b2 had too many calls").await;
    assert_eq!(published.status, 200, "{}", published.text());
    assert_eq!(published.json()["number"], 2);
    assert_eq!(beats(&desk).await, ["b0", "b1", "b2", "b2-2", "b3"]);
    // Who is asked where a call is gets the new beat; tiles and plans read the same layer.
    let [lon, lat] = at(0.4, 0.9);
    let near = desk.json(&format!("/api/near?lon={lon}&lat={lat}")).await;
    let [lon, lat] = at(0.1, 0.9);
    let other = desk.json(&format!("/api/near?lon={lon}&lat={lat}")).await;
    let found = [
        near["beat"]["id"].as_str().unwrap(),
        other["beat"]["id"].as_str().unwrap(),
    ];
    assert!(
        found.contains(&"b2") && found.contains(&"b2-2"),
        "{found:?}"
    );

    let versions = desk.get("/api/beats/versions").await;
    assert_eq!(versions.header("etag"), "\"2\"");
    let list = versions.json();
    assert_eq!(list["versions"][0]["reason"], "b2 had too many calls");
    assert_eq!(list["versions"][0]["in_force"], true);
    assert_eq!(list["versions"][1]["reason"], "");
    publish(&desk, id, 3, "again")
        .await
        .problem(422, "nothing-new");

    let back = "/api/beats/versions/1/publish";
    let reason = json!({ "reason": "it was better before" });
    send(&desk, Method::POST, back, Some(1), &reason)
        .await
        .problem(412, "published-meanwhile");
    send(&desk, Method::POST, back, None, &reason)
        .await
        .problem(428, "if-match-required");
    let undone = send(&desk, Method::POST, back, Some(2), &reason).await;
    assert_eq!(undone.json()["number"], 3);
    assert_eq!(beats(&desk).await, ["b0", "b1", "b2", "b3"]);
    assert_eq!(
        desk.json("/api/beats/versions/2").await["areas"]
            .as_array()
            .unwrap()
            .len(),
        5
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_planners_the_second_is_told_and_nothing_is_lost() {
    let desk = Desk::open().await;
    let draft = begin(&desk, "Shared").await;
    let (id, base) = (draft["id"].as_str().unwrap(), &draft["areas"]);
    let mine = edited(&desk, id, base, split("b0", 0.25, -0.1, 0.6)).await;
    let theirs = edited(&desk, id, base, split("b3", 0.75, 0.4, 1.1)).await;
    assert_eq!(save(&desk, &draft, 1, &theirs).await.status, 200);
    save(&desk, &draft, 1, &mine)
        .await
        .problem(412, "stale-scenario");
    let now = desk.json(&format!("/api/scenarios/{id}")).await;
    assert_eq!(now["version"], 2);

    let address = format!("/api/scenarios/{id}/merge");
    let body = json!({ "base": base, "mine": mine, "theirs": now["areas"] });
    let merged = desk.post(&address, body.to_string()).await.json();
    assert_eq!(merged["groups"].as_array().unwrap().len(), 2, "{merged}");
    assert!(
        merged["groups"]
            .as_array()
            .unwrap()
            .iter()
            .all(|g| g["conflict"] == false)
    );
    assert_eq!(merged["areas"].as_array().unwrap().len(), 6);
    assert_eq!(save(&desk, &draft, 2, &merged["areas"]).await.status, 200);

    // Both changed the same beat: somebody has to choose, and each choice is a partition.
    let theirs = edited(&desk, id, base, split("b0", 0.4, -0.1, 0.6)).await;
    let mut body = json!({ "base": base, "mine": mine, "theirs": theirs });
    let merged = desk.post(&address, body.to_string()).await.json();
    assert_eq!(merged["groups"][0]["conflict"], true, "{merged}");
    for side in ["mine", "theirs"] {
        body["choices"] = json!([side]);
        let chosen = desk.post(&address, body.to_string()).await.json();
        let check = json!({ "areas": chosen["areas"] });
        let checked = desk
            .post(&format!("/api/scenarios/{id}/check"), check.to_string())
            .await
            .json();
        assert_eq!(checked["forbidding"], 0, "{checked}");
        assert_eq!(checked["borders_shared"], true);
    }
    body["choices"] = json!(["mine", "mine", "mine"]);
    desk.post(&address, body.to_string())
        .await
        .problem(400, "invalid-parameter");

    // Two drafts of one version: the second to publish joins with what is in force.
    let other = begin(&desk, "Other").await;
    let other_id = other["id"].as_str().unwrap();
    let areas = edited(
        &desk,
        other_id,
        &other["areas"],
        split("b1", 0.75, -0.1, 0.6),
    )
    .await;
    assert_eq!(save(&desk, &other, 1, &areas).await.status, 200);
    assert_eq!(publish(&desk, id, 3, "first").await.status, 200);
    publish(&desk, other_id, 2, "second")
        .await
        .problem(412, "published-meanwhile");
    let of = async |n: u64| {
        desk.json(&format!("/api/beats/versions/{n}?as=draft"))
            .await["areas"]
            .clone()
    };
    let body = json!({ "base": of(1).await, "mine": areas, "theirs": of(2).await });
    let joined = desk.post(&address, body.to_string()).await.json();
    let body = json!({ "name": "Other", "base": 2, "areas": joined["areas"] });
    let path = format!("/api/scenarios/{other_id}");
    assert_eq!(
        send(&desk, Method::PUT, &path, Some(2), &body).await.status,
        200
    );
    let published = publish(&desk, other_id, 3, "second, joined").await;
    assert_eq!(published.status, 200, "{}", published.text());
    assert_eq!(
        beats(&desk).await,
        ["b0", "b0-2", "b1", "b1-2", "b2", "b3", "b3-2"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_refused_with_its_place_and_nothing_is_changed() {
    let desk = Desk::open().await;
    let draft = begin(&desk, "Odd").await;
    let (id, areas) = (draft["id"].as_str().unwrap(), &draft["areas"]);
    let edit = format!("/api/scenarios/{id}/edit");
    let refused = async |edit_: Value, kind: &str| {
        let body = json!({ "areas": areas, "edit": edit_ });
        let answer = desk.post(&edit, body.to_string()).await;
        let status = if kind == "invalid-body" { 400 } else { 422 };
        answer.problem(status, kind)["detail"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let stub = json!({ "kind": "split", "id": "b0", "line": [at(0.1, 0.1), at(0.2, 0.2)] });
    assert!(
        refused(stub, "invalid-edit")
            .await
            .contains("does not divide Beat 0")
    );
    let lone = json!({ "kind": "merge", "ids": ["b0", "b3"] });
    assert!(refused(lone, "invalid-edit").await.contains("no border"));
    let bow = json!({ "kind": "draw", "name": "x", "ring": [at(0.1, 0.1), at(0.3, 0.3), at(0.3, 0.1), at(0.1, 0.3), at(0.1, 0.1)] });
    assert!(
        refused(bow, "invalid-edit")
            .await
            .contains("crosses itself")
    );
    let away = json!({ "kind": "draw", "name": "x", "ring": [at(2.0, 2.0), at(2.1, 2.0), at(2.1, 2.1), at(2.0, 2.0)] });
    assert!(refused(away, "invalid-edit").await.contains("outside"));
    let same = json!({ "kind": "rename", "id": "b0", "name": "Beat 1" });
    assert!(
        refused(same, "invalid-edit")
            .await
            .contains("two areas named")
    );
    let outer = json!({ "kind": "move", "moves": [[areas[0]["area"][0][0][0], at(-0.1, -0.1)]] });
    assert!(
        refused(outer, "invalid-edit")
            .await
            .contains("outer border")
    );
    refused(json!({ "kind": "explode" }), "invalid-body").await;
    let endless = r#"{"edit":{"kind":"split","id":"b0","line":[[1e400,0],[0,0]]}}"#;
    desk.post(&edit, endless).await.problem(400, "invalid-body");

    // Saved areas: bow ties, too many corners, ids twice.
    let mut bad = areas.clone();
    bad[0]["area"] = json!([[[
        at(0.0, 0.0),
        at(0.5, 0.5),
        at(0.5, 0.0),
        at(0.0, 0.5),
        at(0.0, 0.0)
    ]]]);
    let detail = save(&desk, &draft, 1, &bad)
        .await
        .problem(422, "invalid-area");
    assert!(
        detail["detail"]
            .as_str()
            .unwrap()
            .contains("crosses itself"),
        "{detail}"
    );
    let circle: Vec<[f64; 2]> = (0..=100_000)
        .map(|i| {
            let turn = f64::from(i % 100_000) / 100_000.0 * std::f64::consts::TAU;
            at(0.5 + 0.4 * turn.cos(), 0.5 + 0.4 * turn.sin())
        })
        .collect();
    bad[0]["area"] = json!([[circle]]);
    save(&desk, &draft, 1, &bad)
        .await
        .problem(422, "invalid-area");
    let mut twice = areas.clone();
    twice[1]["id"] = "b0".into();
    save(&desk, &draft, 1, &twice)
        .await
        .problem(422, "invalid-area");
    let huge = json!({ "name": "x".repeat(9 << 20), "areas": [] });
    let path = format!("/api/scenarios/{id}");
    send(&desk, Method::PUT, &path, Some(1), &huge)
        .await
        .problem(413, "too-large");
    send(
        &desk,
        Method::PUT,
        &path,
        None,
        &json!({ "name": "x", "areas": areas }),
    )
    .await
    .problem(428, "if-match-required");
    save(&desk, &draft, 7, areas)
        .await
        .problem(412, "stale-scenario");
    let wild = request(Method::DELETE, &path)
        .header("if-match", "*")
        .body(Body::empty())
        .unwrap();
    desk.send(wild).await.problem(412, "stale-scenario");

    // A gap and a name given twice may be saved, are found with their place, and are not published.
    let mut gap = areas.clone();
    gap[0]["area"] = json!([[[
        at(0.0, 0.0),
        at(0.4, 0.0),
        at(0.4, 0.5),
        at(0.0, 0.5),
        at(0.0, 0.0)
    ]]]);
    gap[1]["name"] = "Beat 2".into();
    assert_eq!(save(&desk, &draft, 1, &gap).await.status, 200);
    let checked = desk.post(&format!("{path}/check"), "{}").await.json();
    let faults = checked["faults"].as_array().unwrap();
    let of = |wrong: &str| {
        faults
            .iter()
            .find(|f| f["wrong"] == wrong)
            .unwrap_or_else(|| panic!("{checked}"))
    };
    let [lon, lat] = at(0.45, 0.25);
    assert!((of("uncovered")["at"][0].as_f64().unwrap() - lon).abs() < 1e-5);
    assert!((of("uncovered")["at"][1].as_f64().unwrap() - lat).abs() < 1e-5);
    assert!(of("uncovered")["m2"].as_f64().unwrap() > 100_000.0);
    assert_eq!(of("same_name")["before"], false);
    let refused = publish(&desk, id, 2, "a gap")
        .await
        .problem(422, "faulty-draft");
    assert!(
        refused["detail"].as_str().unwrap().contains("2 faults"),
        "{refused}"
    );
    assert_eq!(beats(&desk).await.len(), 4);

    desk.post("/api/scenarios", json!({ "name": " " }).to_string())
        .await
        .problem(400, "invalid-parameter");
    desk.post(
        "/api/scenarios",
        json!({ "name": "a", "layer": "posts" }).to_string(),
    )
    .await
    .problem(400, "invalid-parameter");
    desk.get("/api/scenarios/none")
        .await
        .problem(404, "unknown-scenario");
    desk.get("/api/beats/versions/99")
        .await
        .problem(404, "unknown-version");
    desk.get("/api/beats/versions/x")
        .await
        .problem(404, "unknown-version");
    let gone = send(&desk, Method::DELETE, &path, Some(2), &json!({})).await;
    assert_eq!(gone.status, 204);
    assert_eq!(desk.json("/api/scenarios").await["scenarios"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_only_service_shows_and_refuses() {
    let desk = Desk::open_as(true).await;
    assert_eq!(desk.json("/api/scenarios").await["scenarios"], json!([]));
    assert_eq!(
        desk.json("/api/beats/versions").await["versions"],
        json!([])
    );
    let make = json!({ "name": "x" }).to_string();
    desk.post("/api/scenarios", make)
        .await
        .problem(409, "read-only");
    let back = "/api/beats/versions/1/publish";
    send(
        &desk,
        Method::POST,
        back,
        Some(1),
        &json!({ "reason": "x" }),
    )
    .await
    .problem(409, "read-only");
    assert_eq!(desk.get("/plan").await.status, 200);
}
