//! The patrol search on a made-up town of 24 units, 400 candidates and an 8-hour shift:
//! time of a thousand iterations, value against the greedy first plan, and replanning.

use std::hint::black_box;
use std::time::Instant;

use criterion::{Criterion, criterion_group, criterion_main};
use frontbeat::patrol::made_up::{TownSize, town};
use frontbeat::patrol::problem::PlanProblem;
use frontbeat::patrol::replan::change::Change;
use frontbeat::patrol::replan::replan::{Present, ReplanSettings, replan};
use frontbeat::patrol::search::anneal::search;
use frontbeat::patrol::search::budget::Budget;

fn large_town(seed: u64) -> PlanProblem {
    let size = TownSize {
        units: 24,
        candidates: 400,
        must_visits: 6,
        hours: 8.0,
        side_m: 9000.0,
    };
    town(size, seed).expect("the shift has a length")
}

fn speed(criterion: &mut Criterion) {
    let problem = large_town(1);
    let mut group = criterion.benchmark_group("patrol");
    group.sample_size(10);
    group.bench_function("first plan", |b| {
        b.iter(|| search(black_box(&problem), &Budget::iterations(0)));
    });
    group.bench_function("first plan and 1000 iterations", |b| {
        b.iter(|| search(black_box(&problem), &Budget::iterations(1000)));
    });
    group.finish();
}

/// Prints a table: what half a second, two and five seconds add to the greedy plan.
fn value(_: &mut Criterion) {
    for seconds in [0.5, 2.0, 5.0] {
        for seed in 0..3 {
            let problem = large_town(seed);
            let start = Instant::now();
            let used = || start.elapsed().as_secs_f64() / seconds;
            let rounds = search(&problem, &Budget::time(&used)).expect("a sound problem");
            println!(
                "town {seed}, {seconds} s: greedy {:.3}, found {:.3} (+{:.2} %) of {:.1}; {:.0} iterations/s, {:.1} ms over",
                rounds.first_value,
                rounds.value,
                100.0 * (rounds.value / rounds.first_value - 1.0),
                problem.risk_total,
                rounds.iterations as f64 / seconds,
                (start.elapsed().as_secs_f64() - seconds) * 1000.0,
            );
        }
    }
}

/// Prints a table: what a unit that is sent to a call leaves, by how long others may think.
fn replanning(_: &mut Criterion) {
    for milliseconds in [0.0, 50.0, 100.0, 250.0] {
        for seed in 0..3 {
            let problem = large_town(seed);
            let rounds = search(&problem, &Budget::iterations(20_000)).expect("a sound problem");
            let present = Present {
                problem: &problem,
                rounds: &rounds.of_unit,
                now_s: 7200,
            };
            let change = Change::SentToCall {
                unit: 5,
                back: None,
            };
            let start = Instant::now();
            let used = || (start.elapsed().as_secs_f64() * 1000.0 / milliseconds).min(1.0);
            let settings = ReplanSettings::default();
            let nothing_new = |_: &[_], _: &[_]| unreachable!("no new points");
            let budget = Budget::time(&used);
            let new = replan(&present, &change, &nothing_new, &settings, &budget)
                .expect("a sound change");
            println!(
                "town {seed}, {milliseconds} ms: {:.1} ms in all; {:.3} covered before, {:.3} carried on, {:.3} replanned; {:.1} % of stops changed",
                start.elapsed().as_secs_f64() * 1000.0,
                rounds.value,
                new.carried_on,
                new.rounds.value,
                100.0 * new.stability.changed_share(),
            );
        }
    }
}

criterion_group!(benches, speed, value, replanning);
criterion_main!(benches);
