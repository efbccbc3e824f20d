//! A simulation as a table at the prompt.

use std::fmt::Write;

use jiff::tz::TimeZone;

use crate::patrol::dispatch::rule::Rule;
use crate::patrol::reason::{Language, of_left_out};
use crate::patrol::simulator::experiment::Interval;
use crate::patrol::simulator::policy::Policy;
use crate::patrol::simulator::report::{SimulationReport, Truth};
use crate::patrol::simulator::settings::WITHIN_S;
use crate::patrol::simulator::tally::Figure;

/// The table: what was simulated, each policy's figures, then the paired differences of the
/// plan from each of the others.
pub fn simulate_text(report: &SimulationReport, zone: &TimeZone, language: Language) -> String {
    let mut text = head(report, zone, language);
    let found = &report.comparison;
    columns(report, language, &mut text);
    for &policy in &found.policies {
        let mean = |figure| found.estimate(policy, figure).map(|i| i.mean);
        let number = |figure, scale: f64, digits: usize| {
            mean(figure).map_or("-".to_owned(), |v| format!("{:.digits$}", v * scale))
        };
        let of_shift = 1.0 / report.shifts.max(1) as f64;
        let _ = write!(
            text,
            "{:12} {:>8} {:>8} {:>8}",
            name(policy, language),
            number(Figure::MeanResponse, 1.0, 1),
            number(Figure::MedianResponse, 1.0, 1),
            number(Figure::P90Response, 1.0, 1),
        );
        for i in 0..WITHIN_S.len() {
            let _ = write!(text, " {:>7}", number(Figure::Within(i), 100.0, 1));
        }
        let _ = write!(
            text,
            " | {:>8} {:>6} | {:>9} {:>7} |",
            number(Figure::Queued, 100.0, 1),
            number(Figure::MeanWait, 1.0, 1),
            number(Figure::HotMinutes, of_shift, 1),
            number(Figure::Km, of_shift, 0),
        );
        for ring in 0..report.settings.rings.len() {
            let _ = write!(text, " {:>4} %", number(Figure::Covered(ring), 100.0, 0));
        }
        text.push('\n');
    }
    if let Some(reference) = report.reference() {
        differences(report, reference, language, &mut text);
    }
    text
}

/// What policies are called.
fn name(policy: Policy, language: Language) -> &'static str {
    match (language, policy) {
        (Language::English, _) => policy.name(),
        (Language::Chinese, Policy::Station) => "在派出所待命",
        (Language::Chinese, Policy::Random) => "随机巡逻",
        (Language::Chinese, Policy::Hottest) => "先去最热处",
        (Language::Chinese, Policy::Plan) => "按方案",
        (Language::Chinese, Policy::PlanReplan) => "按方案并调整",
    }
}

/// The table's two lines of names and units.
fn columns(report: &SimulationReport, language: Language, text: &mut String) {
    let minutes = |s: u32| match language {
        Language::English => format!("{} min", s / 60),
        Language::Chinese => format!("{} 分", s / 60),
    };
    let [policy, mean, median, waited, hot, km, covered] = match language {
        Language::English => [
            "policy",
            "mean",
            "median",
            "waited",
            "hot min",
            "km",
            "covered within",
        ],
        Language::Chinese => ["策略", "平均", "中位", "等候", "热点分", "公里", "覆盖于"],
    };
    let (second, a_shift) = match language {
        Language::English => ("s", "a shift"),
        Language::Chinese => ("秒", "每班"),
    };
    let _ = write!(text, "\n{policy:12} {mean:>8} {median:>8} {:>8}", "p90");
    for seconds in WITHIN_S {
        let _ = write!(text, " {:>7}", minutes(seconds));
    }
    let _ = writeln!(
        text,
        " | {waited:>8} {mean:>6} | {hot:>9} {km:>7} | {covered}"
    );
    let _ = write!(text, "{:12} {second:>8} {second:>8} {second:>8}", "");
    for _ in WITHIN_S {
        let _ = write!(text, " {:>7}", "%");
    }
    let _ = write!(
        text,
        " | {:>8} {second:>6} | {a_shift:>9} {a_shift:>7} |",
        "%"
    );
    for &limit_ms in report.settings.rings.limits_ms() {
        let _ = write!(text, " {:>6}", minutes(limit_ms / 1000));
    }
    text.push('\n');
}

