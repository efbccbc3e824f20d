//! A hand-over as clients see it.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use crate::app::handover::HandoverReport;
use crate::app::handover::next_shift::{NextShift, TopCell};
use crate::app::session::snapshot::Snapshot;
use crate::calendar::shift::Shift;
use crate::exchange::feature_geojson::local_time;
use crate::http::live::body::{AlarmBody, CallBody, NoteBody, View};
use crate::http::risk_body::WindowBody;
use crate::live::handover::figures::{CallFigures, Handover, PillarTime, Response, UnitTime};
use crate::live::handover::spread::Spread;
use crate::place::feature::UnitKind;

/// What a shift hands over.
#[derive(Debug, Serialize, ToSchema)]
pub struct HandoverBody {
    window: WindowBody,
    /// The part of the window that is told of: up to now, while it is not over.
    known: WindowBody,
    /// Whether the window is over.
    is_over: bool,
    /// The shift, where the window is one.
    shift: Option<ShiftName>,
    /// The station; null: the whole district.
    station: Option<StationName>,
    /// Number of the last event that was told of.
    sequence: u64,
    /// Whether the data are made up.
    synthetic: bool,
    calls: CallsBody,
    /// How fast calls were answered: all (`priority` null), then each priority.
    response: Vec<ResponseBody>,
    /// Calls that are left, the most urgent first, then the oldest.
    open_calls: Vec<CallBody>,
    alarms: AlarmsBody,
    /// Pillars that were silent at the end or at some time.
    pillars: Vec<PillarTimeBody>,
    /// Units, by call sign.
    units: Vec<UnitTimeBody>,
    /// Plans of the time, newest first.
    plans: Vec<PlanOfShift>,
    /// What the next shift has to expect; null where nothing can be said.
    next: Option<NextShiftBody>,
    /// Why nothing can be said of it.
    next_fault: Option<String>,
    /// What was written about this window last.
    note: Option<NoteBody>,
    /// What was written last about a time before.
    note_before: Option<NoteBody>,
}

/// A shift's name.
#[derive(Debug, Serialize, ToSchema)]
struct ShiftName {
    id: String,
    name_en: String,
    name_zh: String,
}

/// A station's name.
#[derive(Debug, Serialize, ToSchema)]
struct StationName {
    id: String,
    name: String,
}

/// The calls of the shift.
#[derive(Debug, Serialize, ToSchema)]
struct CallsBody {
    /// Received in it.
    received: usize,
    /// Open as it began.
    taken_over: usize,
    /// Of these, still open.
    still_open: usize,
    /// Open at the end, whenever received.
    open: usize,
    /// Incidents that came in known and over.
    noted: usize,
    /// Of those received, priority 1, 2, 3.
    by_priority: [usize; 3],
    /// Of those received, by category code, the most frequent first.
    by_category: Vec<CategoryCalls>,
    /// Of those received: `received`, `dispatched`, `arrived`, `handling`, `closed`,
    /// `cancelled`, `merged`.
    by_state: BTreeMap<&'static str, usize>,
    /// How often a call was opened again.
    reopened: usize,
    /// How often a call was merged into another.
    merged: usize,
    /// How often a call was cancelled, by the reason.
    cancelled: BTreeMap<String, usize>,
    /// How often a call was taken for something else.
    reclassified: usize,
    /// How often two calls were said to be two.
    kept_apart: usize,
}

/// The calls of a category.
#[derive(Debug, Serialize, ToSchema)]
struct CategoryCalls {
    code: String,
    received: usize,
    open: usize,
}

/// How fast calls were answered; cancelled and merged ones are left out.
#[derive(Debug, Serialize, ToSchema)]
struct ResponseBody {
    /// 1, 2, 3; null: all.
    priority: Option<u8>,
    calls: usize,
    to_dispatch: Option<SpreadBody>,
    on_the_way: Option<SpreadBody>,
    to_arrival: Option<SpreadBody>,
}

/// How long something took.
#[derive(Debug, Serialize, ToSchema)]
struct SpreadBody {
    /// How many times.
    count: usize,
    /// Seconds.
    median_s: f64,
    /// 90th percentile, seconds.
    p90_s: f64,
}

/// The alarms of the shift.
#[derive(Debug, Serialize, ToSchema)]
struct AlarmsBody {
    /// Rung in it.
    rung: usize,
    /// Presses of pillars.
    presses: usize,
    /// From the press to "seen".
    acknowledged: Option<SpreadBody>,
    /// From the press to the answer.
    answered: Option<SpreadBody>,
    /// Escalated since nobody acknowledged in time.
    unacknowledged: usize,
    /// Escalated since nobody answered in time.
    unanswered: usize,
    /// Became a call.
    calls: usize,
    /// Those rung in it, and those that rang as it began.
    all: Vec<AlarmBody>,
}

