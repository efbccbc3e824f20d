//! `frontbeat plan`: Plan a shift's patrols.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use clap::{Args, ValueEnum};
use jiff::tz::TimeZone;

use crate::app::backtest::BacktestError;
use crate::app::plan::{MustVisitRequest, PlanJobError, PlanRequest, patrol_plan, save_plan};
use crate::app::plan_nights::{NightsReport, plan_nights};
use crate::app::plan_wishes::WishRequest;
use crate::app::record::{BEST, resolved_now};
use crate::app::risk::{RiskRequest, reference_day};
use crate::app::workspace::{Address, open_for_reading, open_for_writing, open_to_note};
use crate::calendar::text::parse_window;
use crate::calendar::week::HourSet;
use crate::calendar::window::Window;
use crate::cli::by_record::in_words;
use crate::cli::failure::Failure;
use crate::cli::interrupt::stop_on_interrupt;
use crate::cli::must_visit::must_visit;
use crate::cli::output;
use crate::cli::plan_figures::{figures_lines, nights_table};
use crate::cli::plan_output::{SheetPaper, outputs};
use crate::cli::plan_wishes::WishArgs;
use crate::exchange::plan_csv::CsvStyle;
use crate::patrol::not_met::{Unmet, not_met, not_met_lines};
use crate::patrol::plan::{PatrolPlan, PatrolRoute};
use crate::patrol::reason::{self, Language};

const DEFAULT_SECONDS: f64 = 5.0;
const MOST_SECONDS: f64 = 3600.0;
/// Less is no search: not even the first routes are built.
const LEAST_SECONDS: f64 = 0.1;

/// Plan a shift's patrols: routes of stops for the idle units, where risk is.
#[derive(Debug, Args)]
pub struct PlanArgs {
    /// The workspace.
    workspace: Address,
    /// The shift, like `night` or `night@2026-11-25`.
    #[arg(long, required_unless_present = "window", conflicts_with = "window")]
    shift: Option<String>,
    /// The window, as START/END in ISO 8601.
    #[arg(long)]
    window: Option<String>,
    /// How many idle units, spread over the stations; all of them if not given.
    #[arg(long)]
    units: Option<usize>,
    /// The risk model: count, kde, adaptive_kde, prospective, hawkes, risk_terrain or mixture;
    /// best: the one with the best record on the last weeks here.
    #[arg(long, default_value = BEST)]
    model: String,
    /// Only incidents of this category; may be given more than once.
    #[arg(long)]
    category: Vec<String>,
    /// H3 resolution of the risk surface, 7 to 11.
    #[arg(long, default_value_t = 10)]
    resolution: u8,
    /// Learn only from so many days before the window.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    look_back_days: Option<u32>,
    /// A point to visit within a time, like POST-3@22:00-23:30: the id of a joint-duty
    /// post, post or alarm pillar; may be given more than once.
    #[arg(long, value_name = "ID@FROM-UNTIL")]
    must_visit: Vec<String>,
    #[command(flatten)]
    wishes: WishArgs,
    /// Plan so many nights, one after the other, and say how foreseeable they are.
    #[arg(long, value_name = "NIGHTS", conflicts_with_all = ["out", "save", "keep_to"], value_parser = clap::value_parser!(u16).range(2..=366))]
    nights: Option<u16>,
    /// Seed of the search.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How long to search, seconds [default: 5; with --iterations until they are done].
    #[arg(long)]
    seconds: Option<f64>,
    /// Stop after so many iterations: the same seed then gives the same routes anywhere.
    #[arg(long)]
    iterations: Option<u64>,
    /// Where to write the plan: .geojson, .gpx, .json, .csv, .html for a route sheet to
    /// print, or .pdf for a shift pack on A4; may be given more than once; without it, it is printed.
    #[arg(long)]
    out: Vec<PathBuf>,
    /// Begin a .csv with a byte order mark, so that Excel reads it as UTF-8.
    #[arg(long)]
    bom: bool,
    /// Name the columns of a .csv in English and Chinese.
    #[arg(long)]
    both_headers: bool,
    /// Keep the plan in the workspace too.
    #[arg(long)]
    save: bool,
    /// Language of the printed reasons, of the route sheet and of the .csv.
    #[arg(long, value_enum, default_value_t = Tongue::En)]
    lang: Tongue,
}

/// A language, as it is asked for.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Tongue {
    /// English.
    En,
    /// 简体中文.
    Zh,
}

impl Tongue {
    /// The language that it means.
    pub fn language(self) -> Language {
        match self {
            Self::En => Language::English,
            Self::Zh => Language::Chinese,
        }
    }
}

enum Made {
    Plan(Box<PatrolPlan>, Option<SheetPaper>),
    Nights(NightsReport),
}

