//! What is wrong with a plan.

use thiserror::Error;

/// One fault; a plan may have many.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum Fault {
    /// Routes and units don't match one to one.
    #[error("the plan's routes are not the problem's units, in order")]
    Units,
    /// A stop at a place that the problem does not have.
    #[error("{unit}, stop {stop}: the problem has no such place or window")]
    UnknownPlace {
        /// Call sign.
        unit: String,
        /// Number of the stop.
        stop: u32,
    },
    /// A stop's time is not what the network and the stop before give.
    #[error("{unit}, stop {stop}: {what} should be {expected} and is {found}")]
    Time {
        /// Call sign.
        unit: String,
        /// Number of the stop; 0: the way to where the shift ends.
        stop: u32,
        /// `arrival`, `departure`, `drive` or `dwell`.
        what: &'static str,
        /// By the problem, milliseconds from the window's start or of length.
        expected: i64,
        /// By the plan.
        found: i64,
    },
    /// A stop that has been made is not in the plan as it was.
    #[error("{unit}, stop {stop}: it has been made, and is not as it was")]
    Past {
        /// Call sign.
        unit: String,
        /// Number of the stop.
        stop: u32,
    },
    /// The unit drives where there is no way.
    #[error("{unit}, stop {stop}: there is no way to it")]
    NoWay {
        /// Call sign.
        unit: String,
        /// Number of the stop.
        stop: u32,
    },
    /// The unit works before or after its shift.
    #[error("{unit}, stop {stop}: outside the unit's shift")]
    Shift {
        /// Call sign.
        unit: String,
        /// Number of the stop.
        stop: u32,
    },
    /// The shift does not end where it has to.
    #[error("{unit} does not end its shift where it has to")]
    End {
        /// Call sign.
        unit: String,
    },
    /// Two stops in a row at one cell are one that is too long.
    #[error("{unit}, stop {stop}: the same cell as the stop before")]
    SameCell {
        /// Call sign.
        unit: String,
        /// Number of the stop.
        stop: u32,
    },
    /// The unit may not stop there.
    #[error("{unit}, stop {stop}: {rule}")]
    Access {
        /// Call sign.
        unit: String,
        /// Number of the stop.
        stop: u32,
        /// The rule that it breaks, in words.
        rule: &'static str,
    },
    /// A must-visit or a break begins outside its window.
    #[error("{unit}, stop {stop}: outside its due window")]
    Due {
        /// Call sign.
        unit: String,
        /// Number of the stop.
        stop: u32,
    },
    /// A due is kept and missed, kept twice, or neither.
    #[error("{name} is kept {kept} times and missed {missed} times in one due window")]
    Account {
        /// Name of the must-visit, or call sign of the unit whose break it is.
        name: String,
        /// Stops for it.
        kept: usize,
        /// Entries among the missed.
        missed: usize,
    },
    /// What was asked for is neither in the plan nor among what is missed, or is said of a
    /// stop that nobody asked for.
    #[error("{name}: a pinned stop is not as it was asked for")]
    Pin {
        /// Label of the place.
        name: String,
    },
    /// Nobody comes to a point for longer than allowed, and the plan does not say so, or it
    /// says so and it is not true.
    #[error("{name}: gaps between visits are not what the plan says")]
    Frequency {
        /// Name of the must-visit.
        name: String,
    },
    /// A missed due gives the wrong reason.
    #[error("{name}: the reason why it is missed is not true")]
    Why {
        /// Name of the must-visit.
        name: String,
    },
    /// What is said to have been dropped for a stop could not have stood in its place.
    #[error("{unit}, stop {stop}: what it is said to stand for could not have been there")]
    Instead {
        /// Call sign.
        unit: String,
        /// Number of the stop.
        stop: u32,
    },
    /// A number is not what the formula gives.
    #[error("{what} should be {expected} and is {found}")]
    Number {
        /// Which number.
        what: String,
        /// By the formula.
        expected: f64,
        /// By the plan.
        found: f64,
    },
    /// The line driven does not lead from the start to the last stop.
    #[error("{unit}: the line driven does not lead from its start to its last stop")]
    Line {
        /// Call sign.
        unit: String,
    },
}
