//! `frontbeat sample`: Make the synthetic sample district.

use clap::Args;

use crate::app::sample::district::DEFAULT_SEED;
use crate::app::sample::fault::SampleError;
use crate::app::sample::make_sample;
use crate::app::workspace::Address;
use crate::cli::failure::Failure;
use crate::cli::output;

/// Make the synthetic sample district: Dadong's outline with a made-up city in it.
#[derive(Debug, Args)]
pub struct SampleArgs {
    /// The file to make, a GeoPackage: sample.gpkg
    workspace: Address,
    /// Another seed makes another city; the same seed makes the same one
    #[arg(long, default_value_t = DEFAULT_SEED)]
    seed: u64,
}

/// Runs the command.
///
/// # Errors
/// [`Failure`] with what to do.
pub async fn run(args: SampleArgs) -> Result<(), Failure> {
    let file = &args.workspace;
    output::note(format_args!(
        "making the sample district (seed {})…",
        args.seed
    ));
    let report = make_sample(&args.workspace, args.seed)
        .await
        .map_err(|fault| match fault {
            SampleError::Seed(_) => Failure::usage(fault, ""),
            other => Failure::failed(other, ""),
        })?;
    output::line(format_args!(
        "made {file}: SYNTHETIC 模拟数据 inside the real outline of Dadong District"
    ));
    for (layer, count) in report.layers {
        output::line(format_args!("  {layer}: {count}"));
    }
    output::line(format_args!("  roads: {} km", report.roads.length_m / 1000));
    output::line(format_args!("next: frontbeat serve {file}"));
    Ok(())
}
