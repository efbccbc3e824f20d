//! A change of plan in one sentence a unit, without a full stop: English and 简体中文.

use jiff::tz::TimeZone;

use crate::patrol::reason::{Language, clock, to_the_second};
use crate::patrol::replan::explain::{ChangeWhy, Stability, UnitChange};
use crate::patrol::replan::late::Late;

/// What changed for a unit.
pub fn of_change(change: &UnitChange, language: Language) -> String {
    let unit = &change.call_sign;
    let (out, new) = (change.dropped.len(), change.added.len());
    match language {
        Language::English => {
            let counts = match (out, new) {
                (0, 0) => "its stops stay".to_owned(),
                (0, new) => format!("{new} more {}", stops(new)),
                (out, 0) => format!("{out} {} fewer", stops(out)),
                (1, new) => format!("1 of its stops gives way to {new} other"),
                (out, new) => format!("{out} of its stops give way to {new} other"),
            };
            let why = match &change.why {
                ChangeWhy::Unchanged => return format!("{unit} carries on"),
                ChangeWhy::Retimed => return format!("{unit} makes the same stops at other times"),
                ChangeWhy::SentToCall { back: true } => {
                    "is sent to a call and goes on afterwards".into()
                }
                ChangeWhy::SentToCall { back: false } => "is sent to a call".into(),
                ChangeWhy::Back => "is free again".into(),
                ChangeWhy::DropsOut => "drops out".into(),
                ChangeWhy::PillarPressed { name } => format!("goes to the pressed pillar {name}"),
                ChangeWhy::NewHotspot { name } => format!("goes to the new hot spot {name}"),
                ChangeWhy::TakesOver { from, stops: n } => {
                    format!("takes over {n} {} of {}", stops(*n), from.join(", "))
                }
                ChangeWhy::HandsOver { to, stops: n } => {
                    format!("hands over {n} {} to {}", stops(*n), to.join(", "))
                }
                ChangeWhy::WorthMore => "goes where more is covered now".into(),
            };
            format!("{unit} {why}: {counts}")
        }
        Language::Chinese => {
            let counts = match (out, new) {
                (0, 0) => "停靠点不变".to_owned(),
                (0, new) => format!("增加 {new} 个停靠点"),
                (out, 0) => format!("减少 {out} 个停靠点"),
                (out, new) => format!("{out} 个停靠点改为另外 {new} 个"),
            };
            let why = match &change.why {
                ChangeWhy::Unchanged => return format!("{unit} 按原方案执行"),
                ChangeWhy::Retimed => return format!("{unit} 停靠点不变，时间调整"),
                ChangeWhy::SentToCall { back: true } => "派往警情，之后继续巡逻".into(),
                ChangeWhy::SentToCall { back: false } => "派往警情".into(),
                ChangeWhy::Back => "恢复备勤".into(),
                ChangeWhy::DropsOut => "退出本班次".into(),
                ChangeWhy::PillarPressed { name } => format!("前往报警柱 {name}"),
                ChangeWhy::NewHotspot { name } => format!("前往新热点 {name}"),
                ChangeWhy::TakesOver { from, stops } => {
                    format!("接替 {} 的 {stops} 个停靠点", from.join("、"))
                }
                ChangeWhy::HandsOver { to, stops } => {
                    format!("将 {stops} 个停靠点交给 {}", to.join("、"))
                }
                ChangeWhy::WorthMore => "改往现时覆盖更多之处".into(),
            };
            format!("{unit} {why}：{counts}")
        }
    }
}

/// That somebody comes to a pressed pillar, but late.
pub fn of_late(late: &Late, zone: &TimeZone, language: Language) -> String {
    let (due, soonest) = (late.due, late.soonest);
    let minutes = late.by().as_secs() / 60;
    let (at, by) = match minutes {
        0 => (to_the_second(soonest, zone), late.by().as_secs().max(1)),
        minutes => (clock(soonest, zone), minutes),
    };
    let (due, name) = (clock(due, zone), &late.name);
    match language {
        Language::English => {
            let unit = if minutes == 0 { "s" } else { "min" };
            format!(
                "nobody can be at {name} by {due}; the soonest unit is there at {at}, late by {by} {unit}"
            )
        }
        Language::Chinese => {
            let unit = if minutes == 0 { "秒" } else { "分钟" };
            format!("没有警组能在 {due} 前到达 {name}；最近的警组 {at} 到达，晚 {by} {unit}")
        }
    }
}

/// How much of the plan changed.
pub fn of_stability(stability: &Stability, language: Language) -> String {
    let share = 100.0 * stability.changed_share();
    let Stability {
        before,
        stayed,
        forced,
        added,
    } = stability;
    match language {
        Language::English => format!(
            "{stayed} of {before} {} {}, {forced} had to go, {added} {} new; {share:.0} % of those that could stay changed",
            stops(*before),
            if *stayed == 1 { "stays" } else { "stay" },
            if *added == 1 { "is" } else { "are" }
        ),
        Language::Chinese => format!(
            "{before} 个停靠点中保留 {stayed} 个，被迫取消 {forced} 个，新增 {added} 个；可保留者中变动 {share:.0} %"
        ),
    }
}

fn stops(count: usize) -> &'static str {
    if count == 1 { "stop" } else { "stops" }
}
