//! A simulation as JSON: the frame, then each policy's figures, how its response times are
//! distributed, and what it is less each of the others on the same calls.

use jiff::tz::TimeZone;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::simulate::Progress;
use crate::http::risk_body::WindowBody;
use crate::patrol::reason::{Language, of_left_out};
use crate::patrol::simulator::experiment::{Comparison, Interval, interval};
use crate::patrol::simulator::policy::Policy;
use crate::patrol::simulator::report::SimulationReport;
use crate::patrol::simulator::settings::WITHIN_S;
use crate::patrol::simulator::tally::Figure;

/// The distribution is told at every so many seconds…
const STEP_S: u32 = 30;
/// … up to so many.
const LONGEST_S: u32 = 900;

/// How far a simulation is.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct SimulationProgress {
    /// Shifts planned and histories run.
    done: usize,
    /// Of so many.
    of: usize,
}

impl From<Progress> for SimulationProgress {
    fn from(Progress { done, of }: Progress) -> Self {
        Self { done, of }
    }
}

/// What was simulated, and what came of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Simulation {
    /// Whether the workspace is made up.
    synthetic: bool,
    /// From the first shift's start to the last one's end.
    period: WindowBody,
    /// How many shifts.
    shifts: usize,
    /// Units on duty in each.
    units: usize,
    /// Of which stand for units that the workspace does not have.
    made_up_units: usize,
    /// Units that can't drive, a sentence each.
    left_out: Vec<SimulatedLeftOut>,
    /// The model of the forecast that policies go by.
    model: String,
    /// How many incidents it learned from.
    events: usize,
    /// Where the calls come from: `held-out` or `forecast`.
    truth: String,
    /// Calls expected while someone is on duty.
    expected_calls: f64,
    /// Calls expected where no road leads: they are left out.
    off_road_calls: f64,
    /// Mean time that a unit is busy at a call, seconds.
    handling_mean_s: f64,
    /// Draws of calls; all policies answer the same ones.
    seeds: usize,
    /// The policy that the others are set beside: the best plan there is.
    reference: Option<String>,
    /// Each policy, in the order of the simulation.
    policies: Vec<SimulatedPolicy>,
}

/// A unit without a place in the simulation, in both languages.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SimulatedLeftOut {
    /// In English.
    en: String,
    /// In Chinese.
    zh: String,
}

/// What a policy came to.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SimulatedPolicy {
    /// `station`, `random`, `hottest`, `plan` or `plan-replan`.
    policy: String,
    /// Its figures.
    figures: SimulatedFigures,
    /// The share of the calls that are answered within times up to a quarter of an hour.
    distribution: Vec<SimulatedShare>,
    /// What its figures are less another policy's, draw by draw.
    against: Vec<SimulatedDifference>,
}

/// A policy beside another.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SimulatedDifference {
    /// The other policy.
    other: String,
    /// This policy's figures less the other's.
    difference: SimulatedFigures,
    /// How many times the other's minutes in hot cells; null where the other has none.
    hot_minutes_ratio: Option<SimulatedEstimate>,
}

/// Figures; null where there is nothing that they could be made of.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SimulatedFigures {
    /// Mean from call to arrival, seconds.
    mean_response_s: Option<SimulatedEstimate>,
    /// Median, seconds.
    median_response_s: Option<SimulatedEstimate>,
    /// 90th percentile, seconds.
    p90_response_s: Option<SimulatedEstimate>,
    /// Shares answered within 1, 3, 5 and 8 minutes.
    within: Vec<SimulatedShare>,
    /// Share of the calls that waited until a unit was free.
    queued: Option<SimulatedEstimate>,
    /// Mean wait until a unit was sent, seconds.
    mean_wait_s: Option<SimulatedEstimate>,
    /// Minutes that idle units stood in truly hot cells, in a shift.
    hot_minutes: Option<SimulatedEstimate>,
    /// Minutes that idle units drove, in a shift.
    patrol_driving_minutes: Option<SimulatedEstimate>,
    /// Kilometres driven by all units, in a shift.
    km: Option<SimulatedEstimate>,
    /// Shares of the truly expected calls that an idle unit would reach in each ring, over
    /// time.
    covered: Vec<SimulatedShare>,
}

/// A share of calls within a time.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SimulatedShare {
    /// The time, seconds.
    seconds: u32,
    /// The share, 0 to 1, or a difference of two.
    share: Option<SimulatedEstimate>,
}

/// A mean over draws with its 95 % interval; no ends from a single draw.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct SimulatedEstimate {
    /// Over draws.
    mean: f64,
    /// Lower end.
    low: Option<f64>,
    /// Upper end.
    high: Option<f64>,
}

