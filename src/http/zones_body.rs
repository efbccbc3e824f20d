//! What zones are asked for over the wire.

use jiff::civil::Date;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::app::risk::RiskRequest;
use crate::app::session::snapshot::Snapshot;
use crate::app::zones::{ZonesFrom, ZonesRequest, ZonesSimulation};
use crate::http::problem::Problem;
use crate::http::risk_query::{HoursChoice, RiskChoice};

/// Where no window is asked for, the work of so many days is balanced: whole weeks.
const DAYS: i64 = 28;

/// Cells of about a tenth of a square kilometre: of a size that people draw borders at.
const USUAL_RESOLUTION: u8 = 9;

/// At most this share of the cells moves where nothing else is asked.
const USUAL_MOVED: f64 = 0.33;

/// How long a call binds a unit where nothing else is asked, minutes.
const USUAL_HANDLING_MINUTES: f64 = 30.0;

const MOST_ZONES: u32 = 1_000;
const MOST_UNITS: u32 = 50;
const USUAL_SEEDS: u32 = 10;
const MOST_SEEDS: u32 = 100;
const MOST_LOCKED: usize = 500;
const MOVED: std::ops::RangeInclusive<f64> = 0.0..=1.0;
const HANDLING_MINUTES: std::ops::RangeInclusive<f64> = 0.0..=1_440.0;
const COMPACTNESS: std::ops::RangeInclusive<f64> = 0.0..=100.0;

/// Which draft is wanted.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DraftChoice {
    /// `beats` or `zones`, whose borders are moved; `beats` where absent. Not with `count`.
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    from: Option<Start>,
    /// Draft so many zones from nothing instead, 1 to 1000.
    #[serde(default)]
    count: Option<u32>,
    /// Ids or names of beats (or zones) that keep their ground; at most 500.
    #[serde(default)]
    locked: Vec<String>,
    /// At most this share of the cells changes, 0 to 1, 0.33 where absent; with `count` all may.
    #[serde(default)]
    moved: Option<f64>,
    /// What short borders are worth against even work, 0 to 100; 0.1 where absent.
    #[serde(default)]
    compactness: Option<f64>,
    /// Start of chance; 1 where absent.
    #[serde(default)]
    seed: Option<u64>,
    /// Whose work is balanced.
    #[serde(default)]
    work: WorkChoice,
}

/// Which comparison is wanted.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CompareChoice {
    /// Whose work is compared.
    #[serde(default)]
    work: WorkChoice,
}

/// What to start from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Start {
    Beats,
    Zones,
}

/// The calls that make the work, and how long one binds a unit.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WorkChoice {
    /// As in `/api/risk`; four weeks from the reference day where absent.
    #[serde(default)]
    window: Option<String>,
    /// As in `/api/risk`; `best` where absent.
    #[serde(default)]
    model: Option<String>,
    /// Category codes, children included; empty means all.
    #[serde(default)]
    category: Vec<String>,
    /// Hours that count: `22-6` on every day, or hours of the week, 0 (Monday 00:00) to 167;
    /// all where absent.
    #[serde(default)]
    hours: Option<HoursChoice>,
    /// H3, 7 to 11, 9 where absent.
    #[serde(default)]
    resolution: Option<u8>,
    /// How far back to look, days; all data where absent.
    #[serde(default)]
    look_back_days: Option<u32>,
    /// How long a call binds a unit that is there, 0 to 1440; 30 where absent.
    #[serde(default)]
    handling_minutes: Option<f64>,
    /// Simulate too how soon calls are answered; not where absent.
    #[serde(default)]
    simulate: Option<SimulateChoice>,
}

/// How the day simulator runs under the zones: the same calls before and after.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SimulateChoice {
    /// Units of each zone, 1 to 50; 1 where absent.
    #[serde(default)]
    units: Option<u32>,
    /// Draws of calls, 1 to 100; 10 where absent.
    #[serde(default)]
    seeds: Option<u32>,
}

