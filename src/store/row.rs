//! Values on their way out of a table. What comes out is checked, since other programs may
//! edit the workspace: a value that Frontbeat would not have written is
//! [`StoreError::Damaged`], never a panic.

use jiff::Timestamp;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{Decode, Postgres, Row as _, Sqlite, Type};

use crate::place::area::Area;
use crate::place::position::Position;
use crate::store::codes::Coded;
use crate::store::error::StoreError;
use crate::store::gpkg::geometry::{decode, decode_own_point};
use crate::store::instant;
use crate::store::postgis::geometry::{decode_ewkb, decode_ewkb_point};
use crate::store::postgis::instant::PgInstant;
use crate::store::wkb::GeometryFault;

/// A row of either database.
#[derive(Debug)]
pub enum Row {
    /// Of SQLite.
    Gpkg(SqliteRow),
    /// Of PostgreSQL.
    Postgis(PgRow),
}

impl Row {
    /// The whole number in the first column; 0 for NULL.
    ///
    /// # Errors
    /// The database's own fault.
    pub fn first_number(&self) -> Result<i64, sqlx::Error> {
        let number: Option<i64> = match self {
            Self::Gpkg(row) => row.try_get(0)?,
            Self::Postgis(row) => row.try_get(0)?,
        };
        Ok(number.unwrap_or(0))
    }
}

/// One row as read, with the name of its table for what is said of damage.
#[derive(Clone, Copy)]
pub struct Reader<'r> {
    row: &'r Row,
    table: &'static str,
}

impl<'r> Reader<'r> {
    /// Reads a row of a table.
    pub fn new(row: &'r Row, table: &'static str) -> Self {
        Self { row, table }
    }

    /// What is said of a damaged row.
    pub fn damaged(&self, why: impl ToString) -> StoreError {
        StoreError::Damaged {
            table: self.table.into(),
            why: match self.named() {
                Some(named) => format!("{named}: {}", why.to_string()),
                None => why.to_string(),
            },
        }
    }

    /// Which row it is, where it was read with what names it.
    fn named(&self) -> Option<String> {
        let text = match self.row {
            Row::Gpkg(row) => row.try_get::<&str, _>("id").ok(),
            Row::Postgis(row) => row.try_get::<&str, _>("id").ok(),
        };
        let number = |column: &str| match self.row {
            Row::Gpkg(row) => row.try_get::<i64, _>(column).ok(),
            Row::Postgis(row) => row.try_get::<i64, _>(column).ok(),
        };
        text.map(|id| format!("id {id:?}")).or_else(|| {
            ["sequence", "fid"]
                .into_iter()
                .find_map(|column| number(column).map(|n| format!("{column} {n}")))
        })
    }

    /// A value of a column.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] where it is NULL or of another type.
    pub fn get<T>(&self, column: &'static str) -> Result<T, StoreError>
    where
        T: Decode<'r, Sqlite> + Type<Sqlite> + Decode<'r, Postgres> + Type<Postgres>,
    {
        let got = match self.row {
            Row::Gpkg(row) => row.try_get(column),
            Row::Postgis(row) => row.try_get(column),
        };
        got.map_err(|e| self.damaged(e))
    }

    /// The text of a JSON document.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] where it is NULL or of another type.
    pub fn json(&self, column: &'static str) -> Result<&'r str, StoreError> {
        self.optional_json(column)?
            .ok_or_else(|| self.damaged(format!("{column} is NULL")))
    }

    /// The text of a JSON document that may be NULL.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] where it is of another type.
    pub fn optional_json(&self, column: &'static str) -> Result<Option<&'r str>, StoreError> {
        let got = match self.row {
            Row::Gpkg(row) => row.try_get(column),
            // The type json is sent as its text.
            Row::Postgis(row) => row.try_get_unchecked(column),
        };
        got.map_err(|e| self.damaged(e))
    }

    /// A value of an enumeration.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] where the word is unknown.
    pub fn code<T: Coded>(&self, column: &'static str) -> Result<T, StoreError> {
        let code: &str = self.get(column)?;
        T::from_code(code).ok_or_else(|| self.damaged(format!("{column} is {code:?}")))
    }

    /// An instant from a column of instants.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] where it is NULL or can't be read.
    pub fn time(&self, column: &'static str) -> Result<Timestamp, StoreError> {
        self.optional_time(column)?
            .ok_or_else(|| self.damaged(format!("{column} is NULL")))
    }

    /// An instant from a column of instants that may be NULL.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] where it can't be read.
    pub fn optional_time(&self, column: &'static str) -> Result<Option<Timestamp>, StoreError> {
        match self.row {
            Row::Gpkg(row) => {
                let text: Option<&str> = row.try_get(column).map_err(|e| self.damaged(e))?;
                text.map(|text| {
                    text.parse()
                        .map_err(|_| self.damaged(format!("{column} is {text:?}")))
                })
                .transpose()
            }
            Row::Postgis(row) => {
                let at: Option<PgInstant> =
                    row.try_get_unchecked(column).map_err(|e| self.damaged(e))?;
                Ok(at.map(|at| at.0))
            }
        }
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
        self.optional_geometry()?
            .ok_or_else(|| self.damaged("the geometry is empty"))
    }

    /// The geometry; none where it is NULL or empty.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] where it can't be read.
    pub fn optional_geometry(&self) -> Result<Option<geo_types::Geometry<f64>>, StoreError> {
        let Some(bytes) = self.geometry_bytes()? else {
            return Ok(None);
        };
        let decoded: Result<_, GeometryFault> = match self.row {
            Row::Gpkg(_) => decode(bytes).map(|decoded| decoded.geometry),
            Row::Postgis(_) => decode_ewkb(bytes),
        };
        decoded.map_err(|e| self.damaged(e))
    }

    /// The geometry, where it is a point.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] where it is anything else.
    pub fn position(&self) -> Result<Position, StoreError> {
        self.optional_position()?
            .ok_or_else(|| self.damaged("the geometry is empty"))
    }

    /// The geometry, where it is a point; none where it is NULL or empty.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] where it is anything else.
    pub fn optional_position(&self) -> Result<Option<Position>, StoreError> {
        let quick = self.geometry_bytes()?.and_then(|bytes| match self.row {
            Row::Gpkg(_) => decode_own_point(bytes),
            Row::Postgis(_) => decode_ewkb_point(bytes),
        });
        let (lon, lat) = match quick {
            Some(numbers) => numbers,
            None => match self.optional_geometry()? {
                None => return Ok(None),
                Some(geo_types::Geometry::Point(p)) => (p.x(), p.y()),
                Some(_) => return Err(self.damaged("the geometry is not a point")),
            },
        };
        Position::new(lon, lat)
            .map(Some)
            .map_err(|e| self.damaged(e))
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

    fn geometry_bytes(&self) -> Result<Option<&'r [u8]>, StoreError> {
        let got = match self.row {
            Row::Gpkg(row) => row.try_get("geom"),
            Row::Postgis(row) => row.try_get_unchecked("geom"),
        };
        got.map_err(|e| self.damaged(e))
    }
}
