//! The day simulator by the real binary on real streets: Porto Alegre, 20,000 made-up
//! incidents, 12 beats; and what it says to nonsense.

#[path = "../support/real_data.rs"]
mod real_data;
#[path = "../plan/town.rs"]
mod town;

mod command;
mod nonsense;
