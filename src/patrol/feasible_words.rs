//! Obstacles in words: cause and remedy, English and 简体中文, times in the district's zone.

use jiff::tz::TimeZone;

use crate::patrol::feasible::{Obstacle, ObstacleWhy};
use crate::patrol::reason::{Language, clock};

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
                    at(*until),
                    english(why, zone, "any unit")
                )
            }
            Obstacle::Frequency { name, until, why } => format!(
                "the first visit of {name}, due until {}, {}",
                at(*until),
                english(why, zone, "any unit")
            ),
            Obstacle::Break { unit, until, why } => format!(
                "the break of {unit}, to begin until {}, {}",
                at(*until),
                english(why, zone, "it")
            ),
            Obstacle::Pin {
                name,
                unit,
                until,
                why,
            } => format!(
                "the stop asked for at {name} until {} {}",
                at(*until),
                english(why, zone, unit.as_deref().unwrap_or("any unit"))
            ),
            Obstacle::Candidates { count, of } => {
                format!("{count} of {of} places worth a stop can be stopped at by no unit")
            }
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
                format!("必巡点 {name}（{} 前）{}", at(*until), chinese(why, zone))
            }
            Obstacle::Frequency { name, until, why } => {
                format!(
                    "{name} 的首次到访（{} 前）{}",
                    at(*until),
                    chinese(why, zone)
                )
            }
            Obstacle::Break { unit, until, why } => {
                format!(
                    "{unit} 的休整（{} 前开始）{}",
                    at(*until),
                    chinese(why, zone)
                )
            }
            Obstacle::Pin {
                name,
                unit,
                until,
                why,
            } => format!(
                "指定停靠点 {name}{}（{} 前）{}",
                unit.as_ref().map_or(String::new(), |u| format!("（{u}）")),
                at(*until),
                chinese(why, zone)
            ),
            Obstacle::Candidates { count, of } => {
                format!("{of} 个候选地点中有 {count} 个没有警组可以停靠")
            }
        },
    }
}

/// What would help.
pub fn remedy(obstacle: &Obstacle, language: Language) -> &'static str {
    let why = match obstacle {
        Obstacle::MustVisit { why, .. }
        | Obstacle::Frequency { why, .. }
        | Obstacle::Break { why, .. }
        | Obstacle::Pin { why, .. } => Some(*why),
        _ => None,
    };
    let (english, chinese) = match (obstacle, why) {
        (Obstacle::NoUnits, _) => ("set some unit idle", "将警组设为备勤"),
        (Obstacle::NoStops, _) => (
            "import incidents near roads, or name points to visit",
            "导入道路附近的警情，或指定必巡点",
        ),
        (Obstacle::NoShift { .. }, _) => ("give it a later end", "延后其结束时间"),
        (Obstacle::NowhereToStop { .. }, _) => (
            "widen its beats, or check its position",
            "放宽其警务区，或核对其位置",
        ),
        (Obstacle::EndTooFar { .. }, _) => (
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

fn english(why: &ObstacleWhy, zone: &TimeZone, who: &str) -> String {
    match why {
        ObstacleWhy::NoUnitMay => "is for no unit: none has the skill and the beat".into(),
        ObstacleWhy::Forbidden => "lies where nobody may stop".into(),
        ObstacleWhy::NoWay => "can't be reached: there is no way to it".into(),
        ObstacleWhy::TooEarly { earliest } => {
            format!(
                "can't be reached before {} by {who}",
                clock(*earliest, zone)
            )
        }
        ObstacleWhy::ShiftEnds => format!("can't be ended within the shift by {who}"),
    }
}

fn chinese(why: &ObstacleWhy, zone: &TimeZone) -> String {
    match why {
        ObstacleWhy::NoUnitMay => "没有具备相应技能和警务区的警组".into(),
        ObstacleWhy::Forbidden => "位于禁停区域".into(),
        ObstacleWhy::NoWay => "没有道路可达".into(),
        ObstacleWhy::TooEarly { earliest } => {
            format!("最早 {} 才能到达", clock(*earliest, zone))
        }
        ObstacleWhy::ShiftEnds => "无法在班次内完成".into(),
    }
}
