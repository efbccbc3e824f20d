//! Incidents and the log of a server lie in partitions by time: older tables move into them,
//! any date finds one, ids and numbers stay unique over all of them, and what is kept for some
//! weeks only goes by whole partitions.

use std::time::Duration;

use frontbeat::app::live::Live;
use frontbeat::incident::record::Incident;
use frontbeat::live::event::LoggedEvent;
use frontbeat::live::ground::Ground;
use frontbeat::place::id::Id;
use frontbeat::store::board::KeptAnswer;
use frontbeat::store::error::StoreError;
use frontbeat::store::incidents::endings::IncidentNews;
use frontbeat::store::record::IncidentFilter;
use frontbeat::store::workspace::Access;
use jiff::SignedDuration;
use sqlx::{Connection, PgConnection, Row};

use crate::differential::everything;
use crate::layers::filled;
use crate::place::{Place, on_both, schema, server};
use crate::positions::{append, moved};
use crate::rows;

/// The tables as version 7 had them, in the order of its steps.
const VERSION_7: [&str; 10] = [
    include_str!("../../src/store/schema/postgis/district.sql"),
    include_str!("../../src/store/schema/postgis/features.sql"),
    include_str!("../../src/store/schema/postgis/incidents.sql"),
    include_str!("../../src/store/schema/postgis/roads.sql"),
    include_str!("../../src/store/schema/postgis/work.sql"),
    include_str!("../../src/store/schema/postgis/views.sql"),
    include_str!("../../src/store/schema/postgis/plan_basis.sql"),
    include_str!("../../src/store/schema/postgis/live.sql"),
    include_str!("../../src/store/schema/postgis/beats.sql"),
    include_str!("../../src/store/schema/postgis/links.sql"),
];

/// Dates at the edges of partitions and of the calendar.
const DATES: [&str; 9] = [
    "-009998-01-02T01:00:00Z",
    "1969-12-31T23:59:59.999Z",
    "1970-01-01T00:00:00Z",
    "1999-12-31T23:59:59.999Z",
    "2000-01-01T00:00:00Z",
    "2026-02-28T12:00:00Z",
    "2099-12-31T23:59:59.999Z",
    "2100-01-01T00:00:00Z",
    "9999-12-30T21:00:00Z",
];

pub async fn asked(place: &Place, sql: &str) -> Vec<String> {
    let (server, schema) = place.text().split_once("?schema=").unwrap();
    let mut conn = PgConnection::connect(server).await.unwrap();
    let path = format!("SET search_path TO {schema}, public");
    sqlx::raw_sql(sqlx::AssertSqlSafe(path))
        .execute(&mut conn)
        .await
        .unwrap();
    sqlx::query(sqlx::AssertSqlSafe(sql.to_owned()))
        .fetch_all(&mut conn)
        .await
        .unwrap()
        .iter()
        .map(|row| row.get(0))
        .collect()
}

pub async fn partitions(place: &Place, parent: &str) -> Vec<String> {
    let sql = format!(
        "SELECT c.relname::text FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
         WHERE i.inhparent = '{}.{parent}'::regclass ORDER BY 1",
        schema(place)
    );
    asked(place, &sql).await
}

pub fn dated() -> Vec<Incident> {
    let of = |(number, at): (usize, &&str)| Incident {
        id: Id::new(format!("D{number}")),
        at: rows::at(at),
        until: None,
        ..rows::incidents()[0].clone()
    };
    DATES.iter().enumerate().map(of).collect()
}

