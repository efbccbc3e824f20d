//! Making, listing, testing and ending hooks, and sending again; also while a service runs on
//! the workspace.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use thiserror::Error;

use crate::app::clock;
use crate::app::hooks::message::{TEST, test_body};
use crate::app::hooks::post::{Letter, PostFault, post};
use crate::app::hooks::secret::Secret;
use crate::app::hooks::target::{Target, TargetFault};
use crate::exchange::import::personal::pattern_of;
use crate::incident::category::first_unknown;
use crate::live::hook::delivery::{Delivery, DeliveryState, Resend};
use crate::live::hook::event::means_something;
use crate::live::hook::filter::Fence;
use crate::live::hook::registered::{Hook, HookEnd};
use crate::live::hook::settings::HookSettings;
use crate::store::address::WorkspaceAddress;
use crate::store::error::StoreError;
use crate::store::hook_deliveries::{NewDelivery, Tried};
use crate::store::hooks::{HookAddress, NewHook};
use crate::store::workspace::{Access, Workspace};

/// Longest name of a hook.
const LONGEST_NAME: usize = 60;

/// Hooks that hold at a time: each may send one message at a time.
const MOST_HOOKS: usize = 100;

/// Corners of all areas of a hook: each event is held against them, and they are read with it.
const MOST_CORNERS: usize = 1_000;

/// Why a hook is not made, or nothing is done with it.
#[derive(Debug, Error)]
pub enum HookJobError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The address.
    #[error("nothing can be sent to that address: {0}")]
    Target(#[from] TargetFault),
    /// The name.
    #[error("the hook's name must be 1 to 60 letters, digits, spaces, - and _, and no person's")]
    Name,
    /// No such event.
    #[error("{0:?} is no event of a hook; frontbeat hooks events lists them")]
    Event(String),
    /// No such category.
    #[error(
        "there is no category {code:?} in the workspace; it has {known}, each with what lies in it like criminal/burglary (a running service lists all in /api/workspace)"
    )]
    Category {
        /// As it was given.
        code: String,
        /// Codes of the first level.
        known: String,
    },
    /// No such ground.
    #[error("there is no {kind} {id:?} in the workspace")]
    Fence {
        /// beat, zone or station.
        kind: &'static str,
        /// As it was given.
        id: String,
    },
    /// Too finely drawn.
    #[error(
        "the areas have {0} corners, {MOST_CORNERS} are the most; simplify them, or name beats, zones or a station"
    )]
    Corners(usize),
    /// Too many.
    #[error("{MOST_HOOKS} hooks hold already; revoke one that is not needed")]
    TooMany,
    /// No such hook.
    #[error("there is no hook {0:?} that holds; frontbeat hooks list shows what there is")]
    Unknown(String),
    /// It no longer holds.
    #[error(
        "the hook {id} ended at {at:.0} ({}), and none is switched on again: make another with frontbeat hooks make, which is told of what happens from then on; what this one was told stands in frontbeat hooks log",
        .why.told()
    )]
    Ended {
        /// Which.
        id: String,
        /// When.
        at: Timestamp,
        /// Why.
        why: HookEnd,
    },
}

/// A hook that somebody wants.
#[derive(Debug, Clone, PartialEq)]
pub struct WantedHook {
    /// Who it is for.
    pub name: String,
    /// Where to.
    pub url: String,
    /// What it wants.
    pub settings: HookSettings,
}

/// A hook that was made: the only time that its secret is seen.
#[derive(Debug)]
pub struct MadeHook {
    /// What stands in the workspace.
    pub kept: Hook,
    /// The secret, `whsec_…`.
    pub secret: String,
}

/// What came of a test.
#[derive(Debug)]
pub struct Tested {
    /// The status that was answered, or why there was none.
    pub answer: Result<u16, PostFault>,
    /// How long that took.
    pub took: Duration,
}

/// Makes a hook that is told of what happens from now on.
///
/// # Errors
/// [`HookJobError`].
pub async fn make(
    at: impl Into<WorkspaceAddress>,
    wanted: &WantedHook,
) -> Result<MadeHook, HookJobError> {
    let target = Target::parse(&wanted.url, wanted.settings.reach)?;
    // A name that means nobody is a slip of the pen; better said now.
    target.addresses().await?;
    let name = wanted.name.trim();
    let valid = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_');
    let length = name.chars().count();
    if !(1..=LONGEST_NAME).contains(&length)
        || !name.chars().all(valid)
        || pattern_of(name).is_some()
    {
        return Err(HookJobError::Name);
    }
    let workspace = open(at).await?;
    let made = make_in(&workspace, name, target.shown(), wanted).await;
    workspace.close().await;
    made
}

