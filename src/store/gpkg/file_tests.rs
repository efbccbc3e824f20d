//! Files that are no workspace, or can't be written: the sentence that fits each.

use std::fs;

use sqlx::Connection;

use super::*;
use crate::calendar::week::HourSet;
use crate::place::feature::Station;
use crate::place::{id::Id, position::Position};
use crate::risk::scorecard::Question;
use crate::store::connection::Side;
use crate::store::record::{ForecastFilter, ImportSource, IncidentFilter, LayerRows};
use crate::store::workspace::Workspace;

fn new() -> NewWorkspace {
    NewWorkspace {
        name: "Test".into(),
        timezone: "UTC".into(),
        synthetic: false,
    }
}

async fn run_sql(path: &Path, sql: &'static str) {
    let mut conn = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .connect()
        .await
        .unwrap();
    sqlx::raw_sql(sql).execute(&mut conn).await.unwrap();
    conn.close().await.unwrap();
}

/// Both ways of opening must give the same fault, and leave the file and its folder alone.
async fn fault_of(path: &Path) -> StoreError {
    let before = fs::read(path).ok();
    let reading = open_file(path, Access::Read).await.unwrap_err();
    let writing = open_file(path, Access::Write).await.unwrap_err();
    assert_eq!(reading.to_string(), writing.to_string());
    assert_eq!(fs::read(path).ok(), before);
    assert!(!beside(path, ".lock").exists());
    writing
}

#[tokio::test]
async fn what_is_no_workspace_is_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);

    assert!(matches!(
        fault_of(&at("none")).await,
        StoreError::Missing { .. }
    ));

    let mut sentences = Vec::new();
    fs::write(at("empty.gpkg"), "").unwrap();
    fs::write(at("page.gpkg"), "<html>".repeat(500)).unwrap();
    run_sql(&at("plain.gpkg"), "CREATE TABLE a (x)").await;
    run_sql(
        &at("foreign.gpkg"),
        "PRAGMA application_id = 1196444487; CREATE TABLE a (x)",
    )
    .await;
    for name in ["empty.gpkg", "page.gpkg", "plain.gpkg", "foreign.gpkg"] {
        let fault = fault_of(&at(name)).await;
        assert!(matches!(fault, StoreError::NotAWorkspace { .. }), "{fault}");
        sentences.push(fault.to_string().replace(name, ""));
    }
    let reading = open_file(folder.path(), Access::Read).await.unwrap_err();
    assert!(
        matches!(reading, StoreError::NotAWorkspace { .. }),
        "{reading}"
    );
    sentences.push(reading.to_string());
    sentences.dedup();
    assert_eq!(
        sentences.len(),
        5,
        "each has its own sentence: {sentences:#?}"
    );
}

#[tokio::test]
async fn a_torn_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("torn.gpkg");
    create_file(&path, Some(&new()))
        .await
        .unwrap()
        .close()
        .await;
    fs::remove_file(beside(&path, ".lock")).unwrap();
    let whole = fs::read(&path).unwrap();
    for kept in [50, 4096, whole.len() / 2, whole.len() - 4096] {
        fs::write(&path, &whole[..kept]).unwrap();
        let fault = fault_of(&path).await;
        assert!(
            matches!(fault, StoreError::NotAWorkspace { .. }),
            "{kept}: {fault}"
        );
    }
}

#[tokio::test]
async fn a_newer_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("newer.gpkg");
    create_file(&path, Some(&new()))
        .await
        .unwrap()
        .close()
        .await;
    fs::remove_file(beside(&path, ".lock")).unwrap();
    run_sql(&path, "INSERT INTO frontbeat_schema (version) VALUES (999)").await;
    let fault = fault_of(&path).await;
    assert!(
        matches!(fault, StoreError::TooNew { found: 999, known, .. } if known == schema::newest()),
        "{fault}"
    );
}

