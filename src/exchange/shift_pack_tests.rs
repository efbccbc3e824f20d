//! A shift pack is the same file for the same plan, in bounded time and size, whatever names
//! it is given. What its pages say is read by a foreign program in `tests/interop`.

use std::time::{Duration, Instant};

use crate::exchange::basemap_tile::BasemapIndex;
use crate::exchange::plan_sheet::SheetGround;
use crate::exchange::plan_sheet_town::{plan, zone};
use crate::exchange::print::faces::Faces;
use crate::exchange::shift_pack::{PackFault, shift_pack};
use crate::patrol::plan::PatrolPlan;
use crate::patrol::reason::Language;
use crate::place::district::District;
use crate::place::id::Id;

fn packed(plan: &PatrolPlan, language: Language, unit: Option<&str>) -> Result<Vec<u8>, PackFault> {
    let district = District {
        name: "Dadong 大东区".into(),
        timezone: "Asia/Shanghai".into(),
        synthetic: true,
        boundary: None,
    };
    let ground = SheetGround {
        district: &district,
        zone: &zone(),
        basemap: &BasemapIndex::new(Vec::new()),
    };
    shift_pack(plan, &ground, language, unit, &Faces::own())
}

/// Pages of a document: each is an object of its own, outside of packed streams.
fn pages(pdf: &[u8]) -> usize {
    let text = String::from_utf8_lossy(pdf);
    text.matches("/Type/Page/").count()
}

#[test]
fn the_same_plan_is_the_same_file() {
    for language in [Language::English, Language::Chinese] {
        let pdf = packed(&plan(), language, None).unwrap();
        assert!(pdf.starts_with(b"%PDF-1."));
        assert!(pdf.len() < 200_000, "{}", pdf.len());
        assert!(pdf == packed(&plan(), language, None).unwrap());
        // The front, two units, the must-visits.
        assert_eq!(pages(&pdf), 4);
    }
    let english = packed(&plan(), Language::English, None).unwrap();
    assert!(english != packed(&plan(), Language::Chinese, None).unwrap());
    let one = packed(&plan(), Language::English, Some("u2")).unwrap();
    assert_eq!(pages(&one), 1);
    let fault = packed(&plan(), Language::English, Some("u9")).unwrap_err();
    assert!(matches!(fault, PackFault::Route(_)), "{fault}");
}

#[test]
fn a_plan_without_a_unit_is_a_page_and_its_must_visits() {
    let mut empty = plan();
    empty.routes.clear();
    let pdf = packed(&empty, Language::Chinese, None).unwrap();
    assert_eq!(pages(&pdf), 2);
}

#[test]
fn strange_and_endless_names_are_written_too() {
    let mut strange = plan();
    let names = [
        "大东\u{364d}路",
        "\u{1F600} ne\u{301}e\tx\u{0}\u{FFFF}",
        "\u{202e}left",
        "ئۇيغۇرچە",
        &"很".repeat(9_000),
        &"W".repeat(9_000),
        "",
    ];
    for (number, name) in names.iter().enumerate() {
        strange.routes[0].call_sign = (*name).to_owned();
        for stop in &mut strange.routes[0].stops {
            stop.label = (*name).to_owned();
        }
        let pdf = packed(&strange, Language::Chinese, None).unwrap();
        assert!((4..=12).contains(&pages(&pdf)), "{number}: {}", pages(&pdf));
    }
}

#[test]
fn two_hundred_units_are_bounded() {
    let mut large = plan();
    let model = large.routes[0].clone();
    large.routes = (0..200)
        .map(|number| {
            let mut route = model.clone();
            route.unit = Id::new(format!("u{number}"));
            route.call_sign = format!("大东 {number}");
            route
        })
        .collect();
    let began = Instant::now();
    let pdf = packed(&large, Language::Chinese, None).unwrap();
    assert!(
        began.elapsed() < Duration::from_secs(60),
        "{:?}",
        began.elapsed()
    );
    assert!(pages(&pdf) > 200 && pdf.len() < 8 << 20, "{}", pdf.len());
}
