//! Three services under load, killed at random as if their machines lost their power: nothing
//! that was answered for is lost, nothing comes twice, and in the end all boards are equal.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use serde_json::json;

use crate::client::{ask, post};
use crate::listener::Listener;
use crate::service::{Service, wait_until};
use crate::together::{are_equal, incident};
use crate::town;
use crate::workspace::Place;

/// Seconds of it where `FRONTBEAT_KILLS` does not say otherwise.
const SECONDS: u64 = 20;

/// Feeds, each of which sends its next incident once the last one was answered for.
const FEEDS: u64 = 6;

/// Least time from one incident of a feed to the next.
const GAP: Duration = Duration::from_millis(120);

/// From one position to the next of whatever unit: a night's 200 units, every five seconds each.
const MOVES: Duration = Duration::from_millis(25);

/// Clients that listen; as many as a night's screens where `FRONTBEAT_KILLS` says how long.
const LISTENERS: [usize; 2] = [6, 500];

/// How long is waited for what comes within a second on a machine that is not busy.
const PATIENCE: Duration = Duration::from_secs(60);

/// What keeps on delivering until it is answered for, by whatever service.
pub struct Feeds {
    stop: Arc<AtomicBool>,
    taken: Arc<Mutex<BTreeSet<String>>>,
    refused: Arc<Mutex<Vec<u16>>>,
    threads: Vec<thread::JoinHandle<()>>,
}

impl Feeds {
    pub fn start(addresses: &[String], count: u64) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let taken = Arc::new(Mutex::new(BTreeSet::new()));
        let refused = Arc::new(Mutex::new(Vec::new()));
        let threads = (0..count)
            .map(|feed| {
                let (stop, taken, refused) = (stop.clone(), taken.clone(), refused.clone());
                let addresses = addresses.to_vec();
                thread::spawn(move || {
                    let mut chance = ChaCha8Rng::seed_from_u64(feed);
                    for number in 0_u64.. {
                        if stop.load(Ordering::Relaxed) {
                            return;
                        }
                        let begun = Instant::now();
                        let id = format!("f{feed}-{number}");
                        deliver(&addresses, &mut chance, &id, &stop, &refused, &taken);
                        thread::sleep(GAP.saturating_sub(begun.elapsed()));
                    }
                })
            })
            .collect();
        Self {
            stop,
            taken,
            refused,
            threads,
        }
    }

    /// How many were answered for so far.
    pub fn count(&self) -> usize {
        self.taken.lock().unwrap().len()
    }

    /// Ids that were answered for, and the statuses of what was refused meanwhile.
    pub fn stop(self) -> (BTreeSet<String>, Vec<u16>) {
        self.stop.store(true, Ordering::Relaxed);
        for thread in self.threads {
            thread.join().unwrap();
        }
        let taken = std::mem::take(&mut *self.taken.lock().unwrap());
        let refused = std::mem::take(&mut *self.refused.lock().unwrap());
        (taken, refused)
    }
}

/// Sends the same until it is answered for: half of the time under a key, half by its id alone.
fn deliver(
    addresses: &[String],
    chance: &mut ChaCha8Rng,
    id: &str,
    stop: &AtomicBool,
    refused: &Mutex<Vec<u16>>,
    taken: &Mutex<BTreeSet<String>>,
) {
    let body = incident(id).to_string();
    let with_key = chance.random_bool(0.5);
    // What is not answered for when all ends may be there or not.
    while !stop.load(Ordering::Relaxed) {
        let address = &addresses[chance.random_range(0..addresses.len())];
        let headers: &[(&str, &str)] = match with_key {
            true => &[("Idempotency-Key", id)],
            false => &[],
        };
        match ask(address, "POST", "/api/incidents", headers, &body) {
            Ok(answer) if answer.status < 300 => {
                taken.lock().unwrap().insert(id.to_owned());
                return;
            }
            Ok(answer) => {
                refused.lock().unwrap().push(answer.status);
                if matches!(answer.status, 503 | 507) {
                    assert!(answer.header("retry-after").is_some(), "{answer:?}");
                }
                thread::sleep(Duration::from_millis(200));
            }
            Err(_) => thread::sleep(Duration::from_millis(50)),
        }
    }
}

