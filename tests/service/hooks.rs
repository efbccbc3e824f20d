//! Hooks of the real program: receivers that take, fail, are slow, are gone, are killed for.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use standardwebhooks::Webhook;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::process::{Running, build, exchange, signal, wait_until_ready};
use crate::receiver::{FAILED, Heard, Receiver, TAKEN};
use crate::town;

const NEAR: [&str; 2] = ["--plain-http", "--private-networks"];

fn said(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let done = Command::new(env!("CARGO_BIN_EXE_frontbeat"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (
        done.status.code().unwrap_or(-1),
        text(&done.stdout),
        text(&done.stderr),
    )
}

/// The secret of a new hook.
fn made(folder: &Path, name: &str, url: &str, more: &[&str]) -> String {
    let mut arguments = vec!["hook", "make", "town.gpkg", "--name", name, "--url", url];
    arguments.extend(NEAR);
    arguments.extend(more);
    let (code, secret, errors) = said(folder, &arguments);
    assert_eq!(code, 0, "{errors}");
    assert!(secret.starts_with("whsec_"), "{secret}");
    assert!(!errors.contains("whsec_"), "{errors}");
    secret.trim().to_owned()
}

fn serve(folder: &Path) -> Running {
    let running = Running::start(folder, &["serve", "town.gpkg"]);
    wait_until_ready(&running);
    running
}

/// Delivers an incident at shares of the town's sides.
fn deliver(running: &Running, id: &str, category: &str, east: f64) {
    let place = town::at(east, 0.2);
    let body = json!({"id": id, "category": category, "position": [place.lon(), place.lat()]});
    let (status, answer) = running.post("/api/incidents", &body.to_string());
    assert_eq!(status, 201, "{answer}");
}

/// By the specification's own library, which is not what signs.
fn is_genuine(heard: &Heard, secret: &str, body: &str) -> bool {
    let mut headers = axum::http::HeaderMap::new();
    for name in ["webhook-id", "webhook-timestamp", "webhook-signature"] {
        headers.insert(name, heard.header(name).parse().unwrap());
    }
    let webhook = Webhook::new(secret).unwrap();
    webhook.verify(body.as_bytes(), &headers).is_ok()
}

fn log(running: &Running, hook: &str) -> Vec<Value> {
    let (status, body) = running.get(&format!("/api/hooks/{hook}/deliveries"));
    assert_eq!(status, 200, "{body}");
    let body: Value = serde_json::from_str(&body).unwrap();
    body["deliveries"].as_array().unwrap().clone()
}

fn wait_for_state(running: &Running, hook: &str, state: &str) -> Vec<Value> {
    let begun = Instant::now();
    loop {
        let log = log(running, hook);
        if !log.is_empty() && log.iter().all(|it| it["state"] == state) {
            return log;
        }
        assert!(begun.elapsed() < Duration::from_secs(20), "{log:#?}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn incident_ids(heard: &[Heard]) -> BTreeSet<String> {
    let id = |it: &Heard| {
        it.json()["data"]["incident"]["id"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    heard.iter().map(id).collect()
}

#[test]
fn a_dispute_goes_to_the_street_office_and_the_station_at_once() {
    let folder = tempfile::tempdir().unwrap();
    build(folder.path());
    let (office, station) = (Receiver::willing(), Receiver::willing());
    let dispute = ["--category", "dispute"];
    let secret = made(
        folder.path(),
        "street-office",
        &office.url,
        &[
            &dispute[..],
            &["--beat", "b0", "--event", "incident.received"],
        ]
        .concat(),
    );
    let running = serve(folder.path());
    // While the service runs, too.
    let of_station = [&dispute[..], &["--station", "s1"]].concat();
    let other = made(folder.path(), "派出所", &station.url, &of_station);
    let begun = Instant::now();
    deliver(&running, "traffic", "traffic", 0.2);
    deliver(&running, "elsewhere", "dispute", 0.8);
    deliver(&running, "here", "dispute", 0.2);

    let heard = office.wait_for(1);
    let there = station.wait_for(2);
    assert!(
        begun.elapsed() < Duration::from_secs(5),
        "{:?}",
        begun.elapsed()
    );
    assert_eq!(
        incident_ids(&there),
        ["elsewhere", "here"].map(str::to_owned).into()
    );
    let message = &heard[0];
    let body = message.json();
    assert_eq!(body["type"], "incident.received");
    let data = &body["data"];
    let place = town::at(0.2, 0.2);
    assert_eq!(data["incident"]["id"], "here");
    assert_eq!(
        data["incident"]["category"],
        json!({"code": "dispute", "en": "dispute", "zh": "纠纷"})
    );
    assert_eq!(
        data["incident"]["position"],
        json!([place.lon(), place.lat()])
    );
    assert_eq!(
        data["incident"]["beat"],
        json!({"id": "b0", "name": "Beat 0"})
    );
    assert_eq!(data["incident"]["station"]["id"], "s1");
    assert_eq!(data["synthetic"], true);

    // Signed for this receiver, this message and this moment alone.
    assert!(is_genuine(message, &secret, &message.body));
    assert!(!is_genuine(message, &other, &message.body));
    assert!(!is_genuine(
        message,
        &secret,
        &message.body.replace("here", "HERE")
    ));
    assert_eq!(message.header("content-type"), "application/json");
    assert_ne!(message.header("webhook-id"), there[1].header("webhook-id"));

    // What becomes of it is told to those who want all of it.
    let command = json!({"kind": "cancel", "call": "here", "reason": "withdrawn"});
    let (status, answer) = running.post("/api/board/commands", &command.to_string());
    assert_eq!(status, 201, "{answer}");
    let there = station.wait_for(3);
    let last = there[2].json();
    assert_eq!(last["type"], "incident.cancelled");
    assert_eq!(last["data"]["incident"]["reason"], "withdrawn");
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(office.heard().len(), 1);

    // To be read, without secrets and whole addresses.
    wait_for_state(&running, "h2", "delivered");
    let (status, hooks) = running.get("/api/hooks");
    assert_eq!(status, 200);
    for hidden in [secret.as_str(), other.as_str(), "whsec", "/in"] {
        assert!(!hooks.contains(hidden), "{hooks}");
    }
    let hooks: Value = serde_json::from_str(&hooks).unwrap();
    assert_eq!(hooks["hooks"][1]["name"], "派出所");
    assert_eq!(
        hooks["hooks"][0]["within"],
        json!([{"kind": "beat", "id": "b0"}])
    );
    assert_eq!(running.get("/api/hooks/h9/deliveries").0, 404);
    // Once there are keys, not without one.
    let keys = ["keys", "make", "town.gpkg", "--feed", "cad"];
    let (_, key, _) = said(folder.path(), &keys);
    std::thread::sleep(Duration::from_millis(1_100));
    assert_eq!(running.get("/api/hooks").0, 401);
    let address = &running.address;
    let with_key = format!(
        "GET /api/hooks HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {}\r\nConnection: close\r\n\r\n",
        key.trim()
    );
    assert_eq!(exchange(address, &with_key).0, 200);
    let (_, listed, _) = said(folder.path(), &["hooks", "list", "town.gpkg"]);
    assert!(
        listed.contains("incident.received of dispute in beat b0"),
        "{listed}"
    );
    assert!(
        !listed.contains("whsec") && !listed.contains("/in"),
        "{listed}"
    );
}

#[test]
fn what_fails_is_sent_again_dies_and_is_replayed() {
    let folder = tempfile::tempdir().unwrap();
    build(folder.path());
    let busy = "HTTP/1.1 503 Busy\r\nRetry-After: 2\r\nContent-Length: 0\r\n\r\n";
    // Twice not, then it asks to be left alone for two seconds, then it takes it.
    let moody = Receiver::start(move |number| match number {
        0 | 1 => FAILED.into(),
        2 => busy.into(),
        _ => TAKEN.into(),
    });
    let elsewhere = Receiver::willing();
    let to = elsewhere.url.clone();
    let dead = Receiver::start(move |number| match number {
        0..=2 => format!("HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n"),
        _ => TAKEN.into(),
    });
    let gone = Receiver::start(|_| "HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n".into());
    let quick = ["--first-wait", "0.1", "--tries"];
    let secret = made(
        folder.path(),
        "moody",
        &moody.url,
        &[&quick[..], &["6"]].concat(),
    );
    made(
        folder.path(),
        "dead",
        &dead.url,
        &[&quick[..], &["3"]].concat(),
    );
    made(folder.path(), "gone", &gone.url, &[]);
    let running = serve(folder.path());
    deliver(&running, "a", "dispute", 0.2);

    let heard = moody.wait_for(4);
    let ids: BTreeSet<_> = heard.iter().map(|it| it.header("webhook-id")).collect();
    assert_eq!(ids.len(), 1, "the same message each time");
    assert!(heard.iter().all(|it| is_genuine(it, &secret, &it.body)));
    let waited = heard[3].at - heard[2].at;
    assert!(waited >= Duration::from_secs(2), "{waited:?}");
    let log = wait_for_state(&running, "h1", "delivered");
    assert_eq!(
        (&log[0]["tries"], &log[0]["status"]),
        (&json!(4), &json!(204))
    );

    // A redirect is a fault like any other; after the last try it is a dead letter.
    let log = wait_for_state(&running, "h2", "dead");
    assert_eq!(
        (&log[0]["tries"], &log[0]["status"]),
        (&json!(3), &json!(302))
    );
    std::thread::sleep(Duration::from_millis(1_500));
    assert_eq!((dead.heard().len(), elsewhere.heard().len()), (3, 0));
    let (code, replayed, _) = said(folder.path(), &["hook", "replay", "town.gpkg", "h2"]);
    assert_eq!(
        (code, replayed.starts_with("1 message ")),
        (0, true),
        "{replayed}"
    );
    let heard = dead.wait_for(4);
    assert_eq!(heard[0].header("webhook-id"), heard[3].header("webhook-id"));
    wait_for_state(&running, "h2", "delivered");

    // Who is gone is not asked again.
    wait_for_state(&running, "h3", "dead");
    deliver(&running, "b", "dispute", 0.2);
    moody.wait_for(5);
    let (_, hooks) = running.get("/api/hooks");
    let hooks: Value = serde_json::from_str(&hooks).unwrap();
    assert_eq!(hooks["hooks"][2]["ended_why"], "gone");
    assert_eq!(gone.heard().len(), 1);

    // A test says at once how it went.
    let (code, told, _) = said(folder.path(), &["hook", "test", "town.gpkg", "h1"]);
    assert_eq!(
        (code, told.starts_with("arrived: 204")),
        (0, true),
        "{told}"
    );
    let test = moody.wait_for(6);
    assert_eq!(test[5].json()["type"], "hook.test");
    assert!(is_genuine(&test[5], &secret, &test[5].body));
    let (code, _, why) = said(folder.path(), &["hook", "test", "town.gpkg", "h3"]);
    assert_eq!(
        (code, why.contains("answered 410: it wants no more")),
        (2, true),
        "{why}"
    );
    let (code, _, why) = said(folder.path(), &["hooks", "replay", "town.gpkg", "h3"]);
    let helps = why.contains("make another with frontbeat hooks make");
    assert_eq!((code, helps), (2, true), "{why}");
    let (code, _, why) = said(folder.path(), &["hooks", "replay", "town.gpkg", "h9"]);
    assert_eq!((code, why.contains("no hook \"h9\"")), (2, true), "{why}");
    let since = ["hooks", "replay", "town.gpkg", "h1", "--since", "yesterday"];
    let (code, _, why) = said(folder.path(), &since);
    let helps = why.contains("write it like 2026-11-27T06:00:00Z") && !why.contains("parse");
    assert_eq!((code, helps), (2, true), "{why}");
    let wrong = [
        "hooks",
        "make",
        "town.gpkg",
        "--name",
        "x",
        "--url",
        &moody.url,
        "--plain-http",
        "--private-networks",
        "--category",
        "nocat",
    ];
    let (code, _, why) = said(folder.path(), &wrong);
    let helps = why.contains("it has") && why.contains("dispute") && !why.contains("info lists");
    assert_eq!((code, helps), (2, true), "{why}");
    let (_, lines, _) = said(folder.path(), &["hook", "log", "town.gpkg", "h1"]);
    assert!(
        lines.contains("hook.test") && lines.contains("delivered"),
        "{lines}"
    );
    assert_eq!(
        said(folder.path(), &["hook", "revoke", "town.gpkg", "h1"]).0,
        0
    );
    std::thread::sleep(Duration::from_millis(1_200));
    deliver(&running, "c", "dispute", 0.2);
    dead.wait_for(6);
    assert_eq!(moody.heard().len(), 6);
}

#[test]
fn a_slow_receiver_waits_for_itself_alone() {
    let folder = tempfile::tempdir().unwrap();
    build(folder.path());
    let (slow, quick) = (Receiver::start(|_| String::new()), Receiver::willing());
    made(folder.path(), "slow", &slow.url, &[]);
    made(folder.path(), "quick", &quick.url, &[]);
    let running = serve(folder.path());
    let begun = Instant::now();
    for number in 0..20 {
        deliver(&running, &format!("i{number}"), "dispute", 0.2);
    }
    let heard = quick.wait_for(20);
    assert!(
        begun.elapsed() < Duration::from_secs(10),
        "{:?}",
        begun.elapsed()
    );
    assert_eq!(incident_ids(&heard).len(), 20);
    // In the order of the log, and one at a time to the one that says nothing.
    let numbers: Vec<_> = heard
        .iter()
        .map(|it| it.json()["data"]["sequence"].as_u64())
        .collect();
    assert!(numbers.is_sorted(), "{numbers:?}");
    assert_eq!(slow.heard().len(), 1);
}

/// An answer's status counts when it is there: what follows it is not waited for.
#[test]
fn answers_that_never_end_have_arrived() {
    let folder = tempfile::tempdir().unwrap();
    build(folder.path());
    let silent = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n".to_owned();
    let endless = format!(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{}",
        format!("2000\r\n{}\r\n", "x".repeat(0x2000)).repeat(1_000)
    );
    let headless = format!("HTTP/1.1 200 OK\r\nx: {}", "x".repeat(64 * 1024));
    let receivers = [("silent", silent), ("endless", endless)].map(|(name, answer)| {
        let receiver = Receiver::start(move |_| answer.clone());
        made(folder.path(), name, &receiver.url, &[]);
        (name, receiver)
    });
    let bloated = Receiver::start(move |_| headless.clone());
    made(folder.path(), "bloated", &bloated.url, &[]);
    let running = serve(folder.path());
    let begun = Instant::now();
    for number in 0..3 {
        deliver(&running, &format!("i{number}"), "dispute", 0.2);
    }
    for (name, receiver) in &receivers {
        // The third comes after two answers were given up, each within a second.
        assert_eq!(incident_ids(&receiver.wait_for(3)).len(), 3, "{name}");
    }
    assert!(
        begun.elapsed() < Duration::from_secs(25),
        "{:?}",
        begun.elapsed()
    );
    for ((name, receiver), hook) in receivers.iter().zip(["h1", "h2"]) {
        let log = wait_for_state(&running, hook, "delivered");
        assert_eq!(log.len(), 3, "{name}");
        assert_eq!(receiver.heard().len(), 3, "{name}: once each");
    }
    // A head without an end is no answer: it is sent again.
    let heard = bloated.wait_for(4);
    let ids: BTreeSet<&str> = heard.iter().map(|it| it.header("webhook-id")).collect();
    assert_eq!(ids.len(), 3, "{heard:#?}");
}

#[test]
fn killed_at_any_moment_every_event_is_told_under_one_id() {
    let folder = tempfile::tempdir().unwrap();
    build(folder.path());
    // Every third time it takes it without saying so.
    let receiver = Receiver::start(|number| match number % 3 {
        2 => FAILED.into(),
        _ => TAKEN.into(),
    });
    let quick = [
        "--first-wait",
        "0.1",
        "--tries",
        "20",
        "--event",
        "incident.received",
    ];
    made(folder.path(), "desk", &receiver.url, &quick);
    let mut wanted = BTreeSet::new();
    for round in 0..5u64 {
        let mut running = Running::start(folder.path(), &["serve", "town.gpkg"]);
        for number in 0..12 {
            let id = format!("r{round}-{number}");
            deliver(&running, &id, "dispute", 0.2);
            wanted.insert(id);
        }
        std::thread::sleep(Duration::from_millis(40 * round));
        signal(&running.child, "KILL");
        running.child.wait().unwrap();
    }
    let running = serve(folder.path());
    let begun = Instant::now();
    while incident_ids(&receiver.heard()) != wanted {
        assert!(
            begun.elapsed() < Duration::from_secs(30),
            "{:?}",
            receiver.heard().len()
        );
        std::thread::sleep(Duration::from_millis(50));
    }
    wait_for_state(&running, "h1", "delivered");
    let heard = receiver.heard();
    let pairs: BTreeSet<_> = heard
        .iter()
        .map(|it| (it.header("webhook-id").to_owned(), it.body.clone()))
        .collect();
    assert_eq!(
        pairs.len(),
        wanted.len(),
        "one id and one body for each event"
    );
    assert!(log(&running, "h1").len() >= 60);
}

#[test]
fn addresses_that_nothing_may_be_sent_to_are_refused_with_a_remedy() {
    let folder = tempfile::tempdir().unwrap();
    build(folder.path());
    let make = |more: &[&str]| {
        let mut arguments = vec!["hook", "make", "town.gpkg", "--name", "x"];
        arguments.extend(more);
        let (code, out, errors) = said(folder.path(), &arguments);
        assert_eq!((code, out.as_str()), (2, ""), "{more:?}: {errors}");
        errors
    };
    for (arguments, word) in [
        (&["--url", "http://1.1.1.1/"][..], "--plain-http"),
        (&["--url", "https://127.0.0.1/"], "--private-networks"),
        (&["--url", "https://localhost/"], "--private-networks"),
        (
            &["--url", "http://169.254.169.254/", NEAR[0], NEAR[1]],
            "link-local",
        ),
        (&["--url", "https://a:b@1.1.1.1/"], "password"),
        (&["--url", "ftp://1.1.1.1/"], "no address"),
        (
            &["--url", "https://1.1.1.1/", "--event", "unit.moved"],
            "hooks events",
        ),
        (
            &["--url", "https://1.1.1.1/", "--category", "noise"],
            "noise",
        ),
        (
            &["--url", "https://1.1.1.1/", "--beat", "b9"],
            "no beat \"b9\"",
        ),
        (
            &["--url", "https://1.1.1.1/", "--area", "none.geojson"],
            "none.geojson",
        ),
    ] {
        let why = make(arguments);
        assert!(why.contains(word), "{arguments:?}: {why}");
    }
    // Each event would be held against all of these corners.
    let corner = |number: u32| {
        let angle = f64::from(number % 1_001) / 1_001.0 * std::f64::consts::TAU;
        let place = town::at(0.5 + 0.3 * angle.cos(), 0.5 + 0.3 * angle.sin());
        json!([place.lon(), place.lat()])
    };
    let ring: Vec<Value> = (0..=1_001).map(corner).collect();
    let round = json!({"type": "Polygon", "coordinates": [ring]});
    std::fs::write(folder.path().join("round.geojson"), round.to_string()).unwrap();
    let why = make(&["--url", "https://1.1.1.1/", "--area", "round.geojson"]);
    assert!(why.contains("1001 corners"), "{why}");
    let (_, listed, _) = said(folder.path(), &["hook", "list", "town.gpkg"]);
    assert_eq!(listed, "no hook was made\n");
}

/// A receiver with a certificate of its own, which the service trusts or does not.
#[test]
fn messages_go_out_encrypted_to_whom_the_system_trusts() {
    let folder = tempfile::tempdir().unwrap();
    build(folder.path());
    let certificate = folder.path().join("cert.pem");
    let key = folder.path().join("key.pem");
    let made_by = Command::new("openssl")
        .args([
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
        ])
        .args(["-days", "2", "-subj", "/CN=localhost", "-addext"])
        .args([
            "subjectAltName=DNS:localhost",
            "-addext",
            "basicConstraints=critical,CA:FALSE",
        ])
        .arg("-keyout")
        .arg(&key)
        .arg("-out")
        .arg(&certificate)
        .output();
    assert!(
        made_by.is_ok_and(|done| done.status.success()),
        "openssl is needed"
    );
    let port = encrypted(&certificate, &key);
    let url = format!("https://localhost:{port}/in");
    let arguments = [
        "hook",
        "make",
        "town.gpkg",
        "--name",
        "tls",
        "--url",
        &url,
        NEAR[1],
    ];
    let (code, _, errors) = said(folder.path(), &arguments);
    assert_eq!(code, 0, "{errors}");
    let test = |trusted: Option<&Path>| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_frontbeat"));
        command
            .args(["hook", "test", "town.gpkg", "h1"])
            .current_dir(folder.path());
        if let Some(file) = trusted {
            command.env("SSL_CERT_FILE", file);
        }
        let done = command.output().unwrap();
        let text = [done.stdout, done.stderr].concat();
        String::from_utf8_lossy(&text).into_owned()
    };
    let untrusted = test(None);
    assert!(untrusted.contains("no trusted connection"), "{untrusted}");
    let trusted = test(Some(&certificate));
    assert!(trusted.contains("arrived: 204"), "{trusted}");
}

/// The port of a receiver with that certificate, which takes everything.
fn encrypted(certificate: &Path, key: &Path) -> u16 {
    let certificates = CertificateDer::pem_file_iter(certificate).unwrap();
    let certificates = certificates.map(|read| read.unwrap()).collect();
    let key = PrivateKeyDer::from_pem_file(key).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(certificates, key)
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let connection = ServerConnection::new(config.clone()).unwrap();
            let mut stream = StreamOwned::new(connection, stream);
            let (mut heard, mut some) = (Vec::new(), [0; 4096]);
            // The body is an object.
            while !heard.ends_with(b"}") {
                match stream.read(&mut some) {
                    Ok(count) if count > 0 => heard.extend(&some[..count]),
                    _ => break,
                }
            }
            // Who does not trust it has left.
            let _ = stream.write_all(TAKEN.as_bytes());
            let _ = stream.flush();
        }
    });
    port
}
