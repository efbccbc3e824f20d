//! Shortens one route: 2-opt and Or-opt, first improvement, until neither helps.
//!
//! Sums along the route in both directions price a reversal at once, also where the way back
//! is longer than the way there.

use crate::patrol::orienteering::ground::{Ground, Node};
use crate::patrol::orienteering::routes::Routes;

/// Or-opt moves strings of up to so many stops.
const LONGEST_STRING: usize = 3;

/// Memory of [`Shortener::shorten`].
#[derive(Debug, Default)]
pub struct Shortener {
    /// The route with its ends.
    order: Vec<Node>,
    inner: Vec<Node>,
    /// Ticks from the start to each node, driving on.
    ahead: Vec<i64>,
    /// Ticks from each node back to the start; legs at the ends are in it but never used.
    back: Vec<i64>,
}

impl Shortener {
    /// Whether the route became shorter.
    pub fn shorten(&mut self, ground: &Ground, routes: &mut Routes, route: usize) -> bool {
        if routes.size(route) < 2 {
            return false;
        }
        routes.read(ground, route, &mut self.inner);
        self.order.clear();
        self.order.push(ground.start(route) as Node);
        self.order.extend_from_slice(&self.inner);
        self.order.push(ground.end(route) as Node);
        let mut shorter = false;
        self.add_up(ground);
        while self.reverse(ground) || self.shift(ground) {
            shorter = true;
            self.add_up(ground);
        }
        if shorter {
            routes.put(ground, route, &self.order[1..self.order.len() - 1]);
        }
        shorter
    }

    fn add_up(&mut self, ground: &Ground) {
        self.ahead.clear();
        self.back.clear();
        let (mut ahead, mut back) = (0, 0);
        self.ahead.push(0);
        self.back.push(0);
        for pair in self.order.windows(2) {
            let (a, b) = (usize::from(pair[0]), usize::from(pair[1]));
            ahead += i64::from(ground.ticks(a, b));
            back += i64::from(ground.ticks(b, a));
            self.ahead.push(ahead);
            self.back.push(back);
        }
    }

    /// 2-opt: turns a string round.
    fn reverse(&mut self, ground: &Ground) -> bool {
        let order = &mut self.order;
        let last = order.len() - 1;
        for i in 1..last - 1 {
            let from_before = ground.from(order[i - 1].into());
            let from_first = ground.from(order[i].into());
            let start = self.ahead[i - 1];
            for j in i + 1..last {
                let legs =
                    from_before[usize::from(order[j])] + from_first[usize::from(order[j + 1])];
                let new = i64::from(legs) + self.back[j] - self.back[i];
                if new < self.ahead[j + 1] - start {
                    order[i..=j].reverse();
                    return true;
                }
            }
        }
        false
    }

    /// Or-opt: moves a short string elsewhere, turned round or not.
    fn shift(&mut self, ground: &Ground) -> bool {
        let order = &mut self.order;
        let last = order.len() - 1;
        for length in 1..=LONGEST_STRING.min(last - 1) {
            for i in 1..=last - length {
                let j = i + length - 1;
                let (first, end) = (usize::from(order[i]), usize::from(order[j]));
                let (a, b) = (usize::from(order[i - 1]), usize::from(order[j + 1]));
                let saved = ground.ticks(a, first) + ground.ticks(end, b) - ground.ticks(a, b);
                let turn = (self.back[j] - self.back[i]) - (self.ahead[j] - self.ahead[i]);
                if i64::from(saved) - turn.min(0) <= 0 {
                    continue;
                }
                let (from_first, to_first) = (ground.from(first), ground.to(first));
                let (from_end, to_end) = (ground.from(end), ground.to(end));
                for k in (0..i - 1).chain(j + 1..last) {
                    let (c, d) = (usize::from(order[k]), usize::from(order[k + 1]));
                    let open = ground.ticks(c, d);
                    let straight = i64::from(to_first[c] + from_end[d] - open);
                    let turned = i64::from(to_end[c] + from_first[d] - open) + turn;
                    if straight.min(turned) >= i64::from(saved) {
                        continue;
                    }
                    if turned < straight {
                        order[i..=j].reverse();
                    }
                    if k > j {
                        order[i..=k].rotate_left(length);
                    } else {
                        order[k + 1..=j].rotate_right(length);
                    }
                    return true;
                }
            }
        }
        false
    }
}
