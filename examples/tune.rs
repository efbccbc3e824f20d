use frontbeat::patrol::made_up::{TownSize, town};
use frontbeat::patrol::search::{anneal::search, budget::Budget};
use std::time::Instant;
fn main() {
    let secs: f64 = std::env::args().nth(1).unwrap().parse().unwrap();
    let mut sum = 0.0;
    let mut n = 0.0;
    for seed in 0..3 {
        for (units, must) in [(6, 4), (24, 6)] {
            let size = TownSize {
                units,
                candidates: 400,
                must_visits: must,
                hours: 8.0,
                side_m: 9000.0,
            };
            let p = town(size, seed).unwrap();
            let t = Instant::now();
            let used = || t.elapsed().as_secs_f64() / secs;
            let r = search(&p, &Budget::time(&used)).unwrap();
            let stops: usize = r.of_unit.iter().map(Vec::len).sum();
            println!(
                "seed {seed} units {units}: first {:.4} value {:.4} (+{:.2}%) of {:.3} it {} ({:.0}/s) stops {stops} missed {} over {:.1} ms",
                r.first_value,
                r.value,
                (r.value / r.first_value - 1.0) * 100.0,
                p.risk_total,
                r.iterations,
                r.iterations as f64 / secs,
                r.missed.len(),
                (t.elapsed().as_secs_f64() - secs) * 1e3
            );
            sum += r.value / r.first_value;
            n += 1.0;
        }
    }
    println!("mean +{:.3}%", (sum / n - 1.0) * 100.0);
}
