//! The rhythm of the week: how much more, or less, happens in each hour of the week than
//! in the mean hour, shrunk towards plainer rhythms where data are thin.
//!
//! Four levels, each a gamma-Poisson shrinkage of the observed counts towards what the
//! level below expects: the flat rate; day of week and hour of day, each by itself; the
//! thirds of each day from 06:00 (a Friday night is one thing, and most of what an hour of
//! it owes to being Friday's it shares with the hours beside it); the hour of the week. The strength of the prior is not a setting: it is the method of
//! moments' (how much more the counts scatter about the expectation than Poisson's law
//! says), so a rhythm that the data do not show is shrunk away whole.

use crate::calendar::week::HOURS;

/// Thirds of the week's days.
const THIRDS: usize = 21;

/// The third of a day, 06:00 to 14:00, to 22:00, to 06:00, that an hour of the week is in.
fn third_of(hour: usize) -> usize {
    (hour + HOURS - 6) % HOURS / 8
}

/// Relative rate of each hour of the week; its mean over the exposure is 1.
#[derive(Debug, Clone, PartialEq)]
pub struct Rhythm {
    relative: [f64; HOURS],
}

impl Rhythm {
    /// No rhythm at all.
    pub fn flat() -> Self {
        Self {
            relative: [1.0; HOURS],
        }
    }

    /// From counts and exposure (any unit of time) by hour of the week.
    pub fn fit(counts: &[f64; HOURS], exposure: &[f64; HOURS]) -> Self {
        let (events, time): (f64, f64) = (counts.iter().sum(), exposure.iter().sum());
        if events <= 0.0 || time <= 0.0 {
            return Self::flat();
        }
        let rate = events / time;
        let flat = exposure.map(|e| e * rate);
        let by_day = factors::<7>(counts, &flat, |hour| hour / 24);
        let by_hour = factors::<24>(counts, &flat, |hour| hour % 24);
        let product: [f64; HOURS] =
            std::array::from_fn(|hour| by_day[hour / 24] * by_hour[hour % 24]);
        let expected: [f64; HOURS] = std::array::from_fn(|hour| flat[hour] * product[hour]);
        let by_third = factors::<THIRDS>(counts, &expected, third_of);
        let product: [f64; HOURS] =
            std::array::from_fn(|hour| product[hour] * by_third[third_of(hour)]);
        let expected: [f64; HOURS] = std::array::from_fn(|hour| flat[hour] * product[hour]);
        let own = factors::<HOURS>(counts, &expected, |hour| hour);
        let mut relative: [f64; HOURS] = std::array::from_fn(|hour| product[hour] * own[hour]);
        let mean = weighted_mean(&relative, exposure);
        if mean.is_finite() && mean > 0.0 {
            relative = relative.map(|r| r / mean);
            Self { relative }
        } else {
            Self::flat()
        }
    }

    /// Relative rate of an hour of the week, 0 to 167.
    pub fn of(&self, hour: usize) -> f64 {
        self.relative[hour % HOURS]
    }

    /// Mean relative rate over some hours, weighted by how long each lasts.
    pub fn mean_over(&self, exposure: &[f64; HOURS]) -> f64 {
        weighted_mean(&self.relative, exposure)
    }
}

fn weighted_mean(values: &[f64; HOURS], weights: &[f64; HOURS]) -> f64 {
    let total: f64 = weights.iter().sum();
    let sum: f64 = values.iter().zip(weights).map(|(v, w)| v * w).sum();
    sum / total
}

/// Observed over expected for each group of hours, shrunk towards 1.
fn factors<const GROUPS: usize>(
    counts: &[f64; HOURS],
    expected: &[f64; HOURS],
    group_of: impl Fn(usize) -> usize,
) -> [f64; GROUPS] {
    let (mut seen, mut wanted) = ([0.0; GROUPS], [0.0; GROUPS]);
    for hour in 0..HOURS {
        seen[group_of(hour)] += counts[hour];
        wanted[group_of(hour)] += expected[hour];
    }
    // Var(seen) = wanted + wanted²·scatter, where scatter is the variance of the factors.
    let excess: f64 = (0..GROUPS)
        .map(|g| (seen[g] - wanted[g]).powi(2) - wanted[g])
        .sum();
    let squares: f64 = wanted.iter().map(|w| w * w).sum();
    if excess <= 0.0 || squares <= 0.0 {
        return [1.0; GROUPS];
    }
    let strength = squares / excess;
    std::array::from_fn(|g| (seen[g] + strength) / (wanted[g] + strength))
}