/// Tables of version 7, with what those of today hold.
pub async fn of_version_7(place: &Place, today: &Place) {
    let (name, from) = (schema(place), schema(today));
    place
        .sql(&format!("CREATE SCHEMA {name}; {}", VERSION_7.join(";")))
        .await
        .unwrap();
    let tables = asked(
        place,
        &format!(
            "SELECT relname::text FROM pg_class WHERE relnamespace = '{name}'::regnamespace
             AND relkind = 'r' AND relname NOT IN ('frontbeat_schema', 'events')
             ORDER BY relname = 'incidents', oid"
        ),
    )
    .await;
    for table in tables {
        place
            .sql(&format!("INSERT INTO {table} SELECT * FROM {from}.{table}"))
            .await
            .unwrap_or_else(|fault| panic!("{table}: {fault}"));
    }
    place
        .sql(&format!(
            "INSERT INTO events SELECT * FROM {from}.events;
             INSERT INTO frontbeat_schema (version) VALUES (3), (4), (5), (6), (7)"
        ))
        .await
        .unwrap();
}

/// What is in tables of the version before moves into partitions, in place.
#[tokio::test]
async fn tables_of_the_version_before_move_into_partitions() {
    let test = "tables_of_the_version_before";
    let Some(place) = Place::postgis(test) else {
        return;
    };
    // What is expected: the same, written by the program of today.
    let Some(today) = Place::postgis(test) else {
        return;
    };
    let w = filled(&today).await;
    w.write(rows::incident_rows(dated()), &rows::source())
        .await
        .unwrap();
    let mut write = w.begin_board().await.unwrap();
    let events: Vec<LoggedEvent> = (1..=200).map(|n| moved(write.last + n, n as i64)).collect();
    write.append(&events).await.unwrap();
    write.commit().await.unwrap();
    let expected = everything(&w).await;
    w.close().await;

    of_version_7(&place, &today).await;

    // A reader is told, and changes nothing; a writer brings them up to date.
    let old = place.open(Access::Read).await.unwrap_err();
    assert!(matches!(old, StoreError::TooOld { found: 7, .. }), "{old}");
    // Views of somebody else are named before anything changes; what was granted stays so.
    let role = format!("looker_{}", schema(&place));
    let others = format!(
        "CREATE VIEW mine AS SELECT id FROM incidents;
         CREATE ROLE {role}; GRANT SELECT ON incidents, events TO {role}"
    );
    place.sql(&others).await.unwrap();
    let fault = place.open(Access::Write).await.unwrap_err().to_string();
    assert!(fault.contains("view mine. Drop it"), "{fault}");
    place.sql("DROP VIEW mine").await.unwrap();
    let w = place.open(Access::Write).await.unwrap();
    let may = format!(
        "SELECT (has_table_privilege('{role}', 'incidents', 'SELECT')
             AND has_table_privilege('{role}', 'events', 'SELECT'))::text"
    );
    assert_eq!(asked(&place, &may).await, ["true"]);
    place
        .sql(&format!("DROP OWNED BY {role}; DROP ROLE {role}"))
        .await
        .unwrap();
    assert_eq!(everything(&w).await, expected);
    assert_eq!(
        partitions(&place, "incidents").await,
        [
            "incidents_1970",
            "incidents_1999",
            "incidents_2000",
            "incidents_2026",
            "incidents_2099",
            "incidents_late",
            "incidents_old"
        ]
    );
    assert_eq!(
        partitions(&place, "incidents").await,
        partitions(&today, "incidents").await
    );
    let named = asked(&place, "SELECT id FROM incidents_named WHERE id = 'D3'").await;
    assert_eq!(named, ["D3"]);

    // And it goes on: new numbers, new ids, and those that are taken.
    let written = w.write(rows::incident_rows(dated()), &rows::source()).await;
    let written = written.unwrap();
    assert_eq!((written.added, written.known), (0, DATES.len() as u64));
    let mut another = dated();
    another[0].id = Id::new("another");
    let written = w.write(rows::incident_rows(another), &rows::source()).await;
    assert_eq!(written.unwrap().added, 1);
    let doubled = "SELECT fid::text FROM incidents GROUP BY fid HAVING count(*) > 1";
    assert_eq!(asked(&place, doubled).await, Vec::<String>::new());
    w.close().await;
    place.remove().await;
    today.remove().await;
}

