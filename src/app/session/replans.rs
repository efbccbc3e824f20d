//! Plans changed in mid-shift by the service.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crate::app::plan::Planned;
use crate::app::replan::{ReplanGround, ReplanJobError, ReplanRequest, replanned, stored_plan};
use crate::app::session::Session;
use crate::app::session::error::SessionError;
use crate::app::session::snapshot::Snapshot;

impl Session {
    /// Changes a plan and stores the new one, in its turn among those who plan.
    ///
    /// # Errors
    /// [`SessionError`]; [`SessionError::Replan`] with [`ReplanJobError::UnknownPlan`] where
    /// there is no such plan.
    pub async fn replan(
        self: &Arc<Self>,
        snapshot: &Snapshot,
        id: &str,
        request: ReplanRequest,
    ) -> Result<Arc<Planned>, SessionError> {
        let before = self.planned(id).await?;
        let (session, snapshot) = (self.clone(), snapshot.clone());
        self.in_turn(async move |stop: Arc<AtomicBool>| {
            let network = snapshot.roads(session.workspace()).await?;
            let network = network.ok_or(ReplanJobError::NoRoads)?;
            let ground = ReplanGround::load(session.workspace()).await?;
            let work = move || replanned(&before, &ground, &network, &request, &stop);
            let done = tokio::task::spawn_blocking(work).await;
            Ok(done.map_err(|_| SessionError::BrokenOff)??)
        })
        .await
    }

    /// A plan with what it was made on, from memory or from the store.
    async fn planned(&self, id: &str) -> Result<Arc<Planned>, SessionError> {
        if let Some(recent) = self.plans.recent(id) {
            return Ok(recent);
        }
        Ok(Arc::new(stored_plan(self.workspace(), Some(id)).await?))
    }
}
