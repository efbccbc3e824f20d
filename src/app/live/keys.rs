//! Who may deliver: keys of feeds. A key is shown once, when it is made; the workspace holds
//! its hash. A revoked key is refused a second later at most.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use moka::future::Cache;
use rand::Rng;
use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::app::clock;
use crate::app::live::error::LiveError;
use crate::place::id::hex;
use crate::store::address::WorkspaceAddress;
use crate::store::api_keys::ApiKey;
use crate::store::error::StoreError;
use crate::store::workspace::{Access, Workspace};

/// What every key begins with, so that one in a log or a repository is recognised.
const PREFIX: &str = "frontbeat_";

/// Random bytes of a key: no need for a slow hash, nobody guesses these.
const BYTES: usize = 32;

/// How long what the workspace says of a key is believed.
const BELIEVED: Duration = Duration::from_secs(1);

/// Most keys looked up a moment ago that are remembered, wrong ones too.
const REMEMBERED: u64 = 4_096;

/// Requests a second of a key where nobody says otherwise.
pub const DEFAULT_PER_SECOND: u32 = 200;

/// Why a delivery is refused.
#[derive(Debug, Clone, Error)]
pub enum KeyRefusal {
    /// There is none, and one is needed.
    #[error(
        "a key is needed: send the header Authorization: Bearer KEY; frontbeat keys make makes one"
    )]
    Missing,
    /// No such key.
    #[error("the key is not known here, or was revoked")]
    Wrong,
    /// It asks too often.
    #[error("the feed {feed} may make {per_second} requests a second; ask again in a second")]
    TooMany {
        /// Whose key it is.
        feed: String,
        /// How many it may make.
        per_second: u32,
    },
    /// The workspace can't say.
    #[error(transparent)]
    Live(#[from] LiveError),
}

/// The keys of a running service.
#[derive(Debug)]
pub struct Keys {
    workspace: Workspace,
    known: Cache<String, Option<ApiKey>>,
    any: Cache<(), bool>,
    limits: Mutex<HashMap<(String, u32), Arc<DefaultDirectRateLimiter>>>,
}

impl Keys {
    /// Of a workspace.
    pub fn new(workspace: Workspace) -> Self {
        let believed = || Cache::builder().time_to_live(BELIEVED);
        Self {
            workspace,
            known: believed().max_capacity(REMEMBERED).build(),
            any: Cache::builder().time_to_live(BELIEVED).build(),
            limits: Mutex::default(),
        }
    }

    /// The feed that delivers with this key. Without a key only somebody on this machine
    /// (`near`) may deliver, as long as no key was ever made; the feed is then `local`.
    ///
    /// # Errors
    /// [`KeyRefusal`].
    pub async fn feed(&self, key: Option<&str>, near: bool) -> Result<String, KeyRefusal> {
        let Some(key) = key else {
            return match near && !self.any().await? {
                true => Ok("local".into()),
                false => Err(KeyRefusal::Missing),
            };
        };
        let hash = hash(key);
        let looked_up = async { self.workspace.api_key_of(&hash).await };
        let found = self.known.try_get_with(hash.clone(), looked_up).await;
        let found = found.map_err(shared)?.filter(|k| k.revoked_at.is_none());
        let key = found.ok_or(KeyRefusal::Wrong)?;
        match self.limit(&key).check() {
            Ok(()) => Ok(key.feed),
            Err(_) => Err(KeyRefusal::TooMany {
                feed: key.feed,
                per_second: key.per_second,
            }),
        }
    }

    async fn any(&self) -> Result<bool, KeyRefusal> {
        let looked_up = async { self.workspace.has_api_keys().await };
        let any = self.any.try_get_with((), looked_up).await;
        any.map_err(|fault| shared(fault).into())
    }

    fn limit(&self, key: &ApiKey) -> Arc<DefaultDirectRateLimiter> {
        let mut limits = self.limits.lock().unwrap_or_else(PoisonError::into_inner);
        let name = (key.id.clone(), key.per_second);
        let made = || {
            let per_second = NonZeroU32::new(key.per_second).unwrap_or(NonZeroU32::MIN);
            Arc::new(RateLimiter::direct(Quota::per_second(per_second)))
        };
        limits.entry(name).or_insert_with(made).clone()
    }
}

/// A key that was made: the only time that it is seen.
#[derive(Debug)]
pub struct MadeKey {
    /// What stands in the workspace.
    pub kept: ApiKey,
    /// The key itself.
    pub key: String,
}

/// Makes a key for a feed; also while a service runs on the workspace.
///
/// # Errors
/// [`StoreError`].
pub async fn make(
    at: impl Into<WorkspaceAddress>,
    feed: &str,
    per_second: u32,
) -> Result<MadeKey, StoreError> {
    let mut bytes = [0; BYTES];
    rand::rng().fill_bytes(&mut bytes);
    let key = format!("{PREFIX}{}", hex(&bytes));
    let workspace = open(at).await?;
    let kept = workspace
        .add_api_key(feed, &hash(&key), per_second, clock::now())
        .await;
    workspace.close().await;
    Ok(MadeKey { kept: kept?, key })
}

/// The keys there are, oldest first.
///
/// # Errors
/// [`StoreError`].
pub async fn list(at: impl Into<WorkspaceAddress>) -> Result<Vec<ApiKey>, StoreError> {
    let workspace = Workspace::open(at, Access::Read).await?;
    let keys = workspace.api_keys().await;
    workspace.close().await;
    keys
}

/// Revokes a key; false where no such key holds.
///
/// # Errors
/// [`StoreError`].
pub async fn revoke(at: impl Into<WorkspaceAddress>, id: &str) -> Result<bool, StoreError> {
    let workspace = open(at).await?;
    let revoked = workspace.revoke_api_key(id, clock::now()).await;
    workspace.close().await;
    revoked
}

/// As the writer, or beside the one that runs.
async fn open(at: impl Into<WorkspaceAddress>) -> Result<Workspace, StoreError> {
    let at = at.into();
    match Workspace::open(at.clone(), Access::Write).await {
        Err(StoreError::Busy { .. }) => Workspace::open(at, Access::Beside).await,
        opened => opened,
    }
}

fn hash(key: &str) -> String {
    hex(&Sha256::digest(key.as_bytes()))
}

fn shared(fault: Arc<StoreError>) -> LiveError {
    tracing::debug!(%fault, "keys can't be looked up");
    LiveError::NotNow
}
