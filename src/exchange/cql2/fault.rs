//! Why a filter can't be used.

use thiserror::Error;

/// A fault of a filter.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FilterFault {
    /// Longer than is read.
    #[error("the filter is longer than {most} bytes; ask for less at once")]
    Long {
        /// Most bytes.
        most: usize,
    },
    /// Nested deeper than is read.
    #[error("the filter is nested more than {most} deep; write it flatter")]
    Deep {
        /// Most levels.
        most: usize,
    },
    /// Not CQL2.
    #[error("the filter can't be read at {at}: {why}")]
    Syntax {
        /// Where: a byte of the text, a path of the JSON.
        at: String,
        /// What is wrong.
        why: String,
    },
    /// A property that the collection does not have.
    #[error("there is no property {name:?} here; known: {known}")]
    UnknownProperty {
        /// As written.
        name: String,
        /// What there is.
        known: String,
    },
    /// Values of different kinds compared, or a value where a statement belongs.
    #[error("the filter does not fit what is here: {why}")]
    Kinds {
        /// What is wrong.
        why: String,
    },
}
