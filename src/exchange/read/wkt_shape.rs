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

/// The column that holds shapes: called so, and its first filled cell is one.
pub fn wkt_column<'a>(columns: &[String], first_of: impl Fn(usize) -> &'a str) -> Option<usize> {
    let named = |name: &String| NAMES.contains(&name.trim().to_lowercase().as_str());
    (0..columns.len())
        .filter(|at| columns.get(*at).is_some_and(named))
        .find(|at| is_wkt(first_of(*at)))
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
    use crate::exchange::read::wkt_shape::{shape_of_wkt, wkt_column};

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
        let cells = ["POINT(1 2)", "a shop", "POINT (1 2)"];
        assert_eq!(wkt_column(&columns, |at| cells[at]), Some(2));
        assert_eq!(wkt_column(&columns, |_| ""), None);
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in r"(POINT|POLYGON|MULTIPOLYGON)? ?[ (),0-9.eE+-]{0,80}") {
            let _ = shape_of_wkt(&text);
        }
    }
}
