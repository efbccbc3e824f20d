//! The kept gaps against a plain scan of the routes, over random changes.

use proptest::prelude::{any, prop};
use proptest::{prop_assert, prop_assert_eq, proptest};

use crate::patrol::orienteering::ground::Ground;
use crate::patrol::orienteering::problem::TeamProblem;
use crate::patrol::orienteering::routes::Routes;
use crate::patrol::orienteering::shorten::Shortener;

/// All nodes of a route, ends included.
fn nodes(ground: &Ground, routes: &Routes, route: usize) -> Vec<usize> {
    let mut stops = Vec::new();
    routes.read(ground, route, &mut stops);
    let stops = stops.into_iter().map(usize::from);
    let start = std::iter::once(ground.start(route));
    start.chain(stops).chain([ground.end(route)]).collect()
}

fn length(ground: &Ground, nodes: &[usize]) -> i64 {
    let legs = nodes
        .windows(2)
        .map(|w| i64::from(ground.ticks(w[0], w[1])));
    legs.sum()
}

fn cheapest(ground: &Ground, nodes: &[usize], stop: usize) -> i32 {
    let added = |w: &[usize]| {
        ground.ticks(w[0], stop) + ground.ticks(stop, w[1]) - ground.ticks(w[0], w[1])
    };
    nodes
        .windows(2)
        .map(added)
        .min()
        .expect("a route has a gap")
}

proptest! {
    #[test]
    fn kept_gaps_are_what_a_scan_finds(
        ticks in prop::collection::vec(0u32..100, 64),
        changes in prop::collection::vec((any::<u8>(), any::<u8>(), any::<u8>()), 1..60),
    ) {
        let problem = TeamProblem::new(vec![1; 8], ticks, 200, 2).unwrap();
        let ground = Ground::new(&problem);
        let mut routes = Routes::new(&ground);
        let mut shortener = Shortener::default();
        for (stop, route, kind) in changes {
            let (stop, route) = (usize::from(stop) % 6, usize::from(route) % 2);
            match (routes.route_of(stop), kind % 8) {
                (_, 0) => {
                    let before = routes.length(route);
                    let shorter = shortener.shorten(&ground, &mut routes, route);
                    prop_assert_eq!(shorter, routes.length(route) < before);
                }
                (_, 1) => routes.clear(&ground, route),
                (None, _) => {
                    let (price, after) = routes.cheapest(&ground, route, stop);
                    let before = routes.length(route);
                    routes.insert(&ground, route, stop, after);
                    prop_assert_eq!(routes.length(route), before + i64::from(price));
                }
                (Some(at), _) => {
                    let saving = routes.saving(&ground, stop);
                    let before = routes.length(at);
                    routes.remove(&ground, stop);
                    prop_assert_eq!(routes.length(at), before - i64::from(saving));
                }
            }
            let mut visited = 0;
            for route in 0..2 {
                let nodes = nodes(&ground, &routes, route);
                visited += nodes.len() - 2;
                prop_assert_eq!(routes.size(route), nodes.len() - 2);
                prop_assert_eq!(routes.length(route), length(&ground, &nodes));
                for stop in (0..6).filter(|&s| routes.route_of(s).is_none()) {
                    let exact = cheapest(&ground, &nodes, stop);
                    prop_assert!(routes.prices(&ground, route)[stop] <= exact);
                    prop_assert_eq!(routes.clone().cheapest(&ground, route, stop).0, exact);
                }
            }
            prop_assert_eq!(routes.profit(), visited as u64);
            prop_assert_eq!(routes.total(), routes.length(0) + routes.length(1));
        }
    }
}
