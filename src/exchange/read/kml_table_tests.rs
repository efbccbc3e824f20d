//! Placemarks of others, of our own, and of those who mean harm.

use proptest::prelude::*;

use crate::exchange::read::fault::ReadFault;
use crate::exchange::read::kml_table::read_kml;
use crate::exchange::read::table::{RawShape, Table};

const LIMIT: u64 = 1 << 24;

fn read(text: &str) -> Result<Table, ReadFault> {
    read_kml(text.as_bytes(), None, LIMIT)
}

fn cell<'t>(table: &'t Table, row: usize, column: &str) -> &'t str {
    let at = table.columns().iter().position(|name| name == column);
    table.cell(row, at.unwrap_or(usize::MAX))
}

#[test]
fn placemarks_of_somebody_elses_map() {
    let text = r#"<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>
      <name>My map</name><Style id="s"><IconStyle/></Style>
      <Placemark><name>Gate &amp; post</name><description>called 139…</description>
        <TimeStamp><when>2026-01-02T03:04:05Z</when></TimeStamp>
        <ExtendedData><Data name="hours"><displayName>Hours</displayName><value>24 h</value></Data></ExtendedData>
        <Point><coordinates> 123.5,41.8,12 </coordinates></Point></Placemark>
      <Placemark><Polygon><outerBoundaryIs><LinearRing><coordinates>0,0 2,0
        2,2 0,0</coordinates></LinearRing></outerBoundaryIs><innerBoundaryIs><LinearRing>
        <coordinates>1,.5 1.5,.5 1.5,1 1,.5</coordinates></LinearRing></innerBoundaryIs></Polygon></Placemark>
      <Placemark><MultiGeometry><LineString><coordinates>0,0 1,1</coordinates></LineString></MultiGeometry></Placemark>
      </Document></kml>"#;
    let table = read(text).unwrap();
    assert_eq!(table.len(), 3);
    assert_eq!(cell(&table, 0, "name"), "Gate & post");
    assert_eq!(cell(&table, 0, "hours"), "24 h");
    assert_eq!(cell(&table, 0, "at"), "2026-01-02T03:04:05Z");
    assert!(!table.columns().iter().any(|name| name == "description"));
    assert_eq!(table.shape(0), Some(&RawShape::Point([123.5, 41.8])));
    match table.shape(1) {
        Some(RawShape::Polygons(polygons)) => assert_eq!(polygons[0].len(), 2),
        other => panic!("{other:?}"),
    }
    assert_eq!(table.shape(2), Some(&RawShape::Other("a line")));
}

#[test]
fn a_mere_link_says_that_it_points_elsewhere() {
    let link = "<NetworkLink><name>Live</name><Link><href>https://example.org/a.kml</href></Link></NetworkLink>";
    let fault = read(&format!("<kml><Document>{link}</Document></kml>")).unwrap_err();
    assert_eq!(fault, ReadFault::PointsElsewhere);
    assert!(fault.remedy().contains("save what it links to"));
    let both = format!("<kml><Document>{link}<Placemark/></Document></kml>");
    assert_eq!(read(&both).unwrap().len(), 1);
    let none = read("<kml><Document/></kml>").unwrap_err();
    assert!(matches!(none, ReadFault::NoRows { .. }), "{none}");
}

#[test]
fn folders_are_layers() {
    let text = "<kml><Document><Folder><name>a</name><Placemark/></Folder>\
                <Folder><name>b</name><Folder><Placemark/></Folder></Folder></Document></kml>";
    let fault = read(text).unwrap_err();
    assert_eq!(fault.to_string(), "the file holds several layers: a, b");
    let table = read_kml(text.as_bytes(), Some("b"), LIMIT).unwrap();
    assert_eq!((table.len(), table.number(0)), (1, 2));
}

#[test]
fn harm_is_refused() {
    let outside = "<!DOCTYPE kml [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><kml>&x;</kml>";
    assert_eq!(read(outside).unwrap_err(), ReadFault::DocumentType);
    let deep = format!("<kml>{}", "<Folder>".repeat(1_000_000));
    assert!(matches!(read(&deep), Err(ReadFault::Damaged { .. })));
    let many: String = (0..3_000)
        .map(|i| format!("<Data name=\"n{i}\"><value>1</value></Data>"))
        .collect();
    let wide = format!("<kml><Placemark><ExtendedData>{many}</ExtendedData></Placemark></kml>");
    assert!(matches!(read(&wide), Err(ReadFault::TooMany { .. })));
    let empty = format!("<kml>{}</kml>", "<Placemark/>".repeat(1_000_000));
    assert!(matches!(read(&empty), Err(ReadFault::TooLarge { .. })));
}

#[test]
fn positions_are_counted_before_the_placemark_is_whole() {
    // Lines, so that the placemark's shape comes to nothing where it is whole.
    let many = "1 ".repeat(100_000);
    let ring = format!("<LinearRing><coordinates>{many}</coordinates></LinearRing>");
    let open = "<kml><Placemark><LineString/><Polygon><outerBoundaryIs>";
    let close = "</outerBoundaryIs></Polygon></Placemark></kml>";
    let fault = read_kml(format!("{open}{ring}{close}").as_bytes(), None, 1 << 20).unwrap_err();
    assert!(matches!(fault, ReadFault::TooLarge { .. }), "{fault}");
    let point = format!(
        "<kml><Placemark><LineString/><Point><coordinates>{many}</coordinates></Point></Placemark></kml>"
    );
    let fault = read_kml(point.as_bytes(), None, 1 << 20).unwrap_err();
    assert!(matches!(fault, ReadFault::TooLarge { .. }), "{fault}");
    assert!(read_kml(point.as_bytes(), None, 4 << 20).is_ok());
}

proptest! {
    #[test]
    fn any_document_is_read_or_refused(
        parts in proptest::collection::vec(prop_oneof![
            Just("<Placemark>"), Just("</Placemark>"), Just("<Folder>"), Just("</Folder>"),
            Just("<Polygon>"), Just("</Polygon>"), Just("<LinearRing>"), Just("</LinearRing>"),
            Just("<coordinates>1,2 3,x"), Just("</coordinates>"), Just("<name>"), Just("</name>"),
            Just("<Data name='a'>"), Just("<value>"), Just("</value>"), Just("</Data>"),
        ], 0..30),
    ) {
        let _ = read(&format!("<kml>{}</kml>", parts.concat()));
    }
}
