//! The forms of real files, and that nothing ambiguous is guessed.

use jiff::tz::TimeZone;
use proptest::prelude::*;

use crate::exchange::import::moment::{DayOrder, Moment, MomentReader};
use crate::exchange::import::refusal::Reason;

fn reader(values: &[&str]) -> MomentReader {
    let zone = TimeZone::get("Asia/Shanghai").unwrap();
    MomentReader::new(zone, None, values.iter().copied())
}

fn read(text: &str) -> Result<String, Reason> {
    match reader(&[text]).read("at", text, "") {
        Ok(Moment::Exact(at)) => Ok(at.to_string()),
        Ok(Moment::Day(day)) => Ok(day.to_string()),
        Err(fault) => Err(fault.reason),
    }
}

#[test]
fn one_instant_in_many_forms() {
    for text in [
        "2024-01-05T08:03:00+08:00",
        "2024-01-05T00:03:00Z",
        "2024-01-05 08:03:00",
        "2024-01-05T08:03",
        "2024/1/5 8:03",
        "2024/1/5 8:03:00 AM",
        "2024.01.05 08:03:00.000",
        "20240105 080300",
        "20240105080300",
        "202401050803",
        "20240105T0803",
        "2024年1月5日8时3分",
        "2024年01月05日 08:03:00",
        "2024年1月5日上午8时3分0秒",
        "2024-01-05 08:03:00+0800",
        "1704412980000",
    ] {
        assert_eq!(read(text), Ok("2024-01-05T00:03:00Z".into()), "{text}");
    }
    assert_eq!(
        read("2024年1月5日 下午8点"),
        Ok("2024-01-05T12:00:00Z".into())
    );
}

#[test]
fn days_stay_days_and_last_until_the_next_midnight() {
    for text in ["2024-03-10", "2024/3/10", "20240310", "2024年3月10日"] {
        assert_eq!(read(text), Ok("2024-03-10".into()), "{text}");
    }
    // A day of 23 hours, where clocks go forward.
    let zone = TimeZone::get("America/Los_Angeles").unwrap();
    let reader = MomentReader::new(zone, None, std::iter::empty());
    let day = reader.read("at", "2024-03-10", "").unwrap();
    let (start, end) = reader.bounds("at", day).unwrap();
    assert_eq!(start.to_string(), "2024-03-10T08:00:00Z");
    assert_eq!(end.unwrap().to_string(), "2024-03-11T07:00:00Z");
}

#[test]
fn the_column_tells_day_from_month() {
    assert_eq!(
        reader(&["1/5/2024", "1/25/2024"]).order(),
        DayOrder::MonthDay
    );
    assert_eq!(
        reader(&["1/5/2024", "25/1/2024"]).order(),
        DayOrder::DayMonth
    );
    assert_eq!(
        reader(&["25/1/2024", "1/25/2024"]).order(),
        DayOrder::Unknown
    );
    let us = reader(&["1/25/2024"]);
    let day = us.read("at", "1/5/2024 8:03 PM", "").unwrap();
    assert!(matches!(day, Moment::Exact(at) if at.to_string() == "2024-01-05T12:03:00Z"));
    assert_eq!(read("1/5/2024"), Err(Reason::AmbiguousDate));
    assert_eq!(read("5/5/2024"), Ok("2024-05-05".into()));
}

#[test]
fn a_clock_column_joins_its_date() {
    let reader = reader(&[]);
    for clock in ["08:03", "803", "0803", "8:03 AM"] {
        match reader.read("at", "2024-01-05", clock) {
            Ok(Moment::Exact(at)) => assert_eq!(at.to_string(), "2024-01-05T00:03:00Z"),
            other => panic!("{clock}: {other:?}"),
        }
    }
}

#[test]
fn impossible_and_unknown_are_told_apart() {
    for text in [
        "2024-02-30",
        "2023/2/29",
        "20241301",
        "2024-01-05 25:00",
        "31/31/2024",
        "0001-01-01",
    ] {
        assert_eq!(read(text), Err(Reason::ImpossibleDate), "{text}");
    }
    for text in [
        "yesterday",
        "12",
        "2024",
        "2024-01",
        "1.5",
        "2024-01-05 08:03 nonsense",
    ] {
        assert_eq!(read(text), Err(Reason::BadTime), "{text}");
    }
    assert_eq!(read(""), Err(Reason::NoTime));
}

#[test]
fn what_is_declared_is_used() {
    let zone = TimeZone::get("Asia/Shanghai").unwrap();
    let reader = MomentReader::new(zone.clone(), Some("%d/%m/%Y".into()), std::iter::empty());
    let day = reader.read("at", "05/01/2024", "").unwrap();
    assert!(matches!(day, Moment::Day(day) if day.to_string() == "2024-01-05"));
    let excel = MomentReader::new(zone, Some("excel".into()), std::iter::empty());
    let at = excel.read("at", "45296.25", "").unwrap();
    assert!(matches!(at, Moment::Exact(at) if at.to_string() == "2024-01-04T22:00:00Z"));
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,40}", clock in "\\PC{0,12}") {
        let _ = reader(&[&text]).read("at", &text, &clock);
    }

    #[test]
    fn what_jiff_writes_is_read(second in 0i64..4_000_000_000) {
        let at = jiff::Timestamp::from_second(second).unwrap();
        prop_assert_eq!(read(&at.to_string()), Ok(at.to_string()));
    }
}
