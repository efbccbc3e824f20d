//! The district's map for a report, as one drawing: the risk surface in its classes, beats,
//! posts and a plan's rounds, with a title, a legend that states units and classes, what made
//! the surface and until when its data go, and "synthetic" where they are.

use std::fmt::Write;

use jiff::Timestamp;

use crate::exchange::cell_map_svg::escaped;
use crate::exchange::map_ground_svg::{
    edge, finish_drawing, furniture, outline, street_names, stroke, terrain,
};
use crate::exchange::plan_sheet::SheetGround;
use crate::exchange::plan_sheet_facts::model_name;
use crate::exchange::plan_sheet_frame::{Frame, HEIGHT, WIDTH};
use crate::exchange::plan_sheet_labels::{Labels, Slot, text_width};
use crate::exchange::plan_sheet_words::Words;
use crate::exchange::write::layers::RISK_CLASSES;
use crate::patrol::plan::PatrolPlan;
use crate::patrol::reason::Language;
use crate::place::feature::{Beat, Post};
use crate::place::position::Position;
use crate::risk::classes::Classes;
use crate::risk::surface::RiskSurface;

/// Colours of rounds: the page's by day.
const ROUNDS: [&str; 8] = [
    "#0c246d", "#0891c9", "#006855", "#04b3a4", "#492676", "#7565bb", "#7195e8", "#007491",
];
const POST: &str = "#1c4480";
const BEAT: &str = "#6f7b84";
const HEAD: f64 = 112.0;
const ROW: f64 = 38.0;
const TEXT: f64 = 22.0;
const SIDE: f64 = 14.0;
/// More rounds are counted in the legend, not named.
const MOST_NAMED: usize = 24;

/// What is drawn.
#[derive(Debug)]
pub struct DistrictMap<'a> {
    /// District, time zone, streets.
    pub ground: SheetGround<'a>,
    /// Of its words.
    pub language: Language,
    /// The surface and its classes.
    pub risk: (&'a RiskSurface, &'a Classes),
    /// Drawn as thin lines.
    pub beats: &'a [Beat],
    /// Drawn as squares.
    pub posts: &'a [Post],
    /// Whose rounds are drawn; none: no round.
    pub plan: Option<&'a PatrolPlan>,
    /// Whom the streets are owed to.
    pub attribution: &'a str,
}

/// What stands on a map besides names.
struct Say {
    title: &'static str,
    window: &'static str,
    expected: &'static str,
    legend: &'static str,
    top: &'static str,
    rest: &'static str,
    beats: &'static str,
    posts: &'static str,
    rounds: &'static str,
}

const ENGLISH: Say = Say {
    title: "Risk and patrol",
    window: "Window",
    expected: "expected in the district",
    legend: "Expected incidents per km² in the window, by share of the area",
    top: "top",
    rest: "the rest has no colour",
    beats: "beats",
    posts: "police posts",
    rounds: "Rounds",
};

const CHINESE: Say = Say {
    title: "风险与巡逻图",
    window: "时间窗",
    expected: "起预期（全区）",
    legend: "预期警情（起/平方公里，窗内合计），按占面积分级",
    top: "最高",
    rest: "其余不着色",
    beats: "警务区",
    posts: "警务站点",
    rounds: "路线",
};

/// Draws the map.
pub fn district_map_svg(map: &DistrictMap<'_>) -> String {
    let say = match map.language {
        Language::English => &ENGLISH,
        Language::Chinese => &CHINESE,
    };
    let legend = legend(map, say);
    let height = HEAD + HEIGHT + legend.y + SIDE;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height:.0}\" \
         width=\"{WIDTH}\" height=\"{height:.0}\" font-family=\"sans-serif\" \
         stroke-linejoin=\"round\" stroke-linecap=\"round\">\
         <rect width=\"{WIDTH}\" height=\"{height:.0}\" fill=\"#fff\"/>"
    );
    head(&mut svg, map, say);
    let _ = write!(
        svg,
        "<svg x=\"0\" y=\"{HEAD}\" width=\"{WIDTH}\" height=\"{HEIGHT}\" \
         viewBox=\"0 0 {WIDTH} {HEIGHT}\">"
    );
    // Its last stroke ends it.
    drawn(&mut svg, map);
    let _ = write!(
        svg,
        "<g transform=\"translate(0 {:.0})\">{}</g></svg>",
        HEAD + HEIGHT,
        legend.svg
    );
    svg
}

