//! A file's backup, while it is written to, and back.
//!
//! SQLite's `VACUUM INTO` writes one snapshot of a database as a new, compact file; neither
//! readers nor the writer wait. The new file is checked, flushed to the disk, and only then
//! gets its name.

use std::fs::{self, File};
use std::path::Path;

use crate::store::error::StoreError;
use crate::store::gpkg::fault::file_fault;
use crate::store::gpkg::file::{Connections, beside, open_file, refuse_existing, remove_journals};
use crate::store::gpkg::lock::WriterLock;
use crate::store::row::Reader;
use crate::store::statement::Statement;
use crate::store::workspace::Access;

/// What a replaced workspace is called.
const KEPT: &str = ".before-restore";

/// Backs a workspace up into a new file.
///
/// # Errors
/// [`StoreError::Exists`] where there is such a file; [`StoreError::BadBackup`] where what
/// was written is damaged, which is then taken away.
pub async fn backup(workspace: &Path, out: &Path) -> Result<(), StoreError> {
    refuse_existing(out)?;
    let lock = WriterLock::take(out)?;
    refuse_existing(out)?;
    let made = snapshot(workspace, out, &beside(out, ".partial")).await;
    // The lock's file stays, as a workspace's does: who took it away would race with the next.
    drop(lock);
    made
}

/// Makes a workspace of a backup; with `replace` in the place of the one that is there,
/// which is kept beside it.
///
/// # Errors
/// [`StoreError::Exists`], [`StoreError::Busy`] where the workspace is being written to;
/// [`StoreError::BadBackup`]. The workspace is then as it was.
pub async fn restore(backup: &Path, workspace: &Path, replace: bool) -> Result<(), StoreError> {
    if !replace {
        refuse_existing(workspace)?;
    }
    let shown = workspace.display().to_string();
    let fault = |e: std::io::Error| file_fault(&shown, &e);
    let _lock = WriterLock::take(workspace)?;
    let kept = beside(workspace, KEPT);
    if workspace.exists() {
        if !replace {
            return refuse_existing(workspace);
        }
        refuse_existing(&kept)?;
    }
    let partial = beside(workspace, ".partial");
    write_snapshot(backup, &partial).await?;
    if workspace.exists() {
        // With what a killed writer may have left in its log: it belongs to this file.
        let log = beside(workspace, "-wal");
        if log.exists() {
            fs::rename(&log, beside(&kept, "-wal")).map_err(fault)?;
        }
        let _ = fs::remove_file(beside(workspace, "-shm"));
        fs::rename(workspace, &kept).map_err(fault)?;
    }
    name(&partial, workspace)
}

async fn snapshot(workspace: &Path, out: &Path, partial: &Path) -> Result<(), StoreError> {
    write_snapshot(workspace, partial).await?;
    name(partial, out)
}

/// Writes a checked and flushed copy of a workspace file.
async fn write_snapshot(from: &Path, to: &Path) -> Result<(), StoreError> {
    let _ = fs::remove_file(to);
    let source = open_file(from, Access::Read).await?;
    let written = vacuum_into(&source, from, to).await;
    source.close().await;
    if written.is_err() {
        let _ = fs::remove_file(to);
    }
    written
}

async fn vacuum_into(source: &Connections, from: &Path, to: &Path) -> Result<(), StoreError> {
    let bad = |path: &Path, why: String| StoreError::BadBackup {
        path: path.display().to_string(),
        why,
    };
    let mut conn = source.read().await?;
    let name = to.to_str().ok_or_else(|| StoreError::NotWritable {
        path: to.display().to_string(),
        why: "its name is no Unicode text".into(),
    })?;
    conn.execute(Statement::new("VACUUM INTO ?").bind(name))
        .await
        .map_err(|fault| match fault {
            StoreError::NotAWorkspace { why, .. } => bad(from, why),
            other => other,
        })?;
    let copy = open_file(to, Access::Read).await?;
    let mut conn = copy.read().await?;
    let found = conn.row(Statement::new("PRAGMA integrity_check")).await?;
    let word: String = match &found {
        Some(row) => Reader::new(row, "integrity_check").get("integrity_check")?,
        None => "nothing".into(),
    };
    drop((found, conn));
    copy.close().await;
    if word != "ok" {
        return Err(bad(to, word));
    }
    let flush = File::open(to).and_then(|file| file.sync_all());
    flush.map_err(|e| file_fault(&to.display().to_string(), &e))
}

/// Gives a file its name, for good: the folder is flushed too.
fn name(partial: &Path, file: &Path) -> Result<(), StoreError> {
    let fault = |e: std::io::Error| file_fault(&file.display().to_string(), &e);
    remove_journals(file);
    fs::rename(partial, file).map_err(fault)?;
    let folder = file.parent().filter(|f| !f.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))
        .and_then(|folder| folder.sync_all())
        .map_err(fault)
}
