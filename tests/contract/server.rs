//! What only a server has: real geometry, comments, views, the role for readers, locks that last,
//! and dumps.

use std::process::Command;
use std::time::{Duration, Instant};

use frontbeat::app::live::news::News;
use frontbeat::calendar::window::Window;
use frontbeat::live::event::EventKind;
use frontbeat::store::address::WorkspaceAddress;
use frontbeat::store::error::StoreError;
use frontbeat::store::record::IncidentFilter;
use frontbeat::store::workspace::{Access, Workspace};
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row};

use crate::differential::everything;
use crate::files::ogrinfo;
use crate::layers::filled;
use crate::place::{Place, admin, as_user, schema, server};
use crate::{rows, work};

#[tokio::test]
async fn layers_are_real_geometry_with_comments_and_views() {
    let test = "layers_are_real_geometry";
    let Some(place) = Place::postgis_apart(test).await else {
        return;
    };
    let w = filled(&place).await;
    w.save_plan(&rows::plan("first"), None).await.unwrap();
    w.freeze(&[work::forecast(0, "count"), work::forecast(1, "kde")])
        .await
        .unwrap();
    let hexagons = work::forecast(1, "kde").cells.len();
    w.close().await;

    let mut conn = PgConnection::connect(place.database()).await.unwrap();
    let name = schema(&place);
    let columns = sqlx::query(
        "SELECT f_table_name::text, srid, type::text FROM geometry_columns
         WHERE f_table_schema = $1",
    )
    .bind(name)
    .fetch_all(&mut conn)
    .await
    .unwrap();
    assert!(columns.len() >= 18, "{}", columns.len());
    for row in &columns {
        let (table, srid): (String, i32) = (row.get(0), row.get(1));
        assert_eq!(srid, 4326, "{table}");
    }
    // Every table says what it is, and every column what it holds, in views too.
    let silent: Vec<String> = sqlx::query_scalar(
        "SELECT concat_ws('.', c.relname, a.attname) FROM pg_class c
         JOIN pg_namespace n ON n.oid = c.relnamespace
         JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
         WHERE n.nspname = $1 AND c.relkind IN ('r', 'p', 'v') AND (obj_description(c.oid) IS NULL
             OR NOT c.relispartition AND col_description(c.oid, a.attnum) IS NULL)",
    )
    .bind(name)
    .fetch_all(&mut conn)
    .await
    .unwrap();
    assert_eq!(silent, Vec::<String>::new());
    let unindexed: Vec<String> = sqlx::query_scalar(
        "SELECT c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'geom'
         WHERE n.nspname = $1 AND c.relkind = 'r' AND c.relname <> 'boundary'
         AND NOT EXISTS (SELECT FROM pg_indexes i WHERE i.schemaname = $1
             AND i.tablename = c.relname AND i.indexdef LIKE '%gist%')",
    )
    .bind(name)
    .fetch_all(&mut conn)
    .await
    .unwrap();
    assert_eq!(unindexed, Vec::<String>::new());

    for (layer, kind, count) in [
        ("beats", "Multi Polygon", 2),
        ("zones", "Multi Polygon", 1),
        ("incidents", "Point", 50),
        ("incidents_named", "Point", 50),
        ("risk_latest", "Polygon", hexagons),
        ("plan_latest_routes", "Line String", 2),
        ("plan_latest_stops", "Point", 2),
    ] {
        if let Some(told) = ogrinfo(test, &["-ro", "-so", &place.for_ogr(), layer]) {
            assert!(told.contains(&format!("Geometry: {kind}")), "{told}");
            assert!(
                told.contains(&format!("Feature Count: {count}\n")),
                "{told}"
            );
            assert!(told.contains("WGS 84"), "{told}");
        }
    }
    conn.close().await.unwrap();
    place.remove().await;
}

