//! Hours that are alike: the week in sixteen classes, three hours of the day by weekday or
//! weekend, and how much an event of one class says about a window.

use crate::calendar::week::HOURS;
use crate::grid::hexgrid::HexGrid;
use crate::risk::footprint::{Footprints, Share};
use crate::risk::mixture::memory::Located;

/// Classes of hours.
pub const CLASSES: usize = 16;

/// Classes in a day.
const A_DAY: usize = 8;

/// How much less an event of the other kind of day (weekday, weekend) says.
const OTHER_DAY: f64 = 0.4;

/// How much less an event of the neighbouring three hours says.
const NEXT_HOURS: f64 = 0.5;

/// How alike hours must be to count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HourReach {
    /// The same hours of the day, on any day.
    SameHours,
    /// The same and the neighbouring hours; the other kind of day counts less.
    LikeHours,
}

impl HourReach {
    /// All.
    pub const ALL: [Self; 2] = [Self::SameHours, Self::LikeHours];
}

/// The class of an hour of the week. Weekend is from Friday 18:00 to Sunday 18:00, when
/// the next day is, or is not, a day of work.
pub fn class_of(hour_of_week: usize) -> usize {
    let weekend = (4 * 24 + 18..6 * 24 + 18).contains(&hour_of_week);
    hour_of_week % 24 / 3 + A_DAY * usize::from(weekend)
}

/// How much an event of each class says about a window that has so much of each hour of
/// the week (any unit).
pub fn relevance(exposure: &[f64; HOURS], reach: HourReach) -> [f64; CLASSES] {
    let mut wanted = [0.0; CLASSES];
    for (hour, time) in exposure.iter().enumerate() {
        wanted[class_of(hour)] += time;
    }
    let mut relevance = [0.0; CLASSES];
    for (class, value) in relevance.iter_mut().enumerate() {
        for (other, time) in wanted.iter().enumerate() {
            *value += time * alike(class, other, reach);
        }
    }
    let most = relevance.iter().fold(0.0f64, |m, &v| m.max(v));
    if most > 0.0 {
        relevance.map(|v| v / most)
    } else {
        [1.0; CLASSES]
    }
}

fn alike(a: usize, b: usize, reach: HourReach) -> f64 {
    let apart = (a % A_DAY).abs_diff(b % A_DAY);
    let apart = apart.min(A_DAY - apart);
    match reach {
        HourReach::SameHours => f64::from(apart == 0),
        HourReach::LikeHours => {
            let day = if a / A_DAY == b / A_DAY {
                1.0
            } else {
                OTHER_DAY
            };
            match apart {
                0 => day,
                1 => day * NEXT_HOURS,
                _ => 0.0,
            }
        }
    }
}

/// What one scale remembers of each class of hours.
#[derive(Debug, Clone)]
pub struct HourMemory {
    scale_m: f64,
    /// `[cell][class]`; not decayed.
    sums: Vec<[f32; CLASSES]>,
    totals: [f64; CLASSES],
    shares: Vec<Share>,
}

impl HourMemory {
    /// Nothing remembered yet.
    pub fn new(scale_m: f64, grid: &HexGrid) -> Self {
        Self {
            scale_m,
            sums: vec![[0.0; CLASSES]; grid.len()],
            totals: [0.0; CLASSES],
            shares: Vec::new(),
        }
    }

    /// Remembers an event.
    pub fn add(&mut self, event: &Located, footprints: &Footprints<'_>) {
        let class = usize::from(event.class);
        self.totals[class] += 1.0;
        if self.scale_m > 0.0 {
            footprints.shares(event.position, self.scale_m, &mut self.shares);
            for share in &self.shares {
                self.sums[share.cell as usize][class] += share.share as f32;
            }
        } else {
            self.sums[event.cell as usize][class] += 1.0;
        }
    }

    /// A cell's share of what is remembered of hours so relevant; `even` where nothing is.
    pub fn share_of(&self, cell: usize, relevance: &[f64; CLASSES], even: f64) -> f64 {
        let total = weighted(&self.totals, relevance);
        if total > 0.0 {
            self.sum_of(cell, relevance) / total
        } else {
            even
        }
    }

    /// Adds the shares, times a weight, to a surface.
    pub fn add_to(
        &self,
        surface: &mut [f64],
        weight: f64,
        relevance: &[f64; CLASSES],
        even: &[f64],
    ) {
        let total = weighted(&self.totals, relevance);
        for (cell, (value, even)) in surface.iter_mut().zip(even).enumerate() {
            *value += weight
                * if total > 0.0 {
                    self.sum_of(cell, relevance) / total
                } else {
                    *even
                };
        }
    }

    fn sum_of(&self, cell: usize, relevance: &[f64; CLASSES]) -> f64 {
        let sums = self.sums[cell].iter().zip(relevance);
        sums.map(|(sum, r)| f64::from(*sum) * r).sum()
    }
}

fn weighted(totals: &[f64; CLASSES], relevance: &[f64; CLASSES]) -> f64 {
    totals.iter().zip(relevance).map(|(t, r)| t * r).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_cover_the_week() {
        let mut hours = [0; CLASSES];
        for hour in 0..HOURS {
            hours[class_of(hour)] += 1;
        }
        assert_eq!(hours.iter().sum::<usize>(), HOURS);
        assert!(hours.iter().all(|h| *h >= 3));
    }

    #[test]
    fn a_full_week_makes_all_hours_relevant() {
        let same = relevance(&[1.0; HOURS], HourReach::SameHours);
        assert!(same.iter().all(|v| (v - 1.0).abs() < 1e-12));
        assert!(
            relevance(&[0.0; HOURS], HourReach::LikeHours)
                .iter()
                .all(|v| *v == 1.0)
        );
    }

    #[test]
    fn a_weekend_night_is_like_itself() {
        let mut exposure = [0.0; HOURS];
        exposure[5 * 24 + 22] = 1.0;
        let like = relevance(&exposure, HourReach::LikeHours);
        let at = |hour: usize| like[class_of(hour)];
        assert_eq!(at(5 * 24 + 21), 1.0);
        assert_eq!(at(6 * 24 + 1), NEXT_HOURS);
        assert_eq!(at(24 + 22), OTHER_DAY);
        assert_eq!(at(24 + 12), 0.0);
    }
}
