//! Compute a risk surface from a workspace.
//!
//! The look-back ends where the window starts or, where earlier, just after the newest
//! incident of any category: a quiet hour is knowledge, an hour of which no data came in
//! is not. It begins no earlier than the day of the oldest incident.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, civil};
use thiserror::Error;

use crate::app::clock;
use crate::app::quarantine::quarantined_time;
use crate::app::record::{BEST, trusted};
use crate::app::terrain::terrain_of;
use crate::calendar::week::HourSet;
use crate::calendar::window::Window;
use crate::exchange::import::personal::scrub;
use crate::grid::hexgrid::HexGrid;
use crate::incident::category::first_unknown;
use crate::incident::record::Origin;
use crate::live::event::EventKind;
use crate::place::district::District;
use crate::place::position::Position;
use crate::risk::feedback::{FEWEST_SHIFTS, OVERRIDDEN, Visits};
use crate::risk::inputs;
use crate::risk::model::{RiskError, RiskEvent, RiskQuestion};
use crate::risk::models::{self, ModelSettings};
use crate::risk::scorecard::Question;
use crate::risk::surface::RiskSurface;
use crate::store::error::StoreError;
use crate::store::record::IncidentFilter;
use crate::store::workspace::Workspace;

/// Where events come from that were reported, whatever the patrols did.
const REPORTED: [Origin; 4] = [
    Origin::CitizenCall,
    Origin::AlarmPillar,
    Origin::Sensor,
    Origin::Counter,
];

/// Where events come from that forecasts learn from.
pub fn reported_origins() -> Vec<Origin> {
    REPORTED.to_vec()
}

/// What surface is wanted.
#[derive(Debug, Clone, PartialEq)]
pub struct RiskRequest {
    /// One of [`models::NAMES`], or [`BEST`]: the one that the records kept speak for.
    pub model: String,
    /// The window it is for.
    pub window: Window,
    /// How far back to look from the window's start (or the data's end, where earlier),
    /// days; none: all data.
    pub look_back_days: Option<u32>,
    /// Hours of the week that count.
    pub hours: HourSet,
    /// Category codes; empty means all.
    pub categories: Vec<String>,
    /// H3 resolution, 7 to 11.
    pub resolution: u8,
    /// Kernel bandwidth of `kde` and `adaptive_kde`; none: chosen on the past.
    pub bandwidth_m: Option<f64>,
    /// Half-life of an event's weight, days; none: all weigh the same.
    pub half_life_days: Option<f64>,
    /// Learn from what patrols discovered too (see `Origin::is_reported`).
    pub include_patrol_discovered: bool,
}

impl RiskRequest {
    /// A surface of all incidents for a window, by the model that the record speaks for.
    pub fn of_all(window: Window, resolution: u8) -> Self {
        Self {
            model: BEST.to_owned(),
            window,
            look_back_days: None,
            hours: HourSet::full(),
            categories: Vec::new(),
            resolution,
            bandwidth_m: None,
            half_life_days: None,
            include_patrol_discovered: false,
        }
    }

    /// What it is of, as records and frozen forecasts have it.
    pub fn question(&self) -> Question {
        Question::new(self.categories.clone(), self.hours.clone(), self.resolution)
    }
}

/// Why there is no surface.
#[derive(Debug, Error)]
pub enum RiskJobError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The model.
    #[error(transparent)]
    Risk(#[from] RiskError),
    /// The workspace has no boundary.
    #[error(
        "the workspace has no boundary: import one with --as boundary, or import incidents first"
    )]
    NoBoundary,
}

/// A surface, and the events that it learned from.
#[derive(Debug, Clone, PartialEq)]
pub struct Learned {
    /// The surface.
    pub surface: RiskSurface,
    /// In the order of the store.
    pub events: Vec<RiskEvent>,
}

/// The surface alone; see [`learn`].
///
/// # Errors
/// [`RiskJobError`].
pub async fn risk_surface(
    workspace: &Workspace,
    request: &RiskRequest,
) -> Result<RiskSurface, RiskJobError> {
    Ok(learn(workspace, request).await?.surface)
}