/// A file of each past version, as whoever may only read finds it: read as it is, without
/// what it has no table for; opened for writing it is brought up to date.
#[tokio::test]
async fn a_file_of_a_past_version_is_read_as_it_is() {
    for past in 1..schema::newest() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("old.gpkg");
        let mut conn = for_writing(&path)
            .create_if_missing(true)
            .connect()
            .await
            .unwrap();
        sqlx::raw_sql("PRAGMA application_id = 1196444487; PRAGMA user_version = 10300")
            .execute(&mut conn)
            .await
            .unwrap();
        let steps = &schema::GPKG[..past as usize];
        migrate::migrate(&mut conn, "old", steps).await.unwrap();
        let at = instant::from_millis(0).unwrap();
        let mut conn = Port::gpkg_alone("old".into(), conn);
        tables::fill_new(&mut conn, &new(), at).await.unwrap();
        conn.close().await.unwrap();
        let before = fs::read(&path).unwrap();

        let reader = Workspace::open(&path, Access::Read).await.unwrap();
        let info = reader.info().await.unwrap();
        assert_eq!(info.schema_version, past);
        assert_eq!(info.last_change, reader.last_change().await.unwrap());
        assert_eq!(reader.incident_span().await.unwrap(), None);
        assert_eq!(reader.quarantines().await.unwrap(), []);
        assert_eq!(reader.batches().await.unwrap(), []);
        let all = IncidentFilter::default();
        assert_eq!(reader.risk_events(&all).await.unwrap(), []);
        let every = ForecastFilter::default();
        assert_eq!(reader.forecasts(every).await.unwrap(), []);
        assert_eq!(reader.standing_forecasts().await.unwrap(), []);
        let question = Question::new(Vec::new(), HourSet::full(), 10);
        assert_eq!(reader.scorecard(&question).await.unwrap(), None);
        reader.close().await;
        assert_eq!(fs::read(&path).unwrap(), before);

        let writer = Workspace::open(&path, Access::Write).await.unwrap();
        let version = writer.info().await.unwrap().schema_version;
        assert_eq!(version, schema::newest());
        assert_eq!(writer.scorecard(&question).await.unwrap(), None);
        writer.close().await;
    }
}

#[tokio::test]
async fn an_existing_file_is_not_made_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("there.gpkg");
    fs::write(&path, "mine").unwrap();
    let fault = create_file(&path, Some(&new())).await.unwrap_err();
    assert!(matches!(fault, StoreError::Exists { .. }), "{fault}");
    assert_eq!(fs::read(&path).unwrap(), b"mine");
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_is_said() {
    for path in ["/nowhere/at/all.gpkg", "/proc/all.gpkg"] {
        let fault = create_file(Path::new(path), Some(&new()))
            .await
            .unwrap_err();
        assert!(matches!(fault, StoreError::NotWritable { .. }), "{fault}");
    }
}

#[tokio::test]
async fn a_full_disk_is_said_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("full.gpkg");
    let workspace = Workspace::create(&path, &new()).await.unwrap();
    let before = workspace.info().await.unwrap();
    workspace.close().await;

    let file = open_file(&path, Access::Write).await.unwrap();
    let mut conn = file.writer().unwrap().acquire().await.unwrap();
    sqlx::raw_sql("PRAGMA max_page_count = 1")
        .execute(&mut *conn)
        .await
        .unwrap();
    drop(conn);
    let workspace = Workspace::of_file(file);
    let stations = (0..5000)
        .map(|i| Station {
            id: Id::new(format!("S{i}")),
            name: "a station with quite a long name".into(),
            position: Position::new(1.0, 2.0).unwrap(),
        })
        .collect();
    let source = ImportSource {
        file: "stations.csv".into(),
        refused: 0,
        at: "2026-01-01T00:00:00Z".parse().unwrap(),
        marks_synthetic: false,
    };
    let fault = workspace
        .write(LayerRows::Stations(stations), &source)
        .await
        .unwrap_err();
    assert!(matches!(&fault, StoreError::Full { .. }), "{fault}");
    assert_eq!(workspace.info().await.unwrap(), before);
    // With space again it writes on: SQLite has ended the transaction by itself.
    let grown = sqlx::raw_sql("PRAGMA max_page_count = 1000000");
    let mut conn = workspace.begin().await.unwrap();
    let Side::Gpkg(file) = conn.side() else {
        panic!("a file");
    };
    grown.execute(file).await.unwrap();
    conn.commit().await.unwrap();
    let rows = LayerRows::Stations(vec![Station {
        id: Id::new("S1"),
        name: "a station".into(),
        position: Position::new(1.0, 2.0).unwrap(),
    }]);
    workspace.write(rows, &source).await.unwrap();
    workspace.close().await;
}

#[tokio::test]
async fn the_last_writer_leaves_a_single_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("single.gpkg");
    create_file(&path, Some(&new()))
        .await
        .unwrap()
        .close()
        .await;
    let before = fs::read(&path).unwrap();
    let reader = Workspace::open(&path, Access::Read).await.unwrap();
    reader.info().await.unwrap();
    reader.close().await;
    let names: Vec<String> = fs::read_dir(folder.path())
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .filter(|n| !n.ends_with(".lock"))
        .collect();
    assert_eq!(names, ["single.gpkg"]);
    assert_eq!(fs::read(&path).unwrap(), before);
}
