//! What a planner asks and can't have is named before the search and counted as not kept;
//! a unit that can't be planned for is replaced; a typo is refused.

use std::sync::Arc;

use frontbeat::app::coverage::ground::{CoverageRequest, Kept as InMemory};
use frontbeat::app::coverage::report::Report;
use frontbeat::app::coverage::{Question, answer};
use frontbeat::app::plan::{
    MustVisitRequest, PlanJobError, PlanRequest, Planned, patrol_plan, save_plan,
};
use frontbeat::app::plan_wishes::{
    BreakRequest, EveryRequest, PinRequest, UnitRequest, WishRequest,
};
use frontbeat::app::replan::{ReplanJobError, ReplanRequest, replan_stored, stored_plan};
use frontbeat::app::replan_change::ChangeRequest;
use frontbeat::app::workspace::open_for_writing;
use frontbeat::calendar::window::Window;
use frontbeat::patrol::feasible::{Many, Obstacle, ObstacleWhy};
use frontbeat::patrol::objective::report::Kept;
use frontbeat::patrol::plan::{LeftOutWhy, MissedWhy, PatrolPlan, StopReason};
use frontbeat::patrol::pose::PoseError;
use frontbeat::patrol::replan::replan::ReplanSettings;
use frontbeat::place::feature::{JointDutyPost, Unit, UnitKind, UnitStatus};
use frontbeat::place::id::Id;
use frontbeat::place::measure::Seconds;
use frontbeat::place::position::Position;
use frontbeat::store::record::LayerRows;
use frontbeat::store::workspace::Workspace;
use jiff::SignedDuration;

use crate::asked::{
    a_bound_unit_has_places_of_its_own, a_frequency_replaces_the_period,
    a_pin_without_times_is_one_visit, a_plan_keeps_to_an_earlier_one, too_many_posts_are_named,
};
use crate::shift::request;
use crate::town::{night, porto_alegre, write};

/// In the river, far from any road.
fn nowhere() -> Position {
    Position::wrapped(-51.30, -30.04)
}

pub fn hours(from: i64, until: i64) -> Window {
    let at = |hours| night().start() + SignedDuration::from_hours(hours);
    Window::new(at(from), at(until)).expect("a window")
}

pub async fn made(workspace: &Workspace, request: &PlanRequest) -> Result<Planned, PlanJobError> {
    let request = PlanRequest {
        iterations: Some(40),
        ..request.clone()
    };
    patrol_plan(workspace, None, &request, Arc::default()).await
}

pub async fn plan(workspace: &Workspace, wishes: WishRequest) -> Result<PatrolPlan, PlanJobError> {
    let request = PlanRequest {
        wishes,
        ..request()
    };
    made(workspace, &request).await.map(|planned| planned.plan)
}

