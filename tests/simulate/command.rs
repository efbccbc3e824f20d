//! Policies compared by the command: as a table, as JSON, the same on one thread and on two.

use std::ops::ControlFlow;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;

use frontbeat::app::simulate::error::SimulateError;
use frontbeat::app::simulate::{BeatRule, SimulateRequest, simulate};
use frontbeat::app::workspace::open_for_reading;
use frontbeat::patrol::objective::weights::Preset;
use frontbeat::patrol::simulator::handling::HandlingTime;
use frontbeat::patrol::simulator::policy::Policy;
use frontbeat::patrol::simulator::settings::SimulationSettings;
use serde_json::Value;

use crate::town::porto_alegre;

fn run(workspace: &Path, threads: &str, more: &[&str]) -> Output {
    let always = [
        "--days",
        "3",
        "--window",
        "night",
        "--seeds",
        "4",
        "--units",
        "8",
        "--iterations",
        "60",
    ];
    Command::new(env!("CARGO_BIN_EXE_frontbeat"))
        .arg("simulate")
        .arg(workspace)
        .args(always)
        .args(more)
        .env("RAYON_NUM_THREADS", threads)
        .output()
        .expect("the program starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn nights_in_porto_alegre() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("poa.gpkg");
    if porto_alegre("nights_in_porto_alegre", &path)
        .await
        .is_none()
    {
        return;
    }
    let started = std::time::Instant::now();
    let told = run(&path, "2", &["--json"]);
    assert!(told.status.success(), "{}", text(&told.stderr));
    assert_eq!(text(&told.stderr), "", "nothing but the answer");
    println!(
        "MEASURED 3 nights, 8 units, 5 policies, 4 seeds: {:.1} s in this build",
        started.elapsed().as_secs_f64()
    );
    let found: Value = serde_json::from_slice(&told.stdout).expect("JSON");
    assert_eq!(found["truth"], "held-out");
    assert_eq!(found["period"]["shifts"], 3);
    assert_eq!(found["seeds"], serde_json::json!([1, 2, 3, 4]));
    let policies = found["policies"].as_array().expect("a list");
    let names: Vec<&str> = policies
        .iter()
        .filter_map(|p| p["policy"].as_str())
        .collect();
    assert_eq!(
        names,
        ["station", "random", "hottest", "plan", "plan-replan"]
    );

    // Each call of a seed is answered or left, under every policy.
    for policy in policies {
        let histories = policy["histories"].as_array().expect("a list");
        assert_eq!(histories.len(), 4);
        for (history, first) in histories
            .iter()
            .zip(policies[0]["histories"].as_array().unwrap())
        {
            assert_eq!(history["calls"], first["calls"]);
            let by_minute = history["responses_by_minute"].as_array().expect("a list");
            let answered: u64 = by_minute.iter().filter_map(Value::as_u64).sum();
            let left = history["unanswered"].as_u64().expect("a number");
            assert_eq!(
                answered + left,
                history["calls"].as_u64().expect("a number")
            );
        }
    }
    // A plan is where it is hot, and nearer to the calls than four stations at the edge.
    let plan = &policies[4];
    let number = |value: &Value| value.as_f64().expect("a number");
    let ratio = &plan["against"]["random"]["hot_minutes_ratio"];
    println!("MEASURED hot minutes against random: {ratio}");
    assert!(number(&ratio["low"]) >= 1.5);
    let nearer = &plan["against"]["station"]["difference"]["mean_response_s"];
    assert!(number(&nearer["high"]) < 0.0, "{nearer}");
    assert!(number(&plan["figures"]["covered_300_s"]["mean"]) > 0.3);
    let km = number(&plan["figures"]["km"]["mean"]);
    assert!((50.0..5000.0).contains(&km), "{km} km in 24 unit-nights");

    let again = run(&path, "1", &["--json"]);
    assert_eq!(text(&again.stdout), text(&told.stdout), "on one thread");

    let table = run(&path, "2", &["--policy", "station,plan"]);
    let table = text(&table.stdout);
    assert!(table.contains("SYNTHETIC"), "{table}");
    assert!(table.contains("plan less the other"), "{table}");
    assert!(!table.contains("hottest"), "{table}");

    breaks_off(&path).await;
}

/// Whoever watches may stop it, and nothing is kept.
async fn breaks_off(path: &Path) {
    let workspace = open_for_reading(path).await.expect("the workspace");
    let request = SimulateRequest {
        from: None,
        days: 3,
        window: Some("night".into()),
        policies: vec![Policy::Station, Policy::Plan],
        seeds: 3,
        first_seed: 1,
        units: Some(3),
        beats: BeatRule::All,
        preset: Preset::Deter,
        model: "count".into(),
        categories: Vec::new(),
        resolution: 9,
        truth: None,
        sample_seed: 7,
        handling: HandlingTime::default(),
        settings: SimulationSettings {
            plan_iterations: 10,
            ..SimulationSettings::default()
        },
    };
    let watch = Arc::new(|progress: frontbeat::app::simulate::Progress| {
        if progress.done >= 5 {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    });
    let done = simulate(&workspace, None, &request, watch).await;
    assert!(matches!(done, Err(SimulateError::BrokenOff)), "{done:?}");
    let all = simulate(
        &workspace,
        None,
        &request,
        Arc::new(|_| ControlFlow::Continue(())),
    )
    .await;
    let report = all.expect("a report");
    assert_eq!((report.units, report.made_up_units), (3, 0));
    assert_eq!(report.comparison.tallies.len(), 2);
    workspace.close().await;
}
