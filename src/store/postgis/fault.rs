//! From PostgreSQL's faults to the store's: what the caller can do. The codes are those of
//! its appendix A (SQLSTATE).

use std::io::ErrorKind;

use crate::store::error::StoreError;

/// A database fault while working on the workspace shown as `path`.
pub fn database_fault(path: &str, fault: sqlx::Error) -> StoreError {
    let path = path.to_owned();
    let (code, message) = match &fault {
        sqlx::Error::Database(e) => (
            e.code().map(|c| c.into_owned()).unwrap_or_default(),
            e.message().to_owned(),
        ),
        // So says the encryption of what it can't trust; the network says other things.
        sqlx::Error::Io(e) if e.kind() == ErrorKind::InvalidData => {
            return insecure(path, e.to_string());
        }
        sqlx::Error::Io(e) => {
            let why = e.to_string();
            return StoreError::Unreachable { path, why };
        }
        sqlx::Error::Tls(e) if e.to_string().contains("does not support TLS") => {
            return StoreError::Insecure {
                path,
                why: e.to_string(),
                remedy: "let it (ssl = on in its postgresql.conf, with a certificate); where the network is trusted, sslmode=prefer goes without".into(),
            };
        }
        sqlx::Error::Tls(e) => return insecure(path, e.to_string()),
        // Of the key and the certificate that this program shows.
        sqlx::Error::Configuration(e) => {
            return StoreError::Insecure {
                path,
                why: e.to_string(),
                remedy: "give sslcert=FILE and sslkey=FILE together, both PEM".into(),
            };
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
            remedy: "check user and password (in the address, PGPASSWORD, or ~/.pgpass, which only you may read), and the server's pg_hba.conf".into(),
        },
        "3D000" => StoreError::Denied {
            path,
            why: message,
            remedy: "create the database first: createdb, then CREATE EXTENSION postgis".into(),
        },
        "42501" => {
            let who = match message.contains("for database") {
                true => "the database's owner",
                false => "the schema's owner",
            };
            StoreError::NotWritable {
                path,
                why: format!("{message}; let {who} grant it, or connect as the owner"),
            }
        }
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
        // A pooler gave the session to another one between two statements.
        "42P05" | "26000" => StoreError::Denied {
            path,
            why: message,
            remedy: "a pooler before it has to keep a connection for a client (pgbouncer: pool_mode = session)".into(),
        },
        // Two made the same schema at once.
        "42P06" => StoreError::Exists { path },
        // A lock that was waited for too long; of two that wait for each other, the one that the
        // server ended; a number that somebody else took: nothing of it was done, and asking again
        // helps.
        "55P03" | "40P01" | "40001" => StoreError::busy(path),
        // Too many connections; shutting down; crashed; starting up; thought for too long in
        // a transaction or outside of one; connection lost.
        "53300" | "57P01" | "57P02" | "57P03" | "57P05" | "25P03" => {
            StoreError::Unreachable { path, why: message }
        }
        other if other.starts_with("08") => StoreError::Unreachable { path, why: message },
        _ => StoreError::Database(message),
    }
}

fn insecure(path: String, why: String) -> StoreError {
    StoreError::Insecure {
        path,
        why,
        remedy: "name the certificate of who signed the server's with sslrootcert=FILE, and the host as the server's certificate does; where the network is trusted, sslmode=prefer goes without".into(),
    }
}
