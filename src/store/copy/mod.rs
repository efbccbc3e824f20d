//! A whole workspace from one place to another, whatever databases they are in.
//!
//! The source is read in one snapshot: it may be written to meanwhile. The target is a draft
//! that gets its name only when all of it is there and its content, read back, has the
//! source's counts and hashes. A copy that was interrupted goes on with the table and row it
//! had come to, as long as the source is what it was.

mod rows;
mod tables;

use jiff::Timestamp;
use sha2::{Digest, Sha256};
use tokio_stream::StreamExt;

use crate::place::id::hex;
use crate::store::address::WorkspaceAddress;
use crate::store::connection::Connection;
use crate::store::copy::rows::{Content, columns, content, rows_after, values};
use crate::store::copy::tables::{CopyTable, TABLES};
use crate::store::draft::Draft;
use crate::store::error::StoreError;
use crate::store::forecasts::latest;
use crate::store::gpkg::contents::set_extent;
use crate::store::incidents::write::{DROP_INDEXES, MAKE_INDEXES};
use crate::store::postgis::partitions::Slots;
use crate::store::row::Reader;
use crate::store::statement::{Dialect, Statement, Value};
use crate::store::workspace::{Access, Workspace};
use crate::store::{log, schema};

/// Rows written in one transaction.
const BATCH: i64 = 50_000;

/// How far a copy is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CopyStep {
    /// So many rows are to be copied, and so many were by an earlier run.
    Begun {
        /// All.
        rows: u64,
        /// There already.
        there: u64,
    },
    /// So many more rows were copied.
    Copied(u64),
    /// All rows are there; now both sides are read back, so many rows.
    Checking(u64),
    /// So many more rows were read back.
    Checked(u64),
}

/// What was copied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopyReport {
    /// Table and number of its rows, those without rows too.
    pub tables: Vec<(&'static str, u64)>,
    /// SHA-256 of the hashes of all tables, hexadecimal: the same for the same content,
    /// wherever it is kept.
    pub sha256: String,
    /// Rows that an earlier, interrupted run had copied.
    pub resumed: u64,
}

/// Copies a workspace to where there is none.
///
/// # Errors
/// [`StoreError`]; what was copied so far stays as a draft, and the same call goes on with it.
pub async fn copy(
    from: &WorkspaceAddress,
    to: &WorkspaceAddress,
    at: Timestamp,
    mut told: impl FnMut(CopyStep),
) -> Result<CopyReport, StoreError> {
    let source = Workspace::open(from, Access::Read).await?;
    let mut conn = source.reader().await?;
    let copied = copy_from(&mut conn, to, at, &mut told).await;
    drop(conn);
    source.close().await;
    copied
}

async fn copy_from(
    source: &mut Connection,
    to: &WorkspaceAddress,
    at: Timestamp,
    told: &mut impl FnMut(CopyStep),
) -> Result<CopyReport, StoreError> {
    // One view of the source to the end.
    source
        .script(match source.dialect() {
            Dialect::Gpkg => "BEGIN",
            Dialect::Postgis => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        })
        .await?;
    refuse_older(source).await?;
    let of = fingerprint(source).await?;
    let draft = draft_for(to, &of).await?;
    match fill(source, draft.workspace(), at, told).await {
        Ok(report) => {
            draft.finish().await?;
            Ok(report)
        }
        Err(fault @ StoreError::CopyDiffers { .. }) => {
            draft.abandon().await;
            Err(fault)
        }
        Err(fault) => {
            draft.leave().await;
            Err(fault)
        }
    }
}

async fn fill(
    source: &mut Connection,
    target: &Workspace,
    at: Timestamp,
    told: &mut impl FnMut(CopyStep),
) -> Result<CopyReport, StoreError> {
    let mut all = Vec::with_capacity(TABLES.len());
    let mut there = 0;
    let mut reader = target.reader().await?;
    for table in TABLES {
        all.push((table.name, count(source, table.name).await?));
        there += count(&mut reader, table.name).await?;
    }
    drop(reader);
    let rows = all.iter().map(|(_, rows)| rows).sum();
    told(CopyStep::Begun { rows, there });

    let mut conn = target.begin().await?;
    if conn.dialect() == Dialect::Gpkg {
        conn.script(DROP_INDEXES).await?;
    }
    conn.commit().await?;
    for table in TABLES {
        copy_table(source, target, table, told).await?;
    }

    told(CopyStep::Checking(2 * rows));
    let mut whole = Sha256::new();
    let mut conn = target.begin().await?;
    for table in TABLES {
        let read = content(source, table, |rows| told(CopyStep::Checked(rows))).await?;
        let written = content(&mut conn, table, |rows| told(CopyStep::Checked(rows))).await?;
        if read != written {
            return Err(differs(&conn, table, &read, &written));
        }
        whole.update(written.sha256.as_bytes());
        if written.rows > 0 {
            set_extent(&mut conn, table.name, written.extent, at).await?;
        }
    }
    complete(&mut conn).await?;
    conn.commit().await?;
    Ok(CopyReport {
        tables: all,
        sha256: hex(&whole.finalize()),
        resumed: there,
    })
}

