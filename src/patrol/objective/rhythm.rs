//! Points with a frequency, one by one: how often the plan visits each, and when it is due
//! again. What is not due in the window is kept without a visit, and that is said.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::patrol::problem::{PlanProblem, StopFor};
use crate::patrol::reason::{Language, grouped};
use crate::patrol::rules::frequency::{Watch, watches};
use crate::patrol::search::rounds::Rounds;
use crate::place::measure::Seconds;

/// So many points are told one by one.
const ONE_BY_ONE: usize = 8;
/// So many of a sum are named.
const NAMED: usize = 3;

/// A point with a frequency.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PointRhythm {
    /// Its name.
    pub name: String,
    /// The longest time between two visits.
    pub every: Seconds,
    /// How often the plan visits it.
    pub visits: u32,
    /// When the next visit is due: after the last one, or the first of all.
    pub due: Timestamp,
    /// Whether no visit is late or missing.
    pub kept: bool,
}

/// Every point with a frequency, in the problem's order.
pub fn rhythms(problem: &PlanProblem, rounds: &Rounds) -> Vec<PointRhythm> {
    let of_point = |watch: Watch| {
        let number = watch.must_visit as usize;
        let stops = rounds.of_unit.iter().flatten();
        let musts = &problem.must_visits;
        let is_it = |what| matches!(what, StopFor::MustVisit { must_visit, .. } if musts[must_visit].is_one_with(&musts[number]));
        let begins: Vec<u32> = stops.filter(|s| is_it(s.what)).map(|s| s.begin_s).collect();
        let last = begins.iter().max();
        let due_s = last.map_or(watch.first_by, |last| last.saturating_add(watch.every));
        PointRhythm {
            name: problem.must_visits[number].name.clone(),
            every: Seconds(f64::from(watch.every)),
            visits: begins.len() as u32,
            due: problem.window.start() + SignedDuration::from_secs(i64::from(due_s)),
            kept: rounds.overdue.iter().all(|gap| gap.must_visit != number),
        }
    };
    watches(problem).into_iter().map(of_point).collect()
}

/// What the plan does for each point, a sentence each without a full stop; of many, only
/// those that are not kept one by one. Those are told among what is missed, and not here.
pub fn rhythm_lines(rhythms: &[PointRhythm], zone: &TimeZone, language: Language) -> Vec<String> {
    let kept: Vec<&PointRhythm> = rhythms.iter().filter(|r| r.kept).collect();
    let told = match kept.len() > ONE_BY_ONE {
        true => NAMED,
        false => kept.len(),
    };
    let mut lines: Vec<String> = kept[..told]
        .iter()
        .map(|r| line(r, zone, language))
        .collect();
    if told < kept.len() {
        let more = grouped((kept.len() - told) as u32);
        lines.push(match language {
            Language::English => format!("and {more} more points as often as they should be"),
            Language::Chinese => format!("另有 {more} 个点按间隔到访"),
        });
    }
    lines
}

fn line(rhythm: &PointRhythm, zone: &TimeZone, language: Language) -> String {
    let (name, visits) = (&rhythm.name, rhythm.visits);
    let due = zone.to_datetime(rhythm.due).strftime("%Y-%m-%d %H:%M");
    match (language, visits) {
        (Language::English, 0) => {
            format!("{name}: not due in this shift, but by {due}")
        }
        (Language::English, 1) => format!("{name}: 1 visit, due again by {due}"),
        (Language::English, _) => format!("{name}: {visits} visits, due again by {due}"),
        (Language::Chinese, 0) => format!("{name}：本班次无需到访，下次应于 {due} 前"),
        (Language::Chinese, _) => format!("{name}：到访 {visits} 次，下次应于 {due} 前"),
    }
}

#[cfg(test)]
#[path = "rhythm_tests.rs"]
mod tests;
