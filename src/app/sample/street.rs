//! The made-up streets: nodes and ways before they become a `RoadDraft`.
//!
//! Lattice lines are main streets, inner streets of blocks are residential, two ring roads
//! cross on bridges and meet main streets only. Streets end some metres inside the border;
//! only main streets cross the river and the railway.

use std::collections::{BTreeMap, HashMap};

use rand::RngExt;

use crate::app::sample::block::{Block, Use};
use crate::app::sample::chance::{Chance, stream};
use crate::app::sample::lattice::{Lattice, Rank};
use crate::app::sample::name;
use crate::app::sample::outline::Outline;
use crate::app::sample::plane::Spot;
use crate::app::sample::terrain::{RINGS, Terrain, urbanity};

/// How far inside the border streets end, metres.
const BORDER_M: f64 = 14.0;
const RING_STEP_M: f64 = 80.0;

/// Road class, as in `highway=*`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Ring road.
    Trunk,
    /// Main street of the first rank.
    Primary,
    /// Main street of the second rank.
    Secondary,
    /// Main street of the third rank.
    Tertiary,
    /// Street of a works area.
    Unclassified,
    /// Inner street.
    Residential,
    /// Lane within housing.
    LivingStreet,
}

impl Class {
    /// Its `highway` value.
    pub fn highway(self) -> &'static str {
        match self {
            Self::Trunk => "trunk",
            Self::Primary => "primary",
            Self::Secondary => "secondary",
            Self::Tertiary => "tertiary",
            Self::Unclassified => "unclassified",
            Self::Residential => "residential",
            Self::LivingStreet => "living_street",
        }
    }

    fn bridges(self) -> bool {
        self <= Self::Secondary
    }
}

/// A street's piece between two crossings of the lattice, or an inner street of a block.
#[derive(Debug, Clone)]
pub struct Way {
    /// Its class.
    pub class: Class,
    /// Its name.
    pub name: String,
    /// Numbers of its nodes.
    pub nodes: Vec<usize>,
    /// Driven in the order of its nodes only.
    pub one_way: bool,
}

/// All streets.
#[derive(Debug, Clone, Default)]
pub struct Streets {
    /// Where the nodes are.
    pub spots: Vec<Spot>,
    /// The ways, lattice lines first.
    pub ways: Vec<Way>,
}

/// Draws the streets of a seed; every node lies in one piece with all others.
pub fn draw(
    seed: u64,
    lattice: &Lattice,
    blocks: &[Block],
    outline: &Outline,
    terrain: &Terrain,
) -> Streets {
    let mut drawing = Drawing {
        lattice,
        outline,
        terrain,
        streets: Streets::default(),
        known: HashMap::new(),
        on_ring: vec![Vec::new(); RINGS.len()],
    };
    let mut chance = stream(seed, "streets");
    let sides = junctions_by_side(blocks);
    drawing.main_streets(&mut chance, &sides);
    drawing.rings();
    for block in blocks {
        drawing.inner_streets(&mut chance, block);
    }
    let mut streets = drawing.streets;
    streets.keep_largest_piece();
    streets.make_one_ways(&mut chance);
    streets
}

/// A side of a block: along the axis or not, and its first crossing.
type Side = (bool, usize, usize);

fn junctions_by_side(blocks: &[Block]) -> BTreeMap<Side, Vec<f64>> {
    let mut sides: BTreeMap<Side, Vec<f64>> = BTreeMap::new();
    for block in blocks {
        let (c, r) = (block.column, block.row);
        for &(south, north) in &block.along {
            sides.entry((false, c, r)).or_default().push(south);
            sides.entry((false, c, r + 1)).or_default().push(north);
        }
        for &(west, east) in &block.across {
            sides.entry((true, c, r)).or_default().push(west);
            sides.entry((true, c + 1, r)).or_default().push(east);
        }
    }
    for shares in sides.values_mut() {
        shares.sort_by(f64::total_cmp);
        shares.dedup();
    }
    sides
}

