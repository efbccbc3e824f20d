//! One service does what has to be done once; when it is killed or stuck, another one does.

use std::process::Command;
use std::thread;
use std::time::Duration;

use serde_json::json;

use crate::client::{ask, post};
use crate::service::{Service, wait_until};
use crate::workspace::Place;

/// How soon another one leads: five seconds are promised, and what it took is printed; a busy
/// machine takes longer.
const FAIL_OVER: Duration = Duration::from_secs(20);

fn the_leader(services: &[Service]) -> Option<usize> {
    let leading: Vec<usize> = (0..services.len())
        .filter(|&i| services[i].leads())
        .collect();
    match leading.as_slice() {
        [one] => Some(*one),
        _ => None,
    }
}

#[test]
fn another_one_leads_when_the_leader_is_gone() {
    let Some(place) = Place::of("another_one_leads_when_the_leader_is_gone") else {
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
    services[second].signal("STOP");
    let others: Vec<usize> = (0..3).filter(|&i| i != second).collect();
    let took = wait_until("another one leads", FAIL_OVER, || {
        others.iter().any(|&i| services[i].leads())
    });
    println!("fail-over after being stuck: {took:?}");
    services[second].signal("CONT");
    wait_until("the one that was stuck knows it", FAIL_OVER, || {
        the_leader(&services).is_some_and(|now| now != second)
    });
    assert!(escalated() <= 2, "once a level: {}", escalated());
    // Told to stop: it lets go by itself.
    let third = the_leader(&services).unwrap();
    services[third].signal("TERM");
    let others: Vec<usize> = (0..3).filter(|&i| i != third).collect();
    wait_until("another one leads", FAIL_OVER, || {
        others.iter().any(|&i| services[i].leads())
    });
    drop(services);
    place.remove();
}

/// Whoever stands still hears nothing; that it heard nothing says nothing of the pillars.
#[test]
fn a_leader_that_stood_still_calls_no_pillar_silent() {
    let Some(place) = Place::of("a_leader_that_stood_still") else {
        return;
    };
    let services = Service::start_many(&place.store(), 2);
    let set = json!({"kind": "set", "pillar_silence_s": 12.0}).to_string();
    let done = post(&services[0].address, "/api/board/commands", &set).unwrap();
    assert!(done.status < 300, "{done:?}");
    let made = Command::new(env!("CARGO_BIN_EXE_frontbeat"))
        .env("FRONTBEAT_STORE", place.store())
        .args(["keys", "make", "--feed", "pillars"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&made.stdout).into_owned();
    let key = said
        .split_whitespace()
        .find(|word| word.starts_with("frontbeat_"))
        .unwrap_or_else(|| panic!("{made:?}"));
    let bearer = format!("Bearer {key}");
    let beat = |service: &Service| {
        let headers = [("Authorization", bearer.as_str())];
        let path = "/api/pillars/p0/heartbeat";
        let answer = ask(&service.address, "POST", path, &headers, "{}").unwrap();
        assert!(answer.status < 300, "{answer:?}");
    };
    wait_until("one leads", FAIL_OVER, || the_leader(&services).is_some());
    let leader = the_leader(&services).unwrap();
    let (first, other) = (&services[leader], &services[1 - leader]);
    beat(first);
    let beats_for = |service: &Service, length: Duration| {
        let begun = std::time::Instant::now();
        while begun.elapsed() < length {
            beat(service);
            thread::sleep(Duration::from_millis(200));
        }
    };
    beats_for(first, Duration::from_secs(2));
    first.signal("STOP");
    // Longer than the silence; the other one leads meanwhile, and has not waited as long.
    thread::sleep(Duration::from_secs(13));
    beat(other);
    first.signal("CONT");
    beats_for(other, Duration::from_secs(5));
    let silent = || {
        let (events, _) = place.log();
        let texts = events
            .iter()
            .map(|e| serde_json::to_string(&e.event).unwrap());
        texts
            .filter(|event| event.contains("pillar_silent") && event.contains("\"p0\""))
            .count()
    };
    assert_eq!(silent(), 0);
    // One that is silent all the same is called so.
    wait_until("it is silent", Duration::from_secs(40), || silent() == 1);
    drop(services);
    place.remove();
}
