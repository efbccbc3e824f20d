//! The beats of each unit's station, to which it is bound where units stay within them: the
//! same for a plan and for a simulation.

use crate::place::feature::{Beat, Station, Unit};
use crate::place::id::Id;
use crate::place::position::Position;

/// The beats that each unit is bound to when it patrols, by their number: those of its
/// station. A beat of no known station goes to the nearest one. None, which is everywhere,
/// where a unit has no station, or that no beat.
pub fn of_stations(units: &[Unit], stations: &[Station], beats: &[Beat]) -> Vec<Option<Vec<u32>>> {
    let known = |beat: &Beat| {
        stations
            .iter()
            .any(|s| Some(&s.id) == beat.station.as_ref())
    };
    let station_of = |beat: &Beat| {
        // Where no station was imported, beats and units still name theirs.
        if stations.is_empty() || known(beat) {
            return beat.station.clone();
        }
        let [west, south, east, north] = beat.area.bbox();
        let middle = Position::wrapped((west + east) / 2.0, (south + north) / 2.0);
        let off = |s: &Station| s.position.metres_to(middle).0;
        let nearest = stations.iter().min_by(|a, b| off(a).total_cmp(&off(b)));
        nearest.map(|station| station.id.clone())
    };
    let of_beat: Vec<Option<Id<Station>>> = beats.iter().map(station_of).collect();
    units
        .iter()
        .map(|unit| {
            let own = (0u32..)
                .zip(&of_beat)
                .filter(|(_, station)| station.is_some() && **station == unit.station)
                .map(|(number, _)| number);
            Some(own.collect::<Vec<u32>>()).filter(|own| !own.is_empty())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::place::area::Area;
    use crate::place::feature::{UnitKind, UnitStatus};

    fn beat(id: &str, x: f64, station: Option<&str>) -> Beat {
        let ring = [
            (x, 0.0),
            (x + 0.01, 0.0),
            (x + 0.01, 0.01),
            (x, 0.01),
            (x, 0.0),
        ];
        let ring = ring.map(|(x, y)| [x, y]).to_vec();
        Beat {
            id: Id::new(id),
            name: id.into(),
            station: station.map(Id::new),
            area: Area::from_rings(&[vec![ring]]).unwrap(),
        }
    }

    fn unit(id: &str, station: Option<&str>) -> Unit {
        Unit {
            id: Id::new(id),
            call_sign: id.into(),
            kind: UnitKind::Car,
            station: station.map(Id::new),
            position: Position::wrapped(0.0, 0.0),
            status: UnitStatus::Idle,
        }
    }

    #[test]
    fn a_beat_of_no_station_goes_to_the_nearest() {
        let station = |id: &str, x| Station {
            id: Id::new(id),
            name: id.into(),
            position: Position::wrapped(x, 0.0),
        };
        let stations = [station("a", 0.0), station("b", 1.0)];
        let beats = [
            beat("0", 0.1, None),
            beat("1", 0.9, None),
            beat("2", 0.8, Some("a")),
            beat("3", 0.7, Some("not there")),
        ];
        let units = [
            unit("u1", Some("a")),
            unit("u2", Some("b")),
            unit("u3", None),
            unit("u4", Some("not there")),
        ];
        let found = of_stations(&units, &stations, &beats);
        assert_eq!(found, [Some(vec![0, 2]), Some(vec![1, 3]), None, None]);
        // Without stations beats and units still name theirs.
        let found = of_stations(&units, &[], &beats);
        assert_eq!(found, [Some(vec![2]), None, None, Some(vec![3])]);
    }
}
