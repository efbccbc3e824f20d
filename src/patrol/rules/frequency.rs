//! Frequency: between the begins of two visits to a point no more than its `every` passes,
//! nor from the last to the window's end. Any visit counts, whichever unit makes it and
//! whatever it was due for: also one that was asked for or pinned besides, which is a must-visit
//! of its own with the same id.
//!
//! The first visit of a window goes by the last one before it, where that is known: it is due
//! when the time since then runs out, and not in this window at all where that is after its
//! end. Nobody can be everywhere as a shift begins: a quarter of `every`, or of the window where
//! that is shorter, is always left for it, also where the time ran out before anybody worked.
//! Where no visit is known the clock begins with the window: the first visit is due within
//! `every`, and within the window at the latest.
//!
//! Plans are compared by how many seconds they are overdue, over all points and gaps.

use std::collections::BTreeMap;

use crate::patrol::problem::{MustVisit, PlanProblem};

/// The part of `every`, or of the window, that is always left for the first visit.
const LEFT_FOR_THE_FIRST: u32 = 4;

/// A point with a frequency; whole seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Watch {
    /// Which must-visit, in the problem's order.
    pub must_visit: u32,
    /// Its row in the matrix.
    pub point: u32,
    /// How long to stay.
    pub stay: u32,
    /// The longest gap allowed.
    pub every: u32,
    /// The first visit begins by then; at or after `end`, none is due in this window.
    pub first_by: u32,
    /// The window's end.
    pub end: u32,
}

/// Every point with a frequency, in the problem's order.
pub fn watches(problem: &PlanProblem) -> Vec<Watch> {
    (0..problem.must_visits.len())
        .filter_map(|must_visit| watch(problem, must_visit))
        .collect()
}

/// For each must-visit, the place in the list of the watch that visits to it count for.
pub fn watch_of_each(problem: &PlanProblem, watches: &[Watch]) -> Vec<Option<u32>> {
    let musts = &problem.must_visits;
    let of_id: BTreeMap<&str, u32> = (0..)
        .zip(watches)
        .map(|(number, watch)| (musts[watch.must_visit as usize].id.as_str(), number))
        .collect();
    let of_each = musts.iter().map(|must| {
        let watch = of_id.get(must.id.as_str()).copied()?;
        let watched = &musts[watches[watch as usize].must_visit as usize];
        watched.is_one_with(must).then_some(watch)
    });
    of_each.collect()
}

/// The frequency of a must-visit, if it has one.
pub fn watch(problem: &PlanProblem, must_visit: usize) -> Option<Watch> {
    let must = &problem.must_visits[must_visit];
    let every = must.every_ms? / 1000;
    let (stay, end) = (must.dwell_ms.div_ceil(1000), problem.window_s() as u32);
    Some(Watch {
        must_visit: must_visit as u32,
        point: problem.must_visit_point(must_visit) as u32,
        stay,
        every,
        first_by: first_by(must, every, stay, end),
        end,
    })
}

fn first_by(must: &MustVisit, every: u32, stay: u32, end: u32) -> u32 {
    match must.since_ms.map(|ms| ms.div_ceil(1000)) {
        Some(since) => every
            .saturating_sub(since)
            .max(every.min(end) / LEFT_FOR_THE_FIRST),
        None => every.min(end.saturating_sub(stay)),
    }
}

impl Watch {
    /// By how many seconds visits that begin at these seconds, ascending, leave it overdue.
    pub fn overdue(&self, begins: &[u32]) -> u64 {
        self.gaps(begins)
            .map(|(from, until)| self.excess(from, until))
            .sum()
    }

    /// The gap that is most overdue, if any is: from when until when nobody comes, in
    /// seconds since the window's start; the first may begin before it.
    pub fn worst(&self, begins: &[u32]) -> Option<(i64, i64)> {
        self.gaps(begins)
            .filter(|&(from, until)| self.excess(from, until) > 0)
            .max_by_key(|&(from, until)| (until - from, -from))
    }

    /// Every gap that is overdue, in order of time.
    pub fn overdue_gaps<'a>(
        &self,
        begins: &'a [u32],
    ) -> impl Iterator<Item = (i64, i64)> + use<'a> {
        let rule = *self;
        self.gaps(begins)
            .filter(move |&(from, until)| rule.excess(from, until) > 0)
    }

    /// By how many seconds a gap is too long.
    pub fn excess(&self, from: i64, until: i64) -> u64 {
        (until - from - i64::from(self.every)).max(0) as u64
    }

    fn gaps<'a>(&self, begins: &'a [u32]) -> impl Iterator<Item = (i64, i64)> + use<'a> {
        // As if there had been a visit after which the first one is due when it is.
        let first = i64::from(self.first_by) - i64::from(self.every);
        let end = i64::from(self.end);
        let froms = std::iter::once(first).chain(begins.iter().map(|&b| i64::from(b)));
        let untils = begins.iter().map(|&b| i64::from(b));
        froms.zip(untils.chain(std::iter::once(end)))
    }
}

#[cfg(test)]
#[path = "frequency_tests.rs"]
mod tests;
