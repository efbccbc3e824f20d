//! What came of the load: times, memory, and each client's log against the store's.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::time::Duration;

use serde_json::Value;
use tokio::time::Instant;

use crate::cli::load::clients::Heard;
use crate::cli::load::senders::Sent;
use crate::http::client::{Client, ClientError};

/// Events read in one go.
const AT_ONCE: usize = 10_000;

/// Times, to take shares of.
#[derive(Debug, Clone, Default)]
pub struct Waits {
    micros: Vec<u32>,
}

impl Waits {
    /// Adds one.
    pub fn push(&mut self, wait: Duration) {
        self.micros
            .push(u32::try_from(wait.as_micros()).unwrap_or(u32::MAX));
    }

    /// Adds all of another's.
    pub fn add(&mut self, other: &Self) {
        self.micros.extend_from_slice(&other.micros);
    }

    /// How many.
    pub fn count(&self) -> usize {
        self.micros.len()
    }

    /// Milliseconds that this share of them is not above; 0 where there are none.
    pub fn share(&self, share: f64) -> f64 {
        let mut sorted = self.micros.clone();
        sorted.sort_unstable();
        let last = sorted.len().saturating_sub(1);
        let at = (share * last as f64).round() as usize;
        sorted
            .get(at)
            .map_or(0.0, |&micros| f64::from(micros) / 1000.0)
    }
}

/// The service's memory over the time.
#[derive(Debug, Default)]
pub struct Memory {
    /// Seconds, and bytes resident then.
    samples: Vec<(f64, f64)>,
}

impl Memory {
    /// Watches for so long.
    pub async fn watch(client: &mut Client, length: Duration) -> Self {
        let begun = Instant::now();
        let mut samples = Vec::new();
        let every = (length / 60).max(Duration::from_secs(1));
        while begun.elapsed() < length {
            if let Ok(answer) = client.get("/metrics").await {
                let text = String::from_utf8_lossy(&answer.body);
                let value = text
                    .lines()
                    .find_map(|line| line.strip_prefix("process_resident_memory_bytes "));
                if let Some(bytes) = value.and_then(|v| v.trim().parse().ok()) {
                    samples.push((begun.elapsed().as_secs_f64(), bytes));
                }
            }
            let left = length.saturating_sub(begun.elapsed());
            tokio::time::sleep(every.min(left)).await;
        }
        Self { samples }
    }

    /// Bytes a second over the second half: what a start needs is not a leak.
    fn slope(&self) -> f64 {
        let half = &self.samples[self.samples.len() / 2..];
        let n = half.len() as f64;
        if half.len() < 3 {
            return 0.0;
        }
        let (x, y) = (
            half.iter().map(|s| s.0).sum::<f64>() / n,
            half.iter().map(|s| s.1).sum::<f64>() / n,
        );
        let over: f64 = half.iter().map(|s| (s.0 - x) * (s.1 - y)).sum();
        let under: f64 = half.iter().map(|s| (s.0 - x).powi(2)).sum();
        if under > 0.0 { over / under } else { 0.0 }
    }
}

impl fmt::Display for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Some(first), Some(last)) = (self.samples.first(), self.samples.last()) else {
            return f.write_str("memory: the service does not say");
        };
        write!(
            f,
            "memory: {:.0} MiB at first, {:.0} MiB at last; slope of the second half {:+.1} KiB/s",
            first.1 / 1048576.0,
            last.1 / 1048576.0,
            self.slope() / 1024.0
        )
    }
}

/// The store's log of the time.
#[derive(Debug, Default)]
pub struct Log {
    /// Numbers, in order.
    pub events: Vec<u64>,
    /// Source ids of incidents received, with how often.
    pub incidents: HashMap<String, usize>,
}

/// Number of the board's last event.
///
/// # Errors
/// [`ClientError`].
pub async fn board_sequence(client: &mut Client) -> Result<u64, ClientError> {
    let answer = client.get("/api/board").await?;
    let board: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    Ok(board["sequence"].as_u64().unwrap_or_default())
}

