//! Incidents page by page, straight from the store.

use jiff::Timestamp;

use crate::app::session::Session;
use crate::app::session::error::SessionError;
use crate::app::session::incident_points::PointFilter;
use crate::calendar::window::Window;
use crate::incident::record::Incident;
use crate::store::record::IncidentFilter;

impl Session {
    /// At most `limit` incidents after a (time, id), oldest first.
    ///
    /// # Errors
    /// [`SessionError::Store`].
    pub async fn incidents(
        &self,
        filter: &PointFilter,
        limit: u32,
        after: Option<(Timestamp, String)>,
    ) -> Result<Vec<Incident>, SessionError> {
        let window = if filter.from.is_none() && filter.until.is_none() {
            None
        } else {
            let from = filter.from.unwrap_or(Timestamp::MIN);
            let until = filter.until.unwrap_or(Timestamp::MAX);
            match Window::new(from, until) {
                Ok(window) => Some(window),
                // Nothing lies in a window that is none.
                Err(_) => return Ok(Vec::new()),
            }
        };
        let filter = IncidentFilter {
            window,
            categories: filter.categories.clone(),
            origins: Vec::new(),
            limit: Some(limit),
            after,
        };
        Ok(self.workspace().incidents(&filter).await?)
    }
}
