//! The map drawings of a route sheet, as SVG within the page: streets in grey, the way in
//! black, stops by number, a north arrow and a scale. Legible in black and white.

use std::fmt::Write;

use crate::exchange::cell_map_svg::escaped;
use crate::exchange::plan_sheet::SheetGround;
use crate::exchange::plan_sheet_frame::{Frame, HEIGHT, WIDTH};
use crate::exchange::plan_sheet_labels::{Labels, Slot, text_width};
use crate::exchange::plan_sheet_words::Words;
use crate::patrol::plan::{PatrolPlan, PatrolRoute, StopReason};
use crate::place::basemap::{BasemapFeature, BasemapKind, BasemapShape};
use crate::place::position::Position;

/// Most corners of streets and waters in one drawing: more would be ink, and megabytes.
const MOST_CORNERS: usize = 7_000;
/// No coarser than this, whatever it costs: streets that lead somewhere.
const COARSEST_ZOOM: u8 = 9;
/// Most street names.
const MOST_NAMES: usize = 12;
const NAME_SIZE: f64 = 21.0;
const NUMBER_SIZE: f64 = 26.0;
/// Stops nearer than this share a label.
const SAME_PLACE: f64 = 9.0;
/// Numbers in one label.
const MOST_NUMBERS: usize = 6;
/// Styles of lines that lie in one drawing, told apart without colour.
const DASHES: [&str; 6] = ["", "22 8", "6 8", "22 8 6 8", "12 10", "34 8 6 8 6 8"];

/// What a label on the way stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Mark {
    Risk,
    Break,
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

/// Water, railways, streets and the district's edge; streets that have a name.
fn terrain<'a>(
    svg: &mut String,
    frame: &Frame,
    ground: &SheetGround<'a>,
) -> Vec<&'a BasemapFeature> {
    let mut zoom = frame.zoom();
    let shown = loop {
        let shown: Vec<&BasemapFeature> = ground.basemap.shown(frame.bounds(), zoom).collect();
        let corners: usize = shown.iter().map(|f| corners(f)).sum();
        if corners <= MOST_CORNERS || zoom <= COARSEST_ZOOM {
            break shown;
        }
        zoom -= 1;
    };
    let mut layer = |style: &str, wanted: &dyn Fn(&BasemapFeature) -> bool| {
        let mut path = String::new();
        for feature in shown.iter().filter(|f| wanted(f)) {
            match &feature.shape {
                BasemapShape::Line(points) => frame.draw_line(points, &mut path),
                BasemapShape::Polygon(rings) => {
                    for ring in rings {
                        frame.draw_ring(ring, &mut path);
                    }
                }
                BasemapShape::Point(_) => {}
            }
        }
        if !path.is_empty() {
            let _ = write!(svg, "<path {style} d=\"{path}\"/>");
        }
    };
    let is_area = |f: &BasemapFeature| matches!(f.shape, BasemapShape::Polygon(_));
    let water = |f: &BasemapFeature| f.kind == BasemapKind::Water;
    layer("fill=\"#e3e6e8\" fill-rule=\"evenodd\"", &|f| {
        water(f) && is_area(f)
    });
    layer(&stroke("#d3d8db", 6), &|f| water(f) && !is_area(f));
    layer(
        &format!("{} stroke-dasharray=\"10 8\"", stroke("#bbb", 3)),
        &|f| f.kind == BasemapKind::Railway,
    );
    for rank in 0..3 {
        let style = [("#dcdcdc", 3), ("#cfcfcf", 5), ("#bdbdbd", 8)][rank];
        layer(&stroke(style.0, style.1), &|f| {
            f.kind == BasemapKind::Street && street_rank(f) == rank
        });
    }
    if let Some(boundary) = &ground.district.boundary {
        let mut path = String::new();
        for polygon in boundary.shape() {
            for ring in std::iter::once(polygon.exterior()).chain(polygon.interiors()) {
                let corners: Vec<Position> =
                    ring.coords().map(|c| Position::wrapped(c.x, c.y)).collect();
                frame.draw_line(&corners, &mut path);
            }
        }
        if !path.is_empty() {
            let _ = write!(
                svg,
                "<path {} stroke-dasharray=\"18 8 4 8\" d=\"{path}\"/>",
                stroke("#777", 4)
            );
        }
    }
    let named = |f: &&BasemapFeature| f.kind == BasemapKind::Street && !f.name.is_empty();
    let mut names: Vec<&BasemapFeature> = shown.into_iter().filter(named).collect();
    names.sort_by_key(|f| std::cmp::Reverse(street_rank(f)));
    names
}

fn stroke(color: &str, width: u32) -> String {
    format!("fill=\"none\" stroke=\"{color}\" stroke-width=\"{width}\"")
}

