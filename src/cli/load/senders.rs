//! What delivers: incidents at a steady rate, positions of units that wander.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedSender;
use tokio::time::Instant;

use crate::cli::load::Shared;
use crate::cli::load::figures::Waits;
use crate::http::client::{Client, ClientError};

/// Connections that incidents come over.
const LINES: usize = 16;

/// Where things may happen.
#[derive(Debug, Clone)]
pub struct Town {
    /// Units' ids and where they begin.
    pub units: Arc<Vec<(String, [f64; 2])>>,
    /// Category codes.
    pub categories: Arc<Vec<String>>,
}

/// What was sent.
#[derive(Debug, Default)]
pub struct Sent {
    /// Ids that were answered for.
    pub taken: Vec<String>,
    /// How many were answered for.
    pub count: usize,
    /// How many calls were ended again.
    pub ended: usize,
    /// From the request to its answer.
    pub waits: Waits,
}

impl Town {
    /// As the service has it.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn read(client: &mut Client) -> Result<Self, ClientError> {
        let board: Value = parsed(&client.get("/api/board").await?.body);
        let workspace: Value = parsed(&client.get("/api/workspace").await?.body);
        let place = |unit: &Value| {
            let at = |i: usize| unit["position"][i].as_f64();
            Some((unit["id"].as_str()?.to_owned(), [at(0)?, at(1)?]))
        };
        let listed = |value: &Value| value.as_array().cloned().unwrap_or_default();
        Ok(Self {
            units: Arc::new(listed(&board["units"]).iter().filter_map(place).collect()),
            categories: Arc::new(
                listed(&workspace["categories"])
                    .iter()
                    .filter_map(|category| Some(category["code"].as_str()?.to_owned()))
                    .collect(),
            ),
        })
    }
}

/// Delivers incidents near units' places until told to stop; the name of each call goes on.
pub async fn incidents(
    shared: Arc<Shared>,
    town: Town,
    per_second: f64,
    batch: u32,
    key: Option<String>,
    calls: UnboundedSender<String>,
) -> Sent {
    let mut all = Sent::default();
    if per_second <= 0.0 || town.units.is_empty() || town.categories.is_empty() {
        return all;
    }
    let gap = Duration::from_secs_f64(f64::from(batch) / per_second * LINES as f64);
    let run: u64 = rand::rng().random();
    let lines: Vec<_> = (0..LINES)
        .map(|line| {
            let (shared, town, key) = (shared.clone(), town.clone(), key.clone());
            let calls = calls.clone();
            tokio::spawn(async move {
                let mut sent = Sent::default();
                let mut client = Client::new(shared.address.clone(), key);
                let mut chance = ChaCha8Rng::seed_from_u64(run ^ line as u64);
                let mut due = Instant::now() + gap.mul_f64(line as f64 / LINES as f64);
                let mut number = 0u64;
                while !shared.stop.load(Ordering::Relaxed) {
                    tokio::time::sleep_until(due).await;
                    due += gap;
                    let items: Vec<Value> = (0..batch)
                        .map(|_| {
                            number += 1;
                            item(&town, &mut chance, &format!("load-{run:x}-{line}-{number}"))
                        })
                        .collect();
                    deliver(&shared, &mut client, &items, &mut sent, &calls).await;
                }
                sent
            })
        })
        .collect();
    for line in lines {
        if let Ok(sent) = line.await {
            all.count += sent.count;
            all.taken.extend(sent.taken);
            all.waits.add(&sent.waits);
        }
    }
    all
}

fn item(town: &Town, chance: &mut ChaCha8Rng, id: &str) -> Value {
    let (_, [lon, lat]) = &town.units[chance.random_range(0..town.units.len())];
    let category = &town.categories[chance.random_range(0..town.categories.len())];
    json!({
        "id": id,
        "position": [
            lon + chance.random_range(-0.01..0.01),
            lat + chance.random_range(-0.01..0.01),
        ],
        "category": category,
        "priority": chance.random_range(1..=3),
    })
}

