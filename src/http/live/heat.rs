//! `GET /api/heat`: the live heatmap, what it is against the usual, and where more is going
//! on than chance would have it.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::app::session::bodies::Encoded;
use crate::app::session::heat::Shown;
use crate::app::session::near::beat_at;
use crate::app::session::snapshot::Snapshot;
use crate::exchange::feature_geojson::local_time;
use crate::http::api::Service;
use crate::http::etag::{Freshness, tagged};
use crate::http::near::BeatName;
use crate::http::problem::Problem;
use crate::http::query::Query;
use crate::http::risk_body::SurfaceBody;
use crate::risk::now::against::TIMES;
use crate::risk::unusual::chance::OnceIn;
use crate::risk::unusual::scan::WINDOWS_H;
use crate::risk::unusual::watch::{Found, Report};

/// Days to one false alarm where nothing else is asked for.
const FALSE_ALARM_DAYS: u32 = 14;

/// The live heatmap.
#[derive(Debug, Serialize, ToSchema)]
struct HeatBody {
    /// Number of the last event that changed it: its version.
    sequence: u64,
    /// When it is of.
    at: String,
    /// The hour that begins then, in the classes of the usual: an incident lifts cells into
    /// a higher class. Its tiles' address has the version in it.
    now: SurfaceBody,
    /// The same in classes by times the usual (`times`), both with the mean cell's usual
    /// added.
    against: SurfaceBody,
    /// What is usual in the running hour of the clock.
    usual: SurfaceBody,
    /// Times the usual from which the classes of `against` begin, class 5 first.
    times: [f64; 5],
    /// What one incident draws after it; null where the past shows no such thing, and now is
    /// the usual.
    triggering: Option<TriggeringBody>,
    /// What is unusual; null where the past is too thin, too short or without times of day.
    unusual: Option<UnusualBody>,
}

/// What one incident draws, by the workspace's own past.
#[derive(Debug, Serialize, ToSchema)]
struct TriggeringBody {
    /// Incidents that one incident draws.
    per_event: f64,
    /// How long after, on average, days.
    mean_days: f64,
}

/// Where more is going on than chance would have it, and how often that is said in vain.
#[derive(Debug, Serialize, ToSchema)]
struct UnusualBody {
    /// Days to one false alarm, as asked for.
    asked_days: u32,
    /// Days to one false alarm where all is as usual, by simulated weeks; more than asked for
    /// where the own past rings oftener than chance would.
    false_alarm_days: f64,
    /// It comes even more rarely: no simulated week had one.
    or_rarer: bool,
    /// In how many of the workspace's own last weeks it would have rung…
    own_weeks_ringing: usize,
    /// …of how many.
    own_weeks: usize,
    /// Hours that are looked back.
    hours: [u32; 3],
    /// Strongest first.
    clusters: Vec<ClusterBody>,
}

/// More than usual somewhere.
#[derive(Debug, Serialize, ToSchema)]
struct ClusterBody {
    /// Longitude, latitude; null: the whole district.
    centre: Option<[f64; 2]>,
    /// Metres; null: the whole district.
    radius_m: Option<f64>,
    /// The beat of its middle.
    beat: Option<BeatName>,
    /// Over how many hours until now.
    hours: u32,
    /// Incidents.
    incidents: u32,
    /// How many are usual there in these hours.
    usual: f64,
    /// Days to once where all is as usual: so rare is it.
    once_in_days: f64,
    /// It comes even more rarely: no simulated week had one.
    or_rarer: bool,
}

/// Days to one false alarm of what is unusual, as asked for.
///
/// # Errors
/// [`Problem`] where it is no number in range.
pub(crate) fn false_alarm_days(query: &mut Query) -> Result<u32, Problem> {
    let days = query.within("false_alarm_days", 1, 365)?;
    Ok(days.unwrap_or(FALSE_ALARM_DAYS))
}

/// The route.
pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(heat))
}

/// The heatmap of the hour that begins now, incident by incident; what it is against the
/// usual; and what is unusual right now.
///
/// Ask again when `/api/events` tells of an incident (received, cancelled, merged, reopened):
/// at most every two seconds there is a new version, and one every five minutes where nothing
/// happens. The tiles of the last six versions can be asked for. The first answer after a
/// start takes some seconds.
#[utoipa::path(get, path = "/api/heat", tag = "live",
    params(("false_alarm_days" = Option<u32>, Query,
        description = "Days to one false alarm of what is unusual; 1 to 365, 14 where absent")),
    responses(
        (status = 200, description = "The heatmap", body = HeatBody),
        (status = 304, description = "The client has it"),
        (status = 400, description = "A parameter is wrong", body = Problem,
            content_type = "application/problem+json"),
        (status = 422, description = "The workspace has no boundary", body = Problem,
            content_type = "application/problem+json"),
        (status = 503, description = "Too many wait", body = Problem,
            content_type = "application/problem+json"),
    ))]
async fn heat(
    State(service): State<Service>,
    headers: HeaderMap,
    mut query: Query,
) -> Result<Response, Problem> {
    let days = false_alarm_days(&mut query)?;
    query.finish()?;
    let shown = service.session.heat().await?;
    let snapshot = service.session.snapshot();
    let body = tokio::task::spawn_blocking(move || {
        let body = HeatBody::of(&shown, &snapshot, days);
        serde_json::to_vec(&body).map(Encoded::new)
    });
    let body = body
        .await
        .map_err(Problem::internal)?
        .map_err(Problem::internal)?;
    Ok(tagged(
        &headers,
        &body.hash,
        "application/json",
        Freshness::Revalidate,
        body.bytes,
    ))
}

impl HeatBody {
    fn of(shown: &Shown, snapshot: &Snapshot, days: u32) -> Self {
        let surface = |of| SurfaceBody::of(of, snapshot, &shown.trusted, false);
        let triggering = shown.learned.triggering;
        let report = shown.unusual(&snapshot.zone, days);
        Self {
            sequence: shown.sequence,
            at: local_time(shown.at, &snapshot.zone),
            now: surface(&shown.now),
            against: surface(&shown.against),
            usual: surface(&shown.usual),
            times: TIMES,
            triggering: (triggering.total() > 0.0).then(|| TriggeringBody {
                per_event: triggering.total(),
                mean_days: 1.0 / triggering.decay,
            }),
            unusual: report.map(|report| UnusualBody::of(&report, snapshot, days)),
        }
    }
}

impl UnusualBody {
    fn of(report: &Report, snapshot: &Snapshot, days: u32) -> Self {
        let OnceIn {
            days: rare,
            or_rarer,
        } = report.false_alarm;
        Self {
            asked_days: days,
            false_alarm_days: rare,
            or_rarer,
            own_weeks_ringing: report.own_ringing,
            own_weeks: report.own_weeks,
            hours: WINDOWS_H,
            clusters: (report.clusters.iter())
                .map(|found| ClusterBody::of(found, snapshot))
                .collect(),
        }
    }
}

impl ClusterBody {
    fn of(found: &Found, snapshot: &Snapshot) -> Self {
        let disc = found.zone.disc;
        let beat = disc.and_then(|disc| beat_at(snapshot, disc.centre));
        Self {
            centre: disc.map(|disc| disc.centre.into()),
            radius_m: disc.map(|disc| disc.radius.0),
            beat: beat.map(|(id, name)| BeatName { id, name }),
            hours: found.cluster.hours,
            incidents: found.cluster.incidents,
            usual: found.cluster.usual,
            once_in_days: found.once_in.days,
            or_rarer: found.once_in.or_rarer,
        }
    }
}