#[tokio::test]
async fn the_role_for_readers_reads_and_does_not_write() {
    let test = "the_role_for_readers_reads";
    let Some(place) = Place::postgis(test) else {
        return;
    };
    filled(&place).await.close().await;
    let server = server(test).unwrap();
    let name = schema(&place);
    let user = format!("looker_{name}");
    let make =
        format!("CREATE ROLE {user} LOGIN PASSWORD 'l'; GRANT frontbeat_reader_{name} TO {user}");
    admin(&server, &make).await;
    let address = as_user(&server, &user, "l");
    let text = format!("{address}?schema={name}");

    let w = Workspace::open(text.parse::<WorkspaceAddress>().unwrap(), Access::Read)
        .await
        .unwrap();
    assert_eq!(w.beats().await.unwrap(), rows::beats());
    w.close().await;
    let fault = Workspace::open(text.parse::<WorkspaceAddress>().unwrap(), Access::Write)
        .await
        .unwrap_err();
    assert!(matches!(fault, StoreError::NotWritable { .. }), "{fault}");
    let mut conn = PgConnection::connect(&address).await.unwrap();
    for sql in [
        format!("INSERT INTO {name}.events VALUES (99, now(), 'x', '{{}}')"),
        format!("UPDATE {name}.beats SET name = 'x'"),
        format!("DELETE FROM {name}.incidents"),
        format!("TRUNCATE {name}.units"),
        format!("CREATE TABLE {name}.x (y int)"),
    ] {
        let fault = sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut conn).await;
        let said = fault.unwrap_err().to_string();
        assert!(said.contains("permission denied"), "{said}");
    }
    // What units' links and hooks' messages are signed with is not for readers, in a schema that was made so and
    // in one that comes from the version before; which links there are may be seen.
    let again = concat!(
        include_str!("../../src/store/schema/postgis/links.sql"),
        include_str!("../../src/store/schema/postgis/hooks.sql")
    );
    for before in [
        String::new(),
        format!(
            "SET search_path = {name}, public; DROP TABLE unit_links, link_keys, hook_deliveries,
             hook_secrets, hooks; {again}"
        ),
    ] {
        admin(&server, &before).await;
        for secret in ["key FROM {}.link_keys", "secret FROM {}.hook_secrets"] {
            let sql = format!("SELECT {}", secret.replace("{}", name));
            let fault = sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut conn).await;
            let said = fault.unwrap_err().to_string();
            assert!(said.contains("permission denied"), "{said}");
        }
        let links = format!("SELECT id FROM {name}.unit_links; SELECT id FROM {name}.hooks");
        sqlx::raw_sql(AssertSqlSafe(links))
            .execute(&mut conn)
            .await
            .unwrap();
    }
    let w = Workspace::open(text.parse::<WorkspaceAddress>().unwrap(), Access::Read)
        .await
        .unwrap();
    assert_eq!(w.link_key().await.unwrap(), None);
    assert_eq!(w.unit_links().await.unwrap(), []);
    w.close().await;
    drop(conn);
    admin(&server, &format!("DROP OWNED BY {user}; DROP ROLE {user}")).await;
    place.remove().await;
}

