//! An open workspace, in a file or on a server.
//!
//! Reads come from a few read-only connections; writes go one after the other through a
//! single connection. A file is written by one process at a time; the services that share a
//! schema take turns, a transaction each. Every write is one transaction with its event: what
//! has returned is on disk. What there is to read and write is with its
//! subject: `incidents`, `layers`, `plans`, `forecasts`, `log`…

use std::sync::Arc;

use tokio::sync::{broadcast, watch};

use crate::store::address::WorkspaceAddress;
use crate::store::connection::Connection;
use crate::store::error::StoreError;
use crate::store::gpkg::file::{Connections, create_file, open_file};
use crate::store::postgis::server::{Server, create_schema, open_schema};
use crate::store::record::NewWorkspace;

/// How a workspace is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Reads only; any number of processes.
    Read,
    /// Reads and writes; one process at a time, the second gets `StoreError::Busy`.
    Write,
    /// Reads and writes, and on a server others that share it do too, in turns: what is known
    /// of the log has to be read anew in each. Where it can't be written to yet it is read
    /// ([`Workspace::kept_from`]). In a file the same as [`Self::Write`].
    Share,
    /// Reads, and writes a few rows beside the writer, in transactions of their own. Only for
    /// what that one does not keep in memory.
    Beside,
}

/// An open workspace: a pool of connections to one place. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Workspace {
    place: Place,
}

#[derive(Debug, Clone)]
enum Place {
    File(Arc<Connections>),
    Server(Arc<Server>),
}

impl Workspace {
    /// Makes a new workspace and opens it for writing.
    ///
    /// # Errors
    /// [`StoreError::Exists`], [`StoreError::NotWritable`].
    pub async fn create(
        at: impl Into<WorkspaceAddress>,
        new: &NewWorkspace,
    ) -> Result<Self, StoreError> {
        let place = match at.into() {
            WorkspaceAddress::File(path) => {
                Place::File(Arc::new(create_file(&path, Some(new)).await?))
            }
            WorkspaceAddress::Server(server) => {
                Place::Server(Arc::new(create_schema(&server, new).await?))
            }
        };
        Ok(Self { place })
    }

    /// Opens a workspace, migrating older tables where opened for writing.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn open(at: impl Into<WorkspaceAddress>, access: Access) -> Result<Self, StoreError> {
        let place = match at.into() {
            WorkspaceAddress::File(path) => Place::File(Arc::new(open_file(&path, access).await?)),
            WorkspaceAddress::Server(server) => {
                Place::Server(Arc::new(open_schema(&server, access).await?))
            }
        };
        Ok(Self { place })
    }

    /// A workspace on a file that is open already.
    pub(crate) fn of_file(file: Connections) -> Self {
        Self {
            place: Place::File(Arc::new(file)),
        }
    }

    /// A workspace on a server that is connected already.
    pub(crate) fn of_server(server: Arc<Server>) -> Self {
        Self {
            place: Place::Server(server),
        }
    }

    /// Closes all connections, those of clones too, and lets go of the lock. A file's
    /// write-ahead log is emptied: after the last writer it is a single file again.
    pub async fn close(self) {
        match &self.place {
            Place::File(file) => file.close().await,
            Place::Server(server) => server.close().await,
        }
    }

    /// Whether it was opened for writing.
    pub fn is_writable(&self) -> bool {
        match &self.place {
            Place::File(file) => file.writer().is_ok(),
            Place::Server(server) => server.is_writable(),
        }
    }

    /// Whether others may write to it as this process does.
    pub fn is_shared(&self) -> bool {
        match &self.place {
            Place::File(_) => false,
            Place::Server(server) => server.is_shared(),
        }
    }

    /// Why it can't be written to for now, though it was opened for that: another process has it
    /// alone, or there is only a standby. It is waited for, by who is in touch.
    pub fn kept_from(&self) -> Option<String> {
        match &self.place {
            Place::File(_) => None,
            Place::Server(server) => server.kept_from(),
        }
    }

    /// For a service that runs for long: watches whether a server answers, listens to it, takes
    /// what it needs to write, and tries to lead, until it is closed.
    pub fn keep_in_touch(&self) {
        if let Place::Server(server) = &self.place {
            server.keep_in_touch();
        }
    }

    /// Whether the database answered when it was asked last.
    pub fn answers(&self) -> bool {
        match &self.place {
            Place::File(_) => true,
            Place::Server(server) => server.answers(),
        }
    }

    /// Whether what is read is all that there is: not so at a standby, which may be behind.
    pub fn is_primary(&self) -> bool {
        match &self.place {
            Place::File(_) => true,
            Place::Server(server) => server.is_primary(),
        }
    }

    /// Counts what is logged, where a server tells; none of a file, which has to be asked.
    pub fn told_events(&self) -> Option<watch::Receiver<u64>> {
        match &self.place {
            Place::File(_) => None,
            Place::Server(server) => Some(server.events()),
        }
    }

    /// Whether this process is the one that does what has to be done once. The writer of a
    /// file is.
    pub fn leads(&self) -> watch::Receiver<bool> {
        match &self.place {
            Place::File(_) => watch::Sender::new(self.is_writable()).subscribe(),
            Place::Server(server) => server.leads(),
        }
    }

    /// What the services that share it tell each other, this one too; none where nobody does.
    pub fn words(&self) -> Option<broadcast::Receiver<String>> {
        match &self.place {
            Place::Server(server) if server.is_shared() => Some(server.words()),
            _ => None,
        }
    }

    /// Most bytes of words that can be told at once.
    pub fn longest_words(&self) -> usize {
        match &self.place {
            Place::File(_) => usize::MAX,
            Place::Server(server) => server.longest_words(),
        }
    }

    /// Tells all services that share it something that is not worth a row: who does not hear
    /// it misses it. Nothing to do for a file.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn tell(&self, words: &str) -> Result<(), StoreError> {
        match &self.place {
            Place::File(_) => Ok(()),
            Place::Server(server) => server.tell(words).await,
        }
    }

    /// A connection for reading.
    pub(crate) async fn reader(&self) -> Result<Connection, StoreError> {
        match &self.place {
            Place::File(file) => file.read().await,
            Place::Server(server) => Box::pin(server.read()).await,
        }
    }

    /// The same for what is there soon, as the log's newest events are: where a server does not
    /// answer, its connections are made anew.
    pub(crate) async fn reader_soon(&self) -> Result<Connection, StoreError> {
        match &self.place {
            Place::File(file) => file.read().await,
            Place::Server(server) => Box::pin(server.read_soon()).await,
        }
    }

    /// A transaction; rolled back where it is dropped.
    pub(crate) async fn begin(&self) -> Result<Connection, StoreError> {
        match &self.place {
            Place::File(file) => file.begin().await,
            Place::Server(server) => Box::pin(server.begin()).await,
        }
    }

    /// The same for the live board.
    pub(crate) async fn begin_live(&self) -> Result<Connection, StoreError> {
        match &self.place {
            Place::File(file) => file.begin().await,
            Place::Server(server) => Box::pin(server.begin_board()).await,
        }
    }

    /// A transaction that waits for no turn and keeps nobody from his, for what is no part of
    /// the workspace. In a file the same as [`Self::begin`].
    pub(crate) async fn begin_aside(&self) -> Result<Connection, StoreError> {
        match &self.place {
            Place::File(file) => file.begin().await,
            Place::Server(server) => Box::pin(server.begin_aside()).await,
        }
    }
}
