//! Odd data: none, one incident, all in one cell, all at one minute. An honest answer or a
//! sentence, never a panic, NaN or infinity.

use frontbeat::incident::record::{Incident, Origin};
use jiff::SignedDuration;

use crate::town::{Town, at, incident, start};

const QUESTIONS: [&[&str]; 7] = [
    &["hot-spots"],
    &["near-repeat", "--permutations", "19"],
    &["year-on-year"],
    &[
        "before-after",
        "--before",
        "2024-01-01/2024-01-08",
        "--after",
        "2024-01-08/2024-01-15",
        "--treated",
        "b0",
        "--control",
        "b1",
        "--buffer",
        "b2",
        "--buffer-control",
        "b3",
    ],
    &["unusual", "--period", "2023-12-01/2024-02-01"],
    &["concentration"],
    &["fairness", "--window", "2024-02-01/2024-02-02"],
];

fn made(number: i64, place: impl Fn(i64) -> f64, hours: impl Fn(i64) -> i64) -> Vec<Incident> {
    (0..number)
        .map(|i| {
            let time = start() + SignedDuration::from_hours(hours(i));
            incident(
                &format!("i{i}"),
                at(place(i), 0.3),
                time,
                Origin::CitizenCall,
            )
        })
        .collect()
}

#[test]
fn every_question_of_every_odd_town_has_an_honest_answer() {
    let towns = [
        ("one", made(1, |_| 0.3, |_| 5)),
        ("one cell", made(300, |_| 0.3, |i| i)),
        ("one minute", made(300, |i| i as f64 / 300.0, |_| 5)),
        ("one place and minute", made(300, |_| 0.3, |_| 5)),
    ];
    for (name, incidents) in towns {
        let town = Town::with(vec![incidents]);
        for question in QUESTIONS {
            let mut all = question.to_vec();
            all.extend(["--picture", "p.svg"]);
            let answer = town.json(&all);
            // JSON has no NaN; serde would have written null where a number must be.
            let text = answer.to_string();
            assert!(
                !text.contains("NaN") && !text.contains("inf\""),
                "{name} {question:?}: {text}"
            );
            let picture = std::fs::read_to_string(town.path("p.svg")).unwrap();
            assert!(
                picture.contains("</svg>") && !picture.contains("NaN"),
                "{name} {question:?}"
            );
            let table = town.ask(&[question, &["--out", "t.csv"]].concat());
            assert!(
                !table.out.contains("NaN"),
                "{name} {question:?}: {}",
                table.out
            );
        }
    }
}

#[test]
fn a_town_without_incidents_says_so() {
    let town = Town::with(Vec::new());
    for question in QUESTIONS {
        let mut all = vec!["statistics", "town.gpkg"];
        all.extend(question);
        let ran = town.run(&all);
        assert_eq!(ran.code, 1, "{question:?}: {ran:?}");
        assert!(ran.err.contains("no incidents"), "{ran:?}");
    }
}