/// The store's log after an event and by another one.
///
/// # Errors
/// [`ClientError`].
pub async fn read_log(client: &mut Client, after: u64, by: u64) -> Result<Log, ClientError> {
    let mut log = Log::default();
    let mut last = after;
    loop {
        let path = format!("/api/board/log?after={last}&limit={AT_ONCE}");
        let answer = client.get(&path).await?;
        let page: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let events = page["events"].as_array().cloned().unwrap_or_default();
        for event in &events {
            last = event["sequence"].as_u64().unwrap_or(last);
            if last > by {
                return Ok(log);
            }
            log.events.push(last);
            if event["event"]["kind"] == "incident_received" {
                let id = event["event"]["id"].as_str().unwrap_or_default();
                let own = id.rsplit(':').next().unwrap_or_default();
                *log.incidents.entry(own.to_owned()).or_default() += 1;
            }
        }
        if events.len() < AT_ONCE {
            return Ok(log);
        }
    }
}

/// What a comparison of all logs says.
#[derive(Debug, Default)]
pub struct Verdict {
    clients: usize,
    events: usize,
    gaps_in_log: usize,
    lost: usize,
    doubled: usize,
    clients_missing: usize,
    clients_doubled: usize,
    resets: usize,
}

/// Compares what was answered for with the store's log, and each client's log with it.
pub fn compare(sent: &Sent, heard: &[Heard], log: &Log) -> Verdict {
    let mut verdict = Verdict {
        clients: heard.len(),
        events: log.events.len(),
        gaps_in_log: log.events.windows(2).filter(|w| w[1] != w[0] + 1).count(),
        ..Verdict::default()
    };
    for id in &sent.taken {
        match log.incidents.get(id).copied().unwrap_or(0) {
            0 => verdict.lost += 1,
            1 => {}
            _ => verdict.doubled += 1,
        }
    }
    for client in heard {
        let once: HashSet<u64> = client.events.iter().copied().collect();
        verdict.clients_doubled += usize::from(once.len() != client.events.len());
        let missing = log.events.iter().any(|event| !once.contains(event));
        // Who was told to take the board anew has what it missed from there.
        verdict.clients_missing += usize::from(missing && client.resets == 0);
        verdict.resets += client.resets;
    }
    verdict
}

impl Verdict {
    /// Whether nothing was lost and nothing came twice.
    pub fn is_clean(&self) -> bool {
        self.events > 0
            && self.gaps_in_log == 0
            && self.lost == 0
            && self.doubled == 0
            && self.clients_missing == 0
            && self.clients_doubled == 0
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "log: {} events, {} gaps; answered for and not there {}, twice there {}; of {} clients {} missed something, {} heard something twice, {} resets",
            self.events,
            self.gaps_in_log,
            self.lost,
            self.doubled,
            self.clients,
            self.clients_missing,
            self.clients_doubled,
            self.resets
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(events: &[u64], resets: usize) -> Heard {
        Heard {
            events: events.to_vec(),
            resets,
            waits: Waits::default(),
        }
    }

    #[test]
    fn losses_and_doubles_are_found() {
        let sent = Sent {
            taken: vec!["a".into(), "b".into()],
            ..Sent::default()
        };
        let log = |ids: &[(&str, usize)], events: &[u64]| Log {
            events: events.to_vec(),
            incidents: ids.iter().map(|(id, n)| ((*id).to_owned(), *n)).collect(),
        };
        let whole = log(&[("a", 1), ("b", 1)], &[5, 6]);
        assert!(compare(&sent, &[heard(&[5, 6], 0)], &whole).is_clean());
        assert!(compare(&sent, &[heard(&[], 1)], &whole).is_clean());
        assert!(!compare(&sent, &[heard(&[5], 0)], &whole).is_clean());
        assert!(!compare(&sent, &[heard(&[5, 6, 6], 0)], &whole).is_clean());
        assert!(!compare(&sent, &[], &log(&[("a", 1)], &[5])).is_clean());
        assert!(!compare(&sent, &[], &log(&[("a", 2), ("b", 1)], &[5, 6, 7])).is_clean());
        assert!(!compare(&sent, &[], &log(&[("a", 1), ("b", 1)], &[5, 7])).is_clean());
    }
}
