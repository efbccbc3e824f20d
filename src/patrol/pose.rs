//! From a workspace's layers to a patrol problem: which cells are worth a stop, where a unit
//! would stand, who drives, which posts are due when.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;
use thiserror::Error;

use crate::calendar::window::{Window, WindowError};
use crate::patrol::plan::{LeftOut, LeftOutWhy, Missed, PatrolPlan};
use crate::patrol::point_visits::PointVisit;
use crate::patrol::pose_candidates::{candidates, is_not_wanted};
use crate::patrol::pose_demand::demand;
use crate::patrol::pose_must_visits::{
    asked_visits, every_visits, most_points, pinned_visits, posts,
};
use crate::patrol::pose_wishes;
use crate::patrol::problem::{BeatShare, PlanProblem};
use crate::patrol::replan::travel::snaps;
use crate::patrol::station_beats::of_stations;
use crate::patrol::wishes::{PlaceWish, Wishes};
use crate::place::feature::{Beat, JointDutyPost, Station, Unit, UnitKind, UnitStatus};
use crate::place::measure::Metres;
use crate::place::position::Position;
use crate::risk::surface::RiskSurface;
use crate::roads::network::{RoadNetwork, Snap, TravelMatrix};

/// A unit further from any road gets no route, unless it is set otherwise.
pub const UNIT_OFF_ROAD: Metres = Metres(2000.0);

/// What a planner may set; the defaults are those of the literature (FORMULAS: Koper 1995,
/// Telep, Mitchell & Weisburd 2014).
#[derive(Debug, Clone, PartialEq)]
pub struct PatrolSettings {
    /// At most so many cells are candidates.
    pub candidates: usize,
    /// A cell further from any road is no candidate.
    pub cell_off_road: Metres,
    /// A post further from any road can't be kept by a car.
    pub post_off_road: Metres,
    /// A unit further from any road gets no route.
    pub unit_off_road: Metres,
    /// Allowed dwell times, milliseconds, ascending.
    pub dwell_options_ms: Vec<u32>,
    /// How long to stay at a must-visit, milliseconds.
    pub must_visit_dwell_ms: u32,
    /// See [`PlanProblem::presence_ms`].
    pub presence_ms: u32,
    /// See [`PlanProblem::decay_half_life_ms`].
    pub decay_half_life_ms: u32,
}

impl Default for PatrolSettings {
    fn default() -> Self {
        let minutes = |m: u32| m * 60_000;
        Self {
            candidates: 400,
            cell_off_road: Metres(300.0),
            post_off_road: Metres(1000.0),
            unit_off_road: UNIT_OFF_ROAD,
            dwell_options_ms: vec![minutes(10), minutes(12), minutes(15)],
            must_visit_dwell_ms: minutes(10),
            presence_ms: minutes(10),
            decay_half_life_ms: minutes(60),
        }
    }
}

/// What a problem is made of.
pub struct Layers<'a> {
    /// Expected incidents over the whole window.
    pub surface: &'a RiskSurface,
    /// Their share in each hour of the window; adds up to 1.
    pub hour_shares: &'a [f64],
    /// Who drives, in the plan's order.
    pub units: &'a [Unit],
    /// At most so many of them, the first that stand by a road; none: all.
    pub most_units: Option<usize>,
    /// Those with a period must be visited.
    pub joint_duty_posts: &'a [JointDutyPost],
    /// Points that must be visited besides.
    pub asked_visits: &'a [AskedVisit],
    /// The roads.
    pub network: &'a RoadNetwork,
    /// Which beat holds a position, by its place in the list of beats.
    pub beat_at: &'a dyn Fn(Position) -> Option<usize>,
    /// The beats.
    pub beats: &'a [Beat],
    /// The stations.
    pub stations: &'a [Station],
    /// The plan of the shift before, whose visits have left something of their effect.
    pub before: Option<&'a PatrolPlan>,
    /// Visits to points by the plans of earlier shifts.
    pub visited: &'a [PointVisit],
    /// What is asked besides.
    pub wishes: &'a Wishes,
    /// The district's time zone.
    pub zone: &'a TimeZone,
    /// Where a point on the road is, in words.
    pub label_at: &'a dyn Fn(Snap) -> String,
}

