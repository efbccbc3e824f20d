//! A simulation as a table at the prompt.

use std::fmt::Write;

use jiff::tz::TimeZone;

use crate::patrol::dispatch::rule::Rule;
use crate::patrol::reason::{Language, of_left_out};
use crate::patrol::simulator::experiment::Interval;
use crate::patrol::simulator::policy::Policy;
use crate::patrol::simulator::report::{SimulationReport, Truth};
use crate::patrol::simulator::settings::WITHIN_S;
use crate::patrol::simulator::tally::Figure;

/// The table: what was simulated, each policy's figures, then the paired differences of the
/// plan from each of the others.
pub fn simulate_text(report: &SimulationReport, zone: &TimeZone) -> String {
    let mut text = head(report, zone);
    let found = &report.comparison;
    let minutes = |s: u32| format!("{} min", s / 60);
    let _ = write!(
        text,
        "\n{:12} {:>8} {:>8} {:>8}",
        "policy", "mean", "median", "p90"
    );
    for seconds in WITHIN_S {
        let _ = write!(text, " {:>7}", minutes(seconds));
    }
    let _ = writeln!(
        text,
        " | {:>8} {:>6} | {:>9} {:>7} | covered within",
        "waited", "mean", "hot min", "km"
    );
    let _ = write!(text, "{:12} {:>8} {:>8} {:>8}", "", "s", "s", "s");
    for _ in WITHIN_S {
        let _ = write!(text, " {:>7}", "%");
    }
    let _ = write!(
        text,
        " | {:>8} {:>6} | {:>9} {:>7} |",
        "%", "s", "a shift", "a shift"
    );
    for &limit_ms in report.settings.rings.limits_ms() {
        let _ = write!(text, " {:>6}", minutes(limit_ms / 1000));
    }
    text.push('\n');
    for &policy in &found.policies {
        let mean = |figure| found.estimate(policy, figure).map(|i| i.mean);
        let number = |figure, scale: f64, digits: usize| {
            mean(figure).map_or("-".to_owned(), |v| format!("{:.digits$}", v * scale))
        };
        let of_shift = 1.0 / report.shifts.max(1) as f64;
        let _ = write!(
            text,
            "{:12} {:>8} {:>8} {:>8}",
            policy.name(),
            number(Figure::MeanResponse, 1.0, 1),
            number(Figure::MedianResponse, 1.0, 1),
            number(Figure::P90Response, 1.0, 1),
        );
        for i in 0..WITHIN_S.len() {
            let _ = write!(text, " {:>7}", number(Figure::Within(i), 100.0, 1));
        }
        let _ = write!(
            text,
            " | {:>8} {:>6} | {:>9} {:>7} |",
            number(Figure::Queued, 100.0, 1),
            number(Figure::MeanWait, 1.0, 1),
            number(Figure::HotMinutes, of_shift, 1),
            number(Figure::Km, of_shift, 0),
        );
        for ring in 0..report.settings.rings.len() {
            let _ = write!(text, " {:>4} %", number(Figure::Covered(ring), 100.0, 0));
        }
        text.push('\n');
    }
    if let Some(reference) = report.reference() {
        differences(report, reference, &mut text);
    }
    text
}

fn head(report: &SimulationReport, zone: &TimeZone) -> String {
    let at = |at| zone.to_datetime(at).strftime("%Y-%m-%d %H:%M").to_string();
    let mut text = String::new();
    let synthetic = if report.synthetic {
        "SYNTHETIC 模拟数据 · "
    } else {
        ""
    };
    let made_up = match report.made_up_units {
        0 => String::new(),
        n => format!(" ({n} of them made up)"),
    };
    let _ = writeln!(
        text,
        "{synthetic}{} to {}: {} shifts, {} units each{made_up}, {} histories a policy",
        at(report.period.start()),
        at(report.period.end()),
        report.shifts,
        report.units,
        report.comparison.seeds.len(),
    );
    let truth = match report.truth {
        Truth::Forecast => "drawn from the forecast itself: a wrong forecast does not show",
        Truth::HeldOut => "drawn from the incidents of these days, which the forecast has not seen",
        Truth::Generator => "drawn by the sample's own process, which the forecast does not know",
    };
    let _ = writeln!(text, "{:.0} calls expected, {truth}", report.expected_calls);
    let rule = match report.settings.rule {
        Rule::Nearest => "the nearest idle unit by road is sent".to_owned(),
        Rule::CoverageAware { patience_ms } => format!(
            "of the units within {} s of the nearest the one that coverage misses least is sent",
            patience_ms / 1000
        ),
    };
    let _ = writeln!(
        text,
        "forecast by {} from {} incidents; {rule}; {:.0} min a call",
        report.forecast.model,
        report.forecast.events,
        report.handling_mean_s / 60.0,
    );
    if report.off_road_calls >= 0.5 {
        let _ = writeln!(
            text,
            "{:.0} more are expected where no road leads: they are left out",
            report.off_road_calls
        );
    }
    for left_out in &report.left_out {
        let _ = writeln!(
            text,
            "left out: {}",
            of_left_out(left_out, Language::English)
        );
    }
    text
}

/// What a figure of a policy is, against each of the others, on the same calls.
fn differences(report: &SimulationReport, reference: Policy, text: &mut String) {
    let found = &report.comparison;
    let others: Vec<Policy> = found
        .policies
        .iter()
        .copied()
        .filter(|&policy| policy != reference)
        .collect();
    if others.is_empty() {
        return;
    }
    if found.seeds.len() < 2 {
        text.push_str("\none history a policy says nothing of chance: give more seeds\n");
        return;
    }
    let _ = writeln!(
        text,
        "\n{} less the other, on the same calls; in brackets 95 % of what chance would give",
        reference.name()
    );
    for other in others {
        let difference = |figure, scale: f64, digits: usize| {
            let found = found.difference(reference, other, figure);
            found.map_or("-".to_owned(), |i| bracket(i, scale, digits))
        };
        let _ = write!(
            text,
            "  {:12} mean {} s · p90 {} s · within 5 min {} points",
            other.name(),
            difference(Figure::MeanResponse, 1.0, 1),
            difference(Figure::P90Response, 1.0, 1),
            difference(Figure::Within(2), 100.0, 1),
        );
        match found.ratio(reference, other, Figure::HotMinutes) {
            Some(ratio) => {
                let _ = writeln!(text, " · hot minutes × {}", plain(ratio));
            }
            None => {
                let more = difference(Figure::HotMinutes, 1.0 / report.shifts.max(1) as f64, 0);
                let _ = writeln!(text, " · hot minutes a shift {more}");
            }
        }
    }
}

fn bracket(found: Interval, scale: f64, digits: usize) -> String {
    let [mean, low, high] = [found.mean, found.low, found.high].map(|v| v * scale);
    // No negative zeros, once rounded.
    let least = 0.5 * 10f64.powi(-(digits as i32));
    let [mean, low, high] = [mean, low, high].map(|v| if v.abs() < least { 0.0 } else { v });
    format!("{mean:+.digits$} [{low:+.digits$}, {high:+.digits$}]")
}

fn plain(found: Interval) -> String {
    format!("{:.2} [{:.2}, {:.2}]", found.mean, found.low, found.high)
}
