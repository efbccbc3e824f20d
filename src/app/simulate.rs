//! Simulate so many days of a workspace under policies for idle units: load, learn a
//! forecast from what came before, decide which calls come, plan the shifts, run the
//! histories, compare.

pub mod calls;
pub mod error;
pub mod fleet;
pub mod time;

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

use crate::app::plan::Roads;
use crate::app::quarantine::quarantined_time;
use crate::app::record::{BEST, trusted};
use crate::app::risk::{RiskJobError, origins, reference_day, refuse_unknown_categories, zone_of};
use crate::app::sample;
use crate::app::simulate::error::SimulateError;
use crate::app::simulate::fleet::{Fleet, fleet};
use crate::app::simulate::time::SimulatedTime;
use crate::app::terrain::terrain_of;
use crate::calendar::week::HourSet;
use crate::calendar::window::Window;
use crate::grid::hexgrid::HexGrid;
use crate::incident::record::Incident;
use crate::index::areas::AreaIndex;
use crate::patrol::objective::weights::Preset;
use crate::patrol::simulator::experiment::{Comparison, Experiment};
use crate::patrol::simulator::handling::HandlingTime;
use crate::patrol::simulator::history::Leg;
use crate::patrol::simulator::idle::Plans;
use crate::patrol::simulator::plans::plan_shifts;
use crate::patrol::simulator::policy::Policy;
use crate::patrol::simulator::pose::{PosedTown, TownLayers, pose_town};
use crate::patrol::simulator::process::CallProcess;
use crate::patrol::simulator::replan::PlaceIndex;
use crate::patrol::simulator::report::{SimulationReport, Truth};
use crate::patrol::simulator::settings::SimulationSettings;
use crate::patrol::station_beats::of_stations;
use crate::place::area::Area;
use crate::place::feature::{Beat, Station};
use crate::place::position::Position;
use crate::risk::inputs;
use crate::risk::model::{RiskError, RiskEvent, RiskQuestion, TerrainFactor};
use crate::risk::models::{self, ModelSettings};
use crate::risk::scorecard::Question;
use crate::risk::surface::{FEWEST_EVENTS, RiskSurface};
use crate::roads::network::RoadNetwork;
use crate::store::record::IncidentFilter;
use crate::store::workspace::Workspace;

/// More seeds are a slip of the pen.
const MOST_SEEDS: u32 = 1000;

/// What is to be simulated.
#[derive(Debug, Clone, PartialEq)]
pub struct SimulateRequest {
    /// First local day; none: so that the last one is the last day of the data.
    pub from: Option<Date>,
    /// How many days.
    pub days: u32,
    /// A shift, `SHIFT@DATE` or `START/END`, every day at its time; none: all shifts.
    pub window: Option<String>,
    /// What idle units do.
    pub policies: Vec<Policy>,
    /// How many histories of each policy, on as many draws of calls.
    pub seeds: u32,
    /// The first seed.
    pub first_seed: u64,
    /// Units on duty in each shift; none: the idle ones of the workspace.
    pub units: Option<usize>,
    /// Where a unit's plan may send it.
    pub beats: BeatRule,
    /// What counts how much in plans.
    pub preset: Preset,
    /// The model of the forecast.
    pub model: String,
    /// Category codes; empty means all.
    pub categories: Vec<String>,
    /// H3 resolution, 7 to 11.
    pub resolution: u8,
    /// Where the calls come from; none: from the incidents of that time where there are
    /// enough, or else from the forecast.
    pub truth: Option<Truth>,
    /// The seed that the sample was made with, for [`Truth::Generator`].
    pub sample_seed: u64,
    /// How long calls take.
    pub handling: HandlingTime,
    /// Settings of the simulation.
    pub settings: SimulationSettings,
}

/// Where a unit's plan may send it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BeatRule {
    /// To the beats of its station.
    Own,
    /// Everywhere.
    All,
}

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Shifts planned and histories run.
    pub done: usize,
    /// Of so many.
    pub of: usize,
}

