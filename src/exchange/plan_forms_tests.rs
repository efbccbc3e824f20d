//! Every form of a plan tells what the plan leaves unmet, and is still read by its readers.

use crate::exchange::basemap_tile::BasemapIndex;
use crate::exchange::plan_csv::{CsvStyle, not_met_csv, plan_csv};
use crate::exchange::plan_geojson::plan_geojson;
use crate::exchange::plan_gpx::plan_gpx;
use crate::exchange::plan_sheet::{SheetGround, plan_sheet};
use crate::exchange::plan_sheet_town::{plan, zone};
use crate::patrol::not_met::{Unmet, not_met};
use crate::patrol::plan::{LeftOut, LeftOutWhy};
use crate::patrol::reason::{Language, of_adds, of_instead};
use crate::place::district::District;
use crate::place::id::Id;

const BOTH: [Language; 2] = [Language::English, Language::Chinese];

#[test]
fn no_form_hides_what_is_not_met() {
    let (mut plan, zone) = (plan(), zone());
    plan.left_out.push(LeftOut {
        unit: Id::new("f1"),
        call_sign: "F1".into(),
        why: LeftOutWhy::OnFoot,
        replaced_by: None,
    });
    let kinds = not_met(&plan, &zone, Language::English);
    for kind in [Unmet::Obstacle, Unmet::Missed, Unmet::LeftOut] {
        assert!(kinds.iter().any(|note| note.kind == kind), "{kinds:?}");
    }
    let gpx = gpx::read(plan_gpx(&plan, &zone).unwrap().as_slice()).unwrap();
    let description = gpx.metadata.clone().unwrap().description.unwrap();
    let geojson: serde_json::Value = serde_json::from_str(&plan_geojson(&plan, &zone)).unwrap();
    for member in ["obstacles", "missed", "left_out"] {
        assert!(!geojson[member].as_array().unwrap().is_empty(), "{member}");
    }
    let first = &geojson["obstacles"][0];
    for key in ["cause_en", "remedy_en", "cause_zh", "remedy_zh"] {
        assert!(first[key].as_str().is_some_and(|words| !words.is_empty()));
    }
    let district = District {
        name: "Dadong".into(),
        timezone: "Asia/Shanghai".into(),
        synthetic: true,
        boundary: None,
    };
    let basemap = BasemapIndex::new(Vec::new());
    for language in BOTH {
        let style = CsvStyle {
            language,
            both_headers: false,
            byte_order_mark: false,
        };
        let csv = not_met_csv(&plan, &zone, style).unwrap();
        let mut reader = csv::Reader::from_reader(csv.as_slice());
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        let ground = SheetGround {
            district: &district,
            zone: &zone,
            basemap: &basemap,
        };
        let sheet = plan_sheet(&plan, &ground, language, None).unwrap();
        let notes = not_met(&plan, &zone, language);
        assert_eq!(rows.len(), notes.len());
        for (note, row) in notes.iter().zip(&rows) {
            assert!(description.contains(&note.line(language)), "{note:?}");
            assert_eq!(&row[3], note.words.as_str());
            let shown = crate::exchange::cell_map_svg::escaped(&note.words);
            assert!(sheet.contains(shown.as_str()), "{note:?}");
        }
        // What a stop adds and what was dropped for it is told too.
        for stop in plan.routes.iter().flat_map(|route| &route.stops) {
            let said = of_instead(stop, language).unwrap();
            let shown = crate::exchange::cell_map_svg::escaped(&said);
            assert!(sheet.contains(shown.as_str()), "{said}");
            let points = gpx.routes.iter().flat_map(|route| &route.points);
            let mut described = points.filter_map(|point| point.description.as_deref());
            let adds = of_adds(stop, language).unwrap_or_default();
            assert!(
                described.any(|it| it.contains(&said) && it.contains(&adds)),
                "{said}"
            );
        }
        // The stops' own rows are stops alone.
        let csv = plan_csv(&plan, &zone, style).unwrap();
        let stops: usize = plan.routes.iter().map(|r| r.stops.len()).sum();
        assert_eq!(
            csv::Reader::from_reader(csv.as_slice()).records().count(),
            stops
        );
    }
}
