//! Forecasts frozen before their windows: they can't be changed, they are scored when the
//! window is over and again when incidents come late; and the default model is chosen by its
//! record. A town without a station or a road, its clock given from outside.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use frontbeat::app::forecast::{Due, FreezeRequest, freeze, frozen_card, newest, score_due};
use frontbeat::app::record::{Trust, of_all, scorecard, trusted};
use frontbeat::app::standing_forecasts::{freeze_due, stand};
use frontbeat::calendar::cadence::Cadence;
use frontbeat::calendar::window::Window;
use frontbeat::incident::quarantine::Quarantined;
use frontbeat::incident::record::{CallState, Incident, Origin, Priority};
use frontbeat::place::area::Area;
use frontbeat::place::id::Id;
use frontbeat::place::position::Position;
use frontbeat::risk::forecast::ForecastSummary;
use frontbeat::risk::record::Verdict;
use frontbeat::risk::scorecard::Question;
use frontbeat::store::record::{ForecastFilter, ImportSource, LayerRows, NewWorkspace};
use frontbeat::store::workspace::{Access, Workspace};
use jiff::{SignedDuration, Timestamp};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use sqlx::Connection;

const WEST: f64 = 123.40;
const SOUTH: f64 = 41.80;
const SIDE: f64 = 0.03;

/// Monday in Shenyang.
const MONDAY: &str = "2026-11-29T16:00:00Z";
const WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn coming_week() -> Window {
    Window::new(at(MONDAY), at(MONDAY) + WEEK).unwrap()
}

/// Incidents at chance in a window, a share of them near three spots.
fn incidents(n: usize, window: Window, at_spots: f64, seed: u64) -> Vec<Incident> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    (0..n)
        .map(|i| {
            let (u, v): (f64, f64) = (rng.random(), rng.random());
            let (x, y) = if rng.random::<f64>() < at_spots {
                let (x, y) = [(0.2, 0.3), (0.7, 0.6), (0.4, 0.8)][i % 3];
                (x + 0.03 * u, y + 0.03 * v)
            } else {
                (u, v)
            };
            let into_s = window.length().0 * rng.random::<f64>();
            Incident {
                id: Id::new(format!("{seed}-{i}")),
                at: window.start() + SignedDuration::from_secs(into_s as i64),
                until: None,
                position: Position::new(WEST + SIDE * x, SOUTH + SIDE * y).unwrap(),
                category: "criminal/theft".into(),
                priority: Priority::Three,
                origin: Origin::CitizenCall,
                state: CallState::Closed,
                source_id: None,
            }
        })
        .collect()
}

fn past() -> Window {
    Window::new(at("2026-04-05T16:00:00Z"), at("2026-11-26T02:00:00Z")).unwrap()
}

async fn town(folder: &Path, incidents: Vec<Incident>) -> (PathBuf, Workspace) {
    let path = folder.join("town.gpkg");
    let new = NewWorkspace {
        name: "Town".into(),
        timezone: "Asia/Shanghai".into(),
        synthetic: false,
    };
    let workspace = Workspace::create(&path, &new).await.unwrap();
    let (e, n) = (WEST + SIDE, SOUTH + SIDE);
    let ring = vec![[WEST, SOUTH], [e, SOUTH], [e, n], [WEST, n], [WEST, SOUTH]];
    let boundary = LayerRows::Boundary(Area::from_rings(&[vec![ring]]).unwrap());
    workspace.write(boundary, &source()).await.unwrap();
    add(&workspace, incidents).await;
    (path, workspace)
}

async fn add(workspace: &Workspace, incidents: Vec<Incident>) {
    let rows = LayerRows::Incidents {
        incidents,
        categories: Vec::new(),
        derived_boundary: None,
    };
    workspace.write(rows, &source()).await.unwrap();
}

