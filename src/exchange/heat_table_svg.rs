//! A small table as SVG whose fields are tinted by how far they are above the standard: the
//! near-repeat table, distances down and times across.

use plotters::backend::SVGBackend;
use plotters::drawing::{DrawingAreaErrorKind, IntoDrawingArea};
use plotters::element::{PathElement, Rectangle, Text};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, IntoFont, RGBColor, WHITE};

const LEFT: i32 = 150;
const TOP: i32 = 116;
const FIELD: (i32, i32) = (150, 62);
const INK: RGBColor = RGBColor(27, 35, 48);
const WARM: RGBColor = RGBColor(213, 94, 0);

/// A table.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct HeatTable {
    /// Above it.
    pub title: String,
    /// Below the title.
    pub subtitle: String,
    /// Below the subtitle: how to read it.
    pub note: String,
    /// Names of the columns.
    pub columns: Vec<String>,
    /// Names of the rows.
    pub rows: Vec<String>,
    /// Fields, row by row.
    pub fields: Vec<HeatField>,
}

/// A field.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct HeatField {
    /// The figure.
    pub main: String,
    /// Below it, smaller.
    pub small: String,
    /// 0 (no tint) to 1.
    pub heat: f64,
    /// Framed: a finding.
    pub framed: bool,
}

/// Draws a table.
///
/// # Errors
/// A sentence, where the drawing library fails.
pub fn heat_table_svg(table: &HeatTable) -> Result<String, String> {
    let mut text = String::new();
    draw(&mut text, table).map_err(|fault| fault.to_string())?;
    Ok(text)
}

fn draw(text: &mut String, table: &HeatTable) -> Result<(), DrawingAreaErrorKind<std::io::Error>> {
    let (columns, rows) = (table.columns.len() as i32, table.rows.len() as i32);
    let width = (LEFT + FIELD.0 * columns + 20).max(720) as u32;
    let height = (TOP + FIELD.1 * rows + 20) as u32;
    let area = SVGBackend::with_string(text, (width, height)).into_drawing_area();
    area.fill(&WHITE)?;
    let words = |text: &str, at: (i32, i32), size: f64, side: HPos| {
        let style = ("sans-serif", size).into_font().color(&INK);
        area.draw(&Text::new(text, at, style.pos(Pos::new(side, VPos::Top))))
    };
    words(&table.title, (14, 10), 18.0, HPos::Left)?;
    words(&table.subtitle, (14, 36), 12.0, HPos::Left)?;
    words(&table.note, (14, 54), 12.0, HPos::Left)?;
    for (name, x) in table
        .columns
        .iter()
        .zip((LEFT + FIELD.0 / 2..).step_by(FIELD.0 as usize))
    {
        words(name, (x, TOP - 24), 13.0, HPos::Center)?;
    }
    for (name, y) in table
        .rows
        .iter()
        .zip((TOP + FIELD.1 / 2 - 8..).step_by(FIELD.1 as usize))
    {
        words(name, (LEFT - 12, y), 13.0, HPos::Right)?;
    }
    for (at, field) in (0..).zip(&table.fields) {
        let (row, column) = (at / columns.max(1), at % columns.max(1));
        let (x, y) = (LEFT + column * FIELD.0, TOP + row * FIELD.1);
        let corners = [(x + 2, y + 2), (x + FIELD.0 - 2, y + FIELD.1 - 2)];
        let heat = if field.heat.is_finite() {
            field.heat.clamp(0.0, 1.0)
        } else {
            0.0
        };
        area.draw(&Rectangle::new(corners, WARM.mix(0.75 * heat).filled()))?;
        let line = if field.framed { 3 } else { 1 };
        // A rectangle's line has no width in the library's SVG; a path's has.
        let [(left, top), (right, bottom)] = corners;
        let frame = [
            (left, top),
            (right, top),
            (right, bottom),
            (left, bottom),
            (left, top),
        ];
        area.draw(&PathElement::new(frame, INK.stroke_width(line)))?;
        words(&field.main, (x + FIELD.0 / 2, y + 12), 18.0, HPos::Center)?;
        words(&field.small, (x + FIELD.0 / 2, y + 38), 11.0, HPos::Center)?;
    }
    area.present()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_and_none() {
        let field = |main: &str, heat| HeatField {
            main: main.into(),
            small: "p 0.001".into(),
            heat,
            framed: true,
        };
        let table = HeatTable {
            title: "Near repeat 近重复".into(),
            columns: vec!["0–7 d".into(), "7–14 d".into()],
            rows: vec!["0–100 m".into()],
            fields: vec![field("2.31", 1.0), field("–", f64::NAN)],
            ..HeatTable::default()
        };
        let svg = heat_table_svg(&table).unwrap();
        assert!(svg.contains("2.31") && svg.contains("7–14 d") && !svg.contains("NaN"));
        assert!(
            heat_table_svg(&HeatTable::default())
                .unwrap()
                .contains("</svg>")
        );
    }
}
