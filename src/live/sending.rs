//! An idle unit that was sent somewhere without a call: the plan of the shift breaks with its
//! first call, and whoever is free again stands where calls are likely. It stays idle: a call
//! takes it from there.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::live::board::Board;
use crate::live::board_event::BoardEvent;
use crate::live::ground::Ground;
use crate::live::refusal::Refusal;
use crate::live::unit_now::UnitNow;
use crate::place::feature::{Unit, UnitStatus};
use crate::place::id::Id;
use crate::place::measure::Metres;
use crate::place::position::Position;

/// Two places nearer than this are one.
const SAME_PLACE: Metres = Metres(1.0);

/// Where a unit was sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SentTo {
    /// Where.
    pub position: Position,
    /// Beat and street, as whoever sent it read them.
    pub label: String,
    /// When it was sent.
    pub at: Timestamp,
    /// When its position was first within the geofence of the place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reached_at: Option<Timestamp>,
}

/// Sends an idle unit to a place.
///
/// # Errors
/// [`Refusal`] where there is no such unit, or it is not idle.
pub fn send(
    board: &Board,
    ground: &Ground,
    unit: &Id<Unit>,
    position: Position,
    label: &str,
) -> Result<Vec<BoardEvent>, Refusal> {
    match ground.status(board, unit) {
        None => return Err(Refusal::UnknownUnit(unit.clone())),
        Some(UnitStatus::Idle) => {}
        Some(status) => {
            return Err(Refusal::UnitStatus {
                unit: unit.clone(),
                wanted: "sent to a place",
                status,
            });
        }
    }
    let before = board.unit(unit).sent.as_ref();
    if before.is_some_and(|sent| sent.position.metres_to(position) < SAME_PLACE) {
        return Ok(Vec::new());
    }
    Ok(vec![BoardEvent::UnitSent {
        unit: unit.clone(),
        position,
        label: label.to_owned(),
    }])
}

/// Takes that back: the unit patrols as it did.
///
/// # Errors
/// [`Refusal`] where there is no such unit.
pub fn recall(board: &Board, ground: &Ground, unit: &Id<Unit>) -> Result<Vec<BoardEvent>, Refusal> {
    if ground.unit(unit).is_none() {
        return Err(Refusal::UnknownUnit(unit.clone()));
    }
    let recalled = BoardEvent::UnitRecalled { unit: unit.clone() };
    Ok(match board.unit(unit).sent {
        Some(_) => vec![recalled],
        None => Vec::new(),
    })
}

/// Notes whether a unit's new position is at the place it was sent to.
pub fn moved(now: &mut UnitNow, position: Position, geofence: Metres, at: Timestamp) {
    if let Some(sent) = &mut now.sent
        && sent.reached_at.is_none()
        && sent.position.metres_to(position) <= geofence
    {
        sent.reached_at = Some(at);
    }
}

/// Where an idle unit is counted: where it is, or where it is soon.
pub fn stands(now: &UnitNow, position: Position) -> Position {
    match &now.sent {
        Some(sent) if sent.reached_at.is_none() => sent.position,
        _ => position,
    }
}

#[cfg(test)]
#[path = "sending_tests.rs"]
mod tests;
