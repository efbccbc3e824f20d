//! Rows of any table as values, and the hash of a table's content: the same in both
//! databases, whatever form they keep it in.

use geo_types::{Geometry, MultiPolygon};
use sha2::{Digest, Sha256};
use tokio_stream::StreamExt;

use crate::place::id::hex;
use crate::store::connection::Connection;
use crate::store::copy::tables::{CopyTable, Kind};
use crate::store::error::StoreError;
use crate::store::gpkg::contents::Extent;
use crate::store::instant;
use crate::store::row::{Reader, Row};
use crate::store::statement::{Statement, Value};
use crate::store::wkb::Wkb;

/// What a table holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Content {
    /// How many rows.
    pub rows: u64,
    /// SHA-256 of all rows by key, hexadecimal.
    pub sha256: String,
    /// The box that its geometries fill.
    pub extent: Extent,
}

/// The columns of a table in the order of [`values`], key first.
pub fn columns(table: &CopyTable) -> Vec<&'static str> {
    let others = table.columns.iter().map(|(name, _)| *name);
    [table.key].into_iter().chain(others).collect()
}

/// The next rows after a key, at most so many, by key.
pub fn rows_after(table: &CopyTable, key: i64, limit: i64) -> Statement {
    let sql = format!(
        "SELECT {} FROM {} WHERE {key} > ? ORDER BY {key} LIMIT ?",
        columns(table).join(","),
        table.name,
        key = table.key
    );
    Statement::new(sql).bind(key).bind(limit)
}

/// A row's values, key first.
///
/// # Errors
/// [`StoreError::Damaged`] where one can't be read.
pub fn values(table: &CopyTable, row: &Row) -> Result<(i64, Vec<Value>), StoreError> {
    let reader = Reader::new(row, table.name);
    let key: i64 = reader.get(table.key)?;
    let mut values = Vec::with_capacity(table.columns.len() + 1);
    values.push(Value::from(key));
    for (column, kind) in table.columns {
        values.push(value(reader, column, *kind)?);
    }
    Ok((key, values))
}

fn value(row: Reader<'_>, column: &'static str, kind: Kind) -> Result<Value, StoreError> {
    Ok(match kind {
        Kind::Text => Value::Text(row.get(column)?),
        Kind::Int => Value::Int(row.get(column)?),
        Kind::Real => Value::Real(row.get(column)?),
        Kind::Blob => Value::Blob(row.get(column)?),
        Kind::Instant => Value::Instant(row.optional_time(column)?),
        Kind::Json => Value::Json(row.json(column)?.to_owned()),
        Kind::Point => Value::Point(row.position()?),
        Kind::Area => {
            let shape = match row.geometry()? {
                Geometry::Polygon(polygon) => Geometry::MultiPolygon(MultiPolygon(vec![polygon])),
                other => other,
            };
            Value::Shape(Some(wkb(row, &shape)?))
        }
        Kind::Shape => {
            let shape = row.optional_geometry()?;
            Value::Shape(shape.map(|shape| wkb(row, &shape)).transpose()?)
        }
    })
}

fn wkb(row: Reader<'_>, shape: &Geometry<f64>) -> Result<Wkb, StoreError> {
    Wkb::of(shape).map_err(|fault| row.damaged(fault))
}

/// Reads a whole table and hashes it.
///
/// # Errors
/// [`StoreError`].
pub async fn content(
    conn: &mut Connection,
    table: &CopyTable,
    mut seen: impl FnMut(u64),
) -> Result<Content, StoreError> {
    const TOLD_EVERY: u64 = 10_000;
    let mut hash = Sha256::new();
    let mut found = 0;
    let mut extent = Extent::default();
    let mut rows = conn.stream(rows_after(table, i64::MIN, i64::MAX));
    while let Some(row) = rows.next().await {
        let (_, values) = values(table, &row?)?;
        for value in &values {
            add(&mut hash, value);
            extent.add(extent_of(value));
        }
        found += 1;
        if found % TOLD_EVERY == 0 {
            seen(TOLD_EVERY);
        }
    }
    seen(found % TOLD_EVERY);
    Ok(Content {
        rows: found,
        sha256: hex(&hash.finalize()),
        extent,
    })
}

/// One value: a letter for its kind (a small one for NULL), and its bytes after their length.
fn add(hash: &mut Sha256, value: &Value) {
    let mut put = |letter: u8, bytes: Option<&[u8]>| match bytes {
        Some(bytes) => {
            hash.update([letter]);
            hash.update((bytes.len() as u64).to_le_bytes());
            hash.update(bytes);
        }
        None => hash.update([letter.to_ascii_lowercase()]),
    };
    match value {
        Value::Text(text) => put(b'T', text.as_deref().map(str::as_bytes)),
        Value::Word(word) => put(b'T', Some(word.as_bytes())),
        Value::Real(number) => put(b'R', number.map(f64::to_le_bytes).as_ref().map(|b| &b[..])),
        Value::Int(number) => put(b'I', number.map(i64::to_le_bytes).as_ref().map(|b| &b[..])),
        Value::Blob(bytes) => put(b'B', bytes.as_deref()),
        Value::Instant(at) => {
            let millis = at.map(|at| instant::millis(at).to_le_bytes());
            put(b'M', millis.as_ref().map(|b| &b[..]));
        }
        Value::Json(text) => put(b'J', Some(text.as_bytes())),
        Value::Point(position) => {
            let mut bytes = [0; 16];
            bytes[..8].copy_from_slice(&position.lon().to_le_bytes());
            bytes[8..].copy_from_slice(&position.lat().to_le_bytes());
            put(b'P', Some(&bytes));
        }
        Value::Shape(shape) => put(b'G', shape.as_ref().map(|wkb| wkb.bytes.as_slice())),
    }
}

fn extent_of(value: &Value) -> Extent {
    match value {
        Value::Point(position) => Extent::of_position(*position),
        Value::Shape(Some(wkb)) => wkb.envelope.map_or_else(Extent::default, |[w, e, s, n]| {
            Extent::of_sides([w, s, e, n])
        }),
        _ => Extent::default(),
    }
}
