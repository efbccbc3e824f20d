//! A comparison with what it was made of, as it is printed and exported.

use crate::calendar::window::Window;
use crate::patrol::plan::LeftOut;
use crate::patrol::simulator::experiment::Comparison;
use crate::patrol::simulator::policy::Policy;
use crate::patrol::simulator::settings::SimulationSettings;
use crate::risk::surface::Provenance;

/// Where the simulated calls come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Truth {
    /// From what the policies believe: nothing is learned about a wrong forecast.
    Forecast,
    /// From the incidents of the simulated time, which the forecast has not seen.
    HeldOut,
    /// From the process that the sample district's incidents are drawn from.
    Generator,
}

impl Truth {
    /// As written at the prompt and in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Forecast => "forecast",
            Self::HeldOut => "held-out",
            Self::Generator => "generator",
        }
    }
}

/// The whole answer.
#[derive(Debug, Clone, PartialEq)]
pub struct SimulationReport {
    /// True where the workspace is.
    pub synthetic: bool,
    /// From the first shift to the last.
    pub period: Window,
    /// How many shifts were simulated.
    pub shifts: usize,
    /// Units on duty in each shift.
    pub units: usize,
    /// Of which stand for units that the workspace does not have.
    pub made_up_units: usize,
    /// Units that can't drive.
    pub left_out: Vec<LeftOut>,
    /// What the policies go by.
    pub forecast: Provenance,
    /// Where the calls come from.
    pub truth: Truth,
    /// Calls expected while someone is on duty.
    pub expected_calls: f64,
    /// Calls expected in cells that no road leads to, over all hours: they are not drawn.
    pub off_road_calls: f64,
    /// Places that units stand at and calls happen at.
    pub places: usize,
    /// Cells that they stand for.
    pub cells: usize,
    /// How it was done.
    pub settings: SimulationSettings,
    /// Mean of the handling time, seconds.
    pub handling_mean_s: f64,
    /// The figures.
    pub comparison: Comparison,
}

impl SimulationReport {
    /// The policy that others are compared with: the best plan there is, or else the last.
    pub fn reference(&self) -> Option<Policy> {
        let asked = &self.comparison.policies;
        [Policy::PlanReplan, Policy::Plan]
            .into_iter()
            .find(|policy| asked.contains(policy))
            .or_else(|| asked.last().copied())
    }
}
