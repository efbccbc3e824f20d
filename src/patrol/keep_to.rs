//! A plan that keeps to an earlier one of the same shift: the earlier rounds in the numbers
//! of the new problem, for the search to start from.

use std::collections::HashMap;

use crate::grid::cell::Cell;
use crate::patrol::basis::PlanBasis;
use crate::patrol::problem::{Pin, PlanProblem, StopFor};
use crate::patrol::rules::pin;
use crate::patrol::search::rounds::RoundStop;

/// The earlier plan's rounds, one a unit of the problem, in its order; empty for a unit that
/// the earlier plan did not have. Left out are stops at what the problem has no more, and
/// those at a cell that the problem wants from another unit, or from this one at another
/// time: it is there that the plans are to differ.
///
/// Both are of the same window: seconds are taken as they are.
pub fn rounds_kept_to(problem: &PlanProblem, earlier: &PlanBasis) -> Vec<Vec<RoundStop>> {
    let candidates = problem.candidates.iter().enumerate();
    let numbers = Renumbering {
        problem,
        was: &earlier.problem,
        candidates: candidates.map(|(number, at)| (at.cell, number)).collect(),
    };
    let units = problem.units.iter().enumerate();
    let rounds = units.map(|(unit, of)| {
        let before = numbers.was.units.iter().position(|other| other.id == of.id);
        let round = before.and_then(|number| earlier.rounds.get(number));
        let stops = round.map(Vec::as_slice).unwrap_or_default().iter();
        stops.filter_map(|stop| numbers.stop(unit, stop)).collect()
    });
    rounds.collect()
}

/// From one problem's numbers into another's.
struct Renumbering<'a> {
    problem: &'a PlanProblem,
    was: &'a PlanProblem,
    candidates: HashMap<Cell, usize>,
}

