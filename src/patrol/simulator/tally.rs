//! The figures of a history.

use crate::patrol::simulator::history::{History, Leg};
use crate::patrol::simulator::process::Call;
use crate::patrol::simulator::settings::WITHIN_S;

const MINUTE_MS: f64 = 60_000.0;

/// What a history comes to.
#[derive(Debug, Clone, PartialEq)]
pub struct Tally {
    /// Calls that came.
    pub calls: usize,
    /// Calls that nobody answered.
    pub left: usize,
    /// Times from call to arrival, milliseconds, ascending.
    pub responses_ms: Vec<u64>,
    /// Calls that had to wait until a unit was free.
    pub queued: usize,
    /// Mean wait of all answered calls until a unit was sent, seconds.
    pub mean_wait_s: f64,
    /// The longest.
    pub longest_wait_s: f64,
    /// Minutes that idle units stood in truly hot cells.
    pub hot_minutes: f64,
    /// Minutes that idle units stood anywhere.
    pub stood_minutes: f64,
    /// Minutes that idle units drove.
    pub patrol_minutes: f64,
    /// Share of the time on duty spent on calls (drive and handling).
    pub busy_share: f64,
    /// Mean share of the truly expected calls that an idle unit would reach in each ring.
    pub covered: Vec<f64>,
    /// Kilometres driven, all units; from the speed of a sample of the legs. None where no
    /// leg could be measured.
    pub km: Option<f64>,
}

/// A figure of a tally that can be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Figure {
    /// Mean response, seconds.
    MeanResponse,
    /// Median response, seconds.
    MedianResponse,
    /// 90th percentile of the response, seconds.
    P90Response,
    /// Share answered within the i-th of [`WITHIN_S`].
    Within(usize),
    /// Mean wait for a free unit, seconds.
    MeanWait,
    /// Share of the calls that had to wait.
    Queued,
    /// Share of the calls that nobody answered.
    Left,
    /// Minutes stood in hot cells.
    HotMinutes,
    /// Share of expected calls covered in the i-th ring.
    Covered(usize),
    /// Minutes driven by idle units.
    PatrolMinutes,
    /// Kilometres driven by all.
    Km,
}

impl Tally {
    /// Counts. `metres` measures a leg by road.
    pub fn new(calls: &[Call], history: &History, metres: &dyn Fn(&Leg) -> Option<f64>) -> Self {
        let of = |call: u32| calls[call as usize].at_ms;
        let mut responses_ms: Vec<u64> = history
            .answers
            .iter()
            .map(|a| a.arrived_ms - of(a.call))
            .collect();
        responses_ms.sort_unstable();
        let waits: Vec<u64> = history
            .answers
            .iter()
            .map(|a| a.sent_ms - of(a.call))
            .collect();
        let busy_ms: u64 = history
            .answers
            .iter()
            .map(|a| a.cleared_ms - a.sent_ms)
            .sum();
        let minutes = |ms: u64| ms as f64 / MINUTE_MS;
        Self {
            calls: calls.len(),
            left: history.left.len(),
            queued: waits.iter().filter(|&&w| w > 0).count() + history.left.len(),
            mean_wait_s: mean(&waits) / 1000.0,
            longest_wait_s: waits.iter().max().map_or(0.0, |&w| w as f64 / 1000.0),
            hot_minutes: minutes(history.stood_hot_ms),
            stood_minutes: minutes(history.stood_ms),
            patrol_minutes: minutes(history.patrolled_ms),
            busy_share: busy_ms as f64 / (history.duty_ms as f64).max(1.0),
            covered: history.covered.clone(),
            km: kilometres(history, metres),
            responses_ms,
        }
    }

    /// A figure; none where there is nothing it could be made of.
    pub fn figure(&self, figure: Figure) -> Option<f64> {
        let answered = !self.responses_ms.is_empty();
        let calls = (self.calls > 0).then_some(self.calls as f64);
        match figure {
            Figure::MeanResponse => answered.then(|| mean(&self.responses_ms) / 1000.0),
            Figure::MedianResponse => quantile(&self.responses_ms, 0.5),
            Figure::P90Response => quantile(&self.responses_ms, 0.9),
            Figure::Within(i) => {
                let limit_ms = u64::from(*WITHIN_S.get(i)?) * 1000;
                let within = self.responses_ms.partition_point(|&r| r <= limit_ms);
                Some(within as f64 / calls?)
            }
            Figure::MeanWait => answered.then_some(self.mean_wait_s),
            Figure::Queued => Some(self.queued as f64 / calls?),
            Figure::Left => Some(self.left as f64 / calls?),
            Figure::HotMinutes => Some(self.hot_minutes),
            Figure::Covered(ring) => self.covered.get(ring).copied(),
            Figure::PatrolMinutes => Some(self.patrol_minutes),
            Figure::Km => self.km,
        }
    }
}

fn mean(values: &[u64]) -> f64 {
    values.iter().sum::<u64>() as f64 / (values.len() as f64).max(1.0)
}

/// The smallest value that at least this share of the values does not exceed, seconds.
fn quantile(ascending_ms: &[u64], share: f64) -> Option<f64> {
    let rank = (share * ascending_ms.len() as f64).ceil().max(1.0) as usize;
    ascending_ms.get(rank - 1).map(|&ms| ms as f64 / 1000.0)
}

/// All driving at the mean speed of the measured legs.
fn kilometres(history: &History, metres: &dyn Fn(&Leg) -> Option<f64>) -> Option<f64> {
    let driven_ms = (history.patrolled_ms + history.to_calls_ms) as f64;
    if driven_ms == 0.0 {
        return Some(0.0);
    }
    let (mut length_m, mut time_ms) = (0.0, 0.0);
    for leg in &history.legs {
        if let Some(metres) = metres(leg) {
            length_m += metres;
            time_ms += f64::from(leg.millis);
        }
    }
    (time_ms > 0.0).then(|| driven_ms * length_m / time_ms / 1000.0)
}

#[cfg(test)]
#[path = "tally_tests.rs"]
mod tests;
