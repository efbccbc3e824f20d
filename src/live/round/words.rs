//! How a stop stands now, in words for the unit's phone: English and 简体中文.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::live::round::state::{RoundStop, SkipWhy, StopState};
use crate::patrol::reason::{Language, clock};

/// How a stop stands, in one sentence without a full stop.
pub fn of_now(stop: &RoundStop, now: Timestamp, zone: &TimeZone, language: Language) -> String {
    let at = |instant| clock(instant, zone);
    let planned = &stop.planned;
    let english = language == Language::English;
    match stop.state {
        StopState::Planned => ahead(stop, now, zone, language),
        StopState::Here => {
            let since = at(stop.reached_at.unwrap_or(planned.arrival));
            let until = at(planned.departure);
            match (english, planned.departure > now) {
                (true, true) => format!("here since {since}; planned until {until}"),
                (true, false) => format!("here since {since}; go on, it was planned until {until}"),
                (false, true) => format!("{since} 到达，计划驻留至 {until}"),
                (false, false) => format!("{since} 到达，计划驻留至 {until}，可前往下一点"),
            }
        }
        StopState::Made => {
            let from = at(stop.reached_at.unwrap_or(planned.arrival));
            let until = at(stop.left_at.unwrap_or(planned.departure));
            match english {
                true => format!("made, {from}–{until}"),
                false => format!("已完成，{from}–{until}"),
            }
        }
        StopState::Skipped => skipped(stop.skipped, language).to_owned(),
        StopState::Missed => {
            let until = at(stop.due_until().unwrap_or(planned.departure));
            match english {
                true => format!("missed: it was due by {until}"),
                false => format!("已错过：应在 {until} 前到访"),
            }
        }
    }
}

fn ahead(stop: &RoundStop, now: Timestamp, zone: &TimeZone, language: Language) -> String {
    let minutes = stop
        .planned
        .arrival
        .duration_since(now)
        .as_secs()
        .div_euclid(60);
    let arrival = clock(stop.planned.arrival, zone);
    let due = stop.due_until().map(|until| clock(until, zone));
    match (language, minutes, due) {
        (Language::English, 0.., None) => format!("planned for {arrival}, in {minutes} min"),
        (Language::English, 0.., Some(due)) => {
            format!("planned for {arrival}, in {minutes} min; be there by {due}")
        }
        (Language::English, _, None) => format!("{} min behind the plan", -minutes),
        (Language::English, _, Some(due)) => {
            format!("{} min behind the plan; be there by {due}", -minutes)
        }
        (Language::Chinese, 0.., None) => format!("计划 {arrival} 到达，还有 {minutes} 分钟"),
        (Language::Chinese, 0.., Some(due)) => {
            format!("计划 {arrival} 到达，还有 {minutes} 分钟；须在 {due} 前到访")
        }
        (Language::Chinese, _, None) => format!("比计划晚 {} 分钟", -minutes),
        (Language::Chinese, _, Some(due)) => {
            format!("比计划晚 {} 分钟；须在 {due} 前到访", -minutes)
        }
    }
}

fn skipped(why: Option<SkipWhy>, language: Language) -> &'static str {
    match (language, why) {
        (Language::English, Some(SkipWhy::Call)) => "skipped: a call came between",
        (Language::English, Some(SkipWhy::Blocked)) => "skipped: it can't be reached",
        (Language::English, Some(SkipWhy::NoTime)) => "skipped: no time left",
        (Language::English, None) => "skipped",
        (Language::Chinese, Some(SkipWhy::Call)) => "已跳过：有警情",
        (Language::Chinese, Some(SkipWhy::Blocked)) => "已跳过：无法到达",
        (Language::Chinese, Some(SkipWhy::NoTime)) => "已跳过：时间不够",
        (Language::Chinese, None) => "已跳过",
    }
}
