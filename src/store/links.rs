//! Links of units' phones: which there are, and the key that they are signed with. The key is
//! made when it is first needed and never leaves the workspace but to its service.

use jiff::Timestamp;

use crate::store::connection::Connection;
use crate::store::error::StoreError;
use crate::store::gpkg::contents::touch;
use crate::store::row::{Reader, Row};
use crate::store::statement::{Statement, Value};
use crate::store::tables::is_there;
use crate::store::workspace::Workspace;

const LINKS: &str = "unit_links";
const KEYS: &str = "link_keys";

/// A link, without what is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitLink {
    /// Names it: `l1`, `l2`…
    pub id: String,
    /// Id of the unit that it is for.
    pub unit: String,
    /// Since when.
    pub made_at: Timestamp,
    /// Until when.
    pub until: Timestamp,
    /// Since when it no longer holds, where it was revoked.
    pub revoked_at: Option<Timestamp>,
}

impl Workspace {
    /// Links, oldest first, revoked ones too.
    pub async fn unit_links(&self) -> Result<Vec<UnitLink>, StoreError> {
        let mut conn = self.reader().await?;
        if !is_there(&mut conn, LINKS).await? {
            return Ok(Vec::new());
        }
        let all = Statement::new(
            "SELECT id, unit, made_at, until, revoked_at FROM unit_links ORDER BY fid",
        );
        conn.rows(all).await?.iter().map(link).collect()
    }

    /// The link of that id, revoked or not.
    pub async fn unit_link(&self, id: &str) -> Result<Option<UnitLink>, StoreError> {
        let mut conn = self.reader().await?;
        if !is_there(&mut conn, LINKS).await? {
            return Ok(None);
        }
        let of = Statement::new(
            "SELECT id, unit, made_at, until, revoked_at FROM unit_links WHERE id = ?",
        );
        let row = conn.row(of.bind(id)).await?;
        row.as_ref().map(link).transpose()
    }

    /// Keeps a new link for each of these units.
    pub async fn add_unit_links(
        &self,
        units: &[String],
        until: Timestamp,
        at: Timestamp,
    ) -> Result<Vec<UnitLink>, StoreError> {
        let mut conn = self.begin().await?;
        let last = Statement::new("SELECT coalesce(max(fid), 0) FROM unit_links");
        let last = conn.number(last).await?;
        let mut links = Vec::with_capacity(units.len());
        for (fid, unit) in (last + 1..).zip(units) {
            let link = UnitLink {
                id: format!("l{fid}"),
                unit: unit.clone(),
                made_at: at,
                until,
                revoked_at: None,
            };
            let statement = Statement::new(
                "INSERT INTO unit_links (fid, id, unit, made_at, until) VALUES (?, ?, ?, ?, ?)",
            )
            .bind(fid)
            .bind(link.id.as_str())
            .bind(unit.as_str())
            .bind(at)
            .bind(until);
            conn.execute(statement).await?;
            links.push(link);
        }
        finish(conn, at).await?;
        Ok(links)
    }

    /// None of a unit's links holds any more; how many did.
    pub async fn revoke_unit_links(&self, unit: &str, at: Timestamp) -> Result<u64, StoreError> {
        let mut conn = self.begin().await?;
        let statement = Statement::new(
            "UPDATE unit_links SET revoked_at = ?
             WHERE unit = ? AND revoked_at IS NULL AND until > ?",
        );
        let revoked = conn.execute(statement.bind(at).bind(unit).bind(at)).await?;
        finish(conn, at).await?;
        Ok(revoked)
    }

    /// What links are signed with; none where no link was ever made.
    pub async fn link_key(&self) -> Result<Option<Vec<u8>>, StoreError> {
        let mut conn = self.reader().await?;
        if !is_there(&mut conn, KEYS).await? {
            return Ok(None);
        }
        read_key(&mut conn).await
    }

    /// The same; `new` is kept and returned where there is none.
    pub async fn link_key_or(&self, new: &[u8]) -> Result<Vec<u8>, StoreError> {
        let mut conn = self.begin().await?;
        if let Some(key) = read_key(&mut conn).await? {
            return Ok(key);
        }
        let keep = Statement::new("INSERT INTO link_keys (fid, key) VALUES (1, ?)");
        conn.execute(keep.bind(Value::Blob(Some(new.to_vec()))))
            .await?;
        conn.commit().await?;
        Ok(new.to_vec())
    }
}

async fn read_key(conn: &mut Connection) -> Result<Option<Vec<u8>>, StoreError> {
    let row = conn
        .row(Statement::new("SELECT key FROM link_keys WHERE fid = 1"))
        .await?;
    row.map(|row| Reader::new(&row, KEYS).get("key"))
        .transpose()
}

async fn finish(mut conn: Connection, at: Timestamp) -> Result<(), StoreError> {
    touch(&mut conn, LINKS, at).await?;
    conn.commit().await
}

fn link(row: &Row) -> Result<UnitLink, StoreError> {
    let row = Reader::new(row, LINKS);
    Ok(UnitLink {
        id: row.get("id")?,
        unit: row.get("unit")?,
        made_at: row.time("made_at")?,
        until: row.time("until")?,
        revoked_at: row.optional_time("revoked_at")?,
    })
}
