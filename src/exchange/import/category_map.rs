//! From the source's word for what happened to a category code: by the user's own map,
//! the workspace's table, or the built-in words; else `other/<word>`, its name kept.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::exchange::import::category_words::WORDS;
use crate::exchange::import::fault::ImportFault;
use crate::exchange::import::personal::scrub;
use crate::exchange::read::csv_table::read_csv;
use crate::incident::category::IncidentCategory;

/// Longest code made out of an unknown word, letters; what is longer is no category.
pub const LONGEST_SLUG: usize = 40;

/// Looks codes up and collects the categories in use.
#[derive(Debug, Clone)]
pub struct CategoryMap {
    by_word: HashMap<String, IncidentCategory>,
    constant: Option<IncidentCategory>,
}

impl CategoryMap {
    /// Built-in words, over them the workspace's table, over both the user's map (CSV:
    /// `source,code[,name_en,name_zh]`); `constant` is one category for all rows.
    ///
    /// # Errors
    /// [`ImportFault`] where the map can't be read or a code is malformed.
    pub fn new(
        table: &[IncidentCategory],
        user_map: Option<&[u8]>,
        constant: Option<&str>,
    ) -> Result<Self, ImportFault> {
        let mut map = Self {
            by_word: HashMap::new(),
            constant: None,
        };
        for (code, name_en, name_zh, words) in WORDS {
            let category = IncidentCategory {
                code: (*code).to_owned(),
                name_en: (*name_en).to_owned(),
                name_zh: (*name_zh).to_owned(),
            };
            map.teach(&category, words.iter().copied());
        }
        for category in table {
            map.teach(category, std::iter::empty());
        }
        if let Some(bytes) = user_map {
            map.teach_user_map(bytes)?;
        }
        map.constant = constant.map(|word| map.look_up(word));
        Ok(map)
    }

    /// The category a word means.
    pub fn look_up(&self, word: &str) -> IncidentCategory {
        if let Some(known) = self.by_word.get(&plain_word(word)) {
            return known.clone();
        }
        if let Some(own) = self.own_code(word.trim()) {
            return own;
        }
        if is_sentence(word) {
            return self.other();
        }
        let name = scrub(word.trim());
        let slug = slug_of(&name);
        if slug.is_empty() {
            return self.other();
        }
        IncidentCategory {
            code: format!("other/{slug}"),
            name_en: name.clone(),
            name_zh: name,
        }
    }

    /// Whether a word's category is known, without making one of it.
    pub fn knows(&self, word: &str) -> bool {
        self.by_word.contains_key(&plain_word(word))
    }

    /// The category of all rows, where one is declared.
    pub fn constant(&self) -> Option<&IncidentCategory> {
        self.constant.as_ref()
    }

    /// Every word's code, each looked up once.
    pub fn codes<'a>(&self, words: impl Iterator<Item = &'a str>) -> HashMap<&'a str, String> {
        let mut codes: HashMap<&'a str, String> = HashMap::new();
        for word in words {
            codes.entry(word).or_insert_with(|| self.look_up(word).code);
        }
        codes
    }

    /// The categories that these words mean, by code, without repeats, first levels
    /// included; and the one for all rows.
    pub fn used<'a>(&self, words: impl Iterator<Item = &'a str>) -> Vec<IncidentCategory> {
        let mut used: BTreeMap<String, IncidentCategory> = BTreeMap::new();
        let mut note = |category: IncidentCategory| {
            used.entry(category.code.clone()).or_insert(category);
        };
        let mut seen: HashSet<&str> = HashSet::new();
        let words = words.filter(|word| seen.insert(word));
        let constant = self.constant.iter().cloned();
        for category in words.map(|word| self.look_up(word)).chain(constant) {
            note(self.look_up(category.parent()));
            note(category);
        }
        used.into_values().collect()
    }

    /// A code below a known first level, as this program's own exports have it.
    fn own_code(&self, word: &str) -> Option<IncidentCategory> {
        let (parent, child) = word.split_once('/')?;
        let known = self.by_word.get(&plain_word(parent))?;
        let name = child.replace('_', " ");
        (known.code == parent && is_code(word) && !is_sentence(child)).then(|| IncidentCategory {
            code: word.to_owned(),
            name_en: name.clone(),
            name_zh: name,
        })
    }

    fn other(&self) -> IncidentCategory {
        IncidentCategory {
            code: "other".to_owned(),
            name_en: "other".to_owned(),
            name_zh: "其他".to_owned(),
        }
    }

    fn teach<'a>(&mut self, category: &IncidentCategory, words: impl Iterator<Item = &'a str>) {
        for own in [&category.code, &category.name_en, &category.name_zh] {
            self.by_word.insert(plain_word(own), category.clone());
        }
        for word in words {
            self.by_word.insert(plain_word(word), category.clone());
        }
    }

    fn teach_user_map(&mut self, bytes: &[u8]) -> Result<(), ImportFault> {
        let refuse = |why: String| ImportFault::Option(format!("the category map: {why}"));
        // Its first line may be a header or a row already.
        let mut text = b"source,code,name_en,name_zh\n".to_vec();
        let (content, _) = crate::exchange::read::text::decode(bytes)?;
        text.extend(content.trim_start_matches('\u{feff}').as_bytes());
        let table = read_csv(&text).map_err(|fault| refuse(fault.to_string()))?;
        for row in 0..table.len() {
            let line = table.number(row).saturating_sub(1);
            let (source, code) = (table.cell(row, 0), table.cell(row, 1));
            if source == "source" && code == "code" {
                continue;
            }
            if source.is_empty() || !is_code(code) {
                return Err(refuse(format!(
                    "line {line} must be SOURCE,CODE with a code like criminal/burglary, not '{},{}'",
                    scrub(source),
                    scrub(code)
                )));
            }
            let known = self
                .by_word
                .get(&plain_word(code))
                .filter(|c| c.code == code);
            let last = code.rsplit('/').next().unwrap_or(code).replace('_', " ");
            let or = |cell: &str, otherwise: String| {
                if cell.is_empty() {
                    otherwise
                } else {
                    cell.to_owned()
                }
            };
            let category = IncidentCategory {
                code: code.to_owned(),
                name_en: or(
                    table.cell(row, 2),
                    known.map_or_else(|| last.clone(), |c| c.name_en.clone()),
                ),
                name_zh: or(
                    table.cell(row, 3),
                    known.map_or(last, |c| c.name_zh.clone()),
                ),
            };
            self.by_word.insert(plain_word(source), category.clone());
            self.teach(&category, std::iter::once(source));
        }
        Ok(())
    }
}

