//! What lies under and around a drawn map: water, railways, streets with their names, the
//! district's edge, a north arrow and a scale. Greys, legible in black and white.

use std::fmt::Write;

use crate::exchange::cell_map_svg::escaped;
use crate::exchange::plan_sheet::SheetGround;
use crate::exchange::plan_sheet_frame::{Frame, HEIGHT, WIDTH};
use crate::exchange::plan_sheet_labels::{Labels, Slot, text_width};
use crate::exchange::plan_sheet_words::Words;
use crate::place::area::Area;
use crate::place::basemap::{BasemapFeature, BasemapKind, BasemapShape};
use crate::place::position::Position;

/// Most corners of streets and waters in one drawing: more would be ink, and megabytes.
const MOST_CORNERS: usize = 7_000;
/// No coarser than this, whatever it costs: streets that lead somewhere.
const COARSEST_ZOOM: u8 = 9;
/// Most street names.
const MOST_NAMES: usize = 12;
const NAME_SIZE: f64 = 21.0;

/// Water, railways, streets and the district's edge; streets that have a name.
pub fn terrain<'a>(
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
    edge(svg, frame, ground);
    let named = |f: &&BasemapFeature| f.kind == BasemapKind::Street && !f.name.is_empty();
    let mut names: Vec<&BasemapFeature> = shown.into_iter().filter(named).collect();
    names.sort_by_key(|f| std::cmp::Reverse(street_rank(f)));
    names
}

/// The district's edge.
pub fn edge(svg: &mut String, frame: &Frame, ground: &SheetGround<'_>) {
    let Some(boundary) = &ground.district.boundary else {
        return;
    };
    let path = outline(frame, boundary);
    if !path.is_empty() {
        let _ = write!(
            svg,
            "<path {} stroke-dasharray=\"18 8 4 8\" d=\"{path}\"/>",
            stroke("#777", 4)
        );
    }
}

/// An area's rings as a path, without the parts that are out of sight.
pub fn outline(frame: &Frame, area: &Area) -> String {
    let mut path = String::new();
    for polygon in area.shape() {
        for ring in std::iter::once(polygon.exterior()).chain(polygon.interiors()) {
            let corners: Vec<Position> =
                ring.coords().map(|c| Position::wrapped(c.x, c.y)).collect();
            frame.draw_line(&corners, &mut path);
        }
    }
    path
}

/// A line's look.
pub fn stroke(color: &str, width: u32) -> String {
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

/// Names along the widest streets, where they cover nothing.
pub fn street_names(
    svg: &mut String,
    labels: &mut Labels,
    named: &[&BasemapFeature],
    frame: &Frame,
) {
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

/// A text with a white edge, turned by so many degrees.
pub fn haloed(svg: &mut String, at: (f64, f64), size: f64, slope: f64, color: &str, text: &str) {
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
pub fn furniture(labels: &mut Labels, frame: &Frame) {
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

/// The north arrow, the scale and the frame, and the end of the drawing.
pub fn finish_drawing(svg: &mut String, frame: &Frame, words: &Words) {
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
