//! Follow-ups by the service, one at a time, on a thread of their own: a log is read and
//! folded.

use tokio::runtime::Handle;

use crate::app::follow_up::{FollowUpError, FollowedUp, follow_up};
use crate::app::session::Session;
use crate::app::session::error::SessionError;
use crate::calendar::window::Window;

impl Session {
    /// Counts what was driven within a window.
    ///
    /// # Errors
    /// [`SessionError`].
    pub async fn follow_up(
        &self,
        window: Window,
        resolution: u8,
    ) -> Result<FollowedUp, SessionError> {
        let turn = self.follow_ups.turn().await?;
        let (workspace, now) = (self.workspace().clone(), self.live.now());
        let handle = Handle::current();
        let work = move || {
            // Until it is done, also where nobody waits for it any more.
            let _turn = turn;
            handle.block_on(follow_up(&workspace, window, resolution, now))
        };
        let done = tokio::task::spawn_blocking(work).await;
        Ok(done.map_err(|_| FollowUpError::BrokenOff)??)
    }
}
