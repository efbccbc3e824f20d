//! Two areas, true share 0.60 (Ensign et al. 2018): what patrols discover, taken as it is,
//! drifts to 0.77; weighted by the inverse probability of a visit it stays, and so does our
//! own model when it learns from reported incidents only.

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

use super::*;
use crate::calendar::week::HourSet;
use crate::calendar::window::Window;
use crate::grid::hexgrid::HexGrid;
use crate::incident::record::Origin;
use crate::place::area::Area;
use crate::place::position::Position;
use crate::risk::model::{RiskEvent, RiskQuestion};
use crate::risk::models::{self, ModelSettings};

/// Probability that a visit finds something: six of ten true incidents are in the first.
const FINDS: [f64; 2] = [0.6, 0.4];

/// The urn: a patrol a day goes where a ball drawn says, and a find adds to its area. Both
/// areas start alike.
fn urn(days: usize, weight: impl Fn(f64) -> f64, seed: u64) -> f64 {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut belief = [10.0, 10.0];
    for _ in 0..days {
        let visits = visit_shares(&belief, 0.0).unwrap();
        let area = usize::from(rng.random::<f64>() >= visits[0]);
        if rng.random_bool(FINDS[area]) {
            belief[area] += weight(visits[area]);
        }
    }
    visit_shares(&belief, 0.0).unwrap()[0]
}

fn mean_of_urns(weight: impl Fn(f64) -> f64) -> f64 {
    let urns = 400;
    (0..urns).map(|seed| urn(1000, &weight, seed)).sum::<f64>() / urns as f64
}

#[test]
fn the_uncorrected_urn_drifts_and_ours_does_not() {
    let uncorrected = mean_of_urns(|_| 1.0);
    assert!((uncorrected - 0.77).abs() < 0.015, "{uncorrected}");
    let ours = mean_of_urns(|visit| inverse_visit_weight(visit).unwrap());
    assert!((ours - 0.60).abs() < 0.01, "{ours}");
}

/// Two places in two cells, a model that plans each week's patrols, and what those find.
/// Returns the share of the forecast that the first place ends with.
fn with_our_model(learn_from: impl Fn(Origin) -> bool, corrected: bool, seed: u64) -> f64 {
    let corner = |lon, lat| [lon, lat];
    let ring = vec![
        corner(123.40, 41.80),
        corner(123.42, 41.80),
        corner(123.42, 41.82),
        corner(123.40, 41.82),
        corner(123.40, 41.80),
    ];
    let grid = HexGrid::cover(&Area::from_rings(&[vec![ring]]).unwrap(), 8, &[]).unwrap();
    let places = [123.403, 123.417].map(|lon| Position::wrapped(lon, 41.81));
    let cells = places.map(|p| grid.index_at(p).unwrap());
    assert_ne!(cells[0], cells[1]);

    let model = models::by_name("count", ModelSettings::default()).unwrap();
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let start = Timestamp::UNIX_EPOCH;
    let week = |n: i64| start + SignedDuration::from_hours(168 * n);
    let mut events: Vec<(RiskEvent, Origin)> = Vec::new();
    let mut share = 0.5;
    let mut shifts: Vec<Vec<Position>> = Vec::new();
    for now in 0..60 {
        let mut happens = |area: usize, origin: Origin, rng: &mut ChaCha8Rng| {
            let at = week(now) + SignedDuration::from_secs(rng.random_range(0..604_800));
            let position = places[area];
            events.push((RiskEvent { position, at }, origin));
        };
        // Citizens report whatever the patrols do; six of ten from the first area.
        for _ in 0..20 {
            let area = usize::from(!rng.random_bool(FINDS[0]));
            happens(area, Origin::CitizenCall, &mut rng);
        }
        // Forty patrols go where the forecast says and find what is there.
        for _ in 0..40 {
            let area = usize::from(!rng.random_bool(share));
            shifts.push(vec![places[area]]);
            if rng.random_bool(FINDS[area]) {
                happens(area, Origin::PatrolDiscovered, &mut rng);
            }
        }
        let learned = events.iter().filter(|e| learn_from(e.1)).map(|e| e.0);
        let mut learned: Vec<RiskEvent> = learned.collect();
        if corrected && let Some(visits) = Visits::of(&grid, &shifts) {
            learned = visits.weigh(&grid, &learned).unwrap();
        }
        let question = RiskQuestion {
            grid: &grid,
            look_back: Window::new(start, week(now + 1)).unwrap(),
            window: Window::new(week(now + 1), week(now + 2)).unwrap(),
            hours: &HourSet::full(),
            zone: &TimeZone::UTC,
            terrain: &[],
            without: &[],
        };
        let forecast = model.predict(&question, &learned).unwrap();
        let belief = cells.map(|c| forecast.expected[c]);
        share = visit_shares(&belief, 0.0).unwrap()[0];
    }
    share
}

