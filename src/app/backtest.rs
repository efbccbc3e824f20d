//! Backtest the models on a workspace's own incidents.
//!
//! The grid is chosen without a look at what is scored: the boundary's cells and those of
//! incidents before the first window. Incidents of the scored windows outside it are left
//! out for every model alike, and counted. Places are taken as they stand now; the
//! workspace does not know since when.

use std::ops::ControlFlow;
use std::sync::Arc;

use jiff::civil::Date;
use jiff::{Timestamp, tz::TimeZone};
use thiserror::Error;

use crate::app::quarantine::quarantined_time;
use crate::app::risk::{RiskJobError, log_override, origins, refuse_unknown_categories, zone_of};
use crate::app::terrain::terrain_of;
use crate::calendar::rolling::{Step, StepError};
use crate::calendar::week::HourSet;
use crate::grid::hexgrid::HexGrid;
use crate::place::position::Position;
use crate::risk::backtest::{Backtest, Contender, Record, Trial, happened, run};
use crate::risk::contenders::{self, ContenderError};
use crate::risk::inputs::fingerprint;
use crate::risk::model::{RiskError, RiskEvent};
use crate::risk::models::looks_at_terrain;
use crate::risk::past::dates_only;
use crate::risk::score::Flagged;
use crate::store::error::StoreError;
use crate::store::record::IncidentFilter;
use crate::store::workspace::Workspace;

/// What is to be tried.
#[derive(Debug, Clone, PartialEq)]
pub struct BacktestRequest {
    /// Contenders as people write them (see [`contenders`]); `all` stands for all.
    pub models: Vec<String>,
    /// First local day of the first window; none: a third into the data.
    pub from: Option<Date>,
    /// The day after the last; none: as far as the data go.
    pub to: Option<Date>,
    /// How long a window lasts.
    pub step: Step,
    /// Areas to flag.
    pub flagged: Vec<Flagged>,
    /// Hours of the week that count.
    pub hours: HourSet,
    /// Category codes; empty means all.
    pub categories: Vec<String>,
    /// H3 resolution, 7 to 11.
    pub resolution: u8,
    /// Learn from, and score on, what patrols discovered too.
    pub include_patrol_discovered: bool,
}

/// Why there is no backtest.
#[derive(Debug, Error)]
pub enum BacktestError {
    /// Loading, or a model.
    #[error(transparent)]
    Risk(#[from] RiskJobError),
    /// The windows.
    #[error(transparent)]
    Step(#[from] StepError),
    /// A contender.
    #[error(transparent)]
    Contender(#[from] ContenderError),
    /// No incident.
    #[error("there is no incident of these categories to learn from")]
    NoIncidents,
    /// Each window overlaps a quarantined time.
    #[error("a quarantine holds in each of the windows: lift it, or choose other days")]
    AllQuarantined,
    /// Less than two weeks of data.
    #[error("less than two weeks of incidents are too few to learn from one and score the other")]
    TooShort,
    /// Hours or shifts, of incidents whose time of day is not known.
    #[error(
        "most of these incidents have a date but no time of day: score whole days or weeks, and all hours"
    )]
    DatesOnly,
    /// The first window begins before the data.
    #[error("the first window, on {from}, begins before there is anything to learn from ({data})")]
    TooEarly {
        /// First local day.
        from: Date,
        /// First local day of the data.
        data: Date,
    },
}

impl From<StoreError> for BacktestError {
    fn from(fault: StoreError) -> Self {
        Self::Risk(fault.into())
    }
}

/// How far it is: called from a worker thread after each window; breaking off ends it.
pub type Watch = Arc<dyn Fn(Progress) -> ControlFlow<()> + Send + Sync>;

/// How far a backtest is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Forecasts made.
    pub done: usize,
    /// Of so many.
    pub of: usize,
}

