//! The hand-over from either store: the sentences written for it, and every figure, are the
//! same, whoever asks: a program or a person at the prompt.

use std::process::Command;

use frontbeat::app::handover::HandoverAsk;
use frontbeat::app::session::Session;
use frontbeat::incident::record::{CallState, Origin, Priority};
use frontbeat::live::alarm::AlarmLevel;
use frontbeat::live::board_event::{BoardEvent, Received};
use frontbeat::live::event::LoggedEvent;
use frontbeat::live::note::{HandoverNote, NoteWindow};
use frontbeat::place::id::Id;
use frontbeat::place::position::Position;

use crate::layers::filled;
use crate::place::on_both;
use crate::rows;

const FROM: &str = "2026-11-25T14:00:00Z";
const UNTIL: &str = "2026-11-25T22:00:00Z";

fn received(number: u32, position: Position) -> BoardEvent {
    BoardEvent::IncidentReceived(Received {
        id: Id::new(format!("c{number}")),
        number,
        happened_at: rows::at(FROM),
        until: None,
        position,
        category: "dispute".into(),
        priority: Priority::Two,
        origin: Origin::CitizenCall,
        state: CallState::Received,
        pillar: None,
    })
}

fn note(station: Option<&str>, text: &str) -> BoardEvent {
    BoardEvent::HandoverWritten(HandoverNote {
        window: NoteWindow {
            from: rows::at(FROM),
            until: rows::at(UNTIL),
        },
        station: station.map(Id::new),
        text: text.into(),
    })
}

/// A night: seconds after its beginning, and what happened.
fn night() -> Vec<(i64, BoardEvent)> {
    let (unit, pillar) = (rows::units()[0].id.clone(), rows::pillars()[0].id.clone());
    let here = rows::units()[0].position;
    let call = Id::new("c2");
    vec![
        (-60, received(1, here)),
        (0, received(2, here)),
        (
            20,
            BoardEvent::UnitAssigned {
                call: call.clone(),
                unit: unit.clone(),
            },
        ),
        // A position more or less is no part of it.
        (
            25,
            BoardEvent::UnitMoved {
                unit: unit.clone(),
                position: here,
                heading_deg: None,
                measured_at: rows::at(FROM),
            },
        ),
        (
            140,
            BoardEvent::UnitArrived {
                call: call.clone(),
                unit: unit.clone(),
            },
        ),
        (
            150,
            BoardEvent::PillarPressed {
                pillar: pillar.clone(),
                alarm: 1,
            },
        ),
        (
            180,
            BoardEvent::AlarmEscalated {
                alarm: 1,
                level: AlarmLevel::Unacknowledged,
            },
        ),
        (190, BoardEvent::AlarmAnswered { alarm: 1 }),
        (200, BoardEvent::AlarmEnded { alarm: 1 }),
        (600, BoardEvent::PillarSilent { pillar }),
        (
            900,
            BoardEvent::UnitReleased {
                call: call.clone(),
                unit,
            },
        ),
        (900, BoardEvent::CallClosed { call }),
        // The last millisecond belongs to the shift, the next one to the one after.
        (28_800, received(3, here)),
        (28_900, note(None, "3号报警柱离线。")),
        (28_950, note(Some("none"), "of a station")),
        (28_960, note(None, "3号报警柱离线，已报修。")),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn both_stores_hand_over_the_same() {
    let answers = tokio::sync::Mutex::new(Vec::new());
    on_both("both_stores_hand_over", async |place| {
        let w = filled(place).await;
        let mut write = w.begin_board().await.unwrap();
        let events: Vec<LoggedEvent> = night()
            .into_iter()
            .zip(write.last + 1..)
            .map(|((second, event), sequence)| LoggedEvent {
                sequence,
                at: rows::at(FROM) + jiff::SignedDuration::from_secs(second),
                event: event.into(),
            })
            .collect();
        write.append(&events).await.unwrap();
        write.commit().await.unwrap();
        // As they were written, and without the position.
        let first = events[0].sequence - 1;
        let read = w.events_after(first, 100).await.unwrap();
        assert_eq!(read, events);
        let last = events[4].sequence;
        let some = w.events_but_positions(first, last, 100).await.unwrap();
        let numbers: Vec<u64> = some.iter().map(|event| event.sequence - first).collect();
        assert_eq!(numbers, [1, 2, 3, 5]);
        let two = w.events_but_positions(first, last, 2).await.unwrap();
        assert_eq!(two, some[..2]);
        w.close().await;

        let session = Session::open(place.address(), true).await.unwrap();
        let ask = HandoverAsk {
            from: Some(rows::at(FROM)),
            until: Some(rows::at(UNTIL)),
            station: None,
        };
        let report = session.handover(&ask).await.unwrap();
        let told = &report.told;
        assert_eq!((told.calls.received, told.calls.taken_over), (1, 1));
        assert_eq!((told.calls.open, told.alarms.rung), (1, 1));
        let way = told.response[0].on_the_way.unwrap();
        assert_eq!((way.count, way.median.0), (1, 120.0));
        let silent: Vec<f64> = told.pillars.iter().map(|it| it.silent.0).collect();
        assert!(silent.contains(&28_200.0), "{silent:?}");
        assert_eq!(told.sequence, events[11].sequence);
        let written = report.note.as_ref().unwrap();
        assert_eq!(written.note.text, "3号报警柱离线，已报修。");
        assert_eq!(written.at, events[15].at);
        session.close().await;

        let said = Command::new(env!("CARGO_BIN_EXE_frontbeat"))
            .args(["handover", "--store", place.text()])
            .args(["--from", "2026-11-25 22:00", "--until", "2026-11-26 06:00"])
            .output()
            .unwrap();
        let complaint = String::from_utf8_lossy(&said.stderr);
        assert!(said.status.success(), "{complaint}");
        let text = String::from_utf8(said.stdout).unwrap();
        for part in [
            "3号报警柱离线，已报修。",
            "1 received, 1 of them closed",
            "1 taken over, 1 of these still open",
            "1 rung (1 presses)",
            "2 min 00 s, 2 min 00 s (of 1)",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
        let shown = (format!("{:?}", report.told), report.note, text);
        answers.lock().await.push(shown);
    })
    .await;
    let answers = answers.into_inner();
    assert!(
        answers.windows(2).all(|two| two[0] == two[1]),
        "{answers:#?}"
    );
}
