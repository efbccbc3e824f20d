//! What happens to the database, and what services do meanwhile: reads go on from memory and
//! say how old they are, what can't be taken in is refused for now, nothing that was answered
//! for is lost or comes twice, and when the database is back everything goes on by itself.

use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::client::{get, post};
use crate::kills::{Feeds, are_there_once};
use crate::listener::Listener;
use crate::postgres::{Postgres, free_port, url};
use crate::proxy::Proxy;
use crate::service::{Service, wait_until};
use crate::together::{are_equal, incident};
use crate::workspace::Place;

/// How soon everything goes on once the database is back, on a machine that is busy; else it is
/// some seconds.
const BACK: Duration = Duration::from_secs(60);

/// Whether faults last as long as on a bad day, or only as long as it takes to see them.
fn lasting(whole_s: u64, short_s: u64) -> Duration {
    let whole = std::env::var("FRONTBEAT_FAULTS").is_ok_and(|value| value == "whole");
    Duration::from_secs(if whole { whole_s } else { short_s })
}

fn addresses(services: &[Service]) -> Vec<String> {
    services
        .iter()
        .map(|service| service.address.clone())
        .collect()
}

/// Reads go on, and say how old they are; what is delivered is refused for now, soon.
fn goes_on_from_memory(services: &[Service]) {
    for service in services {
        wait_until("its age is told", BACK, || {
            service.readiness()["status"] == "stale"
        });
        let ready = service.readiness();
        assert!(ready["age_s"].as_u64() >= Some(5), "{ready}");
        let board = service.get("/api/board");
        assert_eq!(board.status, 200);
        assert!(board.json()["age_s"].as_u64() >= Some(5));
        for path in [
            "/api/layers/beats",
            "/api/workspace",
            "/healthz",
            "/tiles/base/12/3450/1535.mvt",
            "/ogc/collections/beats/items",
            "/ogc/collections/pillars/tiles/WebMercatorQuad/13/3071/6901",
            "/api/export/beats.geojson?frame=gcj02",
            "/api/export/posts.kml",
        ] {
            let answer = service.get(path);
            assert!(matches!(answer.status, 200 | 204), "{path}: {answer:?}");
        }
        let begun = Instant::now();
        let body = incident("refused-for-now").to_string();
        let answer = post(&service.address, "/api/incidents", &body).unwrap();
        assert_eq!(answer.status, 503, "{answer:?}");
        assert!(answer.header("retry-after").is_some(), "{answer:?}");
        assert!(
            begun.elapsed() < Duration::from_secs(11),
            "{:?}",
            begun.elapsed()
        );
        assert!(!answer.body.contains("postgres"), "{answer:?}");
    }
}

/// Everything is as it was before: deliveries are taken in, nothing is used up.
fn is_back(services: &[Service], mark: &str) {
    for (number, service) in services.iter().enumerate() {
        wait_until("deliveries are taken in", BACK, || {
            let body = incident(&format!("{mark}-{number}")).to_string();
            post(&service.address, "/api/incidents", &body).is_ok_and(|a| a.status < 300)
        });
        wait_until("it is ready", BACK, || {
            service.readiness()["status"] == "ready"
        });
        assert_eq!(service.readiness()["database"], "here");
    }
    // More readers at once than there are connections: all are answered.
    thread::scope(|scope| {
        for turn in 0..24 {
            let address = &services[turn % services.len()].address;
            scope.spawn(move || {
                let answer = get(address, "/api/board/log?limit=10").unwrap();
                assert_eq!(answer.status, 200, "{answer:?}");
            });
        }
    });
    wait_until("one leads", BACK, || {
        services.iter().filter(|service| service.leads()).count() == 1
    });
}

