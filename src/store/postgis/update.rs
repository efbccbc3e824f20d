//! Tables of an older version are brought up to date by one process, which has the workspace
//! alone meanwhile. Whoever comes then waits for it for a while, and says for whom it waits
//! instead of calling the workspace too old; and what keeps that process from the tables is said
//! too.

use std::convert::Infallible;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection as _};
use tokio::time::{Instant, sleep, timeout};

use crate::store::address::ServerAddress;
use crate::store::connection::{Connection, Side};
use crate::store::error::StoreError;
use crate::store::postgis::fault::database_fault;
use crate::store::postgis::given_up::silent;
use crate::store::postgis::lock::{Holders, holders};
use crate::store::postgis::look::{Found, look};
use crate::store::postgis::pools::quiet;
use crate::store::postgis::server::{Server, open_schema};
use crate::store::postgis::{migrate, owner};
use crate::store::schema;
use crate::store::statement::Statement;
use crate::store::workspace::Access;

/// How long a process that has the workspace alone is waited for…
const AN_UPDATE: Duration = Duration::from_secs(30);

/// …services of an older program, which may be on their way out…
const A_MOMENT: Duration = Duration::from_secs(3);

/// …and how often it is looked.
const AGAIN: Duration = Duration::from_millis(500);

/// How long the server may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// How often it is looked who is in the way of a change of the tables.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// How long a change of the tables waits for whoever reads them: everybody else waits behind it.
const WAITS: &str = "SET LOCAL lock_timeout TO '20s'";

/// What there is once nobody has the workspace alone any more, or its tables are up to date.
///
/// # Errors
/// [`StoreError::TablesInUse`] where it takes too long.
pub async fn settled(address: &ServerAddress, mut found: Found) -> Result<Found, StoreError> {
    let begun = Instant::now();
    let mut said = false;
    while found.version.is_some_and(|it| it < schema::newest()) {
        let holders = ask_holders(address, &found.host).await?;
        let Some(other) = holders.filter(|it| it.alone) else {
            break;
        };
        let why = format!(
            "another process ({}) has the workspace alone and may be changing them now; \
             ask again when it is done",
            other.who
        );
        if begun.elapsed() >= AN_UPDATE {
            return Err(in_use(address.shown(), why));
        }
        if !said {
            tracing::info!(why, "the workspace's tables are of an older version: waits");
            said = true;
        }
        sleep(AGAIN).await;
        found = look(address, !found.is_standby).await?;
    }
    Ok(found)
}

/// Brings tables up to date for whoever will share them; another process may do it first.
///
/// # Errors
/// [`StoreError::TablesInUse`] where services of an older program share them.
pub async fn up_to_date(address: &ServerAddress) -> Result<(), StoreError> {
    let begun = Instant::now();
    loop {
        // Alone: others that share it may be of an older program.
        let fault = match Box::pin(open_schema(address, Access::Write)).await {
            Ok(alone) => {
                alone.close().await;
                return Ok(());
            }
            Err(fault @ StoreError::Busy { .. }) => fault,
            Err(fault) => return Err(fault),
        };
        let found = settled(address, look(address, true).await?).await?;
        if found.version.is_some_and(|it| it >= schema::newest()) {
            return Ok(());
        }
        if begun.elapsed() >= A_MOMENT {
            return Err(match ask_holders(address, &found.host).await? {
                Some(others) if !others.alone => in_use(
                    address.shown(),
                    format!(
                        "services of an older program share the workspace ({}); stop them first",
                        others.who
                    ),
                ),
                _ => fault,
            });
        }
        sleep(AGAIN).await;
    }
}

/// Runs the steps after the version that the tables have, in a transaction that has the workspace
/// alone, and says who is in the way for long.
///
/// # Errors
/// [`StoreError::TooNew`] where another process has been first; [`StoreError::TablesInUse`]
/// where somebody reads them for too long. The transaction should then be rolled back.
pub async fn run(server: &Server, conn: &mut Connection) -> Result<(), StoreError> {
    // What was seen before the lock was won may be old.
    let of = Statement::new("SELECT coalesce(max(version), 0) FROM frontbeat_schema");
    let (version, known) = (conn.number(of).await?, schema::newest());
    if version > known {
        return Err(StoreError::TooNew {
            path: conn.shown().to_owned(),
            found: version,
            known,
        });
    }
    if version == known {
        return Ok(());
    }
    let shown = conn.shown().to_owned();
    let own = Statement::new("SELECT pg_backend_pid()::bigint");
    let own = conn.number(own).await?;
    conn.script(WAITS).await?;
    owner::act_as_owner(conn, server.schema()).await?;
    let in_the_way = Mutex::new(String::new());
    let done = tokio::select! {
        done = migrate::migrate(conn, version, schema::POSTGIS) => done,
        never = tell_who(server, own, &in_the_way) => match never {},
    };
    let who = in_the_way
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    match done {
        Err(StoreError::Busy { .. }) if !who.is_empty() => Err(in_use(
            &shown,
            format!(
                "{who} has used them for long; let it finish, or end it there: \
                 SELECT pg_terminate_backend(PID)"
            ),
        )),
        done => done,
    }
}

/// Says who is in the way of a session, and notes it.
async fn tell_who(server: &Server, session: i64, noted: &Mutex<String>) -> Infallible {
    loop {
        sleep(LOOK_EVERY).await;
        let Ok(Some(who)) = in_the_way_of(server, session).await else {
            continue;
        };
        let mut noted = noted.lock().unwrap_or_else(PoisonError::into_inner);
        if *noted != who {
            tracing::warn!(who, "the change of the tables waits for whoever uses them");
            *noted = who;
        }
    }
}

/// Whom a session waits for; none where it waits for nobody.
async fn in_the_way_of(server: &Server, session: i64) -> Result<Option<String>, StoreError> {
    let mut conn = server.read().await?;
    let Side::Postgis(side) = conn.side() else {
        return Ok(None);
    };
    let asking = sqlx::query_scalar(
        "SELECT string_agg(format('pid %s, %s', pid,
                    coalesce(nullif(application_name, ''), 'without a name')), '; ' ORDER BY pid)
         FROM pg_stat_activity WHERE pid = ANY (pg_blocking_pids($1::int))",
    )
    .bind(i32::try_from(session).unwrap_or(0))
    .fetch_one(side);
    let asked = timeout(PATIENCE, asking).await;
    asked
        .unwrap_or_else(|_| Err(silent()))
        .map_err(|e| conn.fault(e))
}

/// Who holds the lock of a workspace; none where nobody does.
async fn ask_holders(
    address: &ServerAddress,
    host: &PgConnectOptions,
) -> Result<Option<Holders>, StoreError> {
    let asking = async {
        let mut conn = quiet(host).connect().await?;
        let found = holders(&mut conn, address.schema()).await?;
        // Nothing was written: a failing close loses nothing.
        let _ = conn.close().await;
        Ok(found)
    };
    let asked = timeout(PATIENCE, asking).await;
    asked
        .unwrap_or_else(|_| Err(silent()))
        .map_err(|e| database_fault(address.shown(), e))
}

fn in_use(shown: &str, why: String) -> StoreError {
    StoreError::TablesInUse {
        path: shown.to_owned(),
        why,
    }
}