/// Runs the command.
///
/// # Errors
/// [`Failure`] with what to do.
pub async fn run(args: PlanArgs) -> Result<(), Failure> {
    let outputs = outputs(&args.out)?;
    if let Some(seconds) = args.seconds
        && !(LEAST_SECONDS..=MOST_SECONDS).contains(&seconds)
    {
        let cause = if (0.0..LEAST_SECONDS).contains(&seconds) {
            format!("--seconds {seconds} leaves the search no time: {LEAST_SECONDS} s is the least")
        } else {
            format!("--seconds {seconds} is not within {LEAST_SECONDS} to {MOST_SECONDS}")
        };
        return Err(Failure::usage(
            cause,
            "give the search a few seconds, like --seconds 5, or count its steps with --iterations",
        ));
    }
    let opened = match (args.save, args.model == BEST) {
        (true, _) => open_for_writing(&args.workspace).await,
        (false, true) => open_to_note(&args.workspace).await,
        (false, false) => open_for_reading(&args.workspace).await,
    };
    let workspace = opened.map_err(|e| Failure::failed(e, ""))?;
    let stored = |e| Failure::failed(e, "");
    let made = async {
        let district = workspace.district().await.map_err(stored)?;
        let zone = district.zone().map_err(|e| Failure::failed(e, ""))?;
        let shifts = workspace.shifts().await.map_err(stored)?;
        let today = reference_day(&workspace).await.map_err(stored)?;
        let text = args.shift.as_deref().or(args.window.as_deref());
        let window = parse_window(text.unwrap_or_default(), &shifts, &zone, today)
            .map_err(|e| Failure::usage(e, ""))?;
        let must_visits = args
            .must_visit
            .iter()
            .map(|text| must_visit(text, window, &zone))
            .collect::<Result<Vec<_>, _>>()?;
        let wishes = args.wishes.request(window, &zone)?;
        let mut request = request(&args, window, must_visits, wishes);
        let resolved = resolved_now(&workspace, request.risk).await;
        let (risk, trusted) = resolved.map_err(|e| match e {
            BacktestError::Risk(risk) => failure(PlanJobError::Risk(risk)),
            other => Failure::failed(other, ""),
        })?;
        request.risk = risk;
        if let Some(trusted) = &trusted {
            output::note(in_words(trusted, args.lang.language()));
        }
        let stop = Arc::new(AtomicBool::new(false));
        let signals = tokio::spawn(stop_on_interrupt(
            stop.clone(),
            Some(stopping(args.lang.language())),
        ));
        if let Some(nights) = args.nights {
            let nights = usize::from(nights);
            let report = plan_nights(&workspace, None, &request, nights, stop).await;
            signals.abort();
            return Ok((Made::Nights(report.map_err(failure)?), zone));
        }
        let planned = patrol_plan(&workspace, None, &request, stop).await;
        signals.abort();
        let planned = planned.map_err(failure)?;
        if args.save {
            save_plan(&workspace, &planned).await.map_err(stored)?;
        }
        let paper = SheetPaper::of(&outputs, district, workspace.basemap()).await?;
        Ok((Made::Plan(Box::new(planned.plan), paper), zone))
    };
    let made: Result<_, Failure> = made.await;
    workspace.close().await;
    let (made, zone) = made?;
    let language = args.lang.language();
    let (plan, paper) = match made {
        Made::Plan(plan, paper) => (plan, paper),
        Made::Nights(nights) => return output::say(&nights_table(&nights, language)),
    };
    if outputs.is_empty() {
        return output::say(&table(&plan, &zone, language));
    }
    let style = CsvStyle {
        language,
        both_headers: args.both_headers,
        byte_order_mark: args.bom,
    };
    let mut lines = vec![
        summary(&plan, &zone, language),
        plan.units_from.sentence(language).to_owned(),
    ];
    lines.extend(not_met_lines(&plan, &zone, language));
    for output in &outputs {
        output.write(&plan, &zone, style, paper.as_ref(), None)?;
        lines.push(written_to(&output.path, language));
        let beside = output.write_not_met(&plan, &zone, style)?;
        lines.extend(beside.map(|path| written_to(&path, language)));
    }
    lines.push(String::new());
    output::say(&lines.join("\n"))
}

/// What Ctrl-C is answered with.
pub fn stopping(language: Language) -> &'static str {
    match language {
        Language::English => {
            "stopping: the best plan so far follows; Ctrl-C again to end without it"
        }
        Language::Chinese => "正在停止：随后给出目前最好的方案；再按 Ctrl-C 则直接结束",
    }
}

/// That a file is written.
pub fn written_to(path: &Path, language: Language) -> String {
    match language {
        Language::English => format!("written to {}", path.display()),
        Language::Chinese => format!("已写入 {}", path.display()),
    }
}

