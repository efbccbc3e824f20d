//! What the live board writes: events by number, incidents as they are known, answers that
//! may be asked for again, boards on the way, keys; and what may be thinned out.

use frontbeat::incident::record::{CallState, Incident, Origin, Priority};
use frontbeat::live::board::Board;
use frontbeat::live::board_event::BoardEvent;
use frontbeat::live::event::{EventKind, LoggedEvent};
use frontbeat::live::round::event::RoundEvent;
use frontbeat::live::round::of_plan::rounds;
use frontbeat::live::round::state::{CheckInBy, JudgeWhy, Judgement};
use frontbeat::live::step::fold;
use frontbeat::place::id::Id;
use frontbeat::place::position::Position;
use frontbeat::store::board::KeptAnswer;
use frontbeat::store::incidents::endings::{IncidentNews, NoIncident};
use frontbeat::store::incidents::write::Stored;
use frontbeat::store::record::IncidentFilter;
use frontbeat::store::workspace::Access;

use crate::place::on_both;
use crate::rows;

fn incident(id: &str, lon: f64) -> Incident {
    Incident {
        id: Id::new(id),
        at: rows::at("2026-06-01T12:00:00Z"),
        until: None,
        position: Position::new(lon, 41.8).unwrap(),
        category: "dispute".into(),
        priority: Priority::Two,
        origin: Origin::CitizenCall,
        state: CallState::Received,
        source_id: Some(id.into()),
    }
}

fn moved(sequence: u64, minute: i64) -> LoggedEvent {
    let at = rows::at("2026-06-01T12:00:00Z") + jiff::SignedDuration::from_mins(minute);
    LoggedEvent {
        sequence,
        at,
        event: BoardEvent::UnitMoved {
            unit: Id::new("u1"),
            position: Position::new(123.4 + minute as f64 / 1e7, 41.8).unwrap(),
            heading_deg: Some(12.5),
            measured_at: at,
        }
        .into(),
    }
}

#[tokio::test]
async fn what_is_written_late_brings_nothing_in_that_was_after_it() {
    on_both("written_late", async |place| {
        let w = place.create(false).await;
        let event = |plan: &str| EventKind::PlanMade { plan: plan.into() };
        let [noon, five, nine, ten] = [0, 5, 9, 10]
            .map(|s| rows::at("2026-06-01T12:00:00Z") + jiff::SignedDuration::from_secs(s));
        let first = w.append(event("noon"), noon).await.unwrap().sequence;
        w.append(event("ten"), ten).await.unwrap();
        // Begun at five past, done when ten past was written already.
        let late = w.append(event("five"), five).await.unwrap().sequence;
        assert_eq!(w.last_event_by(noon).await.unwrap(), first);
        assert_eq!(w.last_event_by(five).await.unwrap(), first);
        assert_eq!(w.last_event_by(nine).await.unwrap(), first);
        assert_eq!(w.last_event_by(ten).await.unwrap(), late);
        // By a clock that is a year ahead: no bound for what comes after it.
        let ahead = rows::at("2027-06-01T12:00:00Z");
        w.append(event("ahead"), ahead).await.unwrap();
        let next = w.append(event("next"), ten).await.unwrap().sequence;
        assert_eq!(w.last_event_by(nine).await.unwrap(), first);
        assert_eq!(w.last_event_by(ten).await.unwrap(), next);
        w.close().await;
    })
    .await;
}

