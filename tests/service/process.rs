//! The real program: starts, says where, answers, shares its file with readers, and stops
//! on SIGTERM with its open requests answered and its file whole.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::town;

/// A running `frontbeat`; killed when dropped.
pub struct Running {
    pub child: Child,
    out: BufReader<ChildStdout>,
    /// `127.0.0.1:PORT`.
    pub address: String,
    /// What it said before and with the address.
    said: String,
}

impl Drop for Running {
    fn drop(&mut self) {
        // Done already where the test ended it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Running {
    pub fn start(folder: &Path, arguments: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_frontbeat"));
        command.args(arguments);
        Self::of(command, folder)
    }

    /// By a command that ends up as the program.
    pub fn of(mut command: Command, folder: &Path) -> Self {
        let mut child = prepared(&mut command, folder).spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut said = String::new();
        let address = loop {
            let mut line = String::new();
            if out.read_line(&mut line).unwrap() == 0 {
                let mut errors = String::new();
                let mut pipe = child.stderr.take().unwrap();
                pipe.read_to_string(&mut errors).unwrap();
                panic!("it ended without an address: {said}{errors}");
            }
            said.push_str(&line);
            if let Some((_, address)) = line.trim().split_once(" at http://") {
                break address.to_owned();
            }
        };
        Self {
            child,
            out,
            address,
            said,
        }
    }

    /// Status and body of a `GET`.
    pub fn get(&self, path: &str) -> (u16, String) {
        exchange(
            &self.address,
            &format!(
                "GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n",
                self.address
            ),
        )
    }

    pub fn post(&self, path: &str, body: &str) -> (u16, String) {
        exchange(&self.address, &post(&self.address, path, body))
    }

    fn terminate(&mut self) -> (i32, Duration) {
        let started = Instant::now();
        signal(&self.child, "TERM");
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return (status.code().unwrap_or(-1), started.elapsed());
            }
            assert!(
                started.elapsed() < Duration::from_secs(30),
                "it does not stop"
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn log(mut self) -> String {
        let _ = self.child.kill();
        let mut log = String::new();
        let mut pipe = self.child.stderr.take().unwrap();
        pipe.read_to_string(&mut log).unwrap();
        log
    }
}

fn prepared<'c>(command: &'c mut Command, folder: &Path) -> &'c mut Command {
    command
        .current_dir(folder)
        .env("FRONTBEAT_LISTEN", "127.0.0.1:0")
        .env_remove("FRONTBEAT_LOG")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
}

fn frontbeat(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_frontbeat"));
    prepared(command.args(arguments), folder);
    command
}

pub fn signal(child: &Child, name: &str) {
    let done = Command::new("kill")
        .args([&format!("-{name}"), &child.id().to_string()])
        .status()
        .unwrap();
    assert!(done.success());
}

pub fn post(host: &str, path: &str, body: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

pub fn exchange(address: &str, request: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    answer(stream)
}

fn answer(mut stream: TcpStream) -> (u16, String) {
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let status = head.split(' ').nth(1).and_then(|s| s.parse().ok());
    (status.unwrap_or(0), body.to_owned())
}

pub fn build(folder: &Path) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(town::build(folder));
}

