//! A service that can't write at first, or loses what it needs to write: it waits, reads
//! meanwhile, and goes on by itself.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::client::{get, post};
use crate::postgres::Postgres;
use crate::service::{Service, wait_until};
use crate::together::incident;
use crate::workspace::Place;

const SOON: Duration = Duration::from_secs(60);

fn deliver(service: &Service, id: &str) -> u16 {
    let body = incident(id).to_string();
    let answer = post(&service.address, "/api/incidents", &body).unwrap();
    if answer.status == 503 {
        assert!(answer.header("retry-after").is_some(), "{answer:?}");
    }
    answer.status
}

/// It reads, and says why it does not write.
fn reads_and_waits(service: &Service, word: &str) {
    let why = service.read_only();
    assert!(why.as_str().is_some_and(|why| why.contains(word)), "{why}");
    for path in ["/api/board", "/api/board/log?limit=5", "/api/layers/beats"] {
        assert_eq!(service.get(path).status, 200, "{path}");
    }
    let risk = service.get("/api/risk?window=night@2026-10-31");
    assert_eq!(risk.status, 200, "{risk:?}");
    assert_eq!(deliver(service, "refused-for-now"), 503);
    assert!(!service.leads());
}

fn writes(service: &Service) {
    wait_until("it writes", SOON, || service.read_only() == Value::Null);
    assert_eq!(deliver(service, "taken"), 201);
    wait_until("it leads", SOON, || service.leads());
    // What it has shown is there for others now.
    let risk = service.get("/api/risk?window=night@2026-10-30");
    assert_eq!(risk.status, 200, "{risk:?}");
}

fn lock(place: &Place, what: &str) -> String {
    format!("hashtextextended('frontbeat {what} {}', 0)", place.schema())
}

#[test]
fn a_start_while_a_command_has_the_workspace_alone_ends_in_writing() {
    let Some(place) = Place::of("a_start_while_a_command_has_the_workspace") else {
        return;
    };
    let alone = format!("SELECT pg_advisory_lock({})", lock(&place, "writes"));
    let command = place.session(&alone);
    let service = Service::start(&place.store());
    reads_and_waits(&service, "another process");
    drop(command);
    writes(&service);
    // And one that comes in between, when the service has lost its connections.
    let held = holders(&place);
    assert!(held >= 1);
    place.number(&format!(
        "SELECT count(pg_terminate_backend(pid)) FROM {}",
        held_by(&place)
    ));
    wait_until("it is held again, without a write", SOON, || {
        holders(&place) == held
    });
    drop(service);
    place.remove();
}

/// The sessions that hold the workspace.
fn held_by(place: &Place) -> String {
    let key = lock(place, "writes");
    format!(
        "pg_locks WHERE locktype = 'advisory' AND granted
         AND classid::bigint = (({key} >> 32) & 4294967295)
         AND objid::bigint = ({key} & 4294967295)"
    )
}

fn holders(place: &Place) -> i64 {
    place.number(&format!("SELECT count(*) FROM {}", held_by(place)))
}

#[test]
fn a_start_on_a_standby_ends_in_writing_when_it_is_promoted() {
    let Some(postgres) = Postgres::start("a_start_on_a_standby") else {
        return;
    };
    let place = Place::on(&postgres.url());
    let standby = postgres.standby();
    let there = Place::elsewhere(&place, &standby.url());
    let last = place.last_event();
    wait_until("the standby has it", SOON, || there.last_event() >= last);
    postgres.kill();
    let both = format!(
        "postgres://frontbeat@127.0.0.1:{},127.0.0.1:{}/postgres",
        postgres.port, standby.port
    );
    let service = Service::start(&place.store_by(&both));
    reads_and_waits(&service, "standby");
    standby.promote();
    writes(&service);
}

/// What the server is asked on breaks off, and it lets nobody in anew: those who are in work.
#[test]
fn a_lost_watch_alone_keeps_nobody_from_working() {
    let Some(postgres) = Postgres::start("a_lost_watch_alone") else {
        return;
    };
    let place = Place::on(&postgres.url());
    let service = Service::start(&place.store());
    assert_eq!(deliver(&service, "before"), 201);
    // Several readers, so that there are connections for them.
    std::thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| get(&service.address, "/api/board/log?limit=10").unwrap());
        }
    });
    let aside = Place::elsewhere(&place, &postgres.url().replace("/postgres", "/template1"));
    let watching = "FROM pg_stat_activity WHERE datname = 'postgres'
         AND query LIKE 'SELECT NOT pg_is_in_recovery%'";
    wait_until("it watches", SOON, || {
        aside.number(&format!("SELECT count(*) {watching}")) > 0
    });
    aside.sql("ALTER DATABASE postgres ALLOW_CONNECTIONS false");
    let lost = aside.number(&format!(
        "SELECT count(pg_terminate_backend(pid)) {watching}"
    ));
    assert!(lost >= 1);
    let (begun, mut number) = (Instant::now(), 0);
    while begun.elapsed() < Duration::from_secs(8) {
        assert_eq!(deliver(&service, &format!("meanwhile-{number}")), 201);
        assert_eq!(service.get("/api/board/log?limit=10").status, 200);
        let ready = service.readiness();
        assert_eq!(
            (&ready["database"], &ready["status"]),
            (&"here".into(), &"ready".into())
        );
        number += 1;
        std::thread::sleep(Duration::from_millis(200));
    }
    aside.sql("ALTER DATABASE postgres ALLOW_CONNECTIONS true");
    assert_eq!(deliver(&service, "after"), 201);
}

/// What a service asked for that is no more ends soon, before it would give up waiting for a lock.
#[test]
fn what_a_killed_service_asked_for_ends_at_the_server() {
    let Some(place) = Place::of("what_a_killed_service_asked_for") else {
        return;
    };
    let mut service = Service::start(&place.store());
    let plans = format!("{}.plans", place.schema());
    let held = place.session(&format!(
        "BEGIN; LOCK TABLE {plans} IN ACCESS EXCLUSIVE MODE"
    ));
    let address = service.address.clone();
    let reading = std::thread::spawn(move || get(&address, "/api/plans"));
    let waiting = || {
        place.number(&format!(
            "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = '{plans}'::regclass"
        ))
    };
    wait_until("it waits", SOON, || waiting() > 0);
    service.kill();
    let took = wait_until("nobody waits", SOON, || waiting() == 0);
    assert!(took < Duration::from_secs(12), "{took:?}");
    drop(held);
    let _ = reading.join().unwrap();
    drop(service);
    place.remove();
}

#[test]
fn a_stop_does_not_wait_for_a_reader_that_is_stuck() {
    let Some(place) = Place::of("a_stop_does_not_wait") else {
        return;
    };
    let mut service = Service::start(&place.store());
    let sql = format!(
        "BEGIN; LOCK TABLE {}.plans IN ACCESS EXCLUSIVE MODE",
        place.schema()
    );
    let stuck = place.session(&sql);
    let address = service.address.clone();
    let reading = std::thread::spawn(move || get(&address, "/api/plans"));
    std::thread::sleep(Duration::from_millis(500));
    assert!(!reading.is_finished());
    service.signal("TERM");
    // Requests have 15 s to end, connections to the database five.
    let took = wait_until("it ends", SOON, || service.has_ended());
    println!("it took {took:?} to stop");
    drop(stuck);
    let _ = reading.join().unwrap();
    drop(service);
    place.remove();
}
