//! A running `frontbeat serve` on a port that it keeps when it is started again.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::client::{Answer, get};
use crate::postgres::free_port;

/// A service; killed when dropped.
pub struct Service {
    child: Child,
    store: String,
    /// `127.0.0.1:PORT`.
    pub address: String,
}

impl Service {
    pub fn start(store: &str) -> Self {
        let address = format!("127.0.0.1:{}", free_port());
        Self {
            child: spawn(store, &address),
            store: store.to_owned(),
            address,
        }
        .up()
    }

    /// Several at once: their starts overlap.
    pub fn start_many(store: &str, count: usize) -> Vec<Self> {
        let spawned: Vec<Self> = (0..count)
            .map(|_| {
                let address = format!("127.0.0.1:{}", free_port());
                Self {
                    child: spawn(store, &address),
                    store: store.to_owned(),
                    address,
                }
            })
            .collect();
        spawned.into_iter().map(Self::up).collect()
    }

    fn up(self) -> Self {
        self.wait_until_ready();
        self
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// As if its machine lost its power.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Sends it a signal.
    pub fn signal(&self, name: &str) {
        let id = self.id().to_string();
        let done = Command::new("kill")
            .args([&format!("-{name}"), &id])
            .status();
        assert!(done.unwrap().success());
    }

    /// Whether it has ended by itself.
    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// Why it does not write, as it says.
    pub fn read_only(&self) -> Value {
        self.get("/api/workspace").json()["read_only"].clone()
    }

    pub fn start_again(&mut self) {
        self.child = spawn(&self.store, &self.address);
    }

    pub fn wait_until_ready(&self) {
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(60) {
            if get(&self.address, "/readyz").is_ok_and(|answer| answer.status == 200) {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!(
            "{} is not ready: {:?}",
            self.address,
            get(&self.address, "/readyz")
        );
    }

    pub fn get(&self, path: &str) -> Answer {
        get(&self.address, path).unwrap()
    }

    pub fn readiness(&self) -> Value {
        self.get("/readyz").json()
    }

    pub fn leads(&self) -> bool {
        get(&self.address, "/readyz")
            .is_ok_and(|answer| answer.status == 200 && answer.json()["leads"] == Value::Bool(true))
    }

    pub fn sequence(&self) -> u64 {
        self.get("/api/board").json()["sequence"].as_u64().unwrap()
    }

    /// The board without what is the service's own: clock and age.
    pub fn board(&self) -> Value {
        let mut board = self.get("/api/board").json();
        let fields = board.as_object_mut().unwrap();
        fields.remove("now");
        fields.remove("age_s");
        board
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // Done already where the test ended it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn spawn(store: &str, address: &str) -> Child {
    let mut child = Command::new(env!("CARGO_BIN_EXE_frontbeat"))
        .args(["serve", "--store", store, "--listen", address])
        .env_remove("FRONTBEAT_LOG")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Shown with a test that fails.
    let (out, log) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
    let name = address.to_owned();
    std::thread::spawn(move || {
        for line in BufReader::new(log).lines().map_while(Result::ok) {
            println!("{name}: {line}");
        }
    });
    std::thread::spawn(move || for _ in BufReader::new(out).lines().map_while(Result::ok) {});
    child
}

/// Waits until something holds.
pub fn wait_until(what: &str, at_most: Duration, mut holds: impl FnMut() -> bool) -> Duration {
    let begun = Instant::now();
    while !holds() {
        assert!(
            begun.elapsed() < at_most,
            "{what} after {:?}",
            begun.elapsed()
        );
        std::thread::sleep(Duration::from_millis(50));
    }
    begun.elapsed()
}
