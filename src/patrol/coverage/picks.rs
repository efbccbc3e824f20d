//! The best k of many places, given who stands already: the common core of standing and
//! siting.
//!
//! Expected coverage is monotone and submodular (another unit never hurts, and adds less
//! the more there are). So: lazy greedy (Minoux 1978), which is within 1 − 1/e of the best
//! (Nemhauser, Wolsey & Fisher 1978); exchange of one place for another until none helps;
//! then branch and bound, with the sum of the next best gains as bound, until it is proved
//! or its work is used up. Work is counted in demand points looked at, not in time, so that
//! the answer is the same on every machine.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use crate::patrol::coverage::expected::CoverCounts;
use crate::patrol::coverage::rings::{CoverageFault, Reach};

/// Scores that differ by less are equal: sums of a few thousand roundings.
pub const TIE: f64 = 1e-12;

/// Points that a search may look at; about a second of one core.
pub const DEFAULT_WORK: u64 = 300_000_000;

/// What to choose from, and what may be chosen.
pub struct Choice<'a> {
    /// What each place reaches.
    pub places: &'a [Reach],
    /// How many at most.
    pub most: usize,
    /// Whether a place may be chosen more than once.
    pub again: bool,
    /// What a choice costs; none where it can't be had. Less is better among equal scores.
    pub cost: &'a dyn Fn(&[usize]) -> Option<u64>,
}

/// A choice of places.
#[derive(Debug, Clone, PartialEq)]
pub struct Picks {
    /// Places, in the order they were chosen.
    pub places: Vec<usize>,
    /// The weighed score with them.
    pub score: f64,
    /// What it costs.
    pub cost: u64,
}

/// What remains of the work that a search may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Work {
    left: u64,
    spent_up: bool,
}

impl Work {
    /// So many demand points may be looked at.
    pub fn new(points: u64) -> Self {
        Self {
            left: points,
            spent_up: false,
        }
    }

    /// Whether something was left undone for want of work.
    pub fn is_spent_up(&self) -> bool {
        self.spent_up
    }

    /// Takes from what is left; false once there is not enough.
    pub fn take(&mut self, points: usize) -> bool {
        match self.left.checked_sub(points as u64 + 1) {
            Some(left) => self.left = left,
            None => self.spent_up = true,
        }
        !self.spent_up
    }
}

/// Greedy: at each step the place that adds most, as long as one adds anything and can be
/// had. `counts` is as before afterwards.
///
/// # Errors
/// [`CoverageFault::Row`] where a place is one of other demand points.
pub fn greedy(counts: &mut CoverCounts, choice: &Choice<'_>) -> Result<Picks, CoverageFault> {
    let mut chosen: Vec<usize> = Vec::new();
    // Gains at an earlier step are bounds at a later one.
    let mut bounds: Vec<(f64, usize)> = (0..choice.places.len())
        .map(|i| (f64::INFINITY, i))
        .collect();
    while chosen.len() < choice.most {
        bounds.sort_by(by_gain);
        let mut best: Option<(f64, usize)> = None;
        for bound in &mut bounds {
            if best.is_some_and(|b| by_gain(&b, bound) == Ordering::Less) {
                break;
            }
            if !choice.again && chosen.contains(&bound.1) {
                continue;
            }
            bound.0 = counts.gain(&choice.places[bound.1]);
            let better = best.is_none_or(|b| by_gain(bound, &b) == Ordering::Less);
            if bound.0 > TIE && better {
                chosen.push(bound.1);
                if (choice.cost)(&chosen).is_some() {
                    best = Some(*bound);
                }
                chosen.pop();
            }
        }
        let Some((_, place)) = best else { break };
        counts.add(&choice.places[place])?;
        chosen.push(place);
    }
    let score = counts.score();
    for &place in &chosen {
        counts.remove(&choice.places[place])?;
    }
    Ok(Picks {
        cost: (choice.cost)(&chosen).unwrap_or(0),
        places: chosen,
        score,
    })
}

/// Exchanges a chosen place for another (or for none that was missing) as long as that
/// raises the score. `counts` is as before afterwards.
///
/// # Errors
/// [`CoverageFault::Row`].
pub fn exchange(
    counts: &mut CoverCounts,
    choice: &Choice<'_>,
    start: &Picks,
    work: &mut Work,
) -> Result<Picks, CoverageFault> {
    let mut chosen = start.places.clone();
    for &place in &chosen {
        counts.add(&choice.places[place])?;
    }
    let mut improved = true;
    while improved && !work.is_spent_up() {
        improved = false;
        for slot in 0..chosen.len() {
            let before = chosen[slot];
            counts.remove(&choice.places[before])?;
            let mut best = (counts.gain(&choice.places[before]), before);
            for (place, reach) in choice.places.iter().enumerate() {
                if !work.take(reach.points().len()) {
                    break;
                }
                if !choice.again && chosen.contains(&place) {
                    continue;
                }
                let gain = counts.gain(reach);
                if gain > best.0 + TIE {
                    chosen[slot] = place;
                    if (choice.cost)(&chosen).is_some() {
                        best = (gain, place);
                    }
                }
            }
            chosen[slot] = best.1;
            improved |= best.1 != before;
            counts.add(&choice.places[best.1])?;
        }
    }
    let score = counts.score();
    for &place in &chosen {
        counts.remove(&choice.places[place])?;
    }
    Ok(Picks {
        cost: (choice.cost)(&chosen).unwrap_or(0),
        places: chosen,
        score,
    })
}

