//! Whose turn it is to write: who looks at a map takes none, and what can't be written of one
//! feed's is no reason to refuse another's.

use std::thread;
use std::time::Duration;

use crate::client::post;
use crate::service::{Service, wait_until};
use crate::together::{incident, tile_path};
use crate::workspace::{Place, Session};

/// Takes the turn, as a service whose machine is slow.
fn turn(place: &Place) -> Session {
    place.session(&format!(
        "BEGIN; SELECT pg_advisory_xact_lock(hashtextextended('frontbeat turn {}', 0))",
        place.schema()
    ))
}

#[test]
fn who_looks_at_a_map_takes_nobodys_turn_and_reads_it_once() {
    let Some(place) = Place::of("who_looks_at_a_map_takes_nobodys_turn") else {
        return;
    };
    let services = Service::start_many(&place.store(), 2);
    // So that what is learned for it is there.
    assert_eq!(
        services[0].get("/api/risk?window=night@2026-10-31").status,
        200
    );
    let held = turn(&place);
    let risk = services[0].get("/api/risk?window=night@2026-10-30");
    assert_eq!(risk.status, 200, "{risk:?}");
    let id = risk.json()["id"].as_str().unwrap().to_owned();
    let tile = |z: u8| services[1].get(&tile_path(&id, z)).status;
    wait_until("the other one shows it", Duration::from_secs(5), || {
        tile(13) == 200
    });
    drop(held);
    // It never changes: it is read once, not once a tile.
    place.sql(&format!("DELETE FROM {}.shown_surfaces", place.schema()));
    for z in [8, 9, 10, 11, 12] {
        assert_eq!(tile(z), 200);
    }
    drop(services);
    place.remove();
}

#[test]
fn what_can_not_be_written_of_one_is_refused_alone() {
    let Some(place) = Place::of("what_can_not_be_written_of_one") else {
        return;
    };
    let service = Service::start(&place.store());
    let schema = place.schema();
    place.sql(&format!(
        "CREATE FUNCTION {schema}.refuse_poison() RETURNS trigger LANGUAGE plpgsql AS $$
         BEGIN
             IF NEW.id LIKE '%poison%' THEN RAISE EXCEPTION 'no room for it'; END IF;
             RETURN NEW;
         END $$;
         CREATE TRIGGER refuse_poison BEFORE INSERT ON {schema}.incidents
         FOR EACH ROW EXECUTE FUNCTION {schema}.refuse_poison()"
    ));
    let deliver = |id: &str| {
        let body = incident(id).to_string();
        post(&service.address, "/api/incidents", &body).unwrap()
    };
    let held = turn(&place);
    let ids = ["first", "good-1", "poison", "good-2", "good-3"];
    let statuses: Vec<u16> = thread::scope(|scope| {
        let sent: Vec<_> = ids
            .iter()
            .map(|id| {
                let answer = scope.spawn(|| deliver(id));
                // The first waits for the turn; all others are gathered behind it.
                thread::sleep(Duration::from_millis(150));
                answer
            })
            .collect();
        drop(held);
        sent.into_iter()
            .map(|answer| answer.join().unwrap().status)
            .collect()
    });
    assert_eq!(statuses[2], 500, "{statuses:?}");
    let others: Vec<u16> = [0, 1, 3, 4].map(|i: usize| statuses[i]).to_vec();
    assert_eq!(others, [201, 201, 201, 201]);
    let received = place.received();
    assert!(!received.contains_key("poison"));
    for id in ["first", "good-1", "good-2", "good-3"] {
        assert_eq!(received[id], 1);
    }
    drop(service);
    place.remove();
}
