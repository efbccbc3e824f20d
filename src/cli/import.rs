//! `frontbeat import`: Bring a file into a workspace.

use clap::Args;

use crate::cli::failure::Failure;

/// Bring a file into a workspace.
#[derive(Debug, Args)]
pub struct ImportArgs {}

/// Runs the command.
///
/// # Errors
/// [`Failure`] with what to do.
pub async fn run(args: ImportArgs) -> Result<(), Failure> {
    let _ = args;
    Err(Failure::failed("this command is being built", ""))
}
