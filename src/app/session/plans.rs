//! Plans made by the service: stored in the workspace where it may be written, kept in
//! memory where not.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use metrics::{counter, histogram};
use tokio::sync::Semaphore;

use crate::app::plan::{PlanRequest, patrol_plan};
use crate::app::session::Session;
use crate::app::session::error::SessionError;
use crate::app::session::snapshot::Snapshot;
use crate::patrol::plan::PatrolPlan;
use crate::patrol::summary::PlanSummary;

/// Most plans kept in memory where the workspace can't be written.
const MOST_IN_MEMORY: usize = 100;

/// How many plans are searched at a time.
const AT_A_TIME: usize = 2;

/// How many may wait for their turn.
const WAITING: usize = 8;

/// Plans that are not in the file, newest first, and the turns.
#[derive(Debug)]
pub struct Plans {
    in_memory: Mutex<VecDeque<Arc<PatrolPlan>>>,
    turns: Arc<Semaphore>,
    places: Arc<Semaphore>,
}

/// Tells a search to stop when whoever waited for it is gone.
struct Leaving(Arc<AtomicBool>);

impl Drop for Leaving {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Default for Plans {
    fn default() -> Self {
        Self::new()
    }
}

impl Plans {
    /// No plan so far.
    pub fn new() -> Self {
        Self {
            in_memory: Mutex::new(VecDeque::new()),
            turns: Arc::new(Semaphore::new(AT_A_TIME)),
            places: Arc::new(Semaphore::new(AT_A_TIME + WAITING)),
        }
    }

    /// How many searches run now, those included whose client is gone.
    pub fn running(&self) -> usize {
        AT_A_TIME - self.turns.available_permits().min(AT_A_TIME)
    }

    fn keep(&self, plan: Arc<PatrolPlan>) {
        let mut kept = self.lock();
        kept.push_front(plan);
        kept.truncate(MOST_IN_MEMORY);
    }

    fn kept(&self) -> Vec<Arc<PatrolPlan>> {
        self.lock().iter().cloned().collect()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, VecDeque<Arc<PatrolPlan>>> {
        // A list of finished plans is whole whatever happened to another thread.
        self.in_memory
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Session {
    /// Makes a plan and stores it. Where the caller stops waiting, the search is told to
    /// stop, its turn stays taken until it has, and nothing is stored.
    ///
    /// # Errors
    /// [`SessionError`].
    pub async fn make_plan(
        self: &Arc<Self>,
        snapshot: &Snapshot,
        request: PlanRequest,
    ) -> Result<Arc<PatrolPlan>, SessionError> {
        let Ok(place) = self.plans.places.clone().try_acquire_owned() else {
            return Err(SessionError::Overloaded);
        };
        let stop = Arc::new(AtomicBool::new(false));
        let _leaving = Leaving(stop.clone());
        let (session, snapshot) = (self.clone(), snapshot.clone());
        // A task of its own: it goes on, and holds place and turn, when this future is
        // dropped, since the search in its thread goes on too.
        let planning = tokio::spawn(async move {
            let _place = place;
            session.plan_in_turn(&snapshot, &request, &stop).await
        });
        planning.await.map_err(|_| SessionError::BrokenOff)?
    }

    async fn plan_in_turn(
        &self,
        snapshot: &Snapshot,
        request: &PlanRequest,
        stop: &Arc<AtomicBool>,
    ) -> Result<Arc<PatrolPlan>, SessionError> {
        let Ok(_turn) = self.plans.turns.clone().acquire_owned().await else {
            return Err(SessionError::BrokenOff);
        };
        let gone = || stop.load(Ordering::Relaxed);
        if gone() {
            return Err(SessionError::BrokenOff);
        }
        let started = tokio::time::Instant::now();
        let network = snapshot.roads(self.workspace()).await?;
        let plan = patrol_plan(self.workspace(), network, request, stop.clone()).await?;
        if gone() {
            return Err(SessionError::BrokenOff);
        }
        let plan = Arc::new(plan);
        histogram!("frontbeat_plan_seconds").record(started.elapsed().as_secs_f64());
        counter!("frontbeat_plans_made_total").increment(1);
        if self.read_only_because().is_some() {
            self.plans.keep(plan.clone());
        } else {
            self.workspace().save_plan(&plan).await?;
            self.refresh().await?;
        }
        Ok(plan)
    }

    /// The plan with that id; none where there is none.
    ///
    /// # Errors
    /// [`SessionError::Store`].
    pub async fn plan(&self, id: &str) -> Result<Option<Arc<PatrolPlan>>, SessionError> {
        if let Some(kept) = self.plans.kept().into_iter().find(|p| p.id.as_str() == id) {
            return Ok(Some(kept));
        }
        Ok(self.workspace().plan(id).await?.map(Arc::new))
    }

    /// The newest plans, newest first.
    ///
    /// # Errors
    /// [`SessionError::Store`].
    pub async fn plans(&self, limit: u32) -> Result<Vec<PlanSummary>, SessionError> {
        let kept = self.plans.kept();
        let mut all: Vec<PlanSummary> = kept.iter().map(|plan| plan.as_ref().into()).collect();
        all.extend(self.workspace().plans(limit).await?);
        all.sort_by(|a, b| b.made_at.cmp(&a.made_at).then_with(|| b.id.cmp(&a.id)));
        all.truncate(limit as usize);
        Ok(all)
    }
}
