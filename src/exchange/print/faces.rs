//! The faces that text is set in: the program's own first, and for a character that it lacks
//! the first of the system's that has it. Where none has, the own face's box is drawn: it is
//! seen that something is missing.
//!
//! The system's faces come in as a closure and are asked for only when a character needs
//! them, so that the same plan gives the same bytes wherever its characters are known.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use resvg::usvg::fontdb::{Database, ID, Source, Style};
use resvg::usvg::{FontResolver, Options};
use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider};

/// Noto Sans CJK SC, cut down (`src/exchange/print/font/README.md`).
static OWN: &[u8] = include_bytes!("font/print.otf");

/// Most of the system's faces that are taken in: each stays in memory.
const MOST_OTHERS: usize = 4;

/// Most characters that are looked for among the system's faces: each is a walk through all.
const MOST_WALKS: usize = 500;

/// What drawings ask for by `sans-serif`.
const FAMILY: &str = "Frontbeat Print";

/// Gives the system's faces.
type System = Box<dyn Fn() -> Database + Send + Sync>;

/// Bytes of a face.
type Bytes = Arc<dyn AsRef<[u8]> + Send + Sync>;

/// A face of a text.
#[derive(Clone)]
pub struct Face {
    /// Its file.
    pub bytes: Bytes,
    /// Its place in the file.
    pub index: u32,
    advances: Arc<HashMap<char, f32>>,
}

/// The faces at hand.
pub struct Faces {
    own: Face,
    database: Arc<Database>,
    system: System,
    found: OnceLock<Database>,
    others: Mutex<Others>,
}

#[derive(Default)]
struct Others {
    faces: Vec<Face>,
    /// Place in `faces` of each character that the own face lacks; none where no face has it.
    by_character: HashMap<char, Option<usize>>,
    walks: usize,
}

impl fmt::Debug for Faces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Faces").finish_non_exhaustive()
    }
}

impl Face {
    fn new(bytes: Bytes, index: u32) -> Option<Self> {
        let advances = advances((*bytes).as_ref(), index)?;
        Some(Self {
            bytes,
            index,
            advances: Arc::new(advances),
        })
    }

    fn has(&self, character: char) -> bool {
        self.advances.contains_key(&character)
    }
}

/// How far each character of a face takes the next one, in ems.
fn advances(bytes: &[u8], index: u32) -> Option<HashMap<char, f32>> {
    let font = FontRef::from_index(bytes, index).ok()?;
    let metrics = font.glyph_metrics(Size::new(1.0), LocationRef::default());
    let characters = font.charmap();
    let known = characters.mappings().filter_map(|(code, glyph)| {
        let advance = metrics.advance_width(glyph)?;
        Some((char::from_u32(code)?, advance))
    });
    Some(known.collect())
}

impl Faces {
    /// The own face, and the system's for what it lacks.
    pub fn new(system: impl Fn() -> Database + Send + Sync + 'static) -> Self {
        let mut database = Database::new();
        database.load_font_source(Source::Binary(Arc::new(OWN)));
        database.set_sans_serif_family(FAMILY);
        database.set_serif_family(FAMILY);
        let advances = advances(OWN, 0).unwrap_or_default();
        Self {
            own: Face {
                bytes: Arc::new(OWN),
                index: 0,
                advances: Arc::new(advances),
            },
            database: Arc::new(database),
            system: Box::new(system),
            found: OnceLock::new(),
            others: Mutex::default(),
        }
    }

    /// The own face alone.
    pub fn own() -> Self {
        Self::new(Database::new)
    }

    /// Whether the own face has it.
    pub fn has(&self, character: char) -> bool {
        self.own.has(character)
    }

    /// How wide a text is, in the unit of its size.
    pub fn width(&self, text: &str, size: f64) -> f64 {
        let advance = |c: char| match self.own.advances.get(&c) {
            Some(&advance) => advance,
            None => self.other(c).map_or(1.0, |(_, face)| {
                face.advances.get(&c).copied().unwrap_or(1.0)
            }),
        };
        text.chars().map(|c| f64::from(advance(c))).sum::<f64>() * size
    }

