//! `GET /api/near`: what is near a place.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::app::session::near::Neighbour;
use crate::http::api::Service;
use crate::http::problem::Problem;
use crate::http::query::Query;

/// What is near.
#[derive(Debug, Serialize, ToSchema)]
struct NearBody {
    /// Whether the place is in the district or at most 5 km outside; beyond, nothing is near
    /// and every list is empty. A workspace without a boundary reaches everywhere.
    within_reach: bool,
    /// The beat that holds the place.
    beat: Option<BeatName>,
    /// The nearest three; `seconds` is the drive from the place to them.
    pillars: Vec<NeighbourBody>,
    /// Police posts; the nearest three; `seconds` is the drive from the place to them.
    posts: Vec<NeighbourBody>,
    /// The nearest three; `seconds` is the drive from the place to them.
    joint_duty_posts: Vec<NeighbourBody>,
    /// The nearest three; `seconds` is the drive from them to the place.
    stations: Vec<NeighbourBody>,
    /// The nearest three that are idle; `seconds` is the drive from them to the place.
    units: Vec<NeighbourBody>,
}

/// A beat by name.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BeatName {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// One thing near.
#[derive(Debug, Serialize, ToSchema)]
struct NeighbourBody {
    id: String,
    name: String,
    /// As the crow flies.
    metres: f64,
    /// Driving time; none without roads, or off the road.
    seconds: Option<f64>,
}

/// The route.
pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(near))
}

/// The beat of a place, and the nearest pillars, posts, stations and idle units: by driving
/// time, or as the crow flies where no road says. More than 5 km outside the district nothing
/// is near: every list is empty, and `within_reach` is false.
#[utoipa::path(get, path = "/api/near", tag = "district",
    params(
        ("lon" = f64, Query, description = "Degrees east"),
        ("lat" = f64, Query, description = "Degrees north"),
    ),
    responses(
        (status = 200, description = "What is near", body = NearBody),
        (status = 400, description = "Not a place", body = Problem,
            content_type = "application/problem+json"),
    ))]
async fn near(State(service): State<Service>, mut query: Query) -> Result<Json<NearBody>, Problem> {
    let place = query.position()?;
    query.finish()?;
    let search = move || {
        let snapshot = service.session.snapshot();
        service.session.near(&snapshot, place)
    };
    let near = tokio::task::spawn_blocking(search)
        .await
        .map_err(Problem::internal)?;
    Ok(Json(NearBody {
        within_reach: near.within_reach,
        beat: near.beat.map(|(id, name)| BeatName { id, name }),
        pillars: bodies(near.pillars),
        posts: bodies(near.posts),
        joint_duty_posts: bodies(near.joint_duty_posts),
        stations: bodies(near.stations),
        units: bodies(near.units),
    }))
}

fn bodies(near: Vec<Neighbour>) -> Vec<NeighbourBody> {
    near.into_iter()
        .map(|it| NeighbourBody {
            id: it.id,
            name: it.name,
            metres: it.metres.0,
            seconds: it.drive.map(|seconds| seconds.0),
        })
        .collect()
}
