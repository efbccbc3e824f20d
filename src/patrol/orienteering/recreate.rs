//! Fills routes: again and again the stop with the most weight for its price, until none
//! fits.

use crate::patrol::orienteering::ground::Ground;
use crate::patrol::orienteering::routes::Routes;

/// Inserts until nothing fits or `stop_now` says so. A stop of weight 0 is left alone;
/// weights of stops that are put in become 0. `floor` is added to every price, so that a
/// stop on the way is not worth infinitely much.
pub fn fill(
    ground: &Ground,
    routes: &mut Routes,
    weights: &mut [f32],
    floor: f32,
    stop_now: &dyn Fn() -> bool,
) {
    while !stop_now() {
        let Some((route, stop, after)) = best_gap(ground, routes, weights, floor) else {
            return;
        };
        routes.insert(ground, route, stop, after);
        weights[stop] = 0.0;
    }
}

fn best_gap(
    ground: &Ground,
    routes: &mut Routes,
    weights: &[f32],
    floor: f32,
) -> Option<(usize, usize, usize)> {
    // Ratios are compared crosswise: no division in the loop.
    let (mut best_weight, mut best_price) = (0.0, 1.0);
    let mut best = None;
    for route in 0..ground.routes {
        let slack = routes.slack(ground, route);
        for (stop, &weight) in weights.iter().enumerate() {
            if weight <= 0.0 {
                continue;
            }
            let least = routes.prices(ground, route)[stop];
            if least > slack || weight * best_price <= best_weight * (least.max(0) as f32 + floor) {
                continue;
            }
            let (exact, after) = routes.cheapest(ground, route, stop);
            let price = exact.max(0) as f32 + floor;
            if exact <= slack && weight * best_price > best_weight * price {
                (best_weight, best_price) = (weight, price);
                best = Some((route, stop, after));
            }
        }
    }
    best
}
