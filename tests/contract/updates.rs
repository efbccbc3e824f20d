//! Tables of an older version on a server, and processes that come at once: one of them brings
//! them up to date, the others wait for it or are told who has them.

use std::time::Duration;

use frontbeat::store::error::StoreError;
use frontbeat::store::workspace::{Access, Workspace};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tokio::time::sleep;

use crate::layers::filled;
use crate::partitions::{of_version_7, schema};
use crate::place::{Place, server};

/// Tables of version 7.
pub async fn old(test: &str) -> Option<Place> {
    let (place, today) = (Place::postgis(test)?, Place::postgis(test)?);
    filled(&today).await.close().await;
    of_version_7(&place, &today).await;
    today.remove().await;
    Some(place)
}

/// A session of somebody else's, named, in which something was run.
async fn session(test: &str, sql: &str) -> PgConnection {
    let mut conn = PgConnection::connect(&server(test).unwrap()).await.unwrap();
    let sql = format!("SET application_name TO 'somebody'; {sql}");
    sqlx::raw_sql(AssertSqlSafe(sql))
        .execute(&mut conn)
        .await
        .unwrap();
    conn
}

fn lock(place: &Place, how: &str) -> String {
    let name = schema(place);
    format!("SELECT {how}(hashtextextended('frontbeat writes {name}', 0))")
}

fn says(fault: &StoreError, words: &[&str]) {
    assert!(matches!(fault, StoreError::TablesInUse { .. }), "{fault}");
    let text = fault.to_string();
    assert!(words.iter().all(|it| text.contains(it)), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn services_that_start_at_once_bring_tables_up_to_date_once() {
    let Some(place) = old("services_that_start_at_once").await else {
        return;
    };
    let open = || tokio::spawn(Workspace::open(place.address(), Access::Share));
    let opening: Vec<_> = (0..5).map(|_| open()).collect();
    for opened in opening {
        let w = opened.await.unwrap().unwrap();
        assert!(w.last_event().await.unwrap() > 0);
        w.close().await;
    }
    place.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_changes_the_tables_is_waited_for_and_who_shares_them_is_named() {
    let test = "who_changes_the_tables_is_waited_for";
    let Some(place) = old(test).await else {
        return;
    };
    let alone = session(test, &lock(&place, "pg_advisory_lock")).await;
    let open = |access| tokio::spawn(Workspace::open(place.address(), access));
    let (share, read) = (open(Access::Share), open(Access::Read));
    sleep(Duration::from_secs(5)).await;
    assert!(!share.is_finished() && !read.is_finished());
    read.abort();
    alone.close().await.unwrap();
    // Services of an older program: they are not waited for.
    share.await.unwrap().unwrap().close().await;
    place.remove().await;

    let Some(place) = old(test).await else {
        return;
    };
    let shared = session(test, &lock(&place, "pg_advisory_lock_shared")).await;
    let fault = place.open(Access::Share).await.unwrap_err();
    says(&fault, &["older program", "pid ", "somebody", "stop them"]);
    shared.close().await.unwrap();
    place.open(Access::Share).await.unwrap().close().await;
    place.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_reader_in_the_way_of_a_change_is_named() {
    let test = "a_long_reader_in_the_way";
    let Some(place) = old(test).await else {
        return;
    };
    let read = format!("BEGIN; SELECT count(*) FROM {}.incidents", schema(&place));
    let reader = session(test, &read).await;
    let fault = place.open(Access::Write).await.unwrap_err();
    says(&fault, &["pid ", "somebody", "pg_terminate_backend"]);
    reader.close().await.unwrap();
    place.open(Access::Write).await.unwrap().close().await;
    place.remove().await;
}
