//! A patrol plan as GPX 1.1: for each unit a route of stops with times and reasons, and a
//! track of the line to drive.

use gpx::{Gpx, GpxVersion, Metadata, Route, Track, TrackSegment, Waypoint};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use thiserror::Error;
use time::OffsetDateTime;

use crate::patrol::not_met::not_met_lines;
use crate::patrol::plan::{PatrolPlan, PatrolRoute, Stop};
use crate::patrol::reason::{self, Language};
use crate::place::position::Position;

/// Heads every file whose plan is made up.
const SYNTHETIC: &str = "SYNTHETIC 模拟数据";

/// A plan that GPX can't hold.
#[derive(Debug, Error)]
pub enum GpxError {
    /// The writer.
    #[error("the plan can't be written as GPX: {0}")]
    Write(#[from] gpx::errors::GpxError),
    /// The writer's text is not the document it should be.
    #[error("the plan can't be written as GPX: the writer gave no document")]
    Text,
    /// A time outside GPX's years.
    #[error("the plan's times are outside the years that GPX knows")]
    Time,
}

/// Writes the file; times of day in reasons are the zone's.
///
/// # Errors
/// [`GpxError`].
pub fn plan_gpx(plan: &PatrolPlan, zone: &TimeZone) -> Result<Vec<u8>, GpxError> {
    let mut routes = Vec::new();
    let mut tracks = Vec::new();
    let mut waypoints = Vec::new();
    for (number, route) in (1u32..).zip(&plan.routes) {
        let written = written_route(plan, route, number, zone)?;
        // Programs that know no routes show at least where the stops are.
        waypoints.extend(written.points.iter().skip(1).cloned().map(|mut stop| {
            let number = stop.name.take().unwrap_or_default();
            stop.name = Some(format!("{} {number}", route.call_sign));
            stop
        }));
        routes.push(written);
        if route.line.len() > 1 {
            let points = route.line.iter().map(|p| waypoint(*p)).collect();
            tracks.push(Track {
                name: Some(route.call_sign.clone()),
                number: Some(number),
                segments: vec![TrackSegment { points }],
                ..Track::default()
            });
        }
    }
    let span = format!(
        "{} – {}",
        zone.to_datetime(plan.window.start())
            .strftime("%Y-%m-%d %H:%M"),
        zone.to_datetime(plan.window.end())
            .strftime("%Y-%m-%d %H:%M"),
    );
    let mark = if plan.synthetic {
        format!("{SYNTHETIC} · ")
    } else {
        String::new()
    };
    let mut description = format!("{mark}Frontbeat {} · {}", plan.id, plan.risk.model);
    for language in [Language::English, Language::Chinese] {
        for line in not_met_lines(plan, zone, language) {
            description.push('\n');
            description.push_str(&line);
        }
    }
    document(Gpx {
        version: GpxVersion::Gpx11,
        creator: Some("Frontbeat".into()),
        metadata: Some(Metadata {
            name: Some(format!("{mark}patrol plan 巡逻方案 {span}")),
            description: Some(description),
            time: Some(gpx_time(plan.made_at)?),
            ..Metadata::default()
        }),
        waypoints,
        routes,
        tracks,
    })
}

/// A GPX 1.1 file, its parts in the order that the schema wants.
///
/// # Errors
/// [`GpxError`].
pub fn document(mut file: Gpx) -> Result<Vec<u8>, GpxError> {
    let of_tracks = Gpx {
        version: GpxVersion::Gpx11,
        tracks: std::mem::take(&mut file.tracks),
        ..Gpx::default()
    };
    in_order(&text(&file)?, &text(&of_tracks)?)
}

fn text(file: &Gpx) -> Result<String, GpxError> {
    let mut bytes = Vec::new();
    gpx::write(file, &mut bytes)?;
    String::from_utf8(bytes).map_err(|_| GpxError::Text)
}

/// GPX 1.1 wants waypoints, then routes, then tracks; the writer puts tracks before routes.
/// So the tracks are written by themselves and moved to the end.
fn in_order(file: &str, of_tracks: &str) -> Result<Vec<u8>, GpxError> {
    let start = of_tracks.find("<trk>");
    let end = of_tracks.rfind("</trk>").map(|at| at + "</trk>".len());
    let tracks = start
        .zip(end)
        .map_or("", |(start, end)| &of_tracks[start..end]);
    let close = file.rfind("</gpx>").ok_or(GpxError::Text)?;
    let (before, after) = file.split_at(close);
    Ok(format!("{before}{tracks}\n{after}").into_bytes())
}

fn written_route(
    plan: &PatrolPlan,
    route: &PatrolRoute,
    number: u32,
    zone: &TimeZone,
) -> Result<Route, GpxError> {
    let mut start = waypoint(route.start);
    start.name = Some("0".into());
    start.comment = Some("start 出发".into());
    start.time = Some(gpx_time(plan.window.start())?);
    let mut points = vec![start];
    for stop in &route.stops {
        points.push(written_stop(plan, stop, zone)?);
    }
    let mark = plan.synthetic.then(|| SYNTHETIC.to_owned());
    Ok(Route {
        name: Some(route.call_sign.clone()),
        comment: mark,
        description: Some(format!(
            "{} stops, {:.1} km, {:.0} min driving; {} 个停靠点，{:.1} 公里，行驶 {:.0} 分钟",
            route.stops.len(),
            route.length.0 / 1000.0,
            route.driving.0 / 60.0,
            route.stops.len(),
            route.length.0 / 1000.0,
            route.driving.0 / 60.0,
        )),
        number: Some(number),
        points,
        ..Route::default()
    })
}

fn written_stop(plan: &PatrolPlan, stop: &Stop, zone: &TimeZone) -> Result<Waypoint, GpxError> {
    let mut point = waypoint(stop.position);
    let words = |language| reason::of_stop_in_full(stop, plan.window, zone, language);
    point.name = Some(stop.number.to_string());
    point.comment = Some(format!(
        "{} · {}–{}",
        stop.label,
        reason::clock(stop.arrival, zone),
        reason::clock(stop.departure, zone)
    ));
    point.description = Some(format!(
        "{}\n{}",
        words(Language::English),
        words(Language::Chinese)
    ));
    point.time = Some(gpx_time(stop.arrival)?);
    Ok(point)
}

fn waypoint(position: Position) -> Waypoint {
    Waypoint::new(position.point())
}

/// A time as GPX has it.
///
/// # Errors
/// [`GpxError::Time`].
pub fn gpx_time(at: Timestamp) -> Result<gpx::Time, GpxError> {
    OffsetDateTime::from_unix_timestamp_nanos(at.as_nanosecond())
        .map(Into::into)
        .map_err(|_| GpxError::Time)
}
