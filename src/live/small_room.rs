//! For tests: a command room with three units and two pillars, and anything that may be
//! asked for in it, in any order.

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use crate::incident::record::{CallState, Incident, Origin, Priority};
use crate::live::board::Board;
use crate::live::board_event::BoardEvent;
use crate::live::call::CancelReason;
use crate::live::command::{Command, NewIncident};
use crate::live::decide::decide;
use crate::live::due::due;
use crate::live::event::LoggedEvent;
use crate::live::ground::Ground;
use crate::live::note::{HandoverNote, NoteWindow};
use crate::live::refusal::Refusal;
use crate::live::step::step;
use crate::place::feature::{AlarmPillar, PillarState, Unit, UnitKind, UnitStatus};
use crate::place::id::Id;
use crate::place::position::Position;

/// Ten at night.
pub fn ten_at_night() -> Timestamp {
    "2026-11-26T14:00:00Z".parse().unwrap()
}

/// So many metres east and north of the room.
pub fn at(east_m: f64, north_m: f64) -> Position {
    Position::new(123.46 + east_m / 83_000.0, 41.8 + north_m / 111_000.0).unwrap()
}

pub fn unit(n: usize) -> Id<Unit> {
    Id::new(format!("u{n}"))
}

pub fn pillar(n: usize) -> Id<AlarmPillar> {
    Id::new(format!("p{n}"))
}

pub fn call(n: usize) -> Id<Incident> {
    Id::new(format!("c{n}"))
}

/// Three units, the third off duty, and two pillars.
pub fn ground() -> Ground {
    let units = (0..3).map(|n| Unit {
        id: unit(n),
        call_sign: format!("{}", 11 + n),
        kind: UnitKind::Car,
        station: None,
        position: at(500.0 * n as f64, 0.0),
        status: [UnitStatus::Idle, UnitStatus::Idle, UnitStatus::OffDuty][n],
    });
    let pillars = (0..2).map(|n| AlarmPillar {
        id: pillar(n),
        name: format!("pillar {n}"),
        position: at(0.0, 300.0 * n as f64),
        state: PillarState::Online,
    });
    Ground::new(units, pillars)
}

/// A note about the night, of the district or of a station.
pub fn note(n: usize, text: String) -> HandoverNote {
    HandoverNote {
        window: NoteWindow {
            from: ten_at_night(),
            until: ten_at_night() + SignedDuration::from_hours(8),
        },
        station: (n > 0).then(|| Id::new(format!("s{n}"))),
        text,
    }
}

/// A call that comes from a place.
pub fn ring(n: usize, position: Position) -> Command {
    Command::Receive(NewIncident {
        id: call(n),
        source_id: None,
        happened_at: ten_at_night(),
        until: None,
        position,
        category: "dispute".into(),
        priority: Priority::Two,
        origin: Origin::CitizenCall,
        state: CallState::Received,
    })
}

/// A room in which things happen.
#[derive(Debug, Clone)]
pub struct Room {
    pub ground: Ground,
    pub board: Board,
    pub log: Vec<LoggedEvent>,
    pub now: Timestamp,
}

impl Room {
    pub fn new() -> Self {
        Self {
            ground: ground(),
            board: Board::default(),
            log: Vec::new(),
            now: ten_at_night(),
        }
    }

    pub fn ask(&mut self, command: &Command) -> Result<usize, Refusal> {
        // The store's part: what is there already is not taken in again.
        if let Command::Receive(new) = command
            && self.log.iter().any(|e| matches!(
                &e.event,
                crate::live::event::EventKind::Board(BoardEvent::IncidentReceived(r)) if r.id == new.id
            ))
        {
            return Ok(0);
        }
        let events = decide(&self.board, &self.ground, command)?;
        Ok(self.log_all(events))
    }

    pub fn wait(&mut self, seconds: i64) {
        self.now += SignedDuration::from_secs(seconds);
        let events = due(&self.board, &self.ground, self.now);
        self.log_all(events);
    }

    fn log_all(&mut self, events: Vec<BoardEvent>) -> usize {
        let count = events.len();
        for event in events {
            let logged = LoggedEvent {
                sequence: self.board.sequence + 1,
                at: self.now,
                event: event.into(),
            };
            step(&mut self.board, &logged);
            self.log.push(logged);
        }
        count
    }
}

/// Something that happens: seconds that pass, then something asked for.
pub fn anything() -> impl Strategy<Value = (i64, Command)> {
    let place = || (-200i32..200, -200i32..200).prop_map(|(x, y)| at(f64::from(x), f64::from(y)));
    let calls = || (0usize..6).prop_map(call);
    let units = || (0usize..4).prop_map(unit);
    let alarms = || 1u64..4;
    let status = prop::sample::select(vec![
        UnitStatus::Idle,
        UnitStatus::Dispatched,
        UnitStatus::OnScene,
        UnitStatus::Break,
        UnitStatus::OffDuty,
    ]);
    let reason = prop::sample::select(vec![CancelReason::FalseAlarm, CancelReason::Test]);
    let command = prop_oneof![
        4 => (0usize..6, place()).prop_map(|(n, place)| ring(n, place)),
        6 => (calls(), units()).prop_map(|(call, unit)| Command::Assign { call, unit }),
        4 => units().prop_map(|unit| Command::Arrive { unit }),
        3 => units().prop_map(|unit| Command::Clear { unit }),
        2 => calls().prop_map(|call| Command::Handle { call }),
        2 => calls().prop_map(|call| Command::Close { call }),
        1 => (calls(), reason).prop_map(|(call, reason)| Command::Cancel { call, reason }),
        1 => calls().prop_map(|call| Command::Reopen { call }),
        1 => (calls(), prop::option::of("[a-c]"), any::<bool>()).prop_map(|(call, category, one)| {
            Command::Reclassify { call, category, priority: one.then_some(Priority::One) }
        }),
        2 => (calls(), calls()).prop_map(|(call, into)| Command::Merge { call, into }),
        1 => (calls(), calls()).prop_map(|(call, other)| Command::KeepApart { call, other }),
        2 => (units(), place(), 0i64..600).prop_map(|(unit, position, s)| Command::Move {
            unit,
            position,
            heading_deg: None,
            measured_at: ten_at_night() + SignedDuration::from_secs(s),
        }),
        2 => (units(), status).prop_map(|(unit, status)| Command::Report { unit, status }),
        2 => (0usize..3).prop_map(|n| Command::Press { pillar: pillar(n) }),
        1 => alarms().prop_map(|alarm| Command::Acknowledge { alarm }),
        1 => alarms().prop_map(|alarm| Command::Answer { alarm }),
        1 => alarms().prop_map(|alarm| Command::EndAlarm { alarm }),
        1 => alarms().prop_map(|alarm| Command::CallFor {
            alarm, category: "dispute".into(), priority: Priority::Three
        }),
        1 => (0usize..3).prop_map(|n| Command::Online { pillar: pillar(n) }),
        1 => (0usize..3).prop_map(|n| Command::Silent { pillar: pillar(n) }),
        1 => (0usize..2, "[a-c]").prop_map(|(n, text)| Command::WriteHandover { note: note(n, text) }),
    ];
    (prop_oneof![4 => 0i64..40, 1 => Just(50_000)], command)
}
