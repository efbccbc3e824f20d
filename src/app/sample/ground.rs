//! The basemap under the made-up streets: streets joined to long lines (so that names can
//! be set along them), river, banks, parks, fields, railway, names.

use std::collections::BTreeMap;

use geo::BooleanOps;

use crate::app::sample::block::{Block, Use};
use crate::app::sample::lattice::Lattice;
use crate::app::sample::name;
use crate::app::sample::outline::Outline;
use crate::app::sample::plane::Spot;
use crate::app::sample::street::{Class, Streets};
use crate::app::sample::terrain::{BANK_M, RIVER_HALF_WIDTH_M, Terrain};
use crate::place::basemap::{BasemapFeature, BasemapKind, BasemapShape};
use crate::place::position::Position;

/// Water, green, railway, streets and their names, in drawing order.
pub fn draw(
    lattice: &Lattice,
    blocks: &[Block],
    outline: &Outline,
    terrain: &Terrain,
    streets: &Streets,
) -> Vec<BasemapFeature> {
    let mut features = Vec::new();
    green(lattice, blocks, outline, terrain, &mut features);
    river(outline, terrain, &mut features);
    for line in inside(outline, &terrain.railway) {
        features.push(line_feature(
            BasemapKind::Railway,
            "rail",
            "模拟铁路",
            &line,
        ));
    }
    street_lines(streets, &mut features);
    features
}

/// A name on the map.
pub fn label(class: &str, name: impl Into<String>, spot: Spot) -> BasemapFeature {
    BasemapFeature {
        kind: BasemapKind::Label,
        class: class.into(),
        name: name.into(),
        shape: BasemapShape::Point(spot.position()),
    }
}

fn green(
    lattice: &Lattice,
    blocks: &[Block],
    outline: &Outline,
    terrain: &Terrain,
    features: &mut Vec<BasemapFeature>,
) {
    let bank = band(&terrain.river, BANK_M);
    clipped(outline, &bank, BasemapKind::Green, "grass", "", features);
    let mut parks = 0;
    for block in blocks {
        let (class, inset) = match block.usage {
            Use::Park => ("park", 16.0),
            Use::Fields => ("farmland", 12.0),
            _ => continue,
        };
        let ring = inset_ring(lattice, block, inset);
        let name = if class == "park" {
            parks += 1;
            let turn = (parks - 1) / name::PARKS.len();
            let plain = name::PARKS[(parks - 1) % name::PARKS.len()];
            match turn {
                0 => format!("{plain}公园（模拟）"),
                _ => format!("{plain}{}园（模拟）", name::chinese(turn + 1)),
            }
        } else {
            String::new()
        };
        let before = features.len();
        clipped(outline, &ring, BasemapKind::Green, class, &name, features);
        let middle = lattice.within(block.column, block.row, 0.5, 0.5);
        if features.len() > before && class == "park" && outline.contains_by(middle, 30.0) {
            if parks % 3 == 0 && terrain.metres_from_river(middle) > 250.0 {
                let pond = ellipse(middle, 95.0, 55.0);
                clipped(outline, &pond, BasemapKind::Water, "pond", "", features);
            }
            features.push(label("park", name, middle));
        }
    }
}

fn river(outline: &Outline, terrain: &Terrain, features: &mut Vec<BasemapFeature>) {
    let water = band(&terrain.river, RIVER_HALF_WIDTH_M);
    clipped(
        outline,
        &water,
        BasemapKind::Water,
        "river",
        "模拟河",
        features,
    );
    let inner: Vec<Spot> = terrain
        .river
        .iter()
        .copied()
        .filter(|&s| outline.contains_by(s, 200.0))
        .collect();
    for share in [0.25, 0.7] {
        if let Some(&spot) = inner.get((inner.len() as f64 * share) as usize) {
            features.push(label("water", "模拟河", spot));
        }
    }
}