fn source() -> ImportSource {
    ImportSource {
        file: "calls.csv".into(),
        refused: 0,
        at: at("2026-11-26T03:00:00Z"),
        marks_synthetic: false,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_standing_forecast_is_frozen_in_time_and_scored_when_its_week_is_over() {
    let folder = tempfile::tempdir().unwrap();
    let (_, workspace) = town(folder.path(), incidents(1500, past(), 0.6, 1)).await;
    let thursday = at("2026-11-26T03:00:00Z");
    assert_eq!(freeze_due(&workspace, thursday).await.unwrap(), 3);
    let later = thursday + SignedDuration::from_hours(5);
    assert_eq!(
        freeze_due(&workspace, later).await.unwrap(),
        0,
        "it is there"
    );
    let last_hour = at(MONDAY) - SignedDuration::from_mins(20);
    assert_eq!(freeze_due(&workspace, last_hour).await.unwrap(), 3);
    let all = workspace
        .forecasts(ForecastFilter::default())
        .await
        .unwrap();
    assert_eq!(all.len(), 6);
    for forecast in &all {
        assert_eq!(forecast.provenance.window, coming_week());
        assert!(forecast.frozen_at < coming_week().start());
        let frozen = workspace.forecast(forecast.id.as_str()).await.unwrap();
        assert!(frozen.unwrap().is_intact());
    }

    // The week is over by the clock, but no incident of it has come in: nobody knows.
    let after = coming_week().end() + SignedDuration::from_hours(30);
    assert_eq!(
        score_due(&workspace, Due::Changed, after)
            .await
            .unwrap()
            .added,
        0
    );
    // Half of the week is no week.
    let half = Window::new(at(MONDAY), at("2026-12-03T00:00:00Z")).unwrap();
    add(&workspace, incidents(30, half, 0.6, 2)).await;
    assert_eq!(
        score_due(&workspace, Due::Changed, after)
            .await
            .unwrap()
            .added,
        0
    );
    let rest = Window::new(half.end(), at("2026-12-07T00:00:00Z")).unwrap();
    add(&workspace, incidents(30, rest, 0.6, 3)).await;
    assert_eq!(
        score_due(&workspace, Due::Changed, after)
            .await
            .unwrap()
            .added,
        6
    );
    assert_eq!(
        score_due(&workspace, Due::Changed, after)
            .await
            .unwrap()
            .added,
        0
    );

    let card = |workspace: Workspace| async move {
        let card = frozen_card(&workspace, &of_all(10), Cadence::Week, after).await;
        card.unwrap().unwrap()
    };
    let before = card(workspace.clone()).await;
    assert_eq!((before.windows, before.models.len()), (1, 3));
    assert!(matches!(before.verdict, Verdict::TooFew { .. }));

    // Late news of that week: a new score beside the old one.
    add(&workspace, incidents(9, half, 0.6, 4)).await;
    assert_eq!(
        score_due(&workspace, Due::Unscored, after)
            .await
            .unwrap()
            .added,
        0
    );
    assert_eq!(
        score_due(&workspace, Due::Changed, after)
            .await
            .unwrap()
            .added,
        6
    );
    let late = card(workspace.clone()).await;
    assert_eq!(late.incidents, before.incidents + 9);
    workspace.close().await;
}

/// A quarantined week is not scored as a quiet one, and what stands beside a question that
/// can't be asked is frozen all the same.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_said_of_what_nobody_knows() {
    let folder = tempfile::tempdir().unwrap();
    let (_, workspace) = town(folder.path(), incidents(600, past(), 0.6, 1)).await;
    let thursday = at("2026-11-26T03:00:00Z");
    let mut of_nights = of_all(9);
    of_nights.hours = [22, 23].into_iter().collect();
    // Two of its three shifts have no such hour.
    stand(&workspace, of_nights, Cadence::Shift, thursday)
        .await
        .unwrap();
    let coarse = Question::new(Vec::new(), of_all(9).hours, 3);
    assert!(
        stand(&workspace, coarse, Cadence::Week, thursday)
            .await
            .is_err()
    );
    assert!(freeze_due(&workspace, thursday).await.unwrap() >= 3);
    let week = |f: &&ForecastSummary| f.provenance.window == coming_week();
    let all = workspace
        .forecasts(ForecastFilter::default())
        .await
        .unwrap();
    assert_eq!(all.iter().filter(week).count(), 3);

    add(&workspace, incidents(60, coming_week(), 0.6, 2)).await;
    let later = Window::new(coming_week().end(), coming_week().end() + WEEK).unwrap();
    add(&workspace, incidents(60, later, 0.6, 3)).await;
    let out = Quarantined::Period {
        window: Window::new(at("2026-12-01T00:00:00Z"), at("2026-12-03T00:00:00Z")).unwrap(),
        categories: Vec::new(),
    };
    let held = workspace
        .quarantine(&out, "doubled", thursday)
        .await
        .unwrap();
    let after = later.end();
    let of_week = || async {
        let all = workspace
            .forecasts(ForecastFilter::default())
            .await
            .unwrap();
        let week = all.iter().filter(week).filter(|f| f.score.is_some());
        week.count()
    };
    score_due(&workspace, Due::Changed, after).await.unwrap();
    assert_eq!(of_week().await, 0);
    workspace
        .lift_quarantine(&held.id, "mended", thursday)
        .await
        .unwrap();
    score_due(&workspace, Due::Changed, after).await.unwrap();
    assert_eq!(of_week().await, 3);
    // In quarantine again, its scores are left out of the card.
    let question = of_all(10);
    let card = || frozen_card(&workspace, &question, Cadence::Week, after);
    assert!(card().await.unwrap().is_some());
    workspace
        .quarantine(&out, "doubled after all", thursday)
        .await
        .unwrap();
    assert!(card().await.unwrap().is_none());
    workspace.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_frozen_cannot_be_changed_and_a_forgery_is_seen() {
    let folder = tempfile::tempdir().unwrap();
    let (path, workspace) = town(folder.path(), incidents(300, past(), 0.6, 1)).await;
    let request = FreezeRequest {
        question: of_all(9),
        window: coming_week(),
    };
    let begun = coming_week().start() + SignedDuration::from_secs(1);
    assert!(freeze(&workspace, &request, begun).await.is_err());
    assert!(
        workspace
            .forecasts(ForecastFilter::default())
            .await
            .unwrap()
            .is_empty()
    );
    let in_time = coming_week().start() - SignedDuration::from_hours(1);
    let frozen = freeze(&workspace, &request, in_time).await.unwrap();
    workspace.close().await;

    let url = format!("sqlite://{}", path.display());
    let mut raw = sqlx::SqliteConnection::connect(&url).await.unwrap();
    for sql in [
        "UPDATE forecasts SET expected_total = 1",
        "UPDATE forecasts SET window_end = '2027-01-01T00:00:00.000Z'",
        "DELETE FROM forecasts",
        "INSERT OR REPLACE INTO forecasts SELECT * FROM forecasts LIMIT 1",
    ] {
        let refused = sqlx::query(sql).execute(&mut raw).await.unwrap_err();
        assert!(refused.to_string().contains("frozen"), "{refused}");
    }
    // Who takes the lock off leaves a trace.
    for sql in [
        "DROP TRIGGER forecasts_are_final",
        "UPDATE forecasts SET cells = x'00' WHERE model = 'mixture'",
        "UPDATE forecasts SET provenance = replace(provenance, '\"model\":\"kde\"', '\"model\":\"mixture\"')",
    ] {
        sqlx::query(sql).execute(&mut raw).await.unwrap();
    }
    raw.close().await.unwrap();
    let workspace = Workspace::open(&path, Access::Write).await.unwrap();
    let mut forged = Vec::new();
    for forecast in &frozen {
        let now = workspace.forecast(forecast.id.as_str()).await;
        if !now.is_ok_and(|now| now.unwrap().is_intact()) {
            forged.push(forecast.provenance.model.as_str());
        }
    }
    assert_eq!(forged, ["kde", "mixture"]);
    let listed = newest(&workspace, 10).await.unwrap();
    let intact: Vec<&str> = listed
        .iter()
        .filter(|f| f.is_intact)
        .map(|f| f.summary.provenance.model.as_str())
        .collect();
    assert_eq!(intact, ["count"]);
    let week = Window::new(
        at(MONDAY),
        at(MONDAY) + WEEK + SignedDuration::from_hours(1),
    );
    add(&workspace, incidents(80, week.unwrap(), 0.6, 2)).await;
    let after = coming_week().end() + SignedDuration::from_hours(1);
    let scored = score_due(&workspace, Due::Changed, after).await.unwrap();
    assert_eq!(scored.added, 1, "the forged and the damaged are not scored");
    assert_eq!(scored.forged.len(), 2);
    workspace.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_default_is_the_model_with_the_record_and_the_plain_count_without_one() {
    let folder = tempfile::tempdir().unwrap();
    let (_, workspace) = town(folder.path(), Vec::new()).await;
    let question = of_all(9);
    let nothing = trusted(&workspace, &question).await.unwrap();
    assert_eq!(
        (nothing.model.as_str(), nothing.why),
        ("count", Trust::NoRecord)
    );
    assert!(
        scorecard(&workspace, &question).await.is_err(),
        "nothing to score"
    );

    // Incidents anywhere: a map that is smoothed beats one of single cells.
    add(&workspace, incidents(2500, past(), 0.0, 7)).await;
    let card = scorecard(&workspace, &question).await.unwrap();
    assert!(
        matches!(card.verdict, Verdict::Best { .. }),
        "{:?}",
        card.verdict
    );
    assert_ne!(card.model(), "count");
    let by_record = trusted(&workspace, &question).await.unwrap();
    assert_eq!(by_record.model, card.model());
    assert!(matches!(by_record.why, Trust::Record(_)));
    // It is kept, and not scored anew while the data are the same; another question leans
    // on it.
    let kept = workspace.scorecard(&question).await.unwrap().unwrap();
    assert_eq!(kept.card.verdict.place(), card.verdict.place());
    scorecard(&workspace, &question).await.unwrap();
    let again = workspace.scorecard(&question).await.unwrap().unwrap();
    assert_eq!(again.kept_at, kept.kept_at);
    add(&workspace, incidents(1, past(), 0.0, 99)).await;
    scorecard(&workspace, &question).await.unwrap();
    let newer = workspace.scorecard(&question).await.unwrap().unwrap();
    assert!(newer.data_version > kept.data_version);
    let mut of_theft = question.clone();
    of_theft.categories = vec!["criminal/theft".into()];
    let leaning = trusted(&workspace, &of_theft).await.unwrap();
    assert!(matches!(leaning.why, Trust::RecordOfAll(_)));
    workspace.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nothing_beats_the_count_the_count_is_the_default() {
    let folder = tempfile::tempdir().unwrap();
    // All at the same three doors, week after week alike.
    let mut same_doors = incidents(1500, past(), 1.0, 8);
    for (i, incident) in same_doors.iter_mut().enumerate() {
        let (x, y) = [(0.2, 0.3), (0.7, 0.6), (0.4, 0.8)][i % 3];
        incident.position = Position::new(WEST + SIDE * x, SOUTH + SIDE * y).unwrap();
    }
    let (_, workspace) = town(folder.path(), same_doors).await;
    let card = scorecard(&workspace, &of_all(9)).await.unwrap();
    assert!(
        matches!(card.verdict, Verdict::Baseline { .. }),
        "{:?}",
        card.verdict
    );
    assert_eq!(
        trusted(&workspace, &of_all(9)).await.unwrap().model,
        "count"
    );
    workspace.close().await;
}

fn frontbeat(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_frontbeat"))
        .args(args)
        .output()
        .unwrap()
}

fn said(args: &[&str]) -> String {
    let out = frontbeat(args);
    assert!(
        out.status.success(),
        "{args:?} {}",
        String::from_utf8_lossy(&out.stderr)
    );
    String::from_utf8(out.stdout).unwrap()
}

/// The real program, by the real clock: the coming week of data that end yesterday.
#[test]
fn at_the_prompt() {
    let folder = tempfile::tempdir().unwrap();
    let now = Timestamp::now();
    let past = Window::new(now - WEEK * 20, now - SignedDuration::from_hours(24)).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let path = runtime.block_on(async {
        let (path, workspace) = town(folder.path(), incidents(900, past, 0.6, 1)).await;
        workspace.close().await;
        path
    });
    let file = path.to_str().unwrap();
    assert!(said(&["forecast", "list", file]).contains("no forecast was frozen"));
    assert!(said(&["forecast", "standing", file]).contains("nothing is frozen by itself so far"));
    assert!(said(&["forecast", "freeze", file]).starts_with("3 forecasts frozen"));
    assert!(said(&["forecast", "standing", file]).contains("all  every week  all incidents"));
    let week = said(&[
        "forecast",
        "freeze",
        file,
        "--window",
        "week",
        "--resolution",
        "9",
    ]);
    let models: Vec<&str> = week
        .lines()
        .filter_map(|l| l.split_whitespace().nth(1))
        .collect();
    assert_eq!(models, ["count", "kde", "mixture"]);
    let list = said(&["forecast", "list", file]);
    assert_eq!(list.matches("not over").count(), 6, "{list}");
    assert!(said(&["forecast", "card", file]).contains("no frozen forecast of this was scored"));
    assert!(said(&["forecast", "score", file]).starts_with("0 forecasts"));

    let id = week.split_whitespace().next().unwrap();
    let out = folder.path().join("week.geojson");
    said(&["forecast", "show", file, id, "--out", out.to_str().unwrap()]);
    let text = std::fs::read_to_string(&out).unwrap();
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    let first = &json["features"][0]["properties"];
    assert!(first["low"].as_u64().unwrap() <= first["high"].as_u64().unwrap());
    assert!((0.0..=1.0).contains(&first["at_least_one"].as_f64().unwrap()));

    let added = said(&["forecast", "standing", file, "--add", "--every", "shift"]);
    let standing = added.split_whitespace().next().unwrap();
    said(&["forecast", "standing", file, "--end", standing]);
    for (args, code, words) in [
        (
            vec![
                "forecast",
                "freeze",
                file,
                "--window",
                "2020-01-01T00:00/2020-01-02T00:00",
            ],
            2,
            "began",
        ),
        (
            vec![
                "forecast",
                "freeze",
                file,
                "--window",
                "week",
                "--category",
                "nonsense",
            ],
            2,
            "category",
        ),
        (
            vec![
                "forecast",
                "freeze",
                file,
                "--window",
                "week",
                "--resolution",
                "3",
            ],
            2,
            "7 to 11",
        ),
        (
            vec!["forecast", "show", file, "none", "--out", "x.geojson"],
            2,
            "no forecast",
        ),
        (vec!["forecast", "standing", file, "--end", "f9"], 2, "f9"),
        (vec!["forecast", "standing", file, "--add"], 2, "already"),
        (vec!["forecast", "list", "nowhere.gpkg"], 1, "nowhere.gpkg"),
    ] {
        let out = frontbeat(&args);
        let err = String::from_utf8_lossy(&out.stderr);
        assert_eq!(out.status.code(), Some(code), "{args:?} {err}");
        assert!(err.contains(words), "{args:?} {err}");
    }
}
