//! The search against every plan there is, on problems small enough to try them all; and
//! what it owes on any problem.

use std::cell::Cell;

use proptest::prelude::{Just, Strategy, prop};
use proptest::{prop_assert, prop_assert_eq, prop_oneof, proptest};

use crate::patrol::orienteering::anneal::solve;
use crate::patrol::orienteering::bound::bound;
use crate::patrol::orienteering::plan::TeamPlan;
use crate::patrol::orienteering::planar::PlanarTeam;
use crate::patrol::orienteering::problem::{MOST_TICKS, TeamFault, TeamProblem};
use crate::patrol::orienteering::referee::check;
use crate::patrol::search::budget::Budget;

/// The most profit, by trying every sequence of stops and ends of routes.
fn best(
    problem: &TeamProblem,
    visited: &mut Vec<bool>,
    routes: usize,
    at: usize,
    used: u64,
) -> u64 {
    if routes == 0 {
        return 0;
    }
    let limit = u64::from(problem.limit());
    // The route ends here; the caller saw to it that it can.
    let mut most = best(problem, visited, routes - 1, 0, 0);
    for point in 1..problem.end() {
        let there = used + u64::from(problem.ticks(at, point));
        if visited[point] || there > limit {
            continue;
        }
        visited[point] = true;
        // In the plane a point from which the end is too far leads to no route at all.
        if there + u64::from(problem.ticks(point, problem.end())) <= limit {
            let rest = best(problem, visited, routes, point, there);
            most = most.max(u64::from(problem.profit(point)) + rest);
        }
        visited[point] = false;
    }
    most
}

fn rules(problem: &TeamProblem, plan: &TeamPlan) {
    assert_eq!(plan.routes.len(), problem.routes());
    let mut seen = vec![false; problem.points()];
    let mut profit = 0;
    for route in plan.routes.iter().filter(|r| !r.is_empty()) {
        let mut length = 0;
        let mut at = 0;
        for point in route.iter().map(|&p| usize::from(p)) {
            assert!(point > 0 && point < problem.end());
            assert!(!std::mem::replace(&mut seen[point], true), "{point} twice");
            length += u64::from(problem.ticks(at, point));
            profit += u64::from(problem.profit(point));
            at = point;
        }
        length += u64::from(problem.ticks(at, problem.end()));
        assert!(length <= u64::from(problem.limit()));
    }
    assert_eq!(profit, plan.profit);
    assert!(plan.profit <= plan.bound);
}

fn plane() -> impl Strategy<Value = PlanarTeam> {
    let point = || (0i32..12, 0i32..12);
    let points = prop::collection::vec((point(), 0u32..9), 2..=8);
    (points, 0u32..40, 0usize..4).prop_map(|(points, limit, routes)| PlanarTeam {
        profits: points.iter().map(|p| p.1).collect(),
        points: points
            .iter()
            .map(|p| (f64::from(p.0.0), f64::from(p.0.1)))
            .collect(),
        limit: f64::from(limit),
        routes,
    })
}

/// Any lengths, also against the triangle's rule, some ways closed.
fn matrix() -> impl Strategy<Value = TeamProblem> {
    (2usize..=12).prop_flat_map(|points| {
        let ticks = prop_oneof![9 => 0u32..100, 1 => Just(u32::MAX)];
        let ticks = prop::collection::vec(ticks, points * points);
        let profits = prop::collection::vec(0u32..50, points);
        (profits, ticks, 0u32..300, 0usize..5).prop_map(|(profits, ticks, limit, routes)| {
            TeamProblem::new(profits, ticks, limit, routes).expect("parts that fit")
        })
    })
}

proptest! {
    #[test]
    fn small_problems_are_solved(team in plane()) {
        let problem = team.problem().unwrap();
        let mut visited = vec![false; problem.points()];
        let most = best(&problem, &mut visited, problem.routes(), 0, 0);
        let plan = solve(&problem, 1, &Budget::iterations(2000));
        rules(&problem, &plan);
        prop_assert_eq!(check(&team, &plan.routes), Ok(most));
        prop_assert_eq!(plan.profit, most);
        prop_assert!(bound(&problem) >= most);
    }

    #[test]
    fn any_lengths_keep_the_rules(problem in matrix(), iterations in 0u64..200) {
        rules(&problem, &solve(&problem, 7, &Budget::iterations(iterations)));
    }
}

fn ring(points: usize, routes: usize, limit: f64) -> TeamProblem {
    let places = (0..points).map(|i| {
        let turn = i as f64 * 2.4;
        (
            turn.cos() * (i as f64).sqrt(),
            turn.sin() * (i as f64).sqrt(),
        )
    });
    let team = PlanarTeam {
        points: places.collect(),
        profits: (0..points).map(|i| (i as u32 * 37) % 17 + 1).collect(),
        limit,
        routes,
    };
    team.problem().expect("a sound problem")
}

