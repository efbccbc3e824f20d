//! Routes while they are searched: linked stops, and for each stop and route the cheapest
//! gap to put it, kept up to date as routes change.
//!
//! A route that gains or loses a stop changes two or three gaps. So for every stop the
//! cheapest gap is compared with the new ones; only where its own gap has gone and no new one
//! is as cheap is it unknown, and then the old price is a bound from below that mostly
//! shows that the stop does not fit anyway. A scan of the route is then the exception.

use crate::patrol::orienteering::ground::{Ground, NONE, Node};

/// The gap is not known; its price is at least the one that is kept.
const UNKNOWN: u32 = u32::MAX;

/// Linked routes with the cheapest gap of every stop.
#[derive(Debug, Clone)]
pub struct Routes {
    next: Vec<Node>,
    prev: Vec<Node>,
    route_of: Vec<Node>,
    length: Vec<i64>,
    size: Vec<u32>,
    profit: u64,
    total: i64,
    /// By route, then stop: ticks that the stop would add at its cheapest gap.
    price: Vec<i32>,
    /// By route, then stop: the node before that gap.
    after: Vec<u32>,
}

impl Routes {
    /// Routes without stops.
    pub fn new(ground: &Ground) -> Self {
        let mut next = vec![NONE; ground.nodes()];
        let mut prev = vec![NONE; ground.nodes()];
        let mut price = Vec::with_capacity(ground.routes * ground.stops);
        let mut after = Vec::with_capacity(ground.routes * ground.stops);
        let mut length = Vec::with_capacity(ground.routes);
        for route in 0..ground.routes {
            let (start, end) = (ground.start(route), ground.end(route));
            next[start] = end as Node;
            prev[end] = start as Node;
            let direct = ground.ticks(start, end);
            length.push(i64::from(direct));
            let legs = ground
                .from(start)
                .iter()
                .zip(ground.to(end))
                .take(ground.stops);
            price.extend(legs.map(|(a, b)| a + b - direct));
            after.extend(std::iter::repeat_n(start as u32, ground.stops));
        }
        Self {
            route_of: vec![NONE; ground.stops],
            total: length.iter().sum(),
            size: vec![0; ground.routes],
            next,
            prev,
            length,
            profit: 0,
            price,
            after,
        }
    }

    /// Takes over another state without new memory.
    pub fn copy_from(&mut self, other: &Self) {
        self.next.copy_from_slice(&other.next);
        self.prev.copy_from_slice(&other.prev);
        self.route_of.copy_from_slice(&other.route_of);
        self.length.copy_from_slice(&other.length);
        self.size.copy_from_slice(&other.size);
        self.price.copy_from_slice(&other.price);
        self.after.copy_from_slice(&other.after);
        self.profit = other.profit;
        self.total = other.total;
    }

    /// Sum of the profits of visited stops.
    pub fn profit(&self) -> u64 {
        self.profit
    }

    /// Sum of the routes' ticks.
    pub fn total(&self) -> i64 {
        self.total
    }

    /// Ticks of a route.
    pub fn length(&self, route: usize) -> i64 {
        self.length[route]
    }

    /// Ticks that a route has left; negative where it is over the limit.
    pub fn slack(&self, ground: &Ground, route: usize) -> i32 {
        (i64::from(ground.limit) - self.length[route]).max(-1) as i32
    }

    /// Stops of a route.
    pub fn size(&self, route: usize) -> usize {
        self.size[route] as usize
    }

    /// The route that visits a stop.
    pub fn route_of(&self, stop: usize) -> Option<usize> {
        let route = self.route_of[stop];
        (route != NONE).then_some(usize::from(route))
    }

    /// The node after.
    pub fn next(&self, node: usize) -> usize {
        usize::from(self.next[node])
    }

    /// The node before.
    pub fn prev(&self, node: usize) -> usize {
        usize::from(self.prev[node])
    }

    /// Writes a route's stops in order.
    pub fn read(&self, ground: &Ground, route: usize, stops: &mut Vec<Node>) {
        stops.clear();
        let mut at = self.next[ground.start(route)];
        while usize::from(at) < ground.stops {
            stops.push(at);
            at = self.next[usize::from(at)];
        }
    }

    /// Bounds from below of what each stop would add to a route, exact for most.
    pub fn prices(&self, ground: &Ground, route: usize) -> &[i32] {
        &self.price[route * ground.stops..(route + 1) * ground.stops]
    }

    /// Exact price and the node before the cheapest gap of an unvisited stop.
    pub fn cheapest(&mut self, ground: &Ground, route: usize, stop: usize) -> (i32, usize) {
        let place = route * ground.stops + stop;
        if self.after[place] == UNKNOWN {
            let (from, to) = (ground.from(stop), ground.to(stop));
            let (mut best, mut best_after) = (i32::MAX, ground.start(route));
            let mut a = ground.start(route);
            let end = ground.end(route);
            while a != end {
                let b = usize::from(self.next[a]);
                let price = to[a] + from[b] - ground.ticks(a, b);
                if price < best {
                    (best, best_after) = (price, a);
                }
                a = b;
            }
            self.price[place] = best;
            self.after[place] = best_after as u32;
        }
        (self.price[place], self.after[place] as usize)
    }