/// A visit that was asked for, beside those of posts with a period.
#[derive(Debug, Clone, PartialEq)]
pub struct AskedVisit {
    /// The point's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Where it is.
    pub position: Position,
    /// Arrive within this window; what lies outside the shift is cut off.
    pub due: Window,
    /// How long to stay, milliseconds; none: as at every must-visit.
    pub dwell_ms: Option<u32>,
}

/// The units to plan for, and those that were asked for and can't drive.
#[derive(Debug, Clone, PartialEq)]
pub struct ChosenUnits {
    /// They drive, in the plan's order.
    pub units: Vec<Unit>,
    /// Foot teams whose places no driver takes.
    pub left_out: Vec<LeftOut>,
}

/// A problem, and what did not make it into one.
#[derive(Debug, Clone, PartialEq)]
pub struct Posed {
    /// The problem.
    pub problem: PlanProblem,
    /// Units without a road.
    pub left_out: Vec<LeftOut>,
    /// What was asked for and can't be in any plan: points without a road, times outside the
    /// shift.
    pub missed: Vec<Missed>,
}

/// Why there is no problem.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum PoseError {
    /// Longer than a plan's clock counts.
    #[error("a patrol plan's window may be at most 40 days long")]
    TooLong,
    /// A window that can't be placed in time.
    #[error(transparent)]
    Window(#[from] WindowError),
    /// A wish names a unit that does not take part.
    #[error("no unit of this plan has the id or call sign {0:?}")]
    UnknownUnit(String),
    /// A wish names a cell that can't be stopped at.
    #[error("{0:?} is no cell of this plan's surface with a road near it")]
    UnknownPlace(String),
    /// A cell is banned that there is not.
    #[error("{0:?} is no cell of this plan's surface: nobody would stop there anyway")]
    NoSuchCell(String),
    /// A shift's end or a break's place is far from any road.
    #[error("{0} is too far from any road to end a shift or take a break there")]
    OffRoad(String),
}

