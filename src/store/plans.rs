//! Patrol plans: the document as JSON, its routes and stops as layers for GIS programs.

use geo_types::{Geometry, LineString};

use crate::calendar::window::Window;
use crate::live::event::EventKind;
use crate::patrol::basis::PlanBasis;
use crate::patrol::plan::{PatrolPlan, PatrolRoute, Stop, StopReason};
use crate::patrol::summary::PlanSummary;
use crate::place::id::Id;
use crate::place::position::Position;
use crate::store::connection::Connection;
use crate::store::error::StoreError;
use crate::store::gpkg::contents::{Extent, grow_extent, touch};
use crate::store::layers::shape_value;
use crate::store::log;
use crate::store::plan_basis::{read_basis, write_basis};
use crate::store::row::{Reader, Row};
use crate::store::statement::{Statement, Value};
use crate::store::tables::mark;
use crate::store::workspace::Workspace;

const TABLE: &str = "plans";
const ROUTES: &str = "plan_routes";
const STOPS: &str = "plan_stops";

impl Workspace {
    /// Stores a plan, what it was made on, and its event; a plan with the same id is
    /// replaced.
    pub async fn save_plan(
        &self,
        plan: &PatrolPlan,
        basis: Option<&PlanBasis>,
    ) -> Result<(), StoreError> {
        let mut conn = self.begin().await?;
        write_plan(&mut conn, plan).await?;
        if let Some(basis) = basis {
            write_basis(&mut conn, plan.id.as_str(), basis).await?;
        }
        let event = EventKind::PlanMade {
            plan: plan.id.as_str().into(),
        };
        log::append(&mut conn, event, plan.made_at).await?;
        conn.commit().await
    }
    /// A stored plan.
    pub async fn plan(&self, id: &str) -> Result<Option<PatrolPlan>, StoreError> {
        let statement = Statement::new("SELECT document FROM plans WHERE id = ?").bind(id);
        let row = self.reader().await?.row(statement).await?;
        row.as_ref().map(plan).transpose()
    }
    /// What a plan was made on; none where that was not kept.
    pub async fn plan_basis(&self, id: &str) -> Result<Option<PlanBasis>, StoreError> {
        read_basis(&mut self.reader().await?, id).await
    }
    /// The newest plans in one line each, newest first.
    pub async fn plans(&self, limit: u32) -> Result<Vec<PlanSummary>, StoreError> {
        read_plans(&mut self.reader().await?, limit).await
    }
    /// Where planned shifts that begin in a window had their stops, one list a shift.
    pub async fn planned_stops(&self, window: Window) -> Result<Vec<Vec<Position>>, StoreError> {
        read_stops(&mut self.reader().await?, window).await
    }
}

/// Stores a plan; one with the same id is replaced.
async fn write_plan(conn: &mut Connection, plan: &PatrolPlan) -> Result<(), StoreError> {
    let document = serde_json::to_string(plan).map_err(|e| damaged(&e))?;
    conn.execute(Statement::new("DELETE FROM plans WHERE id = ?").bind(plan.id.as_str()))
        .await?;
    let stops = plan.routes.iter().map(|r| r.stops.len()).sum::<usize>();
    let statement = Statement::new(
        "INSERT INTO plans (id, made_at, window_start, window_end, units, stops, risk_covered,
                            risk_total, document, synthetic)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(plan.id.as_str())
    .bind(plan.made_at)
    .bind(plan.window.start())
    .bind(plan.window.end())
    .bind(plan.routes.len() as i64)
    .bind(stops as i64)
    .bind(plan.risk_covered)
    .bind(plan.risk_total)
    .bind(Value::Json(document))
    .bind(mark(plan.synthetic));
    conn.execute(statement).await?;
    touch(conn, TABLE, plan.made_at).await?;
    write_routes(conn, plan).await?;
    write_stops(conn, plan).await
}

/// The newest plans in one line each, newest first. Their documents are not read.
async fn read_plans(conn: &mut Connection, limit: u32) -> Result<Vec<PlanSummary>, StoreError> {
    let statement = Statement::new(
        "SELECT id, made_at, window_start, window_end, units, stops, risk_covered, risk_total
         FROM plans ORDER BY made_at DESC, fid DESC LIMIT ?",
    )
    .bind(i64::from(limit));
    conn.rows(statement).await?.iter().map(summary).collect()
}

