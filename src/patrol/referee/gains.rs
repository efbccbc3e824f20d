//! Gains: the protection of each visited cell, replayed.

use std::collections::BTreeMap;

use crate::patrol::plan::{Stop, StopReason};
use crate::patrol::referee::Referee;
use crate::patrol::referee::places::Place;

impl Referee<'_> {
    /// Replays the protection of each visited cell.
    pub fn gains(&mut self) {
        let (problem, plan) = (self.problem, self.plan);
        let half_life = f64::from(problem.decay_half_life_ms) / 1000.0;
        let mut by_cell = BTreeMap::<usize, Vec<(f64, usize, f64, &Stop)>>::new();
        for seen in &self.seen {
            if let Place::Candidate(cell) = seen.place {
                let begin = seen.begins as f64 / 1000.0;
                let visits = by_cell.entry(cell).or_default();
                visits.push((begin, seen.unit, seen.stay as f64, seen.stop));
            }
        }
        let mut covered = 0.0;
        for (cell, mut visits) in by_cell {
            visits.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            let (mut level, mut last) = (problem.candidates[cell].protected, 0.0);
            for (earlier, &(begin, _, dwell, stop)) in visits.iter().enumerate() {
                level *= 2f64.powf(-(begin - last) / half_life);
                let effect = 1.0 - (-dwell / f64::from(problem.presence_ms)).exp();
                let gain = effect * (1.0 - level) * self.risk_ahead(cell, begin, half_life);
                level = 1.0 - (1.0 - level) * (1.0 - effect);
                last = begin;
                covered += gain;
                self.number(|| format!("gain at {}", stop.label), gain, stop.gain);
                self.reason(cell, begin, earlier, stop);
            }
        }
        self.number(|| "risk_covered".into(), covered, plan.risk_covered);
        self.number(|| "risk_total".into(), problem.risk_total, plan.risk_total);
        for stop in plan.routes.iter().flat_map(|r| &r.stops) {
            if stop.cell.is_none() {
                self.number(|| format!("gain at {}", stop.label), 0.0, stop.gain);
            }
        }
    }

    /// What a candidate's visits cover, each with its begin and stay in milliseconds.
    pub fn covered_by(&self, candidate: usize, visits: &mut [(i64, i64)]) -> f64 {
        let problem = self.problem;
        let half_life = f64::from(problem.decay_half_life_ms) / 1000.0;
        visits.sort_unstable();
        let (mut level, mut last, mut covered) =
            (problem.candidates[candidate].protected, 0.0, 0.0);
        for &mut (begins, stay) in visits {
            let begin = begins as f64 / 1000.0;
            level *= 2f64.powf(-(begin - last) / half_life);
            let effect = 1.0 - (-(stay as f64) / f64::from(problem.presence_ms)).exp();
            covered += effect * (1.0 - level) * self.risk_ahead(candidate, begin, half_life);
            level = 1.0 - (1.0 - level) * (1.0 - effect);
            last = begin;
        }
        covered
    }

    /// ∫ ρ(s)·2^(−(s−t)/H) ds from `t` to the window's end, hour by hour.
    fn risk_ahead(&self, cell: usize, t: f64, half_life: f64) -> f64 {
        let end = self.problem.window.length().0.floor();
        let risks = &self.problem.candidates[cell].risk_by_hour;
        let mut sum = 0.0;
        for (hour, risk) in risks.iter().enumerate() {
            let from = hour as f64 * 3600.0;
            let until = (from + 3600.0).min(end);
            if until <= t || until <= from {
                continue;
            }
            let rate = risk / (until - from);
            let left = |s: f64| 2f64.powf(-(s - t) / half_life);
            sum += rate * half_life / std::f64::consts::LN_2 * (left(from.max(t)) - left(until));
        }
        sum
    }

    fn reason(&mut self, cell: usize, begin: f64, earlier: usize, stop: &Stop) {
        let problem = self.problem;
        let hour = (begin / 3600.0) as usize;
        let candidate = &problem.candidates[cell];
        let StopReason::Risk {
            expected_in_hour,
            rank,
            of,
            earlier_visits,
        } = stop.reason
        else {
            return;
        };
        let said = [f64::from(rank), f64::from(of), f64::from(earlier_visits)];
        let true_rank = candidate.rank_by_hour.get(hour).copied().unwrap_or(0);
        let truth = [
            f64::from(true_rank),
            f64::from(problem.surface_cells),
            earlier as f64,
        ];
        for (said, truth) in said.into_iter().zip(truth) {
            self.number(|| format!("reason at {}", stop.label), truth, said);
        }
        let risk = candidate.risk_by_hour.get(hour).copied().unwrap_or(0.0);
        self.number(
            || format!("expected_in_hour at {}", stop.label),
            risk,
            expected_in_hour,
        );
    }
}
