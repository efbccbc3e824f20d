//! Why a stop is in the plan, in words: English and 简体中文, times in the district's zone.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::calendar::window::Window;
use crate::patrol::plan::{
    Instead, LeftOut, LeftOutWhy, Missed, MissedKind, MissedWhy, PatrolPlan, Stop, StopReason,
};
use crate::patrol::pose::UNIT_OFF_ROAD;

/// A language of the screen and of exports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// English.
    English,
    /// 简体中文.
    Chinese,
}

/// Why the stop is there, in one sentence without a full stop.
pub fn of_stop(stop: &Stop, window: Window, zone: &TimeZone, language: Language) -> String {
    let reason = of_reason(&stop.reason, stop.arrival, window, zone, language);
    match (stop.pinned, language) {
        (false, _) => reason,
        (true, Language::English) => format!("asked for; {reason}"),
        (true, Language::Chinese) => format!("指定停靠；{reason}"),
    }
}

/// What the stop adds, in one sentence without a full stop; none of what is no risk's.
pub fn of_adds(stop: &Stop, language: Language) -> Option<String> {
    if !matches!(stop.reason, StopReason::Risk { .. }) {
        return None;
    }
    let gain = amount(stop.gain);
    Some(match language {
        Language::English => format!("adds {gain} expected incidents covered"),
        Language::Chinese => format!("新增覆盖预计警情 {gain} 起"),
    })
}

/// What was dropped for the stop, in one sentence without a full stop, where that is known.
pub fn of_instead(stop: &Stop, language: Language) -> Option<String> {
    Some(match (stop.instead.as_ref()?, language) {
        (Instead::Place { label, gain, .. }, Language::English) => {
            format!(
                "instead of {label}, which would have added {}",
                amount(*gain)
            )
        }
        (Instead::Place { label, gain, .. }, Language::Chinese) => {
            format!("取代 {label}（本可新增覆盖 {} 起）", amount(*gain))
        }
        (Instead::Nothing, Language::English) => {
            "no other place that adds anything could be reached in its time".into()
        }
        (Instead::Nothing, Language::Chinese) => "该时段内没有其他可增加覆盖的地点".into(),
    })
}

/// All that is said of the stop: why here and now, that it was asked for, what it adds, what
/// was dropped for it.
pub fn of_stop_in_full(stop: &Stop, window: Window, zone: &TimeZone, language: Language) -> String {
    let mut said = vec![of_stop(stop, window, zone, language)];
    said.extend(of_adds(stop, language));
    said.extend(of_instead(stop, language));
    said.join(match language {
        Language::English => "; ",
        Language::Chinese => "；",
    })
}

/// The same of a stop's reason and arrival alone.
pub fn of_reason(
    reason: &StopReason,
    arrival: Timestamp,
    window: Window,
    zone: &TimeZone,
    language: Language,
) -> String {
    match reason {
        StopReason::Risk {
            expected_in_hour,
            rank,
            of,
            earlier_visits,
        } => {
            let hour = hour_of(arrival, window, zone);
            let (of, expected) = (grouped(*of), risk(*expected_in_hour));
            match language {
                Language::English => format!(
                    "{} of {of} cells at {hour}: {expected} incidents expected; {}",
                    ordinal(*rank),
                    match earlier_visits {
                        0 => "not visited so far".to_owned(),
                        1 => "visited once before".to_owned(),
                        2 => "visited twice before".to_owned(),
                        n => format!("visited {n} times before"),
                    }
                ),
                Language::Chinese => format!(
                    "风险：{hour} 居 {of} 个单元第 {rank} 位，预计警情 {expected} 起；{}",
                    match earlier_visits {
                        0 => "此前未到访".to_owned(),
                        n => format!("此前已到访 {n} 次"),
                    }
                ),
            }
        }
        StopReason::MustVisit { from, until } => {
            let due = between(*from, *until, zone);
            let wait = arrival < *from;
            let begin = clock(*from, zone);
            match (language, wait) {
                (Language::English, false) => format!("must be visited within {due}"),
                (Language::English, true) => {
                    format!("must be visited within {due}; wait until {begin}")
                }
                (Language::Chinese, false) => format!("必巡点：{due} 内到访"),
                (Language::Chinese, true) => format!("必巡点：{due} 内到访；等候至 {begin}"),
            }
        }
        StopReason::Break { from, until } => {
            let within = between(*from, *until, zone);
            match language {
                Language::English => format!("break, to begin within {within}"),
                Language::Chinese => format!("休整：{within} 内开始"),
            }
        }
    }
}

