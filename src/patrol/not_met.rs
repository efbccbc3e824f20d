//! What a plan leaves unmet, in words: what can't be, what is not kept, who is left out. Every
//! form of a plan tells it, and the prompt whatever is written to a file.

use jiff::tz::TimeZone;

use crate::patrol::feasible_words::{cause, remedy};
use crate::patrol::plan::PatrolPlan;
use crate::patrol::reason::{self, Language};

/// What kind of thing is unmet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unmet {
    /// No plan could meet it.
    Obstacle,
    /// This one does not keep it.
    Missed,
    /// A unit has no route.
    LeftOut,
}

/// Something unmet, in a sentence without a full stop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Of which kind.
    pub kind: Unmet,
    /// What, why, and what would help where that is known.
    pub words: String,
}

impl Unmet {
    /// How a line of its kind begins.
    pub fn heading(self, language: Language) -> &'static str {
        match (self, language) {
            (Self::Obstacle, Language::English) => "can't be met",
            (Self::Obstacle, Language::Chinese) => "无法满足",
            (Self::Missed, Language::English) => "not kept",
            (Self::Missed, Language::Chinese) => "未能安排",
            (Self::LeftOut, Language::English) => "left out",
            (Self::LeftOut, Language::Chinese) => "未纳入",
        }
    }
}

impl Note {
    /// With the heading of its kind.
    pub fn line(&self, language: Language) -> String {
        let heading = self.kind.heading(language);
        match language {
            Language::English => format!("{heading}: {}", self.words),
            Language::Chinese => format!("{heading}：{}", self.words),
        }
    }
}

/// Everything that a plan leaves unmet, by kind; of many for one reason a few and how many.
pub fn not_met(plan: &PatrolPlan, zone: &TimeZone, language: Language) -> Vec<Note> {
    let note = |kind| move |words| Note { kind, words };
    let obstacles = plan.obstacles.iter().map(|obstacle| {
        let (why, what) = (cause(obstacle, zone, language), remedy(obstacle, language));
        match language {
            Language::English => format!("{why}; {what}"),
            Language::Chinese => format!("{why}；{what}"),
        }
    });
    let mut notes: Vec<Note> = obstacles.map(note(Unmet::Obstacle)).collect();
    let missed = reason::of_all_missed(&plan.missed, zone, language);
    notes.extend(missed.into_iter().map(note(Unmet::Missed)));
    let left_out = plan.left_out.iter();
    let left_out = left_out.map(|unit| reason::of_left_out(unit, language));
    notes.extend(left_out.map(note(Unmet::LeftOut)));
    let too_few = reason::of_too_few(plan, language);
    notes.extend(too_few.map(note(Unmet::LeftOut)));
    notes
}

/// The same as lines, each with the heading of its kind.
pub fn not_met_lines(plan: &PatrolPlan, zone: &TimeZone, language: Language) -> Vec<String> {
    let notes = not_met(plan, zone, language).into_iter();
    notes.map(|note| note.line(language)).collect()
}
