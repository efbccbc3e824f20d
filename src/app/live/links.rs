//! Links of units' phones. A link says for which unit it is and until when, and is signed
//! (HMAC-SHA256) with a key that only the workspace has: nobody can make one up, and none is
//! kept. Which there are is kept, so that they can be revoked: a second later at most.
//!
//! A link is for a unit, never for a person.

pub mod claim;
pub mod job;

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use jiff::{SignedDuration, Timestamp};
use moka::future::Cache;
use rand::Rng;
use thiserror::Error;
use tokio::sync::OnceCell;

use crate::app::live::error::LiveError;
use crate::app::live::links::claim::Claim;
use crate::place::feature::Unit;
use crate::place::id::Id;
use crate::store::error::StoreError;
use crate::store::links::UnitLink;
use crate::store::workspace::Workspace;

/// Random bytes of the key: as many as the hash has.
const KEY_BYTES: usize = 32;

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
            tracing::debug!(%fault, "links can't be looked up");
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
