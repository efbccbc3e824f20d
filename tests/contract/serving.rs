//! The real service on either store: it answers alike, the second one on a file is read-only,
//! and what it made is kept. And a server's connection that is lost.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use frontbeat::app::session::Session;
use frontbeat::incident::record::{CallState, Incident};
use frontbeat::live::board_event::{BoardEvent, Received};
use frontbeat::live::event::{EventKind, LoggedEvent};
use frontbeat::place::id::Id;
use frontbeat::store::error::StoreError;
use frontbeat::store::workspace::Access;
use jiff::SignedDuration;

use crate::layers::filled;
use crate::place::{Place, on_both};
use crate::rows;

struct Service {
    child: Child,
    address: String,
    /// What it says after its address.
    said: BufReader<std::process::ChildStdout>,
}

impl Service {
    fn start(place: &Place) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_frontbeat"))
            .args(["serve", "--store", place.text(), "--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        said.read_line(&mut line).unwrap();
        let (_, address) = line.trim().split_once("http://").expect("an address");
        Self {
            child,
            address: address.to_owned(),
            said,
        }
    }

    fn ask(&self, method: &str, path: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(60)))
            .unwrap();
        let host = &self.address;
        let length = body.len();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\
             Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    /// The body of an answer.
    fn get(&self, path: &str) -> String {
        let answer = self.ask("GET", path, "");
        assert!(answer.starts_with("HTTP/1.1 200"), "{path}: {answer}");
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        match head.contains("transfer-encoding: chunked") {
            true => joined(body),
            false => body.to_owned(),
        }
    }
}