#[tokio::test]
async fn any_date_goes_in_and_comes_back() {
    on_both("any_date_goes_in", async |place| {
        let w = place.create(false).await;
        let written = w.write(rows::incident_rows(dated()), &rows::source()).await;
        assert_eq!(written.unwrap().added, DATES.len() as u64);
        let read = w.incidents(&IncidentFilter::default()).await.unwrap();
        assert_eq!(read, dated());
        // One by one, as a feed delivers them, and what becomes of them.
        let mut write = w.begin_board().await.unwrap();
        let mut late = dated();
        for incident in &mut late {
            incident.id = Id::new(format!("late {}", incident.id));
        }
        let at = rows::source().at;
        write.add_incidents(&late, at).await.unwrap();
        for incident in &late {
            let news = IncidentNews {
                id: incident.id.clone(),
                state: incident.state,
                category: "traffic".into(),
                priority: incident.priority,
                ending: None,
            };
            write.note(&news).await.unwrap();
        }
        write.commit().await.unwrap();
        let traffic = IncidentFilter {
            categories: vec!["traffic".into()],
            ..IncidentFilter::default()
        };
        assert!(w.incident_counts(&traffic).await.unwrap()[0].1 >= DATES.len() as u64);
        w.close().await;
    })
    .await;
}

/// An id is one incident's, whatever the time, and whoever writes.
#[tokio::test]
async fn ids_are_unique_over_all_partitions() {
    let test = "ids_are_unique_over_all_partitions";
    on_both(test, async |place| {
        let w = place.create(false).await;
        w.write(rows::incident_rows(dated()), &rows::source())
            .await
            .unwrap();
        let mut moved = dated();
        for incident in &mut moved {
            incident.at = rows::at("2012-06-01T00:00:00Z");
        }
        let written = w.write(rows::incident_rows(moved), &rows::source()).await;
        let written = written.unwrap();
        assert_eq!((written.added, written.in_use.len()), (0, DATES.len()));
        w.close().await;
    })
    .await;

    let Some(place) = Place::postgis(test) else {
        return;
    };
    let w = place.create(false).await;
    w.write(rows::incident_rows(dated()), &rows::source())
        .await
        .unwrap();
    let again = "INSERT INTO incidents (geom, at_ms, category, origin, state, priority, id, at)
         SELECT geom, 0, category, origin, state, priority, id, 'epoch' FROM incidents
         WHERE id = 'D5'";
    let fault = place.sql(again).await.unwrap_err();
    assert!(fault.contains("incidents_id"), "{fault}");
    let fault = place.sql("UPDATE incidents SET at_ms = 5 WHERE id = 'D5'");
    let fault = fault.await.unwrap_err();
    assert!(fault.contains("keeps its id"), "{fault}");
    let fault = place.sql("TRUNCATE incidents").await.unwrap_err();
    assert!(fault.contains("DELETE"), "{fault}");
    place
        .sql("DELETE FROM incidents WHERE id = 'D5'")
        .await
        .unwrap();
    let written = w.write(rows::incident_rows(dated()), &rows::source()).await;
    assert_eq!(written.unwrap().added, 1);

    // Whole years go with their ids.
    let gone = "SELECT frontbeat_drop_incidents('2000-06-01Z')::text";
    assert_eq!(asked(&place, gone).await, ["2"]);
    let left = w.incidents(&IncidentFilter::default()).await.unwrap();
    assert_eq!(left.len(), DATES.len() - 2);
    let written = w.write(rows::incident_rows(dated()), &rows::source()).await;
    assert_eq!(written.unwrap().added, 2);
    w.close().await;
    place.remove().await;
}

