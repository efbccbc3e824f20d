//! A PostgreSQL of one test's own, that may be stopped, killed, filled and replaced.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

const BIN: &str = "/usr/lib/postgresql/15/bin";

/// A server with its data in a folder of its own; stopped when dropped.
pub struct Postgres {
    folder: tempfile::TempDir,
    data: PathBuf,
    pub port: u16,
}

pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

pub fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().unwrap();
    id.stdout.starts_with(b"0\n")
}

/// A program of PostgreSQL's, which refuses to be run by root.
fn run(program: &str, arguments: &[&str]) -> Output {
    let path = format!("{BIN}/{program}");
    let mut command = match is_root() {
        true => {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--", &path]);
            command
        }
        false => Command::new(&path),
    };
    command
        .args(arguments)
        .current_dir("/")
        .output()
        .expect("postgresql-15 is installed")
}

fn run_well(program: &str, arguments: &[&str]) {
    let done = run(program, arguments);
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    let told = String::from_utf8_lossy(&done.stdout).into_owned();
    assert!(done.status.success(), "{program}: {told}{said}");
}

fn own(path: &Path) {
    if is_root() {
        let done = Command::new("chown").arg("postgres").arg(path).status();
        assert!(done.unwrap().success());
    }
}

impl Postgres {
    /// None, and a line that says so, where PostgreSQL is not installed.
    pub fn start(test: &str) -> Option<Self> {
        let folder = tempfile::Builder::new()
            .prefix("frontbeat-faults")
            .tempdir()
            .unwrap();
        let data = folder.path().join("data");
        Self::start_in(test, folder, data)
    }

    /// The same with its data elsewhere.
    pub fn start_in(test: &str, folder: tempfile::TempDir, data: PathBuf) -> Option<Self> {
        if !Path::new(BIN).join("initdb").exists() {
            println!("SKIPPED {test}: PostgreSQL 15 is not in {BIN}");
            return None;
        }
        own(folder.path());
        let text = data.to_str().unwrap();
        run_well(
            "initdb",
            &["-D", text, "-U", "frontbeat", "-A", "trust", "-E", "UTF8"],
        );
        let server = Self {
            port: free_port(),
            data,
            folder,
        };
        server.go();
        let done = Command::new("psql")
            .args(["-q", &server.url(), "-c", "CREATE EXTENSION postgis"])
            .output()
            .unwrap();
        assert!(done.status.success(), "{done:?}");
        Some(server)
    }

    /// A standby of this one, streaming.
    pub fn standby(&self) -> Self {
        let folder = tempfile::tempdir().unwrap();
        own(folder.path());
        let data = folder.path().join("data");
        let (port, text) = (self.port.to_string(), data.to_str().unwrap());
        run_well(
            "pg_basebackup",
            &[
                "-h",
                "127.0.0.1",
                "-p",
                &port,
                "-U",
                "frontbeat",
                "-D",
                text,
                "-R",
                "-X",
                "stream",
                "-c",
                "fast",
            ],
        );
        let standby = Self {
            port: free_port(),
            data,
            folder,
        };
        standby.go();
        standby
    }

    pub fn promote(&self) {
        run_well("pg_ctl", &["-D", self.data(), "-w", "promote"]);
    }

    fn data(&self) -> &str {
        self.data.to_str().unwrap()
    }

    pub fn url(&self) -> String {
        url(self.port)
    }

    /// Starts it again.
    pub fn go(&self) {
        let log = self.folder.path().join("server.log");
        let options = format!(
            "-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories={} -c max_wal_size=64MB",
            self.port,
            self.folder.path().display()
        );
        let begun = Instant::now();
        loop {
            let done = run(
                "pg_ctl",
                &[
                    "-D",
                    self.data(),
                    "-w",
                    "-l",
                    log.to_str().unwrap(),
                    "-o",
                    &options,
                    "start",
                ],
            );
            if done.status.success() {
                return;
            }
            // What was killed takes a moment to leave its memory.
            let log = std::fs::read_to_string(&log).unwrap_or_default();
            assert!(begun.elapsed() < Duration::from_secs(20), "{log}");
            std::thread::sleep(Duration::from_millis(200));
        }
    }

    pub fn stop(&self, how: &str) {
        run_well("pg_ctl", &["-D", self.data(), "-w", "-m", how, "stop"]);
    }

    pub fn is_down(&self) -> bool {
        !run("pg_ctl", &["-D", self.data(), "status"])
            .status
            .success()
    }

    /// As when the machine loses its power.
    pub fn kill(&self) {
        let file = std::fs::read_to_string(self.data.join("postmaster.pid")).unwrap();
        let postmaster = file.lines().next().unwrap().to_owned();
        let children = Command::new("ps")
            .args(["-o", "pid=", "--ppid", &postmaster])
            .output()
            .unwrap();
        let children = String::from_utf8_lossy(&children.stdout).into_owned();
        let mut all = vec!["-9".to_owned(), postmaster];
        all.extend(children.split_whitespace().map(str::to_owned));
        // One that has ended meanwhile is as good as killed.
        let _ = Command::new("kill").args(&all).output().unwrap();
    }
}

pub fn url(port: u16) -> String {
    format!("postgres://frontbeat@127.0.0.1:{port}/postgres")
}

impl Drop for Postgres {
    fn drop(&mut self) {
        run(
            "pg_ctl",
            &["-D", self.data(), "-m", "immediate", "-w", "stop"],
        );
    }
}
