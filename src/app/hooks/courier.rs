//! The part of a running service that tells. Of several on one workspace the one that leads
//! does; in a file, its writer.
//!
//! It folds the log for itself, from where it was looked at last, so that a message says what
//! was known right after its event, whenever it is made. What is to be told gets into the queue
//! in one transaction with the number up to which was looked: from then on it is sent until it
//! has arrived, at least once, under the same id each time. Each hook has one message on its
//! way, so that a slow receiver waits for itself alone.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use metrics::counter;
use rand::RngExt;
use tokio::sync::broadcast::error::RecvError;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval};

use crate::app::clock;
use crate::app::hooks::job::letter;
use crate::app::hooks::message::body;
use crate::app::hooks::post::{PostFault, Posted, post};
use crate::app::hooks::secret::Secret;
use crate::app::hooks::target::Target;
use crate::app::live::commit::Commit;
use crate::app::live::follow::AT_ONCE;
use crate::app::session::Session;
use crate::app::session::near::beat_of;
use crate::app::session::snapshot::Snapshot;
use crate::live::board::Board;
use crate::live::event::LoggedEvent;
use crate::live::hook::delivery::{Delivery, DeliveryState};
use crate::live::hook::event::HookEvent;
use crate::live::hook::filter::Fence;
use crate::live::hook::happening::Happening;
use crate::live::hook::registered::{Hook, HookEnd};
use crate::live::step::step;
use crate::place::position::Position;
use crate::store::error::StoreError;
use crate::store::hook_deliveries::{NewDelivery, Tried};
use crate::store::workspace::Workspace;

/// How often it is looked at what waits for its time, and at new hooks.
const TICK: Duration = Duration::from_secs(1);

/// How far was looked is noted at least so often where there was nothing to tell.
const NOTE_EVERY: Duration = Duration::from_secs(300);

/// How often old messages are let go of, and how old they get.
const TIDY_EVERY: Duration = Duration::from_secs(3600);
const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

/// What the receiver says who does not want to be told ever again.
const GONE: u16 = 410;

/// What the task remembers from one turn to the next.
struct Courier {
    /// The log as far as it was looked at; none until it is needed.
    folded: Option<Folded>,
    noted: Instant,
    tidied: Option<Instant>,
    sending: JoinSet<Sent>,
    /// Hooks with a message on its way.
    busy: HashSet<String>,
    failing: bool,
}

/// The board by the last event that was looked at.
struct Folded {
    board: Board,
    looked_at: u64,
}

/// A message that was sent.
struct Sent {
    hook: Hook,
    delivery: Delivery,
    at: Timestamp,
    answer: Result<Posted, PostFault>,
}

impl Session {
    /// Tells hooks of what happens until the task is dropped.
    pub async fn keep_telling(self: Arc<Self>) {
        if !self.workspace().is_writable() {
            return;
        }
        let mut courier = Courier {
            folded: None,
            noted: Instant::now(),
            tidied: None,
            sending: JoinSet::new(),
            busy: HashSet::new(),
            failing: false,
        };
        let mut commits = self.live.commits();
        let mut ticks = interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let mut sent = None;
            tokio::select! {
                commit = commits.recv() => match commit {
                    // What was folded may be of events that the log has no more.
                    Ok(commit) if matches!(*commit, Commit::Anew) => courier.folded = None,
                    Ok(commit) if !is_told(&commit) => continue,
                    Ok(_) | Err(RecvError::Lagged(_)) => {}
                    Err(RecvError::Closed) => return,
                },
                Some(done) = courier.sending.join_next() => sent = Some(done),
                _ = ticks.tick() => {}
            }
            if !self.live.leads() {
                courier.folded = None;
            }
            let turn = courier.turn(&self, sent).await;
            match turn {
                Ok(()) => courier.failing = false,
                // Said once, not every second.
                Err(fault) if !courier.failing => {
                    courier.failing = true;
                    tracing::warn!(%fault, "hooks can't be told now; it is made up for");
                }
                Err(_) => {}
            }
        }
    }
}

