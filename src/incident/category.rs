//! Categories 警情类别: two levels, an editable table of the workspace.

use serde::{Deserialize, Serialize};

/// One row of the category table. A first-level code is one word (`criminal`), a
/// second-level code is `parent/child` (`criminal/burglary`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IncidentCategory {
    /// Unique code.
    pub code: String,
    /// English name.
    pub name_en: String,
    /// Chinese name.
    pub name_zh: String,
}

impl IncidentCategory {
    /// The first-level code: itself, or what stands before the slash.
    pub fn parent(&self) -> &str {
        self.code.split('/').next().unwrap_or(&self.code)
    }

    /// The first level of the glossary: what a new workspace starts with.
    pub fn defaults() -> Vec<Self> {
        [
            ("criminal", "criminal", "刑事"),
            ("public_order", "public order", "治安"),
            ("traffic", "traffic", "交通"),
            ("dispute", "dispute", "纠纷"),
            ("assistance", "assistance", "求助"),
            ("fraud", "fraud", "电诈"),
            ("lost_or_missing", "lost or missing", "遗失走失"),
            ("complaint", "complaint", "投诉"),
            ("other", "other", "其他"),
        ]
        .into_iter()
        .map(|(code, name_en, name_zh)| Self {
            code: code.into(),
            name_en: name_en.into(),
            name_zh: name_zh.into(),
        })
        .collect()
    }
}

/// Whether a code belongs to a wanted one: equal, or a child of it.
pub fn code_within(code: &str, wanted: &str) -> bool {
    code == wanted
        || (code.len() > wanted.len()
            && code.starts_with(wanted)
            && code.as_bytes()[wanted.len()] == b'/')
}

/// The first of the wanted codes that is neither in the table nor has children there.
pub fn first_unknown<'a>(wanted: &'a [String], table: &[&str]) -> Option<&'a str> {
    wanted
        .iter()
        .map(String::as_str)
        .find(|wanted| !table.iter().any(|code| code_within(code, wanted)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_known_where_it_or_a_child_is_in_the_table() {
        let table = ["criminal/theft", "traffic"];
        let unknown = |codes: &[&str]| {
            let wanted: Vec<String> = codes.iter().map(|&code| code.into()).collect();
            first_unknown(&wanted, &table).map(str::to_owned)
        };
        assert_eq!(unknown(&[]), None);
        assert_eq!(unknown(&["traffic", "criminal", "criminal/theft"]), None);
        for bad in ["criminal/thef", "crim", "traffic/", "Traffic", ""] {
            assert_eq!(unknown(&["traffic", bad]).as_deref(), Some(bad));
        }
    }
}
