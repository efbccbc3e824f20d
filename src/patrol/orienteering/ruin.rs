//! What is taken out before a repair: mostly one or two strings of stops near a place, as in
//! slack induction by string removals (Christiaens & Vanden Berghe 2020), now and then
//! scattered stops, all that is near, or a whole route.

use rand::RngExt;
use rand::rngs::ChaCha8Rng;

use crate::patrol::orienteering::ground::{Ground, Node};
use crate::patrol::orienteering::routes::Routes;

/// So often a whole route goes, where there are several.
const WHOLE_ROUTE: f64 = 0.03;
/// Else so often strings go, in per cent.
const STRINGS: u32 = 70;
/// And so often scattered stops; the rest are those near one place.
const SCATTERED: u32 = 15;
/// At most so many stops go.
const MOST_STOPS: usize = 4;

/// Takes some stops out; `out` holds them afterwards.
pub fn ruin(ground: &Ground, routes: &mut Routes, rng: &mut ChaCha8Rng, out: &mut Vec<Node>) {
    out.clear();
    if ground.routes > 1 && rng.random_bool(WHOLE_ROUTE) {
        let route = rng.random_range(0..ground.routes);
        routes.read(ground, route, out);
        routes.clear(ground, route);
        return;
    }
    let many = rng.random_range(1..=MOST_STOPS);
    let seed = rng.random_range(0..ground.stops);
    let kind = rng.random_range(0..100);
    if kind < STRINGS {
        strings(ground, routes, rng, (seed, many), out);
    } else if kind < STRINGS + SCATTERED {
        for _ in 0..many * 4 {
            let stop = rng.random_range(0..ground.stops);
            if out.len() < many && routes.route_of(stop).is_some() {
                routes.remove(ground, stop);
                out.push(stop as Node);
            }
        }
    } else {
        for stop in around(ground, seed) {
            if out.len() < many && routes.route_of(stop).is_some() {
                routes.remove(ground, stop);
                out.push(stop as Node);
            }
        }
    }
}

fn strings(
    ground: &Ground,
    routes: &mut Routes,
    rng: &mut ChaCha8Rng,
    (seed, many): (usize, usize),
    out: &mut Vec<Node>,
) {
    let strings = rng.random_range(1..=ground.routes.min(2));
    let mut left = many;
    let mut first_route = None;
    for stop in around(ground, seed) {
        let Some(route) = routes.route_of(stop) else {
            continue;
        };
        if first_route == Some(route) {
            continue;
        }
        let last = first_route.is_some() || strings == 1;
        let share = if last {
            left
        } else {
            rng.random_range(1..=left)
        };
        take_string(
            ground,
            routes,
            rng,
            (stop, share.min(routes.size(route))),
            out,
        );
        left -= share;
        if last || left == 0 {
            return;
        }
        first_route = Some(route);
    }
}

/// Takes a string out that holds the stop, somewhere.
fn take_string(
    ground: &Ground,
    routes: &mut Routes,
    rng: &mut ChaCha8Rng,
    (stop, length): (usize, usize),
    out: &mut Vec<Node>,
) {
    let mut at = stop;
    for _ in 0..rng.random_range(0..length) {
        let before = routes.prev(at);
        if before >= ground.stops {
            break;
        }
        at = before;
    }
    for _ in 0..length {
        if at >= ground.stops {
            return;
        }
        let next = routes.next(at);
        routes.remove(ground, at);
        out.push(at as Node);
        at = next;
    }
}

/// The stop, then its neighbours, nearest first.
fn around(ground: &Ground, stop: usize) -> impl Iterator<Item = usize> + '_ {
    let near = ground.near[stop].iter().map(|&s| usize::from(s));
    std::iter::once(stop).chain(near)
}
