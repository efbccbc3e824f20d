//! Patrol plans: the document as JSON, its routes and stops as layers for GIS programs.

use geo_types::{Geometry, LineString};
use jiff::Timestamp;
use sqlx::{SqliteConnection, sqlite::SqliteRow};

use crate::calendar::window::Window;
use crate::patrol::plan::{PatrolPlan, PatrolRoute, Stop, StopReason};
use crate::patrol::summary::PlanSummary;
use crate::place::id::Id;
use crate::place::position::Position;
use crate::store::error::StoreError;
use crate::store::fault::database_fault;
use crate::store::gpkg::contents::{Extent, grow_extent, touch};
use crate::store::gpkg::geometry::encode_point;
use crate::store::instant;
use crate::store::layers::geometry_blob;
use crate::store::row::{Reader, Value, insert_all};
use crate::store::tables::mark;

const TABLE: &str = "plans";
const ROUTES: &str = "plan_routes";
const STOPS: &str = "plan_stops";

/// Stores a plan; one with the same id is replaced.
///
/// # Errors
/// [`StoreError`]; the caller's transaction should then be rolled back.
pub async fn write_plan(
    conn: &mut SqliteConnection,
    path: &str,
    plan: &PatrolPlan,
) -> Result<(), StoreError> {
    let fault = |e| database_fault(path, e);
    let document = serde_json::to_string(plan).map_err(|e| damaged(&e))?;
    sqlx::query("DELETE FROM plans WHERE id = ?")
        .bind(plan.id.as_str())
        .execute(&mut *conn)
        .await
        .map_err(fault)?;
    sqlx::query(
        "INSERT INTO plans (id, made_at, window_start, window_end, units, stops, risk_covered,
                            risk_total, document, synthetic)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(plan.id.as_str())
    .bind(instant::text(plan.made_at))
    .bind(instant::text(plan.window.start()))
    .bind(instant::text(plan.window.end()))
    .bind(plan.routes.len() as i64)
    .bind(plan.routes.iter().map(|r| r.stops.len()).sum::<usize>() as i64)
    .bind(plan.risk_covered)
    .bind(plan.risk_total)
    .bind(document)
    .bind(mark(plan.synthetic))
    .execute(&mut *conn)
    .await
    .map_err(fault)?;
    touch(conn, TABLE, plan.made_at).await.map_err(fault)?;
    write_routes(conn, path, plan).await?;
    write_stops(conn, path, plan).await
}

/// A stored plan.
///
/// # Errors
/// [`StoreError`].
pub async fn read_plan(
    conn: &mut SqliteConnection,
    path: &str,
    id: &str,
) -> Result<Option<PatrolPlan>, StoreError> {
    sqlx::query("SELECT document FROM plans WHERE id = ?")
        .bind(id)
        .fetch_optional(conn)
        .await
        .map_err(|e| database_fault(path, e))?
        .as_ref()
        .map(plan)
        .transpose()
}

/// The newest plans in one line each, newest first. Their documents are not read.
///
/// # Errors
/// [`StoreError`].
pub async fn read_plans(
    conn: &mut SqliteConnection,
    path: &str,
    limit: u32,
) -> Result<Vec<PlanSummary>, StoreError> {
    sqlx::query(
        "SELECT id, made_at, window_start, window_end, units, stops, risk_covered, risk_total
         FROM plans ORDER BY made_at DESC, fid DESC LIMIT ?",
    )
    .bind(limit)
    .fetch_all(conn)
    .await
    .map_err(|e| database_fault(path, e))?
    .iter()
    .map(summary)
    .collect()
}

/// Where the plans of shifts that begin in a window had their stops: one list a shift, of
/// several plans for the same shift the newest.
///
/// # Errors
/// [`StoreError`].
pub async fn read_stops(
    conn: &mut SqliteConnection,
    path: &str,
    window: Window,
) -> Result<Vec<Vec<Position>>, StoreError> {
    let rows = sqlx::query(
        "SELECT s.geom, p.fid FROM plan_stops s JOIN plans p ON p.id = s.plan
         WHERE p.window_start >= ? AND p.window_start < ? AND NOT EXISTS (
             SELECT 1 FROM plans q WHERE q.window_start = p.window_start
             AND q.window_end = p.window_end AND q.fid > p.fid)
         ORDER BY p.fid, s.fid",
    )
    .bind(instant::text(window.start()))
    .bind(instant::text(window.end()))
    .fetch_all(conn)
    .await
    .map_err(|e| database_fault(path, e))?;
    let mut shifts: Vec<(i64, Vec<Position>)> = Vec::new();
    for row in &rows {
        let row = Reader::new(row, STOPS);
        let (plan, position) = (row.get("fid")?, row.position()?);
        match shifts.last_mut() {
            Some((last, stops)) if *last == plan => stops.push(position),
            _ => shifts.push((plan, vec![position])),
        }
    }
    Ok(shifts.into_iter().map(|(_, stops)| stops).collect())
}