/// Loads the events, covers the boundary with cells, runs the model (off the async
/// threads).
///
/// # Errors
/// [`RiskJobError`].
pub async fn learn(workspace: &Workspace, request: &RiskRequest) -> Result<Learned, RiskJobError> {
    let settings = ModelSettings {
        bandwidth_m: request.bandwidth_m,
        half_life_days: request.half_life_days,
        without_hours: false,
    };
    let name = match request.model.as_str() {
        BEST => trusted(workspace, &request.question()).await?.model,
        name => name.to_owned(),
    };
    let model = models::by_name(&name, settings)?;
    let district = workspace.district().await?;
    let zone = zone_of(&district)?;
    let Some(boundary) = district.boundary else {
        return Err(RiskJobError::NoBoundary);
    };
    refuse_unknown_categories(workspace, &request.categories).await?;

    let look_back = look_back(
        workspace.incident_span().await?,
        request.window,
        request.look_back_days,
        &zone,
    )?;
    let events = workspace
        .risk_events(&IncidentFilter {
            window: Some(look_back),
            categories: request.categories.clone(),
            origins: REPORTED.to_vec(),
            ..IncidentFilter::default()
        })
        .await?;
    let finds = match request.include_patrol_discovered {
        true => Some(Finds::load(workspace, request, look_back).await?),
        false => None,
    };

    let terrain = if models::looks_at_terrain(&name) {
        terrain_of(workspace).await?
    } else {
        Vec::new()
    };

    let without = quarantined_time(workspace, &request.categories).await?;
    if request.include_patrol_discovered {
        log_override(workspace, "risk", "").await?;
    }
    let request = request.clone();
    let computed = tokio::task::spawn_blocking(move || {
        let found = finds.iter().flat_map(|finds| &finds.events);
        let known = events.iter().chain(found);
        let positions: Vec<Position> = known.map(|event| event.position).collect();
        let grid = HexGrid::cover(&boundary, request.resolution, &positions)?;
        let mut events = events;
        let found_events = finds.as_ref().map_or(0, |finds| finds.events.len());
        let weighed = finds.map(|finds| finds.weigh(&grid));
        if let Some((finds, _)) = &weighed {
            events.extend_from_slice(finds);
        }
        let question = RiskQuestion {
            grid: &grid,
            look_back,
            window: request.window,
            hours: &request.hours,
            zone: &zone,
            terrain: &terrain,
            without: &without,
        };
        let categories = &request.categories;
        let mut surface = inputs::surface(model.as_ref(), &question, &events, categories)?;
        if let Some((finds, how)) = weighed {
            // Copies are no more data than what they are copies of.
            let copies = finds.len() - finds.len().min(found_events);
            let events = surface.provenance.events.saturating_sub(copies);
            surface.provenance.events = events;
            let parameters = &mut surface.provenance.parameters;
            parameters.insert("origins".into(), OVERRIDDEN.into());
            let text = format!("counted as {} incidents: {how}", finds.len());
            parameters.insert("patrol_discovered".into(), text);
        }
        Ok::<_, RiskError>(Learned { surface, events })
    });
    match computed.await {
        Ok(learned) => Ok(learned?),
        Err(_) => Err(RiskError::BrokenOff.into()),
    }
}

/// What patrols discovered, and where the plans say that they were.
struct Finds {
    events: Vec<RiskEvent>,
    shifts: Vec<Vec<Position>>,
}

impl Finds {
    async fn load(
        workspace: &Workspace,
        request: &RiskRequest,
        look_back: Window,
    ) -> Result<Self, StoreError> {
        let mut events = workspace
            .risk_events(&IncidentFilter {
                window: Some(look_back),
                categories: request.categories.clone(),
                origins: vec![Origin::PatrolDiscovered],
                ..IncidentFilter::default()
            })
            .await?;
        events.sort_by_key(|event| event.at);
        Ok(Self {
            events,
            shifts: workspace.planned_stops(look_back).await?,
        })
    }

