//! What is to be simulated, over the wire; bounded, so that one question can't keep all
//! cores for hours.

use jiff::civil::Date;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::app::record::BEST;
use crate::app::sample::district::DEFAULT_SEED;
use crate::app::session::DEFAULT_RESOLUTION;
use crate::app::session::snapshot::Snapshot;
use crate::app::simulate::{BeatRule, SimulateRequest};
use crate::grid::hexgrid::{COARSEST, FINEST};
use crate::http::incidents::known_categories;
use crate::http::problem::Problem;
use crate::http::query::quoted;
use crate::patrol::dispatch::rule::Rule;
use crate::patrol::objective::weights::Preset;
use crate::patrol::simulator::handling::HandlingTime;
use crate::patrol::simulator::policy::Policy;
use crate::patrol::simulator::report::Truth;
use crate::patrol::simulator::settings::SimulationSettings;
use crate::risk::models::NAMES;

const USUAL_DAYS: u32 = 28;
const DAYS: std::ops::RangeInclusive<u32> = 1..=62;
const USUAL_SEEDS: u32 = 10;
const SEEDS: std::ops::RangeInclusive<u32> = 1..=50;
const UNITS: std::ops::RangeInclusive<u32> = 1..=200;
const ITERATIONS: std::ops::RangeInclusive<u32> = 1..=5_000;
const HANDLING_MINUTES: std::ops::RangeInclusive<f64> = 1.0..=1_440.0;
const USUAL_HANDLING_MINUTES: f64 = 30.0;
/// Longer texts are no window.
const MOST_TEXT: usize = 100;

/// What is to be simulated.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SimulationChoice {
    /// How many days, 1 to 62; 28 where absent.
    #[serde(default)]
    days: Option<u32>,
    /// First day; where absent, so that the last one is the last day of the data.
    #[schema(example = "2026-10-01")]
    #[serde(default)]
    from: Option<String>,
    /// `night`, `night@2026-10-31`, or `START/END`, every day at its time; all shifts where
    /// absent.
    #[serde(default)]
    window: Option<String>,
    /// What idle units do: `station`, `random`, `hottest`, `plan`, `plan-replan`; all of them
    /// where absent or empty.
    #[serde(default)]
    policies: Vec<String>,
    /// Draws of calls, 1 to 50; 10 where absent. Intervals need two.
    #[serde(default)]
    seeds: Option<u32>,
    /// The first of the draws' seeds; 1 where absent.
    #[serde(default)]
    seed: Option<u64>,
    /// Units on duty in each shift, 1 to 200; the idle ones of the workspace where absent.
    /// More than there are begin at the stations in turn.
    #[serde(default)]
    units: Option<u32>,
    /// Where a unit's plan may send it: `own`, the beats of its station, or `all`; `own`
    /// where absent.
    #[serde(default)]
    beats: Option<String>,
    /// What plans are good for: `deter`, `respond` or `balanced`; `deter` where absent.
    #[serde(default)]
    preset: Option<String>,
    /// How the unit for a call is chosen: `nearest` by road, or `coverage`: of those within a
    /// minute of it the one that coverage misses least; `nearest` where absent.
    #[serde(default)]
    rule: Option<String>,
    /// Of the forecast: `best`, `count`, `kde`, `adaptive_kde`, `prospective`, `hawkes`,
    /// `risk_terrain` or `mixture`; `best` where absent.
    #[serde(default)]
    model: Option<String>,
    /// Category codes, children included; empty means all.
    #[serde(default)]
    category: Vec<String>,
    /// H3 resolution of the forecast, 7 to 11; 10 where absent.
    #[serde(default)]
    resolution: Option<u8>,
    /// Where the calls come from: `held-out`, the incidents of these days, which the forecast
    /// has not seen, or `forecast`, the forecast itself; held-out where absent and there are
    /// enough.
    #[serde(default)]
    truth: Option<String>,
    /// Mean of the time that a unit is busy at a call, 1 to 1440; 30 where absent.
    #[serde(default)]
    handling_minutes: Option<f64>,
    /// Changes that the search tries for each shift's plan, 1 to 5000; 500 where absent.
    #[serde(default)]
    iterations: Option<u32>,
}

