//! A simulation as JSON: the frame, each policy's figures with intervals, its differences
//! from the others, and each history's numbers.

use serde_json::{Value, json};

use crate::patrol::dispatch::rule::Rule;
use crate::patrol::simulator::experiment::{Comparison, Interval};
use crate::patrol::simulator::policy::Policy;
use crate::patrol::simulator::report::SimulationReport;
use crate::patrol::simulator::settings::{ReplanMode, WITHIN_S};
use crate::patrol::simulator::tally::{Figure, Tally};

/// Writes the document.
pub fn simulation_json(report: &SimulationReport) -> String {
    let figures = figures(report.settings.rings.limits_ms());
    let policies: Vec<Value> = report
        .comparison
        .policies
        .iter()
        .map(|&policy| of_policy(&report.comparison, policy, &figures))
        .collect();
    let settings = &report.settings;
    let document = json!({
        "version": env!("CARGO_PKG_VERSION"),
        "synthetic": report.synthetic,
        "period": {
            "start": report.period.start().to_string(),
            "end": report.period.end().to_string(),
            "shifts": report.shifts,
        },
        "units": report.units,
        "made_up_units": report.made_up_units,
        "left_out": report.left_out,
        "forecast": report.forecast,
        "truth": report.truth.name(),
        "calls": {
            "expected": report.expected_calls,
            "off_road_expected": report.off_road_calls,
            "handling_mean_s": report.handling_mean_s,
        },
        "places": report.places,
        "cells": report.cells,
        "settings": {
            "rule": match settings.rule {
                Rule::Nearest => json!({"name": "nearest"}),
                Rule::CoverageAware { patience_ms } => json!({
                    "name": "coverage",
                    "patience_s": f64::from(patience_ms) / 1000.0,
                    "busy_fraction": settings.rings.busy(),
                }),
            },
            "dwell_s": settings.dwell_ms as f64 / 1000.0,
            "look_every_s": settings.look_every_ms as f64 / 1000.0,
            "plan_iterations": settings.plan_iterations,
            "replan": match settings.replan {
                ReplanMode::OneUnit => json!({"units": "one"}),
                ReplanMode::AllUnits { iterations } => {
                    json!({"units": "all", "iterations": iterations})
                }
            },
        },
        "seeds": report.comparison.seeds,
        "policies": policies,
    });
    format!("{document:#}\n")
}

/// The figures by their names.
fn figures(rings_ms: &[u32]) -> Vec<(String, Figure)> {
    let mut all = vec![
        ("mean_response_s".to_owned(), Figure::MeanResponse),
        ("median_response_s".to_owned(), Figure::MedianResponse),
        ("p90_response_s".to_owned(), Figure::P90Response),
    ];
    for (i, seconds) in WITHIN_S.iter().enumerate() {
        all.push((format!("within_{seconds}_s"), Figure::Within(i)));
    }
    for (ring, limit_ms) in rings_ms.iter().enumerate() {
        all.push((
            format!("covered_{}_s", limit_ms / 1000),
            Figure::Covered(ring),
        ));
    }
    all.extend([
        ("mean_wait_s".to_owned(), Figure::MeanWait),
        ("queued".to_owned(), Figure::Queued),
        ("unanswered".to_owned(), Figure::Left),
        ("hot_minutes".to_owned(), Figure::HotMinutes),
        ("patrol_driving_minutes".to_owned(), Figure::PatrolMinutes),
        ("km".to_owned(), Figure::Km),
    ]);
    all
}

fn of_policy(found: &Comparison, policy: Policy, figures: &[(String, Figure)]) -> Value {
    let table = |of: &dyn Fn(Figure) -> Option<Interval>| -> Value {
        let each = figures.iter();
        each.map(|(name, figure)| (name.clone(), of(*figure).map_or(Value::Null, interval)))
            .collect::<serde_json::Map<String, Value>>()
            .into()
    };
    let others = found.policies.iter().filter(|&&other| other != policy);
    let against: serde_json::Map<String, Value> = others
        .map(|&other| {
            let difference = table(&|figure| found.difference(policy, other, figure));
            let ratio = found.ratio(policy, other, Figure::HotMinutes);
            let value = json!({
                "difference": difference,
                "hot_minutes_ratio": ratio.map(interval),
            });
            (other.name().to_owned(), value)
        })
        .collect();
    json!({
        "policy": policy.name(),
        "figures": table(&|figure| found.estimate(policy, figure)),
        "against": against,
        "histories": found.of(policy).unwrap_or_default().iter().map(history).collect::<Vec<_>>(),
    })
}

/// Ends that are not finite (of a single seed) become null.
fn interval(found: Interval) -> Value {
    json!({"mean": found.mean, "low": found.low, "high": found.high})
}

fn history(tally: &Tally) -> Value {
    let minute = |ms: &u64| (*ms / 60_000) as usize;
    let longest = tally.responses_ms.last().map_or(0, minute);
    let mut by_minute = vec![0u32; (longest + 1).min(60)];
    for ms in &tally.responses_ms {
        let last = by_minute.len() - 1;
        by_minute[minute(ms).min(last)] += 1;
    }
    json!({
        "calls": tally.calls,
        "unanswered": tally.left,
        "queued": tally.queued,
        "mean_wait_s": tally.mean_wait_s,
        "longest_wait_s": tally.longest_wait_s,
        "responses_by_minute": by_minute,
        "hot_minutes": tally.hot_minutes,
        "standing_minutes": tally.stood_minutes,
        "patrol_driving_minutes": tally.patrol_minutes,
        "busy_share": tally.busy_share,
        "covered": tally.covered,
        "km": tally.km,
    })
}
