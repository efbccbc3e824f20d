//! Which incidents a question is about, and what a report says of that.

use jiff::tz::TimeZone;
use jiff::{RoundMode, SignedDuration, Timestamp, TimestampRound, Unit};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::incident_sieve::{Narrowing, Sieve};
use crate::app::risk::{origins, refuse_unknown_categories, zone_of};
use crate::app::statistics::error::StatisticsJobError;
use crate::calendar::week::HourSet;
use crate::calendar::week_clock::WeekClock;
use crate::calendar::window::Window;
use crate::exchange::feature_geojson::local_time;
use crate::grid::hexgrid::HexGrid;
use crate::place::area::Area;
use crate::place::area_text::area_text;
use crate::place::district::District;
use crate::place::feature::Beat;
use crate::place::position::Position;
use crate::risk::model::RiskEvent;
use crate::store::record::IncidentFilter;
use crate::store::workspace::Workspace;

/// Where no period is asked for, so many days up to the data's end.
pub const DEFAULT_DAYS: i64 = 365;

/// Which incidents.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Selection {
    /// The period; none: the last [`DEFAULT_DAYS`] days of the data.
    pub period: Option<Window>,
    /// Category codes; empty means all.
    pub categories: Vec<String>,
    /// Hours of the week that count.
    pub hours: HourSet,
    /// Ids of beats; empty means everywhere.
    pub beats: Vec<String>,
    /// Inside of this; none: everywhere.
    pub area: Option<Area>,
    /// What patrols discovered too (see `Origin::is_reported`).
    pub include_patrol_discovered: bool,
}

/// What a report says of the incidents it looked at.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct About {
    /// The district's name.
    pub district: String,
    /// Whether everything is made up.
    pub synthetic: bool,
    /// The first instant inside the period, with the district's offset.
    pub start: String,
    /// The first instant after it.
    pub end: String,
    /// Category codes; empty means all.
    pub categories: Vec<String>,
    /// Hours of the week that count, 0 (Monday 00:00) to 167.
    pub hours: Vec<u8>,
    /// Ids of beats; empty means everywhere.
    pub beats: Vec<String>,
    /// Inside of these corners, `LON,LAT,LON,LAT…`; null means everywhere.
    pub area: Option<String>,
    /// Whether what patrols discovered counts too. Then patrols find where patrols went.
    pub include_patrol_discovered: bool,
    /// Quarantines that hold: their incidents are left out.
    pub quarantines: Vec<String>,
    /// Incidents looked at.
    pub incidents: usize,
    /// Version of the program.
    pub version: String,
}

/// A workspace, ready for questions.
#[derive(Debug, Clone)]
pub struct Ground {
    /// Name, boundary, whether all is made up.
    pub district: District,
    /// The district's clock.
    pub zone: TimeZone,
    /// From the first to just after the last incident.
    pub data: Window,
    /// Ids of the quarantines that hold.
    pub quarantines: Vec<String>,
}

impl Ground {
    /// Reads what every question needs.
    ///
    /// # Errors
    /// [`StatisticsJobError`]: no incidents.
    pub async fn read(workspace: &Workspace) -> Result<Self, StatisticsJobError> {
        let district = workspace.district().await?;
        let zone = zone_of(&district)?;
        let data = workspace.incident_span().await?;
        Ok(Self {
            district,
            zone,
            data: data.ok_or(StatisticsJobError::NoIncidents)?,
            quarantines: workspace
                .quarantines()
                .await?
                .into_iter()
                .filter(|q| q.lifted_at.is_none())
                .map(|q| q.id)
                .collect(),
        })
    }

    /// The wanted period, or the last [`DEFAULT_DAYS`] days of the data.
    pub fn period(&self, selection: &Selection) -> Window {
        selection
            .period
            .unwrap_or_else(|| self.last_days(DEFAULT_DAYS))
    }

