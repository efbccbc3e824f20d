//! Frozen forecasts and their scores: added, never changed (triggers refuse it); and what
//! is frozen by itself. The cells' numbers and expectations are packed: postcard, deflated.

use std::io::Write;

use flate2::Compression;
use flate2::write::{DeflateDecoder, DeflateEncoder};
use jiff::Timestamp;
use sqlx::SqliteConnection;
use sqlx::sqlite::SqliteRow;

use crate::calendar::cadence::Cadence;
use crate::grid::cell::Cell;
use crate::place::id::Id;
use crate::risk::backtest::Figure;
use crate::risk::forecast::{Forecast, ForecastScore, ForecastSummary, StandingForecast};
use crate::risk::surface::Provenance;
use crate::store::error::StoreError;
use crate::store::fault::database_fault;
use crate::store::gpkg::contents::touch;
use crate::store::instant;
use crate::store::record::ForecastFilter;
use crate::store::row::{Reader, Value, bind};
use crate::store::tables::{is_there, mark};

const TABLE: &str = "forecasts";
const SCORES: &str = "forecast_scores";
const STANDING: &str = "standing_forecasts";

/// Cells of the largest grid, packed as loosely as can be: nothing larger is unpacked.
const MOST_BYTES: usize = 16 * 1024 * 1024;

/// Adds a forecast; false where it is there.
///
/// # Errors
/// [`StoreError`].
pub async fn add(
    conn: &mut SqliteConnection,
    path: &str,
    forecast: &Forecast,
) -> Result<bool, StoreError> {
    let fault = |e| database_fault(path, e);
    let made = &forecast.provenance;
    let added = sqlx::query(
        "INSERT INTO forecasts (id, made_at, window_start, window_end, data_until, model,
                                resolution, expected_total, provenance, cells, synthetic)
         SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?
         WHERE NOT EXISTS (SELECT 1 FROM forecasts WHERE id = ?)",
    )
    .bind(forecast.id.as_str())
    .bind(instant::text(forecast.frozen_at))
    .bind(instant::text(made.window.start()))
    .bind(instant::text(made.window.end()))
    .bind(instant::text(made.look_back.end()))
    .bind(made.model.as_str())
    .bind(i64::from(made.resolution))
    .bind(forecast.total())
    .bind(forecast.written.as_str())
    .bind(pack(forecast)?)
    .bind(mark(forecast.synthetic))
    .bind(forecast.id.as_str())
    .execute(&mut *conn)
    .await
    .map_err(fault)?;
    touch(conn, TABLE, forecast.frozen_at)
        .await
        .map_err(fault)?;
    Ok(added.rows_affected() > 0)
}

/// A forecast with its cells.
///
/// # Errors
/// [`StoreError`].
pub async fn read(
    conn: &mut SqliteConnection,
    path: &str,
    id: &str,
) -> Result<Option<Forecast>, StoreError> {
    sqlx::query("SELECT id, made_at, provenance, cells, synthetic FROM forecasts WHERE id = ?")
        .bind(id)
        .fetch_optional(conn)
        .await
        .map_err(|e| database_fault(path, e))?
        .as_ref()
        .map(forecast)
        .transpose()
}

/// Forecasts in one line each with their newest scores, those that end last first. None in
/// a file of an older version.
///
/// # Errors
/// [`StoreError`].
pub async fn list(
    conn: &mut SqliteConnection,
    path: &str,
    filter: ForecastFilter,
) -> Result<Vec<ForecastSummary>, StoreError> {
    if !is_there(conn, SCORES)
        .await
        .map_err(|e| database_fault(path, e))?
    {
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
        values.push(Value::text(instant::text(by)));
    }
    if let Some(after) = filter.ends_after {
        sql.push_str(" AND f.window_end > ?");
        values.push(Value::text(instant::text(after)));
    }
    if filter.unscored {
        sql.push_str(" AND NOT EXISTS (SELECT 1 FROM forecast_scores s WHERE s.forecast = f.id)");
    }
    sql.push_str(" ORDER BY f.window_end DESC, f.fid DESC LIMIT ?");
    values.push(Value::Int(Some(filter.limit.map_or(i64::MAX, i64::from))));
    values
        .into_iter()
        .fold(sqlx::query(sqlx::AssertSqlSafe(sql)), bind)
        .fetch_all(conn)
        .await
        .map_err(|e| database_fault(path, e))?
        .iter()
        .map(summary)
        .collect()
}

