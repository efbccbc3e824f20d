//! What is asked of a plan comes out as it was meant: places of its own for a bound unit, one
//! visit for a pin without times, a frequency in the place of a period, few of too many posts.

use std::sync::Arc;

use frontbeat::app::plan::{PlanJobError, PlanRequest, patrol_plan, save_plan};
use frontbeat::app::plan_wishes::{EveryRequest, PinRequest, UnitRequest, WishRequest};
use frontbeat::patrol::feasible::{Many, Obstacle, ObstacleWhy};
use frontbeat::patrol::plan::{PatrolPlan, StopReason};
use frontbeat::place::feature::JointDutyPost;
use frontbeat::place::id::Id;
use frontbeat::place::measure::Seconds;
use frontbeat::store::record::LayerRows;
use frontbeat::store::workspace::Workspace;

use crate::mended::{figures, hours, made, plan};
use crate::shift::request;
use crate::town::write;

/// Who is bound to the quietest beat finds places worth a stop there, and stops there.
pub async fn a_bound_unit_has_places_of_its_own(workspace: &Workspace) {
    let usual = plan(workspace, WishRequest::default())
        .await
        .expect("a plan");
    let beats = &usual.report.as_ref().expect("figures").beats;
    let quietest = beats
        .iter()
        .min_by(|a, b| a.wanted_min.total_cmp(&b.wanted_min))
        .expect("a beat");
    let unit = usual.routes[2].unit.to_string();
    let asked = PlanRequest {
        wishes: WishRequest {
            units: vec![UnitRequest {
                unit: unit.clone(),
                beats: vec![quietest.name.clone()],
                ..UnitRequest::default()
            }],
            ..WishRequest::default()
        },
        ..request()
    };
    let planned = made(workspace, &asked).await.expect("a plan");
    let problem = &planned.basis.problem;
    let number = problem.beats.iter().position(|b| b.name == quietest.name);
    let own = problem.candidates.iter();
    let own: Vec<_> = own
        .filter(|c| c.beat.map(|beat| beat as usize) == number)
        .map(|c| c.cell)
        .collect();
    assert!(own.len() >= 24, "{} of its own", own.len());
    // Calls come from everywhere, also from where nobody stops.
    let candidates = problem.candidates.iter().map(|c| &c.risk_by_hour);
    let calls = candidates.chain(problem.demand.iter().map(|d| &d.risk_by_hour));
    let calls: f64 = calls.flatten().sum();
    assert!(problem.demand.len() > 20, "{}", problem.demand.len());
    let share = calls / problem.risk_total;
    assert!((0.97..1.0001).contains(&share), "{share} of all calls");
    let mut routes = planned.plan.routes.iter();
    let route = routes.find(|r| r.unit.as_str() == unit).expect("a route");
    let cells: Vec<_> = route.stops.iter().filter_map(|s| s.cell).collect();
    assert!(cells.len() >= 10, "{} stops", cells.len());
    assert!(cells.iter().all(|cell| own.contains(cell)));
}

/// Without times one visit is asked for, not one in each period of the post.
pub async fn a_pin_without_times_is_one_visit(workspace: &Workspace) {
    let wishes = WishRequest {
        pins: vec![PinRequest {
            place: "j0".into(),
            unit: Some("u2".into()),
            window: None,
        }],
        ..WishRequest::default()
    };
    let found = plan(workspace, wishes).await.expect("a plan");
    let routes = found.routes.iter();
    let pinned = routes.flat_map(|r| r.stops.iter().map(move |s| (r.unit.as_str(), s)));
    let pinned: Vec<_> = pinned.filter(|(_, s)| s.pinned).collect();
    assert_eq!(pinned.len(), 1, "{pinned:?}");
    assert_eq!(pinned[0].0, "u2");
    assert_eq!(pinned[0].1.label, "Joint-duty post 0");
    let [.., pins] = figures(&found);
    assert_eq!((pins.kept, pins.asked), (1, 1));
}