/// Called from worker threads after each step; breaking off ends it.
pub type Watch = Arc<dyn Fn(Progress) -> ControlFlow<()> + Send + Sync>;

/// Loads, learns, plans, simulates, compares. `network` is the workspace's network where the
/// caller keeps it open.
///
/// # Errors
/// [`SimulateError`].
pub async fn simulate(
    workspace: &Workspace,
    network: Option<Arc<RoadNetwork>>,
    request: &SimulateRequest,
    watch: Watch,
) -> Result<SimulationReport, SimulateError> {
    if !(1..=MOST_SEEDS).contains(&request.seeds) {
        return Err(SimulateError::Seeds(request.seeds));
    }
    let mut request = request.clone();
    if request.model == BEST {
        let hours = HourSet::full();
        let question = Question::new(request.categories.clone(), hours, request.resolution);
        request.model = trusted(workspace, &question).await?.model;
    }
    let (ground, roads) = load(workspace, network, &request).await?;
    let job = tokio::task::spawn_blocking(move || {
        simulate_on(&ground, &*roads.open()?, &request, &watch)
    });
    job.await.map_err(|_| SimulateError::BrokenOff)?
}

/// What is loaded from the workspace.
struct Ground {
    zone: TimeZone,
    boundary: Area,
    synthetic: bool,
    is_sample: bool,
    time: SimulatedTime,
    first_day: Date,
    data_start: Timestamp,
    /// Up to the end of the simulated time, in order.
    events: Vec<RiskEvent>,
    /// Those shortly before it, for their priorities.
    recent: Vec<Incident>,
    terrain: Vec<TerrainFactor>,
    /// Periods in quarantine: nothing is known of them.
    without: Vec<Window>,
    fleet: Fleet,
    beats: Vec<Beat>,
    stations: Vec<Station>,
}

async fn load(
    workspace: &Workspace,
    network: Option<Arc<RoadNetwork>>,
    request: &SimulateRequest,
) -> Result<(Ground, Roads), SimulateError> {
    let district = workspace.district().await?;
    let zone = zone_of(&district)?;
    let Some(boundary) = district.boundary else {
        return Err(RiskJobError::NoBoundary.into());
    };
    refuse_unknown_categories(workspace, &request.categories).await?;
    let roads = match network {
        Some(network) => Roads::Open(network),
        None => Roads::Stored(
            workspace
                .road_network()
                .await?
                .ok_or(SimulateError::NoRoads)?,
        ),
    };
    let stations = workspace.stations().await?;
    let fleet = fleet(&workspace.units().await?, &stations, request.units)?;
    let first_day = match request.from {
        Some(day) => day,
        None => first_day(workspace, request, &zone).await?,
    };
    let time = SimulatedTime::of(
        first_day,
        request.days,
        request.window.as_deref(),
        &workspace.shifts().await?,
        &zone,
    )?;
    let start = time.period.start();
    let nothing = SimulateError::NothingBefore(zone.to_datetime(start).date());
    let data = workspace.info().await?.incidents;
    let Some(data) = data.filter(|data| data.start() < start) else {
        return Err(nothing);
    };
    let filter = |from: Timestamp, until: Timestamp| IncidentFilter {
        window: Window::new(from, until).ok(),
        categories: request.categories.clone(),
        origins: origins(false),
        ..IncidentFilter::default()
    };
    let mut events = workspace
        .risk_events(&filter(data.start(), time.period.end()))
        .await?;
    events.sort_by_key(|event| event.at);
    if events.first().is_none_or(|first| first.at >= start) {
        return Err(nothing);
    }
    let recent_from = start
        .checked_sub(jiff::SignedDuration::from_hours(24 * 90))
        .unwrap_or(data.start());
    let ground = Ground {
        is_sample: district.synthetic && district.name == sample::NAME,
        recent: workspace.incidents(&filter(recent_from, start)).await?,
        terrain: match models::looks_at_terrain(&request.model) {
            true => terrain_of(workspace).await?,
            false => Vec::new(),
        },
        without: quarantined_time(workspace, &request.categories).await?,
        beats: workspace.beats().await?,
        stations,
        synthetic: district.synthetic,
        data_start: data.start(),
        zone,
        boundary,
        time,
        first_day,
        events,
        fleet,
    };
    Ok((ground, roads))
}

