//! From the log to the queue: which hooks want what happened, and the messages for them.
//!
//! The log is folded here once more, from where it was looked at last, so that a message says
//! what was known right after its event, whenever it is made. What is folded is as good as the
//! log it was made of: it is forgotten where that may be another one.

use std::collections::HashMap;
use std::time::Duration;

use tokio::time::Instant;

use crate::app::clock;
use crate::app::hooks::message::body;
use crate::app::hooks::secret::Secret;
use crate::app::live::follow::AT_ONCE;
use crate::app::session::Session;
use crate::app::session::near::beat_of;
use crate::app::session::snapshot::Snapshot;
use crate::live::board::Board;
use crate::live::event::LoggedEvent;
use crate::live::hook::filter::Fence;
use crate::live::hook::happening::Happening;
use crate::live::hook::registered::Hook;
use crate::live::step::step;
use crate::place::position::Position;
use crate::store::error::StoreError;
use crate::store::hook_deliveries::NewDelivery;
use crate::store::workspace::Workspace;

/// How far was looked is noted at least so often where there was nothing to tell.
const NOTE_EVERY: Duration = Duration::from_secs(300);

/// Messages that go into the queue at once, and those of one event more: others who write wait
/// for so long.
const MOST_AT_ONCE: usize = 500;

/// What is remembered of the log from one turn to the next.
pub struct Queue {
    /// None until it is needed.
    folded: Option<Folded>,
    noted: Instant,
}

/// The board by the last event that was looked at.
struct Folded {
    board: Board,
    looked_at: u64,
}

/// Messages that are being made.
struct Making<'a> {
    hooks: &'a [Hook],
    snapshot: &'a Snapshot,
    /// Of hooks that were asked for; none where a hook has ended meanwhile.
    secrets: HashMap<&'a str, Option<Secret>>,
    messages: Vec<NewDelivery>,
}

impl Default for Queue {
    /// One that has looked at nothing.
    fn default() -> Self {
        Self {
            folded: None,
            noted: Instant::now(),
        }
    }
}

impl Queue {
    /// Begins from what is noted the next time.
    pub fn forget(&mut self) {
        self.folded = None;
    }

    /// Puts into the queue what the log has up to a number and was not looked at.
    ///
    /// # Errors
    /// [`StoreError`]; what is not in the queue then gets there the next time.
    pub async fn fill(
        &mut self,
        session: &Session,
        hooks: &[Hook],
        last: u64,
    ) -> Result<(), StoreError> {
        let workspace = session.workspace();
        let numbers = || hooks.iter().map(|hook| hook.after_sequence);
        if numbers().any(|number| number > last) && has_set_back(workspace, numbers()).await? {
            self.folded = None;
            return Ok(());
        }
        // A board that has gone back is of another log.
        let folded = self.folded.take();
        let mut folded = match folded.filter(|folded| folded.looked_at <= last) {
            Some(folded) => folded,
            None => fold_up_to(workspace, numbers().min().unwrap_or(last)).await?,
        };
        let snapshot = session.snapshot();
        let mut making = Making {
            hooks,
            snapshot: &snapshot,
            secrets: HashMap::new(),
            messages: Vec::new(),
        };
        while folded.looked_at < last {
            let (events, reached) = read(workspace, folded.looked_at, last).await?;
            for logged in &events {
                step(&mut folded.board, logged);
                let ground = session.live.ground();
                if let Some(told) = Happening::of(logged, &folded.board, &ground) {
                    making.add(workspace, logged, &told).await?;
                }
                if making.messages.len() >= MOST_AT_ONCE {
                    self.put(workspace, &mut making, logged.sequence).await?;
                }
            }
            folded.looked_at = reached;
            if !making.messages.is_empty() || self.noted.elapsed() >= NOTE_EVERY {
                self.put(workspace, &mut making, reached).await?;
            }
        }
        // Kept only where all went well: what is not is folded anew, from what is noted.
        self.folded = Some(folded);
        Ok(())
    }

    async fn put(
        &mut self,
        workspace: &Workspace,
        making: &mut Making<'_>,
        looked_at: u64,
    ) -> Result<(), StoreError> {
        let messages = std::mem::take(&mut making.messages);
        let ids: Vec<String> = making.hooks.iter().map(|hook| hook.id.clone()).collect();
        workspace
            .queue_deliveries(&messages, &ids, looked_at, clock::now())
            .await?;
        self.noted = Instant::now();
        Ok(())
    }
}

impl Making<'_> {
    async fn add(
        &mut self,
        workspace: &Workspace,
        logged: &LoggedEvent,
        told: &Happening,
    ) -> Result<(), StoreError> {
        // The same for every hook, and not needed where none wants it.
        let mut made: Option<(String, String)> = None;
        for hook in self.hooks {
            let wants = || {
                let filter = &hook.settings.filter;
                filter.wants(told, |fence, place| inside(fence, place, self.snapshot))
            };
            if told.sequence <= hook.after_sequence || !wants() {
                continue;
            }
            if !self.secrets.contains_key(hook.id.as_str()) {
                let address = workspace.hook_address(&hook.id).await?;
                let secret = address.map(|address| Secret::of(address.secret));
                self.secrets.insert(&hook.id, secret);
            }
            let Some(Some(secret)) = self.secrets.get(hook.id.as_str()) else {
                continue;
            };
            let (content, body) = match &mut made {
                Some(made) => made,
                none => none.insert((content_of(logged)?, body(told, self.snapshot))),
            };
            self.messages.push(NewDelivery {
                hook: hook.id.clone(),
                message: secret.message_id(&hook.id, told.sequence, told.at, content),
                event: told.event.name(),
                body: body.clone(),
            });
        }
        Ok(())
    }
}

/// An event as its message's id is made of it.
fn content_of(logged: &LoggedEvent) -> Result<String, StoreError> {
    serde_json::to_string(&logged.event).map_err(|why| StoreError::Damaged {
        table: "events".into(),
        why: why.to_string(),
    })
}

/// Whether hooks were looked at past the log's end and are no more. Where only this service's
/// board is behind the log, they are not.
async fn has_set_back(
    workspace: &Workspace,
    numbers: impl Iterator<Item = u64>,
) -> Result<bool, StoreError> {
    let end = workspace.last_event().await?;
    if numbers.max().is_none_or(|furthest| furthest <= end) {
        return Ok(false);
    }
    let count = workspace.set_hooks_back().await?;
    if count > 0 {
        tracing::warn!(
            count,
            end,
            "the log has lost events that hooks were told of; they go on from its end"
        );
    }
    Ok(count > 0)
}

/// The board by an event, but where units are: nobody is told of that.
async fn fold_up_to(workspace: &Workspace, last: u64) -> Result<Folded, StoreError> {
    let board = workspace.kept_board(last).await?.unwrap_or_default();
    let mut folded = Folded {
        looked_at: board.sequence,
        board,
    };
    while folded.looked_at < last {
        let (events, reached) = read(workspace, folded.looked_at, last).await?;
        for event in &events {
            step(&mut folded.board, event);
        }
        folded.looked_at = reached;
    }
    Ok(folded)
}

/// Events after a number, and up to where the log is known after them: always further.
async fn read(
    workspace: &Workspace,
    after: u64,
    last: u64,
) -> Result<(Vec<LoggedEvent>, u64), StoreError> {
    let (events, reached) = workspace.events_looked_at(after, last, AT_ONCE).await?;
    if reached <= after {
        // Whoever answers does not have what was read already.
        return Err(StoreError::ShortLog {
            last: reached,
            known: last,
        });
    }
    Ok((events, reached))
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
