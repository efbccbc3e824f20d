//! A bound on the risk that any plan can cover: a Lagrangian relaxation of the routes.
//!
//! Units' times are pooled and every second has a price λ. A stop at a cell costs its stay
//! and at least the shortest drive into the cell there is. What is left is one question a
//! cell, since cells share nothing but time: which visits, of any unit at any time, gain
//! most less their price? A table over time and protection answers it. For any λ ≥ 0,
//!
//! > covered ≤ λ × time there is + Σ cells' answers
//!
//! and the λ for which that is least is found by golden section. The table errs upwards
//! only: in a slot of time the most that a visit can gain there, and protection rounded
//! down, once a visit, and decayed by a slot too much. Its levels of protection are those
//! that decay leads to, so that waiting rounds nothing. What must-visits and breaks take is taken off the
//! time, so that it is a bound for plans that keep as many of them.

use crate::patrol::problem::PlanProblem;
use crate::patrol::rules::access::Access;
use crate::patrol::rules::gain::GainRule;

/// Protection below this counts as none.
const LEAST_LEVEL: f64 = 0.02;
/// At most so many levels of protection.
const MOST_LEVELS: usize = 160;
/// Slots of time, seconds, that divide an hour; the finest that keeps the table small.
const SLOTS_S: [u32; 5] = [300, 600, 1200, 1800, 3600];
/// Cells × slots at most.
const MOST_ROWS: usize = 60_000;
/// Prices tried.
const PRICES: usize = 13;

/// The most that any plan can cover that keeps must-visits and breaks which take
/// `reserved_s` seconds of stay together; none for a shift that has begun. Once `give_up`
/// says so the least bound found so far is the answer: it holds too, but is not as tight.
pub fn most_covered(
    problem: &PlanProblem,
    reserved_s: u64,
    give_up: &dyn Fn() -> bool,
) -> Option<f64> {
    if problem.units.iter().any(|u| u.so_far.is_some()) {
        return None;
    }
    let end = problem.window_s() as u32;
    let work = problem.units.iter();
    let time: u64 = work
        .map(|u| u64::from(u.until_ms.saturating_sub(u.from_ms)) / 1000)
        .sum();
    let time = time.saturating_sub(reserved_s) as f64;
    let cells = cells(problem);
    if cells.is_empty() || end == 0 || time <= 0.0 {
        return Some(0.0);
    }
    let rows = |slot: u32| cells.len() * end.div_ceil(slot) as usize;
    let coarsest = SLOTS_S[SLOTS_S.len() - 1];
    let fine = SLOTS_S.into_iter().find(|&slot| rows(slot) <= MOST_ROWS);
    let table = Table::new(problem, fine.unwrap_or(coarsest));
    let dearest = cells
        .iter()
        .map(|cell| table.best_gain(cell) / cell.least_cost())
        .fold(0.0, f64::max);
    let bound = |price: f64| {
        let mut sum = price * time;
        for cell in &cells {
            if give_up() {
                return f64::INFINITY;
            }
            sum += table.answer(cell, price);
        }
        sum
    };
    let best = golden(bound, dearest);
    Some(best.min(problem.risk_total))
}

/// The least of a convex function between 0 and `most`, over the points tried.
fn golden(value: impl Fn(f64) -> f64, most: f64) -> f64 {
    let ratio = (5f64.sqrt() - 1.0) / 2.0;
    let (mut low, mut high) = (0.0, most);
    let mut left = high - ratio * (high - low);
    let mut right = low + ratio * (high - low);
    let (mut at_left, mut at_right) = (value(left), value(right));
    let mut least = value(0.0).min(at_left).min(at_right);
    for _ in 0..PRICES {
        if at_left < at_right {
            (high, right, at_right) = (right, left, at_left);
            left = high - ratio * (high - low);
            at_left = value(left);
            least = least.min(at_left);
        } else {
            (low, left, at_left) = (left, right, at_right);
            right = low + ratio * (high - low);
            at_right = value(right);
            least = least.min(at_right);
        }
    }
    least
}

struct CellOf {
    cell: u32,
    /// Seconds that a stop of each allowed length costs at least.
    costs: Vec<f64>,
    protected: f64,
}

impl CellOf {
    fn least_cost(&self) -> f64 {
        self.costs.iter().copied().fold(f64::INFINITY, f64::min)
    }
}

/// The candidates that some unit may stop at and can reach, with what a stop costs at least.
fn cells(problem: &PlanProblem) -> Vec<CellOf> {
    let access = Access::new(problem);
    let fastest = problem.speeds.iter().map(|s| s.permille).max();
    let fastest = f64::from(fastest.unwrap_or(1000)) / 1000.0;
    let points = problem.place_point(problem.places.len());
    let mut cells = Vec::new();
    for (c, candidate) in problem.candidates.iter().enumerate() {
        let point = problem.candidate_point(c);
        let units = 0..problem.units.len();
        let may = |unit: &usize| access.may(*unit, point as u32);
        if candidate.risk_by_hour.iter().all(|r| *r <= 0.0) || !units.clone().any(|u| may(&u)) {
            continue;
        }
        let from = (0..points).filter(|&p| p != point && (p >= units.end || may(&p)));
        let Some(drive) = from.filter_map(|p| problem.travel.millis(p, point)).min() else {
            continue;
        };
        let drive_s = f64::from(drive) / 1000.0 / fastest;
        let dwells = problem.dwell_options_ms.iter();
        cells.push(CellOf {
            cell: c as u32,
            costs: dwells
                .map(|&d| f64::from(d.div_ceil(1000)) + drive_s)
                .collect(),
            protected: candidate.protected,
        });
    }
    cells
}

