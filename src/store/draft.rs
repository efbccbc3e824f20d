//! A workspace in the making: it gets its name only when it is complete, so that a half one
//! is never found under it. A file is made beside the wanted one and renamed, a schema under
//! a name of its own and renamed.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::store::address::{ServerAddress, WorkspaceAddress};
use crate::store::error::StoreError;
use crate::store::gpkg::fault::file_fault;
use crate::store::gpkg::file::{beside, create_file, open_file, refuse_existing, remove_journals};
use crate::store::gpkg::lock::WriterLock;
use crate::store::postgis::server::{Server, create_draft, drop_draft, name_draft, open_draft};
use crate::store::record::NewWorkspace;
use crate::store::workspace::{Access, Workspace};

/// A workspace in the making.
#[derive(Debug)]
pub struct Draft {
    workspace: Workspace,
    target: Target,
}

#[derive(Debug)]
enum Target {
    File {
        path: PathBuf,
        /// Held to the end: a second maker of the same file is told that it is busy.
        _lock: WriterLock,
    },
    Server {
        address: Box<ServerAddress>,
        server: Arc<Server>,
    },
}

impl Draft {
    /// Begins one, in the place of what an interrupted run left; without `new` its tables
    /// stay empty.
    ///
    /// # Errors
    /// [`StoreError::Exists`] where the workspace is there, [`StoreError::Busy`] where
    /// another is making it.
    pub async fn begin(
        at: &WorkspaceAddress,
        new: Option<&NewWorkspace>,
    ) -> Result<Self, StoreError> {
        match at {
            WorkspaceAddress::File(path) => {
                let lock = lock_new(path)?;
                let partial = partial_path(path);
                remove_with_journals(&partial);
                let file = create_file(&partial, new).await?;
                Ok(Self::of_file(Workspace::of_file(file), path, lock))
            }
            WorkspaceAddress::Server(address) => {
                let server = create_draft(address, new).await?;
                Ok(Self::of_server(server, address))
            }
        }
    }

    /// Goes on with what an interrupted run left; none where it left nothing.
    ///
    /// # Errors
    /// As [`Self::begin`].
    pub async fn resume(at: &WorkspaceAddress) -> Result<Option<Self>, StoreError> {
        match at {
            WorkspaceAddress::File(path) => {
                let lock = lock_new(path)?;
                match open_file(&partial_path(path), Access::Write).await {
                    Ok(file) => Ok(Some(Self::of_file(Workspace::of_file(file), path, lock))),
                    // What is left is no whole file: it is made anew.
                    Err(StoreError::Missing { .. } | StoreError::NotAWorkspace { .. }) => Ok(None),
                    Err(fault) => Err(fault),
                }
            }
            WorkspaceAddress::Server(address) => {
                let left = open_draft(address).await?;
                Ok(left.map(|server| Self::of_server(server, address)))
            }
        }
    }

    /// What is filled.
    pub fn workspace(&self) -> &Workspace {
        &self.workspace
    }

    /// Closes it and gives it its name.
    ///
    /// # Errors
    /// [`StoreError`]; it stays a draft then.
    pub async fn finish(self) -> Result<(), StoreError> {
        match self.target {
            Target::File { path, _lock } => {
                self.workspace.close().await;
                let partial = partial_path(&path);
                remove_journals(&path);
                fs::rename(&partial, &path)
                    .map_err(|e| file_fault(&path.display().to_string(), &e))?;
                remove_with_journals(&partial);
                Ok(())
            }
            Target::Server { address, server } => {
                let named = name_draft(&server, &address).await;
                self.workspace.close().await;
                named
            }
        }
    }

    /// Closes it and takes it away.
    pub async fn abandon(self) {
        match self.target {
            Target::File { path, _lock } => {
                self.workspace.close().await;
                remove_with_journals(&partial_path(&path));
            }
            Target::Server { address, server } => {
                if let Err(fault) = drop_draft(&server, &address).await {
                    tracing::warn!(%fault, "a half-made workspace stays behind");
                }
                self.workspace.close().await;
            }
        }
    }

    /// Closes it and leaves it as it is, for [`Self::resume`].
    pub async fn leave(self) {
        self.workspace.close().await;
    }

    fn of_file(workspace: Workspace, path: &Path, lock: WriterLock) -> Self {
        let target = Target::File {
            path: path.to_owned(),
            _lock: lock,
        };
        Self { workspace, target }
    }

    fn of_server(server: Server, address: &ServerAddress) -> Self {
        let server = Arc::new(server);
        let target = Target::Server {
            address: Box::new(address.clone()),
            server: server.clone(),
        };
        Self {
            workspace: Workspace::of_server(server),
            target,
        }
    }
}

/// The lock of a file that must not be there.
fn lock_new(path: &Path) -> Result<WriterLock, StoreError> {
    refuse_existing(path)?;
    let lock = WriterLock::take(path)?;
    refuse_existing(path)?;
    Ok(lock)
}

/// Beside the wanted file, so that the last step is a rename on one disk.
fn partial_path(path: &Path) -> PathBuf {
    beside(path, ".partial")
}

/// Removes what is left of an unfinished file, its lock too (only the holder of the
/// wanted file's lock gets here); nothing to do is no fault.
fn remove_with_journals(path: &Path) {
    for suffix in ["", "-wal", "-shm", "-journal", ".lock"] {
        let _ = fs::remove_file(beside(path, suffix));
    }
}
