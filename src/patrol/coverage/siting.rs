//! Where would new posts or pillars help most? The best k of many candidate sites, and the
//! gain of the first, the second, … k-th.
//!
//! The gain curve is greedy's: the order in which to build, each site the best given those
//! before it. What that order leaves out is shown beside it: the best choice found for that
//! number (exchange, then branch and bound), and a bound that no choice can exceed. The
//! bound is the least of f(S) + Σ of the k largest gains at S over the greedy sets S, which
//! is far tighter than greedy's guarantee of 1 − 1/e (Nemhauser, Wolsey & Fisher 1978;
//! the bound after Leskovec et al. 2007).

use crate::patrol::coverage::expected::CoverCounts;
use crate::patrol::coverage::picks::{
    Choice, Picks, Work, branch_and_bound, exchange, greedy, upper_bound,
};
use crate::patrol::coverage::rings::{CoverageFault, Reach};

/// The first so many sites, and the best so many.
#[derive(Debug, Clone, PartialEq)]
pub struct SitingStep {
    /// How many new sites.
    pub count: usize,
    /// The site that comes next in the order of building; none where none adds anything.
    pub next: Option<usize>,
    /// Expected share of each ring with the sites so far in that order.
    pub shares: Vec<f64>,
    /// The same, weighed to one number.
    pub score: f64,
    /// The best choice of so many sites that was found, ascending.
    pub best: Vec<usize>,
    /// Its score.
    pub best_score: f64,
    /// No choice of so many sites scores more.
    pub bound: f64,
    /// Whether it is proved that none scores more than the best found.
    pub proved: bool,
}

/// The best new sites for each number up to `most`, beside those that `base` holds.
/// `work` is the demand points that may be looked at for each number.
///
/// # Errors
/// [`CoverageFault::Row`] where a site is one of other demand points.
pub fn site(
    base: &CoverCounts,
    sites: &[Reach],
    most: usize,
    work: u64,
) -> Result<Vec<SitingStep>, CoverageFault> {
    let free = |_: &[usize]| Some(0);
    let choice = |most: usize| Choice {
        places: sites,
        most,
        again: false,
        cost: &free,
    };
    let most = most.min(sites.len());
    let order = greedy(&mut base.clone(), &choice(most))?.places;
    let mut counts = base.clone();
    let mut bounds = vec![f64::INFINITY; most + 1];
    lower(&mut bounds, &counts, &choice);
    let mut steps = Vec::with_capacity(most);
    let mut last: Option<Picks> = None;
    for count in 1..=most {
        let next = order.get(count - 1).copied();
        if let Some(next) = next {
            counts.add(&sites[next])?;
            lower(&mut bounds, &counts, &choice);
        }
        let so_far = Picks {
            places: order.iter().take(count).copied().collect(),
            score: counts.score(),
            cost: 0,
        };
        // What was best for one fewer, and the next one best with it, may beat the order.
        let mut best = so_far.clone();
        if let Some(last) = &last {
            let extended = extend(base, &choice(count), last)?;
            if extended.score > best.score {
                best = extended;
            }
        }
        let mut work = Work::new(work);
        let from = &mut base.clone();
        let mut best = exchange(from, &choice(count), &best, &mut work)?;
        branch_and_bound(from, &choice(count), &mut best, &mut work)?;
        let proved = !work.is_spent_up();
        last = Some(best.clone());
        let mut chosen = best.places;
        chosen.sort_unstable();
        steps.push(SitingStep {
            count,
            next,
            shares: counts.shares(),
            score: so_far.score,
            best: chosen,
            best_score: best.score,
            bound: bounds[count],
            proved,
        });
    }
    // The bounds of small numbers are lowered by later greedy sets too.
    for step in &mut steps {
        let bound = if step.proved {
            step.best_score
        } else {
            bounds[step.count]
        };
        step.bound = bound.max(step.best_score);
    }
    Ok(steps)
}

/// Adds greedily to a choice of fewer places.
fn extend(base: &CoverCounts, choice: &Choice<'_>, from: &Picks) -> Result<Picks, CoverageFault> {
    let mut counts = base.clone();
    for &place in &from.places {
        counts.add(&choice.places[place])?;
    }
    let rest = Choice {
        places: choice.places,
        most: choice.most.saturating_sub(from.places.len()),
        again: choice.again,
        cost: &|more| (!more.iter().any(|p| from.places.contains(p))).then_some(0),
    };
    let more = greedy(&mut counts, &rest)?;
    let mut places = from.places.clone();
    places.extend(more.places);
    Ok(Picks {
        places,
        score: more.score,
        cost: 0,
    })
}

fn lower<'a>(bounds: &mut [f64], counts: &CoverCounts, choice: &impl Fn(usize) -> Choice<'a>) {
    for (count, bound) in bounds.iter_mut().enumerate() {
        *bound = bound.min(upper_bound(counts, &choice(count)));
    }
}

#[cfg(test)]
#[path = "siting_tests.rs"]
mod tests;
