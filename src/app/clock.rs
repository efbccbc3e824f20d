//! The only file that reads the time.

use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use jiff::{SignedDuration, Timestamp};

/// Now.
pub fn now() -> Timestamp {
    Timestamp::now()
}

/// A clock that never goes back: where the system's is set back, time goes on from where it
/// was, until the system's has caught up. Whole milliseconds, as instants are stored.
#[derive(Debug)]
pub struct SteadyClock {
    last: Mutex<(Timestamp, Instant)>,
}

impl SteadyClock {
    /// Starts at the system's time, or at `not_before` where that is later.
    pub fn new(not_before: Timestamp) -> Self {
        Self {
            last: Mutex::new((now().max(not_before), Instant::now())),
        }
    }

    /// The time.
    pub fn now(&self) -> Timestamp {
        self.at(now(), Instant::now())
    }

    /// The time where the system's clock says `wall` at the moment `here`.
    fn at(&self, wall: Timestamp, here: Instant) -> Timestamp {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let elapsed = SignedDuration::try_from(here.saturating_duration_since(last.1));
        let steady = last.0.saturating_add(elapsed.unwrap_or_default());
        let time = steady.unwrap_or(last.0).max(wall);
        *last = (time, here);
        Timestamp::from_millisecond(time.as_millisecond()).unwrap_or(time)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn time_goes_on_where_the_clock_is_set_back_an_hour() {
        let (start, begun) = (now(), Instant::now());
        let clock = SteadyClock::new(Timestamp::MIN);
        let second = |n: u64| begun + Duration::from_secs(n);
        let wall = |n: i64| start + SignedDuration::from_secs(n);
        let first = clock.at(wall(10), second(10));
        let back = clock.at(wall(11 - 3600), second(11));
        assert_eq!(back.duration_since(first).as_millis(), 1000);
        let later = clock.at(wall(20 - 3600), second(20));
        assert_eq!(later.duration_since(first).as_millis(), 10_000);
        // Set right again, and set forward.
        let right = clock.at(wall(30), second(30));
        assert_eq!(right.duration_since(first).as_millis(), 20_000);
        let forward = clock.at(wall(4000), second(31));
        assert_eq!(forward.duration_since(first).as_millis(), 3_990_000);
    }
}
