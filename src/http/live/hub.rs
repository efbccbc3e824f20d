//! What goes out over `/api/events`: each commit written once, for all who listen.
//!
//! The last messages are kept, those from before the start too (the log has them), so that
//! whoever was away for a while, or listened to another service, goes on where it was; whoever
//! was away longer is told to take the board anew (`reset`).

use std::collections::{BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

use bytes::{Bytes, BytesMut};
use serde::Serialize;
use tokio::sync::{broadcast, watch};
use tokio::task::AbortHandle;
use utoipa::ToSchema;

use crate::app::live::commit::{Commit, Step};
use crate::app::session::Session;
use crate::app::session::snapshot::Snapshot;
use crate::http::live::body::{
    AlarmBody, CallBody, NoteBody, PillarBody, SettingsBody, UnitBody, View,
};
use crate::live::event::EventKind;
use crate::live::ground::Ground;
use crate::place::id::Id;

/// Bytes of messages that are kept for those who were away.
const KEPT_BYTES: usize = 16 * 1024 * 1024;

/// Events from before the start that are written anew.
const EARLIER: u64 = 5_000;

/// A commit's messages go out in pieces of about so many bytes: a client that reads slowly
/// holds one piece.
const PIECE_BYTES: usize = 256 * 1024;

/// What one event has changed.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChangeBody {
    /// The event's number, also the message's `id`.
    pub sequence: u64,
    /// When it was logged.
    #[schema(value_type = String)]
    pub at: jiff::Timestamp,
    /// The event as the log has it.
    #[schema(value_type = Object)]
    pub event: EventKind,
    /// Calls as they are now, whole.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<CallBody>,
    /// Calls that have left the board.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub gone_calls: Vec<String>,
    /// Units as they are now.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub units: Vec<UnitBody>,
    /// Pillars as they are now.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub pillars: Vec<PillarBody>,
    /// Alarms as they are now.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub alarms: Vec<AlarmBody>,
    /// Alarms that have left the board.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub gone_alarms: Vec<u64>,
    /// The newest notes for the next shift, where there is a new one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notes: Option<Vec<NoteBody>>,
    /// The settings, where they are others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settings: Option<SettingsBody>,
}

/// One message, as it goes over the wire.
#[derive(Debug, Clone)]
struct Message {
    sequence: u64,
    /// Stations that it is about; none: everybody's.
    stations: Option<BTreeSet<String>>,
    bytes: Bytes,
}

/// The messages of one commit.
#[derive(Debug)]
pub struct Frame {
    messages: Vec<Message>,
    /// All of them in one piece.
    whole: Bytes,
    last: u64,
}

/// Which messages a client wants.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Only of these stations; empty: of all.
    pub stations: BTreeSet<String>,
}

/// The messages of the last while, for all who listen: each client takes them from here, one
/// piece after the other, so that what is held does not grow with slow clients.
#[derive(Debug)]
pub struct Hub {
    kept: Mutex<Kept>,
    /// Number of the newest message.
    newest: watch::Sender<u64>,
    /// Whether what was before the start is kept as far as it will be.
    has_earlier: watch::Sender<bool>,
    writing: OnceLock<AbortHandle>,
}

#[derive(Debug, Default)]
struct Kept {
    frames: VecDeque<Arc<Frame>>,
    bytes: usize,
    /// Number of the last event that is not kept: whoever has it misses nothing.
    before: u64,
    /// How often all was forgotten: what was sent before may not be so.
    beginnings: u64,
}

/// What comes next for a client.
#[derive(Debug)]
pub enum Ahead {
    /// This.
    Frame(Arc<Frame>),
    /// Nothing so far.
    Nothing,
    /// What it missed is not kept any more, or it comes from another log.
    Lost,
}