impl Renumbering<'_> {
    fn stop(&self, unit: usize, stop: &RoundStop) -> Option<RoundStop> {
        let mut stop = RoundStop {
            what: self.what(stop)?,
            ..*stop
        };
        if let StopFor::Candidate(_) = stop.what {
            let mut pins = self.problem.pins.iter().filter(|pin| pin.what == stop.what);
            let fits = |pin: &&Pin| {
                let begin_ms = stop.begin_s.saturating_mul(1000);
                pin.unit.is_none_or(|of| of == unit)
                    && (pin.window_ms.0..pin.window_ms.1).contains(&begin_ms)
            };
            match (pins.clone().any(|pin| fits(&pin)), pins.next()) {
                // A stop that is there as it is asked for is that stop, however long it was.
                (true, _) => stop.leave_s = stop.begin_s + pin::stay_s(self.problem),
                (false, Some(_)) => return None,
                (false, None) => {}
            }
        }
        Some(stop)
    }

    fn what(&self, stop: &RoundStop) -> Option<StopFor> {
        match stop.what {
            StopFor::Candidate(number) => {
                let cell = self.was.candidates.get(number)?.cell;
                Some(StopFor::Candidate(*self.candidates.get(&cell)?))
            }
            StopFor::MustVisit { must_visit, window } => {
                self.visit(must_visit, window, stop.begin_s)
            }
            // The search places breaks by itself.
            StopFor::Break(_) => None,
        }
    }

    /// The visit that is asked for now at the same point: for the same window, or else in one
    /// in which it would begin; a visit for a frequency is for the frequency again. A point
    /// may be asked for in several ways, and their numbers are those of their problem.
    fn visit(&self, was: usize, window: usize, begin_s: u32) -> Option<StopFor> {
        let before = self.was.must_visits.get(was)?;
        let same = || {
            let now = self.problem.must_visits.iter().enumerate();
            now.filter(|(_, must)| must.is_one_with(before))
        };
        let in_window = |holds: &dyn Fn(&(u32, u32)) -> bool| {
            same().find_map(|(must_visit, must)| {
                let window = must.windows_ms.iter().position(holds)?;
                Some(StopFor::MustVisit { must_visit, window })
            })
        };
        let for_frequency = || {
            let (must_visit, must) = same().find(|(_, must)| must.every_ms.is_some())?;
            let window = must.windows_ms.len();
            Some(StopFor::MustVisit { must_visit, window })
        };
        let begin_ms = begin_s.saturating_mul(1000);
        match before.windows_ms.get(window) {
            Some(of) => in_window(&|other| other == of)
                .or_else(|| in_window(&|other| (other.0..other.1).contains(&begin_ms)))
                .or_else(for_frequency),
            None => for_frequency()
                .or_else(|| in_window(&|other| (other.0..other.1).contains(&begin_ms))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::patrol::made_up::TownSize;
    use crate::patrol::made_up_rules::town_with_rules;
    use crate::patrol::search::anneal::search;
    use crate::patrol::search::budget::Budget;

    fn planned(seed: u64) -> PlanBasis {
        let size = TownSize {
            units: 4,
            candidates: 40,
            must_visits: 3,
            hours: 6.0,
            side_m: 4000.0,
        };
        let problem = town_with_rules(size, seed).unwrap();
        let rounds = search(&problem, &Budget::iterations(300)).unwrap();
        PlanBasis {
            problem,
            rounds: rounds.of_unit,
            not_posed: Vec::new(),
            roads: String::new(),
        }
    }

    /// What is kept of a round: all but breaks, and cells that are pinned for others.
    fn all_but_breaks(round: &[RoundStop]) -> Vec<StopFor> {
        let stops = round.iter().map(|stop| stop.what);
        stops
            .filter(|what| !matches!(what, StopFor::Break(_)))
            .collect()
    }

    #[test]
    fn of_the_same_problem_all_is_kept() {
        for seed in 0..4 {
            let mut basis = planned(seed);
            basis.problem.pins.clear();
            let kept = rounds_kept_to(&basis.problem, &basis);
            for (now, was) in kept.iter().zip(&basis.rounds) {
                let now: Vec<StopFor> = now.iter().map(|stop| stop.what).collect();
                assert_eq!(now, all_but_breaks(was), "seed {seed}");
            }
        }
    }

    #[test]
    fn visits_find_their_point_whatever_its_number() {
        let basis = planned(1);
        let mut problem = basis.problem.clone();
        problem.pins.clear();
        // A post asked for once more, before all others, and in a window that no visit is in.
        let mut more = problem.must_visits[0].clone();
        more.windows_ms = vec![(1, 2)];
        more.every_ms = None;
        problem.must_visits.insert(0, more);
        let kept = rounds_kept_to(&problem, &basis);
        let mut visits = 0;
        for (now, was) in kept.iter().zip(&basis.rounds) {
            let was: Vec<&RoundStop> = was
                .iter()
                .filter(|stop| matches!(stop.what, StopFor::MustVisit { .. }))
                .collect();
            let now: Vec<&RoundStop> = now
                .iter()
                .filter(|stop| matches!(stop.what, StopFor::MustVisit { .. }))
                .collect();
            assert_eq!(now.len(), was.len());
            for (now, was) in now.iter().zip(was) {
                visits += 1;
                let (
                    StopFor::MustVisit { must_visit, window },
                    StopFor::MustVisit {
                        must_visit: before,
                        window: in_window,
                    },
                ) = (now.what, was.what)
                else {
                    panic!("no visits");
                };
                assert_eq!((must_visit, window), (before + 1, in_window));
            }
        }
        assert!(visits > 0);
    }

    #[test]
    fn a_cell_that_another_unit_is_to_stop_at_is_left_out() {
        let mut basis = planned(2);
        basis.problem.pins.clear();
        let of_cell = |stop: &&RoundStop| matches!(stop.what, StopFor::Candidate(_));
        let stop = *basis.rounds[0].iter().find(of_cell).unwrap();
        let mut problem = basis.problem.clone();
        problem.pins.push(Pin {
            what: stop.what,
            unit: Some(1),
            window_ms: (0, 21_600_000),
        });
        let kept = rounds_kept_to(&problem, &basis);
        let has = |round: &[RoundStop]| round.iter().any(|other| other.what == stop.what);
        assert!(!has(&kept[0]));
        // Pinned for its own unit it is that stop, as long as a pin asks for.
        problem.pins[0].unit = Some(0);
        let kept = rounds_kept_to(&problem, &basis);
        let kept = kept[0]
            .iter()
            .find(|other| other.what == stop.what)
            .unwrap();
        assert_eq!(kept.leave_s - kept.begin_s, pin::stay_s(&problem));
    }
}
