//! At the prompt: arguments in, sentences out. One file a command.

// `println!` panics where its reader has left: `output` is the one place that prints.
#![deny(clippy::print_stdout, clippy::print_stderr)]

pub mod backtest;
mod backtest_text;
pub mod bench;
mod by_record;
pub mod copy;
pub mod coverage;
pub mod export;
mod export_picture;
pub mod failure;
pub mod feed;
pub mod followup;
pub mod forecast;
pub mod handover;
pub mod hooks;
mod hooks_text;
mod hours;
pub mod import;
pub mod info;
pub mod init;
mod interrupt;
pub mod keys;
pub mod links;
pub mod load;
pub mod must_visit;
mod option_text;
pub mod output;
pub mod plan;
mod plan_figures;
mod plan_output;
pub mod plan_wishes;
pub mod quarantine;
pub mod replan;
pub mod risk;
pub mod sample;
mod secrets;
pub mod serve;
pub mod sheet;
pub mod simulate;
mod simulate_text;
pub mod statistics;
mod store_option;
pub mod zones;

use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::cli::failure::Failure;

/// Risk heatmaps and patrol routes for a police district: places, never persons.
#[derive(Debug, Parser)]
#[command(
    name = "frontbeat",
    version,
    about,
    after_help = "A workspace is a GeoPackage file, or a schema of a PostGIS database:\n  \
                  postgres://USER:PASSWORD@HOST/DATABASE?schema=NAME\n\
                  Every command takes it as its first word, by --store ADDRESS, or from the \
                  environment variable FRONTBEAT_STORE."
)]
struct Cli {
    /// What to do; without it the sample district is made (once) and served.
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    Init(init::InitArgs),
    Info(info::InfoArgs),
    Import(import::ImportArgs),
    Export(Box<export::ExportArgs>),
    Sample(sample::SampleArgs),
    Risk(risk::RiskArgs),
    Backtest(backtest::BacktestArgs),
    Forecast(forecast::ForecastArgs),
    Statistics(statistics::StatisticsArgs),
    Quarantine(quarantine::QuarantineArgs),
    Plan(Box<plan::PlanArgs>),
    Replan(Box<replan::ReplanArgs>),
    Sheet(sheet::SheetArgs),
    Simulate(simulate::SimulateArgs),
    Coverage(coverage::CoverageArgs),
    Zones(zones::ZonesArgs),
    Serve(serve::ServeArgs),
    Handover(handover::HandoverArgs),
    Feed(feed::FeedArgs),
    Followup(followup::FollowUpArgs),
    Keys(keys::KeysArgs),
    #[command(visible_alias = "hook")]
    Hooks(hooks::HooksArgs),
    Links(links::LinksArgs),
    Load(load::LoadArgs),
    Copy(copy::CopyArgs),
    Backup(copy::BackupArgs),
    Restore(copy::RestoreArgs),
    Bench(bench::BenchArgs),
}

/// Parses the arguments, runs the command, prints what went wrong.
pub async fn main() -> ExitCode {
    let arguments = secrets::arguments();
    let fallback = std::env::var_os(store_option::VARIABLE).filter(|v| !v.is_empty());
    let parsed = store_option::matches(Cli::command(), arguments.clone(), fallback.clone())
        .and_then(|matches| Cli::from_arg_matches(&matches));
    let cli = match parsed {
        Ok(cli) => cli,
        Err(fault) if fault.use_stderr() => {
            let said = secrets::redacted(&fault.to_string(), &arguments, fallback.as_ref());
            output::note(said.trim_end());
            return ExitCode::from(2);
        }
        Err(help) => help.exit(),
    };
    match run(cli.command).await {
        Ok(()) if output::unprinted() => ExitCode::FAILURE,
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // A file's name may be an address in the wrong place.
            output::note(secrets::redacted(
                &failure.to_string(),
                &arguments,
                fallback.as_ref(),
            ));
            ExitCode::from(failure.code)
        }
    }
}

async fn run(command: Option<Command>) -> Result<(), Failure> {
    match command {
        Some(Command::Init(args)) => init::run(args).await,
        Some(Command::Info(args)) => info::run(args).await,
        Some(Command::Import(args)) => import::run(args).await,
        Some(Command::Export(args)) => export::run(*args).await,
        Some(Command::Sample(args)) => sample::run(args).await,
        Some(Command::Risk(args)) => risk::run(args).await,
        Some(Command::Backtest(args)) => backtest::run(args).await,
        Some(Command::Forecast(args)) => forecast::run(args).await,
        Some(Command::Statistics(args)) => statistics::run(args).await,
        Some(Command::Quarantine(args)) => quarantine::run(args).await,
        Some(Command::Plan(args)) => plan::run(*args).await,
        Some(Command::Replan(args)) => replan::run(*args).await,
        Some(Command::Sheet(args)) => sheet::run(args).await,
        Some(Command::Simulate(args)) => simulate::run(args).await,
        Some(Command::Coverage(args)) => coverage::run(args).await,
        Some(Command::Zones(args)) => zones::run(args).await,
        Some(Command::Serve(args)) => serve::run(args).await,
        Some(Command::Handover(args)) => handover::run(args).await,
        Some(Command::Feed(args)) => feed::run(args).await,
        Some(Command::Followup(args)) => followup::run(args).await,
        Some(Command::Keys(args)) => keys::run(args).await,
        Some(Command::Hooks(args)) => hooks::run(args).await,
        Some(Command::Links(args)) => links::run(args).await,
        Some(Command::Load(args)) => load::run(args).await,
        Some(Command::Copy(args)) => copy::run(args).await,
        Some(Command::Backup(args)) => copy::run_backup(args).await,
        Some(Command::Restore(args)) => copy::run_restore(args).await,
        Some(Command::Bench(args)) => bench::run(args).await,
        None => serve::run_sample().await,
    }
}
