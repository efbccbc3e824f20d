//! Streets cut into short pieces: what incidents and places are drawn on, and what spots
//! are put back on. Pieces are found through square buckets.

use std::collections::HashMap;

use crate::app::sample::plane::Spot;
use crate::app::sample::street::{Class, Streets};

/// No piece is longer than this.
const PIECE_M: f64 = 60.0;
const BUCKET_M: f64 = 100.0;

/// A short straight piece of a street.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Piece {
    /// One end.
    pub a: Spot,
    /// The other end.
    pub b: Spot,
    /// Class of its street.
    pub class: Class,
}

impl Piece {
    /// Its length.
    pub fn metres(&self) -> f64 {
        self.a.metres_to(self.b)
    }

    /// Its middle.
    pub fn middle(&self) -> Spot {
        self.a.towards(self.b, 0.5)
    }

    /// Whether it is part of a main street.
    pub fn is_main(&self) -> bool {
        self.class <= Class::Tertiary
    }
}

/// All pieces, with their buckets.
#[derive(Debug, Clone)]
pub struct Pieces {
    /// The pieces.
    pub all: Vec<Piece>,
    buckets: HashMap<(i64, i64), Vec<usize>>,
}

impl Pieces {
    /// Cuts the streets.
    pub fn cut(streets: &Streets) -> Self {
        let mut all = Vec::new();
        for way in &streets.ways {
            for pair in streets.line(way).windows(2) {
                let parts = (pair[0].metres_to(pair[1]) / PIECE_M).ceil().max(1.0);
                for i in 0..parts as usize {
                    let at = |i: usize| pair[0].towards(pair[1], i as f64 / parts);
                    all.push(Piece {
                        a: at(i),
                        b: at(i + 1),
                        class: way.class,
                    });
                }
            }
        }
        let mut buckets: HashMap<(i64, i64), Vec<usize>> = HashMap::new();
        for (number, piece) in all.iter().enumerate() {
            buckets
                .entry(bucket(piece.middle()))
                .or_default()
                .push(number);
        }
        Self { all, buckets }
    }

    /// Numbers of the pieces whose middle is within some 100 m × `rings` of the spot, and
    /// surely those within that less half a piece.
    pub fn around(&self, spot: Spot, rings: i64) -> impl Iterator<Item = usize> + '_ {
        let (x, y) = bucket(spot);
        (-rings..=rings)
            .flat_map(move |i| (-rings..=rings).map(move |j| (x + i, y + j)))
            .filter_map(|key| self.buckets.get(&key))
            .flatten()
            .copied()
    }

    /// The nearest spot on a piece that is wanted, within some 900 m.
    pub fn nearest(&self, spot: Spot, wanted: impl Fn(&Piece) -> bool) -> Option<Spot> {
        let off = |&n: &usize| spot.metres_to_segment(self.all[n].a, self.all[n].b);
        [1, 3, 9].into_iter().find_map(|rings| {
            self.around(spot, rings)
                .filter(|&n| wanted(&self.all[n]))
                .min_by(|p, q| off(p).total_cmp(&off(q)))
                .map(|n| foot(spot, self.all[n]))
        })
    }
}

fn foot(spot: Spot, piece: Piece) -> Spot {
    let (dx, dy) = (piece.b.x - piece.a.x, piece.b.y - piece.a.y);
    let square = (dx * dx + dy * dy).max(1e-9);
    let share = ((spot.x - piece.a.x) * dx + (spot.y - piece.a.y) * dy) / square;
    piece.a.towards(piece.b, share.clamp(0.0, 1.0))
}

fn bucket(spot: Spot) -> (i64, i64) {
    (
        (spot.x / BUCKET_M).floor() as i64,
        (spot.y / BUCKET_M).floor() as i64,
    )
}
