//! From PostgreSQL's faults to the store's: what the caller can do. The codes are those of
//! its appendix A (SQLSTATE).

use crate::store::error::StoreError;

/// A database fault while working on the workspace shown as `path`.
pub fn database_fault(path: &str, fault: sqlx::Error) -> StoreError {
    let path = path.to_owned();
    let (code, message) = match &fault {
        sqlx::Error::Database(e) => (
            e.code().map(|c| c.into_owned()).unwrap_or_default(),
            e.message().to_owned(),
        ),
        sqlx::Error::Io(e) => {
            let why = e.to_string();
            return StoreError::Unreachable { path, why };
        }
        sqlx::Error::Tls(e) => {
            let why = format!("no secure connection: {e}");
            return StoreError::Unreachable { path, why };
        }
        sqlx::Error::PoolTimedOut => {
            let why = "no connection became free in time".to_owned();
            return StoreError::Unreachable { path, why };
        }
        // They were given up while somebody waited for one.
        sqlx::Error::PoolClosed => {
            let why = "the connections to it were given up".to_owned();
            return StoreError::Unreachable { path, why };
        }
        other => return StoreError::Database(other.to_string()),
    };
    match code.as_str() {
        // Wrong password, or no entry in pg_hba.conf.
        "28P01" | "28000" => StoreError::Denied {
            path,
            why: message,
            remedy: "check user and password (in the address, PGPASSWORD or ~/.pgpass), and the server's pg_hba.conf".into(),
        },
        "3D000" => StoreError::Denied {
            path,
            why: message,
            remedy: "create the database first: createdb, then CREATE EXTENSION postgis".into(),
        },
        "42501" => StoreError::NotWritable {
            path,
            why: format!(
                "{message}; let the schema's owner grant it, or connect as the owner"
            ),
        },
        // A standby, or a connection for reading.
        "25006" => StoreError::NotWritable {
            path,
            why: format!("{message}; connect to the primary server"),
        },
        "53100" => StoreError::Full { path },
        "22021" => StoreError::NotWritable {
            path,
            why: "a text holds a character that PostgreSQL can't keep (NUL); take it out of the source".into(),
        },
        // Two made the same schema at once.
        "42P06" => StoreError::Exists { path },
        // A lock that was waited for too long; of two that wait for each other, the one that the
        // server ended: nothing of it was done, and asking again helps.
        "55P03" | "40P01" => StoreError::Busy { path },
        // Too many connections; shutting down; crashed; starting up; thought for too long in
        // a transaction or outside of one; connection lost.
        "53300" | "57P01" | "57P02" | "57P03" | "57P05" | "25P03" => {
            StoreError::Unreachable { path, why: message }
        }
        other if other.starts_with("08") => StoreError::Unreachable { path, why: message },
        _ => StoreError::Database(message),
    }
}
