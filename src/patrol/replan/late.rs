//! A pressed pillar that nobody can reach as soon as was asked: somebody goes all the same,
//! whoever is there soonest, and how late that is is said.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::patrol::problem::PlanProblem;
use crate::patrol::rules::access::Access;
use crate::patrol::rules::due::{Due, DueFor, dues, earliest_begin};
use crate::patrol::rules::reach::Reach;

/// A visit that nobody can make in time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Late {
    /// What the point is called.
    pub name: String,
    /// Somebody should have been there before.
    pub due: Timestamp,
    /// When somebody can be there at the earliest.
    pub soonest: Timestamp,
}

impl Late {
    /// By how much.
    pub fn by(&self) -> SignedDuration {
        self.soonest.duration_since(self.due)
    }
}

/// Where no unit can keep the newest must-visit of a checked problem in time, lets it be due
/// until the soonest of them is there. None where one can, or where none can at all.
pub fn widen(problem: &mut PlanProblem) -> Option<Late> {
    let newest = problem.must_visits.len().checked_sub(1)?;
    let soonest = {
        let (reach, access) = (Reach::new(problem), Access::new(problem));
        let due = dues(problem, &reach, &access).into_iter().find(|due| {
            matches!(due.what, DueFor::MustVisit { must_visit, .. } if must_visit as usize == newest)
        })?;
        if due.possible {
            return None;
        }
        let late = Due {
            closes: u32::MAX,
            ..due
        };
        (0..problem.units.len())
            .filter_map(|unit| earliest_begin(problem, &reach, &access, &late, unit))
            .min()?
    };
    let at = |ms: u32| problem.window.start() + SignedDuration::from_millis(i64::from(ms));
    let window_ms = problem.must_visits[newest].windows_ms.first().copied()?;
    let late = Late {
        name: problem.must_visits[newest].name.clone(),
        due: at(window_ms.1),
        soonest: at(soonest.saturating_mul(1000)),
    };
    // A visit begins before the window's end.
    let until_ms = soonest.saturating_add(1).saturating_mul(1000);
    problem.must_visits[newest].windows_ms[0].1 = until_ms;
    Some(late)
}
