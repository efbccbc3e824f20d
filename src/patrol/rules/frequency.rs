//! Frequency: between the begins of two visits to a point no more than its `every` passes,
//! nor from the window's start to the first or from the last to the window's end. Any visit
//! counts, whichever unit makes it and whatever it was due for.
//!
//! Plans are compared by how many seconds they are overdue, over all points and gaps.

use crate::patrol::problem::PlanProblem;

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
    /// How long before the window's start it was visited last.
    pub since: u32,
    /// The window's end.
    pub end: u32,
}

/// Every point with a frequency, in the problem's order.
pub fn watches(problem: &PlanProblem) -> Vec<Watch> {
    let musts = problem.must_visits.iter().enumerate();
    musts
        .filter_map(|(m, must)| {
            Some(Watch {
                must_visit: m as u32,
                point: problem.must_visit_point(m) as u32,
                stay: must.dwell_ms.div_ceil(1000),
                every: must.every_ms? / 1000,
                since: must.since_ms.div_ceil(1000),
                end: problem.window_s() as u32,
            })
        })
        .collect()
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
        let first = -i64::from(self.since);
        let end = i64::from(self.end);
        let froms = std::iter::once(first).chain(begins.iter().map(|&b| i64::from(b)));
        let untils = begins.iter().map(|&b| i64::from(b));
        froms.zip(untils.chain(std::iter::once(end)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_at_both_ends_count() {
        let watch = Watch {
            must_visit: 0,
            point: 0,
            stay: 600,
            every: 7200,
            since: 0,
            end: 28_800,
        };
        assert_eq!(watch.overdue(&[7200, 14_400, 21_600]), 0);
        assert_eq!(watch.overdue(&[7200, 14_400]), 7200);
        assert_eq!(watch.worst(&[7200, 14_400]), Some((14_400, 28_800)));
        assert_eq!(watch.overdue(&[7201, 14_400, 21_600]), 1);
        assert_eq!(watch.overdue(&[]), 21_600);
        let late = Watch {
            since: 3600,
            ..watch
        };
        assert_eq!(late.overdue(&[7200, 14_400, 21_600]), 3600);
        assert_eq!(watch.worst(&[7200, 14_400, 21_600]), None);
    }
}