    /// Each as often as it counts by the inverse of a visit's probability, and how that was
    /// found; as they are where too few shifts were planned.
    fn weigh(self, grid: &HexGrid) -> (Vec<RiskEvent>, String) {
        let weighed =
            Visits::of(grid, &self.shifts).and_then(|visits| visits.weigh(grid, &self.events).ok());
        match weighed {
            Some(weighed) => {
                let how = format!("inverse visits by {} planned shifts", self.shifts.len());
                (weighed, how)
            }
            None => {
                let how = format!("not weighed, {FEWEST_SHIFTS} planned shifts are needed");
                (self.events, how)
            }
        }
    }
}

/// Writes into the log that something is learned from what patrols discovered too. Where
/// the workspace is open for reading only it can't be, and false is returned: whoever asks
/// says so (a surface's provenance does).
///
/// # Errors
/// [`StoreError`].
pub async fn log_override(
    workspace: &Workspace,
    job: &str,
    reason: &str,
) -> Result<bool, StoreError> {
    if !workspace.is_writable() || workspace.kept_from().is_some() {
        return Ok(false);
    }
    let event = EventKind::OriginOverridden {
        job: job.into(),
        reason: scrub(reason),
    };
    workspace.append(event, clock::now()).await?;
    Ok(true)
}

/// The day that `night` without a date means: the real local day or, where everything is
/// made up, the local day on which the data end.
///
/// # Errors
/// [`StoreError`].
pub async fn reference_day(workspace: &Workspace) -> Result<civil::Date, StoreError> {
    let district = workspace.district().await?;
    let zone = zone_of(&district)?;
    let incidents = match district.synthetic {
        true => workspace.incident_span().await?,
        false => None,
    };
    Ok(reference_day_at(clock::now(), &zone, incidents))
}

/// The same from what is known: the local day of `now` or, where all is made up, the one
/// on which the data (`made_up`) end. A sample stays a full map however old it is.
pub fn reference_day_at(now: Timestamp, zone: &TimeZone, made_up: Option<Window>) -> civil::Date {
    let at = made_up.map_or(now, |data| {
        data.end()
            .checked_sub(SignedDuration::from_nanos(1))
            .unwrap_or(data.end())
    });
    zone.to_datetime(at).date()
}

/// The district's clock; a name that is none is damage.
///
/// # Errors
/// [`StoreError::Damaged`].
pub fn zone_of(district: &District) -> Result<TimeZone, StoreError> {
    district.zone().map_err(|fault| StoreError::Damaged {
        table: "district".into(),
        why: fault.to_string(),
    })
}

/// The origins that a model learns from.
pub fn origins(include_patrol_discovered: bool) -> Vec<Origin> {
    let mut origins = REPORTED.to_vec();
    if include_patrol_discovered {
        origins.push(Origin::PatrolDiscovered);
    }
    origins
}

/// Refuses a category code that the workspace does not know.
///
/// # Errors
/// [`RiskJobError::Risk`] that names the code and those known.
pub async fn refuse_unknown_categories(
    workspace: &Workspace,
    wanted: &[String],
) -> Result<(), RiskJobError> {
    if wanted.is_empty() {
        return Ok(());
    }
    let known = workspace.categories().await?;
    let codes = known.iter().map(|category| category.code.as_str());
    refuse_unknown_codes(&codes.collect::<Vec<_>>(), wanted)
}

/// The same where the table is at hand.
///
/// # Errors
/// [`RiskJobError::Risk`] that names the code and those known.
pub fn refuse_unknown_codes(known: &[&str], wanted: &[String]) -> Result<(), RiskJobError> {
    match first_unknown(wanted, known) {
        Some(code) => Err(RiskJobError::Risk(RiskError::UnknownCategory {
            code: code.to_owned(),
            known: known.join(", "),
        })),
        None => Ok(()),
    }
}

