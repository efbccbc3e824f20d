//! A commit in the making: the board as it will be, and what has to be written for it.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;

use crate::app::live::ask::{Answer, Ask, Outcome};
use crate::app::live::commit::Step;
use crate::app::live::error::LiveError;
use crate::app::live::follow::{AT_ONCE, take};
use crate::app::live::onward::{Onward, are_same, onward};
use crate::incident::record::{CallState, Incident};
use crate::live::board::Board;
use crate::live::board_event::{BoardEvent, Received};
use crate::live::call::{Call, How};
use crate::live::command::{Command, NewIncident};
use crate::live::decide::decide;
use crate::live::event::{EventKind, LoggedEvent};
use crate::live::ground::Ground;
use crate::live::refusal::Refusal;
use crate::place::id::Id;
use crate::store::board::{BoardWrite, KeptAnswer};
use crate::store::incidents::endings::{IncidentNews, NoIncident};
use crate::store::incidents::write::Stored;

/// Most events of others that are taken in while all others wait for their turn: some tens of
/// milliseconds.
const MOST_IN_A_TURN: u64 = 500;

/// A commit in the making.
pub(super) struct Work {
    pub board: Board,
    pub now: Timestamp,
    pub steps: Vec<Step>,
    /// Those of the steps that this commit writes.
    from: usize,
    pub known: HashMap<Id<Incident>, Stored>,
    /// Incidents that this commit takes in.
    incidents: Vec<Incident>,
}

/// Whether a commit's board is the one that the log comes to.
pub(super) enum CaughtUp {
    /// It is, with what others have written.
    Yes,
    /// Too much was written meanwhile to be read while all others wait.
    FarBehind,
    /// The log is not the one that the board was made of.
    Another,
}

impl Work {
    pub fn new(board: Board, now: Timestamp) -> Self {
        Self {
            board,
            now,
            steps: Vec::new(),
            from: 0,
            known: HashMap::new(),
            incidents: Vec::new(),
        }
    }

    /// Takes in what others have written since the board was made: `newest` is the last event
    /// that it has. In the end however much it is, where `all` says so.
    pub async fn catch_up(
        &mut self,
        write: &mut BoardWrite,
        newest: Option<&LoggedEvent>,
        all: bool,
    ) -> Result<CaughtUp, LiveError> {
        if write.last == self.board.sequence {
            let same = newest
                .zip(write.newest.as_ref())
                .is_none_or(|(one, other)| are_same(one, other));
            return Ok(match same {
                true => self.begins(),
                false => CaughtUp::Another,
            });
        }
        if !all && write.last > self.board.sequence + MOST_IN_A_TURN {
            return Ok(CaughtUp::FarBehind);
        }
        let mut newest = newest.cloned();
        while self.board.sequence < write.last {
            let from = self.board.sequence.saturating_sub(1);
            let read = write.events_after(from, AT_ONCE + 1).await?;
            let events = match onward(self.board.sequence, newest.as_ref(), read) {
                Onward::New(events) if !events.is_empty() => events,
                _ => return Ok(CaughtUp::Another),
            };
            for event in events {
                newest = Some(event.clone());
                let step = take(&mut self.board, event);
                self.steps.push(step);
            }
        }
        match self.board.sequence > write.last {
            true => Ok(CaughtUp::Another),
            false => Ok(self.begins()),
        }
    }

    /// What comes now is this commit's own.
    fn begins(&mut self) -> CaughtUp {
        self.from = self.steps.len();
        // Time on the board does not go back, whatever other processes' clocks say.
        self.now = self.now.max(self.board.at);
        CaughtUp::Yes
    }

    /// An event onto the board, to be written.
    pub fn log(&mut self, event: BoardEvent) {
        if let BoardEvent::IncidentReceived(received) = &event {
            self.incidents.push(incident_of(received));
        }
        let logged = LoggedEvent {
            sequence: self.board.sequence + 1,
            at: self.now,
            event: EventKind::Board(event),
        };
        let step = take(&mut self.board, logged);
        self.steps.push(step);
    }

