//! Was it driven, and where was patrol? Counts the log between two instants: the board as it
//! was before is folded, then each event is counted.
//!
//! Takes a moment of a core for each night: a service runs it on a thread of its own.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use thiserror::Error;

use crate::app::live::error::LiveError;
use crate::calendar::window::Window;
use crate::index::areas::AreaIndex;
use crate::live::board::Board;
use crate::live::dosage::count::Count;
use crate::live::dosage::report::FollowUp;
use crate::live::ground::Ground;
use crate::live::step::step;
use crate::place::feature::Beat;
use crate::store::error::StoreError;
use crate::store::workspace::Workspace;

/// Longest time that is looked at.
pub const LONGEST: SignedDuration = SignedDuration::from_hours(31 * 24);

/// Events read in one go.
const AT_ONCE: u32 = 5_000;

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
    let index = AreaIndex::new(beats.iter().map(|beat| beat.area.clone()).collect());
    let beat_of = |place| index.at(place);
    let board = before(workspace, window.start()).await?;
    let mut sequence = board.sequence;
    let mut count = Count::new(board, &ground, window, resolution, beats.len(), &beat_of);
    loop {
        let events = workspace.events_after(sequence, AT_ONCE).await?;
        let within = events
            .iter()
            .all(|event| count.take(event, &ground, &beat_of));
        match events.last() {
            Some(newest) if within && events.len() == AT_ONCE as usize => {
                sequence = newest.sequence;
            }
            _ => break,
        }
    }
    let count = count.finish(now, &beat_of);
    Ok(FollowedUp {
        count,
        beats,
        ground,
    })
}

/// The board just before an instant: what happens then belongs to what is counted.
async fn before(workspace: &Workspace, at: Timestamp) -> Result<Board, StoreError> {
    let last = match at.checked_sub(SignedDuration::from_millis(1)) {
        Ok(before) => workspace.last_event_by(before).await?,
        Err(_) => 0,
    };
    let mut board = workspace.kept_board(last).await?.unwrap_or_default();
    while board.sequence < last {
        let events = workspace.events_after(board.sequence, AT_ONCE).await?;
        for event in events.iter().filter(|event| event.sequence <= last) {
            step(&mut board, event);
        }
        // The last one itself may be thinned out meanwhile.
        if events.last().is_none_or(|newest| newest.sequence >= last) {
            break;
        }
    }
    Ok(board)
}
