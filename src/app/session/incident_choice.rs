//! The incidents of a choice, by their places in the order of time: kept for a while, so that
//! a table that is scrolled through counts and jumps without looking at all of them again.

use std::sync::Arc;

use jiff::Timestamp;
use moka::future::Cache;

use crate::app::session::Session;
use crate::app::session::error::SessionError;
use crate::app::session::incident_points::{IncidentPoints, PointFilter};
use crate::app::session::snapshot::{Edition, Snapshot};
use crate::app::session::turns::Turns;
use crate::exchange::write::from_incident;
use crate::exchange::write::row::FeatureRow;

/// Most bytes of choices kept: a choice of a million incidents has four million.
const MOST_BYTES: u64 = 64 * 1024 * 1024;

/// How many look at all incidents at a time.
const AT_A_TIME: usize = 2;

/// How many may wait for that; more are refused.
const WAITING: usize = 64;

/// The cache, and the turn to look at all incidents.
#[derive(Debug)]
pub struct Choices {
    by_filter: Cache<(Edition, String), Arc<Vec<u32>>>,
    pub(crate) turns: Turns,
}

impl Default for Choices {
    fn default() -> Self {
        Self::new()
    }
}

impl Choices {
    /// Lets go of everything: it was made of another log.
    pub(super) fn forget(&self) {
        self.by_filter.invalidate_all();
    }

    /// An empty cache.
    pub fn new() -> Self {
        let weigh = |_: &(Edition, String), places: &Arc<Vec<u32>>| {
            u32::try_from(4 * places.len() + 200).unwrap_or(u32::MAX)
        };
        Self {
            by_filter: Cache::builder()
                .max_capacity(MOST_BYTES)
                .weigher(weigh)
                .build(),
            turns: Turns::new(AT_A_TIME, WAITING),
        }
    }
}

/// The incidents that a filter takes.
#[derive(Debug, Clone)]
pub struct Choice {
    points: Arc<IncidentPoints>,
    places: Arc<Vec<u32>>,
}

impl Choice {
    /// How many.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Which in the order of time the incident of that id is, from 0.
    pub fn place_of(&self, id: &str) -> Option<usize> {
        let place = self.points.place_of(id)?;
        self.places.binary_search(&place).ok()
    }

    /// How many are not after a (time, id).
    pub fn up_to(&self, at: Timestamp, id: &str) -> usize {
        let points = self.points.points();
        self.places.partition_point(|&place| {
            let point = &points[place as usize];
            (point.at, &*point.id) <= (at, id)
        })
    }

    /// At most `limit` rows after the first `offset`, oldest first or newest first.
    pub fn rows(
        &self,
        offset: usize,
        limit: usize,
        newest_first: bool,
        synthetic: bool,
    ) -> Vec<FeatureRow> {
        let row = |&place: &u32| from_incident::incident(&self.points.incident(place), synthetic);
        let places = self.places.iter();
        match newest_first {
            true => places.rev().skip(offset).take(limit).map(row).collect(),
            false => places.skip(offset).take(limit).map(row).collect(),
        }
    }
}

impl Session {
    /// The incidents of a choice: from memory, or looked for.
    ///
    /// # Errors
    /// [`SessionError`].
    pub async fn choice(
        &self,
        snapshot: &Snapshot,
        filter: PointFilter,
    ) -> Result<Choice, SessionError> {
        let points = snapshot.incident_points(self.workspace()).await?;
        let name = (snapshot.content(), format!("{filter:?}"));
        let looked_at = points.clone();
        let look = async {
            let _turn = self.choices.turns.turn().await?;
            let look = move || Arc::new(looked_at.places(&filter));
            tokio::task::spawn_blocking(look)
                .await
                .map_err(|_| SessionError::BrokenOff)
        };
        let found = self.choices.by_filter.try_get_with(name, look).await;
        match found {
            Ok(places) => Ok(Choice { points, places }),
            Err(shared) => Err(SessionError::clone(&shared)),
        }
    }
}