/// Longer than a category's name, or with a sentence's signs.
pub fn is_sentence(word: &str) -> bool {
    word.chars().nth(LONGEST_SLUG).is_some() || word.contains(['。', '，', '；', '！', '？'])
}

/// Two levels at most, each a word of lower-case letters, digits, `_`, or other scripts.
fn is_code(code: &str) -> bool {
    let levels: Vec<&str> = code.split('/').collect();
    levels.len() <= 2
        && levels.iter().all(|level| {
            !level.is_empty()
                && level
                    .chars()
                    .all(|c| c == '_' || (c.is_alphanumeric() && !c.is_ascii_uppercase()))
        })
}

fn plain_word(word: &str) -> String {
    let letters = word.chars().filter(|c| c.is_alphanumeric() || *c == '/');
    letters.flat_map(char::to_lowercase).collect()
}

fn slug_of(name: &str) -> String {
    let mut slug = String::new();
    for letter in name.chars().flat_map(char::to_lowercase) {
        if letter.is_alphanumeric() {
            slug.push(letter);
        } else if !slug.is_empty() && !slug.ends_with('_') {
            slug.push('_');
        }
    }
    let short: String = slug.chars().take(LONGEST_SLUG).collect();
    short.trim_matches('_').to_owned()
}

#[cfg(test)]
mod tests {
    use crate::exchange::import::category_map::CategoryMap;
    use crate::incident::category::IncidentCategory;

    fn map(user: Option<&str>) -> CategoryMap {
        CategoryMap::new(&IncidentCategory::defaults(), user.map(str::as_bytes), None).unwrap()
    }

    #[test]
    fn words_of_houston_and_of_china() {
        let map = map(None);
        for (word, code) in [
            ("aggravated assault", "criminal/assault"),
            ("auto theft", "criminal/vehicle_theft"),
            ("burglary", "criminal/burglary"),
            ("murder", "criminal/murder"),
            ("盗窃", "criminal/theft"),
            ("刑事", "criminal"),
            ("治安警情", "public_order"),
            ("电信诈骗", "fraud"),
            ("群众求助", "assistance"),
            ("走失", "lost_or_missing"),
            ("PUBLIC ORDER", "public_order"),
            ("", "other"),
            ("Found Duck!", "other/found_duck"),
            ("群鸭过街", "other/群鸭过街"),
        ] {
            assert_eq!(map.look_up(word).code, code, "{word}");
        }
        assert_eq!(map.look_up("Found Duck!").name_en, "Found Duck!");
    }

    #[test]
    fn the_users_map_wins() {
        let map = map(Some(
            "source,code,name_en\n4,criminal/burglary\ntheft,other/taken,taken away\n",
        ));
        assert_eq!(map.look_up("4").code, "criminal/burglary");
        assert_eq!(map.look_up("4").name_zh, "入室盗窃");
        assert_eq!(map.look_up("theft").name_en, "taken away");
        let bad = CategoryMap::new(&[], Some(b"4,Not A Code\n"), None);
        assert!(bad.unwrap_err().to_string().contains("line 1"));
    }

    #[test]
    fn used_categories_bring_their_first_level() {
        let words = ["theft", "theft", "duck"];
        assert_eq!(
            map(None).codes(words.into_iter())["theft"],
            "criminal/theft"
        );
        let used = map(None).used(words.into_iter());
        let codes: Vec<&str> = used.iter().map(|c| c.code.as_str()).collect();
        assert_eq!(codes, ["criminal", "criminal/theft", "other", "other/duck"]);
    }
}
