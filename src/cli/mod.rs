//! At the prompt: arguments in, sentences out. One file a command.

pub mod backtest;
mod backtest_text;
pub mod bench;
mod by_record;
pub mod coverage;
pub mod export;
pub mod failure;
pub mod forecast;
mod hours;
pub mod import;
pub mod info;
pub mod init;
mod interrupt;
pub mod must_visit;
pub mod output;
pub mod plan;
mod plan_figures;
pub mod plan_wishes;
pub mod quarantine;
pub mod risk;
pub mod sample;
pub mod serve;
pub mod simulate;
mod simulate_text;
pub mod statistics;
pub mod zones;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::cli::failure::Failure;

/// Risk heatmaps and patrol routes for a police district: places, never persons.
#[derive(Debug, Parser)]
#[command(name = "frontbeat", version, about)]
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
    Simulate(simulate::SimulateArgs),
    Coverage(coverage::CoverageArgs),
    Zones(zones::ZonesArgs),
    Serve(serve::ServeArgs),
    Bench(bench::BenchArgs),
}

/// Parses the arguments, runs the command, prints what went wrong.
pub async fn main() -> ExitCode {
    match run(Cli::parse().command).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
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
        Some(Command::Simulate(args)) => simulate::run(args).await,
        Some(Command::Coverage(args)) => coverage::run(args).await,
        Some(Command::Zones(args)) => zones::run(args).await,
        Some(Command::Serve(args)) => serve::run(args).await,
        Some(Command::Bench(args)) => bench::run(args).await,
        None => serve::run_sample().await,
    }
}
