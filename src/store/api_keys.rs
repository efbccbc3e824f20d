//! Which feeds may deliver. A key is stored as its hash: whoever reads the workspace can't
//! deliver in a feed's name.

use jiff::Timestamp;

use crate::store::connection::Connection;
use crate::store::error::StoreError;
use crate::store::gpkg::contents::touch;
use crate::store::row::{Reader, Row};
use crate::store::statement::Statement;
use crate::store::tables::is_there;
use crate::store::workspace::Workspace;

const TABLE: &str = "api_keys";

/// A key, without itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Names it: `k1`, `k2`…
    pub id: String,
    /// The feed that has it.
    pub feed: String,
    /// Requests a second that it may make.
    pub per_second: u32,
    /// Since when.
    pub made_at: Timestamp,
    /// Until when; none where it holds.
    pub revoked_at: Option<Timestamp>,
}

impl Workspace {
    /// Keys, oldest first, revoked ones too.
    pub async fn api_keys(&self) -> Result<Vec<ApiKey>, StoreError> {
        let mut conn = self.reader().await?;
        if !is_there(&mut conn, TABLE).await? {
            return Ok(Vec::new());
        }
        let all = Statement::new(
            "SELECT id, feed, per_second, made_at, revoked_at FROM api_keys ORDER BY fid",
        );
        conn.rows(all).await?.iter().map(api_key).collect()
    }

    /// The key of that hash, revoked or not.
    pub async fn api_key_of(&self, hash: &str) -> Result<Option<ApiKey>, StoreError> {
        let mut conn = self.reader().await?;
        if !is_there(&mut conn, TABLE).await? {
            return Ok(None);
        }
        let of = Statement::new(
            "SELECT id, feed, per_second, made_at, revoked_at FROM api_keys WHERE hash = ?",
        );
        let row = conn.row(of.bind(hash)).await?;
        row.as_ref().map(api_key).transpose()
    }

    /// Whether any key was ever made.
    pub async fn has_api_keys(&self) -> Result<bool, StoreError> {
        let mut conn = self.reader().await?;
        if !is_there(&mut conn, TABLE).await? {
            return Ok(false);
        }
        let holding = Statement::new("SELECT count(*) FROM api_keys");
        Ok(conn.number(holding).await? > 0)
    }

    /// Keeps the hash of a new key.
    pub async fn add_api_key(
        &self,
        feed: &str,
        hash: &str,
        per_second: u32,
        at: Timestamp,
    ) -> Result<ApiKey, StoreError> {
        let mut conn = self.begin().await?;
        let last = Statement::new("SELECT coalesce(max(fid), 0) FROM api_keys");
        let fid = conn.number(last).await? + 1;
        let key = ApiKey {
            id: format!("k{fid}"),
            feed: feed.into(),
            per_second,
            made_at: at,
            revoked_at: None,
        };
        let statement = Statement::new(
            "INSERT INTO api_keys (fid, id, feed, hash, per_second, made_at)
             VALUES (?, ?, ?, ?, ?, ?)",
        )
        .bind(fid)
        .bind(key.id.as_str())
        .bind(feed)
        .bind(hash)
        .bind(i64::from(per_second))
        .bind(at);
        conn.execute(statement).await?;
        finish(conn, at).await?;
        Ok(key)
    }

    /// A key no longer holds; false where there is none of that id that does.
    pub async fn revoke_api_key(&self, id: &str, at: Timestamp) -> Result<bool, StoreError> {
        let mut conn = self.begin().await?;
        let statement = Statement::new(
            "UPDATE api_keys SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL",
        );
        let revoked = conn.execute(statement.bind(at).bind(id)).await?;
        finish(conn, at).await?;
        Ok(revoked > 0)
    }
}

async fn finish(mut conn: Connection, at: Timestamp) -> Result<(), StoreError> {
    touch(&mut conn, TABLE, at).await?;
    conn.commit().await
}

fn api_key(row: &Row) -> Result<ApiKey, StoreError> {
    let row = Reader::new(row, TABLE);
    let per_second: i64 = row.get("per_second")?;
    Ok(ApiKey {
        id: row.get("id")?,
        feed: row.get("feed")?,
        per_second: u32::try_from(per_second)
            .map_err(|_| row.damaged(format!("per_second is {per_second}")))?,
        made_at: row.time("made_at")?,
        revoked_at: row.optional_time("revoked_at")?,
    })
}
