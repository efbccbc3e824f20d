//! A table as read: cells as text in one arena, so that a million rows cost little more
//! than their bytes, and shapes where the format has them.

use crate::exchange::read::fault::ReadFault;
use crate::place::area::RawPolygon;

/// Cells longer than this, in bytes, are cut and their row refused.
pub const LONGEST_CELL: usize = 65_536;

/// A table wider than this is none.
pub const MOST_COLUMNS: usize = 2_000;

/// What a row holds beside its cells and corners, bytes.
const ROW_BYTES: usize = 64;

/// The geometry of a row, in the file's frame, unchecked.
#[derive(Debug, Clone, PartialEq)]
pub enum RawShape {
    /// None, or an empty one.
    Nothing,
    /// A point, `[x, y]`.
    Point([f64; 2]),
    /// Polygons: outer ring, then holes.
    Polygons(Vec<RawPolygon>),
    /// Something else, by name: a line…
    Other(&'static str),
}

impl RawShape {
    /// What its corners hold in memory, bytes.
    pub fn held_bytes(&self) -> usize {
        match self {
            Self::Polygons(polygons) => polygons
                .iter()
                .map(|rings| {
                    let corners = rings.iter().map(|r| size_of_val(r.as_slice()) + ROW_BYTES);
                    corners.sum::<usize>() + ROW_BYTES
                })
                .sum(),
            _ => 0,
        }
    }
}

/// What is wrong with the form of a row, whatever its meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowFlaw {
    /// More or fewer cells than the header.
    CellCount {
        /// How many it has.
        found: usize,
    },
    /// A cell over [`LONGEST_CELL`]; only its start was kept.
    LongCell {
        /// Which column, from 0.
        column: usize,
        /// How long it is, bytes.
        bytes: usize,
    },
}

/// What the file says of its frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StatedFrame {
    /// Nothing.
    Unstated,
    /// An EPSG code.
    Epsg(u32),
    /// A WKT text.
    Wkt(String),
    /// A shifted frame, by the word for it: `gcj02`, `bd09`.
    Shifted(&'static str),
}

impl StatedFrame {
    /// What a name says: this program's shifted layers end in `_gcj02` and `_bd09`.
    pub fn of_name(name: &str) -> Option<Self> {
        let plain = name.to_ascii_lowercase().replace('-', "");
        let words = ["gcj02", "bd09"];
        let said = words.into_iter().find(|word| {
            plain
                .strip_suffix(word)
                .is_some_and(|stem| stem.is_empty() || stem.ends_with('_'))
        });
        said.map(Self::Shifted)
    }

    /// The word for a shifted frame that stands anywhere in a name: what others call their
    /// files, and ours in formats that have no place for a layer's name.
    pub fn hinted(name: &str) -> Option<&'static str> {
        let plain = name.to_ascii_lowercase().replace(['-', '_', ' '], "");
        let words = ["gcj02", "bd09"];
        words.into_iter().find(|word| plain.contains(word))
    }
}

/// Rows and columns of text.
#[derive(Debug, Clone)]
pub struct Table {
    columns: Vec<String>,
    cells: String,
    ends: Vec<usize>,
    numbers: Vec<u32>,
    shapes: Vec<RawShape>,
    flaws: Vec<(usize, RowFlaw)>,
    shape_bytes: usize,
    /// What the file says of its frame.
    pub frame: StatedFrame,
    /// Format, encoding, delimiter, for the report.
    pub description: String,
    /// What a row's number counts: `line` or `feature`.
    pub row_word: &'static str,
}

impl Table {
    /// An empty table with these columns.
    pub fn new(columns: Vec<String>, description: String, row_word: &'static str) -> Self {
        Self {
            columns,
            cells: String::new(),
            ends: Vec::new(),
            numbers: Vec::new(),
            shapes: Vec::new(),
            flaws: Vec::new(),
            shape_bytes: 0,
            frame: StatedFrame::Unstated,
            description,
            row_word,
        }
    }

    /// Makes room for so many more bytes of text.
    pub fn reserve(&mut self, bytes: usize) {
        self.cells.reserve(bytes);
    }