/// Loads, forecasts, scores.
///
/// # Errors
/// [`BacktestError`]; [`RiskError::BrokenOff`] inside where `watch` broke off.
pub async fn backtest(
    workspace: &Workspace,
    request: &BacktestRequest,
    watch: Watch,
) -> Result<Backtest, BacktestError> {
    let contenders = contenders::all_of(&request.models)?;
    let district = workspace.district().await?;
    let zone = zone_of(&district)?;
    let Some(boundary) = district.boundary else {
        return Err(RiskJobError::NoBoundary.into());
    };
    refuse_unknown_categories(workspace, &request.categories).await?;
    let mut events = workspace
        .risk_events(&IncidentFilter {
            categories: request.categories.clone(),
            origins: origins(request.include_patrol_discovered),
            ..IncidentFilter::default()
        })
        .await?;
    events.sort_by_key(|event| event.at);
    if request.include_patrol_discovered {
        log_override(workspace, "backtest", "").await?;
    }
    let terrain = if contenders.iter().any(|c| looks_at_terrain(c.model.name())) {
        terrain_of(workspace).await?
    } else {
        Vec::new()
    };
    let span = Span::of(&events, &zone)?;
    let from = request.from.unwrap_or_else(|| span.a_third_in());
    if from <= span.first {
        return Err(BacktestError::TooEarly {
            from,
            data: span.first,
        });
    }
    let to = request.to.unwrap_or(span.after);
    let shifts = workspace.shifts().await?;
    let mut windows = request.step.windows(from, to, &shifts, &zone)?;
    // What did not happen in a quarantined time proves nothing.
    let without = quarantined_time(workspace, &request.categories).await?;
    windows.retain(|w| !without.iter().any(|out| out.overlap(*w).is_some()));
    if windows.is_empty() {
        return Err(BacktestError::AllQuarantined);
    }

    let by_hour = request.step == Step::Shift || request.hours != HourSet::full();
    if by_hour && dates_only(&events, &zone) {
        return Err(BacktestError::DatesOnly);
    }
    let request = request.clone();
    let synthetic = district.synthetic;
    let job = tokio::task::spawn_blocking(move || {
        let first = windows.first().map_or(Timestamp::MIN, |w| w.start());
        let before: Vec<Position> = events
            .iter()
            .filter(|e| e.at < first)
            .map(|e| e.position)
            .collect();
        let grid = HexGrid::cover(&boundary, request.resolution, &before)?;
        let trial = Trial {
            grid: &grid,
            windows: &windows,
            data_from: span.start,
            hours: &request.hours,
            zone: &zone,
            terrain: &terrain,
            without: &without,
            flagged: &request.flagged,
        };
        let records = run_all(&trial, &contenders, &events, &watch)?;
        let of_window = |&w| happened(w, &request.hours, &zone, &events).count();
        let in_all: usize = windows.iter().map(of_window).sum();
        let scored = records.first().map_or(0.0, |record| {
            record.windows.iter().map(|w| w.events).sum::<f64>()
        }) as usize;
        Ok::<_, RiskError>(Backtest {
            records,
            flagged: request.flagged,
            cells: grid.len(),
            area_km2: grid.area_km2().iter().sum(),
            resolution: request.resolution,
            categories: request.categories,
            hours: request.hours.clone(),
            zone: zone.clone(),
            patrol_discovered: request.include_patrol_discovered,
            inputs_sha256: fingerprint(&grid, &events, &terrain),
            scored,
            outside: in_all.saturating_sub(scored),
            before: before.len(),
            synthetic,
            windows,
        })
    });
    match job.await {
        Ok(done) => done.map_err(|fault| RiskJobError::from(fault).into()),
        Err(_) => Err(RiskJobError::from(RiskError::BrokenOff).into()),
    }
}

fn run_all(
    trial: &Trial<'_>,
    contenders: &[Contender],
    events: &[RiskEvent],
    watch: &Watch,
) -> Result<Vec<Record>, RiskError> {
    let of = contenders.len() * trial.windows.len();
    let mut done = 0;
    let mut records = Vec::with_capacity(contenders.len());
    for contender in contenders {
        records.push(run(trial, contender, events, &mut || {
            done += 1;
            watch(Progress { done, of })
        })?);
    }
    Ok(records)
}

/// The local days that the incidents cover.
struct Span {
    /// First instant of the first day.
    start: Timestamp,
    first: Date,
    /// The day after the last.
    after: Date,
}

impl Span {
    fn of(events: &[RiskEvent], zone: &TimeZone) -> Result<Self, BacktestError> {
        let earliest = events.iter().map(|e| e.at).min();
        let latest = events.iter().map(|e| e.at).max();
        let (Some(earliest), Some(latest)) = (earliest, latest) else {
            return Err(BacktestError::NoIncidents);
        };
        let first = zone.to_datetime(earliest).date();
        let last = zone.to_datetime(latest).date();
        let midnight = first.to_datetime(jiff::civil::Time::midnight());
        Ok(Self {
            start: zone.to_timestamp(midnight).unwrap_or(earliest),
            first,
            after: last.tomorrow().unwrap_or(last),
        })
    }

    fn a_third_in(&self) -> Date {
        let days = (self.after - self.first).get_days();
        self.first
            .checked_add(jiff::Span::new().days((days / 3).max(1)))
            .unwrap_or(self.first)
    }
}
