//! Hooks in both stores: made with an address that is kept apart, messages that get into the
//! queue once, are due when their time comes, and may be sent again.

use frontbeat::live::hook::delivery::{DeliveryState, Resend};
use frontbeat::live::hook::filter::{Fence, HookFilter};
use frontbeat::live::hook::registered::HookEnd;
use frontbeat::live::hook::retry::Retries;
use frontbeat::live::hook::settings::{HookSettings, Reach};
use frontbeat::place::id::Id;
use frontbeat::store::hook_deliveries::{NewDelivery, Tried};
use frontbeat::store::hooks::NewHook;
use frontbeat::store::workspace::Access;

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
        w.note_delivery(log[1].number, &failed).await.unwrap();
        assert_eq!(due(at).await, ["m2", "m3"]);
        assert_eq!(due(later).await, ["m1", "m3"]);
        let dead = Tried {
            state: DeliveryState::Dead,
            fault: Some("nobody there".into()),
            status: None,
            ..failed
        };
        w.note_delivery(log[1].number, &dead).await.unwrap();
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
