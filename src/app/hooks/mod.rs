//! Hooks: others are told of what happens as it happens, by signed messages to an address of
//! theirs (Standard Webhooks). [`job`] makes and ends them, [`courier`] is the part of a running
//! service that tells: from the log, by number ([`queue`]), at least once. Places, never persons: what
//! [`message`] writes has no free text in it.

pub mod courier;
pub mod job;
pub mod message;
pub mod post;
pub mod queue;
pub mod secret;
pub mod target;
