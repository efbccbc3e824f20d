//! `frontbeat bench`: figures that can be compared with others', measured here and now.

pub mod orienteering;
pub mod risk;

use clap::{Args, Subcommand};

use crate::cli::failure::Failure;

/// Measure Frontbeat on data that others publish figures for.
#[derive(Debug, Args)]
pub struct BenchArgs {
    #[command(subcommand)]
    subject: Subject,
}

#[derive(Debug, Subcommand)]
enum Subject {
    Orienteering(orienteering::OrienteeringArgs),
    Risk(risk::RiskBenchArgs),
}

/// Runs the command.
///
/// # Errors
/// [`Failure`] with what to do.
pub async fn run(args: BenchArgs) -> Result<(), Failure> {
    match args.subject {
        Subject::Orienteering(args) => orienteering::run(&args),
        Subject::Risk(args) => risk::run(&args),
    }
}
