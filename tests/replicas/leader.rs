//! One service does what has to be done once; when it is killed or stuck, another one does.

use std::process::Command;
use std::time::Duration;

use serde_json::json;

use crate::client::post;
use crate::service::{Service, wait_until};
use crate::workspace::Place;

/// How soon another one leads.
const FAIL_OVER: Duration = Duration::from_secs(5);

fn the_leader(services: &[Service]) -> Option<usize> {
    let leading: Vec<usize> = (0..services.len())
        .filter(|&i| services[i].leads())
        .collect();
    match leading.as_slice() {
        [one] => Some(*one),
        _ => None,
    }
}

fn signal(service: &Service, name: &str) {
    let id = service.id().to_string();
    let done = Command::new("kill")
        .args([&format!("-{name}"), &id])
        .status();
    assert!(done.unwrap().success());
}

#[test]
fn another_one_leads_within_five_seconds() {
    let Some(place) = Place::of("another_one_leads_within_five_seconds") else {
        return;
    };
    let mut services = Service::start_many(&place.store(), 3);
    let set = json!([
        {"kind": "set", "acknowledge_s": 1.0, "answer_s": 2.0},
    ]);
    let done = post(
        &services[0].address,
        "/api/board/commands",
        &set.to_string(),
    )
    .unwrap();
    assert!(done.status < 300, "{done:?}");
    wait_until("one leads", FAIL_OVER, || the_leader(&services).is_some());

    // Killed: the server sees it at once.
    let first = the_leader(&services).unwrap();
    services[first].kill();
    let others: Vec<usize> = (0..3).filter(|&i| i != first).collect();
    let took = wait_until("another one leads", FAIL_OVER, || {
        others.iter().any(|&i| services[i].leads())
    });
    println!("fail-over after kill -9: {took:?}");
    // What time alone brings about still comes, and once.
    let pressed = post(&services[others[0]].address, "/api/pillars/p2/press", "{}").unwrap();
    assert!(pressed.status < 300, "{pressed:?}");
    let escalated = || {
        let (events, _) = place.log();
        let texts = events
            .iter()
            .map(|e| serde_json::to_string(&e.event).unwrap());
        texts
            .filter(|event| event.contains("alarm_escalated"))
            .count()
    };
    wait_until("it is escalated", FAIL_OVER, || escalated() > 0);
    services[first].start_again();
    services[first].wait_until_ready();

    // Stuck: its network says that it is there, and it does not get on.
    let second = the_leader(&services).expect("one leads");
    assert_ne!(second, first);
    signal(&services[second], "STOP");
    let others: Vec<usize> = (0..3).filter(|&i| i != second).collect();
    let took = wait_until("another one leads", FAIL_OVER, || {
        others.iter().any(|&i| services[i].leads())
    });
    println!("fail-over after being stuck: {took:?}");
    signal(&services[second], "CONT");
    wait_until("the one that was stuck knows it", FAIL_OVER, || {
        the_leader(&services).is_some_and(|now| now != second)
    });
    assert!(escalated() <= 2, "once a level: {}", escalated());
    // Told to stop: it lets go by itself.
    let third = the_leader(&services).unwrap();
    signal(&services[third], "TERM");
    let others: Vec<usize> = (0..3).filter(|&i| i != third).collect();
    wait_until("another one leads", FAIL_OVER, || {
        others.iter().any(|&i| services[i].leads())
    });
    drop(services);
    place.remove();
}