async fn write_routes(
    conn: &mut SqliteConnection,
    path: &str,
    plan: &PatrolPlan,
) -> Result<(), StoreError> {
    let fault = |e| database_fault(path, e);
    let mut extent = Extent::default();
    let mut rows = Vec::new();
    for route in &plan.routes {
        extent.add(Extent::of_positions(&route.line));
        rows.push(vec![
            Value::Blob(route_blob(route)?),
            Value::text(plan.id.as_str()),
            Value::text(route.unit.as_str()),
            Value::text(route.call_sign.as_str()),
            Value::Int(Some(route.stops.len() as i64)),
            Value::Real(Some(route.length.0)),
            Value::Real(Some(route.driving.0)),
            Value::Word(mark(plan.synthetic)),
        ]);
    }
    let columns = [
        "geom",
        "plan",
        "unit",
        "call_sign",
        "stops",
        "length_m",
        "driving_s",
        "synthetic",
    ];
    insert_all(conn, ROUTES, &columns, "", rows.into_iter())
        .await
        .map_err(fault)?;
    grow_extent(conn, ROUTES, extent, plan.made_at)
        .await
        .map_err(fault)
}

async fn write_stops(
    conn: &mut SqliteConnection,
    path: &str,
    plan: &PatrolPlan,
) -> Result<(), StoreError> {
    let fault = |e| database_fault(path, e);
    let mut extent = Extent::default();
    let mut rows = Vec::new();
    for route in &plan.routes {
        for stop in &route.stops {
            extent.add(Extent::of_position(stop.position));
            rows.push(stop_values(plan, route, stop));
        }
    }
    let columns = [
        "geom",
        "plan",
        "unit",
        "call_sign",
        "number",
        "label",
        "arrival",
        "departure",
        "drive_s",
        "gain",
        "reason",
        "synthetic",
    ];
    insert_all(conn, STOPS, &columns, "", rows.into_iter())
        .await
        .map_err(fault)?;
    grow_extent(conn, STOPS, extent, plan.made_at)
        .await
        .map_err(fault)
}

fn stop_values(plan: &PatrolPlan, route: &PatrolRoute, stop: &Stop) -> Vec<Value> {
    let reason = match stop.reason {
        StopReason::Risk { .. } => "risk",
        StopReason::MustVisit { .. } => "must_visit",
        StopReason::Break { .. } => "break",
    };
    vec![
        Value::Blob(Some(encode_point(stop.position))),
        Value::text(plan.id.as_str()),
        Value::text(route.unit.as_str()),
        Value::text(route.call_sign.as_str()),
        Value::Int(Some(i64::from(stop.number))),
        Value::text(stop.label.as_str()),
        Value::Text(Some(instant::text(stop.arrival))),
        Value::Text(Some(instant::text(stop.departure))),
        Value::Real(Some(stop.drive.0)),
        Value::Real(Some(stop.gain)),
        Value::Word(reason),
        Value::Word(mark(plan.synthetic)),
    ]
}

/// The line driven; none where the unit stays where it is.
fn route_blob(route: &PatrolRoute) -> Result<Option<Vec<u8>>, StoreError> {
    if route.line.len() < 2 {
        return Ok(None);
    }
    let line = LineString(route.line.iter().map(|p| p.coord()).collect());
    geometry_blob(ROUTES, &Geometry::LineString(line)).map(Some)
}

fn plan(row: &SqliteRow) -> Result<PatrolPlan, StoreError> {
    let document: &str = Reader::new(row, TABLE).get("document")?;
    serde_json::from_str(document).map_err(|e| damaged(&e))
}

fn summary(row: &SqliteRow) -> Result<PlanSummary, StoreError> {
    let row = Reader::new(row, TABLE);
    let instant = |column: &'static str| -> Result<Timestamp, StoreError> {
        let text: &str = row.get(column)?;
        let parsed = text.parse();
        parsed.map_err(|_| row.damaged(format!("{column} is {text:?}")))
    };
    let number = |column: &'static str| -> Result<usize, StoreError> {
        let number: i64 = row.get(column)?;
        usize::try_from(number).map_err(|_| row.damaged(format!("{column} is {number}")))
    };
    let window = Window::new(instant("window_start")?, instant("window_end")?)
        .map_err(|fault| row.damaged(fault))?;
    let id: &str = row.get("id")?;
    Ok(PlanSummary {
        id: Id::new(id),
        made_at: instant("made_at")?,
        window,
        units: number("units")?,
        stops: number("stops")?,
        risk_covered: row.get("risk_covered")?,
        risk_total: row.get("risk_total")?,
    })
}

fn damaged(fault: &serde_json::Error) -> StoreError {
    StoreError::Damaged {
        table: TABLE.into(),
        why: fault.to_string(),
    }
}