/// Joins ways of one name, class and direction end to end.
fn street_lines(streets: &Streets, features: &mut Vec<BasemapFeature>) {
    let mut by_street: BTreeMap<(Class, &str), Vec<Vec<usize>>> = BTreeMap::new();
    for way in &streets.ways {
        let lines = by_street.entry((way.class, &way.name)).or_default();
        match lines.iter_mut().find(|l| l.last() == way.nodes.first()) {
            Some(line) => line.extend(&way.nodes[1..]),
            None => lines.push(way.nodes.clone()),
        }
    }
    // Small streets first: the large ones are drawn over them.
    for ((class, name), lines) in by_street.into_iter().rev() {
        for nodes in lines {
            let line: Vec<Spot> = nodes.iter().map(|&n| streets.spots[n]).collect();
            features.push(line_feature(
                BasemapKind::Street,
                class.highway(),
                name,
                &line,
            ));
        }
    }
}

fn line_feature(kind: BasemapKind, class: &str, name: &str, line: &[Spot]) -> BasemapFeature {
    BasemapFeature {
        kind,
        class: class.into(),
        name: name.into(),
        shape: BasemapShape::Line(line.iter().map(|s| s.position()).collect()),
    }
}

/// Runs of a line inside the border.
fn inside(outline: &Outline, line: &[Spot]) -> Vec<Vec<Spot>> {
    line.chunk_by(|a, b| outline.contains(*a) == outline.contains(*b))
        .filter(|run| run.len() >= 2 && outline.contains(run[0]))
        .map(<[Spot]>::to_vec)
        .collect()
}

/// The ring so many metres to both sides of a line.
fn band(line: &[Spot], half_width_m: f64) -> Vec<Spot> {
    let offset = |i: usize, side: f64| {
        let (a, b) = (line[i.saturating_sub(1)], line[(i + 1).min(line.len() - 1)]);
        let length = a.metres_to(b);
        let (nx, ny) = (-(b.y - a.y) / length, (b.x - a.x) / length);
        line[i].moved(nx * side * half_width_m, ny * side * half_width_m)
    };
    let left = (0..line.len()).map(|i| offset(i, 1.0));
    let right = (0..line.len()).rev().map(|i| offset(i, -1.0));
    left.chain(right).collect()
}

fn inset_ring(lattice: &Lattice, block: &Block, inset_m: f64) -> Vec<Spot> {
    let at = |east, north| lattice.within(block.column, block.row, east, north);
    let x = inset_m / at(0.0, 0.5).metres_to(at(1.0, 0.5));
    let y = inset_m / at(0.5, 0.0).metres_to(at(0.5, 1.0));
    vec![
        at(x, y),
        at(1.0 - x, y),
        at(1.0 - x, 1.0 - y),
        at(x, 1.0 - y),
    ]
}

fn ellipse(middle: Spot, a: f64, b: f64) -> Vec<Spot> {
    (0..24)
        .map(|i| {
            let angle = std::f64::consts::TAU * f64::from(i) / 24.0;
            middle.moved(a * angle.cos(), b * angle.sin())
        })
        .collect()
}

/// Adds the parts of a ring inside the border.
fn clipped(
    outline: &Outline,
    ring: &[Spot],
    kind: BasemapKind,
    class: &str,
    name: &str,
    features: &mut Vec<BasemapFeature>,
) {
    let line: geo::LineString<f64> = ring.iter().map(|s| s.position().coord()).collect();
    let parts = geo::Polygon::new(line, Vec::new()).intersection(outline.area.shape());
    for part in parts {
        let ring = |line: &geo::LineString<f64>| {
            line.coords()
                .map(|c| Position::wrapped(c.x, c.y))
                .collect::<Vec<_>>()
        };
        let rings = std::iter::once(part.exterior()).chain(part.interiors());
        features.push(BasemapFeature {
            kind,
            class: class.into(),
            name: name.into(),
            shape: BasemapShape::Polygon(rings.map(ring).collect()),
        });
    }
}