fn ends_whole(place: &Place, services: &[Service], feeds: Feeds, listener: Listener) {
    let (taken, refused) = feeds.stop();
    println!(
        "{} answered for, {} refused for now: {:?}",
        taken.len(),
        refused.len(),
        refused.iter().collect::<std::collections::BTreeSet<_>>()
    );
    assert!(
        refused.iter().all(|status| matches!(status, 503 | 507)),
        "{refused:?}"
    );
    are_there_once(place, &taken);
    are_equal(place, services);
    let last = services[0].sequence();
    assert!(listener.wait_for(last, BACK));
    let heard = listener.stop();
    assert_eq!(heard.resets, 0);
    let first = heard.events[0];
    let wanted: Vec<u64> = (first..=last).collect();
    let events: Vec<u64> = heard.events.into_iter().filter(|&n| n <= last).collect();
    assert_eq!(events, wanted);
}

#[test]
fn a_database_that_restarts_or_is_killed_is_waited_for() {
    let Some(postgres) = Postgres::start("a_database_that_restarts") else {
        return;
    };
    let place = Place::on(&postgres.url());
    let services = Service::start_many(&place.store(), 2);
    let listener = Listener::start(addresses(&services), services[0].sequence());
    let feeds = Feeds::start(&addresses(&services), 4);
    is_back(&services, "at-first");

    postgres.stop("fast");
    postgres.go();
    is_back(&services, "restarted");

    postgres.kill();
    goes_on_from_memory(&services);
    postgres.go();
    is_back(&services, "killed");

    let before = feeds.count();
    wait_until("feeds go on", BACK, || feeds.count() > before + 20);
    ends_whole(&place, &services, feeds, listener);
}

#[test]
fn a_database_that_is_out_of_reach_is_given_up_and_found_again() {
    let Some(postgres) = Postgres::start("a_database_that_is_out_of_reach") else {
        return;
    };
    let place = Place::on(&postgres.url());
    let proxy = Proxy::to(postgres.port);
    // One behind the wire that is cut, one that goes on.
    let store = place.store_by(&url(proxy.port));
    let mut services = vec![Service::start(&store), Service::start(&place.store())];
    let listener = Listener::start(addresses(&services), services[0].sequence());
    let feeds = Feeds::start(&addresses(&services), 4);
    is_back(&services, "at-first");
    let cut = Instant::now();
    proxy.cut();
    let other = services.pop().unwrap();
    goes_on_from_memory(&services);
    // Whatever the one behind the cut wire held when it was cut is freed within seconds.
    let body = incident("meanwhile").to_string();
    let took = wait_until("the other one goes on", BACK, || {
        post(&other.address, "/api/incidents", &body).is_ok_and(|a| a.status < 300)
    });
    println!("the other one waited for {took:?}");
    wait_until("the other one leads", BACK, || other.leads());
    let length = lasting(60, 16);
    while cut.elapsed() < length {
        let board = get(&services[0].address, "/api/board").unwrap();
        assert_eq!(board.status, 200);
        let age_s = board.json()["age_s"].as_u64().unwrap();
        assert!(
            age_s + 4 >= cut.elapsed().as_secs(),
            "{age_s} of {:?}",
            cut.elapsed()
        );
        // Readers that want the database are told so, and use nothing up.
        let answer = get(&services[0].address, "/api/board/log?limit=10").unwrap();
        assert_eq!(answer.status, 503, "{answer:?}");
        thread::sleep(Duration::from_millis(500));
    }
    assert!(
        listener.heard().age_s >= 5,
        "clients are told how old it is"
    );
    proxy.mend();
    services.push(other);
    is_back(&services, "mended");
    ends_whole(&place, &services, feeds, listener);
}

/// The longest that a statement of the board may take, the turn that a dead connection holds at
/// the server, and what a busy machine adds.
const NOT_ANSWERED: Duration = Duration::from_secs(60);

