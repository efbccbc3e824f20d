//! What came of one history: answers, and sums of the units' time.

/// A call that was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    /// Which call.
    pub call: u32,
    /// By whom.
    pub crew: u32,
    /// A unit was sent, milliseconds since the simulation's start.
    pub sent_ms: u64,
    /// It was there.
    pub arrived_ms: u64,
    /// It was done.
    pub cleared_ms: u64,
}

/// A leg that was driven as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leg {
    /// From this place.
    pub from: u32,
    /// To this one.
    pub to: u32,
    /// How long it took, milliseconds.
    pub millis: u32,
}

/// What came of a history.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct History {
    /// In the order in which units were sent.
    pub answers: Vec<Answer>,
    /// Calls that nobody answered.
    pub left: Vec<u32>,
    /// Units' time on duty, milliseconds.
    pub duty_ms: u64,
    /// Of which idle units stood.
    pub stood_ms: u64,
    /// Of which in truly hot cells.
    pub stood_hot_ms: u64,
    /// Idle units drove.
    pub patrolled_ms: u64,
    /// Units drove to calls.
    pub to_calls_ms: u64,
    /// Mean over the looks: share of the truly expected calls that an idle unit would have
    /// reached within each ring.
    pub covered: Vec<f64>,
    /// How often it was looked.
    pub looks: u32,
    /// Some of the legs, drawn evenly.
    pub legs: Vec<Leg>,
}
