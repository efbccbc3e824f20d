//! The one task that changes the board: it decides, writes, and takes in what other services
//! have written.
//!
//! Where services share a workspace each of them decides on the true board all the same: a
//! commit has the turn to write from its begin until it can be seen, and in it reads first
//! what others have logged. So there is one order of all events, and their numbers become
//! visible in it: whoever reads the log by numbers never finds a gap that is filled later.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use metrics::{counter, histogram};
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};

use crate::app::live::Live;
use crate::app::live::ask::{Answer, Ask, Outcome, Repeatable};
use crate::app::live::commit::Step;
use crate::app::live::error::LiveError;
use crate::app::live::follow::{AT_ONCE, take};
use crate::app::live::news::News;
use crate::incident::record::{CallState, Incident};
use crate::live::board::Board;
use crate::live::board_event::{BoardEvent, Received};
use crate::live::call::{Call, How};
use crate::live::command::{Command, NewIncident};
use crate::live::decide::decide;
use crate::live::due::due;
use crate::live::event::{EventKind, LoggedEvent};
use crate::live::ground::Ground;
use crate::live::refusal::Refusal;
use crate::place::id::Id;
use crate::store::board::{BoardWrite, KeptAnswer};
use crate::store::incidents::endings::{IncidentNews, NoIncident};
use crate::store::incidents::write::Stored;

/// What comes within so long of the first is written with it: one wait for the disk for all.
const GATHER: Duration = Duration::from_millis(5);

/// Most commands in one transaction, so that the first does not wait for all.
const MOST_AT_ONCE: usize = 12_000;

/// How often it is looked at what the time alone brings about.
const TICK: Duration = Duration::from_millis(250);

/// A board is kept after so many events, so that nobody folds more than these…
const KEEP_EVERY: u64 = 20_000;

/// …and so long after the last one.
const KEEP_AFTER: SignedDuration = SignedDuration::from_mins(30);

/// What the writer remembers from one commit to the next.
struct Memory {
    /// Since when signs of life are heard without a break.
    started: Timestamp,
    led: bool,
    looked: Instant,
    /// Number and time of the last board that was kept.
    kept: (u64, Timestamp),
    failing: bool,
}

impl Live {
    /// Decides and writes until the task is dropped. Where the workspace is not open for
    /// writing, it follows the log.
    pub async fn run(self: Arc<Self>) {
        let Some(mut asks) = self.waiting.lock().await.take() else {
            return;
        };
        let mut memory = Memory {
            started: self.now(),
            led: self.leads(),
            looked: Instant::now(),
            // Which board was kept last is not known: soon there is a new one.
            kept: (0, self.now()),
            failing: false,
        };
        let mut ticks = interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut news = News::of(&self.workspace);
        loop {
            let mut told = false;
            let gathered = tokio::select! {
                ask = asks.recv() => match ask {
                    Some(first) => gather(first, &mut asks).await,
                    None => return,
                },
                () = news.told() => {
                    told = true;
                    Vec::new()
                }
                _ = ticks.tick() => Vec::new(),
            };
            if self.has_work(&gathered, &mut memory) {
                if let Err(fault) = self.write(gathered, &mut memory).await {
                    // It took its time: whoever came meanwhile does not wait as long again.
                    while let Ok(late) = asks.try_recv() {
                        let _ = late.answer.send(Err(fault.clone()));
                    }
                }
            } else if told || memory.looked.elapsed() >= news.look_every() {
                memory.looked = Instant::now();
                match self.follow().await {
                    Ok(()) => memory.went_well(self.now()),
                    Err(fault) => memory.failed(&fault),
                }
            }
        }
    }

    /// Whether something is asked for, or due; what is due is looked after by one service.
    fn has_work(&self, asks: &[Ask], memory: &mut Memory) -> bool {
        if !self.workspace.is_writable() {
            return false;
        }
        let (now, leads) = (self.now(), self.leads());
        if leads && !memory.led {
            // What pillars told the leader before is not known for sure.
            memory.started = now;
        }
        memory.led = leads;
        let due = || {
            !due(&self.board(), &self.ground(), now).is_empty()
                || !self.silent(memory.started, now).is_empty()
        };
        !asks.is_empty() || (leads && due())
    }

    /// Writes what was gathered, what is due, and takes in what others have written.
    async fn write(&self, asks: Vec<Ask>, memory: &mut Memory) -> Result<(), LiveError> {
        let now = self.now();
        let begun = Instant::now();
        let count: usize = asks.iter().map(|ask| ask.commands.len()).sum();
        let mut work = Work::new(Board::clone(&self.board()), now);
        let (asked, answers): (Vec<_>, Vec<_>) = asks
            .into_iter()
            .map(|ask| ((ask.commands, ask.repeatable), ask.answer))
            .unzip();
        let done = match self.commit(asked, &mut work, memory).await {
            Ok(given) => {
                memory.went_well(now);
                memory.looked = begun;
                self.note_look();
                let Work { board, steps, .. } = work;
                counter!("frontbeat_board_events_total").increment(steps.len() as u64);
                self.show(board, steps);
                for (answer, given) in answers.into_iter().zip(given) {
                    // Whoever asked may have left.
                    let _ = answer.send(given);
                }
                Ok(())
            }
            Err(fault) => {
                memory.failed(&fault);
                for answer in answers {
                    let _ = answer.send(Err(fault.clone()));
                }
                Err(fault)
            }
        };
        histogram!("frontbeat_board_commit_seconds").record(begun.elapsed().as_secs_f64());
        histogram!("frontbeat_board_commit_commands").record(count as f64);
        done
    }

