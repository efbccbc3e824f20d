//! The small tables: the district and its boundary, categories, shifts, speeds.

use jiff::Timestamp;

use crate::calendar::shift::Shift;
use crate::incident::category::IncidentCategory;
use crate::place::area::Area;
use crate::place::district::District;
use crate::roads::speed::{ClassSpeed, SpeedTable};
use crate::store::connection::Connection;
use crate::store::error::StoreError;
use crate::store::gpkg::contents::{Extent, set_extent, touch};
use crate::store::layers::area_value;
use crate::store::record::{NewWorkspace, WriteOutcome};
use crate::store::row::Reader;
use crate::store::statement::{Dialect, Statement, Value};
use crate::store::workspace::Workspace;

/// What every row of a synthetic workspace says of itself.
pub const SYNTHETIC: &str = "SYNTHETIC 模拟数据";

/// The mark of a workspace's rows.
pub fn mark(synthetic: bool) -> &'static str {
    if synthetic { SYNTHETIC } else { "" }
}

impl Workspace {
    /// Name, time zone, boundary.
    pub async fn district(&self) -> Result<District, StoreError> {
        read_district(&mut self.reader().await?).await
    }
    /// The category table, by code.
    pub async fn categories(&self) -> Result<Vec<IncidentCategory>, StoreError> {
        read_categories(&mut self.reader().await?).await
    }
    /// The shift table, by start.
    pub async fn shifts(&self) -> Result<Vec<Shift>, StoreError> {
        read_shifts(&mut self.reader().await?).await
    }
}

/// Fills the tables of a new workspace.
///
/// # Errors
/// [`StoreError`].
pub async fn fill_new(
    conn: &mut Connection,
    new: &NewWorkspace,
    at: Timestamp,
) -> Result<(), StoreError> {
    let statement =
        Statement::new("INSERT INTO district (fid, name, timezone, synthetic) VALUES (1, ?, ?, ?)")
            .bind(new.name.as_str())
            .bind(new.timezone.as_str())
            .bind(mark(new.synthetic));
    conn.execute(statement).await?;
    touch(conn, "district", at).await?;
    add_categories(conn, &IncidentCategory::defaults(), at).await?;
    let columns = ["id", "name_en", "name_zh", "starts_at", "ends_at"];
    let rows = Shift::defaults().into_iter().map(|shift| {
        vec![
            Value::text(shift.id),
            Value::text(shift.name_en),
            Value::text(shift.name_zh),
            Value::text(shift.start.to_string()),
            Value::text(shift.end.to_string()),
        ]
    });
    conn.insert_all("shifts", &columns, "", rows).await?;
    touch(conn, "shifts", at).await?;
    write_speeds(conn, &SpeedTable::default(), at).await
}

/// Name, time zone, boundary.
///
/// # Errors
/// [`StoreError`].
pub async fn read_district(conn: &mut Connection) -> Result<District, StoreError> {
    let statement = Statement::new("SELECT name, timezone, synthetic FROM district WHERE fid = 1");
    let row = conn
        .row(statement)
        .await?
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
        boundary: read_boundary(conn).await?,
    })
}

/// The boundary; none until there is one.
async fn read_boundary(conn: &mut Connection) -> Result<Option<Area>, StoreError> {
    conn.row(Statement::new("SELECT geom FROM boundary WHERE fid = 1"))
        .await?
        .map(|row| Reader::new(&row, "boundary").area())
        .transpose()
}

/// Replaces the boundary.
///
/// # Errors
/// [`StoreError`].
pub async fn write_boundary(
    conn: &mut Connection,
    area: &Area,
    district: &District,
    at: Timestamp,
) -> Result<WriteOutcome, StoreError> {
    let mut outcome = WriteOutcome::default();
    match &district.boundary {
        None => outcome.added = 1,
        Some(same) if same == area => {
            outcome.known = 1;
            return Ok(outcome);
        }
        Some(_) => outcome.replaced = 1,
    }
    let statement = Statement::new(
        "INSERT INTO boundary (fid, geom, name, synthetic) VALUES (1, ?, ?, ?)
         ON CONFLICT (fid) DO UPDATE SET geom = excluded.geom, name = excluded.name,
             synthetic = excluded.synthetic",
    )
    .bind(area_value("boundary", area)?)
    .bind(district.name.as_str())
    .bind(mark(district.synthetic));
    conn.execute(statement).await?;
    set_extent(conn, "boundary", Extent::of_area(area), at).await?;
    Ok(outcome)
}

/// Adds the categories whose code is not in the table.
///
/// # Errors
/// [`StoreError`].
pub async fn add_categories(
    conn: &mut Connection,
    categories: &[IncidentCategory],
    at: Timestamp,
) -> Result<(), StoreError> {
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
    let added = conn
        .insert_all("incident_categories", &columns, keep, rows)
        .await?;
    if added > 0 {
        touch(conn, "incident_categories", at).await?;
    }
    Ok(())
}

async fn read_categories(conn: &mut Connection) -> Result<Vec<IncidentCategory>, StoreError> {
    let statement =
        Statement::new("SELECT code, name_en, name_zh FROM incident_categories ORDER BY code");
    conn.rows(statement)
        .await?
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

async fn read_shifts(conn: &mut Connection) -> Result<Vec<Shift>, StoreError> {
    let statement = Statement::new(
        "SELECT id, name_en, name_zh, starts_at, ends_at FROM shifts ORDER BY starts_at, id",
    );
    conn.rows(statement)
        .await?
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
pub async fn read_speeds(conn: &mut Connection) -> Result<SpeedTable, StoreError> {
    let classes = conn
        .rows(Statement::new("SELECT class, kmh FROM speeds ORDER BY fid"))
        .await?
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
/// [`StoreError`].
pub async fn write_speeds(
    conn: &mut Connection,
    speeds: &SpeedTable,
    at: Timestamp,
) -> Result<(), StoreError> {
    conn.execute(Statement::new("DELETE FROM speeds")).await?;
    let rows = speeds
        .classes
        .iter()
        .map(|s| vec![Value::text(s.class.as_str()), Value::from(s.kmh)]);
    conn.insert_all("speeds", &["class", "kmh"], "", rows)
        .await?;
    touch(conn, "speeds", at).await
}

/// Whether a workspace has a table that may be read: those of an older version, opened for
/// reading, lack some, and readers of a server are not shown all.
///
/// # Errors
/// [`StoreError`].
pub async fn is_there(conn: &mut Connection, table: &str) -> Result<bool, StoreError> {
    let sql = match conn.dialect() {
        Dialect::Postgis => {
            "SELECT count(*) FROM information_schema.tables
             WHERE table_schema = current_schema() AND table_name = ?"
        }
        Dialect::Gpkg => "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = ?",
    };
    Ok(conn.number(Statement::new(sql).bind(table)).await? > 0)
}