/// Why a must-visit is not kept.
pub fn of_missed(missed: &Missed, zone: &TimeZone, language: Language) -> String {
    let due = between(missed.due.start(), missed.due.end(), zone);
    let name = &missed.name;
    let of_frequency = matches!(missed.kind, MissedKind::Frequency | MissedKind::FirstVisit);
    match language {
        Language::English => {
            let what = match missed.kind {
                MissedKind::MustVisit => format!("{name} within {due}"),
                MissedKind::Frequency => {
                    let gap = exactly(missed, zone);
                    format!("{name}, nobody from {gap}, which is too long")
                }
                MissedKind::FirstVisit => {
                    format!("{name}, first visit due by {}", by(missed, zone))
                }
                MissedKind::Pin => format!("{name}, asked for within {due}"),
                MissedKind::Break => format!("break of {name} within {due}"),
            };
            let asked_of = missed.unit.as_ref();
            let asked_of = asked_of
                .map(|unit| format!("{unit}, of which it is asked, can't be there in time"));
            let why = match missed.why {
                MissedWhy::NoUnitInTime => asked_of
                    .as_deref()
                    .unwrap_or("no unit can be there in time"),
                MissedWhy::Crowded if of_frequency => {
                    "no way to come in time was found while the search lasted"
                }
                MissedWhy::Crowded => {
                    "no way to keep it beside the others was found while the search lasted"
                }
                MissedWhy::OutsideShift => "outside the shift",
                MissedWhy::NoRoad => "no road is near",
                MissedWhy::TooMany => "one of more points than the units could visit",
            };
            format!("{what}: {why}")
        }
        Language::Chinese => {
            let what = match missed.kind {
                MissedKind::MustVisit => format!("{name} {due}"),
                MissedKind::Frequency => {
                    format!("{name} {} 无人到访，间隔过长", exactly(missed, zone))
                }
                MissedKind::FirstVisit => {
                    format!("{name} 应于 {} 前首次到访", by(missed, zone))
                }
                MissedKind::Pin => format!("指定停靠点 {name} {due}"),
                MissedKind::Break => format!("{name} 休整 {due}"),
            };
            let asked_of = missed.unit.as_ref();
            let asked_of = asked_of.map(|unit| format!("指定的 {unit} 无法按时到达"));
            let why = match missed.why {
                MissedWhy::NoUnitInTime => asked_of.as_deref().unwrap_or("没有警组能按时到达"),
                MissedWhy::Crowded if of_frequency => "搜索时间内未找到按时到访的方案",
                MissedWhy::Crowded => "搜索时间内未找到兼顾方案",
                MissedWhy::OutsideShift => "不在班次时段内",
                MissedWhy::NoRoad => "附近没有道路",
                MissedWhy::TooMany => "超出警组可到访的点数",
            };
            format!("{what}：{why}")
        }
    }
}

/// So many that are missed for one reason are told one by one.
const ONE_BY_ONE: usize = 10;

/// So many of a sum are named.
const NAMED: usize = 3;

/// Why what is missed is, a sentence each; many of one kind for one reason in one sentence.
pub fn of_all_missed(missed: &[Missed], zone: &TimeZone, language: Language) -> Vec<String> {
    let mut kinds: Vec<(MissedKind, MissedWhy)> = Vec::new();
    for one in missed {
        if !kinds.contains(&(one.kind, one.why)) {
            kinds.push((one.kind, one.why));
        }
    }
    let mut said = Vec::new();
    for (kind, why) in kinds {
        let alike = missed.iter().filter(|m| (m.kind, m.why) == (kind, why));
        let count = alike.clone().count();
        let told = match count > ONE_BY_ONE {
            true => NAMED,
            false => count,
        };
        said.extend(alike.take(told).map(|m| of_missed(m, zone, language)));
        if told < count {
            let more = grouped((count - told) as u32);
            said.push(match language {
                Language::English => format!("and {more} more for the same reason"),
                Language::Chinese => format!("另有 {more} 项，原因相同"),
            });
        }
    }
    said
}

