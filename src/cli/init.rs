//! `frontbeat init`: Make a new, empty workspace.

use clap::Args;

use crate::cli::failure::Failure;

/// Make a new, empty workspace.
#[derive(Debug, Args)]
pub struct InitArgs {}

/// Runs the command.
///
/// # Errors
/// [`Failure`] with what to do.
pub async fn run(args: InitArgs) -> Result<(), Failure> {
    let _ = args;
    Err(Failure::failed("this command is being built", ""))
}
