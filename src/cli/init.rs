//! `frontbeat init`: Make a new, empty workspace.

use clap::Args;

use crate::app::workspace::{Address, CreateError, create_workspace};
use crate::cli::failure::Failure;
use crate::cli::output;

/// Make a new, empty workspace.
#[derive(Debug, Args)]
pub struct InitArgs {
    /// The file to make, a GeoPackage: my.gpkg
    workspace: Address,
    /// Name of the district, shown in titles and exports
    #[arg(long)]
    name: String,
    /// The district's time zone, an IANA name
    #[arg(long, default_value = "Asia/Shanghai")]
    timezone: String,
    /// Everything in it will be made up: say so on every layer and screen
    #[arg(long)]
    synthetic: bool,
}

/// Runs the command.
///
/// # Errors
/// [`Failure`] with what to do.
pub async fn run(args: InitArgs) -> Result<(), Failure> {
    let workspace = create_workspace(&args.workspace, &args.name, &args.timezone, args.synthetic)
        .await
        .map_err(|fault| match fault {
            CreateError::Store(fault) => Failure::failed(fault, ""),
            wrong => Failure::usage(wrong, ""),
        })?;
    workspace.close().await;
    let file = &args.workspace;
    output::line(format_args!("made {file}"));
    output::line(format_args!(
        "next: frontbeat import {file} --as incidents FILE"
    ));
    Ok(())
}
