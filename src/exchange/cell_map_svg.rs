//! Hexagons over the district's outline as SVG, for a report: what is hot, with numbers that
//! the table beside it explains. North is up; one scale both ways (the equirectangular
//! projection at the district's middle), with a bar of whole kilometres.

use std::fmt::Write;

use crate::grid::hexgrid::HexGrid;
use crate::place::area::Area;
use crate::place::position::Position;

const WIDTH: f64 = 900.0;
const HEAD: f64 = 64.0;
const MARGIN: f64 = 16.0;
const METRES_PER_DEGREE: f64 = 111_195.08;

/// How a cell is filled.
#[derive(Debug, Clone, PartialEq)]
pub struct CellClass {
    /// In the legend.
    pub name: String,
    /// `#rrggbb`.
    pub color: &'static str,
    /// Indexes of its cells.
    pub cells: Vec<usize>,
}

/// A number on the map.
#[derive(Debug, Clone, PartialEq)]
pub struct MapLabel {
    /// Where.
    pub position: Position,
    /// What is written there.
    pub text: String,
}

/// A map.
#[derive(Debug)]
pub struct CellMap<'a> {
    /// Above it.
    pub title: String,
    /// Below the title.
    pub subtitle: String,
    /// The cells.
    pub grid: &'a HexGrid,
    /// The district.
    pub boundary: &'a Area,
    /// Beats or other areas, drawn as thin lines.
    pub areas: Vec<&'a Area>,
    /// What is filled; a later class is drawn over an earlier one.
    pub classes: Vec<CellClass>,
    /// Written over all.
    pub labels: Vec<MapLabel>,
}

/// Draws a map.
pub fn cell_map_svg(map: &CellMap<'_>) -> String {
    let frame = Frame::of(map.boundary);
    let height = HEAD + frame.height + 2.0 * MARGIN + 28.0;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{height:.0}\" \
         viewBox=\"0 0 {WIDTH} {height:.0}\" font-family=\"sans-serif\" fill=\"#1b2330\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n\
         <text x=\"{MARGIN}\" y=\"26\" font-size=\"18\">{}</text>\n\
         <text x=\"{MARGIN}\" y=\"46\" font-size=\"12\">{}</text>\n",
        escaped(&map.title),
        escaped(&map.subtitle)
    );
    for class in &map.classes {
        let _ = write!(svg, "<path fill=\"{}\" stroke=\"none\" d=\"", class.color);
        for &cell in &class.cells {
            svg.push_str(&frame.ring(map.grid.corners(cell).into_iter().map(unfold(frame.middle))));
        }
        svg.push_str("\"/>\n");
    }
    let outlines = map.areas.iter().map(|area| (*area, "#9aa3b2", 0.6));
    for (area, color, width) in outlines.chain([(map.boundary, "#1b2330", 1.4)]) {
        let _ = write!(
            svg,
            "<path fill=\"none\" stroke=\"{color}\" stroke-width=\"{width}\" d=\""
        );
        for polygon in area.shape() {
            for ring in std::iter::once(polygon.exterior()).chain(polygon.interiors()) {
                let corners = ring.coords().map(|c| Position::wrapped(c.x, c.y));
                svg.push_str(&frame.ring(corners.map(unfold(frame.middle))));
            }
        }
        svg.push_str("\"/>\n");
    }
    for label in &map.labels {
        let (x, y) = frame.at(unfold(frame.middle)(label.position));
        let _ = writeln!(
            svg,
            "<text x=\"{x:.1}\" y=\"{y:.1}\" font-size=\"13\" font-weight=\"bold\" \
             text-anchor=\"middle\" stroke=\"#ffffff\" stroke-width=\"3\" \
             paint-order=\"stroke\">{}</text>",
            escaped(&label.text)
        );
    }
    foot(&mut svg, map, &frame, height);
    svg.push_str("</svg>\n");
    svg
}

fn foot(svg: &mut String, map: &CellMap<'_>, frame: &Frame, height: f64) {
    let y = height - 14.0;
    let mut x = MARGIN;
    for class in &map.classes {
        let _ = writeln!(
            svg,
            "<rect x=\"{x}\" y=\"{}\" width=\"14\" height=\"14\" fill=\"{}\"/>\
             <text x=\"{}\" y=\"{y}\" font-size=\"12\">{}</text>",
            y - 12.0,
            class.color,
            x + 20.0,
            escaped(&class.name)
        );
        let wide = |c: char| if c.is_ascii() { 7.0 } else { 13.0 };
        x += 40.0 + class.name.chars().map(wide).sum::<f64>();
    }
    let km = [50.0, 20.0, 10.0, 5.0, 2.0, 1.0, 0.5, 0.2]
        .into_iter()
        .find(|km| km * 1000.0 * frame.per_metre < 160.0)
        .unwrap_or(0.1);
    let length = km * 1000.0 * frame.per_metre;
    let from = WIDTH - MARGIN - length;
    let _ = writeln!(
        svg,
        "<path d=\"M{from:.1} {y}h{length:.1}\" stroke=\"#1b2330\" stroke-width=\"2\"/>\
         <text x=\"{:.1}\" y=\"{:.1}\" font-size=\"12\" text-anchor=\"middle\">{km} km</text>",
        from + length / 2.0,
        y - 6.0
    );
}

