//! What is written one below the other, over as many pages as it takes. Each page has the
//! head of its chapter and a foot with its number.

use crate::exchange::print::faces::Faces;
use crate::exchange::print::lines::lines;
use crate::exchange::print::paper::{
    Book, COLUMN, Chapter, HEIGHT, Ink, MARGIN, Mark, Page, Type, WIDTH,
};

/// Below it nothing but the foot stands.
const FLOOR: f64 = HEIGHT - MARGIN - 16.0;
/// Of what stands over and under each page.
const RUNNING: Type = Type::soft(8.5);
const TITLE: Type = Type::bold(18.0);
const HEADING: Type = Type::bold(11.0);
/// Of paragraphs and lists.
const TEXT: Type = Type::plain(9.5);
const FACT_NAME: Type = Type::soft(8.0);
const FACT: Type = Type::bold(9.5);
/// Facts side by side.
const FACTS_ABREAST: usize = 5;
const FACT_GAP: f64 = 10.0;
/// More of one text is cut off, with dots.
const MOST_LINES: usize = 45;

/// What stands over and under every page.
#[derive(Debug, Clone)]
pub struct Running {
    /// Over each page, left.
    pub over: String,
    /// Over each page, right, in a frame; empty: nothing.
    pub stamp: String,
    /// Under each page, left.
    pub under: String,
    /// Under each page, right, by its number and how many there are.
    pub number: fn(usize, usize) -> String,
}

/// A book in the making.
#[derive(Debug)]
pub struct Flow<'a> {
    pub(super) faces: &'a Faces,
    running: Running,
    book: Book,
    /// Of the chapter.
    title: String,
    /// Where the next thing goes.
    pub(super) y: f64,
}

impl<'a> Flow<'a> {
    /// Without a page so far.
    pub fn new(faces: &'a Faces, title: String, language: &'static str, running: Running) -> Self {
        Self {
            faces,
            running,
            book: Book {
                title,
                language,
                ..Book::default()
            },
            title: String::new(),
            y: 0.0,
        }
    }

    /// Begins a chapter on a page of its own.
    pub fn chapter(&mut self, title: &str) {
        self.title = title.to_owned();
        self.book.chapters.push(Chapter {
            title: title.to_owned(),
            page: self.book.pages.len(),
        });
        self.turn();
    }

    /// Begins a page of the chapter.
    pub(super) fn turn(&mut self) {
        self.book.pages.push(Page::default());
        let base = MARGIN + RUNNING.size;
        let over = self.running.over.clone();
        let stamp = self.running.stamp.clone();
        let bold = Type::bold(RUNNING.size);
        let width = match stamp.is_empty() {
            true => 0.0,
            false => self.faces.width(&stamp, bold.size) + 8.0,
        };
        let over = self.fitted(&over, RUNNING, COLUMN - width - FACT_GAP);
        self.text(MARGIN, base, RUNNING, &over);
        if width > 0.0 {
            let x = WIDTH - MARGIN - width;
            self.mark(Mark::Frame {
                x,
                y: MARGIN - 2.5,
                width,
                height: RUNNING.size + 6.0,
            });
            self.text(x + 4.0, base, bold, &stamp);
        }
        self.y = base + 5.0;
        let title = self.title.clone();
        for line in lines(self.faces, &title, TITLE.size, COLUMN).iter().take(2) {
            self.y += TITLE.leading();
            self.text(MARGIN, self.y - 5.0, TITLE, line);
        }
        self.rule(self.y + 1.5, 2.0, Ink::BLACK);
        self.y += 9.0;
    }

    /// Turns the page where so much does not fit on it.
    pub(super) fn room(&mut self, height: f64) {
        if self.y + height > FLOOR {
            self.turn();
        }
    }

    /// What is left of the page.
    pub(super) fn left(&self) -> f64 {
        FLOOR - self.y
    }

    /// White.
    pub fn gap(&mut self, height: f64) {
        self.y += height;
    }

    /// Over what follows.
    pub fn heading(&mut self, text: &str) {
        // Together with a line or two of what it stands over.
        self.room(HEADING.leading() + 3.0 * TEXT.leading());
        self.y += 6.0 + HEADING.size;
        self.text(MARGIN, self.y, HEADING, text);
        self.y += 4.0;
    }

    /// Text in that look.
    pub fn paragraph(&mut self, text: &str, look: Type) {
        self.hanging(text, look, "");
    }

    /// Sentences with a dot before each, under a heading; nothing where there is none.
    pub fn list(&mut self, title: &str, sentences: &[String]) {
        if sentences.is_empty() {
            return;
        }
        self.heading(title);
        for sentence in sentences {
            self.hanging(sentence, TEXT, "•");
        }
    }

