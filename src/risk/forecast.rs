//! A forecast: a surface frozen before its window, so that nobody can say afterwards that
//! it was known all along.
//!
//! Its id is a hash of everything in it, the time of freezing too: a forecast that was
//! changed no longer has its own id, and [`Forecast::is_intact`] says so. The expectations
//! are kept to 24 bits; what is scored is what was kept.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::calendar::cadence::Cadence;
use crate::grid::cell::Cell;
use crate::grid::hexgrid::{GridError, HexGrid};
use crate::place::id::{Id, hex};
use crate::risk::backtest::{Decile, Record, add_deciles, happened};
use crate::risk::dispersion::Law;
use crate::risk::model::RiskEvent;
use crate::risk::scatter::Scatter;
use crate::risk::score::{Flagged, WindowScore, score};
use crate::risk::scorecard::Question;
use crate::risk::surface::{Provenance, RiskSurface};

/// Areas that are flagged when a forecast is scored, as shares.
pub const SHARES: [f64; 5] = [0.005, 0.01, 0.02, 0.05, 0.1];

/// A surface frozen before its window.
#[derive(Debug, Clone, PartialEq)]
pub struct Forecast {
    /// First 128 bits of the SHA-256 of all the rest, hexadecimal.
    pub id: Id<Forecast>,
    /// When it was frozen; not after the window's start.
    pub frozen_at: Timestamp,
    /// What made it.
    pub provenance: Provenance,
    /// Its cells, ascending.
    pub cells: Vec<Cell>,
    /// Expected incidents in the window, one a cell.
    pub expected: Vec<f32>,
    /// Made-up data.
    pub synthetic: bool,
}

/// A forecast in one line.
#[derive(Debug, Clone, PartialEq)]
pub struct ForecastSummary {
    /// Which.
    pub id: Id<Forecast>,
    /// When it was frozen.
    pub frozen_at: Timestamp,
    /// What made it.
    pub provenance: Provenance,
    /// Expected incidents in all cells.
    pub expected_total: f64,
    /// Its newest score; none before its window has ended.
    pub score: Option<ForecastScore>,
}

/// How a forecast did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ForecastScore {
    /// When it was scored; a forecast is scored again where incidents of its window come
    /// in or change later.
    pub scored_at: Timestamp,
    /// SHA-256 of the incidents of the window, hexadecimal.
    pub incidents_sha256: String,
    /// The figures, [`SHARES`] flagged.
    pub window: WindowScore,
    /// Expected against observed by tenths of the expectation.
    pub deciles: Vec<Decile>,
    /// By what law the counts of this window scattered.
    pub law: Law,
    /// Incidents of the window outside the forecast's cells.
    pub outside: usize,
}

/// What is frozen by itself before each of its windows, and scored after it.
#[derive(Debug, Clone, PartialEq)]
pub struct StandingForecast {
    /// Its id.
    pub id: String,
    /// Which windows.
    pub cadence: Cadence,
    /// What is forecast.
    pub question: Question,
    /// Since when it stands.
    pub since: Timestamp,
    /// When it ended; none while it stands.
    pub ended_at: Option<Timestamp>,
}

/// Why nothing is frozen or scored.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum ForecastError {
    /// The window has begun.
    #[error(
        "the window began at {start}: only what lies ahead can be forecast; for the past there is `frontbeat backtest`"
    )]
    Begun {
        /// Its start.
        start: Timestamp,
    },
    /// Not what was frozen.
    #[error("forecast {id} is not what was frozen: its content no longer has its hash")]
    Changed {
        /// Its id.
        id: String,
    },
    /// Cells that are no grid.
    #[error(transparent)]
    Grid(#[from] GridError),
}

