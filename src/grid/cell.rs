//! A cell of the H3 grid, as the number all H3 software shares.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

use crate::grid::cover::cell_at;
use crate::place::position::Position;

/// An H3 cell index. Shown and serialised as 15 hexadecimal digits, like `8a2a1072b59ffff`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cell(u64);

impl Cell {
    /// From H3's number; none where it is no cell.
    pub fn new(number: u64) -> Option<Self> {
        h3o::CellIndex::try_from(number)
            .ok()
            .map(|c| Self(c.into()))
    }

    /// The one of that resolution (0 to 15) that holds a position; none for another
    /// resolution.
    pub fn at(position: Position, resolution: u8) -> Option<Self> {
        let resolution = h3o::Resolution::try_from(resolution).ok()?;
        cell_at(position, resolution).map(|cell| Self(cell.into()))
    }

    /// H3's number.
    pub fn number(self) -> u64 {
        self.0
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:x}", self.0)
    }
}

impl Serialize for Cell {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Cell {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        u64::from_str_radix(&text, 16)
            .ok()
            .and_then(Self::new)
            .ok_or_else(|| D::Error::custom(format!("{text:?} is not an H3 cell")))
    }
}
