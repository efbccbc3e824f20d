//! `frontbeat bench patrol` by the real binary: problems for other solvers, their solutions
//! scored beside ours, and what is said of files that are none.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};

use crate::town::porto_alegre;

fn bench(workspace: &Path, more: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_frontbeat"))
        .args(["bench", "patrol"])
        .arg(workspace)
        .args(["--units", "2,3", "--stops", "40", "--hours", "3"])
        .args(["--slots", "1,2", "--shift", "night@2026-06-01"])
        .args(more)
        .output()
        .expect("the program starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A plain solver's answer: in each round the must-visits, then cells by prize, as long as
/// the problem's own windows and drives let them be made.
fn solved(problem: &Value) -> Vec<Vec<usize>> {
    let number = |value: &Value| value.as_u64().expect("a number") as usize;
    let visits = problem["visits"].as_array().expect("visits");
    let mut order: Vec<usize> = (0..visits.len()).collect();
    let prize = |v: usize| visits[v]["prize"].as_f64().expect("a prize");
    order.sort_by(|&a, &b| prize(b).total_cmp(&prize(a)));
    let mut free = vec![true; visits.len()];
    let units = problem["units"].as_array().expect("units").iter();
    units
        .map(|unit| {
            let (mut at, mut point) = (number(&unit["from_s"]), number(&unit["point"]));
            let mut round = Vec::new();
            loop {
                let next = order.iter().copied().find_map(|v| {
                    let visit = &visits[v];
                    let to = number(&visit["point"]);
                    let drive = problem["travel_s"][point][to].as_u64()? as usize;
                    let begin = (at + drive).max(number(&visit["from_s"]));
                    let leave = begin + number(&visit["stay_s"]);
                    (free[v]
                        && to != point
                        && begin <= number(&visit["until_s"])
                        && leave <= number(&unit["until_s"]))
                    .then_some((v, leave, to))
                });
                let Some((v, leave, to)) = next else {
                    return round;
                };
                free[v] = false;
                round.push(v);
                (at, point) = (leave, to);
            }
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn others_are_scored_beside_us_by_the_same_rules() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("poa.gpkg");
    let name = "others_are_scored_beside_us_by_the_same_rules";
    if porto_alegre(name, &path).await.is_none() {
        return;
    }
    let problems = folder.path().join("problems");
    let said = bench(
        &path,
        &["--write-problem", problems.to_str().expect("a name")],
    );
    assert!(said.status.success(), "{}", text(&said.stderr));
    assert_eq!(text(&said.stdout).matches("written to ").count(), 4);

    let mut files = Vec::new();
    for name in [
        "patrol-2units-40stops-1slots",
        "patrol-3units-40stops-2slots",
    ] {
        let written = std::fs::read(problems.join(format!("{name}.json"))).expect("a problem");
        let problem: Value = serde_json::from_slice(&written).expect("JSON");
        let solution = json!({
            "problem": name,
            "sha256": problem["sha256"],
            "solver": "plain 1.0",
            "seconds": 0.1,
            "rounds": solved(&problem),
        });
        let file = folder.path().join(format!("{name}.plain.json"));
        std::fs::write(&file, solution.to_string()).expect("a file");
        files.push((file, solution));
    }
    let figures = folder.path().join("figures.json");
    let mut arguments = vec!["--seconds", "1", "--clock", "cpu", "--json"];
    arguments.push(figures.to_str().expect("a name"));
    arguments.push("--score");
    arguments.extend(files.iter().map(|(file, _)| file.to_str().expect("a name")));
    let said = bench(&path, &arguments);
    assert!(said.status.success(), "{}", text(&said.stderr));
    let printed = text(&said.stdout);
    assert!(printed.contains("plain 1.0, one visit a cell"), "{printed}");
    assert!(printed.contains("plain 1.0, 2 visits a cell"), "{printed}");

    let report: Value =
        serde_json::from_slice(&std::fs::read(&figures).expect("figures")).expect("JSON");
    let plans = report["plans"].as_array().expect("plans");
    assert_eq!(plans.len(), 2 * 2 + 2);
    for units in [2, 3] {
        let of = |solver: &str| {
            let mut plans = plans.iter();
            let found = plans.find(|p| p["units"] == units && p["solver"] == solver);
            found.expect("an entry")
        };
        let worth = |solver: &str| of(solver)["covered"].as_f64().expect("a number");
        // A search never ends below its own first plan, nor below a plain solver's.
        assert!(worth("Frontbeat") >= worth("greedy"), "{printed}");
        assert!(worth("Frontbeat") > worth("plain 1.0"), "{printed}");
        assert_eq!(of("Frontbeat")["must_visits_missed"], 0);
        assert!(of("plain 1.0")["stops"].as_u64().expect("a number") > 5);
    }
    // A plain solver that keeps to the problem's times loses nothing under our rules, but
    // for one that comes at a cell twice in a row.
    let one_visit = plans.iter().find(|p| p["slots"] == 1).expect("an entry");
    assert_eq!(one_visit["stops_left_out"], 0, "{printed}");

    let (_, good) = &files[0];
    for (change, expected) in [
        (
            json!({"rounds": [[0]]}),
            "it has 1 rounds, but the problem has 2 units",
        ),
        (
            json!({"rounds": [[0, 99999], []]}),
            "round 1, stop 2: there is no visit 99999",
        ),
        (
            json!({"rounds": [[0], [0]]}),
            "visit 0 is made in round 1 and in round 2",
        ),
        (
            json!({"problem": "other"}),
            "which is none of these: patrol-2units",
        ),
        (json!({"sha256": "00"}), "write the problems again"),
        (
            json!({"rounds": "none"}),
            "it should be a JSON object with problem",
        ),
    ] {
        let mut bad = good.clone();
        for (key, value) in change.as_object().expect("an object") {
            bad[key] = value.clone();
        }
        let file = folder.path().join("bad.json");
        std::fs::write(&file, bad.to_string()).expect("a file");
        let said = bench(&path, &["--score", file.to_str().expect("a name")]);
        assert_eq!(said.status.code(), Some(2), "{}", text(&said.stderr));
        let error = text(&said.stderr);
        assert!(
            error.contains(expected) && error.contains("bad.json"),
            "{error}"
        );
    }
    let said = Command::new(env!("CARGO_BIN_EXE_frontbeat"))
        .args(["bench", "patrol"])
        .arg(&path)
        .args(["--units", "24"])
        .output()
        .expect("the program starts");
    assert_eq!(said.status.code(), Some(2));
    let error = text(&said.stderr);
    assert!(
        error.contains("24 units are asked for") && error.contains("8 idle ones"),
        "{error}"
    );
}
