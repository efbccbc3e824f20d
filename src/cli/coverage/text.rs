//! Answers about coverage as text.

use crate::app::coverage::cover::CoverReport;
use crate::app::coverage::report::{CoverageAbout, Report};
use crate::app::coverage::siting::SitingReport;
use crate::app::coverage::stand::StandReport;
use crate::patrol::reason::Language;

/// So many lines of a list are printed.
const TOP: usize = 10;

/// The answer as text.
pub fn of(report: &Report) -> String {
    let mut lines = about(report.about());
    let notes = match report {
        Report::Cover(report) => {
            cover(report, &mut lines);
            &report.notes
        }
        Report::Stand(report) => {
            stand(report, &mut lines);
            &report.notes
        }
        Report::Siting(report) => {
            siting(report, &mut lines);
            &report.notes
        }
    };
    lines.extend(notes.iter().map(|note| format!("note: {note}")));
    lines.join("\n") + "\n"
}

fn about(about: &CoverageAbout) -> Vec<String> {
    let mut lines = Vec::new();
    if about.synthetic {
        lines.push("SYNTHETIC 模拟数据".to_owned());
    }
    lines.push(format!(
        "{}, {} to {}: {:.2} calls expected ({}, learned from {} incidents)",
        about.district,
        about.window_start,
        about.window_end,
        about.expected_calls,
        about.model,
        about.events
    ));
    lines.push(about.units_from.sentence(Language::English).to_owned());
    lines.push(format!(
        "a unit is busy {} of the time{}",
        percent(about.busy_fraction),
        match about.busy_estimated {
            true => " (estimated: half an hour a call)",
            false => "",
        }
    ));
    if about.cells_off_road > 0 {
        lines.push(format!(
            "{} cells with {:.2} expected calls have no road near: nobody reaches them",
            about.cells_off_road, about.expected_off_road
        ));
    }
    lines.push(String::new());
    lines
}

fn cover(report: &CoverReport, lines: &mut Vec<String>) {
    lines.push(
        "share of calls within minutes   nearest, busy or not   one that is free   streets".into(),
    );
    for cover in &report.cover {
        for ring in &cover.rings {
            lines.push(format!(
                "{:>4} {:<16} {:>7} min {:>21} {:>18} {:>6.0} km",
                cover.count,
                cover.sources,
                ring.minutes,
                percent(ring.reached_share),
                percent(ring.expected_share),
                ring.streets_km
            ));
        }
    }
    lines.push(String::new());
    lines.push("beyond all units and posts".into());
    for gap in &report.gaps {
        lines.push(format!(
            "{:>6} min  {:>6} cells  {:>7} of the expected calls",
            gap.minutes,
            gap.cells,
            percent(gap.share)
        ));
    }
    if !report.worst_gaps.is_empty() {
        lines.push(String::new());
        lines.push("where most is expected beyond the last ring".into());
        for gap in report.worst_gaps.iter().take(TOP) {
            lines.push(format!(
                "{}  {:.5} {:.5}  {:.4}  {}",
                gap.cell, gap.lon, gap.lat, gap.expected, gap.label
            ));
        }
    }
    if !report.units.is_empty() {
        lines.push(String::new());
        lines.push("what sending a unit away costs, by ring (points of the share)".into());
        for unit in report.units.iter().take(TOP) {
            let loss: Vec<String> = unit
                .loss
                .iter()
                .map(|l| format!("{:>6.2}", l * 100.0))
                .collect();
            lines.push(format!(
                "{:<10} {}  {}",
                unit.name,
                loss.join(" "),
                unit.label
            ));
        }
        if report.units.len() > TOP {
            lines.push(format!(
                "and {} more (--json has all)",
                report.units.len() - TOP
            ));
        }
    }
}

fn stand(report: &StandReport, lines: &mut Vec<String>) {
    lines.push(format!(
        "{} idle units, {} places to stand",
        report.units, report.places
    ));
    lines.push(format!(
        "moves  {}    mean  at most  driving",
        minutes(&report.about)
    ));
    for step in &report.curve {
        lines.push(format!(
            "{:>5}  {}  {:>6}  {:>7}  {:>3.0} min",
            step.moves,
            shares(&step.expected_shares),
            percent(step.score),
            proof(step.proved, step.bound),
            step.drive_minutes
        ));
    }
    lines.push(String::new());
    if report.moves.is_empty() {
        lines.push("no move helps: they stand well".into());
    }
    for moved in &report.moves {
        lines.push(format!(
            "{} drives {:.1} min to {} ({:.5} {:.5})",
            moved.name, moved.drive_minutes, moved.to, moved.lon, moved.lat
        ));
    }
}

fn siting(report: &SitingReport, lines: &mut Vec<String>) {
    lines.push(format!(
        "{} {} now, {} places to build at; minutes {}",
        report.existing,
        report.what,
        report.candidates,
        match report.reached_by.as_str() {
            "walk" => "on foot",
            _ => "by road",
        }
    ));
    lines.push(format!(
        "  new  {}    mean   gain     best  at most",
        minutes(&report.about)
    ));
    lines.push(format!(
        "    0  {}  {:>6}",
        shares(&report.expected_shares_now),
        percent(report.score_now)
    ));
    for step in &report.curve {
        lines.push(format!(
            "{:>5}  {}  {:>6}  {:>5.2}  {:>7}  {:>7}  {}",
            step.count,
            shares(&step.expected_shares),
            percent(step.score),
            step.gain * 100.0,
            percent(step.best_score),
            proof(step.proved, step.bound),
            step.next
                .as_ref()
                .map_or("nothing adds any more", |next| &next.label)
        ));
    }
    if let Some(last) = report
        .curve
        .last()
        .filter(|last| last.best_score > last.score + 5e-4)
    {
        lines.push(String::new());
        lines.push(format!("all {} at once, best:", last.count));
        lines.extend(
            report
                .best
                .iter()
                .map(|site| format!("  {} ({:.5} {:.5})", site.label, site.lon, site.lat)),
        );
    }
}

/// A bound, or a word where the answer is proved to be the best.
fn proof(proved: bool, bound: f64) -> String {
    match proved {
        true => "best".into(),
        false => percent(bound),
    }
}

fn minutes(about: &CoverageAbout) -> String {
    let heads: Vec<String> = about
        .minutes
        .iter()
        .map(|m| format!("{m:>3} min"))
        .collect();
    heads.join("  ")
}

fn shares(shares: &[f64]) -> String {
    let cells: Vec<String> = shares
        .iter()
        .map(|&s| format!("{:>7}", percent(s)))
        .collect();
    cells.join("  ")
}

fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}
