//! `frontbeat bench`: figures that can be compared with others', measured here and now.

pub mod deadline;
pub mod dispatch;
pub mod growth;
pub mod orienteering;
pub mod patrol;
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
    Deadline(deadline::DeadlineArgs),
    Dispatch(dispatch::DispatchArgs),
    Growth(growth::GrowthArgs),
    Orienteering(orienteering::OrienteeringArgs),
    Patrol(patrol::PatrolBenchArgs),
    Risk(risk::RiskBenchArgs),
}

/// Runs the command.
///
/// # Errors
/// [`Failure`] with what to do.
pub async fn run(args: BenchArgs) -> Result<(), Failure> {
    match args.subject {
        Subject::Deadline(args) => deadline::run(&args),
        Subject::Dispatch(args) => dispatch::run(args).await,
        Subject::Growth(args) => growth::run(args).await,
        Subject::Orienteering(args) => orienteering::run(&args),
        Subject::Patrol(args) => patrol::run(&args).await,
        Subject::Risk(args) => risk::run(&args),
    }
}
