//! XML event by event, for files that may be made to harm: no document type (so no entities
//! of its own and no other files), a bound on depth and on the number of events, and never a
//! tree in memory.

use std::borrow::Cow;

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

use crate::exchange::read::fault::ReadFault;

/// Elements in elements.
const DEEPEST: usize = 64;

/// Most events of a file: some seconds of reading.
pub const MOST_EVENTS: u64 = 100_000_000;

/// What comes next.
#[derive(Debug)]
pub enum Step<'t> {
    /// An element opens.
    Open(Element<'t>),
    /// The last opened element closes.
    Close,
    /// Text, a part of it maybe, without references.
    Text(Cow<'t, str>),
    /// The end of a whole document.
    End,
}

/// An element's start.
#[derive(Debug)]
pub struct Element<'t>(BytesStart<'t>);

/// A walk through a document.
pub struct XmlWalk<'t> {
    reader: Reader<&'t [u8]>,
    text: &'t str,
    format: &'static str,
    depth: usize,
    events: u64,
    version: XmlVersion,
}

impl Element<'_> {
    /// Its name without prefix.
    pub fn name(&self) -> String {
        String::from_utf8_lossy(self.0.local_name().as_ref()).into_owned()
    }

    /// An attribute; none where it is missing or broken.
    pub fn attribute(&self, name: &str) -> Option<String> {
        let attribute = self.0.try_get_attribute(name).ok()??;
        let value = attribute.normalized_value(XmlVersion::Implicit1_0).ok()?;
        Some(value.into_owned())
    }
}

impl<'t> XmlWalk<'t> {
    /// From the start of a text.
    pub fn new(text: &'t str, format: &'static str) -> Self {
        let mut reader = Reader::from_str(text);
        reader.config_mut().expand_empty_elements = true;
        Self {
            reader,
            text,
            format,
            depth: 0,
            events: 0,
            version: XmlVersion::Implicit1_0,
        }
    }

    /// The next step.
    ///
    /// # Errors
    /// [`ReadFault`] where the document is broken, too deep, too long, or has a type.
    pub fn step(&mut self) -> Result<Step<'t>, ReadFault> {
        loop {
            self.events += 1;
            if self.events > MOST_EVENTS {
                return Err(ReadFault::TooMany {
                    what: "tags and texts",
                    most: MOST_EVENTS,
                });
            }
            let event = self.reader.read_event();
            let event = event.map_err(|fault| self.damaged(fault.to_string()))?;
            match event {
                Event::Start(element) => {
                    self.depth += 1;
                    if self.depth > DEEPEST {
                        let why = format!("elements stand in more than {DEEPEST} others");
                        return Err(self.damaged(why));
                    }
                    return Ok(Step::Open(Element(element)));
                }
                Event::End(_) => {
                    self.depth = self.depth.saturating_sub(1);
                    return Ok(Step::Close);
                }
                Event::Text(text) => {
                    let text = text.xml_content(self.version);
                    return Ok(Step::Text(text.map_err(|f| self.damaged(f.to_string()))?));
                }
                Event::CData(text) => {
                    let text = text.xml_content(self.version);
                    return Ok(Step::Text(text.map_err(|f| self.damaged(f.to_string()))?));
                }
                Event::GeneralRef(reference) => {
                    let name = reference.decode();
                    let name = name.map_err(|fault| self.damaged(fault.to_string()))?;
                    let meant = resolved(&name).ok_or_else(|| {
                        self.damaged(format!("the entity &{}; is not known", short(&name)))
                    })?;
                    return Ok(Step::Text(Cow::Owned(meant.to_string())));
                }
                Event::DocType(_) => return Err(ReadFault::DocumentType),
                Event::Eof if self.depth > 0 => {
                    return Err(self.damaged("it is cut off".to_owned()));
                }
                Event::Eof => return Ok(Step::End),
                Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            }
        }
    }

    fn damaged(&self, why: String) -> ReadFault {
        let at = usize::try_from(
            self.reader
                .error_position()
                .max(self.reader.buffer_position()),
        );
        let before = self.text.as_bytes().get(..at.unwrap_or(usize::MAX));
        let before = before.unwrap_or(self.text.as_bytes());
        let line = before.iter().filter(|&&byte| byte == b'\n').count() + 1;
        ReadFault::Damaged {
            format: self.format,
            place: format!("line {line}"),
            why,
        }
    }
}

/// What a reference stands for: the five that XML has, and numbers.
fn resolved(name: &str) -> Option<char> {
    match name {
        "lt" => return Some('<'),
        "gt" => return Some('>'),
        "amp" => return Some('&'),
        "apos" => return Some('\''),
        "quot" => return Some('"'),
        _ => {}
    }
    let digits = name.strip_prefix('#')?;
    let code = match digits.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16).ok()?,
        None => digits.parse().ok()?,
    };
    char::from_u32(code).filter(|c| *c != '\0')
}

fn short(text: &str) -> String {
    text.chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::exchange::read::fault::ReadFault;
    use crate::exchange::read::xml_walk::{Step, XmlWalk};

    /// The text of a document, or why it has none.
    fn all_text(document: &str) -> Result<String, ReadFault> {
        let mut walk = XmlWalk::new(document, "XML");
        let mut all = String::new();
        loop {
            match walk.step()? {
                Step::Text(text) => all.push_str(&text),
                Step::End => return Ok(all),
                Step::Open(_) | Step::Close => {}
            }
        }
    }

    #[test]
    fn references_that_xml_has_and_no_others() {
        let text = all_text("<a>&lt;&#x4e2d;&#25991;<![CDATA[&x;]]>&amp;</a>").unwrap();
        assert_eq!(text, "<中文&x;&");
        assert!(
            all_text("<a>&x;</a>")
                .unwrap_err()
                .to_string()
                .contains("&x;")
        );
    }

    #[test]
    fn laughs_and_files_from_outside_are_refused_unread() {
        let laughs = "<!DOCTYPE a [<!ENTITY b \"ha\"><!ENTITY c \"&b;&b;\">]><a>&c;</a>";
        assert_eq!(all_text(laughs), Err(ReadFault::DocumentType));
        let outside = "<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>";
        assert_eq!(all_text(outside), Err(ReadFault::DocumentType));
    }

    #[test]
    fn depth_is_bounded_and_a_cut_document_says_so() {
        let fault = all_text(&"<a>".repeat(1_000_000)).unwrap_err().to_string();
        assert!(fault.contains("more than 64"), "{fault}");
        let fault = all_text("<a>\n<b>").unwrap_err().to_string();
        assert!(
            fault.contains("line 2") && fault.contains("cut off"),
            "{fault}"
        );
        assert!(all_text("<a></b>").is_err());
    }

    proptest! {
        #[test]
        fn any_text_is_walked_or_refused(text in "[<>/a&;#x!\\[\\]\"= \n-]{0,80}") {
            let _ = all_text(&text);
        }
    }
}
