//! Simulations for users: one at a time, since each uses all cores for seconds or a minute.
//! Nothing is kept; whoever leaves stops theirs.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use metrics::{counter, histogram};
use tokio::sync::watch;

use crate::app::session::Session;
use crate::app::session::error::SessionError;
use crate::app::session::plans::Leaving;
use crate::app::session::snapshot::Snapshot;
use crate::app::session::turns::Turns;
use crate::app::simulate::{Progress, SimulateRequest, Watch, simulate};
use crate::patrol::simulator::report::SimulationReport;

/// How many may wait for their turn; more are refused.
const WAITING: usize = 4;

/// The turn to simulate.
#[derive(Debug)]
pub struct Simulations {
    turns: Turns,
}

impl Default for Simulations {
    fn default() -> Self {
        Self::new()
    }
}

impl Simulations {
    /// Nobody simulates.
    pub fn new() -> Self {
        Self {
            turns: Turns::new(1, WAITING),
        }
    }

    /// How many simulations run now, those included that are being stopped.
    pub fn running(&self) -> usize {
        self.turns.running()
    }
}

impl Session {
    /// Simulates, and tells how far it is. Where the caller stops waiting, the simulation is
    /// told to stop, and its turn stays taken until it has.
    ///
    /// # Errors
    /// [`SessionError`].
    pub async fn simulation(
        self: &Arc<Self>,
        snapshot: &Snapshot,
        request: SimulateRequest,
        progress: watch::Sender<Progress>,
    ) -> Result<SimulationReport, SessionError> {
        let stop = Arc::new(AtomicBool::new(false));
        let _leaving = Leaving(stop.clone());
        let (session, snapshot) = (self.clone(), snapshot.clone());
        // A task of its own: it holds its turn when this future is dropped, until the threads
        // that simulate have seen that they are to stop.
        let job = tokio::spawn(async move {
            let _turn = session.simulations.turns.turn().await?;
            if stop.load(Ordering::Relaxed) {
                return Err(SessionError::BrokenOff);
            }
            let started = tokio::time::Instant::now();
            let network = snapshot.roads(session.workspace()).await?;
            let watch: Watch = Arc::new(move |now: Progress| {
                // Threads come by in any order.
                progress.send_if_modified(|told| {
                    let further = now.done > told.done;
                    if further {
                        *told = now;
                    }
                    further
                });
                match stop.load(Ordering::Relaxed) {
                    true => ControlFlow::Break(()),
                    false => ControlFlow::Continue(()),
                }
            });
            let report = simulate(session.workspace(), network, &request, watch).await?;
            counter!("frontbeat_simulations_total").increment(1);
            histogram!("frontbeat_simulation_seconds").record(started.elapsed().as_secs_f64());
            Ok(report)
        });
        job.await.map_err(|_| SessionError::BrokenOff)?
    }
}
