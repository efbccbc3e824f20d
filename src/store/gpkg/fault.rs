//! From the database's faults to the store's: what the caller can do, not what SQLite calls
//! it. The codes are SQLite's primary result codes.

use std::io;

use crate::store::error::StoreError;

const PERMISSION: i32 = 3;
const BUSY: i32 = 5;
const LOCKED: i32 = 6;
const READ_ONLY: i32 = 8;
const IO: i32 = 10;
const CORRUPT: i32 = 11;
const FULL: i32 = 13;
const CANNOT_OPEN: i32 = 14;
const NOT_A_DATABASE: i32 = 26;

/// A database fault while working on the file at `path`.
pub fn database_fault(path: &str, fault: sqlx::Error) -> StoreError {
    let path = path.to_owned();
    let Some(code) = primary_code(&fault) else {
        return match fault {
            sqlx::Error::Io(e) => StoreError::NotWritable {
                path,
                why: e.to_string(),
            },
            other => StoreError::Database(other.to_string()),
        };
    };
    let why = match &fault {
        sqlx::Error::Database(e) => e.message().to_owned(),
        other => other.to_string(),
    };
    match code {
        BUSY | LOCKED => StoreError::busy(path),
        FULL => StoreError::Full { path },
        PERMISSION | READ_ONLY | IO | CANNOT_OPEN => StoreError::NotWritable { path, why },
        NOT_A_DATABASE => StoreError::NotAWorkspace {
            path,
            why: "it is no SQLite database".into(),
        },
        CORRUPT => StoreError::NotAWorkspace {
            path,
            why: "the database is torn or damaged; restore it from a copy".into(),
        },
        _ => StoreError::Database(why),
    }
}

/// A fault of the file system on a file that should be written.
pub fn file_fault(path: &str, fault: &io::Error) -> StoreError {
    StoreError::NotWritable {
        path: path.to_owned(),
        why: fault.to_string(),
    }
}

fn primary_code(fault: &sqlx::Error) -> Option<i32> {
    let code: i32 = fault.as_database_error()?.code()?.parse().ok()?;
    Some(code & 0xff)
}
