//! How much of what is expected do idle units reach in time, and where should they stand?
//!
//! `rings` are the times that count and the busy fraction; `expected` counts the units that
//! reach each demand point and turns that into the share of calls answered in time; `picks`
//! finds the best k places given who stands already. On it rest `stand` (where idle units
//! should stand now, with few moves; `assignment` says who goes where) and `siting` (where
//! new posts or pillars would help most). `gap` is where nobody comes in time, `candidates`
//! are places to choose from.

pub mod expected;
pub mod rings;

pub mod assignment;
pub mod picks;

pub mod candidates;
pub mod gap;
pub mod siting;
pub mod stand;