/// Nothing that was answered for is missing, and nothing is there twice.
pub fn are_there_once(place: &Place, taken: &BTreeSet<String>) {
    let received = place.received();
    let lost: Vec<&String> = taken
        .iter()
        .filter(|id| !received.contains_key(*id))
        .collect();
    let doubled: Vec<&String> = received
        .iter()
        .filter_map(|(id, &times)| (times > 1).then_some(id))
        .collect();
    assert!(lost.is_empty(), "lost: {lost:?}");
    assert!(doubled.is_empty(), "doubled: {doubled:?}");
    let schema = place.schema();
    let rows = place.number(&format!("SELECT count(*) FROM {schema}.incidents"));
    assert_eq!(rows as usize, town::INCIDENTS + received.len());
}

#[test]
fn services_that_are_killed_lose_nothing_and_double_nothing() {
    let Some(place) = Place::of("services_that_are_killed_lose_nothing") else {
        return;
    };
    let wanted = std::env::var("FRONTBEAT_KILLS").ok();
    let clients = LISTENERS[usize::from(wanted.is_some())];
    let seconds = wanted.map_or(SECONDS, |text| {
        text.parse().expect("FRONTBEAT_KILLS is seconds")
    });
    let mut services = Service::start_many(&place.store(), 3);
    let addresses: Vec<String> = services.iter().map(|s| s.address.clone()).collect();
    let before = services[0].sequence();
    // Clients at home at each service, which go to the next one when theirs is gone.
    let listeners: Vec<Listener> = (0..clients)
        .map(|client| {
            let mut all = addresses.clone();
            all.rotate_left(client % 3);
            Listener::start(all, before)
        })
        .collect();
    let feeds = Feeds::start(&addresses, FEEDS);
    let moving = Arc::new(AtomicBool::new(true));
    let (its_moving, its_addresses) = (moving.clone(), addresses.clone());
    let units = thread::spawn(move || {
        for step in 0_u32.. {
            if !its_moving.load(Ordering::Relaxed) {
                return;
            }
            let at = town::at(f64::from(step % 90) / 100.0, 0.4);
            let body = json!({"position": [at.lon(), at.lat()]}).to_string();
            let address = &its_addresses[step as usize % its_addresses.len()];
            // A position that is lost is followed by the next.
            let _ = post(
                address,
                &format!("/api/units/u{}/position", step % 4),
                &body,
            );
            thread::sleep(MOVES);
        }
    });
    let begun = Instant::now();
    let mut chance = ChaCha8Rng::seed_from_u64(58);
    let (mut kills, mut fewest) = (0, services.len());
    while begun.elapsed() < Duration::from_secs(seconds) {
        let one = chance.random_range(0..services.len());
        services[one].kill();
        kills += 1;
        // Now and then a second one goes before the first is back.
        let other = (one + 1) % services.len();
        let both = chance.random_bool(0.2);
        if both {
            services[other].kill();
            kills += 1;
            fewest = 1;
        }
        thread::sleep(Duration::from_millis(chance.random_range(100..1_500)));
        services[one].start_again();
        if both {
            services[other].start_again();
        }
        services[one].wait_until_ready();
        services[other].wait_until_ready();
        thread::sleep(Duration::from_millis(chance.random_range(100..1_500)));
    }
    // A busy machine may have taken in little so far.
    wait_until("something is taken in", PATIENCE, || {
        feeds.count() as u64 > seconds
    });
    let (taken, _) = feeds.stop();
    moving.store(false, Ordering::Relaxed);
    units.join().unwrap();
    println!(
        "{kills} kills in {:.0} s, at worst {fewest} of 3 left; {} incidents answered for, \
         {clients} clients",
        begun.elapsed().as_secs_f64(),
        taken.len()
    );
    assert!(
        kills > 0 && taken.len() as u64 > seconds,
        "{kills}, {}",
        taken.len()
    );
    are_there_once(&place, &taken);
    are_equal(&place, &services);
    let last = services[0].sequence();
    let (events, _) = place.log();
    let wanted: Vec<u64> = events
        .iter()
        .map(|event| event.sequence)
        .filter(|&n| n > before && n <= last)
        .collect();
    for listener in listeners {
        assert!(listener.wait_for(last, PATIENCE));
        let heard = listener.stop();
        let events: Vec<u64> = heard.events.into_iter().filter(|&n| n <= last).collect();
        assert_eq!(
            (heard.resets, events == wanted),
            (0, true),
            "{} connections",
            heard.connections
        );
    }
    // Folded anew from the log alone.
    let fresh = Service::start(&place.store());
    services.push(fresh);
    are_equal(&place, &services);
    drop(services);
    place.remove();
}
