//! A route sheet says what its plan says, in both languages, and no name breaks out of it.

use proptest::prelude::*;

use super::*;
use crate::exchange::plan_sheet_town::{plan, zone};
use crate::place::basemap::{BasemapFeature, BasemapKind, BasemapShape};
use crate::place::position::Position;

fn district(name: &str) -> District {
    District {
        name: name.to_owned(),
        timezone: "Asia/Shanghai".into(),
        synthetic: true,
        boundary: None,
    }
}

fn street(name: &str) -> BasemapFeature {
    BasemapFeature {
        kind: BasemapKind::Street,
        class: "primary".into(),
        name: name.to_owned(),
        shape: BasemapShape::Line(vec![
            Position::wrapped(123.44, 41.806),
            Position::wrapped(123.48, 41.806),
        ]),
    }
}

fn sheet(plan: &PatrolPlan, names: [&str; 2], language: Language, unit: Option<&str>) -> String {
    let ground = SheetGround {
        district: &district(names[0]),
        zone: &zone(),
        basemap: &BasemapIndex::new(vec![street(names[1])]),
    };
    plan_sheet(plan, &ground, language, unit).unwrap()
}

const NAMES: [&str; 2] = ["Dadong 大东区", "Wanghua Street"];

#[test]
fn a_front_page_and_a_page_a_unit() {
    let html = sheet(&plan(), NAMES, Language::English, None);
    assert_eq!(html.matches("<section").count(), 3);
    assert_eq!(html.matches("<svg").count(), 3);
    for said in [
        "Dadong 大东区 · Patrol route sheet",
        "SYNTHETIC 模拟数据",
        "2026-10-31 22:00 – 06:00",
        "kde",
        "units are as they were imported: ",
        "2026-10-30 08:00 (1234 incidents)",
        "<small>wait until 23:00</small>",
        "must be visited within 23:00–00:00; wait until 23:00",
        "3rd of 4,210 cells at 22:00–23:00",
        "break, to begin within 01:00–02:00",
        "3 units were asked for; 2 have a route",
        "Post 4 within 22:00–22:05: no unit can be there in time",
        "Post 4, due until 22:05, can't be reached before 22:10 by any unit; ",
        "Station 1",
        "Wanghua Street",
        "1·4",
    ] {
        assert!(html.contains(said), "{said} is not in {html}");
    }
    assert_eq!(html.matches("type=\"checkbox\"").count(), 4 + 1 + 1);
    for outside in ["<script", "http://", "https://", "url(", "NaN", "inf "] {
        assert!(!html.contains(outside), "{outside}");
    }
}

#[test]
fn in_chinese() {
    let html = sheet(&plan(), NAMES, Language::Chinese, None);
    assert!(html.starts_with("<!doctype html>\n<html lang=\"zh-CN\">"));
    for said in [
        "巡逻路线单",
        "等候至 23:00",
        "必巡点：23:00–00:00 内到访",
        "居 4,210 个单元第 3 位",
        "没有警组能按时到达",
        "收勤地点",
        "核密度",
        "警组取自导入的图层",
        "要求 3 个警组，仅 2 个有路线",
    ] {
        assert!(html.contains(said), "{said}");
    }
    for english in ["Arrive", "must be", "incidents", "can't"] {
        assert!(!html.contains(english), "{english}");
    }
}

#[test]
fn one_unit_only_and_none_that_is_not_there() {
    let html = sheet(&plan(), NAMES, Language::English, Some("u2"));
    assert_eq!(html.matches("<section").count(), 1);
    assert!(html.contains("<h1>U2</h1>") && !html.contains("沈河 101"));
    let ground = SheetGround {
        district: &district("D"),
        zone: &zone(),
        basemap: &BasemapIndex::new(Vec::new()),
    };
    let fault = plan_sheet(&plan(), &ground, Language::English, Some("u9")).unwrap_err();
    assert_eq!(
        fault.to_string(),
        "the plan has no route for the unit \"u9\"; it has routes for: u1, u2"
    );
}

#[test]
fn a_unit_without_a_stop_is_told_to_stay() {
    let mut plan = plan();
    plan.routes[1].stops.clear();
    plan.routes[1].line.clear();
    let html = sheet(&plan, NAMES, Language::English, Some("u2"));
    assert!(html.contains("it stays at its start") && html.contains("<svg"));
}

/// Every tag's name, in order.
fn taken_apart(html: &str) -> Vec<String> {
    let body = html.split_once("</style>").unwrap().1;
    let tags = body.split('<').skip(1);
    let name = |t: &str| {
        t.split([' ', '>', '\n'])
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    tags.map(name).collect()
}

proptest! {
    #[test]
    fn no_name_changes_the_page(
        name in "(<script>|</svg>|</style>|\"|'|&|<|>|--|\\PC){0,12}",
    ) {
        let mut hostile = plan();
        let mut plain = plan();
        let set = |plan: &mut PatrolPlan, text: &str| {
            for route in &mut plan.routes {
                route.call_sign = text.to_owned();
                for stop in &mut route.stops {
                    stop.label = text.to_owned();
                }
                if let Some(finish) = &mut route.finish {
                    finish.label = text.to_owned();
                }
            }
            plan.missed[0].name = text.to_owned();
            plan.risk.model = text.to_owned();
        };
        set(&mut hostile, &name);
        // As long, so that the drawing has as much room.
        let same: String = name.chars().map(|c| if c.is_ascii() { 'x' } else { '区' }).collect();
        set(&mut plain, &same);
        for language in [Language::English, Language::Chinese] {
            let html = sheet(&hostile, [&name, &name], language, None);
            let harmless = sheet(&plain, [&same, &same], language, None);
            prop_assert_eq!(taken_apart(&html), taken_apart(&harmless));
            for sign in ['"', '>'] {
                prop_assert_eq!(html.matches(sign).count(), harmless.matches(sign).count());
            }
        }
    }
}