/// A first import takes the key of ids away and makes it anew; not behind a long reader.
#[tokio::test]
async fn a_long_reader_of_all_tables_does_not_hold_up_a_first_import() {
    let test = "a_long_reader_of_all_tables";
    let Some(place) = Place::postgis(test) else {
        return;
    };
    let w = place.create(true).await;
    let mut reader = PgConnection::connect(&server(test).unwrap()).await.unwrap();
    let mut dump = reader.begin().await.unwrap();
    let name = schema(&place);
    // As pg_dump holds them.
    let held = format!("LOCK TABLE {name}.incidents, {name}.incident_ids IN ACCESS SHARE MODE");
    sqlx::raw_sql(sqlx::AssertSqlSafe(held))
        .execute(&mut *dump)
        .await
        .unwrap();
    let of = |number: i64| Incident {
        id: Id::new(format!("K{number}")),
        at: rows::at("2019-01-01T00:00:00Z") + SignedDuration::from_hours(number),
        until: None,
        ..rows::incidents()[0].clone()
    };
    let many: Vec<Incident> = (0..21_000).map(of).collect();
    let source = rows::source();
    let writing = w.write(rows::incident_rows(many.clone()), &source);
    let written = tokio::time::timeout(Duration::from_secs(60), writing).await;
    assert_eq!(written.unwrap().unwrap().added, 21_000);
    dump.rollback().await.unwrap();
    let is_keyed = "SELECT ((SELECT count(*) FROM incident_ids) = 21000 AND EXISTS (
        SELECT FROM pg_constraint WHERE conname = 'incidents_id'
            AND conrelid = 'incident_ids'::regclass))::text";
    assert_eq!(asked(&place, is_keyed).await, ["true"]);
    let again = w.write(rows::incident_rows(many), &source).await;
    assert_eq!(again.unwrap().known, 21_000);
    w.close().await;
    place.remove().await;
}

/// Whoever holds the log open keeps its partitions, and holds up nobody.
#[tokio::test]
async fn a_long_reader_keeps_its_partitions() {
    let test = "a_long_reader_keeps_its_partitions";
    let Some(place) = Place::postgis(test) else {
        return;
    };
    let w = filled(&place).await;
    append(&w, 0..10).await;
    let mut reader = PgConnection::connect(&server(test).unwrap()).await.unwrap();
    let mut view = reader.begin().await.unwrap();
    let read = format!("SELECT count(*) FROM {}.events", schema(&place));
    sqlx::raw_sql(sqlx::AssertSqlSafe(read))
        .execute(&mut *view)
        .await
        .unwrap();
    let far = rows::at("2027-01-01T00:00:00Z");
    let old = w.oldest_positions(far).await.unwrap().unwrap();
    let mut write = w.begin_board().await.unwrap();
    let fault = write.drop_positions(&old).await.unwrap_err();
    assert!(matches!(fault, StoreError::Busy { .. }), "{fault}");
    drop(write);
    // New partitions are made beside it.
    let mut write = w.begin_board().await.unwrap();
    write.make_room_ahead(far).await.unwrap();
    write.commit().await.unwrap();
    append(&w, 900..910).await;
    view.rollback().await.unwrap();
    let mut write = w.begin_board().await.unwrap();
    assert!(write.drop_positions(&old).await.unwrap());
    write.commit().await.unwrap();
    let incidents = partitions(&place, "incidents").await;
    for year in ["incidents_2027", "incidents_2028"] {
        assert!(incidents.contains(&year.to_owned()), "{incidents:?}");
    }
    w.close().await;
    place.remove().await;
}

