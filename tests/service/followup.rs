//! A plan in force over HTTP: followed, checked in by position and by a unit's phone, told of
//! to the desk, counted afterwards.

use std::time::Duration;

use axum::body::Body;
use axum::http::Method;
use frontbeat::app::live::links::job as links;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::ask::{Answer, Desk, request};
use crate::town;

/// A service whose units 0 to 2 follow a plan that began half an hour ago.
struct Night {
    desk: Desk,
    path: std::path::PathBuf,
    plan: Value,
}

impl Night {
    async fn begin() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = town::build(folder.path()).await;
        let desk = Desk::of(folder, &path, false).await;
        let now = Timestamp::now();
        let hour = |h: f64| now + SignedDuration::from_secs_f64(3600.0 * h);
        let body = json!({"window": format!("{}/{}", hour(-0.5), hour(4.0)), "units": 3,
            "model": "count", "seed": 7, "deadline_ms": 10000, "iterations": 50});
        let made = desk.post("/api/plans", body.to_string()).await;
        assert_eq!(made.status, 201, "{}", made.text());
        let plan = made.json();
        let night = Self { desk, path, plan };
        let follow = json!({"kind": "follow", "plan": night.plan["id"]});
        let done = night.command(follow.clone()).await;
        assert_eq!(done.status, 201, "{}", done.text());
        assert_eq!(night.command(follow).await.status, 200, "it is so already");
        night
    }

    async fn command(&self, body: Value) -> Answer {
        self.desk
            .post("/api/board/commands", body.to_string())
            .await
    }

    fn unit(&self) -> &str {
        self.plan["routes"][0]["unit"].as_str().unwrap()
    }

    async fn round(&self) -> Value {
        let address = format!("/api/units/{}/round", self.unit());
        self.desk.json(&address).await
    }

    /// A link for the first unit.
    async fn token(&self) -> String {
        let address = format!("/api/units/{}/links", self.unit());
        let made = self.desk.post(&address, r#"{"hours": 3}"#).await;
        assert_eq!(made.status, 201, "{}", made.text());
        made.json()["token"].as_str().unwrap().to_owned()
    }

    async fn sheet(&self, token: &str) -> Answer {
        let asked = request(Method::GET, "/api/unit/sheet")
            .header("authorization", format!("Bearer {token}"));
        self.desk.send(asked.body(Body::empty()).unwrap()).await
    }

    async fn check_in(&self, token: &str, key: &str, body: Value) -> Answer {
        let asked = request(Method::POST, "/api/unit/checkins")
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/json")
            .header("idempotency-key", key);
        self.desk
            .send(asked.body(Body::from(body.to_string())).unwrap())
            .await
    }

    /// The unit's position so many seconds ago.
    async fn is_at(&self, place: &Value, ago_s: i64) {
        let at = Timestamp::now() - SignedDuration::from_secs(ago_s);
        let body = json!({"position": place, "at": at.to_string()});
        let address = format!("/api/units/{}/position", self.unit());
        let taken = self.desk.post(&address, body.to_string()).await;
        assert_eq!(taken.status, 201, "{}", taken.text());
    }
}

