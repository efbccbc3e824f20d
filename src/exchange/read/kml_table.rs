//! KML in: each placemark a row, its innermost folder the layer, its extended data the cells.
//! Read event by event; styles, descriptions (free text), models and network links are not
//! read, and nothing outside the file is.

use crate::exchange::read::fault::ReadFault;
use crate::exchange::read::gather::Gather;
use crate::exchange::read::shape_parts::ShapeParts;
use crate::exchange::read::table::{MOST_COLUMNS, StatedFrame, Table};
use crate::exchange::read::text::decode;
use crate::exchange::read::xml_walk::{Element, Step, XmlWalk};

const FORMAT: &str = "KML";

/// What a folder without a name is called.
const UNNAMED: &str = "placemarks";

/// What a polygon holds beside its corners, bytes.
const POLYGON_BYTES: usize = 64;

/// KML is WGS 84 by its standard.
const FRAME: StatedFrame = StatedFrame::Epsg(4326);

/// Reads a KML document.
///
/// # Errors
/// [`ReadFault`].
pub fn read_kml(bytes: &[u8], layer: Option<&str>, most_bytes: u64) -> Result<Table, ReadFault> {
    let (text, encoding) = decode(bytes)?;
    let text = text.trim_start_matches('\u{feff}');
    let mut walk = XmlWalk::new(text, FORMAT);
    let mut reading = Reading::new(most_bytes);
    loop {
        match walk.step()? {
            Step::Open(element) => reading.open(&element)?,
            Step::Text(text) => reading.text.push_str(&text),
            Step::Close => reading.close()?,
            Step::End => break,
        }
    }
    if reading.links && reading.rows.is_empty() {
        return Err(ReadFault::PointsElsewhere);
    }
    let description = format!("KML, {encoding}");
    let mut table = reading.rows.into_table(&description, layer)?;
    if table.frame == StatedFrame::Unstated {
        table.frame = FRAME;
    }
    Ok(table)
}

/// As far as the document was walked.
struct Reading {
    /// Names of the open elements.
    open: Vec<String>,
    /// Names of the open folders and documents.
    folders: Vec<String>,
    /// Text since an element last opened.
    text: String,
    placemark: Option<Placemark>,
    /// Whether it says that more is in another document.
    links: bool,
    rows: Gather,
}

/// A placemark as far as it was read.
#[derive(Default)]
struct Placemark {
    name: String,
    begin: String,
    end: String,
    values: Vec<(String, String)>,
    /// The attribute whose value is read.
    attribute: Option<String>,
    shape: ShapeParts,
    /// What its shape holds, bytes.
    held: usize,
}

impl Reading {
    fn new(most_bytes: u64) -> Self {
        Self {
            open: Vec::new(),
            folders: Vec::new(),
            text: String::new(),
            placemark: None,
            links: false,
            rows: Gather::new(most_bytes),
        }
    }

    fn open(&mut self, element: &Element<'_>) -> Result<(), ReadFault> {
        let name = element.name();
        self.text.clear();
        match (name.as_str(), &mut self.placemark) {
            ("Folder" | "Document", None) => self.folders.push(String::new()),
            ("NetworkLink", None) => self.links = true,
            ("Placemark", None) => self.placemark = Some(Placemark::default()),
            ("Data" | "SimpleData", Some(placemark)) => {
                placemark.attribute = element.attribute("name");
            }
            ("LineString", Some(placemark)) => placemark.shape.lines += 1,
            ("Polygon", Some(placemark)) => {
                placemark.held += POLYGON_BYTES;
                self.rows.check_open(placemark.held)?;
                placemark.shape.polygons.push(Vec::new());
            }
            ("Model" | "Track" | "MultiTrack", Some(placemark)) => placemark.shape.others += 1,
            _ => {}
        }
        self.open.push(name);
        Ok(())
    }

