//! A chart of rows as SVG: one row a beat or an area, with an interval and marks on a common
//! scale. What is compared reads along one line; what must be read against a standard has a
//! line through all rows.

use plotters::backend::SVGBackend;
use plotters::drawing::{DrawingArea, DrawingAreaErrorKind, IntoDrawingArea};
use plotters::element::{Circle, PathElement, Text};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, IntoFont, RGBColor, WHITE};

const WIDTH: u32 = 860;
const LABELS: i32 = 240;
const RIGHT: i32 = 40;
/// In ASCII characters.
const WIDEST_LABEL: u32 = 32;
const TOP: i32 = 84;
const ROW: i32 = 24;
const BOTTOM: i32 = 46;
const FONT: &str = "sans-serif";
const INK: RGBColor = RGBColor(27, 35, 48);
const FAINT: RGBColor = RGBColor(200, 206, 216);
/// Okabe and Ito's blue, vermilion and bluish green: told apart by colour-blind eyes; the
/// shapes differ too.
const SERIES: [RGBColor; 4] = [
    RGBColor(0, 114, 178),
    RGBColor(213, 94, 0),
    RGBColor(0, 158, 115),
    RGBColor(120, 120, 120),
];

/// A chart.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RowChart {
    /// Above it.
    pub title: String,
    /// Below the title: what it is of.
    pub subtitle: String,
    /// Below the scale.
    pub scale: String,
    /// Names of the marks, in the order of [`ChartRow::marks`]; at most four.
    pub series: Vec<String>,
    /// Rows, topmost first.
    pub rows: Vec<ChartRow>,
    /// A line through all rows: no change.
    pub standard: Option<f64>,
    /// Whether equal steps are equal factors.
    pub logarithmic: bool,
}

/// A row.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ChartRow {
    /// On its left.
    pub label: String,
    /// From, to; ends beyond the scale are cut at its edge.
    pub interval: Option<(f64, f64)>,
    /// One a series.
    pub marks: Vec<Option<f64>>,
    /// Drawn bold: a finding.
    pub bold: bool,
}

type Area<'a> = DrawingArea<SVGBackend<'a>, plotters::coord::Shift>;

/// Draws a chart.
///
/// # Errors
/// A sentence, where the drawing library fails.
pub fn row_chart_svg(chart: &RowChart) -> Result<String, String> {
    let height = (TOP + BOTTOM + ROW * chart.rows.len() as i32) as u32;
    let mut text = String::new();
    let drawn = {
        let area = SVGBackend::with_string(&mut text, (WIDTH, height)).into_drawing_area();
        draw(&area, chart, height as i32)
    };
    drawn.map_err(|fault| fault.to_string())?;
    Ok(text)
}

type Drawn = Result<(), DrawingAreaErrorKind<std::io::Error>>;

fn draw(area: &Area<'_>, chart: &RowChart, height: i32) -> Drawn {
    area.fill(&WHITE)?;
    let scale = Scale::of(chart);
    words(area, &chart.title, (14, 10), 18.0, HPos::Left)?;
    words(area, &chart.subtitle, (14, 34), 12.0, HPos::Left)?;
    let mut x = 14;
    for (place, name) in chart.series.iter().enumerate() {
        draw_mark(area, place, (x + 5, 64), 4)?;
        words(area, name, (x + 14, 57), 12.0, HPos::Left)?;
        x += 30
            + 8 * name
                .chars()
                .map(|c| if c.is_ascii() { 1 } else { 2 })
                .sum::<i32>();
    }
    let base = height - BOTTOM;
    for tick in scale.ticks() {
        let x = scale.x(tick);
        area.draw(&PathElement::new([(x, TOP - 6), (x, base)], FAINT))?;
        words(area, &short(tick), (x, base + 4), 11.0, HPos::Center)?;
    }
    words(
        area,
        &chart.scale,
        (scale.middle(), base + 22),
        12.0,
        HPos::Center,
    )?;
    if let Some(standard) = chart.standard {
        let x = scale.x(standard);
        area.draw(&PathElement::new(
            [(x, TOP - 6), (x, base)],
            INK.stroke_width(1),
        ))?;
    }
    for (row, y) in chart
        .rows
        .iter()
        .zip((TOP + ROW / 2..).step_by(ROW as usize))
    {
        draw_row(area, row, y, &scale)?;
    }
    area.present()
}

fn draw_row(area: &Area<'_>, row: &ChartRow, y: i32, scale: &Scale) -> Drawn {
    let label = cut(&row.label);
    let label = if row.bold {
        format!("● {label}")
    } else {
        label
    };
    words(area, &label, (LABELS - 12, y - 8), 13.0, HPos::Right)?;
    let width = if row.bold { 3 } else { 1 };
    if let Some((low, high)) = row.interval {
        let line = [(scale.x(low), y), (scale.x(high), y)];
        area.draw(&PathElement::new(line, SERIES[0].stroke_width(width)))?;
    }
    for (place, mark) in row.marks.iter().enumerate() {
        let Some(x) = mark.filter(|m| scale.shows(*m)).map(|m| scale.x(m)) else {
            continue;
        };
        let size = if row.bold { 6 } else { 4 };
        draw_mark(area, place, (x, y), size)?;
    }
    Ok(())
}