/// A lock that lasts makes readers of the log say so, on connections that go on.
#[tokio::test(flavor = "multi_thread")]
async fn a_lock_that_lasts_is_told_and_leaves_nobody_waiting() {
    let test = "a_lock_that_lasts";
    let Some(place) = Place::postgis(test) else {
        return;
    };
    filled(&place).await.close().await;
    let w = place.open(Access::Share).await.unwrap();
    let (server, name) = (server(test).unwrap(), schema(&place));
    let lock = format!("BEGIN; LOCK TABLE {name}.events_kept_2026 IN ACCESS EXCLUSIVE MODE");
    let mut holder = PgConnection::connect(&server).await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(lock))
        .execute(&mut holder)
        .await
        .unwrap();
    let begun = Instant::now();
    let reading: Vec<_> = (0..3)
        .map(|_| {
            let w = w.clone();
            tokio::spawn(async move { w.events_after(0, 1_000).await })
        })
        .collect();
    let mut asking = PgConnection::connect(&server).await.unwrap();
    let sessions = format!(
        "SELECT pid FROM pg_locks WHERE NOT granted AND relation = '{name}.events_kept_2026'::regclass"
    );
    let mut waiting: Vec<i32> = Vec::new();
    while waiting.len() < 3 {
        assert!(begun.elapsed() < Duration::from_secs(18), "{waiting:?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
        waiting = sqlx::query_scalar(AssertSqlSafe(sessions.clone()))
            .fetch_all(&mut asking)
            .await
            .unwrap();
    }
    for read in reading {
        let fault = read.await.unwrap().unwrap_err();
        assert!(matches!(fault, StoreError::Busy { .. }), "{fault}");
    }
    let left: Vec<i32> = sqlx::query_scalar(AssertSqlSafe(sessions))
        .fetch_all(&mut asking)
        .await
        .unwrap();
    assert_eq!(left, Vec::<i32>::new());
    // The same sessions take the next question.
    let here: i64 =
        sqlx::query_scalar("SELECT count(*) FROM pg_stat_activity WHERE pid = ANY ($1)")
            .bind(&waiting)
            .fetch_one(&mut asking)
            .await
            .unwrap();
    assert_eq!(here, 3);
    drop(holder);
    assert!(!w.events_after(0, 1_000).await.unwrap().is_empty());
    w.close().await;
    place.remove().await;
}

/// How often a table was read from end to end.
async fn full_scans(server: &str, schema: &str) -> i64 {
    let mut conn = PgConnection::connect(server).await.unwrap();
    sqlx::query_scalar(
        "SELECT sum(seq_scan)::bigint FROM pg_stat_user_tables
         WHERE schemaname = $1 AND relname LIKE 'incidents%'",
    )
    .bind(schema)
    .fetch_one(&mut conn)
    .await
    .unwrap()
}

/// What the page asks for is found by an index: counted by the server while the program's
/// own statements run.
#[tokio::test]
async fn the_page_never_reads_all_incidents() {
    let test = "the_page_never_reads_all_incidents";
    let Some(place) = Place::postgis(test) else {
        return;
    };
    place.create(true).await.close().await;
    place
        .sql(
            "SELECT frontbeat_make_partition('incidents', 1700000000000 + day * 86400000::bigint)
             FROM generate_series(0, 1000, 10) AS day;
             INSERT INTO incidents (geom, at_ms, category, origin, state, priority, id, at, batch)
             SELECT ST_SetSRID(ST_MakePoint(123.4 + i % 1000 / 10000.0, 41.8), 4326),
                    1700000000000 + i * 300000::bigint, 'traffic', 'sensor', 'closed', 1,
                    'P' || i, to_timestamp(1700000000 + i * 300), 2
             FROM generate_series(1, 200000) AS i;
             ANALYZE incidents",
        )
        .await
        .unwrap();
    let (server, name) = (server(test).unwrap(), schema(&place));
    let before = full_scans(&server, name).await;

    let w = place.open(Access::Write).await.unwrap();
    let start = rows::at("2024-03-01T00:00:00Z");
    let week = Window::new(start, start + jiff::SignedDuration::from_hours(168)).unwrap();
    let page = IncidentFilter {
        limit: Some(100),
        after: Some((start, "P1".into())),
        ..IncidentFilter::default()
    };
    assert_eq!(w.incidents(&page).await.unwrap().len(), 100);
    let traffic = IncidentFilter {
        window: Some(week),
        categories: vec!["traffic".into()],
        ..IncidentFilter::default()
    };
    let many = w.incidents(&traffic).await.unwrap().len();
    assert_eq!(many, 168 * 12);
    assert_eq!(w.risk_events(&traffic).await.unwrap().len(), many);
    assert_eq!(w.incident_counts(&traffic).await.unwrap()[0].1, many as u64);
    assert!(w.incident_span().await.unwrap().is_some());
    w.write(rows::incident_rows(rows::incidents()), &rows::source())
        .await
        .unwrap();
    w.close().await;
    // A session hands its counts over when it ends, a moment after its client is gone.
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    assert_eq!(full_scans(&server, name).await, before);

    // The counter does count: by what has no index.
    place
        .sql("SELECT count(*) FROM incidents WHERE priority = 2")
        .await
        .unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    assert!(full_scans(&server, name).await > before);
    place.remove().await;
}

