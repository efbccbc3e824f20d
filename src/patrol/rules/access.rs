//! Who may stop where, for each unit and point: skills, beats and forbidden ground together.

use crate::patrol::problem::PlanProblem;
use crate::patrol::rules::beat;
use crate::patrol::rules::forbidden;
use crate::patrol::rules::skill;

/// One bit for each unit and point.
#[derive(Debug, Clone)]
pub struct Access {
    words: Vec<u64>,
    words_a_unit: usize,
    /// Whether every unit may stop everywhere.
    open: bool,
}

impl Access {
    /// Of a checked problem. Starts and other places are open to all.
    pub fn new(problem: &PlanProblem) -> Self {
        let points = problem.points();
        let words_a_unit = points.div_ceil(64);
        let mut access = Self {
            words: vec![u64::MAX; words_a_unit * problem.units.len()],
            words_a_unit,
            open: true,
        };
        let closed = forbidden::candidates(problem);
        for (u, unit) in problem.units.iter().enumerate() {
            let may = |needs: &[String], in_beat| {
                skill::suffices(&unit.skills, needs) && beat::allows(unit.beats.as_deref(), in_beat)
            };
            for (c, candidate) in problem.candidates.iter().enumerate() {
                if closed[c] || !may(&candidate.needs, candidate.beat) {
                    access.close(u, problem.candidate_point(c));
                }
            }
            for (m, must) in problem.must_visits.iter().enumerate() {
                if forbidden::is_in_area(problem, must.snap.position)
                    || !may(&must.needs, must.beat)
                {
                    access.close(u, problem.must_visit_point(m));
                }
            }
        }
        access
    }

    fn close(&mut self, unit: usize, point: usize) {
        self.words[unit * self.words_a_unit + point / 64] &= !(1 << (point % 64));
        self.open = false;
    }

    /// For each unit the number of those that may stop where it may, counted from 0; none at
    /// all where every unit may stop everywhere.
    pub fn classes(&self, units: usize) -> Vec<u32> {
        if self.open {
            return Vec::new();
        }
        let mut known: Vec<&[u64]> = Vec::new();
        let of_unit = |unit: usize| {
            let words = &self.words[unit * self.words_a_unit..(unit + 1) * self.words_a_unit];
            let class = known.iter().position(|other| *other == words);
            class.unwrap_or_else(|| {
                known.push(words);
                known.len() - 1
            }) as u32
        };
        (0..units).map(of_unit).collect()
    }

    /// Whether the unit may stop at the point.
    pub fn may(&self, unit: usize, point: u32) -> bool {
        self.open
            || self.words[unit * self.words_a_unit + point as usize / 64] & (1 << (point % 64)) != 0
    }
}
