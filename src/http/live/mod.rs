//! The live board over the wire: what feeds deliver, what the desk asks for, the board and
//! its events as they happen.

pub mod board;
pub mod body;
pub mod deliver;
pub mod desk;
pub mod feed;
pub mod handover;
mod handover_body;
pub mod hub;
mod incident_item;
pub mod incidents;
pub mod outcome;
mod problem;
pub mod stream;
pub mod suggestion;