    /// Adds a row: as many cells as there are columns; missing ones count as empty,
    /// surplus ones are dropped, and either is noted as a flaw.
    pub fn push<'a>(&mut self, number: u32, row: impl Iterator<Item = &'a str>) {
        let at = self.numbers.len();
        self.numbers.push(number);
        let mut found = 0;
        let mut surplus = false;
        for cell in row {
            if found < self.columns.len() {
                if cell.len() > LONGEST_CELL {
                    self.flaws.push((
                        at,
                        RowFlaw::LongCell {
                            column: found,
                            bytes: cell.len(),
                        },
                    ));
                    self.cells.extend(cell.chars().take(40));
                } else {
                    self.cells.push_str(cell);
                }
                self.ends.push(self.cells.len());
            } else {
                surplus |= !cell.trim().is_empty();
            }
            found += 1;
        }
        for _ in found..self.columns.len() {
            self.ends.push(self.cells.len());
        }
        // A delimiter at each line's end is common and harmless.
        if found < self.columns.len() || surplus {
            self.flaws.push((at, RowFlaw::CellCount { found }));
        }
    }

    /// Adds a row with its shape. A table has shapes in all rows or in none.
    pub fn push_with_shape<'a>(
        &mut self,
        number: u32,
        row: impl Iterator<Item = &'a str>,
        shape: RawShape,
    ) {
        self.push(number, row);
        self.shape_bytes += shape.held_bytes();
        self.shapes.push(shape);
    }

    /// Turns a column, blank in all rows so far, into the rows' shapes.
    pub fn take_shapes(&mut self, column: usize) {
        let width = self.columns.len();
        if column >= width {
            return;
        }
        self.columns.remove(column);
        let mut at = 0;
        self.ends.retain(|_| {
            at += 1;
            (at - 1) % width != column
        });
        self.shapes = vec![RawShape::Nothing; self.numbers.len()];
        // A row that lacked this cell alone is whole now.
        self.flaws.retain_mut(|(_, flaw)| match flaw {
            RowFlaw::LongCell { column: long, .. } => {
                let keeps = *long != column;
                *long -= usize::from(*long > column);
                keeps
            }
            RowFlaw::CellCount { found } => {
                *found -= usize::from(*found > column);
                *found + 1 != width
            }
        });
    }

    /// Says how long a cell of the last row is, of which only the start was given.
    pub fn tell_length(&mut self, told: usize, length: usize) {
        let last = self.numbers.len().saturating_sub(1);
        for (row, flaw) in self.flaws.iter_mut().rev() {
            if *row != last {
                break;
            }
            if let RowFlaw::LongCell { column, bytes } = flaw
                && *column == told
            {
                *bytes = length;
            }
        }
    }

    /// What it holds in memory, bytes.
    pub fn held_bytes(&self) -> usize {
        self.cells.len()
            + self.ends.len() * size_of::<usize>()
            + self.numbers.len() * ROW_BYTES
            + self.shape_bytes
    }

    /// Refuses a table that holds more than so many bytes: short rows under a wide header, or
    /// rows without anything, take memory that a file's size says nothing of.
    ///
    /// # Errors
    /// [`ReadFault::TooLarge`].
    pub fn check_held(&self, most_bytes: u64) -> Result<(), ReadFault> {
        match self.held_bytes() as u64 > most_bytes {
            true => Err(ReadFault::TooLarge {
                what: format!("its first {} rows, read,", self.len()),
                limit_mib: most_bytes >> 20,
            }),
            false => Ok(()),
        }
    }

    /// The header.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// How many rows.
    pub fn len(&self) -> usize {
        self.numbers.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }

    /// Whether rows carry shapes.
    pub fn has_shapes(&self) -> bool {
        !self.shapes.is_empty()
    }

    /// A cell, trimmed; empty where there is no such row or column.
    pub fn cell(&self, row: usize, column: usize) -> &str {
        if column >= self.columns.len() || row >= self.numbers.len() {
            return "";
        }
        let at = row * self.columns.len() + column;
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        self.cells[start..self.ends[at]].trim()
    }

    /// Where the row stands in the file: its line, or its number from 1.
    pub fn number(&self, row: usize) -> u32 {
        self.numbers.get(row).copied().unwrap_or(0)
    }

    /// The row's shape; none where the format has no shapes.
    pub fn shape(&self, row: usize) -> Option<&RawShape> {
        self.shapes.get(row)
    }

    /// What is wrong with the form of a row, if anything.
    pub fn flaw(&self, row: usize) -> Option<RowFlaw> {
        let at = self.flaws.partition_point(|(flawed, _)| *flawed < row);
        let (flawed, flaw) = self.flaws.get(at)?;
        (*flawed == row).then_some(*flaw)
    }

    /// Rows whose form is wrong, in order: index and flaw.
    pub fn flaws(&self) -> &[(usize, RowFlaw)] {
        &self.flaws
    }
}
