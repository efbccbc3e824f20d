//! What the signs on a route sheet's maps stand for, as drawings to stand under them.

use std::fmt::Write;

use crate::exchange::cell_map_svg::escaped;
use crate::exchange::map_ground_svg::stroke;
use crate::exchange::plan_sheet_frame::WIDTH;
use crate::exchange::plan_sheet_labels::{Slot, text_width};
use crate::exchange::plan_sheet_map::{Mark, NUMBER_SIZE, pill};
use crate::exchange::plan_sheet_words::Words;

/// Height of a legend's drawing.
pub const LEGEND_HEIGHT: f64 = 44.0;

/// What the signs on one unit's map stand for, as a drawing to stand under it.
pub fn route_legend(words: &Words) -> String {
    let mut row = LegendRow::new();
    let pill = |mark| {
        move |svg: &mut String, x: f64| {
            let slot = Slot {
                x,
                y: 8.0,
                width: 44.0,
                height: 28.0,
            };
            pill(svg, &slot, "", mark);
        }
    };
    row.item(words.risk_stop, pill(Mark::Risk));
    row.item(words.must_visit, pill(Mark::MustVisit));
    row.item(words.rest, pill(Mark::Break));
    row.item(words.start, |svg, x| sign(svg, x, "M0-13L12 9H-12Z"));
    row.item(words.finish, |svg, x| sign(svg, x, "M-9-9H9V9H-9Z"));
    row.finish()
}

/// What the lines on the map of all rounds stand for, as a drawing to stand under it.
pub fn overview_legend(words: &Words) -> String {
    let line = |svg: &mut String, x: f64, style: String| {
        let _ = write!(svg, "<path {style} d=\"M{x:.0} 22h44\"/>");
    };
    let mut row = LegendRow::new();
    row.item(words.round, |svg, x| line(svg, x, stroke("#000", 5)));
    row.item(words.stop, |svg, x| {
        let _ = write!(svg, "<circle cx=\"{:.0}\" cy=\"22\" r=\"5\"/>", x + 22.0);
    });
    let edge = format!("{} stroke-dasharray=\"18 8 4 8\"", stroke("#777", 4));
    row.item(words.edge, |svg, x| line(svg, x, edge));
    row.item(words.water, |svg, x| {
        let _ = write!(
            svg,
            "<rect x=\"{x:.0}\" y=\"8\" width=\"44\" height=\"28\" fill=\"#e3e6e8\"/>"
        );
    });
    row.finish()
}

/// Signs with their words, one beside the other.
struct LegendRow {
    svg: String,
    x: f64,
}

impl LegendRow {
    fn new() -> Self {
        Self {
            svg: format!(
                "<svg viewBox=\"0 0 {WIDTH} {LEGEND_HEIGHT}\" font-family=\"sans-serif\">"
            ),
            x: 6.0,
        }
    }

    fn item(&mut self, word: &str, draw: impl FnOnce(&mut String, f64)) {
        draw(&mut self.svg, self.x);
        let x = self.x + 54.0;
        let _ = write!(
            self.svg,
            "<text x=\"{x:.0}\" y=\"31\" font-size=\"{NUMBER_SIZE}\">{}</text>",
            escaped(word)
        );
        self.x = x + text_width(word, NUMBER_SIZE) + 34.0;
    }

    fn finish(mut self) -> String {
        self.svg.push_str("</svg>");
        self.svg
    }
}

fn sign(svg: &mut String, x: f64, shape: &str) {
    let _ = write!(
        svg,
        "<path transform=\"translate({:.0} 22)\" d=\"{shape}\"/>",
        x + 26.0
    );
}
