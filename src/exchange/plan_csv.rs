//! A patrol plan as CSV: a row for each stop, for spreadsheets.
//!
//! Times are the district's with their offset; other columns name their unit. Text that a
//! spreadsheet would take for a formula is put behind an apostrophe, as OWASP's page on CSV
//! injection advises: call signs and names come from other people's files.

use csv::Writer;
use jiff::tz::TimeZone;

use crate::exchange::feature_geojson::local_time;
use crate::exchange::write::csv::neutralised;
use crate::patrol::not_met::not_met;
use crate::patrol::plan::{Instead, PatrolPlan, PatrolRoute, Stop, StopReason};
use crate::patrol::reason::{self, Language};

/// Tells a spreadsheet that the file is in UTF-8.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// English and Chinese names of the columns, in their order.
const COLUMNS: [(&str, &str); 20] = [
    ("plan", "方案编号"),
    ("synthetic", "模拟数据"),
    ("unit", "警组编号"),
    ("call_sign", "呼号"),
    ("stop", "序号"),
    ("arrive", "到达"),
    ("wait_until", "等候至"),
    ("leave", "离开"),
    ("drive_min", "行驶_分钟"),
    ("stay_min", "停留_分钟"),
    ("kind", "类型"),
    ("place", "地点"),
    ("lon_deg", "经度_度"),
    ("lat_deg", "纬度_度"),
    ("h3_cell", "H3单元"),
    ("adds_expected_incidents", "新增覆盖_预计警情数"),
    ("reason", "理由"),
    ("instead_of", "取代地点"),
    ("instead_h3_cell", "取代H3单元"),
    (
        "instead_adds_expected_incidents",
        "取代地点本可新增_预计警情数",
    ),
];

/// How the file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CsvStyle {
    /// Of the header, kinds and reasons.
    pub language: Language,
    /// Name each column in both languages.
    pub both_headers: bool,
    /// Begin with a byte order mark, without which Excel takes UTF-8 for something else.
    pub byte_order_mark: bool,
}

/// Writes the file, in UTF-8.
///
/// # Errors
/// The writer's, where a row can't be put out.
pub fn plan_csv(
    plan: &PatrolPlan,
    zone: &TimeZone,
    style: CsvStyle,
) -> Result<Vec<u8>, csv::Error> {
    let mut writer = begun(&COLUMNS, style)?;
    for route in &plan.routes {
        for stop in &route.stops {
            writer.write_record(row(plan, route, stop, zone, style.language))?;
        }
    }
    writer
        .into_inner()
        .map_err(|fault| fault.into_error().into())
}

/// English and Chinese names of the columns of what is not met.
const NOT_MET_COLUMNS: [(&str, &str); 4] = [
    ("plan", "方案编号"),
    ("synthetic", "模拟数据"),
    ("kind", "类型"),
    ("what", "内容"),
];

/// Writes what the plan leaves unmet as a file of its own, in UTF-8: rows of another kind among
/// the stops would break whoever reads them. Its head alone where everything is met.
///
/// # Errors
/// The writer's, where a row can't be put out.
pub fn not_met_csv(
    plan: &PatrolPlan,
    zone: &TimeZone,
    style: CsvStyle,
) -> Result<Vec<u8>, csv::Error> {
    let mut writer = begun(&NOT_MET_COLUMNS, style)?;
    for note in not_met(plan, zone, style.language) {
        writer.write_record([
            neutralised(plan.id.as_str()).into_owned(),
            plan.synthetic.to_string(),
            note.kind.heading(style.language).to_owned(),
            neutralised(&note.words).into_owned(),
        ])?;
    }
    writer
        .into_inner()
        .map_err(|fault| fault.into_error().into())
}

/// A file with its head.
fn begun(columns: &[(&str, &str)], style: CsvStyle) -> Result<Writer<Vec<u8>>, csv::Error> {
    let mut start = Vec::new();
    if style.byte_order_mark {
        start.extend_from_slice(BYTE_ORDER_MARK.as_bytes());
    }
    let mut writer = Writer::from_writer(start);
    let names =
        columns.iter().map(
            |(english, chinese)| match (style.both_headers, style.language) {
                (true, _) => format!("{english} {chinese}"),
                (false, Language::English) => (*english).to_owned(),
                (false, Language::Chinese) => (*chinese).to_owned(),
            },
        );
    writer.write_record(names)?;
    Ok(writer)
}

