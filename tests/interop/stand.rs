//! A workspace with something in every layer, made once, and ways to ask of it.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;

use serde_json::Value;
use tempfile::TempDir;

/// Runs the program.
pub fn frontbeat(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_frontbeat"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("the program starts")
}

/// Runs the program, which must succeed; what it said.
pub fn succeed(folder: &Path, arguments: &[&str]) -> String {
    let done = frontbeat(folder, arguments);
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    let errors = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{arguments:?}: {said}{errors}");
    said
}

/// Runs the program, which must refuse with that exit code; what it said.
pub fn refuse(folder: &Path, arguments: &[&str], code: i32) -> String {
    let done = frontbeat(folder, arguments);
    let errors = String::from_utf8_lossy(&done.stderr).into_owned();
    assert_eq!(done.status.code(), Some(code), "{arguments:?}: {errors}");
    errors
}

/// A shell script that goes on when this process has ended, however it did: what a static
/// holds is never dropped.
struct Afterwards {
    child: Child,
}

impl Afterwards {
    fn run(script: &str, arguments: &[&str]) -> Self {
        let mut shell = Command::new("sh");
        shell.args(["-c", script, "sh"]).args(arguments);
        let piped = shell.stdin(Stdio::piped()).stdout(Stdio::piped());
        let child = piped.stderr(Stdio::null()).spawn();
        Self {
            child: child.expect("a shell"),
        }
    }
}

impl Drop for Afterwards {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

/// The folder with `s.gpkg`, the sample with zones, a saved plan and frozen forecasts, and `served.gpkg`, a copy
/// for [`Service::shared`]: a service scores and keeps forecasts of its own, and a surface's
/// intervals follow the law that its last score found. What is exported must stay as it is.
pub fn workspace() -> &'static Path {
    static MADE: OnceLock<(PathBuf, Afterwards)> = OnceLock::new();
    let (path, _) = MADE.get_or_init(|| {
        let path = tempfile::tempdir().expect("a folder").keep();
        let cleaner = Afterwards::run("cat > /dev/null; rm -rf \"$1\"", &[&shown(&path)]);
        succeed(&path, &["sample", "s.gpkg"]);
        let beats = ["export", "s.gpkg", "--layer", "beats", "-o", "b.geojson"];
        succeed(&path, &beats);
        succeed(&path, &["import", "s.gpkg", "--as", "zones", "b.geojson"]);
        let plan = [
            "plan",
            "s.gpkg",
            "--shift",
            "night",
            "--model",
            "count",
            "--iterations",
            "50",
            "--save",
        ];
        succeed(&path, &plan);
        let freeze = [
            "forecast",
            "freeze",
            "s.gpkg",
            "--window",
            "week",
            "--resolution",
            "8",
        ];
        succeed(&path, &freeze);
        std::fs::copy(path.join("s.gpkg"), path.join("served.gpkg")).expect("a copy");
        (path, cleaner)
    });
    path
}

/// A GeoJSON file of a layer, read plainly.
pub fn features(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).expect("a file");
    let mut read: Value = serde_json::from_str(&text).expect("JSON");
    match read["features"].take() {
        Value::Array(features) => features,
        other => panic!("no features: {other}"),
    }
}

/// A tool's output, which must come without a word on its error stream.
pub fn quietly(tool: &str, arguments: &[&str]) -> String {
    let done = Command::new(tool)
        .args(arguments)
        .env("OGR_XLSX_HEADERS", "FORCE")
        .output()
        .unwrap_or_else(|fault| panic!("{tool} is needed (gdal-bin): {fault}"));
    let errors = String::from_utf8_lossy(&done.stderr);
    assert!(
        done.status.success() && errors.is_empty(),
        "{tool} {arguments:?}: {errors}"
    );
    String::from_utf8_lossy(&done.stdout).into_owned()
}

/// A running service; stopped when dropped, or when this process ends.
pub struct Service {
    _running: Afterwards,
    /// `127.0.0.1:PORT`.
    pub address: String,
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HashMap<String, String>,
    pub body: Vec<u8>,
}

