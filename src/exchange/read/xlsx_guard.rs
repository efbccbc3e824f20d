//! A workbook before it is read: each part inflated and walked once, within bounds on bytes,
//! tags and depth, so that what then reads it (and makes room for each shared text and style)
//! meets nothing that was made to harm. What is no XML is counted too, and no sheet may lie in
//! such a part, where its texts would come in unlooked at.

use std::io::{BufReader, Read, Seek};

use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;
use zip::ZipArchive;

use crate::exchange::read::archive::{entry_bound, over_bound};
use crate::exchange::read::fault::ReadFault;
use crate::exchange::read::xml_walk::MOST_EVENTS;

const FORMAT: &str = "Excel";

/// Tags and texts of the shared texts, which are all held in memory.
const MOST_SHARED: u64 = 20_000_000;

/// Tags and texts of any other part but a sheet: styles, names, relations.
const MOST_OTHER: u64 = 1_000_000;

/// What of the parts that a relation leads to is opened by its address, by the last word of
/// the relation's type.
const OPENED: [&str; 4] = ["officeDocument", "worksheet", "chartsheet", "dialogsheet"];

/// Elements in elements.
const DEEPEST: usize = 64;

/// Walks all parts; how many bytes come out of them.
///
/// # Errors
/// [`ReadFault`].
pub fn check_workbook<R: Read + Seek>(
    archive: &mut ZipArchive<R>,
    most_bytes: u64,
) -> Result<u64, ReadFault> {
    let mut left = most_bytes;
    for at in 0..archive.len() {
        let entry = archive.by_index(at).map_err(|fault| {
            let place = format!("entry {}", at + 1);
            damaged(&place, fault)
        })?;
        let name = entry.name().map(|name| name.to_lowercase());
        let name = name.map_err(|fault| damaged(&format!("entry {}", at + 1), fault))?;
        let most_events = if name.contains("worksheets/") && !name.ends_with(".rels") {
            MOST_EVENTS
        } else if name.contains("sharedstrings") {
            MOST_SHARED
        } else {
            MOST_OTHER
        };
        let bound = entry_bound(entry.compressed_size(), left);
        let mut part = entry.take(bound + 1);
        let is_xml = name.ends_with(".xml") || name.ends_with(".rels");
        let walked = match is_xml {
            true => walk(&mut part, &name, most_events),
            false => std::io::copy(&mut part, &mut std::io::sink())
                .map(|_| ())
                .map_err(|fault| damaged(&name, fault)),
        };
        // Where it was cut off is no damage.
        if part.limit() == 0 {
            return Err(over_bound(&name, bound, left));
        }
        walked?;
        left -= bound + 1 - part.limit();
    }
    Ok(most_bytes - left)
}

/// Walks a part to its end, or as far as it may be inflated.
fn walk(part: impl Read, name: &str, most_events: u64) -> Result<(), ReadFault> {
    let mut reader = Reader::from_reader(BufReader::with_capacity(1 << 16, part));
    let mut buffer = Vec::new();
    let (mut events, mut depth) = (0u64, 0usize);
    loop {
        buffer.clear();
        events += 1;
        if events > most_events {
            return Err(ReadFault::TooMany {
                what: "tags and texts in one part of the workbook",
                most: most_events,
            });
        }
        let event = reader.read_event_into(&mut buffer);
        let event = event.map_err(|fault| damaged(name, fault))?;
        if let Event::Start(element) | Event::Empty(element) = &event
            && element.local_name().as_ref() == b"Relationship"
        {
            check_relation(element, name)?;
        }
        match event {
            Event::Start(_) => {
                depth += 1;
                if depth > DEEPEST {
                    let why = format!("elements stand in more than {DEEPEST} others");
                    return Err(damaged(name, why));
                }
            }
            Event::End(_) => depth = depth.saturating_sub(1),
            Event::DocType(_) => return Err(ReadFault::DocumentType),
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

/// Refuses a sheet, or the list of sheets, in a part that is not walked as XML.
fn check_relation(relation: &BytesStart<'_>, name: &str) -> Result<(), ReadFault> {
    let (mut is_opened, mut hidden) = (false, None);
    // Whichever of two attributes of one name would count.
    for attribute in relation.attributes().with_checks(false) {
        let attribute = attribute.map_err(|fault| damaged(name, fault))?;
        let value = String::from_utf8_lossy(&attribute.value);
        match attribute.key.as_ref() {
            b"Type" => {
                let word = value.rsplit('/').next().unwrap_or_default();
                is_opened |= OPENED.contains(&word);
            }
            b"Target" if !value.to_lowercase().ends_with(".xml") => {
                hidden = Some(value.chars().take(200).collect::<String>());
            }
            _ => {}
        }
    }
    match hidden {
        Some(target) if is_opened => {
            let why = format!("it leads to {target}; sheets end in .xml");
            Err(damaged(name, why))
        }
        _ => Ok(()),
    }
}

fn damaged(place: &str, why: impl ToString) -> ReadFault {
    ReadFault::damaged(FORMAT, place, why)
}