/// A reader is woken by another process's commit, long before it would have asked.
#[tokio::test]
async fn what_is_logged_is_told() {
    let test = "what_is_logged_is_told";
    let Some(place) = Place::postgis(test) else {
        return;
    };
    let w = place.create(false).await;
    let reader = place.open(Access::Read).await.unwrap();
    let long = std::time::Duration::from_secs(30);
    let mut news = News::of(&reader);
    reader.keep_in_touch();
    // What is told first is only that it listens.
    news.told_or_after(long).await;
    for number in 2..5 {
        let event = EventKind::PlanMade { plan: "x".into() };
        let waited = std::time::Instant::now();
        let (logged, ()) = tokio::join!(
            async {
                tokio::time::sleep(std::time::Duration::from_millis(100)).await;
                w.append(event, rows::source().at).await.unwrap()
            },
            news.told_or_after(long)
        );
        assert!(waited.elapsed() < long / 2, "{:?}", waited.elapsed());
        assert_eq!(reader.events_after(number - 1, 9).await.unwrap(), [logged]);
    }
    // Where nothing is said it returns all the same.
    news.told_or_after(std::time::Duration::from_millis(50))
        .await;
    reader.close().await;
    w.close().await;
    place.remove().await;
}

/// PostgreSQL's own dump of one schema, restored into another database.
#[tokio::test]
async fn a_dump_is_restored() {
    let test = "a_dump_is_restored";
    let Some(place) = Place::postgis(test) else {
        return;
    };
    let w = filled(&place).await;
    let forecast = work::forecast(0, "count");
    w.freeze(std::slice::from_ref(&forecast)).await.unwrap();
    let before = everything(&w).await;
    w.close().await;
    let (server, name) = (server(test).unwrap(), schema(&place));
    let other = format!("restored_{name}");
    admin(&server, &format!("CREATE DATABASE {other}")).await;
    let target = server.replace("/postgres", &format!("/{other}"));
    admin(&target, "CREATE EXTENSION postgis").await;

    let folder = tempfile::tempdir().unwrap();
    let dump = folder.path().join("w.dump");
    let dump = dump.to_str().unwrap();
    let run = |program: &str, arguments: &[&str]| {
        let done = Command::new(program).args(arguments).output().unwrap();
        let said = String::from_utf8_lossy(&done.stderr).into_owned();
        assert!(done.status.success(), "{program}: {said}");
    };
    let (schema, file) = (format!("--schema={name}"), format!("--file={dump}"));
    run("pg_dump", &["--format=custom", &schema, &file, &server]);
    let into = format!("--dbname={target}");
    run("pg_restore", &["--exit-on-error", &into, dump]);

    let text = format!("{target}?schema={name}");
    let address: WorkspaceAddress = text.parse().unwrap();
    let w = Workspace::open(&address, Access::Write).await.unwrap();
    assert_eq!(everything(&w).await, before);
    // What makes it safe came along: the log is still append-only, the numbers go on.
    let event = EventKind::PlanMade { plan: "x".into() };
    w.append(event, rows::source().at).await.unwrap();
    w.close().await;
    let mut conn = PgConnection::connect(&target).await.unwrap();
    let sql = format!("DELETE FROM {name}.events");
    let fault = sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut conn).await;
    assert!(fault.unwrap_err().to_string().contains("append-only"));
    conn.close().await.unwrap();
    admin(&server, &format!("DROP DATABASE {other} WITH (FORCE)")).await;
    place.remove().await;
}
