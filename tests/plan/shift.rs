//! A night shift by the job: every drive again on the network alone, what is asked for
//! kept or named, the same plan again.

use frontbeat::app::plan::{MustVisitRequest, PlanJobError, PlanRequest, patrol_plan};
use frontbeat::app::plan_wishes::WishRequest;
use frontbeat::app::risk::RiskRequest;
use frontbeat::app::workspace::{open_for_reading, open_for_writing};
use frontbeat::calendar::week::HourSet;
use frontbeat::calendar::window::Window;
use frontbeat::patrol::plan::{LeftOutWhy, MissedWhy, PatrolPlan, SearchEnd, StopReason};
use frontbeat::place::feature::UnitKind;
use frontbeat::place::measure::{Metres, Seconds};
use frontbeat::roads::network::RoadNetwork;
use frontbeat::store::record::LayerRows;
use frontbeat::store::workspace::Workspace;
use jiff::SignedDuration;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::town::{COLUMNS, ROWS, night, porto_alegre, write};

pub fn request() -> PlanRequest {
    PlanRequest {
        risk: RiskRequest {
            model: "kde".into(),
            window: night(),
            look_back_days: None,
            hours: HourSet::full(),
            categories: Vec::new(),
            resolution: 10,
            bandwidth_m: None,
            half_life_days: None,
            include_patrol_discovered: false,
        },
        units: Some(8),
        deadline_ms: 600_000,
        seed: 7,
        iterations: Some(2000),
        must_visits: Vec::new(),
        wishes: WishRequest::default(),
    }
}

fn never() -> Arc<AtomicBool> {
    Arc::default()
}

async fn planned(path: &Path) -> (PatrolPlan, RoadNetwork) {
    let workspace = open_for_reading(path).await.expect("the workspace opens");
    // The job lets the referee check the plan before it answers.
    let plan = patrol_plan(&workspace, None, &request(), never())
        .await
        .expect("a plan")
        .plan;
    let stored = workspace.road_network().await.expect("a read");
    let network = RoadNetwork::from_bytes(&stored.expect("roads")).expect("a network");
    workspace.close().await;
    (plan, network)
}