fn corners(feature: &BasemapFeature) -> usize {
    match (&feature.kind, &feature.shape) {
        (BasemapKind::Building | BasemapKind::Green | BasemapKind::Label, _) => 0,
        (_, BasemapShape::Line(points)) => points.len(),
        (_, BasemapShape::Polygon(rings)) => rings.iter().map(Vec::len).sum(),
        (_, BasemapShape::Point(_)) => 0,
    }
}

/// 2: through roads; 1: the next ones; 0: the others.
fn street_rank(feature: &BasemapFeature) -> usize {
    match feature.class.as_str() {
        "motorway" | "trunk" | "primary" => 2,
        "secondary" | "tertiary" | "motorway_link" | "trunk_link" | "primary_link" => 1,
        _ => 0,
    }
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
fn pill(svg: &mut String, slot: &Slot, text: &str, mark: Mark) {
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

fn street_names(svg: &mut String, labels: &mut Labels, named: &[&BasemapFeature], frame: &Frame) {
    let mut written: Vec<&str> = Vec::new();
    for feature in named {
        let BasemapShape::Line(points) = &feature.shape else {
            continue;
        };
        let name = feature.name.as_str();
        if written.contains(&name) {
            continue;
        }
        let width = text_width(name, NAME_SIZE);
        let Some((at, slope)) = frame.straight_place(points, width) else {
            continue;
        };
        let (sine, cosine) = (slope.to_radians().sin().abs(), slope.to_radians().cos());
        let (across, down) = (
            width * cosine + NAME_SIZE * sine,
            width * sine + NAME_SIZE * cosine,
        );
        if labels.exactly(Slot::about(at, across, down)).is_some() {
            haloed(
                svg,
                (at.0, at.1 + NAME_SIZE * 0.36),
                NAME_SIZE,
                slope,
                "#555",
                name,
            );
            written.push(name);
            if written.len() == MOST_NAMES {
                return;
            }
        }
    }
}

fn haloed(svg: &mut String, at: (f64, f64), size: f64, slope: f64, color: &str, text: &str) {
    let turn = if slope == 0.0 {
        String::new()
    } else {
        format!(
            " transform=\"rotate({slope:.0} {:.0} {:.0})\"",
            at.0,
            at.1 - size * 0.36
        )
    };
    let _ = write!(
        svg,
        "<text x=\"{:.0}\" y=\"{:.0}\" font-size=\"{size}\" fill=\"{color}\" \
         text-anchor=\"middle\" stroke=\"#fff\" stroke-width=\"5\" paint-order=\"stroke\"{turn}>{}</text>",
        at.0,
        at.1,
        escaped(text)
    );
}

/// Keeps labels off the arrow and the scale.
fn furniture(labels: &mut Labels, frame: &Frame) {
    labels.take(Slot {
        x: WIDTH - 70.0,
        y: 0.0,
        width: 70.0,
        height: 100.0,
    });
    labels.take(Slot {
        x: 0.0,
        y: HEIGHT - 64.0,
        width: frame.scale().1 + 50.0,
        height: 64.0,
    });
}

fn finish_drawing(svg: &mut String, frame: &Frame, words: &Words) {
    let (metres, length) = frame.scale();
    let text = if metres < 1000.0 {
        format!("{metres:.0} {}", words.metres)
    } else {
        format!("{:.0} {}", metres / 1000.0, words.kilometres)
    };
    let (x, y) = (WIDTH - 36.0, HEIGHT - 18.0);
    let _ = write!(
        svg,
        "<path d=\"M{x:.0} 14l16 44-16-10-16 10z\" stroke=\"#fff\" stroke-width=\"4\" \
         paint-order=\"stroke\"/>\
         <text x=\"{x:.0}\" y=\"86\" font-size=\"26\" font-weight=\"bold\" text-anchor=\"middle\" \
         stroke=\"#fff\" stroke-width=\"5\" paint-order=\"stroke\">{}</text>\
         <path {} d=\"M20 {y:.0}h{length:.0}\"/>\
         <path {} d=\"M20 {:.0}v12m{length:.0}-12v12m-{length:.0}-6h{length:.0}\"/>",
        words.north,
        stroke("#fff", 12),
        stroke("#000", 4),
        y - 6.0,
    );
    haloed(
        svg,
        (20.0 + length / 2.0, y - 14.0),
        24.0,
        0.0,
        "#000",
        &text,
    );
    let _ = write!(
        svg,
        "<rect x=\"1\" y=\"1\" width=\"{}\" height=\"{}\" {}/></svg>",
        WIDTH - 2.0,
        HEIGHT - 2.0,
        stroke("#000", 2)
    );
}
