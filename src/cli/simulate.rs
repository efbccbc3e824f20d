//! `frontbeat simulate`: What would a month be like? Policies for idle units compared.

use std::io::{IsTerminal, stderr};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use jiff::civil::Date;

use crate::app::record::BEST;
use crate::app::risk::RiskJobError;
use crate::app::sample::district::DEFAULT_SEED;
use crate::app::simulate::error::SimulateError;
use crate::app::simulate::{BeatRule, Progress, SimulateRequest, Watch, simulate};
use crate::app::workspace::{Address, open_for_reading};
use crate::cli::failure::Failure;
use crate::cli::interrupt::stop_on_interrupt;
use crate::cli::option_text::day;
use crate::cli::output;
use crate::cli::plan::Tongue;
use crate::cli::simulate_text::simulate_text;
use crate::exchange::simulation_json::simulation_json;
use crate::patrol::dispatch::rule::Rule;
use crate::patrol::objective::weights::Preset;
use crate::patrol::simulator::handling::HandlingTime;
use crate::patrol::simulator::policy::Policy;
use crate::patrol::simulator::pose::TownError;
use crate::patrol::simulator::report::Truth;
use crate::patrol::simulator::settings::{ReplanMode, SimulationSettings};
use crate::patrol::simulator::town::SimulationFault;
use crate::risk::model::RiskError;

