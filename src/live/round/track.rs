//! What a unit's positions come to besides the last one: since when it stands still, and
//! since when it is far from where its round leads.

use geo::{Closest, ClosestPoint, LineString};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::live::board::Board;
use crate::live::round::state::{Round, RoundStop};
use crate::place::feature::Unit;
use crate::place::id::Id;
use crate::place::measure::Metres;
use crate::place::position::Position;

/// How a unit moves.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Track {
    /// Where it has not moved away from…
    pub still_at: Position,
    /// …since then.
    pub still_since: Timestamp,
    /// Since when it is off its route; none where it is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub off_since: Option<Timestamp>,
}

/// The track after a position, which is not on the board so far.
pub fn after(board: &Board, unit: &Id<Unit>, position: Position, at: Timestamp) -> Track {
    let settings = &board.settings;
    let before = board.unit(unit).track;
    let (still_at, still_since) = match before {
        Some(track) if track.still_at.metres_to(position) <= settings.still_within => {
            (track.still_at, track.still_since)
        }
        _ => (position, at),
    };
    // Who was sent elsewhere by the desk is where it was told to be.
    let led = board.rounds.get(unit);
    let off = led
        .filter(|_| board.unit(unit).sent.is_none())
        .and_then(|round| away(round, position, at))
        .is_some_and(|metres| metres > settings.off_route);
    let since = before.and_then(|track| track.off_since).unwrap_or(at);
    Track {
        still_at,
        still_since,
        off_since: off.then_some(since),
    }
}

/// How far a position is from where a round leads: the way to the next stop in its order,
/// or to the one that is next by the timetable. None where it leads nowhere any more, or the
/// unit is at a stop.
pub fn away(round: &Round, position: Position, now: Timestamp) -> Option<Metres> {
    if round.here().is_some() || !round.window.contains(now) {
        return None;
    }
    let ahead = [round.next(), round.timely(now)];
    let metres = ahead.into_iter().flatten().map(|stop| to(stop, position).0);
    metres.min_by(f64::total_cmp).map(Metres)
}

/// How far it is to a stop or the way there.
fn to(stop: &RoundStop, position: Position) -> Metres {
    let direct = stop.planned.position.metres_to(position);
    let line: LineString = stop.planned.line.iter().map(|p| p.coord()).collect();
    // In degrees, which is near enough to say which corner of the line is meant.
    let on_line = match line.closest_point(&position.point()) {
        Closest::SinglePoint(point) | Closest::Intersection(point) => {
            Position::wrapped(point.x(), point.y()).metres_to(position)
        }
        Closest::Indeterminate => direct,
    };
    Metres(direct.0.min(on_line.0))
}
