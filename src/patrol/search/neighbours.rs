//! Where to go next from a point; looked up once each, when first asked for.
//!
//! A unit that may stop in a few beats only has lists of its own: among the nearest cells of the
//! whole area there may be none for it. Units that may stop in the same places share theirs.

use crate::patrol::rules::reach::NEVER;
use crate::patrol::search::route::Ground;

/// Candidates by how good a next stop they are from each point: nearest first, or most
/// risk for the time to drive there and stay.
#[derive(Debug)]
pub struct Neighbours {
    most: usize,
    points: usize,
    /// The lists of all cells, then those of each class of units.
    lists: Vec<Option<Box<[u32]>>>,
    /// Which class a unit is of; empty where all may stop everywhere.
    class_of: Vec<u32>,
    /// Of each candidate; empty where only nearness counts.
    risk: Vec<f64>,
}

impl Neighbours {
    /// Lists of at most `most` candidates for each point, nearest first.
    pub fn nearest(ground: &Ground<'_>, most: usize) -> Self {
        let points = ground.points as usize;
        let class_of = ground.access.classes(ground.shifts.len());
        let classes = class_of.iter().max().map_or(0, |most| *most as usize + 1);
        Self {
            most,
            points,
            lists: vec![None; points * (classes + 1)],
            class_of,
            risk: Vec::new(),
        }
    }

    /// The same, by risk for the time.
    pub fn promising(ground: &Ground<'_>, most: usize, risk: Vec<f64>) -> Self {
        Self {
            risk,
            ..Self::nearest(ground, most)
        }
    }

    /// The list of a point, best first, without what can't be reached and without the
    /// candidate that the point itself stands for.
    pub fn of(&mut self, ground: &Ground<'_>, point: u32) -> &[u32] {
        self.list(ground, point, None)
    }

    /// The same of those where a unit may stop.
    pub fn of_unit(&mut self, ground: &Ground<'_>, unit: usize, point: u32) -> &[u32] {
        self.list(ground, point, Some(unit))
    }

    fn list(&mut self, ground: &Ground<'_>, point: u32, unit: Option<usize>) -> &[u32] {
        let (most, risk) = (self.most, &self.risk);
        let class = unit.and_then(|unit| self.class_of.get(unit));
        let class = class.map_or(0, |class| *class as usize + 1);
        self.lists[class * self.points + point as usize].get_or_insert_with(|| {
            let stay = f64::from(ground.dwells[0]);
            let may = |cell: u32| {
                unit.is_none_or(|unit| ground.access.may(unit, ground.first_candidate + cell))
            };
            let mut cells: Vec<(f64, u32)> = (0..ground.candidates)
                .filter(|&cell| ground.first_candidate + cell != point && may(cell))
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
