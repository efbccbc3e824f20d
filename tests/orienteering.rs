//! The search core on published instances, by the real program: by iterations, so that a
//! slow machine answers the same. Figures by time are what `frontbeat bench` prints.

#[path = "support/real_data.rs"]
mod real_data;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

fn bench(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_frontbeat"))
        .args(["bench", "orienteering"])
        .args(arguments)
        .output()
        .expect("the program starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The instances of a run, without their times.
fn run(folder: &Path, json: &Path, more: &[&str]) -> Vec<Value> {
    let folder = folder.to_str().expect("a name in UTF-8");
    let file = json.to_str().expect("a name in UTF-8");
    let output = bench(&[&[folder, "--json", file], more].concat());
    assert!(output.status.success(), "{}", text(&output.stderr));
    let report = std::fs::read(json).expect("the report");
    let mut report: Value = serde_json::from_slice(&report).expect("JSON");
    let instances = report["instances"].as_array_mut().expect("a list");
    for instance in instances.iter_mut() {
        let fields = instance.as_object_mut().expect("an object");
        fields.remove("wall_s");
        fields.remove("core_s");
    }
    std::mem::take(instances)
}

fn instances_of(test: &str, kind: &str) -> Option<PathBuf> {
    let folder = real_data::folder(test)?.join("orienteering").join(kind);
    if !folder.is_dir() {
        println!("SKIPPED {test}: no {}", folder.display());
        return None;
    }
    Some(folder)
}

fn gap(instance: &Value) -> f64 {
    instance["gap_pct"].as_f64().expect("a best known score")
}

#[test]
fn plans_of_real_instances_are_valid_near_the_best_and_the_same_again() {
    let test = "plans_of_real_instances_are_valid_near_the_best_and_the_same_again";
    let Some(folder) = instances_of(test, "top") else {
        return;
    };
    let scratch = tempfile::tempdir().expect("a folder");
    let json = scratch.path().join("report.json");
    let chosen = [
        "--iterations",
        "6000",
        "--only",
        "p4.4.k",
        "--only",
        "p4.2.e",
    ];
    let more = ["--only", "p6.3.m", "--only", "p1.3.m", "--only", "p2.2.j"];
    let arguments = [&chosen[..], &more[..]].concat();
    let first = run(&folder, &json, &arguments);
    assert_eq!(first.len(), 5);
    for instance in &first {
        assert_eq!(instance["valid"], true, "{instance}");
        assert!(gap(instance) <= 4.0, "{instance}");
        assert!(
            instance["score"].as_u64() <= instance["bound"].as_u64(),
            "{instance}"
        );
    }
    assert_eq!(first, run(&folder, &json, &arguments));
    let other = run(&folder, &json, &[&arguments[..], &["--seed", "1"]].concat());
    assert_ne!(first, other);
}

#[test]
fn small_orienteering_problems_reach_the_best_known() {
    let test = "small_orienteering_problems_reach_the_best_known";
    let Some(folder) = instances_of(test, "op") else {
        return;
    };
    let scratch = tempfile::tempdir().expect("a folder");
    let json = scratch.path().join("report.json");
    let chosen = ["--iterations", "1500", "--only", "tsiligirides_problem_2"];
    let found = run(&folder, &json, &chosen);
    assert_eq!(found.len(), 11);
    for instance in &found {
        assert_eq!(
            (gap(instance), &instance["valid"]),
            (0.0, &true.into()),
            "{instance}"
        );
    }
}

#[test]
fn what_can_not_be_benched_is_said() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().to_str().expect("a name in UTF-8");
    let said = |arguments: &[&str]| {
        let output = bench(arguments);
        assert_eq!(output.status.code(), Some(2));
        text(&output.stderr)
    };
    assert!(said(&[path]).contains("holds no instance"));
    assert!(said(&["/nowhere/at/all"]).contains("can't be read"));
    assert!(said(&[path, "--seconds", "0"]).contains("must be over 0"));
    assert!(said(&[path, "--json", "report.txt"]).contains(".json"));
    let write = |name: &str, text: &str| {
        std::fs::write(folder.path().join(name), text).expect("a file");
    };
    write("words.txt", "these are words\n");
    write("good.txt", "4 2\n0 0 0\n0 0 0\n1 0 3\n0 2 4\n9 9 9\n");
    let output = bench(&[path, "--iterations", "50"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let table = text(&output.stdout);
    assert!(
        table.contains("not an instance") && table.contains("words.txt"),
        "{table}"
    );
    let row = table
        .lines()
        .find(|l| l.starts_with("good "))
        .expect("its row");
    let fields: Vec<&str> = row.split_whitespace().collect();
    assert_eq!(fields[..4], ["good", "-", "7", "-"]);
    write("best_known.csv", "instance,best_known\nwords,5\n");
    assert!(said(&[path]).contains("words is no instance: line 1"));
    write("best_known.csv", "name,score\nwords,5\n");
    assert!(said(&[path]).contains("no column 'instance'"));
}