/// Adds a score; earlier ones stay.
///
/// # Errors
/// [`StoreError`].
pub async fn add_score(
    conn: &mut SqliteConnection,
    path: &str,
    id: &str,
    score: &ForecastScore,
) -> Result<(), StoreError> {
    let fault = |e| database_fault(path, e);
    sqlx::query(
        "INSERT INTO forecast_scores (forecast, scored_at, incidents, log_score, hit_rate_1,
                                      hit_rate_2, hit_rate_5, document)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(id)
    .bind(instant::text(score.scored_at))
    .bind(score.window.events)
    .bind(score.figure(Figure::LogScore))
    .bind(score.hit_rate(0.01))
    .bind(score.hit_rate(0.02))
    .bind(score.hit_rate(0.05))
    .bind(serde_json::to_string(score).map_err(|e| damaged(SCORES, e))?)
    .execute(&mut *conn)
    .await
    .map_err(fault)?;
    touch(conn, SCORES, score.scored_at).await.map_err(fault)
}

/// All standing forecasts, ended ones too, oldest first. None in a file of an older
/// version.
///
/// # Errors
/// [`StoreError`].
pub async fn standing(
    conn: &mut SqliteConnection,
    path: &str,
) -> Result<Vec<StandingForecast>, StoreError> {
    let fault = |e| database_fault(path, e);
    if !is_there(conn, STANDING).await.map_err(fault)? {
        return Ok(Vec::new());
    }
    sqlx::query(
        "SELECT id, cadence, question, since, ended_at FROM standing_forecasts ORDER BY fid",
    )
    .fetch_all(conn)
    .await
    .map_err(fault)?
    .iter()
    .map(|row| {
        let row = Reader::new(row, STANDING);
        let cadence: &str = row.get("cadence")?;
        let question: &str = row.get("question")?;
        let time = |text: &str| text.parse::<Timestamp>().map_err(|e| row.damaged(e));
        let ended: Option<&str> = row.get("ended_at")?;
        Ok(StandingForecast {
            id: row.get("id")?,
            cadence: Cadence::from_code(cadence)
                .ok_or_else(|| row.damaged(format!("cadence is {cadence:?}")))?,
            question: serde_json::from_str(question).map_err(|e| row.damaged(e))?,
            since: time(row.get("since")?)?,
            ended_at: ended.map(time).transpose()?,
        })
    })
    .collect()
}

/// Adds a standing forecast.
///
/// # Errors
/// [`StoreError`].
pub async fn add_standing(
    conn: &mut SqliteConnection,
    path: &str,
    new: &StandingForecast,
) -> Result<(), StoreError> {
    let fault = |e| database_fault(path, e);
    sqlx::query(
        "INSERT INTO standing_forecasts (id, cadence, question, since) VALUES (?, ?, ?, ?)",
    )
    .bind(new.id.as_str())
    .bind(new.cadence.code())
    .bind(serde_json::to_string(&new.question).map_err(|e| damaged(STANDING, e))?)
    .bind(instant::text(new.since))
    .execute(&mut *conn)
    .await
    .map_err(fault)?;
    touch(conn, STANDING, new.since).await.map_err(fault)
}

