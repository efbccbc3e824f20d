//! Hooks in both stores: made with an address that is kept apart, messages that get into the
//! queue once, are due when their time comes, and may be sent again.

use frontbeat::live::event::EventKind;
use frontbeat::live::hook::delivery::{Delivery, DeliveryState, Resend};
use frontbeat::live::hook::filter::{Fence, HookFilter};
use frontbeat::live::hook::registered::HookEnd;
use frontbeat::live::hook::retry::Retries;
use frontbeat::live::hook::settings::{HookSettings, Reach};
use frontbeat::place::id::Id;
use frontbeat::store::error::StoreError;
use frontbeat::store::hook_deliveries::{NewDelivery, Tried};
use frontbeat::store::hooks::NewHook;
use frontbeat::store::workspace::{Access, Workspace};

use crate::place::on_both;
use crate::rows;

pub fn new(name: &str) -> NewHook {
    NewHook {
        name: name.into(),
        target: "https://desk.example".into(),
        settings: HookSettings {
            filter: HookFilter {
                events: vec!["incident.*".into()],
                categories: vec!["dispute".into()],
                within: vec![
                    Fence::Beat { id: Id::new("b1") },
                    Fence::Area {
                        area: rows::beats()[0].area.clone(),
                    },
                ],
            },
            retries: Retries::default(),
            reach: Reach::default(),
        },
        url: "https://desk.example/in?key=1".into(),
        secret: b"a secret".to_vec(),
    }
}

fn message(hook: &str, id: &str) -> NewDelivery {
    NewDelivery {
        hook: hook.into(),
        message: id.into(),
        event: "incident.received",
        body: "{\"名\": 1}".into(),
    }
}

/// A log of so many events.
async fn log_of(w: &Workspace, count: u64) {
    while w.last_event().await.unwrap() < count {
        let plan = EventKind::PlanMade { plan: "p".into() };
        w.append(plan, rows::at("2026-06-01T12:00:00Z"))
            .await
            .unwrap();
    }
}

/// A message that is still as it was, with what a sender knows of it.
async fn waiting(w: &Workspace, hook: &str, message: &str) -> Delivery {
    let log = w.deliveries(hook, None, 100).await.unwrap();
    log.into_iter().find(|it| it.message == message).unwrap()
}

