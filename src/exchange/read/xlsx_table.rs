//! Excel in: one sheet as a table, its first filled row the header, cell by cell, so that
//! neither empty rows nor far-off cells take memory. Dates come as ISO 8601, however shown.
//!
//! What this program wrote goes on in further sheets (`incidents 2`) where one is full, and
//! ends in a sheet that explains the columns, which is no layer.

use std::borrow::Cow;
use std::io::{Cursor, Read, Seek};

use calamine::{DataRef, ExcelDateTime, Reader, Xlsx};
use zip::ZipArchive;

use crate::exchange::read::fault::ReadFault;
use crate::exchange::read::table::{LONGEST_CELL, MOST_COLUMNS, StatedFrame, Table};
use crate::exchange::read::wkt_shape::{ShapeColumn, shape_of_wkt};
use crate::exchange::read::xlsx_guard::check_workbook;

const FORMAT: &str = "Excel";

/// The sheet that says what the columns are.
const ABOUT: &str = "about 说明";

/// Most sheets looked at.
const MOST_SHEETS: usize = 1_000;

/// A filled cell.
struct Filled {
    column: usize,
    /// Its text, as far as a cell may be long.
    text: String,
    /// How long it is, bytes.
    bytes: usize,
}

/// A row as far as it was read. One may go on as long as its sheet does, and many cells may
/// share one long text: it is counted while it grows.
struct OpenRow {
    number: u32,
    cells: Vec<Filled>,
    held: usize,
}

impl OpenRow {
    fn new(number: u32) -> Self {
        Self {
            number,
            cells: Vec::new(),
            held: 0,
        }
    }

    /// Adds a cell, where so many bytes may be held.
    fn push(&mut self, cell: Filled, left: u64, most_bytes: u64) -> Result<(), ReadFault> {
        if self.cells.len() >= MOST_COLUMNS {
            return Err(ReadFault::TooMany {
                what: "filled cells in one row",
                most: MOST_COLUMNS as u64,
            });
        }
        self.held += size_of::<Filled>() + cell.text.len();
        if self.held as u64 > left {
            return Err(ReadFault::TooLarge {
                what: format!("row {}, read,", self.number.saturating_add(1)),
                limit_mib: most_bytes >> 20,
            });
        }
        self.cells.push(cell);
        Ok(())
    }
}

/// Reads the sheet of that name, or the only one with rows.
///
/// # Errors
/// [`ReadFault`].
pub fn read_xlsx(bytes: &[u8], sheet: Option<&str>, most_bytes: u64) -> Result<Table, ReadFault> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|f| damaged("its zip", f))?;
    check_workbook(&mut archive, most_bytes)?;
    let mut book: Xlsx<_> =
        Xlsx::new(Cursor::new(bytes)).map_err(|fault| damaged("the workbook", fault))?;
    let names = book.sheet_names();
    if names.len() > MOST_SHEETS {
        return Err(ReadFault::TooMany {
            what: "sheets",
            most: MOST_SHEETS as u64,
        });
    }
    let chosen = choose(&mut book, &names, sheet)?;
    let mut building = Building::new(&chosen, most_bytes);
    building.add_sheet(&mut book, &chosen)?;
    // Its further sheets, where one was full.
    for number in 2.. {
        let next = format!("{chosen} {number}");
        if !names.contains(&next) {
            break;
        }
        building.add_sheet(&mut book, &next)?;
    }
    building.finish()
}