impl Courier {
    async fn turn(
        &mut self,
        session: &Session,
        sent: Option<Result<Sent, tokio::task::JoinError>>,
    ) -> Result<(), StoreError> {
        let workspace = session.workspace();
        if let Some(sent) = sent {
            self.sent(workspace, sent).await?;
        }
        if !session.live.leads() {
            return Ok(());
        }
        // First the log's end, then the hooks: one that is made in between begins after it.
        let last = session.live.board().sequence;
        let mut hooks = workspace.hooks().await?;
        hooks.retain(|hook| hook.ended.is_none());
        if hooks.is_empty() {
            self.folded = None;
        } else {
            self.queue(session, &hooks, last).await?;
            self.send(workspace, hooks).await?;
        }
        self.tidy(workspace).await
    }

    /// Puts into the queue what the log has that was not looked at.
    async fn queue(
        &mut self,
        session: &Session,
        hooks: &[Hook],
        last: u64,
    ) -> Result<(), StoreError> {
        let workspace = session.workspace();
        let first = hooks.iter().map(|hook| hook.after_sequence).min();
        let mut folded = match self.folded.take() {
            Some(folded) => folded,
            None => fold_up_to(workspace, first.unwrap_or(last)).await?,
        };
        let snapshot = session.snapshot();
        let mut due_to_note = self.noted.elapsed() >= NOTE_EVERY;
        while folded.looked_at < last {
            let events = read(workspace, folded.looked_at, last).await?;
            let mut messages = Vec::new();
            for logged in &events {
                step(&mut folded.board, logged);
                let ground = session.live.ground();
                if let Some(told) = Happening::of(logged, &folded.board, &ground) {
                    messages_of(&told, hooks, workspace, &snapshot, &mut messages).await?;
                }
            }
            folded.looked_at = looked_at(&events, last);
            if !messages.is_empty() || due_to_note {
                let ids: Vec<String> = hooks.iter().map(|hook| hook.id.clone()).collect();
                let now = clock::now();
                workspace
                    .queue_deliveries(&messages, &ids, folded.looked_at, now)
                    .await?;
                self.noted = Instant::now();
                due_to_note = false;
            }
        }
        // Kept only where all went well: what is not is folded anew, from what is noted.
        self.folded = Some(folded);
        Ok(())
    }

    /// Sends the oldest message whose time has come of each hook that has none on its way.
    async fn send(&mut self, workspace: &Workspace, hooks: Vec<Hook>) -> Result<(), StoreError> {
        for delivery in workspace.due_deliveries(clock::now()).await? {
            let of = |hook: &&Hook| hook.id == delivery.hook;
            let Some(hook) = hooks.iter().find(of) else {
                continue;
            };
            if self.busy.contains(&hook.id) {
                continue;
            }
            let Some(address) = workspace.hook_address(&hook.id).await? else {
                continue;
            };
            self.busy.insert(hook.id.clone());
            let hook = hook.clone();
            self.sending.spawn(async move {
                let at = clock::now();
                let secret = Secret::of(address.secret);
                let letter = letter(&secret, &delivery.message, delivery.body.clone(), at);
                let answer = match Target::parse(&address.url, hook.settings.reach) {
                    Ok(target) => post(&target, letter, at).await,
                    Err(fault) => Err(fault.into()),
                };
                Sent {
                    hook,
                    delivery,
                    at,
                    answer,
                }
            });
        }
        Ok(())
    }

    /// Notes what came of a message. Where that can't be noted it is sent once more.
    async fn sent(
        &mut self,
        workspace: &Workspace,
        sent: Result<Sent, tokio::task::JoinError>,
    ) -> Result<(), StoreError> {
        let sent = match sent {
            Ok(sent) => sent,
            Err(fault) => {
                tracing::error!(%fault, "sending a hook's message broke off");
                // Whose it was is not known: all may be tried again.
                self.busy.clear();
                return Ok(());
            }
        };
        self.busy.remove(&sent.hook.id);
        let tried = tried(&sent, rand::rng().random());
        let result = match tried.state {
            DeliveryState::Delivered => "delivered",
            DeliveryState::Pending => "failed",
            DeliveryState::Dead => "dead",
        };
        counter!("frontbeat_hook_messages_total", "result" => result).increment(1);
        if tried.state == DeliveryState::Dead {
            tracing::warn!(
                hook = sent.hook.id,
                message = sent.delivery.message,
                "a hook's message is a dead letter; frontbeat hooks replay sends it again"
            );
        }
        workspace
            .note_delivery(sent.delivery.number, &tried)
            .await?;
        if tried.status == Some(GONE) {
            tracing::warn!(
                hook = sent.hook.id,
                "the receiver is gone (410): the hook ends"
            );
            workspace
                .end_hook(&sent.hook.id, HookEnd::Gone, sent.at)
                .await?;
        }
        Ok(())
    }