impl DraftChoice {
    /// The request.
    ///
    /// # Errors
    /// [`Problem`] that names the field.
    pub fn request(self, snapshot: &Snapshot) -> Result<ZonesRequest, Problem> {
        let from = match (self.from, self.count) {
            (Some(_), Some(_)) => {
                let detail = "count drafts from nothing: give either count or from, not both";
                return Err(Problem::parameter("count", detail));
            }
            (_, Some(count)) if !(1..=MOST_ZONES).contains(&count) => {
                let detail = format!("count must be from 1 to {MOST_ZONES}, not {count}");
                return Err(Problem::parameter("count", detail));
            }
            (_, Some(count)) => ZonesFrom::Nothing(count as usize),
            (Some(Start::Zones), None) => ZonesFrom::Zones,
            (Some(Start::Beats) | None, None) => ZonesFrom::Beats,
        };
        if self.locked.len() > MOST_LOCKED {
            let detail = format!("at most {MOST_LOCKED} can be locked");
            return Err(Problem::parameter("locked", detail));
        }
        let moved = within("moved", self.moved, &MOVED)?;
        let compactness = within("compactness", self.compactness, &COMPACTNESS)?;
        let simulate = self.work.simulation()?;
        let (risk, handling_s) = self.work.request(snapshot)?;
        Ok(ZonesRequest {
            risk,
            from,
            locked: self.locked,
            most_moved: moved.unwrap_or(USUAL_MOVED),
            handling_s,
            compactness,
            seed: self.seed.unwrap_or(1),
            simulate,
            given: None,
        })
    }
}

impl CompareChoice {
    /// The request.
    ///
    /// # Errors
    /// [`Problem`] that names the field.
    pub fn request(self, snapshot: &Snapshot) -> Result<ZonesRequest, Problem> {
        let simulate = self.work.simulation()?;
        let (risk, handling_s) = self.work.request(snapshot)?;
        Ok(ZonesRequest {
            risk,
            from: ZonesFrom::AsDrawn,
            locked: Vec::new(),
            most_moved: 0.0,
            handling_s,
            compactness: None,
            seed: 1,
            simulate,
            given: None,
        })
    }
}

impl WorkChoice {
    pub(crate) fn simulation(&self) -> Result<Option<ZonesSimulation>, Problem> {
        let Some(choice) = self.simulate else {
            return Ok(None);
        };
        let whole = |name, asked: Option<u32>, usual, most| match asked.unwrap_or(usual) {
            n if (1..=most).contains(&n) => Ok(n),
            n => {
                let detail = format!("{name} must be from 1 to {most}, not {n}");
                Err(Problem::parameter(name, detail))
            }
        };
        Ok(Some(ZonesSimulation {
            units: whole("units", choice.units, 1, MOST_UNITS)? as usize,
            seeds: whole("seeds", choice.seeds, USUAL_SEEDS, MOST_SEEDS)?,
        }))
    }

    /// Where calls are expected, and how long one binds a unit, seconds.
    pub(crate) fn request(self, snapshot: &Snapshot) -> Result<(RiskRequest, f64), Problem> {
        let minutes = within("handling_minutes", self.handling_minutes, &HANDLING_MINUTES)?;
        let choice = RiskChoice {
            window: self.window.unwrap_or_else(|| weeks_from(snapshot.today())),
            model: self.model,
            category: self.category,
            hours: self.hours,
            resolution: Some(self.resolution.unwrap_or(USUAL_RESOLUTION)),
            look_back_days: self.look_back_days,
            ..RiskChoice::default()
        };
        let handling_s = minutes.unwrap_or(USUAL_HANDLING_MINUTES) * 60.0;
        Ok((choice.request(snapshot)?, handling_s))
    }
}

/// Whole weeks from that day's midnight on.
fn weeks_from(day: Date) -> String {
    let end = day.saturating_add(jiff::Span::new().days(DAYS));
    format!("{day}T00:00/{end}T00:00")
}

fn within(
    name: &str,
    value: Option<f64>,
    range: &std::ops::RangeInclusive<f64>,
) -> Result<Option<f64>, Problem> {
    match value {
        Some(n) if !range.contains(&n) => {
            let (least, most) = (range.start(), range.end());
            let detail = format!("{name} must be a number from {least} to {most}, not {n}");
            Err(Problem::parameter(name, detail))
        }
        value => Ok(value),
    }
}

/// A planner's draft made even.
///
/// # Errors
/// [`Problem`] that names the field.
pub(crate) fn balance(
    work: WorkChoice,
    locked: Vec<String>,
    moved: Option<f64>,
    seed: Option<u64>,
    snapshot: &Snapshot,
) -> Result<ZonesRequest, Problem> {
    let choice = DraftChoice {
        locked,
        moved,
        seed,
        work,
        ..DraftChoice::default()
    };
    choice.request(snapshot)
}
