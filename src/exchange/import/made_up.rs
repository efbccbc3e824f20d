//! Whether a row says of itself that it is made up: the column `synthetic` (模拟数据) of this
//! program's exports, and of a workspace's own tables. The mark is a whole workspace's, so that
//! made-up rows never stand among real ones.

use std::collections::HashSet;

use crate::exchange::import::columns::Columns;
use crate::exchange::import::field::Field;
use crate::exchange::import::refusal::{Reason, Refusal, RowFault};
use crate::exchange::read::table::Table;

const YES: &[&str] = &[
    "true",
    "t",
    "1",
    "yes",
    "y",
    "是",
    "真",
    "synthetic",
    "模拟",
    "模拟数据",
    // What a workspace's own tables have.
    "synthetic 模拟数据",
];

const NO: &[&str] = &["false", "f", "0", "no", "n", "否", "假", "real", "真实"];

/// What the workspace holds that rows come into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// No records so far: the first ones say whether they are made up.
    Nothing,
    /// Real records; no made-up row may come among them.
    Real,
    /// Made-up records; whatever comes among them is told as made up.
    MadeUp,
}

/// What the rows that are kept say of themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Told {
    /// How many say that they are made up.
    pub made_up: u64,
    /// How many say that they are not.
    pub real: u64,
}

/// Refuses a row that says it is made up where real ones are, or says nothing that is known.
///
/// # Errors
/// [`RowFault`].
pub fn check(table: &Table, columns: &Columns, row: usize, holds: Holds) -> Result<(), RowFault> {
    let text = columns.cell(table, row, Field::Synthetic);
    if text.is_empty() {
        return Ok(());
    }
    match said(text) {
        None => Err(RowFault::new(
            Reason::UnknownWord,
            Field::Synthetic.word(),
            text,
            "it must be true or false (是, 否): whether the row is made up",
        )),
        Some(true) if holds == Holds::Real => Err(RowFault::new(
            Reason::Synthetic,
            Field::Synthetic.word(),
            text,
            "the row says that it is made up, and this workspace holds real records; import it into a workspace made with frontbeat init --synthetic",
        )),
        Some(_) => Ok(()),
    }
}

/// What the rows say that are not among the refused.
pub fn told(table: &Table, columns: &Columns, refusals: &[Refusal]) -> Told {
    let mut told = Told::default();
    if columns.of(Field::Synthetic).is_none() {
        return told;
    }
    let refused: HashSet<u32> = refusals.iter().map(|refusal| refusal.row).collect();
    for row in (0..table.len()).filter(|&row| !refused.contains(&table.number(row))) {
        match said(columns.cell(table, row, Field::Synthetic)) {
            Some(true) => told.made_up += 1,
            Some(false) => told.real += 1,
            None => {}
        }
    }
    told
}

fn said(text: &str) -> Option<bool> {
    let word = text.trim().to_lowercase();
    let is_in = |words: &[&str]| words.contains(&word.as_str());
    match (is_in(YES), is_in(NO)) {
        (true, _) => Some(true),
        (_, true) => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::import::field::Layer;
    use crate::exchange::read::csv_table::read_csv;

    #[test]
    fn words_of_files_are_known_and_others_refused() {
        for yes in ["true", "TRUE", "1", "是", "T", "SYNTHETIC 模拟数据"] {
            assert_eq!(said(yes), Some(true), "{yes}");
        }
        for no in ["false", "FALSE", "0", "否", "F"] {
            assert_eq!(said(no), Some(false), "{no}");
        }
        let text = "id,name,lon,lat,模拟数据\n1,a,1,2,是\n2,b,1,2,否\n3,c,1,2,\n4,d,1,2,maybe\n";
        let table = read_csv(text.as_bytes()).unwrap();
        let columns = Columns::resolve(&table, Layer::Stations, &[]).unwrap();
        let reason = |row, holds| {
            let checked = check(&table, &columns, row, holds);
            checked.err().map(|fault| fault.reason)
        };
        assert_eq!(reason(0, Holds::Real), Some(Reason::Synthetic));
        for (row, holds) in [(0, Holds::Nothing), (0, Holds::MadeUp), (1, Holds::Real)] {
            assert_eq!(reason(row, holds), None);
        }
        assert_eq!(reason(2, Holds::Real), None);
        assert_eq!(reason(3, Holds::MadeUp), Some(Reason::UnknownWord));
        let refused = |row| Refusal {
            row: table.number(row),
            fault: RowFault::new(Reason::UnknownWord, "x", "", ""),
        };
        let all = told(&table, &columns, &[refused(3)]);
        assert_eq!((all.made_up, all.real), (1, 1));
        assert_eq!(told(&table, &columns, &[refused(0)]).made_up, 0);
    }
}