/// A pillar's silences.
#[derive(Debug, Serialize, ToSchema)]
struct PillarTimeBody {
    id: String,
    name: String,
    /// Whether it gives signs of life at the end.
    online: bool,
    /// Since when it does or does not; null where its layer says so.
    since: Option<String>,
    /// How often it fell silent.
    silences: usize,
    /// For how long it was silent, seconds.
    silent_s: f64,
}

/// A unit's time.
#[derive(Debug, Serialize, ToSchema)]
struct UnitTimeBody {
    id: String,
    call_sign: String,
    #[schema(value_type = String, example = "car")]
    kind: UnitKind,
    station: Option<String>,
    /// Times it was sent to a call.
    sent: usize,
    /// Times it reached one.
    reached: usize,
    idle_s: f64,
    dispatched_s: f64,
    on_scene_s: f64,
    break_s: f64,
    off_duty_s: f64,
}

/// A plan of the time.
#[derive(Debug, Serialize, ToSchema)]
struct PlanOfShift {
    id: String,
    made_at: String,
    window: WindowBody,
    units: usize,
    stops: usize,
    risk_covered: f64,
    risk_total: f64,
}

/// What the next shift has to expect.
#[derive(Debug, Serialize, ToSchema)]
struct NextShiftBody {
    shift: Option<ShiftName>,
    window: WindowBody,
    model: String,
    /// Incidents.
    expected: f64,
    /// 80 % of what may come, both ends included: as the last such shifts scattered.
    interval: [u64; 2],
    /// What such shifts had; null where the data are too short.
    usual: Option<UsualBody>,
    data_until: String,
    stale_days: Option<i64>,
    not_enough_data: bool,
    /// Where most is expected.
    cells: Vec<TopCellBody>,
}

/// What such shifts had.
#[derive(Debug, Serialize, ToSchema)]
struct UsualBody {
    /// Incidents a shift, in the mean.
    mean: f64,
    /// Of how many shifts.
    shifts: usize,
    /// The end of the last of them.
    until: String,
}

/// A hexagon with its name.
#[derive(Debug, Serialize, ToSchema)]
struct TopCellBody {
    cell: String,
    /// Longitude, latitude.
    centre: [f64; 2],
    expected: f64,
    interval: [u64; 2],
    /// Beat, and street or landmark.
    label: String,
}

impl HandoverBody {
    /// Of a report; `view` has the layers' names.
    pub fn of(report: &HandoverReport, view: View<'_>) -> Self {
        let (told, snapshot) = (&report.told, view.snapshot);
        let window = |window| WindowBody::of(window, &snapshot.zone);
        let stretch = &report.stretch;
        Self {
            window: window(stretch.window),
            known: window(stretch.known),
            is_over: stretch.known == stretch.window,
            shift: stretch.shift.as_ref().map(ShiftName::of),
            station: report.station.as_ref().map(|station| StationName {
                id: station.id.to_string(),
                name: station.name.clone(),
            }),
            sequence: told.sequence,
            synthetic: snapshot.district.synthetic,
            calls: CallsBody::of(&told.calls),
            response: told
                .response
                .iter()
                .zip(0..)
                .map(ResponseBody::of)
                .collect(),
            open_calls: told.open.iter().map(|call| view.call(call)).collect(),
            alarms: AlarmsBody::of(told, view),
            pillars: told.pillars.iter().map(|it| pillar(it, view)).collect(),
            units: units(told, view),
            plans: report
                .plans
                .iter()
                .map(|plan| PlanOfShift {
                    id: plan.id.to_string(),
                    made_at: local_time(plan.made_at, &snapshot.zone),
                    window: window(plan.window),
                    units: plan.units,
                    stops: plan.stops,
                    risk_covered: plan.risk_covered,
                    risk_total: plan.risk_total,
                })
                .collect(),
            next: report
                .next
                .as_ref()
                .ok()
                .map(|next| NextShiftBody::of(next, snapshot)),
            next_fault: report.next.as_ref().err().cloned(),
            note: report.note.as_ref().map(NoteBody::of),
            note_before: report.note_before.as_ref().map(NoteBody::of),
        }
    }
}

impl ShiftName {
    fn of(shift: &Shift) -> Self {
        Self {
            id: shift.id.clone(),
            name_en: shift.name_en.clone(),
            name_zh: shift.name_zh.clone(),
        }
    }
}

