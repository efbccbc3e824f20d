//! For tests: a command room with three units and two pillars, and anything that may be
//! asked for in it, in any order.

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use crate::calendar::window::Window;
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
use crate::live::round::check_in::{CheckIn, RoundCommand};
use crate::live::round::event::Followed;
use crate::live::round::notice::{MuteWhy, NoticeKind};
use crate::live::round::state::{JudgeWhy, Judgement, PlannedStop, SkipWhy};
use crate::live::step::step;
use crate::patrol::plan::StopReason;
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
        let events = decide(&self.board, &self.ground, command, self.now)?;
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

/// A round of four stops 150 m apart to the east of the room, a quarter of an hour each from
/// ten minutes past ten on; the third must be visited by half past eleven.
pub fn round(n: usize, plan: &str) -> Followed {
    let minutes = |m: i64| ten_at_night() + SignedDuration::from_mins(m);
    let stops = (0..4).map(|i| {
        let place = at(150.0 * (i + 1) as f64, 0.0);
        PlannedStop {
            number: i as u32 + 1,
            position: place,
            cell: None,
            label: format!("stop {}", i + 1),
            arrival: minutes(10 + 30 * i),
            begins: None,
            departure: minutes(25 + 30 * i),
            reason: match i {
                2 => StopReason::MustVisit {
                    from: minutes(60),
                    until: minutes(90),
                },
                _ => StopReason::Risk {
                    expected_in_hour: 0.1,
                    rank: 1,
                    of: 10,
                    earlier_visits: 0,
                },
            },
            line: vec![at(150.0 * i as f64, 0.0), place],
        }
    });
    Followed {
        unit: unit(n),
        plan: Id::new(plan),
        window: Window::new(minutes(0), minutes(480)).unwrap(),
        of: None,
        stops: stops.collect(),
    }
}

/// Units follow a plan.
pub fn follow(plan: &str, units: &[usize]) -> Command {
    Command::Round(RoundCommand::Follow {
        plan: Id::new(plan),
        rounds: units.iter().map(|&n| round(n, plan)).collect(),
    })
}

/// A unit says something of a stop.
pub fn says(n: usize, stop: u32, says: CheckIn) -> Command {
    Command::Round(RoundCommand::CheckIn {
        unit: unit(n),
        stop,
        says,
        at: None,
    })
}

/// Something asked of rounds.
fn of_rounds() -> impl Strategy<Value = Command> {
    let plan = || prop::sample::select(vec!["plan-1", "plan-2"]);
    let judged = (any::<bool>(), any::<bool>()).prop_map(|(useful, why)| {
        CheckIn::Judge(Judgement {
            useful,
            why: why.then_some(JudgeWhy::Calm),
        })
    });
    let check_in = prop_oneof![
        4 => Just(CheckIn::Here),
        3 => Just(CheckIn::Leave),
        2 => Just(CheckIn::Skip(SkipWhy::Blocked)),
        1 => Just(CheckIn::Skip(SkipWhy::Call)),
        2 => Just(CheckIn::Undo),
        1 => judged,
    ];
    let kinds = [
        NoticeKind::OffRoute,
        NoticeKind::StandingStill,
        NoticeKind::Missed,
    ];
    let command = prop_oneof![
        3 => (plan(), prop::sample::subsequence(vec![0usize, 1, 2, 3], 0..4)).prop_map(
            |(plan, units)| RoundCommand::Follow {
                plan: Id::new(plan),
                rounds: units.into_iter().map(|n| round(n, plan)).collect(),
            }
        ),
        1 => plan().prop_map(|plan| RoundCommand::Unfollow { plan: Id::new(plan) }),
        8 => (0usize..4, 0u32..6, check_in, prop::option::of(-600i64..600)).prop_map(
            |(n, stop, says, s)| RoundCommand::CheckIn {
                unit: unit(n),
                stop,
                says,
                at: s.map(|s| ten_at_night() + SignedDuration::from_secs(s)),
            }
        ),
        1 => (0usize..4, prop::sample::select(kinds.to_vec()), 1u32..60).prop_map(
            |(n, notice, minutes)| RoundCommand::Mute {
                unit: unit(n),
                notice,
                minutes,
                why: MuteWhy::Agreed,
            }
        ),
    ];
    command.prop_map(Command::Round)
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
        2 => (units(), place()).prop_map(|(unit, position)| Command::Send { unit, position, label: "a".into() }),
        1 => units().prop_map(|unit| Command::Recall { unit }),
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
        6 => (units(), -50i32..1_500, 0i64..2_000).prop_map(|(unit, east, s)| Command::Move {
            unit,
            position: at(f64::from(east), 0.0),
            heading_deg: None,
            measured_at: ten_at_night() + SignedDuration::from_secs(s),
        }),
        1 => (units(), status.clone(), prop::option::of(calls()), -600i64..600).prop_map(|(unit, status, call, s)| {
            Command::ReportOf {
                unit,
                status,
                call,
                at: ten_at_night() + SignedDuration::from_secs(s),
            }
        }),
        12 => of_rounds(),
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
    let pause = prop_oneof![20 => 0i64..40, 4 => Just(400), 1 => Just(3_600), 1 => Just(50_000)];
    (pause, command)
}
