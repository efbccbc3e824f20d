//! The board of the real program when things go wrong: killed at any moment under load, a
//! disk that fills up, clients that never read or never ask.

use std::collections::{BTreeMap, HashSet};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use frontbeat::app::session::Session;
use frontbeat::live::board::Board;
use frontbeat::live::step::fold;
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};

use crate::process::{Running, build, exchange, post, signal, wait_until_ready};
use crate::town;

/// Rounds of killing; `FRONTBEAT_KILLS` asks for more.
const KILLS: usize = 8;

fn item(id: &str) -> Value {
    let place = town::at(0.4, 0.4);
    json!({"id": id, "position": [place.lon(), place.lat()], "category": "dispute"})
}

/// Status and body; none where the connection broke off.
fn try_post(address: &str, path: &str, body: &str) -> Option<(u16, String)> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .ok()?;
    stream
        .write_all(post(address, path, body).as_bytes())
        .ok()?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).ok()?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let (head, body) = text.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some((status, body.to_owned()))
}

#[test]
fn killed_at_any_moment_nothing_answered_for_is_lost_or_there_twice() {
    let rounds = std::env::var("FRONTBEAT_KILLS").ok();
    let rounds: usize = rounds.and_then(|n| n.parse().ok()).unwrap_or(KILLS);
    let folder = tempfile::tempdir().unwrap();
    build(folder.path());
    let mut chance = ChaCha8Rng::seed_from_u64(11);
    let mut answered: HashSet<String> = HashSet::new();
    for round in 0..rounds {
        let mut running = Running::start(folder.path(), &["serve", "town.gpkg"]);
        let stop = Arc::new(AtomicBool::new(false));
        let senders: Vec<_> = (0..4)
            .map(|sender| {
                let (address, stop) = (running.address.clone(), stop.clone());
                thread::spawn(move || {
                    let mut taken = Vec::new();
                    for number in 0.. {
                        if stop.load(Ordering::Relaxed) {
                            break;
                        }
                        let ids: Vec<String> = (0..1 + number % 5)
                            .map(|n| format!("r{round}-{sender}-{number}-{n}"))
                            .collect();
                        let items: Vec<Value> = ids.iter().map(|id| item(id)).collect();
                        let body = Value::from(items).to_string();
                        match try_post(&address, "/api/incidents", &body) {
                            Some((200, text)) => {
                                let answer: Value = serde_json::from_str(&text).unwrap();
                                assert_eq!(answer["done"], ids.len(), "{answer}");
                                taken.extend(ids);
                            }
                            Some((status, text)) => panic!("{status}: {text}"),
                            // Nobody knows: it may be there or not, whole.
                            None => break,
                        }
                    }
                    taken
                })
            })
            .collect();
        thread::sleep(Duration::from_millis(chance.random_range(80..600)));
        signal(&running.child, "KILL");
        running.child.wait().unwrap();
        stop.store(true, Ordering::Relaxed);
        for sender in senders {
            answered.extend(sender.join().unwrap());
        }
    }
    assert!(answered.len() > rounds, "{}", answered.len());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let path = folder.path().join("town.gpkg");
        let session = Session::open(path.as_path(), false).await.unwrap();
        let mut events = Vec::new();
        loop {
            let after = events
                .last()
                .map_or(0, |e: &frontbeat::live::event::LoggedEvent| e.sequence);
            let page = session.live.events_after(after, 5_000).await.unwrap();
            if page.is_empty() {
                break;
            }
            events.extend(page);
        }
        // Numbered without gaps; each incident once; the board is their fold.
        for (at, event) in events.iter().enumerate() {
            assert_eq!(event.sequence, at as u64 + 1);
        }
        let mut received: BTreeMap<String, usize> = BTreeMap::new();
        for event in &events {
            let body = serde_json::to_value(&event.event).unwrap();
            if body["kind"] == "incident_received" {
                *received
                    .entry(body["id"].as_str().unwrap().to_owned())
                    .or_default() += 1;
            }
        }
        for id in &answered {
            assert_eq!(received.get(id), Some(&1), "{id}");
        }
        assert!(received.values().all(|&count| count == 1));
        assert_eq!(*session.live.board(), fold(Board::default(), &events));
        session.close().await;
    });
}

