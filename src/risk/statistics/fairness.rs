//! Is a forecast lopsided? Each beat's share of the expected incidents set against its share
//! of the reported ones, of the ground and, where known, of the people who live there.
//!
//! A beat is called lopsided where its forecast share is off the incidents' by more than a
//! quarter *and* outside the interval that so few incidents leave (Wilson 1927, at 95 %):
//! small beats must not be called so by chance. The index of dissimilarity sums all up:
//! the share of the forecast that would have to move for both to agree.

use statrs::distribution::{ContinuousCDF, Normal};

/// A forecast share further off than this factor, either way, is worth a look.
pub const TOLERATED_RATIO: f64 = 1.25;

/// What is known of a beat.
#[derive(Debug, Clone, PartialEq)]
pub struct BeatFigures {
    /// Expected incidents in it.
    pub expected: f64,
    /// Reported incidents in it.
    pub incidents: u64,
    /// Its ground, km².
    pub area_km2: f64,
    /// People who live there, where known.
    pub population: Option<f64>,
}

/// Shares of one beat.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BeatShare {
    /// Of the forecast.
    pub forecast: f64,
    /// Of the reported incidents.
    pub incidents: f64,
    /// Of the ground.
    pub area: f64,
    /// Of the people; none where it is not known of every beat.
    pub population: Option<f64>,
    /// Forecast share over incident share; none where the beat has no incident.
    pub ratio: Option<f64>,
    /// See the module.
    pub lopsided: bool,
}

/// A forecast by beat.
#[derive(Debug, Clone, PartialEq)]
pub struct Fairness {
    /// In the order given.
    pub beats: Vec<BeatShare>,
    /// Index of dissimilarity of forecast and incidents, 0 (alike) to 1.
    pub from_incidents: f64,
    /// The same of forecast and ground.
    pub from_area: f64,
    /// The same of forecast and people.
    pub from_population: Option<f64>,
}

/// Sets a forecast by beat against incidents, ground and people.
pub fn fairness(beats: &[BeatFigures]) -> Fairness {
    let shares = |values: Vec<f64>| {
        let sum: f64 = values.iter().sum();
        let share = |v: f64| if sum > 0.0 { v / sum } else { 0.0 };
        values.into_iter().map(share).collect::<Vec<f64>>()
    };
    let forecast = shares(beats.iter().map(|b| b.expected).collect());
    let incidents = shares(beats.iter().map(|b| b.incidents as f64).collect());
    let area = shares(beats.iter().map(|b| b.area_km2).collect());
    let people: Option<Vec<f64>> = beats.iter().map(|b| b.population).collect();
    let people = people.filter(|p| p.iter().sum::<f64>() > 0.0).map(shares);
    let total: u64 = beats.iter().map(|b| b.incidents).sum();
    let some_forecast = forecast.iter().sum::<f64>() > 0.0;
    Fairness {
        from_incidents: dissimilarity(&forecast, &incidents),
        from_area: dissimilarity(&forecast, &area),
        from_population: people.as_ref().map(|p| dissimilarity(&forecast, p)),
        beats: (0..beats.len())
            .map(|i| {
                let ratio = (incidents[i] > 0.0).then(|| forecast[i] / incidents[i]);
                let (low, high) = wilson(beats[i].incidents, total);
                let within = (low..=high).contains(&forecast[i]);
                let tolerated =
                    ratio.is_some_and(|r| (1.0 / TOLERATED_RATIO..=TOLERATED_RATIO).contains(&r));
                BeatShare {
                    forecast: forecast[i],
                    incidents: incidents[i],
                    area: area[i],
                    population: people.as_ref().map(|p| p[i]),
                    ratio,
                    lopsided: some_forecast && total > 0 && !within && !tolerated,
                }
            })
            .collect(),
    }
}

fn dissimilarity(a: &[f64], b: &[f64]) -> f64 {
    0.5 * a.iter().zip(b).map(|(a, b)| (a - b).abs()).sum::<f64>()
}

/// Wilson's interval of a share, at 95 %.
fn wilson(hits: u64, of: u64) -> (f64, f64) {
    if of == 0 {
        return (0.0, 1.0);
    }
    let z = Normal::standard().inverse_cdf(0.975);
    let (n, p) = (of as f64, hits as f64 / of as f64);
    let middle = p + z * z / (2.0 * n);
    let reach = z * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
    let scale = 1.0 + z * z / n;
    // At the ends the interval reaches 0 and 1; rounding must not cut them off.
    let low = if hits == 0 {
        0.0
    } else {
        (middle - reach) / scale
    };
    let high = if hits == of {
        1.0
    } else {
        (middle + reach) / scale
    };
    (low, high)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn beat(expected: f64, incidents: u64) -> BeatFigures {
        BeatFigures {
            expected,
            incidents,
            area_km2: 1.0,
            population: None,
        }
    }

    #[test]
    fn a_forecast_that_patrols_feed_shows() {
        // True share 0.60; the uncorrected urn's 0.77 is lopsided, 0.60 is not.
        let urn = fairness(&[beat(77.0, 600), beat(23.0, 400)]);
        assert!(urn.beats[0].lopsided && urn.beats[1].lopsided);
        assert!((urn.from_incidents - 0.17).abs() < 1e-12);
        let fair = fairness(&[beat(60.0, 600), beat(40.0, 400)]);
        assert!(fair.beats.iter().all(|b| !b.lopsided));
        assert_eq!(fair.from_incidents, 0.0);
    }

    #[test]
    fn few_incidents_accuse_nobody() {
        let few = fairness(&[beat(77.0, 6), beat(23.0, 4)]);
        assert!(few.beats.iter().all(|b| !b.lopsided));
        assert!((few.beats[0].ratio.unwrap() - 77.0 / 60.0).abs() < 1e-12);
    }

    #[test]
    fn wilson_as_published() {
        // Newcombe 1998, table I: 81 of 263 and 0 of 20.
        let (low, high) = wilson(81, 263);
        assert!((low - 0.2553).abs() < 5e-5 && (high - 0.3662).abs() < 5e-5);
        let (low, high) = wilson(0, 20);
        assert!(low == 0.0 && (high - 0.1611).abs() < 5e-5);
    }

    #[test]
    fn nothing_and_partly_known_people() {
        assert!(fairness(&[]).beats.is_empty());
        let empty = fairness(&[beat(0.0, 0), beat(0.0, 0)]);
        assert!(empty.beats.iter().all(|b| !b.lopsided && b.ratio.is_none()));
        let mut known = [beat(1.0, 5), beat(2.0, 5)];
        known[0].population = Some(100.0);
        assert_eq!(fairness(&known).from_population, None);
        known[1].population = Some(300.0);
        let found = fairness(&known);
        assert_eq!(found.beats[0].population, Some(0.25));
        assert!((found.from_population.unwrap() - (1.0 / 3.0 - 0.25)).abs() < 1e-12);
    }

    proptest! {
        #[test]
        fn shares_sum_to_one(figures in prop::collection::vec((0.0..50.0f64, 0u64..99, 0.1..9.0f64), 1..20)) {
            let beats: Vec<BeatFigures> = figures.iter().map(|&(expected, incidents, area_km2)| BeatFigures {
                expected, incidents, area_km2, population: Some(area_km2),
            }).collect();
            let found = fairness(&beats);
            let sum: f64 = found.beats.iter().map(|b| b.area).sum();
            prop_assert!((sum - 1.0).abs() < 1e-9);
            for index in [found.from_incidents, found.from_area, found.from_population.unwrap()] {
                prop_assert!((0.0..=1.0 + 1e-9).contains(&index));
            }
        }
    }
}
