//! A plan's figures in words: English and 简体中文.

use crate::patrol::objective::report::{Kept, PlanReport};
use crate::patrol::reason::Language;

/// Shares of calls reached within each response time: `9.4/38.0/66.8 %`.
pub fn rings(report: &PlanReport) -> String {
    let shares = report.response.iter();
    let shares: Vec<String> = shares.map(|r| format!("{:.1}", 100.0 * r.share)).collect();
    format!("{} %", shares.join("/"))
}

/// `kept/asked`.
pub fn kept(kept: Kept) -> String {
    format!("{}/{}", kept.kept, kept.asked)
}

/// A sentence for each group of figures, without a full stop; `covered` is what the plan
/// covers, expected incidents.
pub fn report_lines(report: &PlanReport, covered: f64, language: Language) -> Vec<String> {
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
