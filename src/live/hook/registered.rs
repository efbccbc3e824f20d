//! A hook as it stands in the workspace.

use jiff::Timestamp;

use crate::live::hook::settings::HookSettings;

/// A hook, without its address and secret.
#[derive(Debug, Clone, PartialEq)]
pub struct Hook {
    /// Names it: `h1`, `h2`…
    pub id: String,
    /// Who it is for, as somebody named it.
    pub name: String,
    /// Scheme, host and port of its address.
    pub target: String,
    /// What it wants.
    pub settings: HookSettings,
    /// Number of the last event that was looked at for it.
    pub after_sequence: u64,
    /// Since when.
    pub made_at: Timestamp,
    /// Until when and why not any more; none while it holds.
    pub ended: Option<(Timestamp, HookEnd)>,
}

/// Why a hook no longer holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HookEnd {
    /// Somebody revoked it.
    Revoked,
    /// Its receiver said that it is gone (410).
    Gone,
}

impl HookEnd {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Revoked => "revoked",
            Self::Gone => "gone",
        }
    }

    /// What happened, as part of a sentence.
    pub fn told(self) -> &'static str {
        match self {
            Self::Revoked => "it was revoked",
            Self::Gone => "its receiver answered 410: it wants no more",
        }
    }
}
