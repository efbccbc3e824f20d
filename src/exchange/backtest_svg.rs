//! A backtest as a picture: hit rate against flagged area, a line a model with its
//! interval, and below it whether what was expected came true, tenth by tenth.

use plotters::coord::Shift;
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::{
    BLACK, Cartesian2d, ChartBuilder, ChartContext, Circle, Color, DrawingArea, IntoDrawingArea,
    IntoFont, LineSeries, PathElement, RGBColor, SVGBackend, SeriesLabelPosition, WHITE,
};
use thiserror::Error;

use crate::risk::backtest::{Backtest, Figure, Record, estimate};
use crate::risk::bootstrap::Estimate;

const SIZE: (u32, u32) = (1000, 1100);

/// Safe for colour-blind eyes (Okabe & Ito 2008); with more models than colours they come
/// again, so ask for a few.
const COLOURS: [RGBColor; 7] = [
    RGBColor(0, 114, 178),
    RGBColor(230, 159, 0),
    RGBColor(0, 158, 115),
    RGBColor(213, 94, 0),
    RGBColor(86, 180, 233),
    RGBColor(204, 121, 167),
    RGBColor(0, 0, 0),
];

/// Why there is no picture.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the picture can't be drawn: {0}")]
pub struct DrawError(String);

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Chart<'a, 'b> = ChartContext<'a, SVGBackend<'b>, Cartesian2d<RangedCoordf64, RangedCoordf64>>;

/// Draws the picture.
///
/// # Errors
/// [`DrawError`].
pub fn backtest_svg(found: &Backtest) -> Result<String, DrawError> {
    let mut svg = String::new();
    {
        let root = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
        root.fill(&WHITE).map_err(drawn)?;
        let (above, below) = root.split_vertically(620);
        hit_rates(found, &above)?;
        calibration(found, &below)?;
        root.present().map_err(drawn)?;
    }
    Ok(svg)
}

fn hit_rates(found: &Backtest, area: &Area<'_>) -> Result<(), DrawError> {
    let lines: Vec<(&Record, Vec<(f64, Estimate)>)> =
        found.records.iter().map(|r| (r, line(found, r))).collect();
    let points = || lines.iter().flat_map(|(_, line)| line);
    let most_x = points().map(|p| p.0).fold(0.1, f64::max) * 1.08;
    let most_y = points()
        .map(|p| p.1.spread.map_or(p.1.value, |s| s.high) * 100.0)
        .fold(1.0, f64::max)
        * 1.05;
    let mut chart = chart(
        area,
        &format!(
            "{}Hit rate by flagged area, with 95 % of the draws of weeks",
            mark(found)
        ),
        (most_x, most_y),
        ("flagged, % of the area", "hit rate, % of incidents"),
    )?;
    for (i, (record, line)) in lines.iter().enumerate() {
        let colour = COLOURS[i % COLOURS.len()];
        chart
            .draw_series(LineSeries::new(
                line.iter().map(|(x, e)| (*x, e.value * 100.0)),
                colour.stroke_width(2),
            ))
            .map_err(drawn)?
            .label(record.name.clone())
            .legend(move |(x, y)| PathElement::new(vec![(x, y), (x + 18, y)], colour));
        chart
            .draw_series(line.iter().filter_map(|(x, e)| {
                let (low, high) = e.spread.map(|s| (s.low * 100.0, s.high * 100.0))?;
                Some(PathElement::new(vec![(*x, low), (*x, high)], colour))
            }))
            .map_err(drawn)?;
    }
    legend(&mut chart)
}

fn line(found: &Backtest, record: &Record) -> Vec<(f64, Estimate)> {
    let mut line: Vec<(f64, Estimate)> = (0..found.flagged.len())
        .filter_map(|i| {
            let flagged = record.windows.first()?.flagged[i];
            let share = 100.0 * flagged.km2 / flagged.whole_km2;
            Some((share, estimate(record, Figure::HitRate(i))?))
        })
        .collect();
    line.sort_by(|a, b| a.0.total_cmp(&b.0));
    line
}

/// What came true of what was expected, from the hottest tenth of the expectation down.
fn calibration(found: &Backtest, area: &Area<'_>) -> Result<(), DrawError> {
    let ratios = |record: &Record| -> Vec<(f64, f64)> {
        let tenths = record.deciles.iter().zip(1u8..);
        tenths
            .filter(|(d, _)| d.expected > 0.0)
            .map(|(d, tenth)| (f64::from(tenth), d.observed / d.expected))
            .collect()
    };
    let most = found.records.iter().flat_map(ratios).map(|p| p.1);
    let most = most.fold(1.5, f64::max).min(5.0) * 1.08;
    let mut chart = chart(
        area,
        "Observed over expected incidents, by tenths of the expectation (1: the hottest cells)",
        (10.6, most),
        ("tenth of what was expected", "observed / expected"),
    )?;
    chart
        .draw_series(LineSeries::new([(0.0, 1.0), (10.6, 1.0)], BLACK.mix(0.3)))
        .map_err(drawn)?;
    for (i, record) in found.records.iter().enumerate() {
        let colour = COLOURS[i % COLOURS.len()];
        chart
            .draw_series(LineSeries::new(ratios(record), colour.stroke_width(2)).point_size(4))
            .map_err(drawn)?
            .label(record.name.clone())
            .legend(move |(x, y)| Circle::new((x + 9, y), 4, colour));
    }
    legend(&mut chart)
}

fn chart<'a, 'b>(
    area: &'a Area<'b>,
    title: &str,
    (most_x, most_y): (f64, f64),
    (x, y): (&str, &str),
) -> Result<Chart<'a, 'b>, DrawError> {
    let mut chart = ChartBuilder::on(area)
        .caption(title, ("sans-serif", 20).into_font())
        .margin(14)
        .x_label_area_size(44)
        .y_label_area_size(64)
        .build_cartesian_2d(0.0..most_x, 0.0..most_y)
        .map_err(drawn)?;
    chart
        .configure_mesh()
        .light_line_style(WHITE)
        .x_desc(x)
        .y_desc(y)
        .draw()
        .map_err(drawn)?;
    Ok(chart)
}

fn legend<'a, 'b: 'a>(chart: &mut Chart<'a, 'b>) -> Result<(), DrawError> {
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperLeft)
        .background_style(WHITE.mix(0.85))
        .border_style(BLACK.mix(0.3))
        .draw()
        .map_err(drawn)
}

fn mark(found: &Backtest) -> &'static str {
    if found.synthetic {
        "SYNTHETIC 模拟数据 · "
    } else {
        ""
    }
}

fn drawn(fault: impl std::fmt::Display) -> DrawError {
    DrawError(fault.to_string())
}
