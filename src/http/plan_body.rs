//! A plan as the API shows it: the core's own fields, with the district's offset on each
//! time, and links to its files.

use jiff::tz::TimeZone;
use serde::Serialize;
use utoipa::ToSchema;

use crate::exchange::feature_geojson::local_time;
use crate::http::plan_figures_body::{ReportBody, TradeOffBody, WeightsBody};
use crate::http::replan_body::ReplanBody;
use crate::http::risk_body::{ProvenanceBody, WindowBody};
use crate::patrol::feasible::Obstacle;
use crate::patrol::plan::{
    Instead, LeftOutWhy, MissedKind, MissedWhy, PatrolPlan, PatrolRoute, SearchEnd, Stop,
    StopReason,
};
use crate::patrol::summary::PlanSummary;
use crate::patrol::units_from::UnitsFrom;

/// A patrol plan.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanBody {
    id: String,
    made_at: String,
    window: WindowBody,
    /// Whether the data are made up.
    synthetic: bool,
    /// One a unit.
    routes: Vec<RouteBody>,
    /// Must-visits that could not be kept.
    missed: Vec<MissedBody>,
    /// Idle units that were asked for but can't drive.
    left_out: Vec<LeftOutBody>,
    /// How many units were asked for; null: all idle ones. There are fewer routes where
    /// fewer can be planned.
    units_asked: Option<u32>,
    /// `board`: units as the live board had them, the window running or beginning within two
    /// hours; `layer`: as they were imported.
    #[schema(value_type = String)]
    units_from: UnitsFrom,
    /// Expected incidents covered by the stops.
    risk_covered: f64,
    /// Expected incidents over all cells.
    risk_total: f64,
    /// The surface it was planned on.
    risk: ProvenanceBody,
    /// Of the search.
    seed: u64,
    /// How the search went; null in plans made before this was recorded.
    search: Option<SearchBody>,
    /// What counted how much; null in plans made before that could be chosen.
    weights: Option<WeightsBody>,
    /// Its figures; null in plans made before they were drawn up.
    report: Option<ReportBody>,
    /// What can't be met, found before the search; each has a `kind` and what it is about:
    /// `no_units`, `no_stops`, `no_shift`, `nowhere_to_stop`, `end_too_far`, `must_visit`,
    /// `frequency`, `break`, `pin`, `candidates`, `nothing_expected`, `idle` (a unit without a
    /// stop, found after it), or `many` (of one of these kinds, `what`, for one reason).
    #[schema(value_type = Vec<Object>)]
    obstacles: Vec<Obstacle>,
    /// What each preset comes to, where that was asked for.
    trade_off: Vec<TradeOffBody>,
    /// What it changes of an earlier plan; null where it was not made in mid-shift.
    replanned: Option<ReplanBody>,
    links: PlanLinks,
}

/// How a search went. The same inputs, seed and iterations give the same plan, but for its
/// id and time of making, where `ended_by` is `iterations`.
#[derive(Debug, Serialize, ToSchema)]
struct SearchBody {
    /// Changes tried.
    iterations: u64,
    /// How many were asked for; null: as many as the time allows.
    iterations_asked: Option<u64>,
    /// How many stops of an earlier plan it began with; null where it keeps to none.
    kept_stops: Option<u32>,
    /// `iterations`, `deadline`, `stopped` or `nothing_to_do`.
    #[schema(value_type = String)]
    ended_by: SearchEnd,
}

/// One unit's round.
#[derive(Debug, Serialize, ToSchema)]
struct RouteBody {
    unit: String,
    call_sign: String,
    /// Longitude, latitude.
    start: [f64; 2],
    stops: Vec<StopBody>,
    /// Driven from start to last stop; longitude, latitude.
    line: Vec<[f64; 2]>,
    /// Metres.
    length: f64,
    /// Seconds.
    driving: f64,
    /// Where its shift ends; null where that was not given.
    finish: Option<FinishBody>,
}

/// The way to where a shift ends.
#[derive(Debug, Serialize, ToSchema)]
struct FinishBody {
    /// Longitude, latitude; on the road.
    position: [f64; 2],
    label: String,
    arrival: String,
    /// Seconds of driving from the last stop.
    drive: f64,
}

