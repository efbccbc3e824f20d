//! Three services on one workspace: everybody hears everything once and in order, nothing is
//! decided on an old board, and what one is told holds for all.

use std::collections::BTreeSet;
use std::process::Command;
use std::thread;
use std::time::Duration;

use frontbeat::live::event::EventKind;
use frontbeat::store::address::WorkspaceAddress;
use frontbeat::store::workspace::{Access, Workspace};
use serde_json::{Value, json};

use crate::client::{ask, get, post};
use crate::listener::Listener;
use crate::service::{Service, wait_until};
use crate::town;
use crate::workspace::Place;

/// How soon all services have what one was answered for, on a machine that is busy; else it is
/// a moment.
const SOON: Duration = Duration::from_secs(60);

pub fn incident(id: &str) -> Value {
    let spread = id
        .bytes()
        .fold(7_u64, |sum, b| sum * 31 % 9_973 + u64::from(b));
    let place = town::at(
        0.05 + 0.9 * (spread % 97) as f64 / 97.0,
        0.05 + 0.9 * (spread % 89) as f64 / 89.0,
    );
    json!({"id": id, "position": [place.lon(), place.lat()], "category": "traffic"})
}

/// Takes the last step: all services have the same board, which is the fold of the log.
pub fn are_equal(place: &Place, services: &[Service]) {
    let last = services.iter().map(Service::sequence).max().unwrap();
    wait_until("all boards are as far", SOON, || {
        services.iter().all(|service| service.sequence() >= last)
    });
    let (_, folded) = place.log();
    wait_until("the boards are equal", SOON, || {
        let boards: Vec<Value> = services.iter().map(Service::board).collect();
        boards.iter().all(|board| *board == boards[0])
    });
    let board = services[0].board();
    assert!(board["sequence"].as_u64() >= Some(folded.sequence));
    let calls: BTreeSet<&str> = folded.calls.keys().map(|id| id.as_str()).collect();
    let shown: BTreeSet<&str> = board["calls"]
        .as_array()
        .unwrap()
        .iter()
        .map(|call| call["id"].as_str().unwrap())
        .collect();
    assert_eq!(shown, calls);
}

#[test]
fn clients_of_every_service_hear_every_event_once_and_in_order() {
    let Some(place) = Place::of("clients_of_every_service_hear_every_event") else {
        return;
    };
    let services = Service::start_many(&place.store(), 3);
    for service in &services {
        assert_eq!(
            service.get("/api/workspace").json()["read_only"],
            Value::Null
        );
    }
    let before = services[0].sequence();
    let addresses: Vec<String> = services.iter().map(|s| s.address.clone()).collect();
    let mut listeners: Vec<Listener> = addresses
        .iter()
        .map(|address| Listener::start(vec![address.clone()], before))
        .collect();
    // One that goes from service to service, and one that begins before they were started.
    let first = before.saturating_sub(3);
    let hopping: Vec<Listener> = addresses
        .iter()
        .map(|address| Listener::start(vec![address.clone()], first))
        .collect();
    let threads: Vec<_> = addresses
        .iter()
        .enumerate()
        .map(|(line, address)| {
            let address = address.clone();
            thread::spawn(move || {
                for number in 0..25 {
                    let body = incident(&format!("t{line}-{number}")).to_string();
                    let answer = post(&address, "/api/incidents", &body).unwrap();
                    assert!(matches!(answer.status, 200 | 201), "{answer:?}");
                    let at = town::at(0.1 + 0.03 * f64::from(number), 0.5);
                    let moved = json!({"position": [at.lon(), at.lat()]}).to_string();
                    let path = format!("/api/units/u{line}/position");
                    assert!(post(&address, &path, &moved).unwrap().status < 300);
                }
            })
        })
        .collect();
    // Breaks off after each few events and goes on at the next service.
    let mut heard_by_hops = Vec::new();
    let mut after = before;
    for address in addresses.iter().cycle().take(12) {
        let hop = Listener::start(vec![address.clone()], after);
        wait_until("something is heard", SOON, || {
            !hop.heard().events.is_empty() || threads.iter().all(|t| t.is_finished())
        });
        let heard = hop.stop();
        assert_eq!(heard.resets, 0);
        heard_by_hops.extend(heard.events);
        after = heard_by_hops.last().copied().unwrap_or(after);
    }
    threads.into_iter().for_each(|t| t.join().unwrap());
    let last = services.iter().map(Service::sequence).max().unwrap();
    let rest = Listener::start(vec![addresses[1].clone()], after);
    if after < last {
        assert!(rest.wait_for(last, SOON));
    }
    heard_by_hops.extend(rest.stop().events);
    let (events, _) = place.log();
    let wanted = |after: u64| -> Vec<u64> {
        let numbers = events.iter().map(|event| event.sequence);
        numbers.filter(|&n| n > after && n <= last).collect()
    };
    assert!(wanted(before).len() >= 150, "{}", wanted(before).len());
    let upto =
        |events: Vec<u64>| -> Vec<u64> { events.into_iter().filter(|&n| n <= last).collect() };
    for listener in listeners.drain(..) {
        assert!(listener.wait_for(last, SOON));
        let heard = listener.stop();
        assert_eq!((heard.resets, upto(heard.events)), (0, wanted(before)));
    }
    for listener in hopping {
        assert!(listener.wait_for(last, SOON));
        let heard = listener.stop();
        assert_eq!((heard.resets, upto(heard.events)), (0, wanted(first)));
    }
    assert_eq!(upto(heard_by_hops), wanted(before));
    assert!(place.received().values().all(|&times| times == 1));
    are_equal(&place, &services);
    // An id from another log is no place to go on from.
    let strange = Listener::start(vec![addresses[0].clone()], last + 1_000_000);
    wait_until("it is told to begin anew", SOON, || {
        strange.heard().resets > 0
    });
    drop(services);
    place.remove();
}

