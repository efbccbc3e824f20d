//! Who is told of what as it happens. A hook's address and secret stand in a table of their own,
//! which readers are not shown and copies do not have.

use jiff::Timestamp;

use crate::live::hook::registered::{Hook, HookEnd};
use crate::live::hook::settings::HookSettings;
use crate::store::connection::Connection;
use crate::store::error::StoreError;
use crate::store::gpkg::contents::touch;
use crate::store::log::{self, number};
use crate::store::row::{Reader, Row};
use crate::store::statement::{Statement, Value};
use crate::store::tables::is_there;
use crate::store::workspace::Workspace;

const TABLE: &str = "hooks";
const SECRETS: &str = "hook_secrets";

/// What is said of a hook that can't be read.
pub const UNREADABLE: &str =
    "a hook can't be read and is told of nothing; revoke it and make it anew";

/// A hook to be made.
#[derive(Debug, Clone, PartialEq)]
pub struct NewHook {
    /// Who it is for.
    pub name: String,
    /// Scheme, host and port of its address.
    pub target: String,
    /// What it wants.
    pub settings: HookSettings,
    /// The whole address.
    pub url: String,
    /// What its messages are signed with.
    pub secret: Vec<u8>,
}

/// Where a hook sends to, and what it signs with. Never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct HookAddress {
    /// The whole address.
    pub url: String,
    /// The secret.
    pub secret: Vec<u8>,
}

impl std::fmt::Debug for HookAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("HookAddress(…)")
    }
}

/// Hooks as they are read: one that can't be leaves the others as they are.
#[derive(Debug, Default)]
pub struct HooksRead {
    /// Those that can, oldest first.
    pub hooks: Vec<Hook>,
    /// Ids of the others, and why.
    pub unreadable: Vec<(String, StoreError)>,
}

impl Workspace {
    /// Hooks, oldest first, ended ones too, but what can't be read, of which it is warned.
    pub async fn hooks(&self) -> Result<Vec<Hook>, StoreError> {
        let read = self.hooks_where("1 = 1").await?;
        for (hook, fault) in read.unreadable {
            tracing::warn!(hook, %fault, "{UNREADABLE}");
        }
        Ok(read.hooks)
    }

    /// Hooks that hold.
    pub async fn holding_hooks(&self) -> Result<HooksRead, StoreError> {
        self.hooks_where("ended_at IS NULL").await
    }

    async fn hooks_where(&self, condition: &str) -> Result<HooksRead, StoreError> {
        let mut conn = self.reader().await?;
        let mut read = HooksRead::default();
        if !is_there(&mut conn, TABLE).await? {
            return Ok(read);
        }
        let all = Statement::new(format!(
            "SELECT id, name, target, settings, after_sequence, made_at, ended_at, ended_why
             FROM hooks WHERE {condition} ORDER BY fid"
        ));
        for row in conn.rows(all).await? {
            match hook(&row) {
                Ok(hook) => read.hooks.push(hook),
                Err(fault) => {
                    let id = Reader::new(&row, TABLE).get("id");
                    read.unreadable.push((id.unwrap_or_default(), fault));
                }
            }
        }
        Ok(read)
    }

    /// Where a hook sends to; none where there is none of that id, or it may not be seen.
    pub async fn hook_address(&self, id: &str) -> Result<Option<HookAddress>, StoreError> {
        let mut conn = self.reader().await?;
        if !is_there(&mut conn, SECRETS).await? {
            return Ok(None);
        }
        let of = Statement::new("SELECT url, secret FROM hook_secrets WHERE hook = ?");
        let row = conn.row(of.bind(id)).await?;
        row.map(|row| {
            let row = Reader::new(&row, SECRETS);
            Ok(HookAddress {
                url: row.get("url")?,
                secret: row.get("secret")?,
            })
        })
        .transpose()
    }

    /// Keeps a new hook, which is told of what is logged from now on.
    pub async fn add_hook(&self, new: &NewHook, at: Timestamp) -> Result<Hook, StoreError> {
        let mut conn = self.begin().await?;
        let last = Statement::new("SELECT coalesce(max(fid), 0) FROM hooks");
        let fid = conn.number(last).await? + 1;
        let hook = Hook {
            id: format!("h{fid}"),
            name: new.name.clone(),
            target: new.target.clone(),
            settings: new.settings.clone(),
            after_sequence: log::last(&mut conn).await?,
            made_at: at,
            ended: None,
        };
        let settings = serde_json::to_string(&new.settings).map_err(|why| damaged(&why))?;
        let statement = Statement::new(
            "INSERT INTO hooks (fid, id, name, target, settings, after_sequence, made_at)
             VALUES (?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(fid)
        .bind(hook.id.as_str())
        .bind(hook.name.as_str())
        .bind(hook.target.as_str())
        .bind(Value::Json(settings))
        .bind(number(hook.after_sequence))
        .bind(at);
        conn.execute(statement).await?;
        let statement =
            Statement::new("INSERT INTO hook_secrets (hook, url, secret) VALUES (?, ?, ?)")
                .bind(hook.id.as_str())
                .bind(new.url.as_str())
                .bind(Value::Blob(Some(new.secret.clone())));
        conn.execute(statement).await?;
        touch(&mut conn, TABLE, at).await?;
        conn.commit().await?;
        Ok(hook)
    }

    /// A hook no longer holds: its secret is forgotten, and what waits for it is dead. False
    /// where there is none of that id that does.
    pub async fn end_hook(
        &self,
        id: &str,
        why: HookEnd,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut conn = self.begin().await?;
        let ended = end(&mut conn, id, why, at).await?;
        conn.commit().await?;
        Ok(ended)
    }
}

/// The same within a transaction.
///
/// # Errors
/// [`StoreError`].
pub async fn end(
    conn: &mut Connection,
    id: &str,
    why: HookEnd,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let statement = Statement::new(
        "UPDATE hooks SET ended_at = ?, ended_why = ? WHERE id = ? AND ended_at IS NULL",
    )
    .bind(at)
    .bind(Value::Word(why.word()))
    .bind(id);
    let ended = conn.execute(statement).await? > 0;
    if ended {
        let forget = Statement::new("DELETE FROM hook_secrets WHERE hook = ?");
        conn.execute(forget.bind(id)).await?;
        let dead = Statement::new(
            "UPDATE hook_deliveries SET state = 'dead', fault = ?
             WHERE hook = ? AND state = 'pending'",
        )
        .bind(Value::Word("the hook no longer holds"))
        .bind(id);
        conn.execute(dead).await?;
        touch(conn, TABLE, at).await?;
    }
    Ok(ended)
}

fn hook(row: &Row) -> Result<Hook, StoreError> {
    let row = Reader::new(row, TABLE);
    let after: i64 = row.get("after_sequence")?;
    let why: Option<&str> = row.get("ended_why")?;
    let why = match why {
        Some("gone") => HookEnd::Gone,
        _ => HookEnd::Revoked,
    };
    Ok(Hook {
        id: row.get("id")?,
        name: row.get("name")?,
        target: row.get("target")?,
        settings: serde_json::from_str(row.json("settings")?).map_err(|why| damaged(&why))?,
        after_sequence: after.unsigned_abs(),
        made_at: row.time("made_at")?,
        ended: row.optional_time("ended_at")?.map(|at| (at, why)),
    })
}

fn damaged(why: &serde_json::Error) -> StoreError {
    StoreError::Damaged {
        table: TABLE.into(),
        why: why.to_string(),
    }
}
