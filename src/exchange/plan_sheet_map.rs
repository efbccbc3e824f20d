//! The map drawings of a route sheet, as SVG within the page: streets in grey, the way in
//! black, stops by number, a north arrow and a scale. Legible in black and white.

use std::fmt::Write;

use crate::exchange::cell_map_svg::escaped;
use crate::exchange::map_ground_svg::{
    finish_drawing, furniture, haloed, street_names, stroke, terrain,
};
use crate::exchange::plan_sheet::SheetGround;
use crate::exchange::plan_sheet_frame::{Frame, HEIGHT, WIDTH};
use crate::exchange::plan_sheet_labels::{Labels, Slot, text_width};
use crate::exchange::plan_sheet_words::Words;
use crate::patrol::plan::{PatrolPlan, PatrolRoute, StopReason};
use crate::place::position::Position;

/// Size of what is written on the way.
pub const NUMBER_SIZE: f64 = 26.0;
/// Stops nearer than this share a label.
const SAME_PLACE: f64 = 9.0;
/// Numbers in one label.
const MOST_NUMBERS: usize = 6;
/// Styles of lines that lie in one drawing, told apart without colour.
const DASHES: [&str; 6] = ["", "22 8", "6 8", "22 8 6 8", "12 10", "34 8 6 8 6 8"];

/// What a label on the way stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mark {
    /// Risk is high there.
    Risk,
    /// The unit has its break.
    Break,
    /// It must be there.
    MustVisit,
}

struct Pin {
    at: (f64, f64),
    numbers: Vec<u32>,
    mark: Mark,
}

/// One unit's way with its numbered stops.
pub fn route_map(route: &PatrolRoute, ground: &SheetGround<'_>, words: &Words) -> String {
    let mut all = vec![route.start];
    all.extend(&route.line);
    all.extend(route.stops.iter().map(|s| s.position));
    all.extend(route.finish.iter().map(|f| f.position));
    let frame = Frame::of(&all);
    let mut svg = opened(&format!("{} {}", words.map_of, route.call_sign));
    let names = terrain(&mut svg, &frame, ground);
    line(&mut svg, &frame, route, "");
    let mut labels = Labels::new(sheet());
    furniture(&mut labels, &frame);
    let drawn = frame.line(&route.line);
    labels.spare(Frame::sampled(&drawn));

    let start = frame.at(route.start);
    let finish = route.finish.as_ref().map(|f| frame.at(f.position));
    let pins = pins(route, &frame);
    for &point in pins.iter().map(|p| &p.at).chain([&start]).chain(&finish) {
        labels.take(Slot::about(point, 14.0, 14.0));
    }
    for pin in &pins {
        place_pin(&mut svg, &mut labels, pin);
    }
    end_mark(&mut svg, &mut labels, start, words.start, "M0-13L12 9H-12Z");
    if let Some(finish) = finish {
        end_mark(&mut svg, &mut labels, finish, words.finish, "M-9-9H9V9H-9Z");
    }
    street_names(&mut svg, &mut labels, &names, &frame);
    finish_drawing(&mut svg, &frame, words);
    svg
}

/// All units' ways, each with its call sign.
pub fn overview_map(plan: &PatrolPlan, ground: &SheetGround<'_>, words: &Words) -> String {
    let all: Vec<Position> = plan
        .routes
        .iter()
        .flat_map(|r| std::iter::once(r.start).chain(r.line.iter().copied()))
        .collect();
    let frame = Frame::of(&all);
    let mut svg = opened(words.map_of_all);
    terrain(&mut svg, &frame, ground);
    let mut labels = Labels::new(sheet());
    furniture(&mut labels, &frame);
    for (route, dashes) in plan.routes.iter().zip(DASHES.iter().cycle()) {
        line(&mut svg, &frame, route, dashes);
        labels.spare(Frame::sampled(&frame.line(&route.line)));
    }
    for route in &plan.routes {
        for stop in &route.stops {
            let (x, y) = frame.at(stop.position);
            let _ = write!(svg, "<circle cx=\"{x:.0}\" cy=\"{y:.0}\" r=\"4\"/>");
        }
    }
    for route in &plan.routes {
        // Units start together; in the middle of their rounds they are apart.
        let middle = route.stops.get(route.stops.len() / 2);
        let at = frame.at(middle.map_or(route.start, |s| s.position));
        let width = text_width(&route.call_sign, NUMBER_SIZE) + 14.0;
        if let Some(slot) = labels.beside(at, width, 34.0) {
            leader(&mut svg, at, &slot);
            pill(&mut svg, &slot, &route.call_sign, Mark::Risk);
        }
    }
    finish_drawing(&mut svg, &frame, words);
    svg
}

fn sheet() -> Slot {
    Slot {
        x: 4.0,
        y: 4.0,
        width: WIDTH - 8.0,
        height: HEIGHT - 8.0,
    }
}

