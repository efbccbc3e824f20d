//! What there is at an address, before a workspace is opened or made there: which host, which
//! server, which version of the tables, and whether it may be written to.

use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection as _, PgConnection};
use tokio::time::timeout;

use crate::store::address::ServerAddress;
use crate::store::error::StoreError;
use crate::store::postgis::fault::database_fault;
use crate::store::postgis::pools::quiet;

/// PostgreSQL 15 and PostGIS 3.3.
const OLDEST_SERVER: i32 = 150_000;

/// How long a host may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// What there is at an address.
#[derive(Debug)]
pub struct Found {
    /// By which of its hosts.
    pub host: PgConnectOptions,
    /// The schema that PostGIS is in.
    pub postgis: String,
    /// Whether there is such a schema.
    pub has_schema: bool,
    /// Version of the workspace's tables; none where there are none to be seen.
    pub version: Option<i64>,
    /// Whether the user may write to it, and make the partitions of the time to come: who does
    /// not own the tables would be stopped by the first day of a year.
    pub may_write: bool,
    /// Whether the host is a standby, which nobody writes to.
    pub is_standby: bool,
}

/// Looks at the first host that answers; to write, at the first that is no standby.
///
/// # Errors
/// [`StoreError`] of the last host, where none does.
pub async fn look(address: &ServerAddress, to_write: bool) -> Result<Found, StoreError> {
    for (parameter, file) in &address.files {
        if let Err(fault) = tokio::fs::File::open(file).await {
            return Err(StoreError::Insecure {
                path: address.shown().to_owned(),
                why: format!("{} can't be read ({fault})", file.display()),
                remedy: format!("name another file, or let it be read: {parameter}=FILE"),
            });
        }
    }
    let mut standby = None;
    let mut last = None;
    for host in &address.hosts {
        match look_at(address, host).await {
            Ok(found) if to_write && found.is_standby => standby = Some(found),
            Ok(found) => return Ok(found),
            Err(fault) => last = Some(fault),
        }
    }
    match (standby, last) {
        (Some(found), _) => Ok(found),
        (None, Some(fault)) => Err(fault),
        (None, None) => Err(StoreError::Unreachable {
            path: address.shown().to_owned(),
            why: "it names no host".into(),
        }),
    }
}

async fn look_at(address: &ServerAddress, host: &PgConnectOptions) -> Result<Found, StoreError> {
    let looking = async {
        let fault = |e| database_fault(address.shown(), e);
        let mut conn = quiet(host).connect().await.map_err(fault)?;
        let found = look_with(&mut conn, address, host).await;
        // Nothing was written: a failing close loses nothing.
        let _ = conn.close().await;
        found
    };
    timeout(PATIENCE, looking)
        .await
        .map_err(|_| StoreError::Unreachable {
            path: address.shown().to_owned(),
            why: format!("no answer in {} s", PATIENCE.as_secs()),
        })?
}

async fn look_with(
    conn: &mut PgConnection,
    address: &ServerAddress,
    host: &PgConnectOptions,
) -> Result<Found, StoreError> {
    let fault = |e| database_fault(address.shown(), e);
    let (server, postgis, may_use, has_schema, standby): (i32, Option<String>, bool, bool, bool) =
        sqlx::query_as(
            "SELECT current_setting('server_version_num')::int, p.nspname,
                    coalesce(has_schema_privilege(p.oid, 'USAGE'), false),
                    EXISTS (SELECT FROM pg_namespace WHERE nspname = $1), pg_is_in_recovery()
             FROM (SELECT) AS one LEFT JOIN (
                 SELECT n.oid, n.nspname::text FROM pg_extension e
                 JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'postgis'
             ) AS p ON true",
        )
        .bind(address.schema())
        .fetch_one(&mut *conn)
        .await
        .map_err(fault)?;
    if server < OLDEST_SERVER {
        return Err(StoreError::NotAWorkspace {
            path: address.shown().to_owned(),
            why: format!(
                "its server is PostgreSQL {}; Frontbeat needs 15 or newer",
                server / 10_000
            ),
        });
    }
    let Some(postgis) = postgis else {
        return Err(StoreError::NoPostgis {
            path: address.shown().to_owned(),
        });
    };
    if !may_use {
        return Err(StoreError::Denied {
            path: address.shown().to_owned(),
            why: format!("permission denied for the schema {postgis}, which PostGIS is in"),
            remedy: format!(
                "let its owner run: GRANT USAGE ON SCHEMA {postgis} TO {}",
                host.get_username()
            ),
        });
    }
    let mut found = Found {
        host: host.clone(),
        is_standby: standby,
        postgis,
        has_schema,
        version: None,
        may_write: false,
    };
    let (is_ours, may_write): (bool, bool) = sqlx::query_as(
        "SELECT coalesce(bool_or(c.relname = 'frontbeat_schema'
                    AND has_table_privilege(c.oid, 'SELECT')), false),
                coalesce(bool_or(c.relname = 'events'
                    AND has_table_privilege(c.oid, 'INSERT')
                    AND pg_has_role(c.relowner, 'USAGE')
                    AND has_schema_privilege(n.oid, 'CREATE')), false)
         FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE n.nspname = $1 AND has_schema_privilege(n.oid, 'USAGE')",
    )
    .bind(address.schema())
    .fetch_one(&mut *conn)
    .await
    .map_err(fault)?;
    found.may_write = may_write;
    if is_ours {
        let sql = format!(
            "SELECT coalesce(max(version), 0) FROM {}.frontbeat_schema",
            address.schema()
        );
        let version: i64 = sqlx::query_scalar(AssertSqlSafe(sql))
            .fetch_one(&mut *conn)
            .await
            .map_err(fault)?;
        found.version = Some(version);
    }
    Ok(found)
}
