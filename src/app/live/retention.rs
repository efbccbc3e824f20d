//! What is kept how long: positions of units one by one for an hour, then one a minute, then
//! some weeks; answers that may be asked for again, a day; boards on the way, as long as
//! positions. Everything else in the log stays.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::app::clock;
use crate::app::live::Live;
use crate::app::live::error::LiveError;
use crate::live::board_event::BoardEvent;
use crate::live::event::{EventKind, LoggedEvent};
use crate::place::feature::Unit;
use crate::place::id::Id;
use crate::store::error::StoreError;

/// How often it is looked after.
const EVERY: Duration = Duration::from_secs(600);

/// How long an answer may be asked for again.
const ANSWERS: SignedDuration = SignedDuration::from_hours(24);

/// Positions looked at in one go.
const AT_ONCE: u32 = 5_000;

impl Live {
    /// Tidies up now and then until the task is dropped.
    pub async fn tidy_for_ever(self: Arc<Self>) {
        if !self.workspace.is_writable() {
            return;
        }
        loop {
            tokio::time::sleep(EVERY).await;
            if !self.leads() {
                continue;
            }
            if let Err(fault) = self.tidy(clock::now()).await {
                tracing::warn!(%fault, "old positions and answers could not be tidied up");
            }
        }
    }

    /// Tidies up as of an instant; returns how many positions went.
    ///
    /// # Errors
    /// [`LiveError`]; what is not done is done the next time.
    pub async fn tidy(&self, now: Timestamp) -> Result<u64, LiveError> {
        let settings = self.board().settings;
        let ago = |length: SignedDuration| now.checked_sub(length).unwrap_or(Timestamp::MIN);
        let whole = ago(SignedDuration::from_secs_f64(settings.positions_whole.0));
        let oldest = ago(SignedDuration::from_hours(
            24 * i64::from(settings.positions_days),
        ));
        let mut write = self.workspace.begin_board().await?;
        write.forget_answers(ago(ANSWERS)).await?;
        write.forget_boards(oldest).await?;
        write.commit().await?;
        self.make_room_ahead(now).await;

        let step = SignedDuration::from_secs_f64(settings.positions_step.0);
        // What was thinned the last time is not looked at again.
        let from = self.thinned.load(Ordering::Relaxed);
        let (thinned, last) = self.thin(whole, from, Thinning::new(Some(step))).await?;
        self.thinned.store(last, Ordering::Relaxed);
        let Some(oldest) = self.drop_positions(oldest).await? else {
            return Ok(thinned);
        };
        let (too_old, _) = self.thin(oldest, 0, Thinning::new(None)).await?;
        Ok(thinned + too_old)
    }

    /// Makes the partitions of the time that comes, apart from all else: where they can't be
    /// made, that alone is not done, and it is said what helps.
    async fn make_room_ahead(&self, now: Timestamp) {
        let making = async {
            let mut write = self.workspace.begin_board().await?;
            write.make_room_ahead(now).await?;
            write.commit().await
        };
        match making.await {
            Ok(()) => {}
            // The server's own state, not its tables': the rest of the work meets it too.
            Err(fault) if fault.is_of_the_moment() => {
                tracing::debug!(%fault, "partitions of the time to come are made later");
            }
            Err(fault) => tracing::warn!(
                %fault,
                "the partitions of the time to come can't be made, and without them nothing of \
                 that time can be taken in; where a table that is none of them has the name of \
                 one, give it another: ALTER TABLE … RENAME TO …"
            ),
        }
    }