pub fn figures(plan: &PatrolPlan) -> [Kept; 4] {
    let report = plan.report.as_ref().expect("figures");
    [
        report.must_visits,
        report.frequencies,
        report.breaks,
        report.pins,
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_not_be_is_named_and_counted() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("poa.gpkg");
    let town = porto_alegre("what_can_not_be_is_named_and_counted", &path).await;
    if town.is_none() {
        return;
    }
    let workspace = open_for_writing(&path).await.expect("the workspace opens");
    outside_the_shift(&workspace).await;
    typos_are_refused(&workspace).await;
    a_bound_unit_has_places_of_its_own(&workspace).await;
    a_pin_without_times_is_one_visit(&workspace).await;
    a_pin_makes_a_must_visit(&workspace).await;
    units_begin_where_the_planner_says(&workspace).await;
    beats_of_no_station_go_to_the_nearest(&workspace).await;
    nothing_before_the_data(&workspace).await;
    a_pressed_pillar_gets_somebody(&workspace).await;
    a_plan_keeps_to_an_earlier_one(&workspace).await;
    // These change the layers.
    who_is_off_the_roads_is_replaced(&workspace).await;
    a_frequency_replaces_the_period(&workspace).await;
    posts_off_the_roads(&workspace).await;
    too_many_posts_are_named(&workspace).await;
    workspace.close().await;
}

async fn outside_the_shift(workspace: &Workspace) {
    let usual = plan(workspace, WishRequest::default())
        .await
        .expect("a plan");
    let [usual_must, ..] = figures(&usual);
    let cell = usual.routes.iter().flat_map(|r| &r.stops);
    let cell = cell.filter_map(|s| s.cell).next().expect("a cell");
    let before = hours(-3, -2);
    let request = PlanRequest {
        must_visits: vec![MustVisitRequest {
            id: "p4".into(),
            due: before,
            dwell: None,
        }],
        wishes: WishRequest {
            pins: vec![PinRequest {
                place: cell.to_string(),
                unit: None,
                window: Some(before),
            }],
            units: vec![UnitRequest {
                unit: "u1".into(),
                breaks: vec![BreakRequest {
                    window: before,
                    length: Seconds(1800.0),
                    place: None,
                }],
                ..UnitRequest::default()
            }],
            ..WishRequest::default()
        },
        ..request()
    };
    let plan = made(workspace, &request).await.expect("a plan").plan;
    let [must, _, breaks, pins] = figures(&plan);
    assert_eq!(must.asked, usual_must.asked + 1);
    assert_eq!(must.kept, usual_must.kept);
    let none_of_one = Kept { kept: 0, asked: 1 };
    assert_eq!((breaks, pins), (none_of_one, none_of_one));
    let outside = |why: &ObstacleWhy| *why == ObstacleWhy::OutsideShift;
    let named = |is: &dyn Fn(&Obstacle) -> bool| plan.obstacles.iter().any(is);
    assert!(named(
        &|o| matches!(o, Obstacle::MustVisit { why, .. } if outside(why))
    ));
    assert!(named(
        &|o| matches!(o, Obstacle::Break { unit, why, .. } if unit == "PA-01" && outside(why))
    ));
    assert!(named(
        &|o| matches!(o, Obstacle::Pin { why, .. } if outside(why))
    ));
    let missed = plan
        .missed
        .iter()
        .filter(|m| m.why == MissedWhy::OutsideShift);
    assert_eq!(missed.count(), 3);
}

async fn typos_are_refused(workspace: &Workspace) {
    let not = |name: &str| WishRequest {
        not_these: vec![name.into()],
        ..WishRequest::default()
    };
    let refused = plan(workspace, not("abc")).await;
    assert!(matches!(refused, Err(PlanJobError::UnknownPlace(name)) if name == "abc"));
    // A cell of another resolution bans nothing.
    let refused = plan(workspace, not("8a2a1072b59ffff")).await;
    assert!(matches!(
        refused,
        Err(PlanJobError::Pose(PoseError::NoSuchCell(_)))
    ));
    let both = WishRequest {
        pins: vec![PinRequest {
            place: "p3".into(),
            unit: None,
            window: None,
        }],
        ..not("p3")
    };
    let refused = plan(workspace, both).await;
    assert!(matches!(refused, Err(PlanJobError::PinnedAndBanned(_))));
    // More often than a visit can be made is no frequency.
    let hasty = WishRequest {
        every: vec![EveryRequest {
            id: "p3".into(),
            every: Seconds(300.0),
        }],
        ..WishRequest::default()
    };
    let refused = plan(workspace, hasty).await;
    assert!(matches!(refused, Err(PlanJobError::TooOften { .. })));
    // So is a visit by its frequency, and one by its times.
    let often = WishRequest {
        every: vec![EveryRequest {
            id: "p3".into(),
            every: Seconds(7200.0),
        }],
        not_these: vec!["p3".into()],
        ..WishRequest::default()
    };
    let refused = plan(workspace, often).await;
    assert!(matches!(refused, Err(PlanJobError::PinnedAndBanned(_))));
}

async fn a_pin_makes_a_must_visit(workspace: &Workspace) {
    let wishes = WishRequest {
        pins: vec![PinRequest {
            place: "p3".into(),
            unit: Some("u2".into()),
            window: Some(hours(2, 4)),
        }],
        ..WishRequest::default()
    };
    let plan = plan(workspace, wishes).await.expect("a plan");
    let route = plan.routes.iter().find(|r| r.unit.as_str() == "u2");
    let stops = route.expect("its route").stops.iter();
    let there: Vec<_> = stops.filter(|s| s.label == "Pillar 3").collect();
    assert_eq!(there.len(), 1);
    let begins = there[0].begins.unwrap_or(there[0].arrival);
    assert!(hours(2, 4).start() <= begins && begins < hours(2, 4).end());
    assert!(matches!(there[0].reason, StopReason::MustVisit { .. }));
}

async fn units_begin_where_the_planner_says(workspace: &Workspace) {
    let stations = workspace.stations().await.expect("stations");
    let start = stations[3].position;
    let wishes = WishRequest {
        units: vec![UnitRequest {
            unit: "u0".into(),
            start: Some(start),
            ..UnitRequest::default()
        }],
        ..WishRequest::default()
    };
    let plan = plan(workspace, wishes).await.expect("a plan");
    let route = plan.routes.iter().find(|r| r.unit.as_str() == "u0");
    let began = route.expect("its route").start;
    assert!(began.metres_to(start).0 < 50.0, "{began:?}");
}

async fn beats_of_no_station_go_to_the_nearest(workspace: &Workspace) {
    let wishes = WishRequest {
        within_station: true,
        ..WishRequest::default()
    };
    let plan = plan(workspace, wishes).await.expect("a plan");
    let nowhere = |o: &&Obstacle| {
        matches!(
            o,
            Obstacle::NowhereToStop { .. }
                | Obstacle::Many {
                    what: Many::NowhereToStop,
                    ..
                }
        )
    };
    assert_eq!(plan.obstacles.iter().filter(nowhere).count(), 0);
    assert!(plan.routes.iter().map(|r| r.stops.len()).sum::<usize>() > 50);
}

async fn nothing_before_the_data(workspace: &Workspace) {
    let mut request = request();
    let years = |at: jiff::Timestamp| at - SignedDuration::from_hours(24 * 365 * 20);
    let window = request.risk.window;
    request.risk.window =
        Window::new(years(window.start()), years(window.end())).expect("a window");
    let plan = made(workspace, &request).await.expect("a plan").plan;
    assert!(
        plan.obstacles.contains(&Obstacle::NothingExpected),
        "{:?}",
        plan.obstacles
    );
}

async fn a_pressed_pillar_gets_somebody(workspace: &Workspace) {
    let planned = made(workspace, &request()).await.expect("a plan");
    save_plan(workspace, &planned).await.expect("it is stored");
    let at = |minutes| night().start() + SignedDuration::from_mins(minutes);
    let change = |pillar: &str| ChangeRequest::PillarPressed {
        pillar: pillar.into(),
        within: Seconds(60.0),
    };
    let asked = |minutes, change| ReplanRequest {
        at: Some(at(minutes)),
        change,
        deadline_ms: 3_600_000,
        iterations: Some(40),
        settings: ReplanSettings::default(),
    };
    let mut late = 0;
    for pillar in 0..4 {
        let before = stored_plan(workspace, None).await.expect("the plan");
        let id = format!("p{pillar}");
        let new = replan_stored(workspace, before, asked(70, change(&id)), Arc::default()).await;
        let new = new.expect("a plan").plan;
        let name = format!("Pillar {pillar}");
        let stops = new.routes.iter().flat_map(|r| &r.stops);
        let mut there = stops.filter(|s| s.label == name && s.arrival >= at(70));
        let there = there
            .next()
            .unwrap_or_else(|| panic!("nobody goes to {name}"));
        let record = new.replanned.expect("a record");
        if let Some(said) = record.late {
            late += 1;
            assert_eq!((said.name.as_str(), said.due), (name.as_str(), at(71)));
            assert_eq!(there.arrival, said.soonest);
            assert!(said.by().is_positive());
        } else {
            assert!(there.arrival < at(71));
        }
        let missed = new.missed.iter().filter(|m| m.name == name);
        assert_eq!(missed.count(), 0);
    }
    assert!(late > 0, "somebody is too far for a minute");
    let before = stored_plan(workspace, None).await.expect("the plan");
    let early = asked(-110, ChangeRequest::TimePassed);
    let refused = replan_stored(workspace, before, early, Arc::default()).await;
    assert!(matches!(refused, Err(ReplanJobError::BeforeTheShift)));
}

async fn who_is_off_the_roads_is_replaced(workspace: &Workspace) {
    let lost = Unit {
        id: Id::new("u0"),
        call_sign: "PA-00".into(),
        kind: UnitKind::Car,
        station: Some(Id::new("s0")),
        position: nowhere(),
        status: UnitStatus::Idle,
    };
    write(workspace, LayerRows::Units(vec![lost])).await;
    let request = PlanRequest {
        units: Some(3),
        ..request()
    };
    let plan = made(workspace, &request).await.expect("a plan").plan;
    assert_eq!(plan.routes.len(), 3);
    let left_out: Vec<_> = plan
        .left_out
        .iter()
        .map(|l| (l.call_sign.as_str(), l.why))
        .collect();
    assert_eq!(left_out, [("PA-00", LeftOutWhy::OffRoad)]);
    let instead = plan.left_out[0].replaced_by.as_deref();
    assert_eq!(instead, plan.routes.last().map(|r| r.call_sign.as_str()));
    let asked = CoverageRequest {
        risk: request.risk.clone(),
        minutes: vec![1.0, 3.0, 5.0],
        units: Some(2),
        named: Vec::new(),
        busy: None,
    };
    let stand = |asked| Question::Stand(asked, 1);
    let found = answer(workspace, InMemory::default(), &stand(asked.clone())).await;
    assert!(matches!(found, Ok(Report::Stand(report)) if report.units == 2));
    let named = CoverageRequest {
        named: vec!["u2".into(), "PA-00".into()],
        units: None,
        ..asked
    };
    let found = answer(workspace, InMemory::default(), &stand(named)).await;
    assert!(matches!(found, Ok(Report::Stand(report)) if report.units == 1));
}

async fn posts_off_the_roads(workspace: &Workspace) {
    let posts = (0..8).map(|n| JointDutyPost {
        id: Id::new(format!("far{n}")),
        name: format!("Far {n}"),
        position: nowhere(),
        commercial_district: None,
        visit_every: Some(Seconds(7200.0)),
    });
    let [usual, ..] = figures(
        &plan(workspace, WishRequest::default())
            .await
            .expect("a plan"),
    );
    write(workspace, LayerRows::JointDutyPosts(posts.collect())).await;
    let found = plan(workspace, WishRequest::default())
        .await
        .expect("a plan");
    let [must, ..] = figures(&found);
    assert_eq!(must.asked, usual.asked + 32, "every due visit counts");
    assert_eq!(must.kept, usual.kept);
    let many = found.obstacles.iter().find_map(|o| match o {
        Obstacle::Many {
            what: Many::MustVisit,
            why,
            times,
            count,
            of,
            names,
        } => Some((*why, *times, *count, *of, names.len())),
        _ => None,
    });
    assert_eq!(many, Some((Some(ObstacleWhy::NoRoad), 32, 8, 10, 3)));
    // By the longest gap they are named too.
    let gaps = WishRequest {
        max_gap: true,
        every: vec![EveryRequest {
            id: "p3".into(),
            every: Seconds(3.0 * 3600.0),
        }],
        ..WishRequest::default()
    };
    let found = plan(workspace, gaps).await.expect("a plan");
    let is_many = |o: &&Obstacle| {
        matches!(
            o,
            Obstacle::Many {
                what: Many::Frequency,
                count: 8,
                ..
            }
        )
    };
    assert_eq!(found.obstacles.iter().filter(is_many).count(), 1);
    let [_, often, ..] = figures(&found);
    assert!(often.asked - often.kept >= 8, "{often:?}");
}
