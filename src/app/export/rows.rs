//! Where a layer's rows come from: batch after batch, in an order that a page can go on
//! from. Incidents come by time and id, all others by id; what is written meanwhile is seen
//! where it lies ahead, and nothing comes twice.

use std::collections::VecDeque;

use jiff::tz::TimeZone;

use crate::app::export::error::ExportError;
use crate::app::export::wanted::{After, Wanted};
use crate::app::incident_sieve::Sieve;
use crate::app::record::{law_of, resolved_now};
use crate::app::risk::{RiskRequest, reference_day, risk_surface};
use crate::app::statistics::hot_spots::{self, HotSpotRow, HotSpotsQuestion};
use crate::app::statistics::selection::{DEFAULT_DAYS, Ground, Selection};
use crate::calendar::window::Window;
use crate::exchange::write::layer::{GeometryKind, Layer};
use crate::exchange::write::row::{FeatureRow, FieldValue};
use crate::exchange::write::{from_incident, from_place, from_plan, from_risk};
use crate::grid::cell::Cell;
use crate::grid::dissolve::dissolve;
use crate::incident::record::Incident;
use crate::place::basemap::BasemapShape;
use crate::risk::dispersion::Law;
use crate::store::record::ForecastFilter;
use crate::store::workspace::Workspace;

/// Incidents read at a time.
pub const BATCH: u32 = 10_000;

/// H3 resolution of surfaces and hot spots where none is asked for.
const RESOLUTION: u8 = 10;

/// How often the district is shuffled for the permutation p of hot spots.
const PERMUTATIONS: u32 = 999;

/// A layer's rows that were not read so far.
#[derive(Debug)]
pub struct Rows {
    workspace: Workspace,
    zone: TimeZone,
    synthetic: bool,
    wanted: Wanted,
    /// Rows up to this one were given out.
    after: After,
    /// Incidents asked of the store next.
    batch: u32,
    left: Left,
}

#[derive(Debug)]
enum Left {
    Made(Vec<FeatureRow>),
    Incidents(Option<Sieve>),
    Forecasts(VecDeque<String>),
    Routes(VecDeque<String>),
    Stops(VecDeque<String>),
    Nothing,
}

impl Rows {
    /// The rows of a layer after a given one.
    ///
    /// # Errors
    /// [`ExportError`].
    pub async fn open(
        workspace: &Workspace,
        layer: &'static Layer,
        wanted: Wanted,
        after: After,
    ) -> Result<Self, ExportError> {
        let district = workspace.district().await?;
        let (zone, synthetic) = (district.zone()?, district.synthetic);
        let left = match layer.name {
            "incidents" => Left::Incidents(sieve(workspace, &wanted, &zone).await?),
            "forecast_cells" => Left::Forecasts(forecasts(workspace, &wanted, &after).await?),
            "plan_routes" => Left::Routes(plans(workspace, &wanted, &after).await?),
            "plan_stops" => Left::Stops(plans(workspace, &wanted, &after).await?),
            "risk" => Left::Made(surface(workspace, &wanted, synthetic).await?),
            "hot_spots" => Left::Made(spots(workspace, &wanted, synthetic).await?),
            "boundary" => Left::Made(from_place::boundary(&district).into_iter().collect()),
            "basemap_lines" | "basemap_areas" | "basemap_labels" => {
                Left::Made(basemap(workspace, layer.geometry).await?)
            }
            name => Left::Made(standing(workspace, name, synthetic).await?),
        };
        Ok(Self {
            workspace: workspace.clone(),
            zone,
            synthetic,
            batch: wanted.at_first.unwrap_or(BATCH).clamp(1, BATCH),
            wanted,
            after,
            left,
        })
    }

    /// Rows that were made already, after a given one.
    pub fn made(workspace: &Workspace, rows: Vec<FeatureRow>, after: After) -> Self {
        Self {
            workspace: workspace.clone(),
            zone: TimeZone::UTC,
            synthetic: false,
            wanted: Wanted::default(),
            after,
            batch: BATCH,
            left: Left::Made(rows),
        }
    }

    /// The next batch; none at the end. A batch may be empty.
    ///
    /// # Errors
    /// [`ExportError`].
    pub async fn next(&mut self) -> Result<Option<Vec<FeatureRow>>, ExportError> {
        let rows = match &mut self.left {
            Left::Nothing => return Ok(None),
            Left::Incidents(_) => return self.incidents().await,
            Left::Made(rows) => {
                let rows = std::mem::take(rows);
                self.left = Left::Nothing;
                rows
            }
            Left::Forecasts(ids) => {
                let Some(id) = ids.pop_front() else {
                    return Ok(None);
                };
                match self.workspace.forecast(&id).await? {
                    Some(frozen) => off_thread(move || from_risk::forecast(&frozen)).await??,
                    None => Vec::new(),
                }
            }
            Left::Routes(ids) => {
                let Some(id) = ids.pop_front() else {
                    return Ok(None);
                };
                let plan = self.workspace.plan(&id).await?;
                plan.map(|plan| from_plan::routes(&plan))
                    .unwrap_or_default()
            }
            Left::Stops(ids) => {
                let Some(id) = ids.pop_front() else {
                    return Ok(None);
                };
                let plan = self.workspace.plan(&id).await?;
                plan.map(|plan| from_plan::stops(&plan, &self.zone))
                    .unwrap_or_default()
            }
        };
        Ok(Some(after_id(rows, &self.after)))
    }

