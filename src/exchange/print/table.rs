//! Tables over as many pages as they take: a row is never torn, the head stands on each page.

use crate::exchange::print::flow::Flow;
use crate::exchange::print::lines::lines;
use crate::exchange::print::paper::{COLUMN, Ink, MARGIN, Mark, Type};

/// White beside a cell's text.
const PAD: f64 = 3.5;
/// White over and under it.
const ABOVE: f64 = 2.0;
/// Side of a box to be ticked.
const BOX: f64 = 9.0;
const HEAD: Type = Type::bold(8.5);
/// More lines of one cell are cut off, with dots.
const MOST_LINES: usize = 30;

/// A column.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// Over it.
    pub title: &'static str,
    /// Its part of the table's width.
    pub part: f64,
    /// Numbers stand right.
    pub right: bool,
}

impl Column {
    /// Of text.
    pub const fn text(title: &'static str, part: f64) -> Self {
        Self {
            title,
            part,
            right: false,
        }
    }

    /// Of numbers.
    pub const fn numbers(title: &'static str, part: f64) -> Self {
        Self {
            title,
            part,
            right: true,
        }
    }
}

/// What stands in a cell.
#[derive(Debug, Clone)]
pub enum Cell {
    /// Texts one below the other.
    Texts(Vec<(Type, String)>),
    /// A box to be ticked.
    Tick,
}

impl Cell {
    /// One text.
    pub fn of(look: Type, text: impl Into<String>) -> Self {
        Self::Texts(vec![(look, text.into())])
    }
}

impl Flow<'_> {
    /// Writes a table.
    pub fn table(&mut self, columns: &[Column], rows: &[Vec<Cell>]) {
        let parts: f64 = columns.iter().map(|column| column.part).sum();
        let widths: Vec<f64> = (columns.iter())
            .map(|column| COLUMN * column.part / parts)
            .collect();
        let titles = |column: &Column| Cell::of(HEAD, column.title);
        let head: Vec<Cell> = columns.iter().map(titles).collect();
        let head = self.set(&head, &widths);
        let mut headed = false;
        for row in rows {
            let row = self.set(row, &widths);
            if !headed || row.height > self.left() {
                if head.height + row.height > self.left() {
                    self.turn();
                }
                self.put(&head, columns, &widths, 1.2, Ink::BLACK);
                headed = true;
            }
            self.put(&row, columns, &widths, 0.5, Ink::LINE);
        }
    }

    fn set(&self, cells: &[Cell], widths: &[f64]) -> Row {
        let set = |(cell, width): (&Cell, &f64)| match cell {
            Cell::Tick => None,
            Cell::Texts(texts) => {
                let mut set: Vec<(Type, String)> = Vec::new();
                for (look, text) in texts {
                    let broken = lines(self.faces, text, look.size, width - 2.0 * PAD);
                    set.extend(broken.into_iter().map(|line| (*look, line)));
                }
                if set.len() > MOST_LINES {
                    set.truncate(MOST_LINES);
                    if let Some((_, last)) = set.last_mut() {
                        last.push('…');
                    }
                }
                Some(set)
            }
        };
        let cells: Vec<Option<Vec<(Type, String)>>> = cells.iter().zip(widths).map(set).collect();
        let height = |cell: &Option<Vec<(Type, String)>>| match cell {
            Some(lines) => lines.iter().map(|(look, _)| look.leading()).sum(),
            None => BOX + 2.0,
        };
        Row {
            height: cells.iter().map(height).fold(0.0, f64::max) + 2.0 * ABOVE,
            cells,
        }
    }

    fn put(&mut self, row: &Row, columns: &[Column], widths: &[f64], width: f64, ink: Ink) {
        let mut x = MARGIN;
        for ((cell, column), wide) in row.cells.iter().zip(columns).zip(widths) {
            match cell {
                None => self.mark(Mark::Frame {
                    x: x + PAD,
                    y: self.y + ABOVE + 1.0,
                    width: BOX,
                    height: BOX,
                }),
                Some(lines) => {
                    let mut base = self.y + ABOVE;
                    for (look, line) in lines {
                        base += look.leading();
                        let left = match column.right {
                            true => x + wide - PAD - self.faces.width(line, look.size),
                            false => x + PAD,
                        };
                        self.text(left, base - 0.3 * look.size, *look, line);
                    }
                }
            }
            x += wide;
        }
        self.y += row.height;
        self.rule(self.y, width, ink);
    }
}

/// A row's lines, ready to be put.
struct Row {
    /// Lines; none is a box.
    cells: Vec<Option<Vec<(Type, String)>>>,
    height: f64,
}
