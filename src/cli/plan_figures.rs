//! A plan's figures at the prompt: what can't be met, what it comes to, what other presets
//! would come to, how foreseeable a month of plans is.

use jiff::tz::TimeZone;

use crate::app::plan_nights::NightsReport;
use crate::patrol::feasible_words::{cause, remedy};
use crate::patrol::objective::report::{Kept, PlanReport};
use crate::patrol::objective::unpredictable::Foreseeable;
use crate::patrol::plan::PatrolPlan;
use crate::patrol::reason::Language;

/// Obstacles, figures and the trade-off of a plan.
pub fn figures_lines(plan: &PatrolPlan, zone: &TimeZone, language: Language) -> Vec<String> {
    let mut lines = Vec::new();
    for obstacle in &plan.obstacles {
        let (why, what) = (cause(obstacle, zone, language), remedy(obstacle, language));
        lines.push(match language {
            Language::English => format!("can't be met: {why}; {what}"),
            Language::Chinese => format!("无法满足：{why}；{what}"),
        });
    }
    if let Some(report) = &plan.report {
        lines.extend(report_lines(report, plan.risk_covered, language));
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
            other.preset.name(),
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

fn rings(report: &PlanReport) -> String {
    let shares = report.response.iter();
    let shares: Vec<String> = shares.map(|r| format!("{:.1}", 100.0 * r.share)).collect();
    format!("{} %", shares.join("/"))
}

fn kept(kept: Kept) -> String {
    format!("{}/{}", kept.kept, kept.asked)
}

fn report_lines(report: &PlanReport, covered: f64, language: Language) -> Vec<String> {
    let mut lines = Vec::new();
    let english = matches!(language, Language::English);
    let mut say = |en: String, zh: String| lines.push(if english { en } else { zh });
    if let Some(bound) = report.risk_bound {
        let share = if bound > 0.0 {
            100.0 * covered / bound
        } else {
            100.0
        };
        say(
            format!("no plan can cover more than {bound:.2}; this one covers {share:.1} % of that"),
            format!("任何方案最多覆盖 {bound:.2}；本方案达到其 {share:.1} %"),
        );
    }
    let minutes: Vec<String> = report
        .response
        .iter()
        .map(|r| format!("{:.0}", r.within.0 / 60.0))
        .collect();
    let (minutes, shares, busy) = (minutes.join("/"), rings(report), 100.0 * report.busy);
    say(
        format!(
            "calls at these places reached by a free unit within {minutes} min: {shares} (units busy {busy:.0} % of the time)"
        ),
        format!("{minutes} 分钟内有备勤警组可达的警情：{shares}（警组占用率 {busy:.0} %）"),
    );
    let (must, often) = (kept(report.must_visits), kept(report.frequencies));
    let (rests, pins) = (kept(report.breaks), kept(report.pins));
    say(
        format!(
            "kept: must-visits {must}, gaps between visits {often}, breaks {rests}, pins {pins}"
        ),
        format!("完成：必巡点 {must}，到访间隔 {often}，休整 {rests}，指定停靠点 {pins}"),
    );
    let travel = 100.0 * report.travel_share;
    let fair = report.fairness.map(|f| 100.0 * f);
    say(
        match fair {
            Some(fair) => format!(
                "driving {travel:.1} % of the time; beats get {fair:.0} % of the minutes that their risk asks for"
            ),
            None => format!("driving {travel:.1} % of the time"),
        },
        match fair {
            Some(fair) => format!("行驶占 {travel:.1} %；各警务区按风险应得时间的 {fair:.0} %"),
            None => format!("行驶占 {travel:.1} %"),
        },
    );
    if let Some(same) = report.same_as_last {
        let same = 100.0 * same;
        say(
            format!("{same:.0} % of the stops were in the last plan too, at about the same time"),
            format!("{same:.0} % 的停靠点与上一方案相同（时间相近）"),
        );
    }
    if let (Some(plans), Some(best)) = (report.drawn_of, report.best_covered) {
        let loss = if best > 0.0 {
            100.0 * (1.0 - covered / best)
        } else {
            0.0
        };
        say(
            format!(
                "drawn among {plans} near-best plans; it covers {loss:.2} % less than the best"
            ),
            format!("从 {plans} 个近优方案中抽取，覆盖比最优少 {loss:.2} %"),
        );
    }
    lines
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
