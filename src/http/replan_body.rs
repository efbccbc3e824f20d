//! What a plan that was made in mid-shift changes, as the API shows it: the core's own
//! fields, and each unit's change in one sentence of both languages.

use jiff::tz::TimeZone;
use serde::Serialize;
use utoipa::ToSchema;

use crate::exchange::feature_geojson::local_time;
use crate::patrol::plan::{PatrolPlan, ReplanRecord};
use crate::patrol::reason::Language;
use crate::patrol::replan::explain::{ChangeWhy, Stability, UnitChange};
use crate::patrol::replan::words;

/// What changed of an earlier plan.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReplanBody {
    /// The plan before.
    of: String,
    /// When in the shift: what was made or under way by then stays.
    at: String,
    /// What changed, one a unit.
    changes: Vec<UnitChangeBody>,
    stability: StabilityBody,
    /// Expected incidents covered if everyone had carried on with what could still be done.
    carried_on: f64,
    /// That nobody can be at the pressed pillar as soon as was asked; null where somebody can.
    late: Option<LateBody>,
}

/// A visit that is made late.
#[derive(Debug, Serialize, ToSchema)]
struct LateBody {
    /// What the point is called.
    name: String,
    /// Somebody should have been there before.
    due: String,
    /// When somebody can be there at the earliest.
    soonest: String,
    /// By how many seconds that is late.
    late_s: i64,
    /// In one sentence, English.
    en: String,
    /// In one sentence, 简体中文.
    zh: String,
}

/// What changed for one unit.
#[derive(Debug, Serialize, ToSchema)]
struct UnitChangeBody {
    /// Its place among the routes, from 0.
    unit: usize,
    /// Its id.
    unit_id: String,
    call_sign: String,
    /// A `kind` and what it is about: `unchanged`, `retimed`, `sent_to_call`, `back`,
    /// `drops_out`, `pillar_pressed`, `new_hotspot`, `takes_over`, `hands_over` or
    /// `worth_more`.
    #[schema(value_type = Object)]
    why: ChangeWhy,
    /// Labels of stops that it makes no more.
    dropped: Vec<String>,
    /// Labels of stops that it makes now.
    added: Vec<String>,
    /// In one sentence, English.
    en: String,
    /// In one sentence, 简体中文.
    zh: String,
}

/// How much of a plan changed, of the stops that were neither made nor under way.
#[derive(Debug, Serialize, ToSchema)]
struct StabilityBody {
    /// How many there were.
    before: usize,
    /// How many of them the same unit still makes.
    stayed: usize,
    /// How many of them their unit can't make, being gone.
    forced: usize,
    /// How many there are that were not.
    added: usize,
    /// In one sentence, English.
    en: String,
    /// In one sentence, 简体中文.
    zh: String,
}

impl ReplanBody {
    /// What is shown of it.
    pub fn of(record: &ReplanRecord, plan: &PatrolPlan, zone: &TimeZone) -> Self {
        Self {
            of: record.of.to_string(),
            at: local_time(record.at, zone),
            changes: record
                .changes
                .iter()
                .map(|change| UnitChangeBody::of(change, plan))
                .collect(),
            stability: StabilityBody::of(&record.stability),
            carried_on: record.carried_on,
            late: record.late.as_ref().map(|late| LateBody {
                name: late.name.clone(),
                due: local_time(late.due, zone),
                soonest: local_time(late.soonest, zone),
                late_s: late.by().as_secs(),
                en: words::of_late(late, zone, Language::English),
                zh: words::of_late(late, zone, Language::Chinese),
            }),
        }
    }
}

impl UnitChangeBody {
    fn of(change: &UnitChange, plan: &PatrolPlan) -> Self {
        let route = plan.routes.get(change.unit);
        Self {
            unit: change.unit,
            unit_id: route
                .map(|route| route.unit.to_string())
                .unwrap_or_default(),
            call_sign: change.call_sign.clone(),
            why: change.why.clone(),
            dropped: change.dropped.clone(),
            added: change.added.clone(),
            en: words::of_change(change, Language::English),
            zh: words::of_change(change, Language::Chinese),
        }
    }
}

impl StabilityBody {
    fn of(stability: &Stability) -> Self {
        Self {
            before: stability.before,
            stayed: stability.stayed,
            forced: stability.forced,
            added: stability.added,
            en: words::of_stability(stability, Language::English),
            zh: words::of_stability(stability, Language::Chinese),
        }
    }
}
