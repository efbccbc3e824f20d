//! What changes a round: entries of the log like the board's others.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::calendar::window::Window;
use crate::live::round::notice::{Mute, NoticeKind};
use crate::live::round::state::{CheckInBy, Judgement, PlannedStop, SkipWhy};
use crate::patrol::plan::PatrolPlan;
use crate::place::feature::Unit;
use crate::place::id::Id;

/// What happened to a round.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum RoundEvent {
    /// A unit follows a plan from now on; another one that it followed no longer.
    PlanFollowed(Box<Followed>),
    /// A unit follows no plan any more.
    RoundEnded {
        /// The unit.
        unit: Id<Unit>,
        /// The plan it followed.
        plan: Id<PatrolPlan>,
    },
    /// A unit is at a stop.
    StopReached {
        /// The unit.
        unit: Id<Unit>,
        /// The stop's number.
        stop: u32,
        /// When it got there.
        reached_at: Timestamp,
        /// How one knows.
        by: CheckInBy,
    },
    /// It has left the stop.
    StopLeft {
        /// The unit.
        unit: Id<Unit>,
        /// The stop's number.
        stop: u32,
        /// When it left.
        left_at: Timestamp,
        /// Whether that was a visit; it only came by where not.
        made: bool,
    },
    /// A unit was at a stop, and has left it again: told afterwards.
    StopVisited {
        /// The unit.
        unit: Id<Unit>,
        /// The stop's number.
        stop: u32,
        /// When it got there.
        reached_at: Timestamp,
        /// When it left.
        left_at: Timestamp,
    },
    /// It does not go to a stop.
    StopSkipped {
        /// The unit.
        unit: Id<Unit>,
        /// The stop's number.
        stop: u32,
        /// Why.
        why: SkipWhy,
    },
    /// A check-in by hand is taken back.
    CheckInUndone {
        /// The unit.
        unit: Id<Unit>,
        /// The stop's number.
        stop: u32,
    },
    /// A unit says what a stop was good for.
    StopJudged {
        /// The unit.
        unit: Id<Unit>,
        /// The stop's number.
        stop: u32,
        /// What it thinks.
        #[serde(flatten)]
        judged: Judgement,
    },
    /// The time in which a stop had to be visited has passed.
    StopMissed {
        /// The unit.
        unit: Id<Unit>,
        /// The stop's number.
        stop: u32,
    },
    /// A dispatcher should know of something.
    NoticeRaised {
        /// The unit.
        unit: Id<Unit>,
        /// What.
        notice: NoticeKind,
        /// Since when it is so.
        since: Timestamp,
        /// The stop that it is about.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        stop: Option<u32>,
    },
    /// It is so no longer.
    NoticeCleared {
        /// The unit.
        unit: Id<Unit>,
        /// What.
        notice: NoticeKind,
    },
    /// A dispatcher knows, and wants to hear no more of it for a while.
    NoticeMuted {
        /// The unit.
        unit: Id<Unit>,
        /// Of what, until when, and why.
        #[serde(flatten)]
        mute: Mute,
    },
}

/// A unit's round of a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Followed {
    /// The unit.
    pub unit: Id<Unit>,
    /// The plan.
    pub plan: Id<PatrolPlan>,
    /// Its shift.
    pub window: Window,
    /// The plan that it was made of in mid-shift.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<Id<PatrolPlan>>,
    /// Its stops, by number.
    pub stops: Vec<PlannedStop>,
}

impl Followed {
    /// Whether a stop of another version of the plan is in this one.
    pub fn has(&self, stop: &PlannedStop) -> bool {
        let mut stops = self.stops.iter();
        stops.any(|it| it.position == stop.position && it.arrival == stop.arrival)
    }
}

impl RoundEvent {
    /// The word that stands for it in the log.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::PlanFollowed(_) => "plan_followed",
            Self::RoundEnded { .. } => "round_ended",
            Self::StopReached { .. } => "stop_reached",
            Self::StopLeft { .. } => "stop_left",
            Self::StopVisited { .. } => "stop_visited",
            Self::StopSkipped { .. } => "stop_skipped",
            Self::CheckInUndone { .. } => "check_in_undone",
            Self::StopJudged { .. } => "stop_judged",
            Self::StopMissed { .. } => "stop_missed",
            Self::NoticeRaised { .. } => "notice_raised",
            Self::NoticeCleared { .. } => "notice_cleared",
            Self::NoticeMuted { .. } => "notice_muted",
        }
    }

    /// The unit whose round it is.
    pub fn unit(&self) -> &Id<Unit> {
        match self {
            Self::PlanFollowed(followed) => &followed.unit,
            Self::RoundEnded { unit, .. }
            | Self::StopReached { unit, .. }
            | Self::StopLeft { unit, .. }
            | Self::StopVisited { unit, .. }
            | Self::StopSkipped { unit, .. }
            | Self::CheckInUndone { unit, .. }
            | Self::StopJudged { unit, .. }
            | Self::StopMissed { unit, .. }
            | Self::NoticeRaised { unit, .. }
            | Self::NoticeCleared { unit, .. }
            | Self::NoticeMuted { unit, .. } => unit,
        }
    }
}
