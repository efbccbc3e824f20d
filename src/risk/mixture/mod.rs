//! `mixture`: risk over many scales and memories at once, weighed by how well each would
//! have forecast the recent past.
//!
//! `λ_c = Λ · Σ_k w_k f_k(c)`: each member `f_k` is a forecast of where (shares of the
//! cells, summing to 1): the events' own cells or a kernel of some radius, fading with some
//! half-life, of all hours or of hours like the window's, or simply every square kilometre
//! alike. The weights `w_k` are the likeliest for the events of past windows, each as the
//! members saw it coming before it began (see [`weights`]); so they say over which distance
//! and memory risk lives. `Λ`, how many, is the past rate under that half-life which told
//! the totals of the past windows best, times the rhythm of the week.
//!
//! Source: finite mixtures by EM (Dempster, Laird & Rubin 1977) as an ensemble of density
//! forecasts (Hall & Mitchell 2007, "linear opinion pool").

pub mod hour_classes;
pub mod members;
pub mod memory;
pub mod rehearsal;
mod roll;
mod totals;
pub mod weights;

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use crate::risk::mixture::members::{MEMORIES_DAYS, Member};
use crate::risk::mixture::roll::Roll;
use crate::risk::model::{RiskAnswer, RiskError, RiskEvent, RiskModel, RiskQuestion};

/// The mixture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mixture {
    /// Whether the hours of events count; without them all hours of the week are alike,
    /// which is there to be compared with.
    pub hours: bool,
}

impl Default for Mixture {
    fn default() -> Self {
        Self { hours: true }
    }
}

impl RiskModel for Mixture {
    fn name(&self) -> &'static str {
        "mixture"
    }

    fn predict(
        &self,
        question: &RiskQuestion<'_>,
        events: &[RiskEvent],
    ) -> Result<RiskAnswer, RiskError> {
        let mut answer = None;
        self.predict_each(std::slice::from_ref(question), events, &mut |given| {
            answer = Some(given);
            ControlFlow::Continue(())
        })?;
        answer.ok_or(RiskError::BrokenOff)
    }

    fn predict_each(
        &self,
        questions: &[RiskQuestion<'_>],
        events: &[RiskEvent],
        give: &mut dyn FnMut(RiskAnswer) -> ControlFlow<()>,
    ) -> Result<(), RiskError> {
        for together in questions.chunk_by(can_go_on) {
            Roll::new(together, events, self.hours)?.answer(together, give)?;
        }
        Ok(())
    }
}

/// Whether the second question can be answered by going on from the first.
fn can_go_on(first: &RiskQuestion<'_>, second: &RiskQuestion<'_>) -> bool {
    let shape = |q: &RiskQuestion<'_>| q.window.length().0 < roll::SHORT_S;
    std::ptr::eq(first.grid, second.grid)
        && first.hours == second.hours
        && first.zone == second.zone
        && first.look_back.start() == second.look_back.start()
        && first.look_back.end() <= second.look_back.end()
        && shape(first) == shape(second)
}

/// The weights in words, for the provenance.
fn describe(members: &[Member], weights: &[f64]) -> BTreeMap<String, String> {
    let mut reaches: Vec<(f64, f64)> = Vec::new();
    let mut lasting: Vec<(f64, f64)> = Vec::new();
    let (mut even, mut like_hours) = (0.0, 0.0);
    for (member, &weight) in members.iter().zip(weights) {
        match member.reach_m() {
            Some(reach_m) => reaches.push((reach_m, weight)),
            None => even += weight,
        }
        match member {
            Member::Space { memory, .. } => {
                let days = MEMORIES_DAYS[*memory].unwrap_or(f64::INFINITY);
                lasting.push((days, weight));
            }
            Member::Hours { .. } => like_hours += weight,
            Member::Even => {}
        }
    }
    let mut parameters = BTreeMap::new();
    let mut note = |name: &str, value: String| parameters.insert(name.to_owned(), value);
    note("weights_by_reach_m", shares(&mut reaches));
    note("weights_by_half_life_days", shares(&mut lasting));
    note("weight_even", percent(even));
    if like_hours > 0.0 {
        note("weight_like_hours", percent(like_hours));
    }
    note("risk_lives_within_m", median(&reaches));
    note("risk_lasts_days", median(&lasting));
    parameters
}

/// `0: 31 %, 260: 22 %`, in ascending order, those of a half per cent and more.
fn shares(parts: &mut Vec<(f64, f64)>) -> String {
    parts.sort_by(|a, b| a.0.total_cmp(&b.0));
    parts.dedup_by(|next, kept| {
        let same = next.0 == kept.0;
        if same {
            kept.1 += next.1;
        }
        same
    });
    let shown = parts.iter().filter(|part| part.1 >= 0.005);
    let texts: Vec<String> = shown
        .map(|(value, weight)| format!("{}: {}", number(*value), percent(*weight)))
        .collect();
    texts.join(", ")
}

/// The value at which half of the weight is reached.
fn median(parts: &[(f64, f64)]) -> String {
    let half = parts.iter().map(|part| part.1).sum::<f64>() / 2.0;
    let mut sum = 0.0;
    let found = parts.iter().find(|part| {
        sum += part.1;
        sum >= half
    });
    found.map_or_else(String::new, |part| number(part.0))
}

fn number(value: f64) -> String {
    if value.is_finite() {
        value.to_string()
    } else {
        "all".to_owned()
    }
}

fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}

#[cfg(test)]
#[path = "mixture_tests.rs"]
mod tests;
