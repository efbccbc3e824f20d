//! Filters on rows: both writings say the same, bombs are refused, nothing panics.

use jiff::tz::TimeZone;
use proptest::prelude::*;

use crate::exchange::cql2::evaluate::{Filter, is_like};
use crate::exchange::cql2::fault::FilterFault;
use crate::exchange::cql2::json::parse_json;
use crate::exchange::cql2::text::parse_text;
use crate::exchange::write::layers::INCIDENTS;
use crate::exchange::write::row::{FeatureRow, FieldValue};

fn row() -> FeatureRow {
    FeatureRow {
        geometry: Some(geo_types::Geometry::Point(geo_types::Point::new(
            123.4, 41.8,
        ))),
        values: vec![
            FieldValue::text("i-1"),
            FieldValue::Time("2026-10-31T14:00:00Z".parse().unwrap()),
            FieldValue::Nothing,
            FieldValue::text("criminal/burglary"),
            FieldValue::Whole(2),
            FieldValue::Word("citizen_call"),
            FieldValue::Word("closed"),
            FieldValue::Flag(true),
        ],
    }
}

fn zone() -> TimeZone {
    TimeZone::get("Asia/Shanghai").unwrap()
}

fn takes(text: &str) -> bool {
    let expression = parse_text(text, &INCIDENTS).unwrap_or_else(|fault| panic!("{text}: {fault}"));
    Filter::new(expression, zone()).takes(&row())
}

#[test]
fn text_is_true_of_the_row_or_is_not() {
    for (text, wanted) in [
        ("category = 'criminal/burglary'", true),
        ("category LIKE 'criminal/%'", true),
        ("category NOT LIKE 'traffic%'", true),
        ("CASEI(category) = CASEI('CRIMINAL/Burglary')", true),
        ("priority >= 2 AND priority <= 2", true),
        ("priority BETWEEN 1 AND 3", true),
        ("priority NOT BETWEEN 2 AND 3", false),
        ("priority IN (1, 2)", true),
        ("\"priority\" <> 2", false),
        ("until IS NULL", true),
        ("until IS NOT NULL", false),
        // Neither true nor false.
        ("until > TIMESTAMP('2026-01-01T00:00:00Z')", false),
        ("NOT until > TIMESTAMP('2026-01-01T00:00:00Z')", false),
        (
            "until > TIMESTAMP('2026-01-01T00:00:00Z') OR priority = 2",
            true,
        ),
        ("synthetic", true),
        ("NOT synthetic OR false", false),
        // As clients write them that know no other literals.
        ("synthetic = 1", true),
        ("0 = synthetic", false),
        ("at = '2026-10-31T14:00:00Z'", true),
        ("at BETWEEN '2026-10-31' AND '2026-11-01'", true),
        ("at IN ('2026-10-31T14:00:00Z')", true),
        ("T_AFTER(at, '2026-10-30')", true),
        ("priority < 2.5", true),
        ("category = 'no such category'", false),
        ("at = TIMESTAMP('2026-10-31T22:00:00+08:00')", true),
        ("at >= DATE('2026-10-31') AND at < DATE('2026-11-01')", true),
        ("T_DURING(at, INTERVAL('2026-10-31T00:00:00Z', '..'))", true),
        ("T_INTERSECTS(at, DATE('2026-10-31'))", true),
        ("T_BEFORE(at, DATE('2026-10-31'))", false),
        ("S_INTERSECTS(geometry, BBOX(123, 41, 124, 42))", true),
        (
            "S_WITHIN(geometry, POLYGON((123 41, 124 41, 124 42, 123 42, 123 41)))",
            true,
        ),
        ("S_DISJOINT(geometry, POINT(0 0))", true),
        ("s_intersects(geometry, bbox(179, 41, -179, 42))", false),
        (
            "(priority = 1 OR priority = 2) AND (state = 'closed')",
            true,
        ),
    ] {
        assert_eq!(takes(text), wanted, "{text}");
    }
}

#[test]
fn json_says_the_same() {
    for (json, text) in [
        (
            r#"{"op":"and","args":[{"op":"=","args":[{"property":"state"},"closed"]},
                {"op":">","args":[{"property":"priority"},1]}]}"#,
            "state = 'closed' AND priority > 1",
        ),
        (
            r#"{"op":"not","args":[{"op":"isNull","args":[{"property":"until"}]}]}"#,
            "until IS NOT NULL",
        ),
        (
            r#"{"op":"in","args":[{"property":"priority"},[1,2]]}"#,
            "priority IN (1,2)",
        ),
        (
            r#"{"op":"between","args":[{"property":"priority"},1,3]}"#,
            "priority BETWEEN 1 AND 3",
        ),
        (
            r#"{"op":"like","args":[{"op":"casei","args":[{"property":"category"}]},"crim%"]}"#,
            "CASEI(category) LIKE 'crim%'",
        ),
        (
            r#"{"op":"s_intersects","args":[{"property":"geometry"},{"bbox":[123,41,124,42]}]}"#,
            "S_INTERSECTS(geometry, BBOX(123,41,124,42))",
        ),
        (
            r#"{"op":"t_during","args":[{"property":"at"},{"interval":["2026-10-31","2026-11-01"]}]}"#,
            "T_DURING(at, INTERVAL('2026-10-31','2026-11-01'))",
        ),
    ] {
        assert_eq!(
            parse_json(json, &INCIDENTS).unwrap(),
            parse_text(text, &INCIDENTS).unwrap(),
            "{text}"
        );
    }
}

