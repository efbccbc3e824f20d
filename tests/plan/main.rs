//! Patrol plans on real streets: Porto Alegre, 20,000 made-up incidents, 12 beats, 8 units,
//! a night shift; by the job, and by the real binary with its exports read by GDAL.

#[path = "../support/real_data.rs"]
mod real_data;

mod asked;
mod command;
mod mended;
mod peers;
mod replan;
mod sheet;
mod shift;
mod stored_sheet;
mod town;
mod wishes;