impl Hub {
    /// Starts to write what a session's board commits, until the session is gone.
    pub fn start(session: &Arc<Session>) -> Arc<Self> {
        let mut commits = session.live.commits();
        let first = session.live.board().sequence;
        let hub = Arc::new(Self {
            kept: Mutex::new(Kept {
                before: first,
                ..Kept::default()
            }),
            newest: watch::Sender::new(first),
            has_earlier: watch::Sender::new(false),
            writing: OnceLock::new(),
        });
        let (writing, session): (_, Weak<Session>) = (hub.clone(), Arc::downgrade(session));
        let task = tokio::spawn(async move {
            if let Some(session) = session.upgrade() {
                writing.read_earlier(&session, first).await;
            }
            loop {
                let next = commits.recv().await;
                let Some(session) = session.upgrade() else {
                    return;
                };
                match next {
                    Ok(commit) => match &*commit {
                        Commit::Steps(steps) => writing.write(steps, &session),
                        Commit::Anew => writing.begin_anew(&session),
                    },
                    // Nobody can be told what is not known here: all take the board anew. One
                    // of what was missed may be that the log is another one.
                    Err(broadcast::error::RecvError::Lagged(_)) => writing.begin_anew(&session),
                    Err(broadcast::error::RecvError::Closed) => return,
                }
            }
        });
        // Set this once.
        let _ = hub.writing.set(task.abort_handle());
        hub
    }

    /// Whether messages are still written; where not, clients must not think all is quiet.
    pub fn is_running(&self) -> bool {
        self.writing.get().is_some_and(|task| !task.is_finished())
    }

    /// What comes after an event, without a gap and without a message twice. `newest` is the
    /// board's last event, which may be on its way out.
    pub fn ahead(&self, after: u64, newest: u64) -> Ahead {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if after < kept.before || after > newest {
            return Ahead::Lost;
        }
        let at = kept.frames.partition_point(|frame| frame.last <= after);
        match kept.frames.get(at) {
            Some(frame) => Ahead::Frame(frame.clone()),
            None => Ahead::Nothing,
        }
    }

    /// Returns when what was before the start is kept as far as it will be.
    pub async fn whole(&self) {
        let mut has_earlier = self.has_earlier.subscribe();
        // Whoever would tell is gone: the service stops.
        let _ = has_earlier.wait_for(|has| *has).await;
    }

    /// Keeps the events by the first one's number as if they had just been written.
    async fn read_earlier(&self, session: &Arc<Session>, first: u64) {
        let from = first.saturating_sub(EARLIER);
        match session.steps_between(from, first).await {
            Ok(steps) => self.keep_earlier(&steps, from, session),
            Err(fault) => tracing::warn!(%fault, "what was before the start can't be told again"),
        }
        self.has_earlier.send_replace(true);
    }

    fn keep_earlier(&self, steps: &[Step], from: u64, session: &Session) {
        let (ground, snapshot) = (session.live.ground(), session.snapshot());
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        for frame in Frame::pieces(steps, &ground, &snapshot) {
            kept.bytes += frame.whole.len();
            kept.frames.push_back(Arc::new(frame));
        }
        kept.before = from;
    }

    /// Tells when there is something new.
    pub fn news(&self) -> watch::Receiver<u64> {
        self.newest.subscribe()
    }

    /// Number of the last event that went out.
    pub fn last(&self) -> u64 {
        *self.newest.borrow()
    }

    fn write(&self, steps: &[Step], session: &Session) {
        let (ground, snapshot) = (session.live.ground(), session.snapshot());
        for frame in Frame::pieces(steps, &ground, &snapshot) {
            let last = frame.last;
            {
                let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
                kept.bytes += frame.whole.len();
                kept.frames.push_back(Arc::new(frame));
                while kept.bytes > KEPT_BYTES
                    && let Some(oldest) = kept.frames.pop_front()
                {
                    kept.bytes -= oldest.whole.len();
                    kept.before = oldest.last;
                }
            }
            self.newest.send_replace(last);
        }
    }

    /// How often all was forgotten. Whoever listened before has to take the board anew.
    pub fn beginnings(&self) -> u64 {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.beginnings
    }

