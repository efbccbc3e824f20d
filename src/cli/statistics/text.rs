//! What is printed of each answer.

use crate::app::statistics::before_after::{BeforeAfterReport, DifferenceBody};
use crate::app::statistics::concentration::ConcentrationReport;
use crate::app::statistics::fairness::FairnessReport;
use crate::app::statistics::hot_spots::HotSpotsReport;
use crate::app::statistics::near_repeat::NearRepeatReport;
use crate::app::statistics::report::Report;
use crate::app::statistics::selection::About;
use crate::app::statistics::unusual::UnusualReport;
use crate::app::statistics::year_on_year::{YearOnYearReport, YearOnYearRow};
use crate::cli::statistics::notes_of;

/// Most rows printed; the files have all of them.
const TOP: usize = 20;

/// The answer as lines.
pub fn of(report: &Report) -> String {
    let mut lines = match report {
        Report::HotSpots(r) => hot_spots(r),
        Report::NearRepeat(r) => near_repeat(r),
        Report::YearOnYear(r) => year_on_year(r),
        Report::BeforeAfter(r) => before_after(r),
        Report::Unusual(r) => unusual(r),
        Report::Concentration(r) => concentration(r),
        Report::Fairness(r) => fairness(r),
    };
    lines.extend(notes_of(report).iter().map(|note| format!("note: {note}")));
    lines.join("\n") + "\n"
}

fn about(about: &About) -> Vec<String> {
    let mut lines = Vec::new();
    if about.synthetic {
        lines.push("SYNTHETIC 模拟数据".to_owned());
    }
    let categories = match about.categories.as_slice() {
        [] => String::new(),
        codes => format!(" of {}", codes.join(", ")),
    };
    lines.push(format!(
        "{}: {} incidents{categories}, {} to {}",
        about.district, about.incidents, about.start, about.end
    ));
    if !about.quarantines.is_empty() {
        lines.push(format!(
            "left out: quarantine {}",
            about.quarantines.join(", ")
        ));
    }
    if about.include_patrol_discovered {
        lines.push("what patrols discovered counts too".to_owned());
    }
    lines
}

fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

fn optional(value: Option<f64>) -> String {
    value.map_or("–".into(), |v| format!("{v:.2}"))
}

fn mark(found: bool) -> &'static str {
    if found { "*" } else { " " }
}

fn hot_spots(r: &HotSpotsReport) -> Vec<String> {
    let mut lines = about(&r.about);
    lines.push(format!(
        "{} hot spots of {} cells among {}; {} cold cells (Gi*, Benjamini-Hochberg at {})",
        r.spots.len(),
        r.hot_cells,
        r.cells,
        r.cold_cells,
        r.false_discovery_rate
    ));
    if !r.spots.is_empty() {
        lines.push("  no  incidents  expected  of all   km²    Gi*  p perm.  where".into());
    }
    for s in r.spots.iter().take(TOP) {
        lines.push(format!(
            "{:4}  {:9}  {:8.1}  {:>6}  {:5.2}  {:5.1}  {:7.3}  {}",
            s.number,
            s.observed,
            s.expected,
            percent(s.share),
            s.area_km2,
            s.peak_z,
            s.peak_p_permuted,
            s.name_en
        ));
    }
    if r.spots.len() > TOP {
        lines.push(format!(
            "and {} more (--out writes all)",
            r.spots.len() - TOP
        ));
    }
    lines
}

fn near_repeat(r: &NearRepeatReport) -> Vec<String> {
    let mut lines = about(&r.about);
    lines.push(format!(
        "{} pairs near each other; times shuffled {} times; * p ≤ 0.05",
        r.near_pairs, r.permutations
    ));
    lines.push("distance     apart      pairs  expected  ratio      p".into());
    for f in &r.fields {
        lines.push(format!(
            "{:11}  {:8}  {:6}  {:8.1}  {:>5}  {:.3} {}",
            f.distance(),
            f.time(),
            f.observed,
            f.expected,
            optional(f.ratio),
            f.p,
            mark(f.is_finding())
        ));
    }
    lines
}

fn year_on_year(r: &YearOnYearReport) -> Vec<String> {
    let mut lines = about(&r.about);
    lines.push(format!(
        "against {} to {}; * stands out",
        r.earlier_start, r.earlier_end
    ));
    lines.push("   now  earlier  ratio  95 % interval       p".into());
    for row in &r.rows {
        lines.push(format!("{} {}", ratio_line(row), row_name(row)));
    }
    lines
}

