//! The register of layers (`gpkg_contents`): when each changed and what box it fills.
//! PostGIS knows that by itself: nothing is noted there.

use jiff::Timestamp;

use crate::place::area::Area;
use crate::place::position::Position;
use crate::store::connection::Connection;
use crate::store::error::StoreError;
use crate::store::row::Reader;
use crate::store::statement::{Dialect, Statement};

/// `application_id` of a GeoPackage: the letters `GPKG`.
pub const APPLICATION_ID: i64 = 0x4750_4B47;

/// `user_version` of GeoPackage 1.3.
pub const USER_VERSION: i64 = 10_300;

/// A box in degrees, grown by what is put into it; nothing at first.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Extent {
    sides: Option<[f64; 4]>,
}

impl Extent {
    /// The box of an area.
    pub fn of_area(area: &Area) -> Self {
        Self {
            sides: Some(area.bbox()),
        }
    }

    /// The box of one position.
    pub fn of_position(position: Position) -> Self {
        let (x, y) = (position.lon(), position.lat());
        Self {
            sides: Some([x, y, x, y]),
        }
    }

    /// A box by its west, south, east and north.
    pub fn of_sides(sides: [f64; 4]) -> Self {
        Self { sides: Some(sides) }
    }

    /// The box of several positions.
    pub fn of_positions(positions: &[Position]) -> Self {
        let mut all = Self::default();
        for &position in positions {
            all.add(Self::of_position(position));
        }
        all
    }

    /// Grows to hold the other box too.
    pub fn add(&mut self, other: Self) {
        self.sides = match (self.sides, other.sides) {
            (Some(a), Some(b)) => Some([
                a[0].min(b[0]),
                a[1].min(b[1]),
                a[2].max(b[2]),
                a[3].max(b[3]),
            ]),
            (a, b) => a.or(b),
        };
    }
}

/// Notes that a layer changed and which box it fills now.
///
/// # Errors
/// [`StoreError`].
pub async fn set_extent(
    conn: &mut Connection,
    table: &str,
    extent: Extent,
    at: Timestamp,
) -> Result<(), StoreError> {
    if conn.dialect() != Dialect::Gpkg {
        return Ok(());
    }
    let side = |i: usize| extent.sides.map(|s| s[i]);
    let statement = Statement::new(
        "UPDATE gpkg_contents SET last_change = ?, min_x = ?, min_y = ?, max_x = ?, max_y = ?
         WHERE table_name = ?",
    )
    .bind(at)
    .bind(side(0))
    .bind(side(1))
    .bind(side(2))
    .bind(side(3))
    .bind(table);
    conn.execute(statement).await.map(|_| ())
}

/// Notes that a layer changed and grew by a box.
///
/// # Errors
/// [`StoreError`].
pub async fn grow_extent(
    conn: &mut Connection,
    table: &'static str,
    by: Extent,
    at: Timestamp,
) -> Result<(), StoreError> {
    if conn.dialect() != Dialect::Gpkg {
        return Ok(());
    }
    let statement = Statement::new(
        "SELECT min_x, min_y, max_x, max_y FROM gpkg_contents
         WHERE table_name = ? AND max_y IS NOT NULL",
    )
    .bind(table);
    let mut extent = Extent::default();
    if let Some(row) = conn.row(statement).await? {
        let row = Reader::new(&row, "gpkg_contents");
        extent.sides = Some([
            row.get("min_x")?,
            row.get("min_y")?,
            row.get("max_x")?,
            row.get("max_y")?,
        ]);
    }
    extent.add(by);
    set_extent(conn, table, extent, at).await
}

/// Notes that a table without geometry changed.
///
/// # Errors
/// [`StoreError`].
pub async fn touch(
    conn: &mut Connection,
    table: &'static str,
    at: Timestamp,
) -> Result<(), StoreError> {
    set_extent(conn, table, Extent::default(), at).await
}
