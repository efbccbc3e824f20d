//! What lasts is what the gain rule says of the same visits.

use proptest::prelude::*;

use super::*;
use crate::patrol::made_up::{TownSize, town};
use crate::patrol::plan_tests::on_the_map;
use crate::patrol::rules::gain::{CellVisit, GainRule};
use crate::patrol::search::anneal::search;
use crate::patrol::search::budget::Budget;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// A visit after the plan gains what its effect is worth on what is left: so the level
    /// before it can be read off the gain rule.
    #[test]
    fn as_the_gain_rule_has_it(seed in 0u64..1000, later_s in 0u32..7200) {
        let size = TownSize { units: 3, candidates: 12, must_visits: 1, hours: 3.0, side_m: 3000.0 };
        let problem = town(size, seed).unwrap();
        let rounds = search(&problem, &Budget::iterations(50)).unwrap();
        let plan = on_the_map(&problem, &rounds);
        let at_s = 3600 + later_s;
        let at = plan.window.start() + jiff::SignedDuration::from_secs(i64::from(at_s));
        let left = left_of(&plan, at, problem.presence_ms, problem.decay_half_life_ms);
        let mut rule = GainRule::new(&problem);
        for (c, candidate) in problem.candidates.iter().enumerate() {
            let mut visits: Vec<CellVisit> = Vec::new();
            for (unit, round) in rounds.of_unit.iter().enumerate() {
                for stop in round.iter().filter(|s| s.begin_s < at_s) {
                    if stop.what == crate::patrol::problem::StopFor::Candidate(c) {
                        let stay = stop.leave_s.min(at_s) - stop.begin_s;
                        let option = rule.made(stay);
                        visits.push(CellVisit { at: stop.begin_s, unit: unit as u32, option });
                    }
                }
            }
            visits.sort_by_key(|v| (v.at, v.unit));
            let option = rule.made(600);
            visits.push(CellVisit { at: at_s, unit: 99, option });
            let mut level = 0.0;
            rule.each(c as u32, &visits, |_, residual| level = residual);
            let found = left.get(&candidate.cell).copied().unwrap_or(0.0);
            prop_assert!((found - level).abs() < 1e-9, "{found} is not {level}");
        }
    }
}

#[test]
fn long_ago_is_nothing() {
    let size = TownSize {
        units: 2,
        candidates: 8,
        must_visits: 0,
        hours: 1.0,
        side_m: 2000.0,
    };
    let problem = town(size, 1).unwrap();
    let rounds = search(&problem, &Budget::iterations(20)).unwrap();
    let plan = on_the_map(&problem, &rounds);
    let after = |hours| plan.window.end() + jiff::SignedDuration::from_hours(hours);
    let at_once = left_of(&plan, after(0), 600_000, 3_600_000);
    assert!(at_once.values().any(|&level| level > 0.3));
    let later = left_of(&plan, after(12), 600_000, 3_600_000);
    assert!(later.values().all(|&level| level < 1e-3));
    assert!(left_of(&plan, plan.window.start(), 600_000, 3_600_000).is_empty());
}
