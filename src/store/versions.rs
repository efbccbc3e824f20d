//! Beats and zones as they were published, every version; and publishing: the layer's rows,
//! the version and the event, in one transaction.
//!
//! Rows that came another way (an import) become a version when it is first asked for the
//! one in force, so that nothing published is ever lost.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::live::event::EventKind;
use crate::place::feature::{Beat, PatrolZone};
use crate::place::id::Id;
use crate::place::partition::part::Part;
use crate::place::partition::scenario::{AreaLayer, AreaVersion, Kept, VersionLine};
use crate::store::connection::Connection;
use crate::store::error::StoreError;
use crate::store::gpkg::contents::{Extent, set_extent, touch};
use crate::store::layers::{LayerRow, read_layer, write_layer};
use crate::store::log;
use crate::store::packed_json::{packed, unpacked};
use crate::store::row::{Reader, Row};
use crate::store::statement::{Statement, Value};
use crate::store::tables::{is_there, mark, read_district};
use crate::store::workspace::Workspace;

const TABLE: &str = "area_versions";
const LINE: &str = "layer, number, published_at, reason, scenario, areas";

/// What is published.
#[derive(Debug, Clone, Copy)]
pub struct Publication<'p> {
    /// Beats or zones.
    pub layer: AreaLayer,
    /// The areas.
    pub parts: &'p [Part],
    /// Why.
    pub reason: &'p str,
    /// Name of the draft.
    pub scenario: &'p str,
}

impl Workspace {
    /// The published versions of a layer, newest first.
    pub async fn area_versions(&self, layer: AreaLayer) -> Result<Vec<VersionLine>, StoreError> {
        let mut conn = self.reader().await?;
        // A file of an older version that is opened for reading has no such table.
        if !is_there(&mut conn, TABLE).await? {
            return Ok(Vec::new());
        }
        let sql = format!("SELECT {LINE} FROM area_versions WHERE layer = ? ORDER BY number DESC");
        let rows = conn.rows(Statement::new(sql).bind(layer.name())).await?;
        rows.iter().map(line).collect()
    }
    /// A published version.
    pub async fn area_version(
        &self,
        layer: AreaLayer,
        number: u64,
    ) -> Result<Option<AreaVersion>, StoreError> {
        let mut conn = self.reader().await?;
        if !is_there(&mut conn, TABLE).await? {
            return Ok(None);
        }
        read(&mut conn, layer, Some(number)).await
    }
    /// The areas in force, of a workspace that may only be read.
    pub async fn areas_in_force(&self, layer: AreaLayer) -> Result<Vec<Part>, StoreError> {
        in_force(&mut self.reader().await?, layer).await
    }
    /// The version in force; noted now where the rows came another way.
    pub async fn version_in_force(
        &self,
        layer: AreaLayer,
        at: Timestamp,
    ) -> Result<AreaVersion, StoreError> {
        let mut conn = self.begin().await?;
        let version = noted(&mut conn, layer, at).await?;
        conn.commit().await?;
        Ok(version)
    }
    /// Publishes areas in place of the version in force, where that still is `over`.
    pub async fn publish(
        &self,
        what: Publication<'_>,
        over: u64,
        at: Timestamp,
    ) -> Result<Kept<VersionLine>, StoreError> {
        let mut conn = self.begin().await?;
        let now = noted(&mut conn, what.layer, at).await?.line.number;
        if now != over {
            // What was noted stays: the caller compares with it.
            conn.commit().await?;
            return Ok(Kept::Stale(now));
        }
        let synthetic = mark(read_district(&mut conn).await?.synthetic);
        // In the order in which a layer is read: the next look finds this version in force.
        let mut parts = what.parts.to_vec();
        parts.sort_by(|a, b| a.id.cmp(&b.id));
        match what.layer {
            AreaLayer::Beats => {
                let beats = parts.iter().map(|part| Beat {
                    id: Id::new(part.id.as_str()),
                    name: part.name.clone(),
                    station: part.station.as_deref().map(Id::new),
                    area: part.area.clone(),
                });
                replace(&mut conn, beats.collect(), synthetic, at).await?;
            }
            AreaLayer::Zones => {
                let zones = parts.iter().map(|part| PatrolZone {
                    id: Id::new(part.id.as_str()),
                    name: part.name.clone(),
                    area: part.area.clone(),
                });
                replace(&mut conn, zones.collect(), synthetic, at).await?;
            }
        }
        let version = VersionLine {
            layer: what.layer,
            number: now + 1,
            at,
            reason: what.reason.to_owned(),
            scenario: Some(what.scenario.to_owned()),
            areas: what.parts.len() as u64,
        };
        add(&mut conn, &version, &parts).await?;
        let event = EventKind::AreasPublished {
            layer: what.layer.name().into(),
            version: version.number,
            areas: version.areas,
            reason: version.reason.clone(),
        };
        log::append(&mut conn, event, at).await?;
        conn.commit().await?;
        Ok(Kept::Done(version))
    }
}

