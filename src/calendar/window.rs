//! A half-open stretch of time `[start, end)`.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::place::measure::Seconds;

/// `[start, end)`; `start < end` always.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "RawWindow", into = "RawWindow")]
pub struct Window {
    start: Timestamp,
    end: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct RawWindow {
    start: Timestamp,
    end: Timestamp,
}

/// A window that ends before it starts, or at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the window must end after it starts ({start} to {end})")]
pub struct WindowError {
    /// As given.
    pub start: Timestamp,
    /// As given.
    pub end: Timestamp,
}

impl Window {
    /// `[start, end)`.
    ///
    /// # Errors
    /// [`WindowError`] where `end` is not after `start`.
    pub fn new(start: Timestamp, end: Timestamp) -> Result<Self, WindowError> {
        if start < end {
            Ok(Self { start, end })
        } else {
            Err(WindowError { start, end })
        }
    }

    /// The first instant inside.
    pub fn start(self) -> Timestamp {
        self.start
    }

    /// The first instant after.
    pub fn end(self) -> Timestamp {
        self.end
    }

    /// Whether the instant lies inside.
    pub fn contains(self, at: Timestamp) -> bool {
        self.start <= at && at < self.end
    }

    /// What lies in both; none where they are apart.
    pub fn overlap(self, other: Self) -> Option<Self> {
        Self::new(self.start.max(other.start), self.end.min(other.end)).ok()
    }

    /// How long it is.
    pub fn length(self) -> Seconds {
        Seconds((self.end.as_millisecond() - self.start.as_millisecond()) as f64 / 1000.0)
    }
}

impl TryFrom<RawWindow> for Window {
    type Error = WindowError;

    fn try_from(raw: RawWindow) -> Result<Self, Self::Error> {
        Self::new(raw.start, raw.end)
    }
}

impl From<Window> for RawWindow {
    fn from(w: Window) -> Self {
        Self {
            start: w.start,
            end: w.end,
        }
    }
}
