//! A workbook before it is read: each part inflated and walked once, within bounds on bytes,
//! tags and depth, so that what then reads it (and makes room for each shared text and style)
//! meets nothing that was made to harm.

use std::io::{BufReader, Read, Seek};

use quick_xml::events::Event;
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
        if !name.ends_with(".xml") && !name.ends_with(".rels") {
            continue;
        }
        let most_events = if name.contains("worksheets/") && !name.ends_with(".rels") {
            MOST_EVENTS
        } else if name.contains("sharedstrings") {
            MOST_SHARED
        } else {
            MOST_OTHER
        };
        let bound = entry_bound(entry.compressed_size(), left);
        let mut part = entry.take(bound + 1);
        let walked = walk(&mut part, &name, most_events);
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
        match event.map_err(|fault| damaged(name, fault))? {
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

fn damaged(place: &str, why: impl ToString) -> ReadFault {
    ReadFault::Damaged {
        format: FORMAT,
        place: place.to_owned(),
        why: why.to_string(),
    }
}
