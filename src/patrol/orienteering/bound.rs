//! A profit that no plan can exceed: the knapsack over the cheapest legs of each point.
//!
//! A route's length is the sum of half of the legs into and out of each of its points. So
//! each visit costs at least half of its cheapest leg in and its cheapest leg out, and what
//! all routes may cost together is known. The best fractional choice bounds every plan; it
//! is weak where points lie close together, and costs next to nothing.

use crate::patrol::orienteering::problem::TeamProblem;

/// Most profit that any plan can have, or more.
pub fn bound(problem: &TeamProblem) -> u64 {
    let end = problem.end();
    let limit = u64::from(problem.limit());
    let leg = |from: usize, to: usize| u64::from(problem.ticks(from, to));
    if problem.routes() == 0 || leg(0, end) > limit {
        return 0;
    }
    let inner: Vec<usize> = (1..end)
        .filter(|&p| problem.profit(p) > 0 && leg(0, p) + leg(p, end) <= limit)
        .collect();
    // Doubled, so that halves stay whole.
    let mut visits: Vec<(u64, u64)> = Vec::with_capacity(inner.len());
    let (mut first, mut last) = (u64::MAX, u64::MAX);
    for &point in &inner {
        let others = inner.iter().filter(|&&p| p != point);
        let (mut arrive, mut leave) = (leg(0, point), leg(point, end));
        first = first.min(arrive);
        last = last.min(leave);
        for &other in others {
            arrive = arrive.min(leg(other, point));
            leave = leave.min(leg(point, other));
        }
        visits.push((u64::from(problem.profit(point)), arrive + leave));
    }
    if visits.is_empty() {
        return 0;
    }
    // A route that visits nothing costs nothing here, but it earns nothing either.
    let routes = problem.routes().min(visits.len()) as u64;
    let mut left = routes * (2 * limit).saturating_sub(first + last);
    visits.sort_unstable_by(|a, b| (b.0 * a.1).cmp(&(a.0 * b.1)));
    let mut sum = 0;
    for (profit, cost) in visits {
        if cost > left {
            // A share of this one, rounded down: profits are whole.
            return sum + (u128::from(profit) * u128::from(left) / u128::from(cost)) as u64;
        }
        sum += profit;
        left -= cost;
    }
    sum
}