struct Drawing<'a> {
    lattice: &'a Lattice,
    outline: &'a Outline,
    terrain: &'a Terrain,
    streets: Streets,
    /// Spot in centimetres to node number.
    known: HashMap<(i64, i64), usize>,
    on_ring: Vec<Vec<Spot>>,
}

impl Drawing<'_> {
    fn node(&mut self, spot: Spot) -> usize {
        let key = (
            (spot.x * 100.0).round() as i64,
            (spot.y * 100.0).round() as i64,
        );
        *self.known.entry(key).or_insert_with(|| {
            self.streets.spots.push(spot);
            self.streets.spots.len() - 1
        })
    }

    fn main_streets(&mut self, chance: &mut Chance, sides: &BTreeMap<Side, Vec<f64>>) {
        for column in 0..self.lattice.columns() {
            for row in 0..self.lattice.rows() - 1 {
                let ends = [(column, row), (column, row + 1)];
                let rank = self.lattice.along(column);
                let side = sides.get(&(true, column, row));
                self.main_street(chance, rank, name::street(column), ends, side);
            }
        }
        for row in 0..self.lattice.rows() {
            for column in 0..self.lattice.columns() - 1 {
                let ends = [(column, row), (column + 1, row)];
                let rank = self.lattice.across(row);
                let side = sides.get(&(false, column, row));
                self.main_street(chance, rank, name::road(row), ends, side);
            }
        }
    }

    fn main_street(
        &mut self,
        chance: &mut Chance,
        rank: Rank,
        name: String,
        ends: [(usize, usize); 2],
        junctions: Option<&Vec<f64>>,
    ) {
        let [a, b] = ends.map(|(column, row)| self.lattice.corner(column, row));
        let urban = urbanity(a.towards(b, 0.5));
        let draw: f64 = chance.random();
        // Smaller streets run out towards the fields.
        let class = match rank {
            Rank::Primary => Class::Primary,
            Rank::Secondary if draw < 0.2 * (0.5 - urban) => return,
            Rank::Secondary => Class::Secondary,
            Rank::Tertiary if draw < 0.05 + 0.55 * (0.6 - urban).max(0.0) => return,
            Rank::Tertiary => Class::Tertiary,
        };
        let mut shares = vec![0.0, 1.0];
        shares.extend(junctions.into_iter().flatten().copied());
        if class <= Class::Secondary {
            for (ring, &(_, centre, radius)) in RINGS.iter().enumerate() {
                for share in on_circle(a, b, centre, radius) {
                    shares.push(share);
                    self.on_ring[ring].push(a.towards(b, share));
                }
            }
        }
        shares.sort_by(f64::total_cmp);
        let spots: Vec<Spot> = shares.iter().map(|&share| a.towards(b, share)).collect();
        self.way(class, name, &spots);
    }

    fn rings(&mut self) {
        for (ring, &(name, centre, radius)) in RINGS.iter().enumerate() {
            let angle = |s: Spot| (s.y - centre.y).atan2(s.x - centre.x);
            let mut angles: Vec<(f64, Option<Spot>)> = self.on_ring[ring]
                .iter()
                .map(|&s| (angle(s), Some(s)))
                .collect();
            let steps = (std::f64::consts::TAU * radius / RING_STEP_M) as i32;
            for i in 0..steps {
                let at =
                    std::f64::consts::TAU * f64::from(i) / f64::from(steps) - std::f64::consts::PI;
                let crowded = angles
                    .iter()
                    .any(|(other, spot)| spot.is_some() && (other - at).abs() * radius < 25.0);
                if !crowded {
                    angles.push((at, None));
                }
            }
            angles.sort_by(|a, b| a.0.total_cmp(&b.0));
            let spots: Vec<Spot> = angles
                .into_iter()
                .map(|(at, spot)| {
                    spot.unwrap_or_else(|| centre.moved(radius * at.cos(), radius * at.sin()))
                })
                .collect();
            self.way(Class::Trunk, name.into(), &spots);
        }
    }

    fn inner_streets(&mut self, chance: &mut Chance, block: &Block) {
        let (columns, rows) = (block.along.len(), block.across.len());
        let dropped = if block.usage == Use::Works { 0.1 } else { 0.16 };
        let class = |chance: &mut Chance| match block.usage {
            Use::Works => Class::Unclassified,
            _ if chance.random_bool(0.3) => Class::LivingStreet,
            _ => Class::Residential,
        };
        let mut lane = 0;
        let mut lines = Vec::new();
        for i in 1..=columns {
            let line: Vec<Spot> = (0..=rows + 1)
                .map(|j| block.junction_spot(self.lattice, i, j))
                .collect();
            lines.push(line);
        }
        for j in 1..=rows {
            let line: Vec<Spot> = (0..=columns + 1)
                .map(|i| block.junction_spot(self.lattice, i, j))
                .collect();
            lines.push(line);
        }
        for line in lines {
            lane += 1;
            let name = format!("{}{lane}巷", name::road(block.row));
            let class = class(chance);
            // A gap in the line makes two blind ends, as lanes have.
            let gap = chance
                .random_bool(dropped * 2.0)
                .then(|| chance.random_range(1..line.len()));
            match gap {
                Some(at) => {
                    self.way(class, name.clone(), &line[..at]);
                    self.way(class, name, &line[at..]);
                }
                None => self.way(class, name, &line),
            }
        }
    }

    /// Adds the passable runs of a line, its ends cut at the border.
    fn way(&mut self, class: Class, name: String, spots: &[Spot]) {
        let mut run: Vec<usize> = Vec::new();
        for pair in spots.windows(2) {
            let Some((a, b)) = self.passable(class, pair[0], pair[1]) else {
                self.finish(class, &name, &mut run);
                continue;
            };
            if a != pair[0] {
                self.finish(class, &name, &mut run);
            }
            let (from, to) = (self.node(a), self.node(b));
            if run.is_empty() {
                run.push(from);
            }
            if from != to {
                run.push(to);
            }
            if b != pair[1] {
                self.finish(class, &name, &mut run);
            }
        }
        self.finish(class, &name, &mut run);
    }

    fn finish(&mut self, class: Class, name: &str, run: &mut Vec<usize>) {
        let nodes = std::mem::take(run);
        if nodes.len() >= 2 {
            self.streets.ways.push(Way {
                class,
                name: name.into(),
                nodes,
                one_way: false,
            });
        }
    }

    /// The part of a segment where a street can be: inside the border, not in the water.
    fn passable(&self, class: Class, a: Spot, b: Spot) -> Option<(Spot, Spot)> {
        let inside = |s: Spot| self.outline.contains_by(s, BORDER_M);
        let (a, b) = match (inside(a), inside(b)) {
            (true, true) => (a, b),
            (true, false) if class <= Class::Tertiary => (a, last_inside(a, b, inside)),
            (false, true) if class <= Class::Tertiary => (last_inside(b, a, inside), b),
            _ => return None,
        };
        let length = a.metres_to(b);
        let steps = (length / 30.0).ceil() as usize;
        let all_inside = (1..steps).all(|i| inside(a.towards(b, i as f64 / steps as f64)));
        let wet = !class.bridges() && self.terrain.crosses_river(a, b);
        let rails = class > Class::Tertiary && self.terrain.crosses_railway(a, b);
        (length > 3.0 && all_inside && !wet && !rails).then_some((a, b))
    }
}

