//! What is asked of rounds: follow a plan, be at a stop, skip it, take that back, say what it
//! was good for, mute a notice. By the phone's own time, so that what waited for the net
//! tells when it was so.

use jiff::{SignedDuration, Timestamp};

use crate::live::board::Board;
use crate::live::ground::Ground;
use crate::live::refusal::Refusal;
use crate::live::round::due::AFTERWARDS;
use crate::live::round::event::{Followed, RoundEvent};
use crate::live::round::geofence::left;
use crate::live::round::notice::{Mute, MuteWhy, NoticeKind};
use crate::live::round::state::{CheckInBy, Judgement, Round, RoundStop, SkipWhy, StopState};
use crate::patrol::plan::PatrolPlan;
use crate::place::feature::{Unit, UnitStatus};
use crate::place::id::Id;

/// How long before its shift a unit may check in.
const BEFORE: SignedDuration = SignedDuration::from_mins(60);

/// How far a phone's clock may be ahead.
const AHEAD: SignedDuration = SignedDuration::from_mins(5);

/// Something asked of rounds.
#[derive(Debug, Clone, PartialEq)]
pub enum RoundCommand {
    /// Units follow their rounds of a plan from now on.
    Follow {
        /// The plan.
        plan: Id<PatrolPlan>,
        /// Its rounds, one a unit.
        rounds: Vec<Followed>,
    },
    /// Nobody follows a plan any more.
    Unfollow {
        /// The plan.
        plan: Id<PatrolPlan>,
    },
    /// A unit checks in.
    CheckIn {
        /// The unit.
        unit: Id<Unit>,
        /// The stop's number.
        stop: u32,
        /// What it says of it.
        says: CheckIn,
        /// When, by the clock of whoever says so; now where none.
        at: Option<Timestamp>,
    },
    /// A dispatcher wants to hear no more of something for a while.
    Mute {
        /// The unit.
        unit: Id<Unit>,
        /// Of what.
        notice: NoticeKind,
        /// For how long.
        minutes: u32,
        /// Why.
        why: MuteWhy,
    },
    /// Something meant of a unit's round of this plan. The plan may have changed while the
    /// phone had no net: then its stop 3 is another one than today's.
    UnderPlan {
        /// The unit.
        unit: Id<Unit>,
        /// The plan that was meant.
        plan: Id<PatrolPlan>,
        /// What is asked of its round.
        command: Box<RoundCommand>,
    },
}

/// What a unit says of a stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckIn {
    /// It is there.
    Here,
    /// It has left.
    Leave,
    /// It does not go there.
    Skip(SkipWhy),
    /// It takes that back.
    Undo,
    /// What it was good for.
    Judge(Judgement),
}

/// Decides on a command at an instant.
///
/// # Errors
/// [`Refusal`].
pub fn decide(
    board: &Board,
    ground: &Ground,
    command: &RoundCommand,
    now: Timestamp,
) -> Result<Vec<RoundEvent>, Refusal> {
    match command {
        RoundCommand::Follow { plan, rounds } => follow(board, ground, plan, rounds, now),
        RoundCommand::Unfollow { plan } => {
            let of_plan = board.rounds.iter().filter(|(_, round)| round.plan == *plan);
            Ok(of_plan
                .flat_map(|(unit, round)| {
                    let here = round.here().map(|stop| left(board, unit, stop, now));
                    let (unit, plan) = (unit.clone(), plan.clone());
                    here.into_iter()
                        .chain([RoundEvent::RoundEnded { unit, plan }])
                })
                .collect())
        }
        RoundCommand::CheckIn {
            unit,
            stop,
            says,
            at,
        } => {
            let round = round_of(board, ground, unit)?;
            let at = when(round, *at, now)?;
            let stop = round.stop(*stop).ok_or_else(|| Refusal::UnknownStop {
                unit: unit.clone(),
                stop: *stop,
            })?;
            if *says == CheckIn::Here {
                // Where it is now was reached later than what is told only now.
                let here = round.here().and_then(|here| here.reached_at);
                let later = here.filter(|reached| *reached > at);
                let busy = busy_since(board, ground, unit, at)?;
                if let Some(until) = later.into_iter().chain(busy).min() {
                    return Ok(been_there(unit, round, stop, at, until));
                }
            }
            check_in(board, unit, round, stop, *says, at)
        }
        RoundCommand::Mute {
            unit,
            notice,
            minutes,
            why,
        } => {
            let round = round_of(board, ground, unit)?;
            let length = SignedDuration::from_mins(i64::from(*minutes));
            let mute = Mute {
                notice: *notice,
                until: now.checked_add(length).unwrap_or(now),
                why: *why,
            };
            if round.mutes.contains(&mute) {
                return Ok(Vec::new());
            }
            let unit = unit.clone();
            Ok(vec![RoundEvent::NoticeMuted { unit, mute }])
        }
        RoundCommand::UnderPlan {
            unit,
            plan,
            command,
        } => match round_of(board, ground, unit)?.plan == *plan {
            true => decide(board, ground, command, now),
            false => Err(Refusal::OtherPlan(unit.clone())),
        },
    }
}