fn head(report: &SimulationReport, zone: &TimeZone, language: Language) -> String {
    let at = |at| zone.to_datetime(at).strftime("%Y-%m-%d %H:%M").to_string();
    let synthetic = if report.synthetic {
        "SYNTHETIC 模拟数据 · "
    } else {
        ""
    };
    let (from, until) = (at(report.period.start()), at(report.period.end()));
    let (shifts, units) = (report.shifts, report.units);
    let histories = report.comparison.seeds.len();
    let mut lines = vec![match (language, report.made_up_units) {
        (Language::English, 0) => format!(
            "{synthetic}{from} to {until}: {shifts} shifts, {units} units each, {histories} histories a policy"
        ),
        (Language::English, n) => format!(
            "{synthetic}{from} to {until}: {shifts} shifts, {units} units each ({n} of them made up), {histories} histories a policy"
        ),
        (Language::Chinese, 0) => format!(
            "{synthetic}{from} 至 {until}：{shifts} 个班次，每班 {units} 个警组，每种策略模拟 {histories} 次"
        ),
        (Language::Chinese, n) => format!(
            "{synthetic}{from} 至 {until}：{shifts} 个班次，每班 {units} 个警组（其中 {n} 个为虚拟），每种策略模拟 {histories} 次"
        ),
    }];
    let calls = report.expected_calls;
    lines.push(match language {
        Language::English => format!(
            "{calls:.0} calls expected, {}",
            truth(report.truth, language)
        ),
        Language::Chinese => format!("预计警情 {calls:.0} 起，{}", truth(report.truth, language)),
    });
    let (model, events) = (&report.forecast.model, report.forecast.events);
    let (rule, handling) = (
        rule(report.settings.rule, language),
        report.handling_mean_s / 60.0,
    );
    lines.push(match language {
        Language::English => {
            format!("forecast by {model} from {events} incidents; {rule}; {handling:.0} min a call")
        }
        Language::Chinese => {
            format!("预测模型 {model}，依据 {events} 起警情；{rule}；每起处警 {handling:.0} 分钟")
        }
    });
    let off_road = report.off_road_calls;
    if off_road >= 0.5 {
        lines.push(match language {
            Language::English => {
                format!("{off_road:.0} more are expected where no road leads: they are left out")
            }
            Language::Chinese => format!("另有预计警情 {off_road:.0} 起无道路可达，未计入"),
        });
    }
    lines.extend(report.left_out.iter().map(|left_out| {
        let why = of_left_out(left_out, language);
        match language {
            Language::English => format!("left out: {why}"),
            Language::Chinese => format!("未纳入：{why}"),
        }
    }));
    lines.push(String::new());
    lines.join("\n")
}

/// Where the calls are from.
fn truth(truth: Truth, language: Language) -> &'static str {
    match (truth, language) {
        (Truth::Forecast, Language::English) => {
            "drawn from the forecast itself: a wrong forecast does not show"
        }
        (Truth::Forecast, Language::Chinese) => "由预测本身抽取：预测有误时看不出来",
        (Truth::HeldOut, Language::English) => {
            "drawn from the incidents of these days, which the forecast has not seen"
        }
        (Truth::HeldOut, Language::Chinese) => "由这些日子的实际警情抽取，预测未见过",
        (Truth::Generator, Language::English) => {
            "drawn by the sample's own process, which the forecast does not know"
        }
        (Truth::Generator, Language::Chinese) => "由示例数据自身的过程抽取，预测不知道",
    }
}

/// Who is sent.
fn rule(rule: Rule, language: Language) -> String {
    match (rule, language) {
        (Rule::Nearest, Language::English) => "the nearest idle unit by road is sent".into(),
        (Rule::Nearest, Language::Chinese) => "派出道路最近的备勤警组".into(),
        (Rule::CoverageAware { patience_ms }, Language::English) => format!(
            "of the units within {} s of the nearest the one that coverage misses least is sent",
            patience_ms / 1000
        ),
        (Rule::CoverageAware { patience_ms }, Language::Chinese) => format!(
            "在与最近警组相差 {} 秒以内的警组中，派出对覆盖影响最小者",
            patience_ms / 1000
        ),
    }
}