    /// Lets go of positions by whole partitions, each by itself: nobody reads the log meanwhile.
    /// Up to when what is left is to be looked through; none where a week stays until the next time.
    async fn drop_positions(&self, oldest: Timestamp) -> Result<Option<Timestamp>, LiveError> {
        loop {
            // Looked through before the turn to write is taken: others write meanwhile.
            let old = match self.workspace.oldest_positions(oldest).await {
                Err(StoreError::Busy { .. }) => return Ok(None),
                found => found?,
            };
            let mut write = self.workspace.begin_board().await?;
            let Some(old) = old else {
                return Ok(Some(write.single_positions_end(oldest).await?));
            };
            match write.drop_positions(&old).await {
                Ok(true) => write.commit().await?,
                // It is not what it was, or somebody reads it.
                Ok(false) | Err(StoreError::Busy { .. }) => return Ok(None),
                Err(fault) => return Err(fault.into()),
            }
        }
    }

    /// Takes positions before an instant and after a number out of the log; how many, and
    /// the number that was looked at last.
    async fn thin(
        &self,
        before: Timestamp,
        after: u64,
        mut thinning: Thinning,
    ) -> Result<(u64, u64), LiveError> {
        let (mut after, mut gone) = (after, 0);
        loop {
            let positions = self
                .workspace
                .positions_before(before, after, AT_ONCE)
                .await?;
            let Some(last) = positions.last() else {
                return Ok((gone, after));
            };
            after = last.sequence;
            let too_many = thinning.too_many(&positions);
            if !too_many.is_empty() {
                let mut write = self.workspace.begin_board().await?;
                gone += write.thin_positions(&too_many).await?;
                write.commit().await?;
            }
        }
    }
}

/// Which positions go: all but the last of a unit in each step, or all but its last. The
/// newest position of a unit always stays: it is where the unit is, and the newest event of a
/// log is what the next number is made of.
struct Thinning {
    step_ms: Option<i64>,
    /// The last position of each unit so far: its step and its number.
    last: HashMap<Id<Unit>, (i64, u64)>,
}

impl Thinning {
    fn new(step: Option<SignedDuration>) -> Self {
        let millis = |step: SignedDuration| i64::try_from(step.as_millis()).unwrap_or(i64::MAX);
        Self {
            step_ms: step.map(|step| millis(step).max(1)),
            last: HashMap::new(),
        }
    }

    fn too_many(&mut self, positions: &[LoggedEvent]) -> Vec<u64> {
        let mut gone = Vec::new();
        for logged in positions {
            let EventKind::Board(BoardEvent::UnitMoved { unit, .. }) = &logged.event else {
                continue;
            };
            let at_ms = logged.at.as_millisecond();
            let step = self.step_ms.map_or(0, |step_ms| at_ms.div_euclid(step_ms));
            let before = self.last.insert(unit.clone(), (step, logged.sequence));
            if let Some((of, sequence)) = before
                && of == step
            {
                gone.push(sequence);
            }
        }
        gone
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::place::position::Position;

    #[test]
    fn the_last_of_each_step_stays_and_the_newest_always() {
        let start: Timestamp = "2026-11-26T14:00:00Z".parse().unwrap();
        let moved = |sequence: u64, unit: &str, second: i64| LoggedEvent {
            sequence,
            at: start + SignedDuration::from_secs(second),
            event: BoardEvent::UnitMoved {
                unit: Id::new(unit),
                position: Position::new(123.0, 41.0).unwrap(),
                heading_deg: None,
                measured_at: start,
            }
            .into(),
        };
        let positions = [
            moved(1, "a", -61),
            moved(2, "a", 0),
            moved(3, "b", 1),
            moved(4, "a", 5),
            moved(6, "a", 59),
            moved(7, "a", 60),
            moved(8, "b", 61),
            moved(9, "b", 62),
        ];
        let mut thinning = Thinning::new(Some(SignedDuration::from_secs(60)));
        // In two goes, as they are read.
        let mut gone = thinning.too_many(&positions[..4]);
        gone.extend(thinning.too_many(&positions[4..]));
        assert_eq!(gone, [2, 4, 8]);
        let too_old = Thinning::new(None).too_many(&positions);
        assert_eq!(too_old, [1, 2, 4, 6, 3, 8]);
    }
}
