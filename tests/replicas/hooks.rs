//! Hooks of a workspace that several services share: one of them tells, another one when that
//! is killed, and every event is told under one id.

use std::collections::BTreeSet;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::client::post;
use crate::receiver::Receiver;
use crate::service::Service;
use crate::together::incident;
use crate::workspace::Place;

#[test]
fn one_of_the_services_tells_and_another_one_when_it_is_killed() {
    let Some(place) = Place::of("one_of_the_services_tells") else {
        return;
    };
    let receiver = Receiver::willing();
    let mut services = Service::start_many(&place.store(), 3);
    let make = Command::new(env!("CARGO_BIN_EXE_frontbeat"))
        .args(["hook", "make", &place.store(), "--name", "desk"])
        .args(["--url", &receiver.url, "--plain-http", "--private-networks"])
        .args(["--event", "incident.received", "--first-wait", "0.1"])
        .output()
        .unwrap();
    assert!(make.status.success(), "{make:?}");
    let deliver = |service: &Service, round: &str| -> BTreeSet<String> {
        let ids = (0..20).map(|number| format!("{round}-{number}"));
        ids.inspect(|id| {
            let taken = post(
                &service.address,
                "/api/incidents",
                &incident(id).to_string(),
            );
            assert_eq!(taken.unwrap().status, 201);
        })
        .collect()
    };
    let told = || -> Vec<String> {
        let heard = receiver.heard().into_iter();
        heard
            .map(|it| {
                it.json()["data"]["incident"]["id"]
                    .as_str()
                    .unwrap()
                    .to_owned()
            })
            .collect()
    };
    let wait_for = |wanted: &BTreeSet<String>| {
        let begun = Instant::now();
        while told().into_iter().collect::<BTreeSet<_>>() != *wanted {
            assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", told());
            std::thread::sleep(Duration::from_millis(50));
        }
    };

    // Told by one of three, and once, whoever takes it in.
    let mut wanted = BTreeSet::new();
    for (number, service) in services.iter().enumerate() {
        wanted.extend(deliver(service, &format!("all{number}")));
    }
    wait_for(&wanted);
    assert_eq!(told().len(), wanted.len(), "nothing twice");

    // The one that leads is killed in between.
    let first = (0..3).find(|&i| services[i].leads()).expect("one leads");
    let other = (first + 1) % 3;
    wanted.extend(deliver(&services[other], "before"));
    services[first].kill();
    wanted.extend(deliver(&services[other], "after"));
    wait_for(&wanted);
    let heard = receiver.heard();
    let ids: BTreeSet<_> = heard.iter().map(|it| it.header("webhook-id")).collect();
    assert_eq!(ids.len(), wanted.len(), "one id for each event");
    // At most what was on its way comes a second time.
    assert!(heard.len() <= wanted.len() + 2, "{}", heard.len());
    let log = services[other]
        .get("/api/hooks/h1/deliveries?limit=1000")
        .json();
    let states: Vec<&Value> = log["deliveries"].as_array().unwrap().iter().collect();
    assert_eq!(states.len(), wanted.len());
    drop(services);
    place.remove();
}
