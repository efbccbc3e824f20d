//! What a planner asks, by the names that people use: ids and call signs of the workspace
//! become positions and beats.

use std::collections::{BTreeMap, BTreeSet};

use crate::app::plan::{MustVisitRequest, PlanJobError};
use crate::calendar::window::Window;
use crate::grid::cell::Cell;
use crate::patrol::objective::weights::Weights;
use crate::patrol::pose_must_visits::SHORTEST_PERIOD_MS;
use crate::patrol::problem::ForbiddenArea;
use crate::patrol::wishes::{
    BreakWish, EveryWish, NamedPoint, NeedWish, PinWish, PlaceWish, SpeedWish, UnitWish, Wishes,
};
use crate::place::feature::Beat;
use crate::place::measure::Seconds;
use crate::place::position::Position;
use crate::store::error::StoreError;
use crate::store::workspace::Workspace;

const MOST_MS: f64 = 40.0 * 86_400_000.0;

/// Wishes by name; nothing is asked by default.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct WishRequest {
    /// Of single units.
    pub units: Vec<UnitRequest>,
    /// See [`Wishes::within_station`].
    pub within_station: bool,
    /// See [`Wishes::backup`].
    pub backup: bool,
    /// See [`Wishes::max_gap`].
    pub max_gap: bool,
    /// Points that must be visited so often.
    pub every: Vec<EveryRequest>,
    /// Skills that visits to points need.
    pub needs: Vec<NeedWish>,
    /// Stops that have to be in the plan.
    pub pins: Vec<PinRequest>,
    /// Cells, or ids of points, where nobody stops.
    pub not_these: Vec<String>,
    /// Ground on which nobody stops.
    pub forbidden: Vec<ForbiddenArea>,
    /// Hours in which drives take longer or less.
    pub speeds: Vec<SpeedWish>,
    /// What counts how much.
    pub weights: Weights,
    /// Draw among near-best plans by this seed.
    pub draw: Option<u64>,
    /// Say what the presets come to beside each other; each takes as long again.
    pub compare: bool,
    /// Id of a stored plan for the same window, whose stops stay where they are unless a
    /// change is worth more.
    pub keep_to: Option<String>,
}

impl WishRequest {
    /// The units that something is asked of, by id or call sign: they take part.
    pub fn named_units(&self) -> BTreeSet<&str> {
        let of_units = self.units.iter().map(|unit| unit.unit.as_str());
        let of_pins = self.pins.iter().filter_map(|pin| pin.unit.as_deref());
        of_units.chain(of_pins).collect()
    }
}

/// Wishes for one unit.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct UnitRequest {
    /// Its id or call sign.
    pub unit: String,
    /// It works only within this.
    pub shift: Option<Window>,
    /// Where it begins; none: where it is.
    pub start: Option<Position>,
    /// Id of the station, post or pillar where its shift ends.
    pub end: Option<String>,
    /// What it can do that not every unit can.
    pub skills: Vec<String>,
    /// Ids or names of the beats that it is bound to; none: not bound.
    pub beats: Vec<String>,
    /// Its breaks.
    pub breaks: Vec<BreakRequest>,
}

/// A break.
#[derive(Debug, Clone, PartialEq)]
pub struct BreakRequest {
    /// It begins within.
    pub window: Window,
    /// How long.
    pub length: Seconds,
    /// Id of the station, post or pillar where it is taken; none: wherever the unit is.
    pub place: Option<String>,
}

/// A point that must be visited so often.
#[derive(Debug, Clone, PartialEq)]
pub struct EveryRequest {
    /// Id of a joint-duty post, a post or an alarm pillar.
    pub id: String,
    /// The longest gap.
    pub every: Seconds,
}

/// A stop that has to be in the plan.
#[derive(Debug, Clone, PartialEq)]
pub struct PinRequest {
    /// A cell's number as it is written, or the id of a point.
    pub place: String,
    /// By which unit, by id or call sign; none: any.
    pub unit: Option<String>,
    /// When it begins.
    pub window: Option<Window>,
}

