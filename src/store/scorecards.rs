//! The models' records on the workspace's own past, the newest for each question.

use jiff::Timestamp;

use crate::live::event::EventKind;
use crate::risk::scorecard::{KeptScorecard, Question, Scorecard};
use crate::store::connection::Connection;
use crate::store::error::StoreError;
use crate::store::gpkg::contents::touch;
use crate::store::log;
use crate::store::row::Reader;
use crate::store::statement::{Statement, Value};
use crate::store::tables::is_there;
use crate::store::workspace::Workspace;

const TABLE: &str = "scorecards";

impl Workspace {
    /// Keeps a question's scorecard in the place of the one before. In the log where the
    /// model to trust is another one.
    pub async fn keep_scorecard(
        &self,
        question: &Question,
        data_version: u64,
        card: &Scorecard,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut conn = self.begin().await?;
        let before = keep(&mut conn, question, data_version, card, at).await?;
        if before.as_deref() != Some(card.model()) {
            let event = EventKind::ModelChosen {
                categories: question.categories.clone(),
                model: card.model().into(),
                before,
            };
            log::append(&mut conn, event, at).await?;
        }
        conn.commit().await
    }
    /// The scorecard kept for a question.
    pub async fn scorecard(
        &self,
        question: &Question,
    ) -> Result<Option<KeptScorecard>, StoreError> {
        kept(&mut self.reader().await?, question).await
    }
}

/// Keeps a card in the place of an earlier one of the same question, and returns the model
/// that the earlier one spoke for.
async fn keep(
    conn: &mut Connection,
    question: &Question,
    data_version: u64,
    card: &Scorecard,
    at: Timestamp,
) -> Result<Option<String>, StoreError> {
    let question = serde_json::to_string(question).map_err(damaged)?;
    let statement =
        Statement::new("SELECT model FROM scorecards WHERE question = ?").bind(question.as_str());
    let before = conn
        .row(statement)
        .await?
        .map(|row| Reader::new(&row, TABLE).get("model"))
        .transpose()?;
    let document = serde_json::to_string(card).map_err(damaged)?;
    let statement = Statement::new(
        "INSERT INTO scorecards (question, data_version, kept_at, model, document)
         VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (question) DO UPDATE SET data_version = excluded.data_version,
             kept_at = excluded.kept_at, model = excluded.model, document = excluded.document",
    )
    .bind(question.as_str())
    .bind(data_version as i64)
    .bind(at)
    .bind(card.model())
    .bind(Value::Json(document));
    conn.execute(statement).await?;
    touch(conn, TABLE, at).await?;
    Ok(before)
}

/// The card kept for a question. None in a file of an older version, and where the card is
/// one of another version of the program that this one can't read: it is made anew then.
async fn kept(
    conn: &mut Connection,
    question: &Question,
) -> Result<Option<KeptScorecard>, StoreError> {
    if !is_there(conn, TABLE).await? {
        return Ok(None);
    }
    let question = serde_json::to_string(question).map_err(damaged)?;
    let statement =
        Statement::new("SELECT data_version, kept_at, document FROM scorecards WHERE question = ?")
            .bind(question.as_str());
    let Some(row) = conn.row(statement).await? else {
        return Ok(None);
    };
    let row = Reader::new(&row, TABLE);
    let version: i64 = row.get("data_version")?;
    let Ok(card) = serde_json::from_str(row.json("document")?) else {
        return Ok(None);
    };
    Ok(Some(KeptScorecard {
        data_version: version.unsigned_abs(),
        kept_at: row.time("kept_at")?,
        card,
    }))
}

fn damaged(fault: serde_json::Error) -> StoreError {
    StoreError::Damaged {
        table: TABLE.into(),
        why: fault.to_string(),
    }
}
