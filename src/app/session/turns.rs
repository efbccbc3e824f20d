//! Turns for heavy work: a few at a time, a few may wait, more are refused, since a burst
//! would be served after everybody has left.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::app::session::error::SessionError;

/// Who works, and who waits.
#[derive(Debug)]
pub struct Turns {
    turns: Arc<Semaphore>,
    places: Arc<Semaphore>,
    at_a_time: usize,
}

impl Turns {
    /// So many at a time, and so many more may wait.
    pub fn new(at_a_time: usize, waiting: usize) -> Self {
        Self {
            turns: Arc::new(Semaphore::new(at_a_time)),
            places: Arc::new(Semaphore::new(at_a_time + waiting)),
            at_a_time,
        }
    }

    /// How many work now.
    pub fn running(&self) -> usize {
        self.at_a_time
            .saturating_sub(self.turns.available_permits())
    }

    /// Waits for a turn; it ends when what is given back is dropped.
    ///
    /// # Errors
    /// [`SessionError::Overloaded`] where too many wait, [`SessionError::BrokenOff`].
    pub async fn turn(&self) -> Result<[OwnedSemaphorePermit; 2], SessionError> {
        let Ok(place) = self.places.clone().try_acquire_owned() else {
            return Err(SessionError::Overloaded);
        };
        match self.turns.clone().acquire_owned().await {
            Ok(turn) => Ok([place, turn]),
            Err(_) => Err(SessionError::BrokenOff),
        }
    }
}