#[test]
fn connections_that_die_without_a_word_are_made_anew() {
    let Some(postgres) = Postgres::start("connections_that_die") else {
        return;
    };
    let place = Place::on(&postgres.url());
    let proxy = Proxy::to(postgres.port);
    // Both behind the wire: what is taken in, is taken in on new connections.
    let services = Service::start_many(&place.store_by(&url(proxy.port)), 2);
    let listener = Listener::start(addresses(&services), services[0].sequence());
    let feeds = Feeds::start(&addresses(&services), 4);
    is_back(&services, "at-first");
    let (times, between) = match std::env::var("FRONTBEAT_FAULTS").is_ok() {
        true => (6, 7),
        false => (2, 3),
    };
    for time in 0..times {
        // In the midst of whatever the feeds have begun.
        thread::sleep(Duration::from_secs(between));
        let before = feeds.count();
        let heard = listener.heard().events.last().copied();
        proxy.forget();
        let begun = Instant::now();
        // Reads go on from memory meanwhile.
        assert_eq!(services[0].get("/api/board").status, 200);
        wait_until("feeds go on", NOT_ANSWERED, || feeds.count() > before + 40);
        wait_until("boards go on", NOT_ANSWERED, || {
            listener.heard().events.last().copied() > heard
        });
        println!(
            "went on {:?} after all connections had died",
            begun.elapsed()
        );
        is_back(&services, &format!("anew-{time}"));
    }
    ends_whole(&place, &services, feeds, listener);
}

#[test]
fn a_lock_that_another_session_holds_is_waited_for_and_no_longer() {
    let Some(place) = Place::of("a_lock_that_another_session_holds") else {
        return;
    };
    let services = Service::start_many(&place.store(), 2);
    let listener = Listener::start(addresses(&services), services[0].sequence());
    let feeds = Feeds::start(&addresses(&services), 4);
    is_back(&services, "at-first");
    let length = lasting(30, 14);
    let sql = format!(
        "BEGIN; SELECT pg_advisory_xact_lock(hashtextextended('frontbeat turn {}', 0));
         SELECT pg_sleep({}); COMMIT",
        place.schema(),
        length.as_secs()
    );
    let mut holding = Command::new("psql")
        .args([place.server(), "-q", "-c", &sql])
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let held = Instant::now();
    thread::sleep(Duration::from_millis(500));
    let (mut refused, mut read) = (0, 0);
    while held.elapsed() < length - Duration::from_secs(1) {
        for service in &services {
            let begun = Instant::now();
            let body = incident("waits").to_string();
            let answer = post(&service.address, "/api/incidents", &body).unwrap();
            assert!(
                begun.elapsed() < Duration::from_secs(20),
                "{:?}",
                begun.elapsed()
            );
            if answer.status == 503 {
                assert!(answer.header("retry-after").is_some());
                refused += 1;
            }
            // Reading needs no turn.
            assert_eq!(service.get("/api/board/log?limit=10").status, 200);
            assert_eq!(service.get("/api/board").status, 200);
            read += 1;
        }
    }
    println!("{refused} refused for now, {read} times read");
    assert!(refused > 0);
    assert!(holding.wait().unwrap().success());
    is_back(&services, "free");
    ends_whole(&place, &services, feeds, listener);
    drop(services);
    place.remove();
}

#[test]
fn a_standby_that_is_promoted_is_gone_on_with() {
    let Some(postgres) = Postgres::start("a_standby_that_is_promoted") else {
        return;
    };
    let place = Place::on(&postgres.url());
    let standby = postgres.standby();
    let both = format!(
        "postgres://frontbeat@127.0.0.1:{},127.0.0.1:{}/postgres",
        standby.port, postgres.port
    );
    // The standby stands first in the address: it is passed by.
    let services = Service::start_many(&place.store_by(&both), 2);
    assert_eq!(
        services[0].get("/api/workspace").json()["read_only"],
        Value::Null
    );
    let listener = Listener::start(addresses(&services), services[0].sequence());
    is_back(&services, "before");
    let last = services.iter().map(Service::sequence).max().unwrap();
    // What was answered for has come to the standby: a real one is waited for at each commit.
    let there = Place::elsewhere(&place, &standby.url());
    wait_until("the standby has it", BACK, || {
        there.last_event() >= last as i64
    });
    postgres.kill();
    goes_on_from_memory(&services);
    standby.promote();
    let feeds = Feeds::start(&addresses(&services), 2);
    is_back(&services, "promoted");
    let before = feeds.count();
    wait_until("feeds go on", BACK, || feeds.count() > before + 10);
    ends_whole(&there, &services, feeds, listener);
}

