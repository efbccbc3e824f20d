//! GPX in: waypoints as points. What this program wrote says in each waypoint's type which
//! layer it is of, and has its attributes in the description; descriptions of others are free
//! text and not read. Routes and tracks are lines, which no layer takes in.

use crate::exchange::read::fault::ReadFault;
use crate::exchange::read::gather::Gather;
use crate::exchange::read::table::{RawShape, StatedFrame, Table};
use crate::exchange::read::text::decode;
use crate::exchange::read::xml_walk::{Element, Step, XmlWalk};
use crate::exchange::write::layer::Layer;
use crate::exchange::write::layers::layer_named;

const FORMAT: &str = "GPX";

/// Reads a GPX document.
///
/// # Errors
/// [`ReadFault`].
pub fn read_gpx(bytes: &[u8], layer: Option<&str>, most_bytes: u64) -> Result<Table, ReadFault> {
    let (text, encoding) = decode(bytes)?;
    let text = text.trim_start_matches('\u{feff}');
    let mut walk = XmlWalk::new(text, FORMAT);
    let mut open: Vec<String> = Vec::new();
    let mut text = String::new();
    let mut ours = false;
    let mut waypoint: Option<Waypoint> = None;
    let mut rows = Gather::new(most_bytes);
    loop {
        match walk.step()? {
            Step::Open(element) => {
                let name = element.name();
                text.clear();
                match (open.len(), name.as_str()) {
                    (0, "gpx") => {
                        let creator = element.attribute("creator");
                        ours = creator.is_some_and(|creator| creator == "Frontbeat");
                    }
                    (1, "wpt") => waypoint = Some(Waypoint::at(&element)),
                    (1, "rte") => rows.push("routes", Vec::new(), RawShape::Other("a line"))?,
                    (1, "trk") => rows.push("tracks", Vec::new(), RawShape::Other("a line"))?,
                    _ => {}
                }
                open.push(name);
            }
            Step::Text(part) => text.push_str(&part),
            Step::Close => {
                let name = open.pop().unwrap_or_default();
                let text = std::mem::take(&mut text);
                match (&mut waypoint, open.len(), name.as_str()) {
                    (Some(waypoint), 2, field) => waypoint.keep(field, text),
                    (_, 1, "wpt") => {
                        if let Some(done) = waypoint.take() {
                            let (layer, values) = done.values(ours);
                            rows.push(&layer, values, RawShape::Point(done.place))?;
                        }
                    }
                    _ => {}
                }
            }
            Step::End => break,
        }
    }
    let mut table = rows.into_table(&format!("GPX, {encoding}"), layer)?;
    if table.frame == StatedFrame::Unstated {
        table.frame = StatedFrame::Epsg(4326);
    }
    Ok(table)
}

/// A waypoint as far as it was read.
struct Waypoint {
    place: [f64; 2],
    name: String,
    time: String,
    kind: String,
    about: String,
}

impl Waypoint {
    fn at(element: &Element<'_>) -> Self {
        let number = |name: &str| {
            let written = element.attribute(name).unwrap_or_default();
            written.trim().parse().unwrap_or(f64::NAN)
        };
        Self {
            place: [number("lon"), number("lat")],
            name: String::new(),
            time: String::new(),
            kind: String::new(),
            about: String::new(),
        }
    }

    fn keep(&mut self, field: &str, text: String) {
        match field {
            "name" => self.name = text,
            "time" => self.time = text,
            "type" => self.kind = text,
            "desc" => self.about = text,
            _ => {}
        }
    }

    /// Its layer and cells.
    fn values(&self, ours: bool) -> (String, Vec<(String, String)>) {
        // A shifted layer says so behind its name.
        let stem = self
            .kind
            .trim_end_matches("_gcj02")
            .trim_end_matches("_bd09");
        if ours && let Some(layer) = layer_named(stem) {
            let mut values = told(layer, &self.about);
            let label = layer.look.label.unwrap_or("id");
            if !self.name.is_empty() {
                values.push((label.to_owned(), self.name.clone()));
            }
            return (self.kind.clone(), values);
        }
        let mut values = Vec::new();
        for (name, value) in [("name", &self.name), ("at", &self.time)] {
            if !value.is_empty() {
                values.push((name.to_owned(), value.clone()));
            }
        }
        ("waypoints".to_owned(), values)
    }
}

/// The attributes in a description of our own: a line each, name before value; a line that
/// begins with no attribute's name goes on with the value before it.
fn told(layer: &Layer, about: &str) -> Vec<(String, String)> {
    let mut values: Vec<(String, String)> = Vec::new();
    for line in about.lines() {
        let (name, value) = line.split_once(' ').unwrap_or((line, ""));
        if layer.column(name).is_some() {
            values.push((name.to_owned(), value.to_owned()));
        } else if let Some((_, last)) = values.last_mut() {
            last.push('\n');
            last.push_str(line);
        }
    }
    values
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::exchange::read::fault::ReadFault;
    use crate::exchange::read::gpx_table::read_gpx;
    use crate::exchange::read::table::RawShape;

    const LIMIT: u64 = 1 << 24;

    #[test]
    fn waypoints_of_a_device() {
        let text = r#"<gpx version="1.1" creator="device"><metadata><name>x</name></metadata>
            <wpt lat="41.8" lon="123.5"><ele>3</ele><time>2026-01-02T03:04:05Z</time><name>Gate</name>
              <desc>who lives there</desc></wpt>
            <wpt lat="x" lon="123.5"/></gpx>"#;
        let table = read_gpx(text.as_bytes(), None, LIMIT).unwrap();
        assert_eq!(table.columns(), ["name", "at"]);
        assert_eq!(table.cell(0, 0), "Gate");
        assert_eq!(table.shape(0), Some(&RawShape::Point([123.5, 41.8])));
        assert!(matches!(table.shape(1), Some(RawShape::Point([_, y])) if y.is_nan()));
    }

    #[test]
    fn waypoints_of_our_own_have_their_attributes() {
        let text = r#"<gpx version="1.1" creator="Frontbeat"><wpt lat="1" lon="2"><name>北岗</name>
            <desc>id p1
hours 08:00–20:00
and nights
synthetic true</desc><type>posts</type></wpt><rte><name>r</name></rte></gpx>"#;
        let fault = read_gpx(text.as_bytes(), None, LIMIT).unwrap_err();
        assert!(matches!(fault, ReadFault::ChooseLayer { .. }), "{fault}");
        let table = read_gpx(text.as_bytes(), Some("posts"), LIMIT).unwrap();
        assert_eq!(table.columns(), ["id", "hours", "synthetic", "name"]);
        assert_eq!(table.cell(0, 1), "08:00–20:00\nand nights");
        assert_eq!(table.cell(0, 3), "北岗");
    }

    proptest! {
        #[test]
        fn any_document_is_read_or_refused(inner in "(<wpt lat='1' lon='2'>|</wpt>|<name>|</name>|x|<rte/>){0,12}") {
            let _ = read_gpx(format!("<gpx>{inner}</gpx>").as_bytes(), None, LIMIT);
        }
    }
}
