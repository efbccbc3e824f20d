//! Pages before they are written: what stands where, in points (1/72 inch) from the top left.

/// Width of an A4 page.
pub const WIDTH: f64 = 595.28;
/// Its height.
pub const HEIGHT: f64 = 841.89;
/// White on each side.
pub const MARGIN: f64 = 36.0;
/// Between the margins.
pub const COLUMN: f64 = WIDTH - 2.0 * MARGIN;

/// Grey of ink: 0 is black.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ink(pub u8);

impl Ink {
    /// Of what is read.
    pub const BLACK: Self = Self(0);
    /// Of what is read if wanted.
    pub const SOFT: Self = Self(0x44);
    /// Of lines between rows.
    pub const LINE: Self = Self(0x99);
}

/// How a text looks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Type {
    /// Points.
    pub size: f64,
    /// Its grey.
    pub ink: Ink,
    /// Fatter, for what is looked for.
    pub bold: bool,
}

impl Type {
    /// Plain and black.
    pub const fn plain(size: f64) -> Self {
        Self {
            size,
            ink: Ink::BLACK,
            bold: false,
        }
    }

    /// Fat and black.
    pub const fn bold(size: f64) -> Self {
        Self {
            bold: true,
            ..Self::plain(size)
        }
    }

    /// Plain and grey.
    pub const fn soft(size: f64) -> Self {
        Self {
            ink: Ink::SOFT,
            ..Self::plain(size)
        }
    }

    /// From one line to the next.
    pub fn leading(self) -> f64 {
        self.size * 1.32
    }
}

/// Something on a page.
#[derive(Debug, Clone, PartialEq)]
pub enum Mark {
    /// A line of text from its left end, on its base line.
    Text {
        /// Left end.
        x: f64,
        /// Base line.
        y: f64,
        /// Look.
        look: Type,
        /// What it says.
        text: String,
    },
    /// A horizontal line.
    Rule {
        /// Left end.
        x: f64,
        /// Its middle.
        y: f64,
        /// To the right.
        length: f64,
        /// How thick.
        width: f64,
        /// Its grey.
        ink: Ink,
    },
    /// An empty box with a black edge.
    Frame {
        /// Left.
        x: f64,
        /// Top.
        y: f64,
        /// To the right.
        width: f64,
        /// Downwards.
        height: f64,
    },
    /// A drawing, by its number.
    Drawing {
        /// Left.
        x: f64,
        /// Top.
        y: f64,
        /// To the right.
        width: f64,
        /// Downwards.
        height: f64,
        /// Which: whoever writes the book asks for it.
        number: usize,
    },
}

/// A page.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Page {
    /// What stands on it.
    pub marks: Vec<Mark>,
}

/// Where a reader may jump to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chapter {
    /// What it is called.
    pub title: String,
    /// Its first page, from 0.
    pub page: usize,
}

/// All pages, and what is known of them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Book {
    /// What the document is called.
    pub title: String,
    /// Tag of its language.
    pub language: &'static str,
    /// In order.
    pub pages: Vec<Page>,
    /// In order.
    pub chapters: Vec<Chapter>,
}
