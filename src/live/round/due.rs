//! What time alone brings about in rounds: a must-visit is missed, a unit is off its route or
//! stands still for too long, a shift is over.

use jiff::{SignedDuration, Timestamp};

use crate::live::board::Board;
use crate::live::ground::Ground;
use crate::live::round::event::RoundEvent;
use crate::live::round::geofence::left;
use crate::live::round::notice::NoticeKind;
use crate::live::round::state::Round;
use crate::place::feature::{Unit, UnitStatus};
use crate::place::id::Id;
use crate::place::measure::Seconds;

/// How long after its shift a round stays in force: for the last check-ins.
pub const AFTERWARDS: SignedDuration = SignedDuration::from_mins(30);

/// The events that are due at an instant; once they are on the board they are not.
pub fn due(board: &Board, ground: &Ground, now: Timestamp) -> Vec<RoundEvent> {
    let mut events = Vec::new();
    for (unit, round) in &board.rounds {
        if ends_at(round) <= now {
            let stop = round.here();
            events.extend(stop.map(|stop| left(board, unit, stop, now)));
            events.push(RoundEvent::RoundEnded {
                unit: unit.clone(),
                plan: round.plan.clone(),
            });
            continue;
        }
        missed(unit, round, now, &mut events);
        let kinds = [NoticeKind::OffRoute, NoticeKind::StandingStill];
        events.extend(kinds.into_iter().filter_map(|notice| {
            let raised = round.notice(notice).is_some() || round.muted(notice, now).is_some();
            let since = since(board, ground, unit, round, notice, now).filter(|_| !raised)?;
            Some(RoundEvent::NoticeRaised {
                unit: unit.clone(),
                notice,
                since,
                stop: None,
            })
        }));
    }
    events
}

/// When a round's next event may be due, at the earliest.
pub fn next_due(board: &Board) -> Option<Timestamp> {
    let of = |(unit, round): (&Id<Unit>, &Round)| {
        let missed = round.stops.iter().filter(|stop| stop.is_open());
        let missed = missed.filter_map(|stop| stop.due_until());
        let missed = missed.filter(|until| *until > round.followed_at);
        let track = board.unit(unit).track;
        let off = track.and_then(|track| track.off_since);
        let off = off.and_then(|since| later(since, board.settings.off_route_after));
        let still = track.map(|track| track.still_since);
        let still = still.and_then(|since| later(since, board.settings.still_after));
        let raised = |kind| round.notice(kind).is_some();
        let off = off.filter(|_| !raised(NoticeKind::OffRoute));
        let still = still.filter(|_| !raised(NoticeKind::StandingStill));
        missed.chain(off).chain(still).chain([ends_at(round)]).min()
    };
    board.rounds.iter().filter_map(of).min()
}

fn ends_at(round: &Round) -> Timestamp {
    let end = round.window.end();
    end.checked_add(AFTERWARDS).unwrap_or(end)
}

fn missed(unit: &Id<Unit>, round: &Round, now: Timestamp, events: &mut Vec<RoundEvent>) {
    for stop in round.stops.iter().filter(|stop| stop.is_open()) {
        // What was over before the round was in force was asked of nobody.
        let due = |until: &Timestamp| *until <= now && *until > round.followed_at;
        let Some(until) = stop.due_until().filter(due) else {
            continue;
        };
        let number = stop.planned.number;
        events.push(RoundEvent::StopMissed {
            unit: unit.clone(),
            stop: number,
        });
        events.push(RoundEvent::NoticeRaised {
            unit: unit.clone(),
            notice: NoticeKind::Missed,
            since: until,
            stop: Some(number),
        });
    }
}

/// Since when there is reason for a notice, where that is long enough ago.
fn since(
    board: &Board,
    ground: &Ground,
    unit: &Id<Unit>,
    round: &Round,
    kind: NoticeKind,
    now: Timestamp,
) -> Option<Timestamp> {
    let known = board.unit(unit);
    let track = known.track?;
    let idle = ground.status(board, unit) == Some(UnitStatus::Idle);
    // Of one whose positions do not come nothing is known.
    let fresh = elapsed(known.fix?.at, now) < board.settings.position_is_old;
    if !idle || !fresh || round.here().is_some() || !round.window.contains(now) {
        return None;
    }
    let (cause, longest) = match kind {
        NoticeKind::OffRoute => (track.off_since?, board.settings.off_route_after),
        // Who was sent to a place stands there.
        NoticeKind::StandingStill if known.sent.is_some() => return None,
        NoticeKind::StandingStill => (track.still_since, board.settings.still_after),
        NoticeKind::Missed => return None,
    };
    // Not counted: what was before it was free, before it had the round, at a stop.
    let last_left = round.stops.iter().filter_map(|stop| stop.left_at).max();
    let since = [known.since, last_left]
        .into_iter()
        .flatten()
        .fold(cause.max(round.followed_at), Timestamp::max)
        .max(round.window.start());
    (elapsed(since, now) >= longest).then_some(since)
}

fn elapsed(since: Timestamp, now: Timestamp) -> Seconds {
    Seconds(now.duration_since(since).as_secs_f64())
}

fn later(since: Timestamp, by: Seconds) -> Option<Timestamp> {
    since.checked_add(SignedDuration::from_secs_f64(by.0)).ok()
}