/// Many incidents of times that have no partition yet are written to tables that become
/// partitions: with all indexes and ids, like those that come in one by one.
#[tokio::test]
async fn many_of_new_times_are_written_like_few() {
    on_both("many_of_new_times_are_written_like_few", async |place| {
        let w = place.create(true).await;
        let of = |letter: &str, count: i64, hours: i64| -> Vec<Incident> {
            let incident = |number: i64| Incident {
                id: Id::new(format!("{letter}{number}")),
                at: rows::at("1969-12-01T00:00:00Z") + SignedDuration::from_hours(number * hours),
                until: None,
                ..rows::incidents()[0].clone()
            };
            (0..count).map(incident).collect()
        };
        // From before 1970 until 2024; then until 2068, where many partitions are there.
        let (many, more) = (of("M", 24_000, 20), of("N", 25_000, 36));
        let write = async |incidents: Vec<Incident>| {
            let rows = rows::incident_rows(incidents);
            w.write(rows, &rows::source()).await.unwrap()
        };
        let added = write(many.clone()).await;
        assert_eq!((added.added, added.known), (24_000, 0));
        let again = write(many.clone()).await;
        assert_eq!((again.added, again.known), (0, 24_000));
        let moved = Incident {
            at: many[7].at + SignedDuration::from_hours(1),
            ..many[7].clone()
        };
        assert_eq!(write(vec![moved]).await.in_use, [0]);
        let all = w.incidents(&IncidentFilter::default()).await.unwrap();
        assert_eq!(all.len(), 24_000);
        assert_eq!(write(more).await.added, 25_000);
        let all = w.incidents(&IncidentFilter::default()).await.unwrap();
        assert_eq!(all.len(), 49_000);
        assert!(all.is_sorted_by_key(|incident| incident.at));
        assert!(w.ids_in_use(&many[..3]).await.unwrap().is_empty());
        if !place.is_file() {
            let without = "SELECT c.relname::text FROM pg_inherits i
                JOIN pg_class c ON c.oid = i.inhrelid
                WHERE i.inhparent = 'incidents'::regclass AND (
                    (SELECT count(*) FROM pg_index x WHERE x.indrelid = c.oid AND x.indisvalid) <> 4
                    OR NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = c.oid
                        AND k.contype = 'f' AND k.convalidated))";
            assert_eq!(asked(place, without).await, Vec::<String>::new());
            let ids =
                "SELECT (count(*) - (SELECT count(*) FROM incidents))::text FROM incident_ids";
            assert_eq!(asked(place, ids).await, ["0"]);
        }
        w.close().await;
    })
    .await;
}

/// What is written to a partition by its own name would have no id and no number.
#[tokio::test]
async fn nobody_writes_to_a_partition_by_its_name() {
    let Some(place) = Place::postgis("nobody_writes_to_a_partition_by_its_name") else {
        return;
    };
    let w = filled(&place).await;
    append(&w, 0..3).await;
    let last = w.last_event().await.unwrap();
    let of = async |parent: &str| {
        let all = partitions(&place, parent).await;
        all.into_iter()
            .rev()
            .find(|it| it.ends_with("_old") || it.contains("2026"))
    };
    let mut parts = vec![
        ("events_kept".to_owned(), "events"),
        ("events_positions".to_owned(), "events"),
    ];
    for (parent, whole) in [
        ("incidents", "incidents"),
        ("events_kept", "events"),
        ("events_positions", "events"),
    ] {
        parts.push((of(parent).await.unwrap(), whole));
    }
    for (partition, whole) in parts {
        for write in [
            format!("INSERT INTO {partition} SELECT * FROM {whole} LIMIT 1"),
            format!("DELETE FROM {partition}"),
            format!("TRUNCATE {partition}"),
        ] {
            let refused = place.sql(&write).await.unwrap_err();
            assert!(
                refused.contains("not to one of their partitions"),
                "{write}: {refused}"
            );
        }
    }
    for part in ["events_kept", "events_positions"] {
        let changed = format!("UPDATE {part} SET at = at");
        let refused = place.sql(&changed).await.unwrap_err();
        assert!(refused.contains("append-only"), "{refused}");
    }
    // A position may go, but not while the next number is made of it.
    let newest = format!("DELETE FROM events WHERE sequence = {last}");
    let refused = place.sql(&newest).await.unwrap_err();
    assert!(refused.contains("the newest event stays"), "{refused}");
    let other = format!("DELETE FROM events WHERE sequence = {}", last - 1);
    place.sql(&other).await.unwrap();
    append(&w, 3..4).await;
    assert_eq!(w.last_event().await.unwrap(), last + 1);
    w.close().await;
    place.remove().await;
}