/// One stop.
#[derive(Debug, Serialize, ToSchema)]
struct StopBody {
    /// From 1.
    number: u32,
    /// Longitude, latitude; on the road.
    position: [f64; 2],
    /// H3 index; none for a must-visit.
    cell: Option<String>,
    label: String,
    arrival: String,
    /// When what the unit came for begins; none where that is its arrival.
    begins: Option<String>,
    departure: String,
    /// Seconds of driving from the stop before, or the start.
    drive: f64,
    /// Expected incidents that the stop adds to what is covered.
    gain: f64,
    reason: ReasonBody,
    /// It was asked for: no search moves it away.
    pinned: bool,
    /// What was dropped for it: the place that could have been stopped at in its time and
    /// would have added most. Null for breaks, for what has been made, and in plans made before
    /// that was looked for.
    instead: Option<InsteadBody>,
}

/// What could have stood in a stop's place.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Instead)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum InsteadBody {
    /// Another place.
    Place {
        /// H3 index.
        cell: String,
        label: String,
        /// Expected incidents that a stop there would have added.
        gain: f64,
    },
    /// No other place that adds anything could be stopped at in its time.
    Nothing,
}

/// Why a stop is there.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum ReasonBody {
    /// Risk is high here at this hour.
    Risk {
        /// Expected incidents in this cell in the hour of arrival.
        expected_in_hour: f64,
        /// The cell's place in that hour, from 1.
        rank: u32,
        /// Of how many cells.
        of: u32,
        /// Visits to the same cell earlier in the plan.
        earlier_visits: u32,
    },
    /// It must be visited in a window.
    MustVisit {
        /// Due from.
        from: String,
        /// Due until.
        until: String,
    },
    /// The unit has its break.
    Break {
        /// It may begin from.
        from: String,
        /// It may begin until.
        until: String,
    },
}

/// A must-visit that is not kept.
#[derive(Debug, Serialize, ToSchema)]
struct MissedBody {
    name: String,
    due: WindowBody,
    /// `no_unit_in_time`; `crowded`: no way to keep it beside the others was found;
    /// `outside_shift`; `no_road`: none is near; `too_many`: more points than the units could
    /// visit, so that it was not searched for.
    #[schema(value_type = String)]
    why: MissedWhy,
    /// `must_visit`, `frequency` (nobody came for longer than allowed), `first_visit` (of a
    /// point with a frequency, due before `due.end`), `pin` or `break`.
    #[schema(value_type = String)]
    kind: MissedKind,
    /// Call sign of the only unit that was to keep it, where it was asked of one.
    unit: Option<String>,
}

/// A unit that gets no route.
#[derive(Debug, Serialize, ToSchema)]
struct LeftOutBody {
    unit: String,
    call_sign: String,
    /// `off_road`: its start is too far from any road; `on_foot`: routes are by road.
    #[schema(value_type = String)]
    why: LeftOutWhy,
    /// Call sign of the unit that drives in its place, if one does.
    replaced_by: Option<String>,
}

/// Where it is.
#[derive(Debug, Serialize, ToSchema)]
struct PlanLinks {
    #[serde(rename = "self")]
    this: String,
    gpx: String,
    geojson: String,
    csv: String,
    pdf: String,
    /// To print.
    sheet: String,
}

/// A plan in a list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlanSummary)]
pub struct PlanLine {
    id: String,
    made_at: String,
    window: WindowBody,
    /// How many units have a route.
    units: usize,
    /// Over all routes.
    stops: usize,
    risk_covered: f64,
    risk_total: f64,
}

/// The newest plans.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanList {
    /// Newest first.
    pub plans: Vec<PlanLine>,
}

/// Address of a plan.
pub fn address(plan: &PatrolPlan) -> String {
    format!("/api/plans/{}", plan.id)
}

