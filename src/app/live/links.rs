//! Links of units' phones. A link says for which unit it is and until when, and is signed
//! (HMAC-SHA256) with a key that only the workspace has: nobody can make one up, and none is
//! kept. Which there are is kept, so that they can be revoked: a second later at most.
//!
//! A link is for a unit, never for a person.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use moka::future::Cache;
use rand::Rng;
use sha2::Sha256;
use thiserror::Error;
use tokio::sync::OnceCell;

use crate::app::clock;
use crate::app::live::error::LiveError;
use crate::place::feature::Unit;
use crate::place::id::Id;
use crate::store::address::WorkspaceAddress;
use crate::store::error::StoreError;
use crate::store::links::UnitLink;
use crate::store::workspace::{Access, Workspace};

/// Random bytes of the key: as many as the hash has.
const KEY_BYTES: usize = 32;

/// Longest link that is looked at.
const LONGEST: usize = 1_000;

/// How long what the workspace says of a link is believed.
const BELIEVED: Duration = Duration::from_secs(1);

/// Most links looked up a moment ago that are remembered.
const REMEMBERED: u64 = 4_096;

/// Requests a second of one link, and how many may come at once after a silence.
const PER_SECOND: NonZeroU32 = NonZeroU32::new(5).unwrap();
const AT_ONCE: NonZeroU32 = NonZeroU32::new(60).unwrap();

/// Hours for which a link holds where nobody says otherwise, and at most.
pub const DEFAULT_HOURS: u32 = 10;
/// See [`DEFAULT_HOURS`].
pub const MOST_HOURS: u32 = 31 * 24;

/// Why a link opens nothing.
#[derive(Debug, Clone, Error)]
pub enum LinkRefusal {
    /// There is none.
    #[error("open the unit's link again: it goes into the header Authorization: Bearer LINK")]
    Missing,
    /// It is not one of this workspace's.
    #[error("the link is not one of this service's; ask the command room for another")]
    Wrong,
    /// Its time is over.
    #[error("the link held until {until}; ask the command room for another")]
    Over {
        /// Until when it held.
        until: Timestamp,
    },
    /// It was revoked.
    #[error("the link was revoked; ask the command room for another")]
    Revoked,
    /// It asks too often.
    #[error("the link asks too often; wait a second")]
    TooMany,
    /// The workspace can't say.
    #[error(transparent)]
    Live(#[from] LiveError),
}

/// What a link that holds says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkHolder {
    /// The unit.
    pub unit: Id<Unit>,
    /// Until when it holds.
    pub until: Timestamp,
}

/// A link that was made: the only time that what is signed is seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadeLink {
    /// What stands in the workspace.
    pub kept: UnitLink,
    /// What opens the unit's sheet.
    pub token: String,
}

/// The links of a running service.
#[derive(Debug)]
pub struct Links {
    workspace: Workspace,
    key: OnceCell<Vec<u8>>,
    known: Cache<String, Option<UnitLink>>,
    limits: DefaultKeyedRateLimiter<String>,
}

impl Links {
    /// Of a workspace.
    pub fn new(workspace: Workspace) -> Self {
        let known = Cache::builder().time_to_live(BELIEVED);
        Self {
            workspace,
            key: OnceCell::new(),
            known: known.max_capacity(REMEMBERED).build(),
            limits: RateLimiter::keyed(Quota::per_second(PER_SECOND).allow_burst(AT_ONCE)),
        }
    }

    /// Makes a link for a unit.
    ///
    /// # Errors
    /// [`LiveError`].
    pub async fn make(
        &self,
        unit: &Id<Unit>,
        hours: u32,
        now: Timestamp,
    ) -> Result<MadeLink, LiveError> {
        if !self.workspace.is_writable() {
            return Err(LiveError::ReadOnly);
        }
        let units = [unit.as_str().to_owned()];
        let made = make_in(&self.workspace, &units, hours, now).await?;
        made.into_iter().next().ok_or(LiveError::NotNow)
    }

    /// Revokes all links of a unit.
    ///
    /// # Errors
    /// [`LiveError`].
    pub async fn revoke(&self, unit: &Id<Unit>, now: Timestamp) -> Result<(), LiveError> {
        if !self.workspace.is_writable() {
            return Err(LiveError::ReadOnly);
        }
        self.workspace.revoke_unit_links(unit.as_str(), now).await?;
        // What was looked up a moment ago must not open anything any more.
        self.known.invalidate_all();
        Ok(())
    }