fn follow(
    board: &Board,
    ground: &Ground,
    plan: &Id<PatrolPlan>,
    rounds: &[Followed],
    now: Timestamp,
) -> Result<Vec<RoundEvent>, Refusal> {
    let known = |round: &&Followed| ground.unit(&round.unit).is_some();
    let rounds: Vec<&Followed> = rounds.iter().filter(known).collect();
    let over = |round: &&Followed| round.window.end() <= now;
    if rounds.is_empty() || rounds.iter().all(over) {
        return Err(match rounds.is_empty() {
            true => Refusal::NoRounds(plan.clone()),
            false => Refusal::PlanOver(plan.clone()),
        });
    }
    let before = |followed: &Followed| board.rounds.get(&followed.unit);
    // A round that goes on now does not give way to one that has not begun.
    let too_early = |followed: &&Followed| {
        followed.window.start() > now
            && before(followed).is_some_and(|it| it.plan != followed.plan && it.window.end() > now)
    };
    if rounds.iter().any(too_early) {
        return Err(Refusal::PlanNotBegun(plan.clone()));
    }
    let new = rounds
        .into_iter()
        .filter(|followed| before(followed).is_none_or(|it| it.plan != followed.plan));
    Ok(new
        .flat_map(|followed| {
            let here = before(followed).and_then(Round::here);
            let leaves = here.filter(|stop| !followed.has(&stop.planned));
            leaves
                .map(|stop| left(board, &followed.unit, stop, now))
                .into_iter()
                .chain([RoundEvent::PlanFollowed(Box::new(followed.clone()))])
        })
        .collect())
}

fn check_in(
    board: &Board,
    unit: &Id<Unit>,
    round: &Round,
    stop: &RoundStop,
    says: CheckIn,
    at: Timestamp,
) -> Result<Vec<RoundEvent>, Refusal> {
    let number = stop.planned.number;
    let refused = |wanted| Refusal::StopState {
        unit: unit.clone(),
        stop: number,
        wanted,
        state: stop.state,
    };
    let event = match (says, stop.state) {
        (CheckIn::Here, StopState::Here | StopState::Made) => return Ok(Vec::new()),
        (CheckIn::Here, _) => RoundEvent::StopReached {
            unit: unit.clone(),
            stop: number,
            reached_at: at,
            by: CheckInBy::Hand,
        },
        (CheckIn::Leave, StopState::Made) => return Ok(Vec::new()),
        (CheckIn::Leave, StopState::Here) => RoundEvent::StopLeft {
            unit: unit.clone(),
            stop: number,
            left_at: stop.reached_at.map_or(at, |reached| reached.max(at)),
            // Whoever says so was there, however short.
            made: true,
        },
        (CheckIn::Leave, _) => return Err(refused("left")),
        (CheckIn::Skip(_), StopState::Made) => return Err(refused("skipped")),
        (CheckIn::Skip(why), _) if stop.skipped == Some(why) => return Ok(Vec::new()),
        (CheckIn::Skip(why), _) => RoundEvent::StopSkipped {
            unit: unit.clone(),
            stop: number,
            why,
        },
        (CheckIn::Undo, StopState::Planned) => return Ok(Vec::new()),
        (CheckIn::Undo, StopState::Missed) => return Err(refused("taken back")),
        (CheckIn::Undo, _) if stop.by != Some(CheckInBy::Hand) => {
            return Err(refused("taken back"));
        }
        (CheckIn::Undo, _) => RoundEvent::CheckInUndone {
            unit: unit.clone(),
            stop: number,
        },
        (CheckIn::Judge(judged), _) if stop.judged == Some(judged) => return Ok(Vec::new()),
        (CheckIn::Judge(judged), _) => RoundEvent::StopJudged {
            unit: unit.clone(),
            stop: number,
            judged,
        },
    };
    let mut events = vec![event];
    if says == CheckIn::Here
        && let Some(other) = round.here()
    {
        // It can't be at two stops.
        events.insert(0, left(board, unit, other, at));
    }
    events.extend(answered(unit, round, number, says));
    Ok(events)
}

