//! Whole tables through the incident reader.

use jiff::tz::TimeZone;
use proptest::prelude::*;

use crate::datum::frame::Frame;
use crate::exchange::import::category_map::CategoryMap;
use crate::exchange::import::columns::Columns;
use crate::exchange::import::fault::ImportFault;
use crate::exchange::import::field::{Field, Layer};
use crate::exchange::import::incident_rows::{IncidentReader, IncidentRows};
use crate::exchange::import::locate::{Locator, frame_of};
use crate::exchange::import::made_up::Holds;
use crate::exchange::import::moment::MomentReader;
use crate::exchange::read::csv_table::read_csv;
use crate::incident::record::{Origin, Priority};
use crate::place::area::Area;

fn read(text: &str, district: Option<&Area>) -> Result<IncidentRows, ImportFault> {
    read_as(text, district, None)
}

fn read_as(
    text: &str,
    district: Option<&Area>,
    crs: Option<Frame>,
) -> Result<IncidentRows, ImportFault> {
    let table = read_csv(text.as_bytes())?;
    let columns = Columns::resolve(&table, Layer::Incidents, &[])?;
    let (frame, _) = frame_of(&table, &columns, crs.as_ref())?;
    let times = MomentReader::new(
        TimeZone::get("Asia/Shanghai").unwrap(),
        None,
        (0..table.len()).map(|row| columns.cell(&table, row, Field::At)),
    );
    let categories = CategoryMap::new(&[], None, None)?;
    let reader = IncidentReader {
        table: &table,
        columns: &columns,
        locator: Locator::new(&table, &columns, frame, district),
        times,
        categories: &categories,
        source: None,
        latest: "2026-01-01T00:00:00Z".parse().unwrap(),
        derive_boundary: district.is_none(),
        holds: Holds::Nothing,
    };
    reader.read(&|_| ())
}

fn reasons(rows: &IncidentRows) -> Vec<(u32, &'static str)> {
    rows.refusals
        .iter()
        .map(|r| (r.row, r.fault.reason.code()))
        .collect()
}

fn square() -> Area {
    let ring = vec![
        [123.0, 41.0],
        [124.0, 41.0],
        [124.0, 42.0],
        [123.0, 42.0],
        [123.0, 41.0],
    ];
    Area::from_rings(&[vec![ring]]).unwrap()
}

#[test]
fn what_is_to_come_has_not_happened() {
    let text = "id,at,until,lon,lat,category\n\
        1,2025-12-31 12:00,,123.4,41.8,theft\n\
        2,2099-01-05 08:03,,123.4,41.8,theft\n\
        3,2026-01-01 08:00,,123.4,41.8,theft\n\
        4,2026-01-01 08:01,,123.4,41.8,theft\n\
        5,2025-12-31 12:00,2062-12-31 13:00,123.4,41.8,theft\n";
    let rows = read(text, Some(&square())).unwrap();
    // Shanghai is eight hours ahead: 08:00 there is the last instant, and still allowed.
    assert_eq!(
        reasons(&rows),
        [
            (3, "in_the_future"),
            (5, "in_the_future"),
            (6, "in_the_future")
        ]
    );
    assert_eq!(rows.refusals[0].fault.field, "at");
    assert_eq!(rows.refusals[0].fault.value, "2099-01-05 08:03");
    assert_eq!(rows.refusals[2].fault.field, "until");
    assert_eq!(rows.incidents.len(), 2);
}

#[test]
fn each_bad_row_says_why() {
    let text = "警情编号,发生时间,经度,纬度,警情类别,优先级,来源\n\
        A1,2024-01-05 08:03,123.4,41.8,盗窃,一级,巡逻发现\n\
        A2,2024-02-30 08:03,123.4,41.8,盗窃,2,110\n\
        A3,2024-01-05 08:03,41.8,123.4,盗窃,,\n\
        A4,2024-01-05 08:03,NaN,41.8,盗窃,,\n\
        A5,2024-01-05 08:03,,41.8,盗窃,,\n\
        A6,2024-01-05 08:03,abc,41.8,盗窃,,\n\
        A7,2024-01-05 08:03,126.0,41.8,盗窃,,\n\
        A1,2024-01-06 08:03,123.4,41.8,盗窃,,\n\
        A8,soon,123.4,41.8,盗窃,,\n\
        A9,2024-01-05 08:03,123.4,41.8,盗窃,whatever,\n\
        A10,2024-01-05 08:03,0,0,盗窃,,\n\
        A11,2024-01-05 08:03,124.01,41.8,盗窃,,\n";
    let district = square();
    let rows = read(text, Some(&district)).unwrap();
    assert_eq!(
        reasons(&rows),
        [
            (3, "impossible_date"),
            (4, "swapped"),
            (5, "not_finite"),
            (6, "no_coordinates"),
            (7, "not_a_number"),
            (8, "outside_district"),
            (9, "duplicate_id"),
            (10, "bad_time"),
            (11, "unknown_word"),
            (12, "no_coordinates"),
        ]
    );
    assert_eq!(rows.incidents.len(), 2);
    let first = &rows.incidents[0];
    assert_eq!(first.id.as_str(), "A1");
    assert_eq!(
        (first.priority, first.origin),
        (Priority::One, Origin::PatrolDiscovered)
    );
    assert_eq!(first.category, "criminal/theft");
}