    /// Whose link it is, where it holds.
    ///
    /// # Errors
    /// [`LinkRefusal`].
    pub async fn holder(
        &self,
        token: Option<&str>,
        now: Timestamp,
    ) -> Result<LinkHolder, LinkRefusal> {
        let token = token.ok_or(LinkRefusal::Missing)?;
        let read = || async { self.workspace.link_key().await?.ok_or(NoKey::None) };
        let key = match self.key.get_or_try_init(read).await {
            Ok(key) => key,
            Err(NoKey::None) => return Err(LinkRefusal::Wrong),
            Err(NoKey::Store(fault)) => return Err(LiveError::from(fault).into()),
        };
        let claim = Claim::read(token, key).ok_or(LinkRefusal::Wrong)?;
        if self.limits.check_key(&claim.link).is_err() {
            return Err(LinkRefusal::TooMany);
        }
        if claim.until <= now {
            return Err(LinkRefusal::Over { until: claim.until });
        }
        let looked_up = async { self.workspace.unit_link(&claim.link).await };
        let kept = self.known.try_get_with(claim.link.clone(), looked_up).await;
        let kept = kept.map_err(|fault: Arc<StoreError>| {
            tracing::warn!(%fault, "links can't be looked up");
            LiveError::NotNow
        })?;
        match kept {
            Some(kept) if kept.unit == claim.unit && kept.revoked_at.is_none() => Ok(LinkHolder {
                unit: Id::new(claim.unit),
                until: claim.until,
            }),
            Some(_) => Err(LinkRefusal::Revoked),
            None => Err(LinkRefusal::Wrong),
        }
    }
}

/// Why there is no key.
enum NoKey {
    None,
    Store(StoreError),
}

impl From<StoreError> for NoKey {
    fn from(fault: StoreError) -> Self {
        Self::Store(fault)
    }
}

/// What is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Claim {
    unit: String,
    until: Timestamp,
    link: String,
}

impl Claim {
    /// A link: what it says, a dot, the signature.
    fn signed(&self, key: &[u8]) -> String {
        let said = format!("{}\n{}\n{}", self.link, self.until.as_second(), self.unit);
        let said = BASE64.encode(said);
        let signature = BASE64.encode(mac(key, &said).finalize().into_bytes());
        format!("{said}.{signature}")
    }

    /// What a link says; none where the signature is not by this key.
    fn read(token: &str, key: &[u8]) -> Option<Self> {
        if token.len() > LONGEST {
            return None;
        }
        let (said, signature) = token.split_once('.')?;
        let signature = BASE64.decode(signature).ok()?;
        // In constant time.
        mac(key, said).verify_slice(&signature).ok()?;
        let text = String::from_utf8(BASE64.decode(said).ok()?).ok()?;
        let mut parts = text.splitn(3, '\n');
        let (link, until, unit) = (parts.next()?, parts.next()?, parts.next()?);
        Some(Self {
            unit: unit.to_owned(),
            until: Timestamp::from_second(until.parse().ok()?).ok()?,
            link: link.to_owned(),
        })
    }
}

fn mac(key: &[u8], said: &str) -> Hmac<Sha256> {
    // HMAC takes keys of any length: there is no other fault.
    let mut mac =
        Hmac::<Sha256>::new_from_slice(key).unwrap_or_else(|_| Hmac::new(&[0; 64].into()));
    mac.update(said.as_bytes());
    mac
}

async fn make_in(
    workspace: &Workspace,
    units: &[String],
    hours: u32,
    now: Timestamp,
) -> Result<Vec<MadeLink>, StoreError> {
    let mut new = [0; KEY_BYTES];
    rand::rng().fill_bytes(&mut new);
    let key = workspace.link_key_or(&new).await?;
    // Whole seconds, as the link says it.
    let from = Timestamp::from_second(now.as_second()).unwrap_or(now);
    let until = from
        .checked_add(SignedDuration::from_hours(i64::from(hours)))
        .unwrap_or(from);
    let links = workspace.add_unit_links(units, until, now).await?;
    let made = links.into_iter().map(|kept| {
        let claim = Claim {
            unit: kept.unit.clone(),
            until,
            link: kept.id.clone(),
        };
        let token = claim.signed(&key);
        MadeLink { kept, token }
    });
    Ok(made.collect())
}

/// For whom links are wanted at the prompt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinksFor {
    /// A unit, by id or call sign.
    Unit(String),
    /// All units of a stored plan.
    Plan(String),
}

