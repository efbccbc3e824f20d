//! Where to go next from a point; looked up once each, when first asked for.

use crate::patrol::rules::reach::NEVER;
use crate::patrol::search::route::Ground;

/// Candidates by how good a next stop they are from each point: nearest first, or most
/// risk for the time to drive there and stay.
#[derive(Debug)]
pub struct Neighbours {
    most: usize,
    lists: Vec<Option<Box<[u32]>>>,
    /// Of each candidate; empty where only nearness counts.
    risk: Vec<f64>,
}

impl Neighbours {
    /// Lists of at most `most` candidates for `points` points, nearest first.
    pub fn nearest(points: usize, most: usize) -> Self {
        Self {
            most,
            lists: vec![None; points],
            risk: Vec::new(),
        }
    }

    /// The same, by risk for the time.
    pub fn promising(points: usize, most: usize, risk: Vec<f64>) -> Self {
        Self {
            risk,
            ..Self::nearest(points, most)
        }
    }

    /// The list of a point, best first, without what can't be reached and without the
    /// candidate that the point itself stands for.
    pub fn of(&mut self, ground: &Ground<'_>, point: u32) -> &[u32] {
        let (most, risk) = (self.most, &self.risk);
        self.lists[point as usize].get_or_insert_with(|| {
            let stay = f64::from(ground.dwells[0]);
            let mut cells: Vec<(f64, u32)> = (0..ground.candidates)
                .filter(|&cell| ground.first_candidate + cell != point)
                .filter_map(|cell| {
                    let drive = ground.reach.seconds(point, ground.first_candidate + cell);
                    let cost = match risk.get(cell as usize) {
                        Some(risk) => -risk / (stay + f64::from(drive)),
                        None => f64::from(drive),
                    };
                    (drive < NEVER).then_some((cost, cell))
                })
                .collect();
            let order = |a: &(f64, u32), b: &(f64, u32)| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1));
            if cells.len() > most {
                cells.select_nth_unstable_by(most, order);
                cells.truncate(most);
            }
            cells.sort_unstable_by(order);
            cells.into_iter().map(|(_, cell)| cell).collect()
        })
    }
}
