//! `/api/zones` over the town: drafts and comparisons, from memory the second time, and
//! what is refused.

use frontbeat::app::workspace::open_for_writing;
use frontbeat::place::feature::PatrolZone;
use frontbeat::place::id::Id;
use frontbeat::store::record::LayerRows;
use serde_json::{Value, json};

use crate::ask::Desk;
use crate::town;

async fn asked(desk: &Desk, address: &str, body: &Value) -> Value {
    let answer = desk.post(address, body.to_string()).await;
    assert_eq!(answer.status, 200, "{address} {body}: {}", answer.text());
    answer.json()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_from_the_beats_is_more_even_and_moves_no_more_than_allowed() {
    let desk = Desk::open().await;
    let body = json!({ "moved": 0.2, "work": { "model": "count", "resolution": 10 } });
    let draft = asked(&desk, "/api/zones/draft", &body).await;
    let (before, after) = (&draft["change"]["before"], &draft["after"]);
    let variance = |spread: &Value| spread["variance_h2"].as_f64().unwrap();
    assert!(variance(after) < variance(before), "{draft}");
    assert_eq!(before["zones"], after["zones"]);
    assert!(draft["change"]["moved_share"].as_f64().unwrap() <= 0.2);
    let again = asked(&desk, "/api/zones/draft", &body).await;
    assert_eq!(again, draft, "from memory");
    assert!(
        draft["response"].is_null(),
        "nothing is simulated unless asked"
    );
    let mut simulated = body.clone();
    simulated["work"]["simulate"] = json!({ "seeds": 2 });
    let simulated = asked(&desk, "/api/zones/draft", &simulated).await;
    // The same zones, each with how soon its calls are answered, before and after.
    let mut zones = simulated["zones"].clone();
    for zone in zones.as_array_mut().unwrap() {
        for when in ["response", "response_before"] {
            let within = zone[when]["within"].as_array().unwrap();
            let shares: Vec<f64> = within.iter().map(|share| share.as_f64().unwrap()).collect();
            assert!(
                shares.is_sorted() && shares.iter().all(|s| (0.0..=1.0).contains(s)),
                "{zone}"
            );
            zone[when] = Value::Null;
        }
    }
    assert_eq!(zones, draft["zones"]);
    assert_eq!(simulated["response"]["seeds"], 2);
    assert!(
        simulated["response"]["after"]["mean_s"]["mean"]
            .as_f64()
            .unwrap()
            > 0.0
    );
    let mut many = body.clone();
    many["work"]["simulate"] = json!({ "units": 51 });
    desk.post("/api/zones/draft", many.to_string())
        .await
        .problem(400, "invalid-parameter");

    let answer = desk
        .post("/api/zones/draft?format=geojson", body.to_string())
        .await;
    assert_eq!(answer.header("content-type"), "application/geo+json");
    let map = answer.json();
    assert_eq!(map["report"], draft);
    let zones = draft["zones"].as_array().unwrap();
    let features = map["features"].as_array().unwrap();
    assert_eq!(features.len(), zones.len());
    for (feature, zone) in features.iter().zip(zones) {
        assert_eq!(feature["properties"]["name"], zone["name"]);
        assert_eq!(feature["properties"]["synthetic"], true);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn locked_beats_keep_their_ground_and_a_count_is_kept() {
    let desk = Desk::open().await;
    let layer = desk.json("/api/layers/beats").await;
    let locked = layer["features"][0]["properties"]["name"].as_str().unwrap();
    let work = json!({ "model": "count", "resolution": 10 });
    let whole = json!({ "moved": 0.0, "work": work });
    let unmoved = asked(&desk, "/api/zones/draft", &whole).await;
    assert_eq!(unmoved["change"]["moved_cells"], 0);
    let body = json!({ "locked": [locked], "work": work });
    let draft = asked(&desk, "/api/zones/draft", &body).await;
    let cells = |report: &Value| {
        let zones = report["zones"].as_array().unwrap();
        let zone = zones.iter().find(|z| z["name"] == locked).unwrap();
        zone["cells"].as_u64().unwrap()
    };
    assert_eq!(cells(&draft), cells(&unmoved));
    let from_nothing = json!({ "count": 3, "work": work });
    let three = asked(&desk, "/api/zones/draft", &from_nothing).await;
    assert_eq!(three["zones"].as_array().unwrap().len(), 3);
    assert_eq!(three["after"]["zones"], 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn zones_as_drawn_are_compared_with_the_beats() {
    let folder = tempfile::tempdir().unwrap();
    let path = town::build(folder.path()).await;
    let workspace = open_for_writing(&path).await.unwrap();
    let quarter = |id: &str, corner: f64| PatrolZone {
        id: Id::new(id),
        name: id.into(),
        area: town::square(corner, corner, 0.5),
    };
    let zones = LayerRows::Zones(vec![quarter("west", 0.0), quarter("east", 0.5)]);
    workspace.write(zones, &town::source()).await.unwrap();
    workspace.close().await;
    let desk = Desk::of(folder, &path, true).await;
    let compared = asked(
        &desk,
        "/api/zones/compare",
        &json!({ "work": { "model": "count", "resolution": 10 } }),
    )
    .await;
    assert_eq!(compared["after"]["zones"], 2);
    assert_eq!(compared["change"]["before"]["zones"], 4);
    let names: Vec<&str> = compared["zones"]
        .as_array()
        .unwrap()
        .iter()
        .map(|z| z["name"].as_str().unwrap())
        .collect();
    assert!(
        names.contains(&"west") && names.contains(&"east"),
        "{names:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_questions_name_what_is_wrong() {
    let desk = Desk::open().await;
    for (body, parameter) in [
        (json!({ "count": 0 }), "count"),
        (json!({ "count": 1001 }), "count"),
        (json!({ "count": 3, "from": "beats" }), "count"),
        (
            json!({ "count": 900, "work": { "model": "count", "resolution": 8 } }),
            "count",
        ),
        (json!({ "moved": 1.5 }), "moved"),
        (json!({ "moved": -0.1 }), "moved"),
        (json!({ "compactness": -1.0 }), "compactness"),
        (json!({ "locked": ["Nowhere"] }), "locked"),
        (json!({ "locked": vec!["x"; 501] }), "locked"),
        (
            json!({ "work": { "handling_minutes": -1 } }),
            "handling_minutes",
        ),
        (json!({ "work": { "window": "noon" } }), "window"),
        (json!({ "work": { "model": "oracle" } }), "model"),
        (json!({ "work": { "resolution": 12 } }), "resolution"),
        (
            json!({ "work": { "category": ["witchcraft"] } }),
            "category",
        ),
    ] {
        let answer = desk.post("/api/zones/draft", body.to_string()).await;
        let problem = answer.problem(400, "invalid-parameter");
        assert_eq!(problem["parameter"], parameter, "{body}: {problem}");
    }
    for body in [
        "",
        "7",
        "{\"colour\":1}",
        "{\"from\":\"nothing\"}",
        "{\"work\":{\"colour\":1}}",
    ] {
        let answer = desk.post("/api/zones/draft", body.to_owned()).await;
        answer.problem(400, "invalid-body");
    }
    let answer = desk.post("/api/zones/draft?format=svg", "{}").await;
    assert_eq!(
        answer.problem(400, "invalid-parameter")["parameter"],
        "format"
    );
    let empty = json!({ "work": { "handling_minutes": 0.0 } }).to_string();
    // No handling, but roads to drive: there is still work.
    assert_eq!(desk.post("/api/zones/draft", empty).await.status, 200);
    let all = desk.json("/api/layers/beats").await;
    let names: Vec<&Value> = all["features"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| &f["properties"]["id"])
        .collect();
    let locked = json!({ "locked": names }).to_string();
    let answer = desk.post("/api/zones/draft", locked).await;
    answer.problem(400, "invalid-question");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing_has_a_problem_of_its_own() {
    let desk = Desk::open().await;
    let answer = desk.post("/api/zones/compare", "{}").await;
    answer.problem(422, "no-zones");
    let answer = desk.post("/api/zones/draft", "{\"from\":\"zones\"}").await;
    answer.problem(422, "no-zones");
    for (kind, wanted) in [
        (
            "no-beats",
            (|r| !matches!(r, LayerRows::Beats(_))) as fn(&LayerRows) -> bool,
        ),
        ("no-work", |r| !matches!(r, LayerRows::Incidents { .. })),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let path = town::build_with(folder.path(), wanted).await;
        let desk = Desk::of(folder, &path, true).await;
        let answer = desk.post("/api/zones/draft", "{}").await;
        answer.problem(422, kind);
    }
}
