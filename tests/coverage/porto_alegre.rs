//! Porto Alegre, a dense one-way inner city: what is said is what the travel matrix says.

use frontbeat::app::coverage::ground::{CoverageRequest, Kept};
use frontbeat::app::coverage::report::Report;
use frontbeat::app::coverage::siting::SitingKind;
use frontbeat::app::coverage::{Question, answer};
use frontbeat::app::risk::{RiskRequest, risk_surface};
use frontbeat::app::workspace::open_for_reading;
use frontbeat::calendar::week::HourSet;
use frontbeat::calendar::window::Window;
use frontbeat::patrol::pose::choose_units;
use frontbeat::place::area::Area;
use frontbeat::place::measure::Metres;
use frontbeat::place::position::Position;
use frontbeat::roads::network::{RoadNetwork, Snap};
use frontbeat::roads::reach_area::{STRIP, reach_area};

use crate::town;

fn request() -> CoverageRequest {
    let [start, end] = ["2026-06-02T01:00:00Z", "2026-06-02T09:00:00Z"];
    CoverageRequest {
        risk: RiskRequest {
            model: "kde".into(),
            window: Window::new(start.parse().unwrap(), end.parse().unwrap()).unwrap(),
            look_back_days: None,
            hours: HourSet::full(),
            categories: Vec::new(),
            resolution: 10,
            bandwidth_m: Some(200.0),
            half_life_days: None,
            include_patrol_discovered: false,
        },
        minutes: vec![1.0, 3.0, 5.0],
        units: Some(6),
        named: Vec::new(),
        busy: Some(0.3),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_said_is_what_the_matrix_says() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("poa.gpkg");
    if town::porto_alegre("what_is_said_is_what_the_matrix_says", &path)
        .await
        .is_none()
    {
        return;
    }
    let workspace = open_for_reading(&path).await.unwrap();
    let network =
        RoadNetwork::from_bytes(&workspace.road_network().await.unwrap().unwrap()).unwrap();
    let surface = risk_surface(&workspace, &request().risk).await.unwrap();
    let units = choose_units(&workspace.units().await.unwrap(), Some(6)).units;
    let unit_snaps: Vec<Snap> = units
        .iter()
        .map(|u| network.snap(u.position, Metres(2000.0)).unwrap())
        .collect();
    let cells: Vec<Option<Snap>> = surface
        .grid
        .centres()
        .iter()
        .map(|&c| network.snap(c, Metres(300.0)))
        .collect();
    let there: Vec<Snap> = cells.iter().flatten().copied().collect();
    let matrix = network.matrix(&unit_snaps, &there);
    let expected: Vec<f64> = cells
        .iter()
        .zip(&surface.expected)
        .filter_map(|(snap, e)| snap.map(|_| *e))
        .collect();

    // Daskin's sum straight from the matrix.
    let share = |limit_ms: u32| {
        let covered = (0..there.len()).map(|j| {
            let k =
                (0..units.len()).filter(|&i| matrix.millis(i, j).is_some_and(|t| t <= limit_ms));
            expected[j] * (1.0 - 0.3f64.powi(k.count() as i32))
        });
        covered.sum::<f64>() / surface.total()
    };
    let Report::Cover(cover) = answer(&workspace, Kept::default(), &Question::Cover(request()))
        .await
        .unwrap()
    else {
        panic!("another answer");
    };
    let of_units = &cover.cover[0];
    assert_eq!((of_units.sources.as_str(), of_units.count), ("units", 6));
    for (ring, limit_ms) in of_units.rings.iter().zip([60_000, 180_000, 300_000]) {
        let by_hand = share(limit_ms);
        assert!(
            (ring.expected_share - by_hand).abs() < 1e-9,
            "{ring:?} {by_hand}"
        );
    }
    assert!(of_units.rings[2].expected_share > 0.2);
    // Both reach at least what either does, and the gaps are what both leave.
    for (ring, gap) in cover.gaps.iter().enumerate() {
        let reached = cover.cover[2].rings[ring].reached_share;
        assert!((reached + gap.share - 1.0).abs() < 1e-9);
        assert!(
            cover.cover[..2]
                .iter()
                .all(|c| c.rings[ring].reached_share <= reached + 1e-12)
        );
    }

    // Isochrones: the same times as the matrix, nested valid areas that hold what is reached.
    let reached = network.reached(&unit_snaps, 300_000);
    let nearest = |j: usize| (0..units.len()).filter_map(|i| matrix.millis(i, j)).min();
    for (j, &cell) in there.iter().enumerate() {
        assert_eq!(
            reached.millis_to(cell),
            nearest(j).filter(|&t| t <= 300_000)
        );
    }
    let areas: Vec<Area> = [60_000, 180_000, 300_000]
        .map(|ms| reach_area(&reached, ms, STRIP).unwrap())
        .into();
    println!(
        "MEASURED isochrones of 6 units: {:?} km²",
        areas.iter().map(Area::km2).collect::<Vec<_>>()
    );
    assert!(areas[0].km2() < areas[1].km2() && areas[1].km2() < areas[2].km2());
    for (j, cell) in there.iter().enumerate().step_by(7) {
        for (area, limit_ms) in areas.iter().zip([60_000, 180_000, 300_000]) {
            let within = nearest(j).is_some_and(|t| t + 2 <= limit_ms);
            assert!(!within || area.covers(cell.position));
        }
    }
    let drawn: Vec<&serde_json::Value> = cover
        .features
        .iter()
        .filter(|f| f["properties"]["kind"] == "isochrone" && f["properties"]["sources"] == "units")
        .collect();
    assert_eq!(drawn.len(), 3);
    let said = drawn[0]["properties"]["km2"].as_f64().unwrap();
    assert!((said - areas[2].km2()).abs() < 1e-9);

    // Standing: more moves never hurt, each drive is the matrix's, and the score is that of
    // putting the units there.
    let Report::Stand(stand) = answer(&workspace, Kept::default(), &Question::Stand(request(), 3))
        .await
        .unwrap()
    else {
        panic!("another answer");
    };
    assert_eq!(stand.curve.len(), 4);
    for pair in stand.curve.windows(2) {
        assert!(pair[1].score >= pair[0].score - 1e-12);
        assert!(pair[1].bound >= pair[1].score - 1e-12 && pair[1].bound <= 1.0);
    }
    assert!(stand.curve[3].score > stand.curve[0].score);
    let mut at = unit_snaps.clone();
    for moved in &stand.moves {
        let number = units
            .iter()
            .position(|u| u.id.as_str() == moved.id)
            .unwrap();
        let to = network
            .snap(Position::wrapped(moved.lon, moved.lat), Metres(1.0))
            .unwrap();
        let drive = f64::from(
            network
                .matrix(&[unit_snaps[number]], &[to])
                .millis(0, 0)
                .unwrap(),
        );
        assert!((drive / 60_000.0 - moved.drive_minutes).abs() < 0.01);
        at[number] = to;
    }
    let after = network.matrix(&at, &there);
    let share = |limit_ms: u32| {
        let covered = (0..there.len()).map(|j| {
            let k = (0..at.len()).filter(|&i| after.millis(i, j).is_some_and(|t| t <= limit_ms));
            expected[j] * (1.0 - 0.3f64.powi(k.count() as i32))
        });
        covered.sum::<f64>() / surface.total()
    };
    let by_hand = [60_000, 180_000, 300_000].map(share).iter().sum::<f64>() / 3.0;
    // Positions were rounded on their way: a cell at a ring's very edge may change sides.
    assert!(
        (by_hand - stand.curve[3].score).abs() < 2e-3,
        "{by_hand} {:?}",
        stand.curve[3]
    );

    for kind in [SitingKind::Posts, SitingKind::Pillars] {
        let Report::Siting(siting) = answer(
            &workspace,
            Kept::default(),
            &Question::Siting(request(), kind, 3),
        )
        .await
        .unwrap() else {
            panic!("another answer");
        };
        assert_eq!(
            siting.existing,
            if kind == SitingKind::Posts { 3 } else { 30 }
        );
        let mut before = (siting.score_now, f64::INFINITY);
        for step in &siting.curve {
            assert!(
                step.gain >= 0.0 && step.gain <= before.1 + 1e-12,
                "gains fall"
            );
            assert!((step.score - before.0 - step.gain).abs() < 1e-12);
            assert!(step.best_score >= step.score - 1e-12 && step.bound >= step.best_score - 1e-12);
            before = (step.score, step.gain);
        }
        assert_eq!(siting.best.len(), 3);
    }
    workspace.close().await;
}
