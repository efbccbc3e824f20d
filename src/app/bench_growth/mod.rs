//! A workspace, or several beside each other, of as many incidents as wanted: how long they take
//! to go in, how long what a page asks of the store takes then, and a surface of a year.
//!
//! Every incident is made up, from a seed, and goes in by the way that an import takes.

mod town;

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use thiserror::Error;

use crate::app::bench_growth::town::Town;
use crate::app::clock;
use crate::app::risk::{RiskJobError, RiskRequest, risk_surface};
use crate::app::workspace::{Address, CreateError, create_workspace, open_for_reading};
use crate::calendar::week::HourSet;
use crate::calendar::window::Window;
use crate::incident::category::IncidentCategory;
use crate::place::area::AreaFault;
use crate::store::error::StoreError;
use crate::store::record::{ImportSource, IncidentFilter, LayerRows};
use crate::store::workspace::{Access, Workspace};

/// Incidents written in one transaction.
const AT_ONCE: u64 = 250_000;

/// Most incidents of a page's list, and one to see that there are more.
const PAGE: u32 = 1_001;

/// What is measured.
#[derive(Debug, Clone)]
pub struct GrowthRequest {
    /// Workspaces; those that are not there are made and filled.
    pub workspaces: Vec<Address>,
    /// Incidents in all of them.
    pub incidents: u64,
    /// Over so many years.
    pub years: u16,
    /// How often each question is asked.
    pub rounds: u32,
    /// Seed of incidents and questions.
    pub seed: u64,
}

