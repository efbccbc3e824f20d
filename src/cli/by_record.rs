//! The default model of a command, in words: why it is the one that is used.

use crate::app::record::{Trust, TrustedModel};
use crate::risk::record::{BASELINE, Verdict};
use crate::risk::scorecard::{SHOWN_AREA, Scorecard};

/// `"mixture by its record here: in the last 12 weeks…"`.
pub fn in_words(trusted: &TrustedModel) -> String {
    let (card, of) = match &trusted.why {
        Trust::Record(card) => (card, ""),
        Trust::RecordOfAll(card) => (card, " of all incidents"),
        Trust::NoRecord => {
            return format!(
                "{BASELINE}, the plain count: too little data here for a record of the models"
            );
        }
    };
    let windows = card.windows;
    match card.verdict {
        Verdict::Best { ahead, .. } => format!(
            "{} by its record{of} on the last {windows} weeks: {}; {:.3} ({:.3} to {:.3}) better \
             in log score an incident than {BASELINE}",
            trusted.model,
            hits_in_words(card),
            ahead.value,
            ahead.low,
            ahead.high
        ),
        Verdict::Baseline { .. } => format!(
            "{BASELINE}: on the last {windows} weeks{of} nothing beat the plain count by more than noise"
        ),
        Verdict::TooFew { scored, .. } => format!(
            "{BASELINE}: {scored:.0} incidents{of} in the last {windows} weeks are too few to tell the models apart"
        ),
    }
}

/// `"31 % of incidents in 2 % of the area, count 29 %"`.
pub fn hits_in_words(card: &Scorecard) -> String {
    let hits = |model: &str| {
        let score = card.models.iter().find(|score| score.model == model)?;
        let rate = score
            .hit_rates
            .iter()
            .find(|rate| rate.area == SHOWN_AREA)?;
        Some(100.0 * rate.hits?.value)
    };
    let percent = |model| hits(model).map_or("–".into(), |hits| format!("{hits:.0} %"));
    let mut words = format!(
        "{} of incidents in {:.0} % of the area",
        percent(card.model()),
        100.0 * SHOWN_AREA
    );
    if card.model() != BASELINE {
        words.push_str(&format!(", {BASELINE} {}", percent(BASELINE)));
    }
    words
}