pub fn wait_until_ready(running: &Running) {
    for _ in 0..200 {
        if running.get("/readyz").0 == 200 {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("not ready after 10 s: {}", running.get("/readyz").1);
}

#[test]
fn it_serves_shares_its_file_and_stops_when_told() {
    let folder = tempfile::tempdir().unwrap();
    build(folder.path());
    let mut running = Running::start(folder.path(), &["serve", "town.gpkg"]);
    assert!(
        running
            .said
            .starts_with("Frontbeat serves Testtown at http://127.0.0.1:")
    );
    wait_until_ready(&running);

    let (status, body) = running.get("/api/workspace");
    assert_eq!(status, 200);
    let workspace: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(workspace["read_only"], Value::Null);

    // A foreign reader, while the service runs.
    if let Ok(read) = Command::new("ogrinfo")
        .args(["-ro", "-al", "-so", "town.gpkg"])
        .current_dir(folder.path())
        .output()
    {
        assert!(read.status.success());
        let complaint = String::from_utf8_lossy(&read.stderr).into_owned();
        assert_eq!(complaint, "", "ogrinfo complains");
        let text = String::from_utf8_lossy(&read.stdout).into_owned();
        assert!(text.contains("Layer name: beats"), "{text}");
        assert!(text.contains("Layer name: incidents"), "{text}");
    } else {
        println!("SKIPPED a foreign reader while serving: no ogrinfo");
    }

    // A second service on the same file serves too, but does not write.
    let second = Running::start(folder.path(), &["serve", "town.gpkg"]);
    let (_, body) = second.get("/api/workspace");
    let of_second: Value = serde_json::from_str(&body).unwrap();
    assert!(of_second["read_only"].as_str().unwrap().contains("writing"));

    // A plan made by the first is seen by the second within its second or so.
    let (status, plan) = running.post(
        "/api/plans",
        r#"{"window":"night","units":2,"deadline_ms":200}"#,
    );
    assert_eq!(status, 201, "{plan}");
    let plan: Value = serde_json::from_str(&plan).unwrap();
    let address = plan["links"]["self"].as_str().unwrap();
    assert_eq!(second.get(address).0, 200);
    let version = |service: &Running| {
        let workspace: Value = serde_json::from_str(&service.get("/api/workspace").1).unwrap();
        workspace["data_version"].as_u64().unwrap()
    };
    let before = workspace["data_version"].as_u64().unwrap();
    let with_plan = version(&running);
    assert!(with_plan > before);
    let seen = (0..60).any(|_| {
        std::thread::sleep(Duration::from_millis(100));
        version(&second) >= with_plan
    });
    assert!(seen, "the second service never saw the plan's event");

    // Who listens to events is let go at once: the service does not wait for it.
    let mut listening = TcpStream::connect(&running.address).unwrap();
    let head = format!(
        "GET /api/events HTTP/1.1\r\nHost: {}\r\n\r\n",
        running.address
    );
    listening.write_all(head.as_bytes()).unwrap();
    let mut heard = vec![0; 15];
    listening.read_exact(&mut heard).unwrap();
    assert_eq!(heard, b"HTTP/1.1 200 OK");

    // A request that is being answered when SIGTERM comes is answered to its end.
    let mut open = TcpStream::connect(&running.address).unwrap();
    let body = r#"{"window":"night","units":2,"deadline_ms":1500,"seed":5}"#;
    open.write_all(post(&running.address, "/api/plans", body).as_bytes())
        .unwrap();
    std::thread::sleep(Duration::from_millis(300));
    let waiting = std::thread::spawn(move || answer(open));
    let (code, took) = running.terminate();
    assert_eq!(code, 0);
    assert!(took < Duration::from_secs(10), "{took:?}");
    let (status, made) = waiting.join().unwrap();
    assert_eq!(status, 201, "{made}");
    assert!(
        TcpStream::connect(&running.address).is_err(),
        "nobody listens"
    );

    listening
        .set_read_timeout(Some(Duration::from_secs(5)))
        .unwrap();
    listening.read_to_end(&mut heard).unwrap();

    let mut rest = String::new();
    running.out.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "", "it says no more than it has to");
    let log = running.log();
    assert!(!log.contains("WARN") && !log.contains("ERROR"), "{log}");
    drop(second);

    // Stored, and the file stands alone: nothing waits in a write-ahead log.
    let left = folder.path().join("town.gpkg-wal");
    assert!(std::fs::metadata(left).map_or(0, |m| m.len()) == 0);
    let again = Running::start(folder.path(), &["serve", "town.gpkg"]);
    let (_, list) = again.get("/api/plans");
    let list: Value = serde_json::from_str(&list).unwrap();
    assert_eq!(list["plans"].as_array().unwrap().len(), 2);
}

#[test]
fn wrong_use_ends_with_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    build(folder.path());
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().to_string();
    std::fs::write(folder.path().join("note.gpkg"), "no database").unwrap();
    for (arguments, code, words) in [
        (
            vec!["serve", "town.gpkg", "--listen", &port],
            1,
            "listens on",
        ),
        (
            vec!["serve", "town.gpkg", "--listen", "nowhere"],
            2,
            "no address",
        ),
        (
            vec!["serve", "town.gpkg", "--listen", "192.0.2.1:0"],
            1,
            "not an address",
        ),
        (vec!["serve", "missing.gpkg"], 1, "there is no workspace"),
        (vec!["serve", "note.gpkg"], 1, "not a Frontbeat workspace"),
        (vec!["serve"], 2, "Usage"),
    ] {
        let ended = frontbeat(folder.path(), &arguments).output().unwrap();
        let said = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert_eq!(ended.status.code(), Some(code), "{arguments:?}: {said}");
        assert!(said.contains(words), "{arguments:?}: {said}");
        assert!(!said.contains("panicked"), "{said}");
        assert!(ended.stdout.is_empty());
    }
}

