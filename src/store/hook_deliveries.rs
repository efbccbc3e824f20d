//! What hooks tell: each message waits here, as it will be sent, until it has arrived or is a
//! dead letter, and stays a while as the log of deliveries. Which events were looked at is noted
//! in the same transaction as what came of them: whoever ends in between loses nothing, and
//! nothing gets in twice.

use jiff::Timestamp;

use crate::live::hook::delivery::{Delivery, DeliveryState, Resend};
use crate::live::hook::registered::HookEnd;
use crate::store::error::StoreError;
use crate::store::hooks::end;
use crate::store::log::{self, number};
use crate::store::row::{Reader, Row};
use crate::store::statement::{Statement, Value};
use crate::store::tables::is_there;
use crate::store::workspace::Workspace;

const TABLE: &str = "hook_deliveries";

const COLUMNS: &str =
    "fid, hook, message, event, body, state, tries, made_at, next_at, tried_at, status, fault";

/// A message to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDelivery {
    /// The hook.
    pub hook: String,
    /// Its id: the same for the same hook and event, whenever it is made.
    pub message: String,
    /// The event's name.
    pub event: &'static str,
    /// What is sent, to the byte.
    pub body: String,
}

/// What came of sending a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tried {
    /// How far it is now.
    pub state: DeliveryState,
    /// When it was sent.
    pub at: Timestamp,
    /// When it is sent next, where it waits.
    pub next_at: Timestamp,
    /// What the receiver answered.
    pub status: Option<u16>,
    /// Why it did not arrive.
    pub fault: Option<String>,
}

impl Workspace {
    /// Puts messages into the queue and notes up to which event each of these hooks was looked
    /// at. What is there already stays as it is, and so does a hook that ended meanwhile.
    ///
    /// # Errors
    /// [`StoreError::ShortLog`] where the log has no event of that number: then nothing is
    /// written, or events that get it later would be told to nobody.
    pub async fn queue_deliveries(
        &self,
        messages: &[NewDelivery],
        hooks: &[String],
        looked_at: u64,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut conn = self.begin().await?;
        // Nobody adds to the log before this is committed.
        let last = log::last(&mut conn).await?;
        if last < looked_at {
            let known = looked_at;
            return Err(StoreError::ShortLog { last, known });
        }
        for message in messages {
            let statement = Statement::new(
                "INSERT INTO hook_deliveries (hook, message, event, body, state, tries, made_at, next_at)
                 SELECT id, ?, ?, ?, 'pending', 0, ?, ? FROM hooks
                 WHERE id = ? AND ended_at IS NULL
                 ON CONFLICT (message) DO NOTHING",
            )
            .bind(message.message.as_str())
            .bind(Value::Word(message.event))
            .bind(message.body.as_str())
            .bind(at)
            .bind(at)
            .bind(message.hook.as_str());
            conn.execute(statement).await?;
        }
        if !hooks.is_empty() {
            let marks = vec!["?"; hooks.len()].join(",");
            let statement = Statement::new(format!(
                "UPDATE hooks SET after_sequence = ?
                 WHERE after_sequence < ? AND id IN ({marks})"
            ))
            .bind(number(looked_at))
            .bind(number(looked_at))
            .bind_all(hooks.iter().map(|hook| Value::text(hook.as_str())));
            conn.execute(statement).await?;
        }
        conn.commit().await
    }

