//! A backtest as CSV: a row for each model, window and flagged area.

use csv::Writer;

use crate::risk::backtest::Backtest;

/// Writes the file, in UTF-8.
///
/// # Errors
/// The writer's, where a row can't be put out.
pub fn backtest_csv(found: &Backtest) -> Result<Vec<u8>, csv::Error> {
    let mut writer = Writer::from_writer(Vec::new());
    writer.write_record([
        "model",
        "window_start",
        "window_end",
        "events",
        "expected",
        "log_score_sum",
        "where_score_sum",
        "brier_sum",
        "cells",
        "flagged_km2",
        "whole_km2",
        "hits",
        "best_possible_hits",
        "expected_in_flagged",
    ])?;
    for record in &found.records {
        for window in &record.windows {
            for flagged in &window.flagged {
                writer.write_record([
                    record.name.clone(),
                    window.window.start().to_string(),
                    window.window.end().to_string(),
                    window.events.to_string(),
                    window.expected.to_string(),
                    window.log_sum.to_string(),
                    window.where_sum.to_string(),
                    window.brier_sum.to_string(),
                    window.cells.to_string(),
                    flagged.km2.to_string(),
                    flagged.whole_km2.to_string(),
                    flagged.hits.to_string(),
                    flagged.best_hits.to_string(),
                    flagged.expected.to_string(),
                ])?;
            }
        }
    }
    writer
        .into_inner()
        .map_err(|fault| fault.into_error().into())
}