/// The program on a disk of its own of 24 MB; none where the system does not let us mount one.
fn on_a_small_disk(folder: &Path) -> Option<Running> {
    let disk = folder.join("disk");
    std::fs::create_dir(&disk).unwrap();
    let possible = Command::new("unshare")
        .args([
            "--user",
            "--map-root-user",
            "--mount",
            "mount",
            "-t",
            "tmpfs",
            "-o",
            "size=24m",
            "none",
        ])
        .arg(&disk)
        .status();
    if !possible.is_ok_and(|status| status.success()) {
        return None;
    }
    let script = format!(
        "mount -t tmpfs -o size=24m none '{disk}' && cp '{town}' '{disk}/town.gpkg' && cd '{disk}' && exec '{program}' serve town.gpkg",
        disk = disk.display(),
        town = folder.join("town.gpkg").display(),
        program = env!("CARGO_BIN_EXE_frontbeat"),
    );
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-root-user", "--mount", "sh", "-c", &script]);
    Some(Running::of(command, folder))
}

#[test]
fn a_full_disk_is_said_reads_go_on_and_space_is_all_it_takes() {
    let folder = tempfile::tempdir().unwrap();
    build(folder.path());
    let Some(running) = on_a_small_disk(folder.path()) else {
        println!("no full disk here: the system does not let a test mount one");
        return;
    };
    wait_until_ready(&running);
    let filler = format!(
        "/proc/{}/root{}/disk/filler",
        running.child.id(),
        folder.path().display()
    );
    let taken = |n: usize| {
        let items: Vec<Value> = (0..500).map(|i| item(&format!("f{n}-{i}"))).collect();
        running.post("/api/incidents", &Value::from(items).to_string())
    };
    assert_eq!(taken(0).0, 200);
    // The rest of the disk is somebody else's.
    let mut file = std::fs::File::create(&filler).unwrap();
    let block = vec![1u8; 64 * 1024];
    while file.write_all(&block).is_ok() {}
    drop(file);
    let mut full = None;
    for n in 1..200 {
        let (status, body) = taken(n);
        if status != 200 {
            full = Some((status, body));
            break;
        }
    }
    let (status, body) = full.expect("the disk fills up");
    assert!(status == 507 || status == 503, "{status}: {body}");
    let (status, board) = running.get("/api/board");
    assert_eq!(status, 200);
    let before: Value = serde_json::from_str(&board).unwrap();
    assert_eq!(running.get("/api/workspace").0, 200);
    std::fs::remove_file(&filler).unwrap();
    let begun = Instant::now();
    let (mut status, mut body) = taken(900);
    while status != 200 && begun.elapsed() < Duration::from_secs(10) {
        thread::sleep(Duration::from_millis(200));
        (status, body) = taken(900);
    }
    assert_eq!(status, 200, "{body}");
    // Without a gap: what was refused has left nothing behind. What the service says by itself,
    // that so many calls at once are unusual, may come between.
    let last = before["sequence"].as_u64().unwrap();
    let (status, log) = running.get(&format!("/api/board/log?after={last}&limit=1000"));
    assert_eq!(status, 200);
    let log: Value = serde_json::from_str(&log).unwrap();
    let events = log["events"].as_array().unwrap();
    for (event, expected) in events.iter().zip(last + 1..) {
        assert_eq!(event["sequence"], expected);
    }
    let received = |event: &&Value| event["event"]["kind"] == "incident_received";
    assert_eq!(events.iter().filter(received).count(), 500);
}

#[test]
fn clients_that_never_read_or_never_ask_cost_the_others_nothing() {
    let folder = tempfile::tempdir().unwrap();
    build(folder.path());
    let running = Running::start(folder.path(), &["serve", "town.gpkg"]);
    wait_until_ready(&running);
    // Some send nothing, some half a head, some ask for events and never read.
    let mut silent = Vec::new();
    for number in 0..402 {
        let mut stream = TcpStream::connect(&running.address).unwrap();
        let half = match number % 3 {
            0 => String::new(),
            1 => "GET /api/board HTTP/1.1\r\nHost: ".to_owned(),
            _ => format!(
                "GET /api/events HTTP/1.1\r\nHost: {}\r\n\r\n",
                running.address
            ),
        };
        stream.write_all(half.as_bytes()).unwrap();
        silent.push(stream);
    }
    let mut slowest = Duration::ZERO;
    for number in 0..40 {
        let items: Vec<Value> = (0..100).map(|i| item(&format!("s{number}-{i}"))).collect();
        let begun = Instant::now();
        let (status, body) = running.post("/api/incidents", &Value::from(items).to_string());
        assert_eq!(status, 200, "{body}");
        slowest = slowest.max(begun.elapsed());
    }
    assert!(slowest < Duration::from_secs(5), "{slowest:?}");
    // Those without a head are given up within their time.
    for mut given_up in silent.drain(..2) {
        given_up
            .set_read_timeout(Some(Duration::from_secs(25)))
            .unwrap();
        let mut left = Vec::new();
        given_up.read_to_end(&mut left).unwrap();
        assert!(!String::from_utf8_lossy(&left).contains(" 200 "));
    }
    let (status, _) = exchange(
        &running.address,
        &format!(
            "GET /healthz HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n",
            running.address
        ),
    );
    assert_eq!(status, 200);
}

