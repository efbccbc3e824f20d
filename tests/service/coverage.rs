//! `/api/coverage` over the town: figures and maps, from memory the second time, and what
//! is refused.

use axum::http::StatusCode;
use frontbeat::store::record::LayerRows;

use crate::ask::Desk;
use crate::town;

const WINDOW: &str = "window=night%402026-10-31&resolution=9";

#[tokio::test(flavor = "multi_thread")]
async fn figures_and_maps() {
    let desk = Desk::open().await;
    for (question, kind) in [
        (format!("/api/coverage?{WINDOW}"), "isochrone"),
        (
            format!("/api/coverage/stand?{WINDOW}&units=2&moves=2"),
            "unit",
        ),
        (
            format!("/api/coverage/siting?{WINDOW}&what=posts&count=2"),
            "site",
        ),
        (
            format!("/api/coverage/siting?{WINDOW}&what=pillars"),
            "existing",
        ),
    ] {
        let answer = desk.json(&question).await;
        assert_eq!(answer["about"]["district"], "Testtown", "{question}");
        assert!(answer["about"]["expected_calls"].as_f64().unwrap() > 0.0);
        let again = desk.get(&question).await;
        assert_eq!(again.json(), answer, "from memory");
        assert!(!again.header("etag").is_empty());
        let map = desk.get(&format!("{question}&format=geojson")).await;
        assert_eq!(map.header("content-type"), "application/geo+json");
        let map = map.json();
        assert_eq!(map["report"], answer);
        let features = map["features"].as_array().unwrap();
        assert!(
            features.iter().any(|f| f["properties"]["kind"] == kind),
            "{question}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_questions_name_what_is_wrong() {
    let desk = Desk::open().await;
    for (question, parameter) in [
        ("?minutes=5,3", "minutes"),
        ("?minutes=one", "minutes"),
        ("?minutes=NaN", "minutes"),
        ("?minutes=", "window"),
        ("?busy=1", "busy"),
        ("?busy=NaN", "busy"),
        ("?units=-1", "units"),
        ("?format=svg", "format"),
        ("?window=night&resolution=7", "resolution"),
        ("/stand?moves=51", "moves"),
        ("/siting?what=cameras", "what"),
        ("/siting?count=3", "what"),
        ("/siting?what=posts&count=0", "count"),
        ("/siting?what=posts&count=51", "count"),
        ("?window=night&colour=red", "colour"),
    ] {
        let answer = desk.get(&format!("/api/coverage{question}")).await;
        assert_eq!(
            answer.status,
            StatusCode::BAD_REQUEST,
            "{question}: {}",
            answer.text()
        );
        assert_eq!(answer.json()["parameter"], parameter, "{question}");
    }
    let none = desk
        .get(&format!("/api/coverage/stand?{WINDOW}&units=0"))
        .await;
    none.problem(400, "invalid-question");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing_has_a_problem_of_its_own() {
    for (kind, wanted) in [
        (
            "no-roads",
            (|r| !matches!(r, LayerRows::Roads(_))) as fn(&LayerRows) -> bool,
        ),
        ("no-units", |r| !matches!(r, LayerRows::Units(_))),
        ("no-demand", |r| !matches!(r, LayerRows::Incidents { .. })),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let path = town::build_with(folder.path(), wanted).await;
        let desk = Desk::of(folder, &path, true).await;
        let answer = desk.get(&format!("/api/coverage/stand?{WINDOW}")).await;
        answer.problem(422, kind);
    }
}