#[tokio::test]
async fn hooks_are_told_once_and_in_time() {
    on_both("hooks_are_told_once", async |place| {
        let w = place.create(false).await;
        let [at, later, last] =
            ["12:00", "12:05", "12:10"].map(|time| rows::at(&format!("2026-06-01T{time}:00Z")));
        let beside = place.open(Access::Beside).await.unwrap();
        let made = beside.add_hook(&new("street office"), at).await.unwrap();
        let other = beside.add_hook(&new("派出所"), at).await.unwrap();
        assert_eq!((made.id.as_str(), other.id.as_str()), ("h1", "h2"));
        assert_eq!(made.after_sequence, w.last_event().await.unwrap());
        assert_eq!(w.hooks().await.unwrap(), [made.clone(), other.clone()]);
        let address = w.hook_address("h1").await.unwrap().unwrap();
        assert_eq!(address.url, "https://desk.example/in?key=1");
        assert_eq!(address.secret, b"a secret");
        assert_eq!(format!("{address:?}"), "HookAddress(…)");

        log_of(&w, 10).await;

        // Twice the same is there once, and how far was looked never goes back.
        let both = ["h1".to_owned(), "h2".to_owned()];
        let messages = [
            message("h1", "m1"),
            message("h1", "m2"),
            message("h2", "m3"),
        ];
        w.queue_deliveries(&messages, &both, 9, at).await.unwrap();
        w.queue_deliveries(&messages[..1], &both, 7, later)
            .await
            .unwrap();
        let hooks = w.hooks().await.unwrap();
        assert_eq!(hooks[0].after_sequence, 9);
        let log = w.deliveries("h1", None, 10).await.unwrap();
        let told: Vec<_> = log
            .iter()
            .map(|it| (it.message.as_str(), it.made_at))
            .collect();
        assert_eq!(told, [("m2", at), ("m1", at)]);
        assert_eq!(log[1].body, "{\"名\": 1}");
        let before = w.deliveries("h1", Some(log[0].number), 10).await.unwrap();
        assert_eq!(before, log[1..]);

        // The oldest of each hook, once its time has come.
        let due = async |now| -> Vec<String> {
            let due = w.due_deliveries(now).await.unwrap();
            due.into_iter().map(|it| it.message).collect()
        };
        let early = at - jiff::SignedDuration::from_millis(1);
        assert_eq!(due(early).await, [""; 0]);
        assert_eq!(due(at).await, ["m1", "m3"]);
        let failed = Tried {
            state: DeliveryState::Pending,
            at,
            next_at: later,
            status: Some(500),
            fault: None,
        };
        assert!(w.note_delivery(&log[1], &failed, None).await.unwrap());
        assert_eq!(due(at).await, ["m2", "m3"]);
        assert_eq!(due(later).await, ["m1", "m3"]);
        let dead = Tried {
            state: DeliveryState::Dead,
            fault: Some("nobody there".into()),
            status: None,
            ..failed
        };
        // Not twice: whoever sent it before knows another one.
        assert!(!w.note_delivery(&log[1], &dead, None).await.unwrap());
        let first = waiting(&w, "h1", "m1").await;
        assert!(w.note_delivery(&first, &dead, None).await.unwrap());
        let after = &w.deliveries("h1", None, 10).await.unwrap()[1];
        assert_eq!(
            (after.tries, after.status, after.state),
            (2, None, DeliveryState::Dead)
        );
        assert_eq!(after.fault.as_deref(), Some("nobody there"));
        assert_eq!(due(later).await, ["m2", "m3"]);

        // Sent again: the dead one, one by its number of its own hook only, all since.
        assert_eq!(
            beside.send_again("h1", Resend::Dead, last).await.unwrap(),
            1
        );
        assert_eq!(due(later).await, ["m2", "m3"]);
        assert_eq!(due(last).await, ["m1", "m3"]);
        let of_other = Resend::One(log[1].number);
        assert_eq!(w.send_again("h2", of_other, last).await.unwrap(), 0);
        assert_eq!(w.send_again("h1", of_other, last).await.unwrap(), 1);
        assert_eq!(
            w.send_again("h1", Resend::Since(at), last).await.unwrap(),
            2
        );
        assert_eq!(
            w.send_again("h1", Resend::Since(later), last)
                .await
                .unwrap(),
            0
        );

        // One that ends: its secret is forgotten, and nothing waits for it or gets in.
        assert!(
            beside
                .end_hook("h1", HookEnd::Revoked, later)
                .await
                .unwrap()
        );
        assert!(!beside.end_hook("h1", HookEnd::Gone, last).await.unwrap());
        assert_eq!(
            w.hooks().await.unwrap()[0].ended,
            Some((later, HookEnd::Revoked))
        );
        assert_eq!(w.hook_address("h1").await.unwrap(), None);
        w.queue_deliveries(&[message("h1", "m9")], &both, 10, later)
            .await
            .unwrap();
        assert_eq!(w.send_again("h1", Resend::Dead, last).await.unwrap(), 0);
        assert_eq!(due(last).await, ["m3"]);
        assert_eq!(w.deliveries("h1", None, 10).await.unwrap().len(), 2);

        // What waits is never let go of.
        assert_eq!(w.forget_deliveries(at).await.unwrap(), 0);
        assert_eq!(w.forget_deliveries(later).await.unwrap(), 2);
        assert_eq!(due(last).await, ["m3"]);
        let test = message("h2", "t1");
        w.log_delivery(
            &test,
            &Tried {
                next_at: at,
                ..dead
            },
        )
        .await
        .unwrap();
        assert_eq!(w.deliveries("h2", None, 1).await.unwrap()[0].message, "t1");
        beside.close().await;
        w.close().await;
    })
    .await;
}

#[tokio::test]
async fn what_became_of_a_message_on_its_way_stays() {
    on_both("what_became_of_a_message_on_its_way", async |place| {
        let w = place.create(false).await;
        let [at, later, last] =
            ["12:00", "12:05", "12:10"].map(|time| rows::at(&format!("2026-06-01T{time}:00.123Z")));
        for name in ["a", "b"] {
            w.add_hook(&new(name), at).await.unwrap();
        }
        let both = ["h1".to_owned(), "h2".to_owned()];
        let messages = [message("h1", "m1"), message("h2", "m2")];
        w.queue_deliveries(&messages, &both, 1, at).await.unwrap();
        let arrived = Tried {
            state: DeliveryState::Delivered,
            at: later,
            next_at: later,
            status: Some(204),
            fault: None,
        };

        // Put into the queue again while it was on its way: it is sent again.
        let on_its_way = waiting(&w, "h1", "m1").await;
        w.send_again("h1", Resend::Since(at), last).await.unwrap();
        assert!(!w.note_delivery(&on_its_way, &arrived, None).await.unwrap());
        let replayed = waiting(&w, "h1", "m1").await;
        assert_eq!(
            (replayed.state, replayed.next_at, replayed.tries),
            (DeliveryState::Pending, last, 0)
        );
        assert!(w.note_delivery(&replayed, &arrived, None).await.unwrap());
        let noted = waiting(&w, "h1", "m1").await;
        assert_eq!((noted.state, noted.tries), (DeliveryState::Delivered, 1));

        // Revoked meanwhile: it does not wait again.
        let on_its_way = waiting(&w, "h2", "m2").await;
        let failed = Tried {
            state: DeliveryState::Pending,
            status: Some(500),
            ..arrived.clone()
        };
        w.end_hook("h2", HookEnd::Revoked, later).await.unwrap();
        assert!(!w.note_delivery(&on_its_way, &failed, None).await.unwrap());
        let dead = waiting(&w, "h2", "m2").await;
        assert_eq!((dead.state, dead.status), (DeliveryState::Dead, None));

        // Who is gone: the message is noted and the hook ends, what waits for it with it.
        let more = [message("h1", "m3"), message("h1", "m4")];
        w.queue_deliveries(&more, &both, 1, at).await.unwrap();
        let gone = Tried {
            state: DeliveryState::Dead,
            status: Some(410),
            ..arrived
        };
        let on_its_way = waiting(&w, "h1", "m3").await;
        let noted = w
            .note_delivery(&on_its_way, &gone, Some(HookEnd::Gone))
            .await;
        assert!(noted.unwrap());
        assert_eq!(waiting(&w, "h1", "m3").await.status, Some(410));
        assert_eq!(waiting(&w, "h1", "m4").await.state, DeliveryState::Dead);
        let hooks = w.hooks().await.unwrap();
        assert_eq!(hooks[0].ended, Some((later, HookEnd::Gone)));
        assert_eq!(hooks[1].ended, Some((later, HookEnd::Revoked)));
        assert_eq!(w.hook_address("h1").await.unwrap(), None);
        w.close().await;
    })
    .await;
}

