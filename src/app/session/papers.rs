//! A plan as a shift pack (PDF) and the district's map as a picture (PNG), each made in an
//! export's turn on a thread of its own. Whoever leaves gives no turn back before it is made.

use std::sync::Arc;

use thiserror::Error;

use crate::app::print_faces::print_faces;
use crate::app::risk::RiskRequest;
use crate::app::session::Session;
use crate::app::session::bodies::Encoded;
use crate::app::session::error::SessionError;
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
        let making = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            let ground = SheetGround {
                district: &snapshot.district,
                zone: &snapshot.zone,
                basemap: &basemap,
            };
            let made = shift_pack(&plan, &ground, language, unit.as_deref(), print_faces());
            made.map(Encoded::new).map_err(PaperFault::from)
        });
        let made = making.await.map_err(|_| SessionError::BrokenOff)?;
        Ok(made?)
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
        let making = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            let svg = district_map_svg(&DistrictMap {
                ground: SheetGround {
                    district: &snapshot.district,
                    zone: &snapshot.zone,
                    basemap: &basemap,
                },
                language: wanted.language,
                risk: (&prepared.fine.surface, &prepared.fine.classes),
                beats: &snapshot.layers.beats,
                posts: &snapshot.layers.posts,
                plan: wanted.plan.as_ref(),
                attribution: &snapshot.attribution,
            });
            let made = png(&svg, wanted.width, print_faces());
            made.map(Encoded::new).map_err(PaperFault::from)
        });
        let made = making.await.map_err(|_| SessionError::BrokenOff)?;
        Ok(made?)
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
