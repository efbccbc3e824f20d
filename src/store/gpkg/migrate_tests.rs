//! Steps run once, in order, all or nothing; and no column has room for a person.

use sqlx::{Connection, Row};

use super::*;
use crate::store::schema::{GPKG, newest};

const STEPS: &[Migration] = &[
    Migration {
        version: 1,
        scripts: &["CREATE TABLE a (x INTEGER); INSERT INTO a VALUES (7)"],
    },
    Migration {
        version: 2,
        scripts: &[
            "ALTER TABLE a ADD COLUMN y TEXT NOT NULL DEFAULT 'new'",
            "CREATE TABLE b (z INTEGER)",
        ],
    },
];

const BROKEN: &[Migration] = &[
    STEPS[0],
    Migration {
        version: 2,
        scripts: &["CREATE TABLE c (z INTEGER)", "SELECT * FROM nowhere"],
    },
];

async fn memory() -> SqliteConnection {
    SqliteConnection::connect("sqlite::memory:").await.unwrap()
}

async fn tables(conn: &mut SqliteConnection) -> Vec<String> {
    sqlx::query_scalar(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'
         ORDER BY name",
    )
    .fetch_all(conn)
    .await
    .unwrap()
}

#[tokio::test]
async fn a_file_of_the_first_version_gets_what_it_lacks_and_keeps_its_rows() {
    let mut conn = memory().await;
    assert_eq!(version(&mut conn).await.unwrap(), None);
    assert_eq!(migrate(&mut conn, "x", &STEPS[..1]).await.unwrap(), 1);
    assert_eq!(migrate(&mut conn, "x", STEPS).await.unwrap(), 2);
    assert_eq!(migrate(&mut conn, "x", STEPS).await.unwrap(), 2);
    assert_eq!(version(&mut conn).await.unwrap(), Some(2));
    let row: (i64, String) = sqlx::query_as("SELECT x, y FROM a")
        .fetch_one(&mut conn)
        .await
        .unwrap();
    assert_eq!(row, (7, "new".into()));
}

#[tokio::test]
async fn a_step_that_fails_leaves_nothing_of_itself() {
    let mut conn = memory().await;
    assert!(migrate(&mut conn, "x", BROKEN).await.is_err());
    assert_eq!(version(&mut conn).await.unwrap(), Some(1));
    assert_eq!(tables(&mut conn).await, ["a", "frontbeat_schema"]);
}

/// Incidents of a file of version 1 get the number of their import where there was one.
#[tokio::test]
async fn incidents_of_the_first_version_get_their_batch() {
    const IMPORT: &str = "INSERT INTO events SELECT coalesce(max(sequence), 0) + 1,
        '2026-01-01T00:00:00Z', 'imported',
        '{\"kind\":\"imported\",\"layer\":\"incidents\",\"file\":\"a.csv\",\"added\":1,\"refused\":0}' FROM events";
    const INCIDENT: &str = "INSERT INTO incident_categories (code, parent, name_en, name_zh)
            VALUES ('traffic', 'traffic', 'traffic', '交通');
        INSERT INTO incidents (geom, at_ms, category, origin, state, priority, id, at)
            VALUES (x'00', 0, 'traffic', 'sensor', 'closed', 1, 'i1', '1970-01-01T00:00:00.000Z')";
    for (imports, batch) in [(1, Some(1)), (2, None)] {
        let mut conn = memory().await;
        migrate(&mut conn, "x", &GPKG[..1]).await.unwrap();
        sqlx::raw_sql(INCIDENT).execute(&mut conn).await.unwrap();
        for _ in 0..imports {
            sqlx::raw_sql(IMPORT).execute(&mut conn).await.unwrap();
        }
        assert_eq!(migrate(&mut conn, "x", GPKG).await.unwrap(), newest());
        let found: Option<i64> = sqlx::query_scalar("SELECT batch FROM incidents")
            .fetch_one(&mut conn)
            .await
            .unwrap();
        assert_eq!(found, batch);
    }
}

#[tokio::test]
async fn no_column_has_room_for_a_person() {
    const SUSPICIOUS: [&str; 24] = [
        "person", "people", "phone", "mobile", "mail", "identity", "id_card", "idcard", "passport",
        "plate", "licence", "license", "birth", "gender", "sex", "race", "ethnic", "suspect",
        "victim", "caller", "reporter", "officer", "surname", "address",
    ];
    let mut conn = memory().await;
    migrate(&mut conn, "x", GPKG).await.unwrap();
    let mut looked_at = 0;
    for table in tables(&mut conn).await {
        let columns = sqlx::query("SELECT name FROM pragma_table_info(?)")
            .bind(&table)
            .fetch_all(&mut conn)
            .await
            .unwrap();
        for column in columns {
            let name = column.get::<String, _>(0).to_lowercase();
            looked_at += 1;
            // QGIS's own column of `layer_styles`; the program leaves it empty.
            let suspicious = SUSPICIOUS.iter().any(|s| name.contains(s))
                || (name == "owner" && table != "layer_styles");
            assert!(!suspicious, "{table}.{name}");
        }
    }
    assert!(looked_at > 100, "only {looked_at} columns were looked at");
}
