//! The small tables: the district and its boundary, categories, shifts, speeds.

use jiff::Timestamp;
use sqlx::SqliteConnection;

use crate::calendar::shift::Shift;
use crate::incident::category::IncidentCategory;
use crate::place::area::Area;
use crate::place::district::District;
use crate::roads::speed::{ClassSpeed, SpeedTable};
use crate::store::error::StoreError;
use crate::store::fault::database_fault;
use crate::store::gpkg::contents::{Extent, set_extent, touch};
use crate::store::layers::area_blob;
use crate::store::record::{NewWorkspace, WriteOutcome};
use crate::store::row::{Reader, Value, insert_all};

/// What every row of a synthetic workspace says of itself.
pub const SYNTHETIC: &str = "SYNTHETIC 模拟数据";

/// The mark of a workspace's rows.
pub fn mark(synthetic: bool) -> &'static str {
    if synthetic { SYNTHETIC } else { "" }
}

/// Fills the tables of a new workspace.
///
/// # Errors
/// The database's own fault.
pub async fn fill_new(
    conn: &mut SqliteConnection,
    new: &NewWorkspace,
    at: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO district (fid, name, timezone, synthetic) VALUES (1, ?, ?, ?)")
        .bind(new.name.as_str())
        .bind(new.timezone.as_str())
        .bind(mark(new.synthetic))
        .execute(&mut *conn)
        .await?;
    touch(conn, "district", at).await?;
    add_categories(conn, &IncidentCategory::defaults(), at).await?;
    for shift in Shift::defaults() {
        sqlx::query(
            "INSERT INTO shifts (id, name_en, name_zh, starts_at, ends_at) VALUES (?, ?, ?, ?, ?)",
        )
        .bind(shift.id)
        .bind(shift.name_en)
        .bind(shift.name_zh)
        .bind(shift.start.to_string())
        .bind(shift.end.to_string())
        .execute(&mut *conn)
        .await?;
    }
    touch(conn, "shifts", at).await?;
    write_speeds(conn, &SpeedTable::default(), at).await
}

/// Name, time zone, boundary.
///
/// # Errors
/// [`StoreError`].
pub async fn read_district(
    conn: &mut SqliteConnection,
    path: &str,
) -> Result<District, StoreError> {
    let fault = |e| database_fault(path, e);
    let row = sqlx::query("SELECT name, timezone, synthetic FROM district WHERE fid = 1")
        .fetch_optional(&mut *conn)
        .await
        .map_err(fault)?
        .ok_or_else(|| StoreError::Damaged {
            table: "district".into(),
            why: "it is empty".into(),
        })?;
    let row = Reader::new(&row, "district");
    let synthetic: &str = row.get("synthetic")?;
    Ok(District {
        name: row.get("name")?,
        timezone: row.get("timezone")?,
        synthetic: synthetic == SYNTHETIC,
        boundary: read_boundary(conn, path).await?,
    })
}

/// The boundary; none until there is one.
///
/// # Errors
/// [`StoreError`].
pub async fn read_boundary(
    conn: &mut SqliteConnection,
    path: &str,
) -> Result<Option<Area>, StoreError> {
    sqlx::query("SELECT geom FROM boundary WHERE fid = 1")
        .fetch_optional(conn)
        .await
        .map_err(|e| database_fault(path, e))?
        .map(|row| Reader::new(&row, "boundary").area())
        .transpose()
}

/// Replaces the boundary.
///
/// # Errors
/// [`StoreError`].
pub async fn write_boundary(
    conn: &mut SqliteConnection,
    path: &str,
    area: &Area,
    district: &District,
    at: Timestamp,
) -> Result<WriteOutcome, StoreError> {
    let fault = |e| database_fault(path, e);
    let mut outcome = WriteOutcome::default();
    match &district.boundary {
        None => outcome.added = 1,
        Some(same) if same == area => {
            outcome.known = 1;
            return Ok(outcome);
        }
        Some(_) => outcome.replaced = 1,
    }
    sqlx::query("INSERT OR REPLACE INTO boundary (fid, geom, name, synthetic) VALUES (1, ?, ?, ?)")
        .bind(area_blob("boundary", area)?)
        .bind(district.name.as_str())
        .bind(mark(district.synthetic))
        .execute(&mut *conn)
        .await
        .map_err(fault)?;
    set_extent(conn, "boundary", Extent::of_area(area), at)
        .await
        .map_err(fault)?;
    Ok(outcome)
}

