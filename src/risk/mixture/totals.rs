//! How many in all: the past rate, under the half-life that told past totals best.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use jiff::Timestamp;

use crate::calendar::window::Window;
use crate::risk::model::{RiskError, RiskEvent, RiskQuestion};
use crate::risk::past::Past;

/// Half-lives tried, days; none: all of the past counts alike.
const HALF_LIVES_DAYS: [Option<f64>; 5] = [None, Some(365.0), Some(120.0), Some(45.0), Some(15.0)];

/// No total is scored as less than this many events: a rate of 0 would be ruled out for
/// ever by one event.
const LEAST: f64 = 0.5;

/// At most so many rehearsals decide; the latest.
const MOST: usize = 26;

/// What one rehearsal's total would have been said to be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Told {
    /// Expected under each half-life.
    expected: [f64; HALF_LIVES_DAYS.len()],
    /// Events that happened.
    happened: f64,
}

/// Rehearsals told before, by their window.
pub type ToldBefore = BTreeMap<(Timestamp, Timestamp), Told>;

/// What is expected in all, and how that was chosen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Total {
    /// Events expected in the window.
    pub expected: f64,
    /// The half-life, days.
    pub half_life_days: Option<f64>,
    /// How many events it was learned from.
    pub events: usize,
}

/// Chooses the half-life on the rehearsals and forecasts the window's total. `events` are
/// those in the grid; `rhythm` says whether the week's rhythm counts.
pub fn total(
    question: &RiskQuestion<'_>,
    rehearsals: &[Window],
    events: &[RiskEvent],
    rhythm: bool,
    told_before: &mut ToldBefore,
) -> Result<Total, RiskError> {
    let latest = &rehearsals[rehearsals.len().saturating_sub(MOST)..];
    let mut scores = [0.0; HALF_LIVES_DAYS.len()];
    for &window in latest {
        let told = match told_before.entry((window.start(), window.end())) {
            Entry::Occupied(told) => *told.get(),
            Entry::Vacant(place) => {
                let Some(told) = tell(question, window, events, rhythm)? else {
                    continue;
                };
                *place.insert(told)
            }
        };
        for (score, expected) in scores.iter_mut().zip(told.expected) {
            let expected = expected.max(LEAST);
            *score += told.happened * expected.ln() - expected;
        }
    }
    let mut best = 0;
    for (i, score) in scores.iter().enumerate() {
        if *score > scores[best] {
            best = i;
        }
    }
    let (expected, events) = expected(question, events, HALF_LIVES_DAYS[best], rhythm)?;
    Ok(Total {
        expected,
        half_life_days: HALF_LIVES_DAYS[best],
        events,
    })
}

fn tell(
    question: &RiskQuestion<'_>,
    window: Window,
    events: &[RiskEvent],
    rhythm: bool,
) -> Result<Option<Told>, RiskError> {
    // What did not happen in a quarantined time tells nothing.
    if question.without.iter().any(|w| w.overlap(window).is_some()) {
        return Ok(None);
    }
    let Ok(look_back) = Window::new(question.look_back.start(), window.start()) else {
        return Ok(None);
    };
    let earlier = RiskQuestion {
        look_back,
        window,
        ..question.clone()
    };
    let mut told = Told {
        expected: [0.0; HALF_LIVES_DAYS.len()],
        happened: happened(&earlier, events)?,
    };
    for (value, half_life) in told.expected.iter_mut().zip(HALF_LIVES_DAYS) {
        *value = match expected(&earlier, events, half_life, rhythm) {
            Ok((expected, _)) => expected,
            // A rehearsal without a wanted hour tells nothing.
            Err(RiskError::NoHours) => return Ok(None),
            Err(other) => return Err(other),
        };
    }
    Ok(Some(told))
}

fn expected(
    question: &RiskQuestion<'_>,
    events: &[RiskEvent],
    half_life_days: Option<f64>,
    rhythm: bool,
) -> Result<(f64, usize), RiskError> {
    let past = Past::new(question, events, half_life_days)?;
    let factor = if rhythm {
        past.factor
    } else {
        past.factor_without_rhythm
    };
    // A sum of nothing is −0.
    let weight = past.weights.iter().sum::<f64>() + 0.0;
    Ok((weight * factor, past.weights.len()))
}

/// Events of the window in wanted hours.
fn happened(question: &RiskQuestion<'_>, events: &[RiskEvent]) -> Result<f64, RiskError> {
    let window = RiskQuestion {
        look_back: question.window,
        ..question.clone()
    };
    match Past::new(&window, events, None) {
        Ok(past) => Ok(past.weights.iter().sum()),
        Err(RiskError::NoHours) => Ok(0.0),
        Err(other) => Err(other),
    }
}
