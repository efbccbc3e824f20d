//! Frozen forecasts and their scores: added, never changed (triggers refuse it); what is
//! frozen by itself (`standing`); and, on a server, the newest as a layer (`latest`).

pub mod cells;
pub mod latest;
pub mod standing;

use jiff::Timestamp;

use crate::live::event::EventKind;
use crate::place::id::Id;
use crate::risk::backtest::Figure;
use crate::risk::forecast::{Forecast, ForecastScore, ForecastSummary};
use crate::risk::surface::Provenance;
use crate::store::connection::Connection;
use crate::store::error::StoreError;
use crate::store::forecasts::cells::{pack, unpack};
use crate::store::gpkg::contents::touch;
use crate::store::log;
use crate::store::record::ForecastFilter;
use crate::store::row::{Reader, Row};
use crate::store::statement::{Statement, Value};
use crate::store::tables::{is_there, mark};
use crate::store::workspace::Workspace;

const TABLE: &str = "forecasts";
const SCORES: &str = "forecast_scores";

impl Workspace {
    /// Stores forecasts, all or none; they can't be changed afterwards. Those that are there
    /// stay as they are.
    pub async fn freeze(&self, forecasts: &[Forecast]) -> Result<(), StoreError> {
        let mut conn = self.begin().await?;
        add_all(&mut conn, forecasts).await?;
        conn.commit().await
    }
    /// The same, unless one of the same question, model and window was frozen after `known`,
    /// the newest that whoever made these knew; false then. It is looked for in the turn to
    /// write: of two who freeze what is due one does.
    pub async fn freeze_after(
        &self,
        forecasts: &[Forecast],
        known: Option<Timestamp>,
    ) -> Result<bool, StoreError> {
        let mut conn = self.begin().await?;
        for forecast in forecasts {
            if is_frozen_after(&mut conn, forecast, known).await? {
                return Ok(false);
            }
        }
        add_all(&mut conn, forecasts).await?;
        conn.commit().await?;
        Ok(true)
    }
    /// A frozen forecast.
    pub async fn forecast(&self, id: &str) -> Result<Option<Forecast>, StoreError> {
        read(&mut self.reader().await?, id).await
    }
    /// Forecasts in one line each, those that end last first.
    pub async fn forecasts(
        &self,
        filter: ForecastFilter,
    ) -> Result<Vec<ForecastSummary>, StoreError> {
        list(&mut self.reader().await?, filter).await
    }
    /// Adds a forecast's score; earlier scores of it stay. False where the newest is of the
    /// same incidents: another one was faster.
    pub async fn score_forecast(
        &self,
        id: &str,
        score: &ForecastScore,
    ) -> Result<bool, StoreError> {
        let mut conn = self.begin().await?;
        let newest = newest_score(&mut conn, id).await?;
        if newest.is_some_and(|newest| newest.incidents_sha256 == score.incidents_sha256) {
            return Ok(false);
        }
        add_score(&mut conn, id, score).await?;
        let event = EventKind::ForecastScored {
            forecast: id.into(),
        };
        log::append(&mut conn, event, score.scored_at).await?;
        conn.commit().await?;
        Ok(true)
    }
}

async fn add_all(conn: &mut Connection, forecasts: &[Forecast]) -> Result<(), StoreError> {
    for forecast in forecasts {
        if !add(conn, forecast).await? {
            continue;
        }
        let event = EventKind::ForecastFrozen {
            forecast: forecast.id.as_str().into(),
            model: forecast.provenance.model.clone(),
            window: forecast.provenance.window,
        };
        log::append(conn, event, forecast.frozen_at).await?;
    }
    latest::draw(conn).await
}

