//! Areas that share borders, as a planner draws them: split by a line, merged, reshaped, set
//! against another version of themselves; checked.
//!
//! Idea: a border between two areas is the same points on both sides, to the bit, each side
//! running the other way. Then what is moved, cut or joined is moved, cut or joined on both
//! sides at once, and no arithmetic can open a gap: over all areas the borders inside cancel
//! out, what remains is the outline, and as long as that stays and each area is valid, every
//! point inside it lies in exactly one area (winding numbers add up).
//!
//! `knit` gives areas from elsewhere such borders; `trace` makes rings of borders; `split`,
//! `draw`, `merge`, `vertex` and `recut` change areas; `check` finds what is wrong and where;
//! `three_way` joins what two planners did to the same areas.

pub mod check;
pub mod cut;
pub mod draw;
pub mod fault;
pub mod knit;
pub mod merge;
pub mod part;
pub mod recut;
pub mod scenario;
pub mod split;
pub mod three_way;
pub mod trace;
pub mod vertex;

#[cfg(test)]
mod made_up;
#[cfg(test)]
mod partition_tests;
