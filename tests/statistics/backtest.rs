//! Backtests by the real program: the table, the files, and what is refused.

use serde_json::Value;

use crate::town::{Town, incident, incidents, start};
use frontbeat::incident::record::Origin;
use jiff::SignedDuration;

const MODELS: [&str; 3] = ["count", "kde/300m", "mixture"];

/// Eight weeks of the second year, at a coarse resolution.
fn asked(town: &Town, more: &[&str]) -> Vec<String> {
    let workspace = town.path("town.gpkg").display().to_string();
    let fixed = [
        "backtest",
        &workspace,
        "--resolution",
        "9",
        "--window",
        "1w",
        "--from",
        "2025-06-02",
        "--to",
        "2025-07-28",
    ];
    fixed.iter().chain(more).map(|s| (*s).to_owned()).collect()
}

fn run(town: &Town, more: &[&str]) -> crate::town::Ran {
    let asked = asked(town, more);
    let asked: Vec<&str> = asked.iter().map(String::as_str).collect();
    town.run(&asked)
}

#[test]
fn each_form_says_the_same() {
    let town = Town::whole();
    let file = |ending: &str| town.path(&format!("scores.{ending}")).display().to_string();
    let (json, csv, svg) = (file("json"), file("csv"), file("svg"));
    let models = MODELS.join(",");
    let mut more = vec!["--model", models.as_str(), "--area", "2%,0.5km2"];
    for path in [&json, &csv, &svg] {
        more.extend(["--out", path]);
    }
    let ran = run(&town, &more);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(
        ran.out.contains("8 windows") && ran.out.contains("SYNTHETIC"),
        "{}",
        ran.out
    );
    assert!(
        ran.out
            .contains("against count (the best count by log score)")
    );

    let found: Value = serde_json::from_slice(&std::fs::read(&json).unwrap()).unwrap();
    let windows = |m: usize| found["models"][m]["windows"].as_array().unwrap();
    let (mut events, mut hits) = (0.0, 0.0);
    for (m, model) in MODELS.iter().enumerate() {
        assert_eq!(found["models"][m]["model"], *model);
        assert_eq!(windows(m).len(), 8);
        let scored = &found["models"][m];
        let rate = scored["flagged"][0]["hit_rate"]["value"].as_f64().unwrap();
        events = windows(m)
            .iter()
            .map(|w| w["events"].as_f64().unwrap())
            .sum();
        hits = windows(m)
            .iter()
            .map(|w| w["hits"][0].as_f64().unwrap())
            .sum();
        assert!((rate - hits / events).abs() < 1e-12);
        // A quarter of the town's incidents are heaped around Pillar 12.
        assert!((0.1..0.8).contains(&rate), "{model}: {rate}");
    }
    assert_eq!(found["incidents"]["scored"].as_f64().unwrap(), events);

    let mut reader = csv::Reader::from_path(&csv).unwrap();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), MODELS.len() * 8 * 2);
    let of_last = rows.iter().filter(|r| &r[0] == MODELS[2]).step_by(2);
    let in_csv: f64 = of_last.map(|r| r[11].parse::<f64>().unwrap()).sum();
    assert!((in_csv - hits).abs() < 1e-9);

    let picture = std::fs::read_to_string(&svg).unwrap();
    assert!(
        picture.starts_with("<svg") && picture.contains("Hit rate") && !picture.contains("NaN")
    );
    // The same question has the same answer.
    let again = run(&town, &more[..4]);
    assert_eq!(again.out.lines().next(), ran.out.lines().next());
    let table = |text: &str| text.split("written to").next().unwrap().to_owned();
    assert_eq!(table(&again.out), table(&ran.out));
}

#[test]
fn what_makes_no_sense_is_said() {
    let town = Town::whole();
    for (more, code, part) in [
        (vec!["--model", "oracle"], 2, "there is no model \"oracle\""),
        (
            vec!["--model", "kde/0m"],
            2,
            "bandwidth_m must be a positive number",
        ),
        (vec!["--model", "kde/far"], 2, "is no setting"),
        (
            vec!["--model", "mixture/90d"],
            2,
            "has no setting half_life_days",
        ),
        (vec!["--area", "200%"], 2, "is no area to flag"),
        (vec!["--category", "no/such"], 2, "there is no category"),
        (vec!["--out", "scores.pdf"], 2, "ends in no format"),
        (vec!["--hours", "30-40"], 2, "hours"),
    ] {
        let ran = run(&town, &more);
        assert_eq!(ran.code, code, "{more:?} {} {}", ran.out, ran.err);
        assert!(ran.err.contains(part), "{more:?}: {}", ran.err);
    }
    let workspace = town.path("town.gpkg").display().to_string();
    for (more, part) in [
        (
            ["--from", "1900-01-01", "--window", "1w"],
            "before there is anything to learn from",
        ),
        (
            ["--from", "2025-12-30", "--window", "3m"],
            "no whole window",
        ),
        (["--from", "2025-06-01", "--window", "1y"], "is no window"),
        (["--from", "someday", "--window", "1w"], "someday"),
        (
            ["--from", "2025-06-01", "--resolution", "15"],
            "resolution 15 is not within 7 to 11",
        ),
    ] {
        let ran =
            town.run(&[["backtest", workspace.as_str()].as_slice(), more.as_slice()].concat());
        assert_eq!(ran.code, 2, "{more:?} {}", ran.err);
        assert!(ran.err.contains(part), "{more:?}: {}", ran.err);
    }
}

#[test]
fn thin_and_odd_data_have_a_score_or_a_sentence() {
    let one = |i: usize, hours: i64| {
        let place = incidents()[0].position;
        let at = start() + SignedDuration::from_hours(hours);
        incident(&format!("o{i}"), place, at, Origin::CitizenCall)
    };
    // One incident only; all in one cell, in the same minute; a few far apart.
    for (rows, code) in [
        (vec![one(0, 0)], 2),
        ((0..200).map(|i| one(i, 24)).collect(), 2),
        ((0..30).map(|i| one(i, 24 * 20 * i as i64)).collect(), 0),
    ] {
        let town = Town::with(vec![rows]);
        let workspace = town.path("town.gpkg").display().to_string();
        let asked = [
            "backtest",
            &workspace,
            "--resolution",
            "9",
            "--model",
            "count,mixture",
        ];
        let ran = town.run(&asked);
        assert_eq!(ran.code, code, "{} {}", ran.out, ran.err);
        assert!(
            !ran.out.contains("NaN") && !ran.err.contains("panicked"),
            "{}",
            ran.out
        );
    }
}
