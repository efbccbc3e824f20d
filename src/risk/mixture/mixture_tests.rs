//! The mixture's promises.
