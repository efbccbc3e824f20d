//! What a run of instances tells: gaps, their mean and worst, and the instances that others'
//! figures are published for.

/// The 24 instances of Chao's sets 4 to 7 that other planners were measured on.
pub const COMPARED: [&str; 24] = [
    "p4.2.j", "p4.2.p", "p4.2.r", "p4.3.l", "p4.3.r", "p4.4.k", "p4.4.p", "p4.4.r", "p5.2.t",
    "p5.3.u", "p5.3.x", "p5.4.q", "p5.4.v", "p5.4.y", "p6.2.l", "p6.3.m", "p6.4.l", "p7.2.o",
    "p7.2.t", "p7.3.p", "p7.3.t", "p7.4.m", "p7.4.p", "p7.4.t",
];

/// What another planner reached on [`COMPARED`], measured on two cores, one used.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Peer {
    /// Its name and version.
    pub name: &'static str,
    /// Its time for an instance.
    pub limit: &'static str,
    /// Mean gap, per cent.
    pub mean: f64,
    /// Worst gap, per cent; none where only a mean is published.
    pub max: Option<f64>,
}

/// The others.
pub const PEERS: [Peer; 11] = [
    peer(
        "PyVRP 0.14.1, prizes × 0.03·m·Tmax",
        "1 s",
        1.87,
        Some(7.77),
    ),
    peer("PyVRP 0.14.1, prizes × m·Tmax", "10 s", 0.71, Some(5.91)),
    peer("VROOM 1.15", "1.5 s", 2.37, Some(8.48)),
    peer("vrp-cli 1.25", "1 s", 2.78, Some(10.94)),
    peer("vrp-cli 1.25", "10 s", 1.29, Some(4.15)),
    peer("OR-tools 9.15", "1 s", 9.53, Some(31.5)),
    peer("OR-tools 9.15", "10 s", 6.29, Some(16.8)),
    peer("Vansteenwegen 2009, ILS (published)", "", 1.8, None),
    peer("Vidal 2014, Select (published)", "", 0.09, None),
    peer("Dang 2013, PSOiA (published)", "minutes", 0.0005, None),
    peer(
        "ruin and recreate, annealed, in 110 lines",
        "10 s",
        0.29,
        Some(2.80),
    ),
];

const fn peer(name: &'static str, limit: &'static str, mean: f64, max: Option<f64>) -> Peer {
    Peer {
        name,
        limit,
        mean,
        max,
    }
}

/// One instance, solved.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// Which.
    pub name: String,
    /// The best score that anyone reports.
    pub best_known: Option<u64>,
    /// The score found.
    pub score: u64,
    /// A score that none can exceed.
    pub bound: u64,
    /// Changes tried.
    pub iterations: u64,
    /// Seconds on the wall, from coordinates to routes.
    pub wall_s: f64,
    /// Seconds on a core.
    pub cpu_s: f64,
    /// What the referee says; the reason where the plan breaks a rule.
    pub verdict: Result<(), String>,
    /// Points by route.
    pub routes: Vec<Vec<u16>>,
}

impl Measured {
    /// (best known − score) / best known, per cent; negative where the score is better.
    pub fn gap(&self) -> Option<f64> {
        match self.best_known? {
            0 => Some(0.0),
            best => Some(100.0 * (best as f64 - self.score as f64) / best as f64),
        }
    }
}

/// All instances, solved.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// By name.
    pub measured: Vec<Measured>,
}

/// Gaps of several instances.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gaps {
    /// How many have a best known score.
    pub count: usize,
    /// How many reach it.
    pub reached: usize,
    /// Mean gap, per cent.
    pub mean: f64,
    /// Worst gap, per cent.
    pub max: f64,
}

impl Report {
    /// Gaps over instances that are chosen by name; none where none has a best known score.
    pub fn gaps(&self, chosen: impl Fn(&str) -> bool) -> Option<Gaps> {
        let chosen = self.measured.iter().filter(|m| chosen(&m.name));
        let gaps: Vec<f64> = chosen.filter_map(Measured::gap).collect();
        (!gaps.is_empty()).then(|| Gaps {
            count: gaps.len(),
            reached: gaps.iter().filter(|g| **g <= 0.0).count(),
            mean: gaps.iter().sum::<f64>() / gaps.len() as f64,
            max: gaps.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        })
    }

    /// Names before the first point: `p4`, or the whole set of an OP instance.
    pub fn sets(&self) -> Vec<&str> {
        let mut sets: Vec<&str> = self.measured.iter().map(|m| set_of(&m.name)).collect();
        sets.dedup();
        sets
    }

    /// How many plans the referee refused.
    pub fn refused(&self) -> usize {
        self.measured.iter().filter(|m| m.verdict.is_err()).count()
    }
}

/// The set of an instance by its name: `p4.2.k` is of `p4`, `set_64_1_15` of `set_64_1`.
pub fn set_of(name: &str) -> &str {
    match name.split_once('.') {
        Some((set, _)) => set,
        None => name.rsplit_once('_').map_or(name, |(set, _)| set),
    }
}

#[cfg(test)]
mod tests {
    use crate::app::bench_orienteering::report::{Measured, Report, set_of};

    fn measured(name: &str, best_known: Option<u64>, score: u64) -> Measured {
        Measured {
            name: name.into(),
            best_known,
            score,
            bound: 1000,
            iterations: 0,
            wall_s: 0.0,
            cpu_s: 0.0,
            verdict: Ok(()),
            routes: Vec::new(),
        }
    }

    #[test]
    fn gaps_are_shares_of_the_best_known_score() {
        let report = Report {
            measured: vec![
                measured("p4.2.a", Some(200), 198),
                measured("p4.2.b", Some(0), 0),
                measured("p4.2.c", None, 7),
                measured("p6.2.a", Some(100), 101),
            ],
        };
        let gaps = report
            .gaps(|name| set_of(name) == "p4")
            .expect("two have one");
        assert_eq!((gaps.count, gaps.reached), (2, 1));
        assert_eq!((gaps.mean, gaps.max), (0.5, 1.0));
        let six = report
            .gaps(|name| set_of(name) == "p6")
            .expect("one has one");
        assert_eq!(six.mean, -1.0);
        assert_eq!(report.gaps(|name| name == "p4.2.c"), None);
        assert_eq!(report.sets(), ["p4", "p6"]);
    }
}