impl Streets {
    /// A way's nodes as spots.
    pub fn line(&self, way: &Way) -> Vec<Spot> {
        way.nodes.iter().map(|&n| self.spots[n]).collect()
    }

    fn keep_largest_piece(&mut self) {
        let mut piece: Vec<usize> = (0..self.spots.len()).collect();
        for way in &self.ways {
            for pair in way.nodes.windows(2) {
                let (a, b) = (root(&mut piece, pair[0]), root(&mut piece, pair[1]));
                piece[a.max(b)] = a.min(b);
            }
        }
        let mut sizes: BTreeMap<usize, usize> = BTreeMap::new();
        for node in 0..piece.len() {
            *sizes.entry(root(&mut piece, node)).or_default() += 1;
        }
        let largest = sizes.iter().max_by_key(|(_, size)| **size).map(|(&r, _)| r);
        self.ways
            .retain(|way| Some(root(&mut piece, way.nodes[0])) == largest);
    }

    /// Makes some streets one-way, whole names at a time, and takes back those without
    /// which some node could not be reached or left.
    fn make_one_ways(&mut self, chance: &mut Chance) {
        let mut decided: BTreeMap<String, (bool, bool)> = BTreeMap::new();
        for way in &mut self.ways {
            let share = match way.class {
                Class::Tertiary => 0.16,
                Class::Residential | Class::LivingStreet => 0.14,
                _ => 0.0,
            };
            let &mut (one_way, turned) = decided
                .entry(way.name.clone())
                .or_insert_with(|| (chance.random_bool(share), chance.random_bool(0.5)));
            if one_way && share > 0.0 {
                way.one_way = true;
                if turned {
                    way.nodes.reverse();
                }
            }
        }
        loop {
            let part = self.strong_parts();
            let mut changed = false;
            for way in self.ways.iter_mut().filter(|way| way.one_way) {
                if way.nodes.windows(2).any(|p| part[p[0]] != part[p[1]]) {
                    way.one_way = false;
                    changed = true;
                }
            }
            if !changed {
                break;
            }
        }
    }