/// Why no link was made or revoked.
#[derive(Debug, Error)]
pub enum LinkJobError {
    /// There is no such unit.
    #[error("there is no unit {0:?}")]
    UnknownUnit(String),
    /// Several units have that call sign.
    #[error("several units are called {0:?}; give the unit's id")]
    SeveralUnits(String),
    /// There is no such plan.
    #[error("there is no plan {0:?}")]
    UnknownPlan(String),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Makes links; also while a service runs on the workspace. Each with the unit's call sign.
///
/// # Errors
/// [`LinkJobError`].
pub async fn make(
    at: impl Into<WorkspaceAddress>,
    wanted: &LinksFor,
    hours: u32,
) -> Result<Vec<(String, MadeLink)>, LinkJobError> {
    let workspace = open(at).await?;
    let made = make_for(&workspace, wanted, hours).await;
    workspace.close().await;
    made
}

async fn make_for(
    workspace: &Workspace,
    wanted: &LinksFor,
    hours: u32,
) -> Result<Vec<(String, MadeLink)>, LinkJobError> {
    let units = workspace.units().await?;
    let called: Vec<(String, String)> = match wanted {
        LinksFor::Unit(name) => {
            let unit = named(&units, name)?;
            vec![(unit.id.to_string(), unit.call_sign.clone())]
        }
        LinksFor::Plan(id) => {
            let plan = workspace.plan(id).await?;
            let plan = plan.ok_or_else(|| LinkJobError::UnknownPlan(id.clone()))?;
            let routes = plan.routes.into_iter();
            routes
                .map(|route| (route.unit.to_string(), route.call_sign))
                .collect()
        }
    };
    let ids: Vec<String> = called.iter().map(|(id, _)| id.clone()).collect();
    let made = make_in(workspace, &ids, hours, clock::now()).await?;
    let signs = called.into_iter().map(|(_, sign)| sign);
    Ok(signs.zip(made).collect())
}

/// The links there are, oldest first.
///
/// # Errors
/// [`StoreError`].
pub async fn list(at: impl Into<WorkspaceAddress>) -> Result<Vec<UnitLink>, StoreError> {
    let workspace = Workspace::open(at, Access::Read).await?;
    let links = workspace.unit_links().await;
    workspace.close().await;
    links
}

/// Revokes all links of a unit; how many held.
///
/// # Errors
/// [`LinkJobError`].
pub async fn revoke(at: impl Into<WorkspaceAddress>, name: &str) -> Result<u64, LinkJobError> {
    let workspace = open(at).await?;
    let revoked = async {
        let units = workspace.units().await?;
        // A unit that is there no longer may still have links.
        let id = match named(&units, name) {
            Ok(unit) => unit.id.to_string(),
            Err(LinkJobError::UnknownUnit(_)) => name.to_owned(),
            Err(fault) => return Err(fault),
        };
        Ok(workspace.revoke_unit_links(&id, clock::now()).await?)
    }
    .await;
    workspace.close().await;
    revoked
}

fn named<'u>(units: &'u [Unit], name: &str) -> Result<&'u Unit, LinkJobError> {
    if let Some(unit) = units.iter().find(|unit| unit.id.as_str() == name) {
        return Ok(unit);
    }
    let mut called = units.iter().filter(|unit| unit.call_sign == name);
    match (called.next(), called.next()) {
        (Some(unit), None) => Ok(unit),
        (None, _) => Err(LinkJobError::UnknownUnit(name.to_owned())),
        _ => Err(LinkJobError::SeveralUnits(name.to_owned())),
    }
}

/// As the writer, or beside the one that runs.
async fn open(at: impl Into<WorkspaceAddress>) -> Result<Workspace, StoreError> {
    let at = at.into();
    match Workspace::open(at.clone(), Access::Write).await {
        Err(StoreError::Busy { .. }) => Workspace::open(at, Access::Beside).await,
        opened => opened,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_says_what_was_signed_and_nothing_else_passes() {
        let claim = Claim {
            unit: "u-7 东".into(),
            until: "2026-11-27T06:00:00Z".parse().unwrap(),
            link: "l12".into(),
        };
        let token = claim.signed(b"key");
        assert!(
            token
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
        );
        assert_eq!(Claim::read(&token, b"key"), Some(claim.clone()));
        assert_eq!(Claim::read(&token, b"another key"), None);
        // A single letter changed anywhere.
        for at in 0..token.len() {
            let mut letters: Vec<char> = token.chars().collect();
            letters[at] = if letters[at] == 'A' { 'B' } else { 'A' };
            let changed: String = letters.into_iter().collect();
            let read = Claim::read(&changed, b"key");
            // The last letter of a signature holds two bits that mean nothing.
            assert!(read.is_none() || read == Some(claim.clone()), "{at}");
        }
        for bad in ["", ".", "a.b", "é.é", &"x".repeat(2_000)] {
            assert_eq!(Claim::read(bad, b"key"), None, "{bad}");
        }
        let later = Claim {
            until: "2027-11-27T06:00:00Z".parse().unwrap(),
            ..claim.clone()
        };
        let (said, _) = later
            .signed(b"key")
            .split_once('.')
            .map(|(a, b)| (a.to_owned(), b.to_owned()))
            .unwrap();
        let (_, signature) = token.split_once('.').unwrap();
        assert_eq!(Claim::read(&format!("{said}.{signature}"), b"key"), None);
    }
}
