//! The bent lattice that the made-up streets follow: lines along the district's long axis
//! (街, counted from the west) and across it (路, counted from the south), some 430 m
//! apart, closer in the south than in the north. Between four crossings lies a block;
//! inside one, places are named by shares of its sides.

use rand::RngExt;

use crate::app::sample::chance::{Chance, normal, stream};
use crate::app::sample::plane::Spot;

const AXIS_STEP_M: f64 = 50.0;
const HALF_WIDTH_M: f64 = 7_200.0;
const HALF_LENGTH_M: f64 = 11_500.0;

/// Rank of a lattice line, and with it of the streets on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// 主干路.
    Primary,
    /// 次干路.
    Secondary,
    /// 支路.
    Tertiary,
}

/// The lattice.
#[derive(Debug, Clone)]
pub struct Lattice {
    corners: Vec<Vec<Spot>>,
    along: Vec<Rank>,
    across: Vec<Rank>,
}

impl Lattice {
    /// Draws the lattice of a seed.
    pub fn draw(seed: u64) -> Self {
        let mut chance = stream(seed, "lattice");
        let columns = spacings(&mut chance, -HALF_WIDTH_M, HALF_WIDTH_M, |_| 430.0);
        let rows = spacings(&mut chance, -HALF_LENGTH_M, HALF_LENGTH_M, |v| {
            390.0 + 110.0 * ((v + HALF_LENGTH_M) / (2.0 * HALF_LENGTH_M))
        });
        let along = ranks(columns.len(), chance.random_range(0..4));
        let across = ranks(rows.len(), chance.random_range(0..4));
        let bend = Bend::draw(&mut chance);
        let corners = columns
            .iter()
            .map(|&u| {
                rows.iter()
                    .map(|&v| {
                        let spot = bend.spot(u, v);
                        spot.moved(normal(&mut chance, 9.0), normal(&mut chance, 9.0))
                    })
                    .collect()
            })
            .collect();
        Self {
            corners,
            along,
            across,
        }
    }

    /// How many lines run along the axis.
    pub fn columns(&self) -> usize {
        self.along.len()
    }

    /// How many lines run across it.
    pub fn rows(&self) -> usize {
        self.across.len()
    }

    /// Rank of a line along the axis.
    pub fn along(&self, column: usize) -> Rank {
        self.along[column]
    }

    /// Rank of a line across it.
    pub fn across(&self, row: usize) -> Rank {
        self.across[row]
    }

    /// Where two lines cross.
    pub fn corner(&self, column: usize, row: usize) -> Spot {
        self.corners[column][row]
    }

    /// A spot of the block north-east of a crossing, by shares of its sides (0 to 1).
    pub fn within(&self, column: usize, row: usize, east: f64, north: f64) -> Spot {
        let south = self
            .corner(column, row)
            .towards(self.corner(column + 1, row), east);
        let top = self
            .corner(column, row + 1)
            .towards(self.corner(column + 1, row + 1), east);
        south.towards(top, north)
    }
}

/// The bent axis and slow waves on top of it.
struct Bend {
    axis: Vec<(Spot, f64)>,
    waves: [(f64, f64, f64); 3],
}

impl Bend {
    fn draw(chance: &mut Chance) -> Self {
        let steps = (HALF_LENGTH_M / AXIS_STEP_M) as i32 + 2;
        // The outline's west side heads about 14° east of north, swinging by 7°.
        let heading = |v: f64| 14.0_f64.to_radians() + 0.12 * (v / 2600.0 + 1.0).sin();
        let walk = |direction: f64| {
            let mut spot = Spot::new(300.0, 0.0);
            (0..=steps)
                .map(|i| {
                    let v = direction * f64::from(i) * AXIS_STEP_M;
                    let angle = heading(v);
                    let here = (spot, angle);
                    let step = direction * AXIS_STEP_M;
                    spot = spot.moved(step * angle.sin(), step * angle.cos());
                    here
                })
                .collect::<Vec<_>>()
        };
        let mut axis = walk(-1.0);
        axis.reverse();
        axis.extend(walk(1.0).into_iter().skip(1));
        let waves = [5200.0, 3700.0, 2900.0].map(|length| {
            let turn = std::f64::consts::TAU;
            (
                turn / length,
                chance.random::<f64>() * turn,
                chance.random::<f64>() * turn,
            )
        });
        Self { axis, waves }
    }

    fn spot(&self, u: f64, v: f64) -> Spot {
        let step = v / AXIS_STEP_M + (self.axis.len() / 2) as f64;
        let index = (step.floor().max(0.0) as usize).min(self.axis.len() - 2);
        let share = step - index as f64;
        let (a, heading) = self.axis[index];
        let centre = a.towards(self.axis[index + 1].0, share);
        let (mut x, mut y) = (u * heading.cos(), -u * heading.sin());
        for (i, &(k, p, q)) in self.waves.iter().enumerate() {
            let height = 55.0 - 12.0 * i as f64;
            x += height * (k * v + p).sin() * (0.6 * k * u + q).cos();
            y += height * (k * u + q).sin() * (0.6 * k * v + p).cos();
        }
        centre.moved(x, y)
    }
}

fn spacings(chance: &mut Chance, from: f64, to: f64, gap: impl Fn(f64) -> f64) -> Vec<f64> {
    let mut at = from;
    let mut lines = Vec::new();
    while at <= to {
        lines.push(at);
        at += gap(at) * chance.random_range(0.82..1.18);
    }
    lines
}

/// Every fourth line is primary, between two of those runs a secondary one.
fn ranks(count: usize, phase: usize) -> Vec<Rank> {
    (0..count)
        .map(|i| match (i + phase) % 4 {
            0 => Rank::Primary,
            2 => Rank::Secondary,
            _ => Rank::Tertiary,
        })
        .collect()
}