impl Forecast {
    /// Freezes a surface.
    ///
    /// # Errors
    /// [`ForecastError::Begun`] where its window starts before `now`.
    pub fn freeze(
        surface: &RiskSurface,
        now: Timestamp,
        synthetic: bool,
    ) -> Result<Self, ForecastError> {
        let start = surface.provenance.window.start();
        if start < now {
            return Err(ForecastError::Begun { start });
        }
        let mut forecast = Self {
            id: Id::new(""),
            // As finely as every store keeps it.
            frozen_at: Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now),
            provenance: surface.provenance.clone(),
            cells: surface.grid.cells().to_vec(),
            expected: surface.expected.iter().map(|&e| e as f32).collect(),
            synthetic,
        };
        forecast.id = Id::new(forecast.content_hash());
        Ok(forecast)
    }

    /// Whether it still is what was frozen.
    pub fn is_intact(&self) -> bool {
        self.id.as_str() == self.content_hash()
    }

    /// Expected incidents in all cells.
    pub fn total(&self) -> f64 {
        self.expected.iter().map(|&e| f64::from(e)).sum::<f64>() + 0.0
    }

    /// The surface again.
    ///
    /// # Errors
    /// [`ForecastError::Changed`], [`ForecastError::Grid`].
    pub fn surface(&self) -> Result<RiskSurface, ForecastError> {
        if !self.is_intact() {
            return Err(ForecastError::Changed {
                id: self.id.as_str().into(),
            });
        }
        Ok(RiskSurface {
            grid: HexGrid::of_cells(&self.cells, self.provenance.resolution)?,
            expected: self.expected.iter().map(|&e| f64::from(e)).collect(),
            provenance: self.provenance.clone(),
        })
    }

    /// Scores it on the events of its window; `events` of its categories, by time.
    ///
    /// # Errors
    /// As [`Forecast::surface`].
    pub fn score(
        &self,
        events: &[RiskEvent],
        zone: &jiff::tz::TimeZone,
        now: Timestamp,
    ) -> Result<ForecastScore, ForecastError> {
        let surface = self.surface()?;
        let made = &self.provenance;
        let mut observed = vec![0.0; surface.grid.len()];
        let mut outside = 0;
        for event in happened(made.window, &made.hours, zone, events) {
            match surface.grid.index_at(event.position) {
                Some(cell) => observed[cell] += 1.0,
                None => outside += 1,
            }
        }
        let mut deciles = vec![Decile::default(); 10];
        add_deciles(&mut deciles, &surface.expected, &observed);
        let mut scatter = Scatter::default();
        scatter.add(&surface.expected, &observed);
        Ok(ForecastScore {
            scored_at: now,
            incidents_sha256: Self::incidents_hash(made, events, zone),
            window: score(
                made.window,
                &surface.expected,
                &observed,
                surface.grid.area_km2(),
                &SHARES.map(Flagged::Share),
            ),
            deciles,
            law: scatter.law(),
            outside,
        })
    }

    /// SHA-256 of the events of a forecast's window, hexadecimal; `events` by time. Another
    /// hash is another score.
    pub fn incidents_hash(
        made: &Provenance,
        events: &[RiskEvent],
        zone: &jiff::tz::TimeZone,
    ) -> String {
        let mut hash = Sha256::new();
        for event in happened(made.window, &made.hours, zone, events) {
            hash.update(event.position.lon().to_le_bytes());
            hash.update(event.position.lat().to_le_bytes());
            hash.update(event.at.as_nanosecond().to_le_bytes());
        }
        let digest: [u8; 32] = hash.finalize().into();
        hex(&digest)
    }

    fn content_hash(&self) -> String {
        let mut hash = Sha256::new();
        hash.update(b"frontbeat forecast 1");
        hash.update(self.frozen_at.as_nanosecond().to_le_bytes());
        // Field by field in the order of the type: the same text for the same provenance.
        hash.update(serde_json::to_vec(&self.provenance).unwrap_or_default());
        hash.update([u8::from(self.synthetic)]);
        hash.update((self.cells.len() as u64).to_le_bytes());
        for cell in &self.cells {
            hash.update(cell.number().to_le_bytes());
        }
        for expected in &self.expected {
            hash.update(expected.to_le_bytes());
        }
        let digest: [u8; 32] = hash.finalize().into();
        hex(&digest[..16])
    }
}

impl From<&Forecast> for ForecastSummary {
    fn from(frozen: &Forecast) -> Self {
        Self {
            id: frozen.id.clone(),
            frozen_at: frozen.frozen_at,
            provenance: frozen.provenance.clone(),
            expected_total: frozen.total(),
            score: None,
        }
    }
}

/// The record of one model's frozen forecasts, each with its score, in the order of their
/// windows. The law is that of the last window: one window is many cells.
pub fn record_of(model: &str, scores: &[ForecastScore]) -> Record {
    let mut deciles = vec![Decile::default(); 10];
    for score in scores {
        for (sum, decile) in deciles.iter_mut().zip(&score.deciles) {
            sum.expected += decile.expected;
            sum.observed += decile.observed;
            sum.forecasts += decile.forecasts;
        }
    }
    Record {
        name: model.into(),
        windows: scores.iter().map(|score| score.window.clone()).collect(),
        deciles,
        law: scores.last().map_or(Law::Poisson, |score| score.law),
    }
}

#[cfg(test)]
#[path = "forecast_tests.rs"]
mod tests;