/// Makes the problem.
///
/// # Errors
/// [`PoseError`].
pub fn pose(layers: &Layers<'_>, settings: &PatrolSettings, seed: u64) -> Result<Posed, PoseError> {
    let window = layers.surface.provenance.window;
    let length_ms = window.length().0 * 1000.0;
    if length_ms > 40.0 * 86_400_000.0 {
        return Err(PoseError::TooLong);
    }
    let length_ms = length_ms as u32;
    for wish in &layers.wishes.units {
        let known = |unit: &Unit| pose_wishes::is(&wish.unit, unit);
        if !layers.units.iter().any(known) {
            return Err(PoseError::UnknownUnit(wish.unit.clone()));
        }
    }
    for place in &layers.wishes.not_these {
        if let PlaceWish::Cell(cell) = place
            && layers.surface.grid.index_of(*cell).is_none()
        {
            return Err(PoseError::NoSuchCell(cell.to_string()));
        }
    }
    let (mut left_out, mut missed): (Vec<LeftOut>, _) = (Vec::new(), Vec::new());
    let mut units = Vec::new();
    let mut places = Vec::new();
    let beats = of_stations(layers.units, layers.stations, layers.beats);
    // Units that take the places of those that stand far from any road.
    let mut in_place = Vec::new();
    for (number, (unit, beats)) in layers.units.iter().zip(beats).enumerate() {
        if layers.most_units.is_some_and(|most| units.len() >= most) {
            break;
        }
        let position = pose_wishes::start(layers, unit);
        match layers.network.snap(position, settings.unit_off_road) {
            Some(start) => {
                let mut posing = pose_wishes::Posing {
                    layers,
                    settings,
                    places: &mut places,
                    missed: &mut missed,
                };
                units.push(posing.unit(unit, start, beats)?);
                if layers.most_units.is_some_and(|most| number >= most) {
                    in_place.push(unit.call_sign.clone());
                }
            }
            None => left_out.push(LeftOut {
                unit: unit.id.clone(),
                call_sign: unit.call_sign.clone(),
                why: LeftOutWhy::OffRoad,
                replaced_by: None,
            }),
        }
    }
    for (gone, other) in left_out.iter_mut().zip(in_place) {
        gone.replaced_by = Some(other);
    }
    let candidates = candidates(layers, settings, &units);
    let most = most_points(&units, settings);
    let mut must_visits = posts(layers, settings, window, length_ms, most, &mut missed)?;
    asked_visits(
        layers,
        settings,
        window,
        most,
        &mut must_visits,
        &mut missed,
    )?;
    every_visits(layers, settings, most, &mut must_visits, &mut missed)?;
    pinned_visits(layers, settings, &mut must_visits, &mut missed)?;
    let not_wanted = |id: &str| {
        let mut not_these = layers.wishes.not_these.iter();
        not_these.any(|place| matches!(place, PlaceWish::Point(not) if not == id))
    };
    must_visits.retain(|must| !not_wanted(&must.id));
    for need in &layers.wishes.needs {
        let of_id = must_visits.iter_mut().filter(|must| must.id == need.id);
        of_id.for_each(|must| must.needs.push(need.skill.clone()));
    }
    let not_these = candidates.iter().enumerate();
    let not_these = not_these
        .filter(|(_, c)| is_not_wanted(layers, c.cell))
        .map(|(number, _)| number)
        .collect();
    let demand = demand(layers, settings, &candidates);
    let pins = pose_wishes::pins(layers, &units, &candidates, &must_visits, &mut missed)?;
    let mut problem = PlanProblem {
        window,
        units,
        candidates,
        must_visits,
        demand,
        dwell_options_ms: settings.dwell_options_ms.clone(),
        presence_ms: settings.presence_ms,
        decay_half_life_ms: settings.decay_half_life_ms,
        risk_total: layers.surface.total(),
        places,
        speeds: pose_wishes::speeds(layers),
        pins,
        forbidden: layers.wishes.forbidden.clone(),
        not_these,
        beats: beat_shares(layers),
        weights: layers.wishes.weights,
        surface_cells: layers.surface.expected.len() as u32,
        travel: TravelMatrix {
            sources: 0,
            targets: 0,
            millis: Vec::new(),
        },
        seed,
    };
    let points = snaps(&problem);
    problem.travel = layers.network.matrix(&points, &points);
    Ok(Posed {
        problem,
        left_out,
        missed,
    })
}

/// What each beat's risk asks of the patrol minutes.
fn beat_shares(layers: &Layers<'_>) -> Vec<BeatShare> {
    let surface = layers.surface;
    let mut risk = vec![0.0; layers.beats.len()];
    for (i, expected) in surface.expected.iter().enumerate() {
        let beat = (layers.beat_at)(surface.grid.centre(i));
        if let Some(risk) = beat.and_then(|beat| risk.get_mut(beat)) {
            *risk += expected;
        }
    }
    let all: f64 = risk.iter().sum();
    let of = layers.beats.iter().zip(risk);
    of.map(|(beat, risk)| BeatShare {
        name: beat.name.clone(),
        wanted: if all > 0.0 { risk / all } else { 0.0 },
    })
    .collect()
}

/// The idle units that drive: at most `most` of them, one from each station in turn, so
/// that a small number is spread over the district. Foot teams can't follow a route by road:
/// those that would make up the number, by id order, are left out.
pub fn choose_units(units: &[Unit], most: Option<usize>) -> ChosenUnits {
    choose_units_with(units, most, &BTreeSet::new())
}