/// Delivers until there is an answer: what got none is sent again, and is known by its id
/// where it had been taken in.
async fn deliver(
    shared: &Shared,
    client: &mut Client,
    items: &[Value],
    sent: &mut Sent,
    calls: &UnboundedSender<String>,
) {
    let body = match items {
        [one] => one.to_string(),
        many => Value::from(many.to_vec()).to_string(),
    };
    loop {
        let begun = Instant::now();
        let answer = client
            .post("/api/incidents", "application/json", None, body.clone())
            .await;
        match answer {
            Ok(answer) if answer.status.is_success() => {
                sent.waits.push(begun.elapsed());
                let body: Value = parsed(&answer.body);
                for result in body["results"].as_array().into_iter().flatten() {
                    let at = result["index"]
                        .as_u64()
                        .and_then(|i| usize::try_from(i).ok());
                    let item = at.and_then(|at| items.get(at));
                    let id = item.and_then(|item| item["id"].as_str());
                    match (result["status"].as_str(), id) {
                        (Some("done" | "known"), Some(id)) => {
                            sent.count += 1;
                            sent.taken.push(id.to_owned());
                            if let Some(name) = result["name"].as_str() {
                                // Nobody listens where calls are left open.
                                let _ = calls.send(name.to_owned());
                            }
                        }
                        _ => {
                            shared.refused.fetch_add(1, Ordering::Relaxed);
                        }
                    }
                }
                return;
            }
            Ok(_) => {
                shared
                    .refused
                    .fetch_add(items.len() as u64, Ordering::Relaxed);
                return;
            }
            Err(_) => {
                shared.unanswered.fetch_add(1, Ordering::Relaxed);
                if shared.stop.load(Ordering::Relaxed) {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        }
    }
}

/// Lets units wander until told to stop.
pub async fn positions(
    shared: Arc<Shared>,
    town: Town,
    units: usize,
    every: f64,
    key: Option<String>,
) -> Sent {
    let mut all = Sent::default();
    if units == 0 || every <= 0.0 {
        return all;
    }
    let every = Duration::from_secs_f64(every);
    let lines: Vec<_> = (0..LINES.min(units))
        .map(|line| {
            let (shared, town, key) = (shared.clone(), town.clone(), key.clone());
            tokio::spawn(async move {
                let mut sent = Sent::default();
                let mut client = Client::new(shared.address.clone(), key);
                let mut chance = ChaCha8Rng::seed_from_u64(line as u64);
                let mut mine: Vec<(String, [f64; 2])> = town.units[..units]
                    .iter()
                    .skip(line)
                    .step_by(LINES)
                    .cloned()
                    .collect();
                let gap = every.div_f64(mine.len().max(1) as f64);
                let mut due = Instant::now() + gap.mul_f64(line as f64 / LINES as f64);
                let mut next = 0;
                while !shared.stop.load(Ordering::Relaxed) && !mine.is_empty() {
                    tokio::time::sleep_until(due).await;
                    due += gap;
                    let turn = next % mine.len();
                    next += 1;
                    let (id, at) = &mut mine[turn];
                    for degrees in at.iter_mut() {
                        *degrees += chance.random_range(-0.0005..0.0005);
                    }
                    let body = json!({ "position": at, "heading_deg": 90.0 }).to_string();
                    let path = format!("/api/units/{id}/position");
                    let begun = Instant::now();
                    match client.post(&path, "application/json", None, body).await {
                        Ok(answer) if answer.status.is_success() => {
                            sent.waits.push(begun.elapsed());
                            sent.count += 1;
                        }
                        Ok(_) => {
                            shared.refused.fetch_add(1, Ordering::Relaxed);
                        }
                        Err(_) => {
                            shared.unanswered.fetch_add(1, Ordering::Relaxed);
                            tokio::time::sleep(Duration::from_millis(200)).await;
                        }
                    }
                }
                sent
            })
        })
        .collect();
    for line in lines {
        if let Ok(sent) = line.await {
            all.count += sent.count;
            all.waits.add(&sent.waits);
        }
    }
    all
}

fn parsed(body: &[u8]) -> Value {
    serde_json::from_slice(body).unwrap_or_default()
}