    async fn incidents(&mut self) -> Result<Option<Vec<FeatureRow>>, ExportError> {
        let batch = self.batch;
        // Where few of the first were wanted, more are looked at in one go.
        self.batch = batch.saturating_mul(4).min(BATCH);
        let filter = self.wanted.incidents(&self.after, batch);
        let mut page: Vec<Incident> = self.workspace.incidents(&filter).await?;
        let is_last = page.len() < batch as usize;
        if let Some(last) = page.last() {
            self.after = After::Incident(last.at, last.id.as_str().to_owned());
        }
        if let Left::Incidents(Some(sieve)) = &self.left {
            page.retain(|it| sieve.takes(it));
        }
        if is_last {
            self.left = Left::Nothing;
        }
        let rows = page
            .iter()
            .map(|it| from_incident::incident(it, self.synthetic));
        Ok(Some(rows.collect()))
    }
}

/// The rows after an id, in the order of ids.
pub fn after_id(mut rows: Vec<FeatureRow>, after: &After) -> Vec<FeatureRow> {
    rows.sort_by(|a, b| a.id().cmp(b.id()));
    if let After::Id(id) = after {
        rows.retain(|row| row.id() > id.as_str());
    }
    rows
}

/// What is asked of a surface where nothing is: the night shift (or the first there is) of
/// the reference day, by the model that the record speaks for.
///
/// # Errors
/// [`ExportError`].
pub async fn first_risk(workspace: &Workspace) -> Result<Option<RiskRequest>, ExportError> {
    let zone = workspace.district().await?.zone()?;
    let shifts = workspace.shifts().await?;
    let today = reference_day(workspace).await?;
    let night = shifts.iter().find(|shift| shift.id == "night");
    let window = night
        .or(shifts.first())
        .and_then(|shift| shift.window_on(today, &zone).ok());
    Ok(window.map(risk_of))
}

/// A surface of all incidents for a window, by the model that the record speaks for.
pub fn risk_of(window: Window) -> RiskRequest {
    RiskRequest::of_all(window, RESOLUTION)
}

/// What no database looks at; none where it takes everything.
async fn sieve(
    workspace: &Workspace,
    wanted: &Wanted,
    zone: &TimeZone,
) -> Result<Option<Sieve>, ExportError> {
    if wanted.narrowing.is_open() {
        return Ok(None);
    }
    let beats = workspace.beats().await?;
    Ok(Some(Sieve::new(&wanted.narrowing, &beats, zone)))
}

/// The question that hot spots answer.
pub fn spots_question(period: Option<Window>, wanted: &Wanted) -> HotSpotsQuestion {
    HotSpotsQuestion {
        selection: Selection {
            period,
            categories: wanted.categories.clone(),
            hours: wanted.narrowing.hours.clone(),
            beats: wanted.narrowing.beats.clone(),
            area: wanted.narrowing.area.clone(),
            include_patrol_discovered: false,
        },
        resolution: RESOLUTION,
        permutations: PERMUTATIONS,
        seed: 1,
    }
}

/// The rows of hot spots, each with the outline of its cells.
///
/// # Errors
/// [`ExportError::Outline`].
pub fn spot_rows(
    spots: &[HotSpotRow],
    period: Window,
    synthetic: bool,
) -> Result<Vec<FeatureRow>, ExportError> {
    let row = |spot: &HotSpotRow| {
        let cells = spot.cells.iter().filter_map(|text| {
            let number = u64::from_str_radix(text, 16).ok()?;
            Cell::new(number)
        });
        let outline = dissolve(cells)?;
        Ok(FeatureRow {
            geometry: Some(from_place::areas(&outline)),
            values: vec![
                FieldValue::text(format!("{:03}", spot.number)),
                FieldValue::text(&spot.name_en),
                FieldValue::text(&spot.name_zh),
                FieldValue::Time(period.start()),
                FieldValue::Time(period.end()),
                FieldValue::Whole(spot.observed as i64),
                FieldValue::Real(spot.expected),
                FieldValue::Real(spot.share),
                FieldValue::Real(spot.area_share),
                FieldValue::Real(spot.area_km2),
                FieldValue::Real(spot.peak_z),
                FieldValue::Real(spot.peak_p_permuted),
                FieldValue::Flag(synthetic),
            ],
        })
    };
    spots.iter().map(row).collect()
}