impl Service {
    /// Serves a workspace.
    pub fn start(workspace: &Path) -> Self {
        let script = "\"$1\" serve \"$2\" --listen 127.0.0.1:0 < /dev/null & cat > /dev/null; \
                      kill $!; wait $!";
        let program = env!("CARGO_BIN_EXE_frontbeat");
        let mut running = Afterwards::run(script, &[program, &shown(workspace)]);
        let mut out = BufReader::new(running.child.stdout.take().expect("its output"));
        loop {
            let mut line = String::new();
            assert!(out.read_line(&mut line).expect("a line") > 0, "it ended");
            if let Some((_, address)) = line.trim().split_once(" at http://") {
                let address = address.to_owned();
                return Self {
                    _running: running,
                    address,
                };
            }
        }
    }

    /// The one over a copy of [`sample`], for all tests that only read.
    pub fn shared() -> &'static Self {
        static RUNNING: OnceLock<Service> = OnceLock::new();
        RUNNING.get_or_init(|| Self::start(&workspace().join("served.gpkg")))
    }

    /// Its address for GDAL.
    pub fn ogc(&self) -> String {
        format!("http://{}/ogc", self.address)
    }

    pub fn get(&self, path: &str) -> Answer {
        self.get_with(path, &[])
    }

    pub fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let mut stream = TcpStream::connect(&self.address).expect("a connection");
        let more: String = headers
            .iter()
            .map(|(n, v)| format!("{n}: {v}\r\n"))
            .collect();
        let request = format!(
            "GET {path} HTTP/1.0\r\nHost: {}\r\n{more}Connection: close\r\n\r\n",
            self.address
        );
        stream.write_all(request.as_bytes()).expect("sent");
        let mut all = Vec::new();
        stream.read_to_end(&mut all).expect("an answer");
        let end = all
            .windows(4)
            .position(|w| w == b"\r\n\r\n")
            .expect("a head");
        let head = String::from_utf8_lossy(&all[..end]).into_owned();
        let mut lines = head.lines();
        let status = lines
            .next()
            .and_then(|l| l.split(' ').nth(1))
            .expect("a status");
        let headers = lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
            .collect();
        Answer {
            status: status.parse().expect("a number"),
            headers,
            body: all[end + 4..].to_vec(),
        }
    }

    /// The JSON of an address, which must answer 200.
    pub fn json(&self, path: &str) -> Value {
        let answer = self.get(path);
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        answer.json()
    }

    /// The problem document of an address, which must answer that status.
    pub fn problem(&self, path: &str, status: u16) -> Value {
        let answer = self.get(path);
        assert_eq!(answer.status, status, "{path}: {}", answer.text());
        assert_eq!(
            answer.header("content-type"),
            "application/problem+json",
            "{path}"
        );
        answer.json()
    }

    /// The path and query of one of our links.
    pub fn path_of(&self, href: &str) -> String {
        let path = href.strip_prefix(&format!("http://{}", self.address));
        path.unwrap_or_else(|| panic!("{href} leads elsewhere"))
            .to_owned()
    }
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.text()))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }
}

/// The address of the link of that kind; none where there is none.
pub fn link<'v>(body: &'v Value, rel: &str) -> Option<&'v str> {
    let links = body["links"].as_array()?;
    links.iter().find(|link| link["rel"] == rel)?["href"].as_str()
}

/// A name escaped for a query.
pub fn escaped(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// A fresh folder's path kept alive.
pub fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

/// A path as text.
pub fn shown(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// The workspace's path as text.
pub fn sample() -> String {
    shown(&workspace().join("s.gpkg"))
}

/// A file of a layer in a format, in a folder.
pub fn exported(folder: &Path, layer: &str, ending: &str, more: &[&str]) -> PathBuf {
    let file = folder.join(format!("{layer}.{ending}"));
    let (workspace, out) = (sample(), shown(&file));
    let mut arguments = vec!["export", &workspace, "--layer", layer, "-o", &out];
    arguments.extend(more);
    succeed(folder, &arguments);
    file
}
