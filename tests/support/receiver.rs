//! A receiver of hooks' messages: a plain HTTP server that answers as it is told to.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

/// A message as it came.
#[derive(Debug, Clone)]
pub struct Heard {
    /// The head's other lines, by lower-case names.
    pub headers: Vec<(String, String)>,
    pub body: String,
    pub at: Instant,
}

/// A receiver; goes on until the test's process ends.
pub struct Receiver {
    /// `http://127.0.0.1:PORT/in`.
    pub url: String,
    heard: Arc<Mutex<Vec<Heard>>>,
}

pub const TAKEN: &str = "HTTP/1.1 204 No Content\r\n\r\n";
pub const FAILED: &str = "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 3\r\n\r\nno!";

impl Heard {
    pub fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value.as_str())
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).expect("JSON")
    }
}

impl Receiver {
    /// Answers the request of that number, from 0, so; where the answer is empty it keeps
    /// the connection open and says nothing.
    pub fn start(answer: impl Fn(usize) -> String + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}/in", listener.local_addr().expect("an address"));
        let heard: Arc<Mutex<Vec<Heard>>> = Arc::default();
        let (kept, answer) = (heard.clone(), Arc::new(answer));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (kept, answer) = (kept.clone(), answer.clone());
                thread::spawn(move || serve(stream, &kept, answer.as_ref()));
            }
        });
        Self { url, heard }
    }

    /// One that takes everything.
    pub fn willing() -> Self {
        Self::start(|_| TAKEN.to_owned())
    }

    pub fn heard(&self) -> Vec<Heard> {
        self.heard.lock().expect("no poison").clone()
    }

    /// Waits until it has heard so many.
    pub fn wait_for(&self, count: usize) -> Vec<Heard> {
        let begun = Instant::now();
        loop {
            let heard = self.heard();
            if heard.len() >= count {
                return heard;
            }
            let waited = begun.elapsed();
            assert!(waited < Duration::from_secs(30), "{count}: {heard:#?}");
            thread::sleep(Duration::from_millis(10));
        }
    }
}

fn serve(mut stream: TcpStream, kept: &Mutex<Vec<Heard>>, answer: &dyn Fn(usize) -> String) {
    let Some(heard) = read(&mut stream) else {
        return;
    };
    let number = {
        let mut all = kept.lock().expect("no poison");
        all.push(heard);
        all.len() - 1
    };
    match answer(number) {
        none if none.is_empty() => thread::sleep(Duration::from_secs(60)),
        text => {
            let _ = stream.write_all(text.as_bytes());
            // Whoever was promised more than this waits for it until it gives up.
            let _ = stream.set_read_timeout(Some(Duration::from_secs(60)));
            let _ = stream.read(&mut [0]);
        }
    }
}

fn read(stream: &mut TcpStream) -> Option<Heard> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    line.strip_prefix("POST /in ")?;
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else {
            break;
        };
        headers.push((name.to_lowercase(), value.to_owned()));
    }
    let mut heard = Heard {
        headers,
        body: String::new(),
        at: Instant::now(),
    };
    let mut body = vec![0; heard.header("content-length").parse().ok()?];
    reader.read_exact(&mut body).ok()?;
    heard.body = String::from_utf8(body).ok()?;
    Some(heard)
}
