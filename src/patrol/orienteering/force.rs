//! Forced visits: a stop that no gap has room for goes in all the same, with some of its
//! neighbours, and the stops of its route that earn least for their time make room.
//!
//! Greedy repair never drives to a far group of stops, since the first of them costs more
//! than any stop nearby; this move does. Of all moves here it improves plans most.

use rand::RngExt;
use rand::rngs::ChaCha8Rng;

use crate::patrol::orienteering::ground::{Ground, Node};
use crate::patrol::orienteering::routes::Routes;

/// At most so many neighbours come along.
const MOST_COMPANY: usize = 3;
/// So often the route is chosen by chance, not by price.
const OTHER_ROUTE: f64 = 0.5;
/// A stop may look better by up to this share when it is decided what makes room.
const LUCK: f32 = 0.5;
/// So often chance looks for an unvisited stop.
const TRIES: usize = 20;

/// Forces an unvisited stop and some unvisited neighbours into a route, then evicts. What
/// went in is in `forced` and has no weight any more.
pub fn force(
    ground: &Ground,
    routes: &mut Routes,
    weights: &mut [f32],
    rng: &mut ChaCha8Rng,
    forced: &mut Vec<Node>,
) {
    forced.clear();
    let chosen = (0..TRIES).map(|_| rng.random_range(0..ground.stops));
    let Some(seed) = { chosen }.find(|&s| routes.route_of(s).is_none()) else {
        return;
    };
    let route = if rng.random_bool(OTHER_ROUTE) {
        rng.random_range(0..ground.routes)
    } else {
        let price = |&route: &usize| routes.cheapest(ground, route, seed).0;
        (0..ground.routes).min_by_key(price).unwrap_or(0)
    };
    let company = rng.random_range(0..=MOST_COMPANY);
    forced.push(seed as Node);
    let near = ground.near[seed].iter();
    let unvisited = near.filter(|&&s| routes.route_of(s.into()).is_none());
    forced.extend(unvisited.take(company));
    for &stop in forced.iter() {
        let stop = usize::from(stop);
        let (_, after) = routes.cheapest(ground, route, stop);
        routes.insert(ground, route, stop, after);
        weights[stop] = 0.0;
    }
    evict(ground, routes, route, rng, forced);
}

/// Takes out what earns least for its time until the route fits; what was forced only last.
pub fn evict(
    ground: &Ground,
    routes: &mut Routes,
    route: usize,
    rng: &mut ChaCha8Rng,
    forced: &mut Vec<Node>,
) {
    while routes.length(route) > i64::from(ground.limit) {
        let mut least = (f32::INFINITY, None);
        let mut stop = routes.next(ground.start(route));
        while stop < ground.stops {
            if !forced.contains(&(stop as Node)) {
                let luck = 1.0 + LUCK * rng.random::<f32>();
                let saving = routes.saving(ground, stop).max(0) as f32 + 1.0;
                let worth = ground.profit[stop] as f32 * luck / saving;
                if worth < least.0 {
                    least = (worth, Some(stop));
                }
            }
            stop = routes.next(stop);
        }
        let out = least.1.or_else(|| forced.pop().map(usize::from));
        match out {
            Some(stop) if routes.route_of(stop) == Some(route) => routes.remove(ground, stop),
            Some(_) => {}
            // Without stops it fits: else there would be no stops at all.
            None => return,
        }
    }
}
