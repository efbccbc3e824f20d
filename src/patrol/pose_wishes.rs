//! Wishes as parts of a problem: names become places in its lists, instants become
//! milliseconds, points stand on the road.

use jiff::Timestamp;

use crate::calendar::week_clock::WeekClock;
use crate::calendar::window::Window;
use crate::patrol::plan::{Missed, MissedKind, MissedWhy};
use crate::patrol::pose::{Layers, PatrolSettings, PoseError};
use crate::patrol::problem::{
    Candidate, MustVisit, OtherPlace, PatrolUnit, Pin, SpeedPiece, StopFor, UnitBreak,
};
use crate::patrol::wishes::{NamedPoint, PlaceWish, UnitWish};
use crate::place::feature::Unit;
use crate::place::position::Position;
use crate::roads::network::Snap;

/// Speeds are kept within these thousandths of the roads' own.
const SPEEDS_PERMILLE: std::ops::RangeInclusive<f64> = 50.0..=10_000.0;

/// Milliseconds from the window's start to an instant, cut to the window.
fn ms_into(window: Window, at: Timestamp) -> u32 {
    let at = at.clamp(window.start(), window.end());
    at.duration_since(window.start()).as_millis() as u32
}

/// A window in milliseconds, cut to the shift; none where nothing is left.
pub fn cut(shift: Window, window: Window) -> Option<(u32, u32)> {
    let (from, until) = (ms_into(shift, window.start()), ms_into(shift, window.end()));
    (from < until).then_some((from, until))
}

/// What is asked of a unit; none where nothing is.
fn wish_of<'a>(layers: &Layers<'a>, unit: &Unit) -> Option<&'a UnitWish> {
    layers.wishes.units.iter().find(|w| is(&w.unit, unit))
}

/// Where a unit begins: where the planner says, or else where it is.
pub fn start(layers: &Layers<'_>, unit: &Unit) -> Position {
    let wished = wish_of(layers, unit).and_then(|wish| wish.start);
    wished.unwrap_or(unit.position)
}

/// Units as parts of a problem, and what they leave behind: the points that they need, and
/// what can't be met.
pub struct Posing<'a, 'b> {
    /// What there is.
    pub layers: &'a Layers<'b>,
    /// The settings.
    pub settings: &'a PatrolSettings,
    /// Where shifts end and breaks are taken.
    pub places: &'a mut Vec<OtherPlace>,
    /// Breaks that no plan can have.
    pub missed: &'a mut Vec<Missed>,
}

impl Posing<'_, '_> {
    /// A unit with what is asked of it; `own` are the beats of its station.
    ///
    /// # Errors
    /// [`PoseError::OffRoad`] where a place that it needs is too far from any road.
    pub fn unit(
        &mut self,
        unit: &Unit,
        start: Snap,
        own: Option<Vec<u32>>,
    ) -> Result<PatrolUnit, PoseError> {
        let window = self.layers.surface.provenance.window;
        let nothing = UnitWish::default();
        let wish = wish_of(self.layers, unit).unwrap_or(&nothing);
        let length_ms = ms_into(window, window.end());
        let shift = wish
            .shift
            .map(|shift| cut(window, shift).unwrap_or((length_ms, length_ms)));
        let (from_ms, until_ms) = shift.unwrap_or((0, length_ms));
        let end = wish.end.as_ref().map(|end| self.place(end)).transpose()?;
        let mut breaks = Vec::with_capacity(wish.breaks.len());
        for rest in &wish.breaks {
            let place = rest.place.as_ref().map(|p| self.place(p)).transpose()?;
            match cut(window, rest.window) {
                Some(window_ms) => breaks.push(UnitBreak {
                    window_ms,
                    length_ms: rest.length_ms.max(1),
                    place,
                }),
                None => self.missed.push(Missed {
                    name: unit.call_sign.clone(),
                    due: rest.window,
                    why: MissedWhy::OutsideShift,
                    kind: MissedKind::Break,
                    unit: None,
                }),
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
            beats: self.beats(wish, own),
            breaks,
            so_far: None,
        })
    }