/// Writers that begin, write and commit in any order, some of which break off: who reads the
/// log by its numbers never sees one before a smaller one.
#[test]
fn numbers_become_visible_in_their_order_and_without_gaps() {
    let Some(place) = Place::of("numbers_become_visible_in_their_order") else {
        return;
    };
    let address: WorkspaceAddress = place.store().parse().unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let reader = Workspace::open(&address, Access::Read).await.unwrap();
        let begun = reader.last_event().await.unwrap();
        let writers: Vec<_> = (0..4_u64)
            .map(|line| {
                let address = address.clone();
                tokio::spawn(async move {
                    let w = Workspace::open(&address, Access::Share).await.unwrap();
                    for number in 0..20_u64 {
                        let mut write = w.begin_board().await.unwrap();
                        let seen = write.events_after(write.last, 9).await.unwrap();
                        assert_eq!(seen, [], "somebody wrote in our turn");
                        let event = frontbeat::live::event::LoggedEvent {
                            sequence: write.last + 1,
                            at: "2026-11-26T14:00:00Z".parse().unwrap(),
                            event: EventKind::PlanMade {
                                plan: format!("{line}-{number}"),
                            },
                        };
                        write.append(&[event]).await.unwrap();
                        // A different while each time, between the number and the commit.
                        let wait = (line * 7 + number * 5) % 11;
                        tokio::time::sleep(Duration::from_millis(wait)).await;
                        match (line + number) % 5 {
                            0 => drop(write),
                            _ => write.commit().await.unwrap(),
                        }
                    }
                    w.close().await;
                })
            })
            .collect();
        let mut last = begun;
        while last < begun + 64 {
            for event in reader.events_after(last, 1_000).await.unwrap() {
                assert_eq!(event.sequence, last + 1, "a number is not there so far");
                last = event.sequence;
            }
        }
        for writer in writers {
            writer.await.unwrap();
        }
        assert_eq!(reader.last_event().await.unwrap(), begun + 64);
        reader.close().await;
    });
    place.remove();
}

