//! Shapes out of well-known text, and the column of a table of text that holds them.

use geozero::wkt::read_wkt;

use crate::exchange::read::shape_parts::ShapeParts;
use crate::exchange::read::table::RawShape;

/// How a column of shapes may be called, beside what stands in it.
const NAMES: [&str; 4] = ["wkt", "geometry", "geom", "the_geom"];

/// What is read; collections, which may hold themselves, are not.
const KINDS: [&str; 6] = [
    "POINT",
    "POLYGON",
    "MULTIPOLYGON",
    "LINESTRING",
    "MULTILINESTRING",
    "MULTIPOINT",
];

/// A table's column of shapes: called so, and its first filled cell is one. Until a row comes
/// that has something in it, it is a column like others.
#[derive(Debug)]
pub struct ShapeColumn {
    /// Columns called so that had nothing in them so far.
    open: Vec<usize>,
    found: Option<usize>,
}

impl ShapeColumn {
    /// Of a header.
    pub fn of(columns: &[String]) -> Self {
        let named = |name: &String| NAMES.contains(&name.trim().to_lowercase().as_str());
        let open = (0..columns.len()).filter(|at| columns.get(*at).is_some_and(named));
        Self {
            open: open.collect(),
            found: None,
        }
    }

    /// Where it is, as far as that is known.
    pub fn at(&self) -> Option<usize> {
        self.found
    }

    /// Looks at a row's cells; the column, where this row is the one that tells.
    pub fn look<'a>(&mut self, cell_of: impl Fn(usize) -> &'a str) -> Option<usize> {
        if self.found.is_some() || self.open.is_empty() {
            return None;
        }
        let mut open = self.open.iter().copied();
        self.found = open.find(|at| is_wkt(cell_of(*at)));
        self.open.retain(|at| cell_of(*at).trim().is_empty());
        self.found
    }
}

/// Whether a text begins as a shape does.
fn is_wkt(text: &str) -> bool {
    let start: String = text.trim_start().chars().take(16).collect();
    let start = start.to_ascii_uppercase();
    let word = start.split([' ', '(']).next().unwrap_or_default();
    KINDS.contains(&word)
}

/// The shape of a text; a broken one is [`RawShape::Other`].
pub fn shape_of_wkt(text: &str) -> RawShape {
    let text = text.trim();
    if text.is_empty() {
        return RawShape::Nothing;
    }
    if !is_wkt(text) {
        return RawShape::Other("a text that is no point or polygon");
    }
    let mut parts = ShapeParts::default();
    let read = read_wkt(&mut text.as_bytes(), &mut parts);
    parts.into_shape_unless(read.is_err())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::exchange::read::table::RawShape;
    use crate::exchange::read::wkt_shape::{ShapeColumn, shape_of_wkt};

    #[test]
    fn points_and_polygons_and_nothing_that_nests() {
        assert_eq!(shape_of_wkt("POINT(1 2)"), RawShape::Point([1.0, 2.0]));
        let square = vec![vec![[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 0.0]]];
        let polygon = "polygon ((0 0, 1 0, 1 1, 0 0))";
        assert_eq!(shape_of_wkt(polygon), RawShape::Polygons(vec![square]));
        let nested = format!("{}POINT(1 1)", "GEOMETRYCOLLECTION(".repeat(200_000));
        assert!(matches!(shape_of_wkt(&nested), RawShape::Other(_)));
        assert!(matches!(shape_of_wkt("POLYGON((0 0"), RawShape::Other(_)));
        assert_eq!(
            shape_of_wkt("LINESTRING(0 0, 1 1)"),
            RawShape::Other("a line")
        );
        assert_eq!(shape_of_wkt(" "), RawShape::Nothing);
    }

    #[test]
    fn a_column_is_known_by_name_and_content() {
        let columns = ["id".to_owned(), "geometry".to_owned(), "WKT".to_owned()];
        let mut column = ShapeColumn::of(&columns);
        assert_eq!((column.look(|_| ""), column.at()), (None, None));
        let shop = ["POINT(1 2)", "a shop", ""];
        assert_eq!(column.look(|at| shop[at]), None);
        let cells = ["", "POINT(1 2)", "POINT (1 2)"];
        assert_eq!(
            (column.look(|at| cells[at]), column.at()),
            (Some(2), Some(2))
        );
        assert_eq!((column.look(|at| cells[at]), column.at()), (None, Some(2)));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in r"(POINT|POLYGON|MULTIPOLYGON)? ?[ (),0-9.eE+-]{0,80}") {
            let _ = shape_of_wkt(&text);
        }
    }
}
