//! Move a whole workspace: copy it between a file and a server, back it up, restore it.

use std::path::Path;

use crate::app::clock;
use crate::app::workspace::Address;
use crate::store::copy::{CopyReport, CopyStep, copy};
use crate::store::error::StoreError;
use crate::store::gpkg::backup;

/// What is being done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Rows are copied.
    Copying,
    /// Rows of both sides are read back.
    Checking,
}

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// What is being done.
    pub phase: Phase,
    /// Rows done, those of an earlier run too.
    pub done: u64,
    /// Rows in all.
    pub all: u64,
}

/// Copies a workspace to where there is none; an interrupted copy goes on.
///
/// # Errors
/// [`StoreError`].
pub async fn copy_workspace(
    from: &Address,
    to: &Address,
    told: impl FnMut(Progress),
) -> Result<CopyReport, StoreError> {
    copy(&from.into(), &to.into(), clock::now(), track(told)).await
}

/// Backs a workspace up into a new GeoPackage file, while it is written to.
///
/// # Errors
/// [`StoreError`].
pub async fn back_up(
    workspace: &Address,
    out: &Path,
    told: impl FnMut(Progress),
) -> Result<(), StoreError> {
    match workspace.file() {
        Some(file) => backup::backup(file, out).await,
        None => copy(&workspace.into(), &out.into(), clock::now(), track(told))
            .await
            .map(|_| ()),
    }
}

/// Makes a workspace of a backup. With `replace` a file may be there, which is then kept as
/// `….before-restore`; a server's schema never may.
///
/// # Errors
/// [`StoreError`].
pub async fn restore(
    from: &Path,
    workspace: &Address,
    replace: bool,
    told: impl FnMut(Progress),
) -> Result<(), StoreError> {
    match workspace.file() {
        Some(file) => backup::restore(from, file, replace).await,
        None => copy(&from.into(), &workspace.into(), clock::now(), track(told))
            .await
            .map(|_| ()),
    }
}

fn track(mut told: impl FnMut(Progress)) -> impl FnMut(CopyStep) {
    let mut now = Progress {
        phase: Phase::Copying,
        done: 0,
        all: 0,
    };
    move |step| {
        match step {
            CopyStep::Begun { rows, there } => (now.all, now.done) = (rows, there),
            CopyStep::Checking(rows) => {
                now = Progress {
                    phase: Phase::Checking,
                    done: 0,
                    all: rows,
                };
            }
            CopyStep::Copied(rows) | CopyStep::Checked(rows) => now.done += rows,
        }
        told(now);
    }
}
