//! When to look at the log: when the database tells that something was logged, and now and
//! then all the same, since a hint may be lost.

use std::future::pending;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::timeout;

use crate::store::workspace::Workspace;

/// How often the log is looked at where the database tells.
const TOLD: Duration = Duration::from_secs(1);

/// How often where it does not.
const NOT_TOLD: Duration = Duration::from_millis(250);

/// What is told of a workspace's log.
#[derive(Debug)]
pub struct News {
    told: Option<watch::Receiver<u64>>,
}

impl News {
    /// From now on.
    pub fn of(workspace: &Workspace) -> Self {
        Self {
            told: workspace.told_events(),
        }
    }

    /// How often the log is looked at, whatever is told.
    pub fn look_every(&self) -> Duration {
        match self.told {
            Some(_) => TOLD,
            None => NOT_TOLD,
        }
    }

    /// Returns when something was logged since the last time, as far as it is told.
    pub async fn told(&mut self) {
        let told = match &mut self.told {
            Some(told) => told.changed().await.is_ok(),
            None => false,
        };
        // Nobody tells, or not any more.
        if !told {
            pending().await
        }
    }

    /// The same, or after so long.
    pub async fn told_or_after(&mut self, at_most: Duration) {
        // Either way it is time to look.
        let _ = timeout(at_most, self.told()).await;
    }
}
