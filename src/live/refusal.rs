//! Why something that was asked for is not done. Nothing has changed then.

use jiff::Timestamp;
use thiserror::Error;

use crate::incident::record::{CallState, Incident};
use crate::live::round::state::StopState;
use crate::live::settings::SettingFault;
use crate::patrol::plan::PatrolPlan;
use crate::place::feature::{AlarmPillar, Unit, UnitStatus};
use crate::place::id::Id;

/// Why a command is refused.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum Refusal {
    /// The board has no such call.
    #[error("there is no call {0} on the board")]
    UnknownCall(Id<Incident>),
    /// There is no such unit.
    #[error("there is no unit {0}")]
    UnknownUnit(Id<Unit>),
    /// There is no such pillar.
    #[error("there is no alarm pillar {0}")]
    UnknownPillar(Id<AlarmPillar>),
    /// The board has no such alarm.
    #[error("there is no alarm {0} on the board")]
    UnknownAlarm(u64),
    /// An incident with this id stands for another place, time or category.
    #[error("the id {0} stands for another incident")]
    IdInUse(Id<Incident>),
    /// The call has ended.
    #[error("{name} has ended; open it again first")]
    CallEnded {
        /// The call.
        name: String,
    },
    /// The call is open.
    #[error("{name} is open")]
    CallOpen {
        /// The call.
        name: String,
    },
    /// The call is not that far, or further.
    #[error("{name} can't be {wanted}: it is {state}", state = state_word(*state))]
    CallState {
        /// The call.
        name: String,
        /// What was asked for.
        wanted: &'static str,
        /// How far it is.
        state: CallState,
    },
    /// The unit has no call.
    #[error("the unit {0} is at no call")]
    NoCall(Id<Unit>),
    /// The unit can't do that now.
    #[error("the unit {unit} can't be {wanted}: it is {status}", status = status_word(*status))]
    UnitStatus {
        /// The unit.
        unit: Id<Unit>,
        /// What was asked for.
        wanted: &'static str,
        /// What it does.
        status: UnitStatus,
    },
    /// The alarm is over, or was seen or answered already.
    #[error("alarm {alarm} is {already} already")]
    AlarmState {
        /// Its number.
        alarm: u64,
        /// What it is.
        already: &'static str,
    },
    /// The alarm was not answered so far.
    #[error("alarm {0} rings: answer it first")]
    AlarmRings(u64),
    /// Both calls are one.
    #[error("a call can't be merged with itself")]
    SameCall,
    /// The two were not proposed to be one.
    #[error("{call} and {other} are not taken for one event")]
    NotProposed {
        /// The one.
        call: String,
        /// The other.
        other: String,
    },
    /// The plan has no round for any unit that is here.
    #[error("the plan {0} has no round for a unit of this district")]
    NoRounds(Id<PatrolPlan>),
    /// The plan's shift is over.
    #[error("the shift of the plan {0} is over")]
    PlanOver(Id<PatrolPlan>),
    /// The plan's shift has not begun, and its units have rounds to go on with.
    #[error(
        "the plan {0} has not begun, and its units still follow another one; follow it once its shift begins"
    )]
    PlanNotBegun(Id<PatrolPlan>),
    /// The unit follows no plan.
    #[error("the unit {0} follows no plan")]
    NoRound(Id<Unit>),
    /// The unit follows another plan than what was said was meant of.
    #[error("the plan of the unit {0} has changed since")]
    OtherPlan(Id<Unit>),
    /// The unit's round has no such stop.
    #[error("the round of the unit {unit} has no stop {stop}")]
    UnknownStop {
        /// The unit.
        unit: Id<Unit>,
        /// The number that was given.
        stop: u32,
    },
    /// The stop can't be that now.
    #[error("stop {stop} of the unit {unit} can't be {wanted}: it is {state}", state = stop_word(*state))]
    StopState {
        /// The unit.
        unit: Id<Unit>,
        /// The stop's number.
        stop: u32,
        /// What was asked for.
        wanted: &'static str,
        /// What became of it.
        state: StopState,
    },
    /// The time is not of the round's shift, or ahead.
    #[error("{at} is outside the shift, or ahead of this service's clock; set the phone's clock")]
    NotInShift {
        /// The time that was given.
        at: Timestamp,
    },
    /// The unit has done something else since.
    #[error("the unit {unit} has done something else since {at}")]
    Overtaken {
        /// The unit.
        unit: Id<Unit>,
        /// When it is said to have done that.
        at: Timestamp,
    },
    /// A setting makes no sense.
    #[error(transparent)]
    Setting(#[from] SettingFault),
}

fn state_word(state: CallState) -> &'static str {
    match state {
        CallState::Received => "received",
        CallState::Dispatched => "dispatched",
        CallState::Arrived => "arrived",
        CallState::Handling => "being handled",
        CallState::Closed => "closed",
    }
}

fn status_word(status: UnitStatus) -> &'static str {
    match status {
        UnitStatus::Idle => "idle",
        UnitStatus::Dispatched => "dispatched",
        UnitStatus::OnScene => "on scene",
        UnitStatus::Break => "on a break",
        UnitStatus::OffDuty => "off duty",
    }
}

fn stop_word(state: StopState) -> &'static str {
    match state {
        StopState::Planned => "still ahead",
        StopState::Here => "where the unit is",
        StopState::Made => "made",
        StopState::Skipped => "skipped",
        StopState::Missed => "missed",
    }
}
