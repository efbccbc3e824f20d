//! The gain against a plain numerical integral, and what it promises.

use proptest::prelude::*;

use crate::patrol::made_up::{TownSize, town};
use crate::patrol::problem::PlanProblem;
use crate::patrol::rules::gain::{CellVisit, GainRule};

fn problem(hours: f64, risks: &[f64]) -> PlanProblem {
    let size = TownSize {
        units: 1,
        candidates: 1,
        must_visits: 0,
        hours,
        side_m: 1000.0,
    };
    let mut problem = town(size, 3).unwrap();
    let hours = problem.hours();
    problem.candidates[0].risk_by_hour = (0..hours).map(|h| risks[h % risks.len()]).collect();
    problem
}

/// ∫ ρ·L by steps of a second, the level kept by hand.
fn by_steps(problem: &PlanProblem, visits: &[CellVisit]) -> f64 {
    let end = problem.window_s() as u32;
    let half = f64::from(problem.decay_half_life_ms) / 1000.0;
    let (mut level, mut sum) = (0.0, 0.0);
    for s in 0..end {
        for visit in visits.iter().filter(|v| v.at == s) {
            let dwell = f64::from(problem.dwell_options_ms[usize::from(visit.option)]);
            let effect = 1.0 - (-dwell / f64::from(problem.presence_ms)).exp();
            level += effect * (1.0 - level);
        }
        let hour = (s / 3600) as usize;
        let length = (end - s / 3600 * 3600).min(3600);
        let after = level * (-1.0 / half).exp2();
        sum += problem.candidates[0].risk_by_hour[hour] / f64::from(length) * (level + after) / 2.0;
        level = after;
    }
    sum
}

fn visits(times: &[(u32, u16)], end: u32) -> Vec<CellVisit> {
    let mut visits: Vec<CellVisit> = times
        .iter()
        .enumerate()
        .map(|(unit, &(at, option))| CellVisit {
            at: at % end,
            unit: unit as u32,
            option,
        })
        .collect();
    visits.sort_by_key(|v| (v.at, v.unit));
    visits
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn value_is_the_integral(
        times in prop::collection::vec((0u32..20_000, 0u16..3), 0..6),
        risks in prop::collection::vec(0.0f64..2.0, 1..6),
        hours in 0.3f64..5.0,
    ) {
        let problem = problem(hours, &risks);
        let visits = visits(&times, problem.window_s() as u32);
        let value = GainRule::new(&problem).value(0, &visits);
        let truth = by_steps(&problem, &visits);
        prop_assert!((value - truth).abs() <= 1e-6 * (1.0 + truth), "{value} {truth}");
        let all: f64 = problem.candidates[0].risk_by_hour.iter().sum();
        prop_assert!(value <= all);
    }

    #[test]
    fn marginal_is_the_difference_and_never_negative_and_falls(
        times in prop::collection::vec((0u32..20_000, 0u16..3), 0..6),
        more in (0u32..20_000, 0u16..3),
        risks in prop::collection::vec(0.0f64..2.0, 1..6),
    ) {
        let problem = problem(4.5, &risks);
        let end = problem.window_s() as u32;
        let rule = GainRule::new(&problem);
        let few = visits(&times, end);
        let (at, option) = (more.0 % end, more.1);
        let marginal = rule.marginal(0, &few, at, option);
        let mut with = few.clone();
        with.push(CellVisit { at, unit: 99, option });
        with.sort_by_key(|v| (v.at, v.unit));
        let difference = rule.value(0, &with) - rule.value(0, &few);
        prop_assert!((marginal - difference).abs() < 1e-9, "{marginal} {difference}");
        prop_assert!(marginal >= 0.0 && difference > -1e-12);
        // Submodular: the same stop adds no more to a plan that has more stops.
        for gone in 0..few.len() {
            let mut fewer = few.clone();
            fewer.remove(gone);
            prop_assert!(rule.marginal(0, &fewer, at, option) >= marginal - 1e-12);
        }
    }
}

#[test]
fn the_second_visit_gains_less_whoever_comes() {
    let problem = problem(8.0, &[0.5]);
    let rule = GainRule::new(&problem);
    let at = |at, unit| CellVisit {
        at,
        unit,
        option: 1,
    };
    let first = rule.marginal(0, &[], 7200, 1);
    for earlier in [at(3600, 0), at(3600, 1), at(7200, 1)] {
        assert!(rule.marginal(0, &[earlier], 7200, 1) < first * 0.7);
    }
    // Long after, nearly all of it is there again.
    assert!(rule.marginal(0, &[at(0, 0)], 7200, 1) > first * 0.8);
}

#[test]
fn effect_is_concave_in_dwell() {
    let rule = GainRule::new(&problem(1.0, &[1.0]));
    let [a, b, c] = [rule.effect(0), rule.effect(1), rule.effect(2)];
    assert!(a < b && b < c && c < 1.0);
    assert!((b - a) / 2.0 > (c - b) / 3.0);
}