    /// What becomes of one request.
    pub async fn answer(
        &mut self,
        write: &mut BoardWrite,
        ground: &Ground,
        ask: &Ask,
    ) -> Result<Result<Answer, LiveError>, LiveError> {
        if let Some(asked) = &ask.repeatable
            && let Some(kept) = write.answer(&asked.feed, &asked.key).await?
        {
            if kept.request_hash != asked.request_hash {
                return Ok(Err(LiveError::KeyReused));
            }
            return Ok(Ok(Answer {
                outcomes: Vec::new(),
                sequence: self.board.sequence,
                given_before: Some(kept.answer),
            }));
        }
        let outcomes = ask
            .commands
            .iter()
            .map(|command| self.carry_out(ground, command))
            .collect();
        let answer = Answer {
            outcomes,
            sequence: self.board.sequence,
            given_before: None,
        };
        if let Some(asked) = &ask.repeatable {
            let kept = KeptAnswer {
                request_hash: asked.request_hash.clone(),
                answer: (asked.body)(&answer),
            };
            write
                .keep_answer(&asked.feed, &asked.key, &kept, self.now)
                .await?;
        }
        Ok(Ok(answer))
    }

    fn carry_out(&mut self, ground: &Ground, command: &Command) -> Outcome {
        if let Command::Receive(new) = command {
            match self.known.get(&new.id).copied().unwrap_or(Stored::No) {
                Stored::Same => return Outcome::Known,
                // Sent again without its time: the call it became tells.
                Stored::Other if self.is_on_board(new) => return Outcome::Known,
                Stored::Other => return Outcome::Refused(Refusal::IdInUse(new.id.clone())),
                Stored::No => {}
            }
        }
        let number = self.board.next_call;
        let events = match decide(&self.board, ground, command, self.now) {
            Ok(events) if events.is_empty() => return Outcome::Known,
            Ok(events) => events,
            Err(refusal) => return Outcome::Refused(refusal),
        };
        let mut incident = None;
        for event in events {
            if let BoardEvent::IncidentReceived(received) = &event {
                incident = Some(received.id.clone());
                self.known.insert(received.id.clone(), Stored::Same);
            }
            self.log(event);
        }
        if let (Command::Receive(new), Some(last)) = (command, self.incidents.last_mut()) {
            last.source_id.clone_from(&new.source_id);
        }
        Outcome::Done {
            number: incident.is_some().then_some(number),
            incident,
        }
    }

    /// Whether a call of that id and place is on the board.
    fn is_on_board(&self, new: &NewIncident) -> bool {
        let call = self.board.calls.get(&new.id);
        call.is_some_and(|call| call.position == new.position)
    }

    /// Writes the events and what they come to in the table of incidents.
    pub async fn write(&self, write: &mut BoardWrite, before: &Board) -> Result<(), LiveError> {
        let new = &self.steps[self.from..];
        if new.is_empty() {
            return Ok(());
        }
        let events: Vec<LoggedEvent> = new.iter().map(|step| step.event.clone()).collect();
        write.append(&events).await?;
        if !self.incidents.is_empty() {
            write.add_incidents(&self.incidents, self.now).await?;
        }
        let touched: HashSet<&Id<Incident>> =
            new.iter().flat_map(|step| &step.touched.calls).collect();
        let mut touched: Vec<_> = touched.into_iter().collect();
        touched.sort();
        for id in touched {
            let Some(call) = self.board.calls.get(id) else {
                continue;
            };
            let news = news(call);
            // A call that this commit took in, and no more, is stored as it came.
            let stored = before.calls.get(id).map_or(
                IncidentNews {
                    id: id.clone(),
                    state: CallState::Received,
                    category: call.category.clone(),
                    priority: call.priority,
                    ending: None,
                },
                self::news,
            );
            let fresh_and_changed = !before.calls.contains_key(id) && !call.changes.is_empty();
            if news != stored || fresh_and_changed {
                write.note(&news).await?;
            }
        }
        Ok(())
    }
}

