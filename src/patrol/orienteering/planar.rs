//! A team orienteering problem in the plane, as instance files have it, before lengths are
//! whole ticks.

use crate::patrol::orienteering::problem::{MOST_POINTS, MOST_TICKS, TeamFault, TeamProblem};

/// Points in the plane; the first is the start, the last the end.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanarTeam {
    /// Coordinates, any unit.
    pub points: Vec<(f64, f64)>,
    /// What a visit is worth, by point.
    pub profits: Vec<u32>,
    /// The most that a route may be long, in the coordinates' unit.
    pub limit: f64,
    /// How many routes.
    pub routes: usize,
}

impl PlanarTeam {
    /// The problem with straight distances in ticks of 2⁻²⁹ of the limit, rounded up: a route
    /// that fits in ticks fits in the plane, and one that has 10⁻⁶ of the limit to spare in
    /// the plane fits in ticks.
    ///
    /// # Errors
    /// [`TeamFault`] where the parts don't fit each other.
    pub fn problem(&self) -> Result<TeamProblem, TeamFault> {
        let numbers = self.points.iter().flat_map(|&(x, y)| [x, y]);
        if let Some(bad) = numbers.chain([self.limit]).find(|n| !n.is_finite()) {
            return Err(TeamFault::NotFinite(bad));
        }
        if self.limit < 0.0 {
            return Err(TeamFault::NotFinite(self.limit));
        }
        if self.points.len() > MOST_POINTS {
            return Err(TeamFault::TooManyPoints(self.points.len()));
        }
        let limit = if self.limit > 0.0 { MOST_TICKS } else { 0 };
        let mut ticks = Vec::with_capacity(self.points.len() * self.points.len());
        for from in &self.points {
            ticks.extend(self.points.iter().map(|to| self.ticks(from, to)));
        }
        TeamProblem::new(self.profits.clone(), ticks, limit, self.routes)
    }

    fn ticks(&self, from: &(f64, f64), to: &(f64, f64)) -> u32 {
        let distance = (to.0 - from.0).hypot(to.1 - from.1);
        if distance == 0.0 {
            0
        } else if distance > self.limit {
            MOST_TICKS + 1
        } else {
            // What is whole but for the rounding of the root stays whole: that rounding is
            // a millionth of a tick at most.
            let ticks = distance / self.limit * f64::from(MOST_TICKS);
            (ticks - 1e-6).ceil().max(0.0) as u32
        }
    }
}
