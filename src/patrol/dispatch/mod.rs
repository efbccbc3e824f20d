//! Which unit for this call? Units ranked by when they can be there, what sending each one
//! does to the coverage of the rest of the district, and why the first is first.
//!
//! `offer` (who can be there when), with the expected coverage of the idle units → `rank`, by
//! a `rule`; `words` says why. The day simulator sends units by it, the live board suggests by it.

pub mod offer;
pub mod rank;
pub mod rule;
pub mod words;
