//! Suggestions of the live board: what is expected now and what idle units reach is kept up
//! to date in the background; a question reads it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use rayon::prelude::*;
use tokio::time::Instant;

use crate::app::clock;
use crate::app::coverage::error::CoverageJobError;
use crate::app::risk::RiskRequest;
use crate::app::session::error::SessionError;
use crate::app::session::snapshot::{Edition, Snapshot};
use crate::app::session::{DEFAULT_RESOLUTION, Session};
use crate::calendar::window::Window;
use crate::index::areas::AreaIndex;
use crate::live::suggestion::{Demand, Suggester};
use crate::place::measure::Metres;
use crate::risk::surface::RiskSurface;
use crate::roads::network::RoadNetwork;

/// How often it is brought up to date.
const EVERY: Duration = Duration::from_secs(1);

/// How long expectations are good for while incidents come in one by one.
const FRESH: Duration = Duration::from_secs(300);

/// Reaches computed anew in one go: each takes some milliseconds of a core.
const REACHES: usize = 40;

/// Zoom of the hexagons that count as demand points: about a thousand in a district.
const ZOOM: u8 = 11;

/// How far a cell's middle may be from the road, metres.
const OFF_ROAD: Metres = Metres(1_000.0);

/// What suggestions are made from.
#[derive(Debug, Default)]
pub struct Suggestions {
    kept: Mutex<Option<Kept>>,
}

#[derive(Debug)]
struct Kept {
    /// The data, the roads and the window it is for.
    of: Of,
    /// The board's last event that it has taken in.
    sequence: u64,
    made: Instant,
    suggester: Suggester,
}

impl Suggestions {
    /// Lets go of everything: it was made of another log.
    pub(super) fn forget(&self) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        *kept = None;
    }
}

/// Data and roads, and the beginning of the shift.
type Of = (Edition, Edition, Timestamp);

impl Session {
    /// Keeps suggestions up to date until the task is dropped.
    pub async fn keep_suggesting(self: Arc<Self>) {
        let mut failing = false;
        loop {
            let begun = Instant::now();
            match self.update_suggestions().await {
                Ok(()) => failing = false,
                // No roads or no incidents so far: there is nothing to suggest from.
                Err(fault) if !failing => {
                    failing = true;
                    tracing::debug!(%fault, "no suggestions");
                }
                Err(_) => {}
            }
            // At most a third of a core.
            tokio::time::sleep(EVERY.max(begun.elapsed() * 2)).await;
        }
    }

    /// Does something with what suggestions are made from; none where that is not there yet.
    pub fn with_suggester<T>(&self, ask: impl FnOnce(&Suggester) -> T) -> Option<T> {
        let kept = self.suggestions.kept.lock();
        let kept = kept.unwrap_or_else(PoisonError::into_inner);
        kept.as_ref().map(|kept| ask(&kept.suggester))
    }

    /// What suggestions are made from, for a shift, with no unit in it so far; none where there
    /// are no roads. For measurements: a running service keeps its own.
    ///
    /// # Errors
    /// [`SessionError`].
    pub async fn suggester_for(
        self: &Arc<Self>,
        window: Window,
    ) -> Result<Option<Suggester>, SessionError> {
        let snapshot = self.snapshot();
        match snapshot.roads(self.workspace()).await? {
            Some(network) => self
                .new_suggester(&snapshot, network, window)
                .await
                .map(Some),
            None => Ok(None),
        }
    }

    async fn update_suggestions(self: &Arc<Self>) -> Result<(), SessionError> {
        let snapshot = self.snapshot();
        let Some(network) = snapshot.roads(self.workspace()).await? else {
            return Ok(());
        };
        let Some(window) = running_shift(&snapshot, clock::now()) else {
            return Ok(());
        };
        let of: Of = (snapshot.data(), snapshot.roads_edition(), window.start());
        let (sequence, kept) = {
            let kept = self.suggestions.kept.lock();
            let kept = kept.unwrap_or_else(PoisonError::into_inner);
            let same = kept
                .as_ref()
                .filter(|kept| kept.of == of && kept.made.elapsed() < FRESH);
            let sequence = self.live.board().sequence;
            match same {
                Some(kept) if kept.sequence == sequence => return Ok(()),
                same => (
                    sequence,
                    same.map(|kept| (kept.made, kept.suggester.clone())),
                ),
            }
        };
        let (made, suggester) = match kept {
            Some(kept) => kept,
            None => {
                let suggester = self.new_suggester(&snapshot, network, window).await?;
                (Instant::now(), suggester)
            }
        };
        let session = self.clone();
        let work = move || session.follow_with(suggester, of, sequence, made);
        tokio::task::spawn_blocking(work)
            .await
            .map_err(|_| SessionError::BrokenOff)
    }

    async fn new_suggester(
        self: &Arc<Self>,
        snapshot: &Snapshot,
        network: Arc<RoadNetwork>,
        window: Window,
    ) -> Result<Suggester, SessionError> {
        let request = RiskRequest::of_all(window, DEFAULT_RESOLUTION);
        let (request, _) = self.resolved(request).await?;
        let surface = self.surface(snapshot, request).await?;
        let snapshot = snapshot.clone();
        let work = move || {
            let demand = demand(&surface.level(ZOOM).surface, &network, &snapshot);
            Suggester::new(network, demand)
        };
        let made = tokio::task::spawn_blocking(work)
            .await
            .map_err(|_| SessionError::BrokenOff)?;
        made.map_err(|fault| CoverageJobError::from(fault).into())
    }

    /// On a copy: whoever asks meanwhile does not wait.
    fn follow_with(&self, mut suggester: Suggester, of: Of, sequence: u64, made: Instant) {
        let (board, ground) = (self.live.board(), self.live.ground());
        let all = suggester.follow(&board, &ground, self.live.now(), REACHES);
        let kept = self.suggestions.kept.lock();
        let mut kept = kept.unwrap_or_else(PoisonError::into_inner);
        *kept = Some(Kept {
            of,
            // What was left over is done the next time.
            sequence: if all { sequence } else { 0 },
            made,
            suggester,
        });
    }
}

fn demand(surface: &RiskSurface, network: &RoadNetwork, snapshot: &Snapshot) -> Vec<Demand> {
    let beats: &AreaIndex = &snapshot.indexes.beats;
    let centres = surface.grid.centres();
    centres
        .par_iter()
        .zip(&surface.expected)
        .filter_map(|(&centre, &expected)| {
            Some(Demand {
                snap: network.snap(centre, OFF_ROAD)?,
                expected,
                beat: beats.at(centre),
            })
        })
        .collect()
}

/// The shift that runs at an instant, by the hour of the day, on the reference day: a sample
/// stays a full map however old it is.
fn running_shift(snapshot: &Snapshot, now: Timestamp) -> Option<Window> {
    let time = snapshot.zone.to_datetime(now).time();
    let running = snapshot.shifts.iter().find(|shift| {
        let (start, end) = (shift.start, shift.end);
        match end > start {
            true => (start..end).contains(&time),
            false => time >= start || time < end,
        }
    })?;
    let mut day = snapshot.today();
    if running.end <= running.start && time < running.end {
        day = day.yesterday().ok()?;
    }
    running.window_on(day, &snapshot.zone).ok()
}
