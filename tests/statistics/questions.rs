//! Each question, answered as the town was made.

use serde_json::Value;

use crate::town::Town;

fn number(value: &Value) -> f64 {
    value
        .as_f64()
        .unwrap_or_else(|| panic!("{value} is no number"))
}

fn rows<'a>(answer: &'a Value, name: &str) -> &'a Vec<Value> {
    answer[name].as_array().expect("a list")
}

fn named<'a>(rows: &'a [Value], key: &str, value: &str) -> &'a Value {
    let found = rows.iter().find(|row| row[key] == value);
    found.unwrap_or_else(|| panic!("no {key} {value}"))
}

#[test]
fn the_heap_around_the_pillar_is_the_hot_spot() {
    let town = Town::whole();
    let two_years = [
        "hot-spots",
        "--period",
        "2024-01-01/2026-01-01",
        "--resolution",
        "9",
    ];
    let answer = town.json(&two_years);
    assert_eq!(answer["about"]["synthetic"], true);
    assert_eq!(
        answer["about"]["incidents"], 2325,
        "patrols' finds don't count"
    );
    let spot = &answer["spots"][0];
    assert_eq!(spot["name_en"], "around Pillar 12, Beat 3");
    assert_eq!(spot["name_zh"], "Beat 3 Pillar 12周边");
    assert!(number(&spot["observed"]) >= 500.0 && number(&spot["expected"]) < 200.0);
    assert!(number(&spot["peak_z"]) > 5.0 && number(&spot["peak_p_permuted"]) <= 0.05);
    // The same seed, the same answer; another shape, the same rows.
    assert_eq!(town.json(&two_years), answer);
    let mut all = two_years.to_vec();
    all.extend(["--out", "spots.csv", "--picture", "spots.svg"]);
    let ran = town.ask(&all);
    assert!(ran.out.contains("SYNTHETIC 模拟数据"), "{}", ran.out);
    assert!(ran.out.contains("around Pillar 12, Beat 3"), "{}", ran.out);
    let table = std::fs::read_to_string(town.path("spots.csv")).unwrap();
    assert_eq!(table.lines().count(), rows(&answer, "spots").len() + 1);
    let map = std::fs::read_to_string(town.path("spots.svg")).unwrap();
    assert!(map.starts_with("<svg") && map.contains("SYNTHETIC") && !map.contains("NaN"));
}

#[test]
fn near_repeat_is_a_table_with_its_warning() {
    let town = Town::whole();
    let question = [
        "near-repeat",
        "--period",
        "2024-01-01/2026-01-01",
        "--permutations",
        "99",
        "--picture",
        "table.svg",
    ];
    let answer = town.json(&question);
    let fields = rows(&answer, "fields");
    assert_eq!(fields.len(), 9);
    for field in fields {
        let p = number(&field["p"]);
        assert!((0.01..=1.0).contains(&p));
        // Times are drawn evenly, so that no band stands far out.
        let ratio = number(&field["ratio"]);
        assert!((0.6..1.6).contains(&ratio), "{field}");
    }
    assert_eq!(answer["low_power"], true);
    assert!(
        answer["notes"][0]
            .as_str()
            .unwrap()
            .starts_with("low power")
    );
    let picture = std::fs::read_to_string(town.path("table.svg")).unwrap();
    assert!(picture.contains("0–100 m") && picture.contains("low power"));
}

#[test]
fn the_second_year_has_more_in_the_south_west_only() {
    let town = Town::whole();
    let question = [
        "year-on-year",
        "--period",
        "2025-01-01/2026-01-01",
        "--picture",
        "ratios.svg",
    ];
    let answer = town.json(&question);
    assert_eq!(number(&answer["hours_now"]), 8760.0);
    assert_eq!(number(&answer["hours_earlier"]), 8784.0, "a leap year");
    let beats: Vec<Value> = rows(&answer, "rows")
        .iter()
        .filter(|r| r["kind"] == "beat")
        .cloned()
        .collect();
    assert_eq!(beats.len(), 4);
    for beat in &beats {
        let more = beat["id"] == "b0";
        assert_eq!(beat["stands_out"], more, "{beat}");
        let (low, high) = (number(&beat["low"]), number(&beat["high"]));
        assert!(low < number(&beat["ratio"]) && number(&beat["ratio"]) < high);
        assert_eq!(low > 1.0, more);
    }
    let theft = named(rows(&answer, "rows"), "id", "criminal/theft");
    let district = named(rows(&answer, "rows"), "kind", "district");
    assert_eq!(theft["now"], district["now"]);
    assert!(town.path("ratios.svg").exists());
    // A period that the data don't reach says so.
    let early = town.json(&["year-on-year", "--period", "2024-02-01/2024-03-01"]);
    assert!(
        early["notes"][0]
            .as_str()
            .unwrap()
            .contains("the data begin")
    );
}