    fn close(&mut self) -> Result<(), ReadFault> {
        let Some(name) = self.open.pop() else {
            return Ok(());
        };
        let text = std::mem::take(&mut self.text);
        let parent = self.open.last().map_or("", String::as_str);
        let Some(placemark) = &mut self.placemark else {
            match (name.as_str(), parent) {
                ("Folder" | "Document", _) => {
                    self.folders.pop();
                }
                ("name", "Folder" | "Document") => {
                    if let Some(folder) = self.folders.last_mut() {
                        text.trim().clone_into(folder);
                    }
                }
                _ => {}
            }
            return Ok(());
        };
        match (name.as_str(), parent) {
            ("name", "Placemark") => text.trim().clone_into(&mut placemark.name),
            ("begin", "TimeSpan") | ("when", "TimeStamp") => {
                text.trim().clone_into(&mut placemark.begin);
            }
            ("end", "TimeSpan") => text.trim().clone_into(&mut placemark.end),
            ("SimpleData", _) | ("value", "Data") => placemark.keep(text)?,
            ("coordinates", "Point") => {
                let points = placemark.positions(&text, &self.rows)?;
                placemark.shape.points.extend(points);
            }
            ("coordinates", "LinearRing") => {
                let ring = placemark.positions(&text, &self.rows)?;
                match placemark.shape.polygons.last_mut() {
                    Some(rings) if self.open.iter().any(|name| name == "Polygon") => {
                        rings.push(ring);
                    }
                    // A ring outside a polygon is a line that ends where it began.
                    _ => placemark.shape.lines += 1,
                }
            }
            ("Placemark", _) => {
                let done = self.placemark.take().unwrap_or_default();
                let layer = self.folders.iter().rev().find(|name| !name.is_empty());
                let layer = layer.map_or(UNNAMED, String::as_str);
                let (values, shape) = (done.values(), done.shape.into_shape());
                self.rows.push(layer, values, shape)?;
            }
            _ => {}
        }
        Ok(())
    }
}

impl Placemark {
    /// The positions of a text, counted one by one: a corner holds eight times the text that
    /// a careless one takes.
    fn positions(&mut self, text: &str, rows: &Gather) -> Result<Vec<[f64; 2]>, ReadFault> {
        self.held += POLYGON_BYTES;
        let mut found = Vec::new();
        for position in positions(text) {
            self.held += size_of_val(&position);
            rows.check_open(self.held)?;
            found.push(position);
        }
        Ok(found)
    }

    fn keep(&mut self, text: String) -> Result<(), ReadFault> {
        if self.values.len() >= MOST_COLUMNS {
            return Err(ReadFault::TooMany {
                what: "attributes of one placemark",
                most: MOST_COLUMNS as u64,
            });
        }
        if let Some(name) = self.attribute.take() {
            self.values.push((name, text));
        }
        Ok(())
    }

    /// Its cells: extended data, then what only the placemark itself says. Its own name is
    /// often an attribute's value told again, for programs that label placemarks with it.
    fn values(&self) -> Vec<(String, String)> {
        let mut values = self.values.clone();
        let has = |name: &str| self.values.iter().any(|(other, _)| other == name);
        let told = self.values.iter().any(|(_, value)| *value == self.name);
        let times_told = self.values.iter().any(|(_, value)| *value == self.begin);
        if !self.name.is_empty() && !told && !has("name") {
            values.push(("name".to_owned(), self.name.clone()));
        }
        if !self.begin.is_empty() && !times_told {
            values.push(("at".to_owned(), self.begin.clone()));
            if !self.end.is_empty() {
                values.push(("until".to_owned(), self.end.clone()));
            }
        }
        values
    }
}

/// Longitude and latitude of each tuple; what is no number is none, and refused with its row.
fn positions(text: &str) -> impl Iterator<Item = [f64; 2]> {
    text.split_whitespace().map(|tuple| {
        let mut numbers = tuple.split(',').map(|n| n.parse().unwrap_or(f64::NAN));
        let mut next = || numbers.next().unwrap_or(f64::NAN);
        [next(), next()]
    })
}

#[cfg(test)]
#[path = "kml_table_tests.rs"]
mod tests;
