//! The one task that changes the board: it decides, writes, and takes in what other services
//! have written.
//!
//! Where services share a workspace each of them decides on the true board all the same: a
//! commit has the turn to write from its begin until it can be seen, and in it reads first
//! what others have logged. So there is one order of all events, and their numbers become
//! visible in it: whoever reads the log by numbers never finds a gap that is filled later.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use metrics::{counter, histogram};
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};

use crate::app::live::Live;
use crate::app::live::ask::{Answer, Ask};
use crate::app::live::error::LiveError;
use crate::app::live::news::News;
use crate::app::live::work::{CaughtUp, Work, stored_of};
use crate::live::board::Board;
use crate::live::command::Command;
use crate::live::decide::decide;
use crate::live::due::due;
use crate::store::board::BoardWrite;

/// What comes within so long of the first is written with it: one wait for the disk for all.
const GATHER: Duration = Duration::from_millis(5);

/// Most commands in one transaction, so that the first does not wait for all.
const MOST_AT_ONCE: usize = 12_000;

/// How often it is looked at what the time alone brings about.
const TICK: Duration = Duration::from_millis(250);

/// How often what others have written is read before the turn, where it is much; then in it.
const TRIES: u32 = 3;

/// A board is kept after so many events, so that nobody folds more than these…
const KEEP_EVERY: u64 = 20_000;

/// …and so long after the last one.
const KEEP_AFTER: SignedDuration = SignedDuration::from_mins(30);

/// What the writer remembers from one commit to the next.
struct Memory {
    /// Since when signs of life are heard: the start, or the end of what broke it off.
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
                if let Err(fault) = self.write(gathered, &mut memory).await
                    && fault.is_of_all()
                {
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
        self.beat();
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

    /// Writes what was gathered, what is due, and takes in what others have written. Where one
    /// of many is what can't be written, the others are.
    async fn write(&self, asks: Vec<Ask>, memory: &mut Memory) -> Result<(), LiveError> {
        let begun = Instant::now();
        let count: usize = asks.iter().map(|ask| ask.commands.len()).sum();
        let done = self.commit(&asks, memory).await;
        histogram!("frontbeat_board_commit_seconds").record(begun.elapsed().as_secs_f64());
        histogram!("frontbeat_board_commit_commands").record(count as f64);
        match done {
            Ok(given) => {
                memory.went_well(self.now());
                memory.looked = begun;
                for (ask, given) in asks.into_iter().zip(given) {
                    // Whoever asked may have left.
                    let _ = ask.answer.send(given);
                }
                Ok(())
            }
            Err(fault) if !fault.is_of_all() && asks.len() > 1 => {
                let mut all = Ok(());
                for ask in asks {
                    match &all {
                        Ok(()) => {
                            let done = Box::pin(self.write(vec![ask], memory)).await;
                            all = done.or_else(|fault| match fault.is_of_all() {
                                true => Err(fault),
                                false => Ok(()),
                            });
                        }
                        Err(fault) => {
                            let _ = ask.answer.send(Err(LiveError::clone(fault)));
                        }
                    }
                }
                all
            }
            Err(fault) => {
                match fault.is_of_all() || asks.is_empty() {
                    true => memory.failed(&fault),
                    false => tracing::warn!(%fault, "what was asked for can't be written"),
                }
                for ask in asks {
                    let _ = ask.answer.send(Err(fault.clone()));
                }
                Err(fault)
            }
        }
    }

    fn silent(&self, started: Timestamp, now: Timestamp) -> Vec<Command> {
        let since = started.max(self.beat());
        self.signs.borrow().silent(&self.board(), since, now)
    }

    /// One transaction: nothing of it is shown before it is on disk. Where much was written
    /// meanwhile it is read before the turn to write is taken again, so that nobody waits
    /// for it.
    async fn commit(
        &self,
        asks: &[Ask],
        memory: &mut Memory,
    ) -> Result<Vec<Result<Answer, LiveError>>, LiveError> {
        for tries in 0..=TRIES {
            let mut work = Work::new(Board::clone(&self.board()), self.now());
            let mut write = self.workspace.begin_board().await?;
            // Nobody else writes to a file.
            let newest = self.newest().filter(|_| self.workspace.is_shared());
            let all = tries == TRIES;
            let caught_up = work.catch_up(&mut write, newest.as_ref(), all).await?;
            if matches!(caught_up, CaughtUp::Yes) {
                return self.commit_turn(asks, work, write, memory).await;
            }
            // Lets go of the turn.
            drop(write);
            match caught_up {
                CaughtUp::Another => self.begin_anew().await?,
                CaughtUp::FarBehind | CaughtUp::Yes => self.follow().await?,
            }
        }
        Err(LiveError::NotNow)
    }

    async fn commit_turn(
        &self,
        asks: &[Ask],
        mut work: Work,
        mut write: BoardWrite,
        memory: &mut Memory,
    ) -> Result<Vec<Result<Answer, LiveError>>, LiveError> {
        let ground = self.ground();
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
        work.known = stored_of(&mut write, asks).await?;
        let mut given = Vec::with_capacity(asks.len());
        for ask in asks {
            given.push(work.answer(&mut write, &ground, ask).await?);
        }
        work.write(&mut write, &before).await?;
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
        let Work { board, steps, .. } = work;
        counter!("frontbeat_board_events_total").increment(steps.len() as u64);
        self.note_look();
        self.show(board, steps);
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
