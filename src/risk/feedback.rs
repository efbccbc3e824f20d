//! The feedback loop, broken: what patrols discover says where patrols were.
//!
//! A patrol finds incidents only where it is. Learned from as they are, they send it back
//! there, and the areas drift apart whatever the truth (Lum & Isaac 2016; Ensign et al.
//! 2018, who show it on urns). Two cures. The default: learn from what was *reported*
//! ([`Origin::is_reported`]), which does not depend on patrols. Where discovered incidents
//! must count, each stands for the ones that nobody was there to see: its weight is one
//! over the probability that its place was visited (Horvitz & Thompson 1952).
//!
//! [`Origin::is_reported`]: crate::incident::record::Origin::is_reported

use crate::risk::statistics::error::StatisticsError;

/// Least probability of a visit that is believed: an incident weighs at most twenty. Where
/// patrols go more rarely they can't say much, and one find must not outweigh the town.
pub const LEAST_VISIT: f64 = 0.05;

/// What a discovered incident counts, from the probability (0 to 1) that its place was
/// visited when it was found.
///
/// # Errors
/// [`StatisticsError::Parameter`] where it is no probability, or 0: what was found where
/// nobody can have been is a fault of the data.
pub fn inverse_visit_weight(visit: f64) -> Result<f64, StatisticsError> {
    if visit > 0.0 && visit <= 1.0 {
        Ok(1.0 / visit.max(LEAST_VISIT))
    } else {
        Err(StatisticsError::Parameter {
            name: "the probability of a visit",
            wanted: "above 0 and at most 1",
            value: visit,
        })
    }
}

/// Share of each area's patrols, in proportion to what is believed of it, but for an
/// exploring part that goes everywhere alike: without it an area that is never visited
/// can never be found to be busy.
///
/// # Errors
/// [`StatisticsError::Parameter`] where a belief is negative or not finite, or `exploring`
/// is not within 0 to 1.
pub fn visit_shares(belief: &[f64], exploring: f64) -> Result<Vec<f64>, StatisticsError> {
    if !(0.0..=1.0).contains(&exploring) {
        return Err(StatisticsError::Parameter {
            name: "the exploring share",
            wanted: "from 0 to 1",
            value: exploring,
        });
    }
    if let Some(&value) = belief.iter().find(|b| !(b.is_finite() && **b >= 0.0)) {
        return Err(StatisticsError::Parameter {
            name: "a belief",
            wanted: "a finite number, 0 or more",
            value,
        });
    }
    let even = 1.0 / belief.len().max(1) as f64;
    let sum: f64 = belief.iter().sum();
    let share = |b: f64| if sum > 0.0 { b / sum } else { even };
    Ok(belief
        .iter()
        .map(|&b| (1.0 - exploring) * share(b) + exploring * even)
        .collect())
}

#[cfg(test)]
#[path = "feedback_tests.rs"]
mod tests;