#[tokio::test]
async fn events_incidents_and_answers_are_written_together_or_not_at_all() {
    on_both("events_incidents_and_answers", async |place| {
        let w = place.create(false).await;
        let at = rows::at("2026-06-01T12:00:00Z");
        let first = w.last_event().await.unwrap();
        let two = [incident("a", 123.4), incident("b", 123.41)];
        let events: Vec<LoggedEvent> = (1..=3).map(|n| moved(first + n, n as i64)).collect();
        let answer = KeptAnswer {
            request_hash: "h".into(),
            answer: "{\"名\":1}".into(),
        };
        // Dropped: rolled back, all of it.
        let mut write = w.begin_board().await.unwrap();
        assert_eq!(write.last, first);
        assert_eq!(write.stored(&two).await.unwrap(), [Stored::No, Stored::No]);
        write.append(&events).await.unwrap();
        write.add_incidents(&two, at).await.unwrap();
        write.keep_answer("cad", "k", &answer, at).await.unwrap();
        drop(write);
        assert_eq!(w.last_event().await.unwrap(), first);

        let mut write = w.begin_board().await.unwrap();
        write.append(&events).await.unwrap();
        write.add_incidents(&two, at).await.unwrap();
        write.keep_answer("cad", "k", &answer, at).await.unwrap();
        write.commit().await.unwrap();
        assert_eq!(w.events_after(first, 10).await.unwrap(), events);
        let second = events[1].at;
        assert_eq!(w.last_event_by(second).await.unwrap(), first + 2);
        let mut write = w.begin_board().await.unwrap();
        let mut other = incident("a", 123.5);
        other.state = CallState::Received;
        let asked = [two[1].clone(), other, incident("c", 123.4)];
        assert_eq!(
            write.stored(&asked).await.unwrap(),
            [Stored::Same, Stored::Other, Stored::No]
        );
        assert_eq!(write.answer("cad", "k").await.unwrap(), Some(answer));
        assert_eq!(write.answer("cad", "other").await.unwrap(), None);
        assert_eq!(write.answer("pillars", "k").await.unwrap(), None);
        // One was a call that came to nothing.
        let news = |ending| IncidentNews {
            id: Id::new("a"),
            state: CallState::Closed,
            category: "traffic".into(),
            priority: Priority::One,
            ending,
        };
        write.note(&news(Some(NoIncident::Merged))).await.unwrap();
        write.commit().await.unwrap();
        let all = IncidentFilter::default();
        let ids = |found: Vec<Incident>| -> Vec<String> {
            found.into_iter().map(|i| i.id.to_string()).collect()
        };
        assert_eq!(ids(w.incidents(&all).await.unwrap()), ["b"]);
        assert_eq!(w.risk_events(&all).await.unwrap().len(), 1);
        assert_eq!(
            w.incident_counts(&all).await.unwrap(),
            [("dispute".to_owned(), 1)]
        );
        let mut write = w.begin_board().await.unwrap();
        write.note(&news(None)).await.unwrap();
        assert_eq!(write.forget_answers(at).await.unwrap(), 0);
        let later = at + jiff::SignedDuration::from_secs(1);
        assert_eq!(write.forget_answers(later).await.unwrap(), 1);
        write.commit().await.unwrap();
        let stored = w.incidents(&all).await.unwrap();
        assert_eq!(
            (
                stored[0].state,
                stored[0].priority,
                stored[0].category.as_str()
            ),
            (CallState::Closed, Priority::One, "traffic")
        );
        w.close().await;
    })
    .await;
}

#[tokio::test]
async fn only_positions_may_be_thinned_and_kept_boards_shorten_the_fold() {
    on_both("only_positions_may_be_thinned", async |place| {
        let w = place.create(false).await;
        let first = w.last_event().await.unwrap();
        let events: Vec<LoggedEvent> = (1..=600).map(|n| moved(first + n, n as i64)).collect();
        let (early, late) = events.split_at(400);
        let board = fold(Board::default(), early);
        let mut write = w.begin_board().await.unwrap();
        write.append(early).await.unwrap();
        write.keep_board(&board).await.unwrap();
        write.keep_board(&board).await.unwrap();
        write.append(late).await.unwrap();
        write.commit().await.unwrap();
        assert_eq!(w.kept_board(first + 399).await.unwrap(), None);
        let kept = w.kept_board(u64::MAX).await.unwrap().unwrap();
        assert_eq!(kept, board);
        let rest = w.events_after(kept.sequence, 1_000).await.unwrap();
        assert_eq!(fold(kept, &rest), fold(board.clone(), late));

        let old = w
            .positions_before(events[99].at, first + 10, 1_000)
            .await
            .unwrap();
        assert_eq!(old, events[10..99]);
        let mut write = w.begin_board().await.unwrap();
        // More than fit into one statement, and one that is no position.
        let numbers: Vec<u64> = (1..=500).collect();
        let gone = write.thin_positions(&numbers).await.unwrap();
        assert_eq!(gone, 500 - first);
        write.commit().await.unwrap();
        let left = w.events_after(0, 1_000).await.unwrap();
        assert_eq!(left.len() as u64, first + 600 - gone);
        assert!(matches!(left[0].event, EventKind::WorkspaceMade { .. }));
        assert_eq!(w.last_event().await.unwrap(), first + 600);
        let mut write = w.begin_board().await.unwrap();
        assert_eq!(write.forget_boards(board.at).await.unwrap(), 0);
        let later = board.at + jiff::SignedDuration::from_secs(1);
        assert_eq!(write.forget_boards(later).await.unwrap(), 1);
        write.commit().await.unwrap();
        w.close().await;
    })
    .await;
}

