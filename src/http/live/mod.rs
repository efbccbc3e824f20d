//! The live board over the wire: what feeds deliver, what the desk asks for, the board and
//! its events as they happen.

pub mod board;
pub mod body;
pub mod deliver;
pub mod desk;
pub mod feed;
pub mod handover;
mod handover_body;
pub mod heat;
pub mod hub;
mod incident_item;
pub mod incidents;
pub mod outcome;
pub mod phone;
mod place;
mod problem;
pub mod round;
mod round_body;
mod settings_choice;
pub mod stream;
pub mod suggestion;