struct Table {
    gain: GainRule,
    slot_s: u32,
    slots: usize,
    end: u32,
    /// Descending from 1, each what a slot leaves of the one before; the last is 0.
    levels: Vec<f64>,
    /// For each allowed length and level: where a visit lifts it to, a slot's decay taken
    /// off.
    lifted: Vec<Vec<usize>>,
    effects: Vec<f64>,
}

impl Table {
    fn new(problem: &PlanProblem, slot_s: u32) -> Self {
        let gain = GainRule::new(problem);
        let left = gain.left_after(slot_s);
        let end = problem.window_s() as u32;
        let mut levels = vec![1.0];
        while levels.len() < MOST_LEVELS && levels[levels.len() - 1] * left > LEAST_LEVEL {
            levels.push(levels[levels.len() - 1] * left);
        }
        levels.push(0.0);
        let effects: Vec<f64> = (0..gain.options())
            .map(|option| gain.effect(u16::from(option)))
            .collect();
        let lift = |effect: f64, level: f64| (level + effect * (1.0 - level)) * left;
        Self {
            lifted: effects
                .iter()
                .map(|&e| levels.iter().map(|&l| down(&levels, lift(e, l))).collect())
                .collect(),
            effects,
            slots: end.div_ceil(slot_s) as usize,
            gain,
            slot_s,
            end,
            levels,
        }
    }

    /// The most that lifting protection by 1 gains in a slot: within an hour what is ahead
    /// rises or falls all the way, so that it is most at an end of the slot.
    fn most_ahead(&self, cell: u32, slot: usize) -> f64 {
        let start = slot as u32 * self.slot_s;
        let end = (start + self.slot_s).min(self.end);
        // Just before the end, the end's own hour does not count so far.
        let at_end = self.gain.ahead(cell, end);
        self.gain.ahead(cell, start).max(at_end)
    }

    fn best_gain(&self, cell: &CellOf) -> f64 {
        let ahead = (0..self.slots).map(|slot| self.most_ahead(cell.cell, slot));
        ahead.fold(0.0, f64::max)
    }

    /// The most that visits to a cell gain less their price.
    fn answer(&self, cell: &CellOf, price: f64) -> f64 {
        let cheapest = cell.least_cost() * price;
        if self.best_gain(cell) <= cheapest {
            return 0.0;
        }
        let last = self.levels.len() - 1;
        let mut later = vec![0.0f64; last + 1];
        let mut now = vec![0.0f64; last + 1];
        for slot in (0..self.slots).rev() {
            let ahead = self.most_ahead(cell.cell, slot);
            // From the highest level down: a visit leads to a higher one.
            for (level, protection) in self.levels.iter().enumerate() {
                let room = 1.0 - protection;
                let wait = later[(level + 1).min(last)];
                let (mut best, mut full) = (wait, false);
                for (option, lifted) in self.lifted.iter().enumerate() {
                    let to = lifted[level];
                    let paid = self.effects[option] * room * ahead - cell.costs[option] * price;
                    // Another visit in the same slot, or none.
                    let then = if to < level { now[to] } else { wait };
                    best = best.max(paid + then);
                    full |= to >= level;
                }
                if full {
                    // The table sees no lift; however many visits follow at once, together
                    // they lift by no more than there is room.
                    best = best.max(room * ahead - cheapest + wait);
                }
                now[level] = best;
            }
            std::mem::swap(&mut later, &mut now);
        }
        later[down(
            &self.levels,
            cell.protected * self.gain.left_after(self.slot_s),
        )]
        .max(0.0)
    }
}

/// The highest level that is no higher.
fn down(levels: &[f64], protection: f64) -> usize {
    levels
        .partition_point(|&level| level > protection)
        .min(levels.len() - 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::patrol::made_up::TownSize;
    use crate::patrol::made_up_rules::town_with_rules;
    use crate::patrol::search::anneal::search;
    use crate::patrol::search::budget::Budget;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(12))]

        #[test]
        fn no_plan_covers_more(
            seed in 0u64..10_000, units in 1usize..4, candidates in 1usize..20, hours in 0.3f64..5.0,
        ) {
            let size = TownSize { units, candidates, must_visits: 1, hours, side_m: 3000.0 };
            let problem = town_with_rules(size, seed).unwrap();
            let rounds = search(&problem, &Budget::iterations(200)).unwrap();
            let bound = most_covered(&problem, 0, &|| false).unwrap();
            prop_assert!(rounds.value <= bound + 1e-9, "{} {}", rounds.value, bound);
        }
    }
}
