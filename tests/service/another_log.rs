//! A log that turns out to be another one while something is made of it: what was begun before
//! is not found by those who ask after. And what came in that no snapshot counts so far.

use std::time::{Duration, Instant};

use frontbeat::app::session::incident_points::PointFilter;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use sqlx::{Connection, SqliteConnection};

use crate::ask::Desk;
use crate::town;

#[tokio::test(flavor = "multi_thread")]
async fn what_was_made_of_another_log_is_not_found_after_it() {
    let desk = Desk::open().await;
    let session = &desk.session;
    let old = session.snapshot();
    let all = session
        .choice(&old, PointFilter::default())
        .await
        .unwrap()
        .len();
    // An older copy is restored: its last event is another one, and it lacks an incident.
    let file = format!("sqlite://{}", desk.path().display());
    let mut conn = SqliteConnection::connect(&file).await.unwrap();
    sqlx::query("DROP TRIGGER events_are_final")
        .execute(&mut conn)
        .await
        .unwrap();
    for sql in [
        "UPDATE events SET body = (SELECT body FROM events ORDER BY sequence LIMIT 1)
         WHERE sequence = (SELECT max(sequence) FROM events)",
        "DELETE FROM incidents WHERE id = (SELECT min(id) FROM incidents)",
    ] {
        let done = sqlx::query(sql).execute(&mut conn).await.unwrap();
        assert_eq!(done.rows_affected(), 1, "{sql}");
    }
    conn.close().await.unwrap();
    let begun = Instant::now();
    while session.live.beginnings() == 0 {
        assert!(begun.elapsed() < Duration::from_secs(30));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    session.refresh().await.unwrap();
    let new = session.snapshot();
    assert_eq!(new.content_version, old.content_version);
    // Whoever holds the old snapshot finishes on it, after all caches were emptied.
    let late = session.choice(&old, PointFilter::default()).await.unwrap();
    assert_eq!(late.len(), all);
    let now = session.choice(&new, PointFilter::default()).await.unwrap();
    assert_eq!(now.len(), all - 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_incident_of_the_longest_span_is_found_before_a_snapshot_counts_it() {
    let desk = Desk::open().await;
    let ago = |days: i64| (Timestamp::now() - SignedDuration::from_hours(24 * days)).to_string();
    let path = format!(
        "/ogc/collections/incidents/items?limit=10000&datetime={}",
        ago(5)
    );
    // Nobody looks at the log here: the snapshot stays.
    assert!(!desk.json(&path).await.to_string().contains("\"LONG\""));
    let at = town::at(0.4, 0.2);
    let item = json!({"id": "LONG", "at": ago(25), "until": ago(2),
        "position": [at.lon(), at.lat()], "category": "dispute"});
    let before = desk.session.snapshot().content_version;
    let taken = desk.post("/api/incidents", item.to_string()).await;
    assert!(taken.status.is_success(), "{}", taken.text());
    let found = desk.json(&path).await.to_string();
    assert_eq!(desk.session.snapshot().content_version, before);
    assert!(found.contains("\"LONG\""), "{found}");
}
