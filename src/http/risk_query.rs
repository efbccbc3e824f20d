//! What surface is wanted: from an address, or from a plan's body.

use jiff::civil;

use crate::app::risk::RiskRequest;
use crate::app::session::snapshot::Snapshot;
use crate::app::session::{DEFAULT_MODEL, DEFAULT_RESOLUTION};
use crate::calendar::text::parse_window;
use crate::calendar::week::{HOURS, HourSet};
use crate::calendar::window::Window;
use crate::http::incidents::known_categories;
use crate::http::problem::Problem;
use crate::http::query::{Query, quoted};
use crate::http::workspace::{MODELS, RESOLUTIONS};

/// Longest window, days: risk is a matter of weeks, and hours are counted one by one.
const MOST_DAYS: f64 = 366.0;

/// Longest look-back and half-life, days.
const MOST_LOOK_BACK: u32 = 36_600;

/// Widest bandwidth, metres: wider than any district.
const MOST_BANDWIDTH: f64 = 20_000.0;

/// What surface is wanted, as text and numbers.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RiskChoice {
    /// `night`, `night@2026-10-31`, or `START/END` in ISO 8601.
    pub window: String,
    /// `count` or `kde`; `kde` where absent.
    pub model: Option<String>,
    /// Category codes, children included; empty means all.
    pub category: Vec<String>,
    /// Hours of the week that count, 0 (Monday 00:00) to 167; all where absent.
    pub hours: Option<Vec<u16>>,
    /// 7 to 11, 10 where absent.
    pub resolution: Option<u8>,
    /// How far back to look, days; all data where absent.
    pub look_back_days: Option<u32>,
    /// Kernel bandwidth of `kde`, metres.
    pub bandwidth_m: Option<f64>,
    /// Half-life of an event's weight, days.
    pub half_life_days: Option<f64>,
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
            hours: query.text("hours")?.map(|text| hours(&text)).transpose()?,
            resolution: query
                .within("resolution", 7, 11)?
                .and_then(|r| u8::try_from(r).ok()),
            look_back_days: query.within("look_back_days", 1, MOST_LOOK_BACK)?,
            bandwidth_m: query.positive("bandwidth_m")?,
            half_life_days: query.positive("half_life_days")?,
        })
    }

    /// Checks the choice against the workspace.
    ///
    /// # Errors
    /// [`Problem`] that names the field.
    pub fn request(self, snapshot: &Snapshot) -> Result<RiskRequest, Problem> {
        let model = self.model.unwrap_or_else(|| DEFAULT_MODEL.to_owned());
        if !MODELS.contains(&model.as_str()) {
            return Err(Problem::parameter(
                "model",
                format!(
                    "there is no model {}; known: {}",
                    quoted(&model),
                    MODELS.join(", ")
                ),
            ));
        }
        let resolution = self.resolution.unwrap_or(DEFAULT_RESOLUTION);
        if !RESOLUTIONS.contains(&resolution) {
            return Err(Problem::parameter(
                "resolution",
                format!("resolution must be a whole number from 7 to 11, not {resolution}"),
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
            hours: match self.hours {
                Some(hours) if !hours.is_empty() => hour_set(&hours)?,
                _ => HourSet::full(),
            },
            categories: known_categories(self.category, snapshot)?,
            resolution,
            bandwidth_m: bounded("bandwidth_m", self.bandwidth_m, MOST_BANDWIDTH)?,
            half_life_days: bounded(
                "half_life_days",
                self.half_life_days,
                f64::from(MOST_LOOK_BACK),
            )?,
            include_patrol_discovered: false,
        })
    }
}

fn window(text: &str, snapshot: &Snapshot, today: civil::Date) -> Result<Window, Problem> {
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
    // A `+` that was not escaped came as a blank.
    let text = text.replace(' ', "+");
    let window = parse_window(&text, &snapshot.shifts, &snapshot.zone, today)
        .map_err(|fault| Problem::parameter("window", fault))?;
    if window.length().0 > MOST_DAYS * 86_400.0 {
        return Err(Problem::parameter(
            "window",
            format!("the window is longer than {MOST_DAYS} days"),
        ));
    }
    Ok(window)
}

fn hours(text: &str) -> Result<Vec<u16>, Problem> {
    text.split(',')
        .map(|hour| hour.trim().parse().map_err(|_| no_hour(&quoted(hour))))
        .collect()
}

fn hour_set(hours: &[u16]) -> Result<HourSet, Problem> {
    match hours.iter().find(|&&hour| usize::from(hour) >= HOURS) {
        Some(hour) => Err(no_hour(&hour.to_string())),
        None => Ok(hours.iter().map(|&hour| usize::from(hour)).collect()),
    }
}

fn no_hour(hour: &str) -> Problem {
    Problem::parameter(
        "hours",
        format!(
            "hours must be hours of the week from 0 (Monday 00:00) to 167, comma between; {hour} is none"
        ),
    )
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