/// The sheet to read.
fn choose<R: Read + Seek>(
    book: &mut Xlsx<R>,
    names: &[String],
    wanted: Option<&str>,
) -> Result<String, ReadFault> {
    if let Some(name) = names.iter().find(|name| Some(name.as_str()) == wanted) {
        return Ok(name.clone());
    }
    let goes_on = |name: &str| {
        name.rsplit_once(' ').is_some_and(|(stem, number)| {
            number.parse::<u32>().is_ok_and(|n| n > 1) && names.iter().any(|n| n == stem)
        })
    };
    let mut filled = Vec::new();
    for name in names.iter().filter(|name| *name != ABOUT && !goes_on(name)) {
        let mut cells = match book.worksheet_cells_reader(name) {
            Ok(cells) => cells,
            // A chart on a sheet of its own.
            Err(_) => continue,
        };
        if matches!(cells.next_cell(), Ok(Some(_))) {
            filled.push(name.clone());
        }
    }
    match (wanted, filled.as_slice()) {
        (None, [only]) => Ok(only.clone()),
        (None, []) => Err(ReadFault::NoRows {
            columns: names.join(", "),
        }),
        _ => Err(ReadFault::ChooseLayer { layers: filled }),
    }
}

/// A table that grows sheet by sheet.
struct Building {
    most_bytes: u64,
    description: String,
    sheet: String,
    table: Option<Table>,
    shapes: ShapeColumn,
    /// The header, shapes included.
    header: Option<Vec<String>>,
}

impl Building {
    fn new(sheet: &str, most_bytes: u64) -> Self {
        Self {
            most_bytes,
            description: format!("Excel, sheet {sheet}"),
            sheet: sheet.to_owned(),
            table: None,
            shapes: ShapeColumn::of(&[]),
            header: None,
        }
    }

    fn add_sheet<R: Read + Seek>(
        &mut self,
        book: &mut Xlsx<R>,
        sheet: &str,
    ) -> Result<(), ReadFault> {
        let place = format!("sheet {sheet}");
        let reader = book.worksheet_cells_reader(sheet);
        let mut reader = reader.map_err(|fault| damaged(&place, fault))?;
        let mut is_header = true;
        let mut row: Option<OpenRow> = None;
        loop {
            let cell = reader.next_cell().map_err(|fault| damaged(&place, fault))?;
            let Some(cell) = cell else {
                break;
            };
            let (line, column) = cell.get_position();
            let Some(filled) = filled(cell.get_value(), column as usize) else {
                continue;
            };
            if let Some(done) = row.take_if(|open| open.number != line) {
                self.add_row(done, &mut is_header)?;
            }
            let held = self.table.as_ref().map_or(0, Table::held_bytes);
            let left = self.most_bytes.saturating_sub(held as u64);
            let open = row.get_or_insert_with(|| OpenRow::new(line));
            open.push(filled, left, self.most_bytes)?;
        }
        match row {
            Some(done) => self.add_row(done, &mut is_header),
            None => Ok(()),
        }
    }

    fn add_row(&mut self, row: OpenRow, is_header: &mut bool) -> Result<(), ReadFault> {
        let OpenRow { number, cells, .. } = row;
        if std::mem::take(is_header) {
            let header = header_of(cells)?;
            let known = self.header.get_or_insert_with(|| header.clone());
            return match *known == header {
                true => Ok(()),
                false => Err(damaged(
                    &self.description,
                    "the sheet that it goes on in has another header",
                )),
            };
        }
        let Some(header) = &self.header else {
            return Ok(());
        };
        let mut texts = vec![""; header.len()];
        let mut surplus = 0;
        for cell in &cells {
            match texts.get_mut(cell.column) {
                Some(place) => *place = &cell.text,
                None => surplus = surplus.max(cell.column + 1),
            }
        }
        let table = match &mut self.table {
            Some(table) => table,
            None => {
                self.shapes = ShapeColumn::of(header);
                let mut table = Table::new(header.clone(), self.description.clone(), "row");
                if let Some(frame) = StatedFrame::of_name(&self.sheet) {
                    table.frame = frame;
                }
                self.table.insert(table)
            }
        };
        let cell_of = |at: usize| texts.get(at).copied().unwrap_or_default();
        if let Some(found) = self.shapes.look(cell_of) {
            table.take_shapes(found);
        }
        let shape_at = self.shapes.at();
        let shape = shape_at
            .and_then(|at| texts.get(at))
            .map(|t| shape_of_wkt(t));
        // Cells beyond the header are a flaw of the row.
        texts.extend(std::iter::repeat_n(
            "",
            surplus.min(MOST_COLUMNS).saturating_sub(header.len()),
        ));
        for cell in &cells {
            if cell.column >= header.len()
                && let Some(place) = texts.get_mut(cell.column)
            {
                *place = &cell.text;
            }
        }
        let kept = texts
            .iter()
            .enumerate()
            .filter(|(at, _)| Some(*at) != shape_at);
        let kept = kept.map(|(_, text)| *text);
        let number = number.saturating_add(1);
        match shape {
            Some(shape) => table.push_with_shape(number, kept, shape),
            None => table.push(number, kept),
        }
        for cell in cells.iter().filter(|cell| cell.bytes > cell.text.len()) {
            let left_out = shape_at.is_some_and(|at| at < cell.column);
            table.tell_length(cell.column - usize::from(left_out), cell.bytes);
        }
        table.check_held(self.most_bytes)
    }

