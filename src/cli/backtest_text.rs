//! A backtest as a table at the prompt.

use std::fmt::Write;

use crate::risk::backtest::{Backtest, Figure, Record, difference};
use crate::risk::score::{EVEN_SHARE, Flagged};

/// The table: each contender's figures, then its differences from the best `count` and the
/// best `kde` there are in it.
pub fn backtest_text(found: &Backtest) -> String {
    let mut text = head(found);
    let all = vec![1.0; found.windows.len()];
    let width = found
        .records
        .iter()
        .map(|r| r.name.len())
        .max()
        .unwrap_or(0)
        .max(8);
    let mut line = |cells: String| {
        text.push_str(cells.trim_end());
        text.push('\n');
    };
    let mut title = format!("\n{:width$}  log score  where   total", "model");
    for flagged in &found.flagged {
        let _ = write!(title, " | {:>8}", area(*flagged));
        let _ = write!(title, " {:>6} {:>5}", "PAI", "PEI");
    }
    line(title);
    for record in &found.records {
        let of = |figure: Figure| figure.of(&record.windows, &all);
        let mut row = format!(
            "{:width$}  {:>9} {:>7} {:>6}",
            record.name,
            number(of(Figure::LogScore), 4),
            number(of(Figure::WhereScore), 3),
            number(of(Figure::Total), 3),
        );
        for i in 0..found.flagged.len() {
            let rate = of(Figure::HitRate(i)).map(|rate| rate * 100.0);
            let _ = write!(
                row,
                " | {:>6} % {:>6} {:>5}",
                number(rate, 2),
                number(of(Figure::Pai(i)), 2),
                number(of(Figure::Pei(i)), 3),
            );
        }
        line(row);
    }
    for family in ["count", "kde"] {
        differences(found, family, &mut text);
    }
    text
}

/// Differences from the contender of a family that has the best log score.
fn differences(found: &Backtest, family: &str, text: &mut String) {
    let all = vec![1.0; found.windows.len()];
    let score = |r: &&Record| Figure::LogScore.of(&r.windows, &all).unwrap_or(f64::MIN);
    let of_family = |r: &&Record| r.name.split('/').next() == Some(family);
    let best = found
        .records
        .iter()
        .filter(of_family)
        .max_by(|a, b| score(a).total_cmp(&score(b)));
    let Some(best) = best else { return };
    let others: Vec<&Record> = found.records.iter().filter(|r| !of_family(r)).collect();
    if others.is_empty() {
        return;
    }
    let _ = writeln!(
        text,
        "\nagainst {} (the best {family} by log score); {}",
        best.name,
        if difference(others[0], best, Figure::LogScore).is_some_and(|d| d.spread.is_some()) {
            "in brackets 95 % of the draws of weeks or longer windows"
        } else {
            "fewer than five weeks or longer windows, so no interval and no p"
        }
    );
    for other in others {
        let _ = write!(text, "  {}", other.name);
        if let Some(d) = difference(other, best, Figure::LogScore) {
            let _ = write!(text, "  log score {:+.4}", d.value);
            if let Some(s) = d.spread {
                let _ = write!(text, " [{:+.4}, {:+.4}]", s.low, s.high);
            }
        }
        for (i, flagged) in found.flagged.iter().enumerate() {
            if let Some(d) = difference(other, best, Figure::HitRate(i)) {
                let _ = write!(text, "  {} {:+.2}", area(*flagged), d.value * 100.0);
                if let Some(s) = d.spread {
                    let (low, high) = (s.low * 100.0, s.high * 100.0);
                    let _ = write!(text, " [{low:+.2}, {high:+.2}] p {:.3}", s.p);
                }
            }
        }
        text.push('\n');
    }
}

fn head(found: &Backtest) -> String {
    let mut text = String::new();
    if found.synthetic {
        text.push_str("SYNTHETIC 模拟数据\n");
    }
    let categories = match found.categories.is_empty() {
        true => "all categories".to_owned(),
        false => found.categories.join(", "),
    };
    if found.patrol_discovered {
        text.push_str("incidents that patrols discovered are learned from and scored too\n");
    }
    let local = |at| found.zone.to_datetime(at).strftime("%Y-%m-%d %H:%M");
    let (first, last) = (found.windows.first(), found.windows.last());
    if let (Some(first), Some(last)) = (first, last) {
        let _ = writeln!(
            text,
            "{} windows from {} to {}, {categories}",
            found.windows.len(),
            local(first.start()),
            local(last.end())
        );
    }
    let _ = writeln!(
        text,
        "{} incidents scored on {} cells of resolution {} ({:.1} km²); {} before the first window; {} outside the grid, left out",
        found.scored, found.cells, found.resolution, found.area_km2, found.before, found.outside
    );
    let _ = writeln!(
        text,
        "scores are natural logarithms an incident, {:.0} % of the forecast spread evenly; total is expected\nover observed; under each area the hit rate, PAI and PEI (intervals, calibration, Brier: --out)",
        EVEN_SHARE * 100.0
    );
    text
}

/// As people write it.
fn area(flagged: Flagged) -> String {
    match flagged {
        Flagged::Share(share) => format!("{}%", (share * 1e6).round() / 1e4),
        Flagged::Km2(km2) => format!("{km2:.2}km2"),
    }
}

fn number(value: Option<f64>, digits: usize) -> String {
    value.map_or_else(|| "-".to_owned(), |v| format!("{v:.digits$}"))
}
