//! Obstacles in words: cause and remedy, English and 简体中文, times in the district's zone.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::patrol::feasible::{Many, Obstacle, ObstacleWhy};
use crate::patrol::reason::{Language, clock, to_the_second};

/// What can't be met and why, without a full stop.
pub fn cause(obstacle: &Obstacle, zone: &TimeZone, language: Language) -> String {
    let at = |t| clock(t, zone);
    match language {
        Language::English => match obstacle {
            Obstacle::NoUnits => "there is no unit to plan for".into(),
            Obstacle::NoStops => "there is no place to stop at".into(),
            Obstacle::NoShift { unit } => format!("the shift of {unit} has no length"),
            Obstacle::NowhereToStop { unit } => {
                format!("{unit} can reach no place where it may stop")
            }
            Obstacle::EndTooFar {
                unit,
                place,
                earliest: Some(earliest),
            } => format!("{unit} can't be at {place} before {}", at(*earliest)),
            Obstacle::EndTooFar { unit, place, .. } => format!("{unit} has no way to {place}"),
            Obstacle::MustVisit { name, until, why } => {
                format!(
                    "{name}, due until {}, {}",
                    due(*until, why, zone),
                    english(why, *until, zone, "any unit")
                )
            }
            Obstacle::Frequency { name, until, why } => format!(
                "the first visit of {name}, due until {}, {}",
                due(*until, why, zone),
                english(why, *until, zone, "any unit")
            ),
            Obstacle::Break { unit, until, why } => format!(
                "the break of {unit}, to begin until {}, {}",
                due(*until, why, zone),
                english(why, *until, zone, "it")
            ),
            Obstacle::Pin {
                name,
                unit,
                until,
                why,
            } => format!(
                "the stop asked for at {name} until {} {}",
                due(*until, why, zone),
                english_of_pin(why, *until, zone, unit.as_deref())
            ),
            Obstacle::Candidates { count, of } => {
                format!("{count} of {of} places worth a stop can be stopped at by no unit")
            }
            Obstacle::NothingExpected => "no incident is expected in the window".into(),
            Obstacle::Idle { unit, why } => {
                format!("{unit} has no stop: {}", idle(why, language))
            }
            Obstacle::Many { .. } => many(obstacle, language),
        },
        Language::Chinese => match obstacle {
            Obstacle::NoUnits => "没有可安排的警组".into(),
            Obstacle::NoStops => "没有可停靠的地点".into(),
            Obstacle::NoShift { unit } => format!("{unit} 的班次时长为零"),
            Obstacle::NowhereToStop { unit } => format!("{unit} 无法到达任何可停靠地点"),
            Obstacle::EndTooFar {
                unit,
                place,
                earliest: Some(earliest),
            } => format!("{unit} 最早 {} 才能到达 {place}", at(*earliest)),
            Obstacle::EndTooFar { unit, place, .. } => format!("{unit} 没有通往 {place} 的道路"),
            Obstacle::MustVisit { name, until, why } => {
                format!(
                    "必巡点 {name}（{} 前）{}",
                    due(*until, why, zone),
                    chinese(why, *until, zone)
                )
            }
            Obstacle::Frequency { name, until, why } => {
                format!(
                    "{name} 的首次到访（{} 前）{}",
                    due(*until, why, zone),
                    chinese(why, *until, zone)
                )
            }
            Obstacle::Break { unit, until, why } => {
                format!(
                    "{unit} 的休整（{} 前开始）{}",
                    due(*until, why, zone),
                    chinese(why, *until, zone)
                )
            }
            Obstacle::Pin {
                name,
                unit,
                until,
                why,
            } => format!(
                "指定停靠点 {name}（{} 前）{}",
                due(*until, why, zone),
                chinese_of_pin(why, *until, zone, unit.as_deref())
            ),
            Obstacle::Candidates { count, of } => {
                format!("{of} 个候选地点中有 {count} 个没有警组可以停靠")
            }
            Obstacle::NothingExpected => "该时段没有预计警情".into(),
            Obstacle::Idle { unit, why } => {
                format!("{unit} 没有停靠点：{}", idle(why, language))
            }
            Obstacle::Many { .. } => many(obstacle, language),
        },
    }
}

