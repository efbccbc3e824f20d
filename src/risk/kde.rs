//! `kde`: each event spreads over its neighbourhood by a quartic kernel, and fades with
//! its half-life. See [`crate::risk::kernel`] for the kernel and its edge correction.

use crate::risk::kernel;
use crate::risk::model::{RiskAnswer, RiskError, RiskEvent, RiskModel, RiskQuestion};
use crate::risk::past::{Past, positive};

/// The bandwidth where none is given, metres.
pub const DEFAULT_BANDWIDTH_M: f64 = 200.0;

/// A larger bandwidth says nothing about where within a district.
pub const MOST_BANDWIDTH_M: f64 = 5000.0;

/// Kernel density, quartic in space, exponential in time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Kde {
    /// Radius of the kernel, metres.
    pub bandwidth_m: f64,
    /// Half-life of an event's weight, days; none: all weigh the same.
    pub half_life_days: Option<f64>,
}

impl Default for Kde {
    fn default() -> Self {
        Self {
            bandwidth_m: DEFAULT_BANDWIDTH_M,
            half_life_days: None,
        }
    }
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
        let bandwidth_m = positive("bandwidth_m", self.bandwidth_m)?;
        if bandwidth_m > MOST_BANDWIDTH_M {
            return Err(RiskError::OutOfRange {
                name: "bandwidth_m".into(),
                least: 0.0,
                most: MOST_BANDWIDTH_M,
                value: bandwidth_m,
            });
        }
        let past = Past::new(question, events, self.half_life_days)?;
        let spread = kernel::quartic(question.grid, &past.positions, &past.weights, bandwidth_m);
        let mut parameters = past.parameters;
        parameters.insert("bandwidth_m".into(), bandwidth_m.to_string());
        Ok(RiskAnswer {
            expected: spread.mass.iter().map(|mass| mass * past.factor).collect(),
            parameters,
            events: spread.inside,
        })
    }
}