/// Why a unit gets no route.
pub fn of_left_out(left_out: &LeftOut, language: Language) -> String {
    let unit = &left_out.call_sign;
    let off_road_km = UNIT_OFF_ROAD.0 / 1000.0;
    let why = match (language, left_out.why) {
        (Language::English, LeftOutWhy::OffRoad) => {
            format!("{unit}: its position is too far from any road (more than {off_road_km} km)")
        }
        (Language::Chinese, LeftOutWhy::OffRoad) => {
            format!("{unit}：所在位置距道路过远（超过 {off_road_km} 公里）")
        }
        (Language::English, LeftOutWhy::OnFoot) => {
            format!("{unit}: on foot, and routes are by road")
        }
        (Language::Chinese, LeftOutWhy::OnFoot) => format!("{unit}：徒步警组，路线仅供车辆行驶"),
    };
    match (&left_out.replaced_by, language) {
        (None, _) => why,
        (Some(other), Language::English) => format!("{why}; {other} drives in its place"),
        (Some(other), Language::Chinese) => format!("{why}；由 {other} 替代"),
    }
}

/// That fewer units have a route than were asked for; none where as many have.
pub fn of_too_few(plan: &PatrolPlan, language: Language) -> Option<String> {
    let asked = plan.units_asked? as usize;
    let planned = plan.routes.len();
    (planned < asked).then(|| match language {
        Language::English => {
            let verb = if planned == 1 { "has" } else { "have" };
            format!("{asked} units were asked for; {planned} {verb} a route")
        }
        Language::Chinese => format!("要求 {asked} 个警组，仅 {planned} 个有路线"),
    })
}

/// `22:05` in the zone.
pub fn clock(at: Timestamp, zone: &TimeZone) -> String {
    zone.to_datetime(at).strftime("%H:%M").to_string()
}

/// `22:05:07` in the zone.
pub fn to_the_second(at: Timestamp, zone: &TimeZone) -> String {
    zone.to_datetime(at).strftime("%H:%M:%S").to_string()
}

/// From when to when it was due, to the second: a gap may be too long by less than a minute.
fn exactly(missed: &Missed, zone: &TimeZone) -> String {
    let (from, until) = (missed.due.start(), missed.due.end());
    format!(
        "{}–{}",
        to_the_second(from, zone),
        to_the_second(until, zone)
    )
}

/// By when a first visit was due: the last second at which it could have begun.
fn by(missed: &Missed, zone: &TimeZone) -> String {
    clock(missed.due.end() - SignedDuration::from_secs(1), zone)
}

fn between(from: Timestamp, until: Timestamp, zone: &TimeZone) -> String {
    format!("{}–{}", clock(from, zone), clock(until, zone))
}

/// The hour of the plan, counted from the window's start, in which an instant lies.
fn hour_of(at: Timestamp, window: Window, zone: &TimeZone) -> String {
    let since = at.as_second() - window.start().as_second();
    let start = window.start() + SignedDuration::from_hours(since.div_euclid(3600));
    let end = (start + SignedDuration::from_hours(1)).min(window.end());
    between(start, end, zone)
}

/// Two digits that mean something: 0.12, 0.0031, 1.4.
fn risk(expected: f64) -> String {
    if expected < 0.0005 {
        return "< 0.001".into();
    }
    let digits = (1.0 - expected.log10().floor()).clamp(0.0, 3.0) as usize;
    format!("{expected:.digits$}")
}

/// A small number of incidents with two digits that mean something.
fn amount(expected: f64) -> String {
    if expected < 5e-7 {
        return "0".into();
    }
    let digits = (1.0 - expected.log10().floor()).clamp(0.0, 6.0) as usize;
    format!("{expected:.digits$}")
}

