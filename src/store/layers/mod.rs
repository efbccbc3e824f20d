//! The layers of what stands or moves in a district: one implementation of
//! [`LayerRow`] each, read and written by the same code.

pub mod areas;
pub mod points;

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::place::area::Area;
use crate::place::feature::{
    AlarmPillar, Beat, Camera, CommercialDistrict, JointDutyPost, PatrolZone, Place, Post, Station,
    Unit,
};
use crate::place::id::Id;
use crate::store::connection::Connection;
use crate::store::error::StoreError;
use crate::store::gpkg::contents::{Extent, set_extent};
use crate::store::record::WriteOutcome;
use crate::store::row::Reader;
use crate::store::statement::{Statement, Value};
use crate::store::wkb::Wkb;
use crate::store::workspace::Workspace;

impl Workspace {
    /// Police stations, by id.
    pub async fn stations(&self) -> Result<Vec<Station>, StoreError> {
        read_layer(&mut self.reader().await?).await
    }
    /// Beats, by id.
    pub async fn beats(&self) -> Result<Vec<Beat>, StoreError> {
        read_layer(&mut self.reader().await?).await
    }
    /// Patrol zones, by id.
    pub async fn zones(&self) -> Result<Vec<PatrolZone>, StoreError> {
        read_layer(&mut self.reader().await?).await
    }
    /// Police posts, by id.
    pub async fn posts(&self) -> Result<Vec<Post>, StoreError> {
        read_layer(&mut self.reader().await?).await
    }
    /// Joint-duty posts, by id.
    pub async fn joint_duty_posts(&self) -> Result<Vec<JointDutyPost>, StoreError> {
        read_layer(&mut self.reader().await?).await
    }
    /// Commercial districts, by id.
    pub async fn commercial_districts(&self) -> Result<Vec<CommercialDistrict>, StoreError> {
        read_layer(&mut self.reader().await?).await
    }
    /// Alarm pillars, by id.
    pub async fn pillars(&self) -> Result<Vec<AlarmPillar>, StoreError> {
        read_layer(&mut self.reader().await?).await
    }
    /// Camera sites, by id.
    pub async fn cameras(&self) -> Result<Vec<Camera>, StoreError> {
        read_layer(&mut self.reader().await?).await
    }
    /// Places of interest, by id.
    pub async fn places(&self) -> Result<Vec<Place>, StoreError> {
        read_layer(&mut self.reader().await?).await
    }
    /// Units, by id.
    pub async fn units(&self) -> Result<Vec<Unit>, StoreError> {
        read_layer(&mut self.reader().await?).await
    }
}

/// A thing that is one row of a feature layer.
pub trait LayerRow: Clone + PartialEq {
    /// The layer's table.
    const TABLE: &'static str;
    /// Its columns, but `id`, `geom` and `synthetic`.
    const COLUMNS: &'static [&'static str];

    /// Its id.
    fn key(&self) -> &str;
    /// Its geometry.
    ///
    /// # Errors
    /// Why it can't be written.
    fn geometry(&self) -> Result<Value, StoreError>;
    /// The box it fills.
    fn extent(&self) -> Extent;
    /// The values of `COLUMNS`.
    fn values(&self) -> Vec<Value>;
    /// From a row with `id`, `geom` and `COLUMNS`.
    ///
    /// # Errors
    /// [`StoreError::Damaged`].
    fn read(row: Reader<'_>) -> Result<Self, StoreError>;
}

/// All rows of a layer, by id.
///
/// # Errors
/// [`StoreError`].
pub async fn read_layer<T: LayerRow>(conn: &mut Connection) -> Result<Vec<T>, StoreError> {
    let mut columns = vec!["id", "geom"];
    columns.extend(T::COLUMNS);
    let sql = format!("SELECT {} FROM {} ORDER BY id", columns.join(","), T::TABLE);
    conn.rows(Statement::new(sql))
        .await?
        .iter()
        .map(|row| T::read(Reader::new(row, T::TABLE)))
        .collect()
}