fn opened(title: &str) -> String {
    format!(
        "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{}\" \
         font-family=\"sans-serif\" stroke-linejoin=\"round\" stroke-linecap=\"round\">\
         <rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"#fff\"/>",
        escaped(title)
    )
}

fn line(svg: &mut String, frame: &Frame, route: &PatrolRoute, dashes: &str) {
    let mut path = String::new();
    frame.draw_line(&route.line, &mut path);
    if path.is_empty() {
        return;
    }
    let dashes = match dashes {
        "" => String::new(),
        some => format!(" stroke-dasharray=\"{some}\""),
    };
    // A white edge keeps it apart from the streets.
    let _ = write!(
        svg,
        "<path {} d=\"{path}\"/><path {}{dashes} d=\"{path}\"/>",
        stroke("#fff", 11),
        stroke("#000", 5)
    );
}

/// Stops at the same place share a label.
fn pins(route: &PatrolRoute, frame: &Frame) -> Vec<Pin> {
    let mut pins: Vec<Pin> = Vec::new();
    for stop in &route.stops {
        let at = frame.at(stop.position);
        let mark = match stop.reason {
            StopReason::Risk { .. } => Mark::Risk,
            StopReason::MustVisit { .. } => Mark::MustVisit,
            StopReason::Break { .. } => Mark::Break,
        };
        let near = |p: &&mut Pin| (p.at.0 - at.0).hypot(p.at.1 - at.1) < SAME_PLACE;
        match pins.iter_mut().find(near) {
            Some(pin) => {
                pin.numbers.push(stop.number);
                pin.mark = pin.mark.max(mark);
            }
            None => pins.push(Pin {
                at,
                numbers: vec![stop.number],
                mark,
            }),
        }
    }
    pins
}

fn place_pin(svg: &mut String, labels: &mut Labels, pin: &Pin) {
    let numbers = pin.numbers.iter().take(MOST_NUMBERS);
    let mut text = numbers.map(u32::to_string).collect::<Vec<_>>().join("·");
    if pin.numbers.len() > MOST_NUMBERS {
        text.push('…');
    }
    let width = (text_width(&text, NUMBER_SIZE) + 16.0).max(36.0);
    let (x, y) = pin.at;
    let slot = labels
        .beside(pin.at, width, 34.0)
        .unwrap_or_else(|| Slot::about((x + width / 2.0 + 10.0, y), width, 34.0));
    leader(svg, pin.at, &slot);
    let _ = write!(
        svg,
        "<circle cx=\"{x:.0}\" cy=\"{y:.0}\" r=\"7\" stroke=\"#fff\" stroke-width=\"2\"/>"
    );
    pill(svg, &slot, &text, pin.mark);
}

fn leader(svg: &mut String, from: (f64, f64), slot: &Slot) {
    let to = slot.nearest_to(from);
    let _ = write!(
        svg,
        "<path {} d=\"M{:.0} {:.0}L{:.0} {:.0}\"/>",
        stroke("#000", 2),
        from.0,
        from.1,
        to.0,
        to.1
    );
}

/// Round for risk, square and heavy for a must-visit, dashed for a break.
pub fn pill(svg: &mut String, slot: &Slot, text: &str, mark: Mark) {
    let (round, width, dashes) = match mark {
        Mark::Risk => (slot.height / 2.0, 3, ""),
        Mark::MustVisit => (0.0, 6, ""),
        Mark::Break => (slot.height / 2.0, 3, " stroke-dasharray=\"7 6\""),
    };
    let (x, y) = slot.middle();
    let _ = write!(
        svg,
        "<rect x=\"{:.0}\" y=\"{:.0}\" width=\"{:.0}\" height=\"{:.0}\" rx=\"{round:.0}\" \
         fill=\"#fff\" stroke=\"#000\" stroke-width=\"{width}\"{dashes}/>\
         <text x=\"{x:.0}\" y=\"{:.0}\" font-size=\"{NUMBER_SIZE}\" font-weight=\"bold\" \
         text-anchor=\"middle\">{}</text>",
        slot.x,
        slot.y,
        slot.width,
        slot.height,
        y + NUMBER_SIZE * 0.36,
        escaped(text)
    );
}

fn end_mark(svg: &mut String, labels: &mut Labels, at: (f64, f64), word: &str, shape: &str) {
    let _ = write!(
        svg,
        "<path transform=\"translate({:.0} {:.0})\" d=\"{shape}\" stroke=\"#fff\" \
         stroke-width=\"3\"/>",
        at.0, at.1
    );
    let width = text_width(word, NUMBER_SIZE) + 6.0;
    if let Some(slot) = labels.beside(at, width, 30.0) {
        let (x, y) = slot.middle();
        haloed(
            svg,
            (x, y + NUMBER_SIZE * 0.36),
            NUMBER_SIZE,
            0.0,
            "#000",
            word,
        );
    }
}
