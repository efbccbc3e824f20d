//! A round's events onto the board. Total: what speaks of a round or a stop that is not
//! there changes nothing.

use jiff::Timestamp;

use crate::live::board::Board;
use crate::live::round::event::{Followed, RoundEvent};
use crate::live::round::notice::Notice;
use crate::live::round::state::{CheckInBy, Round, RoundStop, StopState};
use crate::place::feature::Unit;
use crate::place::id::Id;

/// Takes an event in.
pub fn take_in(board: &mut Board, event: &RoundEvent, at: Timestamp) {
    match event {
        RoundEvent::PlanFollowed(followed) => follow(board, followed, at),
        RoundEvent::RoundEnded { unit, .. } => {
            board.rounds.remove(unit);
        }
        RoundEvent::StopReached {
            unit,
            stop,
            reached_at,
            by,
        } => alter(board, unit, |round| {
            // A unit is at one stop at a time.
            for other in &mut round.stops {
                if other.state == StopState::Here && other.planned.number != *stop {
                    leave(other, *reached_at, true);
                }
            }
            of_number(round, *stop, |it| {
                it.state = StopState::Here;
                it.reached_at = Some(*reached_at);
                it.left_at = None;
                it.skipped = None;
                it.by = Some(*by);
            });
        }),
        RoundEvent::StopLeft {
            unit,
            stop,
            left_at,
            made,
        } => alter(board, unit, |round| {
            of_number(round, *stop, |it| {
                if it.state == StopState::Here {
                    leave(it, *left_at, *made);
                }
            });
        }),
        RoundEvent::StopVisited {
            unit,
            stop,
            reached_at,
            left_at,
        } => alter(board, unit, |round| {
            of_number(round, *stop, |it| {
                reset(it);
                it.by = Some(CheckInBy::Hand);
                it.reached_at = Some(*reached_at);
                leave(it, *left_at, true);
            });
        }),
        RoundEvent::StopSkipped { unit, stop, why } => alter(board, unit, |round| {
            of_number(round, *stop, |it| {
                reset(it);
                it.state = StopState::Skipped;
                it.skipped = Some(*why);
                it.by = Some(CheckInBy::Hand);
            });
        }),
        RoundEvent::CheckInUndone { unit, stop } => alter(board, unit, |round| {
            of_number(round, *stop, reset);
        }),
        RoundEvent::StopJudged { unit, stop, judged } => alter(board, unit, |round| {
            of_number(round, *stop, |it| it.judged = Some(*judged));
        }),
        RoundEvent::StopMissed { unit, stop } => alter(board, unit, |round| {
            of_number(round, *stop, |it| {
                reset(it);
                it.state = StopState::Missed;
            });
        }),
        RoundEvent::NoticeRaised {
            unit,
            notice,
            since,
            stop,
        } => alter(board, unit, |round| {
            round.notices.retain(|before| before.kind != *notice);
            round.notices.push(Notice {
                kind: *notice,
                since: *since,
                stop: *stop,
            });
        }),
        RoundEvent::NoticeCleared { unit, notice } => alter(board, unit, |round| {
            round.notices.retain(|before| before.kind != *notice);
        }),
        RoundEvent::NoticeMuted { unit, mute } => alter(board, unit, |round| {
            round.mutes.retain(|before| before.notice != mute.notice);
            round.mutes.push(*mute);
        }),
    }
}

/// A unit's round gives way to another one. What became of a stop that is in both stays.
fn follow(board: &mut Board, followed: &Followed, at: Timestamp) {
    let before = board.rounds.get(&followed.unit);
    let same = |stop: &RoundStop| {
        let kept = before?.stops.iter().find(|it| is_same(it, stop))?;
        Some(RoundStop {
            planned: stop.planned.clone(),
            ..kept.clone()
        })
    };
    let stops = followed.stops.iter().map(|planned| {
        let stop = RoundStop::new(planned.clone());
        same(&stop).unwrap_or(stop)
    });
    let round = Round {
        plan: followed.plan.clone(),
        window: followed.window,
        followed_at: at,
        stops: stops.collect(),
        notices: Vec::new(),
        mutes: before.map_or(Vec::new(), |before| before.mutes.clone()),
        offer: None,
    };
    board.rounds.insert(followed.unit.clone(), round);
}

/// Whether a stop of an earlier plan is this one: what was made of a plan, or is under way,
/// stays as it is when the plan is changed.
pub fn is_same(before: &RoundStop, now: &RoundStop) -> bool {
    before.state != StopState::Planned
        && before.planned.position == now.planned.position
        && before.planned.arrival == now.planned.arrival
}

fn alter(board: &mut Board, unit: &Id<Unit>, change: impl FnOnce(&mut Round)) {
    if let Some(round) = board.rounds.get_mut(unit) {
        change(round);
    }
}

fn of_number(round: &mut Round, number: u32, change: impl FnOnce(&mut RoundStop)) {
    let mut stops = round.stops.iter_mut();
    if let Some(stop) = stops.find(|stop| stop.planned.number == number) {
        change(stop);
    }
}

fn leave(stop: &mut RoundStop, at: Timestamp, made: bool) {
    match (made, stop.reached_at) {
        (true, Some(reached)) => {
            stop.state = StopState::Made;
            stop.left_at = Some(at.max(reached));
        }
        _ => reset(stop),
    }
}

/// As if nothing had become of it; what the unit thinks of it stays.
fn reset(stop: &mut RoundStop) {
    let judged = stop.judged;
    *stop = RoundStop {
        judged,
        ..RoundStop::new(stop.planned.clone())
    };
}
