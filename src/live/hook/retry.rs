//! When what did not arrive is sent again: each wait three times as long as the one before,
//! up to six hours, stretched or shortened by chance, so that receivers that were away are not
//! asked by everybody at once. What a receiver asks for (`Retry-After`) counts where it is
//! longer.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Each wait is so many times the one before.
const FACTOR: f64 = 3.0;

/// Longest wait of its own accord, seconds.
const LONGEST_S: f64 = 6.0 * 3600.0;

/// Longest wait that a receiver may ask for.
const LONGEST_ASKED: Duration = Duration::from_secs(24 * 3600);

/// How much of a wait is left to chance: a quarter less to a quarter more.
const JITTER: f64 = 0.25;

/// How often something is sent, and how long is waited in between.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Retries {
    /// How often at most; then it is a dead letter.
    pub tries: u32,
    /// The wait after the first time, seconds.
    pub first_wait_s: f64,
}

impl Default for Retries {
    /// Twelve times: about a day.
    fn default() -> Self {
        Self {
            tries: 12,
            first_wait_s: 2.0,
        }
    }
}

impl Retries {
    /// The wait after so many times (from 1); none where it is not sent again. `chance` is 0
    /// to 1.
    pub fn wait(self, tried: u32, asked: Option<Duration>, chance: f64) -> Option<Duration> {
        if tried >= self.tries {
            return None;
        }
        let exponent = i32::try_from(tried.saturating_sub(1)).unwrap_or(i32::MAX);
        let plain = (self.first_wait_s * FACTOR.powi(exponent)).min(LONGEST_S);
        let wait = plain * (1.0 - JITTER + 2.0 * JITTER * chance);
        let own = Duration::try_from_secs_f64(wait).unwrap_or(LONGEST_ASKED);
        Some(asked.map_or(own, |asked| own.max(asked.min(LONGEST_ASKED))))
    }
}
