//! Whether this process has stood still: stopped, swapped out, or on a machine that was
//! suspended. Whatever was told meanwhile was not heard, so that silence means nothing then.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::sleep;

use crate::app::live::Live;

/// How often it is looked at, by a task that waits for nothing else.
const EVERY: Duration = Duration::from_millis(250);

/// Who was not there for so long has stood still.
const LONGEST: SignedDuration = SignedDuration::from_secs(3);

/// Since when the process runs without a break.
#[derive(Debug)]
pub struct Pulse {
    since: Timestamp,
    last: Timestamp,
}

impl Pulse {
    /// From now on.
    pub fn new(now: Timestamp) -> Self {
        Self {
            since: now,
            last: now,
        }
    }

    /// It runs now; since when without a break.
    pub fn beat(&mut self, now: Timestamp) -> Timestamp {
        if now.duration_since(self.last) > LONGEST {
            tracing::warn!(
                seconds = now.duration_since(self.last).as_secs(),
                "the service stood still; pillars are listened to anew"
            );
            self.since = now;
        }
        self.last = now.max(self.last);
        self.since
    }
}

impl Live {
    /// Keeps looking whether the process stands still, until the task is dropped.
    pub async fn keep_pulse(self: Arc<Self>) {
        loop {
            self.beat();
            sleep(EVERY).await;
        }
    }

    /// Since when this process runs without a break. Whoever asks first after one notices it.
    pub(super) fn beat(&self) -> Timestamp {
        let now = self.now();
        let mut pulse = self.pulse.lock().unwrap_or_else(PoisonError::into_inner);
        pulse.beat(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_break_begins_it_anew() {
        let start: Timestamp = "2026-11-26T14:00:00Z".parse().unwrap();
        let after = |ms| start + SignedDuration::from_millis(ms);
        let mut pulse = Pulse::new(start);
        assert_eq!(pulse.beat(after(250)), start);
        assert_eq!(pulse.beat(after(3_000)), start);
        assert_eq!(pulse.beat(after(303_000)), after(303_000));
        assert_eq!(pulse.beat(after(303_250)), after(303_000));
    }
}
