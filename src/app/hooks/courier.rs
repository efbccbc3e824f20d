//! The part of a running service that tells. Of several on one workspace the one that leads
//! does; in a file, its writer.
//!
//! What is to be told gets into the queue (`queue`) in one transaction with the number up to
//! which the log was looked at: from then on it is sent until it has arrived, at least once,
//! under the same id each time. Each hook has one message on its way, so that a slow receiver
//! waits for itself alone, until what came of it is noted: what can't be noted is not sent
//! again and again meanwhile.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use metrics::counter;
use rand::RngExt;
use tokio::sync::broadcast::error::RecvError;
use tokio::task::{JoinError, JoinSet};
use tokio::time::{Instant, MissedTickBehavior, interval};

use crate::app::clock;
use crate::app::hooks::job::letter;
use crate::app::hooks::post::{PostFault, Posted, post};
use crate::app::hooks::queue::Queue;
use crate::app::hooks::secret::Secret;
use crate::app::hooks::target::Target;
use crate::app::live::commit::Commit;
use crate::app::session::Session;
use crate::live::hook::delivery::{Delivery, DeliveryState};
use crate::live::hook::event::HookEvent;
use crate::live::hook::registered::{Hook, HookEnd};
use crate::store::error::StoreError;
use crate::store::hook_deliveries::Tried;
use crate::store::hooks::{HooksRead, UNREADABLE};
use crate::store::workspace::Workspace;

/// How often it is looked at what waits for its time, and at new hooks.
const TICK: Duration = Duration::from_secs(1);

/// How often old messages are let go of, and how old they get.
const TIDY_EVERY: Duration = Duration::from_secs(3600);
const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

/// What the receiver says who does not want to be told ever again.
const GONE: u16 = 410;

/// What the task remembers from one turn to the next.
struct Courier {
    queue: Queue,
    tidied: Option<Instant>,
    sending: JoinSet<Sent>,
    /// What came of messages and is not noted yet.
    outcomes: VecDeque<Outcome>,
    /// Hooks with a message on its way, or one of which that is not noted yet.
    busy: HashSet<String>,
    /// Hooks that can't be read: it is said once of each.
    unreadable: HashSet<String>,
    failing: bool,
}

/// A message that was sent.
struct Sent {
    hook: Hook,
    delivery: Delivery,
    at: Timestamp,
    /// When it was answered, or given up.
    answered_at: Timestamp,
    answer: Result<Posted, PostFault>,
}

/// What came of a message, to be noted.
struct Outcome {
    delivery: Delivery,
    tried: Tried,
}