    /// A text in pieces that one face each has, in order. None is the own face.
    pub fn pieces<'a>(&self, text: &'a str) -> Vec<(Option<Face>, &'a str)> {
        let mut pieces: Vec<(Option<usize>, usize, Option<Face>)> = Vec::new();
        for (at, character) in text.char_indices() {
            let other = match self.own.has(character) {
                true => None,
                false => self.other(character),
            };
            let place = other.as_ref().map(|(place, _)| *place);
            if pieces.last().is_none_or(|(last, ..)| *last != place) {
                pieces.push((place, at, other.map(|(_, face)| face)));
            }
        }
        let ends = pieces.iter().skip(1).map(|(_, from, _)| *from);
        let ends: Vec<usize> = ends.chain([text.len()]).collect();
        let cut = |((_, from, face), end)| (face, &text[from..end]);
        pieces.into_iter().zip(ends).map(cut).collect()
    }

    /// The own face's file.
    pub fn own_bytes(&self) -> &'static [u8] {
        OWN
    }

    /// How drawings find these faces.
    pub fn options(&self) -> Options<'_> {
        let select_fallback = |character: char, used: &[ID], database: &mut Arc<Database>| {
            let (_, face) = self.other(character)?;
            let id = self.id_in(&face, database)?;
            (!used.contains(&id)).then_some(id)
        };
        Options {
            font_family: FAMILY.into(),
            font_resolver: FontResolver {
                select_font: FontResolver::default_font_selector(),
                select_fallback: Box::new(select_fallback),
            },
            fontdb: self.database.clone(),
            ..Options::default()
        }
    }

    /// A face's place in a drawing's faces, put there where it is not yet.
    fn id_in(&self, face: &Face, database: &mut Arc<Database>) -> Option<ID> {
        let same = |source: &Source| match source {
            Source::Binary(bytes) => Arc::ptr_eq(bytes, &face.bytes),
            _ => false,
        };
        let find = |database: &Database| {
            let mut faces = database.faces();
            let found = faces.find(|it| same(&it.source) && it.index == face.index);
            found.map(|it| it.id)
        };
        if let Some(id) = find(database) {
            return Some(id);
        }
        Arc::make_mut(database).load_font_source(Source::Binary(face.bytes.clone()));
        find(database)
    }

    /// The system's face that has a character, with its place among those taken in.
    fn other(&self, character: char) -> Option<(usize, Face)> {
        let mut others = self.others.lock().unwrap_or_else(PoisonError::into_inner);
        let known = others.by_character.get(&character).copied();
        let place = match known {
            Some(place) => place,
            None => {
                let place = self.look_for(character, &mut others);
                others.by_character.insert(character, place);
                place
            }
        };
        place.map(|place| (place, others.faces[place].clone()))
    }

    fn look_for(&self, character: char, others: &mut Others) -> Option<usize> {
        if character.is_control() || character.is_whitespace() {
            return None;
        }
        if let Some(place) = others.faces.iter().position(|it| it.has(character)) {
            return Some(place);
        }
        if others.faces.len() >= MOST_OTHERS || others.walks >= MOST_WALKS {
            return None;
        }
        others.walks += 1;
        let system = self.found.get_or_init(&self.system);
        let mut candidates: Vec<_> = system.faces().collect();
        // The plainest first, and on one system always the same.
        candidates.sort_by_key(|it| {
            let plain = (it.style != Style::Normal, it.weight.0.abs_diff(400));
            (plain, it.monospaced, it.post_script_name.clone(), it.index)
        });
        candidates.into_iter().find_map(|it| {
            let has = |bytes: &[u8], index| {
                let font = FontRef::from_index(bytes, index).ok()?;
                let glyph = font.charmap().map(character)?;
                (glyph.to_u32() != 0).then(|| Arc::new(bytes.to_vec()))
            };
            let bytes: Bytes = system.with_face_data(it.id, has)??;
            let face = Face::new(bytes, it.index)?;
            others.faces.push(face);
            Some(others.faces.len() - 1)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_own_face_has_what_the_program_says() {
        let faces = Faces::own();
        for text in [
            "Patrol route sheet – 22:00",
            "巡逻路线单：必巡点。大东区（模拟数据）",
            "■▲●…·≥≈±",
        ] {
            for character in text.chars() {
                assert!(faces.has(character), "{character}");
            }
            assert_eq!(faces.pieces(text).len(), 1);
        }
        assert!((faces.width("大东区", 10.0) - 30.0).abs() < 0.01);
        let (narrow, wide) = (faces.width("iii", 10.0), faces.width("WWW", 10.0));
        assert!(narrow < wide && narrow > 1.0);
    }

    #[test]
    fn what_no_face_has_is_a_box_as_wide_as_a_character() {
        let faces = Faces::own();
        assert!(!faces.has('\u{364d}'));
        let pieces = faces.pieces("大\u{364d}路");
        assert_eq!(pieces.len(), 1);
        assert!(pieces[0].0.is_none());
        assert!((faces.width("大\u{364d}路", 10.0) - 30.0).abs() < 0.01);
    }

    #[test]
    fn what_the_own_face_lacks_is_taken_from_another() {
        // The own face under another roof serves as the system's.
        let faces = Faces {
            own: Face {
                bytes: Arc::new(OWN),
                index: 0,
                advances: Arc::new(HashMap::from([('a', 0.5)])),
            },
            ..Faces::new(|| {
                let mut system = Database::new();
                system.load_font_source(Source::Binary(Arc::new(OWN)));
                system
            })
        };
        let pieces = faces.pieces("a大b");
        let texts: Vec<&str> = pieces.iter().map(|(_, text)| *text).collect();
        assert_eq!(texts, ["a", "大b"]);
        assert!(pieces[0].0.is_none() && pieces[1].0.is_some());
        assert!((faces.width("大", 10.0) - 10.0).abs() < 0.01);
    }
}
