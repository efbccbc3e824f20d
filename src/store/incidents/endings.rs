//! Calls that ended as no incident of their own (cancelled, merged): their rows stay, and
//! count in no list and no surface.

use crate::incident::record::{CallState, Incident, Priority};
use crate::place::id::Id;
use crate::store::codes::Coded;
use crate::store::connection::Connection;
use crate::store::error::StoreError;
use crate::store::filter::Condition;
use crate::store::statement::{Dialect, Statement, Value};

/// How a call ended that was no incident of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoIncident {
    /// Nobody had to go.
    Cancelled,
    /// It was the same event as another one.
    Merged,
}

impl Coded for NoIncident {
    const CODES: &'static [(Self, &'static str)] =
        &[(Self::Cancelled, "cancelled"), (Self::Merged, "merged")];
}

/// What the board has come to know of an incident.
#[derive(Debug, Clone, PartialEq)]
pub struct IncidentNews {
    /// Which.
    pub id: Id<Incident>,
    /// How far its answer is.
    pub state: CallState,
    /// What it is taken for.
    pub category: String,
    /// How urgent it is.
    pub priority: Priority,
    /// Whether it was none.
    pub ending: Option<NoIncident>,
}

/// The condition without those that were no incidents.
///
/// # Errors
/// [`StoreError`].
pub async fn counted(conn: &mut Connection, condition: Condition) -> Result<Condition, StoreError> {
    // A file of an older version that is opened for reading has no such column.
    if conn.dialect() == Dialect::Gpkg {
        let column = "SELECT count(*) FROM pragma_table_info('incidents') WHERE name = 'ending'";
        if conn.number(Statement::new(column)).await? == 0 {
            return Ok(condition);
        }
    }
    let joined = match condition.sql.is_empty() {
        true => " WHERE",
        false => " AND",
    };
    Ok(Condition {
        sql: format!("{}{joined} ending IS NULL", condition.sql),
        values: condition.values,
    })
}

/// Writes what the board has come to know of an incident.
///
/// # Errors
/// [`StoreError`]; the caller's transaction should then be rolled back.
pub async fn note(conn: &mut Connection, news: &IncidentNews) -> Result<(), StoreError> {
    const SET: &str = "UPDATE incidents SET state = ?, category = ?, priority = ?, ending = ?";
    let values = [
        Value::Word(news.state.code()),
        Value::text(news.category.as_str()),
        Value::from(i64::from(news.priority.number())),
        Value::Text(news.ending.map(|it| it.code().to_owned())),
        Value::text(news.id.as_str()),
    ];
    let statement = match conn.dialect() {
        Dialect::Gpkg => Statement::new(format!("{SET} WHERE id = ?")),
        // When it was says in which partition it is.
        Dialect::Postgis => Statement::new(format!(
            "{SET} WHERE id = ? AND at_ms = (SELECT k.at_ms FROM incident_ids k WHERE k.id = ?)"
        )),
    };
    let mut statement = statement.bind_all(values);
    if conn.dialect() == Dialect::Postgis {
        statement = statement.bind(news.id.as_str());
    }
    conn.execute(statement).await?;
    Ok(())
}
