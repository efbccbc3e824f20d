//! Suggestions in a drawn town, against plain Dijkstra from each unit.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use crate::incident::record::Priority;
use crate::live::board::Board;
use crate::live::board_event::BoardEvent;
use crate::live::event::LoggedEvent;
use crate::live::ground::Ground;
use crate::live::step::step;
use crate::live::suggestion::{Demand, Suggester};
use crate::patrol::dispatch::offer::When;
use crate::patrol::dispatch::rank::Why;
use crate::place::feature::{Unit, UnitKind, UnitStatus};
use crate::place::id::Id;
use crate::place::measure::Metres;
use crate::place::position::Position;
use crate::roads::network::RoadNetwork;
use crate::roads::speed::SpeedTable;

#[allow(
    clippy::duplicate_mod,
    reason = "the tests of the roads have a copy of their own"
)]
#[path = "../../tests/support/town.rs"]
mod town;

use town::Town;

const CORNERS: &str = "ABCDEFGHI";

fn drawn() -> (Town, Arc<RoadNetwork>) {
    let town = Town::parse("A----B----C\n|    v    |\nD>>>>E----F\n|    |    |\nG----H<<<<I");
    let (network, _) = RoadNetwork::build(&town.roads, &SpeedTable::default()).unwrap();
    (town, Arc::new(network))
}

fn suggester(town: &Town, network: &Arc<RoadNetwork>) -> Suggester {
    let demand = CORNERS.chars().enumerate().map(|(n, corner)| Demand {
        snap: network.snap(town.at(corner), Metres(500.0)).unwrap(),
        expected: 1.0 + n as f64,
        beat: Some(n / 3),
    });
    Suggester::new(network.clone(), demand.collect()).unwrap()
}

fn ground(at: &[(Position, UnitStatus)]) -> Ground {
    let units = at.iter().enumerate().map(|(n, &(position, status))| Unit {
        id: Id::new(format!("u{n}")),
        call_sign: format!("{n}"),
        kind: UnitKind::Car,
        station: None,
        position,
        status,
    });
    Ground::new(units, [])
}

fn now() -> Timestamp {
    "2026-11-26T14:00:00Z".parse().unwrap()
}

fn logged(board: &mut Board, event: BoardEvent) {
    let logged = LoggedEvent {
        sequence: board.sequence + 1,
        at: now(),
        event: event.into(),
    };
    step(board, &logged);
}

proptest! {
    /// Whatever the board: arrivals are those of a plain search from each unit, in order,
    /// and what is lost is the difference of the coverage with and without the unit,
    /// computed afresh.
    #[test]
    fn arrivals_and_losses_are_those_of_plain_search(
        stand in prop::collection::vec((0usize..9, 0usize..5), 1..8),
        moves in prop::collection::vec((0usize..8, 0usize..9), 0..8),
        call in 0usize..9,
    ) {
        let (town, network) = drawn();
        let corner = |n: usize| town.at(CORNERS.as_bytes()[n] as char);
        let statuses = [
            UnitStatus::Idle, UnitStatus::Idle, UnitStatus::Break,
            UnitStatus::OffDuty, UnitStatus::Idle,
        ];
        let at: Vec<_> = stand.iter().map(|&(c, s)| (corner(c), statuses[s])).collect();
        let ground = ground(&at);
        let mut board = Board::default();
        let mut suggester = suggester(&town, &network);
        suggester.follow(&board, &ground, now(), usize::MAX);
        for (unit, to) in moves.into_iter().filter(|m| m.0 < stand.len()) {
            let unit = Id::new(format!("u{unit}"));
            logged(&mut board, BoardEvent::UnitMoved {
                unit, position: corner(to), heading_deg: None, measured_at: now(),
            });
            suggester.follow(&board, &ground, now(), usize::MAX);
        }
        let got = suggester.suggest(&board, &ground, corner(call), Priority::One, now());
        let target = network.snap(corner(call), Metres(500.0)).unwrap();
        let mut expected: Vec<(u32, String)> = ground
            .units()
            .filter(|unit| unit.status == UnitStatus::Idle)
            .filter_map(|unit| {
                let from = ground.position(&board, &unit.id)?;
                let from = network.snap(from, Metres(500.0))?;
                let ms = network.reached(&[from], u32::MAX - 1).millis_to(target)?;
                Some((ms, unit.id.to_string()))
            })
            .collect();
        expected.sort();
        let arrivals: Vec<(u32, String)> =
            got.choices.iter().map(|c| (c.eta_ms, c.unit.to_string())).collect();
        prop_assert_eq!(arrivals, expected);
        // Afresh, without the units' comings and goings.
        let mut fresh = self::suggester(&town, &network);
        fresh.follow(&board, &ground, now(), usize::MAX);
        let again = fresh.suggest(&board, &ground, corner(call), Priority::One, now());
        for (one, other) in got.choices.iter().zip(&again.choices) {
            prop_assert_eq!(&one.lost, &other.lost);
            prop_assert_eq!(&one.bare, &other.bare);
        }
    }
}

#[test]
fn who_is_busy_comes_after_its_job_and_who_is_lost_not_at_all() {
    let (town, network) = drawn();
    let idle = UnitStatus::Idle;
    let ground = ground(&[
        (town.at('A'), idle),
        (town.at('B'), idle),
        (town.at('I'), idle),
    ]);
    let mut board = Board::default();
    let mut suggester = suggester(&town, &network);
    // One was heard of six minutes ago for the last time.
    logged(
        &mut board,
        BoardEvent::UnitMoved {
            unit: Id::new("u1"),
            position: town.at('B'),
            heading_deg: None,
            measured_at: now() - SignedDuration::from_secs(360),
        },
    );
    // Another is at a call.
    logged(
        &mut board,
        BoardEvent::UnitStatusChanged {
            unit: Id::new("u0"),
            status: UnitStatus::OnScene,
        },
    );
    suggester.follow(&board, &ground, now(), usize::MAX);
    let got = suggester.suggest(&board, &ground, town.at('A'), Priority::Two, now());
    let who: Vec<_> = got
        .choices
        .iter()
        .map(|c| (c.unit.to_string(), c.when))
        .collect();
    assert_eq!(
        who,
        [
            ("u2".to_owned(), When::Now),
            ("u0".to_owned(), When::AfterJob)
        ]
    );
    assert_eq!(got.why, Some(Why::OnlyOne));
    assert_eq!(got.choices[1].eta_ms, 1_800_000);
    // The only idle one leaves every beat it reaches bare.
    assert_eq!(got.choices[0].bare, [0, 1, 2]);
}

#[test]
fn next_is_where_calls_are_likely_and_nobody_else_is() {
    let (town, network) = drawn();
    let ground = ground(&[
        (town.at('A'), UnitStatus::Idle),
        (town.at('I'), UnitStatus::Idle),
    ]);
    let board = Board::default();
    let demand = |corner: char, expected| Demand {
        snap: network.snap(town.at(corner), Metres(500.0)).unwrap(),
        expected,
        beat: None,
    };
    let demand = vec![demand('A', 0.1), demand('C', 5.0), demand('I', 5.0)];
    let mut suggester = Suggester::new(network.clone(), demand).unwrap();
    suggester.follow(&board, &ground, now(), usize::MAX);
    let next = suggester.next(&board, &ground, &Id::new("u0")).unwrap();
    assert!(next.times_mean > 1.0);
    // Both C and I are within three minutes of the other unit in so small a town; what
    // differs is the way, and it is counted once for each.
    assert_eq!(next.others_near, 1);
    assert!(
        suggester
            .next(&board, &ground, &Id::new("nobody"))
            .is_none()
    );
}
