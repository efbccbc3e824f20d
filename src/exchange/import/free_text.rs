//! Tells a column of categories from one of sentences: no category is ever made of what
//! somebody wrote about a case.

use std::collections::HashSet;

use crate::exchange::import::category_map::{CategoryMap, is_sentence};

/// More different unknown words than this are no list of categories.
const MOST_UNKNOWN: usize = 200;
/// From so many different unknown words on, it tells where nearly every row has its own.
const FEW_UNKNOWN: usize = 30;

/// Why a column can't hold categories; none where it can. Nothing of its values is in it.
pub fn free_text<'a>(map: &CategoryMap, words: impl Iterator<Item = &'a str>) -> Option<String> {
    let (mut filled, mut sentences) = (0usize, 0usize);
    let mut known: HashSet<&str> = HashSet::new();
    let mut unknown: HashSet<&str> = HashSet::new();
    for word in words.filter(|word| !word.is_empty()) {
        filled += 1;
        if known.contains(word) {
            continue;
        }
        if !unknown.contains(word) {
            if map.knows(word) {
                known.insert(word);
                continue;
            }
            unknown.insert(word);
        }
        sentences += usize::from(is_sentence(word));
    }
    if sentences * 10 >= filled && sentences > 0 {
        return Some(format!(
            "{sentences} of {filled} values are as long as sentences"
        ));
    }
    let each_its_own = unknown.len() >= FEW_UNKNOWN && unknown.len() * 5 >= filled * 4;
    (unknown.len() > MOST_UNKNOWN || each_its_own).then(|| {
        format!(
            "{} different unknown words in {filled} values",
            unknown.len()
        )
    })
}

#[cfg(test)]
mod tests {
    use crate::exchange::import::category_map::CategoryMap;
    use crate::exchange::import::free_text::free_text;

    #[test]
    fn words_are_categories_and_sentences_are_not() {
        let map = CategoryMap::new(&[], None, None).unwrap();
        let told = |words: &[String]| free_text(&map, words.iter().map(String::as_str));
        let some: Vec<String> = (0..1000).map(|i| format!("kind {}", i % 150)).collect();
        assert_eq!(told(&some), None);
        let many: Vec<String> = (0..1000).map(|i| format!("kind {}", i % 201)).collect();
        assert!(told(&many).unwrap().contains("201 different"));
        let own: Vec<String> = (0..40).map(|i| format!("报警人称丢失{i}")).collect();
        assert!(told(&own).is_some());
        let long = vec![
            "theft".to_owned(),
            "某人称其在商场内丢失手机，请求帮助。".to_owned(),
        ];
        assert!(told(&long).unwrap().contains("1 of 2"));
        assert_eq!(map.look_up(&long[1]).code, "other");
    }
}