/// The newest version, where it is what is in force; else what is in force as a new one.
async fn noted(
    conn: &mut Connection,
    layer: AreaLayer,
    at: Timestamp,
) -> Result<AreaVersion, StoreError> {
    let parts = in_force(conn, layer).await?;
    let newest = read(conn, layer, None).await?;
    let number = match newest {
        Some(newest) if newest.parts == parts => return Ok(newest),
        Some(newest) => newest.line.number + 1,
        None => 1,
    };
    let line = VersionLine {
        layer,
        number,
        at,
        reason: String::new(),
        scenario: None,
        areas: parts.len() as u64,
    };
    add(conn, &line, &parts).await?;
    Ok(AreaVersion { line, parts })
}

async fn in_force(conn: &mut Connection, layer: AreaLayer) -> Result<Vec<Part>, StoreError> {
    Ok(match layer {
        AreaLayer::Beats => {
            let beats: Vec<Beat> = read_layer(conn).await?;
            let parts = beats.into_iter().map(|beat| Part {
                id: beat.id.as_str().to_owned(),
                name: beat.name,
                station: beat.station.map(|id| id.as_str().to_owned()),
                area: beat.area,
            });
            parts.collect()
        }
        AreaLayer::Zones => {
            let zones: Vec<PatrolZone> = read_layer(conn).await?;
            let parts = zones.into_iter().map(|zone| Part {
                id: zone.id.as_str().to_owned(),
                name: zone.name,
                station: None,
                area: zone.area,
            });
            parts.collect()
        }
    })
}

/// The layer holds these rows and no others.
async fn replace<T: LayerRow>(
    conn: &mut Connection,
    rows: Vec<T>,
    synthetic: &'static str,
    at: Timestamp,
) -> Result<(), StoreError> {
    let keys: BTreeSet<&str> = rows.iter().map(|row| row.key()).collect();
    for gone in read_layer::<T>(conn).await? {
        if !keys.contains(gone.key()) {
            let sql = format!("DELETE FROM {} WHERE id = ?", T::TABLE);
            conn.execute(Statement::new(sql).bind(gone.key())).await?;
        }
    }
    let mut extent = Extent::default();
    rows.iter().for_each(|row| extent.add(row.extent()));
    write_layer(conn, rows, synthetic, at).await?;
    set_extent(conn, T::TABLE, extent, at).await
}

async fn add(conn: &mut Connection, line: &VersionLine, parts: &[Part]) -> Result<(), StoreError> {
    let statement = Statement::new(
        "INSERT INTO area_versions (layer, number, published_at, reason, scenario, areas, document)
         VALUES (?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(line.layer.name())
    .bind(line.number as i64)
    .bind(line.at)
    .bind(line.reason.as_str())
    .bind(Value::Text(line.scenario.clone()))
    .bind(line.areas as i64)
    .bind(Value::Blob(Some(packed(TABLE, parts)?)));
    conn.execute(statement).await?;
    touch(conn, TABLE, line.at).await
}

/// A version by its number, or the newest.
async fn read(
    conn: &mut Connection,
    layer: AreaLayer,
    number: Option<u64>,
) -> Result<Option<AreaVersion>, StoreError> {
    let which = match number {
        Some(_) => "AND number = ?",
        None => "ORDER BY number DESC LIMIT 1",
    };
    let sql = format!("SELECT {LINE}, document FROM area_versions WHERE layer = ? {which}");
    let mut statement = Statement::new(sql).bind(layer.name());
    if let Some(number) = number {
        statement = statement.bind(i64::try_from(number).unwrap_or(i64::MAX));
    }
    let Some(row) = conn.row(statement).await? else {
        return Ok(None);
    };
    let bytes: Vec<u8> = Reader::new(&row, TABLE).get("document")?;
    Ok(Some(AreaVersion {
        line: line(&row)?,
        parts: unpacked(TABLE, &bytes)?,
    }))
}

fn line(row: &Row) -> Result<VersionLine, StoreError> {
    let row = Reader::new(row, TABLE);
    let layer: &str = row.get("layer")?;
    Ok(VersionLine {
        layer: AreaLayer::of(layer).ok_or_else(|| row.damaged(format!("layer is {layer:?}")))?,
        number: row.get::<i64>("number")?.unsigned_abs(),
        at: row.time("published_at")?,
        reason: row.get("reason")?,
        scenario: row.get("scenario")?,
        areas: row.get::<i64>("areas")?.unsigned_abs(),
    })
}
