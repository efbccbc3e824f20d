//! What is frozen by itself before each of its windows.

use jiff::Timestamp;

use crate::calendar::cadence::Cadence;
use crate::live::event::EventKind;
use crate::risk::forecast::StandingForecast;
use crate::store::connection::Connection;
use crate::store::error::StoreError;
use crate::store::gpkg::contents::touch;
use crate::store::log;
use crate::store::row::{Reader, Row};
use crate::store::statement::{Statement, Value};
use crate::store::tables::is_there;
use crate::store::workspace::Workspace;

const TABLE: &str = "standing_forecasts";

impl Workspace {
    /// What is frozen by itself, oldest first, ended ones too. None in a file of an older
    /// version.
    pub async fn standing_forecasts(&self) -> Result<Vec<StandingForecast>, StoreError> {
        let mut conn = self.reader().await?;
        if !is_there(&mut conn, TABLE).await? {
            return Ok(Vec::new());
        }
        let statement = Statement::new(
            "SELECT id, cadence, question, since, ended_at FROM standing_forecasts ORDER BY fid",
        );
        conn.rows(statement).await?.iter().map(standing).collect()
    }
    /// Freezes something by itself from now on.
    pub async fn stand(&self, new: &StandingForecast) -> Result<(), StoreError> {
        let mut conn = self.begin().await?;
        add(&mut conn, new).await?;
        note(&mut conn, &new.id, true, new.since).await?;
        conn.commit().await
    }
    /// Freezes it no longer; false where none of that id stands.
    pub async fn end_standing(&self, id: &str, at: Timestamp) -> Result<bool, StoreError> {
        let mut conn = self.begin().await?;
        let statement = Statement::new(
            "UPDATE standing_forecasts SET ended_at = ? WHERE id = ? AND ended_at IS NULL",
        )
        .bind(at)
        .bind(id);
        if conn.execute(statement).await? == 0 {
            return Ok(false);
        }
        touch(&mut conn, TABLE, at).await?;
        note(&mut conn, id, false, at).await?;
        conn.commit().await?;
        Ok(true)
    }
}

async fn add(conn: &mut Connection, new: &StandingForecast) -> Result<(), StoreError> {
    let question = serde_json::to_string(&new.question).map_err(|fault| StoreError::Damaged {
        table: TABLE.into(),
        why: fault.to_string(),
    })?;
    let statement = Statement::new(
        "INSERT INTO standing_forecasts (id, cadence, question, since) VALUES (?, ?, ?, ?)",
    )
    .bind(new.id.as_str())
    .bind(new.cadence.code())
    .bind(Value::Json(question))
    .bind(new.since);
    conn.execute(statement).await?;
    touch(conn, TABLE, new.since).await
}

async fn note(conn: &mut Connection, id: &str, on: bool, at: Timestamp) -> Result<(), StoreError> {
    let event = EventKind::StandingForecast {
        standing: id.into(),
        on,
    };
    log::append(conn, event, at).await.map(|_| ())
}

fn standing(row: &Row) -> Result<StandingForecast, StoreError> {
    let row = Reader::new(row, TABLE);
    let cadence: &str = row.get("cadence")?;
    Ok(StandingForecast {
        id: row.get("id")?,
        cadence: Cadence::from_code(cadence)
            .ok_or_else(|| row.damaged(format!("cadence is {cadence:?}")))?,
        question: serde_json::from_str(row.json("question")?).map_err(|e| row.damaged(e))?,
        since: row.time("since")?,
        ended_at: row.optional_time("ended_at")?,
    })
}