fn head(svg: &mut String, map: &DistrictMap<'_>, say: &Say) {
    let (surface, zone) = (map.risk.0, map.ground.zone);
    let made = &surface.provenance;
    let words = Words::of(map.language);
    let local = |at: Timestamp| zone.to_datetime(at).strftime("%Y-%m-%d %H:%M").to_string();
    let title = format!("{} · {}", map.ground.district.name, say.title);
    let facts = format!(
        "{} {} – {} · {} {} · {} {} ({} {}) · {:.1} {}",
        say.window,
        local(made.window.start()),
        local(made.window.end()),
        words.model,
        model_name(&made.model, map.language),
        words.data_until,
        local(made.look_back.end()),
        made.events,
        words.data_of,
        surface.total(),
        say.expected,
    );
    // Long names are set smaller, so that nothing is cut off.
    let fitted = |text: &str, size: f64| {
        size.min(size * (WIDTH - 2.0 * SIDE) / text_width(text, size).max(1.0))
    };
    let _ = write!(
        svg,
        "<text x=\"{SIDE}\" y=\"48\" font-size=\"{:.1}\" font-weight=\"bold\">{}</text>\
         <text x=\"{SIDE}\" y=\"88\" font-size=\"{:.1}\" fill=\"#333\">{}</text>",
        fitted(&format!("{title}{}", words.synthetic), 36.0),
        escaped(&title),
        fitted(&facts, 24.0),
        escaped(&facts),
    );
    if map.ground.district.synthetic {
        let width = text_width(words.synthetic, 24.0) + 24.0;
        let x = WIDTH - SIDE - width;
        let _ = write!(
            svg,
            "<rect x=\"{x:.0}\" y=\"16\" width=\"{width:.0}\" height=\"40\" fill=\"#fff\" \
             stroke=\"#000\" stroke-width=\"3\"/>\
             <text x=\"{:.0}\" y=\"45\" font-size=\"24\" text-anchor=\"middle\">{}</text>",
            x + width / 2.0,
            words.synthetic
        );
    }
}

fn drawn(svg: &mut String, map: &DistrictMap<'_>) {
    let frame = Frame::of(&seen(map));
    let _ = write!(
        svg,
        "<rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"#fff\"/>"
    );
    let names = terrain(svg, &frame, &map.ground);
    cells(svg, &frame, map);
    for beat in map.beats {
        let path = outline(&frame, &beat.area);
        let _ = write!(
            svg,
            "<path {} stroke-dasharray=\"10 6\" d=\"{path}\"/>",
            stroke(BEAT, 2)
        );
    }
    edge(svg, &frame, &map.ground);
    let mut labels = Labels::new(Slot {
        x: 4.0,
        y: 4.0,
        width: WIDTH - 8.0,
        height: HEIGHT - 8.0,
    });
    furniture(&mut labels, &frame);
    rounds(svg, &frame, map, &mut labels);
    for post in map.posts {
        let (x, y) = frame.at(post.position);
        let _ = write!(
            svg,
            "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"14\" height=\"14\" fill=\"{POST}\" \
             stroke=\"#fff\" stroke-width=\"2\"/>",
            x - 7.0,
            y - 7.0
        );
        labels.take(Slot::about((x, y), 16.0, 16.0));
    }
    street_names(svg, &mut labels, &names, &frame);
    finish_drawing(svg, &frame, Words::of(map.language));
}

/// What has to be in sight: the district, or where none is set what is drawn.
fn seen(map: &DistrictMap<'_>) -> Vec<Position> {
    let mut places: Vec<Position> = Vec::new();
    if let Some(boundary) = &map.ground.district.boundary {
        let corners = (boundary.shape().iter()).flat_map(|polygon| polygon.exterior().coords());
        places.extend(corners.map(|c| Position::wrapped(c.x, c.y)));
    }
    let routes = map.plan.iter().flat_map(|plan| &plan.routes);
    places.extend(routes.flat_map(|route| route.line.iter().copied()));
    if places.is_empty() {
        places.extend(map.risk.0.grid.centres());
    }
    places
}

fn cells(svg: &mut String, frame: &Frame, map: &DistrictMap<'_>) {
    let (surface, classes) = map.risk;
    for (class, color) in (1_u8..).zip(RISK_CLASSES.map(|(fill, _)| fill)) {
        let mut path = String::new();
        for (cell, _) in (classes.class.iter().enumerate()).filter(|(_, it)| **it == class) {
            for (number, corner) in surface.grid.corners(cell).into_iter().enumerate() {
                let (x, y) = frame.at(corner);
                let pen = if number == 0 { 'M' } else { 'L' };
                let _ = write!(path, "{pen}{x:.1} {y:.1}");
            }
            path.push('Z');
        }
        if !path.is_empty() {
            let _ = write!(
                svg,
                "<path fill=\"{color}\" fill-opacity=\"0.78\" d=\"{path}\"/>"
            );
        }
    }
}