fn row(
    plan: &PatrolPlan,
    route: &PatrolRoute,
    stop: &Stop,
    zone: &TimeZone,
    language: Language,
) -> [String; COLUMNS.len()] {
    let stay_s = stop.departure.as_second() - stop.begins.unwrap_or(stop.arrival).as_second();
    let reason = reason::of_stop(stop, plan.window, zone, language);
    let (instead, instead_cell, instead_adds) = match &stop.instead {
        Some(Instead::Place { label, cell, gain }) => {
            (label.as_str(), cell.to_string(), format!("{gain:.4}"))
        }
        Some(Instead::Nothing) => ("", String::new(), "0".into()),
        None => ("", String::new(), String::new()),
    };
    [
        neutralised(plan.id.as_str()).into_owned(),
        plan.synthetic.to_string(),
        neutralised(route.unit.as_str()).into_owned(),
        neutralised(&route.call_sign).into_owned(),
        stop.number.to_string(),
        local_time(stop.arrival, zone),
        stop.begins
            .map_or_else(String::new, |at| local_time(at, zone)),
        local_time(stop.departure, zone),
        format!("{:.1}", stop.drive.0 / 60.0),
        format!("{:.1}", stay_s as f64 / 60.0),
        kind(&stop.reason, language).to_owned(),
        neutralised(&stop.label).into_owned(),
        format!("{:.6}", stop.position.lon()),
        format!("{:.6}", stop.position.lat()),
        stop.cell.map_or_else(String::new, |cell| cell.to_string()),
        format!("{:.4}", stop.gain),
        neutralised(&reason).into_owned(),
        neutralised(instead).into_owned(),
        instead_cell,
        instead_adds,
    ]
}

/// What a stop is for, in a word.
fn kind(reason: &StopReason, language: Language) -> &'static str {
    let (english, chinese) = match reason {
        StopReason::Risk { .. } => ("risk", "风险"),
        StopReason::MustVisit { .. } => ("must-visit", "必巡点"),
        StopReason::Break { .. } => ("break", "休整"),
    };
    match language {
        Language::English => english,
        Language::Chinese => chinese,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::exchange::plan_sheet_town::{plan, zone};

    const ENGLISH: CsvStyle = CsvStyle {
        language: Language::English,
        both_headers: false,
        byte_order_mark: false,
    };

    fn written(plan: &PatrolPlan, style: CsvStyle) -> String {
        String::from_utf8(plan_csv(plan, &zone(), style).unwrap()).unwrap()
    }

    fn fields(text: &str) -> Vec<Vec<String>> {
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let records = reader.records().map(Result::unwrap);
        records
            .map(|r| r.iter().map(str::to_owned).collect())
            .collect()
    }

    #[test]
    fn a_row_a_stop_with_local_times() {
        let plan = plan();
        let text = written(&plan, ENGLISH);
        assert!(text.starts_with("plan,synthetic,unit,call_sign,stop,arrive,"));
        let rows = fields(&text);
        let stops: usize = plan.routes.iter().map(|r| r.stops.len()).sum();
        assert_eq!(rows.len(), stops);
        let second = &rows[1];
        assert_eq!(second[5], "2026-10-31T22:30:00+08:00");
        assert_eq!(second[6], "2026-10-31T23:00:00+08:00");
        assert_eq!(second[7], "2026-10-31T23:10:00+08:00");
        // The wait is no stay.
        assert_eq!(second[9], "10.0");
        assert_eq!(second[10], "must-visit");
        assert!(second[16].contains("wait until 23:00"), "{}", second[16]);
    }

    #[test]
    fn for_excel_in_either_language_or_both() {
        let chinese = CsvStyle {
            language: Language::Chinese,
            byte_order_mark: true,
            ..ENGLISH
        };
        let text = written(&plan(), chinese);
        assert!(text.starts_with("\u{feff}方案编号,"), "{text}");
        assert!(text.contains("必巡点") && text.contains("预计警情"));
        let both = CsvStyle {
            both_headers: true,
            ..ENGLISH
        };
        assert!(written(&plan(), both).starts_with("plan 方案编号,synthetic 模拟数据,"));
    }

    #[test]
    fn what_is_not_met_has_a_file_of_its_own() {
        let mut plan = plan();
        plan.missed[0].name = "=1+1".into();
        let text = not_met_csv(&plan, &zone(), ENGLISH).unwrap();
        let text = String::from_utf8(text).unwrap();
        assert!(text.starts_with("plan,synthetic,kind,what\n"), "{text}");
        let rows = fields(&text);
        assert_eq!(rows.len(), not_met(&plan, &zone(), Language::English).len());
        assert!(
            rows.iter()
                .any(|row| row[2] == "not kept" && row[3].starts_with("'=1+1"))
        );
        plan.missed.clear();
        plan.left_out.clear();
        plan.obstacles.clear();
        plan.units_asked = None;
        let none = not_met_csv(&plan, &zone(), ENGLISH).unwrap();
        assert_eq!(none, b"plan,synthetic,kind,what\n");
    }

    proptest! {
        #[test]
        fn no_name_is_a_formula_and_none_is_lost(
            call_sign in "[=+@\\-\t \"',;\r\n＝＋－＠]{0,3}\\PC{0,8}",
            label in "[=+@\\-\t \"',;\r\n＝＋－＠]{0,3}\\PC{0,8}",
        ) {
            let mut plan = plan();
            plan.routes[0].call_sign = call_sign.clone();
            plan.routes[0].stops[0].label = label.clone();
            let rows = fields(&written(&plan, ENGLISH));
            for (column, name) in [(3, &call_sign), (11, &label)] {
                let cell = &rows[0][column];
                // As it is, or with one apostrophe more.
                prop_assert!(cell == name || *cell == format!("'{name}"), "{}", cell);
                let first = cell.trim_start().chars().next();
                prop_assert!(!first.is_some_and(|c| "=+-@＝＋－＠".contains(c)), "{}", cell);
                prop_assert!(!cell.starts_with(['\t', '\r', '\n']));
            }
        }
    }
}
