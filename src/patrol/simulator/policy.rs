//! What idle units do.

/// A policy for idle units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Policy {
    /// They wait at their station, and go back to it after each call.
    Station,
    /// They go to a place drawn evenly over the area, stand there, draw the next.
    Random,
    /// They go to the hottest cell of the forecast where nobody is; each cell of the hottest
    /// 2 % of the area in turn.
    Hottest,
    /// They follow the shift's patrol plan; after a call, what still fits of it.
    Plan,
    /// They follow the plan; after each call what is left of it is made anew.
    PlanReplan,
}

impl Policy {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Station,
        Self::Random,
        Self::Hottest,
        Self::Plan,
        Self::PlanReplan,
    ];

    /// As written at the prompt and in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Station => "station",
            Self::Random => "random",
            Self::Hottest => "hottest",
            Self::Plan => "plan",
            Self::PlanReplan => "plan-replan",
        }
    }

    /// The policy of a name.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|policy| policy.name() == name)
    }

    /// Whether shifts must be planned for it.
    pub fn needs_plans(self) -> bool {
        matches!(self, Self::Plan | Self::PlanReplan)
    }
}