/// Copies the rows after the last one that is there.
async fn copy_table(
    source: &mut Connection,
    target: &Workspace,
    table: &CopyTable,
    told: &mut impl FnMut(CopyStep),
) -> Result<(), StoreError> {
    let columns = columns(table);
    let last = format!(
        "SELECT coalesce(max({}), -1) FROM {}",
        table.key, table.name
    );
    let mut last = target.reader().await?.number(Statement::new(last)).await?;
    loop {
        let mut batch: Vec<Vec<Value>> = Vec::new();
        let mut rows = source.stream(rows_after(table, last, BATCH));
        while let Some(row) = rows.next().await {
            let (key, values) = values(table, &row?)?;
            last = key;
            batch.push(values);
        }
        drop(rows);
        let found = batch.len() as i64;
        if found > 0 {
            let mut conn = target.begin().await?;
            let mut slots = Slots::default();
            for row in &batch {
                slots.add_row(table.name, &columns, row);
            }
            slots.make(&mut conn).await?;
            conn.insert_all(table.name, &columns, "", batch.into_iter())
                .await?;
            conn.commit().await?;
            told(CopyStep::Copied(found as u64));
        }
        if found < BATCH {
            return Ok(());
        }
    }
}

/// What has to be done once all rows are there.
async fn complete(conn: &mut Connection) -> Result<(), StoreError> {
    match conn.dialect() {
        Dialect::Gpkg => conn.script(MAKE_INDEXES).await?,
        Dialect::Postgis => {
            for table in TABLES.iter().filter(|table| table.key == "fid") {
                // Counters go on behind the numbers that were copied.
                let sql = format!(
                    "SELECT coalesce(setval(pg_get_serial_sequence('{name}', 'fid'), max(fid)), 0)
                     FROM {name} HAVING max(fid) > 0
                     AND pg_get_serial_sequence('{name}', 'fid') IS NOT NULL",
                    name = table.name
                );
                conn.number(Statement::new(sql)).await?;
            }
            conn.script("ANALYZE").await?;
        }
    }
    latest::draw(conn).await?;
    conn.script("DROP TABLE frontbeat_copy").await
}

/// The draft that an interrupted copy of the same source left, or a new one.
async fn draft_for(to: &WorkspaceAddress, of: &str) -> Result<Draft, StoreError> {
    if let Some(left) = Draft::resume(to).await? {
        if is_copy_of(left.workspace(), of).await {
            return Ok(left);
        }
        left.leave().await;
    }
    let draft = Draft::begin(to, None).await?;
    let mut conn = draft.workspace().begin().await?;
    conn.script("CREATE TABLE frontbeat_copy (source text NOT NULL)")
        .await?;
    conn.execute(Statement::new("INSERT INTO frontbeat_copy (source) VALUES (?)").bind(of))
        .await?;
    conn.commit().await?;
    Ok(draft)
}

/// Whether a draft is a copy of this source; a draft of something else has no such table.
async fn is_copy_of(draft: &Workspace, of: &str) -> bool {
    let looked = async {
        let mut conn = draft.reader().await?;
        let marks = Statement::new("SELECT source FROM frontbeat_copy");
        let row = conn.row(marks).await?;
        let source: Option<String> = row
            .map(|row| Reader::new(&row, "frontbeat_copy").get("source"))
            .transpose()?;
        Ok::<_, StoreError>(source)
    };
    matches!(looked.await, Ok(Some(source)) if source == of)
}

/// What tells a source apart, and one state of it from another: the workspace's first event
/// and the number of its last.
async fn fingerprint(source: &mut Connection) -> Result<String, StoreError> {
    let first = log::events_after(source, 0, 1).await?;
    let last = log::last(source).await?;
    let made = first
        .first()
        .map_or_else(String::new, |event| event.at.to_string());
    Ok(format!("made {made}, event {last}"))
}

async fn refuse_older(source: &mut Connection) -> Result<(), StoreError> {
    let version = Statement::new("SELECT coalesce(max(version), 0) FROM frontbeat_schema");
    let found = source.number(version).await?;
    let known = schema::newest();
    if found < known {
        return Err(StoreError::TooOld {
            path: source.shown().to_owned(),
            found,
            known,
        });
    }
    Ok(())
}

async fn count(conn: &mut Connection, table: &str) -> Result<u64, StoreError> {
    let count = Statement::new(format!("SELECT count(*) FROM {table}"));
    Ok(conn.number(count).await?.unsigned_abs())
}

fn differs(conn: &Connection, table: &CopyTable, read: &Content, written: &Content) -> StoreError {
    StoreError::CopyDiffers {
        path: conn.shown().to_owned(),
        table: table.name.to_owned(),
        why: format!(
            "{} rows with hash {}… were read, {} with hash {}… are there",
            read.rows,
            &read.sha256[..8],
            written.rows,
            &written.sha256[..8]
        ),
    }
}
