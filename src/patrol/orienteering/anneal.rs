//! The search: ruin or compose, force, fill, shorten; accepted by annealing.
//!
//! What is compared is profit less a price for ticks: of two plans with equal profit the
//! shorter has more room for what comes next, and in the heat a plan may trade a stop for
//! room. The answer is the plan with the most profit.

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

use crate::patrol::orienteering::bound::bound;
use crate::patrol::orienteering::force::{evict, force};
use crate::patrol::orienteering::ground::{Ground, Node};
use crate::patrol::orienteering::plan::TeamPlan;
use crate::patrol::orienteering::pool::Pool;
use crate::patrol::orienteering::problem::TeamProblem;
use crate::patrol::orienteering::recreate::fill;
use crate::patrol::orienteering::routes::Routes;
use crate::patrol::orienteering::ruin::ruin;
use crate::patrol::orienteering::shorten::Shortener;
use crate::patrol::search::budget::Budget;

/// Temperature at the start and the end, in profits of an average stop.
const HOT_START: f64 = 3.0;
const COLD_END: f64 = 0.1;
/// All ticks of all routes cost this share of the best profit.
const PRICE_OF_TIME: f64 = 0.2;
/// Weights of stops are off by up to this share.
const MOST_NOISE: f32 = 0.7;
/// So often one of the stops that were taken out stays out.
const STAYS_OUT: f64 = 0.3;
/// Every so many changes a plan is composed of the pool's routes.
const COMPOSE_EVERY: u64 = 100;
/// Routes of accepted plans are kept from this share of the best profit on, per cent.
const WORTH_KEEPING: u64 = 97;
/// The budget is asked again after about so much work: stops × routes × changes.
const WORK_BETWEEN: usize = 4096;
/// Part of a route's limit that is added to every price.
const FLOOR: f32 = 1.0 / 2000.0;

/// Searches until the budget is used, or until no better plan can be.
pub fn solve(problem: &TeamProblem, seed: u64, budget: &Budget<'_>) -> TeamPlan {
    let mut plan = TeamPlan {
        routes: vec![Vec::new(); problem.routes()],
        profit: 0,
        bound: bound(problem),
        iterations: 0,
    };
    if plan.bound == 0 || budget.out_of_time() {
        return plan;
    }
    let ground = Ground::new(problem);
    let mut search = Search::new(&ground, plan.bound, seed);
    plan.iterations = search.run(budget);
    plan.profit = search.best.profit();
    let mut stops: Vec<Node> = Vec::new();
    for (route, points) in plan.routes.iter_mut().enumerate().take(ground.routes) {
        search.best.read(&ground, route, &mut stops);
        points.extend(stops.iter().map(|&s| ground.point[usize::from(s)]));
    }
    plan
}

struct Search<'a> {
    ground: &'a Ground,
    bound: u64,
    rng: ChaCha8Rng,
    now: Routes,
    trial: Routes,
    best: Routes,
    pool: Pool,
    shortener: Shortener,
    /// Profit to the powers ½, 1, 1½ and 2, by stop.
    powers: [Vec<f32>; 4],
    weights: Vec<f32>,
    out: Vec<Node>,
    forced: Vec<Node>,
    /// Lengths of the routes before a change.
    lengths: Vec<i64>,
    floor: f32,
    /// Profit that a tick costs.
    tick_price: f64,
}

impl<'a> Search<'a> {
    fn new(ground: &'a Ground, bound: u64, seed: u64) -> Self {
        let now = Routes::new(ground);
        let power = |f: fn(f32) -> f32| ground.profit.iter().map(|&p| f(p as f32)).collect();
        Self {
            bound,
            rng: ChaCha8Rng::seed_from_u64(seed),
            trial: now.clone(),
            best: now.clone(),
            now,
            pool: Pool::default(),
            shortener: Shortener::default(),
            powers: [
                power(f32::sqrt),
                power(|p| p),
                power(|p| p * p.sqrt()),
                power(|p| p * p),
            ],
            weights: vec![0.0; ground.stops],
            out: Vec::new(),
            forced: Vec::new(),
            lengths: vec![0; ground.routes],
            floor: ground.limit as f32 * FLOOR + 1.0,
            tick_price: 0.0,
            ground,
        }
    }