#[test]
fn other_machines_are_warned_of() {
    let folder = tempfile::tempdir().unwrap();
    build(folder.path());
    let mut running = Running::start(
        folder.path(),
        &["serve", "town.gpkg", "--listen", "0.0.0.0:0", "--read-only"],
    );
    let mut line = String::new();
    running.out.read_line(&mut line).unwrap();
    assert!(
        line.contains("WARNING") && line.contains("no sign-in"),
        "{line}"
    );
    let port = running.address.rsplit(':').next().unwrap().to_owned();
    let local = format!("127.0.0.1:{port}");
    let by_name = |host: &str| {
        let request = format!("GET /healthz HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        exchange(&local, &request).0
    };
    assert_eq!(by_name(&local), 200);
    assert_eq!(by_name("rebound.example"), 421);
}

#[test]
fn the_first_run_makes_the_sample_once_and_never_serves_half_of_it() {
    let folder = tempfile::tempdir().unwrap();
    // What an interrupted first run leaves.
    std::fs::write(folder.path().join("frontbeat-sample.gpkg.partial"), "half").unwrap();
    let mut first = Running::start(folder.path(), &[]);
    assert!(first.said.contains("synthetic"), "{}", first.said);
    let (_, body) = first.get("/api/workspace");
    let workspace: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(workspace["synthetic"], true);
    assert!(workspace["incidents"]["count"].as_u64().unwrap() > 1000);
    assert_eq!(first.terminate().0, 0);
    let names: Vec<String> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.contains("partial") || name.contains("making"))
        .collect();
    assert_eq!(names, [""; 0], "nothing half-made is left");

    let made = std::fs::metadata(folder.path().join("frontbeat-sample.gpkg"))
        .unwrap()
        .created()
        .ok();
    let second = Running::start(folder.path(), &[]);
    assert!(!second.said.contains("Making"), "{}", second.said);
    let again = std::fs::metadata(folder.path().join("frontbeat-sample.gpkg"))
        .unwrap()
        .created()
        .ok();
    assert_eq!(made, again);
}

/// What comes in live has no mark of its own: where all is real, nothing made up is sent.
#[test]
fn a_feed_leaves_out_what_is_made_up_where_all_is_real() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_frontbeat"));
        let done = prepared(command.args(arguments), folder.path()).output();
        let done = done.unwrap();
        let errors = String::from_utf8_lossy(&done.stderr).into_owned();
        assert!(done.status.success(), "{arguments:?}: {errors}");
        errors
    };
    let rows = "id,at,lon,lat,category,synthetic\n\
        r1,2026-01-01T00:00:00Z,123.4,41.8,dispute,false\n\
        m1,2026-01-01T00:00:00Z,123.4,41.8,dispute,true\n";
    std::fs::write(folder.path().join("rows.csv"), rows).unwrap();
    for (workspace, more, refused) in [
        ("real.gpkg", None, true),
        ("made_up.gpkg", Some("--synthetic"), false),
    ] {
        let init = [
            "init",
            workspace,
            "--name",
            "x",
            "--timezone",
            "Asia/Shanghai",
        ];
        run(&init.into_iter().chain(more).collect::<Vec<_>>());
        let running = Running::start(folder.path(), &["serve", workspace]);
        let to = format!("http://{}", running.address);
        let told = run(&["feed", "rows.csv", "--to", &to]);
        assert_eq!(told.contains("1 rows can't be used"), refused, "{told}");
        let (_, board) = running.get("/api/board");
        assert!(board.contains("\"r1\""), "{board}");
        assert_eq!(board.contains("\"m1\""), !refused, "{board}");
    }
}