/// What a figure of a policy is, against each of the others, on the same calls.
fn differences(
    report: &SimulationReport,
    reference: Policy,
    language: Language,
    text: &mut String,
) {
    let found = &report.comparison;
    let others: Vec<Policy> = found
        .policies
        .iter()
        .copied()
        .filter(|&policy| policy != reference)
        .collect();
    if others.is_empty() {
        return;
    }
    if found.seeds.len() < 2 {
        text.push_str(match language {
            Language::English => "\none history a policy says nothing of chance: give more seeds\n",
            Language::Chinese => "\n每种策略只模拟一次，无法说明偶然性：请增加种子数\n",
        });
        return;
    }
    let own = name(reference, language);
    let _ = match language {
        Language::English => writeln!(
            text,
            "\n{own} less the other, on the same calls; in brackets 95 % of what chance would give"
        ),
        Language::Chinese => writeln!(
            text,
            "\n“{own}”减去另一策略，警情相同；方括号内为 95 % 的偶然范围"
        ),
    };
    for &other in &others {
        let difference = |figure, scale: f64, digits: usize| {
            let found = found.difference(reference, other, figure);
            found.map_or("-".to_owned(), |i| bracket(i, scale, digits))
        };
        let (mean, p90, within) = (
            difference(Figure::MeanResponse, 1.0, 1),
            difference(Figure::P90Response, 1.0, 1),
            difference(Figure::Within(2), 100.0, 1),
        );
        let other_name = name(other, language);
        let _ = match language {
            Language::English => write!(
                text,
                "  {other_name:12} mean {mean} s · p90 {p90} s · within 5 min {within} points"
            ),
            Language::Chinese => write!(
                text,
                "  {other_name:12} 平均 {mean} 秒 · p90 {p90} 秒 · 5 分钟内 {within} 个百分点"
            ),
        };
        let ratio = found.ratio(reference, other, Figure::HotMinutes);
        let hot = match ratio {
            Some(ratio) => format!("× {}", plain(ratio)),
            None => difference(Figure::HotMinutes, 1.0 / report.shifts.max(1) as f64, 0),
        };
        let _ = match (language, ratio.is_some()) {
            (Language::English, true) => writeln!(text, " · hot minutes {hot}"),
            (Language::English, false) => writeln!(text, " · hot minutes a shift {hot}"),
            (Language::Chinese, true) => writeln!(text, " · 热点分钟 {hot}"),
            (Language::Chinese, false) => writeln!(text, " · 每班热点分钟 {hot}"),
        };
    }
    for other in others {
        let found = found.difference(reference, other, Figure::MeanResponse);
        if let Some(later) = found.filter(|i| i.low > 0.0) {
            text.push_str(&sooner(other, later.mean, language));
        }
    }
}

/// That another policy answers sooner, beyond chance, and what may be done about it.
fn sooner(other: Policy, seconds: f64, language: Language) -> String {
    let name = name(other, language);
    match language {
        Language::English => format!(
            "note: {name} answers {seconds:.1} s sooner here, beyond chance; with few units a plan by --preset respond keeps nearer to the next call\n"
        ),
        Language::Chinese => format!(
            "注意：此处“{name}”的响应快 {seconds:.1} 秒，超出偶然范围；警组少时，--preset respond 的计划离下一起警情更近\n"
        ),
    }
}

fn bracket(found: Interval, scale: f64, digits: usize) -> String {
    let [mean, low, high] = [found.mean, found.low, found.high].map(|v| v * scale);
    // No negative zeros, once rounded.
    let least = 0.5 * 10f64.powi(-(digits as i32));
    let [mean, low, high] = [mean, low, high].map(|v| if v.abs() < least { 0.0 } else { v });
    format!("{mean:+.digits$} [{low:+.digits$}, {high:+.digits$}]")
}

fn plain(found: Interval) -> String {
    format!("{:.2} [{:.2}, {:.2}]", found.mean, found.low, found.high)
}
