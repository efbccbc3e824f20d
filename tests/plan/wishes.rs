//! What a planner asks, by the job on real streets: kept, or named with its cause.

use std::path::Path;
use std::sync::Arc;

use frontbeat::app::plan::{PlanJobError, PlanRequest, patrol_plan};
use frontbeat::app::plan_nights::plan_nights;
use frontbeat::app::plan_wishes::{
    BreakRequest, EveryRequest, PinRequest, UnitRequest, WishRequest,
};
use frontbeat::app::workspace::open_for_reading;
use frontbeat::calendar::window::Window;
use frontbeat::patrol::feasible::Obstacle;
use frontbeat::patrol::objective::weights::Preset;
use frontbeat::patrol::plan::{PatrolPlan, Stop, StopReason};
use frontbeat::patrol::pose::PoseError;
use frontbeat::place::measure::Seconds;
use frontbeat::store::workspace::Workspace;
use jiff::SignedDuration;

use crate::shift::request;
use crate::town::{night, porto_alegre};

fn asked(wishes: WishRequest) -> PlanRequest {
    PlanRequest {
        iterations: Some(80),
        wishes,
        ..request()
    }
}

async fn plan(workspace: &Workspace, wishes: WishRequest) -> Result<PatrolPlan, PlanJobError> {
    patrol_plan(workspace, None, &asked(wishes), Arc::default())
        .await
        .map(|planned| planned.plan)
}

fn hours(from: i64, until: i64) -> Window {
    let at = |hours| night().start() + SignedDuration::from_hours(hours);
    Window::new(at(from), at(until)).expect("a window")
}

fn stops(plan: &PatrolPlan) -> impl Iterator<Item = (&str, &Stop)> {
    let routes = plan.routes.iter();
    routes.flat_map(|r| r.stops.iter().map(|s| (r.unit.as_str(), s)))
}

#[tokio::test(flavor = "multi_thread")]
async fn wishes_are_kept_or_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("poa.gpkg");
    let town = porto_alegre("wishes_are_kept_or_named", &path).await;
    if town.is_none() {
        return;
    }
    let workspace = open(&path).await;
    let usual = plan(&workspace, WishRequest::default())
        .await
        .expect("a plan");
    let report = usual.report.as_ref().expect("figures");
    let bound = report.risk_bound.expect("a bound");
    assert!(usual.risk_covered <= bound && bound <= usual.risk_total);
    assert!(report.response.windows(2).all(|r| r[0].share <= r[1].share));
    assert_eq!(usual.obstacles, []);

    many_at_once(&workspace, &usual).await;
    presets_trade(&workspace).await;
    what_is_not_there_is_refused(&workspace).await;
    nights_are_compared(&workspace).await;
    workspace.close().await;
}

async fn open(path: &Path) -> Workspace {
    open_for_reading(path).await.expect("the workspace opens")
}

async fn many_at_once(workspace: &Workspace, usual: &PatrolPlan) {
    // The cell stopped at first is not wanted, the next one is pinned to another unit.
    let cells: Vec<(&str, String)> = stops(usual)
        .filter_map(|(unit, s)| Some((unit, s.cell?.to_string())))
        .collect();
    let (not, pinned) = (cells[0].1.clone(), cells[1].1.clone());
    let by = usual.routes[5].unit.to_string();
    let wishes = WishRequest {
        not_these: vec![not.clone()],
        pins: vec![PinRequest {
            place: pinned.clone(),
            unit: Some(by.clone()),
            window: Some(hours(3, 6)),
        }],
        max_gap: true,
        every: vec![EveryRequest {
            id: "p3".into(),
            every: Seconds(3.0 * 3600.0),
        }],
        units: vec![
            UnitRequest {
                unit: usual.routes[0].unit.to_string(),
                end: Some("s0".into()),
                breaks: vec![BreakRequest {
                    window: hours(1, 2),
                    length: Seconds(1800.0),
                    place: None,
                }],
                ..UnitRequest::default()
            },
            UnitRequest {
                unit: usual.routes[1].call_sign.clone(),
                shift: Some(hours(2, 5)),
                ..UnitRequest::default()
            },
            UnitRequest {
                unit: usual.routes[2].unit.to_string(),
                beats: vec!["b0".into(), "b1".into()],
                ..UnitRequest::default()
            },
        ],
        ..WishRequest::default()
    };
    // The job's referee has passed it: here, that what was asked reached the problem.
    let plan = plan(workspace, wishes).await.expect("a plan");
    let at = |stop: &Stop| stop.cell.map(|c| c.to_string());
    assert!(stops(&plan).all(|(_, s)| at(s).as_deref() != Some(not.as_str())));
    let pin = stops(&plan)
        .find(|(_, s)| s.pinned)
        .expect("the pinned stop");
    assert_eq!((pin.0, at(pin.1)), (by.as_str(), Some(pinned)));
    let first = &plan.routes[0];
    let rests = first.stops.iter();
    let rests = rests.filter(|s| matches!(s.reason, StopReason::Break { .. }));
    assert_eq!(rests.count(), 1);
    let finish = first.finish.as_ref().expect("an end");
    assert!(finish.arrival <= night().end());
    let within = hours(2, 5);
    let second = &plan.routes[1].stops;
    assert!(
        second
            .iter()
            .all(|s| s.arrival >= within.start() && s.departure <= within.end())
    );
    let labels = plan.routes[2].stops.iter().filter(|s| s.cell.is_some());
    for stop in labels {
        let in_beat = stop.label.starts_with("Beat 0") || stop.label.starts_with("Beat 1");
        assert!(
            in_beat || !stop.label.starts_with("Beat "),
            "{}",
            stop.label
        );
    }
    let visits = stops(&plan).filter(|(_, s)| s.label == "Pillar 3").count();
    assert!(visits >= 2, "{visits}");
    let report = plan.report.expect("figures");
    assert_eq!((report.breaks.kept, report.pins.kept), (1, 1));
    assert_eq!(report.frequencies.kept, report.frequencies.asked);
}