fn rounds(svg: &mut String, frame: &Frame, map: &DistrictMap<'_>, labels: &mut Labels) {
    let Some(plan) = map.plan else {
        return;
    };
    let colored = || plan.routes.iter().zip(ROUNDS.iter().cycle());
    for (route, color) in colored() {
        let mut path = String::new();
        frame.draw_line(&route.line, &mut path);
        if !path.is_empty() {
            let _ = write!(
                svg,
                "<path {} d=\"{path}\"/><path {} d=\"{path}\"/>",
                stroke("#fff", 9),
                stroke(color, 5)
            );
        }
        labels.spare(Frame::sampled(&frame.line(&route.line)));
    }
    for (route, color) in colored() {
        for stop in &route.stops {
            let (x, y) = frame.at(stop.position);
            let _ = write!(
                svg,
                "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"6.5\" fill=\"{color}\" \
                 stroke=\"#fff\" stroke-width=\"2\"/>"
            );
        }
    }
    for (route, color) in colored() {
        let middle = route.stops.get(route.stops.len() / 2);
        let at = frame.at(middle.map_or(route.start, |stop| stop.position));
        let width = text_width(&route.call_sign, TEXT) + 16.0;
        if let Some(slot) = labels.beside(at, width, 32.0) {
            let (to, middle) = (slot.nearest_to(at), slot.middle());
            let _ = write!(
                svg,
                "<path {} d=\"M{:.0} {:.0}L{:.0} {:.0}\"/>\
                 <rect x=\"{:.0}\" y=\"{:.0}\" width=\"{:.0}\" height=\"{:.0}\" rx=\"6\" \
                 fill=\"#fff\" stroke=\"{color}\" stroke-width=\"3\"/>\
                 <text x=\"{:.0}\" y=\"{:.0}\" font-size=\"{TEXT}\" \
                 text-anchor=\"middle\">{}</text>",
                stroke(color, 2),
                at.0,
                at.1,
                to.0,
                to.1,
                slot.x,
                slot.y,
                slot.width,
                slot.height,
                middle.0,
                middle.1 + TEXT * 0.36,
                escaped(&route.call_sign)
            );
        }
    }
}

/// Signs and their words, row by row.
struct Legend {
    svg: String,
    x: f64,
    /// Bottom of the row before.
    y: f64,
}

impl Legend {
    /// A word without a sign.
    fn word(&mut self, text: &str) {
        self.item("", 0.0, text);
    }

    /// A sign of that width, drawn about the middle of its row, and what it stands for.
    fn item(&mut self, sign: &str, width: f64, text: &str) {
        let gap = if width > 0.0 { 8.0 } else { 0.0 };
        let whole = width + gap + text_width(text, TEXT) + 26.0;
        if self.x > SIDE && self.x + whole > WIDTH - SIDE {
            self.row();
        }
        let middle = self.y + ROW / 2.0;
        if !sign.is_empty() {
            let _ = write!(
                self.svg,
                "<g transform=\"translate({:.0} {middle:.0})\">{sign}</g>",
                self.x
            );
        }
        let _ = write!(
            self.svg,
            "<text x=\"{:.0}\" y=\"{:.0}\" font-size=\"{TEXT}\">{}</text>",
            self.x + width + gap,
            middle + TEXT * 0.36,
            escaped(text)
        );
        self.x += whole;
    }

    fn row(&mut self) {
        self.x = SIDE;
        self.y += ROW;
    }
}

fn legend(map: &DistrictMap<'_>, say: &Say) -> Legend {
    let words = Words::of(map.language);
    let mut legend = Legend {
        svg: String::new(),
        x: SIDE,
        y: 8.0,
    };
    legend.word(say.legend);
    legend.row();
    for class in &map.risk.1.summary {
        let (color, _) = RISK_CLASSES[usize::from(class.class.clamp(1, 5)) - 1];
        let sign = format!("<path d=\"M0-12H30V12H0Z\" fill=\"{color}\" fill-opacity=\"0.78\"/>");
        let percent = |share: f64| (share * 1000.0).round() / 10.0;
        let (from, to) = (percent(class.share_from), percent(class.share_to));
        let share = match from > 0.0 {
            true => format!("{from}–{to}%"),
            false => format!("{} {to}%", say.top),
        };
        legend.item(&sign, 30.0, &format!("{share}: ≥ {:.2}", class.min_per_km2));
    }
    legend.word(say.rest);
    legend.row();
    let line = |style: String| format!("<path {style} d=\"M0 0H40\"/>");
    let edge = format!("{} stroke-dasharray=\"18 8 4 8\"", stroke("#777", 4));
    legend.item(&line(edge), 40.0, words.edge);
    if !map.beats.is_empty() {
        let beat = format!("{} stroke-dasharray=\"10 6\"", stroke(BEAT, 2));
        legend.item(&line(beat), 40.0, say.beats);
    }
    if !map.posts.is_empty() {
        let post = format!("<path d=\"M0-7H14V7H0Z\" fill=\"{POST}\"/>");
        legend.item(&post, 14.0, say.posts);
    }
    if let Some(plan) = map.plan {
        let stop = format!(
            "<circle cx=\"8\" cy=\"0\" r=\"6.5\" fill=\"{}\"/>",
            ROUNDS[0]
        );
        legend.item(&stop, 16.0, words.stop);
        legend.row();
        legend.word(&format!("{} ({} {}):", say.rounds, words.plan, plan.id));
        for (route, color) in (plan.routes.iter().zip(ROUNDS.iter().cycle())).take(MOST_NAMED) {
            legend.item(&line(stroke(color, 5)), 40.0, &route.call_sign);
        }
        if plan.routes.len() > MOST_NAMED {
            legend.word(&format!("… +{}", plan.routes.len() - MOST_NAMED));
        }
    }
    legend.row();
    legend.word(words.of_places);
    if !map.attribution.is_empty() {
        legend.word(map.attribution);
    }
    legend.row();
    legend
}
