//! `frontbeat info`: Say what a workspace holds.

use clap::Args;

use crate::cli::failure::Failure;

/// Say what a workspace holds.
#[derive(Debug, Args)]
pub struct InfoArgs {}

/// Runs the command.
///
/// # Errors
/// [`Failure`] with what to do.
pub async fn run(args: InfoArgs) -> Result<(), Failure> {
    let _ = args;
    Err(Failure::failed("this command is being built", ""))
}
