//! Keeping a workspace for writing beside other services: the lock by which it is shared is
//! taken as soon as the server lets it, and taken again where its connection was lost, so that
//! no command that wants the workspace alone slips in between two writes.
//!
//! A service that finds the workspace held by such a command, or only a standby, waits here: it
//! reads meanwhile.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::sleep;

use crate::store::error::StoreError;
use crate::store::postgis::reach::Reach;

/// How often it is looked whether the lock is held.
const EVERY: Duration = Duration::from_millis(500);

/// Holds a workspace until the task is dropped, and tells what keeps it from that.
pub async fn keep_hold(reach: Arc<Reach>, kept_from: watch::Sender<Option<String>>) {
    loop {
        let held = match reach.writable() {
            Ok(pools) => pools.hold().await,
            Err(fault) => Err(fault),
        };
        match held {
            Ok(()) => {
                if kept_from.send_replace(None).is_some() {
                    tracing::info!("the workspace can be written to");
                }
            }
            // What holds when it is back is not known.
            Err(StoreError::Unreachable { .. }) => {}
            Err(fault) => {
                let why = fault.to_string();
                if kept_from.send_replace(Some(why.clone())).is_none() {
                    tracing::warn!(why, "the workspace can't be written to for now");
                }
            }
        }
        sleep(EVERY).await;
    }
}
