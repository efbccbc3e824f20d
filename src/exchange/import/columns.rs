//! Which column holds what: declared by the user, else guessed from the header.

use crate::exchange::import::fault::ImportFault;
use crate::exchange::import::field::{Field, Layer};
use crate::exchange::import::personal::{Dropped, personal_columns, scrub};
use crate::exchange::read::table::Table;

/// The columns in use, and those dropped because they tell of persons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns {
    found: Vec<(Field, usize)>,
    /// Dropped unread.
    pub dropped: Vec<Dropped>,
}

impl Columns {
    /// Takes what was declared, guesses the rest.
    ///
    /// # Errors
    /// [`ImportFault`] where a declared field or column does not exist, or tells of
    /// persons.
    pub fn resolve(
        table: &Table,
        layer: Layer,
        declared: &[(String, String)],
    ) -> Result<Self, ImportFault> {
        let dropped = personal_columns(table, layer);
        let mut found: Vec<(Field, usize)> = Vec::new();
        for (word, column) in declared {
            let field = Field::of_word(layer, word).ok_or_else(|| ImportFault::UnknownField {
                field: word.clone(),
                layer: layer.word(),
                fields: words(layer),
            })?;
            let at = column_named(table, column).ok_or_else(|| ImportFault::UnknownColumn {
                column: column.clone(),
                columns: header_words(table),
            })?;
            if let Some(personal) = dropped.iter().find(|d| d.index == at) {
                return Err(ImportFault::PersonalColumn {
                    column: personal.column.clone(),
                    why: personal.why.clone(),
                });
            }
            found.retain(|(other, _)| *other != field);
            found.push((field, at));
        }
        let plain: Vec<String> = table.columns().iter().map(|c| plain_name(c)).collect();
        for &field in layer.fields() {
            // Shapes say where a row is; columns with coordinates beside them may be in
            // any frame and are read only where declared.
            let by_shape = table.has_shapes() && matches!(field, Field::Lon | Field::Lat);
            if by_shape || found.iter().any(|(other, _)| *other == field) {
                continue;
            }
            let free = |at: &usize| {
                found.iter().all(|(_, taken)| taken != at) && dropped.iter().all(|d| d.index != *at)
            };
            let guess = field.synonyms(layer).iter().find_map(|synonym| {
                let at = plain.iter().position(|name| name == synonym)?;
                (free(&at) && (field != Field::Id || is_key(table, at))).then_some(at)
            });
            if let Some(at) = guess {
                found.push((field, at));
            }
        }
        found.sort();
        Ok(Self { found, dropped })
    }

    /// The column of a field.
    pub fn of(&self, field: Field) -> Option<usize> {
        let found = self.found.iter().find(|(other, _)| *other == field);
        found.map(|(_, at)| *at)
    }

    /// The trimmed cell of a field; empty where it has no column.
    pub fn cell<'a>(&self, table: &'a Table, row: usize, field: Field) -> &'a str {
        self.of(field).map_or("", |at| table.cell(row, at))
    }

    /// Field and column names, for the report.
    pub fn shown(&self, table: &Table) -> Vec<(&'static str, String)> {
        let named = self.found.iter().map(|(field, at)| {
            let column = table.columns().get(*at).map(|name| scrub(name));
            (field.word(), column.unwrap_or_default())
        });
        named.collect()
    }
}

/// The header as told to the user: without what looks like a person's data, for a file
/// without a header has its first row there.
pub fn header_words(table: &Table) -> String {
    let words: Vec<String> = table.columns().iter().map(|name| scrub(name)).collect();
    words.join(", ")
}

/// A header without case, spaces, punctuation and what stands in brackets.
pub fn plain_name(header: &str) -> String {
    let mut depth = 0usize;
    let mut plain = String::new();
    for letter in header.chars() {
        match letter {
            '(' | '（' | '[' | '【' => depth += 1,
            ')' | '）' | ']' | '】' => depth = depth.saturating_sub(1),
            _ if depth == 0 && letter.is_alphanumeric() => plain.extend(letter.to_lowercase()),
            _ => {}
        }
    }
    plain
}

fn column_named(table: &Table, wanted: &str) -> Option<usize> {
    let columns = table.columns();
    let exact = columns.iter().position(|name| name == wanted.trim());
    exact.or_else(|| {
        let wanted = plain_name(wanted);
        let mut same = columns
            .iter()
            .enumerate()
            .filter(|(_, name)| plain_name(name) == wanted);
        match (same.next(), same.next()) {
            (Some((at, _)), None) => Some(at),
            _ => None,
        }
    })
}

/// Whether a column's cells name its rows: none empty, no two alike among the first.
fn is_key(table: &Table, column: usize) -> bool {
    let mut seen = std::collections::HashSet::new();
    let sample = table.len().min(2_000);
    let filled = (0..sample)
        .map(|row| table.cell(row, column))
        .filter(|cell| !cell.is_empty());
    let mut count = 0;
    for cell in filled {
        count += 1;
        seen.insert(cell);
    }
    // A few repeats are rows to refuse one by one; many mean that it is no id at all.
    count > 0 && count * 10 >= sample * 9 && seen.len() * 10 >= count * 9
}

fn words(layer: Layer) -> String {
    let words: Vec<&str> = layer.fields().iter().map(|f| f.word()).collect();
    words.join(", ")
}

#[cfg(test)]
mod tests {
    use crate::exchange::import::columns::{Columns, plain_name};
    use crate::exchange::import::fault::ImportFault;
    use crate::exchange::import::field::{Field, Layer};
    use crate::exchange::read::csv_table::read_csv;

    fn guess(header: &str, layer: Layer) -> Vec<(&'static str, String)> {
        let row = vec!["1"; header.split(',').count()].join(",");
        let table = read_csv(format!("{header}\n{row}\n").as_bytes()).unwrap();
        Columns::resolve(&table, layer, &[]).unwrap().shown(&table)
    }

    #[test]
    fn guesses_chinese_and_english_headers() {
        let found = guess(
            "警情编号,报警时间,经度(GCJ02),纬度,警情类别,优先级,来源",
            Layer::Incidents,
        );
        let fields: Vec<&str> = found.iter().map(|(f, _)| *f).collect();
        assert_eq!(
            fields,
            ["id", "at", "lon", "lat", "category", "priority", "origin"]
        );
        let found = guess(
            "occ_date,x_coordina,y_coordina,call_group_type,case_desc_type",
            Layer::Incidents,
        );
        assert_eq!(found[0], ("at", "occ_date".to_owned()));
        assert_eq!(found[1], ("lon", "x_coordina".to_owned()));
        let found = guess("Date,Time,X,Y,Offense", Layer::Incidents);
        assert_eq!(found[0], ("at", "Date".to_owned()));
        assert_eq!(found[1], ("clock", "Time".to_owned()));
    }

    #[test]
    fn what_is_declared_wins_and_must_exist() {
        let table = read_csv(b"a,b,lon,lat\n1,2,3,4\n").unwrap();
        let map = |field: &str, column: &str| vec![(field.to_owned(), column.to_owned())];
        let columns = Columns::resolve(&table, Layer::Incidents, &map("category", "b")).unwrap();
        assert_eq!(columns.of(Field::Category), Some(1));
        assert!(matches!(
            Columns::resolve(&table, Layer::Incidents, &map("colour", "b")),
            Err(ImportFault::UnknownField { .. })
        ));
        assert!(matches!(
            Columns::resolve(&table, Layer::Incidents, &map("at", "when")),
            Err(ImportFault::UnknownColumn { .. })
        ));
        assert_eq!(plain_name("Occ Date (local)"), "occdate");
    }
}