#[test]
fn a_seed_gives_one_plan_on_any_number_of_threads() {
    let problem = ring(60, 3, 18.0);
    let budget = Budget::iterations(3000);
    let plan = solve(&problem, 5, &budget);
    rules(&problem, &plan);
    assert_eq!(plan, solve(&problem, 5, &budget));
    for threads in [1, 2] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        let again = pool.expect("threads").install(|| {
            let both = || solve(&problem, 5, &Budget::iterations(3000));
            rayon::join(both, both)
        });
        assert_eq!((&again.0, &again.1), (&plan, &plan));
    }
    assert_ne!(plan.routes, solve(&problem, 6, &budget).routes);
}

#[test]
fn more_changes_never_make_a_plan_worse_than_the_greedy_one() {
    let problem = ring(80, 2, 20.0);
    let greedy = solve(&problem, 1, &Budget::iterations(0));
    let better = solve(&problem, 1, &Budget::iterations(2000));
    rules(&problem, &greedy);
    assert!(greedy.profit > 0);
    assert!(better.profit > greedy.profit);
}

#[test]
fn a_deadline_that_has_passed_gives_an_empty_plan() {
    let problem = ring(50, 2, 20.0);
    let plan = solve(&problem, 1, &Budget::time(&|| 1.0));
    rules(&problem, &plan);
    assert_eq!((plan.profit, plan.iterations), (0, 0));
}

#[test]
fn the_deadline_is_asked_every_few_changes() {
    let problem = ring(50, 2, 20.0);
    let asked = Cell::new(0u64);
    let used = || {
        asked.set(asked.get() + 1);
        if asked.get() > 200 { 1.0 } else { 0.5 }
    };
    let plan = solve(&problem, 1, &Budget::time(&used));
    rules(&problem, &plan);
    assert!(plan.profit > 0);
    assert!(plan.iterations <= 16 * 200);
}

#[test]
fn nothing_to_visit_gives_empty_routes() {
    let far = PlanarTeam {
        points: vec![(0.0, 0.0), (90.0, 0.0), (1.0, 0.0)],
        profits: vec![0, 5, 0],
        limit: 10.0,
        routes: 3,
    };
    let only_ends = PlanarTeam {
        points: vec![(0.0, 0.0), (1.0, 0.0)],
        profits: vec![3, 3],
        ..far.clone()
    };
    let no_routes = PlanarTeam {
        limit: 500.0,
        routes: 0,
        ..far.clone()
    };
    let no_time = PlanarTeam {
        limit: 0.0,
        ..far.clone()
    };
    for team in [far, only_ends, no_routes, no_time] {
        let plan = solve(&team.problem().unwrap(), 1, &Budget::iterations(100));
        assert_eq!((plan.profit, plan.bound), (0, 0));
        assert_eq!(plan.routes, vec![Vec::<u16>::new(); team.routes]);
    }
}

#[test]
fn points_at_one_place_are_visited_together_and_once() {
    let team = PlanarTeam {
        points: vec![(0.0, 0.0), (3.0, 0.0), (3.0, 0.0), (3.0, 0.0), (0.0, 0.0)],
        profits: vec![0, 2, 2, 2, 0],
        limit: 6.0,
        routes: 2,
    };
    let plan = solve(&team.problem().unwrap(), 1, &Budget::iterations(50));
    assert_eq!(check(&team, &plan.routes), Ok(6));
}

#[test]
fn parts_that_do_not_fit_are_refused() {
    let refused = |profits: usize, ticks: usize, limit| {
        TeamProblem::new(vec![1; profits], vec![1; ticks], limit, 1).unwrap_err()
    };
    assert_eq!(refused(1, 1, 5), TeamFault::NoEnds(1));
    assert_eq!(
        refused(3, 8, 5),
        TeamFault::Matrix {
            found: 8,
            points: 3
        }
    );
    assert_eq!(
        refused(2, 4, MOST_TICKS + 1),
        TeamFault::Limit(MOST_TICKS + 1)
    );
    let mut team = PlanarTeam {
        points: vec![(0.0, f64::NAN), (1.0, 0.0)],
        profits: vec![0, 0],
        limit: 1.0,
        routes: 1,
    };
    assert!(matches!(team.problem(), Err(TeamFault::NotFinite(n)) if n.is_nan()));
    team.points[0].1 = 0.0;
    team.limit = -1.0;
    assert_eq!(team.problem(), Err(TeamFault::NotFinite(-1.0)));
}