/// Longitudes within half a turn of the middle, so that a district on the antimeridian
/// stays in one piece.
fn unfold(middle: f64) -> impl Fn(Position) -> [f64; 2] {
    move |p| {
        let east = (p.lon() - middle + 540.0).rem_euclid(360.0) - 180.0;
        [middle + east, p.lat()]
    }
}

/// Degrees to places on the sheet.
struct Frame {
    west: f64,
    north: f64,
    middle: f64,
    across: f64,
    per_metre: f64,
    height: f64,
}

impl Frame {
    fn of(boundary: &Area) -> Self {
        let [west, south, east, north] = boundary.bbox();
        // A box over the antimeridian spans the globe; its parts lie close together.
        let middle = if east - west > 180.0 {
            180.0
        } else {
            f64::midpoint(west, east)
        };
        let corners = || {
            let coords = boundary.shape().iter().flat_map(|p| p.exterior().coords());
            coords.map(|c| unfold(middle)(Position::wrapped(c.x, c.y))[0])
        };
        let west = corners().fold(f64::INFINITY, f64::min);
        let east = corners().fold(f64::NEG_INFINITY, f64::max);
        let across = METRES_PER_DEGREE * f64::midpoint(south, north).to_radians().cos().max(0.01);
        let width_m = ((east - west) * across).max(1.0);
        let height_m = ((north - south) * METRES_PER_DEGREE).max(1.0);
        let per_metre = ((WIDTH - 2.0 * MARGIN) / width_m).min(1400.0 / height_m);
        Self {
            west,
            north,
            middle,
            across,
            per_metre,
            height: height_m * per_metre,
        }
    }

    fn at(&self, [lon, lat]: [f64; 2]) -> (f64, f64) {
        (
            MARGIN + (lon - self.west) * self.across * self.per_metre,
            HEAD + (self.north - lat) * METRES_PER_DEGREE * self.per_metre,
        )
    }

    fn ring(&self, corners: impl Iterator<Item = [f64; 2]>) -> String {
        let mut path = String::new();
        for (i, corner) in corners.enumerate() {
            let (x, y) = self.at(corner);
            let _ = write!(path, "{}{x:.1} {y:.1}", if i == 0 { 'M' } else { 'L' });
        }
        if !path.is_empty() {
            path.push('Z');
        }
        path
    }
}

/// Text that can't break out of its element.
pub fn escaped(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_control())
        .collect::<String>()
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_lie_where_the_boundary_is() {
        for west in [123.40, 179.98 - 360.0 + 360.0] {
            let (s, e, n) = (41.75, west + 0.015, 41.76);
            let ring = vec![[west, s], [e, s], [e, n], [west, n], [west, s]];
            let boundary = Area::from_rings(&[vec![ring]]).unwrap();
            let grid = HexGrid::cover(&boundary, 10, &[]).unwrap();
            let map = CellMap {
                title: "Hot <spots> 热点".into(),
                subtitle: String::new(),
                grid: &grid,
                boundary: &boundary,
                areas: vec![&boundary],
                classes: vec![CellClass {
                    name: "hot".into(),
                    color: "#b2182b",
                    cells: (0..grid.len()).collect(),
                }],
                labels: vec![MapLabel {
                    position: grid.centre(0),
                    text: "1".into(),
                }],
            };
            let svg = cell_map_svg(&map);
            assert!(svg.contains("Hot &lt;spots&gt; 热点") && svg.contains(" km<"));
            assert!(!svg.contains("NaN") && !svg.contains("inf"));
            assert_eq!(svg.matches('Z').count(), grid.len() + 2);
            // Nothing lies further outside the sheet than a cell at the border.
            for number in svg
                .split(['M', 'L'])
                .skip(1)
                .filter_map(|p| p.split(' ').next())
            {
                if let Ok(x) = number.parse::<f64>() {
                    assert!((-200.0..=WIDTH + 200.0).contains(&x), "{x}");
                }
            }
        }
    }
}