/// A number with a comma between each three digits.
pub fn grouped(number: u32) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn ordinal(number: u32) -> String {
    let ending = match (number % 10, number % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{}{ending}", grouped(number))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::place::id::Id;
    use crate::place::measure::Seconds;
    use crate::place::position::Position;

    fn stop(reason: StopReason, arrival: &str) -> Stop {
        Stop {
            number: 1,
            position: Position::wrapped(123.4, 41.8),
            cell: None,
            label: String::new(),
            arrival: arrival.parse().unwrap(),
            begins: None,
            departure: arrival.parse().unwrap(),
            drive: Seconds(0.0),
            gain: 0.0,
            reason,
            pinned: false,
            instead: None,
        }
    }

    fn night() -> (Window, TimeZone) {
        let start = "2026-10-31T14:00:00Z".parse().unwrap();
        let end = "2026-10-31T22:00:00Z".parse().unwrap();
        (
            Window::new(start, end).unwrap(),
            TimeZone::get("Asia/Shanghai").unwrap(),
        )
    }

    #[test]
    fn risk_in_words() {
        let (window, zone) = night();
        let reason = StopReason::Risk {
            expected_in_hour: 0.1234,
            rank: 3,
            of: 4210,
            earlier_visits: 0,
        };
        let stop = stop(reason, "2026-10-31T14:07:30Z");
        assert_eq!(
            of_stop(&stop, window, &zone, Language::English),
            "3rd of 4,210 cells at 22:00–23:00: 0.12 incidents expected; not visited so far"
        );
        assert_eq!(
            of_stop(&stop, window, &zone, Language::Chinese),
            "风险：22:00–23:00 居 4,210 个单元第 3 位，预计警情 0.12 起；此前未到访"
        );
    }

    #[test]
    fn must_visits_in_words() {
        let (window, zone) = night();
        let reason = StopReason::MustVisit {
            from: "2026-10-31T16:00:00Z".parse().unwrap(),
            until: "2026-10-31T18:00:00Z".parse().unwrap(),
        };
        let early = stop(reason, "2026-10-31T15:50:00Z");
        assert_eq!(
            of_stop(&early, window, &zone, Language::English),
            "must be visited within 00:00–02:00; wait until 00:00"
        );
    }

    #[test]
    fn who_and_what_is_not_kept_in_words() {
        let (window, zone) = night();
        let team = LeftOut {
            unit: Id::new("f1"),
            call_sign: "F1".into(),
            why: LeftOutWhy::OnFoot,
            replaced_by: None,
        };
        assert_eq!(
            of_left_out(&team, Language::English),
            "F1: on foot, and routes are by road"
        );
        assert!(of_left_out(&team, Language::Chinese).contains("徒步"));
        let far = LeftOut {
            why: LeftOutWhy::OffRoad,
            ..team
        };
        let km = format!("{} km", UNIT_OFF_ROAD.0 / 1000.0);
        assert!(of_left_out(&far, Language::English).contains(&km));
        let missed = Missed {
            name: "Post 4".into(),
            due: window,
            why: MissedWhy::OutsideShift,
            kind: MissedKind::MustVisit,
            unit: None,
        };
        assert_eq!(
            of_missed(&missed, &zone, Language::English),
            "Post 4 within 22:00–06:00: outside the shift"
        );
    }

    #[test]
    fn many_missed_are_summed_up_and_gaps_are_told_to_the_second() {
        let (window, zone) = night();
        let missed = |n: usize, kind, why| Missed {
            name: format!("P{n}"),
            due: window,
            why,
            kind,
            unit: None,
        };
        let mut all: Vec<Missed> = (0..40)
            .map(|n| missed(n, MissedKind::MustVisit, MissedWhy::NoRoad))
            .collect();
        all.push(missed(7, MissedKind::Frequency, MissedWhy::Crowded));
        let said = of_all_missed(&all, &zone, Language::English);
        assert_eq!(said.len(), 5, "{said:?}");
        assert_eq!(said[0], "P0 within 22:00–06:00: no road is near");
        assert_eq!(said[3], "and 37 more for the same reason");
        assert_eq!(
            said[4],
            "P7, nobody from 22:00:00–06:00:00, which is too long: no way to come in time was found while the search lasted"
        );
    }

    #[test]
    fn numbers() {
        let ordinals = [1, 2, 3, 4, 11, 12, 13, 21, 112, 1003].map(ordinal);
        assert_eq!(
            ordinals,
            [
                "1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "112th", "1,003rd"
            ]
        );
        assert_eq!(
            [0.0001, 0.0031, 0.1234, 1.44, 23.4].map(risk),
            ["< 0.001", "0.003", "0.12", "1.4", "23"]
        );
    }
}
