//! What ends calls again, some time after they came, as a shift does: a board on which no
//! call ever ends grows by each of them, and tells nothing of a leak.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::Instant;

use crate::cli::load::Shared;
use crate::http::client::Client;

/// Commands in one delivery.
const AT_ONCE: usize = 100;

/// Time from one delivery to the next.
const EVERY: Duration = Duration::from_millis(500);

/// Cancels each call that comes in by `open_for` after it came; how many were ended.
pub async fn endings(
    shared: Arc<Shared>,
    mut calls: UnboundedReceiver<String>,
    open_for: Duration,
    key: Option<String>,
) -> usize {
    let mut client = Client::new(shared.address.clone(), key);
    let mut open: VecDeque<(Instant, String)> = VecDeque::new();
    let mut ended = 0;
    while !shared.stop.load(Ordering::Relaxed) {
        tokio::time::sleep(EVERY).await;
        let now = Instant::now();
        while let Ok(name) = calls.try_recv() {
            open.push_back((now, name));
        }
        loop {
            let due = open
                .iter()
                .take(AT_ONCE)
                .take_while(|(came, _)| now.duration_since(*came) >= open_for)
                .count();
            if due == 0 {
                break;
            }
            let commands: Vec<Value> = open
                .iter()
                .take(due)
                .map(|(_, call)| json!({ "kind": "cancel", "call": call, "reason": "test" }))
                .collect();
            let body = Value::from(commands).to_string();
            let answer = client
                .post("/api/board/commands", "application/json", None, body)
                .await;
            match answer {
                Ok(answer) if answer.status.is_success() => ended += due,
                Ok(_) => {
                    shared.refused.fetch_add(due as u64, Ordering::Relaxed);
                }
                // They stay open, and are tried again in a moment.
                Err(_) => {
                    shared.unanswered.fetch_add(1, Ordering::Relaxed);
                    break;
                }
            }
            open.drain(..due);
        }
    }
    ended
}