/// What would help.
pub fn remedy(obstacle: &Obstacle, language: Language) -> &'static str {
    let why = match obstacle {
        Obstacle::MustVisit { why, .. }
        | Obstacle::Frequency { why, .. }
        | Obstacle::Break { why, .. }
        | Obstacle::Pin { why, .. }
        | Obstacle::Idle { why, .. } => Some(*why),
        Obstacle::Many { why, .. } => *why,
        _ => None,
    };
    let (english, chinese) = match (obstacle, why) {
        (Obstacle::NoUnits, _) => ("set some unit idle", "将警组设为备勤"),
        (Obstacle::NoStops, _) => (
            "import incidents near roads, or name points to visit",
            "导入道路附近的警情，或指定必巡点",
        ),
        (Obstacle::NothingExpected, _) => (
            "choose a window after the first incidents, or import more of them",
            "选择首起警情之后的时段，或导入更多警情",
        ),
        (
            Obstacle::NoShift { .. }
            | Obstacle::Many {
                what: Many::NoShift,
                ..
            },
            _,
        ) => ("give it a later end", "延后其结束时间"),
        (
            Obstacle::NowhereToStop { .. }
            | Obstacle::Many {
                what: Many::NowhereToStop,
                ..
            },
            _,
        ) => (
            "widen its beats, or check its position",
            "放宽其警务区，或核对其位置",
        ),
        (
            Obstacle::EndTooFar { .. }
            | Obstacle::Many {
                what: Many::EndTooFar,
                ..
            },
            _,
        ) => (
            "give it a nearer end or a later one",
            "更换较近的收班地点，或延后收班时间",
        ),
        (Obstacle::Candidates { .. }, _) => (
            "widen beats or skills, or lift forbidden areas",
            "放宽警务区或技能限制，或取消禁停区域",
        ),
        (_, Some(ObstacleWhy::NoUnitMay)) => (
            "let a unit with the skill and the beat take part",
            "安排具备相应技能和警务区的警组",
        ),
        (_, Some(ObstacleWhy::Forbidden)) => (
            "lift the ban, or take the point off the list",
            "取消禁停，或去掉该地点",
        ),
        (_, Some(ObstacleWhy::NoWay)) => (
            "check the point's position and the imported roads",
            "核对该点位置与已导入的道路",
        ),
        (_, Some(ObstacleWhy::NoRoad)) => (
            "check the position, or import the roads around it",
            "核对其位置，或导入周边道路",
        ),
        (_, Some(ObstacleWhy::OutsideShift)) => ("give times within the shift", "改为班次时段之内"),
        (_, Some(ObstacleWhy::TooMany)) => (
            "ask for fewer points, or take more units",
            "减少必巡点，或增加警组",
        ),
        (_, Some(ObstacleWhy::NothingThere)) => (
            "give it other beats, or posts and pillars to visit",
            "更换其警务区，或为其指定必巡点",
        ),
        (_, Some(ObstacleWhy::NoTimeToStop)) => ("give it a longer shift", "延长其班次"),
        (_, Some(ObstacleWhy::NothingGained)) => (
            "search longer, or let it stop in more beats",
            "延长搜索时间，或放宽其警务区",
        ),
        (_, Some(ObstacleWhy::TooEarly { .. })) => (
            "let it be due later, or start a unit nearer",
            "放宽时限，或安排更近的警组出发",
        ),
        (_, Some(ObstacleWhy::ShiftEnds) | None) => (
            "let it be due earlier, or the shift end later",
            "提前时限，或延后收班时间",
        ),
    };
    match language {
        Language::English => english,
        Language::Chinese => chinese,
    }
}

/// `22:01`, or `22:01:00` where the earliest begin is within the same minute.
fn due(until: Timestamp, why: &ObstacleWhy, zone: &TimeZone) -> String {
    match within_a_minute(until, why, zone) {
        true => to_the_second(until, zone),
        false => clock(until, zone),
    }
}

fn within_a_minute(until: Timestamp, why: &ObstacleWhy, zone: &TimeZone) -> bool {
    let ObstacleWhy::TooEarly { earliest } = why else {
        return false;
    };
    clock(until, zone) == clock(*earliest, zone)
}