    /// The last days of the data, up to the end of their last hour, from no earlier than
    /// their start.
    pub fn last_days(&self, days: i64) -> Window {
        let end = self.data.end();
        let end = end
            .round(
                TimestampRound::new()
                    .smallest(Unit::Hour)
                    .mode(RoundMode::Ceil),
            )
            .unwrap_or(end);
        let start = hours_before(end, 24 * days).max(self.data.start());
        Window::new(start, end).unwrap_or(self.data)
    }

    /// The boundary.
    ///
    /// # Errors
    /// [`StatisticsJobError`] where there is none.
    pub fn boundary(&self) -> Result<&Area, StatisticsJobError> {
        let none = || crate::app::risk::RiskJobError::NoBoundary.into();
        self.district.boundary.as_ref().ok_or_else(none)
    }

    /// The incidents of a period, in the selection's categories, origins and hours; in
    /// order of time.
    ///
    /// # Errors
    /// [`StatisticsJobError`].
    pub async fn events(
        &self,
        workspace: &Workspace,
        selection: &Selection,
        period: Window,
    ) -> Result<Vec<RiskEvent>, StatisticsJobError> {
        let filter = filter_of(workspace, selection, period).await?;
        let mut events = workspace.risk_events(&filter).await?;
        let takes = self.narrowed(workspace, selection, period).await?;
        events.retain(takes);
        Ok(events)
    }

    /// The same, each with its category code: read once, told apart as often as wanted.
    ///
    /// # Errors
    /// [`StatisticsJobError`].
    pub async fn categorised_events(
        &self,
        workspace: &Workspace,
        selection: &Selection,
        period: Window,
    ) -> Result<Vec<(String, RiskEvent)>, StatisticsJobError> {
        let filter = filter_of(workspace, selection, period).await?;
        let mut events = workspace.categorised_risk_events(&filter).await?;
        let takes = self.narrowed(workspace, selection, period).await?;
        events.retain(|(_, event)| takes(event));
        Ok(events)
    }

    /// What the store's filter does not know of a selection: its beats, area and hours.
    async fn narrowed(
        &self,
        workspace: &Workspace,
        selection: &Selection,
        period: Window,
    ) -> Result<impl Fn(&RiskEvent) -> bool + use<>, StatisticsJobError> {
        let sieve = self.sieve(workspace, selection).await?;
        let some_hours = selection.hours.len() < HourSet::full().len();
        let clock = some_hours.then(|| WeekClock::new(&self.zone, period));
        let hours = selection.hours.clone();
        Ok(move |event: &RiskEvent| {
            let here = |sieve: &Sieve| sieve.takes_at(event.position, event.at);
            let then = |clock: &WeekClock| hours.contains(clock.hour_of_week(event.at));
            sieve.as_ref().is_none_or(here) && clock.as_ref().is_none_or(then)
        })
    }

    /// The ground that a selection is about: the boundary, or what of it lies in the
    /// selection's beats and area.
    ///
    /// # Errors
    /// [`StatisticsJobError`] where there is no boundary, no such beat, or no such ground.
    pub async fn selected_ground(
        &self,
        workspace: &Workspace,
        selection: &Selection,
    ) -> Result<Area, StatisticsJobError> {
        let mut ground = self.boundary()?.clone();
        let outside = || StatisticsJobError::Unfit("no ground of the district is selected".into());
        if !selection.beats.is_empty() {
            let beats = workspace.beats().await?;
            let is_wanted = |beat: &&Beat| {
                let id = beat.id.as_str();
                selection.beats.iter().any(|wanted| wanted == id)
            };
            let wanted = beats.iter().filter(is_wanted).map(|beat| &beat.area);
            let together = Area::together(wanted).ok_or_else(outside)?;
            ground = ground.shared(&together).ok_or_else(outside)?;
        }
        if let Some(area) = &selection.area {
            ground = ground.shared(area).ok_or_else(outside)?;
        }
        Ok(ground)
    }