impl CallsBody {
    fn of(calls: &CallFigures) -> Self {
        let mut by_category: Vec<CategoryCalls> = calls
            .by_category
            .iter()
            .map(|(code, &(received, open))| CategoryCalls {
                code: code.clone(),
                received,
                open,
            })
            .collect();
        by_category.sort_by_key(|of| std::cmp::Reverse(of.received));
        let word = |reason| match serde_json::to_value(reason) {
            Ok(serde_json::Value::String(word)) => word,
            _ => String::new(),
        };
        Self {
            received: calls.received,
            taken_over: calls.taken_over,
            still_open: calls.still_open,
            open: calls.open,
            noted: calls.noted,
            by_priority: calls.by_priority,
            by_category,
            by_state: calls
                .by_state
                .iter()
                .map(|(of, n)| (of.word(), *n))
                .collect(),
            reopened: calls.reopened,
            merged: calls.merged,
            cancelled: calls
                .cancelled
                .iter()
                .map(|(why, n)| (word(why), *n))
                .collect(),
            reclassified: calls.reclassified,
            kept_apart: calls.kept_apart,
        }
    }
}

impl ResponseBody {
    fn of((response, slot): (&Response, u8)) -> Self {
        Self {
            priority: (slot > 0).then_some(slot),
            calls: response.calls,
            to_dispatch: response.to_dispatch.map(SpreadBody::from),
            on_the_way: response.on_the_way.map(SpreadBody::from),
            to_arrival: response.to_arrival.map(SpreadBody::from),
        }
    }
}

impl From<Spread> for SpreadBody {
    fn from(spread: Spread) -> Self {
        Self {
            count: spread.count,
            median_s: spread.median.0,
            p90_s: spread.p90.0,
        }
    }
}

impl AlarmsBody {
    fn of(told: &Handover, view: View<'_>) -> Self {
        let alarms = &told.alarms;
        Self {
            rung: alarms.rung,
            presses: alarms.presses,
            acknowledged: alarms.acknowledged.map(SpreadBody::from),
            answered: alarms.answered.map(SpreadBody::from),
            unacknowledged: alarms.unacknowledged,
            unanswered: alarms.unanswered,
            calls: alarms.calls,
            all: alarms.all.iter().map(|alarm| view.alarm(alarm)).collect(),
        }
    }
}

fn pillar(time: &PillarTime, view: View<'_>) -> PillarTimeBody {
    let name = view.ground.pillar(&time.id).map(|it| it.name.clone());
    PillarTimeBody {
        id: time.id.to_string(),
        name: name.unwrap_or_else(|| time.id.to_string()),
        online: time.online,
        since: time.since.map(|at| local_time(at, &view.snapshot.zone)),
        silences: time.silences,
        silent_s: time.silent.0,
    }
}

fn units(told: &Handover, view: View<'_>) -> Vec<UnitTimeBody> {
    let of = |time: &UnitTime| {
        let unit = view.ground.unit(&time.id)?;
        let [idle_s, dispatched_s, on_scene_s, break_s, off_duty_s] = time.seconds.map(|of| of.0);
        Some(UnitTimeBody {
            id: unit.id.to_string(),
            call_sign: unit.call_sign.clone(),
            kind: unit.kind,
            station: unit.station.as_ref().map(ToString::to_string),
            sent: time.sent,
            reached: time.reached,
            idle_s,
            dispatched_s,
            on_scene_s,
            break_s,
            off_duty_s,
        })
    };
    let mut units: Vec<UnitTimeBody> = told.units.iter().filter_map(of).collect();
    units.sort_by(|a, b| (&a.call_sign, &a.id).cmp(&(&b.call_sign, &b.id)));
    units
}

impl NextShiftBody {
    fn of(next: &NextShift, snapshot: &Snapshot) -> Self {
        let zone = &snapshot.zone;
        Self {
            shift: next.shift.as_ref().map(ShiftName::of),
            window: WindowBody::of(next.window, zone),
            model: next.model.clone(),
            expected: next.expected,
            interval: next.interval,
            usual: next.usual.map(|usual| UsualBody {
                mean: usual.mean,
                shifts: usual.shifts,
                until: local_time(usual.until, zone),
            }),
            data_until: local_time(next.data_until, zone),
            stale_days: next.stale_days,
            not_enough_data: next.thin,
            cells: next.cells.iter().map(TopCellBody::of).collect(),
        }
    }
}

impl TopCellBody {
    fn of(cell: &TopCell) -> Self {
        Self {
            cell: cell.cell.to_string(),
            centre: cell.centre.into(),
            expected: cell.expected,
            interval: cell.interval,
            label: cell.label.clone(),
        }
    }
}
