//! A standby that lacked the last events becomes the primary: what was shown of them is taken
//! back, by services and by their clients.

use std::time::Duration;

use serde_json::Value;

use crate::client::post;
use crate::listener::Listener;
use crate::postgres::Postgres;
use crate::service::{Service, wait_until};
use crate::together::{are_equal, incident};
use crate::workspace::Place;

const BACK: Duration = Duration::from_secs(60);

fn deliver(service: &Service, id: &str) -> u16 {
    let answer = post(
        &service.address,
        "/api/incidents",
        &incident(id).to_string(),
    );
    answer.map_or(0, |answer| answer.status)
}

fn shows(service: &Service, id: &str) -> bool {
    let board = service.board();
    let mut calls = board["calls"].as_array().unwrap().iter();
    calls.any(|call| call["id"].as_str().is_some_and(|of| of.ends_with(id)))
}

#[test]
fn a_board_ahead_of_the_log_is_made_anew_and_clients_take_it_anew() {
    let Some(postgres) = Postgres::start("a_board_ahead_of_the_log") else {
        return;
    };
    let place = Place::on(&postgres.url());
    let standby = postgres.standby();
    let there = Place::elsewhere(&place, &standby.url());
    let both = format!(
        "postgres://frontbeat@127.0.0.1:{},127.0.0.1:{}/postgres",
        postgres.port, standby.port
    );
    let services = Service::start_many(&place.store_by(&both), 2);
    for number in 0..5 {
        assert_eq!(deliver(&services[0], &format!("kept-{number}")), 201);
    }
    let kept = services[0].sequence();
    wait_until("the standby has it", BACK, || {
        there.last_event() >= kept as i64
    });
    standby.stop("fast");
    for number in 0..20 {
        assert_eq!(deliver(&services[0], &format!("lost-{number}")), 201);
    }
    let last = services[0].sequence();
    wait_until("both have it", BACK, || services[1].sequence() >= last);
    let listeners: Vec<Listener> = services
        .iter()
        .map(|service| Listener::start(vec![service.address.clone()], kept))
        .collect();
    for listener in &listeners {
        assert!(listener.wait_for(last, BACK));
    }

    // One of them sees the log when it is shorter, the other one when it is longer already, of
    // other events.
    services[1].signal("STOP");
    postgres.kill();
    standby.go();
    standby.promote();
    wait_until("the first goes on", BACK, || {
        deliver(&services[0], "new-0") == 201
    });
    assert!(!shows(&services[0], "lost-3") && shows(&services[0], "new-0"));
    assert!(services[0].sequence() < last);
    for number in 1..30 {
        assert_eq!(deliver(&services[0], &format!("new-{number}")), 201);
    }
    assert!(there.last_event() > last as i64);
    services[1].signal("CONT");
    wait_until("the second goes on", BACK, || {
        deliver(&services[1], "again") < 300 && !shows(&services[1], "lost-3")
    });
    are_equal(&there, &services);
    // What was lost is taken in again: it is known to nobody.
    for service in &services {
        let body = incident("lost-3").to_string();
        let answer = post(&service.address, "/api/incidents", &body).unwrap();
        assert!(matches!(answer.status, 200 | 201), "{answer:?}");
    }
    assert_eq!(there.received()["lost-3"], 1);
    let now = services.iter().map(Service::sequence).max().unwrap();
    for listener in listeners {
        assert!(listener.wait_for(now, BACK));
        let heard = listener.stop();
        assert!(heard.resets >= 1, "{heard:?}");
        // After the board that was taken anew: each event, once, in order.
        let taken = *heard.taken.last().unwrap();
        let rest: Vec<u64> = (taken + 1..=now).collect();
        let until = heard.events.iter().rposition(|&n| n == now).unwrap();
        let upto = &heard.events[..=until];
        assert!(upto.ends_with(&rest), "{taken}, {now}: {heard:?}");
    }
    // What is asked of the past is of the new log too.
    for service in &services {
        let then = service.get(&format!("/api/board?sequence={last}")).json();
        let calls: Vec<&Value> = then["calls"].as_array().unwrap().iter().collect();
        let lost = calls
            .iter()
            .filter(|call| call["id"].as_str().unwrap().contains("lost"))
            .count();
        assert_eq!(lost, 0, "{then}");
        wait_until("it is ready", BACK, || {
            service.readiness()["status"] == "ready"
        });
    }
}