#[test]
fn what_tells_of_persons_is_never_kept() {
    let text = "id,at,lon,lat,category\n\
        A139 1234 5678,2024-01-05,123.4,41.8,盗窃13912345678\n\
        2,2024-01-05,123.4,41.8,盗窃13812345678\n3,soon张三13912345678,123.4,41.8,theft\n";
    // The category column itself would be dropped: here it has few such values.
    let more: String = (0..30)
        .map(|i| format!("B{i},2024-01-05,123.4,41.8,theft\n"))
        .collect();
    let rows = read(&format!("{text}{more}"), None).unwrap();
    assert_eq!(rows.incidents.len(), 32);
    let kept = format!("{rows:?}");
    assert!(
        !kept.contains("12345678") && !kept.contains("1234 5678"),
        "{kept}"
    );
    assert!(rows.incidents[0].id.as_str().starts_with("h-"));
    assert_eq!(rows.incidents[0].category, "other/盗窃");
    assert_eq!(rows.refusals[0].fault.value, "soon张三***");
}

#[test]
fn a_free_text_column_is_no_category() {
    let rows: String = (0..250)
        .map(|i| format!("2024-01-05,123.4,41.8,第{i}号群众来电求助\n"))
        .collect();
    let fault = read(&format!("at,lon,lat,类别\n{rows}"), None).unwrap_err();
    assert!(matches!(&fault, ImportFault::FreeText { column, .. } if column == "类别"));
    assert!(!fault.to_string().contains("群众"), "{fault}");
    assert!(fault.remedy().contains("--map category=COLUMN"));
}

#[test]
fn swapped_low_numbers_are_found_by_the_district() {
    let ring = vec![
        [28.0, 41.0],
        [29.0, 41.0],
        [29.0, 42.0],
        [28.0, 42.0],
        [28.0, 41.0],
    ];
    let district = Area::from_rings(&[vec![ring]]).unwrap();
    let rows = read(
        "at,lon,lat\n2024-01-05,41.5,28.5\n2024-01-05,28.5,41.5\n",
        Some(&district),
    );
    assert_eq!(reasons(&rows.unwrap()), [(2, "swapped")]);
}

#[test]
fn identical_rows_are_all_kept_and_a_second_reading_gives_the_same_ids() {
    let text = "at,lon,lat,category\n2024-01-05,123.4,41.8,theft\n2024-01-05,123.4,41.8,theft\n";
    let ids = |rows: IncidentRows| -> Vec<String> {
        rows.incidents
            .iter()
            .map(|i| i.id.as_str().to_owned())
            .collect()
    };
    let first = ids(read(text, None).unwrap());
    assert_eq!(first.len(), 2);
    assert_ne!(first[0], first[1]);
    assert_eq!(first, ids(read(text, None).unwrap()));
}

#[test]
fn spans_are_kept_and_days_last_till_midnight() {
    let text = "from,to,lon,lat\n\
        2024-01-05 20:00,2024-01-08 08:00,123.4,41.8\n\
        2024-01-05,,123.4,41.8\n\
        2024-01-05,2024-01-07,123.4,41.8\n\
        2024-01-05 10:00,2024-01-04 10:00,123.4,41.8\n";
    let rows = read(text, None).unwrap();
    let spans: Vec<f64> = rows
        .incidents
        .iter()
        .map(|i| (i.until.unwrap().as_second() - i.at.as_second()) as f64 / 3600.0)
        .collect();
    assert_eq!(spans, [60.0, 24.0, 72.0]);
    assert_eq!(reasons(&rows), [(5, "ends_before_start")]);
}

#[test]
fn feet_without_a_frame_are_refused_with_the_way_out() {
    let text = "occ_date,x_coordina,y_coordina\n2012-03-12,7688186,676342\n";
    let fault = read(text, None).unwrap_err();
    assert!(
        matches!(fault, ImportFault::UnknownFrame { row: 2, .. }),
        "{fault}"
    );
    assert!(fault.remedy().contains("--crs"));
    let rows = read_as(text, None, Some("EPSG:2913".parse().unwrap())).unwrap();
    assert_eq!(rows.incidents.len(), 1);
}

#[test]
fn a_file_without_time_or_place_names_the_field() {
    for (text, field) in [("lon,lat\n1,2\n", "at"), ("at,lat\n2024-01-05,2\n", "lon")] {
        match read(text, None) {
            Err(ImportFault::NoColumn { field: missing, .. }) => assert_eq!(missing, field),
            other => panic!("{other:?}"),
        }
    }
}

proptest! {
    #[test]
    fn any_cells_are_kept_or_refused(
        cells in proptest::collection::vec(proptest::collection::vec("[^\"\r\n,]{0,12}", 4), 1..8),
    ) {
        let mut text = "at,lon,lat,category\n".to_owned();
        for row in &cells {
            text.push_str(&format!("x{}\n", row.join(",")));
        }
        if let Ok(rows) = read(&text, None) {
            prop_assert_eq!(rows.incidents.len() + rows.refusals.len(), cells.len());
        }
    }
}