/// A body that came in chunks, each after its length.
fn joined(mut body: &str) -> String {
    let mut whole = String::new();
    while let Some((length, rest)) = body.split_once("\r\n") {
        let length = usize::from_str_radix(length, 16).unwrap();
        whole.push_str(&rest[..length]);
        body = rest[length..].strip_prefix("\r\n").unwrap();
    }
    whole
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What both answer alike.
const ALIKE: [&str; 8] = [
    "/api/workspace",
    "/api/incidents?limit=7",
    "/api/layers/beats",
    "/api/layers/units",
    "/api/plans",
    // What no database looks at: hours, areas, counts.
    "/api/incidents?hours=6-22&area=123.39,41.7,123.43,41.9&order=newest&limit=7",
    "/api/incidents/profile?hours=6-22&beat=B1",
    "/api/export/incidents.geojson?hours=6-22&beat=B1&area=123.39,41.7,123.43,41.9",
];

#[tokio::test]
async fn the_service_answers_alike_from_both() {
    let answers = tokio::sync::Mutex::new(Vec::new());
    on_both("the_service_answers_alike", async |place| {
        filled(place).await.close().await;
        let mut first = Service::start(place);
        let mut second = Service::start(place);
        if place.is_file() {
            let mut line = String::new();
            second.said.read_line(&mut line).unwrap();
            assert!(line.contains("read-only"), "{line}");
        }
        let mut all = Vec::new();
        for service in [&first, &second] {
            for path in ALIKE {
                let mut answer: serde_json::Value =
                    serde_json::from_str(&service.get(path)).unwrap();
                if let Some(fields) = answer.as_object_mut() {
                    // The record that the first service keeps as it starts is an event too,
                    // sooner or later; and the second one says that it is read-only.
                    fields.remove("data_version");
                    fields.remove("content_version");
                    fields.remove("read_only");
                }
                all.push(answer);
            }
        }
        let (of_first, of_second) = all.split_at(ALIKE.len());
        assert_eq!(of_first, of_second);
        all.truncate(ALIKE.len());
        answers.lock().await.push(all);
        let _ = first.child.kill();
        let _ = first.child.wait();
    })
    .await;
    let answers = answers.into_inner();
    for (i, answer) in answers[0].iter().enumerate() {
        for others in &answers[1..] {
            assert_eq!(others[i], *answer);
        }
    }
}

/// A writer whose connection is lost goes on, as long as nobody else began to write.
#[tokio::test]
async fn a_lost_connection_has_to_win_the_lock_again() {
    let Some(place) = Place::postgis("a_lost_connection") else {
        return;
    };
    let w = place.create(false).await;
    let event = || EventKind::PlanMade { plan: "x".into() };
    let schema = place.text().split_once("?schema=").unwrap().1;
    let cut = format!(
        "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'
         AND (classid::bigint << 32 | objid::bigint)
             = hashtextextended('frontbeat writes {schema}', 0)"
    );
    let first = w.append(event(), rows::source().at).await.unwrap();
    place.sql(&cut).await.unwrap();
    // What was cut off under a write fails; the next one goes through.
    let mut next = w.append(event(), rows::source().at).await;
    if next.is_err() {
        next = w.append(event(), rows::source().at).await;
    }
    assert_eq!(next.unwrap().sequence, first.sequence + 1);

    place.sql(&cut).await.unwrap();
    let other = loop {
        match place.open(Access::Write).await {
            Err(StoreError::Busy { .. }) => tokio::time::sleep(Duration::from_millis(20)).await,
            opened => break opened.unwrap(),
        }
    };
    other.append(event(), rows::source().at).await.unwrap();
    let mut late = w.append(event(), rows::source().at).await;
    if !matches!(late, Err(StoreError::Busy { .. })) {
        late = w.append(event(), rows::source().at).await;
    }
    assert!(matches!(late, Err(StoreError::Busy { .. })), "{late:?}");
    assert_eq!(other.info().await.unwrap().last_event, first.sequence + 2);
    other.close().await;
    // It is free again.
    let again = loop {
        match w.append(event(), rows::source().at).await {
            Err(StoreError::Busy { .. }) => tokio::time::sleep(Duration::from_millis(20)).await,
            done => break done.unwrap(),
        }
    };
    assert_eq!(again.sequence, first.sequence + 3);
    w.close().await;
    place.remove().await;
}

/// `datetime=` leaves out incidents that began earlier than the longest of them lasts: of those
/// too that the store has and this service has not counted so far.
#[tokio::test]
async fn no_incident_in_the_store_lasts_longer_than_is_said() {
    on_both("no_incident_in_the_store_lasts_longer", async |place| {
        let w = filled(place).await;
        let session = Session::open(place.address(), true).await.unwrap();
        let counted = session.longest_span(&session.snapshot()).await.unwrap();
        let days = |days: i64| SignedDuration::from_hours(24 * days);
        assert!(counted < days(90), "{counted:?}");
        let lasting = |id: &str, span: SignedDuration| {
            let one = rows::incidents()[0].clone();
            Incident {
                id: Id::new(id),
                until: Some(one.at + span),
                ..one
            }
        };
        // An import by somebody else, whose event nobody here has read.
        let imported = vec![lasting("imported", days(90))];
        let rows_of = rows::incident_rows(imported);
        w.write(rows_of, &rows::source()).await.unwrap();
        let longest = session.longest_span(&session.snapshot()).await.unwrap();
        assert!(longest >= days(90), "{longest:?}");
        session.refresh().await.unwrap();
        let longest = session.longest_span(&session.snapshot()).await.unwrap();
        assert_eq!(longest, days(90));

        // One that another service has taken in, of which the board here does not know.
        let received = lasting("received", days(200));
        let mut write = w.begin_board().await.unwrap();
        let event = LoggedEvent {
            sequence: write.last + 1,
            at: rows::source().at,
            event: BoardEvent::IncidentReceived(Received {
                id: received.id.clone(),
                number: 1,
                happened_at: received.at,
                until: received.until,
                position: received.position,
                category: received.category.clone(),
                priority: received.priority,
                origin: received.origin,
                state: CallState::Received,
                pillar: None,
            })
            .into(),
        };
        write.append(&[event]).await.unwrap();
        let at = rows::source().at;
        write.add_incidents(&[received], at).await.unwrap();
        write.commit().await.unwrap();
        let longest = session.longest_span(&session.snapshot()).await.unwrap();
        assert!(longest >= days(200) && longest < days(201), "{longest:?}");
        session.close().await;
        w.close().await;
    })
    .await;
}