    /// Puts an unvisited stop behind a node of a route, whatever the limit.
    pub fn insert(&mut self, ground: &Ground, route: usize, stop: usize, after: usize) {
        let (a, v) = (after, stop);
        let b = usize::from(self.next[a]);
        let (a_v, v_b) = (ground.ticks(a, v), ground.ticks(v, b));
        let added = a_v + v_b - ground.ticks(a, b);
        self.next[a] = v as Node;
        self.prev[v] = a as Node;
        self.next[v] = b as Node;
        self.prev[b] = v as Node;
        self.route_of[v] = route as Node;
        self.length[route] += i64::from(added);
        self.total += i64::from(added);
        self.size[route] += 1;
        self.profit += u64::from(ground.profit[v]);

        let span = route * ground.stops..(route + 1) * ground.stops;
        let prices = &mut self.price[span.clone()];
        let afters = &mut self.after[span];
        // Slices of one length, so that the loop has no bounds to check and runs in lanes.
        let n = prices.len();
        let (from_a, to_v) = (&ground.from(a)[..n], &ground.to(v)[..n]);
        let (from_v, to_b) = (&ground.from(v)[..n], &ground.to(b)[..n]);
        let afters = &mut afters[..n];
        let (gone, a, v) = (a as u32, a as u32, v as u32);
        for w in 0..n {
            let first = from_a[w] + to_v[w] - a_v;
            let second = from_v[w] + to_b[w] - v_b;
            let (new, at) = if second < first {
                (second, v)
            } else {
                (first, a)
            };
            let kept = if afters[w] == gone {
                UNKNOWN
            } else {
                afters[w]
            };
            let better = new <= prices[w];
            afters[w] = if better { at } else { kept };
            prices[w] = if better { new } else { prices[w] };
        }
    }

    /// Takes a visited stop out.
    pub fn remove(&mut self, ground: &Ground, stop: usize) {
        let v = stop;
        let route = usize::from(self.route_of[v]);
        let (a, b) = (usize::from(self.prev[v]), usize::from(self.next[v]));
        let a_b = ground.ticks(a, b);
        let saved = self.saving(ground, v);
        self.next[a] = b as Node;
        self.prev[b] = a as Node;
        self.route_of[v] = NONE;
        self.length[route] -= i64::from(saved);
        self.total -= i64::from(saved);
        self.size[route] -= 1;
        self.profit -= u64::from(ground.profit[v]);

        let span = route * ground.stops..(route + 1) * ground.stops;
        let prices = &mut self.price[span.clone()];
        let afters = &mut self.after[span];
        let n = prices.len();
        let (from_a, to_b) = (&ground.from(a)[..n], &ground.to(b)[..n]);
        let afters = &mut afters[..n];
        let (a, v) = (a as u32, v as u32);
        for w in 0..n {
            let new = from_a[w] + to_b[w] - a_b;
            let gone = afters[w] == a || afters[w] == v;
            let kept = if gone { UNKNOWN } else { afters[w] };
            let better = new <= prices[w];
            afters[w] = if better { a } else { kept };
            prices[w] = if better { new } else { prices[w] };
        }
        // Nothing was known about its own route while it was in it.
        prices[stop] = i32::MIN;
        afters[stop] = UNKNOWN;
    }

    /// Ticks that a route is shorter without a visited stop.
    pub fn saving(&self, ground: &Ground, stop: usize) -> i32 {
        let (a, b) = (self.prev(stop), self.next(stop));
        ground.ticks(a, stop) + ground.ticks(stop, b) - ground.ticks(a, b)
    }

    /// Takes all stops of a route out.
    pub fn clear(&mut self, ground: &Ground, route: usize) {
        let mut at = self.next[ground.start(route)];
        while usize::from(at) < ground.stops {
            let next = self.next[usize::from(at)];
            self.route_of[usize::from(at)] = NONE;
            self.profit -= u64::from(ground.profit[usize::from(at)]);
            at = next;
        }
        self.link(ground, route, &[]);
    }

    /// Replaces a route by other stops, none of which another route visits.
    pub fn put(&mut self, ground: &Ground, route: usize, stops: &[Node]) {
        self.clear(ground, route);
        self.link(ground, route, stops);
        for &stop in stops {
            self.route_of[usize::from(stop)] = route as Node;
            self.profit += u64::from(ground.profit[usize::from(stop)]);
        }
    }

    fn link(&mut self, ground: &Ground, route: usize, stops: &[Node]) {
        let mut a = ground.start(route);
        let mut length: i64 = 0;
        let ends = [ground.end(route) as Node];
        for &b in stops.iter().chain(&ends) {
            self.next[a] = b;
            self.prev[usize::from(b)] = a as Node;
            length += i64::from(ground.ticks(a, usize::from(b)));
            a = usize::from(b);
        }
        self.total += length - self.length[route];
        self.length[route] = length;
        self.size[route] = stops.len() as u32;
        let span = route * ground.stops..(route + 1) * ground.stops;
        self.price[span.clone()].fill(i32::MIN);
        self.after[span].fill(UNKNOWN);
    }
}
