//! Why a change of borders is refused: what, where, and what to do.

use thiserror::Error;

use crate::place::area::AreaFault;
use crate::place::partition::part::Point;

/// Why nothing was changed.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum EditFault {
    /// No area has that id.
    #[error("there is no area {0:?} in the draft")]
    UnknownArea(String),
    /// Too few points or too many.
    #[error("a line needs {least} to {most} points, not {points}")]
    Points {
        /// As given.
        points: usize,
        /// At least.
        least: usize,
        /// At most.
        most: usize,
    },
    /// A line that meets itself.
    #[error("the line crosses itself at {at:?}: draw it without a loop")]
    LineCrossesItself {
        /// Where.
        at: Point,
    },
    /// A line that doesn't divide.
    #[error(
        "the line does not divide {name}: it must enter and leave it, so begin and end it on or beyond the border"
    )]
    NoCut {
        /// Of which area.
        name: String,
    },
    /// More pieces than anybody wants.
    #[error("the line cuts {name} into {pieces} pieces, more than {most}: use a simpler line")]
    TooManyPieces {
        /// Of which area.
        name: String,
        /// How many.
        pieces: usize,
        /// At most.
        most: usize,
    },
    /// Fewer than two areas to merge.
    #[error("choose at least two areas to merge")]
    MergeOfOne,
    /// Areas that have no border in common.
    #[error("{0} share no border: only neighbours can be merged")]
    NotNeighbours(String),
    /// A drawn area outside of everything.
    #[error("the drawn area lies outside of all others: beats divide the ground that they have")]
    Outside,
    /// A drawn area that leaves nothing of another.
    #[error("nothing would be left of {0}: merge it instead, or draw less")]
    Swallows(String),
    /// A name that another has.
    #[error("there are two areas named {0:?}: each needs a name of its own")]
    NameTaken(String),
    /// No name.
    #[error("a name has 1 to {most} characters without line breaks")]
    BadName {
        /// At most.
        most: usize,
    },
    /// No corner there.
    #[error("no border has a corner at {at:?}")]
    NoCorner {
        /// Where.
        at: Point,
    },
    /// No border there.
    #[error("there is no border between {from:?} and {to:?}")]
    NoBorder {
        /// From.
        from: Point,
        /// To.
        to: Point,
    },
    /// The outer border of beats.
    #[error("the corner at {at:?} is on the outer border, which stays: it is no planner's to move")]
    Outline {
        /// Where.
        at: Point,
    },
    /// Three areas meet there.
    #[error("three or more areas meet at {at:?}: that corner can be moved, not taken away")]
    Junction {
        /// Where.
        at: Point,
    },
    /// An area would not be valid.
    #[error("{name} would not be valid: {fault}")]
    Invalid {
        /// Which.
        name: String,
        /// Why.
        fault: AreaFault,
    },
    /// An area would be turned inside out.
    #[error("{name} would be turned inside out: a border can't be moved beyond another one")]
    InsideOut {
        /// Which.
        name: String,
    },
    /// Two areas would share ground.
    #[error("{first} and {second} would share {m2:.0} m²")]
    Overlap {
        /// One.
        first: String,
        /// The other.
        second: String,
        /// How much.
        m2: f64,
    },
    /// Borders that don't fit together.
    #[error("the borders near {at:?} are not the same on both sides: join nearby corners first")]
    Unshared {
        /// Where.
        at: Point,
    },
}