    fn silent(&self, started: Timestamp, now: Timestamp) -> Vec<Command> {
        self.signs.borrow().silent(&self.board(), started, now)
    }

    /// One transaction: nothing of it is shown before it is on disk.
    async fn commit(
        &self,
        asked: Vec<(Vec<Command>, Option<Repeatable>)>,
        work: &mut Work,
        memory: &mut Memory,
    ) -> Result<Vec<Result<Answer, LiveError>>, LiveError> {
        let ground = self.ground();
        let mut write = self.workspace.begin_board().await?;
        work.catch_up(&mut write).await?;
        let before = work.board.clone();
        let now = work.now;
        for event in due(&work.board, &ground, now) {
            work.log(event);
        }
        let silent = match memory.led {
            true => self.silent(memory.started, now),
            false => Vec::new(),
        };
        for command in silent {
            if let Ok(events) = decide(&work.board, &ground, &command, now) {
                events.into_iter().for_each(|event| work.log(event));
            }
        }
        work.known = stored_of(&mut write, &asked).await?;
        let mut given = Vec::with_capacity(asked.len());
        for (commands, repeatable) in asked {
            given.push(
                work.answer(&mut write, &ground, &commands, repeatable)
                    .await?,
            );
        }
        work.write(&mut write, &before, self.synthetic()).await?;
        let (kept, kept_at) = memory.kept;
        let board = &work.board;
        let many = board.sequence >= kept + KEEP_EVERY;
        let long = board.sequence > kept && now.duration_since(kept_at) >= KEEP_AFTER;
        if many || long {
            write.keep_board(board).await?;
        }
        write.commit().await?;
        if many || long {
            memory.kept = (board.sequence, now);
        }
        Ok(given)
    }
}

impl Memory {
    /// After faults nobody knows which signs of life were missed.
    fn went_well(&mut self, now: Timestamp) {
        if self.failing {
            self.started = now;
            tracing::info!("the board can be written and read again");
        }
        self.failing = false;
    }

    /// Said once, not four times a second.
    fn failed(&mut self, fault: &LiveError) {
        if !self.failing {
            tracing::warn!(%fault, "the board can't be written or read on; it stays as it is");
        }
        self.failing = true;
    }
}

/// The first, and what comes soon after it.
async fn gather(first: Ask, asks: &mut mpsc::Receiver<Ask>) -> Vec<Ask> {
    let until = Instant::now() + GATHER;
    let mut count = first.commands.len();
    let mut gathered = vec![first];
    while count < MOST_AT_ONCE {
        let left = until.saturating_duration_since(Instant::now());
        match timeout(left, asks.recv()).await {
            Ok(Some(ask)) => {
                count += ask.commands.len();
                gathered.push(ask);
            }
            _ => break,
        }
    }
    gathered
}

/// What is stored of the incidents that come in, by their ids.
async fn stored_of(
    write: &mut BoardWrite,
    asked: &[(Vec<Command>, Option<Repeatable>)],
) -> Result<HashMap<Id<Incident>, Stored>, LiveError> {
    let commands = asked.iter().flat_map(|(commands, _)| commands);
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

/// A commit in the making.
struct Work {
    board: Board,
    now: Timestamp,
    steps: Vec<Step>,
    /// Those of the steps that this commit writes.
    from: usize,
    known: HashMap<Id<Incident>, Stored>,
    /// Incidents that this commit takes in.
    incidents: Vec<Incident>,
}

impl Work {
    fn new(board: Board, now: Timestamp) -> Self {
        Self {
            board,
            now,
            steps: Vec::new(),
            from: 0,
            known: HashMap::new(),
            incidents: Vec::new(),
        }
    }

    /// Takes in what others have written since.
    async fn catch_up(&mut self, write: &mut BoardWrite) -> Result<(), LiveError> {
        while self.board.sequence < write.last {
            let events = write.events_after(self.board.sequence, AT_ONCE).await?;
            if events.is_empty() {
                break;
            }
            for event in events {
                let step = take(&mut self.board, event);
                self.steps.push(step);
            }
        }
        self.from = self.steps.len();
        // Time on the board does not go back, whatever other processes' clocks say.
        self.now = self.now.max(self.board.at);
        Ok(())
    }

    /// An event onto the board, to be written.
    fn log(&mut self, event: BoardEvent) {
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
    async fn answer(
        &mut self,
        write: &mut BoardWrite,
        ground: &Ground,
        commands: &[Command],
        repeatable: Option<Repeatable>,
    ) -> Result<Result<Answer, LiveError>, LiveError> {
        if let Some(asked) = &repeatable
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
        let outcomes = commands
            .iter()
            .map(|command| self.carry_out(ground, command))
            .collect();
        let answer = Answer {
            outcomes,
            sequence: self.board.sequence,
            given_before: None,
        };
        if let Some(asked) = repeatable {
            let kept = KeptAnswer {
                request_hash: asked.request_hash,
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
    async fn write(
        &self,
        write: &mut BoardWrite,
        before: &Board,
        synthetic: &'static str,
    ) -> Result<(), LiveError> {
        let new = &self.steps[self.from..];
        if new.is_empty() {
            return Ok(());
        }
        let events: Vec<LoggedEvent> = new.iter().map(|step| step.event.clone()).collect();
        write.append(&events).await?;
        if !self.incidents.is_empty() {
            write
                .add_incidents(&self.incidents, synthetic, self.now)
                .await?;
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
