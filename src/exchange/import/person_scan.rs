//! Finds what looks like a person's data anywhere in a text, also glued to other letters
//! and with blanks or hyphens inside: the one scanner for columns, names, ids and reports.
//!
//! Patterns: the 18-digit resident identity number with a valid check digit (GB 11643),
//! Chinese mobile numbers, number plates, e-mail addresses. Full-width digits count.

use std::ops::Range;

/// What a match is of, as the report names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pattern {
    /// Of eighteen digits.
    IdentityNumber,
    /// Of eleven digits.
    MobileNumber,
    /// Province, letter, five or six more.
    NumberPlate,
    /// With its `@`.
    EmailAddress,
}

impl Pattern {
    /// In the plural.
    pub fn words(self) -> &'static str {
        match self {
            Self::IdentityNumber => "identity numbers",
            Self::MobileNumber => "mobile phone numbers",
            Self::NumberPlate => "number plates",
            Self::EmailAddress => "e-mail addresses",
        }
    }
}

/// A letter with its place in the text; full-width digits, letters and `＠` made plain.
type Letter = (usize, char);

/// Every match, in order, as ranges of bytes that do not overlap.
pub fn matches(text: &str) -> Vec<(Range<usize>, Pattern)> {
    if text.len() < 6 || !may_match(text) {
        return Vec::new();
    }
    let letters: Vec<Letter> = text.char_indices().map(|(i, c)| (i, plain(c))).collect();
    let fractions_only = is_decimals(text);
    let mut found = Vec::new();
    let mut at = 0;
    while at < letters.len() {
        let end = email(&letters, at)
            .or_else(|| plate(&letters, at))
            .or_else(|| number(&letters, at, fractions_only));
        match end {
            Some((end, pattern)) => {
                let end_byte = letters.get(end).map_or(text.len(), |(byte, _)| *byte);
                found.push((letters[at].0..end_byte, pattern));
                at = end;
            }
            None => at += 1,
        }
    }
    found
}

fn plain(letter: char) -> char {
    match letter {
        '！'..='～' => char::from_u32(u32::from(letter) - 0xFEE0).unwrap_or(letter),
        '\u{3000}' | '\u{a0}' | '\u{2002}'..='\u{200a}' | '\t' => ' ',
        '–' | '—' | '‐' | '‑' | '−' => '-',
        other => other,
    }
}

/// A quick look that spares most cells the rest.
fn may_match(text: &str) -> bool {
    let mut digits = 0;
    for letter in text.chars() {
        let letter = plain(letter);
        if letter == '@' || is_province(letter) {
            return true;
        }
        digits += usize::from(letter.is_ascii_digit());
    }
    digits >= 11
}

/// Nothing but decimal numbers: the digits behind a point are no telephone number.
fn is_decimals(text: &str) -> bool {
    let mut parts = text
        .split([',', ' ', ';', '(', ')'])
        .filter(|part| !part.is_empty());
    parts.all(|part| part.parse::<f64>().is_ok())
}

fn digit_at(letters: &[Letter], at: usize) -> bool {
    letters.get(at).is_some_and(|(_, c)| c.is_ascii_digit())
}

/// An identity or telephone number that starts here, as groups of digits with one blank
/// or hyphen between them; it must start and end where a group does.
fn number(letters: &[Letter], at: usize, fractions_only: bool) -> Option<(usize, Pattern)> {
    if !digit_at(letters, at) || (at > 0 && digit_at(letters, at - 1)) {
        return None;
    }
    if fractions_only && at > 0 && letters[at - 1].1 == '.' {
        return None;
    }
    let mut digits = String::new();
    let mut first_group = 0;
    let mut here = at;
    let mut longest = None;
    while digits.len() <= 22 {
        while digit_at(letters, here) && digits.len() <= 22 {
            digits.push(letters[here].1);
            here += 1;
        }
        if first_group == 0 {
            first_group = digits.len();
        }
        // Single digits and pairs are dates and times, not parts of a number.
        if first_group < 3 && first_group != digits.len() && !digits.starts_with("86") {
            break;
        }
        let after = letters.get(here).map_or(' ', |(_, c)| *c);
        if !after.is_ascii_digit() {
            if is_mobile(&digits) {
                longest = Some((here, Pattern::MobileNumber));
            }
            if digits.len() == 18 && is_identity_number(&digits) {
                longest = Some((here, Pattern::IdentityNumber));
            }
            let skip = usize::from(matches!(after, ' ' | '-'));
            let check = letters.get(here + skip).map_or(' ', |(_, c)| *c);
            if digits.len() == 17
                && check.eq_ignore_ascii_case(&'x')
                && is_identity_number(&format!("{digits}X"))
            {
                return Some((here + skip + 1, Pattern::IdentityNumber));
            }
        }
        if !matches!(after, ' ' | '-') || !digit_at(letters, here + 1) {
            break;
        }
        here += 1;
    }
    longest
}

/// Eleven digits of a mobile number, with the country's code or without.
fn is_mobile(digits: &str) -> bool {
    let own = match digits.len() {
        11 => digits,
        13 => digits.strip_prefix("86").unwrap_or(""),
        15 => digits.strip_prefix("0086").unwrap_or(""),
        _ => "",
    };
    let own = own.as_bytes();
    own.len() == 11 && own[0] == b'1' && (b'3'..=b'9').contains(&own[1])
}