#[test]
fn before_and_after_counts_by_hand() {
    let town = Town::whole();
    let question = [
        "before-after",
        "--before",
        "2024-01-01/2025-01-01",
        "--after",
        "2025-01-01/2026-01-01",
        "--treated",
        "b0",
        "--control",
        "b1",
        "--buffer",
        "b2",
        "--picture",
        "wdd.svg",
    ];
    let answer = town.json(&question);
    let count = |role: &str, when: &str| number(&named(rows(&answer, "rows"), "role", role)[when]);
    // In the hours of the year after: 8,760 of 8,784.
    let scaled = |role: &str| count(role, "after") - count(role, "before") * 8760.0 / 8784.0;
    let estimate = number(&answer["local"]["estimate"]);
    assert!((estimate - (scaled("treated") - scaled("control"))).abs() < 1e-9);
    assert!(estimate > 150.0 && number(&answer["local"]["low"]) > 0.0);
    assert_eq!(answer["wdq"], Value::Null, "nothing was prevented");
    assert!(
        answer["wdq_undefined"]
            .as_str()
            .unwrap()
            .contains("did not fall")
    );
    assert!(
        std::fs::read_to_string(town.path("wdd.svg"))
            .unwrap()
            .contains("buffer")
    );

    let refused = |arguments: &[&str]| {
        let mut all = vec!["statistics", "town.gpkg", "before-after"];
        all.extend(arguments);
        let ran = town.run(&all);
        assert_eq!(ran.code, 2, "{ran:?}");
        ran.err
    };
    let periods = [
        "--before",
        "2024-01-01/2025-01-01",
        "--after",
        "2025-01-01/2026-01-01",
    ];
    let with = |more: &[&str]| refused(&[&periods[..], more].concat());
    assert!(with(&["--treated", "b9", "--control", "b1"]).contains("known: b0, b1, b2, b3"));
    assert!(with(&["--treated", "b0", "--control", "b0"]).contains("share ground"));
    let swapped = [
        "--before",
        "2025-01-01/2026-01-01",
        "--after",
        "2024-01-01/2025-01-01",
    ];
    let swapped = refused(&[&swapped[..], &["--treated", "b0", "--control", "b1"]].concat());
    assert!(swapped.contains("must end before"));
}

#[test]
fn the_burst_of_the_last_week_is_unusual() {
    let town = Town::whole();
    let question = [
        "unusual",
        "--period",
        "2025-01-01/2026-01-01",
        "--picture",
        "now.svg",
    ];
    let answer = town.json(&question);
    let beats = rows(&answer, "rows");
    assert_eq!(beats[0]["kind"], "district");
    assert_eq!(beats[1]["id"], "b0", "the least likely first");
    assert_eq!(beats[1]["stands_out"], true);
    for beat in &beats[2..] {
        assert_eq!(beat["stands_out"], false, "{beat}");
    }
    for row in beats {
        assert!(number(&row["p_window"]) <= number(&row["p_scan"]) + 1e-9);
    }
    assert!(town.path("now.svg").exists());
    let short = town.run(&[
        "statistics",
        "town.gpkg",
        "unusual",
        "--period",
        "2025-12-30/2026-01-01",
    ]);
    assert_eq!(short.code, 2, "{short:?}");
}

