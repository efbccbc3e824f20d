//! A backtest as JSON: the frame, each model's figures with intervals, and each window's
//! sums.

use serde_json::{Value, json};

use crate::risk::backtest::{Backtest, Figure, Record, estimate};
use crate::risk::feedback::OVERRIDDEN;
use crate::risk::score::{EVEN_SHARE, WindowScore};

/// Writes the document.
pub fn backtest_json(found: &Backtest) -> String {
    let records: Vec<Value> = found.records.iter().map(|r| record(found, r)).collect();
    let document = json!({
        "version": env!("CARGO_PKG_VERSION"),
        "synthetic": found.synthetic,
        "inputs_sha256": found.inputs_sha256,
        "hours": found.hours,
        "origins": if found.patrol_discovered {
            OVERRIDDEN
        } else {
            "reported"
        },
        "categories": found.categories,
        "resolution": found.resolution,
        "cells": found.cells,
        "area_km2": found.area_km2,
        "incidents": {
            "scored": found.scored,
            "outside_the_grid": found.outside,
            "before_the_first_window": found.before,
        },
        "even_share_in_logarithms": EVEN_SHARE,
        "models": records,
    });
    format!("{document:#}\n")
}

fn record(found: &Backtest, record: &Record) -> Value {
    let figure = |figure: Figure| {
        estimate(record, figure).map(|e| json!({"value": e.value, "low": e.low, "high": e.high}))
    };
    let flagged: Vec<Value> = (0..found.flagged.len())
        .map(|i| {
            json!({
                "km2": record.windows.first().map(|w| w.flagged[i].km2),
                "hit_rate": figure(Figure::HitRate(i)),
                "pai": figure(Figure::Pai(i)),
                "pei": figure(Figure::Pei(i)),
                "calibration_ratio": figure(Figure::Calibration(i)),
            })
        })
        .collect();
    let deciles: Vec<Value> = record
        .deciles
        .iter()
        .map(|d| json!({"expected": d.expected, "observed": d.observed, "forecasts": d.forecasts}))
        .collect();
    json!({
        "model": record.name,
        "log_score": figure(Figure::LogScore),
        "where_score": figure(Figure::WhereScore),
        "brier": figure(Figure::Brier),
        "total_ratio": figure(Figure::Total),
        "flagged": flagged,
        "deciles": deciles,
        "windows": record.windows.iter().map(window).collect::<Vec<_>>(),
    })
}

fn window(score: &WindowScore) -> Value {
    json!({
        "start": score.window.start().to_string(),
        "end": score.window.end().to_string(),
        "events": score.events,
        "expected": score.expected,
        "log_score_sum": score.log_sum,
        "where_score_sum": score.where_sum,
        "brier_sum": score.brier_sum,
        "hits": score.flagged.iter().map(|f| f.hits).collect::<Vec<_>>(),
        "best_possible_hits": score.flagged.iter().map(|f| f.best_hits).collect::<Vec<_>>(),
    })
}
