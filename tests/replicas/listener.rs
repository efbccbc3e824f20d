//! A client of `/api/events` that never gives up: when its connection breaks it goes on at
//! another service after the last event it heard, as behind a load balancer.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::client::get;

/// What was heard.
#[derive(Debug, Default, Clone)]
pub struct Heard {
    /// Numbers of the events, in the order in which they came.
    pub events: Vec<u64>,
    /// How often it was told to take the board anew.
    pub resets: usize,
    /// Numbers of the boards that it took then.
    pub taken: Vec<u64>,
    /// How often it connected.
    pub connections: usize,
    /// Largest age of the board that it was told, seconds.
    pub age_s: u64,
}

pub struct Listener {
    stop: Arc<AtomicBool>,
    heard: Arc<Mutex<Heard>>,
    thread: Option<JoinHandle<()>>,
}

impl Listener {
    /// Listens after an event, at one address after the other.
    pub fn start(addresses: Vec<String>, after: u64) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let heard = Arc::new(Mutex::new(Heard::default()));
        let (its_stop, its_heard) = (stop.clone(), heard.clone());
        let thread = std::thread::spawn(move || {
            let mut last = after;
            for address in addresses.iter().cycle() {
                if its_stop.load(Ordering::Relaxed) {
                    return;
                }
                its_heard.lock().unwrap().connections += 1;
                let _ = listen(address, &mut last, &its_stop, &its_heard);
                std::thread::sleep(Duration::from_millis(50));
            }
        });
        Self {
            stop,
            heard,
            thread: Some(thread),
        }
    }

    pub fn heard(&self) -> Heard {
        self.heard.lock().unwrap().clone()
    }

    /// Waits until it has heard an event.
    pub fn wait_for(&self, sequence: u64, at_most: Duration) -> bool {
        let begun = Instant::now();
        while begun.elapsed() < at_most {
            if self.heard.lock().unwrap().events.last() >= Some(&sequence) {
                return true;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        false
    }

    pub fn stop(mut self) -> Heard {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.take().unwrap().join().unwrap();
        self.heard()
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

fn listen(
    address: &str,
    last: &mut u64,
    stop: &AtomicBool,
    heard: &Mutex<Heard>,
) -> std::io::Result<()> {
    let mut stream = TcpStream::connect(address)?;
    // A tick comes every five seconds.
    stream.set_read_timeout(Some(Duration::from_millis(200)))?;
    write!(
        stream,
        "GET /api/events HTTP/1.1\r\nHost: {address}\r\nLast-Event-ID: {last}\r\n\r\n"
    )?;
    let mut lines = BufReader::new(stream);
    let mut line = String::new();
    let (mut id, mut kind) = (0, String::new());
    let mut quiet = Instant::now();
    while !stop.load(Ordering::Relaxed) && quiet.elapsed() < Duration::from_secs(12) {
        match lines.read_line(&mut line) {
            Ok(0) => return Ok(()),
            Ok(_) => {}
            // What was read of a line so far stays in it.
            Err(fault)
                if matches!(
                    fault.kind(),
                    std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut
                ) =>
            {
                continue;
            }
            Err(fault) => return Err(fault),
        }
        quiet = Instant::now();
        let text = line.trim_end();
        if let Some(number) = text.strip_prefix("id: ") {
            id = number.parse().unwrap();
        } else if let Some(name) = text.strip_prefix("event: ") {
            kind = name.to_owned();
            if kind == "reset" {
                heard.lock().unwrap().resets += 1;
                // Takes the board anew, and goes on after it.
                let board = get(address, "/api/board")?;
                *last = board.json()["sequence"].as_u64().unwrap();
                heard.lock().unwrap().taken.push(*last);
            }
        } else if let Some(data) = text.strip_prefix("data: ") {
            let mut heard = heard.lock().unwrap();
            match kind.as_str() {
                "change" => {
                    heard.events.push(id);
                    *last = id;
                }
                "tick" => {
                    let tick: serde_json::Value = serde_json::from_str(data).unwrap();
                    heard.age_s = heard.age_s.max(tick["age_s"].as_u64().unwrap());
                }
                _ => {}
            }
        }
        line.clear();
    }
    Ok(())
}
