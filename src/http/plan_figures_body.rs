//! A plan's figures as the API shows them: the core's own fields.

use jiff::tz::TimeZone;
use serde::Serialize;
use utoipa::ToSchema;

use crate::exchange::feature_geojson::local_time;
use crate::patrol::objective::report::{BeatMinutes, Kept, PlanReport, RingShare};
use crate::patrol::objective::weights::{Preset, Weights};
use crate::patrol::plan::TradeOff;

/// What counted how much, 0 to 1 each.
#[derive(Debug, Serialize, ToSchema)]
pub struct WeightsBody {
    deter: f64,
    respond: f64,
    fair: f64,
    travel: f64,
}

/// The figures of a plan.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReportBody {
    /// Share of the expected incidents that is covered.
    risk_share: f64,
    /// The most incidents that any plan could cover: a bound, not a promise.
    risk_bound: Option<f64>,
    /// Expected calls that a free unit reaches in time.
    response: Vec<RingShareBody>,
    /// Whether these are the calls of the whole area; in older plans, those at the places worth
    /// a stop.
    of_whole_area: bool,
    /// The share of the time that a unit is taken by another call, as assumed.
    busy: f64,
    /// Must-visits within their windows.
    must_visits: KeptBody,
    /// Points with a frequency that are visited as often as they should be, or are not due
    /// within the window.
    frequencies: KeptBody,
    /// These points one by one.
    rhythms: Vec<RhythmBody>,
    breaks: KeptBody,
    /// Pinned stops: at cells, and visits that are asked of a unit or a time.
    pins: KeptBody,
    /// Share of the working time that is spent driving.
    travel_share: f64,
    /// Share of the wanted patrol minutes that beats are given; null where there are none.
    fairness: Option<f64>,
    beats: Vec<BeatMinutesBody>,
    /// Share of the stops that the last plan had too, at about the same time of its window;
    /// null where there is none.
    same_as_last: Option<f64>,
    /// Of how many near-best plans it was drawn; null: it is the best found.
    drawn_of: Option<usize>,
    /// Covered incidents of the best plan found, where this one was drawn.
    best_covered: Option<f64>,
}

/// A point with a frequency.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PointRhythm)]
struct RhythmBody {
    name: String,
    /// The longest time between two visits, seconds.
    every: f64,
    /// How often the plan visits it.
    visits: u32,
    /// When the next visit is due: after the last one, or the first of all.
    due: String,
    /// Whether no visit is late or missing.
    kept: bool,
}

/// A response time and the share of calls reached within it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RingShare)]
struct RingShareBody {
    /// Seconds.
    within: f64,
    /// 0 to 1.
    share: f64,
}

/// How many were asked for, and how many are kept.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Kept)]
struct KeptBody {
    kept: usize,
    asked: usize,
}

/// Patrol minutes of a beat.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BeatMinutes)]
struct BeatMinutesBody {
    name: String,
    /// Its part of all minutes given, by its risk.
    wanted_min: f64,
    given_min: f64,
}

/// What a preset comes to with the same units and wishes.
#[derive(Debug, Serialize, ToSchema)]
pub struct TradeOffBody {
    /// `deter`, `respond` or `balanced`.
    #[schema(value_type = String)]
    preset: Preset,
    risk_covered: f64,
    report: ReportBody,
}

impl From<Weights> for WeightsBody {
    fn from(weights: Weights) -> Self {
        Self {
            deter: weights.deter,
            respond: weights.respond,
            fair: weights.fair,
            travel: weights.travel,
        }
    }
}

impl From<Kept> for KeptBody {
    fn from(kept: Kept) -> Self {
        Self {
            kept: kept.kept,
            asked: kept.asked,
        }
    }
}

impl From<&RingShare> for RingShareBody {
    fn from(ring: &RingShare) -> Self {
        Self {
            within: ring.within.0,
            share: ring.share,
        }
    }
}

impl From<&BeatMinutes> for BeatMinutesBody {
    fn from(beat: &BeatMinutes) -> Self {
        Self {
            name: beat.name.clone(),
            wanted_min: beat.wanted_min,
            given_min: beat.given_min,
        }
    }
}

impl ReportBody {
    /// What is shown of a plan's figures.
    pub fn of(report: &PlanReport, zone: &TimeZone) -> Self {
        Self {
            risk_share: report.risk_share,
            risk_bound: report.risk_bound,
            response: report.response.iter().map(Into::into).collect(),
            busy: report.busy,
            must_visits: report.must_visits.into(),
            frequencies: report.frequencies.into(),
            rhythms: report
                .rhythms
                .iter()
                .map(|rhythm| RhythmBody {
                    name: rhythm.name.clone(),
                    every: rhythm.every.0,
                    visits: rhythm.visits,
                    due: local_time(rhythm.due, zone),
                    kept: rhythm.kept,
                })
                .collect(),
            breaks: report.breaks.into(),
            pins: report.pins.into(),
            travel_share: report.travel_share,
            fairness: report.fairness,
            beats: report.beats.iter().map(Into::into).collect(),
            of_whole_area: report.of_whole_area,
            same_as_last: report.same_as_last,
            drawn_of: report.drawn_of,
            best_covered: report.best_covered,
        }
    }
}

impl TradeOffBody {
    /// What is shown of a preset.
    pub fn of(other: &TradeOff, zone: &TimeZone) -> Self {
        Self {
            preset: other.preset,
            risk_covered: other.risk_covered,
            report: ReportBody::of(&other.report, zone),
        }
    }
}
