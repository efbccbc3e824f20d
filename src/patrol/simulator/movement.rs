//! What units did, piece by piece: for whoever wants to check or draw a history.

/// One piece of a unit's time; those of a unit follow one another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Movement {
    /// Who.
    pub crew: u32,
    /// What.
    pub what: What,
    /// Where it begins, a place.
    pub from: u32,
    /// Where it ends.
    pub to: u32,
    /// When it begins, milliseconds since the simulation's start.
    pub from_ms: u64,
    /// When it ends.
    pub until_ms: u64,
}

/// What a unit does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// Idle, it stands.
    Stands,
    /// Idle, it drives.
    Patrols,
    /// It drives to a call.
    DrivesTo(u32),
    /// It handles a call.
    Handles(u32),
}
