//! Incidents: read by filter here, written many at a time in `write`.

pub mod endings;
pub mod write;

use std::cmp::Ordering;

use tokio_stream::StreamExt;

use crate::incident::record::{Incident, Priority};
use crate::place::id::Id;
use crate::place::position::Position;
use crate::risk::model::RiskEvent;
use crate::store::connection::Connection;
use crate::store::error::StoreError;
use crate::store::filter::condition;
use crate::store::incidents::endings::counted;
use crate::store::incidents::write::read_ids_in_use;
use crate::store::quarantines;
use crate::store::record::IncidentFilter;
use crate::store::row::{Reader, Row};
use crate::store::statement::Statement;
use crate::store::workspace::Workspace;

const TABLE: &str = "incidents";

impl Workspace {
    /// Incidents, oldest first by (time, id).
    pub async fn incidents(&self, filter: &IncidentFilter) -> Result<Vec<Incident>, StoreError> {
        read_incidents(&mut self.reader().await?, filter).await
    }
    /// The same, as the models see them: place and time only, a time span by its middle; in
    /// order of (time, place), whatever order they were imported in. The filter's window
    /// looks at the beginning of a span, as in [`Self::incidents`]. Those in quarantine are
    /// left out.
    pub async fn risk_events(&self, filter: &IncidentFilter) -> Result<Vec<RiskEvent>, StoreError> {
        read_risk_events(&mut self.reader().await?, filter).await
    }
    /// The same with each incident's id, in no order.
    pub async fn named_risk_events(
        &self,
        filter: &IncidentFilter,
    ) -> Result<Vec<(Id<Incident>, RiskEvent)>, StoreError> {
        let named = read_with(&mut self.reader().await?, filter, "id").await?;
        Ok(named.into_iter().map(|(id, e)| (Id::new(id), e)).collect())
    }
    /// The same with each incident's category code, in order of (time, place).
    pub async fn categorised_risk_events(
        &self,
        filter: &IncidentFilter,
    ) -> Result<Vec<(String, RiskEvent)>, StoreError> {
        let mut events = read_with(&mut self.reader().await?, filter, "category").await?;
        events.sort_by(|(_, a), (_, b)| by_time_and_place(a, b));
        Ok(events)
    }
    /// How many incidents the filter takes, by category code.
    pub async fn incident_counts(
        &self,
        filter: &IncidentFilter,
    ) -> Result<Vec<(String, u64)>, StoreError> {
        count_incidents(&mut self.reader().await?, filter).await
    }
    /// Which of these incidents, by their place in the list, have the id of a stored one
    /// with another place, time or category; writing would leave them out.
    pub async fn ids_in_use(&self, incidents: &[Incident]) -> Result<Vec<usize>, StoreError> {
        read_ids_in_use(&mut self.reader().await?, incidents).await
    }
}

async fn read_incidents(
    conn: &mut Connection,
    filter: &IncidentFilter,
) -> Result<Vec<Incident>, StoreError> {
    let condition = condition(filter, conn.dialect());
    let condition = counted(conn, condition).await?;
    let sql = format!(
        "SELECT geom, at_ms, until_ms, category, origin, state, priority, id, source_id
         FROM incidents{} ORDER BY at_ms, id{}",
        condition.sql,
        limit(filter)
    );
    let mut rows = conn.stream(Statement::new(sql).bind_all(condition.values));
    let mut incidents = Vec::new();
    while let Some(row) = rows.next().await {
        incidents.push(incident(&row?)?);
    }
    Ok(incidents)
}

async fn read_risk_events(
    conn: &mut Connection,
    filter: &IncidentFilter,
) -> Result<Vec<RiskEvent>, StoreError> {
    let statement = learned_from(conn, filter, "").await?;
    let mut rows = conn.stream(statement);
    let mut events = Vec::new();
    while let Some(row) = rows.next().await {
        events.push(risk_event(&Reader::new(&row?, TABLE))?);
    }
    drop(rows);
    events.sort_unstable_by(by_time_and_place);
    Ok(events)
}

fn by_time_and_place(a: &RiskEvent, b: &RiskEvent) -> Ordering {
    let key = |p: Position| (p.lon(), p.lat());
    let ((ax, ay), (bx, by)) = (key(a.position), key(b.position));
    a.at.cmp(&b.at)
        .then(ax.total_cmp(&bx))
        .then(ay.total_cmp(&by))
}

/// Events, each with a column of text.
async fn read_with(
    conn: &mut Connection,
    filter: &IncidentFilter,
    column: &'static str,
) -> Result<Vec<(String, RiskEvent)>, StoreError> {
    let statement = learned_from(conn, filter, &format!(", {column}")).await?;
    let mut rows = conn.stream(statement);
    let mut events = Vec::new();
    while let Some(row) = rows.next().await {
        let row = row?;
        let row = Reader::new(&row, TABLE);
        events.push((row.get(column)?, risk_event(&row)?));
    }
    Ok(events)
}

/// Asks for what may be learned from, and for further columns.
async fn learned_from(
    conn: &mut Connection,
    filter: &IncidentFilter,
    columns: &str,
) -> Result<Statement, StoreError> {
    let held = quarantines::read(conn, true).await?;
    let dialect = conn.dialect();
    let condition = quarantines::without(condition(filter, dialect), &held, dialect);
    let condition = counted(conn, condition).await?;
    let order = match filter.limit {
        Some(_) => format!(" ORDER BY at_ms, id{}", limit(filter)),
        None => String::new(),
    };
    let sql = format!(
        "SELECT geom, (at_ms + coalesce(until_ms, at_ms)) / 2 AS middle_ms{columns}
         FROM incidents{}{order}",
        condition.sql
    );
    Ok(Statement::new(sql).bind_all(condition.values))
}

fn risk_event(row: &Reader<'_>) -> Result<RiskEvent, StoreError> {
    Ok(RiskEvent {
        position: row.position()?,
        at: row.instant("middle_ms")?,
    })
}

async fn count_incidents(
    conn: &mut Connection,
    filter: &IncidentFilter,
) -> Result<Vec<(String, u64)>, StoreError> {
    let condition = condition(filter, conn.dialect());
    let condition = counted(conn, condition).await?;
    let order = match filter.limit {
        Some(_) => format!(" ORDER BY at_ms, id{}", limit(filter)),
        None => String::new(),
    };
    let sql = format!(
        "SELECT category, count(*) AS number FROM
             (SELECT category FROM incidents{}{order}) AS taken
         GROUP BY category ORDER BY category",
        condition.sql
    );
    conn.rows(Statement::new(sql).bind_all(condition.values))
        .await?
        .iter()
        .map(|row| {
            let row = Reader::new(row, TABLE);
            let count: i64 = row.get("number")?;
            Ok((row.get("category")?, count.unsigned_abs()))
        })
        .collect()
}

fn limit(filter: &IncidentFilter) -> String {
    filter
        .limit
        .map_or_else(String::new, |limit| format!(" LIMIT {limit}"))
}

fn incident(row: &Row) -> Result<Incident, StoreError> {
    let row = Reader::new(row, TABLE);
    let priority: i64 = row.get("priority")?;
    Ok(Incident {
        id: Id::new(row.get::<String>("id")?),
        at: row.instant("at_ms")?,
        until: row.optional_instant("until_ms")?,
        position: row.position()?,
        category: row.get("category")?,
        priority: u8::try_from(priority)
            .ok()
            .and_then(Priority::from_number)
            .ok_or_else(|| row.damaged(format!("priority is {priority}")))?,
        origin: row.code("origin")?,
        state: row.code("state")?,
        source_id: row.get("source_id")?,
    })
}
