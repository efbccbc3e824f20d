//! Wishes as parts of a problem: names become places in its lists, instants become
//! milliseconds, points stand on the road.

use jiff::Timestamp;

use crate::calendar::week_clock::WeekClock;
use crate::calendar::window::Window;
use crate::patrol::pose::{Layers, PatrolSettings, PoseError};
use crate::patrol::problem::{
    Candidate, MustVisit, OtherPlace, PatrolUnit, Pin, SpeedPiece, StopFor, UnitBreak,
};
use crate::patrol::wishes::{NamedPoint, PlaceWish, UnitWish};
use crate::place::feature::Unit;
use crate::roads::network::Snap;

/// Speeds are kept within these thousandths of the roads' own.
const SPEEDS_PERMILLE: std::ops::RangeInclusive<f64> = 50.0..=10_000.0;

/// Milliseconds from the window's start to an instant, cut to the window.
fn ms_into(window: Window, at: Timestamp) -> u32 {
    let at = at.clamp(window.start(), window.end());
    at.duration_since(window.start()).as_millis() as u32
}

/// A window in milliseconds, cut to the shift; none where nothing is left.
fn cut(shift: Window, window: Window) -> Option<(u32, u32)> {
    let (from, until) = (ms_into(shift, window.start()), ms_into(shift, window.end()));
    (from < until).then_some((from, until))
}

/// A unit with what is asked of it; `places` gets the points that it needs.
///
/// # Errors
/// [`PoseError::OffRoad`] where such a point is too far from any road.
pub fn unit(
    layers: &Layers<'_>,
    settings: &PatrolSettings,
    unit: &Unit,
    start: Snap,
    places: &mut Vec<OtherPlace>,
) -> Result<PatrolUnit, PoseError> {
    let window = layers.surface.provenance.window;
    let nothing = UnitWish::default();
    let wish = layers
        .wishes
        .units
        .iter()
        .find(|w| is(w.unit.as_str(), unit));
    let wish = wish.unwrap_or(&nothing);
    let length_ms = ms_into(window, window.end());
    let shift = wish
        .shift
        .map(|shift| cut(window, shift).unwrap_or((length_ms, length_ms)));
    let (from_ms, until_ms) = shift.unwrap_or((0, length_ms));
    let mut place = |point: &NamedPoint| other_place(layers, settings, point, places);
    let end = wish.end.as_ref().map(&mut place).transpose()?;
    let mut breaks = Vec::with_capacity(wish.breaks.len());
    for rest in &wish.breaks {
        // One that lies outside the window is not due in it.
        if let Some(window_ms) = cut(window, rest.window) {
            breaks.push(UnitBreak {
                window_ms,
                length_ms: rest.length_ms.max(1),
                place: rest.place.as_ref().map(&mut place).transpose()?,
            });
        }
    }
    Ok(PatrolUnit {
        id: unit.id.clone(),
        call_sign: unit.call_sign.clone(),
        start,
        from_ms,
        until_ms,
        end,
        skills: wish.skills.clone(),
        beats: beats(layers, unit, wish),
        breaks,
        so_far: None,
    })
}

/// Whether a wish names this unit.
pub fn is(name: &str, unit: &Unit) -> bool {
    name == unit.id.as_str() || name == unit.call_sign
}

/// The beats that a unit may stop in.
fn beats(layers: &Layers<'_>, unit: &Unit, wish: &UnitWish) -> Option<Vec<u32>> {
    let of_station = || -> Vec<u32> {
        let beats = (0u32..).zip(layers.beats);
        let own = beats.filter(|(_, b)| b.station.is_some() && b.station == unit.station);
        own.map(|(number, _)| number).collect()
    };
    let mut bound = match &wish.beats {
        Some(beats) => beats.clone(),
        None if layers.wishes.within_station && unit.station.is_some() => of_station(),
        None => return None,
    };
    if layers.wishes.backup && wish.beats.is_some() {
        bound.extend(of_station());
    }
    bound.sort_unstable();
    bound.dedup();
    Some(bound)
}

fn other_place(
    layers: &Layers<'_>,
    settings: &PatrolSettings,
    point: &NamedPoint,
    places: &mut Vec<OtherPlace>,
) -> Result<usize, PoseError> {
    let snap = layers.network.snap(point.position, settings.post_off_road);
    let snap = snap.ok_or_else(|| PoseError::OffRoad(point.name.clone()))?;
    let known = places
        .iter()
        .position(|p| p.snap == snap && p.name == point.name);
    Ok(known.unwrap_or_else(|| {
        places.push(OtherPlace {
            name: point.name.clone(),
            snap,
        });
        places.len() - 1
    }))
}

/// Pinned stops by their places in the lists.
///
/// # Errors
/// [`PoseError::UnknownUnit`], [`PoseError::UnknownPlace`].
pub fn pins(
    layers: &Layers<'_>,
    units: &[PatrolUnit],
    candidates: &[Candidate],
    musts: &[MustVisit],
) -> Result<Vec<Pin>, PoseError> {
    let window = layers.surface.provenance.window;
    let whole = (0, ms_into(window, window.end()));
    let mut pins = Vec::new();
    for wish in &layers.wishes.pins {
        let unit = match &wish.unit {
            None => None,
            Some(name) => {
                let mut units = units.iter();
                let is_it = |u: &PatrolUnit| u.id.as_str() == name || u.call_sign == *name;
                let unit = units.position(is_it);
                Some(unit.ok_or_else(|| PoseError::UnknownUnit(name.clone()))?)
            }
        };
        let window_ms = match wish.window {
            None => Some(whole),
            Some(asked) => cut(window, asked),
        };
        let Some(window_ms) = window_ms else {
            continue;
        };
        let mut pin = |what| {
            pins.push(Pin {
                what,
                unit,
                window_ms,
            });
        };
        match &wish.place {
            PlaceWish::Cell(cell) => {
                let candidate = candidates.iter().position(|c| c.cell == *cell);
                let unknown = || PoseError::UnknownPlace(cell.to_string());
                pin(StopFor::Candidate(candidate.ok_or_else(unknown)?));
            }
            PlaceWish::Point(id) => {
                let of_id = musts.iter().enumerate().filter(|(_, m)| m.id == *id);
                let mut any = false;
                for (must_visit, must) in of_id {
                    any = true;
                    for window in 0..must.windows_ms.len() {
                        pin(StopFor::MustVisit { must_visit, window });
                    }
                }
                if !any {
                    return Err(PoseError::UnknownPlace(id.clone()));
                }
            }
        }
    }
    Ok(pins)
}

/// How fast roads are at which hour; empty where nothing is asked.
pub fn speeds(layers: &Layers<'_>) -> Vec<SpeedPiece> {
    let wishes = &layers.wishes.speeds;
    if wishes.is_empty() {
        return Vec::new();
    }
    let window = layers.surface.provenance.window;
    let start_ms = window.start().as_millisecond();
    let mut pieces: Vec<SpeedPiece> = Vec::new();
    for piece in WeekClock::new(layers.zone, window).pieces(window) {
        let factors = wishes.iter().filter(|w| w.hours.contains(piece.hour));
        let factor: f64 = factors.map(|w| w.factor).product();
        let (slowest, fastest) = (*SPEEDS_PERMILLE.start(), *SPEEDS_PERMILLE.end());
        let permille = (1000.0 / factor).round().clamp(slowest, fastest) as u32;
        if pieces.last().is_none_or(|last| last.permille != permille) {
            pieces.push(SpeedPiece {
                from_ms: (piece.start_ms - start_ms).max(0) as u32,
                permille,
            });
        }
    }
    pieces
}
