//! `frontbeat copy`, `backup` and `restore`: move a whole workspace.

use std::io::{IsTerminal, stderr};
use std::path::PathBuf;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use crate::app::copy::{Phase, Progress, back_up, copy_workspace, restore};
use crate::app::workspace::Address;
use crate::cli::failure::Failure;
use crate::cli::output;

/// Copy a workspace, from a file to a server or back; counts and hashes are compared.
///
/// The source may be in use. The copy appears under its name when it is complete; one that
/// was interrupted goes on where it was when the same command is given again.
#[derive(Debug, Args)]
pub struct CopyArgs {
    /// The workspace to copy
    from: Address,
    /// Where there is none so far
    to: Address,
}

/// Back a workspace up into a GeoPackage file, while it is in use.
#[derive(Debug, Args)]
pub struct BackupArgs {
    /// The workspace
    workspace: Address,
    /// The file to make
    out: PathBuf,
}

/// Make a workspace of a backup.
#[derive(Debug, Args)]
pub struct RestoreArgs {
    /// The backup, a GeoPackage file
    backup: PathBuf,
    /// The workspace to make
    to: Address,
    /// Restore in the place of a file that is there, and keep that as ….before-restore
    #[arg(long)]
    replace: bool,
}

/// Runs `copy`.
///
/// # Errors
/// [`Failure`] with what to do.
pub async fn run(args: CopyArgs) -> Result<(), Failure> {
    let mut progress = Bar::new();
    let report = copy_workspace(&args.from, &args.to, |step| progress.tell(step)).await;
    progress.bar.finish_and_clear();
    let report = report.map_err(|fault| {
        Failure::failed(
            fault,
            if progress.phase.is_some() {
                "give the same command again: it goes on where it was"
            } else {
                ""
            },
        )
    })?;
    let rows: u64 = report.tables.iter().map(|(_, rows)| rows).sum();
    output::line(format_args!("copied {} to {}", args.from, args.to));
    for (table, rows) in report.tables.iter().filter(|(_, rows)| *rows > 0) {
        output::line(format_args!("{rows:>12}  {table}"));
    }
    if report.resumed > 0 {
        output::line(format_args!(
            "{:>12}  were there from an earlier run",
            report.resumed
        ));
    }
    output::line(format_args!(
        "checked: {rows} rows read back, content {}",
        report.sha256
    ));
    Ok(())
}

/// Runs `backup`.
///
/// # Errors
/// [`Failure`] with what to do.
pub async fn run_backup(args: BackupArgs) -> Result<(), Failure> {
    let mut progress = Bar::new();
    let done = back_up(&args.workspace, &args.out, |step| progress.tell(step)).await;
    progress.bar.finish_and_clear();
    done.map_err(|fault| Failure::failed(fault, ""))?;
    let out = args.out.display();
    output::line(format_args!("backed up {} to {out}", args.workspace));
    output::line(format_args!(
        "to restore it: frontbeat restore {out} WORKSPACE"
    ));
    Ok(())
}

/// Runs `restore`.
///
/// # Errors
/// [`Failure`] with what to do.
pub async fn run_restore(args: RestoreArgs) -> Result<(), Failure> {
    let mut progress = Bar::new();
    let step = |step| progress.tell(step);
    let done = restore(&args.backup, &args.to, args.replace, step).await;
    progress.bar.finish_and_clear();
    done.map_err(|fault| Failure::failed(fault, ""))?;
    output::line(format_args!(
        "restored {} to {}",
        args.backup.display(),
        args.to
    ));
    Ok(())
}

/// A bar on a terminal, a plain line a phase elsewhere.
struct Bar {
    bar: ProgressBar,
    phase: Option<Phase>,
}

impl Bar {
    fn new() -> Self {
        let bar = match stderr().is_terminal() {
            true => ProgressBar::new(0),
            false => ProgressBar::hidden(),
        };
        let template = "{msg:10} {bar:32} {pos}/{len} rows, {per_sec}, {eta} left";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        Self { bar, phase: None }
    }

    fn tell(&mut self, progress: Progress) {
        if self.phase != Some(progress.phase) {
            self.phase = Some(progress.phase);
            let (word, line) = match progress.phase {
                Phase::Copying => (
                    "copying",
                    format!(
                        "copying {} rows, {} of them there already",
                        progress.all, progress.done
                    ),
                ),
                Phase::Checking => ("checking", "checking: both sides are read back".to_owned()),
            };
            self.bar.reset();
            self.bar.set_message(word);
            if self.bar.is_hidden() {
                output::note(&line);
            }
        }
        self.bar.set_length(progress.all);
        self.bar.set_position(progress.done);
    }
}