/// What is stored of the incidents that come in, by their ids.
pub(super) async fn stored_of(
    write: &mut BoardWrite,
    asks: &[Ask],
) -> Result<HashMap<Id<Incident>, Stored>, LiveError> {
    let commands = asks.iter().flat_map(|ask| &ask.commands);
    let coming: Vec<Incident> = commands
        .filter_map(|command| match command {
            Command::Receive(new) => Some(new.incident()),
            _ => None,
        })
        .collect();
    if coming.is_empty() {
        return Ok(HashMap::new());
    }
    let stored = write.stored(&coming).await?;
    let named = coming.into_iter().map(|incident| incident.id).zip(stored);
    // Of several with one id the first is what may be taken in; the others are known by then.
    let mut known = HashMap::new();
    for (id, stored) in named {
        known.entry(id).or_insert(stored);
    }
    Ok(known)
}

fn incident_of(received: &Received) -> Incident {
    Incident {
        id: received.id.clone(),
        at: received.happened_at,
        until: received.until,
        position: received.position,
        category: received.category.clone(),
        priority: received.priority,
        origin: received.origin,
        state: received.state,
        source_id: None,
    }
}

/// What the table of incidents says of a call.
fn news(call: &Call) -> IncidentNews {
    let (state, ending) = match call.ending.as_ref().map(|ending| &ending.how) {
        None => (call.state, None),
        Some(How::Closed) => (CallState::Closed, None),
        Some(How::Cancelled { .. }) => (CallState::Closed, Some(NoIncident::Cancelled)),
        Some(How::Merged { .. }) => (CallState::Closed, Some(NoIncident::Merged)),
    };
    IncidentNews {
        id: call.id.clone(),
        state,
        category: call.category.clone(),
        priority: call.priority,
        ending,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::record::NewWorkspace;
    use crate::store::workspace::Workspace;

    /// What much there is to read is read before the turn, unless it comes faster than that.
    #[tokio::test]
    async fn much_is_not_read_while_others_wait() {
        let folder = tempfile::tempdir().unwrap();
        let new = NewWorkspace {
            name: "Town".into(),
            timezone: "Asia/Shanghai".into(),
            synthetic: false,
        };
        let made = Workspace::create(folder.path().join("w.gpkg"), &new).await;
        let workspace = made.unwrap();
        let at: Timestamp = "2026-11-26T14:00:00Z".parse().unwrap();
        let mut write = workspace.begin_board().await.unwrap();
        let first = write.last;
        let logged = |number: u64| LoggedEvent {
            sequence: first + number,
            at,
            event: EventKind::PlanMade {
                plan: number.to_string(),
            },
        };
        let events: Vec<LoggedEvent> = (1..=MOST_IN_A_TURN + 1).map(logged).collect();
        write.append(&events).await.unwrap();
        write.commit().await.unwrap();

        let mut write = workspace.begin_board().await.unwrap();
        assert_eq!(write.newest.as_ref(), events.last());
        let last = write.last;
        let mut board = Board::default();
        board.sequence = first;
        let mut work = Work::new(board.clone(), at);
        let far = work.catch_up(&mut write, None, false).await.unwrap();
        assert!(matches!(far, CaughtUp::FarBehind));
        assert_eq!(work.board.sequence, first);
        let all = work.catch_up(&mut write, None, true).await.unwrap();
        assert!(matches!(all, CaughtUp::Yes));
        assert_eq!(
            (work.board.sequence, work.steps.len()),
            (last, events.len())
        );
        // Nearer, in the turn; and not from an event that the log has not.
        board.sequence = first + 2;
        let newest = Some(&events[1]);
        let mut near = Work::new(board.clone(), at);
        let caught_up = near.catch_up(&mut write, newest, false).await.unwrap();
        assert!(matches!(caught_up, CaughtUp::Yes));
        for (sequence, newest) in [
            (first + 2, &events[2]),
            (last, &events[0]),
            (last + 1, &events[0]),
        ] {
            board.sequence = sequence;
            let mut other = Work::new(board.clone(), at);
            let caught_up = other
                .catch_up(&mut write, Some(newest), false)
                .await
                .unwrap();
            assert!(matches!(caught_up, CaughtUp::Another), "{sequence}");
        }
        drop(write);
        workspace.close().await;
    }
}