/// Adds rows whose id is new and replaces those whose content differs; the last of two
/// rows with one id counts.
///
/// # Errors
/// [`StoreError`]; the caller's transaction should then be rolled back.
pub async fn write_layer<T: LayerRow>(
    conn: &mut Connection,
    rows: Vec<T>,
    synthetic: &'static str,
    at: Timestamp,
) -> Result<WriteOutcome, StoreError> {
    let mut outcome = WriteOutcome::default();
    let known: BTreeMap<String, T> = read_layer::<T>(conn)
        .await?
        .into_iter()
        .map(|row| (row.key().to_owned(), row))
        .collect();
    let mut wanted: BTreeMap<String, T> = BTreeMap::new();
    for row in rows {
        let key = row.key().to_owned();
        match wanted.get(&key).or_else(|| known.get(&key)) {
            None => outcome.added += 1,
            Some(same) if *same == row => outcome.known += 1,
            Some(_) => outcome.replaced += 1,
        }
        wanted.insert(key, row);
    }
    wanted.retain(|key, row| known.get(key) != Some(row));

    let mut fresh = Vec::new();
    for (key, row) in &wanted {
        if known.contains_key(key) {
            replace(conn, row, synthetic).await?;
        } else {
            fresh.push(values(row, synthetic)?);
        }
    }
    conn.insert_all(T::TABLE, &columns::<T>(), "", fresh.into_iter())
        .await?;

    if !wanted.is_empty() {
        let mut extent = Extent::default();
        for (key, row) in &known {
            extent.add(wanted.get(key).unwrap_or(row).extent());
        }
        wanted.values().for_each(|row| extent.add(row.extent()));
        set_extent(conn, T::TABLE, extent, at).await?;
    }
    Ok(outcome)
}

/// The geometry of an area, always a multi-polygon: a layer has one declared type.
///
/// # Errors
/// [`StoreError::Damaged`] where it can't be encoded.
pub fn area_value(table: &str, area: &Area) -> Result<Value, StoreError> {
    let shape = geo_types::Geometry::MultiPolygon(area.shape().clone());
    shape_value(table, &shape)
}

/// Any geometry in WGS 84.
///
/// # Errors
/// [`StoreError::Damaged`] where it can't be encoded.
pub fn shape_value(table: &str, shape: &geo_types::Geometry<f64>) -> Result<Value, StoreError> {
    Wkb::for_table(table, shape).map(|wkb| Value::Shape(Some(wkb)))
}

/// An id from a column.
fn id<T>(row: Reader<'_>, column: &'static str) -> Result<Id<T>, StoreError> {
    Ok(Id::new(row.get::<String>(column)?))
}

/// An id from a column that may be NULL.
fn optional_id<T>(row: Reader<'_>, column: &'static str) -> Result<Option<Id<T>>, StoreError> {
    Ok(row.get::<Option<String>>(column)?.map(Id::new))
}

/// A reference to another layer.
fn reference<T>(id: &Option<Id<T>>) -> Value {
    Value::Text(id.as_ref().map(|id| id.as_str().to_owned()))
}

/// All columns that are written, `id` last.
fn columns<T: LayerRow>() -> Vec<&'static str> {
    let mut columns = vec!["geom", "synthetic"];
    columns.extend(T::COLUMNS);
    columns.push("id");
    columns
}

fn values<T: LayerRow>(row: &T, synthetic: &'static str) -> Result<Vec<Value>, StoreError> {
    let mut values = vec![row.geometry()?, Value::Word(synthetic)];
    values.extend(row.values());
    values.push(Value::text(row.key()));
    Ok(values)
}

async fn replace<T: LayerRow>(
    conn: &mut Connection,
    row: &T,
    synthetic: &'static str,
) -> Result<(), StoreError> {
    let columns = columns::<T>();
    let assigned: Vec<String> = columns[..columns.len() - 1]
        .iter()
        .map(|c| format!("{c} = ?"))
        .collect();
    let sql = format!(
        "UPDATE {} SET {} WHERE id = ?",
        T::TABLE,
        assigned.join(", ")
    );
    let statement = Statement::new(sql).bind_all(values(row, synthetic)?);
    conn.execute(statement).await.map(|_| ())
}