    async fn tidy(&mut self, workspace: &Workspace) -> Result<(), StoreError> {
        if self.tidied.is_some_and(|at| at.elapsed() < TIDY_EVERY) {
            return Ok(());
        }
        self.tidied = Some(Instant::now());
        let before = clock::now().checked_sub(KEPT).unwrap_or(Timestamp::MIN);
        workspace.forget_deliveries(before).await.map(|_| ())
    }
}

/// Whether anybody may be told of anything in it.
fn is_told(commit: &Commit) -> bool {
    let mut steps = commit.steps().iter();
    steps.any(|step| HookEvent::of(&step.event.event).is_some())
}

/// The board by an event, but where units are: nobody is told of that.
async fn fold_up_to(workspace: &Workspace, last: u64) -> Result<Folded, StoreError> {
    let board = workspace.kept_board(last).await?.unwrap_or_default();
    let mut folded = Folded {
        looked_at: board.sequence,
        board,
    };
    while folded.looked_at < last {
        let events = read(workspace, folded.looked_at, last).await?;
        for event in &events {
            step(&mut folded.board, event);
        }
        folded.looked_at = looked_at(&events, last);
    }
    Ok(folded)
}

async fn read(
    workspace: &Workspace,
    after: u64,
    last: u64,
) -> Result<Vec<LoggedEvent>, StoreError> {
    workspace.events_but_positions(after, last, AT_ONCE).await
}

/// Up to where the log is known after these: to the end where they are the last.
fn looked_at(events: &[LoggedEvent], last: u64) -> u64 {
    match events.last() {
        Some(event) if events.len() == AT_ONCE as usize => event.sequence,
        _ => last,
    }
}

async fn messages_of(
    told: &Happening,
    hooks: &[Hook],
    workspace: &Workspace,
    snapshot: &Snapshot,
    messages: &mut Vec<NewDelivery>,
) -> Result<(), StoreError> {
    for hook in hooks {
        let wants = || {
            let filter = &hook.settings.filter;
            filter.wants(told, |fence, place| inside(fence, place, snapshot))
        };
        if told.sequence <= hook.after_sequence || !wants() {
            continue;
        }
        let Some(address) = workspace.hook_address(&hook.id).await? else {
            continue;
        };
        messages.push(NewDelivery {
            hook: hook.id.clone(),
            message: Secret::of(address.secret).message_id(&hook.id, told.sequence),
            event: told.event.name(),
            body: body(told, snapshot),
        });
    }
    Ok(())
}

/// Whether a place is on some ground, as that is now.
fn inside(fence: &Fence, place: Position, snapshot: &Snapshot) -> bool {
    match fence {
        Fence::Beat { id } => beat_of(snapshot, place).is_some_and(|beat| beat.id == *id),
        Fence::Station { id } => {
            beat_of(snapshot, place).is_some_and(|beat| beat.station.as_ref() == Some(id))
        }
        Fence::Zone { id } => {
            let mut zones = snapshot.layers.zones.iter();
            zones.any(|zone| zone.id == *id && zone.area.covers(place))
        }
        Fence::Area { area } => area.covers(place),
    }
}

/// What comes next of a message that was sent.
fn tried(sent: &Sent, chance: f64) -> Tried {
    let tries = sent.delivery.tries + 1;
    let (status, asked, fault) = match &sent.answer {
        Ok(posted) => (Some(posted.status), posted.retry_after, None),
        Err(fault) => (None, None, Some(fault.to_string())),
    };
    let arrived = sent
        .answer
        .as_ref()
        .is_ok_and(|posted| posted.has_arrived());
    let again = sent.hook.settings.retries.wait(tries, asked, chance);
    let again = again.filter(|_| status != Some(GONE));
    let next_at = again.and_then(|wait| {
        let wait = SignedDuration::try_from(wait).ok()?;
        sent.at.checked_add(wait).ok()
    });
    let state = match (arrived, next_at) {
        (true, _) => DeliveryState::Delivered,
        (false, Some(_)) => DeliveryState::Pending,
        (false, None) => DeliveryState::Dead,
    };
    Tried {
        state,
        at: sent.at,
        next_at: next_at.unwrap_or(sent.at),
        status,
        fault,
    }
}
