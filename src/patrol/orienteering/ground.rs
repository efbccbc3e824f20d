//! The problem as the search sees it: only points that a route can visit, and the ends of
//! each route as nodes of their own, so that every stop has a neighbour on both sides.
//!
//! Nodes `0..stops` are points worth a visit, then one start a route, then one end a route.
//! Rows are kept in both directions, so that a loop over all stops reads memory in order.

use crate::patrol::orienteering::problem::TeamProblem;

/// Number of a node.
pub type Node = u16;

/// No node, no route.
pub const NONE: Node = Node::MAX;

/// How many of the nearest stops are kept for each.
const NEAR: usize = 128;

/// Sizes, lengths and profits by node.
#[derive(Debug)]
pub struct Ground {
    /// Point of the problem by stop.
    pub point: Vec<u16>,
    /// Profit by stop.
    pub profit: Vec<u32>,
    /// The nearest stops to each, nearest first, itself left out.
    pub near: Vec<Vec<Node>>,
    /// How many stops there are.
    pub stops: usize,
    /// How many routes there are, never more than stops.
    pub routes: usize,
    /// The most ticks of a route.
    pub limit: i32,
    width: usize,
    from: Vec<i32>,
    to: Vec<i32>,
}

impl Ground {
    /// Keeps the points that have a profit and that a route can visit alone.
    pub fn new(problem: &TeamProblem) -> Self {
        let end = problem.end();
        let limit = problem.limit();
        let ticks = |from: usize, to: usize| problem.ticks(from, to).min(limit + 1) as i32;
        let limit = limit as i32;
        let open = ticks(0, end) <= limit;
        let point: Vec<u16> = (1..end)
            .filter(|&p| open && problem.profit(p) > 0 && ticks(0, p) + ticks(p, end) <= limit)
            .map(|p| p as u16)
            .collect();
        let stops = point.len();
        let routes = problem.routes().min(stops);
        let mut places: Vec<usize> = point.iter().map(|&p| usize::from(p)).collect();
        places.extend(std::iter::repeat_n(0, routes));
        places.extend(std::iter::repeat_n(end, routes));
        let width = places.len();
        let mut from = Vec::with_capacity(width * width);
        let mut to = Vec::with_capacity(width * width);
        for &a in &places {
            from.extend(places.iter().map(|&b| ticks(a, b)));
            to.extend(places.iter().map(|&b| ticks(b, a)));
        }
        let profits = point.iter().map(|&p| problem.profit(usize::from(p)));
        let mut ground = Self {
            profit: profits.collect(),
            near: Vec::new(),
            point,
            stops,
            routes,
            limit,
            width,
            from,
            to,
        };
        ground.near = (0..stops).map(|stop| ground.nearest(stop)).collect();
        ground
    }

    /// First node of a route.
    pub fn start(&self, route: usize) -> usize {
        self.stops + route
    }

    /// Last node of a route.
    pub fn end(&self, route: usize) -> usize {
        self.stops + self.routes + route
    }

    /// Number of nodes.
    pub fn nodes(&self) -> usize {
        self.width
    }

    /// Ticks from a node to another; one over the limit where there is no way.
    pub fn ticks(&self, from: usize, to: usize) -> i32 {
        self.from[from * self.width + to]
    }

    /// Ticks from a node to each node.
    pub fn from(&self, node: usize) -> &[i32] {
        &self.from[node * self.width..(node + 1) * self.width]
    }

    /// Ticks to a node from each node.
    pub fn to(&self, node: usize) -> &[i32] {
        &self.to[node * self.width..(node + 1) * self.width]
    }

    fn nearest(&self, stop: usize) -> Vec<Node> {
        let there_and_back =
            |other: &Node| self.ticks(stop, (*other).into()) + self.ticks((*other).into(), stop);
        let others = (0..self.stops as Node).filter(|&s| usize::from(s) != stop);
        let mut near: Vec<Node> = others.collect();
        if near.len() > NEAR {
            near.select_nth_unstable_by_key(NEAR, |s| (there_and_back(s), *s));
            near.truncate(NEAR);
        }
        near.sort_unstable_by_key(|s| (there_and_back(s), *s));
        near
    }
}
