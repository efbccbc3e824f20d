//! One writer at a time: an exclusive lock of the operating system on `<file>.lock`.
//!
//! The lock is on a file beside the workspace, because closing any handle of the database
//! itself would drop SQLite's own locks. The system frees it when the process ends, however
//! it ends. The empty file stays: deleting it would race with the next writer.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

use crate::store::error::StoreError;
use crate::store::gpkg::fault::file_fault;

/// Held as long as it lives.
#[derive(Debug)]
pub struct WriterLock {
    _file: File,
}

impl WriterLock {
    /// Takes the lock of a workspace, without waiting.
    ///
    /// # Errors
    /// [`StoreError::Busy`] where another holds it, [`StoreError::NotWritable`] where the
    /// folder can't be written.
    pub fn take(workspace: &Path) -> Result<Self, StoreError> {
        let shown = workspace.display().to_string();
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(beside(workspace))
            .map_err(|e| file_fault(&shown, &e))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(StoreError::busy(shown)),
            Err(TryLockError::Error(e)) => Err(file_fault(&shown, &e)),
        }
    }
}

/// Where the lock of a workspace lies.
fn beside(workspace: &Path) -> PathBuf {
    let mut name = workspace.as_os_str().to_owned();
    name.push(".lock");
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_writer_is_refused_until_the_first_lets_go() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.gpkg");
        let first = WriterLock::take(&path).unwrap();
        assert!(matches!(
            WriterLock::take(&path),
            Err(StoreError::Busy { .. })
        ));
        drop(first);
        WriterLock::take(&path).unwrap();
    }

    #[test]
    fn a_missing_folder_is_not_writable() {
        let fault = WriterLock::take(Path::new("/nowhere/at/all/a.gpkg")).unwrap_err();
        assert!(matches!(fault, StoreError::NotWritable { .. }), "{fault}");
    }
}
