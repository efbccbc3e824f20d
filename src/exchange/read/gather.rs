//! Rows whose columns are not known before the last of them: each brings its own names, and
//! belongs to one of the file's layers. At the end they are a table of one layer.

use std::collections::HashMap;

use crate::exchange::read::fault::ReadFault;
use crate::exchange::read::table::{MOST_COLUMNS, RawShape, StatedFrame, Table};

/// What a value costs in memory beside its text, bytes.
const VALUE_BYTES: usize = 48;

/// Layers of a file.
const MOST_LAYERS: usize = 1_000;

/// Rows as they come.
#[derive(Debug)]
pub struct Gather {
    most_bytes: u64,
    held: usize,
    columns: Names,
    layers: Names,
    rows: Vec<GatheredRow>,
}

#[derive(Debug)]
struct GatheredRow {
    number: u32,
    layer: usize,
    /// In the order of their columns.
    values: Vec<(usize, String)>,
    shape: RawShape,
}

/// Names by their first appearance.
#[derive(Debug, Default)]
struct Names {
    all: Vec<String>,
    places: HashMap<String, usize>,
}

impl Names {
    fn place(&mut self, name: &str) -> usize {
        if let Some(at) = self.places.get(name) {
            return *at;
        }
        self.all.push(name.to_owned());
        self.places.insert(name.to_owned(), self.all.len() - 1);
        self.all.len() - 1
    }
}

impl Gather {
    /// Holds so many bytes at most.
    pub fn new(most_bytes: u64) -> Self {
        Self {
            most_bytes,
            held: 0,
            columns: Names::default(),
            layers: Names::default(),
            rows: Vec::new(),
        }
    }

    /// Adds a row of a layer; of values with the same name the first counts.
    ///
    /// # Errors
    /// [`ReadFault::TooLarge`], [`ReadFault::TooMany`].
    pub fn push(
        &mut self,
        layer: &str,
        values: Vec<(String, String)>,
        shape: RawShape,
    ) -> Result<(), ReadFault> {
        let mut placed: Vec<(usize, String)> = Vec::with_capacity(values.len());
        self.held += VALUE_BYTES * 2 + shape.held_bytes();
        for (name, value) in values {
            let at = self.columns.place(&name);
            if placed.iter().all(|(other, _)| *other != at) {
                self.held += VALUE_BYTES + value.len();
                placed.push((at, value));
            }
            // Before the next one: a row of many names takes time to be searched.
            self.check()?;
        }
        placed.sort_unstable_by_key(|(at, _)| *at);
        let layer = self.layers.place(layer);
        self.check()?;
        let number = u32::try_from(self.rows.len() + 1).unwrap_or(u32::MAX);
        self.rows.push(GatheredRow {
            number,
            layer,
            values: placed,
            shape,
        });
        Ok(())
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// How many bytes may still be held.
    pub fn left(&self) -> usize {
        let most = usize::try_from(self.most_bytes).unwrap_or(usize::MAX);
        most.saturating_sub(self.held)
    }

    /// Refuses a row that holds so many bytes before it is whole.
    ///
    /// # Errors
    /// [`ReadFault::TooLarge`].
    pub fn check_open(&self, bytes: usize) -> Result<(), ReadFault> {
        match bytes > self.left() {
            true => Err(self.too_large()),
            false => Ok(()),
        }
    }

    /// The fault of the row that is one too many.
    pub fn too_large(&self) -> ReadFault {
        ReadFault::TooLarge {
            what: format!("its first {} features, read,", self.rows.len() + 1),
            limit_mib: self.most_bytes >> 20,
        }
    }

    fn check(&self) -> Result<(), ReadFault> {
        if self.columns.all.len() > MOST_COLUMNS {
            return Err(ReadFault::TooMany {
                what: "names of attributes",
                most: MOST_COLUMNS as u64,
            });
        }
        if self.layers.all.len() > MOST_LAYERS {
            return Err(ReadFault::TooMany {
                what: "layers",
                most: MOST_LAYERS as u64,
            });
        }
        if self.held as u64 > self.most_bytes {
            return Err(self.too_large());
        }
        Ok(())
    }

    /// The rows of the layer of that name, or of the only one.
    ///
    /// # Errors
    /// [`ReadFault::ChooseLayer`], [`ReadFault::NoRows`], [`ReadFault::TooLarge`].
    pub fn into_table(self, description: &str, layer: Option<&str>) -> Result<Table, ReadFault> {
        if self.rows.is_empty() {
            return Err(ReadFault::NoRows {
                columns: description.to_owned(),
            });
        }
        let layers = &self.layers.all;
        let chosen = match (layer, layers.as_slice()) {
            (Some(name), all) => all.iter().position(|layer| layer == name),
            (None, [_]) => Some(0),
            (None, _) => None,
        };
        let Some(chosen) = chosen else {
            return Err(ReadFault::ChooseLayer {
                layers: self.layers.all,
            });
        };
        let of_layer = || self.rows.iter().filter(|row| row.layer == chosen);
        let mut used = vec![false; self.columns.all.len()];
        for (at, _) in of_layer().flat_map(|row| &row.values) {
            used[*at] = true;
        }
        let used: Vec<usize> = (0..used.len()).filter(|at| used[*at]).collect();
        let names = used.iter().map(|at| self.columns.all[*at].clone());
        let described = match layers.len() {
            1 => description.to_owned(),
            _ => format!("{description}, layer {}", layers[chosen]),
        };
        let mut table = Table::new(names.collect(), described, "feature");
        if let Some(frame) = StatedFrame::of_name(&layers[chosen]) {
            table.frame = frame;
        }
        // Each row is gone when the next one comes: all are not held twice.
        for row in self.rows.into_iter().filter(|row| row.layer == chosen) {
            let cells = used.iter().map(|at| {
                let value = row.values.binary_search_by_key(at, |(place, _)| *place);
                value.map_or("", |value| row.values[value].1.as_str())
            });
            table.push_with_shape(row.number, cells, row.shape);
            table.check_held(self.most_bytes)?;
        }
        Ok(table)
    }
}

#[cfg(test)]
mod tests {
    use crate::exchange::read::fault::ReadFault;
    use crate::exchange::read::gather::Gather;
    use crate::exchange::read::table::RawShape;