    fn finish(self) -> Result<Table, ReadFault> {
        self.table.ok_or_else(|| ReadFault::NoRows {
            columns: self.header.unwrap_or_default().join(", "),
        })
    }
}

/// The header up to its last filled cell; a gap in it is a column without a name.
fn header_of(cells: Vec<Filled>) -> Result<Vec<String>, ReadFault> {
    let width = cells.iter().map(|cell| cell.column + 1).max().unwrap_or(0);
    if width > MOST_COLUMNS {
        return Err(ReadFault::TooMany {
            what: "columns",
            most: MOST_COLUMNS as u64,
        });
    }
    let mut header = vec![String::new(); width];
    for cell in cells {
        if let Some(place) = header.get_mut(cell.column) {
            *place = cell.text.trim().chars().take(200).collect();
        }
    }
    Ok(header)
}

/// The cell, where it is not blank.
fn filled(value: &DataRef<'_>, column: usize) -> Option<Filled> {
    let text = text_of(value);
    let (start, bytes) = (start_of(&text), text.len());
    // What was cut counts as filled unseen: a long text may be looked at a million times.
    if bytes == start.len() && start.trim().is_empty() {
        return None;
    }
    Some(Filled {
        column,
        text: start.to_owned(),
        bytes,
    })
}

/// A text up to just above [`LONGEST_CELL`], so that the table sees that it is too long.
fn start_of(text: &str) -> &str {
    let mut ends = LONGEST_CELL + 1..=text.len();
    let end = ends.find(|at| text.is_char_boundary(*at));
    end.map_or(text, |end| &text[..end])
}

fn text_of<'v>(value: &'v DataRef<'_>) -> Cow<'v, str> {
    match value {
        DataRef::Int(number) => number.to_string().into(),
        DataRef::Float(number) => number.to_string().into(),
        DataRef::String(text) => text.as_str().into(),
        DataRef::SharedString(text) => (*text).into(),
        DataRef::Bool(flag) => flag.to_string().into(),
        DataRef::DateTime(moment) => moment_text(moment).into(),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.as_str().into(),
        DataRef::Error(_) | DataRef::Empty => "".into(),
    }
}

/// A date without its midnight, a time of day without its year 1900, else both.
fn moment_text(moment: &ExcelDateTime) -> String {
    let (year, month, day, hour, minute, second, milli) = moment.to_ymd_hms_milli();
    let fraction = match milli {
        0 => String::new(),
        milli => format!(".{milli:03}"),
    };
    let serial = moment.as_f64();
    if (0.0..1.0).contains(&serial) {
        return format!("{hour:02}:{minute:02}:{second:02}{fraction}");
    }
    let date = format!("{year:04}-{month:02}-{day:02}");
    match (hour, minute, second, milli) {
        (0, 0, 0, 0) => date,
        _ => format!("{date} {hour:02}:{minute:02}:{second:02}{fraction}"),
    }
}

fn damaged(place: &str, why: impl ToString) -> ReadFault {
    ReadFault::damaged(FORMAT, place, why)
}

#[cfg(test)]
#[path = "xlsx_table_tests.rs"]
mod tests;
