//! Digits and marks of a written time, one after the other; Chinese ones made plain.

/// Reads a text of ASCII from left to right.
pub struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Scanner<'a> {
    /// At the start of a text.
    pub fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// The next byte.
    pub fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Whether nothing is left.
    pub fn done(&self) -> bool {
        self.at >= self.text.len()
    }

    /// What is left.
    pub fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or("")
    }

    /// Goes on by so many bytes.
    pub fn advance(&mut self, bytes: usize) {
        self.at = (self.at + bytes).min(self.text.len());
    }

    /// A run of at most 18 digits: its value and length.
    pub fn number(&mut self) -> Option<(i64, usize)> {
        let digits = self
            .rest()
            .bytes()
            .take_while(u8::is_ascii_digit)
            .take(18)
            .count();
        if digits == 0 {
            return None;
        }
        let value = self.rest()[..digits].parse().ok()?;
        self.at += digits;
        Some((value, digits))
    }

    /// Goes over one of these bytes, and says whether there was one.
    pub fn skip_one(&mut self, any: &[u8]) -> bool {
        let there = self.peek().is_some_and(|byte| any.contains(&byte));
        if there {
            self.at += 1;
        }
        there
    }

    /// Goes over all of these bytes.
    pub fn skip_many(&mut self, any: &[u8]) {
        while self.skip_one(any) {}
    }
}

/// `2024年1月5日 下午8时3分` as `2024-1-5 8:3 PM`.
pub fn without_chinese(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut half = "";
    for letter in text.chars() {
        match letter {
            '年' | '月' => plain.push('-'),
            '日' | '号' => plain.push(' '),
            '时' | '時' | '点' | '點' | '：' => plain.push(':'),
            '分' => plain.push(':'),
            '秒' => {}
            '上' => half = " AM",
            '下' => half = " PM",
            '午' => {}
            '\u{3000}' => plain.push(' '),
            other => plain.push(other),
        }
    }
    let plain = plain.trim().trim_end_matches(':');
    // "8时" alone leaves no minutes.
    let whole = if text.ends_with(['时', '時', '点', '點']) {
        format!("{plain}:00")
    } else {
        plain.to_owned()
    };
    format!("{whole}{half}")
}
