//! The small interface behind which each model stands.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use jiff::{Timestamp, tz::TimeZone};
use thiserror::Error;

use crate::calendar::week::HourSet;
use crate::calendar::window::Window;
use crate::grid::hexgrid::{GridError, HexGrid};
use crate::place::position::Position;

/// One past event as a model sees it: where and when, already filtered to the wanted
/// categories and origins.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RiskEvent {
    /// Where.
    pub position: Position,
    /// When (the middle of a span).
    pub at: Timestamp,
}

/// A kind of place that may draw incidents or keep them away (bars, metro exits, cameras),
/// and where its places stand.
#[derive(Debug, Clone, PartialEq)]
pub struct TerrainFactor {
    /// What the planner reads: `"places: bar"`, `"cameras"`.
    pub name: String,
    /// Where the places stand.
    pub positions: Vec<Position>,
}

/// What is asked of a model.
#[derive(Debug, Clone)]
pub struct RiskQuestion<'a> {
    /// The cells.
    pub grid: &'a HexGrid,
    /// The past that may be looked at: events in `[start, end)`, `end` is the cut-off.
    pub look_back: Window,
    /// The window the forecast is for.
    pub window: Window,
    /// Only these hours of the week count, in the past and in the window.
    pub hours: &'a HourSet,
    /// The district's time zone, which says what hour it is.
    pub zone: &'a TimeZone,
    /// The places around, for the models that look at them.
    pub terrain: &'a [TerrainFactor],
    /// Stretches of the past of which nothing is known (their incidents are in quarantine),
    /// apart from each other: neither their events nor their time count.
    pub without: &'a [Window],
}

/// What a model answers: expected events in each cell for the window's counted hours.
#[derive(Debug, Clone, PartialEq)]
pub struct RiskAnswer {
    /// One number a cell, in the grid's order; finite and not negative.
    pub expected: Vec<f64>,
    /// Parameters used (bandwidth, half-life…), for the provenance.
    pub parameters: BTreeMap<String, String>,
    /// How many events it learned from.
    pub events: usize,
}

/// Why a surface can't be computed.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum RiskError {
    /// The grid.
    #[error(transparent)]
    Grid(#[from] GridError),
    /// A bandwidth or half-life of 0, NaN or less.
    #[error("{name} must be a positive number, not {value}")]
    Parameter {
        /// Its name.
        name: String,
        /// As given.
        value: f64,
    },
    /// A bandwidth beyond what a district is about.
    #[error("{name} must be within {least} and {most}, not {value}")]
    OutOfRange {
        /// Its name.
        name: String,
        /// The least allowed.
        least: f64,
        /// The most allowed.
        most: f64,
        /// As given.
        value: f64,
    },
    /// A setting that the model does not have.
    #[error("{model} has no setting {setting}: it finds that out by itself")]
    NoSuchSetting {
        /// The model.
        model: &'static str,
        /// The setting.
        setting: &'static str,
    },
    /// A window or look-back of more than a century.
    #[error("a window or look-back of {years:.0} years is too long; at most 100 years")]
    TooLong {
        /// How long it is.
        years: f64,
    },
    /// No hour of the window is among the wanted hours.
    #[error("none of the wanted hours of the week lies within the window")]
    NoHours,
    /// A category that the workspace does not have.
    #[error("there is no category {code:?}; known: {known}")]
    UnknownCategory {
        /// As given.
        code: String,
        /// The known codes.
        known: String,
    },
    /// The program is shutting down.
    #[error("the computation was broken off; ask again")]
    BrokenOff,
    /// A model of that name is not known.
    #[error(
        "there is no model {0:?}; known: count, kde, adaptive_kde, prospective, hawkes, risk_terrain, mixture"
    )]
    UnknownModel(String),
}

/// A model: fits on the past up to the cut-off and predicts the window.
pub trait RiskModel {
    /// `count`, `kde`…
    fn name(&self) -> &'static str;

    /// Expected events per cell. Events outside `look_back` are not looked at.
    ///
    /// # Errors
    /// [`RiskError`].
    fn predict(
        &self,
        question: &RiskQuestion<'_>,
        events: &[RiskEvent],
    ) -> Result<RiskAnswer, RiskError>;

    /// The answers to several questions about the same events, given one by one in their
    /// order; each is what [`RiskModel::predict`] says to that question alone. A model
    /// that can go on from one window to the next does so here. `give` breaks off.
    ///
    /// # Errors
    /// [`RiskError`]; [`RiskError::BrokenOff`] where `give` breaks off.
    fn predict_each(
        &self,
        questions: &[RiskQuestion<'_>],
        events: &[RiskEvent],
        give: &mut dyn FnMut(RiskAnswer) -> ControlFlow<()>,
    ) -> Result<(), RiskError> {
        for question in questions {
            if give(self.predict(question, events)?).is_break() {
                return Err(RiskError::BrokenOff);
            }
        }
        Ok(())
    }
}