impl PlanBody {
    /// What is shown of a plan.
    pub fn of(plan: &PatrolPlan, zone: &TimeZone) -> Self {
        let this = address(plan);
        Self {
            id: plan.id.to_string(),
            made_at: local_time(plan.made_at, zone),
            window: WindowBody::of(plan.window, zone),
            synthetic: plan.synthetic,
            routes: plan.routes.iter().map(|r| RouteBody::of(r, zone)).collect(),
            missed: plan
                .missed
                .iter()
                .map(|missed| MissedBody {
                    name: missed.name.clone(),
                    due: WindowBody::of(missed.due, zone),
                    why: missed.why,
                    kind: missed.kind,
                    unit: missed.unit.clone(),
                })
                .collect(),
            left_out: plan
                .left_out
                .iter()
                .map(|left| LeftOutBody {
                    unit: left.unit.to_string(),
                    call_sign: left.call_sign.clone(),
                    why: left.why,
                    replaced_by: left.replaced_by.clone(),
                })
                .collect(),
            risk_covered: plan.risk_covered,
            risk_total: plan.risk_total,
            risk: ProvenanceBody::of(&plan.risk, zone),
            seed: plan.seed,
            units_asked: plan.units_asked,
            units_from: plan.units_from,
            search: plan.search.map(|search| SearchBody {
                iterations: search.iterations,
                iterations_asked: search.iterations_asked,
                kept_stops: search.kept_stops,
                ended_by: search.ended_by,
            }),
            weights: plan.weights.map(Into::into),
            report: plan.report.as_ref().map(|r| ReportBody::of(r, zone)),
            obstacles: plan.obstacles.clone(),
            trade_off: plan
                .trade_off
                .iter()
                .map(|other| TradeOffBody::of(other, zone))
                .collect(),
            replanned: plan
                .replanned
                .as_ref()
                .map(|r| ReplanBody::of(r, plan, zone)),
            links: PlanLinks {
                gpx: format!("{this}.gpx"),
                geojson: format!("{this}.geojson"),
                csv: format!("{this}.csv"),
                pdf: format!("{this}.pdf"),
                sheet: format!("{this}/sheet"),
                this,
            },
        }
    }
}

impl PlanLine {
    /// What is listed of a plan.
    pub fn of(plan: &PlanSummary, zone: &TimeZone) -> Self {
        Self {
            id: plan.id.to_string(),
            made_at: local_time(plan.made_at, zone),
            window: WindowBody::of(plan.window, zone),
            units: plan.units,
            stops: plan.stops,
            risk_covered: plan.risk_covered,
            risk_total: plan.risk_total,
        }
    }
}

impl RouteBody {
    fn of(route: &PatrolRoute, zone: &TimeZone) -> Self {
        Self {
            unit: route.unit.to_string(),
            call_sign: route.call_sign.clone(),
            start: route.start.into(),
            stops: route.stops.iter().map(|s| StopBody::of(s, zone)).collect(),
            line: route.line.iter().map(|&p| p.into()).collect(),
            length: route.length.0,
            driving: route.driving.0,
            finish: route.finish.as_ref().map(|finish| FinishBody {
                position: finish.position.into(),
                label: finish.label.clone(),
                arrival: local_time(finish.arrival, zone),
                drive: finish.drive.0,
            }),
        }
    }
}

impl StopBody {
    fn of(stop: &Stop, zone: &TimeZone) -> Self {
        Self {
            number: stop.number,
            position: stop.position.into(),
            cell: stop.cell.map(|cell| cell.to_string()),
            label: stop.label.clone(),
            arrival: local_time(stop.arrival, zone),
            begins: stop.begins.map(|at| local_time(at, zone)),
            departure: local_time(stop.departure, zone),
            drive: stop.drive.0,
            gain: stop.gain,
            pinned: stop.pinned,
            instead: stop.instead.as_ref().map(|instead| match instead {
                Instead::Place { cell, label, gain } => InsteadBody::Place {
                    cell: cell.to_string(),
                    label: label.clone(),
                    gain: *gain,
                },
                Instead::Nothing => InsteadBody::Nothing,
            }),
            reason: match stop.reason {
                StopReason::Risk {
                    expected_in_hour,
                    rank,
                    of,
                    earlier_visits,
                } => ReasonBody::Risk {
                    expected_in_hour,
                    rank,
                    of,
                    earlier_visits,
                },
                StopReason::MustVisit { from, until } => ReasonBody::MustVisit {
                    from: local_time(from, zone),
                    until: local_time(until, zone),
                },
                StopReason::Break { from, until } => ReasonBody::Break {
                    from: local_time(from, zone),
                    until: local_time(until, zone),
                },
            },
        }
    }
}

#[cfg(test)]
#[path = "plan_body_tests.rs"]
mod tests;