/// The day from which the last day simulated is the last whole day of the data.
async fn first_day(
    workspace: &Workspace,
    request: &SimulateRequest,
    zone: &TimeZone,
) -> Result<Date, SimulateError> {
    let last = match workspace.info().await?.incidents {
        Some(data) => zone.to_datetime(data.end()).date(),
        None => reference_day(workspace).await?,
    };
    last.checked_sub(Span::new().days(i64::from(request.days.min(time::MOST_DAYS))))
        .map_err(|_| SimulateError::Calendar)
}

fn simulate_on(
    ground: &Ground,
    network: &RoadNetwork,
    request: &SimulateRequest,
    watch: &Watch,
) -> Result<SimulationReport, SimulateError> {
    let period = ground.time.period;
    let forecast = forecast(ground, request)?;
    let learned_from = forecast.provenance.look_back;
    let hour_shares = calls::hour_shares(&ground.events, learned_from, period, &ground.zone);
    let (truth, process) = process(ground, request, &forecast, &hour_shares)?;
    let beats = AreaIndex::new(ground.beats.iter().map(|b| b.area.clone()).collect());
    let posed = pose_town(TownLayers {
        period,
        shifts: &ground.time.shifts,
        forecast: &forecast,
        hour_shares: &hour_shares,
        process,
        units: &ground.fleet.units,
        bound_to: &bound_to(ground, request),
        network,
        beat_at: &|position: Position| beats.at(position),
        beats: &ground.beats,
        zone: &ground.zone,
        weights: request.preset.weights(),
        with_plans: request.policies.iter().any(|p| p.needs_plans()),
        seed: request.first_seed,
    })?;
    let mut left_out = ground.fleet.left_out.clone();
    left_out.extend(posed.left_out.iter().cloned());
    let (expected_calls, off_road_calls) = (expected_on_duty(&posed), posed.town.off_road());
    let places = posed.places.len();
    let comparison = compare(posed, request, network, watch)?;
    Ok(SimulationReport {
        synthetic: ground.synthetic,
        period,
        shifts: ground.time.shifts.len(),
        units: ground.fleet.units.len(),
        made_up_units: ground.fleet.made_up,
        left_out,
        cells: forecast.grid.len(),
        forecast: forecast.provenance,
        truth,
        expected_calls,
        off_road_calls,
        places,
        settings: request.settings.clone(),
        handling_mean_s: request.handling.mean_s(),
        comparison,
    })
}

/// The beats that each unit's plan keeps to.
fn bound_to(ground: &Ground, request: &SimulateRequest) -> Vec<Option<Vec<u32>>> {
    match request.beats {
        BeatRule::Own => of_stations(&ground.fleet.units, &ground.stations, &ground.beats),
        BeatRule::All => vec![None; ground.fleet.units.len()],
    }
}

/// What was to be expected before the simulated time.
fn forecast(ground: &Ground, request: &SimulateRequest) -> Result<RiskSurface, SimulateError> {
    let model = models::by_name(&request.model, ModelSettings::default())?;
    let positions: Vec<Position> = ground.events.iter().map(|e| e.position).collect();
    let grid = HexGrid::cover(&ground.boundary, request.resolution, &positions)
        .map_err(RiskError::from)?;
    let start = ground.time.period.start();
    let look_back = Window::new(ground.data_start, start);
    let question = RiskQuestion {
        grid: &grid,
        look_back: look_back.map_err(|_| SimulateError::NothingBefore(ground.first_day))?,
        window: ground.time.period,
        hours: &HourSet::full(),
        zone: &ground.zone,
        terrain: &ground.terrain,
        without: &ground.without,
    };
    let before = ground.events.partition_point(|event| event.at < start);
    Ok(inputs::surface(
        model.as_ref(),
        &question,
        &ground.events[..before],
        &request.categories,
    )?)
}

