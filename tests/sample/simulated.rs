//! The sample's true process by cell and hour, as the simulator draws from it, against what
//! the generator drew.

use frontbeat::app::sample::truth::{repeats, strata};
use frontbeat::calendar::window::Window;
use frontbeat::grid::hexgrid::HexGrid;
use frontbeat::patrol::simulator::handling::HandlingTime;
use frontbeat::patrol::simulator::process::CallProcess;
use jiff::SignedDuration;

use crate::made::{district, frontbeat, sample_file};

const DAYS: i64 = 84;

#[test]
fn the_strata_are_what_the_incidents_were_drawn_from() {
    let process = &district().process;
    let start = process.end() - SignedDuration::from_hours(24 * DAYS);
    let period = Window::new(start, process.end()).unwrap();
    let grid = HexGrid::cover(&district().boundary, 10, &[]).unwrap();
    let truth = CallProcess {
        strata: strata(process, &grid, period),
        repeats: Some(repeats(process, &grid)),
        handling: HandlingTime::default(),
    };
    assert_eq!(truth.check(grid.len(), 24 * DAYS as usize), Ok(()));
    let expected = truth.expected();
    let happened: Vec<usize> = district()
        .incidents
        .iter()
        .filter(|i| period.contains(i.at))
        .filter_map(|i| grid.index_at(i.position))
        .collect();
    let (total, seen): (f64, f64) = (expected.iter().sum(), happened.len() as f64);
    println!("MEASURED expected {total:.0}, happened {seen}");
    assert!((seen / total - 1.0).abs() < 0.06, "{seen} for {total}");
    // The truly hottest twentieth of the cells has as many incidents as it should.
    let mut order: Vec<usize> = (0..grid.len()).collect();
    order.sort_by(|&a, &b| expected[b].total_cmp(&expected[a]));
    let mut hot = vec![false; grid.len()];
    for &cell in &order[..grid.len() / 20] {
        hot[cell] = true;
    }
    let of_hot: f64 = order[..grid.len() / 20].iter().map(|&c| expected[c]).sum();
    let in_hot = happened.iter().filter(|&&c| hot[c]).count() as f64;
    let slack = 4.0 * in_hot.sqrt() + 0.06 * of_hot;
    println!("MEASURED in the hottest 5 %: expected {of_hot:.0}, happened {in_hot}");
    assert!((in_hot - of_hot).abs() < slack, "{in_hot} for {of_hot}");
    // And the hours: evenings of fights are later than mornings of fraud.
    let noon = |stratum: usize| -> f64 {
        let shares = &truth.strata[stratum].hour_shares;
        (0..shares.len())
            .filter(|h| (6..18).contains(&(h % 24)))
            .map(|h| shares[h])
            .sum()
    };
    let kind = |code| {
        process
            .truths()
            .iter()
            .position(|t| t.kind.code == code)
            .unwrap()
    };
    assert!(noon(kind("fraud/telecom")) > 0.6);
    assert!(noon(kind("public_order/fight")) < 0.3);
}

#[test]
fn the_command_draws_from_the_generator() {
    let path = sample_file().display().to_string();
    let simulate = |seed: &str| {
        frontbeat(&[
            "simulate",
            &path,
            "--days",
            "1",
            "--seeds",
            "1",
            "--policy",
            "station",
            "--truth",
            "generator",
            "--sample-seed",
            seed,
        ])
    };
    let done = simulate("7");
    let said = String::from_utf8_lossy(&done.stdout);
    assert!(done.status.success(), "{done:?}");
    assert!(said.contains("the sample's own process"), "{said}");
    let other = simulate("8");
    assert_eq!(other.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&other.stderr).contains("seed 8"));
}
