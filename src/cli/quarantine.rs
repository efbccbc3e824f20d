//! `frontbeat quarantine`: keep a batch of incidents out of all learning.

use clap::{Args, Subcommand};

use crate::app::quarantine::{QuarantineError, lift, list, quarantine};
use crate::app::risk::reference_day;
use crate::app::workspace::{Address, open_for_reading, open_for_writing};
use crate::calendar::text::parse_window;
use crate::cli::failure::Failure;
use crate::cli::output;
use crate::exchange::feature_geojson::local_time;
use crate::incident::quarantine::Quarantined;

/// Keep a batch of incidents out of surfaces, forecasts and statistics, or let it in again.
#[derive(Debug, Args)]
pub struct QuarantineArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Keep incidents out: those of one import, or of a period.
    Add(AddArgs),
    /// Say what is kept out, and number the imports.
    List {
        /// The workspace, a .gpkg file.
        workspace: Address,
    },
    /// Let incidents in again.
    Lift {
        /// The workspace, a .gpkg file.
        workspace: Address,
        /// The quarantine, like q1.
        id: String,
        /// Why; no person's name.
        #[arg(long)]
        reason: String,
    },
}

#[derive(Debug, Args)]
struct AddArgs {
    /// The workspace, a .gpkg file.
    workspace: Address,
    /// All incidents of one import, by its number (quarantine list).
    #[arg(long, value_name = "NUMBER", conflicts_with = "period")]
    batch: Option<u64>,
    /// All incidents of a period: START/END in ISO 8601.
    #[arg(long, value_name = "START/END", required_unless_present = "batch")]
    period: Option<String>,
    /// Of the period only this category; may be given again.
    #[arg(long, value_name = "CODE", conflicts_with = "batch")]
    category: Vec<String>,
    /// Why; no person's name.
    #[arg(long)]
    reason: String,
}

/// Runs the command.
///
/// # Errors
/// [`Failure`] with what to do.
pub async fn run(args: QuarantineArgs) -> Result<(), Failure> {
    let store = |fault| Failure::failed(fault, "");
    match args.what {
        What::Add(args) => add(args).await,
        What::List { workspace } => {
            let opened = open_for_reading(&workspace).await.map_err(store)?;
            let zone = opened.district().await.map_err(store)?.zone();
            let zone = zone.map_err(|fault| Failure::failed(fault, ""))?;
            let found = list(&opened).await.map_err(store)?;
            opened.close().await;
            if found.quarantines.is_empty() {
                output::line("nothing is in quarantine");
            }
            for q in &found.quarantines {
                let what = match &q.what {
                    Quarantined::Batch(number) => format!("import {number}"),
                    Quarantined::Period { window, categories } => format!(
                        "{} to {}{}{}",
                        local_time(window.start(), &zone),
                        local_time(window.end(), &zone),
                        if categories.is_empty() { "" } else { " of " },
                        categories.join(", ")
                    ),
                };
                let until = q.lifted_at.map_or(String::new(), |at| {
                    format!(", lifted {}", local_time(at, &zone))
                });
                output::line(format_args!("{}  {what}: {}{until}", q.id, q.reason));
            }
            output::line("imports of incidents:");
            for batch in &found.batches {
                output::line(format_args!(
                    "{:6}  {}  {:9} incidents  {}",
                    batch.number,
                    local_time(batch.at, &zone),
                    batch.incidents,
                    batch.file
                ));
            }
            Ok(())
        }
        What::Lift {
            workspace,
            id,
            reason,
        } => {
            let opened = open_for_writing(&workspace).await.map_err(store)?;
            let lifted = lift(&opened, &id, &reason).await;
            opened.close().await;
            lifted.map_err(failure)?;
            output::line(format_args!(
                "{id} is lifted: its incidents are learned from again"
            ));
            Ok(())
        }
    }
}

async fn add(args: AddArgs) -> Result<(), Failure> {
    let store = |fault| Failure::failed(fault, "");
    let opened = open_for_writing(&args.workspace).await.map_err(store)?;
    let what = match (args.batch, &args.period) {
        (Some(number), _) => Quarantined::Batch(number),
        (None, text) => {
            let zone = opened.district().await.map_err(store)?.zone();
            let zone = zone.map_err(|fault| Failure::failed(fault, ""))?;
            let shifts = opened.shifts().await.map_err(store)?;
            let today = reference_day(&opened).await.map_err(store)?;
            let text = text.as_deref().unwrap_or_default();
            Quarantined::Period {
                window: parse_window(text, &shifts, &zone, today)
                    .map_err(|fault| Failure::usage(fault, ""))?,
                categories: args.category,
            }
        }
    };
    let added = quarantine(&opened, what, &args.reason).await;
    opened.close().await;
    let (added, incidents) = added.map_err(failure)?;
    output::line(format_args!(
        "{}: {incidents} incidents are left out of surfaces, forecasts and statistics",
        added.id
    ));
    Ok(())
}

fn failure(fault: QuarantineError) -> Failure {
    match fault {
        QuarantineError::Store(store) => Failure::failed(store, ""),
        other => Failure::usage(other, "frontbeat quarantine list shows what there is"),
    }
}
