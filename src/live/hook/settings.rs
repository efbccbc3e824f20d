//! What is settled when a hook is made, and stays.

use serde::{Deserialize, Serialize};

use crate::live::hook::filter::HookFilter;
use crate::live::hook::retry::Retries;

/// What a hook wants, how often it is tried, and how far it may reach.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HookSettings {
    /// What it wants.
    pub filter: HookFilter,
    /// How often it is tried.
    pub retries: Retries,
    /// How far it may reach.
    pub reach: Reach,
}

/// Where a hook may send to, besides https to public addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Reach {
    /// Without encryption too.
    #[serde(default)]
    pub plain_http: bool,
    /// Addresses of private networks and of this machine too.
    #[serde(default)]
    pub private_networks: bool,
}