#[test]
fn a_full_disk_refuses_for_now_and_loses_nothing() {
    let test = "a_full_disk_refuses_for_now";
    let folder = tempfile::tempdir().unwrap();
    let mounted = Mounted::small(folder.path());
    let Some(mounted) = mounted else {
        println!("{test} is left out: only root may mount a small disk here");
        return;
    };
    let data = folder.path().join("data");
    let Some(postgres) = Postgres::start_in(test, folder, data) else {
        return;
    };
    let place = Place::on(&postgres.url());
    let services = Service::start_many(&place.store(), 1);
    let listener = Listener::start(addresses(&services), services[0].sequence());
    let feeds = Feeds::start(&addresses(&services), 2);
    is_back(&services, "at-first");
    let filler = mounted.path.join("filler");
    let filled = Command::new("dd")
        .args([
            "if=/dev/zero",
            &format!("of={}", filler.display()),
            "bs=64k",
        ])
        .output()
        .unwrap();
    assert!(!filled.status.success(), "the disk is not small");
    let refused = |address: &str| {
        let many: Vec<Value> = (0..200).map(|n| incident(&format!("big-{n}"))).collect();
        let answer = post(address, "/api/incidents", &Value::from(many).to_string());
        answer.is_ok_and(|answer| matches!(answer.status, 503 | 507))
    };
    wait_until("deliveries are refused", Duration::from_secs(60), || {
        refused(&services[0].address)
    });
    assert_eq!(services[0].get("/api/board").status, 200);
    std::fs::remove_file(&filler).unwrap();
    // A server that could not write its log has stopped itself: it is started as by its
    // system.
    if postgres.is_down() {
        postgres.go();
    }
    is_back(&services, "space");
    ends_whole(&place, &services, feeds, listener);
    drop(services);
    drop(postgres);
    drop(mounted);
}

/// A disk of its own, small.
struct Mounted {
    path: std::path::PathBuf,
}

impl Mounted {
    fn small(path: &Path) -> Option<Self> {
        let done = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=180m", "tmpfs"])
            .arg(path)
            .output()
            .ok()?;
        done.status.success().then(|| Self {
            path: path.to_owned(),
        })
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.path).output();
    }
}

#[test]
fn a_start_without_a_database_waits_and_ends_with_one_sentence() {
    let port = free_port();
    let store = format!("{}?schema=nowhere", url(port));
    let serve = |wait: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_frontbeat"));
        command.args(["serve", "--store", &store, "--listen", "127.0.0.1:0"]);
        command.args(["--wait-for-store", wait]);
        command.output().unwrap()
    };
    let done = serve("3");
    assert_eq!(done.status.code(), Some(1));
    let (out, said) = (
        String::from_utf8_lossy(&done.stdout).into_owned(),
        String::from_utf8_lossy(&done.stderr).into_owned(),
    );
    let waiting = out
        .lines()
        .filter(|l| l.starts_with("Waiting for the database"))
        .count();
    assert!((1..=3).contains(&waiting), "{out}");
    assert_eq!(said.trim().lines().count(), 1, "{said}");
    assert!(said.contains("can't be reached"), "{said}");
    let done = serve("0");
    assert_eq!((done.status.code(), done.stdout.len()), (Some(1), 0));

    // One that comes late is found.
    let Some(postgres) = Postgres::start("a_start_without_a_database_waits") else {
        return;
    };
    let place = Place::on(&postgres.url());
    postgres.stop("fast");
    let late = thread::spawn(move || {
        thread::sleep(Duration::from_secs(2));
        postgres.go();
        postgres
    });
    let service = Service::start(&place.store());
    let postgres = late.join().unwrap();
    is_back(std::slice::from_ref(&service), "late");
    drop(service);
    drop(postgres);
}