fn now() -> String {
    Timestamp::now().to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_round_is_followed_by_position_and_counted() {
    let night = Night::begin().await;
    let round = night.round().await;
    assert_eq!(round["plan"], night.plan["id"]);
    let stops = round["stops"].as_array().unwrap();
    let planned = night.plan["routes"][0]["stops"].as_array().unwrap();
    assert_eq!(stops.len(), planned.len());
    assert!(stops.len() > 1);
    for (stop, planned) in stops.iter().zip(planned) {
        assert_eq!(stop["state"], "planned");
        assert_eq!(stop["label"], planned["label"]);
        assert!(
            stop["why"]["zh"]
                .as_str()
                .is_some_and(|why| !why.is_empty())
        );
        assert!(
            stop["why_now"]["en"]
                .as_str()
                .is_some_and(|why| !why.is_empty())
        );
        // The leg ends at the stop.
        if let Some(last) = stop["line"].as_array().and_then(|line| line.last()) {
            for axis in 0..2 {
                let (a, b) = (last[axis].as_f64(), stop["position"][axis].as_f64());
                assert!((a.unwrap() - b.unwrap()).abs() < 2e-5, "{stop}");
            }
        }
    }
    assert!(stops.iter().any(|stop| stop["line"].is_array()));

    let place = stops[0]["position"].clone();
    night.is_at(&place, 300).await;
    assert_eq!(night.round().await["here"], 1);
    let far = json!([place[0].as_f64().unwrap() + 0.01, place[1]]);
    night.is_at(&far, 60).await;
    let first = night.round().await["stops"][0].clone();
    assert_eq!(
        (&first["state"], &first["by"]),
        (&json!("made"), &json!("geofence"))
    );
    let board = night.desk.json("/api/board").await;
    let units = board["units"].as_array().unwrap();
    let short = &units.iter().find(|u| u["id"] == night.unit()).unwrap()["round"];
    assert_eq!((&short["made"], &short["next"]), (&json!(1), &json!(2)));
    assert!(units.iter().any(|unit| unit["round"].is_null()));

    let told = night.desk.json("/api/followup?resolution=10").await;
    let unit = told["units"].as_array().unwrap().iter();
    let unit = unit.clone().find(|u| u["unit"] == night.unit()).unwrap();
    assert_eq!(unit["stops"]["made"], 1, "{unit}");
    let minutes = unit["given_min"].as_f64().unwrap();
    assert!((4.8..5.5).contains(&minutes), "{minutes}");
    let sum = |rows: &Value, field: &str| -> f64 {
        let rows = rows.as_array().unwrap().iter();
        rows.map(|row| row[field].as_f64().unwrap()).sum()
    };
    let outside = told["outside"]["given_min"].as_f64().unwrap();
    assert!((sum(&told["beats"], "given_min") + outside - minutes).abs() < 0.3);
    assert!((sum(&told["cells"], "given_min") - minutes).abs() < 1.0);
    assert!(sum(&told["beats"], "wanted_min") > 0.0);
    assert!(sum(&told["beats"], "visibility") > 0.0);
    assert_eq!(told["total"]["made"], 1);
    let nobody = night.desk.json("/api/followup?station=nobody").await;
    assert_eq!(
        (&nobody["beats"], &nobody["outside"]),
        (&json!([]), &Value::Null)
    );
    for wrong in [
        "from=2030-01-01",
        "from=2020-01-01",
        "resolution=3",
        "from=x",
    ] {
        let answer = night.desk.get(&format!("/api/followup?{wrong}")).await;
        answer.problem(400, "invalid-parameter");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_opens_its_sheet_and_checks_in_once() {
    let night = Night::begin().await;
    let token = night.token().await;
    let sheet = night.sheet(&token).await;
    assert_eq!(sheet.status, 200, "{}", sheet.text());
    let told = sheet.json();
    assert_eq!(told["unit"]["id"], night.unit());
    assert_eq!(told["plan"], night.plan["id"]);
    assert_eq!(
        (&told["call"], &told["share_position"]),
        (&Value::Null, &json!(true))
    );
    assert!(told["categories"][0]["name_zh"].is_string());
    let asked = request(Method::GET, "/api/unit/sheet")
        .header("authorization", format!("Bearer {token}"))
        .header("if-none-match", sheet.header("etag"));
    let again = night.desk.send(asked.body(Body::empty()).unwrap()).await;
    // A minute may have begun in between.
    assert!(again.status == 304 || again.header("etag") != sheet.header("etag"));

    let here = json!({"kind": "here", "stop": 1, "at": now()});
    let first = night.check_in(&token, "k1", here.clone()).await;
    assert_eq!(first.status, 201, "{}", first.text());
    let second = night.check_in(&token, "k1", here.clone()).await;
    assert_eq!((second.status, second.text()), (first.status, first.text()));
    let other = json!({"kind": "here", "stop": 2, "at": now()});
    let reused = night.check_in(&token, "k1", other).await;
    reused.problem(422, "idempotency-key-reused");
    assert_eq!(
        night.check_in(&token, "k2", here).await.status,
        200,
        "known"
    );
    let sheet = night.sheet(&token).await.json();
    let stop = &sheet["stops"][0];
    assert_eq!(
        (&stop["state"], &stop["by"]),
        (&json!("here"), &json!("hand"))
    );

    let judge = json!({"kind": "judge", "stop": 1, "useful": false, "why": "calm", "at": now()});
    assert_eq!(night.check_in(&token, "k3", judge).await.status, 201);
    let leave = json!({"kind": "leave", "stop": 1, "at": now()});
    assert_eq!(night.check_in(&token, "k4", leave).await.status, 201);
    let skip = json!({"kind": "skip", "stop": 2, "why": "blocked", "at": now()});
    assert_eq!(night.check_in(&token, "k5", skip).await.status, 201);
    let before = night.round().await;
    let stop = &before["stops"][0];
    assert_eq!(
        (&stop["state"], &stop["useful"], &stop["useful_why"]),
        (&json!("made"), &json!(false), &json!("calm"))
    );
    assert_eq!(before["stops"][1]["skipped"], "blocked");
    let two_days_ago = Timestamp::now() - SignedDuration::from_hours(48);
    for (n, (body, status, kind)) in [
        (
            json!({"kind": "skip", "stop": 1, "why": "call", "at": now()}),
            409,
            "illegal-now",
        ),
        (
            json!({"kind": "leave", "stop": 2, "at": now()}),
            409,
            "illegal-now",
        ),
        (
            json!({"kind": "here", "stop": 3, "at": two_days_ago.to_string()}),
            409,
            "illegal-now",
        ),
        (
            json!({"kind": "here", "stop": 999, "at": now()}),
            404,
            "unknown-stop",
        ),
        (json!({"kind": "arrived", "at": now()}), 409, "illegal-now"),
        (
            json!({"kind": "skip", "stop": 1, "why": "tired", "at": now()}),
            400,
            "invalid-body",
        ),
        (
            json!({"kind": "here", "stop": 3, "at": "soon"}),
            400,
            "invalid-parameter",
        ),
        (
            json!({"kind": "here", "stop": 3, "at": now(), "officer": "x"}),
            400,
            "invalid-body",
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let answer = night.check_in(&token, &format!("wrong-{n}"), body).await;
        answer.problem(status, kind);
    }
    let undo = json!({"kind": "undo", "stop": 2, "at": now()});
    let mut after = night.round().await;
    assert_eq!(after["sequence"], before["sequence"]);
    assert_eq!(after["stops"][0]["state"], "made");
    assert_eq!(night.check_in(&token, "k6", undo).await.status, 201);
    after = night.round().await;
    assert_eq!(after["stops"][1]["state"], "planned");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_comes_between_and_the_phone_sees_it() {
    let night = Night::begin().await;
    let token = night.token().await;
    let place = town::at(0.2, 0.2);
    let incident = json!({"id": "A1", "position": [place.lon(), place.lat()],
        "category": "dispute", "priority": 1});
    let taken = night
        .desk
        .post("/api/incidents", incident.to_string())
        .await;
    assert_eq!(taken.status, 201, "{}", taken.text());
    let before = now();
    let assign = json!({"kind": "assign", "call": "A1", "unit": night.unit()});
    assert_eq!(night.command(assign).await.status, 201);
    let sheet = night.sheet(&token).await.json();
    assert_eq!(sheet["call"]["number"], "C0001");
    assert_eq!(sheet["call"]["label"], "Beat 0");
    assert_eq!(sheet["unit"]["status"], "dispatched");
    let round = night.round().await;
    assert_eq!(
        (&round["replan_offered"], &round["replan_why"]),
        (&json!(true), &json!("sent_away"))
    );
    // What the phone did not show is not ended by it.
    let blind = json!({"kind": "back", "at": now()});
    let refused = night.check_in(&token, "z", blind).await;
    refused.problem(409, "illegal-now");
    let call = sheet["call"]["number"].clone();
    let arrived = json!({"kind": "arrived", "call": call, "at": now()});
    assert_eq!(night.check_in(&token, "a", arrived).await.status, 201);
    // A "done" from before the call must not end it.
    let late = night
        .check_in(
            &token,
            "b",
            json!({"kind": "back", "call": call, "at": before}),
        )
        .await;
    late.problem(409, "illegal-now");
    let back = json!({"kind": "back", "call": call, "at": now()});
    assert_eq!(night.check_in(&token, "c", back).await.status, 201);
    let board = night.desk.json("/api/board").await;
    assert_eq!(board["calls"][0]["state"], "closed");
    assert_eq!(night.round().await["replan_why"], "free_again");
    // The desk's button: the changed plan takes the place of the one before.
    let replan = json!({"change": {"kind": "back", "unit": night.unit(),
        "position": night.plan["routes"][0]["start"]}, "deadline_ms": 10000, "iterations": 20});
    let address = format!("{}/replan", night.plan["links"]["self"].as_str().unwrap());
    let changed = night.desk.post(&address, replan.to_string()).await;
    assert_eq!(changed.status, 201, "{}", changed.text());
    let follow = json!({"kind": "follow", "plan": changed.json()["id"]});
    assert_eq!(night.command(follow).await.status, 201);
    let round = night.round().await;
    assert_eq!(round["plan"], changed.json()["id"]);
    assert_eq!(round["replan_offered"], false);

    let share = json!({"kind": "position", "position": [place.lon(), place.lat()], "at": now()});
    assert_eq!(night.check_in(&token, "d", share.clone()).await.status, 201);
    let off = json!({"kind": "status", "unit": night.unit(), "status": "off_duty"});
    assert_eq!(night.command(off).await.status, 201);
    let mut later = share;
    later["at"] = now().into();
    night
        .check_in(&token, "e", later)
        .await
        .problem(409, "sharing-off");
    assert_eq!(night.sheet(&token).await.json()["share_position"], false);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_opens_one_unit_until_it_is_over_or_revoked() {
    let night = Night::begin().await;
    let address = format!("/api/units/{}/links", night.unit());
    let made = night.desk.post(&address, "{}").await.json();
    let token = made["token"].as_str().unwrap();
    assert_eq!(made["url"], format!("/unit#{token}"));
    assert!(made["qr_svg"].as_str().unwrap().contains("<svg"));
    assert_eq!(night.sheet(token).await.status, 200);
    // What is signed is in no answer but this one, and the key in none at all.
    let log = night.desk.json("/api/board/log").await.to_string();
    assert!(!log.contains(token));
    for wrong in ["", "x", &token[1..], &format!("{token}A"), "Bearer"] {
        night.sheet(wrong).await.problem(401, "link");
    }
    let bare = request(Method::GET, "/api/unit/sheet")
        .body(Body::empty())
        .unwrap();
    night.desk.send(bare).await.problem(401, "link");
    for (unit, body, status, kind) in [
        ("nobody", "{}", 404, "unknown-unit"),
        (night.unit(), r#"{"hours": 0}"#, 400, "invalid-parameter"),
        (night.unit(), r#"{"hours": 745}"#, 400, "invalid-parameter"),
        (night.unit(), r#"{"officer": "x"}"#, 400, "invalid-body"),
    ] {
        let answer = night
            .desk
            .post(&format!("/api/units/{unit}/links"), body)
            .await;
        answer.problem(status, kind);
    }
    // At the prompt, while the service runs.
    let wanted = links::LinksFor::Plan(night.plan["id"].as_str().unwrap().to_owned());
    let of_plan = links::make(night.path.as_path(), &wanted, 1).await.unwrap();
    assert_eq!(of_plan.len(), 3);
    let other = &of_plan
        .iter()
        .find(|(_, link)| link.kept.unit != night.unit())
        .unwrap()
        .1;
    let sheet = night.sheet(&other.token).await.json();
    assert_eq!(sheet["unit"]["id"], other.kept.unit);
    let revoked = links::revoke(night.path.as_path(), night.unit())
        .await
        .unwrap();
    assert_eq!(revoked, 2);
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    let refused = night.sheet(token).await.problem(401, "link");
    assert!(refused["detail"].as_str().unwrap().contains("revoked"));
    assert_eq!(night.sheet(&other.token).await.status, 200);
    assert_eq!(links::list(night.path.as_path()).await.unwrap().len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notice_is_muted_and_settings_are_checked() {
    let night = Night::begin().await;
    let mute = |minutes: u32| {
        json!({"kind": "mute", "unit": night.unit(), "notice": "off_route",
            "minutes": minutes, "why": "traffic"})
    };
    night
        .command(mute(0))
        .await
        .problem(400, "invalid-parameter");
    assert_eq!(night.command(mute(30)).await.status, 201);
    let set = json!({"kind": "set", "geofence_m": 200});
    night.command(set).await.problem(422, "invalid-setting");
    let set = json!({"kind": "set", "off_route_m": 50, "off_route_after_s": 1,
        "geofence_m": 20, "geofence_leave_m": 40});
    assert_eq!(night.command(set).await.status, 201);
    assert_eq!(
        night.desk.json("/api/board/settings").await["geofence_m"],
        20.0
    );
    // Another unit is far off: nobody muted that.
    let other = night.plan["routes"][1]["unit"].as_str().unwrap();
    let far = town::at(-1.0, -1.0);
    let body = json!({"position": [far.lon(), far.lat()]});
    for unit in [night.unit(), other] {
        let address = format!("/api/units/{unit}/position");
        assert_eq!(
            night.desk.post(&address, body.to_string()).await.status,
            201
        );
    }
    let address = format!("/api/units/{other}/round");
    let mut kinds = Value::Null;
    for _ in 0..100 {
        kinds = night.desk.json(&address).await["notices"].clone();
        if kinds != json!([]) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(kinds[0]["notice"], "off_route");
    assert_eq!(kinds[0]["muted_until"], Value::Null);
    assert_eq!(night.round().await["notices"], json!([]));
    night
        .command(json!({"kind": "follow", "plan": "none"}))
        .await
        .problem(404, "unknown-plan");
    let unfollow = json!({"kind": "unfollow", "plan": night.plan["id"]});
    assert_eq!(night.command(unfollow).await.status, 201);
    let round = night.round().await;
    assert_eq!(
        (&round["plan"], &round["stops"]),
        (&Value::Null, &json!([]))
    );
    let skip = json!({"kind": "skip", "unit": night.unit(), "stop": 1, "why": "call"});
    night.command(skip).await.problem(409, "illegal-now");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_word_of_another_plan_is_refused_and_a_desk_shuts_a_lost_phone_out_at_once() {
    let night = Night::begin().await;
    let token = night.token().await;
    let sheet = night.sheet(&token).await.json();
    let workspace = night.desk.json("/api/workspace").await;
    assert_eq!(sheet["timezone"], workspace["timezone"]);
    assert_eq!(sheet["synthetic"], workspace["synthetic"]);
    assert!(sheet["unit"]["position"].is_array(), "{}", sheet["unit"]);
    let here = |plan: &Value| json!({"kind": "here", "stop": 1, "plan": plan, "at": now()});
    night
        .check_in(&token, "a", here(&json!("the plan before")))
        .await
        .problem(409, "illegal-now");
    assert_eq!(
        night.sheet(&token).await.json()["stops"][0]["state"],
        "planned"
    );
    let taken = night.check_in(&token, "b", here(&sheet["plan"])).await;
    assert_eq!(taken.status, 201, "{}", taken.text());

    let address = format!("/api/units/{}/links", night.unit());
    let asked = request(Method::DELETE, &address)
        .body(Body::empty())
        .unwrap();
    assert_eq!(night.desk.send(asked).await.status, 204);
    night.sheet(&token).await.problem(401, "link");
    let nobody = request(Method::DELETE, "/api/units/nobody/links")
        .body(Body::empty())
        .unwrap();
    night.desk.send(nobody).await.problem(404, "unknown-unit");
}