/// The earliest begin, as exactly as is needed to tell it from the latest.
fn begin(earliest: Timestamp, until: Timestamp, why: &ObstacleWhy, zone: &TimeZone) -> String {
    match within_a_minute(until, why, zone) {
        true => to_the_second(earliest, zone),
        false => clock(earliest, zone),
    }
}

/// Of a stop that is asked of one unit, which others don't matter to.
fn english_of_pin(
    why: &ObstacleWhy,
    until: Timestamp,
    zone: &TimeZone,
    unit: Option<&str>,
) -> String {
    match (why, unit) {
        (ObstacleWhy::NoUnitMay, Some(unit)) => {
            format!("is not for {unit}: it lacks the skill or the beat")
        }
        (ObstacleWhy::NoWay, Some(unit)) => format!("can't be reached by {unit}: there is no way"),
        _ => english(why, until, zone, unit.unwrap_or("any unit")),
    }
}

/// The same in Chinese.
fn chinese_of_pin(
    why: &ObstacleWhy,
    until: Timestamp,
    zone: &TimeZone,
    unit: Option<&str>,
) -> String {
    let Some(unit) = unit else {
        return chinese(why, until, zone);
    };
    match why {
        ObstacleWhy::NoUnitMay => format!("不适合 {unit}：缺少相应技能或警务区不符"),
        ObstacleWhy::NoWay => format!("{unit} 没有道路可达"),
        ObstacleWhy::TooEarly { earliest } => {
            let earliest = begin(*earliest, until, why, zone);
            format!("{unit} 最早 {earliest} 才能到达")
        }
        ObstacleWhy::ShiftEnds => format!("{unit} 无法在班次内完成"),
        // Of the place or the time, not of the unit; but it is said whose stop it is.
        _ => format!("{}（由 {unit} 停靠）", chinese(why, until, zone)),
    }
}

fn english(why: &ObstacleWhy, until: Timestamp, zone: &TimeZone, who: &str) -> String {
    match why {
        ObstacleWhy::NoUnitMay => "is for no unit: none has the skill and the beat".into(),
        ObstacleWhy::Forbidden => "lies where nobody may stop".into(),
        ObstacleWhy::NoWay => "can't be reached: there is no way to it".into(),
        ObstacleWhy::TooEarly { earliest } => {
            let earliest = begin(*earliest, until, why, zone);
            format!("can't be reached before {earliest} by {who}")
        }
        ObstacleWhy::ShiftEnds => format!("can't be ended within the shift by {who}"),
        ObstacleWhy::NoRoad => "has no road near".into(),
        ObstacleWhy::OutsideShift => "lies outside the shift".into(),
        ObstacleWhy::TooMany => "is one of more points than the units could visit".into(),
        ObstacleWhy::NothingThere | ObstacleWhy::NoTimeToStop | ObstacleWhy::NothingGained => {
            idle(why, Language::English).into()
        }
    }
}

fn chinese(why: &ObstacleWhy, until: Timestamp, zone: &TimeZone) -> String {
    match why {
        ObstacleWhy::NoUnitMay => "没有具备相应技能和警务区的警组".into(),
        ObstacleWhy::Forbidden => "位于禁停区域".into(),
        ObstacleWhy::NoWay => "没有道路可达".into(),
        ObstacleWhy::TooEarly { earliest } => {
            format!("最早 {} 才能到达", begin(*earliest, until, why, zone))
        }
        ObstacleWhy::ShiftEnds => "无法在班次内完成".into(),
        ObstacleWhy::NoRoad => "附近没有道路".into(),
        ObstacleWhy::OutsideShift => "不在班次时段内".into(),
        ObstacleWhy::TooMany => "超出警组可到访的点数".into(),
        ObstacleWhy::NothingThere | ObstacleWhy::NoTimeToStop | ObstacleWhy::NothingGained => {
            idle(why, Language::Chinese).into()
        }
    }
}

