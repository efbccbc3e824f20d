//! A book as PDF: text that can be selected and searched, faces cut down to what is used,
//! drawings as lines. The same book gives the same bytes: it holds no time of writing.

use std::collections::HashMap;
use std::sync::Arc;

use krilla::SerializeSettings;
use krilla::color::luma;
use krilla::destination::XyzDestination;
use krilla::document::Document;
use krilla::geom::{Path, PathBuilder, Point, Rect, Size, Transform};
use krilla::metadata::Metadata;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::{Fill, Stroke};
use krilla::surface::Surface;
use krilla::text::{Font, TextDirection};
use krilla_svg::{SurfaceExt, SvgSettings};
use resvg::usvg::Tree;
use thiserror::Error;

use crate::exchange::markup::allowed;
use crate::exchange::print::faces::{Face, Faces};
use crate::exchange::print::paper::{Book, HEIGHT, Ink, Mark, Type, WIDTH};

/// How much of its size a bold text's edge is thick.
const BOLD: f64 = 0.028;

/// Why there is no document; each is a fault of this program.
#[derive(Debug, Error)]
pub enum PdfFault {
    /// A drawing can't be read.
    #[error("a drawing can't be read: {0}")]
    Drawing(#[from] resvg::usvg::Error),
    /// The face can't be read.
    #[error("the face can't be read")]
    Face,
    /// A page has no size, or the document does not hold together.
    #[error("the document can't be written: {0}")]
    Write(String),
}

/// Writes a book; `drawing` gives each of its drawings as SVG, one at a time.
///
/// # Errors
/// [`PdfFault`].
pub fn pdf(
    book: &Book,
    faces: &Faces,
    drawing: &dyn Fn(usize) -> String,
) -> Result<Vec<u8>, PdfFault> {
    let mut document = Document::new_with(SerializeSettings {
        enable_tagging: false,
        ..SerializeSettings::default()
    });
    document.set_metadata(
        Metadata::new()
            .title(book.title.clone())
            .language(book.language.to_owned())
            .creator("Frontbeat".to_owned()),
    );
    let mut pen = Pen {
        faces,
        own: Font::new(faces.own_bytes().into(), 0).ok_or(PdfFault::Face)?,
        others: HashMap::new(),
        drawing,
    };
    for page in &book.pages {
        let settings = PageSettings::from_wh(WIDTH as f32, HEIGHT as f32)
            .ok_or_else(|| PdfFault::Write("a page has no size".into()))?;
        let mut sheet = document.start_page_with(settings);
        let mut surface = sheet.surface();
        for mark in &page.marks {
            pen.put(mark, &mut surface)?;
        }
        surface.finish();
        sheet.finish();
    }
    let mut outline = Outline::new();
    for chapter in &book.chapters {
        let place = XyzDestination::new(chapter.page, Point::from_xy(0.0, 0.0));
        outline.push_child(OutlineNode::new(chapter.title.clone(), place));
    }
    document.set_outline(outline);
    let bytes = document.finish();
    bytes.map_err(|fault| PdfFault::Write(format!("{fault:?}")))
}

struct Pen<'a> {
    faces: &'a Faces,
    own: Font,
    /// By the address of their bytes, and their place in these.
    others: HashMap<(usize, u32), Font>,
    drawing: &'a dyn Fn(usize) -> String,
}

impl Pen<'_> {
    fn put(&mut self, mark: &Mark, surface: &mut Surface<'_>) -> Result<(), PdfFault> {
        match mark {
            Mark::Text { x, y, look, text } => self.text(surface, (*x, *y), *look, text),
            Mark::Rule {
                x,
                y,
                length,
                width,
                ink,
            } => {
                let mut path = PathBuilder::new();
                path.move_to(*x as f32, *y as f32);
                path.line_to((x + length) as f32, *y as f32);
                stroke(surface, path.finish(), *width, *ink);
            }
            Mark::Frame {
                x,
                y,
                width,
                height,
            } => {
                let mut path = PathBuilder::new();
                let [x, y, width, height] = [*x, *y, *width, *height].map(|it| it as f32);
                if let Some(rect) = Rect::from_xywh(x, y, width, height) {
                    path.push_rect(rect);
                }
                stroke(surface, path.finish(), 0.9, Ink::BLACK);
            }
            Mark::Drawing {
                x,
                y,
                width,
                height,
                number,
            } => {
                let svg = allowed(&(self.drawing)(*number));
                let tree = Tree::from_str(&svg, &self.faces.options())?;
                let size = Size::from_wh(*width as f32, *height as f32)
                    .ok_or_else(|| PdfFault::Write("a drawing has no size".into()))?;
                surface.push_transform(&Transform::from_translate(*x as f32, *y as f32));
                surface.draw_svg(&tree, size, SvgSettings::default());
                surface.pop();
            }
        }
        Ok(())
    }

    fn text(&mut self, surface: &mut Surface<'_>, at: (f64, f64), look: Type, text: &str) {
        surface.set_fill(Some(fill(look.ink)));
        let edge = look.bold.then(|| Stroke {
            paint: luma::Color::new(look.ink.0).into(),
            width: (look.size * BOLD) as f32,
            ..Stroke::default()
        });
        surface.set_stroke(edge);
        let mut x = at.0;
        for (face, piece) in self.faces.pieces(text) {
            let font = self.font(face.as_ref());
            surface.draw_text(
                Point::from_xy(x as f32, at.1 as f32),
                font,
                look.size as f32,
                piece,
                false,
                TextDirection::Auto,
            );
            x += self.faces.width(piece, look.size);
        }
        surface.set_stroke(None);
    }

    /// The face as the document has it; the own one where another can't be read.
    fn font(&mut self, face: Option<&Face>) -> Font {
        let Some(face) = face else {
            return self.own.clone();
        };
        let key = (Arc::as_ptr(&face.bytes).cast::<()>() as usize, face.index);
        let own = &self.own;
        let font = self.others.entry(key).or_insert_with(|| {
            Font::new(face.bytes.clone().into(), face.index).unwrap_or_else(|| own.clone())
        });
        font.clone()
    }
}

fn fill(ink: Ink) -> Fill {
    Fill {
        paint: luma::Color::new(ink.0).into(),
        ..Fill::default()
    }
}

fn stroke(surface: &mut Surface<'_>, path: Option<Path>, width: f64, ink: Ink) {
    let Some(path) = path else {
        return;
    };
    surface.set_fill(None);
    surface.set_stroke(Some(Stroke {
        paint: luma::Color::new(ink.0).into(),
        width: width as f32,
        ..Stroke::default()
    }));
    surface.draw_path(&path);
    surface.set_stroke(None);
}