fn process(
    ground: &Ground,
    request: &SimulateRequest,
    forecast: &RiskSurface,
    hour_shares: &[f64],
) -> Result<(Truth, CallProcess), SimulateError> {
    let period = ground.time.period;
    let before = ground.events.partition_point(|e| e.at < period.start());
    let found = ground.events.len() - before;
    let truth = request.truth.unwrap_or(if found >= FEWEST_EVENTS {
        Truth::HeldOut
    } else {
        Truth::Forecast
    });
    let (urgent, handling) = (calls::urgency(&ground.recent), request.handling);
    let process = match truth {
        Truth::Forecast => calls::as_forecast(forecast, hour_shares, urgent, handling),
        Truth::HeldOut if found < FEWEST_EVENTS => {
            return Err(SimulateError::FewHeldOut { found });
        }
        Truth::HeldOut => calls::as_happened(
            forecast,
            &ground.events[before..],
            &ground.without,
            period,
            &ground.zone,
            urgent,
            handling,
        )?,
        Truth::Generator if !ground.is_sample => {
            return Err(SimulateError::NotTheSample(request.sample_seed));
        }
        Truth::Generator => calls::as_generated(
            forecast,
            period,
            &ground.events,
            request.sample_seed,
            handling,
        )?,
    };
    Ok((truth, process))
}

/// Calls expected while someone is on duty.
fn expected_on_duty(posed: &PosedTown) -> f64 {
    let parts = posed.town.parts();
    let of_hour = |hour: usize| -> f64 {
        let strata = parts.process.strata.iter();
        strata
            .map(|s| s.hour_shares[hour] * s.expected.iter().sum::<f64>())
            .sum()
    };
    let hour_ms = crate::patrol::simulator::process::HOUR_MS;
    (0..parts.hours)
        .map(|hour| {
            let (from, until) = (hour as u64 * hour_ms, (hour as u64 + 1) * hour_ms);
            let on_duty: u64 = parts
                .open
                .iter()
                .map(|s| s.until_ms.min(until).saturating_sub(s.from_ms.max(from)))
                .sum();
            of_hour(hour) * on_duty as f64 / hour_ms as f64
        })
        .sum()
}

fn compare(
    posed: PosedTown,
    request: &SimulateRequest,
    network: &RoadNetwork,
    watch: &Watch,
) -> Result<Comparison, SimulateError> {
    let of = posed.shifts.len() + request.policies.len() * request.seeds as usize;
    let done = AtomicUsize::new(0);
    let step = || {
        let done = done.fetch_add(1, Ordering::Relaxed) + 1;
        watch(Progress { done, of })
    };
    let plans = plan_shifts(
        &posed.town,
        posed.shifts,
        request.settings.plan_iterations,
        &step,
    )?;
    let first = request.first_seed;
    let seeds: Vec<u64> = (0..u64::from(request.seeds))
        .map(|i| first.wrapping_add(i))
        .collect();
    let places = PlaceIndex::new(posed.places);
    let metres = |leg: &Leg| {
        let [from, to] = [leg.from, leg.to].map(|place| places.snap(place));
        Some(network.route(from?, to?)?.length.0)
    };
    let experiment = Experiment {
        town: &posed.town,
        plans: Plans {
            of_shift: &plans,
            places: &places,
        },
        settings: &request.settings,
        policies: &request.policies,
        seeds: &seeds,
        metres: &metres,
    };
    Ok(experiment.run(&step)?)
}