#[test]
fn concentration_stands_beside_chance() {
    let town = Town::whole();
    let two_years = [
        "concentration",
        "--period",
        "2024-01-01/2026-01-01",
        "--picture",
        "lorenz.svg",
    ];
    let answer = town.json(&two_years);
    let held = rows(&answer, "held");
    let half = held
        .iter()
        .find(|h| number(&h["incidents"]) == 0.5)
        .expect("half");
    let (cells, by_chance) = (number(&half["cells"]), number(&half["cells_by_chance"]));
    assert!(cells > 0.0 && cells < 0.8 * by_chance, "{half}");
    let (gini, adjusted) = (number(&answer["gini"]), number(&answer["gini_adjusted"]));
    assert!(0.0 < adjusted && adjusted <= gini && gini < 1.0);
    let curve = rows(&answer, "curve");
    assert_eq!(number(&curve[curve.len() - 1]["incidents"]), 1.0);
    let picture = std::fs::read_to_string(town.path("lorenz.svg")).unwrap();
    assert!(picture.contains("by chance alone"));
    // At night only: fewer incidents, other hours in the answer.
    let night = town.json(&[
        "concentration",
        "--period",
        "2024-01-01/2026-01-01",
        "--hours",
        "22-6",
    ]);
    let nights = number(&night["about"]["incidents"]);
    assert!((500.0..1100.0).contains(&nights), "{nights}");
    assert_eq!(rows(&night["about"], "hours").len(), 56);
}

#[test]
fn a_forecast_fed_by_patrols_is_lopsided_and_ours_is_not() {
    let town = Town::whole();
    std::fs::write(
        town.path("people.csv"),
        "beat,people\nb0,100\nb1,100\nb2,100\nb3,100\n",
    )
    .unwrap();
    let question = [
        "fairness",
        "--window",
        "2026-01-01/2026-01-08",
        "--resolution",
        "9",
    ];
    let with = |more: &[&str]| town.json(&[&question[..], more].concat());
    let ours = with(&["--population", "people.csv", "--picture", "shares.svg"]);
    for beat in rows(&ours, "beats") {
        assert_eq!(beat["lopsided"], false, "{beat}");
        assert_eq!(number(&beat["population_share"]), 0.25);
        assert!((number(&beat["area_share"]) - 0.25).abs() < 0.01);
    }
    assert!(number(&ours["from_incidents"]) < 0.05);
    assert!(
        std::fs::read_to_string(town.path("shares.svg"))
            .unwrap()
            .contains("people")
    );

    let before = town.events().len();
    let fed = with(&[
        "--include-patrol-discovered",
        "--reason",
        "comparison for the review",
    ]);
    let beat = named(rows(&fed, "beats"), "id", "b2");
    assert_eq!(beat["lopsided"], true, "{beat}");
    assert!(number(&fed["from_incidents"]) > 0.2);
    // The override is in the log, with its reason.
    let events = town.events();
    let logged = serde_json::to_string(&events[before..]).unwrap();
    assert!(
        logged.contains("origin_overridden") && logged.contains("comparison for the review"),
        "{logged}"
    );
}

#[test]
fn wrong_use_is_told_before_the_work() {
    let town = Town::whole();
    let refused = |arguments: &[&str], part: &str| {
        let mut all = vec!["statistics", "town.gpkg"];
        all.extend(arguments);
        let ran = town.run(&all);
        assert_eq!(ran.code, 2, "{arguments:?}: {ran:?}");
        assert!(ran.err.contains(part), "{part} is not in {}", ran.err);
    };
    refused(&["hot-spots", "--resolution", "3"], "7 to 11");
    refused(&["hot-spots", "--permutations", "0"], "1 to 99999");
    refused(&["hot-spots", "--category", "nonsense"], "nonsense");
    refused(&["hot-spots", "--out", "a.xlsx"], ".json or .csv");
    refused(&["hot-spots", "--picture", "a.png"], ".svg");
    refused(&["near-repeat", "--metres", "300,100"], "ascending");
    refused(&["near-repeat", "--days", "0"], "ascending");
    refused(&["concentration", "--period", "yesterday"], "no window");
    refused(&["concentration", "--hours", "25-99"], "hours");
    refused(&["fairness", "--model", "oracle"], "oracle");
    refused(&["fairness", "--population", "none.csv"], "none.csv");
    refused(
        &[
            "year-on-year",
            "--period",
            "2025-01-01/2026-01-01",
            "--against",
            "2025-06-01/2026-06-01",
        ],
        "share time",
    );
}