    fn hanging(&mut self, text: &str, look: Type, bullet: &str) {
        let indent = if bullet.is_empty() { 0.0 } else { 11.0 };
        let lines = lines(self.faces, text, look.size, COLUMN - indent);
        for (number, line) in lines.iter().take(MOST_LINES).enumerate() {
            self.room(look.leading());
            self.y += look.leading();
            let base = self.y - 0.3 * look.size;
            if number == 0 && !bullet.is_empty() {
                self.text(MARGIN + 2.0, base, look, bullet);
            }
            self.text(MARGIN + indent, base, look, line);
        }
        self.y += 0.2 * look.size;
    }

    /// Facts side by side, each under its name.
    pub fn facts(&mut self, facts: &[(&str, String)]) {
        let abreast = FACTS_ABREAST as f64;
        let width = (COLUMN - FACT_GAP * (abreast - 1.0)) / abreast;
        for row in facts.chunks(FACTS_ABREAST) {
            let faces = self.faces;
            let broken = |look: Type, text: &str| lines(faces, text, look.size, width);
            let cells: Vec<(Vec<String>, Vec<String>)> = row
                .iter()
                .map(|(name, value)| (broken(FACT_NAME, name), broken(FACT, value)))
                .collect();
            let names = cells.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
            let values = cells.iter().map(|(_, it)| it.len()).max().unwrap_or(0);
            let values = values.min(MOST_LINES);
            let down = names as f64 * FACT_NAME.leading();
            let height = down + values as f64 * FACT.leading() + 4.0;
            self.room(height);
            for (place, (name, value)) in cells.iter().enumerate() {
                let x = MARGIN + place as f64 * (width + FACT_GAP);
                for (number, line) in name.iter().enumerate() {
                    let base = self.y + (number + 1) as f64 * FACT_NAME.leading() - 2.0;
                    self.text(x, base, FACT_NAME, line);
                }
                for (number, line) in value.iter().take(values).enumerate() {
                    let base = self.y + down + (number + 1) as f64 * FACT.leading() - 3.0;
                    self.text(x, base, FACT, line);
                }
            }
            self.y += height;
        }
    }

    /// A drawing from margin to margin, of that height to its width; lower where the page is
    /// short of room, but never narrower than two thirds of the column.
    pub fn drawing(&mut self, number: usize, ratio: f64) {
        let whole = COLUMN * ratio;
        let least = whole * 2.0 / 3.0;
        self.room(least + 6.0);
        let height = whole.min(self.left() - 6.0);
        let width = height / ratio;
        let x = MARGIN + (COLUMN - width) / 2.0;
        let y = self.y + 3.0;
        self.mark(Mark::Drawing {
            x,
            y,
            width,
            height,
            number,
        });
        self.y += height + 6.0;
    }

    /// Room to write in by hand, under a word.
    pub fn notes(&mut self, word: &str) {
        const HEIGHT: f64 = 46.0;
        self.room(HEIGHT);
        self.text(MARGIN, self.y + 16.0, FACT_NAME, word);
        self.y += HEIGHT;
        self.rule(self.y, 0.7, Ink::LINE);
        self.y += 4.0;
    }

    /// The book, with the feet of its pages.
    pub fn finish(mut self) -> Book {
        let all = self.book.pages.len();
        let base = HEIGHT - MARGIN;
        for page in 0..all {
            let number = (self.running.number)(page + 1, all);
            let width = self.faces.width(&number, RUNNING.size);
            let under = self.fitted(&self.running.under, RUNNING, COLUMN - width - FACT_GAP);
            let foot = [(MARGIN, under), (WIDTH - MARGIN - width, number)];
            for (x, text) in foot {
                self.book.pages[page].marks.push(Mark::Text {
                    x,
                    y: base,
                    look: RUNNING,
                    text,
                });
            }
        }
        self.book
    }

    /// The first line of a text, with dots where there is more.
    fn fitted(&self, text: &str, look: Type, width: f64) -> String {
        let dots = self.faces.width("…", look.size);
        let mut broken = lines(self.faces, text, look.size, width - dots);
        let more = broken.len() > 1;
        broken.truncate(1);
        let mut line = broken.pop().unwrap_or_default();
        if more {
            line.push('…');
        }
        line
    }

    pub(super) fn text(&mut self, x: f64, y: f64, look: Type, text: &str) {
        if text.is_empty() {
            return;
        }
        self.mark(Mark::Text {
            x,
            y,
            look,
            text: text.to_owned(),
        });
    }

    pub(super) fn rule(&mut self, y: f64, width: f64, ink: Ink) {
        self.mark(Mark::Rule {
            x: MARGIN,
            y,
            length: COLUMN,
            width,
            ink,
        });
    }

    pub(super) fn mark(&mut self, mark: Mark) {
        if let Some(page) = self.book.pages.last_mut() {
            page.marks.push(mark);
        }
    }
}