#[test]
fn bombs_are_refused() {
    let deep = format!("{}priority=1{}", "(".repeat(3000), ")".repeat(3000));
    assert!(matches!(
        parse_text(&deep, &INCIDENTS),
        Err(FilterFault::Deep { .. })
    ));
    let nots = format!("{}synthetic", "NOT ".repeat(1500));
    assert!(matches!(
        parse_text(&nots, &INCIDENTS),
        Err(FilterFault::Deep { .. })
    ));
    let folds = format!("{}category{} = 'x'", "CASEI(".repeat(700), ")".repeat(700));
    assert!(matches!(
        parse_text(&folds, &INCIDENTS),
        Err(FilterFault::Deep { .. })
    ));
    let long = format!("category = '{}'", "x".repeat(10_000));
    assert!(matches!(
        parse_text(&long, &INCIDENTS),
        Err(FilterFault::Long { .. })
    ));
    let json = format!(
        "{}true{}",
        r#"{"op":"not","args":["#.repeat(50),
        "]}".repeat(50)
    );
    assert!(parse_json(&json, &INCIDENTS).is_err());
}

#[test]
fn faults_say_where_and_what() {
    let said = |text: &str| parse_text(text, &INCIDENTS).unwrap_err().to_string();
    assert!(said("officer = 'x'").contains("there is no property \"officer\""));
    assert!(said("category = ").contains("ends too early"));
    assert!(said("category = 'x' category").contains("byte 16"));
    assert!(said("category LIKE").contains("ends too early"));
    assert!(said("S_INTERSECTS(geometry, POINT(1))").contains("byte 24"));
    assert!(said("at > TIMESTAMP('yesterday')").contains("this is no time"));
    assert!(said("priority = 1e999").contains("too large"));
}

#[test]
fn what_can_not_be_compared_is_refused_with_what_it_is() {
    for (text, json, told) in [
        (
            "priority = 'abc'",
            r#"{"op":"=","args":[{"property":"priority"},"abc"]}"#,
            "priority is a number and 'abc' is a text",
        ),
        (
            "NOT (synthetic AND at > 5)",
            r#"{"op":"not","args":[{"op":"and","args":[{"property":"synthetic"},
                {"op":">","args":[{"property":"at"},5]}]}]}"#,
            "at is a time and 5 is a number",
        ),
        (
            "synthetic = 2",
            r#"{"op":"=","args":[{"property":"synthetic"},2]}"#,
            "synthetic is true or false and 2 is a number",
        ),
        (
            "at < 'yesterday'",
            r#"{"op":"<","args":[{"property":"at"},"yesterday"]}"#,
            "'yesterday' is no time",
        ),
        (
            "at = category",
            r#"{"op":"=","args":[{"property":"at"},{"property":"category"}]}"#,
            "category is a text, where a time belongs",
        ),
        (
            "priority IN (1, 'two')",
            r#"{"op":"in","args":[{"property":"priority"},[1,"two"]]}"#,
            "'two' is a text",
        ),
        (
            "category BETWEEN 'a' AND 3",
            r#"{"op":"between","args":[{"property":"category"},"a",3]}"#,
            "3 is a number",
        ),
        (
            "priority LIKE '1%'",
            r#"{"op":"like","args":[{"property":"priority"},"1%"]}"#,
            "priority is a number, where a text belongs",
        ),
        (
            "CASEI(priority) IS NULL",
            r#"{"op":"isNull","args":[{"op":"casei","args":[{"property":"priority"}]}]}"#,
            "priority is a number, where a text belongs",
        ),
        (
            "T_AFTER(priority, DATE('2026-10-31'))",
            r#"{"op":"t_after","args":[{"property":"priority"},{"date":"2026-10-31"}]}"#,
            "priority is a number, where a time belongs",
        ),
        (
            "priority",
            r#"{"property":"priority"}"#,
            "priority is a number, not true or false",
        ),
        (
            "state = 'closed' OR category",
            r#"{"op":"or","args":[{"op":"=","args":[{"property":"state"},"closed"]},
                {"property":"category"}]}"#,
            "category is a text, not true or false",
        ),
        ("5", "5", "is missing"),
        ("'abc'", r#""abc""#, "is missing"),
    ] {
        let of_text = parse_text(text, &INCIDENTS).unwrap_err().to_string();
        assert!(of_text.contains(told), "{text}: {of_text}");
        let of_json = parse_json(json, &INCIDENTS).unwrap_err().to_string();
        assert!(of_json.contains(told), "{json}: {of_json}");
    }
}