/// A table that an operator made under the name of a partition keeps nothing else from its turn.
#[tokio::test]
async fn a_partition_that_can_not_be_made_keeps_nothing_else_from_being_done() {
    let Some(place) = Place::postgis("a_partition_that_can_not_be_made") else {
        return;
    };
    let w = filled(&place).await;
    place
        .sql("CREATE TABLE incidents_2027 (mine text)")
        .await
        .unwrap();
    let mut write = w.begin_board().await.unwrap();
    let kept = KeptAnswer {
        request_hash: "of".into(),
        answer: "{}".into(),
    };
    let long_ago = rows::at("2026-01-01T00:00:00Z");
    write
        .keep_answer("feed", "key", &kept, long_ago)
        .await
        .unwrap();
    write.commit().await.unwrap();
    let ground = Ground::new(Vec::new(), Vec::new());
    let live = Live::open(w.clone(), ground).await.unwrap();
    live.tidy(rows::at("2027-01-01T00:00:00Z")).await.unwrap();
    let mut write = w.begin_board().await.unwrap();
    assert_eq!(write.answer("feed", "key").await.unwrap(), None);
    drop(write);
    // Under another name it is in nobody's way.
    place
        .sql("ALTER TABLE incidents_2027 RENAME TO mine_of_2027")
        .await
        .unwrap();
    live.tidy(rows::at("2027-01-01T00:00:00Z")).await.unwrap();
    let incidents = partitions(&place, "incidents").await;
    assert!(incidents.contains(&"incidents_2027".to_owned()));
    drop(live);
    w.close().await;
    place.remove().await;
}

/// No two events have one number, even where somebody writes who does not take turns.
#[tokio::test]
async fn a_number_of_the_log_is_given_once() {
    let Some(place) = Place::postgis("a_number_of_the_log_is_given_once") else {
        return;
    };
    let w = filled(&place).await;
    let last = w.last_event().await.unwrap();
    let insert = |numbers: &[u64]| {
        let rows: Vec<String> = numbers
            .iter()
            .map(|number| format!("({number}, '2026-06-01Z', 'plan_made', '{{}}')"))
            .collect();
        format!("INSERT INTO events VALUES {}", rows.join(","))
    };
    for taken in [vec![last], vec![1], vec![last + 1, last + 1]] {
        let fault = place.sql(&insert(&taken)).await.unwrap_err();
        let says = ["number is taken", "duplicate key"];
        assert!(says.iter().any(|it| fault.contains(it)), "{fault}");
    }
    place.sql(&insert(&[last + 1, last + 2])).await.unwrap();
    assert_eq!(w.last_event().await.unwrap(), last + 2);
    w.close().await;
    place.remove().await;
}

/// Whoever inserts by SQL inserts nothing that no program can read.
#[tokio::test]
async fn an_incident_that_can_not_be_read_does_not_come_in() {
    let Some(place) = Place::postgis("an_incident_that_can_not_be_read") else {
        return;
    };
    filled(&place).await.close().await;
    let insert = |number: &str, geom: &str, at_ms: &str| {
        format!(
            "INSERT INTO incidents (fid, geom, at_ms, category, origin, state, priority, id, at)
             SELECT {number}, ST_SetSRID({geom}, 4326), {at_ms}, category, origin, state, priority,
                    'by SQL', at FROM incidents LIMIT 1"
        )
    };
    let here = "ST_MakePoint(123.4, 41.8)";
    for bad in [
        insert("-6", here, "at_ms"),
        insert("900", "'POINT EMPTY'::geometry", "at_ms"),
        insert("900", "ST_MakePoint('NaN', 41.8)", "at_ms"),
        insert("900", "ST_MakePoint(500, -300)", "at_ms"),
        insert("900", here, "-9223372036854775808"),
    ] {
        let fault = place.sql(&bad).await.unwrap_err();
        assert!(
            fault.contains("violates check constraint"),
            "{bad}: {fault}"
        );
    }
    place.sql(&insert("900", here, "at_ms")).await.unwrap();
    let w = place.open(Access::Read).await.unwrap();
    assert_eq!(
        w.incidents(&IncidentFilter::default()).await.unwrap().len(),
        51
    );
    w.close().await;
    place.remove().await;
}
