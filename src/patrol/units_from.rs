//! Where a plan or an answer has its units from: as they are on the live board, or as their
//! layer was imported.
//!
//! A window that runs, or begins soon, is about the units that are there now; one further off
//! is about those that the layer has, whatever they do tonight.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::calendar::window::Window;
use crate::patrol::reason::Language;

/// A window that begins within this is about the units that are there now.
const SOON: SignedDuration = SignedDuration::from_hours(2);

/// Where units are taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnitsFrom {
    /// The live board: what each does, and where it was last.
    Board,
    /// The layer, as it was imported.
    #[default]
    Layer,
}

impl UnitsFrom {
    /// For a window, as seen at an instant.
    pub fn of(window: Window, now: Timestamp) -> Self {
        let begins_soon = window.start().duration_since(now) <= SOON;
        match begins_soon && now < window.end() {
            true => Self::Board,
            false => Self::Layer,
        }
    }

    /// Its name, as it is written.
    pub fn name(self) -> &'static str {
        match self {
            Self::Board => "board",
            Self::Layer => "layer",
        }
    }

    /// In one sentence, without a full stop.
    pub fn sentence(self, language: Language) -> &'static str {
        match (self, language) {
            (Self::Board, Language::English) => {
                "units are those that the live board has idle now, where they were last"
            }
            (Self::Board, Language::Chinese) => "警组取自实时态势：当前备勤，按最近位置",
            (Self::Layer, Language::English) => {
                "units are as they were imported: the window does not run and does not begin within two hours, so that the live board is not asked"
            }
            (Self::Layer, Language::Chinese) => {
                "警组取自导入的图层：该时段未在进行且两小时内不开始，不采用实时态势"
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_board_counts_from_two_hours_before_the_window_to_its_end() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let night = Window::new(at("2026-10-31T14:00:00Z"), at("2026-10-31T22:00:00Z")).unwrap();
        for (now, from) in [
            ("2026-10-31T11:59:59Z", UnitsFrom::Layer),
            ("2026-10-31T12:00:00Z", UnitsFrom::Board),
            ("2026-10-31T14:00:00Z", UnitsFrom::Board),
            ("2026-10-31T21:59:59Z", UnitsFrom::Board),
            ("2026-10-31T22:00:00Z", UnitsFrom::Layer),
            ("2027-10-31T14:00:00Z", UnitsFrom::Layer),
        ] {
            assert_eq!(UnitsFrom::of(night, at(now)), from, "{now}");
        }
    }
}