async fn presets_trade(workspace: &Workspace) {
    let wishes = WishRequest {
        weights: Preset::Respond.weights(),
        compare: true,
        draw: Some(3),
        ..WishRequest::default()
    };
    let plan = plan(workspace, wishes).await.expect("a plan");
    let presets: Vec<Preset> = plan.trade_off.iter().map(|t| t.preset).collect();
    assert_eq!(presets, Preset::ALL);
    let (deter, respond) = (&plan.trade_off[0], &plan.trade_off[1]);
    assert!(deter.risk_covered > respond.risk_covered);
    let reached = |t: &frontbeat::patrol::plan::TradeOff| t.report.response[1].share;
    assert!(reached(respond) > reached(deter));
    assert_eq!(plan.weights, Some(Preset::Respond.weights()));
    assert!(plan.report.expect("figures").drawn_of.is_some());
}

async fn what_is_not_there_is_refused(workspace: &Workspace) {
    let unit = |unit: &str| UnitRequest {
        unit: unit.into(),
        ..UnitRequest::default()
    };
    let nobody = WishRequest {
        units: vec![unit("nobody")],
        ..WishRequest::default()
    };
    let refused = plan(workspace, nobody).await;
    assert!(matches!(
        refused,
        Err(PlanJobError::Pose(PoseError::UnknownUnit(_)))
    ));
    let nowhere = WishRequest {
        pins: vec![PinRequest {
            place: "nowhere".into(),
            unit: None,
            window: None,
        }],
        ..WishRequest::default()
    };
    let refused = plan(workspace, nowhere).await;
    assert!(matches!(refused, Err(PlanJobError::UnknownPlace(_))));
    let beat = WishRequest {
        units: vec![UnitRequest {
            beats: vec!["b99".into()],
            ..unit("u0")
        }],
        ..WishRequest::default()
    };
    let refused = plan(workspace, beat).await;
    assert!(matches!(refused, Err(PlanJobError::UnknownBeat(_))));
    // A skill that nobody has is no mistake of the planner's: it is named.
    let skill = WishRequest {
        every: vec![EveryRequest {
            id: "p3".into(),
            every: Seconds(7200.0),
        }],
        needs: vec![frontbeat::patrol::wishes::NeedWish {
            id: "p3".into(),
            skill: "dog".into(),
        }],
        ..WishRequest::default()
    };
    let plan = plan(workspace, skill).await.expect("a plan");
    assert!(matches!(
        &plan.obstacles[..],
        [Obstacle::Frequency { name, .. }] if name == "Pillar 3"
    ));
}

async fn nights_are_compared(workspace: &Workspace) {
    let request = PlanRequest {
        iterations: Some(30),
        ..asked(WishRequest::default())
    };
    let nights = plan_nights(workspace, None, &request, 2, Arc::default()).await;
    let nights = nights.expect("nights");
    assert_eq!(
        (nights.same_seed.overlap, nights.same_seed.nights),
        (1.0, 2)
    );
    assert!(nights.drawn.overlap < 1.0 && nights.other_seed.overlap < 1.0);
    assert!(nights.drawn.loss >= 0.0 && nights.best_covered > 0.0);
}
