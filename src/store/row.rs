//! Values on their way into a table and out of it. What comes out is checked, since other
//! programs may edit the file: a value that Frontbeat would not have written is
//! [`StoreError::Damaged`], never a panic.

use jiff::Timestamp;
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{AssertSqlSafe, Decode, Row, Sqlite, SqliteConnection, Type};

use crate::place::area::Area;
use crate::place::position::Position;
use crate::store::codes::Coded;
use crate::store::error::StoreError;
use crate::store::gpkg::geometry::{decode, decode_own_point};
use crate::store::instant;

/// Rows in one statement: enough to spread its cost, far below SQLite's 32,766 values.
const CHUNK: usize = 400;

/// One value to write.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Text or NULL.
    Text(Option<String>),
    /// Text from the program itself.
    Word(&'static str),
    /// A number or NULL.
    Real(Option<f64>),
    /// A whole number or NULL.
    Int(Option<i64>),
    /// Bytes or NULL.
    Blob(Option<Vec<u8>>),
}

impl Value {
    /// Text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(Some(text.into()))
    }
}

/// A query with its values so far.
pub type Query<'q> = sqlx::query::Query<'q, Sqlite, SqliteArguments>;

/// Adds a value to a query.
pub fn bind(query: Query<'_>, value: Value) -> Query<'_> {
    match value {
        Value::Text(text) => query.bind(text),
        Value::Word(word) => query.bind(word),
        Value::Real(number) => query.bind(number),
        Value::Int(number) => query.bind(number),
        Value::Blob(bytes) => query.bind(bytes),
    }
}

/// Inserts rows of `columns.len()` values, many in a statement, and returns how many went
/// in. `on_conflict` is what follows the values, e.g. `ON CONFLICT (id) DO NOTHING`.
///
/// # Errors
/// The database's own fault.
pub async fn insert_all(
    conn: &mut SqliteConnection,
    table: &str,
    columns: &[&str],
    on_conflict: &str,
    rows: impl Iterator<Item = Vec<Value>>,
) -> Result<u64, sqlx::Error> {
    let mut inserted = 0;
    let mut rows = rows.peekable();
    while rows.peek().is_some() {
        let chunk: Vec<Vec<Value>> = rows.by_ref().take(CHUNK).collect();
        let sql = insert_sql(table, columns, on_conflict, chunk.len());
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for value in chunk.into_iter().flatten() {
            query = bind(query, value);
        }
        inserted += query.execute(&mut *conn).await?.rows_affected();
    }
    Ok(inserted)
}

fn insert_sql(table: &str, columns: &[&str], on_conflict: &str, rows: usize) -> String {
    let row = format!("({})", vec!["?"; columns.len()].join(","));
    format!(
        "INSERT INTO {table} ({}) VALUES {} {on_conflict}",
        columns.join(","),
        vec![row.as_str(); rows].join(",")
    )
}

/// One row as read, with the name of its table for what is said of damage.
#[derive(Clone, Copy)]
pub struct Reader<'r> {
    row: &'r SqliteRow,
    table: &'static str,
}

impl<'r> Reader<'r> {
    /// Reads a row of a table.
    pub fn new(row: &'r SqliteRow, table: &'static str) -> Self {
        Self { row, table }
    }

    /// What is said of a damaged row.
    pub fn damaged(&self, why: impl ToString) -> StoreError {
        StoreError::Damaged {
            table: self.table.into(),
            why: why.to_string(),
        }
    }

    /// A value of a column.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] where it is NULL or of another type.
    pub fn get<T: Decode<'r, Sqlite> + Type<Sqlite>>(
        &self,
        column: &'static str,
    ) -> Result<T, StoreError> {
        self.row.try_get(column).map_err(|e| self.damaged(e))
    }

    /// A value of an enumeration.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] where the word is unknown.
    pub fn code<T: Coded>(&self, column: &'static str) -> Result<T, StoreError> {
        let code: &str = self.get(column)?;
        T::from_code(code).ok_or_else(|| self.damaged(format!("{column} is {code:?}")))
    }

    /// An instant from a column of milliseconds.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] where it is beyond the calendar.
    pub fn instant(&self, column: &'static str) -> Result<Timestamp, StoreError> {
        self.millis(column, self.get(column)?)
    }

    /// An instant from a column of milliseconds that may be NULL.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] where it is beyond the calendar.
    pub fn optional_instant(&self, column: &'static str) -> Result<Option<Timestamp>, StoreError> {
        let millis: Option<i64> = self.get(column)?;
        millis.map(|m| self.millis(column, m)).transpose()
    }

    fn millis(&self, column: &str, millis: i64) -> Result<Timestamp, StoreError> {
        instant::from_millis(millis).ok_or_else(|| self.damaged(format!("{column} is {millis}")))
    }

    /// The geometry.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] where it can't be read or is empty.
    pub fn geometry(&self) -> Result<geo_types::Geometry<f64>, StoreError> {
        decode(self.get("geom")?)
            .map_err(|e| self.damaged(e))?
            .geometry
            .ok_or_else(|| self.damaged("the geometry is empty"))
    }

    /// The geometry, where it is a point.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] where it is anything else.
    pub fn position(&self) -> Result<Position, StoreError> {
        let blob: &[u8] = self.get("geom")?;
        let (lon, lat) = match decode_own_point(blob) {
            Some(numbers) => numbers,
            None => match self.geometry()? {
                geo_types::Geometry::Point(p) => (p.x(), p.y()),
                _ => return Err(self.damaged("the geometry is not a point")),
            },
        };
        Position::new(lon, lat).map_err(|e| self.damaged(e))
    }

    /// The geometry, where it is a valid area.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] where it is anything else.
    pub fn area(&self) -> Result<Area, StoreError> {
        let shape = match self.geometry()? {
            geo_types::Geometry::MultiPolygon(shape) => shape,
            geo_types::Geometry::Polygon(polygon) => geo_types::MultiPolygon(vec![polygon]),
            _ => return Err(self.damaged("the geometry is not a polygon")),
        };
        Area::from_shape(shape).map_err(|e| self.damaged(e))
    }
}
