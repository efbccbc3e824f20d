//! A plan as a shift pack (PDF) and the district's map as a picture (PNG), each made in an
//! export's turn on a thread of its own. Whoever leaves gives no turn back before it is made.

use std::sync::Arc;

use thiserror::Error;
use tokio::sync::OwnedSemaphorePermit;

use crate::app::print_faces::print_faces;
use crate::app::risk::RiskRequest;
use crate::app::session::Session;
use crate::app::session::bodies::Encoded;
use crate::app::session::error::SessionError;
use crate::app::session::snapshot::Snapshot;
use crate::exchange::basemap_tile::BasemapIndex;
use crate::exchange::district_map_svg::{DistrictMap, district_map_svg};
use crate::exchange::plan_sheet::SheetGround;
use crate::exchange::print::png::{PictureFault, png};
use crate::exchange::shift_pack::{PackFault, shift_pack};
use crate::patrol::plan::PatrolPlan;
use crate::patrol::reason::Language;
use crate::risk::surface::Provenance;

/// Why there is no paper.
#[derive(Debug, Error)]
pub enum PaperFault {
    /// No pack.
    #[error(transparent)]
    Pack(#[from] PackFault),
    /// No picture.
    #[error(transparent)]
    Picture(#[from] PictureFault),
}

/// What picture is wanted.
#[derive(Debug, Clone)]
pub struct MapWanted {
    /// The surface.
    pub risk: RiskRequest,
    /// Whose rounds are drawn; none: no round.
    pub plan: Option<PatrolPlan>,
    /// Pixels across.
    pub width: u32,
    /// Of its words.
    pub language: Language,
}

impl Session {
    /// The shift pack of a plan, or the sheet of one of its units.
    ///
    /// # Errors
    /// [`SessionError`].
    pub async fn shift_pack(
        self: &Arc<Self>,
        plan: PatrolPlan,
        language: Language,
        unit: Option<String>,
    ) -> Result<Encoded, SessionError> {
        let turn = self.exports.turn().await?;
        let snapshot = self.snapshot();
        let basemap = snapshot.basemap(self.workspace()).await?;
        drawn(turn, move || {
            let ground = ground(&snapshot, &basemap);
            let made = shift_pack(&plan, &ground, language, unit.as_deref(), print_faces());
            made.map_err(PaperFault::from)
        })
        .await
    }

    /// The district's map as a picture.
    ///
    /// # Errors
    /// [`SessionError`].
    pub async fn map_picture(self: &Arc<Self>, wanted: MapWanted) -> Result<Encoded, SessionError> {
        let snapshot = self.snapshot();
        let (request, _) = self.resolved(wanted.risk).await?;
        let prepared = self.surface(&snapshot, request).await?;
        let turn = self.exports.turn().await?;
        let basemap = snapshot.basemap(self.workspace()).await?;
        drawn(turn, move || {
            let svg = district_map_svg(&DistrictMap {
                ground: ground(&snapshot, &basemap),
                language: wanted.language,
                risk: (&prepared.fine.surface, &prepared.fine.classes),
                beats: &snapshot.layers.beats,
                posts: &snapshot.layers.posts,
                plan: wanted.plan.as_ref(),
                attribution: &snapshot.attribution,
            });
            png(&svg, wanted.width, print_faces()).map_err(PaperFault::from)
        })
        .await
    }
}

/// Draws in a turn, on a thread of its own.
async fn drawn(
    turn: [OwnedSemaphorePermit; 2],
    draw: impl FnOnce() -> Result<Vec<u8>, PaperFault> + Send + 'static,
) -> Result<Encoded, SessionError> {
    let drawing = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        draw().map(Encoded::new)
    });
    let made = drawing.await.map_err(|_| SessionError::BrokenOff)?;
    Ok(made?)
}

/// What sheets and maps of a snapshot are drawn on.
pub fn ground<'a>(snapshot: &'a Snapshot, basemap: &'a BasemapIndex) -> SheetGround<'a> {
    SheetGround {
        district: &snapshot.district,
        zone: &snapshot.zone,
        basemap,
    }
}

/// The surface that a plan was made on, asked for again; what has come in since counts too.
pub fn planned_on(made: &Provenance) -> RiskRequest {
    let number = |name: &str| made.parameters.get(name)?.parse().ok();
    let has_bandwidth = matches!(made.model.as_str(), "kde" | "adaptive_kde");
    RiskRequest {
        model: made.model.clone(),
        hours: made.hours.clone(),
        categories: made.categories.clone(),
        bandwidth_m: number("bandwidth_m").filter(|_| has_bandwidth),
        ..RiskRequest::of_all(made.window, made.resolution)
    }
}
