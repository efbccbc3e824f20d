//! `kde`: each event spreads over its neighbourhood by a quartic kernel, and fades with
//! its half-life. See [`crate::risk::kernel`] for the kernel and its edge correction, and
//! [`crate::risk::bandwidth`] for the bandwidth where none is given.

use std::collections::BTreeMap;

use crate::risk::bandwidth;
use crate::risk::kernel;
use crate::risk::model::{RiskAnswer, RiskError, RiskEvent, RiskModel, RiskQuestion};
use crate::risk::past::{Past, positive};

/// A larger bandwidth says nothing about where within a district.
pub const MOST_BANDWIDTH_M: f64 = 5000.0;

/// Kernel density, quartic in space, exponential in time.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Kde {
    /// Radius of the kernel, metres; none: chosen on the past.
    pub bandwidth_m: Option<f64>,
    /// Half-life of an event's weight, days; none: all weigh the same.
    pub half_life_days: Option<f64>,
}

impl RiskModel for Kde {
    fn name(&self) -> &'static str {
        "kde"
    }

    fn predict(
        &self,
        question: &RiskQuestion<'_>,
        events: &[RiskEvent],
    ) -> Result<RiskAnswer, RiskError> {
        let given = self.bandwidth_m.map(checked).transpose()?;
        let past = Past::new(question, events, self.half_life_days)?;
        let grid = question.grid;
        let mut parameters = past.parameters.clone();
        let bandwidth_m = given_or_chosen(given, question, &past, &mut parameters);
        parameters.insert("bandwidth_m".into(), bandwidth_m.to_string());
        let spread = kernel::quartic(grid, &past.positions, &past.weights, bandwidth_m);
        Ok(RiskAnswer {
            expected: spread.mass.iter().map(|mass| mass * past.factor).collect(),
            parameters,
            events: spread.inside,
        })
    }
}

/// The given bandwidth, or the one the past speaks for, with the reason in the parameters.
pub fn given_or_chosen(
    given: Option<f64>,
    question: &RiskQuestion<'_>,
    past: &Past,
    parameters: &mut BTreeMap<String, String>,
) -> f64 {
    given.unwrap_or_else(|| {
        let choice = bandwidth::choose(question.grid, past, question.look_back);
        parameters.insert("bandwidth_choice".into(), choice.reason());
        choice.bandwidth_m
    })
}

/// Checks a given bandwidth.
///
/// # Errors
/// [`RiskError::Parameter`], [`RiskError::OutOfRange`].
pub fn checked(bandwidth_m: f64) -> Result<f64, RiskError> {
    let bandwidth_m = positive("bandwidth_m", bandwidth_m)?;
    if bandwidth_m > MOST_BANDWIDTH_M {
        return Err(RiskError::OutOfRange {
            name: "bandwidth_m".into(),
            least: 0.0,
            most: MOST_BANDWIDTH_M,
            value: bandwidth_m,
        });
    }
    Ok(bandwidth_m)
}
