//! Hooks and what was told to them, to be looked at.

use crate::app::session::Session;
use crate::app::session::error::SessionError;
use crate::live::hook::delivery::Delivery;
use crate::live::hook::registered::Hook;

impl Session {
    /// Hooks, oldest first, ended ones too.
    ///
    /// # Errors
    /// [`SessionError::Store`].
    pub async fn hooks(&self) -> Result<Vec<Hook>, SessionError> {
        Ok(self.workspace().hooks().await?)
    }

    /// Messages of a hook, the newest first, before a number where one is given.
    ///
    /// # Errors
    /// [`SessionError::Store`].
    pub async fn deliveries(
        &self,
        hook: &str,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<Delivery>, SessionError> {
        Ok(self.workspace().deliveries(hook, before, limit).await?)
    }
}