/// What is asked of a post itself takes the place of its period.
pub async fn a_frequency_replaces_the_period(workspace: &Workspace) {
    let usual = plan(workspace, WishRequest::default())
        .await
        .expect("a plan");
    let often = WishRequest {
        every: vec![EveryRequest {
            id: "j0".into(),
            every: Seconds(4.0 * 3600.0),
        }],
        ..WishRequest::default()
    };
    let found = plan(workspace, often).await.expect("a plan");
    let [before, ..] = figures(&usual);
    let [must, gaps, ..] = figures(&found);
    assert_eq!((must.asked, gaps.asked), (before.asked - 4, 1));
    let rhythms = &found.report.as_ref().expect("figures").rhythms;
    assert!(
        rhythms[0].kept && (1..=3).contains(&rhythms[0].visits),
        "{rhythms:?}"
    );
}

/// Of more posts than one car could visit the rest is named, and costs no time.
pub async fn too_many_posts_are_named(workspace: &Workspace) {
    let station = workspace.stations().await.expect("stations")[0].position;
    let posts = (0..3000).map(|n| JointDutyPost {
        id: Id::new(format!("many{n}")),
        name: format!("Many {n}"),
        position: station,
        commercial_district: None,
        visit_every: Some(Seconds(8.0 * 3600.0)),
    });
    write(workspace, LayerRows::JointDutyPosts(posts.collect())).await;
    let request = PlanRequest {
        units: Some(1),
        iterations: Some(5),
        ..request()
    };
    let planned = patrol_plan(workspace, None, &request, Arc::default()).await;
    let planned = planned.expect("a plan");
    assert_eq!(planned.basis.problem.must_visits.len(), 400);
    let named = planned.plan.obstacles.iter().find_map(|o| match o {
        Obstacle::Many {
            what: Many::MustVisit,
            why: Some(ObstacleWhy::TooMany),
            count,
            ..
        } => Some(*count),
        _ => None,
    });
    assert!(named.is_some_and(|count| count >= 2600), "{named:?}");
}

/// A stop given to another unit changes that stop, and of the others only what is worth it;
/// made afresh the plan is another one.
pub async fn a_plan_keeps_to_an_earlier_one(workspace: &Workspace) {
    let first = made(workspace, &request()).await.expect("a plan");
    save_plan(workspace, &first).await.expect("saved");
    let from = &first.plan.routes[0];
    let risky = from.stops.iter();
    let mut risky = risky.filter(|stop| matches!(stop.reason, StopReason::Risk { .. }));
    let given = risky.next_back().expect("a stop");
    let place = given.cell.expect("a cell").to_string();
    let to = first.plan.routes[3].unit.to_string();
    let wishes = |keep_to: Option<String>| WishRequest {
        pins: vec![PinRequest {
            place: place.clone(),
            unit: Some(to.clone()),
            window: None,
        }],
        keep_to,
        ..WishRequest::default()
    };
    let id = first.plan.id.to_string();
    let kept = plan(workspace, wishes(Some(id.clone())))
        .await
        .expect("a plan");
    let has = |plan: &PatrolPlan, unit: &str| {
        let mut routes = plan
            .routes
            .iter()
            .filter(|route| route.unit.as_str() == unit);
        routes.any(|route| route.stops.iter().any(|stop| stop.cell == given.cell))
    };
    assert!(has(&kept, &to), "it is the other unit's");
    let same = |plan: &PatrolPlan| {
        let stops = |plan: &PatrolPlan| -> Vec<_> {
            let routes = plan.routes.iter();
            routes
                .flat_map(|r| r.stops.iter().map(|s| (r.unit.clone(), s.cell)))
                .collect()
        };
        let now = stops(plan);
        let before = stops(&first.plan);
        before.iter().filter(|stop| now.contains(stop)).count() as f64 / before.len() as f64
    };
    let afresh = plan(workspace, wishes(None)).await.expect("a plan");
    println!(
        "MEASURED stops as before: {:.2}, afresh {:.2}",
        same(&kept),
        same(&afresh)
    );
    assert!(same(&kept) > 0.8, "{:.2} as before", same(&kept));
    let figures = kept.report.as_ref().expect("figures");
    assert!(figures.same_as_last.expect("told") > 0.5);

    let refused = plan(workspace, wishes(Some("nobody".into()))).await;
    assert!(matches!(refused, Err(PlanJobError::UnknownPlan(_))));
    let mut later = request();
    later.risk.window = hours(1, 7);
    later.wishes = wishes(Some(id));
    let refused = made(workspace, &later).await;
    assert!(
        matches!(refused, Err(PlanJobError::OtherShift(_))),
        "{refused:?}"
    );
}
