//! Ctrl-C during long work: the first one asks it to stop, the second one ends the program.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::cli::output;

/// Sets `stop` at the first Ctrl-C and says `said` where there is something to say; ends the
/// program at the second.
pub async fn stop_on_interrupt(stop: Arc<AtomicBool>, said: Option<&str>) {
    if tokio::signal::ctrl_c().await.is_err() {
        return;
    }
    stop.store(true, Ordering::Relaxed);
    if let Some(said) = said {
        output::note(said);
    }
    if tokio::signal::ctrl_c().await.is_ok() {
        std::process::exit(130);
    }
}