    /// What of a selection's places no database looks at; none where it is everywhere.
    async fn sieve(
        &self,
        workspace: &Workspace,
        selection: &Selection,
    ) -> Result<Option<Sieve>, StatisticsJobError> {
        let narrowing = Narrowing {
            beats: selection.beats.clone(),
            area: selection.area.clone(),
            ..Narrowing::default()
        };
        if narrowing.is_open() {
            return Ok(None);
        }
        let beats = workspace.beats().await?;
        if let Some(unknown) = narrowing.unknown_beat(&beats) {
            return Err(StatisticsJobError::Unfit(format!(
                "there is no beat {unknown:?}"
            )));
        }
        Ok(Some(Sieve::new(&narrowing, &beats, &self.zone)))
    }

    /// Hours of a period that count.
    pub fn exposure_hours(&self, period: Window, hours: &HourSet) -> f64 {
        let clock = WeekClock::new(&self.zone, period);
        let counted: i64 = clock.exposure_ms(period, hours).iter().sum();
        counted as f64 / 3_600_000.0
    }

    /// What a report says of itself.
    pub fn about(&self, selection: &Selection, period: Window, incidents: usize) -> About {
        About {
            district: self.district.name.clone(),
            synthetic: self.district.synthetic,
            start: self.local(period.start()),
            end: self.local(period.end()),
            categories: selection.categories.clone(),
            hours: selection.hours.clone().into(),
            beats: selection.beats.clone(),
            area: selection.area.as_ref().map(area_text),
            include_patrol_discovered: selection.include_patrol_discovered,
            quarantines: self.quarantines.clone(),
            incidents,
            version: env!("CARGO_PKG_VERSION").into(),
        }
    }

    /// A time as the district's clock shows it, with its offset.
    pub fn local(&self, at: Timestamp) -> String {
        local_time(at, &self.zone)
    }
}

async fn filter_of(
    workspace: &Workspace,
    selection: &Selection,
    period: Window,
) -> Result<IncidentFilter, StatisticsJobError> {
    refuse_unknown_categories(workspace, &selection.categories).await?;
    Ok(IncidentFilter {
        window: Some(period),
        categories: selection.categories.clone(),
        origins: origins(selection.include_patrol_discovered),
        ..IncidentFilter::default()
    })
}

/// How many of the events lie in each cell of a grid that covers the boundary and them all.
pub fn binned(
    boundary: &Area,
    resolution: u8,
    events: &[RiskEvent],
) -> Result<(HexGrid, Vec<u32>), StatisticsJobError> {
    let positions: Vec<Position> = events.iter().map(|e| e.position).collect();
    let grid = HexGrid::cover(boundary, resolution, &positions)?;
    let mut counts = vec![0u32; grid.len()];
    for position in positions {
        if let Some(i) = grid.index_at(position) {
            counts[i] += 1;
        }
    }
    Ok((grid, counts))
}

/// An instant so many hours earlier, or the beginning of time.
pub fn hours_before(at: Timestamp, hours: i64) -> Timestamp {
    at.checked_sub(SignedDuration::from_hours(hours))
        .unwrap_or(Timestamp::MIN)
}

/// Runs heavy work off the async threads.
///
/// # Errors
/// What the work returns, or [`StatisticsJobError::BrokenOff`].
pub async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StatisticsJobError> + Send + 'static,
) -> Result<T, StatisticsJobError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| StatisticsJobError::BrokenOff)?
}

impl About {
    /// A picture's title; one of a made-up district says so on the picture itself.
    pub fn title(&self, what: &str) -> String {
        if self.synthetic {
            format!("SYNTHETIC 模拟数据 · {what}")
        } else {
            what.to_owned()
        }
    }

    /// Of which district and days a picture is, and what else is said below its title.
    pub fn subtitle(&self, more: &str) -> String {
        let day = |text: &str| text.chars().take(10).collect::<String>();
        let (start, end) = (day(&self.start), day(&self.end));
        let separator = if more.is_empty() { "" } else { " · " };
        let part = match self.beats.is_empty() && self.area.is_none() {
            true => "",
            false => " (selected ground 所选范围)",
        };
        format!("{}{part} · {start} – {end}{separator}{more}", self.district)
    }
}