/// Why a unit has no stop.
fn idle(why: &ObstacleWhy, language: Language) -> &'static str {
    let (english, chinese) = match why {
        ObstacleWhy::NothingThere => (
            "nothing is expected where it may stop",
            "其可停靠范围内没有预计警情",
        ),
        ObstacleWhy::NoTimeToStop => (
            "its shift is too short for a stop",
            "其班次时间不足以停靠一次",
        ),
        _ => (
            "no stop that adds anything was found for it",
            "未找到能增加覆盖的停靠点",
        ),
    };
    match language {
        Language::English => english,
        Language::Chinese => chinese,
    }
}

/// A number with a comma between each three digits.
fn grouped(number: usize) -> String {
    crate::patrol::reason::grouped(number.min(u32::MAX as usize) as u32)
}

fn many(obstacle: &Obstacle, language: Language) -> String {
    let Obstacle::Many {
        what,
        why,
        times,
        count,
        of,
        names,
    } = obstacle
    else {
        return String::new();
    };
    let (count, of, times) = (grouped(*count), grouped(*of), grouped(*times));
    let (whom, whom_zh) = match what {
        Many::NoShift | Many::NowhereToStop | Many::EndTooFar | Many::Idle => (
            format!("{count} of {of} units"),
            format!("{of} 个警组中 {count} 个"),
        ),
        Many::MustVisit => (
            format!("{count} of {of} points to visit ({times} visits)"),
            format!("{of} 个必巡点中 {count} 个（{times} 次到访）"),
        ),
        Many::Frequency => (
            format!("the first visits of {count} of {of} points"),
            format!("{of} 个点中 {count} 个的首次到访"),
        ),
        Many::Break => (
            format!("{times} of {of} breaks"),
            format!("{of} 次休整中 {times} 次"),
        ),
        Many::Pin => (
            format!("{times} of {of} stops asked for"),
            format!("{of} 个指定停靠点中 {times} 个"),
        ),
    };
    let (not, not_zh) = match (what, why) {
        (Many::NoShift, _) => ("have a shift of no length", "班次时长为零"),
        (Many::NowhereToStop, _) => (
            "can reach no place where they may stop",
            "无法到达任何可停靠地点",
        ),
        (Many::EndTooFar, _) => (
            "can't be where their shift ends in time",
            "无法按时到达收班地点",
        ),
        (Many::Idle, Some(ObstacleWhy::NothingThere)) => (
            "have no stop, since nothing is expected where they may stop",
            "没有停靠点，其可停靠范围内没有预计警情",
        ),
        (Many::Idle, Some(ObstacleWhy::NoTimeToStop)) => (
            "have no stop, since their shifts are too short",
            "没有停靠点，班次时间不足",
        ),
        (Many::Idle, _) => (
            "have no stop, since none that adds anything was found",
            "没有停靠点，未找到能增加覆盖的停靠点",
        ),
        (_, Some(ObstacleWhy::NoUnitMay)) => (
            "are for no unit: none has the skill and the beat",
            "没有具备相应技能和警务区的警组",
        ),
        (_, Some(ObstacleWhy::Forbidden)) => ("lie where nobody may stop", "位于禁停区域"),
        (_, Some(ObstacleWhy::NoRoad)) => ("have no road near", "附近没有道路"),
        (_, Some(ObstacleWhy::OutsideShift)) => ("lie outside the shift", "不在班次时段内"),
        (_, Some(ObstacleWhy::TooMany)) => (
            "are more than the units could visit, and were not searched for",
            "超出警组可到访的点数，未参与搜索",
        ),
        (_, Some(ObstacleWhy::TooEarly { .. })) => {
            ("can't be reached in time by any unit", "没有警组能按时到达")
        }
        (_, Some(ObstacleWhy::ShiftEnds)) => {
            ("can't be ended within the shift", "无法在班次内完成")
        }
        // The last three are of units alone.
        (
            _,
            Some(
                ObstacleWhy::NoWay
                | ObstacleWhy::NothingThere
                | ObstacleWhy::NoTimeToStop
                | ObstacleWhy::NothingGained,
            )
            | None,
        ) => ("can't be reached: there is no way to them", "没有道路可达"),
    };
    match language {
        Language::English => format!("{whom} {not}: {}, …", names.join(", ")),
        Language::Chinese => format!("{whom_zh}{not_zh}：{}……", names.join("、")),
    }
}
