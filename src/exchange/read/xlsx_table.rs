//! Excel in: one sheet as a table, its first filled row the header, cell by cell, so that
//! neither empty rows nor far-off cells take memory. Dates come as ISO 8601, however shown.
//!
//! What this program wrote goes on in further sheets (`incidents 2`) where one is full, and
//! ends in a sheet that explains the columns, which is no layer.

use std::io::{Cursor, Read, Seek};

use calamine::{DataRef, ExcelDateTime, Reader, Xlsx};
use zip::ZipArchive;

use crate::exchange::read::fault::ReadFault;
use crate::exchange::read::table::{MOST_COLUMNS, StatedFrame, Table};
use crate::exchange::read::wkt_shape::{shape_of_wkt, wkt_column};
use crate::exchange::read::xlsx_guard::check_workbook;

const FORMAT: &str = "Excel";

/// The sheet that says what the columns are.
const ABOUT: &str = "about 说明";

/// Most sheets looked at.
const MOST_SHEETS: usize = 1_000;

/// A cell: its column and its text.
type Filled = (usize, String);

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
    shape_at: Option<usize>,
    /// The header, until the first row tells whether a column holds shapes.
    header: Option<Vec<String>>,
}

impl Building {
    fn new(sheet: &str, most_bytes: u64) -> Self {
        Self {
            most_bytes,
            description: format!("Excel, sheet {sheet}"),
            sheet: sheet.to_owned(),
            table: None,
            shape_at: None,
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
        let mut row: Option<(u32, Vec<Filled>)> = None;
        loop {
            let cell = reader.next_cell().map_err(|fault| damaged(&place, fault))?;
            let Some(cell) = cell else {
                break;
            };
            let (line, column) = cell.get_position();
            let text = text_of(cell.get_value());
            if text.trim().is_empty() {
                continue;
            }
            match &mut row {
                Some((number, cells)) if *number == line => cells.push((column as usize, text)),
                _ => {
                    if let Some((number, cells)) = row.take() {
                        self.add_row(number, cells, &mut is_header)?;
                    }
                    row = Some((line, vec![(column as usize, text)]));
                }
            }
        }
        match row {
            Some((number, cells)) => self.add_row(number, cells, &mut is_header),
            None => Ok(()),
        }
    }

    fn add_row(
        &mut self,
        number: u32,
        cells: Vec<Filled>,
        is_header: &mut bool,
    ) -> Result<(), ReadFault> {
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
        for (column, text) in &cells {
            match texts.get_mut(*column) {
                Some(place) => *place = text,
                None => surplus = surplus.max(column + 1),
            }
        }
        let table = match &mut self.table {
            Some(table) => table,
            None => {
                self.shape_at = wkt_column(header, |at| texts.get(at).copied().unwrap_or(""));
                let kept = (0..header.len()).filter(|at| Some(*at) != self.shape_at);
                let columns = kept.filter_map(|at| header.get(at).cloned()).collect();
                let mut table = Table::new(columns, self.description.clone(), "row");
                if let Some(frame) = StatedFrame::of_name(&self.sheet) {
                    table.frame = frame;
                }
                self.table.insert(table)
            }
        };
        let shape = self
            .shape_at
            .and_then(|at| texts.get(at))
            .map(|t| shape_of_wkt(t));
        // Cells beyond the header are a flaw of the row.
        texts.extend(std::iter::repeat_n(
            "",
            surplus.min(MOST_COLUMNS).saturating_sub(header.len()),
        ));
        for (column, text) in &cells {
            if *column >= header.len()
                && let Some(place) = texts.get_mut(*column)
            {
                *place = text;
            }
        }
        let shape_at = self.shape_at;
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
    let width = cells
        .iter()
        .map(|(column, _)| column + 1)
        .max()
        .unwrap_or(0);
    if width > MOST_COLUMNS {
        return Err(ReadFault::TooMany {
            what: "columns",
            most: MOST_COLUMNS as u64,
        });
    }
    let mut header = vec![String::new(); width];
    for (column, text) in cells {
        if let Some(place) = header.get_mut(column) {
            *place = text.trim().chars().take(200).collect();
        }
    }
    Ok(header)
}

fn text_of(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::String(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(flag) => flag.to_string(),
        DataRef::DateTime(moment) => moment_text(moment),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::Error(_) | DataRef::Empty => String::new(),
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
    ReadFault::Damaged {
        format: FORMAT,
        place: place.to_owned(),
        why: why.to_string().chars().take(300).collect(),
    }
}

#[cfg(test)]
#[path = "xlsx_table_tests.rs"]
mod tests;