/// The mark of a series: shapes differ as well as colours.
fn draw_mark(area: &Area<'_>, place: usize, (x, y): (i32, i32), size: i32) -> Drawn {
    let color = SERIES[place % SERIES.len()];
    match place {
        0 => area.draw(&Circle::new((x, y), size, color.filled())),
        1 => area.draw(&Circle::new((x, y), size, color.stroke_width(2))),
        _ => {
            let corners = [(x, y - 5), (x + 5, y), (x, y + 5), (x - 5, y), (x, y - 5)];
            area.draw(&PathElement::new(corners, color.stroke_width(2)))
        }
    }
}

/// What fits beside the rows; Chinese characters are twice as wide.
fn cut(label: &str) -> String {
    let mut wide = 0;
    let fits = |c: &char| {
        wide += if c.is_ascii() { 1 } else { 2 };
        wide <= WIDEST_LABEL
    };
    label.chars().take_while(fits).collect()
}

fn words(area: &Area<'_>, text: &str, at: (i32, i32), size: f64, side: HPos) -> Drawn {
    let style = (FONT, size)
        .into_font()
        .color(&INK)
        .pos(Pos::new(side, VPos::Top));
    area.draw(&Text::new(text, at, style))
}

/// A number as an axis shows it.
pub fn short(value: f64) -> String {
    let digits = match value.abs() {
        v if v >= 10.0 || v == 0.0 => 0,
        v if v >= 1.0 => 1,
        v if v >= 0.1 => 2,
        _ => 3,
    };
    let text = format!("{value:.digits$}");
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

/// Values to places.
struct Scale {
    low: f64,
    high: f64,
    logarithmic: bool,
}

impl Scale {
    fn of(chart: &RowChart) -> Self {
        let usable = |v: &f64| v.is_finite() && (!chart.logarithmic || *v > 0.0);
        let marks = chart
            .rows
            .iter()
            .flat_map(|r| r.marks.iter().flatten().copied());
        let ends = chart
            .rows
            .iter()
            .filter_map(|r| r.interval)
            .flat_map(|i| [i.0, i.1]);
        let all: Vec<f64> = marks
            .chain(ends)
            .chain(chart.standard)
            .filter(usable)
            .collect();
        let low = all.iter().copied().fold(f64::INFINITY, f64::min);
        let high = all.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let (low, high) = match chart.logarithmic {
            // No more than a factor of 20 either way: beyond, intervals say "unknown".
            true => (low.clamp(0.05, 0.8), high.clamp(1.25, 20.0)),
            false => (
                low.min(0.0),
                if high > low.min(0.0) {
                    high
                } else {
                    low.min(0.0) + 1.0
                },
            ),
        };
        Self {
            low,
            high,
            logarithmic: chart.logarithmic,
        }
    }

    fn shows(&self, value: f64) -> bool {
        value.is_finite() && (!self.logarithmic || value > 0.0)
    }

    fn x(&self, value: f64) -> i32 {
        let place = |v: f64| {
            if self.logarithmic {
                v.max(1e-9).ln()
            } else {
                v
            }
        };
        let share = (place(value) - place(self.low)) / (place(self.high) - place(self.low));
        let share = if share.is_finite() {
            share.clamp(0.0, 1.0)
        } else {
            1.0
        };
        LABELS + (share * f64::from(WIDTH as i32 - RIGHT - LABELS)).round() as i32
    }

    fn middle(&self) -> i32 {
        i32::midpoint(LABELS, WIDTH as i32 - RIGHT)
    }

    fn ticks(&self) -> Vec<f64> {
        if self.logarithmic {
            let nice = [0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0];
            return nice
                .into_iter()
                .filter(|t| (self.low..=self.high).contains(t))
                .collect();
        }
        let rough = (self.high - self.low) / 6.0;
        let power = 10f64.powf(rough.log10().floor());
        let step = [1.0, 2.0, 5.0, 10.0]
            .map(|s| s * power)
            .into_iter()
            .find(|s| *s >= rough)
            .unwrap_or(rough);
        let first = (self.low / step).ceil() as i64;
        let last = (self.high / step).floor() as i64;
        (first..=last).map(|i| i as f64 * step).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_marks_and_odd_values_are_drawn() {
        let rows = vec![
            ChartRow {
                label: "第3警务区 <&>".into(),
                interval: Some((0.5, 3.0)),
                marks: vec![Some(1.2), None],
                bold: true,
            },
            ChartRow {
                label: "Beat 4".into(),
                interval: Some((0.0, f64::INFINITY)),
                marks: vec![Some(f64::NAN), Some(0.0)],
                bold: false,
            },
        ];
        for logarithmic in [true, false] {
            let chart = RowChart {
                title: "Year on year".into(),
                series: vec!["now".into(), "earlier".into()],
                rows: rows.clone(),
                standard: Some(1.0),
                logarithmic,
                ..RowChart::default()
            };
            let svg = row_chart_svg(&chart).unwrap();
            assert!(svg.starts_with("<svg") && svg.trim_end().ends_with("</svg>"));
            assert!(svg.contains("第3警务区 &lt;&amp;&gt;") && !svg.contains("NaN"));
        }
    }

    #[test]
    fn no_rows_or_only_zeros() {
        assert!(
            row_chart_svg(&RowChart::default())
                .unwrap()
                .contains("</svg>")
        );
        let zero = ChartRow {
            marks: vec![Some(0.0)],
            ..ChartRow::default()
        };
        let chart = RowChart {
            rows: vec![zero],
            ..RowChart::default()
        };
        assert!(!row_chart_svg(&chart).unwrap().contains("NaN"));
        assert_eq!(
            ["0", "0.05", "2.5", "12"],
            [0.0, 0.05, 2.5, 12.0]
                .map(short)
                .each_ref()
                .map(String::as_str)
        );
    }
}
