//! A statement as PostgreSQL takes it: values numbered, every one with its type.

use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::types::Oid;
use sqlx::postgres::{PgArgumentBuffer, PgArguments, PgTypeInfo};
use sqlx::{AssertSqlSafe, Encode, Postgres, Type};

use crate::store::postgis::geometry::{ewkb_of, ewkb_of_point};
use crate::store::postgis::instant::PgInstant;
use crate::store::statement::{Statement, Value};

/// The number of the type json, the same in every PostgreSQL.
const JSON: Oid = Oid(114);

/// A query with its values.
pub type Query = sqlx::query::Query<'static, Postgres, PgArguments>;

/// The query of a statement.
pub fn query(statement: Statement) -> Query {
    let (sql, values) = statement.numbered();
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
        Value::Instant(at) => query.bind(at.map(PgInstant)),
        Value::Json(text) => query.bind(PgJson(text)),
        Value::Point(position) => query.bind(PgGeometry(ewkb_of_point(position))),
        Value::Shape(shape) => query.bind(shape.map(|wkb| PgGeometry(ewkb_of(&wkb)))),
    }
}

/// The text of a JSON document.
struct PgJson(String);

impl Type<Postgres> for PgJson {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(JSON)
    }
}

impl Encode<'_, Postgres> for PgJson {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        buffer.extend_from_slice(self.0.as_bytes());
        Ok(IsNull::No)
    }
}

/// A geometry as EWKB.
struct PgGeometry(Vec<u8>);

impl Type<Postgres> for PgGeometry {
    fn type_info() -> PgTypeInfo {
        // An extension's type has another number in every database: asked once a connection.
        PgTypeInfo::with_name("geometry")
    }
}

impl Encode<'_, Postgres> for PgGeometry {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        buffer.extend_from_slice(&self.0);
        Ok(IsNull::No)
    }
}