/// Ends a standing forecast; false where none of that id stands.
///
/// # Errors
/// [`StoreError`].
pub async fn end_standing(
    conn: &mut SqliteConnection,
    path: &str,
    id: &str,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let fault = |e| database_fault(path, e);
    let done =
        sqlx::query("UPDATE standing_forecasts SET ended_at = ? WHERE id = ? AND ended_at IS NULL")
            .bind(instant::text(at))
            .bind(id)
            .execute(&mut *conn)
            .await
            .map_err(fault)?;
    touch(conn, STANDING, at).await.map_err(fault)?;
    Ok(done.rows_affected() > 0)
}

fn forecast(row: &SqliteRow) -> Result<Forecast, StoreError> {
    let row = Reader::new(row, TABLE);
    let (id, made_at, provenance): (&str, &str, &str) =
        (row.get("id")?, row.get("made_at")?, row.get("provenance")?);
    let synthetic: &str = row.get("synthetic")?;
    let (cells, expected) = unpack(row.get("cells")?).map_err(|why| row.damaged(why))?;
    Ok(Forecast {
        id: Id::new(id),
        frozen_at: made_at.parse().map_err(|e| row.damaged(e))?,
        provenance: serde_json::from_str(provenance).map_err(|e| row.damaged(e))?,
        written: provenance.into(),
        cells,
        expected,
        synthetic: !synthetic.is_empty(),
    })
}

fn summary(row: &SqliteRow) -> Result<ForecastSummary, StoreError> {
    let row = Reader::new(row, TABLE);
    let (id, made_at, provenance): (&str, &str, &str) =
        (row.get("id")?, row.get("made_at")?, row.get("provenance")?);
    let score: Option<&str> = row.get("score")?;
    let provenance: Provenance = serde_json::from_str(provenance).map_err(|e| row.damaged(e))?;
    Ok(ForecastSummary {
        id: Id::new(id),
        frozen_at: made_at.parse().map_err(|e| row.damaged(e))?,
        provenance,
        expected_total: row.get("expected_total")?,
        score: score
            .map(|text| serde_json::from_str(text).map_err(|e| row.damaged(e)))
            .transpose()?,
    })
}

/// Steps from cell to cell (ascending, so small) and the expectations.
fn pack(forecast: &Forecast) -> Result<Vec<u8>, StoreError> {
    let mut before = 0;
    let steps: Vec<u64> = forecast
        .cells
        .iter()
        .map(|cell| {
            cell.number()
                .wrapping_sub(std::mem::replace(&mut before, cell.number()))
        })
        .collect();
    let body =
        postcard::to_allocvec(&(steps, &forecast.expected)).map_err(|e| damaged(TABLE, e))?;
    let mut packed = DeflateEncoder::new(Vec::new(), Compression::default());
    packed.write_all(&body).map_err(|e| damaged(TABLE, e))?;
    packed.finish().map_err(|e| damaged(TABLE, e))
}

fn unpack(packed: &[u8]) -> Result<(Vec<Cell>, Vec<f32>), String> {
    let mut unpacked = DeflateDecoder::new(Bounded(Vec::new()));
    unpacked.write_all(packed).map_err(|e| e.to_string())?;
    let body = unpacked.finish().map_err(|e| e.to_string())?.0;
    let (steps, expected): (Vec<u64>, Vec<f32>) =
        postcard::from_bytes(&body).map_err(|e| e.to_string())?;
    if steps.len() != expected.len() {
        return Err(format!(
            "{} cells have {} numbers",
            steps.len(),
            expected.len()
        ));
    }
    let mut number = 0u64;
    let cells = steps.iter().map(|step| {
        number = number.wrapping_add(*step);
        Cell::new(number).ok_or_else(|| format!("{number:x} is no cell"))
    });
    Ok((cells.collect::<Result<_, _>>()?, expected))
}

/// Takes no more bytes than a forecast can have.
struct Bounded(Vec<u8>);

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if self.0.len() + bytes.len() > MOST_BYTES {
            return Err(std::io::Error::other(
                "it unpacks to more than a forecast can be",
            ));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn damaged(table: &str, fault: impl ToString) -> StoreError {
    StoreError::Damaged {
        table: table.into(),
        why: fault.to_string(),
    }
}