/// The plan that the arguments ask for.
fn request(
    args: &PlanArgs,
    window: Window,
    must_visits: Vec<MustVisitRequest>,
    wishes: WishRequest,
) -> PlanRequest {
    // Iterations end a search by themselves, and are the same ones only if they may.
    let seconds = args.seconds.unwrap_or(match args.iterations {
        Some(_) => MOST_SECONDS,
        None => DEFAULT_SECONDS,
    });
    PlanRequest {
        risk: RiskRequest {
            model: args.model.clone(),
            window,
            look_back_days: args.look_back_days,
            hours: HourSet::full(),
            categories: args.category.clone(),
            resolution: args.resolution,
            bandwidth_m: None,
            half_life_days: None,
            include_patrol_discovered: false,
        },
        units: args.units,
        deadline_ms: (seconds * 1000.0) as u64,
        seed: args.seed,
        iterations: args.iterations,
        must_visits,
        wishes,
    }
}

fn failure(error: PlanJobError) -> Failure {
    match error {
        PlanJobError::Risk(_)
        | PlanJobError::Pose(_)
        | PlanJobError::NoneAsked
        | PlanJobError::MoreNamed { .. }
        | PlanJobError::UnknownPoint(_)
        | PlanJobError::UnknownPlace(_)
        | PlanJobError::PinnedAndBanned(_)
        | PlanJobError::TooOften { .. }
        | PlanJobError::UnknownPlan(_)
        | PlanJobError::OtherShift(_)
        | PlanJobError::OtherCells { .. }
        | PlanJobError::BasisNotKept(_)
        | PlanJobError::UnknownBeat(_)
        | PlanJobError::Weights(_)
        | PlanJobError::UnknownMustVisit(_) => Failure::usage(error, ""),
        _ => Failure::failed(error, ""),
    }
}

/// The plan in a line.
pub fn summary(plan: &PatrolPlan, zone: &TimeZone, language: Language) -> String {
    let units = plan.routes.len();
    let stops: usize = plan.routes.iter().map(|r| r.stops.len()).sum();
    let (covered, total) = (plan.risk_covered, plan.risk_total);
    let share = if total > 0.0 {
        100.0 * covered / total
    } else {
        0.0
    };
    let mark = if plan.synthetic {
        "SYNTHETIC 模拟数据 "
    } else {
        ""
    };
    let at = |at| zone.to_datetime(at).strftime("%Y-%m-%d %H:%M").to_string();
    let (from, until) = (at(plan.window.start()), at(plan.window.end()));
    match language {
        Language::English => format!(
            "{mark}plan {}: {from} to {until}, {units} {}, {stops} {}, {covered:.2} of {total:.2} expected incidents covered ({share:.1} %)",
            plan.id,
            if units == 1 { "unit" } else { "units" },
            if stops == 1 { "stop" } else { "stops" },
        ),
        Language::Chinese => format!(
            "{mark}方案 {}：{from} 至 {until}，{units} 个警组，{stops} 个停靠点，覆盖预计警情 {total:.2} 起中的 {covered:.2} 起（{share:.1} %）",
            plan.id,
        ),
    }
}

/// A plan as it is printed.
pub fn table(plan: &PatrolPlan, zone: &TimeZone, language: Language) -> String {
    let mut lines = vec![summary(plan, zone, language)];
    lines.push(plan.units_from.sentence(language).to_owned());
    let notes = not_met(plan, zone, language);
    let (obstacles, others): (Vec<_>, Vec<_>) =
        notes.iter().partition(|note| note.kind == Unmet::Obstacle);
    lines.extend(obstacles.iter().map(|note| note.line(language)));
    lines.extend(figures_lines(plan, zone, language));
    for route in &plan.routes {
        lines.push(String::new());
        route_lines(plan, route, zone, language, &mut lines);
    }
    if !others.is_empty() {
        lines.push(String::new());
    }
    lines.extend(others.iter().map(|note| note.line(language)));
    lines.push(String::new());
    lines.join("\n")
}

fn route_lines(
    plan: &PatrolPlan,
    route: &PatrolRoute,
    zone: &TimeZone,
    language: Language,
    lines: &mut Vec<String>,
) {
    let (stops, km, minutes) = (
        route.stops.len(),
        route.length.0 / 1000.0,
        route.driving.0 / 60.0,
    );
    lines.push(match language {
        Language::English => format!(
            "{}: {stops} {}, {km:.1} km, {minutes:.0} min driving",
            route.call_sign,
            if stops == 1 { "stop" } else { "stops" }
        ),
        Language::Chinese => format!(
            "{}：{stops} 个停靠点，{km:.1} 公里，行驶 {minutes:.0} 分钟",
            route.call_sign
        ),
    });
    for stop in &route.stops {
        lines.push(format!(
            "{:>4}  {}–{}  {:.3}  {}  ({})",
            stop.number,
            reason::clock(stop.arrival, zone),
            reason::clock(stop.departure, zone),
            stop.gain,
            stop.label,
            reason::of_stop(stop, plan.window, zone, language),
        ));
        if let Some(instead) = reason::of_instead(stop, language) {
            lines.push(format!("      {instead}"));
        }
    }
}