impl Session {
    /// Tells hooks of what happens until the task is dropped.
    pub async fn keep_telling(self: Arc<Self>) {
        if !self.workspace().is_writable() {
            return;
        }
        let mut courier = Courier {
            queue: Queue::default(),
            tidied: None,
            sending: JoinSet::new(),
            outcomes: VecDeque::new(),
            busy: HashSet::new(),
            unreadable: HashSet::new(),
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
                    Ok(commit) if matches!(*commit, Commit::Anew) => courier.queue.forget(),
                    Ok(commit) if !is_told(&commit) => continue,
                    Ok(_) => {}
                    // That may be among what was not heard.
                    Err(RecvError::Lagged(_)) => courier.queue.forget(),
                    Err(RecvError::Closed) => return,
                },
                Some(done) = courier.sending.join_next() => sent = Some(done),
                _ = ticks.tick() => {}
            }
            if !self.live.leads() {
                courier.queue.forget();
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
    /// Does what there is to do. Where a part of it fails the others are done all the same.
    async fn turn(
        &mut self,
        session: &Session,
        sent: Option<Result<Sent, JoinError>>,
    ) -> Result<(), StoreError> {
        let workspace = session.workspace();
        if let Some(sent) = sent {
            self.sent(sent);
        }
        let noted = self.note(workspace).await;
        if !session.live.leads() {
            return noted;
        }
        let told = self.tell(session).await;
        let tidied = self.tidy(workspace).await;
        noted.and(told).and(tidied)
    }

    async fn tell(&mut self, session: &Session) -> Result<(), StoreError> {
        let workspace = session.workspace();
        // First the log's end, then the hooks: one that is made in between begins after it.
        let last = session.live.board().sequence;
        let HooksRead { hooks, unreadable } = workspace.holding_hooks().await?;
        self.say_of(unreadable);
        if hooks.is_empty() {
            self.queue.forget();
            return Ok(());
        }
        let queued = self.queue.fill(session, &hooks, last).await;
        let sent = self.send(workspace, hooks).await;
        queued.and(sent)
    }

    /// Says which hooks can't be read. One that can again goes on from what is noted of it,
    /// which is less than what was looked at for the others.
    fn say_of(&mut self, unreadable: Vec<(String, StoreError)>) {
        for (hook, fault) in &unreadable {
            if !self.unreadable.contains(hook) {
                tracing::warn!(hook, %fault, "{UNREADABLE}");
            }
        }
        let now: HashSet<String> = unreadable.into_iter().map(|(hook, _)| hook).collect();
        if !self.unreadable.is_subset(&now) {
            self.queue.forget();
        }
        self.unreadable = now;
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
                    Ok(target) => post(&target, letter).await,
                    Err(fault) => Err(fault.into()),
                };
                Sent {
                    hook,
                    delivery,
                    at,
                    answered_at: clock::now(),
                    answer,
                }
            });
        }
        Ok(())
    }

    /// What came of a message.
    fn sent(&mut self, sent: Result<Sent, JoinError>) {
        let sent = match sent {
            Ok(sent) => sent,
            Err(fault) => {
                tracing::error!(%fault, "sending a hook's message broke off");
                // Whose it was is not known: all may be tried again but what is to be noted.
                let outcomes = self.outcomes.iter();
                self.busy = outcomes.map(|it| it.delivery.hook.clone()).collect();
                return;
            }
        };
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
        let delivery = sent.delivery;
        self.outcomes.push_back(Outcome { delivery, tried });
    }

    /// Notes what came of messages. What can't be noted now is tried the next time, others
    /// first; until then its hook is told of nothing more.
    async fn note(&mut self, workspace: &Workspace) -> Result<(), StoreError> {
        while let Some(outcome) = self.outcomes.pop_front() {
            let Outcome { delivery, tried } = &outcome;
            let ends = (tried.status == Some(GONE)).then_some(HookEnd::Gone);
            if let Err(fault) = workspace.note_delivery(delivery, tried, ends).await {
                self.outcomes.push_back(outcome);
                return Err(fault);
            }
            if ends.is_some() {
                let hook = &delivery.hook;
                tracing::warn!(hook, "the receiver is gone (410): the hook ends");
            }
            self.busy.remove(&delivery.hook);
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
        sent.answered_at.checked_add(wait).ok()
    });
    let state = match (arrived, next_at) {
        (true, _) => DeliveryState::Delivered,
        (false, Some(_)) => DeliveryState::Pending,
        (false, None) => DeliveryState::Dead,
    };
    Tried {
        state,
        at: sent.at,
        next_at: next_at.unwrap_or(sent.answered_at),
        status,
        fault,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::live::hook::filter::HookFilter;
    use crate::live::hook::retry::Retries;
    use crate::live::hook::settings::{HookSettings, Reach};

    #[test]
    fn waits_count_from_the_answer() {
        let at = |second: i64| Timestamp::from_second(1_800_000_000 + second).unwrap();
        let sent = |answer| Sent {
            hook: Hook {
                id: "h1".into(),
                name: "desk".into(),
                target: "https://desk.example".into(),
                settings: HookSettings {
                    filter: HookFilter {
                        events: vec!["*".into()],
                        categories: vec![],
                        within: vec![],
                    },
                    retries: Retries::default(),
                    reach: Reach::default(),
                },
                after_sequence: 0,
                made_at: at(0),
                ended: None,
            },
            delivery: Delivery {
                number: 1,
                hook: "h1".into(),
                message: "m".into(),
                event: "plan.made".into(),
                body: String::new(),
                state: DeliveryState::Pending,
                tries: 0,
                made_at: at(0),
                next_at: at(0),
                tried_at: None,
                status: None,
                fault: None,
            },
            at: at(0),
            answered_at: at(15),
            answer,
        };
        let slow = tried(&sent(Err(PostFault::TooSlow)), 0.5);
        assert_eq!((slow.at, slow.next_at), (at(0), at(17)));
        let asked = Posted {
            status: 503,
            retry_after: Some(Duration::from_secs(60)),
        };
        assert_eq!(tried(&sent(Ok(asked)), 0.5).next_at, at(75));
    }
}
