//! Cells near a point, by driving time; looked up once each, when first asked for.

use crate::patrol::search::route::Ground;

/// Nearest candidates of each point.
#[derive(Debug)]
pub struct Neighbours {
    most: usize,
    near: Vec<Option<Box<[u32]>>>,
}

impl Neighbours {
    /// Lists of at most `most` candidates, for `points` points.
    pub fn new(points: usize, most: usize) -> Self {
        Self {
            most,
            near: vec![None; points],
        }
    }

    /// The nearest candidates that can be reached from a point, nearest first, without the
    /// one that the point itself stands for.
    pub fn of(&mut self, ground: &Ground<'_>, point: u32) -> &[u32] {
        let most = self.most;
        self.near[point as usize].get_or_insert_with(|| {
            let first = ground.first_candidate;
            let cells = first..first + ground.candidates;
            let nearest = ground.reach.nearest(point, cells, most);
            nearest.into_iter().map(|to| to - first).collect()
        })
    }
}
