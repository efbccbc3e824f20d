//! What now? The events of the append-only log.

pub mod event;