fn is_identity_number(text: &str) -> bool {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const CHECKS: &[u8; 11] = b"10X98765432";
    let bytes = text.as_bytes();
    if bytes.len() != 18 || !bytes[..17].iter().all(u8::is_ascii_digit) {
        return false;
    }
    let two = |at: usize| u32::from(bytes[at] - b'0') * 10 + u32::from(bytes[at + 1] - b'0');
    if !matches!(two(6), 18..=20) || !(1..=12).contains(&two(10)) || !(1..=31).contains(&two(12)) {
        return false;
    }
    let digits = bytes[..17].iter().map(|b| u32::from(b - b'0'));
    let sum: u32 = digits
        .zip(WEIGHTS)
        .map(|(digit, weight)| digit * weight)
        .sum();
    CHECKS[(sum % 11) as usize] == bytes[17].to_ascii_uppercase()
}

fn is_province(letter: char) -> bool {
    const PROVINCES: &str = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼";
    PROVINCES.contains(letter)
}

/// A number plate that starts here: `辽A12345`, `辽A·12345`, `辽 AD12345`, `粤B1234学`.
fn plate(letters: &[Letter], at: usize) -> Option<(usize, Pattern)> {
    let get = |at: usize| letters.get(at).map(|(_, c)| *c);
    let separates = |c: Option<char>| matches!(c, Some('·' | '•' | '.' | '-' | ' '));
    if !is_province(get(at)?) {
        return None;
    }
    let mut here = at + 1;
    here += usize::from(separates(get(here)));
    if !get(here)?.is_ascii_alphabetic() {
        return None;
    }
    here += 1;
    here += usize::from(separates(get(here)));
    let (mut marks, mut digits) = (0, 0);
    while let Some(letter) = get(here).filter(char::is_ascii_alphanumeric) {
        marks += 1;
        digits += usize::from(letter.is_ascii_digit());
        here += 1;
    }
    if marks == 4 && get(here).is_some_and(|c| "学警挂港澳领使".contains(c)) {
        marks += 1;
        here += 1;
    }
    (matches!(marks, 5 | 6) && digits > 0).then_some((here, Pattern::NumberPlate))
}

/// An e-mail address whose first letter is here.
fn email(letters: &[Letter], at: usize) -> Option<(usize, Pattern)> {
    let get = |at: usize| letters.get(at).map(|(_, c)| *c);
    let in_user = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '%' | '+' | '-');
    let first = get(at)?;
    if at > 0 && in_user(letters[at - 1].1) && in_user(first) {
        return None;
    }
    let mut here = at;
    if in_user(first) {
        while get(here).is_some_and(in_user) {
            here += 1;
        }
    } else if first.is_alphanumeric() {
        // A name in another script just before the sign.
        here += 1;
    }
    if here == at || get(here) != Some('@') {
        return None;
    }
    here += 1;
    let host_from = here;
    while get(here).is_some_and(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-')) {
        here += 1;
    }
    while here > host_from && matches!(get(here - 1), Some('.' | '-')) {
        here -= 1;
    }
    let host = &letters[host_from..here];
    let point = host.iter().rposition(|(_, c)| *c == '.')?;
    let last = &host[point + 1..];
    (point > 0 && last.len() >= 2 && last.iter().all(|(_, c)| c.is_ascii_alphanumeric()))
        .then_some((here, Pattern::EmailAddress))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::exchange::import::person_scan::{Pattern, matches};

    fn found(text: &str) -> Vec<(&str, Pattern)> {
        let ranges = matches(text).into_iter();
        ranges.map(|(range, p)| (&text[range], p)).collect()
    }

    #[test]
    fn glued_to_letters_and_with_blanks_inside() {
        use Pattern::{EmailAddress, IdentityNumber, MobileNumber, NumberPlate};
        for (text, what, pattern) in [
            ("报警人张三13912345678", "13912345678", MobileNumber),
            ("电话139 1234 5678称", "139 1234 5678", MobileNumber),
            ("tel:139-1234-5678.", "139-1234-5678", MobileNumber),
            ("call +86 139 1234 5678", "86 139 1234 5678", MobileNumber),
            (
                "１３９１２３４５６７８",
                "１３９１２３４５６７８",
                MobileNumber,
            ),
            ("13912345678.0", "13912345678", MobileNumber),
            ("1.13912345678报警", "13912345678", MobileNumber),
            (
                "身份证11010519491231002X张三",
                "11010519491231002X",
                IdentityNumber,
            ),
            (
                "证110105 19491231 002x",
                "110105 19491231 002x",
                IdentityNumber,
            ),
            ("车辆辽A12345逃逸", "辽A12345", NumberPlate),
            ("见辽A·D12345", "辽A·D12345", NumberPlate),
            ("新能源辽AD12345", "辽AD12345", NumberPlate),
            ("邮箱zhang.san@qq.com。", "zhang.san@qq.com", EmailAddress),
            ("mail a@b.cn, please", "a@b.cn", EmailAddress),
        ] {
            assert_eq!(found(text), [(what, pattern)], "{text}");
        }
        assert_eq!(found("13912345678、13812345678").len(), 2);
    }

    #[test]
    fn dates_numbers_and_places_are_none() {
        for text in [
            "2024年1月5日8时3分",
            "2024-01-05 08:03:00",
            "13-11-2024 083000",
            "14-11-2024 803",
            "123.13912345678, 41.13912345678",
            "20240105000017",
            "110105194912310021",
            "12912345678",
            "1704412980000",
            "辽宁省沈阳市大东区北海街139号",
            "川A座20240105号",
            "a@b",
            "LARCENY @ STORE. NO. 7",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_scanned_and_a_number_in_it_is_found(before in "\\PC{0,12}", after in "\\PC{0,12}") {
            let text = format!("{before}、13912345678、{after}");
            prop_assert!(found(&text).iter().any(|(what, _)| *what == "13912345678"));
        }
    }
}
