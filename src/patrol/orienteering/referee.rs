//! Checks routes against the points themselves: lengths from coordinates, nothing of the
//! search, not its ticks either.

use std::collections::HashSet;

use thiserror::Error;

use crate::patrol::orienteering::planar::PlanarTeam;

/// A sum of some dozens of roots is off by less than this share of the limit.
const ROUNDING: f64 = 1e-12;

/// What is wrong with a plan.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum RouteFault {
    /// More routes than the problem has.
    #[error("{found} routes, but only {most} are allowed")]
    Routes {
        /// Routes of the plan.
        found: usize,
        /// Routes of the problem.
        most: usize,
    },
    /// The start, the end, or no point at all.
    #[error("route {route} visits {point}, which is no point between start and end")]
    NoStop {
        /// Which route, from 0.
        route: usize,
        /// Number of the point.
        point: usize,
    },
    /// Two visits of one point.
    #[error("point {0} is visited twice")]
    Twice(usize),
    /// A route that is too long.
    #[error("route {route} is {length} long, over the limit of {limit}")]
    TooLong {
        /// Which route, from 0.
        route: usize,
        /// Its length.
        length: f64,
        /// The limit.
        limit: f64,
    },
}

/// The profit of a plan that keeps the rules. A route without stops is not driven.
///
/// # Errors
/// The first [`RouteFault`] found.
pub fn check(team: &PlanarTeam, routes: &[Vec<u16>]) -> Result<u64, RouteFault> {
    if routes.len() > team.routes {
        return Err(RouteFault::Routes {
            found: routes.len(),
            most: team.routes,
        });
    }
    let last = team.points.len().saturating_sub(1);
    let mut seen = HashSet::new();
    let mut profit = 0;
    for (route, stops) in routes.iter().enumerate() {
        let mut length = 0.0;
        let mut at = 0;
        for point in stops.iter().map(|&s| usize::from(s)) {
            if point == 0 || point >= last {
                return Err(RouteFault::NoStop { route, point });
            }
            if !seen.insert(point) {
                return Err(RouteFault::Twice(point));
            }
            profit += u64::from(team.profits[point]);
            length += straight(team.points[at], team.points[point]);
            at = point;
        }
        if !stops.is_empty() {
            length += straight(team.points[at], team.points[last]);
        }
        if length > team.limit * (1.0 + ROUNDING) {
            return Err(RouteFault::TooLong {
                route,
                length,
                limit: team.limit,
            });
        }
    }
    Ok(profit)
}

fn straight(a: (f64, f64), b: (f64, f64)) -> f64 {
    let (dx, dy) = (a.0 - b.0, a.1 - b.1);
    (dx * dx + dy * dy).sqrt()
}

#[cfg(test)]
mod tests {
    use crate::patrol::orienteering::planar::PlanarTeam;
    use crate::patrol::orienteering::referee::{RouteFault, check};

    fn line() -> PlanarTeam {
        PlanarTeam {
            points: vec![(0.0, 0.0), (1.0, 0.0), (2.0, 0.0), (3.0, 4.0), (4.0, 0.0)],
            profits: vec![0, 5, 7, 11, 0],
            limit: 4.0,
            routes: 2,
        }
    }

    #[test]
    fn a_sound_plan_has_its_profit() {
        assert_eq!(check(&line(), &[vec![1, 2], vec![]]), Ok(12));
        assert_eq!(check(&line(), &[]), Ok(0));
    }

    #[test]
    fn planted_faults_are_found() {
        let twice = check(&line(), &[vec![1], vec![2, 1]]);
        assert_eq!(twice, Err(RouteFault::Twice(1)));
        let end = check(&line(), &[vec![1, 4]]);
        assert_eq!(end, Err(RouteFault::NoStop { route: 0, point: 4 }));
        let start = check(&line(), &[vec![0]]);
        assert_eq!(start, Err(RouteFault::NoStop { route: 0, point: 0 }));
        let many = check(&line(), &[vec![], vec![], vec![1]]);
        assert_eq!(many, Err(RouteFault::Routes { found: 3, most: 2 }));
        let back = check(&line(), &[vec![2, 1]]);
        assert!(matches!(back, Err(RouteFault::TooLong { route: 0, .. })));
        let far = check(&line(), &[vec![1], vec![3]]);
        assert!(matches!(far, Err(RouteFault::TooLong { route: 1, .. })));
    }
}
