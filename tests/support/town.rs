//! Drawn towns: a road draft, named places and beats from a drawing in characters.
//!
//! ```text
//! a A--+==B    +     a crossing          A-Z  a crossing with a name
//!   |  |  ^    - |   a two-way street    =    a wide two-way street (`primary`)
//!   C>>+--D    > < ^ v anywhere on a street make it one-way
//!    1       a 1-9   a post beside the streets
//! ```
//! Streets run straight between the crossings at their ends, horizontally or vertically,
//! without a gap. A lower-case letter (but `v`) marks corners of the beat of that name:
//! the beat is the box around all its marks. One column is 20 m, one line 40 m; the
//! drawing's upper left corner is at 123.45° E, 41.80° N.
//!
//! Used by `tests/*.rs` (`#[path = "support/town.rs"] mod town;`) and by unit tests
//! (`#[path = "../../tests/support/town.rs"] mod town;`).

#![allow(
    dead_code,
    reason = "each test that includes this file uses a part of it"
)]

use std::collections::BTreeMap;

use frontbeat::place::position::Position;
use frontbeat::roads::draft::{RestrictionDraft, RoadDraft, WayDirection, WayDraft};

/// Metres from one column to the next.
pub const COLUMN_M: f64 = 20.0;

/// Metres from one line to the next.
pub const LINE_M: f64 = 40.0;

const WEST: f64 = 123.45;
const NORTH: f64 = 41.80;
const METRES_PER_DEGREE: f64 = 6_371_008.8 * std::f64::consts::PI / 180.0;

/// A town read from a drawing.
#[derive(Debug, Clone)]
pub struct Town {
    /// Its streets.
    pub roads: RoadDraft,
    /// Crossings `A`-`Z` and posts `1`-`9` by their character.
    pub places: BTreeMap<char, Position>,
    /// Beats by their letter: a closed ring, counter-clockwise, `[lon, lat]`.
    pub beats: BTreeMap<char, Vec<[f64; 2]>>,
    nodes: BTreeMap<char, i64>,
}

impl Town {
    /// Reads a drawing. Panics, naming line and column, where a street ends in nothing.
    pub fn parse(drawing: &str) -> Self {
        let grid: Vec<Vec<char>> = drawing.lines().map(|l| l.chars().collect()).collect();
        let mut town = Self {
            roads: RoadDraft::default(),
            places: BTreeMap::new(),
            beats: BTreeMap::new(),
            nodes: BTreeMap::new(),
        };
        let mut marks: BTreeMap<char, Vec<(usize, usize)>> = BTreeMap::new();
        for (line, row) in grid.iter().enumerate() {
            for (column, &c) in row.iter().enumerate() {
                if is_crossing(c) {
                    let id = node_id(line, column);
                    town.roads.nodes.insert(id, position(line, column));
                    if c != '+' {
                        town.nodes.insert(c, id);
                    }
                }
                if c.is_ascii_uppercase() || c.is_ascii_digit() {
                    town.places.insert(c, position(line, column));
                }
                if c.is_ascii_lowercase() && c != 'v' {
                    marks.entry(c).or_default().push((line, column));
                }
            }
        }
        for (line, row) in grid.iter().enumerate() {
            for (column, &c) in row.iter().enumerate() {
                if is_crossing(c) {
                    town.street(&grid, (line, column), (0, 1));
                    town.street(&grid, (line, column), (1, 0));
                }
            }
        }
        town.beats = marks
            .into_iter()
            .map(|(c, m)| (c, box_around(&m)))
            .collect();
        town
    }

    /// Where a named crossing or post is.
    pub fn at(&self, name: char) -> Position {
        self.places[&name]
    }

    /// Forbids the turn at `via` from the street that comes straight from `from` into the
    /// one that goes straight to `to`.
    pub fn forbid(&mut self, from: char, via: char, to: char) {
        self.restrict(from, via, to, false);
    }

    /// Allows no other turn at `via` to those who come from `from`.
    pub fn only(&mut self, from: char, via: char, to: char) {
        self.restrict(from, via, to, true);
    }

    fn restrict(&mut self, from: char, via: char, to: char, only: bool) {
        self.roads.restrictions.push(RestrictionDraft {
            from_way: self.way_between(from, via),
            via_node: self.nodes[&via],
            to_way: self.way_between(via, to),
            only,
        });
    }

    fn way_between(&self, a: char, b: char) -> i64 {
        let ends = [self.nodes[&a], self.nodes[&b]];
        self.roads
            .ways
            .iter()
            .find(|w| ends.iter().all(|end| w.nodes.contains(end)))
            .unwrap_or_else(|| panic!("no street runs straight from {a} to {b}"))
            .id
    }

    /// Follows a street east or south from a crossing, where there is one.
    fn street(&mut self, grid: &[Vec<char>], from: (usize, usize), step: (usize, usize)) {
        let drawn = if step.1 == 1 { "-=<>" } else { "|^v" };
        let look = |at: (usize, usize)| grid.get(at.0).and_then(|r| r.get(at.1)).copied();
        let (mut at, mut seen) = (from, String::new());
        loop {
            at = (at.0 + step.0, at.1 + step.1);
            match look(at) {
                Some(c) if drawn.contains(c) => seen.push(c),
                Some(c) if is_crossing(c) && !seen.is_empty() => break,
                _ if seen.is_empty() => return,
                _ => panic!(
                    "line {}, column {}: the street ends here",
                    at.0 + 1,
                    at.1 + 1
                ),
            }
        }
        let forward = seen.contains(['>', 'v']);
        let backward = seen.contains(['<', '^']);
        self.roads.ways.push(WayDraft {
            id: self.roads.ways.len() as i64 + 1,
            nodes: vec![node_id(from.0, from.1), node_id(at.0, at.1)],
            class: if seen.contains('=') {
                "primary"
            } else {
                "residential"
            }
            .into(),
            name: String::new(),
            direction: match (forward, backward) {
                (true, false) => WayDirection::Forward,
                (false, true) => WayDirection::Backward,
                _ => WayDirection::Both,
            },
            max_kmh: None,
        });
    }
}

fn is_crossing(c: char) -> bool {
    c == '+' || c.is_ascii_uppercase()
}

fn node_id(line: usize, column: usize) -> i64 {
    (line * 1000 + column + 1) as i64
}

fn position(line: usize, column: usize) -> Position {
    let east = column as f64 * COLUMN_M;
    let south = line as f64 * LINE_M;
    Position::wrapped(
        WEST + east / (METRES_PER_DEGREE * NORTH.to_radians().cos()),
        NORTH - south / METRES_PER_DEGREE,
    )
}

fn box_around(marks: &[(usize, usize)]) -> Vec<[f64; 2]> {
    let span = |pick: fn(&(usize, usize)) -> usize| {
        let all = marks.iter().map(pick);
        (all.clone().min().unwrap_or(0), all.max().unwrap_or(0))
    };
    let ((top, bottom), (left, right)) = (span(|m| m.0), span(|m| m.1));
    let corners = [
        (bottom, left),
        (bottom, right),
        (top, right),
        (top, left),
        (bottom, left),
    ];
    corners
        .map(|(line, column)| position(line, column).into())
        .to_vec()
}