#[cfg(test)]
mod tests {
    use rand::{SeedableRng, rngs::StdRng};
    use rand_distr::{Distribution, Poisson};

    use super::*;

    fn truth(hour: usize) -> f64 {
        let day = if hour / 24 >= 5 { 1.4 } else { 0.84 };
        let night = if hour % 24 >= 20 { 2.0 } else { 0.8 };
        day * night
    }

    fn simulate(per_hour: f64, truth: impl Fn(usize) -> f64, seed: u64) -> [f64; HOURS] {
        let mut rng = StdRng::seed_from_u64(seed);
        std::array::from_fn(|h| Poisson::new(per_hour * truth(h)).unwrap().sample(&mut rng))
    }

    /// What a night owes to its own day is found with a hundred of each, though no single
    /// hour of it shows it.
    #[test]
    fn a_friday_night_is_told_from_a_tuesday_night() {
        let nights = |hour: usize| match third_of(hour) {
            14 | 17 => 1.5, // Friday's and Saturday's
            third if third % 3 == 2 => 0.9,
            _ => 1.0,
        };
        let mut worst: f64 = 0.0;
        for seed in 0..10 {
            let fitted = Rhythm::fit(&simulate(110.0, nights, seed), &[1.0; HOURS]);
            let mean = |third: usize| {
                let hours = (0..HOURS).filter(|&h| third_of(h) == third);
                hours.map(|h| fitted.of(h)).sum::<f64>() / 8.0
            };
            worst = worst.max(((mean(14) / mean(5)) / (1.5 / 0.9) - 1.0).abs());
        }
        assert!(worst < 0.12, "{worst}");
    }

    #[test]
    fn plenty_of_data_show_the_truth() {
        let fitted = Rhythm::fit(&simulate(2000.0, truth, 1), &[26.0; HOURS]);
        let mean = (0..HOURS).map(truth).sum::<f64>() / HOURS as f64;
        for hour in 0..HOURS {
            let (found, wanted) = (fitted.of(hour), truth(hour) / mean);
            assert!(
                (found / wanted - 1.0).abs() < 0.08,
                "{hour}: {found} for {wanted}"
            );
        }
    }

    #[test]
    fn thin_data_are_shrunk_and_still_help() {
        let error = |estimate: &dyn Fn(usize) -> f64| -> f64 {
            let mean = (0..HOURS).map(truth).sum::<f64>() / HOURS as f64;
            (0..HOURS)
                .map(|h| (estimate(h) - truth(h) / mean).powi(2))
                .sum()
        };
        for seed in 0..10 {
            let counts = simulate(2.0, truth, seed);
            let fitted = Rhythm::fit(&counts, &[26.0; HOURS]);
            let mean = counts.iter().sum::<f64>() / HOURS as f64;
            assert!(error(&|h| fitted.of(h)) < error(&|h| counts[h] / mean) / 3.0);
            assert!(error(&|h| fitted.of(h)) < error(&|_| 1.0) / 2.0);
        }
    }

    #[test]
    fn noise_is_no_rhythm() {
        let fitted = Rhythm::fit(&simulate(3.0, |_| 1.0, 5), &[26.0; HOURS]);
        for hour in 0..HOURS {
            assert!((fitted.of(hour) - 1.0).abs() < 0.15, "{}", fitted.of(hour));
        }
    }

    #[test]
    fn the_mean_is_one_over_the_exposure() {
        let mut exposure = [10.0; HOURS];
        exposure[3] = 0.0;
        exposure[100] = 25.0;
        let mut counts = simulate(5.0, truth, 9);
        counts[3] = 0.0;
        let fitted = Rhythm::fit(&counts, &exposure);
        assert!((fitted.mean_over(&exposure) - 1.0).abs() < 1e-12);
        assert!(fitted.of(3).is_finite());
        assert_eq!(Rhythm::fit(&[0.0; HOURS], &exposure), Rhythm::flat());
        assert_eq!(Rhythm::fit(&counts, &[0.0; HOURS]), Rhythm::flat());
    }
}
