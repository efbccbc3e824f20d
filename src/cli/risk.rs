//! `frontbeat risk`: Compute a risk surface.

use clap::Args;

use crate::cli::failure::Failure;

/// Compute a risk surface.
#[derive(Debug, Args)]
pub struct RiskArgs {}

/// Runs the command.
///
/// # Errors
/// [`Failure`] with what to do.
pub async fn run(args: RiskArgs) -> Result<(), Failure> {
    let _ = args;
    Err(Failure::failed("this command is being built", ""))
}