/// Whether one of the same question, model and window was frozen after an instant; ever, where
/// there is none.
async fn is_frozen_after(
    conn: &mut Connection,
    forecast: &Forecast,
    known: Option<Timestamp>,
) -> Result<bool, StoreError> {
    let made = &forecast.provenance;
    let statement = Statement::new(
        "SELECT made_at, provenance FROM forecasts
         WHERE window_start = ? AND window_end = ? AND model = ?",
    )
    .bind(made.window.start())
    .bind(made.window.end())
    .bind(made.model.as_str());
    for row in conn.rows(statement).await? {
        let row = Reader::new(&row, TABLE);
        let text: &str = row.json("provenance")?;
        let other: Provenance = serde_json::from_str(text).map_err(|e| row.damaged(e))?;
        let same = other.categories == made.categories
            && other.hours == made.hours
            && other.resolution == made.resolution;
        let frozen_at = row.time("made_at")?;
        if same && known.is_none_or(|known| frozen_at > known) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Adds a forecast; false where it is there.
async fn add(conn: &mut Connection, forecast: &Forecast) -> Result<bool, StoreError> {
    let made = &forecast.provenance;
    let statement = Statement::new(
        "INSERT INTO forecasts (id, made_at, window_start, window_end, data_until, model,
                                resolution, expected_total, provenance, cells, synthetic)
         SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?
         WHERE NOT EXISTS (SELECT 1 FROM forecasts WHERE id = ?)",
    )
    .bind(forecast.id.as_str())
    .bind(forecast.frozen_at)
    .bind(made.window.start())
    .bind(made.window.end())
    .bind(made.look_back.end())
    .bind(made.model.as_str())
    .bind(i64::from(made.resolution))
    .bind(forecast.total())
    .bind(Value::Json(forecast.written.clone()))
    .bind(Value::Blob(Some(pack(forecast)?)))
    .bind(mark(forecast.synthetic))
    .bind(forecast.id.as_str());
    let added = conn.execute(statement).await?;
    touch(conn, TABLE, forecast.frozen_at).await?;
    Ok(added > 0)
}

/// A forecast with its cells.
async fn read(conn: &mut Connection, id: &str) -> Result<Option<Forecast>, StoreError> {
    let statement = Statement::new(
        "SELECT id, made_at, provenance, cells, synthetic FROM forecasts WHERE id = ?",
    )
    .bind(id);
    conn.row(statement)
        .await?
        .as_ref()
        .map(forecast)
        .transpose()
}

/// Forecasts in one line each with their newest scores, those that end last first. None in
/// a file of an older version.
async fn list(
    conn: &mut Connection,
    filter: ForecastFilter,
) -> Result<Vec<ForecastSummary>, StoreError> {
    if !is_there(conn, SCORES).await? {
        return Ok(Vec::new());
    }
    let mut sql = String::from(
        "SELECT f.id, f.made_at, f.provenance, f.expected_total,
                (SELECT s.document FROM forecast_scores s WHERE s.forecast = f.id
                 ORDER BY s.fid DESC LIMIT 1) AS score
         FROM forecasts f WHERE true",
    );
    let mut values = Vec::new();
    if let Some(by) = filter.ended_by {
        sql.push_str(" AND f.window_end <= ?");
        values.push(Value::from(by));
    }
    if let Some(after) = filter.ends_after {
        sql.push_str(" AND f.window_end > ?");
        values.push(Value::from(after));
    }
    if filter.unscored {
        sql.push_str(" AND NOT EXISTS (SELECT 1 FROM forecast_scores s WHERE s.forecast = f.id)");
    }
    sql.push_str(" ORDER BY f.window_end DESC, f.fid DESC LIMIT ?");
    values.push(Value::from(filter.limit.map_or(i64::MAX, i64::from)));
    let statement = Statement::new(sql).bind_all(values);
    conn.rows(statement).await?.iter().map(summary).collect()
}

/// Adds a score; earlier ones stay.
async fn add_score(
    conn: &mut Connection,
    id: &str,
    score: &ForecastScore,
) -> Result<(), StoreError> {
    let document = serde_json::to_string(score).map_err(|e| damaged(SCORES, e))?;
    let statement = Statement::new(
        "INSERT INTO forecast_scores (forecast, scored_at, incidents, log_score, hit_rate_1,
                                      hit_rate_2, hit_rate_5, document)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(id)
    .bind(score.scored_at)
    .bind(score.window.events)
    .bind(score.figure(Figure::LogScore))
    .bind(score.hit_rate(0.01))
    .bind(score.hit_rate(0.02))
    .bind(score.hit_rate(0.05))
    .bind(Value::Json(document));
    conn.execute(statement).await?;
    touch(conn, SCORES, score.scored_at).await
}

async fn newest_score(
    conn: &mut Connection,
    id: &str,
) -> Result<Option<ForecastScore>, StoreError> {
    let newest = Statement::new(
        "SELECT document FROM forecast_scores WHERE forecast = ? ORDER BY fid DESC LIMIT 1",
    );
    let Some(row) = conn.row(newest.bind(id)).await? else {
        return Ok(None);
    };
    let row = Reader::new(&row, SCORES);
    let score = serde_json::from_str(row.json("document")?);
    score.map(Some).map_err(|e| row.damaged(e))
}

fn forecast(row: &Row) -> Result<Forecast, StoreError> {
    let row = Reader::new(row, TABLE);
    let (id, provenance): (&str, &str) = (row.get("id")?, row.json("provenance")?);
    let synthetic: &str = row.get("synthetic")?;
    let (cells, expected) = unpack(row.get("cells")?).map_err(|why| row.damaged(why))?;
    Ok(Forecast {
        id: Id::new(id),
        frozen_at: row.time("made_at")?,
        provenance: serde_json::from_str(provenance).map_err(|e| row.damaged(e))?,
        written: provenance.into(),
        cells,
        expected,
        synthetic: !synthetic.is_empty(),
    })
}

fn summary(row: &Row) -> Result<ForecastSummary, StoreError> {
    let row = Reader::new(row, TABLE);
    let (id, provenance): (&str, &str) = (row.get("id")?, row.json("provenance")?);
    let provenance: Provenance = serde_json::from_str(provenance).map_err(|e| row.damaged(e))?;
    Ok(ForecastSummary {
        id: Id::new(id),
        frozen_at: row.time("made_at")?,
        provenance,
        expected_total: row.get("expected_total")?,
        score: row
            .optional_json("score")?
            .map(|text| serde_json::from_str(text).map_err(|e| row.damaged(e)))
            .transpose()?,
    })
}

fn damaged(table: &str, fault: impl ToString) -> StoreError {
    StoreError::Damaged {
        table: table.into(),
        why: fault.to_string(),
    }
}