#[test]
fn of_two_who_edit_at_two_services_the_second_learns_it() {
    let Some(place) = Place::of("of_two_who_edit_at_two_services") else {
        return;
    };
    let services = Service::start_many(&place.store(), 2);
    let (one, two) = (&services[0].address, &services[1].address);
    let made = post(one, "/api/scenarios", r#"{"name":"Draft"}"#).unwrap();
    assert_eq!(made.status, 201, "{made:?}");
    let version = made.header("etag").unwrap().to_owned();
    let draft = made.json();
    let path = format!("/api/scenarios/{}", draft["id"].as_str().unwrap());
    let saved = |at: &str, name: &str| {
        let body = json!({"name": name, "areas": draft["areas"], "parts": draft["parts"]});
        let mut body = body.as_object().unwrap().clone();
        body.retain(|_, value| !value.is_null());
        ask(
            at,
            "PUT",
            &path,
            &[("If-Match", &version)],
            &Value::from(body).to_string(),
        )
        .unwrap()
    };
    let mut statuses: Vec<u16> = thread::scope(|scope| {
        let both = [
            scope.spawn(|| saved(one, "First")),
            scope.spawn(|| saved(two, "Second")),
        ];
        both.map(|t| t.join().unwrap().status).to_vec()
    });
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412]);
    let name = |at: &str| get(at, &path).unwrap().json()["name"].clone();
    assert_eq!(name(one), name(two));

    // The same delivery under the same key to both at once: one answer, one incident.
    let body = incident("once").to_string();
    let deliver = |at: &str, body: &str, key: &str| {
        ask(
            at,
            "POST",
            "/api/incidents",
            &[("Idempotency-Key", key)],
            body,
        )
        .unwrap()
    };
    let answers = thread::scope(|scope| {
        let both = [
            scope.spawn(|| deliver(one, &body, "k-1")),
            scope.spawn(|| deliver(two, &body, "k-1")),
        ];
        both.map(|t| t.join().unwrap())
    });
    assert_eq!(answers[0].body, answers[1].body);
    assert_eq!(
        deliver(two, &incident("other").to_string(), "k-1").status,
        422
    );
    // The same id without a key.
    let known: Vec<Value> = thread::scope(|scope| {
        let body = incident("twice").to_string();
        let both = [one, two].map(|at| {
            let body = body.clone();
            scope.spawn(move || post(at, "/api/incidents", &body).unwrap().json())
        });
        both.map(|t| t.join().unwrap()).to_vec()
    });
    let count = |answer: &Value| format!("{} new, {} known", answer["done"], answer["known"]);
    let mut counts: Vec<String> = known.iter().map(count).collect();
    counts.sort_unstable();
    assert_eq!(counts, ["0 new, 1 known", "1 new, 0 known"]);
    let received = place.received();
    assert_eq!((received["once"], received["twice"]), (1, 1));
    assert!(!received.contains_key("other"));

    // One unit sent to two calls from two desks: both follow one order, and the board has one.
    let calls: Vec<String> = services[0].board()["calls"]
        .as_array()
        .unwrap()
        .iter()
        .map(|call| call["id"].as_str().unwrap().to_owned())
        .collect();
    assert!(calls.len() >= 2, "{calls:?}");
    thread::scope(|scope| {
        for (at, call) in [(one, &calls[0]), (two, &calls[1])] {
            scope.spawn(move || {
                let body = json!({"kind": "assign", "call": call, "unit": "u0"}).to_string();
                let answer = post(at, "/api/board/commands", &body).unwrap();
                assert!(answer.status < 300 || answer.status == 409, "{answer:?}");
            });
        }
    });
    are_equal(&place, &services);
    let board = services[1].board();
    let with_unit = board["calls"].as_array().unwrap().iter();
    let with_unit = with_unit
        .filter(|call| call["state"] == "dispatched")
        .count();
    assert_eq!(with_unit, 1, "{board}");
    drop(services);
    place.remove();
}

/// A surface's tile in the midst of the town.
pub fn tile_path(id: &str, z: u8) -> String {
    let middle = town::at(0.7, 0.7);
    let n = f64::from(1_u32 << z);
    let x = (n * (middle.lon() + 180.0) / 360.0) as u32;
    let lat = middle.lat().to_radians();
    let y = (n * (1.0 - lat.tan().asinh() / std::f64::consts::PI) / 2.0) as u32;
    format!("/tiles/risk/{id}/{z}/{x}/{y}.mvt")
}

