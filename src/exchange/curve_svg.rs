//! Curves of shares against shares as SVG: a Lorenz curve beside what chance would show.

use plotters::backend::SVGBackend;
use plotters::chart::{ChartBuilder, SeriesLabelPosition};
use plotters::drawing::{DrawingAreaErrorKind, IntoDrawingArea};
use plotters::element::{PathElement, Text};
use plotters::series::LineSeries;
use plotters::style::{Color, RGBColor, WHITE};

const SIZE: (u32, u32) = (720, 560);

const COLORS: [RGBColor; 3] = [
    RGBColor(0, 114, 178),
    RGBColor(213, 94, 0),
    RGBColor(120, 120, 120),
];

/// A named curve; both axes run from 0 to 1.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    /// In the legend.
    pub name: String,
    /// Points, left to right.
    pub points: Vec<(f64, f64)>,
}

/// Draws up to three curves, in a frame of 0 to 100 % each way.
///
/// # Errors
/// A sentence, where the drawing library fails.
pub fn curve_svg(
    title: &str,
    subtitle: &str,
    across: &str,
    up: &str,
    curves: &[Curve],
) -> Result<String, String> {
    let mut text = String::new();
    draw(&mut text, [title, subtitle], across, up, curves).map_err(|fault| fault.to_string())?;
    Ok(text)
}

fn draw(
    text: &mut String,
    titles: [&str; 2],
    across: &str,
    up: &str,
    curves: &[Curve],
) -> Result<(), DrawingAreaErrorKind<std::io::Error>> {
    let area = SVGBackend::with_string(text, SIZE).into_drawing_area();
    area.fill(&WHITE)?;
    area.draw(&Text::new(titles[0], (14, 10), ("sans-serif", 18)))?;
    area.draw(&Text::new(titles[1], (14, 36), ("sans-serif", 12)))?;
    let mut chart = ChartBuilder::on(&area)
        .margin(16)
        .margin_top(66)
        .x_label_area_size(44)
        .y_label_area_size(60)
        .build_cartesian_2d(0.0..1.0, 0.0..1.0)?;
    let percent = |share: &f64| format!("{:.0} %", share * 100.0);
    chart
        .configure_mesh()
        .light_line_style(RGBColor(240, 242, 245))
        .x_desc(across)
        .y_desc(up)
        .x_label_formatter(&percent)
        .y_label_formatter(&percent)
        .draw()?;
    for (curve, color) in curves.iter().zip(COLORS) {
        let points = curve.points.iter().copied();
        chart
            .draw_series(LineSeries::new(points, color.stroke_width(2)))?
            .label(&curve.name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], color.stroke_width(2)));
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::LowerRight)
        .background_style(WHITE)
        .border_style(RGBColor(200, 206, 216))
        .draw()?;
    area.present()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_and_none() {
        let curve = Curve {
            name: "观测 observed".into(),
            points: vec![(0.0, 0.0), (0.1, 0.5), (1.0, 1.0)],
        };
        let svg = curve_svg("Concentration", "Testtown", "cells", "incidents", &[curve]).unwrap();
        assert!(svg.contains("观测 observed") && svg.contains("50 %") && svg.contains("polyline"));
        assert!(curve_svg("", "", "", "", &[]).unwrap().contains("</svg>"));
    }
}