    /// The beats that a unit may stop in; none: all.
    fn beats(&self, wish: &UnitWish, own: Option<Vec<u32>>) -> Option<Vec<u32>> {
        let mut bound = match &wish.beats {
            Some(beats) => beats.clone(),
            None if self.layers.wishes.within_station => own.clone()?,
            None => return None,
        };
        if self.layers.wishes.backup && wish.beats.is_some() {
            bound.extend(own.unwrap_or_default());
        }
        bound.sort_unstable();
        bound.dedup();
        Some(bound)
    }

    fn place(&mut self, point: &NamedPoint) -> Result<usize, PoseError> {
        let (network, most) = (self.layers.network, self.settings.post_off_road);
        let snap = network.snap(point.position, most);
        let snap = snap.ok_or_else(|| PoseError::OffRoad(point.name.clone()))?;
        let mut known = self.places.iter();
        let known = known.position(|p| p.snap == snap && p.name == point.name);
        Ok(known.unwrap_or_else(|| {
            self.places.push(OtherPlace {
                name: point.name.clone(),
                snap,
            });
            self.places.len() - 1
        }))
    }
}

/// Whether two windows have some time in common.
pub fn overlap(a: (u32, u32), b: (u32, u32)) -> bool {
    a.0 < b.1 && b.0 < a.1
}

/// Whether a wish names this unit.
pub fn is(name: &str, unit: &Unit) -> bool {
    name == unit.id.as_str() || name == unit.call_sign
}

/// Pinned stops by their places in the lists; those outside the shift are missed.
///
/// # Errors
/// [`PoseError::UnknownUnit`], [`PoseError::UnknownPlace`].
pub fn pins(
    layers: &Layers<'_>,
    units: &[PatrolUnit],
    candidates: &[Candidate],
    musts: &[MustVisit],
    missed: &mut Vec<Missed>,
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
        match (&wish.place, window_ms) {
            (PlaceWish::Cell(cell), window_ms) => {
                let candidate = candidates.iter().position(|c| c.cell == *cell);
                let unknown = || PoseError::UnknownPlace(cell.to_string());
                let candidate = candidate.ok_or_else(unknown)?;
                match (window_ms, wish.window) {
                    (Some(window_ms), _) => pins.push(Pin {
                        what: StopFor::Candidate(candidate),
                        unit,
                        window_ms,
                    }),
                    (None, Some(due)) => missed.push(Missed {
                        name: candidates[candidate].label.clone(),
                        due,
                        why: MissedWhy::OutsideShift,
                        kind: MissedKind::Pin,
                        unit: unit.map(|unit| units[unit].call_sign.clone()),
                    }),
                    (None, None) => {}
                }
            }
            (PlaceWish::Point(id), Some(window_ms)) => {
                let of_id = musts.iter().enumerate().filter(|(_, m)| m.id == *id);
                for (must_visit, must) in of_id {
                    // Of a post that is due again and again, the visits of that time; where
                    // none is given, the first of them while the unit works.
                    let at_work = unit.map_or(window_ms, |unit| {
                        (units[unit].from_ms, units[unit].until_ms)
                    });
                    let own = must.windows_ms.iter().enumerate();
                    let own = own.filter(|&(_, &own)| {
                        overlap(own, window_ms) && (wish.window.is_some() || overlap(own, at_work))
                    });
                    let most = match wish.window {
                        None => 1,
                        Some(_) => usize::MAX,
                    };
                    pins.extend(own.take(most).map(|(window, _)| Pin {
                        what: StopFor::MustVisit { must_visit, window },
                        unit,
                        window_ms,
                    }));
                }
            }
            // Among what can't be met already, by its name.
            (PlaceWish::Point(_), None) => {}
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
