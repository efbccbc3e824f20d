//! Planners' drafts. Each edit says which version it is of: of two who edit the same one,
//! the second learns that somebody was first.

use jiff::Timestamp;

use crate::live::event::EventKind;
use crate::place::partition::part::Part;
use crate::place::partition::scenario::{AreaLayer, Kept, Scenario, ScenarioLine};
use crate::store::connection::Connection;
use crate::store::error::StoreError;
use crate::store::gpkg::contents::touch;
use crate::store::packed_json::{packed, unpacked};
use crate::store::row::{Reader, Row};
use crate::store::statement::{Statement, Value};
use crate::store::tables::is_there;
use crate::store::workspace::Workspace;
use crate::store::{instant, log};

const TABLE: &str = "scenarios";
const LINE: &str = "id, name, layer, version, base, made_at, changed_at";

impl Workspace {
    /// All drafts, the one saved last first.
    pub async fn scenarios(&self) -> Result<Vec<ScenarioLine>, StoreError> {
        let mut conn = self.reader().await?;
        // A file of an older version that is opened for reading has no such table.
        if !is_there(&mut conn, TABLE).await? {
            return Ok(Vec::new());
        }
        let sql = format!("SELECT {LINE} FROM scenarios ORDER BY changed_at DESC, fid DESC");
        let rows = conn.rows(Statement::new(sql)).await?;
        rows.iter().map(line).collect()
    }
    /// A draft.
    pub async fn scenario(&self, id: &str) -> Result<Option<Scenario>, StoreError> {
        let mut conn = self.reader().await?;
        if !is_there(&mut conn, TABLE).await? {
            return Ok(None);
        }
        read(&mut conn, id).await
    }
    /// A new draft of version 1.
    pub async fn add_scenario(
        &self,
        name: &str,
        layer: AreaLayer,
        base: u64,
        parts: &[Part],
        at: Timestamp,
    ) -> Result<Scenario, StoreError> {
        let mut conn = self.begin().await?;
        let last = Statement::new("SELECT coalesce(max(fid), 0) FROM scenarios");
        let mut fid = conn.number(last).await? + 1;
        // An id is not given twice, also where the newest draft was taken away.
        let used = Statement::new("SELECT count(*) FROM events WHERE kind = 'scenario_kept'");
        fid = fid.max(conn.number(used).await? + 1);
        let id = format!("s{fid}");
        let statement = Statement::new(
            "INSERT INTO scenarios (fid, id, name, layer, version, base, made_at, changed_at, document)
             VALUES (?, ?, ?, ?, 1, ?, ?, ?, ?)",
        )
        .bind(fid)
        .bind(id.as_str())
        .bind(name)
        .bind(layer.name())
        .bind(base as i64)
        .bind(at)
        .bind(at)
        .bind(Value::Blob(Some(packed(TABLE, parts)?)));
        conn.execute(statement).await?;
        kept(&mut conn, &id, Some(1), at).await?;
        let made = read(&mut conn, &id).await?;
        conn.commit().await?;
        made.ok_or_else(|| missing(&id))
    }
    /// Saves a draft, where it still is the version that the edit is of.
    pub async fn save_scenario(
        &self,
        of: &ScenarioLine,
        parts: &[Part],
        at: Timestamp,
    ) -> Result<Kept<Scenario>, StoreError> {
        let mut conn = self.begin().await?;
        let Some(there) = read(&mut conn, &of.id).await? else {
            return Ok(Kept::Missing);
        };
        if there.line.version != of.version {
            return Ok(Kept::Stale(there.line.version));
        }
        let version = of.version + 1;
        let statement = Statement::new(
            "UPDATE scenarios SET name = ?, version = ?, base = ?, changed_at = ?, document = ?
             WHERE id = ?",
        )
        .bind(of.name.as_str())
        .bind(version as i64)
        .bind(of.base as i64)
        .bind(at)
        .bind(Value::Blob(Some(packed(TABLE, parts)?)))
        .bind(of.id.as_str());
        conn.execute(statement).await?;
        kept(&mut conn, &of.id, Some(version), at).await?;
        let saved = read(&mut conn, &of.id).await?;
        conn.commit().await?;
        saved.map(Kept::Done).ok_or_else(|| missing(&of.id))
    }
    /// Takes a draft away, where it still is that version.
    pub async fn delete_scenario(
        &self,
        id: &str,
        version: u64,
        at: Timestamp,
    ) -> Result<Kept<()>, StoreError> {
        let mut conn = self.begin().await?;
        let Some(there) = read(&mut conn, id).await? else {
            return Ok(Kept::Missing);
        };
        if there.line.version != version {
            return Ok(Kept::Stale(there.line.version));
        }
        let statement = Statement::new("DELETE FROM scenarios WHERE id = ?").bind(id);
        conn.execute(statement).await?;
        kept(&mut conn, id, None, at).await?;
        conn.commit().await?;
        Ok(Kept::Done(()))
    }
}

async fn kept(
    conn: &mut Connection,
    id: &str,
    version: Option<u64>,
    at: Timestamp,
) -> Result<(), StoreError> {
    touch(conn, TABLE, at).await?;
    let event = EventKind::ScenarioKept {
        scenario: id.into(),
        version,
    };
    log::append(conn, event, instant::stored(at))
        .await
        .map(|_| ())
}

async fn read(conn: &mut Connection, id: &str) -> Result<Option<Scenario>, StoreError> {
    let sql = format!("SELECT {LINE}, document FROM scenarios WHERE id = ?");
    let Some(row) = conn.row(Statement::new(sql).bind(id)).await? else {
        return Ok(None);
    };
    let bytes: Vec<u8> = Reader::new(&row, TABLE).get("document")?;
    Ok(Some(Scenario {
        line: line(&row)?,
        parts: unpacked(TABLE, &bytes)?,
    }))
}

fn line(row: &Row) -> Result<ScenarioLine, StoreError> {
    let row = Reader::new(row, TABLE);
    let layer: &str = row.get("layer")?;
    Ok(ScenarioLine {
        id: row.get("id")?,
        name: row.get("name")?,
        layer: AreaLayer::of(layer).ok_or_else(|| row.damaged(format!("layer is {layer:?}")))?,
        version: row.get::<i64>("version")?.unsigned_abs(),
        base: row.get::<i64>("base")?.unsigned_abs(),
        made_at: row.time("made_at")?,
        changed_at: row.time("changed_at")?,
    })
}

fn missing(id: &str) -> StoreError {
    StoreError::Damaged {
        table: TABLE.into(),
        why: format!("{id} was written and is not there"),
    }
}
