//! What happened? One reported event, its category, origin and state.

pub mod category;
pub mod hour_profile;
pub mod quarantine;
pub mod record;
