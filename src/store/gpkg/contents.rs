//! The register of layers (`gpkg_contents`): when each changed and what box it fills.

use jiff::Timestamp;
use sqlx::SqliteConnection;

use crate::place::area::Area;
use crate::place::position::Position;
use crate::store::instant;

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
/// The database's own fault.
pub async fn set_extent(
    conn: &mut SqliteConnection,
    table: &str,
    extent: Extent,
    at: Timestamp,
) -> Result<(), sqlx::Error> {
    let side = |i: usize| extent.sides.map(|s| s[i]);
    sqlx::query(
        "UPDATE gpkg_contents SET last_change = ?, min_x = ?, min_y = ?, max_x = ?, max_y = ?
         WHERE table_name = ?",
    )
    .bind(instant::text(at))
    .bind(side(0))
    .bind(side(1))
    .bind(side(2))
    .bind(side(3))
    .bind(table)
    .execute(conn)
    .await?;
    Ok(())
}

/// Notes that a layer changed and grew by a box.
///
/// # Errors
/// The database's own fault.
pub async fn grow_extent(
    conn: &mut SqliteConnection,
    table: &str,
    by: Extent,
    at: Timestamp,
) -> Result<(), sqlx::Error> {
    let known: Option<(f64, f64, f64, f64)> = sqlx::query_as(
        "SELECT min_x, min_y, max_x, max_y FROM gpkg_contents
         WHERE table_name = ? AND max_y IS NOT NULL",
    )
    .bind(table)
    .fetch_optional(&mut *conn)
    .await?;
    let mut extent = Extent {
        sides: known.map(|(west, south, east, north)| [west, south, east, north]),
    };
    extent.add(by);
    set_extent(conn, table, extent, at).await
}

/// Notes that a table without geometry changed.
///
/// # Errors
/// The database's own fault.
pub async fn touch(
    conn: &mut SqliteConnection,
    table: &str,
    at: Timestamp,
) -> Result<(), sqlx::Error> {
    set_extent(conn, table, Extent::default(), at).await
}
