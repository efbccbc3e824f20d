//! Surfaces in memory: by what was asked (at a data version) and by id.
//!
//! Who asks for a surface that is being computed waits for that computation. A few run at
//! a time; a computation goes on when whoever asked has left, since the next one will want
//! it. Bounded by cells, the least used go first.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use metrics::{counter, histogram};
use moka::future::Cache;
use moka::policy::EvictionPolicy;

use crate::app::risk::{RiskJobError, RiskRequest, risk_surface};
use crate::app::session::Session;
use crate::app::session::error::SessionError;
use crate::app::session::prepared::PreparedSurface;
use crate::app::session::snapshot::{Edition, Snapshot};
use crate::app::session::turns::Turns;
use crate::grid::hexgrid::MOST_CELLS;

/// Most cells kept, over all surfaces; about 400 bytes each. The same as the most that one
/// surface may have: whatever can be computed can be kept until its tiles were asked for.
const MOST_CELLS_KEPT: u64 = MOST_CELLS as u64;

/// How many surfaces are computed at a time; each uses all cores.
const AT_A_TIME: usize = 2;

/// How many may wait for their turn; more are refused, or a burst would be served after
/// everybody has left.
const WAITING: usize = 32;

/// The cache.
#[derive(Debug)]
pub struct Surfaces {
    by_request: Cache<(Edition, String), Arc<PreparedSurface>>,
    by_id: Cache<String, Arc<PreparedSurface>>,
    pub(super) turns: Turns,
    computed: AtomicU64,
}

impl Default for Surfaces {
    fn default() -> Self {
        Self::new()
    }
}

impl Surfaces {
    /// Lets go of everything: it was made of another log.
    pub(super) fn forget(&self) {
        self.by_request.invalidate_all();
    }

    /// An empty cache.
    pub fn new() -> Self {
        Self {
            by_request: bounded(),
            by_id: bounded(),
            turns: Turns::new(AT_A_TIME, WAITING),
            computed: AtomicU64::new(0),
        }
    }

    /// How many surfaces were computed since the start.
    pub fn computed(&self) -> u64 {
        self.computed.load(Ordering::Relaxed)
    }

    /// The surface with that id, where it is in memory.
    pub async fn by_id(&self, id: &str) -> Option<Arc<PreparedSurface>> {
        self.by_id.get(id).await
    }

    /// The surface with that id, from memory or got and kept: once, however many ask for
    /// its tiles at a time.
    pub(super) async fn by_id_or(
        &self,
        id: &str,
        get: impl Future<Output = Option<Arc<PreparedSurface>>>,
    ) -> Option<Arc<PreparedSurface>> {
        self.by_id.optionally_get_with_by_ref(id, get).await
    }
}

impl Session {
    /// The surface asked for: from memory, or computed.
    ///
    /// # Errors
    /// [`SessionError`].
    pub async fn surface(
        self: &Arc<Self>,
        snapshot: &Snapshot,
        request: RiskRequest,
    ) -> Result<Arc<PreparedSurface>, SessionError> {
        let name = (snapshot.content(), format!("{request:?}"));
        if let Some(ready) = self.surfaces.by_request.get(&name).await {
            counter!("frontbeat_cache_requests_total", "cache" => "surface", "outcome" => "hit")
                .increment(1);
            // Asked for again: keep it among the recently used by id too.
            if self.surfaces.by_id.get(&ready.id).await.is_none() {
                self.surfaces
                    .by_id
                    .insert(ready.id.clone(), ready.clone())
                    .await;
            }
            return Ok(ready);
        }
        counter!("frontbeat_cache_requests_total", "cache" => "surface", "outcome" => "miss")
            .increment(1);
        let session = self.clone();
        let computing = async move {
            tokio::spawn(async move { session.compute(&request).await })
                .await
                .map_err(|_| SessionError::BrokenOff)?
        };
        let surface = self
            .surfaces
            .by_request
            .try_get_with(name, computing)
            .await
            .map_err(|shared: Arc<SessionError>| SessionError::clone(&shared))?;
        Ok(surface)
    }

    async fn compute(
        self: &Arc<Self>,
        request: &RiskRequest,
    ) -> Result<Arc<PreparedSurface>, SessionError> {
        let _turn = self.surfaces.turns.turn().await?;
        let started = tokio::time::Instant::now();
        let surface = risk_surface(self.workspace(), request).await?;
        let prepared = tokio::task::spawn_blocking(move || PreparedSurface::new(surface))
            .await
            .map_err(|_| SessionError::BrokenOff)?
            .map_err(|fault| RiskJobError::Risk(fault.into()))?;
        let prepared = Arc::new(prepared);
        self.surfaces
            .by_id
            .insert(prepared.id.clone(), prepared.clone())
            .await;
        self.shelve(prepared.clone(), None).await;
        self.surfaces.computed.fetch_add(1, Ordering::Relaxed);
        counter!("frontbeat_surfaces_computed_total", "model" => request.model.clone())
            .increment(1);
        histogram!("frontbeat_surface_seconds").record(started.elapsed().as_secs_f64());
        Ok(prepared)
    }
}

fn bounded<K>() -> Cache<K, Arc<PreparedSurface>>
where
    K: std::hash::Hash + Eq + Send + Sync + 'static,
{
    Cache::builder()
        .max_capacity(MOST_CELLS_KEPT)
        // The default policy may turn a new surface away in favour of those asked for more
        // often: its id would be handed out, and its tiles not be found.
        .eviction_policy(EvictionPolicy::lru())
        .weigher(|_, prepared: &Arc<PreparedSurface>| {
            u32::try_from(prepared.fine.surface.grid.len().max(1)).unwrap_or(u32::MAX)
        })
        .build()
}
