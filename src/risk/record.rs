//! Which model to trust here: the default is chosen by its record on the workspace's own
//! last weeks, never by taste.
//!
//! Of the models that are better than plain `count` by more than noise the one with the best
//! log score wins; where there is none, `count` is the default. With too few incidents in the scored weeks
//! there is no telling, and that is said.

use serde::{Deserialize, Serialize};

use crate::risk::backtest::{Figure, Record, difference};
use crate::risk::bootstrap::Estimate;

/// The plain model that the others must beat.
pub const BASELINE: &str = "count";

/// Fewer scored incidents than this tell no model from another: on some 400 incidents the
/// standard error of a hit rate of 10 % is still 1.5 points.
pub const FEWEST: f64 = 100.0;

/// What the records say.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Verdict {
    /// This one (by its place in the records) is better than [`BASELINE`] by more than
    /// noise; by how much, in log score an incident.
    Best {
        /// Place in the records.
        place: usize,
        /// The paired difference from the baseline.
        ahead: Estimate,
    },
    /// Nothing beats the baseline by more than noise.
    Baseline {
        /// Place of the baseline in the records.
        place: usize,
    },
    /// Not enough data: the baseline, for want of anything better.
    TooFew {
        /// Place of the baseline in the records.
        place: usize,
        /// Incidents scored.
        scored: f64,
    },
}

impl Verdict {
    /// Place of the model to use.
    pub fn place(self) -> usize {
        match self {
            Self::Best { place, .. } | Self::Baseline { place } | Self::TooFew { place, .. } => {
                place
            }
        }
    }
}

/// Chooses among records on the same windows. None where [`BASELINE`] is not among them.
pub fn choose(records: &[Record]) -> Option<Verdict> {
    let place = records.iter().position(|r| r.name == BASELINE)?;
    let baseline = &records[place];
    let scored: f64 = baseline.windows.iter().map(|w| w.events).sum();
    if scored < FEWEST {
        return Some(Verdict::TooFew { place, scored });
    }
    let ahead = |(i, record): (usize, &Record)| {
        let ahead = difference(record, baseline, Figure::LogScore)?;
        (i != place && ahead.low > 0.0).then_some((i, ahead))
    };
    let better = records.iter().enumerate().filter_map(ahead);
    let best = better.max_by(|a, b| a.1.value.total_cmp(&b.1.value));
    Some(match best {
        Some((place, ahead)) => Verdict::Best { place, ahead },
        None => Verdict::Baseline { place },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::window::Window;
    use crate::risk::dispersion::Law;
    use crate::risk::score::WindowScore;

    /// A record of weeks with the given log scores an incident, so many incidents a week.
    fn record(name: &str, events: f64, scores: &[f64]) -> Record {
        let windows = scores.iter().zip(0i64..).map(|(score, week)| {
            let at = |w: i64| jiff::Timestamp::from_second(w * 604_800).unwrap();
            WindowScore {
                window: Window::new(at(week), at(week + 1)).unwrap(),
                events,
                expected: events,
                flagged: Vec::new(),
                log_sum: score * events,
                where_sum: 0.0,
                brier_sum: 0.0,
                cells: 1,
            }
        });
        Record {
            name: name.into(),
            windows: windows.collect(),
            deciles: Vec::new(),
            law: Law::Poisson,
        }
    }

    #[test]
    fn the_best_wins_where_it_is_no_luck() {
        let plain = record("count", 50.0, &[-8.0, -9.0, -8.5, -9.5, -8.2, -8.8]);
        let better = record("kde", 50.0, &[-7.9, -8.7, -8.3, -9.3, -8.1, -8.5]);
        let luckier = record("mixture", 50.0, &[-9.0, -9.9, -8.6, -9.6, -4.0, -9.5]);
        let chosen = |records: &[Record]| choose(records);
        let all = [plain.clone(), better.clone(), luckier.clone()];
        // The luckiest has the best mean, by one week; the steady one wins.
        assert!(matches!(chosen(&all), Some(Verdict::Best { place: 1, .. })));
        let by_luck = [plain.clone(), luckier.clone()];
        assert_eq!(chosen(&by_luck), Some(Verdict::Baseline { place: 0 }));
        let Some(Verdict::Best { place: 1, ahead }) = chosen(&[plain.clone(), better]) else {
            panic!("kde is better every week");
        };
        assert!((ahead.value - 0.2).abs() < 0.01 && ahead.low > 0.0);
        assert_eq!(chosen(std::slice::from_ref(&luckier)), None);
    }

    #[test]
    fn few_incidents_tell_nothing() {
        let plain = record("count", 3.0, &[-8.0; 6]);
        let better = record("kde", 3.0, &[-1.0; 6]);
        let few = Verdict::TooFew {
            place: 0,
            scored: 18.0,
        };
        assert_eq!(choose(&[plain, better]), Some(few));
        assert_eq!(few.place(), 0);
    }
}
