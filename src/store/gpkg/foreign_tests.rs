//! GeoPackages of others: whole, with views, and spoilt.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use proptest::prelude::*;
use sqlx::Connection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};

use crate::exchange::read::fault::ReadFault;
use crate::exchange::read::table::Table;
use crate::store::gpkg::foreign::read_foreign;

const SCHEMA: &str = "
    CREATE TABLE gpkg_spatial_ref_sys (srs_id INTEGER, organization TEXT,
        organization_coordsys_id INTEGER, definition TEXT);
    CREATE TABLE gpkg_contents (table_name TEXT, data_type TEXT);
    CREATE TABLE gpkg_geometry_columns (table_name TEXT, column_name TEXT, srs_id INTEGER);
    CREATE TABLE posts (fid INTEGER PRIMARY KEY, name TEXT,
        endless TEXT AS (printf('%.*c', 900000000, 'x')));
    INSERT INTO gpkg_contents VALUES ('posts', 'attributes');
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300)
        INSERT INTO posts (name) SELECT 'post ' || i FROM n;";

async fn write(path: &Path, more: &'static str) {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true);
    let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
    sqlx::raw_sql(SCHEMA)
        .execute(&mut connection)
        .await
        .unwrap();
    sqlx::raw_sql(more).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

fn read(path: PathBuf, layer: Option<&'static str>) -> Result<Table, ReadFault> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(read_foreign(&path, layer))
}

fn whole() -> &'static [u8] {
    static BYTES: OnceLock<Vec<u8>> = OnceLock::new();
    BYTES.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("whole.gpkg");
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        runtime.block_on(write(&path, ""));
        std::fs::read(path).unwrap()
    })
}

#[tokio::test]
async fn stored_columns_are_read_and_computed_ones_are_not() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.gpkg");
    write(&path, "").await;
    let table = read_foreign(&path, None).await.unwrap();
    assert_eq!(table.columns(), ["fid", "name"]);
    assert_eq!((table.len(), table.cell(299, 1)), (300, "post 300"));
}

#[tokio::test]
async fn a_view_without_end_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.gpkg");
    let view = "CREATE VIEW endless AS WITH RECURSIVE n(i) AS
        (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n;
        INSERT INTO gpkg_contents VALUES ('endless', 'attributes');";
    write(&path, view).await;
    let fault = read_foreign(&path, Some("endless")).await.unwrap_err();
    assert!(fault.to_string().contains("view"), "{fault}");
    let list = "DROP TABLE gpkg_contents; CREATE VIEW gpkg_contents AS WITH RECURSIVE n(i) AS
        (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT 'a' table_name, 'x' data_type FROM n;";
    let path = folder.path().join("b.gpkg");
    write(&path, list).await;
    assert!(read_foreign(&path, None).await.is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn spoilt_bytes_are_read_or_refused_in_one_sentence(
        spoilt in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..40),
        cut in proptest::option::of(any::<prop::sample::Index>()),
    ) {
        let mut bytes = whole().to_vec();
        for (at, byte) in spoilt {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("spoilt.gpkg");
        std::fs::write(&path, &bytes).unwrap();
        match read(path, None) {
            Ok(table) => prop_assert!(table.len() <= bytes.len()),
            Err(fault) => prop_assert!(!fault.to_string().contains('\n'), "{fault}"),
        }
    }
}
