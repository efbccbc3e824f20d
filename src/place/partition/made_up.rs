//! A made-up partition for tests: a lattice of blocks with crooked borders.

use crate::place::area::Area;
use crate::place::partition::part::{Part, Point};

/// `columns` × `rows` blocks of about 800 m whose inner corners are shaken by `shake`
/// (from −1 to 1 each, repeated).
pub fn lattice(columns: usize, rows: usize, shake: &[f64]) -> Vec<Part> {
    let corner = |x: usize, y: usize| -> Point {
        let inner = x > 0 && y > 0 && x < columns && y < rows;
        let by = |n: usize| {
            let s = shake.get(n % shake.len().max(1)).copied().unwrap_or(0.0);
            if inner { s * 0.003 } else { 0.0 }
        };
        let n = y * (columns + 1) + x;
        [
            123.4 + x as f64 * 0.01 + by(2 * n),
            41.8 + y as f64 * 0.008 + by(2 * n + 1),
        ]
    };
    let mut parts = Vec::new();
    for y in 0..rows {
        for x in 0..columns {
            let ring = vec![
                corner(x, y),
                corner(x + 1, y),
                corner(x + 1, y + 1),
                corner(x, y + 1),
                corner(x, y),
            ];
            let n = y * columns + x;
            parts.push(Part {
                id: format!("b{n}"),
                name: format!("Beat {n}"),
                station: None,
                area: Area::from_rings(&[vec![ring]]).unwrap(),
            });
        }
    }
    parts
}
