//! What surface is wanted: from an address, or from a plan's body.

use jiff::civil;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::app::record::BEST;
use crate::app::risk::RiskRequest;
use crate::app::session::DEFAULT_RESOLUTION;
use crate::app::session::snapshot::Snapshot;
use crate::calendar::text::{HoursTextError, parse_hours, parse_window};
use crate::calendar::week::{HOURS, HourSet};
use crate::calendar::window::Window;
use crate::grid::hexgrid::{COARSEST, FINEST};
use crate::http::incidents::known_categories;
use crate::http::problem::Problem;
use crate::http::query::{Query, quoted, shortened};
use crate::risk::kde::MOST_BANDWIDTH_M;
use crate::risk::models::NAMES;

/// Longest window, days: risk is a matter of weeks, and hours are counted one by one.
const MOST_DAYS: f64 = 366.0;

/// Longest look-back and half-life, days.
const MOST_LOOK_BACK: u32 = 36_600;

/// What surface is wanted, as text and numbers.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RiskChoice {
    /// `night`, `night@2026-10-31`, or `START/END` in ISO 8601.
    pub window: String,
    /// One of `models::NAMES`, or `best`: the one that the record speaks for; `best` where
    /// absent.
    pub model: Option<String>,
    /// Category codes, children included; empty means all.
    pub category: Vec<String>,
    /// Hours that count; all where absent.
    pub hours: Option<HoursChoice>,
    /// 7 to 11, 10 where absent.
    pub resolution: Option<u8>,
    /// How far back to look, days; all data where absent.
    pub look_back_days: Option<u32>,
    /// Kernel bandwidth of `kde` and `adaptive_kde`, metres; chosen on the past where absent.
    pub bandwidth_m: Option<f64>,
    /// Half-life of an event's weight, days.
    pub half_life_days: Option<f64>,
}

/// Which hours count, as a text or, in a body, as numbers.
#[derive(Debug, Clone, PartialEq, Deserialize, ToSchema)]
#[serde(
    untagged,
    expecting = "hours must be a text like \"22-6\" or \"0,1,2\", or a list of whole numbers"
)]
pub enum HoursChoice {
    /// `22-6` on every day, or hours of the week with commas between.
    Text(String),
    /// Hours of the week, 0 (Monday 00:00) to 167; all where there is none.
    Numbers(Vec<u16>),
}

impl HoursChoice {
    /// The hours.
    ///
    /// # Errors
    /// [`Problem`] that names the field.
    pub fn set(self) -> Result<HourSet, Problem> {
        let fault = |text: &str| Problem::parameter("hours", HoursTextError(shortened(text)));
        match self {
            Self::Text(text) => parse_hours(&text).map_err(|_| fault(&text)),
            Self::Numbers(hours) if hours.is_empty() => Ok(HourSet::full()),
            Self::Numbers(hours) => match hours.iter().find(|&&h| usize::from(h) >= HOURS) {
                Some(hour) => Err(fault(&hour.to_string())),
                None => Ok(hours.into_iter().map(usize::from).collect()),
            },
        }
    }
}

impl RiskChoice {
    /// Takes the choice from an address.
    ///
    /// # Errors
    /// [`Problem`].
    pub fn of_query(query: &mut Query) -> Result<Self, Problem> {
        Ok(Self {
            window: query.text("window")?.unwrap_or_default(),
            model: query.text("model")?,
            category: query.many("category"),
            hours: query.text("hours")?.map(HoursChoice::Text),
            resolution: query
                .within("resolution", u32::from(COARSEST), u32::from(FINEST))?
                .and_then(|r| u8::try_from(r).ok()),
            look_back_days: query.within("look_back_days", 1, MOST_LOOK_BACK)?,
            bandwidth_m: query.positive("bandwidth_m")?,
            half_life_days: query.positive("half_life_days")?,
        })
    }

    /// Checks the choice against the workspace. The model may be [`BEST`], which
    /// [`Session::resolved`](crate::app::session::Session::resolved) turns into a name.
    ///
    /// # Errors
    /// [`Problem`] that names the field.
    pub fn request(self, snapshot: &Snapshot) -> Result<RiskRequest, Problem> {
        let model = self.model.unwrap_or_else(|| BEST.to_owned());
        if model != BEST && !NAMES.contains(&model.as_str()) {
            return Err(Problem::parameter(
                "model",
                format!(
                    "there is no model {}; known: {BEST}, {}",
                    quoted(&model),
                    NAMES.join(", ")
                ),
            ));
        }
        let resolution = self.resolution.unwrap_or(DEFAULT_RESOLUTION);
        if !(COARSEST..=FINEST).contains(&resolution) {
            return Err(Problem::parameter(
                "resolution",
                format!(
                    "resolution must be a whole number from {COARSEST} to {FINEST}, not {resolution}"
                ),
            ));
        }
        if let Some(days) = self.look_back_days
            && !(1..=MOST_LOOK_BACK).contains(&days)
        {
            return Err(Problem::parameter(
                "look_back_days",
                format!("look_back_days must be from 1 to {MOST_LOOK_BACK}, not {days}"),
            ));
        }
        Ok(RiskRequest {
            model,
            window: window(&self.window, snapshot, snapshot.today())?,
            look_back_days: self.look_back_days,
            hours: self.hours.map_or(Ok(HourSet::full()), HoursChoice::set)?,
            categories: known_categories(self.category, snapshot)?,
            resolution,
            bandwidth_m: bounded("bandwidth_m", self.bandwidth_m, MOST_BANDWIDTH_M)?,
            half_life_days: bounded(
                "half_life_days",
                self.half_life_days,
                f64::from(MOST_LOOK_BACK),
            )?,
            include_patrol_discovered: false,
        })
    }
}

/// Reads a window as the workspace's shifts and clock have it.
///
/// # Errors
/// [`Problem`] where it is none, or longer than a year.
pub fn window(text: &str, snapshot: &Snapshot, today: civil::Date) -> Result<Window, Problem> {
    if text.is_empty() {
        return Err(Problem::parameter(
            "window",
            "window is missing; write a shift like night, night@2026-10-31, or START/END",
        ));
    }
    if text.len() > 100 {
        return Err(Problem::parameter(
            "window",
            format!("{} is no window: it is too long", quoted(text)),
        ));
    }
    let window = parse_window(text, &snapshot.shifts, &snapshot.zone, today)
        .map_err(|fault| Problem::parameter("window", fault))?;
    if window.length().0 > MOST_DAYS * 86_400.0 {
        return Err(Problem::parameter(
            "window",
            format!("the window is longer than {MOST_DAYS} days"),
        ));
    }
    Ok(window)
}

fn bounded(name: &str, value: Option<f64>, most: f64) -> Result<Option<f64>, Problem> {
    match value {
        Some(n) if !(n.is_finite() && n > 0.0 && n <= most) => Err(Problem::parameter(
            name,
            format!("{name} must be a number above 0, at most {most}, not {n}"),
        )),
        value => Ok(value),
    }
}