/// Why nothing was measured.
#[derive(Debug, Error)]
pub enum GrowthError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A workspace could not be made.
    #[error(transparent)]
    Create(#[from] CreateError),
    /// The boundary.
    #[error(transparent)]
    Area(#[from] AreaFault),
    /// The surface.
    #[error(transparent)]
    Risk(#[from] RiskJobError),
    /// Fewer years than a surface looks back on, or no incidents.
    #[error("there is nothing to measure: give at least one incident")]
    Nothing,
}

/// How long a question took, each time it was asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// What was asked.
    pub question: &'static str,
    /// Ascending.
    pub took: Vec<Duration>,
    /// Rows or numbers in the answers, in the mean.
    pub rows: f64,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct GrowthFigures {
    /// Incidents that went in, and how long it took; none where they were there.
    pub filled: Option<(u64, Duration)>,
    /// Incidents of the workspace that was asked.
    pub incidents: u64,
    /// What was asked of it.
    pub asked: Vec<Asked>,
    /// Incidents that the surface learned from.
    pub learned: usize,
    /// How long surfaces of a year took, ascending.
    pub surfaces: Vec<Duration>,
}

/// Fills what is not there, and asks the first workspace.
///
/// # Errors
/// [`GrowthError`].
pub async fn bench_growth(
    request: &GrowthRequest,
    mut told: impl FnMut(u64),
) -> Result<GrowthFigures, GrowthError> {
    let each = request.incidents / request.workspaces.len().max(1) as u64;
    let (Some(first), true) = (request.workspaces.first(), each > 0) else {
        return Err(GrowthError::Nothing);
    };
    let begun = Instant::now();
    let mut filled = 0;
    for (number, at) in request.workspaces.iter().enumerate() {
        match Workspace::open(at, Access::Read).await {
            Ok(there) => there.close().await,
            Err(StoreError::Missing { .. }) => {
                let seed = request.seed.wrapping_add(number as u64);
                let town = Town::new(seed, each, request.years, clock::now())?;
                fill(at, town, &mut told).await?;
                filled += each;
            }
            Err(fault) => return Err(fault.into()),
        }
    }
    let took = begun.elapsed();
    let workspace = open_for_reading(first).await?;
    let counts = workspace
        .incident_counts(&IncidentFilter::default())
        .await?;
    let (asked, surfaces) = (
        ask(&workspace, request).await?,
        surfaces(&workspace, request).await?,
    );
    workspace.close().await;
    Ok(GrowthFigures {
        filled: (filled > 0).then_some((filled, took)),
        incidents: counts.iter().map(|(_, count)| count).sum(),
        asked,
        learned: surfaces.0,
        surfaces: surfaces.1,
    })
}

/// Makes a workspace and fills it.
async fn fill(at: &Address, mut town: Town, told: &mut impl FnMut(u64)) -> Result<(), GrowthError> {
    let workspace = create_workspace(at, "Growth", "Asia/Shanghai", true).await?;
    let source = ImportSource {
        file: "made up".into(),
        refused: 0,
        at: clock::now(),
        marks_synthetic: false,
    };
    let boundary = LayerRows::Boundary(town.boundary.clone());
    workspace.write(boundary, &source).await?;
    loop {
        let incidents = town.next(AT_ONCE);
        if incidents.is_empty() {
            break;
        }
        let many = incidents.len() as u64;
        let rows = LayerRows::Incidents {
            incidents,
            categories: IncidentCategory::defaults(),
            derived_boundary: None,
        };
        workspace.write(rows, &source).await?;
        told(many);
    }
    workspace.close().await;
    Ok(())
}

/// Asks what a page asks of the store, with random times.
async fn ask(workspace: &Workspace, request: &GrowthRequest) -> Result<Vec<Asked>, GrowthError> {
    let Some(data) = workspace.incident_span().await? else {
        return Err(GrowthError::Nothing);
    };
    let mut questioner = Questioner {
        workspace,
        data,
        random: ChaCha8Rng::seed_from_u64(request.seed),
        category: IncidentCategory::defaults()
            .first()
            .map(|it| it.code.clone()),
    };
    let mut all = Vec::new();
    for question in QUESTIONS {
        let mut took = Vec::with_capacity(request.rounds as usize);
        let mut rows = 0;
        for _ in 0..request.rounds {
            let begun = Instant::now();
            rows += questioner.ask(question).await?;
            took.push(begun.elapsed());
        }
        took.sort_unstable();
        all.push(Asked {
            question,
            took,
            rows: rows as f64 / f64::from(request.rounds.max(1)),
        });
    }
    Ok(all)
}

const QUESTIONS: [&str; 8] = [
    "the list's first page",
    "a page of the list",
    "a shift, all of it",
    "a day in one category",
    "a week, counted by category",
    "four weeks, to learn from",
    "first and last incident",
    "is there anything new",
];

struct Questioner<'w> {
    workspace: &'w Workspace,
    data: Window,
    random: ChaCha8Rng,
    category: Option<String>,
}

impl Questioner<'_> {
    /// Asks once; how much came back.
    async fn ask(&mut self, question: &str) -> Result<usize, StoreError> {
        let any = IncidentFilter::default();
        let page = IncidentFilter {
            limit: Some(PAGE),
            ..IncidentFilter::default()
        };
        let within = |hours| SignedDuration::from_hours(hours);
        let store = self.workspace;
        Ok(match question {
            "the list's first page" => store.incidents(&page).await?.len(),
            "a page of the list" => {
                let after = Some((self.instant(), String::from("M")));
                store
                    .incidents(&IncidentFilter { after, ..page })
                    .await?
                    .len()
            }
            "a shift, all of it" => {
                let window = self.window(within(8));
                store
                    .incidents(&IncidentFilter { window, ..any })
                    .await?
                    .len()
            }
            "a day in one category" => {
                let filter = IncidentFilter {
                    window: self.window(within(24)),
                    categories: self.category.iter().cloned().collect(),
                    ..any
                };
                store.incidents(&filter).await?.len()
            }
            "a week, counted by category" => {
                let window = self.window(within(168));
                let filter = IncidentFilter { window, ..any };
                store.incident_counts(&filter).await?.len()
            }
            "four weeks, to learn from" => {
                let window = self.window(within(28 * 24));
                store
                    .risk_events(&IncidentFilter { window, ..any })
                    .await?
                    .len()
            }
            "first and last incident" => usize::from(store.incident_span().await?.is_some()),
            _ => {
                let last = store.last_event().await?;
                store.changes_after(last, 10).await?.len()
            }
        })
    }

    fn instant(&mut self) -> Timestamp {
        let (from, until) = (self.data.start(), self.data.end());
        let ms = self
            .random
            .random_range(from.as_millisecond()..until.as_millisecond());
        Timestamp::from_millisecond(ms).unwrap_or(from)
    }

    fn window(&mut self, length: SignedDuration) -> Option<Window> {
        let from = self.instant();
        Window::new(from, from.checked_add(length).ok()?).ok()
    }
}

/// Surfaces of the newest year, for the week after it: incidents learned from, and times.
async fn surfaces(
    workspace: &Workspace,
    request: &GrowthRequest,
) -> Result<(usize, Vec<Duration>), GrowthError> {
    let Some(data) = workspace.incident_span().await? else {
        return Err(GrowthError::Nothing);
    };
    let end = data.end();
    let week = end
        .checked_add(SignedDuration::from_hours(168))
        .unwrap_or(end);
    let Ok(window) = Window::new(end, week) else {
        return Err(GrowthError::Nothing);
    };
    let wanted = RiskRequest {
        model: "kde".into(),
        look_back_days: Some(365),
        bandwidth_m: Some(250.0),
        hours: HourSet::full(),
        ..RiskRequest::of_all(window, 10)
    };
    let mut took = Vec::new();
    let mut learned = 0;
    for _ in 0..request.rounds.min(5) {
        let begun = Instant::now();
        learned = risk_surface(workspace, &wanted).await?.provenance.events;
        took.push(begun.elapsed());
    }
    took.sort_unstable();
    Ok((learned, took))
}
