//! What can go wrong with a workspace, and what to do about it. Addresses are shown without
//! their passwords.

use thiserror::Error;

/// A fault of the store.
#[derive(Debug, Error)]
pub enum StoreError {
    /// No such file.
    #[error("there is no workspace {path}; make one with: frontbeat init {path} --name NAME")]
    Missing {
        /// As given.
        path: String,
    },
    /// `init` on a file that exists.
    #[error("{path} exists already; choose another name or delete it first")]
    Exists {
        /// As given.
        path: String,
    },
    /// Not SQLite, not a GeoPackage, or not ours.
    #[error("{path} is not a Frontbeat workspace: {why}")]
    NotAWorkspace {
        /// As given.
        path: String,
        /// What was found instead.
        why: String,
    },
    /// Written by a newer program.
    #[error(
        "{path} was written by a newer Frontbeat (schema {found}, this program knows {known}); update the program"
    )]
    TooNew {
        /// As given.
        path: String,
        /// Schema version of the file.
        found: i64,
        /// Newest known.
        known: i64,
    },
    /// Another process writes.
    #[error(
        "another process ({who}) is writing to {path}; stop it, or open the workspace for reading"
    )]
    Busy {
        /// As given.
        path: String,
        /// Which process, as far as that is known ([`StoreError::busy`]).
        who: String,
    },
    /// The disk is full.
    #[error("{path} can't be written: the disk is full; free some space on it")]
    Full {
        /// As given.
        path: String,
    },
    /// The file or schema can't be written.
    #[error("{path} can't be written: {why}")]
    NotWritable {
        /// As given.
        path: String,
        /// The system's word.
        why: String,
    },
    /// A row that this program would not have written.
    #[error("the workspace holds a damaged row in {table} ({why})")]
    Damaged {
        /// Which table.
        table: String,
        /// What is wrong.
        why: String,
    },
    /// No server answers, or it ends the conversation.
    #[error(
        "the database server of {path} can't be reached ({why}); start it, or check host and port"
    )]
    Unreachable {
        /// The address, without its password.
        path: String,
        /// What was heard instead.
        why: String,
    },
    /// No connection that is encrypted as it was asked for.
    #[error("no secure connection to the database server of {path}: {why}; {remedy}")]
    Insecure {
        /// The address, without its password.
        path: String,
        /// What is wrong with it.
        why: String,
        /// What to do.
        remedy: String,
    },
    /// The server does not let this user in, or has no such database.
    #[error("the database server of {path} says: {why}; {remedy}")]
    Denied {
        /// The address, without its password.
        path: String,
        /// The server's word.
        why: String,
        /// What to do.
        remedy: String,
    },
    /// A database without PostGIS.
    #[error(
        "the database of {path} has no PostGIS; let a superuser run there: CREATE EXTENSION postgis"
    )]
    NoPostgis {
        /// The address, without its password.
        path: String,
    },
    /// A workspace of an older version, where only one of this version will do.
    #[error(
        "{path} has tables of version {found}, this program's are of {known}; a command that writes brings them up to date: frontbeat forecast score {path}"
    )]
    TooOld {
        /// As given.
        path: String,
        /// Version of its tables.
        found: i64,
        /// Version of this program's.
        known: i64,
    },
    /// Tables of an older version that somebody else holds or changes now.
    #[error(
        "the tables of {path} are of an older version, and can't be brought up to date now: {why}"
    )]
    TablesInUse {
        /// The address, without its password.
        path: String,
        /// Who has them, and what to do.
        why: String,
    },
    /// A copy that is not what was read.
    #[error(
        "the copy {path} is not what was read: in {table} {why}; it was taken away, so copy again, and if it happens again look for failing hardware"
    )]
    CopyDiffers {
        /// The target.
        path: String,
        /// Which table.
        table: String,
        /// Counts and hashes.
        why: String,
    },
    /// A backup that is damaged.
    #[error("the backup {path} is damaged ({why}); take another one")]
    BadBackup {
        /// As given.
        path: String,
        /// What was found.
        why: String,
    },
    /// A log that is shorter than it was: another server's, or an older copy.
    #[error(
        "the event log ends with number {last} but was known up to {known}; what was made of it is made anew"
    )]
    ShortLog {
        /// Number of its last event.
        last: u64,
        /// Up to where it was known.
        known: u64,
    },
    /// Rows that would mark a workspace without records as made up, and it has some by now.
    #[error("records have come into the workspace, which was to be marked as made up")]
    FilledMeanwhile,
    /// Any other fault of the database.
    #[error("the workspace's database failed: {0}")]
    Database(String),
}

impl StoreError {
    /// Another process writes, and only what it may be is known.
    pub fn busy(path: String) -> Self {
        let who = "a running `frontbeat serve`, or an import".to_owned();
        Self::Busy { path, who }
    }

    /// Whether it is the state of the file or the server, and not of what was to be written: the
    /// same may be written another time.
    pub fn is_of_the_moment(&self) -> bool {
        matches!(
            self,
            Self::Busy { .. }
                | Self::Unreachable { .. }
                | Self::Insecure { .. }
                | Self::NotWritable { .. }
                | Self::Full { .. }
        )
    }
}
