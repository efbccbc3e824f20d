//! Follow-ups by the service, one at a time.

use crate::app::follow_up::{FollowedUp, follow_up};
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
        let _turn = self.follow_ups.turn().await?;
        Ok(follow_up(self.workspace(), window, resolution, self.live.now()).await?)
    }
}
