//! Check-ins by position: near an open stop the unit is there, farther off it has left. Who
//! only came by, for less than the least stay, has not visited.

use jiff::{SignedDuration, Timestamp};

use crate::live::board::Board;
use crate::live::ground::Ground;
use crate::live::round::event::RoundEvent;
use crate::live::round::notice::NoticeKind;
use crate::live::round::state::{CheckInBy, Round, RoundStop};
use crate::live::round::track;
use crate::place::feature::{Unit, UnitStatus};
use crate::place::id::Id;
use crate::place::position::Position;

/// How early a unit may come, and how late, for its being near to be a visit.
const EARLY: SignedDuration = SignedDuration::from_mins(45);
const LATE: SignedDuration = SignedDuration::from_mins(90);

/// What a position comes to; it is not on the board so far.
pub fn of_position(
    board: &Board,
    ground: &Ground,
    unit: &Id<Unit>,
    position: Position,
    at: Timestamp,
) -> Vec<RoundEvent> {
    let Some(round) = board.rounds.get(unit) else {
        return Vec::new();
    };
    let mut events = Vec::new();
    let mut is_here = false;
    if let Some(stop) = round.here() {
        let metres = stop.planned.position.metres_to(position);
        // A break is often where the stop before it was.
        let goes_on = stop.planned.departure <= at
            && reached(board, round, position, at).is_some_and(|next| next.planned.arrival <= at);
        is_here = metres <= board.settings.geofence_leave && !goes_on;
        if !is_here {
            events.push(left(board, unit, stop, at));
        }
    }
    if !is_here
        && may_check_in(board, ground, unit)
        && let Some(stop) = reached(board, round, position, at)
    {
        is_here = true;
        events.push(RoundEvent::StopReached {
            unit: unit.clone(),
            stop: stop.planned.number,
            reached_at: at,
            by: CheckInBy::Geofence,
        });
    }
    let track = track::after(board, unit, position, at);
    for (kind, over) in [
        (NoticeKind::OffRoute, track.off_since.is_none()),
        (NoticeKind::StandingStill, track.still_since == at),
    ] {
        if (over || is_here) && round.notice(kind).is_some() {
            let (unit, notice) = (unit.clone(), kind);
            events.push(RoundEvent::NoticeCleared { unit, notice });
        }
    }
    events
}

/// A unit leaves the stop where it is because it has something else to do.
pub fn called_away(board: &Board, unit: &Id<Unit>, at: Timestamp) -> Vec<RoundEvent> {
    let Some(round) = board.rounds.get(unit) else {
        return Vec::new();
    };
    let stop = round.here().map(|stop| left(board, unit, stop, at));
    let cleared = [NoticeKind::OffRoute, NoticeKind::StandingStill]
        .into_iter()
        .filter(|&kind| round.notice(kind).is_some())
        .map(|notice| RoundEvent::NoticeCleared {
            unit: unit.clone(),
            notice,
        });
    stop.into_iter().chain(cleared).collect()
}

/// What leaving a stop comes to.
pub fn left(board: &Board, unit: &Id<Unit>, stop: &RoundStop, at: Timestamp) -> RoundEvent {
    let reached = stop.reached_at.unwrap_or(at);
    let stayed_s = at.duration_since(reached).as_secs_f64();
    RoundEvent::StopLeft {
        unit: unit.clone(),
        stop: stop.planned.number,
        left_at: at.max(reached),
        made: stop.by == Some(CheckInBy::Hand) || stayed_s >= board.settings.least_stay.0,
    }
}

/// Who is on its way to a call, at one or off duty does not patrol, wherever it comes by.
fn may_check_in(board: &Board, ground: &Ground, unit: &Id<Unit>) -> bool {
    matches!(
        ground.status(board, unit),
        Some(UnitStatus::Idle | UnitStatus::Break)
    )
}

/// The open stop that the unit is at: of several the one that is next by its number.
fn reached<'r>(
    board: &Board,
    round: &'r Round,
    position: Position,
    at: Timestamp,
) -> Option<&'r RoundStop> {
    let due = |stop: &&RoundStop| {
        let early = stop.planned.arrival.checked_sub(EARLY);
        let late = stop.planned.departure.checked_add(LATE);
        early.is_ok_and(|from| from <= at) && late.is_ok_and(|until| at <= until)
    };
    let near =
        |stop: &&RoundStop| stop.planned.position.metres_to(position) <= board.settings.geofence;
    let mut open = round.stops.iter().filter(|stop| stop.is_open());
    open.find(|stop| due(stop) && near(stop))
}