fn ratio_line(row: &YearOnYearRow) -> String {
    format!(
        "{:6}  {:7}  {:>5}  {:5.2} to {:>5}  {:.4} {}",
        row.now,
        row.earlier,
        optional(row.ratio),
        row.low,
        optional(row.high),
        row.p,
        mark(row.stands_out)
    )
}

fn row_name(row: &YearOnYearRow) -> String {
    match row.kind.as_str() {
        "district" => row.name.clone(),
        "category" => format!("category {}", row.id),
        _ => row.name.clone(),
    }
}

fn before_after(r: &BeforeAfterReport) -> Vec<String> {
    let mut lines = about(&r.about);
    lines.push(format!("before: {} to {}", r.before_start, r.before_end));
    lines.push("before  after  where".into());
    for row in &r.rows {
        lines.push(format!(
            "{:6}  {:5}  {} ({})",
            row.before,
            row.after,
            row.role.replace('_', "'s "),
            row.areas.join(", ")
        ));
    }
    let difference = |name: &str, d: &DifferenceBody| {
        format!(
            "{name}: {:+.1} incidents beyond the control's change, 90 % interval {:+.1} to {:+.1}, standard error {:.1}, p {:.3}",
            d.estimate, d.low, d.high, d.standard_error, d.p
        )
    };
    lines.push(difference("treated (WDD)", &r.local));
    if let Some(displaced) = &r.displaced {
        lines.push(difference("buffer", displaced));
        lines.push(difference("net", &r.total));
    }
    lines.push(match (&r.wdq, &r.wdq_undefined) {
        (Some(q), _) => format!("displacement quotient (WDQ): {q:.2}, {}", quotient(*q)),
        (None, Some(why)) => format!("no displacement quotient: {why}"),
        (None, None) => String::new(),
    });
    lines
}

/// What a quotient says (Bowers & Johnson 2003, table 1).
fn quotient(q: f64) -> &'static str {
    match q {
        q if q > 1.0 => "the buffer gained more than the treated area",
        q if q > 0.0 => "the buffer gained too",
        0.0 => "nothing moved",
        q if q > -1.0 => "some moved, fewer than were prevented",
        _ => "as many moved as were prevented, or more",
    }
}

fn unusual(r: &UnusualReport) -> Vec<String> {
    let mut lines = about(&r.about);
    lines.push(format!(
        "the {} days from {}; * stands out",
        r.window_days, r.now_start
    ));
    lines.push("   now   usual  p window  p in all".into());
    for row in r.rows.iter().take(TOP) {
        lines.push(format!(
            "{:6}  {:6.1}    {:.4}    {:.4} {} {}",
            row.now,
            row.usual,
            row.p_window,
            row.p_scan,
            mark(row.stands_out),
            row.name
        ));
    }
    if r.rows.len() > TOP {
        lines.push(format!(
            "and {} more (--out writes all)",
            r.rows.len() - TOP
        ));
    }
    lines
}

fn concentration(r: &ConcentrationReport) -> Vec<String> {
    let mut lines = about(&r.about);
    lines.push(format!(
        "{} of {} cells have an incident",
        r.cells_with_any, r.cells
    ));
    for held in &r.held {
        if let (Some(cells), Some(by_chance)) = (held.cells, held.cells_by_chance) {
            lines.push(format!(
                "{:.0} % of the incidents are in {:.2} % of the cells; by chance alone: {:.2} %",
                held.incidents * 100.0,
                cells * 100.0,
                by_chance * 100.0
            ));
        }
    }
    if let (Some(gini), Some(adjusted)) = (r.gini, r.gini_adjusted) {
        lines.push(format!(
            "Gini {gini:.3}, adjusted for so few incidents {adjusted:.3}"
        ));
    }
    lines
}

fn fairness(r: &FairnessReport) -> Vec<String> {
    let mut lines = about(&r.about);
    lines.push(format!(
        "{} for {} to {}; * lopsided",
        r.model, r.window_start, r.window_end
    ));
    lines.push("forecast  incidents  ground  people  ratio".into());
    for b in &r.beats {
        let people = b.population_share.map_or("–".into(), percent);
        lines.push(format!(
            "{:>8}  {:>9}  {:>6}  {:>6}  {:>5} {} {}",
            percent(b.forecast_share),
            percent(b.incident_share),
            percent(b.area_share),
            people,
            optional(b.ratio),
            mark(b.lopsided),
            b.name
        ));
    }
    lines.push(format!(
        "to agree with the incidents {} of the forecast would have to move, with the ground {}{}",
        percent(r.from_incidents),
        percent(r.from_area),
        r.from_population.map_or(String::new(), |p| format!(
            ", with the people {}",
            percent(p)
        ))
    ));
    lines
}
