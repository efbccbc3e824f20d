//! What now? The events of the append-only log, and the board that is their fold:
//! `step(board, event)`. What somebody asks for is a `command`; `decide` says which events
//! it comes to, or why it is refused; `due` says what the time alone brings about.

pub mod event;

pub mod alarm;
pub mod board_event;
pub mod call;
pub mod note;
pub mod round;
pub mod settings;
pub mod unit_now;

pub mod board;
pub mod step;

pub mod command;
pub mod decide;
pub mod dosage;
pub mod due;
pub mod ground;
pub mod handover;
pub mod hook;
pub mod refusal;
pub mod sending;
pub mod suggestion;

#[cfg(test)]
mod small_room;