    fn value(name: &str, text: &str) -> Vec<(String, String)> {
        vec![(name.to_owned(), text.to_owned())]
    }

    #[test]
    fn a_layer_has_the_columns_of_its_own_rows() {
        let mut gather = Gather::new(1 << 20);
        let point = RawShape::Point([1.0, 2.0]);
        gather
            .push("posts", value("hours", "24"), point.clone())
            .unwrap();
        gather
            .push("beats", value("name", "北"), RawShape::Nothing)
            .unwrap();
        gather.push("posts", value("name", "岗"), point).unwrap();
        let table = gather.into_table("KML", Some("posts")).unwrap();
        assert_eq!(table.columns(), ["hours", "name"]);
        assert_eq!((table.cell(0, 0), table.cell(0, 1)), ("24", ""));
        assert_eq!((table.cell(1, 1), table.number(1)), ("岗", 3));
    }

    #[test]
    fn several_layers_are_to_be_chosen_from() {
        let mut gather = Gather::new(1 << 20);
        for layer in ["a", "b", "a"] {
            gather.push(layer, Vec::new(), RawShape::Nothing).unwrap();
        }
        let wanted = ReadFault::ChooseLayer {
            layers: vec!["a".to_owned(), "b".to_owned()],
        };
        assert_eq!(gather.into_table("KML", None).unwrap_err(), wanted);
    }

    #[test]
    fn names_and_bytes_are_bounded() {
        let mut gather = Gather::new(1 << 30);
        let all: Result<(), ReadFault> = (0..2_001)
            .try_for_each(|i| gather.push("x", value(&format!("n{i}"), ""), RawShape::Nothing));
        assert!(matches!(all, Err(ReadFault::TooMany { .. })));
        let mut gather = Gather::new(10_000);
        let all: Result<(), ReadFault> =
            (0..200).try_for_each(|_| gather.push("x", Vec::new(), RawShape::Nothing));
        assert!(matches!(all, Err(ReadFault::TooLarge { .. })));
    }
}