/// Adds the categories whose code is not in the table.
///
/// # Errors
/// The database's own fault.
pub async fn add_categories(
    conn: &mut SqliteConnection,
    categories: &[IncidentCategory],
    at: Timestamp,
) -> Result<(), sqlx::Error> {
    let rows = categories.iter().map(|c| {
        vec![
            Value::text(c.code.as_str()),
            Value::text(c.parent()),
            Value::text(c.name_en.as_str()),
            Value::text(c.name_zh.as_str()),
        ]
    });
    let columns = ["code", "parent", "name_en", "name_zh"];
    let keep = "ON CONFLICT (code) DO NOTHING";
    let added = insert_all(conn, "incident_categories", &columns, keep, rows).await?;
    if added > 0 {
        touch(conn, "incident_categories", at).await?;
    }
    Ok(())
}

/// The category table, by code.
///
/// # Errors
/// [`StoreError`].
pub async fn read_categories(
    conn: &mut SqliteConnection,
    path: &str,
) -> Result<Vec<IncidentCategory>, StoreError> {
    sqlx::query("SELECT code, name_en, name_zh FROM incident_categories ORDER BY code")
        .fetch_all(conn)
        .await
        .map_err(|e| database_fault(path, e))?
        .iter()
        .map(|row| {
            let row = Reader::new(row, "incident_categories");
            Ok(IncidentCategory {
                code: row.get("code")?,
                name_en: row.get("name_en")?,
                name_zh: row.get("name_zh")?,
            })
        })
        .collect()
}

/// The shift table, by start.
///
/// # Errors
/// [`StoreError`].
pub async fn read_shifts(
    conn: &mut SqliteConnection,
    path: &str,
) -> Result<Vec<Shift>, StoreError> {
    sqlx::query(
        "SELECT id, name_en, name_zh, starts_at, ends_at FROM shifts ORDER BY starts_at, id",
    )
    .fetch_all(conn)
    .await
    .map_err(|e| database_fault(path, e))?
    .iter()
    .map(|row| {
        let row = Reader::new(row, "shifts");
        let time = |column| {
            let text: &str = row.get(column)?;
            text.parse()
                .map_err(|_| row.damaged(format!("{column} is {text:?}")))
        };
        Ok(Shift {
            id: row.get("id")?,
            name_en: row.get("name_en")?,
            name_zh: row.get("name_zh")?,
            start: time("starts_at")?,
            end: time("ends_at")?,
        })
    })
    .collect()
}

/// Speeds by road class, in the order they were given.
///
/// # Errors
/// [`StoreError`].
pub async fn read_speeds(
    conn: &mut SqliteConnection,
    path: &str,
) -> Result<SpeedTable, StoreError> {
    let classes = sqlx::query("SELECT class, kmh FROM speeds ORDER BY fid")
        .fetch_all(conn)
        .await
        .map_err(|e| database_fault(path, e))?
        .iter()
        .map(|row| {
            let row = Reader::new(row, "speeds");
            Ok(ClassSpeed {
                class: row.get("class")?,
                kmh: row.get("kmh")?,
            })
        })
        .collect::<Result<_, StoreError>>()?;
    Ok(SpeedTable { classes })
}

/// Replaces the speeds.
///
/// # Errors
/// The database's own fault.
pub async fn write_speeds(
    conn: &mut SqliteConnection,
    speeds: &SpeedTable,
    at: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM speeds")
        .execute(&mut *conn)
        .await?;
    let rows = speeds
        .classes
        .iter()
        .map(|s| vec![Value::text(s.class.as_str()), Value::Real(Some(s.kmh))]);
    insert_all(conn, "speeds", &["class", "kmh"], "", rows).await?;
    touch(conn, "speeds", at).await
}

/// Whether a file has a table: those of an older version, opened for reading, lack some.
///
/// # Errors
/// The database's own fault.
pub async fn is_there(conn: &mut SqliteConnection, table: &str) -> Result<bool, sqlx::Error> {
    let found: i64 =
        sqlx::query_scalar("SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = ?")
            .bind(table)
            .fetch_one(conn)
            .await?;
    Ok(found > 0)
}