#[tokio::test]
async fn keys_are_made_and_revoked_beside_the_writer() {
    on_both("keys_are_made_and_revoked_beside", async |place| {
        let w = place.create(false).await;
        let at = rows::at("2026-06-01T12:00:00Z");
        assert!(!w.has_api_keys().await.unwrap());
        let beside = place.open(Access::Beside).await.unwrap();
        let key = beside.add_api_key("cad", "hash-1", 50, at).await.unwrap();
        assert_eq!((key.id.as_str(), key.per_second), ("k1", 50));
        beside.add_api_key("cad", "hash-2", 7, at).await.unwrap();
        // Two keys of one hash can't be.
        assert!(beside.add_api_key("x", "hash-2", 7, at).await.is_err());
        assert!(w.has_api_keys().await.unwrap());
        assert_eq!(w.api_key_of("hash-1").await.unwrap(), Some(key.clone()));
        assert_eq!(w.api_key_of("hash-9").await.unwrap(), None);
        assert!(beside.revoke_api_key("k1", at).await.unwrap());
        assert!(!beside.revoke_api_key("k1", at).await.unwrap());
        assert!(!beside.revoke_api_key("k9", at).await.unwrap());
        beside.close().await;
        let keys = w.api_keys().await.unwrap();
        let revoked: Vec<_> = keys.iter().map(|k| k.revoked_at.is_some()).collect();
        assert_eq!(revoked, [true, false]);
        // The writer goes on, and the file is whole.
        let mut write = w.begin_board().await.unwrap();
        let next = write.last + 1;
        write.append(&[moved(next, 1)]).await.unwrap();
        write.commit().await.unwrap();
        w.close().await;
    })
    .await;
}

#[tokio::test]
async fn links_are_made_and_revoked_beside_the_writer_and_have_one_key() {
    on_both("links_are_made_and_revoked", async |place| {
        let w = place.create(false).await;
        let at = rows::at("2026-06-01T12:00:00Z");
        let until = rows::at("2026-06-01T22:00:00Z");
        assert_eq!(w.link_key().await.unwrap(), None);
        assert_eq!(w.unit_links().await.unwrap(), []);
        let beside = place.open(Access::Beside).await.unwrap();
        assert_eq!(
            beside.link_key_or(b"the first").await.unwrap(),
            b"the first"
        );
        assert_eq!(w.link_key_or(b"another").await.unwrap(), b"the first");
        assert_eq!(
            w.link_key().await.unwrap().as_deref(),
            Some(&b"the first"[..])
        );
        let units = ["u1".to_owned(), "东 2".to_owned()];
        let made = beside.add_unit_links(&units, until, at).await.unwrap();
        let ids: Vec<_> = made.iter().map(|link| link.id.as_str()).collect();
        assert_eq!(ids, ["l1", "l2"]);
        let more = w.add_unit_links(&units[..1], until, at).await.unwrap();
        assert_eq!(more[0].id, "l3");
        assert_eq!(w.unit_link("l2").await.unwrap().as_ref(), Some(&made[1]));
        assert_eq!(w.unit_link("l9").await.unwrap(), None);
        // All of the unit's; those that are over are left as they are.
        assert_eq!(beside.revoke_unit_links("u1", at).await.unwrap(), 2);
        assert_eq!(beside.revoke_unit_links("u1", at).await.unwrap(), 0);
        assert_eq!(beside.revoke_unit_links("东 2", until).await.unwrap(), 0);
        let links = w.unit_links().await.unwrap();
        let revoked: Vec<_> = links.iter().map(|l| l.revoked_at.is_some()).collect();
        assert_eq!(revoked, [true, false, true]);
        beside.close().await;
        w.close().await;
    })
    .await;
}

/// A plan that is followed is in the log, on the kept board, and reads back to the bit.
#[tokio::test]
async fn rounds_are_written_and_read_like_everything_else_of_the_board() {
    on_both("rounds_are_written_and_read", async |place| {
        let w = place.create(false).await;
        let first = w.last_event().await.unwrap();
        let plan = rows::plan("p1");
        let mut events: Vec<BoardEvent> = rounds(&plan)
            .into_iter()
            .map(|round| RoundEvent::PlanFollowed(Box::new(round)).into())
            .collect();
        let round = &rounds(&plan)[0];
        let (unit, stop) = (round.unit.clone(), round.stops[0].number);
        let reached_at = round.stops[0].arrival;
        events.push(
            RoundEvent::StopReached {
                unit: unit.clone(),
                stop,
                reached_at,
                by: CheckInBy::Geofence,
            }
            .into(),
        );
        let judged = Judgement {
            useful: true,
            why: Some(JudgeWhy::SeenSomething),
        };
        events.push(
            RoundEvent::StopJudged {
                unit: unit.clone(),
                stop,
                judged,
            }
            .into(),
        );
        let logged: Vec<LoggedEvent> = (first + 1..)
            .zip(events)
            .map(|(sequence, event)| LoggedEvent {
                sequence,
                at: reached_at,
                event: event.into(),
            })
            .collect();
        let board = fold(Board::default(), &logged);
        assert_eq!(
            board.rounds[&unit].here().map(|it| it.planned.number),
            Some(stop)
        );
        let mut write = w.begin_board().await.unwrap();
        write.append(&logged).await.unwrap();
        write.keep_board(&board).await.unwrap();
        write.commit().await.unwrap();
        assert_eq!(w.events_after(first, 100).await.unwrap(), logged);
        assert_eq!(w.kept_board(u64::MAX).await.unwrap(), Some(board));
        w.close().await;
    })
    .await;
}
