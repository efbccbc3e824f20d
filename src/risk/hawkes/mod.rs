//! `hawkes`: what happens draws more of its kind for a while (near repeats), over a
//! background that has its places and its hours. A self-exciting point process on cells,
//! fitted by expectation and maximisation (Mohler et al. 2015); `fit` has the process,
//! `forecast` what it leads one to expect.

use rayon::prelude::*;

use crate::calendar::week::HOURS;
use crate::calendar::week_clock::WeekClock;
use crate::calendar::window::Window;
use crate::grid::rings::Rings;
use crate::risk::hawkes::fit::Fitted;
use crate::risk::hawkes::forecast::Ahead;
use crate::risk::hawkes::history::History;
use crate::risk::hawkes::triggering::{RINGS, Triggering};
use crate::risk::model::{RiskAnswer, RiskError, RiskEvent, RiskModel, RiskQuestion};
use crate::risk::past::Past;

pub mod background;
pub mod decay;
pub mod fit;
pub mod forecast;
pub mod history;
pub mod triggering;

const DAY_MS: f64 = 86_400_000.0;

/// Self-exciting process on cells.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Hawkes {
    /// Half-life of an event's weight in the fit, days; none: all weigh the same. What an
    /// event triggers fades by itself, whatever this is.
    pub half_life_days: Option<f64>,
}

/// What events of this past trigger: nothing where there are none, where only dates are
/// known, or where a process without triggering says as much.
///
/// # Errors
/// [`RiskError`], as of [`Past::new`].
pub fn triggering(
    question: &RiskQuestion<'_>,
    rings: &Rings,
    events: &[RiskEvent],
) -> Result<Triggering, RiskError> {
    let past = Past::new(question, events, None)?;
    let history = History::new(question, &past, None);
    if history.happenings.is_empty() || history.exposure <= 0.0 || past.dates_only {
        return Ok(Triggering::NONE);
    }
    Ok(fit::fit(question.grid, rings, &history).triggering)
}

impl RiskModel for Hawkes {
    fn name(&self) -> &'static str {
        "hawkes"
    }

    fn predict(
        &self,
        question: &RiskQuestion<'_>,
        events: &[RiskEvent],
    ) -> Result<RiskAnswer, RiskError> {
        let past = Past::new(question, events, self.half_life_days)?;
        let history = History::new(question, &past, self.half_life_days);
        let learned = history.happenings.len();
        let mut parameters = past.parameters.clone();
        // The rhythm is the background's own here, not that of all events.
        parameters.remove("rhythm_factor");
        if learned == 0 || history.exposure <= 0.0 {
            return Ok(RiskAnswer {
                expected: vec![0.0; question.grid.len()],
                parameters,
                events: learned,
            });
        }
        let cells: Vec<usize> = (0..question.grid.len()).into_par_iter().collect();
        let rings = Rings::new(question.grid, &cells, RINGS as u32 - 1);
        let fitted = fit::fit(question.grid, &rings, &history);
        let expected = forecast::forecast(&fitted, &rings, ahead(question, &past, &fitted));
        let mut note = |name: &str, value: String| parameters.insert(name.into(), value);
        let triggering = fitted.triggering;
        note("triggered_per_event", format!("{:.4}", triggering.total()));
        note(
            "trigger_mean_days",
            format!("{:.3}", 1.0 / triggering.decay),
        );
        let by_ring = triggering.by_ring.map(|share| format!("{share:.4}"));
        note("triggered_by_ring", by_ring.join(" "));
        note("steps", fitted.steps.to_string());
        Ok(RiskAnswer {
            expected,
            parameters,
            events: learned,
        })
    }
}

fn ahead(question: &RiskQuestion<'_>, past: &Past, fitted: &Fitted) -> Ahead {
    let (cut_off, start) = (question.look_back.end(), question.window.start());
    let gap = Window::new(cut_off, start).map_or([0.0; HOURS], |gap| {
        WeekClock::new(question.zone, gap)
            .exposure_ms(gap, question.hours)
            .map(|ms| ms as f64)
    });
    let days = |time: &[f64; HOURS]| time.iter().sum::<f64>() / DAY_MS;
    let rhythm = |time: &[f64; HOURS]| {
        if days(time) > 0.0 {
            fitted.rhythm.mean_over(time)
        } else {
            1.0
        }
    };
    Ahead {
        gap: days(&gap),
        gap_rhythm: rhythm(&gap),
        window: days(&past.wanted_ms),
        window_rhythm: rhythm(&past.wanted_ms),
    }
}

#[cfg(test)]
#[path = "hawkes_tests.rs"]
mod tests;