    /// The strongly connected part of each node (Kosaraju, without recursion).
    fn strong_parts(&self) -> Vec<usize> {
        let count = self.spots.len();
        let (mut out, mut into) = (vec![Vec::new(); count], vec![Vec::new(); count]);
        for way in &self.ways {
            for pair in way.nodes.windows(2) {
                let (a, b) = (pair[0], pair[1]);
                out[a].push(b);
                into[b].push(a);
                if !way.one_way {
                    out[b].push(a);
                    into[a].push(b);
                }
            }
        }
        let mut order = Vec::with_capacity(count);
        let mut seen = vec![false; count];
        for start in 0..count {
            if std::mem::replace(&mut seen[start], true) {
                continue;
            }
            let mut stack = vec![(start, 0)];
            while let Some((node, next)) = stack.last_mut() {
                if let Some(&to) = out[*node].get(*next) {
                    *next += 1;
                    if !std::mem::replace(&mut seen[to], true) {
                        stack.push((to, 0));
                    }
                } else {
                    order.push(*node);
                    stack.pop();
                }
            }
        }
        let mut part = vec![usize::MAX; count];
        for &start in order.iter().rev() {
            let mut stack = vec![start];
            while let Some(node) = stack.pop() {
                if part[node] == usize::MAX {
                    part[node] = start;
                    stack.extend(into[node].iter().filter(|&&n| part[n] == usize::MAX));
                }
            }
        }
        part
    }
}

fn root(piece: &mut [usize], node: usize) -> usize {
    let mut at = node;
    while piece[at] != at {
        piece[at] = piece[piece[at]];
        at = piece[at];
    }
    at
}

fn last_inside(inner: Spot, outer: Spot, inside: impl Fn(Spot) -> bool) -> Spot {
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..20 {
        let middle = (low + high) / 2.0;
        if inside(inner.towards(outer, middle)) {
            low = middle;
        } else {
            high = middle;
        }
    }
    inner.towards(outer, low)
}

/// Shares of a segment at which it meets a circle, well inside the segment.
fn on_circle(a: Spot, b: Spot, centre: Spot, radius: f64) -> Vec<f64> {
    let (dx, dy) = (b.x - a.x, b.y - a.y);
    let (fx, fy) = (a.x - centre.x, a.y - centre.y);
    let (p, q) = (dx * dx + dy * dy, 2.0 * (fx * dx + fy * dy));
    let r = fx * fx + fy * fy - radius * radius;
    let root = q * q - 4.0 * p * r;
    if root <= 0.0 {
        return Vec::new();
    }
    [
        (-q - root.sqrt()) / (2.0 * p),
        (-q + root.sqrt()) / (2.0 * p),
    ]
    .into_iter()
    .filter(|share| (0.04..=0.96).contains(share))
    .collect()
}