    fn begin_anew(&self, session: &Session) {
        let before = session.live.board().sequence;
        {
            let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            *kept = Kept {
                before,
                beginnings: kept.beginnings + 1,
                ..Kept::default()
            };
        }
        self.newest.send_replace(before);
    }
}

impl Frame {
    /// The messages of a commit, in pieces.
    fn pieces<'s>(
        steps: &'s [Step],
        ground: &'s Ground,
        snapshot: &'s Snapshot,
    ) -> impl Iterator<Item = Self> + 's {
        let mut left = steps.iter();
        std::iter::from_fn(move || {
            let mut messages: Vec<Message> = Vec::new();
            let mut whole = BytesMut::new();
            while whole.len() < PIECE_BYTES
                && let Some(step) = left.next()
            {
                let message = message(step, ground, snapshot);
                whole.extend_from_slice(&message.bytes);
                messages.push(message);
            }
            let last = messages.last()?.sequence;
            Some(Self {
                messages,
                whole: whole.freeze(),
                last,
            })
        })
    }

    /// What of it comes after an event and is wanted; empty where nothing is.
    pub fn after(&self, after: u64, wanted: &Wanted) -> Bytes {
        let all_new = self.messages.first().is_some_and(|m| m.sequence > after);
        if all_new && wanted.stations.is_empty() {
            return self.whole.clone();
        }
        let is_wanted = |message: &&Message| {
            message.sequence > after
                && (wanted.stations.is_empty()
                    || message
                        .stations
                        .as_ref()
                        .is_none_or(|of| !of.is_disjoint(&wanted.stations)))
        };
        let mut bytes = BytesMut::new();
        for message in self.messages.iter().filter(is_wanted) {
            bytes.extend_from_slice(&message.bytes);
        }
        bytes.freeze()
    }

    /// Number of its last event.
    pub fn last(&self) -> u64 {
        self.last
    }
}

fn message(step: &Step, ground: &Ground, snapshot: &Snapshot) -> Message {
    let view = View {
        board: &step.board,
        ground,
        snapshot,
    };
    let touched = &step.touched;
    let body = ChangeBody {
        sequence: step.event.sequence,
        at: step.event.at,
        event: step.event.event.clone(),
        calls: touched
            .calls
            .iter()
            .filter_map(|id| view.call_of(id))
            .collect(),
        gone_calls: touched.gone.iter().map(Id::to_string).collect(),
        units: touched
            .units
            .iter()
            .filter_map(|id| ground.unit(id).map(|unit| view.unit(unit)))
            .collect(),
        pillars: touched
            .pillars
            .iter()
            .filter_map(|id| ground.pillar(id).map(|pillar| view.pillar(pillar)))
            .collect(),
        alarms: touched
            .alarms
            .iter()
            .filter_map(|number| step.board.alarms.get(number).map(|a| view.alarm(a)))
            .collect(),
        gone_alarms: touched.gone_alarms.clone(),
        notes: touched.notes.then(|| view.notes()),
        settings: touched
            .settings
            .then(|| SettingsBody::of(&step.board.settings)),
    };
    let json = serde_json::to_string(&body).unwrap_or_default();
    Message {
        sequence: body.sequence,
        stations: stations(&body),
        bytes: format!("id: {}\nevent: change\ndata: {json}\n\n", body.sequence).into(),
    }
}

/// The stations of what has changed; none where it is everybody's: an alarm, the settings, a
/// call outside all beats.
fn stations(body: &ChangeBody) -> Option<BTreeSet<String>> {
    let everybodys = !body.alarms.is_empty()
        || !body.pillars.is_empty()
        || !body.gone_calls.is_empty()
        || body.notes.is_some()
        || body.settings.is_some()
        || (body.calls.is_empty() && body.units.is_empty());
    if everybodys {
        return None;
    }
    let calls = body.calls.iter().map(|call| call.station.clone());
    let units = body.units.iter().map(|unit| unit.station.clone());
    calls.chain(units).collect()
}