/// A load balancer sends tiles anywhere: those of a surface that one service has made are to be
/// had from the other one, to the byte.
#[test]
fn tiles_of_what_one_has_shown_come_from_the_other() {
    let Some(place) = Place::of("tiles_of_what_one_has_shown") else {
        return;
    };
    let services = Service::start_many(&place.store(), 2);
    let heat = services[0].get("/api/heat").json();
    let risk = services[0].get("/api/risk?window=night@2026-10-31").json();
    let ids = [
        &heat["now"]["id"],
        &heat["against"]["id"],
        &heat["usual"]["id"],
        &risk["id"],
    ];
    for id in ids {
        let id = id.as_str().unwrap_or_else(|| panic!("{risk}"));
        for z in [13, 10, 8] {
            let path = tile_path(id, z);
            let other = services[1].get(&path);
            let own = services[0].get(&path);
            assert_eq!((own.status, other.status), (200, 200), "{path}");
            assert_eq!(own.header("etag"), other.header("etag"), "{path}");
        }
    }
    let nowhere = services[1].get("/tiles/risk/0123456789abcdef0123456789abcdef/10/0/0.mvt");
    assert_eq!(nowhere.status, 404);
    drop(services);
    place.remove();
}

#[test]
fn what_is_set_at_one_holds_at_all() {
    let Some(place) = Place::of("what_is_set_at_one_holds_at_all") else {
        return;
    };
    let services = Service::start_many(&place.store(), 2);
    let frontbeat = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_frontbeat"));
        command.env("FRONTBEAT_STORE", place.store());
        command.args(arguments).output().unwrap()
    };
    // A command that wants the workspace alone is told that it is in use.
    let alone = frontbeat(&["quarantine", "add", "--batch", "1", "--reason", "test"]);
    let said = String::from_utf8_lossy(&alone.stderr).into_owned();
    assert!(!alone.status.success(), "{said}");

    let made = frontbeat(&["keys", "make", "--feed", "cad"]);
    let said = String::from_utf8_lossy(&made.stdout).into_owned();
    let key = said
        .split_whitespace()
        .find(|word| word.starts_with("frontbeat_"))
        .unwrap_or_else(|| panic!("{made:?}"))
        .to_owned();
    let bearer = format!("Bearer {key}");
    let deliver = |service: &Service, id: &str| {
        let body = incident(id).to_string();
        let headers = [("Authorization", bearer.as_str())];
        ask(&service.address, "POST", "/api/incidents", &headers, &body)
            .unwrap()
            .status
    };
    for (number, service) in services.iter().enumerate() {
        assert!(deliver(service, &format!("k{number}")) < 300);
    }
    assert!(frontbeat(&["keys", "revoke", "k1"]).status.success());
    for service in &services {
        wait_until("it is revoked", SOON, || deliver(service, "late") == 401);
    }
    // A pillar that gives its signs of life to one service lives for all of them; one that
    // gives none is silent, once.
    let set = json!({"kind": "set", "pillar_silence_s": 12.0}).to_string();
    let begun = services[0].sequence();
    assert!(
        post(&services[0].address, "/api/board/commands", &set)
            .unwrap()
            .status
            < 300
    );
    let other = services.iter().find(|service| !service.leads()).unwrap();
    let made = frontbeat(&["keys", "make", "--feed", "pillars"]);
    let said = String::from_utf8_lossy(&made.stdout).into_owned();
    let key = said
        .split_whitespace()
        .find(|word| word.starts_with("frontbeat_"))
        .unwrap()
        .to_owned();
    let bearer = format!("Bearer {key}");
    let beat = |pillar: &str| {
        let path = format!("/api/pillars/{pillar}/heartbeat");
        let headers = [("Authorization", bearer.as_str())];
        let answer = ask(&other.address, "POST", &path, &headers, "{}").unwrap();
        assert!(answer.status < 300, "{answer:?}");
    };
    beat("p1");
    wait_until("the quiet one is silent", SOON, || {
        beat("p0");
        thread::sleep(Duration::from_millis(300));
        let board = other.board();
        board["pillars"][1]["online"] == json!(false)
    });
    let board = other.board();
    assert_eq!(
        board["pillars"][0]["online"],
        json!(true),
        "{}",
        board["pillars"]
    );
    let (events, _) = place.log();
    let of = |pillar: &str| {
        let text = format!("\"{pillar}\"");
        let since = events.iter().filter(|event| event.sequence > begun);
        since
            .map(|event| serde_json::to_string(&event.event).unwrap())
            .filter(|event| event.contains("silent") && event.contains(&text))
            .count()
    };
    assert_eq!((of("p0"), of("p1")), (0, 1));
    drop(services);
    place.remove();
}