    /// The oldest message of each hook whose time has come.
    pub async fn due_deliveries(&self, now: Timestamp) -> Result<Vec<Delivery>, StoreError> {
        let mut conn = self.reader().await?;
        if !is_there(&mut conn, TABLE).await? {
            return Ok(Vec::new());
        }
        let due = Statement::new(format!(
            "SELECT {COLUMNS} FROM hook_deliveries WHERE fid IN (
                 SELECT min(fid) FROM hook_deliveries
                 WHERE state = 'pending' AND next_at <= ? GROUP BY hook)
             ORDER BY fid"
        ));
        let rows = conn.rows(due.bind(now)).await?;
        rows.iter().map(delivery).collect()
    }

    /// Sets hooks that were looked at past the log's end back to it; how many. There are such
    /// where the log has lost its last events.
    pub async fn set_hooks_back(&self) -> Result<u64, StoreError> {
        let mut conn = self.begin().await?;
        let last = number(log::last(&mut conn).await?);
        let statement =
            Statement::new("UPDATE hooks SET after_sequence = ? WHERE after_sequence > ?");
        let count = conn.execute(statement.bind(last).bind(last)).await?;
        conn.commit().await?;
        Ok(count)
    }

    /// Notes what came of sending a message, and that the hook ends where that is what came of
    /// it. False where the message is not what was sent any more: it was put into the queue
    /// again, somebody else noted it, or the hook ended; then it stays as it is.
    pub async fn note_delivery(
        &self,
        sent: &Delivery,
        tried: &Tried,
        ends: Option<HookEnd>,
    ) -> Result<bool, StoreError> {
        let mut conn = self.begin().await?;
        let status = tried.status.map(i64::from);
        let statement = Statement::new(
            "UPDATE hook_deliveries
             SET state = ?, tries = tries + 1, next_at = ?, tried_at = ?, status = ?, fault = ?
             WHERE fid = ? AND state = 'pending' AND tries = ? AND next_at = ?",
        )
        .bind(Value::Word(tried.state.word()))
        .bind(tried.next_at)
        .bind(tried.at)
        .bind(status)
        .bind(Value::Text(tried.fault.clone()))
        .bind(number(sent.number))
        .bind(i64::from(sent.tries))
        .bind(sent.next_at);
        let noted = conn.execute(statement).await? > 0;
        if let Some(why) = ends {
            end(&mut conn, &sent.hook, why, tried.at).await?;
        }
        conn.commit().await?;
        Ok(noted)
    }

    /// Notes a message that was sent outside of the queue.
    pub async fn log_delivery(&self, sent: &NewDelivery, tried: &Tried) -> Result<(), StoreError> {
        let mut conn = self.begin().await?;
        let status = tried.status.map(i64::from);
        let statement = Statement::new(
            "INSERT INTO hook_deliveries
                 (hook, message, event, body, state, tries, made_at, next_at, tried_at, status, fault)
             VALUES (?, ?, ?, ?, ?, 1, ?, ?, ?, ?, ?)",
        )
        .bind(sent.hook.as_str())
        .bind(sent.message.as_str())
        .bind(Value::Word(sent.event))
        .bind(sent.body.as_str())
        .bind(Value::Word(tried.state.word()))
        .bind(tried.at)
        .bind(tried.next_at)
        .bind(tried.at)
        .bind(status)
        .bind(Value::Text(tried.fault.clone()));
        conn.execute(statement).await?;
        conn.commit().await
    }

    /// Messages of a hook, the newest first, before a number where one is given.
    pub async fn deliveries(
        &self,
        hook: &str,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<Delivery>, StoreError> {
        let mut conn = self.reader().await?;
        if !is_there(&mut conn, TABLE).await? {
            return Ok(Vec::new());
        }
        let newest = Statement::new(format!(
            "SELECT {COLUMNS} FROM hook_deliveries WHERE hook = ? AND fid < ?
             ORDER BY fid DESC LIMIT ?"
        ))
        .bind(hook)
        .bind(number(before.unwrap_or(u64::MAX)))
        .bind(i64::from(limit));
        conn.rows(newest).await?.iter().map(delivery).collect()
    }

    /// Puts messages of a hook into the queue again; how many. Those that wait are sent now.
    pub async fn send_again(
        &self,
        hook: &str,
        which: Resend,
        at: Timestamp,
    ) -> Result<u64, StoreError> {
        let of =
            "UPDATE hook_deliveries SET state = 'pending', tries = 0, next_at = ?, fault = NULL
             WHERE hook = ? AND hook IN (SELECT id FROM hooks WHERE ended_at IS NULL)";
        let all = |condition: &str| {
            let statement = Statement::new(format!("{of} AND {condition}"));
            statement.bind(at).bind(hook)
        };
        let statement = match which {
            Resend::One(fid) => all("fid = ?").bind(number(fid)),
            Resend::Dead => all("state = 'dead'"),
            Resend::Since(since) => all("made_at >= ?").bind(since),
        };
        let mut conn = self.begin().await?;
        let count = conn.execute(statement).await?;
        conn.commit().await?;
        Ok(count)
    }

    /// Lets go of messages that were known before an instant and do not wait.
    pub async fn forget_deliveries(&self, before: Timestamp) -> Result<u64, StoreError> {
        let mut conn = self.begin().await?;
        let statement =
            Statement::new("DELETE FROM hook_deliveries WHERE made_at < ? AND state <> 'pending'");
        let gone = conn.execute(statement.bind(before)).await?;
        conn.commit().await?;
        Ok(gone)
    }
}

fn delivery(row: &Row) -> Result<Delivery, StoreError> {
    let row = Reader::new(row, TABLE);
    let (fid, tries): (i64, i64) = (row.get("fid")?, row.get("tries")?);
    let status: Option<i64> = row.get("status")?;
    let state = match row.get("state")? {
        "pending" => DeliveryState::Pending,
        "delivered" => DeliveryState::Delivered,
        "dead" => DeliveryState::Dead,
        other => return Err(row.damaged(format!("state is {other:?}"))),
    };
    Ok(Delivery {
        number: fid.unsigned_abs(),
        hook: row.get("hook")?,
        message: row.get("message")?,
        event: row.get("event")?,
        body: row.get("body")?,
        state,
        tries: u32::try_from(tries).map_err(|_| row.damaged(format!("tries is {tries}")))?,
        made_at: row.time("made_at")?,
        next_at: row.time("next_at")?,
        tried_at: row.optional_time("tried_at")?,
        status: status.and_then(|status| u16::try_from(status).ok()),
        fault: row.get("fault")?,
    })
}