/// Where the plans of shifts that begin in a window had their stops: one list a shift, of
/// several plans for the same shift the newest.
async fn read_stops(
    conn: &mut Connection,
    window: Window,
) -> Result<Vec<Vec<Position>>, StoreError> {
    let statement = Statement::new(
        "SELECT s.geom, p.fid FROM plans p LEFT JOIN plan_stops s ON p.id = s.plan
         WHERE p.window_start >= ? AND p.window_start < ? AND NOT EXISTS (
             SELECT 1 FROM plans q WHERE q.window_start = p.window_start
             AND q.window_end = p.window_end AND q.fid > p.fid)
         ORDER BY p.fid, s.fid",
    )
    .bind(window.start())
    .bind(window.end());
    let mut shifts: Vec<(i64, Vec<Position>)> = Vec::new();
    for row in conn.rows(statement).await? {
        let row = Reader::new(&row, STOPS);
        let plan = row.get("fid")?;
        if shifts.last().is_none_or(|(last, _)| *last != plan) {
            shifts.push((plan, Vec::new()));
        }
        // A plan without stops is one shift more in which nobody went anywhere.
        if let (Some(stop), Some((_, stops))) = (row.optional_position()?, shifts.last_mut()) {
            stops.push(stop);
        }
    }
    Ok(shifts.into_iter().map(|(_, stops)| stops).collect())
}

async fn write_routes(conn: &mut Connection, plan: &PatrolPlan) -> Result<(), StoreError> {
    let mut extent = Extent::default();
    let mut rows = Vec::new();
    for route in &plan.routes {
        extent.add(Extent::of_positions(&route.line));
        rows.push(vec![
            route_value(route)?,
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
    conn.insert_all(ROUTES, &columns, "", rows.into_iter())
        .await?;
    grow_extent(conn, ROUTES, extent, plan.made_at).await
}

async fn write_stops(conn: &mut Connection, plan: &PatrolPlan) -> Result<(), StoreError> {
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
    conn.insert_all(STOPS, &columns, "", rows.into_iter())
        .await?;
    grow_extent(conn, STOPS, extent, plan.made_at).await
}

fn stop_values(plan: &PatrolPlan, route: &PatrolRoute, stop: &Stop) -> Vec<Value> {
    let reason = match stop.reason {
        StopReason::Risk { .. } => "risk",
        StopReason::MustVisit { .. } => "must_visit",
        StopReason::Break { .. } => "break",
    };
    vec![
        Value::Point(stop.position),
        Value::text(plan.id.as_str()),
        Value::text(route.unit.as_str()),
        Value::text(route.call_sign.as_str()),
        Value::Int(Some(i64::from(stop.number))),
        Value::text(stop.label.as_str()),
        Value::from(stop.arrival),
        Value::from(stop.departure),
        Value::Real(Some(stop.drive.0)),
        Value::Real(Some(stop.gain)),
        Value::Word(reason),
        Value::Word(mark(plan.synthetic)),
    ]
}

/// The line driven; none where the unit stays where it is.
fn route_value(route: &PatrolRoute) -> Result<Value, StoreError> {
    if route.line.len() < 2 {
        return Ok(Value::Shape(None));
    }
    let line = LineString(route.line.iter().map(|p| p.coord()).collect());
    shape_value(ROUTES, &Geometry::LineString(line))
}

fn plan(row: &Row) -> Result<PatrolPlan, StoreError> {
    let document = Reader::new(row, TABLE).json("document")?;
    serde_json::from_str(document).map_err(|e| damaged(&e))
}

fn summary(row: &Row) -> Result<PlanSummary, StoreError> {
    let row = Reader::new(row, TABLE);
    let number = |column: &'static str| -> Result<usize, StoreError> {
        let number: i64 = row.get(column)?;
        usize::try_from(number).map_err(|_| row.damaged(format!("{column} is {number}")))
    };
    let window = Window::new(row.time("window_start")?, row.time("window_end")?)
        .map_err(|fault| row.damaged(fault))?;
    let id: &str = row.get("id")?;
    Ok(PlanSummary {
        id: Id::new(id),
        made_at: row.time("made_at")?,
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