#[test]
fn our_model_holds_the_truth_by_learning_from_reports() {
    let mean_of = |learn_from: fn(Origin) -> bool, corrected| {
        let runs = 12;
        (0..runs)
            .map(|seed| with_our_model(learn_from, corrected, seed))
            .sum::<f64>()
            / runs as f64
    };
    let mean = |learn_from| mean_of(learn_from, false);
    let ours = mean(Origin::is_reported);
    assert!((ours - 0.60).abs() < 0.01, "{ours}");
    let all = mean(|_| true);
    assert!(all > 0.64, "learning from patrols' finds drifts: {all}");
    let finds_only = mean(|origin| !origin.is_reported());
    assert!(
        finds_only > all,
        "and more so from nothing else: {finds_only}"
    );
    // Weighed by how often the plans went there, even finds alone hold the truth.
    let weighed = mean_of(|origin| !origin.is_reported(), true);
    assert!((weighed - 0.60).abs() < 0.02, "{weighed}");
}

#[test]
fn few_shifts_say_nothing_of_visits_and_no_cell_is_never_visited() {
    let grid = crate::risk::small_town::grid(8);
    let spot = grid.centre(0);
    assert_eq!(
        Visits::of(&grid, &vec![vec![spot]; FEWEST_SHIFTS - 1]),
        None
    );
    assert_eq!(Visits::of(&grid, &vec![Vec::new(); 100]), None);
    let visits = Visits::of(&grid, &vec![vec![spot, spot]; 100]).unwrap();
    assert!(visits.probability(0) > 0.97 && visits.probability(0) <= 1.0);
    let never = visits.probability(1);
    assert!(never > 0.0 && never < 0.01);
    let at = Timestamp::UNIX_EPOCH;
    let event = |cell| RiskEvent {
        position: grid.centre(cell),
        at,
    };
    let weighed = visits
        .weigh(&grid, &[event(0), event(1), event(0)])
        .unwrap();
    let times = |cell| weighed.iter().filter(|e| **e == event(cell)).count();
    // Where nobody ever goes one find counts twenty times at most.
    assert_eq!((times(0), times(1)), (2, 20));
}

#[test]
fn weights_and_shares_of_odd_input() {
    assert_eq!(inverse_visit_weight(1.0), Ok(1.0));
    assert_eq!(inverse_visit_weight(0.25), Ok(4.0));
    assert_eq!(inverse_visit_weight(1e-9), Ok(20.0));
    for bad in [0.0, -0.1, 1.1, f64::NAN] {
        assert!(inverse_visit_weight(bad).is_err());
    }
    assert_eq!(visit_shares(&[], 0.1), Ok(vec![]));
    assert_eq!(visit_shares(&[0.0, 0.0], 0.0), Ok(vec![0.5, 0.5]));
    assert_eq!(visit_shares(&[3.0, 0.0], 0.5), Ok(vec![0.75, 0.25]));
    assert!(visit_shares(&[1.0], 1.5).is_err());
    assert!(visit_shares(&[-1.0], 0.0).is_err());
    assert!(visit_shares(&[f64::INFINITY], 0.0).is_err());
}