#[test]
fn shapes_that_are_none_are_refused() {
    for (text, json, told) in [
        (
            "POLYGON((1 1, 2 2))",
            r#"{"type":"Polygon","coordinates":[[[1,1],[2,2]]]}"#,
            "a ring has four positions or more, not 2",
        ),
        (
            "POLYGON((1 1, 2 1, 2 2, 1 2))",
            r#"{"type":"Polygon","coordinates":[[[1,1],[2,1],[2,2],[1,2]]]}"#,
            "a ring ends where it began",
        ),
        (
            "MULTIPOLYGON(((0 0, 9 0, 9 9, 0 0)), ((1 1, 2 2, 2 1, 1 2, 1 1)))",
            r#"{"type":"MultiPolygon","coordinates":[[[[0,0],[9,0],[9,9],[0,0]]],
                [[[1,1],[2,2],[2,1],[1,2],[1,1]]]]}"#,
            "a ring crosses itself",
        ),
        (
            "POLYGON Z((1 1 0, 2 2 0, 1 1 0, 1 1 0))",
            r#"{"type":"Polygon","coordinates":[[[1,1,0],[2,2,0],[1,1,0],[1,1,0]]]}"#,
            "a ring crosses itself, or has no area",
        ),
        (
            "GEOMETRYCOLLECTION(POINT(1 1), MULTILINESTRING((1 1)))",
            r#"{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[1,1]},
                {"type":"MultiLineString","coordinates":[[[1,1]]]}]}"#,
            "a line has two positions or more",
        ),
        (
            "BBOX(1, 3, 2, 2)",
            r#"{"bbox":[1,3,2,2]}"#,
            "the lower corner before the upper one",
        ),
        ("BBOX(1, 2, 3)", r#"{"bbox":[1,2,3]}"#, "a box has 4"),
    ] {
        let text = format!("S_INTERSECTS(geometry, {text})");
        let of_text = parse_text(&text, &INCIDENTS).unwrap_err().to_string();
        assert!(of_text.contains(told), "{text}: {of_text}");
        let json = format!(r#"{{"op":"s_intersects","args":[{{"property":"geometry"}},{json}]}}"#);
        let of_json = parse_json(&json, &INCIDENTS).unwrap_err().to_string();
        assert!(of_json.contains(told), "{json}: {of_json}");
    }
    // A hole may touch its area's edge, and a line may go nowhere near anything.
    for text in [
        "POLYGON((0 0, 4 0, 4 4, 0 4, 0 0), (0 2, 2 1, 3 2, 2 3, 0 2))",
        "LINESTRING(1 1, 2 2)",
        "GEOMETRYCOLLECTION(POINT(1 1), POLYGON((0 0, 4 0, 4 4, 0 0)))",
    ] {
        assert!(!takes(&format!("S_INTERSECTS(geometry, {text})")), "{text}");
    }
}

#[test]
fn patterns() {
    for (text, pattern, wanted) in [
        ("abc", "a%", true),
        ("abc", "%b%", true),
        ("abc", "a_c", true),
        ("abc", "a_", false),
        ("a%c", "a\\%c", true),
        ("abc", "a\\%c", false),
        ("", "%", true),
        ("警情类别", "警%别", true),
    ] {
        assert_eq!(is_like(text, pattern), wanted, "{text} {pattern}");
    }
    // Would take for ever with a search that goes back everywhere.
    let pattern = "%a".repeat(200);
    assert!(!is_like(&"a".repeat(199), &pattern));
}

/// The same by trying everything.
fn is_like_slowly(text: &[char], pattern: &[char]) -> bool {
    match pattern {
        [] => text.is_empty(),
        ['%', rest @ ..] => (0..=text.len()).any(|from| is_like_slowly(&text[from..], rest)),
        ['_', rest @ ..] => !text.is_empty() && is_like_slowly(&text[1..], rest),
        [letter, rest @ ..] => text.first() == Some(letter) && is_like_slowly(&text[1..], rest),
    }
}

proptest! {
    #[test]
    fn patterns_are_what_trying_everything_finds(text in "[ab]{0,8}", pattern in "[ab%_]{0,6}") {
        let slowly = is_like_slowly(
            &text.chars().collect::<Vec<_>>(), &pattern.chars().collect::<Vec<_>>());
        prop_assert_eq!(is_like(&text, &pattern), slowly);
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,80}") {
        if let Ok(expression) = parse_text(&text, &INCIDENTS) {
            Filter::new(expression, TimeZone::UTC).takes(&row());
        }
        let _ = parse_json(&text, &INCIDENTS);
    }

    #[test]
    fn what_looks_like_a_filter_is_read_or_refused(
        words in prop::collection::vec(prop::sample::select(vec![
            "(", ")", "NOT", "AND", "OR", "priority", "=", "1", "'a'", "IN", ",", "LIKE", "BETWEEN",
            "IS", "NULL", "S_INTERSECTS", "geometry", "POINT", "BBOX", "1.5", "T_AFTER", "at",
            "INTERVAL", "DATE", "'2026-01-01'", "CASEI", "\"at\"", "<>", "synthetic",
        ]), 0..30),
    ) {
        if let Ok(expression) = parse_text(&words.join(" "), &INCIDENTS) {
            Filter::new(expression, TimeZone::UTC).takes(&row());
        }
    }
}
