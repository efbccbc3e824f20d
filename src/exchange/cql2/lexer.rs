//! The words of CQL2 text.

use crate::exchange::cql2::fault::FilterFault;

/// A word with where it begins, bytes.
#[derive(Debug, Clone, PartialEq)]
pub struct Token<'t> {
    /// What it is.
    pub kind: TokenKind<'t>,
    /// Where it begins.
    pub at: usize,
    /// Where it ends.
    pub end: usize,
}

/// What a word is.
#[derive(Debug, Clone, PartialEq)]
pub enum TokenKind<'t> {
    /// A name or keyword.
    Word(&'t str),
    /// A name in double quotes.
    Quoted(String),
    /// A text in single quotes.
    Text(String),
    /// A number.
    Number(f64),
    /// A sign: `=`, `<=`, `(`…
    Sign(&'t str),
}

/// Splits a filter into words.
///
/// # Errors
/// [`FilterFault::Syntax`].
pub fn words(text: &str) -> Result<Vec<Token<'_>>, FilterFault> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(letter) = text[at..].chars().next() {
        if letter.is_whitespace() {
            at += letter.len_utf8();
            continue;
        }
        let (kind, end) = word(text, at, letter)?;
        tokens.push(Token { kind, at, end });
        at = end;
    }
    Ok(tokens)
}

fn word(text: &str, at: usize, first: char) -> Result<(TokenKind<'_>, usize), FilterFault> {
    let rest = &text[at..];
    if first == '\'' || first == '"' {
        let (inside, length) =
            quoted(rest, first).ok_or_else(|| fault(at, "a quote is not closed"))?;
        let kind = match first {
            '"' => TokenKind::Quoted(inside),
            _ => TokenKind::Text(inside),
        };
        return Ok((kind, at + length));
    }
    let next = rest.chars().nth(1);
    let next_is_digit = next.is_some_and(|c| c.is_ascii_digit() || c == '.');
    if first.is_ascii_digit() || (matches!(first, '-' | '+' | '.') && next_is_digit) {
        let length = number_length(rest);
        let number: f64 = rest[..length]
            .parse()
            .map_err(|_| fault(at, "this is no number"))?;
        if !number.is_finite() {
            return Err(fault(at, "the number is too large"));
        }
        return Ok((TokenKind::Number(number), at + length));
    }
    if first.is_alphabetic() || matches!(first, '_' | ':') {
        let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | ':' | '.');
        let length = rest.find(|c: char| !is_part(c)).unwrap_or(rest.len());
        return Ok((TokenKind::Word(&rest[..length]), at + length));
    }
    for sign in ["<>", "<=", ">=", "=", "<", ">", "(", ")", ","] {
        if rest.starts_with(sign) {
            return Ok((TokenKind::Sign(&rest[..sign.len()]), at + sign.len()));
        }
    }
    Err(fault(at, &format!("{first:?} has no meaning here")))
}

/// What stands in quotes (doubled ones are one), and how long it is with them.
fn quoted(rest: &str, quote: char) -> Option<(String, usize)> {
    let mut inside = String::new();
    let mut letters = rest.char_indices().skip(1).peekable();
    while let Some((at, letter)) = letters.next() {
        if letter != quote {
            inside.push(letter);
        } else if letters.peek().is_some_and(|(_, next)| *next == quote) {
            inside.push(quote);
            letters.next();
        } else {
            return Some((inside, at + quote.len_utf8()));
        }
    }
    None
}

fn number_length(rest: &str) -> usize {
    let mut before = ' ';
    for (at, letter) in rest.char_indices() {
        let is_part = letter.is_ascii_digit()
            || letter == '.'
            || (matches!(letter, 'e' | 'E') && before.is_ascii_digit())
            || (matches!(letter, '-' | '+') && (at == 0 || matches!(before, 'e' | 'E')));
        if !is_part {
            return at;
        }
        before = letter;
    }
    rest.len()
}

/// A fault at a byte of the text.
pub fn fault(at: usize, why: &str) -> FilterFault {
    FilterFault::Syntax {
        at: format!("byte {}", at + 1),
        why: why.to_owned(),
    }
}
