//! What the analyst's desk asks: the same filter for list, counts, tiles, downloads and
//! statistics, and the same number everywhere.

use std::collections::BTreeSet;

use frontbeat::incident::record::{CallState, Incident, Origin, Priority};
use frontbeat::place::id::Id;
use frontbeat::store::record::LayerRows;
use frontbeat::store::workspace::{Access, Workspace};
use serde_json::Value;

use crate::ask::Desk;
use crate::town::{self, INCIDENTS, at};

/// Filters of every kind, alone and together.
const FILTERS: [&str; 12] = [
    "",
    "category=criminal",
    "beat=b3",
    "beat=b0&beat=b3&category=traffic",
    "hours=22-6",
    "hours=0,1,2,118,167",
    "area=123.4195,41.8195,123.4225,41.8225",
    "area=123.40,41.80,123.43,41.80,123.43,41.83",
    "from=2026-09-10&until=2026-10-20&beat=b3&hours=8-20&category=criminal/theft",
    "from=2026-09-10&until=2026-09-11",
    "beat=b1&area=123.40,41.80,123.41,41.81",
    "beat=b3&hours=3-4&area=123.4195,41.8195,123.4225,41.8225",
];

fn joined(path: &str, filter: &str, more: &str) -> String {
    let parts: Vec<&str> = [filter, more]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect();
    format!("{path}?{}", parts.join("&"))
}

fn ids(page: &Value) -> Vec<String> {
    let features = page["features"].as_array().unwrap();
    let id = |feature: &Value| feature["properties"]["id"].as_str().unwrap().to_owned();
    features.iter().map(id).collect()
}

fn sum(values: &Value, of: impl Fn(&Value) -> f64) -> f64 {
    values.as_array().unwrap().iter().map(of).sum()
}

