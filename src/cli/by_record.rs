//! The default model of a command, in words: why it is the one that is used.

use crate::app::record::{Trust, TrustedModel};
use crate::patrol::reason::Language;
use crate::risk::record::{BASELINE, Verdict};
use crate::risk::scorecard::{SHOWN_AREA, Scorecard};

/// `"mixture by its record here: in the last 12 weeks…"`.
pub fn in_words(trusted: &TrustedModel, language: Language) -> String {
    let (card, of_all) = match &trusted.why {
        Trust::Record(card) => (card, false),
        Trust::RecordOfAll(card) => (card, true),
        Trust::NoRecord => {
            return match language {
                Language::English => format!(
                    "{BASELINE}, the plain count: too little data here for a record of the models"
                ),
                Language::Chinese => {
                    format!("{BASELINE}（单纯计数）：本地数据太少，各模型尚无记录")
                }
            };
        }
    };
    match language {
        Language::English => english(
            &trusted.model,
            card,
            if of_all { " of all incidents" } else { "" },
        ),
        Language::Chinese => chinese(
            &trusted.model,
            card,
            if of_all { "（全部警情）" } else { "" },
        ),
    }
}

fn english(model: &str, card: &Scorecard, of: &str) -> String {
    let windows = card.windows;
    match card.verdict {
        Verdict::Best { ahead, .. } => format!(
            "{model} by its record{of} on the last {windows} weeks: {}; {:.3}{} better in log score an \
             incident than {BASELINE}",
            hits_in_words(card),
            ahead.value,
            ahead
                .spread
                .map_or_else(String::new, |s| format!(" ({:.3} to {:.3})", s.low, s.high)),
        ),
        Verdict::Baseline { .. } => format!(
            "{BASELINE}: on the last {windows} weeks{of} nothing beat the plain count by more than noise"
        ),
        Verdict::TooFew { scored, .. } => format!(
            "{BASELINE}: {scored:.0} incidents{of} in {windows} scored weeks are too few to tell the models apart"
        ),
    }
}

fn chinese(model: &str, card: &Scorecard, of: &str) -> String {
    let windows = card.windows;
    match card.verdict {
        Verdict::Best { ahead, .. } => format!(
            "采用 {model}：依据最近 {windows} 周{of}的记录，每起警情的对数得分比 {BASELINE} 高 {:.3}{}",
            ahead.value,
            ahead.spread.map_or_else(String::new, |s| format!(
                "（{:.3} 至 {:.3}）",
                s.low, s.high
            )),
        ),
        Verdict::Baseline { .. } => {
            format!("采用 {BASELINE}：最近 {windows} 周{of}没有模型明显优于单纯计数")
        }
        Verdict::TooFew { scored, .. } => format!(
            "采用 {BASELINE}：{windows} 个评分周内仅 {scored:.0} 起警情{of}，不足以区分各模型"
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
