//! Links at the prompt: made, listed and revoked, also while a service runs.

use thiserror::Error;

use crate::app::clock;
use crate::app::live::links::{MadeLink, make_in};
use crate::place::feature::Unit;
use crate::store::address::WorkspaceAddress;
use crate::store::error::StoreError;
use crate::store::links::UnitLink;
use crate::store::workspace::{Access, Workspace};

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