#[tokio::test]
async fn nothing_is_looked_at_past_the_end_of_the_log() {
    on_both("nothing_is_looked_at_past_the_end", async |place| {
        let w = place.create(false).await;
        let at = rows::at("2026-06-01T12:00:00Z");
        w.add_hook(&new("a"), at).await.unwrap();
        log_of(&w, 6).await;
        let ids = ["h1".to_owned()];
        let queue = async |message: NewDelivery, looked_at| {
            let messages = [message];
            w.queue_deliveries(&messages, &ids, looked_at, at).await
        };
        let refused = queue(message("h1", "m1"), 7).await;
        assert!(
            matches!(refused, Err(StoreError::ShortLog { last: 6, known: 7 })),
            "{refused:?}"
        );
        assert_eq!(w.deliveries("h1", None, 9).await.unwrap(), []);
        queue(message("h1", "m1"), 6).await.unwrap();
        assert_eq!(w.hooks().await.unwrap()[0].after_sequence, 6);
        assert_eq!(w.set_hooks_back().await.unwrap(), 0);

        // A log that has lost its last events: the hook goes on from its end.
        place
            .sql("UPDATE hooks SET after_sequence = 40")
            .await
            .unwrap();
        assert_eq!(w.set_hooks_back().await.unwrap(), 1);
        assert_eq!(w.hooks().await.unwrap()[0].after_sequence, 6);

        let known = async |after, last, limit| {
            let (events, reached) = w.events_looked_at(after, last, limit).await.unwrap();
            let numbers: Vec<u64> = events.iter().map(|event| event.sequence).collect();
            (numbers, reached)
        };
        assert_eq!(known(3, 5, 10).await, (vec![4, 5], 5));
        assert_eq!(known(3, 9, 10).await, (vec![4, 5, 6], 6));
        assert_eq!(known(3, 9, 2).await, (vec![4, 5], 5));
        assert_eq!(known(8, 9, 2).await, (vec![], 6));
        w.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_hook_that_can_t_be_read_leaves_the_others_as_they_are() {
    on_both("a_hook_that_can_t_be_read", async |place| {
        let w = place.create(false).await;
        let at = rows::at("2026-06-01T12:00:00Z");
        for name in ["a", "b", "c"] {
            w.add_hook(&new(name), at).await.unwrap();
        }
        w.end_hook("h1", HookEnd::Revoked, at).await.unwrap();
        place
            .sql("UPDATE hooks SET settings = '{}' WHERE id <> 'h3'")
            .await
            .unwrap();
        let read = w.holding_hooks().await.unwrap();
        let ids: Vec<&str> = read.hooks.iter().map(|hook| hook.id.as_str()).collect();
        assert_eq!(ids, ["h3"]);
        // The one that has ended is not looked at.
        let unreadable: Vec<&str> = read.unreadable.iter().map(|it| it.0.as_str()).collect();
        assert_eq!(unreadable, ["h2"]);
        let fault = &read.unreadable[0].1;
        assert!(matches!(fault, StoreError::Damaged { .. }), "{fault}");
        assert_eq!(w.hooks().await.unwrap(), read.hooks);
        // It can still be revoked.
        assert!(w.end_hook("h2", HookEnd::Revoked, at).await.unwrap());
        assert!(w.holding_hooks().await.unwrap().unreadable.is_empty());
        w.close().await;
    })
    .await;
}
