//! Breaks a text into lines no wider than its column: at spaces, between any two hanzi but
//! before what must not begin a line and after what must not end one, and inside a word only
//! where it is wider than the column.

use crate::exchange::print::faces::Faces;

/// What never begins a line.
const NOT_FIRST: &str = "，。、；：！？）》」』】〉”’…％·,.;:!?)]}%";

/// What never ends one.
const NOT_LAST: &str = "（《「『【〈“‘([{";

/// The lines of a text; at least one.
pub fn lines(faces: &Faces, text: &str, size: f64, width: f64) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        // Signs that only steer a terminal have no shape.
        let paragraph: String = paragraph.chars().filter(|c| !c.is_control()).collect();
        fill(faces, &paragraph, size, width, &mut lines);
    }
    lines
}

fn fill(faces: &Faces, text: &str, size: f64, width: f64, lines: &mut Vec<String>) {
    let mut line = String::new();
    let mut filled = 0.0;
    for word in words(text) {
        let wide = faces.width(word.trim_end(), size);
        if filled + wide > width && !line.is_empty() {
            lines.push(line.trim_end().to_owned());
            line.clear();
            filled = 0.0;
        }
        if wide > width {
            for character in word.chars() {
                let one = faces.width(character.encode_utf8(&mut [0; 4]), size);
                if filled + one > width && !line.is_empty() {
                    lines.push(std::mem::take(&mut line));
                    filled = 0.0;
                }
                line.push(character);
                filled += one;
            }
            continue;
        }
        filled += faces.width(word, size);
        line.push_str(word);
    }
    lines.push(line.trim_end().to_owned());
}

/// Pieces that stay together, with the space behind them.
fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut from = 0;
    let mut before: Option<char> = None;
    for (at, character) in text.char_indices() {
        if before.is_some_and(|before| may_break(before, character)) {
            words.push(&text[from..at]);
            from = at;
        }
        before = Some(character);
    }
    words.push(&text[from..]);
    words
}

fn may_break(before: char, after: char) -> bool {
    if after.is_whitespace() || NOT_FIRST.contains(after) || NOT_LAST.contains(before) {
        return false;
    }
    before == ' ' || is_wide(before) || is_wide(after)
}

/// Hanzi, kana and their punctuation.
fn is_wide(character: char) -> bool {
    matches!(character, '\u{2E80}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{FF00}'..='\u{FF60}'
        | '\u{20000}'..='\u{3FFFF}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lines_break_where_they_may() {
        let faces = Faces::own();
        assert_eq!(
            lines(&faces, "到达望花街，停留十分钟。", 10.0, 50.0),
            ["到达望花", "街，停留十", "分钟。"]
        );
        assert_eq!(
            lines(&faces, "must be visited soon", 10.0, 70.0),
            ["must be", "visited soon"]
        );
        assert_eq!(lines(&faces, "", 10.0, 50.0), [""]);
        assert!(lines(&faces, "Incomprehensibilities", 10.0, 30.0).len() > 2);
    }

    proptest! {
        #[test]
        fn no_line_is_too_wide_and_no_character_lost(
            text in "([a-z]{0,12}| |大|东|，|（|\\PC){0,40}",
            width in 20.0..200.0_f64,
        ) {
            let faces = Faces::own();
            let broken = lines(&faces, &text, 10.0, width);
            let bare = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            prop_assert_eq!(bare(&broken.concat()), bare(&text));
            for line in &broken {
                let one = line.chars().count() == 1;
                prop_assert!(one || faces.width(line, 10.0) <= width + 1e-6, "{line:?}");
            }
        }
    }
}
