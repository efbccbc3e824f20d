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
    if let Some(bound) = report.risk_bound.filter(|&bound| bound > 0.0) {
        let share = 100.0 * covered / bound;
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
            "expected calls{} reached by a free unit within {minutes} min: {shares} (units busy {busy:.0} % of the time)",
            if report.of_whole_area {
                ""
            } else {
                " at places worth a stop"
            }
        ),
        format!(
            "{minutes} 分钟内有备勤警组可达的{}警情：{shares}（警组占用率 {busy:.0} %）",
            if report.of_whole_area {
                ""
            } else {
                "停靠候选处"
            }
        ),
    );
    let of_kinds = [
        ("must-visits", "必巡点", report.must_visits),
        (
            "points visited as often as asked",
            "按间隔到访的点",
            report.frequencies,
        ),
        ("breaks", "休整", report.breaks),
        ("pins", "指定停靠点", report.pins),
    ];
    // Of what nobody asked for there is nothing to keep.
    let asked = of_kinds.iter().filter(|(_, _, of)| of.asked > 0);
    let en: Vec<String> = asked
        .clone()
        .map(|(en, _, of)| format!("{en} {}", kept(*of)))
        .collect();
    let zh: Vec<String> = asked
        .map(|(_, zh, of)| format!("{zh} {}", kept(*of)))
        .collect();
    if !en.is_empty() {
        say(
            format!("kept: {}", en.join(", ")),
            format!("完成：{}", zh.join("，")),
        );
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::patrol::plan::{Missed, MissedKind, MissedWhy};

    #[test]
    fn only_what_was_asked_is_counted_and_what_is_not_posed_is() {
        let none = Kept { kept: 0, asked: 0 };
        let report = PlanReport {
            risk_share: 0.0,
            risk_bound: Some(0.0),
            response: Vec::new(),
            busy: 0.3,
            must_visits: Kept { kept: 3, asked: 3 },
            frequencies: none,
            rhythms: Vec::new(),
            breaks: none,
            pins: none,
            travel_share: 0.0,
            fairness: None,
            beats: Vec::new(),
            of_whole_area: true,
            same_as_last: None,
            drawn_of: None,
            best_covered: None,
        };
        let [start, end] = ["2026-10-31T14:00:00Z", "2026-10-31T22:00:00Z"];
        let due =
            crate::calendar::window::Window::new(start.parse().unwrap(), end.parse().unwrap());
        let missed = |kind| Missed {
            name: "P".into(),
            due: due.unwrap(),
            why: MissedWhy::NoRoad,
            kind,
            unit: None,
        };
        let words = |report: &PlanReport| report_lines(report, 0.0, Language::English).join("\n");
        let said = words(&report);
        assert!(said.contains("kept: must-visits 3/3\n"), "{said}");
        // Of nothing nothing is covered, which is no success.
        assert!(!said.contains("100.0 %"), "{said}");
        let not_posed = [missed(MissedKind::MustVisit), missed(MissedKind::Break)];
        let said = words(&report.with_not_posed(&not_posed));
        assert!(
            said.contains("kept: must-visits 3/4, breaks 0/1\n"),
            "{said}"
        );
    }
}
