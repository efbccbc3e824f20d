//! A statement as SQLite takes it: instants as ISO 8601 text in UTC, JSON as text,
//! geometries as GeoPackage blobs.

use sqlx::sqlite::SqliteArguments;
use sqlx::{AssertSqlSafe, Sqlite};

use crate::store::gpkg::geometry::{WGS_84, blob_of, encode_point};
use crate::store::instant;
use crate::store::statement::{Statement, Value};

/// A query with its values.
pub type Query = sqlx::query::Query<'static, Sqlite, SqliteArguments>;

/// The query of a statement.
pub fn query(statement: Statement) -> Query {
    let (sql, values) = statement.plain();
    values
        .into_iter()
        .fold(sqlx::query(AssertSqlSafe(sql)), bind)
}

fn bind(query: Query, value: Value) -> Query {
    match value {
        Value::Text(text) => query.bind(text),
        Value::Word(word) => query.bind(word),
        Value::Real(number) => query.bind(number),
        Value::Int(number) => query.bind(number),
        Value::Blob(bytes) => query.bind(bytes),
        Value::Instant(at) => query.bind(at.map(instant::text)),
        Value::Json(text) => query.bind(text),
        Value::Point(position) => query.bind(encode_point(position)),
        Value::Shape(shape) => query.bind(shape.map(|wkb| blob_of(&wkb, WGS_84))),
    }
}