async fn surface(
    workspace: &Workspace,
    wanted: &Wanted,
    synthetic: bool,
) -> Result<Vec<FeatureRow>, ExportError> {
    let request = match &wanted.risk {
        Some(request) => Some(request.clone()),
        None => first_risk(workspace).await?,
    };
    let Some(request) = request else {
        return Ok(Vec::new());
    };
    let (request, trusted) = resolved_now(workspace, request).await?;
    let surface = risk_surface(workspace, &request).await?;
    // A record that was made just now may not be kept: the file may be another's to write.
    let law = match trusted.as_ref().and_then(|trusted| trusted.card()) {
        Some(card) => card.law_of(&surface.provenance.model),
        None => law_of(workspace, &surface.provenance).await?,
    };
    let law = law.unwrap_or(Law::Poisson);
    off_thread(move || from_risk::surface(&surface, law, synthetic)).await
}

async fn spots(
    workspace: &Workspace,
    wanted: &Wanted,
    synthetic: bool,
) -> Result<Vec<FeatureRow>, ExportError> {
    let ground = Ground::read(workspace).await?;
    let period = wanted.window.unwrap_or(ground.last_days(DEFAULT_DAYS));
    let question = spots_question(Some(period), wanted);
    let report = hot_spots::answer(workspace, question).await?;
    off_thread(move || spot_rows(&report.spots, period, synthetic)).await?
}

/// Ids of the forecasts wanted, in order, from the one that the page goes on in.
async fn forecasts(
    workspace: &Workspace,
    wanted: &Wanted,
    after: &After,
) -> Result<VecDeque<String>, ExportError> {
    if let Some(one) = &wanted.forecast {
        return Ok(from_owner([one.clone()], after));
    }
    let all = workspace.forecasts(ForecastFilter::default()).await?;
    Ok(from_owner(
        all.iter().map(|f| f.id.as_str().to_owned()),
        after,
    ))
}

async fn plans(
    workspace: &Workspace,
    wanted: &Wanted,
    after: &After,
) -> Result<VecDeque<String>, ExportError> {
    if let Some(one) = &wanted.plan {
        return Ok(from_owner([one.clone()], after));
    }
    let all = workspace.plans(u32::MAX).await?;
    Ok(from_owner(
        all.iter().map(|p| p.id.as_str().to_owned()),
        after,
    ))
}

/// Rows are named `owner~rest`: whose rows all come before the given one is left out.
fn from_owner(ids: impl IntoIterator<Item = String>, after: &After) -> VecDeque<String> {
    let mut ids: Vec<String> = ids.into_iter().collect();
    ids.sort();
    if let After::Id(id) = after {
        let owner = id.split('~').next().unwrap_or_default();
        ids.retain(|id| id.as_str() >= owner);
    }
    ids.into()
}

async fn basemap(
    workspace: &Workspace,
    geometry: GeometryKind,
) -> Result<Vec<FeatureRow>, ExportError> {
    let features = workspace.basemap().await?;
    let is_of = |shape: &BasemapShape| {
        matches!(
            (shape, geometry),
            (BasemapShape::Point(_), GeometryKind::Point)
                | (BasemapShape::Line(_), GeometryKind::Line)
                | (BasemapShape::Polygon(_), GeometryKind::Areas)
        )
    };
    let rows = features
        .iter()
        .filter(|it| is_of(&it.shape))
        .zip(1..)
        .map(|(it, number)| from_place::basemap(it, number));
    Ok(rows.collect())
}

async fn standing(
    workspace: &Workspace,
    name: &str,
    synthetic: bool,
) -> Result<Vec<FeatureRow>, ExportError> {
    fn each<T>(things: &[T], row: fn(&T, bool) -> FeatureRow, synthetic: bool) -> Vec<FeatureRow> {
        things.iter().map(|it| row(it, synthetic)).collect()
    }
    Ok(match name {
        "stations" => each(&workspace.stations().await?, from_place::station, synthetic),
        "beats" => each(&workspace.beats().await?, from_place::beat, synthetic),
        "zones" => each(&workspace.zones().await?, from_place::zone, synthetic),
        "posts" => each(&workspace.posts().await?, from_place::post, synthetic),
        "joint_duty_posts" => each(
            &workspace.joint_duty_posts().await?,
            from_place::joint_duty_post,
            synthetic,
        ),
        "commercial_districts" => each(
            &workspace.commercial_districts().await?,
            from_place::commercial_district,
            synthetic,
        ),
        "pillars" => each(&workspace.pillars().await?, from_place::pillar, synthetic),
        "cameras" => each(&workspace.cameras().await?, from_place::camera, synthetic),
        "places" => each(&workspace.places().await?, from_place::place, synthetic),
        _ => each(&workspace.units().await?, from_place::unit, synthetic),
    })
}

async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, ExportError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| ExportError::BrokenOff)
}
