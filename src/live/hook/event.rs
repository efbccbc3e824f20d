//! The events that a hook may be told of, by names that do not change. Not all of the log is for
//! others: where units are, who checked in and what a dispatcher wrote stays here.

use crate::live::board_event::BoardEvent;
use crate::live::event::EventKind;

/// Something that a hook is told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HookEvent {
    /// An incident came in.
    IncidentReceived,
    /// A unit was sent to it.
    IncidentAssigned,
    /// A unit is there.
    IncidentArrived,
    /// The units see to it.
    IncidentHandling,
    /// It is handled and fed back.
    IncidentClosed,
    /// Nobody has to go.
    IncidentCancelled,
    /// It had ended and is open again.
    IncidentReopened,
    /// It is taken for something else than before.
    IncidentReclassified,
    /// It was the same as another one.
    IncidentMerged,
    /// A pillar was pressed.
    AlarmPressed,
    /// Nobody acknowledged or answered an alarm in time.
    AlarmEscalated,
    /// The command room answered.
    AlarmAnswered,
    /// An alarm is over.
    AlarmEnded,
    /// A plan was made and stored.
    PlanMade,
    /// Beats or zones are in force.
    AreasPublished,
}

impl HookEvent {
    /// All of them.
    pub const ALL: [Self; 15] = [
        Self::IncidentReceived,
        Self::IncidentAssigned,
        Self::IncidentArrived,
        Self::IncidentHandling,
        Self::IncidentClosed,
        Self::IncidentCancelled,
        Self::IncidentReopened,
        Self::IncidentReclassified,
        Self::IncidentMerged,
        Self::AlarmPressed,
        Self::AlarmEscalated,
        Self::AlarmAnswered,
        Self::AlarmEnded,
        Self::PlanMade,
        Self::AreasPublished,
    ];

    /// The name in messages and at the prompt.
    pub fn name(self) -> &'static str {
        match self {
            Self::IncidentReceived => "incident.received",
            Self::IncidentAssigned => "incident.assigned",
            Self::IncidentArrived => "incident.arrived",
            Self::IncidentHandling => "incident.handling",
            Self::IncidentClosed => "incident.closed",
            Self::IncidentCancelled => "incident.cancelled",
            Self::IncidentReopened => "incident.reopened",
            Self::IncidentReclassified => "incident.reclassified",
            Self::IncidentMerged => "incident.merged",
            Self::AlarmPressed => "alarm.pressed",
            Self::AlarmEscalated => "alarm.escalated",
            Self::AlarmAnswered => "alarm.answered",
            Self::AlarmEnded => "alarm.ended",
            Self::PlanMade => "plan.made",
            Self::AreasPublished => "areas.published",
        }
    }

    /// What an event of the log is to others; none where it is nothing.
    pub fn of(event: &EventKind) -> Option<Self> {
        Some(match event {
            EventKind::PlanMade { .. } => Self::PlanMade,
            EventKind::AreasPublished { .. } => Self::AreasPublished,
            EventKind::Board(event) => match event {
                BoardEvent::IncidentReceived(_) => Self::IncidentReceived,
                BoardEvent::UnitAssigned { .. } => Self::IncidentAssigned,
                BoardEvent::UnitArrived { .. } => Self::IncidentArrived,
                BoardEvent::CallHandling { .. } => Self::IncidentHandling,
                BoardEvent::CallClosed { .. } => Self::IncidentClosed,
                BoardEvent::CallCancelled { .. } => Self::IncidentCancelled,
                BoardEvent::CallReopened { .. } => Self::IncidentReopened,
                BoardEvent::CallReclassified { .. } => Self::IncidentReclassified,
                BoardEvent::CallMerged { .. } => Self::IncidentMerged,
                BoardEvent::PillarPressed { .. } => Self::AlarmPressed,
                BoardEvent::AlarmEscalated { .. } => Self::AlarmEscalated,
                BoardEvent::AlarmAnswered { .. } => Self::AlarmAnswered,
                BoardEvent::AlarmEnded { .. } => Self::AlarmEnded,
                _ => return None,
            },
            _ => return None,
        })
    }

    /// Whether a wanted name means it: its own, its group (`incident.*`), or `*`.
    pub fn is_meant(self, wanted: &str) -> bool {
        let group = wanted.strip_suffix('*');
        wanted == self.name() || group.is_some_and(|group| self.name().starts_with(group))
    }
}

/// Whether a name means any event.
pub fn means_something(wanted: &str) -> bool {
    let whole = wanted == "*" || !wanted.contains('*') || wanted.ends_with(".*");
    whole && HookEvent::ALL.iter().any(|event| event.is_meant(wanted))
}