async fn make_in(
    workspace: &Workspace,
    name: &str,
    target: String,
    wanted: &WantedHook,
) -> Result<MadeHook, HookJobError> {
    check(workspace, &wanted.settings).await?;
    let holding = workspace.holding_hooks().await?;
    if holding.hooks.len() + holding.unreadable.len() >= MOST_HOOKS {
        return Err(HookJobError::TooMany);
    }
    let secret = Secret::random();
    let new = NewHook {
        name: name.to_owned(),
        target,
        settings: wanted.settings.clone(),
        url: wanted.url.clone(),
        secret: secret.bytes().to_vec(),
    };
    let kept = workspace.add_hook(&new, clock::now()).await?;
    Ok(MadeHook {
        kept,
        secret: secret.shown(),
    })
}

/// That what a hook wants is there.
async fn check(workspace: &Workspace, settings: &HookSettings) -> Result<(), HookJobError> {
    let filter = &settings.filter;
    if let Some(unknown) = filter.events.iter().find(|name| !means_something(name)) {
        return Err(HookJobError::Event(unknown.clone()));
    }
    let corners = filter.within.iter().map(|fence| match fence {
        Fence::Area { area } => area.corners(),
        Fence::Beat { .. } | Fence::Zone { .. } | Fence::Station { .. } => 0,
    });
    let corners: usize = corners.sum();
    if corners > MOST_CORNERS {
        return Err(HookJobError::Corners(corners));
    }
    let table = workspace.categories().await?;
    let codes: Vec<&str> = table
        .iter()
        .map(|category| category.code.as_str())
        .collect();
    if let Some(unknown) = first_unknown(&filter.categories, &codes) {
        let mains = codes.iter().filter(|code| !code.contains('/'));
        let known: Vec<&str> = mains.copied().collect();
        return Err(HookJobError::Category {
            code: unknown.to_owned(),
            known: known.join(", "),
        });
    }
    for fence in &filter.within {
        let (kind, id, there) = match fence {
            Fence::Beat { id } => {
                let beats = workspace.beats().await?;
                ("beat", id.as_str(), beats.iter().any(|beat| beat.id == *id))
            }
            Fence::Zone { id } => {
                let zones = workspace.zones().await?;
                ("zone", id.as_str(), zones.iter().any(|zone| zone.id == *id))
            }
            Fence::Station { id } => {
                let stations = workspace.stations().await?;
                let there = stations.iter().any(|station| station.id == *id);
                ("station", id.as_str(), there)
            }
            Fence::Area { .. } => continue,
        };
        if !there {
            let id = id.to_owned();
            return Err(HookJobError::Fence { kind, id });
        }
    }
    Ok(())
}

/// The hooks there are, oldest first, ended ones too.
///
/// # Errors
/// [`StoreError`].
pub async fn list(at: impl Into<WorkspaceAddress>) -> Result<Vec<Hook>, StoreError> {
    let workspace = Workspace::open(at, Access::Read).await?;
    let hooks = workspace.hooks().await;
    workspace.close().await;
    hooks
}

/// The newest messages of a hook.
///
/// # Errors
/// [`HookJobError`].
pub async fn deliveries(
    at: impl Into<WorkspaceAddress>,
    id: &str,
    limit: u32,
) -> Result<Vec<Delivery>, HookJobError> {
    let workspace = Workspace::open(at, Access::Read).await?;
    let found = async {
        let hooks = workspace.hooks().await?;
        if !hooks.iter().any(|hook| hook.id == id) {
            return Err(HookJobError::Unknown(id.to_owned()));
        }
        Ok(workspace.deliveries(id, None, limit).await?)
    };
    let found = found.await;
    workspace.close().await;
    found
}