/// No choice of `most` places can score more than this.
pub fn upper_bound(counts: &CoverCounts, choice: &Choice<'_>) -> f64 {
    let places = choice.places.iter();
    let mut gains: Vec<f64> = places.map(|reach| counts.gain(reach)).collect();
    gains.sort_by(|a, b| b.total_cmp(a));
    let busy = counts.rings().busy();
    counts.score() + top_sum(gains.into_iter(), choice.most, choice.again, busy)
}

/// Looks for something better than `incumbent` until it is proved that there is nothing or
/// the work is used up ([`Work::is_spent_up`]). `counts` is as before afterwards.
///
/// # Errors
/// [`CoverageFault::Row`].
pub fn branch_and_bound(
    counts: &mut CoverCounts,
    choice: &Choice<'_>,
    incumbent: &mut Picks,
    work: &mut Work,
) -> Result<(), CoverageFault> {
    let all: Vec<Bound> = (0..choice.places.len()).map(Bound::unknown).collect();
    let mut chosen = Vec::new();
    branch(counts, choice, &all, &mut chosen, incumbent, work)
}

/// What a place can add at most: its gain here, or, not fresh, with fewer places chosen.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Bound {
    gain: f64,
    place: usize,
    fresh: bool,
}

impl Bound {
    fn unknown(place: usize) -> Self {
        Self {
            gain: f64::INFINITY,
            place,
            fresh: false,
        }
    }
}

impl Eq for Bound {}

impl Ord for Bound {
    /// The largest first; of equal ones the lower number.
    fn cmp(&self, other: &Self) -> Ordering {
        let by_gain = self.gain.total_cmp(&other.gain);
        by_gain.then_with(|| other.place.cmp(&self.place))
    }
}

impl PartialOrd for Bound {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Goes through all choices that start with `chosen` and go on with `allowed`. Gains only
/// fall as places are chosen, so those of the node above are bounds here, and only the few
/// largest must be computed anew.
fn branch(
    counts: &mut CoverCounts,
    choice: &Choice<'_>,
    allowed: &[Bound],
    chosen: &mut Vec<usize>,
    incumbent: &mut Picks,
    work: &mut Work,
) -> Result<(), CoverageFault> {
    let score = counts.score();
    take_if_better(choice, chosen, score, incumbent);
    let left = choice.most - chosen.len();
    if left == 0 {
        return Ok(());
    }
    let stale = |bound: &Bound| Bound {
        fresh: false,
        ..*bound
    };
    let mut bounds: BinaryHeap<Bound> = allowed.iter().map(stale).collect();
    let busy = counts.rings().busy();
    loop {
        // The largest of all, fresh.
        let mut top: Vec<Bound> = Vec::with_capacity(left);
        while top.len() < left {
            let Some(mut bound) = bounds.pop() else { break };
            if bound.fresh {
                top.push(bound);
                continue;
            }
            let reach = &choice.places[bound.place];
            if !work.take(reach.points().len()) {
                return Ok(());
            }
            (bound.gain, bound.fresh) = (counts.gain(reach), true);
            bounds.push(bound);
        }
        let Some(&first) = top.first() else { break };
        // What starts with this place holds none of those gone through before it.
        let sum = top_sum(top.iter().map(|b| b.gain), left, choice.again, busy);
        if score + sum <= incumbent.score + TIE {
            break;
        }
        bounds.extend(&top[1..]);
        chosen.push(first.place);
        if left == 1 {
            take_if_better(choice, chosen, score + first.gain, incumbent);
        } else {
            let itself = choice.again.then_some(first);
            let rest: Vec<Bound> = bounds.iter().copied().chain(itself).collect();
            counts.add(&choice.places[first.place])?;
            branch(counts, choice, &rest, chosen, incumbent, work)?;
            counts.remove(&choice.places[first.place])?;
        }
        chosen.pop();
        if work.is_spent_up() {
            break;
        }
    }
    Ok(())
}

fn take_if_better(choice: &Choice<'_>, chosen: &[usize], score: f64, incumbent: &mut Picks) {
    if score + TIE < incumbent.score {
        return;
    }
    let Some(cost) = (choice.cost)(chosen) else {
        return;
    };
    if score > incumbent.score + TIE || cost < incumbent.cost {
        *incumbent = Picks {
            places: chosen.to_vec(),
            score,
            cost,
        };
    }
}

/// More first; of equal ones the lower number.
fn by_gain(a: &(f64, usize), b: &(f64, usize)) -> Ordering {
    b.0.total_cmp(&a.0).then(a.1.cmp(&b.1))
}

/// The most that `most` places can add: their gains, largest first, as if none took from
/// another; a place that is chosen again adds `busy` times what it added before.
fn top_sum(sorted: impl Iterator<Item = f64>, most: usize, again: bool, busy: f64) -> f64 {
    if !again || busy == 0.0 {
        return sorted.take(most).sum();
    }
    // The next copies of the first places, each list falling: merged.
    let mut next: Vec<f64> = sorted.take(most).collect();
    let mut sum = 0.0;
    for _ in 0..most {
        let first = (0..next.len()).max_by(|&a, &b| next[a].total_cmp(&next[b]).then(b.cmp(&a)));
        let Some(first) = first else { break };
        sum += next[first];
        next[first] *= busy;
    }
    sum
}

#[cfg(test)]
#[path = "picks_tests.rs"]
mod tests;
