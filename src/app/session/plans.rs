//! Plans made by the service: stored in the workspace where it may be written, kept in
//! memory where not.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use metrics::{counter, histogram};

use crate::app::plan::{PlanRequest, Planned, patrol_plan_keeping, save_plan};
use crate::app::plan_kept::stored_kept;
use crate::app::session::Session;
use crate::app::session::error::SessionError;
use crate::app::session::snapshot::Snapshot;
use crate::app::session::turns::Turns;
use crate::patrol::plan::PatrolPlan;
use crate::patrol::summary::PlanSummary;

/// Most plans kept in memory with what they were made on: a megabyte each for a station, five
/// for 500 units.
const MOST_IN_MEMORY: usize = 20;

/// How many plans are searched at a time.
const AT_A_TIME: usize = 2;

/// How many may wait for their turn.
const WAITING: usize = 8;

/// The plans that were made last, newest first, and the turns.
#[derive(Debug)]
pub struct Plans {
    in_memory: Mutex<VecDeque<Arc<Planned>>>,
    turns: Turns,
}

/// Tells work to stop when whoever waited for it is gone.
pub struct Leaving(pub Arc<AtomicBool>);

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
            turns: Turns::new(AT_A_TIME, WAITING),
        }
    }

    /// How many searches run now, those included whose client is gone.
    pub fn running(&self) -> usize {
        self.turns.running()
    }

    /// One of the plans that were made last, with what it was made on.
    pub fn recent(&self, id: &str) -> Option<Arc<Planned>> {
        let kept = self.lock();
        kept.iter().find(|p| p.plan.id.as_str() == id).cloned()
    }

    fn keep(&self, plan: Arc<Planned>) {
        let mut kept = self.lock();
        kept.push_front(plan);
        kept.truncate(MOST_IN_MEMORY);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, VecDeque<Arc<Planned>>> {
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
    ) -> Result<Arc<Planned>, SessionError> {
        let (session, snapshot) = (self.clone(), snapshot.clone());
        let planning = async move |stop: Arc<AtomicBool>| {
            let network = snapshot.roads(session.workspace()).await?;
            // One that could not be stored is in memory only.
            let recent = request.wishes.keep_to.as_ref();
            let kept = match recent.and_then(|id| session.plans.recent(id)) {
                Some(recent) => Some(recent),
                None => stored_kept(session.workspace(), &request).await?,
            };
            let workspace = session.workspace();
            Ok(patrol_plan_keeping(workspace, network, &request, kept, stop).await?)
        };
        self.in_turn(planning).await
    }

    /// Makes a plan in its turn, and stores it; see [`Self::make_plan`].
    ///
    /// # Errors
    /// [`SessionError`].
    pub async fn in_turn<F, W>(self: &Arc<Self>, planning: F) -> Result<Arc<Planned>, SessionError>
    where
        F: FnOnce(Arc<AtomicBool>) -> W + Send + 'static,
        W: Future<Output = Result<Planned, SessionError>> + Send,
    {
        let stop = Arc::new(AtomicBool::new(false));
        let _leaving = Leaving(stop.clone());
        let session = self.clone();
        // A task of its own: it goes on, and holds place and turn, when this future is
        // dropped, since the search in its thread goes on too.
        let planning = tokio::spawn(async move {
            let _turn = session.plans.turns.turn().await?;
            let gone = || stop.load(Ordering::Relaxed);
            if gone() {
                return Err(SessionError::BrokenOff);
            }
            let started = tokio::time::Instant::now();
            let planned = planning(stop.clone()).await?;
            if gone() {
                return Err(SessionError::BrokenOff);
            }
            histogram!("frontbeat_plan_seconds").record(started.elapsed().as_secs_f64());
            counter!("frontbeat_plans_made_total").increment(1);
            let planned = Arc::new(planned);
            if session.read_only_because().is_none() {
                save_plan(session.workspace(), &planned).await?;
                session.refresh().await?;
            }
            session.plans.keep(planned.clone());
            Ok(planned)
        });
        planning.await.map_err(|_| SessionError::BrokenOff)?
    }

    /// The plan with that id; none where there is none.
    ///
    /// # Errors
    /// [`SessionError::Store`].
    pub async fn plan(&self, id: &str) -> Result<Option<PatrolPlan>, SessionError> {
        if let Some(kept) = self.plans.recent(id) {
            return Ok(Some(kept.plan.clone()));
        }
        Ok(self.workspace().plan(id).await?)
    }

    /// The newest plans, newest first.
    ///
    /// # Errors
    /// [`SessionError::Store`].
    pub async fn plans(&self, limit: u32) -> Result<Vec<PlanSummary>, SessionError> {
        let mut all = self.workspace().plans(limit).await?;
        {
            // Those that were made while nothing could be written are there alone.
            let kept = self.plans.lock();
            all.extend(kept.iter().map(|planned| (&planned.plan).into()));
        }
        all.sort_by(|a, b| b.made_at.cmp(&a.made_at).then_with(|| b.id.cmp(&a.id)));
        all.dedup_by(|a, b| a.id == b.id);
        all.truncate(limit as usize);
        Ok(all)
    }
}
