//! The units of each simulated shift, and where they begin it: at their station, or else
//! where they are.

use crate::app::simulate::error::SimulateError;
use crate::patrol::plan::LeftOut;
use crate::patrol::pose::choose_units;
use crate::place::feature::{Station, Unit, UnitKind, UnitStatus};
use crate::place::id::Id;
use crate::place::position::Position;

/// More units are a slip of the pen.
const MOST_UNITS: usize = 500;

/// Who works.
#[derive(Debug, Clone, PartialEq)]
pub struct Fleet {
    /// Their position is their base.
    pub units: Vec<Unit>,
    /// How many of them stand for units that the workspace does not have.
    pub made_up: usize,
    /// Foot teams that were asked for.
    pub left_out: Vec<LeftOut>,
}

/// So many of the idle units, spread over the stations; where there are fewer, others are
/// made up, at each station in turn. None: all idle ones.
///
/// # Errors
/// [`SimulateError::NoneAsked`], [`SimulateError::TooManyUnits`], [`SimulateError::NoUnits`].
pub fn fleet(
    units: &[Unit],
    stations: &[Station],
    wanted: Option<usize>,
) -> Result<Fleet, SimulateError> {
    match wanted {
        Some(0) => return Err(SimulateError::NoneAsked),
        Some(n) if n > MOST_UNITS => return Err(SimulateError::TooManyUnits(n)),
        _ => {}
    }
    let chosen = choose_units(units, wanted);
    let mut fleet = chosen.units;
    let station_of = |unit: &Unit| {
        stations
            .iter()
            .find(|s| Some(&s.id) == unit.station.as_ref())
    };
    for unit in &mut fleet {
        if let Some(station) = station_of(unit) {
            unit.position = station.position;
        }
    }
    let bases: Vec<(Option<Id<Station>>, Position)> = if stations.is_empty() {
        fleet
            .iter()
            .map(|u| (u.station.clone(), u.position))
            .collect()
    } else {
        let of = |s: &Station| (Some(s.id.clone()), s.position);
        stations.iter().map(of).collect()
    };
    let missing = wanted.unwrap_or(0).saturating_sub(fleet.len());
    if fleet.is_empty() && (missing == 0 || bases.is_empty()) {
        return Err(SimulateError::NoUnits);
    }
    for (number, (station, position)) in bases.iter().cycle().take(missing).enumerate() {
        fleet.push(Unit {
            id: Id::new(format!("made up {}", number + 1)),
            call_sign: format!("+{}", number + 1),
            kind: UnitKind::Car,
            station: station.clone(),
            position: *position,
            status: UnitStatus::Idle,
        });
    }
    Ok(Fleet {
        units: fleet,
        made_up: missing,
        left_out: if missing == 0 {
            chosen.left_out
        } else {
            Vec::new()
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(x: f64) -> Position {
        Position::wrapped(x, 0.0)
    }

    fn station(id: &str, x: f64) -> Station {
        Station {
            id: Id::new(id),
            name: id.into(),
            position: at(x),
        }
    }

    fn unit(id: &str, station: &str, x: f64) -> Unit {
        Unit {
            id: Id::new(id),
            call_sign: id.into(),
            kind: UnitKind::Car,
            station: Some(Id::new(station)),
            position: at(x),
            status: UnitStatus::Idle,
        }
    }

    #[test]
    fn units_begin_at_their_station_and_missing_ones_are_made_up_in_turn() {
        let stations = [station("a", 1.0), station("b", 2.0)];
        let units = [unit("u1", "a", 5.0), unit("u2", "c", 6.0)];
        let found = fleet(&units, &stations, Some(5)).unwrap();
        let lons: Vec<f64> = found.units.iter().map(|u| u.position.lon()).collect();
        assert_eq!(lons, [1.0, 6.0, 1.0, 2.0, 1.0]);
        assert_eq!(found.made_up, 3);
        assert_eq!(fleet(&units, &stations, None).unwrap().units.len(), 2);
        assert_eq!(fleet(&units, &stations, Some(1)).unwrap().made_up, 0);
        // Stations alone are enough, units alone too.
        assert_eq!(fleet(&[], &stations, Some(3)).unwrap().made_up, 3);
        assert_eq!(
            fleet(&units, &[], Some(3)).unwrap().units[2].position,
            at(5.0)
        );
    }

    #[test]
    fn nobody_is_said() {
        let stations = [station("a", 1.0)];
        assert!(matches!(
            fleet(&[], &stations, None),
            Err(SimulateError::NoUnits)
        ));
        assert!(matches!(
            fleet(&[], &[], Some(3)),
            Err(SimulateError::NoUnits)
        ));
        assert!(matches!(
            fleet(&[], &stations, Some(0)),
            Err(SimulateError::NoneAsked)
        ));
        let many = fleet(&[], &stations, Some(501));
        assert!(matches!(many, Err(SimulateError::TooManyUnits(501))));
    }
}