/// The ids of all incidents that the log has received, and the times of its events.
fn received(path: &Path) -> (Vec<String>, Vec<jiff::Timestamp>) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let session = Session::open(path, false).await.unwrap();
        let events = session.live.events_after(0, 5_000).await.unwrap();
        session.close().await;
        let body = |event: &frontbeat::live::event::LoggedEvent| {
            serde_json::to_value(&event.event).unwrap()
        };
        let ids = (events.iter().map(body))
            .filter(|body| body["kind"] == "incident_received")
            .map(|body| body["id"].as_str().unwrap().to_owned());
        (ids.collect(), events.iter().map(|event| event.at).collect())
    })
}

/// What a power cut leaves at the end of the file's log: half a frame, or one of noise.
#[test]
fn a_torn_log_of_the_file_loses_nothing_that_was_answered_for() {
    let folder = tempfile::tempdir().unwrap();
    build(folder.path());
    let wal = folder.path().join("town.gpkg-wal");
    let mut answered = Vec::new();
    let mut chance = ChaCha8Rng::seed_from_u64(3);
    for round in 0..4 {
        let mut running = Running::start(folder.path(), &["serve", "town.gpkg"]);
        for n in 0..10 {
            let id = format!("torn-{round}-{n}");
            let sent = try_post(&running.address, "/api/incidents", &item(&id).to_string());
            assert_eq!(sent.unwrap().0, 201);
            answered.push(id);
        }
        signal(&running.child, "KILL");
        running.child.wait().unwrap();
        let mut bytes = std::fs::read(&wal).unwrap();
        assert!(bytes.len() > 32 + 4096, "{}", bytes.len());
        // A frame is a head of 24 bytes and a page; the head of the next one is torn off in
        // its middle, or whole and wrong.
        let torn = [100, 24 + 4096, 24 + 2000, 11][round];
        bytes.extend((0..torn).map(|_| chance.random::<u8>()));
        std::fs::write(&wal, bytes).unwrap();
    }
    let (mut found, _) = received(&folder.path().join("town.gpkg"));
    found.sort();
    answered.sort();
    assert_eq!(found, answered);
}

/// A service that comes back with a clock that is an hour slow goes on after the log's time.
#[test]
fn a_clock_set_back_an_hour_does_not_take_the_log_back() {
    let folder = tempfile::tempdir().unwrap();
    build(folder.path());
    let path = folder.path().join("town.gpkg");
    let ahead = frontbeat::app::clock::now() + jiff::SignedDuration::from_hours(1);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        use frontbeat::live::event::EventKind;
        use frontbeat::store::workspace::{Access, Workspace};
        let workspace = Workspace::open(path.as_path(), Access::Write)
            .await
            .unwrap();
        let plan = "p-of-the-future".to_owned();
        workspace
            .append(EventKind::PlanMade { plan }, ahead)
            .await
            .unwrap();
        workspace.close().await;
    });
    let mut running = Running::start(folder.path(), &["serve", "town.gpkg"]);
    for id in ["late-1", "late-2"] {
        let sent = try_post(&running.address, "/api/incidents", &item(id).to_string());
        assert_eq!(sent.unwrap().0, 201);
    }
    let (_, board) = running.get("/api/board");
    let board: Value = serde_json::from_str(&board).unwrap();
    let at: jiff::Timestamp = board["at"].as_str().unwrap().parse().unwrap();
    assert!(at >= ahead, "{at} before {ahead}");
    signal(&running.child, "TERM");
    running.child.wait().unwrap();
    let (found, times) = received(&path);
    assert_eq!(found, ["late-1", "late-2"]);
    let since = &times[times.len() - 3..];
    assert_eq!(since[0].duration_since(ahead).as_secs(), 0);
    assert!(since.is_sorted(), "{times:?}");
    // It goes on from there; it does not run an hour ahead for good.
    assert!(times.last().unwrap().duration_since(ahead).as_secs() < 120);
}