/// As [`choose_units`], but units that are named, by id or call sign, come first, since
/// something is asked of them; of two units with one call sign both do.
pub fn choose_units_with(
    units: &[Unit],
    most: Option<usize>,
    named: &BTreeSet<&str>,
) -> ChosenUnits {
    let (mut on_foot, mut able): (Vec<&Unit>, Vec<&Unit>) = units
        .iter()
        .filter(|u| u.status == UnitStatus::Idle)
        .partition(|u| u.kind == UnitKind::Foot);
    // Units without a station come last in each turn.
    able.sort_by_key(|u| (u.station.is_none(), u.station.clone(), u.id.clone()));
    let mut turns: Vec<(usize, usize, &Unit)> = Vec::with_capacity(able.len());
    let is_named = |u: &Unit| named.contains(u.id.as_str()) || named.contains(u.call_sign.as_str());
    let (mut turn, mut station) = (0, 0);
    for (i, unit) in able.iter().enumerate() {
        let same = i > 0 && able[i - 1].station == unit.station;
        turn = if same { turn + 1 } else { 0 };
        station += usize::from(!same);
        turns.push((turn, station, unit));
    }
    turns.sort_by_key(|&(turn, station, unit)| (!is_named(unit), turn, station));
    let most = most.unwrap_or(usize::MAX);
    on_foot.sort_by(|a, b| a.id.cmp(&b.id));
    let wanting = most.saturating_sub(turns.len());
    let left_out = on_foot.into_iter().take(wanting).map(|u| LeftOut {
        unit: u.id.clone(),
        call_sign: u.call_sign.clone(),
        why: LeftOutWhy::OnFoot,
        replaced_by: None,
    });
    ChosenUnits {
        left_out: left_out.collect(),
        units: turns
            .into_iter()
            .take(most)
            .map(|(_, _, u)| u.clone())
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::place::id::Id;

    fn unit(id: &str, station: Option<&str>, kind: UnitKind, status: UnitStatus) -> Unit {
        Unit {
            id: Id::new(id),
            call_sign: id.to_uppercase(),
            kind,
            station: station.map(Id::new),
            position: Position::wrapped(0.0, 0.0),
            status,
        }
    }

    #[test]
    fn units_are_taken_from_each_station_in_turn() {
        let car = |id, station| unit(id, station, UnitKind::Car, UnitStatus::Idle);
        let units = [
            car("a1", Some("a")),
            car("a2", Some("a")),
            car("a3", Some("a")),
            car("b1", Some("b")),
            unit("b2", Some("b"), UnitKind::Foot, UnitStatus::Idle),
            unit("b3", Some("b"), UnitKind::Car, UnitStatus::Break),
            unit("c1", Some("c"), UnitKind::Motorcycle, UnitStatus::Idle),
            car("z1", None),
        ];
        let ids = |most| -> Vec<String> {
            let chosen = choose_units(&units, most);
            chosen.units.iter().map(|u| u.id.to_string()).collect()
        };
        let on_foot = |most| choose_units(&units, most).left_out.len();
        assert_eq!(ids(Some(4)), ["a1", "b1", "c1", "z1"]);
        assert_eq!(ids(None), ["a1", "b1", "c1", "z1", "a2", "a3"]);
        let named = |names: &[&str], most| -> Vec<String> {
            let names = names.iter().copied().collect();
            let chosen = choose_units_with(&units, most, &names);
            chosen.units.iter().map(|u| u.id.to_string()).collect()
        };
        // By id or call sign; one that rests is not there to be named.
        assert_eq!(named(&["a3", "Z1", "b3"], Some(3)), ["z1", "a3", "a1"]);
        assert_eq!(named(&["a3"], Some(1)), ["a3"]);
        assert!(ids(Some(0)).is_empty());
        assert_eq!([Some(4), Some(6), Some(9), None].map(on_foot), [0, 0, 1, 1]);
        let left_out = &choose_units(&units, None).left_out[0];
        assert_eq!(left_out.call_sign, "B2");
        assert_eq!(left_out.why, LeftOutWhy::OnFoot);
    }
}
