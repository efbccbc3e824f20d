//! Rounds in a small command room.
