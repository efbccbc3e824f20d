//! XML written element by element, with what no XML may have left out.

use std::io;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

/// A document in the making.
pub struct Markup {
    xml: Writer<Vec<u8>>,
}

impl Markup {
    /// With its declaration.
    ///
    /// # Errors
    /// Never for a document in memory.
    pub fn new() -> io::Result<Self> {
        let mut xml = Writer::new(Vec::new());
        let declaration = BytesDecl::new("1.0", Some("UTF-8"), None);
        xml.write_event(Event::Decl(declaration))?;
        Ok(Self { xml })
    }

    /// Opens an element.
    ///
    /// # Errors
    /// As [`Markup::new`].
    pub fn open(&mut self, name: &str, attributes: &[(&str, &str)]) -> io::Result<()> {
        let start = BytesStart::new(name).with_attributes(attributes.iter().copied());
        self.xml.write_event(Event::Start(start))
    }

    /// An element without content.
    ///
    /// # Errors
    /// As [`Markup::new`].
    pub fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) -> io::Result<()> {
        let start = BytesStart::new(name).with_attributes(attributes.iter().copied());
        self.xml.write_event(Event::Empty(start))
    }

    /// Closes an element.
    ///
    /// # Errors
    /// As [`Markup::new`].
    pub fn close(&mut self, name: &str) -> io::Result<()> {
        self.xml.write_event(Event::End(BytesEnd::new(name)))
    }

    /// An element of text.
    ///
    /// # Errors
    /// As [`Markup::new`].
    pub fn element(&mut self, name: &str, text: &str) -> io::Result<()> {
        self.open(name, &[])?;
        let text = allowed(text);
        self.xml.write_event(Event::Text(BytesText::new(&text)))?;
        self.close(name)
    }

    /// The document.
    pub fn into_bytes(self) -> Vec<u8> {
        self.xml.into_inner()
    }
}

/// Without the characters that no XML may have.
pub fn allowed(text: &str) -> String {
    let keeps = |c: char| match c {
        '\t' | '\n' | '\r' => true,
        '\u{FFFE}' | '\u{FFFF}' => false,
        c => !c.is_control(),
    };
    text.chars().filter(|c| keeps(*c)).collect()
}
