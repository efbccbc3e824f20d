//! What a plan was made on: its problem and its rounds in seconds. From it, and from nothing
//! else, a plan is changed while its shift runs.
//!
//! Travel times are not kept: the road network that they came from gives them again, and its
//! fingerprint says whether it is still the same.

use serde::{Deserialize, Serialize};

use crate::patrol::plan::Missed;
use crate::patrol::problem::PlanProblem;
use crate::patrol::replan::travel::snaps;
use crate::patrol::search::rounds::RoundStop;
use crate::roads::network::RoadNetwork;

/// A plan's problem and its rounds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlanBasis {
    /// What was planned for.
    pub problem: PlanProblem,
    /// The plan's rounds, in the problem's order.
    pub rounds: Vec<Vec<RoundStop>>,
    /// Dues that did not make it into the problem.
    pub not_posed: Vec<Missed>,
    /// The fingerprint of the road network.
    pub roads: String,
}

impl PlanBasis {
    /// Whether points and times are those of this network.
    pub fn is_on(&self, network: &RoadNetwork) -> bool {
        self.roads == network.fingerprint()
    }

    /// Asks the network for the travel times where they are not there.
    pub fn fill_travel(&mut self, network: &RoadNetwork) {
        if self.problem.travel.millis.is_empty() {
            let points = snaps(&self.problem);
            self.problem.travel = network.matrix(&points, &points);
        }
    }
}
