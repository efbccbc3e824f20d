//! An answer, in each of its shapes: JSON (one document for the prompt and the API), CSV,
//! SVG.

use serde::Serialize;

use crate::app::statistics::before_after::BeforeAfterReport;
use crate::app::statistics::concentration::ConcentrationReport;
use crate::app::statistics::fairness::FairnessReport;
use crate::app::statistics::hot_spots::HotSpotsReport;
use crate::app::statistics::near_repeat::NearRepeatReport;
use crate::app::statistics::unusual::UnusualReport;
use crate::app::statistics::year_on_year::YearOnYearReport;

/// An answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Report {
    /// Where is it dense beyond chance?
    HotSpots(HotSpotsReport),
    /// Does one incident bring another?
    NearRepeat(NearRepeatReport),
    /// More or fewer than a year ago?
    YearOnYear(YearOnYearReport),
    /// Did a measure work?
    BeforeAfter(BeforeAfterReport),
    /// Is now unusual?
    Unusual(UnusualReport),
    /// How few places hold how much?
    Concentration(ConcentrationReport),
    /// Is a forecast lopsided?
    Fairness(FairnessReport),
}

/// How an answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Shape {
    /// The whole of it.
    Json,
    /// Its table.
    Csv,
    /// Its picture.
    Svg,
}

impl Shape {
    /// Each with the word that asks for it.
    pub const WORDS: [(Self, &'static str); 3] =
        [(Self::Json, "json"), (Self::Csv, "csv"), (Self::Svg, "svg")];

    /// Its media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Csv => "text/csv; charset=utf-8",
            Self::Svg => "image/svg+xml",
        }
    }
}

impl Report {
    /// The bytes of a shape.
    ///
    /// # Errors
    /// A sentence, where the encoder fails.
    pub fn bytes(&self, shape: Shape) -> Result<Vec<u8>, String> {
        match shape {
            Shape::Json => serde_json::to_vec(self).map_err(|fault| fault.to_string()),
            Shape::Csv => Ok(self.csv()),
            Shape::Svg => self.picture().map(String::into_bytes),
        }
    }

    fn csv(&self) -> Vec<u8> {
        match self {
            Self::HotSpots(report) => report.csv(),
            Self::NearRepeat(report) => report.csv(),
            Self::YearOnYear(report) => report.csv(),
            Self::BeforeAfter(report) => report.csv(),
            Self::Unusual(report) => report.csv(),
            Self::Concentration(report) => report.csv(),
            Self::Fairness(report) => report.csv(),
        }
    }

    fn picture(&self) -> Result<String, String> {
        match self {
            Self::HotSpots(report) => Ok(report.picture()),
            Self::NearRepeat(report) => report.picture(),
            Self::YearOnYear(report) => report.picture(),
            Self::BeforeAfter(report) => report.picture(),
            Self::Unusual(report) => report.picture(),
            Self::Concentration(report) => report.picture(),
            Self::Fairness(report) => report.picture(),
        }
    }
}