impl SimulationChoice {
    /// The request.
    ///
    /// # Errors
    /// [`Problem`] that names the field.
    pub fn request(self, snapshot: &Snapshot) -> Result<SimulateRequest, Problem> {
        let settings = SimulationSettings::default();
        let iterations = whole("iterations", self.iterations, &ITERATIONS)?;
        let minutes = self.handling_minutes.unwrap_or(USUAL_HANDLING_MINUTES);
        if !HANDLING_MINUTES.contains(&minutes) {
            let detail = format!("handling_minutes must be from 1 to 1440, not {minutes}");
            return Err(Problem::parameter("handling_minutes", detail));
        }
        let resolution = self.resolution.unwrap_or(DEFAULT_RESOLUTION);
        if !(COARSEST..=FINEST).contains(&resolution) {
            let detail = format!(
                "resolution must be a whole number from {COARSEST} to {FINEST}, not {resolution}"
            );
            return Err(Problem::parameter("resolution", detail));
        }
        if let Some(text) = self.window.as_ref().filter(|text| text.len() > MOST_TEXT) {
            let detail = format!("{} is no window: it is too long", quoted(text));
            return Err(Problem::parameter("window", detail));
        }
        let model = self.model.unwrap_or_else(|| BEST.to_owned());
        if model != BEST && !NAMES.contains(&model.as_str()) {
            let known = NAMES.join(", ");
            let detail = format!(
                "there is no model {}; known: {BEST}, {known}",
                quoted(&model)
            );
            return Err(Problem::parameter("model", detail));
        }
        Ok(SimulateRequest {
            from: self.from.as_deref().map(day).transpose()?,
            days: whole("days", self.days, &DAYS)?.unwrap_or(USUAL_DAYS),
            window: self.window.filter(|text| !text.is_empty()),
            policies: policies(&self.policies)?,
            seeds: whole("seeds", self.seeds, &SEEDS)?.unwrap_or(USUAL_SEEDS),
            first_seed: self.seed.unwrap_or(1),
            units: whole("units", self.units, &UNITS)?.map(|n| n as usize),
            beats: one_of(
                "beats",
                self.beats.as_deref(),
                [("own", BeatRule::Own), ("all", BeatRule::All)],
            )?
            .unwrap_or(BeatRule::Own),
            preset: one_of(
                "preset",
                self.preset.as_deref(),
                Preset::ALL.map(|preset| (preset.name(), preset)),
            )?
            .unwrap_or(Preset::Deter),
            model,
            categories: known_categories(self.category, snapshot)?,
            resolution,
            truth: one_of(
                "truth",
                self.truth.as_deref(),
                [Truth::HeldOut, Truth::Forecast].map(|truth| (truth.name(), truth)),
            )?,
            sample_seed: DEFAULT_SEED,
            handling: HandlingTime::LogNormal {
                mean_s: minutes * 60.0,
                variation: 1.0,
            },
            settings: SimulationSettings {
                rule: one_of(
                    "rule",
                    self.rule.as_deref(),
                    [
                        ("nearest", Rule::Nearest),
                        ("coverage", Rule::COVERAGE_AWARE),
                    ],
                )?
                .unwrap_or(Rule::Nearest),
                plan_iterations: iterations.map_or(settings.plan_iterations, u64::from),
                ..settings
            },
        })
    }
}

/// The policies asked for, each once, in the order of [`Policy::ALL`].
fn policies(names: &[String]) -> Result<Vec<Policy>, Problem> {
    if names.is_empty() {
        return Ok(Policy::ALL.to_vec());
    }
    let named = |name: &String| {
        Policy::by_name(name).ok_or_else(|| {
            let known = Policy::ALL.map(Policy::name).join(", ");
            let detail = format!("there is no policy {}; known: {known}", quoted(name));
            Problem::parameter("policies", detail)
        })
    };
    let mut wanted = names.iter().map(named).collect::<Result<Vec<_>, _>>()?;
    wanted.sort_unstable();
    wanted.dedup();
    Ok(wanted)
}

fn day(text: &str) -> Result<Date, Problem> {
    text.parse().map_err(|_| {
        let detail = format!("from must be a day like 2026-10-01, not {}", quoted(text));
        Problem::parameter("from", detail)
    })
}

fn whole(
    name: &str,
    asked: Option<u32>,
    range: &std::ops::RangeInclusive<u32>,
) -> Result<Option<u32>, Problem> {
    match asked {
        Some(n) if !range.contains(&n) => {
            let (least, most) = (range.start(), range.end());
            let detail = format!("{name} must be from {least} to {most}, not {n}");
            Err(Problem::parameter(name, detail))
        }
        asked => Ok(asked),
    }
}

fn one_of<T: Copy, const N: usize>(
    name: &str,
    asked: Option<&str>,
    known: [(&str, T); N],
) -> Result<Option<T>, Problem> {
    let Some(asked) = asked else {
        return Ok(None);
    };
    let found = known.iter().find(|(word, _)| *word == asked);
    found.map(|(_, meant)| Some(*meant)).ok_or_else(|| {
        let words = known.map(|(word, _)| word).join(", ");
        let detail = format!("{name} must be one of {words}, not {}", quoted(asked));
        Problem::parameter(name, detail)
    })
}
