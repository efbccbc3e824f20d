//! What listens: clients of `/api/events` that note each event's number and how long it took
//! to them. Some break off at random and resume after the last event they heard.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use jiff::Timestamp;
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::time::{Instant, timeout};

use crate::app::clock;
use crate::cli::load::Shared;
use crate::cli::load::figures::Waits;

/// What a client has heard.
#[derive(Debug, Default)]
pub struct Heard {
    /// Numbers of the events, in the order they came.
    pub events: Vec<u64>,
    /// How often it was told to take the board anew.
    pub resets: usize,
    /// From the event's time to its arrival; where the client was there all the time.
    pub waits: Waits,
}

/// Longest silence: a tick comes every five seconds.
const SILENCE: Duration = Duration::from_secs(15);

/// How long a client goes on once nothing more is sent.
const LAST_WORDS: Duration = Duration::from_secs(4);

/// Listens after an event, until told to stop and a little longer.
pub async fn listen(shared: Arc<Shared>, after: u64, number: u32, breaks: bool) -> Heard {
    let mut heard = Heard::default();
    let mut chance = ChaCha8Rng::seed_from_u64(u64::from(number));
    let mut last = after;
    let mut stopped: Option<Instant> = None;
    loop {
        let until = match breaks {
            true => Instant::now() + Duration::from_secs_f64(chance.random_range(2.0..20.0)),
            false => Instant::now() + Duration::from_secs(1_000_000),
        };
        // A connection that can't be made or breaks off is made again.
        let _ = connection(&shared, &mut last, until, &mut stopped, &mut heard).await;
        if stopped.is_some_and(|at| at.elapsed() >= LAST_WORDS) {
            return heard;
        }
        if shared.stop.load(Ordering::Relaxed) {
            stopped.get_or_insert_with(Instant::now);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// One connection, until a time, or until it breaks off.
async fn connection(
    shared: &Shared,
    last: &mut u64,
    until: Instant,
    stopped: &mut Option<Instant>,
    heard: &mut Heard,
) -> Option<()> {
    let mut stream = shared.address.connect().await.ok()?;
    let request = format!(
        "GET /api/events HTTP/1.1\r\nHost: {}\r\nLast-Event-ID: {last}\r\n\r\n",
        shared.address.authority()
    );
    stream.write_all(request.as_bytes()).await.ok()?;
    let mut lines = BufReader::with_capacity(64 * 1024, stream);
    let mut line = Vec::new();
    let mut id = None;
    let mut is_change = false;
    let connected = clock::now();
    loop {
        if stopped.is_some_and(|at| at.elapsed() >= LAST_WORDS) || Instant::now() >= until {
            return Some(());
        }
        if shared.stop.load(Ordering::Relaxed) {
            stopped.get_or_insert_with(Instant::now);
        }
        line.clear();
        // A stopped service must not keep the client for long.
        let wait = match stopped {
            Some(_) => Duration::from_millis(500),
            None => SILENCE,
        };
        match timeout(wait, lines.read_until(b'\n', &mut line)).await {
            Ok(Ok(0) | Err(_)) => return None,
            Ok(Ok(_)) => {}
            Err(_) if stopped.is_some() => continue,
            Err(_) => return None,
        }
        let text = line.trim_ascii_end();
        if let Some(number) = text.strip_prefix(b"id: ") {
            id = std::str::from_utf8(number)
                .ok()
                .and_then(|n| n.parse::<u64>().ok());
        } else if let Some(kind) = text.strip_prefix(b"event: ") {
            is_change = kind == b"change";
            if kind == b"reset" {
                heard.resets += 1;
            }
        } else if is_change
            && let Some(data) = text.strip_prefix(b"data: ")
            && let Some(id) = id.take()
        {
            heard.events.push(id);
            *last = id;
            // A sample of the times: reading all of them would be the load.
            if id % 8 == 0
                && let Some(at) = time_of(data).filter(|at| *at > connected)
            {
                let wait = clock::now().duration_since(at);
                heard
                    .waits
                    .push(Duration::try_from(wait).unwrap_or_default());
            }
        }
    }
}

/// The time in `…,"at":"2026-11-26T14:00:00.123Z",…`, near the beginning.
fn time_of(data: &[u8]) -> Option<Timestamp> {
    let text = std::str::from_utf8(data.get(..120)?).ok()?;
    let (_, rest) = text.split_once("\"at\":\"")?;
    rest.split_once('"')?.0.parse().ok()
}