    /// Improves until the budget is used; answers how many changes were tried.
    fn run(&mut self, budget: &Budget<'_>) -> u64 {
        self.first(budget);
        let work = self.ground.stops * self.ground.routes;
        let ask_every = (WORK_BETWEEN / work).clamp(1, 16) as u64;
        let mut heat = 0.0;
        let mut done = 0;
        while self.best.profit() < self.bound {
            if done % ask_every == 0 {
                let used = budget.used(done);
                if used >= 1.0 {
                    break;
                }
                heat = HOT_START * (COLD_END / HOT_START).powf(used) * self.average_profit();
            }
            done += 1;
            let composed = self.change(done);
            let luck: f64 = self.rng.random_range(1e-12..1.0);
            let threshold = self.energy(&self.now) + heat * luck.ln();
            if self.energy(&self.trial) > threshold {
                self.polish();
                self.accept(composed);
            } else {
                self.trial.copy_from(&self.now);
            }
        }
        done
    }

    /// The greedy plan.
    fn first(&mut self, budget: &Budget<'_>) {
        self.weights.copy_from_slice(&self.powers[1]);
        let out_of_time = || budget.out_of_time();
        fill(
            self.ground,
            &mut self.trial,
            &mut self.weights,
            self.floor,
            &out_of_time,
        );
        for route in 0..self.ground.routes {
            if budget.out_of_time() {
                break;
            }
            self.shortener.shorten(self.ground, &mut self.trial, route);
        }
        self.accept(false);
    }

    /// Changes the trial; whether it was composed of the pool's routes.
    fn change(&mut self, done: u64) -> bool {
        let Self {
            ground, trial, rng, ..
        } = self;
        for (route, length) in self.lengths.iter_mut().enumerate() {
            *length = trial.length(route);
        }
        let several = ground.routes > 1;
        let composed =
            several && done.is_multiple_of(COMPOSE_EVERY) && self.pool.compose(ground, trial, rng);
        if !composed {
            ruin(ground, trial, rng, &mut self.out);
        }
        let power = &self.powers[rng.random_range(0..self.powers.len())];
        let noise = MOST_NOISE * rng.random::<f32>();
        for (stop, weight) in self.weights.iter_mut().enumerate() {
            *weight = match trial.route_of(stop) {
                Some(_) => 0.0,
                None => power[stop] * (1.0 + noise * rng.random_range(-1.0f32..1.0)),
            };
        }
        self.forced.clear();
        if !composed {
            force(ground, trial, &mut self.weights, rng, &mut self.forced);
            if !self.out.is_empty() && rng.random_bool(STAYS_OUT) {
                let stop = self.out[rng.random_range(0..self.out.len())];
                self.weights[usize::from(stop)] = 0.0;
            }
        }
        // Where lengths break the triangle's rule, less stops can be more ticks.
        for route in 0..ground.routes {
            evict(ground, trial, route, rng, &mut self.forced);
        }
        fill(ground, trial, &mut self.weights, self.floor, &|| false);
        composed
    }

    /// Shortens the routes that changed and fills what room that makes.
    fn polish(&mut self) {
        let Self { ground, trial, .. } = self;
        let mut shorter = false;
        for (route, &before) in self.lengths.iter().enumerate() {
            if trial.length(route) != before {
                shorter |= self.shortener.shorten(ground, trial, route);
            }
        }
        if shorter {
            for (stop, weight) in self.weights.iter_mut().enumerate() {
                let visited = trial.route_of(stop).is_some();
                *weight = if visited { 0.0 } else { self.powers[1][stop] };
            }
            fill(ground, trial, &mut self.weights, self.floor, &|| false);
        }
    }

    /// Goes on from the trial.
    fn accept(&mut self, composed: bool) {
        let Self {
            ground,
            trial,
            best,
            ..
        } = self;
        self.now.copy_from(trial);
        if ground.routes > 1 && trial.profit() * 100 >= best.profit() * WORTH_KEEPING {
            for (route, &before) in self.lengths.iter().enumerate() {
                if composed || trial.length(route) != before {
                    self.pool.add(ground, trial, route);
                }
            }
        }
        if (trial.profit(), -trial.total()) > (best.profit(), -best.total()) {
            best.copy_from(trial);
            let all = ground.routes as f64 * f64::from(ground.limit.max(1));
            self.tick_price = PRICE_OF_TIME * best.profit() as f64 / all;
        }
    }

    fn energy(&self, routes: &Routes) -> f64 {
        routes.profit() as f64 - self.tick_price * routes.total() as f64
    }

    fn average_profit(&self) -> f64 {
        let routes = 0..self.ground.routes;
        let visited: usize = routes.map(|route| self.best.size(route)).sum();
        self.best.profit() as f64 / visited.max(1) as f64
    }
}
