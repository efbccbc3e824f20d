//! How many in all: the past rate, under the half-life that told past totals best.

use crate::calendar::window::Window;
use crate::risk::model::{RiskError, RiskEvent, RiskQuestion};
use crate::risk::past::Past;

/// Half-lives tried, days; none: all of the past counts alike.
const HALF_LIVES_DAYS: [Option<f64>; 5] = [None, Some(365.0), Some(120.0), Some(45.0), Some(15.0)];

/// At most so many rehearsals decide; the latest.
const MOST: usize = 26;

/// What is expected in all, and how that was chosen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Total {
    /// Events expected in the window.
    pub expected: f64,
    /// The half-life, days.
    pub half_life_days: Option<f64>,
    /// Factor of the week's rhythm, for the provenance.
    pub events: usize,
}

/// Chooses the half-life on the rehearsals and forecasts the window's total. `events` are
/// those in the grid.
pub fn total(
    question: &RiskQuestion<'_>,
    rehearsals: &[Window],
    events: &[RiskEvent],
) -> Result<Total, RiskError> {
    let latest = &rehearsals[rehearsals.len().saturating_sub(MOST)..];
    let mut scores = [0.0; HALF_LIVES_DAYS.len()];
    for &window in latest {
        let Ok(look_back) = Window::new(question.look_back.start(), window.start()) else {
            continue;
        };
        let earlier = RiskQuestion {
            look_back,
            window,
            ..question.clone()
        };
        let happened = happened(&earlier, events)?;
        for (score, half_life) in scores.iter_mut().zip(HALF_LIVES_DAYS) {
            let (expected, _) = expected(&earlier, events, half_life)?;
            let expected = expected.max(0.5);
            *score += happened * expected.ln() - expected;
        }
    }
    let mut best = 0;
    for (i, score) in scores.iter().enumerate() {
        if *score > scores[best] {
            best = i;
        }
    }
    let (expected, events) = expected(question, events, HALF_LIVES_DAYS[best])?;
    Ok(Total {
        expected,
        half_life_days: HALF_LIVES_DAYS[best],
        events,
    })
}

fn expected(
    question: &RiskQuestion<'_>,
    events: &[RiskEvent],
    half_life_days: Option<f64>,
) -> Result<(f64, usize), RiskError> {
    let past = Past::new(question, events, half_life_days)?;
    Ok((
        past.weights.iter().sum::<f64>() * past.factor,
        past.weights.len(),
    ))
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
