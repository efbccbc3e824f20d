//! Was it driven, and where was patrol? Counts the log between two instants: loaded page by
//! page, folded away from the threads that answer requests.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use thiserror::Error;

use crate::app::live::error::LiveError;
use crate::app::live::follow::{AT_ONCE, as_of};
use crate::calendar::window::Window;
use crate::index::areas::AreaIndex;
use crate::live::board::Board;
use crate::live::dosage::count::Count;
use crate::live::dosage::report::FollowUp;
use crate::live::event::LoggedEvent;
use crate::live::ground::Ground;
use crate::place::feature::Beat;
use crate::store::error::StoreError;
use crate::store::workspace::Workspace;

/// Longest time that is looked at.
pub const LONGEST: SignedDuration = SignedDuration::from_hours(31 * 24);

/// A follow-up with the beats it is by.
#[derive(Debug, Clone)]
pub struct FollowedUp {
    /// What was counted.
    pub count: FollowUp,
    /// The beats, in the order of their counts.
    pub beats: Vec<Beat>,
    /// Call signs are those of these units.
    pub ground: Arc<Ground>,
}

/// Why nothing was counted.
#[derive(Debug, Clone, Error)]
pub enum FollowUpError {
    /// Too long a time.
    #[error("the time that is looked at is at most 31 days long")]
    TooLong,
    /// The log.
    #[error(transparent)]
    Log(#[from] LiveError),
    /// The work was broken off.
    #[error("the count was broken off")]
    BrokenOff,
}

impl From<StoreError> for FollowUpError {
    fn from(fault: StoreError) -> Self {
        Self::Log(fault.into())
    }
}

/// What is counted by.
#[derive(Debug)]
struct By {
    ground: Arc<Ground>,
    index: AreaIndex,
}

impl By {
    fn begin(&self, board: Board, window: Window, resolution: u8) -> Count {
        let beats = self.index.len();
        let beat_of = |place| self.index.at(place);
        Count::new(board, &self.ground, window, resolution, beats, &beat_of)
    }

    /// Whether all of them were in the time that is looked at.
    fn take(&self, count: &mut Count, events: &[LoggedEvent]) -> bool {
        let beat_of = |place| self.index.at(place);
        let mut events = events.iter();
        events.all(|event| count.take(event, &self.ground, &beat_of))
    }
}

/// Counts a workspace's log within a window, as of an instant: by units as they are and beats
/// as they are in force, in H3 cells of that resolution.
///
/// # Errors
/// [`FollowUpError`].
pub async fn follow_up(
    workspace: &Workspace,
    window: Window,
    resolution: u8,
    now: Timestamp,
) -> Result<FollowedUp, FollowUpError> {
    if window.end().duration_since(window.start()) > LONGEST {
        return Err(FollowUpError::TooLong);
    }
    let beats = workspace.beats().await?;
    let ground = Arc::new(Ground::new(
        workspace.units().await?,
        workspace.pillars().await?,
    ));
    let areas = beats.iter().map(|beat| beat.area.clone()).collect();
    let by = Arc::new(By {
        ground: ground.clone(),
        index: AreaIndex::new(areas),
    });
    // As it was just before: what happens at the beginning belongs to it.
    let before = window.start().checked_sub(SignedDuration::from_millis(1));
    let last = match before {
        Ok(before) => workspace.last_event_by(before).await?,
        Err(_) => 0,
    };
    let board = as_of(workspace, last).await?;
    let mut sequence = board.sequence;
    let with = by.clone();
    let mut count = elsewhere(move || with.begin(board, window, resolution)).await?;
    loop {
        let events = workspace.events_after(sequence, AT_ONCE).await?;
        let Some(newest) = events.last() else {
            break;
        };
        sequence = newest.sequence;
        let more = events.len() == AT_ONCE as usize;
        let with = by.clone();
        let (next, within) = elsewhere(move || {
            let within = with.take(&mut count, &events);
            (count, within)
        })
        .await?;
        count = next;
        if !within || !more {
            break;
        }
    }
    let count = elsewhere(move || {
        let beat_of = |place| by.index.at(place);
        count.finish(now, &beat_of)
    })
    .await?;
    Ok(FollowedUp {
        count,
        beats,
        ground,
    })
}

async fn elsewhere<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, FollowUpError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|_| FollowUpError::BrokenOff)
}
