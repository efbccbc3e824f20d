//! What is refused, and what a town knows of itself.

use super::*;
use crate::patrol::simulator::small_town::street;

fn fault(change: impl FnOnce(&mut TownParts)) -> SimulationFault {
    let mut parts = street(&[1.0, 2.0, 3.0], &[0], 24);
    change(&mut parts);
    Town::new(parts).unwrap_err()
}

#[test]
fn nonsense_is_refused_by_its_name() {
    assert_eq!(fault(|p| p.crews.clear()), SimulationFault::NoUnits);
    assert_eq!(
        fault(|p| p.crews[0].works.clear()),
        SimulationFault::NoUnits
    );
    assert_eq!(fault(|p| p.hours = 0), SimulationFault::NoTime);
    assert_eq!(fault(|p| p.open.clear()), SimulationFault::NoTime);
    assert_eq!(fault(|p| p.hours = 366 * 24 + 1), SimulationFault::TooLong);
    assert_eq!(fault(|p| p.crews[0].base = 3), SimulationFault::Matrix);
    assert_eq!(
        fault(|p| p.cells[1].place = Some(9)),
        SimulationFault::Matrix
    );
    assert_eq!(
        fault(|p| p.crews[0].works[0].until_ms += 1),
        SimulationFault::Duty
    );
    assert_eq!(fault(|p| p.cells[1].km2 = 0.0), SimulationFault::Process);
    assert_eq!(
        fault(|p| p.process.strata[0].hour_shares.truncate(3)),
        SimulationFault::Process
    );
    assert_eq!(
        fault(|p| p.process.strata[0].expected[1] = f64::NAN),
        SimulationFault::Process
    );
    assert_eq!(
        fault(|p| p.process.strata[0].expected.fill(0.0)),
        SimulationFault::NoCalls
    );
    assert_eq!(
        fault(|p| p.process.strata.clear()),
        SimulationFault::NoCalls
    );
    assert_eq!(
        fault(|p| p.process.strata[0].expected[0] = 1e9),
        SimulationFault::TooManyCalls
    );
    // All cells are off the road: nobody can come.
    assert_eq!(
        fault(|p| p.cells.iter_mut().for_each(|c| c.place = None)),
        SimulationFault::NoWay
    );
    for sentence in [SimulationFault::NoUnits, SimulationFault::NoWay] {
        assert!(sentence.to_string().len() > 30);
    }
}

#[test]
fn calls_off_the_road_are_known() {
    let mut parts = street(&[1.0, 2.0, 3.0], &[0], 24);
    parts.cells[2].place = None;
    let town = Town::new(parts).unwrap();
    assert!((town.off_road() - 3.0).abs() < 1e-12);
    assert_eq!(town.demand()[2], 0.0);
}

/// A hundred cells alike in area: two are hot by truth, other two by forecast.
#[test]
fn hot_is_two_per_cent_of_the_area() {
    let mut demand = vec![1.0; 100];
    (demand[7], demand[40]) = (9.0, 8.0);
    let mut parts = street(&demand, &[0], 24);
    for cell in &mut parts.cells {
        cell.forecast = 1.0;
    }
    parts.cells[3].forecast = 6.0;
    parts.cells[90].forecast = 5.0;
    let town = Town::new(parts).unwrap();
    let hot: Vec<u32> = (0..100).filter(|&place| town.is_hot(place)).collect();
    assert_eq!(hot, [7, 40]);
    assert_eq!(town.hot_by_forecast(), [3, 90]);
    assert_eq!(town.at_share_of_area(0.0), 0);
    assert_eq!(town.at_share_of_area(0.505), 50);
    assert_eq!(town.at_share_of_area(1.0), 99);
}
