//! `frontbeat plan`: Plan a shift's patrols.

use clap::Args;

use crate::cli::failure::Failure;

/// Plan a shift's patrols.
#[derive(Debug, Args)]
pub struct PlanArgs {}

/// Runs the command.
///
/// # Errors
/// [`Failure`] with what to do.
pub async fn run(args: PlanArgs) -> Result<(), Failure> {
    let _ = args;
    Err(Failure::failed("this command is being built", ""))
}
