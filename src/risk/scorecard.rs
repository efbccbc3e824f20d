//! How forecasts did: each model's figures over the same windows and which to trust, small
//! enough to be kept and shown. Of a backtest, or of forecasts that were frozen before
//! their windows.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::calendar::week::HourSet;
use crate::calendar::window::Window;
use crate::risk::backtest::{Backtest, Decile, Figure, Record, estimate};
use crate::risk::bootstrap::Estimate;
use crate::risk::dispersion::Law;
use crate::risk::record::{Verdict, choose};
use crate::risk::score::Flagged;

/// The share of the area whose hit rate is told in a line: what some units can cover in a
/// shift.
pub const SHOWN_AREA: f64 = 0.02;

/// What forecasts are of; two of different questions can't be compared.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Question {
    /// Category codes, ascending; empty means all.
    pub categories: Vec<String>,
    /// Hours of the week that count.
    pub hours: HourSet,
    /// H3 resolution, 7 to 11.
    pub resolution: u8,
}

impl Question {
    /// Puts the categories in order, each once.
    pub fn new(mut categories: Vec<String>, hours: HourSet, resolution: u8) -> Self {
        categories.sort();
        categories.dedup();
        Self {
            categories,
            hours,
            resolution,
        }
    }
}

/// How forecasts did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Scorecard {
    /// Which model to trust.
    pub verdict: Verdict,
    /// How many windows were scored.
    pub windows: usize,
    /// From the first one's start to the last one's end.
    pub span: Option<Window>,
    /// Incidents scored.
    pub incidents: usize,
    /// Incidents of these windows outside the grid, left out.
    pub outside: usize,
    /// One entry a model.
    pub models: Vec<ModelScore>,
    /// Made-up data.
    pub synthetic: bool,
}

/// A scorecard that was kept.
#[derive(Debug, Clone, PartialEq)]
pub struct KeptScorecard {
    /// The data version (number of the last event that changed what is learned from) that
    /// it is of.
    pub data_version: u64,
    /// When it was made.
    pub kept_at: Timestamp,
    /// The card.
    pub card: Scorecard,
}

/// One model's figures over all windows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelScore {
    /// Its name.
    pub model: String,
    /// Poisson log score an incident (natural logarithm).
    pub log_score: Option<Estimate>,
    /// Shares of the incidents in the hottest parts of the area.
    pub hit_rates: Vec<HitRate>,
    /// Expected over observed incidents.
    pub total_ratio: Option<f64>,
    /// Expected against observed by tenths of the expectation, the densest cells first.
    pub deciles: Vec<Decile>,
    /// By what law the counts scattered about the forecasts.
    pub law: Law,
}

/// The share of the incidents in the hottest part of the area.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct HitRate {
    /// Share of the area, 0 to 1.
    pub area: f64,
    /// Share of the incidents, 0 to 1; none without incidents.
    pub hits: Option<Estimate>,
}

impl Scorecard {
    /// The card of records on the same windows with these areas flagged; of them, shares
    /// are shown. None where `count` is not among the models.
    pub fn of(
        records: &[Record],
        flagged: &[Flagged],
        outside: usize,
        synthetic: bool,
    ) -> Option<Self> {
        let verdict = choose(records)?;
        let windows = records.first().map_or(&[][..], |record| &record.windows);
        let start = windows.iter().map(|w| w.window.start()).min();
        let end = windows.iter().map(|w| w.window.end()).max();
        Some(Self {
            verdict,
            windows: windows.len(),
            span: start
                .zip(end)
                .and_then(|(start, end)| Window::new(start, end).ok()),
            incidents: windows.iter().map(|w| w.events).sum::<f64>() as usize,
            outside,
            models: records
                .iter()
                .map(|record| ModelScore::of(record, flagged))
                .collect(),
            synthetic,
        })
    }

    /// The card of a backtest. None where `count` is not among the models.
    pub fn of_backtest(found: &Backtest) -> Option<Self> {
        Self::of(
            &found.records,
            &found.flagged,
            found.outside,
            found.synthetic,
        )
    }

    /// Name of the model to trust.
    pub fn model(&self) -> &str {
        let place = self.verdict.place();
        self.models.get(place).map_or("", |score| &score.model)
    }

    /// A model's hit rate in the hottest part of the area; none where it was not scored or
    /// nothing happened.
    pub fn hits(&self, model: &str, area: f64) -> Option<f64> {
        let score = self.models.iter().find(|score| score.model == model)?;
        let rate = score.hit_rates.iter().find(|rate| rate.area == area)?;
        Some(rate.hits?.value)
    }

    /// By what law counts scatter about a model's forecasts; none where it was not scored.
    pub fn law_of(&self, model: &str) -> Option<Law> {
        let score = self.models.iter().find(|score| score.model == model)?;
        Some(score.law)
    }
}

impl ModelScore {
    fn of(record: &Record, flagged: &[Flagged]) -> Self {
        let hit_rate = |(i, flagged): (usize, &Flagged)| match *flagged {
            Flagged::Share(area) => Some(HitRate {
                area,
                hits: estimate(record, Figure::HitRate(i)),
            }),
            Flagged::Km2(_) => None,
        };
        Self {
            model: record.name.clone(),
            log_score: estimate(record, Figure::LogScore),
            hit_rates: flagged.iter().enumerate().filter_map(hit_rate).collect(),
            total_ratio: estimate(record, Figure::Total).map(|total| total.value),
            deciles: record.deciles.clone(),
            law: record.law,
        }
    }
}
