//! What became of the stops of all plans that were in force for a while. A stop that goes on
//! in the plan's next version counts once.

use jiff::Timestamp;

use crate::live::dosage::report::StopCount;
use crate::live::round::event::Followed;
use crate::live::round::state::{Round, RoundStop, StopState};
use crate::patrol::plan::StopReason;
use crate::place::measure::Seconds;

/// What a stop came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The unit was there.
    Made,
    /// It said why it does not go there.
    Skipped,
    /// Its time has passed.
    Missed,
    /// Its time is yet to come, or not over.
    Open,
}

/// The stops of a round with what they came to by an instant. Those whose time was over before
/// the round was in force were never asked of anybody.
pub fn of_round(round: &Round, at: Timestamp) -> impl Iterator<Item = (&RoundStop, Outcome)> {
    let asked = |stop: &&RoundStop| !stop.is_open() || stop.planned.departure > round.followed_at;
    let stops = round.stops.iter().filter(asked);
    stops.map(move |stop| (stop, outcome(stop, at)))
}

/// The stops of a round that gives way to another one which do not go on there: what became
/// of them is all that will.
pub fn left_behind<'r>(
    before: &'r Round,
    next: &'r Followed,
    at: Timestamp,
) -> impl Iterator<Item = (&'r RoundStop, Outcome)> {
    // One that nobody made in time is over, also where the next version has it as made.
    let goes_on = move |stop: &RoundStop| {
        let is_over = stop.is_open() && stop.planned.departure <= at;
        !is_over && next.has(&stop.planned)
    };
    over(before, at).filter(move |(stop, _)| !goes_on(stop))
}

/// The stops of a round that ends of which something became.
pub fn over(round: &Round, at: Timestamp) -> impl Iterator<Item = (&RoundStop, Outcome)> {
    of_round(round, at).filter(|(_, outcome)| *outcome != Outcome::Open)
}

/// What a stop came to by an instant.
fn outcome(stop: &RoundStop, at: Timestamp) -> Outcome {
    match stop.state {
        StopState::Here | StopState::Made => Outcome::Made,
        StopState::Skipped => Outcome::Skipped,
        StopState::Missed => Outcome::Missed,
        StopState::Planned if stop.planned.departure <= at => Outcome::Missed,
        StopState::Planned => Outcome::Open,
    }
}

/// A stop as a count.
pub fn counted(stop: &RoundStop, outcome: Outcome) -> StopCount {
    let one = |of: Outcome| u32::from(outcome == of);
    let must = stop.due_until().is_some();
    StopCount {
        made: one(Outcome::Made),
        skipped: one(Outcome::Skipped),
        missed: one(Outcome::Missed),
        open: one(Outcome::Open),
        must: u32::from(must),
        must_made: u32::from(must && outcome == Outcome::Made),
    }
}

/// Patrol time that a stop wants between two instants; a break wants none.
pub fn wanted(stop: &RoundStop, from: Timestamp, until: Timestamp) -> Seconds {
    let planned = &stop.planned;
    if matches!(planned.reason, StopReason::Break { .. }) {
        return Seconds(0.0);
    }
    let begins = planned.begins.unwrap_or(planned.arrival).max(from);
    let ends = planned.departure.min(until);
    Seconds(ends.duration_since(begins).as_secs_f64().max(0.0))
}
