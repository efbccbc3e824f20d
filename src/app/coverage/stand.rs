//! Where the idle units should stand now: a curve over moves, and who goes where.

use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::app::coverage::error::CoverageJobError;
use crate::app::coverage::ground::Ground;
use crate::app::coverage::places::{Place, of_cells, of_posts};
use crate::app::coverage::report::{CoverageAbout, feature};
use crate::exchange::feature_geojson::point_geometry;
use crate::patrol::coverage::expected::CoverCounts;
use crate::patrol::coverage::picks::work_of_each;
use crate::patrol::coverage::stand::{Stand, StandQuestion};
use crate::roads::network::Snap;

/// A unit is not sent further than this, minutes: by then the board is another one.
const LONGEST_DRIVE_MINUTES: f64 = 20.0;

/// Where units stand after at most so many moves.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct StandStep {
    /// Moves that are allowed.
    pub moves_allowed: usize,
    /// Moves that are made.
    pub moves: usize,
    /// Expected share of calls answered in time, by ring.
    pub expected_shares: Vec<f64>,
    /// The mean of these: what is made as large as can be.
    pub score: f64,
    /// No answer with so many moves scores more than this.
    pub bound: f64,
    /// Whether it is proved that none scores more than this one.
    pub proved: bool,
    /// Driving time of all moves together, minutes.
    pub drive_minutes: f64,
}

/// One unit's move.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct UnitMove {
    /// The unit.
    pub id: String,
    /// Its call sign.
    pub name: String,
    /// Where it is now, in words.
    pub from: String,
    /// Where it should stand, in words.
    pub to: String,
    /// There.
    pub lon: f64,
    /// There.
    pub lat: f64,
    /// Driving time, minutes.
    pub drive_minutes: f64,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct StandReport {
    /// What it is about.
    pub about: CoverageAbout,
    /// How many idle units there are.
    pub units: usize,
    /// How many places they could go to.
    pub places: usize,
    /// For 0, 1, … moves.
    pub curve: Vec<StandStep>,
    /// The moves of the last of these.
    pub moves: Vec<UnitMove>,
    /// What to beware of; empty where nothing.
    pub notes: Vec<String>,
    /// The map: units and where they should stand.
    #[serde(skip)]
    pub features: Vec<Value>,
}

/// Answers.
///
/// # Errors
/// [`CoverageJobError`].
pub fn stand(mut ground: Ground, moves: usize) -> Result<StandReport, CoverageJobError> {
    if ground.units.is_empty() {
        return Err(CoverageJobError::NoUnits);
    }
    let mut places = of_cells(&ground)?;
    places.extend(of_posts(&ground));
    let unit_snaps: Vec<Snap> = ground.units.iter().map(|u| u.snap).collect();
    let place_snaps: Vec<Snap> = places.iter().map(|p| p.snap).collect();
    let drive = ground.network.matrix(&unit_snaps, &place_snaps);
    let longest_ms = (LONGEST_DRIVE_MINUTES * 60_000.0) as u32;
    let travel = |unit: usize, place: usize| {
        drive
            .millis(unit, place)
            .filter(|&millis| millis <= longest_ms)
    };
    let others = CoverCounts::new(&ground.surface.expected, ground.rings.clone())?;
    let curve = crate::patrol::coverage::stand::stand(&StandQuestion {
        others: &others,
        units: &ground.reaches(&unit_snaps),
        places: &ground.reaches(&place_snaps),
        travel: &travel,
        moves,
        work: work_of_each(moves.min(ground.units.len())),
    })?;
    let mut report = StandReport {
        about: CoverageAbout::of(&ground),
        units: ground.units.len(),
        places: places.len(),
        curve: curve.iter().enumerate().map(step).collect(),
        moves: Vec::new(),
        notes: std::mem::take(&mut ground.notes),
        features: Vec::new(),
    };
    if moves > ground.units.len() {
        report.notes.push(format!(
            "{moves} moves are allowed, there are {} units",
            ground.units.len()
        ));
    }
    if let Some(last) = curve.last() {
        told(&ground, last, &places, &mut report);
    }
    Ok(report)
}

fn step((moves_allowed, stand): (usize, &Stand)) -> StandStep {
    StandStep {
        moves_allowed,
        moves: stand.moves.len(),
        expected_shares: stand.shares.clone(),
        score: stand.score,
        bound: stand.bound,
        proved: stand.proved,
        drive_minutes: stand.travel_ms as f64 / 60_000.0,
    }
}

fn told(ground: &Ground, stand: &Stand, places: &[Place], report: &mut StandReport) {
    for (number, unit) in ground.units.iter().enumerate() {
        let moved = stand.moves.iter().find(|m| m.unit == number);
        let said = json!({
            "name": unit.name,
            "moves": moved.is_some(),
            "synthetic": ground.synthetic,
        });
        let at = point_geometry(unit.position);
        let id = format!("unit-{}", unit.id);
        report.features.push(feature(id, "unit", at, said));
        let Some(moved) = moved else { continue };
        let place = &places[moved.place];
        let drive_minutes = f64::from(moved.travel_ms) / 60_000.0;
        let said = json!({
            "unit": unit.id,
            "name": unit.name,
            "label": place.label,
            "drive_minutes": drive_minutes,
            "synthetic": ground.synthetic,
        });
        let id = format!("stand-{}", unit.id);
        let at = point_geometry(place.position);
        report.features.push(feature(id, "stand", at, said));
        report.moves.push(UnitMove {
            id: unit.id.clone(),
            name: unit.name.clone(),
            from: ground.label(unit.snap),
            to: place.label.clone(),
            lon: place.position.lon(),
            lat: place.position.lat(),
            drive_minutes,
        });
    }
}