/// Since when a unit has had something else to do; none where it has not.
///
/// # Errors
/// [`Refusal::UnitStatus`] where it had already at that instant.
fn busy_since(
    board: &Board,
    ground: &Ground,
    unit: &Id<Unit>,
    at: Timestamp,
) -> Result<Option<Timestamp>, Refusal> {
    match ground.status(board, unit) {
        None | Some(UnitStatus::Idle | UnitStatus::Break) => Ok(None),
        Some(status) => match board.unit(unit).since.filter(|since| at < *since) {
            Some(since) => Ok(Some(since)),
            None => Err(Refusal::UnitStatus {
                unit: unit.clone(),
                wanted: "at a stop",
                status,
            }),
        },
    }
}

/// What a unit said too late for want of a net: it was there until it had something else to
/// do.
fn been_there(
    unit: &Id<Unit>,
    round: &Round,
    stop: &RoundStop,
    at: Timestamp,
    until: Timestamp,
) -> Vec<RoundEvent> {
    if matches!(stop.state, StopState::Here | StopState::Made) {
        return Vec::new();
    }
    let number = stop.planned.number;
    let visited = RoundEvent::StopVisited {
        unit: unit.clone(),
        stop: number,
        reached_at: at,
        left_at: until,
    };
    let answered = answered(unit, round, number, CheckIn::Here);
    [visited].into_iter().chain(answered).collect()
}

/// The notices that a check-in answers.
fn answered(unit: &Id<Unit>, round: &Round, number: u32, says: CheckIn) -> Vec<RoundEvent> {
    let notices = round.notices.iter();
    notices
        .filter(|notice| match notice.kind {
            NoticeKind::Missed => {
                notice.stop == Some(number) && matches!(says, CheckIn::Here | CheckIn::Skip(_))
            }
            NoticeKind::OffRoute | NoticeKind::StandingStill => says == CheckIn::Here,
        })
        .map(|notice| RoundEvent::NoticeCleared {
            unit: unit.clone(),
            notice: notice.kind,
        })
        .collect()
}

fn round_of<'b>(board: &'b Board, ground: &Ground, unit: &Id<Unit>) -> Result<&'b Round, Refusal> {
    if ground.unit(unit).is_none() {
        return Err(Refusal::UnknownUnit(unit.clone()));
    }
    let round = board.rounds.get(unit);
    round.ok_or_else(|| Refusal::NoRound(unit.clone()))
}

/// From when on check-ins of a round are taken.
pub fn first_check_in(round: &Round) -> Option<Timestamp> {
    round.window.start().checked_sub(BEFORE).ok()
}

/// When it was so, by the phone; never ahead of now.
fn when(round: &Round, at: Option<Timestamp>, now: Timestamp) -> Result<Timestamp, Refusal> {
    let Some(at) = at else {
        return Ok(now);
    };
    let first = first_check_in(round);
    let last = round.window.end().checked_add(AFTERWARDS);
    let in_shift = first.is_some_and(|first| first <= at) && last.is_ok_and(|last| at <= last);
    match in_shift && at.duration_since(now) <= AHEAD {
        true => Ok(at.min(now)),
        false => Err(Refusal::NotInShift { at }),
    }
}
