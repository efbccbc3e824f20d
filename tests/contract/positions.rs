//! Positions of units, of which a server's log is full, go by whole weeks.

use std::time::Duration;

use frontbeat::live::board_event::BoardEvent;
use frontbeat::live::event::LoggedEvent;
use frontbeat::place::id::Id;
use frontbeat::store::workspace::Workspace;
use jiff::{SignedDuration, Timestamp};
use sqlx::{Connection, PgConnection};

use crate::layers::filled;
use crate::partitions::{asked, partitions};
use crate::place::{Place, schema, server};
use crate::rows;

pub fn moved(sequence: u64, hours: i64) -> LoggedEvent {
    let at = rows::at("2026-06-01T00:00:00Z") + SignedDuration::from_hours(hours);
    LoggedEvent {
        sequence,
        at,
        event: BoardEvent::UnitMoved {
            unit: Id::new(format!("u{}", sequence % 3)),
            position: rows::position(123.4, 41.8),
            heading_deg: None,
            measured_at: at,
        }
        .into(),
    }
}

pub async fn append(w: &Workspace, hours: impl Iterator<Item = i64>) {
    let mut write = w.begin_board().await.unwrap();
    let events: Vec<LoggedEvent> = hours
        .zip(write.last + 1..)
        .map(|(hour, sequence)| moved(sequence, hour))
        .collect();
    write.append(&events).await.unwrap();
    write.commit().await.unwrap();
}

/// Positions go by whole weeks; the last one of each unit stays, and so do all other events.
#[tokio::test]
async fn positions_go_by_whole_partitions() {
    let Some(place) = Place::postgis("positions_go_by_whole_partitions") else {
        return;
    };
    let w = filled(&place).await;
    let before = w.events_after(0, 1_000).await.unwrap();
    // Six weeks from a Monday on, one position an hour.
    append(&w, 0..6 * 168).await;
    assert_eq!(partitions(&place, "events_positions").await.len(), 7);
    let last = w.last_event().await.unwrap();

    let wednesday = rows::at("2026-06-17T12:00:00Z");
    let dropped = async |before: Timestamp| {
        // Each week by itself.
        while let Some(old) = w.oldest_positions(before).await.unwrap() {
            let mut write = w.begin_board().await.unwrap();
            assert!(write.drop_positions(&old).await.unwrap());
            write.commit().await.unwrap();
        }
        let mut write = w.begin_board().await.unwrap();
        write.single_positions_end(before).await.unwrap()
    };
    // The week that has not ended by then stays whole.
    let monday = rows::at("2026-06-15T00:00:00Z");
    assert_eq!(dropped(wednesday).await, monday);
    assert_eq!(partitions(&place, "events_positions").await.len(), 5);
    let left = w.positions_before(monday, 0, 10_000).await.unwrap();
    assert_eq!(left.len(), 2 * 3, "the last of three units in two weeks");
    let all = w.events_after(0, 10_000).await.unwrap();
    assert_eq!(all.len(), before.len() + 4 * 168 + 6);
    assert_eq!(all[..before.len()], before);
    assert!(all.is_sorted_by_key(|event| event.sequence));
    assert_eq!(w.last_event().await.unwrap(), last);

    // What comes in of a week that is gone lies with the oldest; all may go, and the numbers
    // go on.
    append(&w, 5..6).await;
    assert_eq!(partitions(&place, "events_positions").await.len(), 5);
    dropped(rows::at("2027-01-01T00:00:00Z")).await;
    let kept = partitions(&place, "events_positions").await;
    assert_eq!(kept, ["events_positions_old"]);
    append(&w, 0..1).await;
    assert_eq!(w.last_event().await.unwrap(), last + 2);
    w.close().await;
    place.remove().await;
}

/// A week is looked through while others write; where it is not what it was by then, it stays.
#[tokio::test(flavor = "multi_thread")]
async fn a_week_that_was_looked_through_goes_only_as_it_was() {
    let test = "a_week_that_was_looked_through";
    let Some(place) = Place::postgis(test) else {
        return;
    };
    let w = filled(&place).await;
    append(&w, 0..100).await;
    append(&w, 168..170).await;
    let far = rows::at("2027-01-01T00:00:00Z");

    // However long the look takes, it has nobody's turn.
    let mut slow = PgConnection::connect(&server(test).unwrap()).await.unwrap();
    let mut held = slow.begin().await.unwrap();
    let hold = format!(
        "LOCK TABLE {}.events_positions_2026_06_01 IN ACCESS EXCLUSIVE MODE",
        schema(&place)
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(hold))
        .execute(&mut *held)
        .await
        .unwrap();
    let looking = tokio::spawn({
        let w = w.clone();
        async move { w.oldest_positions(far).await }
    });
    let waits = "SELECT count(*)::text FROM pg_locks WHERE NOT granted
         AND relation = 'events_positions_2026_06_01'::regclass";
    while asked(&place, waits).await == ["0"] {
        assert!(!looking.is_finished());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let turn = format!(
        "SELECT pg_try_advisory_xact_lock(hashtextextended('frontbeat turn {}', 0))::text",
        schema(&place)
    );
    assert_eq!(asked(&place, &turn).await, ["true"]);
    held.rollback().await.unwrap();
    let old = looking.await.unwrap().unwrap().unwrap();

    let stays = async |old: &_| {
        let before = w.events_after(0, 10_000).await.unwrap();
        let mut write = w.begin_board().await.unwrap();
        assert!(!write.drop_positions(old).await.unwrap());
        drop(write);
        assert_eq!(w.events_after(0, 10_000).await.unwrap(), before);
    };
    // One came in late; the last one of a unit is gone; an older week is there.
    append(&w, 100..101).await;
    stays(&old).await;
    let old = w.oldest_positions(far).await.unwrap().unwrap();
    let last = "DELETE FROM events WHERE sequence =
        (SELECT max(sequence) FROM events_positions_2026_06_01)";
    append(&w, 168..169).await;
    place.sql(last).await.unwrap();
    stays(&old).await;
    let old = w.oldest_positions(far).await.unwrap().unwrap();
    append(&w, -200..-199).await;
    stays(&old).await;
    let old = w.oldest_positions(far).await.unwrap().unwrap();
    let mut write = w.begin_board().await.unwrap();
    assert!(write.drop_positions(&old).await.unwrap());
    write.commit().await.unwrap();
    // It is gone: not once more.
    stays(&old).await;
    w.close().await;
    place.remove().await;
}