/// The town, and incidents that hold a time span, one of them of two weeks.
async fn with_spans() -> Desk {
    let folder = tempfile::tempdir().unwrap();
    let path = town::build(folder.path()).await;
    let workspace = Workspace::open(&path, Access::Write).await.unwrap();
    let incident = |id: &str, from: &str, until: Option<&str>| Incident {
        id: Id::new(id),
        at: from.parse().unwrap(),
        until: until.map(|text| text.parse().unwrap()),
        position: at(0.2, 0.2),
        category: "criminal/burglary".into(),
        priority: Priority::Three,
        origin: Origin::PatrolDiscovered,
        state: CallState::Received,
        source_id: Some("secret-7".into()),
    };
    let incidents = vec![
        // Friday 22:00 to Monday 08:00: 58 hours, the middle on Sunday at 03:00.
        incident(
            "weekend",
            "2026-10-23T22:00+08:00",
            Some("2026-10-26T08:00+08:00"),
        ),
        incident(
            "fortnight",
            "2026-10-05T00:00+08:00",
            Some("2026-10-19T00:00+08:00"),
        ),
    ];
    let rows = LayerRows::Incidents {
        incidents,
        categories: Vec::new(),
        derived_boundary: None,
    };
    workspace.write(rows, &town::source()).await.unwrap();
    workspace.close().await;
    Desk::of(folder, &path, false).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_number_shown_is_the_number_listed_counted_drawn_and_taken_away() {
    let desk = with_spans().await;
    let mut seen = BTreeSet::new();
    for filter in FILTERS {
        let profile = desk
            .json(&joined("/api/incidents/profile", filter, ""))
            .await;
        let shown = profile["number_matched"].as_u64().unwrap();
        assert_eq!(profile["number_of"], INCIDENTS + 2);
        seen.insert(shown);

        let listed = desk
            .json(&joined("/api/incidents", filter, "limit=10000"))
            .await;
        let cut = desk
            .json(&joined("/api/incidents", filter, "limit=10000&offset=0"))
            .await;
        assert_eq!(ids(&listed).len() as u64, shown, "{filter}");
        assert_eq!(listed["features"], cut["features"], "{filter}");
        assert_eq!(cut["number_matched"], shown);

        let csv = desk
            .get(&joined("/api/export/incidents.csv", filter, ""))
            .await;
        assert_eq!(csv.status, 200, "{}", csv.text());
        let rows = csv.text();
        let taken: Vec<&str> = rows.lines().skip(1).collect();
        assert_eq!(taken.len() as u64, shown, "{filter}");
        assert!(!rows.contains("secret-7"));
        let of_file: Vec<String> = taken
            .iter()
            .map(|row| row.split(',').next().unwrap().to_owned())
            .collect();
        assert_eq!(of_file, ids(&listed), "{filter}");

        let tile = desk
            .get(&joined("/tiles/incidents/9/431/190.mvt", filter, ""))
            .await;
        assert_eq!(drawn(&tile.bytes), shown, "{filter}");
    }
    assert!(seen.len() > 8, "the filters tell apart: {seen:?}");
    assert!(seen.contains(&((INCIDENTS + 2) as u64)));
}

/// How many points a tile's one layer has; so few are not gathered.
fn drawn(tile: &[u8]) -> u64 {
    let layers = fields(tile);
    let Some((3, layer)) = layers.first() else {
        return 0;
    };
    fields(layer)
        .iter()
        .filter(|(number, _)| *number == 2)
        .count() as u64
}

/// The fields of a protobuf message that have a length.
fn fields(mut bytes: &[u8]) -> Vec<(u64, &[u8])> {
    fn varint(bytes: &mut &[u8]) -> u64 {
        let (mut value, mut shift) = (0, 0);
        loop {
            let byte = bytes[0];
            *bytes = &bytes[1..];
            value |= u64::from(byte & 0x7f) << shift;
            shift += 7;
            if byte < 0x80 {
                return value;
            }
        }
    }
    let mut found = Vec::new();
    while !bytes.is_empty() {
        let key = varint(&mut bytes);
        match key & 7 {
            0 => drop(varint(&mut bytes)),
            1 => bytes = &bytes[8..],
            2 => {
                let length = varint(&mut bytes) as usize;
                found.push((key >> 3, &bytes[..length]));
                bytes = &bytes[length..];
            }
            _ => bytes = &bytes[4..],
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn each_count_leaves_its_own_question_out() {
    let desk = with_spans().await;
    let filter = "beat=b3&hours=22-6&category=criminal/burglary&from=2026-09-10&until=2026-10-20";
    let profile = desk
        .json(&joined("/api/incidents/profile", filter, ""))
        .await;
    let shown = profile["number_matched"].as_f64().unwrap();
    let without = |name: &'static str| {
        let kept: Vec<&str> = filter
            .split('&')
            .filter(|pair| !pair.starts_with(name))
            .collect();
        joined("/api/incidents", &kept.join("&"), "limit=1&offset=0")
    };
    let matched = async |path: String| desk.json(&path).await["number_matched"].as_f64().unwrap();

    let hours = sum(&profile["hours"], |n| n.as_f64().unwrap());
    assert!((hours - matched(without("hours")).await).abs() < 1e-9);
    let count = |row: &Value| row["count"].as_f64().unwrap();
    let beats = sum(&profile["by_beat"], count) + profile["in_no_beat"].as_f64().unwrap();
    assert_eq!(beats, matched(without("beat")).await);
    // Parents have their children in them: the first level is all.
    let top = |row: &Value| match row["code"].as_str().unwrap().contains('/') {
        true => 0.0,
        false => count(row),
    };
    let categories = sum(&profile["by_category"], top);
    assert_eq!(categories, matched(without("category")).await);
    let bars = sum(&profile["timeline"]["bars"], count);
    let at_any_time =
        "/api/incidents?beat=b3&hours=22-6&category=criminal/burglary&limit=1&offset=0";
    assert_eq!(bars, matched(at_any_time.to_owned()).await);
    assert_eq!(profile["timeline"]["step"], "day");
    assert_eq!(profile["timeline"]["bars"][0]["start"], "2026-09-01");
    assert!(shown > 0.0 && shown < hours.min(beats).min(categories).min(bars));

    // Of the chosen, what lies in the chosen hours is what is shown.
    let night = |hour: usize| hour % 24 >= 22 || hour % 24 < 6;
    let chosen: f64 = (0..168)
        .filter(|&hour| night(hour))
        .map(|hour| profile["hours"][hour].as_f64().unwrap())
        .sum();
    assert!((chosen - shown).abs() < 1e-9);
    let mine = profile["by_beat"].as_array().unwrap();
    assert_eq!(
        mine.iter().find(|it| it["id"] == "b3").unwrap()["count"],
        shown
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_span_is_spread_over_its_hours_and_chosen_by_its_middle() {
    let desk = with_spans().await;
    let small = "area=123.4059,41.8059,123.4061,41.8061&category=criminal/burglary";
    let only = "from=2026-10-23T22:00&until=2026-10-23T22:01";
    let profile = desk
        .json(&joined("/api/incidents/profile", small, only))
        .await;
    assert_eq!(profile["number_matched"], 1);
    assert_eq!(profile["spans"], 1);
    let hour = |day: usize, hour: usize| profile["hours"][day * 24 + hour].as_f64().unwrap();
    let share = 1.0 / 58.0;
    for (value, wanted) in [
        (hour(4, 21), 0.0),
        (hour(4, 22), share),
        (hour(5, 12), share),
        (hour(0, 7), share),
        (hour(0, 8), 0.0),
    ] {
        assert!((value - wanted).abs() < 1e-12, "{value} {wanted}");
    }
    let matched = async |hours: &str| {
        let filter = format!("{small}&{only}&hours={hours}");
        let path = joined("/api/incidents/profile", &filter, "");
        desk.json(&path).await["number_matched"].as_u64().unwrap()
    };
    // Sunday 03:00.
    assert_eq!(matched("147").await, 1);
    assert_eq!(matched("118").await, 0, "not by its beginning");
    // Two whole weeks have all hours alike.
    let long = desk
        .json(&joined(
            "/api/incidents/profile",
            small,
            "from=2026-10-05&until=2026-10-06",
        ))
        .await;
    for hour in long["hours"].as_array().unwrap() {
        assert!((hour.as_f64().unwrap() - 1.0 / 168.0).abs() < 1e-9);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_jumps_and_goes_on_either_way() {
    let desk = Desk::open().await;
    let filter = "beat=b3&hours=0-12";
    let all = ids(&desk
        .json(&joined("/api/incidents", filter, "limit=10000"))
        .await);
    assert!(all.len() > 100);
    for (more, newest) in [("", false), ("offset=0", false), ("order=newest", true)] {
        let mut found = Vec::new();
        let mut next = Some(joined(
            "/api/incidents",
            filter,
            &format!("limit=37&{more}"),
        ));
        while let Some(path) = next {
            let page = desk.json(&path).await;
            assert_eq!(page["number_matched"], all.len());
            assert_eq!(page["number_returned"], ids(&page).len());
            found.extend(ids(&page));
            next = page["next"].as_str().map(str::to_owned);
        }
        if newest {
            found.reverse();
        }
        assert_eq!(found, all, "{more}");
    }
    // Anywhere, and past the end.
    let page = desk
        .json(&joined("/api/incidents", filter, "offset=50&limit=3"))
        .await;
    assert_eq!(ids(&page), all[50..53]);
    assert_eq!(page["offset"], 50);
    let past = desk
        .json(&joined("/api/incidents", filter, "offset=100000&limit=3"))
        .await;
    assert_eq!(ids(&past).len(), 0);
    assert_eq!(past["next"], Value::Null);
    // The page of one, as a table's pages begin.
    for (order, place) in [("oldest", 77), ("newest", all.len() - 1 - 77)] {
        let more = format!("around={}&order={order}&limit=20", all[77]);
        let page = desk.json(&joined("/api/incidents", filter, &more)).await;
        let offset = page["offset"].as_u64().unwrap() as usize;
        assert_eq!(offset, place / 20 * 20);
        assert_eq!(ids(&page)[place - offset], all[77]);
    }
    let other = desk
        .json(&joined("/api/incidents", filter, "around=nobody&limit=20"))
        .await;
    assert_eq!(other["offset"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn statistics_are_of_what_is_selected() {
    let desk = Desk::open().await;
    let period = "period=2026-09-01/2026-11-01";
    for filter in [
        "beat=b3",
        "area=123.4195,41.8195,123.4225,41.8225",
        "beat=b0&hours=22-6",
    ] {
        let listed = desk
            .json(&joined(
                "/api/incidents",
                filter,
                "from=2026-09-01&until=2026-11-01&offset=0",
            ))
            .await;
        for question in [
            "hot-spots?resolution=9&permutations=99&",
            "near-repeat?permutations=99&",
            "concentration?resolution=9&",
            "year-on-year?against=2025-09-01/2025-11-01&",
        ] {
            let path = format!("/api/statistics/{question}{period}&{filter}");
            let answer = desk.json(&path).await;
            let about = &answer["about"];
            assert_eq!(about["incidents"], listed["number_matched"], "{path}");
            let named = filter.contains("beat=");
            assert_eq!(about["beats"].as_array().unwrap().len(), usize::from(named));
            assert_eq!(about["area"].is_string(), !named, "{path}");
        }
    }
    // The ground is the selection's, not the district's with nothing outside.
    let cells = async |filter: &str| {
        let path = format!("/api/statistics/concentration?resolution=10&{period}{filter}");
        desk.json(&path).await["cells"].as_u64().unwrap()
    };
    let (all, beat) = (cells("").await, cells("&beat=b3").await);
    assert!(beat * 3 < all && beat * 6 > all, "{beat} of {all}");
    let clipped = cells("&area=123.415,41.815,123.5,41.9").await;
    assert_eq!(
        clipped, beat,
        "what is drawn beyond the border has no ground"
    );
    // Beats that were not asked for are not in the answer.
    let path =
        format!("/api/statistics/year-on-year?against=2025-09-01/2025-11-01&{period}&beat=b3");
    let answer = desk.json(&path).await;
    let rows = answer["rows"].as_array().unwrap();
    let beats: Vec<&Value> = rows.iter().filter(|row| row["kind"] == "beat").collect();
    assert_eq!(beats.len(), 1);
    assert_eq!(beats[0]["id"], "b3");
    desk.get(&format!(
        "/api/statistics/hot-spots?{period}&area=10,10,11,11"
    ))
    .await
    .problem(400, "invalid-question");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_named() {
    let desk = Desk::open().await;
    let ring = vec!["1"; 402].join(",");
    for (path, parameter) in [
        ("/api/incidents?beat=nobody".to_owned(), "beat"),
        ("/api/incidents?hours=25-3".to_owned(), "hours"),
        ("/api/incidents?area=1,2,3".to_owned(), "area"),
        ("/api/incidents?area=2,0,1,1".to_owned(), "area"),
        (format!("/api/incidents?area={ring}"), "area"),
        ("/api/incidents?order=random".to_owned(), "order"),
        ("/api/incidents?offset=-1".to_owned(), "offset"),
        ("/api/incidents?offset=1&around=i0001".to_owned(), "offset"),
        (
            "/api/incidents?order=newest&after=2026-09-01T00:00:00Z~i0001".to_owned(),
            "order",
        ),
        ("/api/incidents/profile?limit=3".to_owned(), "limit"),
        (
            "/api/incidents/profile?area=0,0,1,1,1,0,0,1".to_owned(),
            "area",
        ),
        (
            "/api/incidents/profile?until=2026-01-01&from=2026-01-02".to_owned(),
            "until",
        ),
        ("/tiles/incidents/9/431/190.mvt?hours=x".to_owned(), "hours"),
        ("/api/export/incidents.csv?beat=nobody".to_owned(), "beat"),
        (
            "/api/export/incidents.csv?hours=".to_owned() + "168",
            "hours",
        ),
        ("/api/export/incidents.csv?area=9".to_owned(), "area"),
        ("/api/statistics/near-repeat?beat=nobody".to_owned(), "beat"),
        ("/api/statistics/near-repeat?area=9".to_owned(), "area"),
    ] {
        let answer = desk.get(&path).await;
        assert_eq!(answer.status, 400, "{path}: {}", answer.text());
        assert_eq!(answer.json()["parameter"], parameter, "{path}");
    }
    // Counts that a client has are not sent again.
    let first = desk.get("/api/incidents/profile?beat=b1").await;
    assert!(!first.header("etag").is_empty());
    let again = desk.get("/api/incidents/profile?beat=b1").await;
    assert_eq!(first.bytes, again.bytes);
}
