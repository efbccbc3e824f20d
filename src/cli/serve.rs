//! `frontbeat serve`: Serve a workspace: API, tiles and the map.

use clap::Args;

use crate::cli::failure::Failure;

/// Serve a workspace: API, tiles and the map.
#[derive(Debug, Args)]
pub struct ServeArgs {}

/// Runs the command.
///
/// # Errors
/// [`Failure`] with what to do.
pub async fn run(args: ServeArgs) -> Result<(), Failure> {
    let _ = args;
    Err(Failure::failed("this command is being built", ""))
}

/// Makes the sample workspace (once) and serves it.
///
/// # Errors
/// [`Failure`] with what to do.
pub async fn run_sample() -> Result<(), Failure> {
    Err(Failure::failed("this command is being built", ""))
}