/// Every drive again, on the network alone.
fn check_drives(plan: &PatrolPlan, network: &RoadNetwork) {
    for route in &plan.routes {
        let (mut from, mut ready, mut length) = (route.start, plan.window.start(), 0.0);
        for stop in &route.stops {
            let snap = |p| network.snap(p, Metres(1.0)).expect("stops are on the road");
            let way = network.route(snap(from), snap(stop.position));
            let way = way.expect("every stop is reachable");
            let off_ms = (f64::from(way.millis) - stop.drive.0 * 1000.0).abs();
            // Snapping a point of the road again may move it by less than a millimetre.
            assert!(
                off_ms <= 1.0,
                "{off_ms} ms off at {} {}",
                route.call_sign,
                stop.number
            );
            let drive_s = stop.drive.0.ceil() as i64;
            assert_eq!(stop.arrival, ready + SignedDuration::from_secs(drive_s));
            assert!(plan.window.start() <= stop.arrival && stop.departure <= plan.window.end());
            length += way.length.0;
            (from, ready) = (stop.position, stop.departure);
        }
        assert!((route.length.0 - length).abs() < 1.0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_night_shift_in_porto_alegre() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("poa.gpkg");
    if porto_alegre("a_night_shift_in_porto_alegre", &path)
        .await
        .is_none()
    {
        return;
    }
    let (plan, network) = planned(&path).await;
    assert_eq!(plan.routes.len(), 8);
    assert!(plan.routes.iter().all(|r| r.stops.len() > 10));
    check_drives(&plan, &network);

    // Posts 0 and 1 are due four times each, and all are kept; post 2 asks for nothing.
    assert_eq!(plan.missed, Vec::new());
    let stops = || plan.routes.iter().flat_map(|r| &r.stops);
    let kept = stops().filter(|s| matches!(s.reason, StopReason::MustVisit { .. }));
    assert_eq!(kept.count(), 8);

    // Stops are named after beats, and lie in most of them.
    let beats: BTreeSet<&str> = stops()
        .filter_map(|s| s.label.split(" · ").next())
        .collect();
    let of_beats = beats.iter().filter(|b| b.starts_with("Beat ")).count();
    assert!(of_beats > COLUMNS * ROWS / 2, "{beats:?}");
    assert!(stops().any(|s| s.label.contains("Pillar ")));

    // The first stops are at cells of high risk, and the shares are of the risk there is.
    assert!(plan.risk_covered > 0.02 * plan.risk_total && plan.risk_covered < plan.risk_total);
    let summed: f64 = stops().map(|s| s.gain).sum();
    assert!((summed - plan.risk_covered).abs() < 1e-9);

    // The same request, the same routes.
    let (again, _) = planned(&path).await;
    assert_eq!(again.routes, plan.routes);

    let workspace = open_for_reading(&path).await.expect("the workspace opens");
    a_stopped_search_answers_with_what_it_has(&workspace).await;
    what_is_asked_for_is_kept_or_named(&workspace).await;
    workspace.close().await;
    feet_alone_drive_nowhere(&path).await;
}

/// A search that nothing else would ever end.
async fn a_stopped_search_answers_with_what_it_has(workspace: &Workspace) {
    let stop: Arc<AtomicBool> = Arc::default();
    stop.store(true, Ordering::Relaxed);
    let request = PlanRequest {
        iterations: None,
        deadline_ms: u64::MAX,
        ..request()
    };
    let plan = patrol_plan(workspace, None, &request, stop).await;
    let plan = plan.expect("a plan").plan;
    assert_eq!(plan.routes.len(), 8);
    let search = plan.search.expect("a record");
    assert_eq!(search.ended_by, SearchEnd::Stopped);
}

fn visit(id: &str, from_h: i64, until_h: i64) -> MustVisitRequest {
    let at = |hours| night().start() + SignedDuration::from_hours(hours);
    MustVisitRequest {
        id: id.into(),
        due: Window::new(at(from_h), at(until_h)).expect("a window"),
        dwell: None,
    }
}

async fn what_is_asked_for_is_kept_or_named(workspace: &Workspace) {
    let long = MustVisitRequest {
        dwell: Some(Seconds(1200.0)),
        ..visit("p3", 1, 2)
    };
    let asked = PlanRequest {
        units: Some(10),
        iterations: Some(200),
        must_visits: vec![
            visit("p3", 1, 2),
            long,
            // Its own period asks for the same; another hour of it is a visit more.
            visit("j0", 0, 2),
            visit("j0", 5, 6),
            visit("p4", -3, 1),
            visit("p5", 9, 10),
        ],
        ..request()
    };
    let plan = patrol_plan(workspace, None, &asked, never()).await;
    let plan = plan.expect("a plan").plan;
    let stops = plan.routes.iter().flat_map(|r| &r.stops);
    let kept: Vec<(&str, i64, i64)> = stops
        .filter_map(|stop| match stop.reason {
            StopReason::MustVisit { from, until } => {
                assert!(stop.arrival < until && stop.departure > from);
                let hour = (from.duration_since(night().start())).as_hours();
                let stay = stop.departure.duration_since(stop.arrival.max(from));
                Some((stop.label.as_str(), hour, stay.as_mins()))
            }
            StopReason::Risk { .. } | StopReason::Break { .. } => None,
        })
        .collect();
    let of = |name: &str| {
        let mut of: Vec<(i64, i64)> = kept
            .iter()
            .filter(|(label, ..)| *label == name)
            .map(|&(_, hour, stay)| (hour, stay))
            .collect();
        of.sort_unstable();
        of
    };
    assert_eq!(of("Pillar 3"), [(1, 20)]);
    assert_eq!(of("Pillar 4"), [(0, 10)]);
    let hours: Vec<i64> = of("Joint-duty post 0").iter().map(|v| v.0).collect();
    assert_eq!(hours, [0, 2, 4, 5, 6]);
    let missed: Vec<(&str, MissedWhy)> = plan
        .missed
        .iter()
        .map(|m| (m.name.as_str(), m.why))
        .collect();
    assert_eq!(missed, [("Pillar 5", MissedWhy::OutsideShift)]);

    // Ten were asked for; one is on break, and one on foot.
    assert_eq!((plan.routes.len(), plan.units_asked), (8, Some(10)));
    let left_out: Vec<_> = plan
        .left_out
        .iter()
        .map(|l| (l.call_sign.as_str(), l.why))
        .collect();
    assert_eq!(left_out, [("PA-09", LeftOutWhy::OnFoot)]);

    let unknown = PlanRequest {
        must_visits: vec![visit("nowhere", 0, 1)],
        ..request()
    };
    let refused = patrol_plan(workspace, None, &unknown, never()).await;
    assert!(matches!(refused, Err(PlanJobError::UnknownMustVisit(id)) if id == "nowhere"));
}

async fn feet_alone_drive_nowhere(path: &Path) {
    let workspace = open_for_writing(path).await.expect("the workspace opens");
    let mut units = workspace.units().await.expect("a read");
    for unit in &mut units {
        unit.kind = UnitKind::Foot;
    }
    write(&workspace, LayerRows::Units(units)).await;
    let refused = patrol_plan(&workspace, None, &request(), never()).await;
    assert!(matches!(refused, Err(PlanJobError::AllOnFoot)));
    workspace.close().await;
}
