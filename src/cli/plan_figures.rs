//! A plan's figures at the prompt: what it comes to, what other presets
//! would come to, how foreseeable a month of plans is.

use jiff::tz::TimeZone;

use crate::app::plan_nights::NightsReport;
use crate::patrol::objective::report_words::{kept, report_lines, rings};
use crate::patrol::objective::rhythm::rhythm_lines;
use crate::patrol::objective::unpredictable::Foreseeable;
use crate::patrol::objective::weights::Preset;
use crate::patrol::plan::PatrolPlan;
use crate::patrol::reason::Language;

/// Figures and the trade-off of a plan.
pub fn figures_lines(plan: &PatrolPlan, zone: &TimeZone, language: Language) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(report) = &plan.report {
        lines.extend(report_lines(report, plan.risk_covered, language));
        let rhythms = rhythm_lines(&report.rhythms, zone, language);
        lines.extend(rhythms.into_iter().map(|line| format!("  {line}")));
    }
    if !plan.trade_off.is_empty() {
        lines.push(
            match language {
                Language::English => {
                    "presets:     risk   within 1/3/5 min  driving  fairness  must-visits"
                }
                Language::Chinese => "预设：        风险   1/3/5 分钟内    行驶    均衡    必巡点",
            }
            .into(),
        );
    }
    for other in &plan.trade_off {
        let report = &other.report;
        lines.push(format!(
            "  {:<9} {:>5.1} %  {:>17}  {:>5.1} %  {:>6}  {:>6}",
            preset_name(other.preset, language),
            100.0 * report.risk_share,
            rings(report),
            100.0 * report.travel_share,
            report
                .fairness
                .map_or_else(|| "–".into(), |f| format!("{:.0} %", 100.0 * f)),
            kept(report.must_visits),
        ));
    }
    lines
}

/// What a preset is called.
fn preset_name(preset: Preset, language: Language) -> &'static str {
    match (language, preset) {
        (Language::English, _) => preset.name(),
        (Language::Chinese, Preset::Deter) => "威慑",
        (Language::Chinese, Preset::Respond) => "快反",
        (Language::Chinese, Preset::Balanced) => "均衡",
    }
}

/// How foreseeable nights are, three ways of planning them beside each other.
pub fn nights_table(nights: &NightsReport, language: Language) -> String {
    let (title, names) = match language {
        Language::English => (
            format!(
                "{} nights: stops as the night before (by chance alone), entropy of visit times (1: any time), risk lost",
                nights.drawn.nights
            ),
            [
                "same plan each night",
                "best plan, other seed",
                "drawn within 2 %",
            ],
        ),
        Language::Chinese => (
            format!(
                "{} 个夜班：与前一晚相同的停靠点（纯属偶然的比例）、到访时间熵（1 为完全随机）、风险覆盖损失",
                nights.drawn.nights
            ),
            ["每晚同一方案", "最优方案，不同种子", "2 % 内抽取"],
        ),
    };
    let line = |name: &str, f: &Foreseeable| {
        format!(
            "  {name:<24} {:>5.1} % ({:.1} %)  {:.3}  {:.2} %",
            100.0 * f.overlap,
            100.0 * f.by_chance,
            f.entropy,
            100.0 * f.loss
        )
    };
    [
        title,
        line(names[0], &nights.same_seed),
        line(names[1], &nights.other_seed),
        line(names[2], &nights.drawn),
        String::new(),
    ]
    .join("\n")
}
