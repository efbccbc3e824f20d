//! What others are told of as it happens: which events there are for them ([`event`]), which of
//! these one wants ([`filter`]), when what did not arrive is sent again ([`retry`]).

pub mod delivery;
pub mod event;
pub mod filter;
pub mod happening;
pub mod registered;
pub mod retry;
pub mod settings;

#[cfg(test)]
#[path = "hook_tests.rs"]
mod tests;