/// Ends a hook; what waits for it is not sent.
///
/// # Errors
/// [`HookJobError`].
pub async fn revoke(at: impl Into<WorkspaceAddress>, id: &str) -> Result<(), HookJobError> {
    let workspace = open(at).await?;
    let revoked = async {
        match workspace
            .end_hook(id, HookEnd::Revoked, clock::now())
            .await?
        {
            true => Ok(()),
            false => Err(not_holding(&workspace, id).await?),
        }
    };
    let revoked = revoked.await;
    workspace.close().await;
    revoked
}

/// Puts messages into the queue again; a running service sends them. How many.
///
/// # Errors
/// [`HookJobError`].
pub async fn replay(
    at: impl Into<WorkspaceAddress>,
    id: &str,
    which: Resend,
) -> Result<u64, HookJobError> {
    let workspace = open(at).await?;
    let sent = async {
        holding(&workspace, id).await?;
        Ok(workspace.send_again(id, which, clock::now()).await?)
    };
    let sent = sent.await;
    workspace.close().await;
    sent
}

/// Sends a message that only says that messages arrive, from here and at once. Nobody waits for
/// the workspace while the receiver is waited for.
///
/// # Errors
/// [`HookJobError`].
pub async fn test(at: impl Into<WorkspaceAddress>, id: &str) -> Result<Tested, HookJobError> {
    let at = at.into();
    let workspace = Workspace::open(at.clone(), Access::Read).await?;
    let read = async {
        let (hook, address) = holding(&workspace, id).await?;
        Ok::<_, HookJobError>((hook, address, workspace.district().await?))
    };
    let read = read.await;
    workspace.close().await;
    let (hook, address, district) = read?;
    let target = Target::parse(&address.url, hook.settings.reach)?;
    let secret = Secret::of(address.secret);
    let now = clock::now();
    let body = test_body(now, &district.name, district.synthetic);
    // No event of the log has a number by the clock.
    let number = now.as_millisecond().unsigned_abs();
    let message = secret.message_id(&format!("{id} test"), number, now, TEST);
    let letter = letter(&secret, &message, body.clone(), now);
    let begun = Instant::now();
    let answer = post(&target, letter).await;
    let took = begun.elapsed();
    let arrived = answer.as_ref().is_ok_and(|posted| posted.has_arrived());
    let tried = Tried {
        state: match arrived {
            true => DeliveryState::Delivered,
            // Nobody waits for a test.
            false => DeliveryState::Dead,
        },
        at: now,
        next_at: now,
        status: answer.as_ref().ok().map(|posted| posted.status),
        fault: answer.as_ref().err().map(ToString::to_string),
    };
    let logged = NewDelivery {
        hook: id.to_owned(),
        message,
        event: TEST,
        body,
    };
    let workspace = open(at).await?;
    let noted = workspace.log_delivery(&logged, &tried).await;
    workspace.close().await;
    noted?;
    Ok(Tested {
        answer: answer.map(|posted| posted.status),
        took,
    })
}

/// A message, signed as of now.
pub fn letter(secret: &Secret, message: &str, body: String, now: Timestamp) -> Letter {
    let at_s = now.as_second();
    Letter {
        id: message.to_owned(),
        at_s,
        signature: secret.signature(message, at_s, &body),
        body,
    }
}

async fn holding(workspace: &Workspace, id: &str) -> Result<(Hook, HookAddress), HookJobError> {
    let mut hooks = workspace.holding_hooks().await?.hooks.into_iter();
    let hook = hooks.find(|hook| hook.id == id);
    let address = workspace.hook_address(id).await?;
    match hook.zip(address) {
        Some(held) => Ok(held),
        None => Err(not_holding(workspace, id).await?),
    }
}

/// What to say of a hook that is not among those that hold.
async fn not_holding(workspace: &Workspace, id: &str) -> Result<HookJobError, StoreError> {
    let mut all = workspace.hooks().await?.into_iter();
    let ended = all.find(|hook| hook.id == id).and_then(|hook| hook.ended);
    let id = id.to_owned();
    Ok(match ended {
        Some((at, why)) => HookJobError::Ended { id, at, why },
        None => HookJobError::Unknown(id),
    })
}

/// As the writer, or beside the one that runs.
async fn open(at: impl Into<WorkspaceAddress>) -> Result<Workspace, StoreError> {
    let at = at.into();
    match Workspace::open(at.clone(), Access::Write).await {
        Err(StoreError::Busy { .. }) => Workspace::open(at, Access::Beside).await,
        opened => opened,
    }
}