/// The past to learn from. Where there is none (no incident, or a window before the
/// first), the wanted days before the window, in which nothing is found.
fn look_back(
    data: Option<Window>,
    window: Window,
    days: Option<u32>,
    zone: &TimeZone,
) -> Result<Window, RiskJobError> {
    let start = window.start();
    let end = data.map_or(start, |data| data.end().min(start));
    let wanted = days.map(|days| days_before(end, days));
    let oldest = data.map(|data| midnight_before(data.start(), zone));
    let from = match (wanted, oldest) {
        (Some(wanted), Some(oldest)) => wanted.max(oldest),
        (Some(from), None) | (None, Some(from)) => from,
        (None, None) => days_before(end, 1),
    };
    Window::new(from, end)
        .or_else(|_| Window::new(days_before(end, days.unwrap_or(1).max(1)), end))
        .map_err(|_| RiskJobError::Risk(RiskError::NoHours))
}

fn days_before(at: Timestamp, days: u32) -> Timestamp {
    at.checked_sub(SignedDuration::from_hours(24 * i64::from(days)))
        .unwrap_or(Timestamp::MIN)
}

fn midnight_before(at: Timestamp, zone: &TimeZone) -> Timestamp {
    let midnight = zone
        .to_datetime(at)
        .date()
        .to_datetime(civil::Time::midnight());
    zone.to_timestamp(midnight)
        .map_or(at, |start| start.min(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(from: &str, to: &str) -> Window {
        Window::new(from.parse().unwrap(), to.parse().unwrap()).unwrap()
    }

    fn look(data: Option<Window>, wanted: Window, days: Option<u32>) -> String {
        let zone = TimeZone::get("Asia/Shanghai").unwrap();
        let found = look_back(data, wanted, days, &zone).unwrap();
        format!("{} {}", found.start(), found.end())
    }

    #[test]
    fn the_reference_day_is_today_or_the_last_day_of_made_up_data() {
        let zone = TimeZone::get("Asia/Shanghai").unwrap();
        let now = "2030-05-01T20:00Z".parse().unwrap();
        let day = |made_up| reference_day_at(now, &zone, made_up).to_string();
        assert_eq!(day(None), "2030-05-02");
        // Data that end at local midnight end on the day before.
        let whole_days = window("2026-01-10T03:00Z", "2026-03-01T16:00Z");
        assert_eq!(day(Some(whole_days)), "2026-03-01");
        let later = window("2026-01-10T03:00Z", "2026-03-01T16:00:01Z");
        assert_eq!(day(Some(later)), "2026-03-02");
    }

    #[test]
    fn the_past_ends_with_the_data() {
        let data = Some(window("2026-01-10T03:00Z", "2026-03-01T12:00Z"));
        let later = window("2026-04-01T00:00Z", "2026-04-02T00:00Z");
        let amid = window("2026-02-01T00:00Z", "2026-02-02T00:00Z");
        let before = window("2025-02-01T00:00Z", "2025-02-02T00:00Z");
        assert_eq!(
            look(data, later, None),
            "2026-01-09T16:00:00Z 2026-03-01T12:00:00Z"
        );
        assert_eq!(
            look(data, amid, None),
            "2026-01-09T16:00:00Z 2026-02-01T00:00:00Z"
        );
        assert_eq!(
            look(data, later, Some(10)),
            "2026-02-19T12:00:00Z 2026-03-01T12:00:00Z"
        );
        assert_eq!(
            look(data, later, Some(u32::MAX)),
            "2026-01-09T16:00:00Z 2026-03-01T12:00:00Z"
        );
        // Nothing to learn from.
        assert_eq!(
            look(data, before, None),
            "2025-01-31T00:00:00Z 2025-02-01T00:00:00Z"
        );
        assert_eq!(
            look(data, before, Some(7)),
            "2025-01-25T00:00:00Z 2025-02-01T00:00:00Z"
        );
        assert_eq!(
            look(None, later, None),
            "2026-03-31T00:00:00Z 2026-04-01T00:00:00Z"
        );
        assert_eq!(
            look(data, later, Some(0)),
            "2026-02-28T12:00:00Z 2026-03-01T12:00:00Z"
        );
    }
}
