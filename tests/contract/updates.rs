//! Tables of an older version on a server, and processes that come at once: one of them brings
//! them up to date, the others wait for it or are told who has them.

use std::time::Duration;

use frontbeat::store::error::StoreError;
use frontbeat::store::workspace::{Access, Workspace};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tokio::time::sleep;

use crate::layers::filled;
use crate::partitions::of_version_7;
use crate::place::{Place, admin, schema, server};

/// Tables of version 7.
pub async fn old(test: &str) -> Option<Place> {
    Some(aged(Place::postgis(test)?).await)
}

/// The same in a database of their own.
pub async fn old_apart(test: &str) -> Option<Place> {
    Some(aged(Place::postgis_apart(test).await?).await)
}

async fn aged(place: Place) -> Place {
    let today = place.beside();
    filled(&today).await.close().await;
    of_version_7(&place, &today).await;
    today.remove().await;
    place
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

/// Any user of the database can hold the lock of those who write: it is said who does.
#[tokio::test(flavor = "multi_thread")]
async fn who_keeps_a_workspace_from_being_written_is_named() {
    let test = "who_keeps_a_workspace";
    let Some(place) = Place::postgis(test) else {
        return;
    };
    filled(&place).await.close().await;
    let held = session(test, &lock(&place, "pg_advisory_lock")).await;
    let fault = place.open(Access::Write).await.unwrap_err();
    assert!(matches!(fault, StoreError::Busy { .. }), "{fault}");
    let w = place.open(Access::Share).await.unwrap();
    for said in [fault.to_string(), w.kept_from().unwrap()] {
        let (before, after) = said.split_once("pid ").unwrap();
        assert!(before.ends_with("another process ("), "{said}");
        assert!(after.contains(", somebody) is writing to"), "{said}");
    }
    w.close().await;
    held.close().await.unwrap();
    place.remove().await;
}

/// The triggers work as one owner: several are named, with what to do, before anything changes.
#[tokio::test]
async fn tables_of_several_owners_are_named() {
    let test = "tables_of_several_owners";
    let Some(place) = Place::postgis(test) else {
        return;
    };
    filled(&place).await.close().await;
    let role = format!("other_{}", schema(&place));
    let before = format!(
        "DELETE FROM frontbeat_schema WHERE version = 10; CREATE ROLE {role};
         ALTER TABLE incident_ids OWNER TO {role};
         ALTER FUNCTION frontbeat_keep_newest() OWNER TO {role}"
    );
    place.sql(&before).await.unwrap();
    let fault = place.open_when_free().await.unwrap_err().to_string();
    for words in [
        "Let a superuser run: ALTER FUNCTION frontbeat_keep_newest() OWNER TO",
        "ALTER TABLE incident_ids OWNER TO",
    ] {
        assert!(fault.contains(words), "{fault}");
    }
    place.remove().await;
    admin(&server(test).unwrap(), &format!("DROP ROLE {role}")).await;
}
