//! What a simulation may set.

use crate::patrol::coverage::rings::Rings;
use crate::patrol::dispatch::rule::Rule;
use crate::patrol::simulator::town::SimulationFault;

/// Response times are reported within so many seconds: 1, 3, 5 and 8 minutes.
pub const WITHIN_S: [u32; 4] = [60, 180, 300, 480];

/// Settings of a simulation.
#[derive(Debug, Clone, PartialEq)]
pub struct SimulationSettings {
    /// How the unit for a call is chosen.
    pub rule: Rule,
    /// Coverage is counted within these times; the busy fraction is the rule's only.
    pub rings: Rings,
    /// How long a unit stands in a cell where the policy does not say, milliseconds.
    pub dwell_ms: u64,
    /// How often the coverage is looked at, milliseconds.
    pub look_every_ms: u64,
    /// Changes that the search tries for each shift's plan.
    pub plan_iterations: u64,
    /// How what is left of a plan is made anew.
    pub replan: ReplanMode,
}

/// How what is left of a plan is made anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReplanMode {
    /// For the unit that comes back alone, stop by stop: under a millisecond.
    OneUnit,
    /// For all units by the patrol search, from the present rounds, when a unit is sent and
    /// when it comes back: some ten milliseconds.
    AllUnits {
        /// Changes that it tries when a unit comes back.
        iterations: u64,
    },
}

impl ReplanMode {
    /// By the search, with what it finds in a hundredth of a second.
    pub const ALL_UNITS: Self = Self::AllUnits { iterations: 50 };
}

impl Default for SimulationSettings {
    fn default() -> Self {
        Self {
            rule: Rule::Nearest,
            rings: Rings::default(),
            dwell_ms: 12 * 60_000,
            look_every_ms: 15 * 60_000,
            plan_iterations: 500,
            replan: ReplanMode::OneUnit,
        }
    }
}

impl SimulationSettings {
    /// Whether they can be worked with.
    ///
    /// # Errors
    /// [`SimulationFault::Settings`].
    pub fn check(&self) -> Result<(), SimulationFault> {
        if self.dwell_ms > 0 && self.look_every_ms > 0 {
            Ok(())
        } else {
            Err(SimulationFault::Settings)
        }
    }
}