impl Simulation {
    /// Of a report, with times in a zone.
    pub fn of(report: &SimulationReport, zone: &TimeZone) -> Self {
        let found = &report.comparison;
        let left_out = report.left_out.iter().map(|left_out| SimulatedLeftOut {
            en: of_left_out(left_out, Language::English),
            zh: of_left_out(left_out, Language::Chinese),
        });
        Self {
            synthetic: report.synthetic,
            period: WindowBody::of(report.period, zone),
            shifts: report.shifts,
            units: report.units,
            made_up_units: report.made_up_units,
            left_out: left_out.collect(),
            model: report.forecast.model.clone(),
            events: report.forecast.events,
            truth: report.truth.name().to_owned(),
            expected_calls: report.expected_calls,
            off_road_calls: report.off_road_calls,
            handling_mean_s: report.handling_mean_s,
            seeds: found.seeds.len(),
            reference: report.reference().map(|policy| policy.name().to_owned()),
            policies: found.policies.iter().map(|&p| policy(report, p)).collect(),
        }
    }
}

fn policy(report: &SimulationReport, policy: Policy) -> SimulatedPolicy {
    let found = &report.comparison;
    let others = found.policies.iter().filter(|&&other| other != policy);
    let against = others.map(|&other| {
        let difference = |figure| found.difference(policy, other, figure);
        SimulatedDifference {
            other: other.name().to_owned(),
            difference: figures(report, &difference),
            hot_minutes_ratio: found
                .ratio(policy, other, Figure::HotMinutes)
                .map(SimulatedEstimate::from),
        }
    });
    SimulatedPolicy {
        policy: policy.name().to_owned(),
        figures: figures(report, &|figure| found.estimate(policy, figure)),
        distribution: distribution(found, policy),
        against: against.collect(),
    }
}

fn figures(report: &SimulationReport, of: &dyn Fn(Figure) -> Option<Interval>) -> SimulatedFigures {
    let plain = |figure| of(figure).map(SimulatedEstimate::from);
    let a_shift = 1.0 / report.shifts.max(1) as f64;
    let of_shift = |figure| of(figure).map(|found| SimulatedEstimate::scaled(found, a_shift));
    let within = (0..).zip(WITHIN_S).map(|(i, seconds)| SimulatedShare {
        seconds,
        share: plain(Figure::Within(i)),
    });
    let rings = report.settings.rings.limits_ms().iter();
    let covered = (0..).zip(rings).map(|(ring, limit_ms)| SimulatedShare {
        seconds: limit_ms / 1000,
        share: plain(Figure::Covered(ring)),
    });
    SimulatedFigures {
        mean_response_s: plain(Figure::MeanResponse),
        median_response_s: plain(Figure::MedianResponse),
        p90_response_s: plain(Figure::P90Response),
        within: within.collect(),
        queued: plain(Figure::Queued),
        mean_wait_s: plain(Figure::MeanWait),
        hot_minutes: of_shift(Figure::HotMinutes),
        patrol_driving_minutes: of_shift(Figure::PatrolMinutes),
        km: of_shift(Figure::Km),
        covered: covered.collect(),
    }
}

/// Shares of all calls, the unanswered included, answered within times in steps.
fn distribution(found: &Comparison, policy: Policy) -> Vec<SimulatedShare> {
    let tallies = found.of(policy).unwrap_or_default();
    let steps = (1..=LONGEST_S / STEP_S).map(|step| step * STEP_S);
    steps
        .map(|seconds| {
            let shares: Vec<f64> = tallies
                .iter()
                .filter(|tally| tally.calls > 0)
                .map(|tally| {
                    let limit_ms = u64::from(seconds) * 1000;
                    let within = tally.responses_ms.partition_point(|&ms| ms <= limit_ms);
                    within as f64 / tally.calls as f64
                })
                .collect();
            SimulatedShare {
                seconds,
                share: interval(&shares).map(SimulatedEstimate::from),
            }
        })
        .collect()
}

impl SimulatedEstimate {
    fn scaled(found: Interval, by: f64) -> Self {
        Self::from(Interval {
            mean: found.mean * by,
            low: found.low * by,
            high: found.high * by,
        })
    }
}

impl From<Interval> for SimulatedEstimate {
    fn from(found: Interval) -> Self {
        let end = |end: f64| end.is_finite().then_some(end);
        Self {
            mean: found.mean,
            low: end(found.low),
            high: end(found.high),
        }
    }
}
