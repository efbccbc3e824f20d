//! `frontbeat sample`: Make the synthetic sample district.

use clap::Args;

use crate::cli::failure::Failure;

/// Make the synthetic sample district.
#[derive(Debug, Args)]
pub struct SampleArgs {}

/// Runs the command.
///
/// # Errors
/// [`Failure`] with what to do.
pub async fn run(args: SampleArgs) -> Result<(), Failure> {
    let _ = args;
    Err(Failure::failed("this command is being built", ""))
}
