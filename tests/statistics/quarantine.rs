//! A bad batch is left out, everything is computed anew, and letting it in again gives the
//! old answer; each step is in the log.

use frontbeat::incident::record::{Incident, Origin};
use jiff::SignedDuration;
use serde_json::Value;

use crate::town::{Ran, Town, at, incident, incidents, start};

/// A geocoder's failure: a thousand calls at one corner, one of them in the far future.
fn bad_batch() -> Vec<Incident> {
    (0..1000)
        .map(|i| {
            let days = if i == 999 { 20_000 } else { i / 2 };
            let time = start() + SignedDuration::from_hours(24 * i64::from(days));
            incident(
                &format!("bad{i}"),
                at(0.01, 0.01),
                time,
                Origin::CitizenCall,
            )
        })
        .collect()
}

fn total(town: &Town) -> Value {
    town.json(&["concentration", "--resolution", "9"])["about"]["incidents"].clone()
}

fn surface(town: &Town) -> (f64, String) {
    let arguments = [
        "risk",
        "town.gpkg",
        "--window",
        "2026-01-01/2026-01-08",
        "--model",
        "count",
        "--out",
        "s.geojson",
    ];
    let ran = town.run(&arguments);
    assert_eq!(ran.code, 0, "{ran:?}");
    let bytes = std::fs::read(town.path("s.geojson")).unwrap();
    let surface: Value = serde_json::from_slice(&bytes).unwrap();
    let hash = surface["provenance"]["inputs_sha256"]
        .as_str()
        .unwrap()
        .to_owned();
    (surface["provenance"]["events"].as_f64().unwrap(), hash)
}

fn quarantine(town: &Town, arguments: &[&str]) -> Ran {
    let mut all = vec!["quarantine"];
    all.extend(arguments);
    town.run(&all)
}

#[test]
fn a_bad_import_is_left_out_and_let_in_again() {
    let clean = Town::with(vec![incidents()]);
    let town = Town::with(vec![incidents(), bad_batch()]);
    let with_bad = surface(&town);

    let list = quarantine(&town, &["list", "town.gpkg"]);
    assert!(list.out.contains("nothing is in quarantine"), "{list:?}");
    let line = list
        .out
        .lines()
        .find(|l| l.contains("calls-1.csv"))
        .unwrap();
    assert!(line.contains("1000 incidents"), "{line}");
    let number = line.split_whitespace().next().unwrap().to_owned();

    let reason = ["--reason", "geocoder put everything at one corner"];
    let added = quarantine(
        &town,
        &[&["add", "town.gpkg", "--batch", &number][..], &reason].concat(),
    );
    assert_eq!(added.code, 0, "{added:?}");
    assert!(added.out.starts_with("q1: 1000 incidents"), "{added:?}");
    // As if it had never come, in every answer; the far future is no end of the data.
    assert_eq!(surface(&town), surface(&clean));
    assert_eq!(total(&town), total(&clean));
    let answer = town.ask(&["unusual"]);
    assert!(
        answer.out.contains("left out: quarantine q1"),
        "{}",
        answer.out
    );
    let list = quarantine(&town, &["list", "town.gpkg"]);
    assert!(
        list.out.contains("q1  import") && list.out.contains("geocoder"),
        "{list:?}"
    );

    let lifted = quarantine(
        &town,
        &["lift", "town.gpkg", "q1", "--reason", "positions repaired"],
    );
    assert_eq!(lifted.code, 0, "{lifted:?}");
    assert_eq!(surface(&town), with_bad);
    let twice = quarantine(&town, &["lift", "town.gpkg", "q1", "--reason", "again"]);
    assert_eq!(twice.code, 2, "{twice:?}");

    let log = serde_json::to_string(&town.events()).unwrap();
    for part in [
        "quarantined",
        "geocoder put everything",
        "quarantine_lifted",
        "positions repaired",
    ] {
        assert!(log.contains(part), "{part} is not in the log");
    }
}

#[test]
fn a_period_of_a_category_is_left_out() {
    let town = Town::with(vec![incidents()]);
    let all = total(&town).as_u64().unwrap();
    let add = |more: &[&str]| {
        let first = ["add", "town.gpkg", "--reason", "double entries"];
        quarantine(&town, &[&first[..], more].concat())
    };
    let period = ["--period", "2025-06-01/2025-07-01"];
    let added = add(&[&period[..], &["--category", "criminal"]].concat());
    assert_eq!(added.code, 0, "{added:?}");
    let june = town.json(&["concentration", "--period", "2025-06-01/2025-07-01"]);
    assert_eq!(june["about"]["incidents"], 0);
    assert_eq!(june["gini"], Value::Null);
    assert!(total(&town).as_u64().unwrap() < all);

    for (more, part) in [
        (&["--batch", "99"][..], "known:"),
        (&["--period", "1990-01-01/1990-02-01"], "no incident"),
        (
            &[
                "--period",
                "2025-06-01/2025-07-01",
                "--category",
                "nonsense",
            ],
            "nonsense",
        ),
        (&["--period", "soon"], "no window"),
        (&[], "--period"),
    ] {
        let refused = add(more);
        assert_eq!(refused.code, 2, "{refused:?}");
        assert!(
            refused.err.contains(part),
            "{part} is not in {}",
            refused.err
        );
    }
    for reason in ["", "   ", "caller 13912345678 lied"] {
        let refused = quarantine(
            &town,
            &[
                "add",
                "town.gpkg",
                "--period",
                "2025-01-01/2025-02-01",
                "--reason",
                reason,
            ],
        );
        assert_eq!(refused.code, 2, "{reason:?}: {refused:?}");
    }
}