/// Finds what the names stand for.
///
/// # Errors
/// [`PlanJobError::UnknownPoint`], [`PlanJobError::UnknownPlace`],
/// [`PlanJobError::PinnedAndBanned`], [`PlanJobError::UnknownBeat`], [`PlanJobError::Weights`]
/// and what the store says.
pub async fn resolve(
    workspace: &Workspace,
    asked: &WishRequest,
    must_visits: &[MustVisitRequest],
    beats: &[Beat],
) -> Result<Wishes, PlanJobError> {
    asked.weights.check()?;
    let points = points(workspace).await?;
    let point = |id: &String| {
        let unknown = || PlanJobError::UnknownPoint(id.clone());
        points.get(id).cloned().ok_or_else(unknown)
    };
    let mut units = Vec::with_capacity(asked.units.len());
    for unit in &asked.units {
        let mut breaks = Vec::with_capacity(unit.breaks.len());
        for rest in &unit.breaks {
            breaks.push(BreakWish {
                window: rest.window,
                length_ms: millis(rest.length),
                place: rest.place.as_ref().map(point).transpose()?,
            });
        }
        let bound = unit.beats.iter().map(|name| beat(beats, name));
        let bound = bound.collect::<Result<Vec<u32>, _>>()?;
        units.push(UnitWish {
            unit: unit.unit.clone(),
            shift: unit.shift,
            start: unit.start,
            end: unit.end.as_ref().map(point).transpose()?,
            skills: unit.skills.clone(),
            beats: (!bound.is_empty()).then_some(bound),
            breaks,
        });
    }
    let mut every = Vec::with_capacity(asked.every.len());
    for wish in &asked.every {
        let named = point(&wish.id)?;
        if wish.every.0 * 1000.0 < SHORTEST_PERIOD_MS {
            return Err(PlanJobError::TooOften {
                id: wish.id.clone(),
                asked_min: wish.every.0 / 60.0,
                least_min: SHORTEST_PERIOD_MS / 60_000.0,
            });
        }
        every.push(EveryWish {
            id: wish.id.clone(),
            point: named,
            every_ms: millis(wish.every),
            dwell_ms: None,
        });
    }
    let known = |name: &String| {
        let place = place(name);
        match &place {
            PlaceWish::Point(id) if !points.contains_key(id) => {
                Err(PlanJobError::UnknownPlace(name.clone()))
            }
            PlaceWish::Point(_) | PlaceWish::Cell(_) => Ok(place),
        }
    };
    let not_these = asked.not_these.iter().map(known);
    let not_these = not_these.collect::<Result<Vec<_>, _>>()?;
    // A visit that is asked for by its times or its frequency is a wish like a pin.
    let visits = must_visits.iter().map(|must| &must.id);
    let visits = visits.chain(asked.every.iter().map(|wish| &wish.id));
    for id in visits {
        if not_these.contains(&PlaceWish::Point(id.clone())) {
            return Err(PlanJobError::PinnedAndBanned(id.clone()));
        }
    }
    let mut pins = Vec::with_capacity(asked.pins.len());
    for pin in &asked.pins {
        let place = known(&pin.place)?;
        if not_these.contains(&place) {
            return Err(PlanJobError::PinnedAndBanned(pin.place.clone()));
        }
        pins.push(PinWish {
            point: points.get(&pin.place).cloned(),
            place,
            unit: pin.unit.clone(),
            window: pin.window,
        });
    }
    for need in &asked.needs {
        point(&need.id)?;
    }
    Ok(Wishes {
        units,
        within_station: asked.within_station,
        backup: asked.backup,
        max_gap: asked.max_gap,
        every,
        needs: asked.needs.clone(),
        pins,
        not_these,
        forbidden: asked.forbidden.clone(),
        speeds: asked.speeds.clone(),
        weights: asked.weights,
        draw: asked.draw,
    })
}

/// Stations, posts and pillars by id; of the same id, a joint-duty post, then a post, then a
/// pillar.
async fn points(workspace: &Workspace) -> Result<BTreeMap<String, NamedPoint>, StoreError> {
    let mut points = BTreeMap::new();
    let mut add = |id: String, name: String, position| {
        let name = if name.is_empty() { id.clone() } else { name };
        points.insert(id, NamedPoint { name, position });
    };
    for station in workspace.stations().await? {
        add(station.id.to_string(), station.name, station.position);
    }
    for pillar in workspace.pillars().await? {
        add(pillar.id.to_string(), pillar.name, pillar.position);
    }
    for post in workspace.posts().await? {
        add(post.id.to_string(), post.name, post.position);
    }
    for post in workspace.joint_duty_posts().await? {
        add(post.id.to_string(), post.name, post.position);
    }
    Ok(points)
}

fn beat(beats: &[Beat], name: &str) -> Result<u32, PlanJobError> {
    let is_it = |beat: &Beat| beat.id.as_str() == name || beat.name == name;
    let found = beats.iter().position(is_it);
    found
        .map(|number| number as u32)
        .ok_or_else(|| PlanJobError::UnknownBeat(name.to_owned()))
}

/// A cell's number, or else the id of a point.
fn place(name: &str) -> PlaceWish {
    let cell = u64::from_str_radix(name, 16).ok().and_then(Cell::new);
    cell.map_or_else(|| PlaceWish::Point(name.to_owned()), PlaceWish::Cell)
}

fn millis(length: Seconds) -> u32 {
    (length.0 * 1000.0).clamp(1.0, MOST_MS) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_cell_or_a_point() {
        let cell = Cell::new(0x08a2_a107_2b59_ffff).unwrap();
        assert_eq!(place("8a2a1072b59ffff"), PlaceWish::Cell(cell));
        assert_eq!(place("POST-3"), PlaceWish::Point("POST-3".into()));
        assert_eq!(place("123"), PlaceWish::Point("123".into()));
    }
}