/// Simulate days of calls and units: response times and patrol minutes under policies for
/// idle units.
#[derive(Debug, Args)]
pub struct SimulateArgs {
    /// The workspace, a .gpkg file.
    workspace: Address,
    /// How many days.
    #[arg(long, default_value_t = 28)]
    days: u32,
    /// First day [default: so that the last one is the last day of the data].
    #[arg(long, value_parser = day)]
    from: Option<Date>,
    /// What idle units do: station, random, hottest, plan or plan-replan; all for all; may be
    /// given again.
    #[arg(long, default_value = "all", value_delimiter = ',')]
    policy: Vec<String>,
    /// How many histories of each policy; all policies answer the same calls.
    #[arg(long, default_value_t = 20)]
    seeds: u32,
    /// The first seed.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Units on duty in each shift [default: the idle ones of the workspace]. More than
    /// there are begin at the stations in turn.
    #[arg(long)]
    units: Option<usize>,
    /// A shift like night, SHIFT@DATE or START/END in ISO 8601, at its time every day
    /// [default: all shifts].
    #[arg(long)]
    window: Option<String>,
    /// Where a unit's plan may send it: to the beats of its station, or everywhere.
    #[arg(long, value_enum, default_value_t = BeatsName::Own)]
    beats: BeatsName,
    /// What plans are good for: deter (presence where risk is), respond (near to the next
    /// call) or balanced.
    #[arg(long, default_value = "deter")]
    preset: String,
    /// How the unit for a call is chosen.
    #[arg(long, value_enum, default_value_t = RuleName::Nearest)]
    rule: RuleName,
    /// How plan-replan makes what is left of a plan anew: for the unit that comes back, or for
    /// all units by the search (a hundred times slower).
    #[arg(long, value_enum, default_value_t = ReplanName::OneUnit)]
    replan: ReplanName,
    /// Where the calls come from [default: held-out where there are incidents, or else
    /// forecast].
    #[arg(long, value_enum)]
    truth: Option<TruthName>,
    /// The seed that the sample was made with, for --truth generator.
    #[arg(long, default_value_t = DEFAULT_SEED)]
    sample_seed: u64,
    /// Mean of the time that a unit is busy at a call, minutes (log-normal, its deviation as
    /// large).
    #[arg(long, default_value_t = 30.0, allow_negative_numbers = true)]
    handling_minutes: f64,
    /// The risk model of the forecast: count, kde, adaptive_kde, prospective, hawkes,
    /// risk_terrain or mixture.
    #[arg(long, default_value = BEST)]
    model: String,
    /// Only incidents of this category; may be given again. A first-level code takes its
    /// children in.
    #[arg(long, value_name = "CODE")]
    category: Vec<String>,
    /// H3 resolution of the forecast, 7 to 11.
    #[arg(long, default_value_t = 10)]
    resolution: u8,
    /// Changes that the search tries for each shift's plan.
    #[arg(long, default_value_t = SimulationSettings::default().plan_iterations)]
    iterations: u64,
    /// Print everything as JSON.
    #[arg(long)]
    json: bool,
    /// Language of the printed table.
    #[arg(long, value_enum, default_value_t = Tongue::En)]
    lang: Tongue,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum BeatsName {
    /// The beats of its station.
    Own,
    /// Everywhere.
    All,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum RuleName {
    /// The first to be there by road.
    Nearest,
    /// Of those within a minute of it, the one that coverage misses least.
    Coverage,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum ReplanName {
    /// Stop by stop, for the unit that comes back.
    OneUnit,
    /// By the patrol search, at every call and every return.
    AllUnits,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum TruthName {
    /// As forecast.
    Forecast,
    /// As the incidents of these days, which the forecast has not seen.
    HeldOut,
    /// As the sample district's own process draws them.
    Generator,
}

/// Runs the command.
///
/// # Errors
/// [`Failure`] with what to do.
pub async fn run(args: SimulateArgs) -> Result<(), Failure> {
    let request = request(&args)?;
    let workspace = open_for_reading(&args.workspace)
        .await
        .map_err(|fault| Failure::failed(fault, ""))?;
    let stop = Arc::new(AtomicBool::new(false));
    let signals = tokio::spawn(stop_on_interrupt(stop.clone(), None));
    let bar = bar();
    let done = simulate(&workspace, None, &request, watch(&bar, &stop)).await;
    bar.finish_and_clear();
    signals.abort();
    let zone = workspace.district().await.map(|district| district.zone());
    workspace.close().await;
    let report = done.map_err(failure)?;
    let zone = zone.map_err(|fault| Failure::failed(fault, ""))?;
    let zone = zone.map_err(|fault| Failure::failed(fault, ""))?;
    output::say(&match args.json {
        true => simulation_json(&report),
        false => simulate_text(&report, &zone, args.lang.language()),
    })
}

/// What the arguments ask for.
fn request(args: &SimulateArgs) -> Result<SimulateRequest, Failure> {
    Ok(SimulateRequest {
        from: args.from,
        days: args.days,
        window: args.window.clone(),
        policies: policies(&args.policy)?,
        seeds: args.seeds,
        first_seed: args.seed,
        units: args.units,
        beats: match args.beats {
            BeatsName::Own => BeatRule::Own,
            BeatsName::All => BeatRule::All,
        },
        preset: preset(&args.preset)?,
        model: args.model.clone(),
        categories: args.category.clone(),
        resolution: args.resolution,
        truth: args.truth.map(|truth| match truth {
            TruthName::Forecast => Truth::Forecast,
            TruthName::HeldOut => Truth::HeldOut,
            TruthName::Generator => Truth::Generator,
        }),
        sample_seed: args.sample_seed,
        handling: HandlingTime::LogNormal {
            mean_s: args.handling_minutes * 60.0,
            variation: 1.0,
        },
        settings: SimulationSettings {
            rule: match args.rule {
                RuleName::Nearest => Rule::Nearest,
                RuleName::Coverage => Rule::COVERAGE_AWARE,
            },
            plan_iterations: args.iterations,
            replan: match args.replan {
                ReplanName::OneUnit => ReplanMode::OneUnit,
                ReplanName::AllUnits => ReplanMode::ALL_UNITS,
            },
            ..SimulationSettings::default()
        },
    })
}

/// The policies asked for, each once, in the order of [`Policy::ALL`].
fn policies(names: &[String]) -> Result<Vec<Policy>, Failure> {
    let mut wanted = Vec::new();
    for name in names {
        match (name.as_str(), Policy::by_name(name)) {
            ("all", _) => wanted.extend(Policy::ALL),
            (_, Some(policy)) => wanted.push(policy),
            (_, None) => {
                let known = Policy::ALL.map(Policy::name).join(", ");
                return Err(Failure::usage(
                    format!("there is no policy {name:?}"),
                    format!("choose among {known}, or all"),
                ));
            }
        }
    }
    wanted.sort_unstable();
    wanted.dedup();
    Ok(wanted)
}

fn preset(name: &str) -> Result<Preset, Failure> {
    let found = Preset::ALL.into_iter().find(|preset| preset.name() == name);
    found.ok_or_else(|| {
        let known = Preset::ALL.map(Preset::name).join(", ");
        Failure::usage(
            format!("there is no preset {name:?}"),
            format!("choose among {known}"),
        )
    })
}

/// A bar on a terminal, nothing elsewhere.
fn bar() -> ProgressBar {
    if !stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(0);
    let template = "{bar:32} {pos}/{len} plans and histories, {eta} left";
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar
}

fn watch(bar: &ProgressBar, stop: &Arc<AtomicBool>) -> Watch {
    let (bar, stop) = (bar.clone(), stop.clone());
    Arc::new(move |Progress { done, of }| {
        bar.set_length(of as u64);
        bar.set_position(done as u64);
        if stop.load(Ordering::Relaxed) {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    })
}

/// What can't be simulated as asked is wrong use; all else is a failure.
fn failure(fault: SimulateError) -> Failure {
    match fault {
        SimulateError::BrokenOff => Failure::failed(fault, ""),
        SimulateError::Job(RiskJobError::Risk(RiskError::UnknownCategory { .. }))
        | SimulateError::Risk(_)
        | SimulateError::Window(_)
        | SimulateError::NoneAsked
        | SimulateError::TooManyUnits(_)
        | SimulateError::Days(_)
        | SimulateError::Seeds(_)
        | SimulateError::LongWindow
        | SimulateError::Calendar
        | SimulateError::NothingBefore(_)
        | SimulateError::FewHeldOut { .. }
        | SimulateError::NotTheSample(_)
        | SimulateError::Town(TownError::Fault(SimulationFault::Handling)) => {
            Failure::usage(fault, "")
        }
        other => Failure::failed(other, ""),
    }
}
