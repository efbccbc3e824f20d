//! CQL2 text (OGC 21-065r2, annex B): a filter as people write it.
//!
//! By recursive descent, OR before AND before NOT; each bracket and each NOT is a level.

use crate::exchange::cql2::expression::{Expression, Scalar, Shape, Span};
use crate::exchange::cql2::fault::FilterFault;
use crate::exchange::cql2::kinds::fit;
use crate::exchange::cql2::lexer::{Token, TokenKind, fault, words};
use crate::exchange::cql2::limits::{Depth, check_length};
use crate::exchange::cql2::names::{GEOMETRY, comparison, property, spatial, temporal};
use crate::exchange::cql2::shape::{A_BOX, bbox, of_well_known_text};
use crate::exchange::write::layer::Layer;

/// Most brackets within each other in a geometry: a multi-polygon has three.
const MOST_BRACKETS: usize = 8;

/// Reads a filter over a layer.
///
/// # Errors
/// [`FilterFault`].
pub fn parse_text(text: &str, layer: &Layer) -> Result<Expression, FilterFault> {
    check_length(text)?;
    let mut parser = Parser {
        text,
        layer,
        tokens: words(text)?,
        next: 0,
    };
    let mut expression = parser.either(Depth::default())?;
    if let Some(token) = parser.peek() {
        return Err(fault(token.at, "something stands behind the filter's end"));
    }
    fit(&mut expression, layer)?;
    Ok(expression)
}

struct Parser<'t> {
    text: &'t str,
    layer: &'t Layer,
    tokens: Vec<Token<'t>>,
    next: usize,
}

impl<'t> Parser<'t> {
    fn peek(&self) -> Option<&Token<'t>> {
        self.tokens.get(self.next)
    }

    fn here(&self) -> usize {
        self.peek().map_or(self.text.len(), |token| token.at)
    }

    fn take(&mut self) -> Result<Token<'t>, FilterFault> {
        let token = self.peek().cloned();
        self.next += 1;
        token.ok_or_else(|| fault(self.text.len(), "the filter ends too early"))
    }

    /// Takes a keyword, if it is next.
    fn keyword(&mut self, word: &str) -> bool {
        let is_next = matches!(self.peek(), Some(Token { kind: TokenKind::Word(w), .. })
            if w.eq_ignore_ascii_case(word));
        self.next += usize::from(is_next);
        is_next
    }

    /// Takes a sign, if it is next.
    fn sign(&mut self, sign: &str) -> bool {
        let is_next =
            matches!(self.peek(), Some(Token { kind: TokenKind::Sign(s), .. }) if *s == sign);
        self.next += usize::from(is_next);
        is_next
    }

    fn expect(&mut self, sign: &str) -> Result<(), FilterFault> {
        match self.sign(sign) {
            true => Ok(()),
            false => Err(fault(self.here(), &format!("{sign:?} is missing"))),
        }
    }

    fn either(&mut self, depth: Depth) -> Result<Expression, FilterFault> {
        let mut parts = vec![self.both(depth)?];
        while self.keyword("or") {
            parts.push(self.both(depth)?);
        }
        Ok(alone_or(parts, Expression::Or))
    }

    fn both(&mut self, depth: Depth) -> Result<Expression, FilterFault> {
        let mut parts = vec![self.one(depth)?];
        while self.keyword("and") {
            parts.push(self.one(depth)?);
        }
        Ok(alone_or(parts, Expression::And))
    }

    fn one(&mut self, depth: Depth) -> Result<Expression, FilterFault> {
        if self.keyword("not") {
            return Ok(Expression::Not(Box::new(self.one(depth.deeper()?)?)));
        }
        if self.sign("(") {
            let inside = self.either(depth.deeper()?)?;
            self.expect(")")?;
            return Ok(inside);
        }
        if let Some(Token {
            kind: TokenKind::Word(name),
            ..
        }) = self.peek()
        {
            if let Some(relation) = spatial(name) {
                self.next += 1;
                self.expect("(")?;
                let first = self.shape()?;
                self.expect(",")?;
                let second = self.shape()?;
                self.expect(")")?;
                return Ok(Expression::Spatial(relation, first, second));
            }
            if let Some(relation) = temporal(name) {
                self.next += 1;
                self.expect("(")?;
                let first = self.span()?;
                self.expect(",")?;
                let second = self.span()?;
                self.expect(")")?;
                return Ok(Expression::Temporal(relation, first, second));
            }
        }
        self.predicate(depth)
    }

    fn predicate(&mut self, depth: Depth) -> Result<Expression, FilterFault> {
        let value = self.scalar(depth)?;
        if let Some(Token {
            kind: TokenKind::Sign(sign),
            ..
        }) = self.peek()
            && let Some(relation) = comparison(sign)
        {
            self.next += 1;
            return Ok(Expression::Compare(relation, value, self.scalar(depth)?));
        }
        if self.keyword("is") {
            let negated = self.keyword("not");
            if !self.keyword("null") {
                return Err(fault(self.here(), "NULL is missing after IS"));
            }
            return Ok(negated_if(negated, Expression::IsNull(value)));
        }
        let negated = self.keyword("not");
        if self.keyword("like") {
            let pattern = self.scalar(depth)?;
            return Ok(negated_if(negated, Expression::Like(value, pattern)));
        }
        if self.keyword("between") {
            let low = self.scalar(depth)?;
            if !self.keyword("and") {
                return Err(fault(self.here(), "AND is missing after BETWEEN"));
            }
            let high = self.scalar(depth)?;
            return Ok(negated_if(negated, Expression::Between(value, low, high)));
        }
        if self.keyword("in") {
            self.expect("(")?;
            let mut list = vec![self.scalar(depth)?];
            while self.sign(",") {
                list.push(self.scalar(depth)?);
            }
            self.expect(")")?;
            return Ok(negated_if(negated, Expression::In(value, list)));
        }
        if negated {
            return Err(fault(
                self.here(),
                "LIKE, BETWEEN or IN is missing after NOT",
            ));
        }
        match value {
            Scalar::Flag(truth) => Ok(Expression::Known(truth)),
            property @ Scalar::Property(_) => Ok(Expression::Flag(property)),
            _ => Err(fault(self.here(), "a comparison is missing")),
        }
    }

    fn scalar(&mut self, depth: Depth) -> Result<Scalar, FilterFault> {
        let token = self.take()?;
        match token.kind {
            TokenKind::Text(text) => Ok(Scalar::Text(text)),
            TokenKind::Number(number) => Ok(Scalar::Number(number)),
            TokenKind::Quoted(name) => property(self.layer, &name),
            TokenKind::Sign(_) => Err(fault(token.at, "a value is missing")),
            TokenKind::Word(word) => match word.to_ascii_lowercase().as_str() {
                "true" => Ok(Scalar::Flag(true)),
                "false" => Ok(Scalar::Flag(false)),
                "casei" => {
                    self.expect("(")?;
                    let inside = self.scalar(depth.deeper()?)?;
                    self.expect(")")?;
                    Ok(Scalar::CaseFolded(Box::new(inside)))
                }
                "timestamp" | "date" => {
                    self.expect("(")?;
                    let at = self.here();
                    let TokenKind::Text(text) = self.take()?.kind else {
                        return Err(fault(at, "a time in quotes is missing"));
                    };
                    self.expect(")")?;
                    Scalar::of_time(&text).ok_or_else(|| fault(at, "this is no time"))
                }
                _ => property(self.layer, word),
            },
        }
    }

    fn span(&mut self) -> Result<Span, FilterFault> {
        if !self.keyword("interval") {
            return Ok(Span::Of(self.scalar(Depth::default())?));
        }
        self.expect("(")?;
        let from = self.end()?;
        self.expect(",")?;
        let to = self.end()?;
        self.expect(")")?;
        Ok(Span::Interval(from, to))
    }

    /// An end of an interval: a time in quotes, `'..'`, or a property.
    fn end(&mut self) -> Result<Option<Scalar>, FilterFault> {
        let at = self.here();
        match self.scalar(Depth::default())? {
            Scalar::Text(text) if text == ".." => Ok(None),
            Scalar::Text(text) => Scalar::of_time(&text)
                .map(Some)
                .ok_or_else(|| fault(at, "this is no time")),
            other => Ok(Some(other)),
        }
    }

    fn shape(&mut self) -> Result<Shape, FilterFault> {
        let token = self.take()?;
        let word = match &token.kind {
            TokenKind::Word(word) => *word,
            TokenKind::Quoted(name) => name.as_str(),
            _ => return Err(fault(token.at, "a geometry is missing")),
        };
        if word.eq_ignore_ascii_case(GEOMETRY) {
            return Ok(Shape::Row);
        }
        if word.eq_ignore_ascii_case("bbox") {
            self.expect("(")?;
            let mut sides = vec![self.number()?];
            while self.sign(",") {
                sides.push(self.number()?);
            }
            self.expect(")")?;
            return bbox(&sides)
                .map(Shape::Given)
                .ok_or_else(|| fault(token.at, A_BOX));
        }
        let end = self.skip_brackets(token.at)?;
        let wkt = &self.text[token.at..end];
        of_well_known_text(wkt)
            .map(Shape::Given)
            .map_err(|why| fault(token.at, &why))
    }

    fn number(&mut self) -> Result<f64, FilterFault> {
        let token = self.take()?;
        match token.kind {
            TokenKind::Number(number) => Ok(number),
            _ => Err(fault(token.at, "a number is missing")),
        }
    }

    /// Goes behind the bracket that closes the next one; where that is.
    fn skip_brackets(&mut self, from: usize) -> Result<usize, FilterFault> {
        // POINT Z (…) has a word between.
        if matches!(
            self.peek(),
            Some(Token {
                kind: TokenKind::Word(_),
                ..
            })
        ) {
            self.next += 1;
        }
        let mut open = 0usize;
        loop {
            let token = self.take()?;
            match token.kind {
                TokenKind::Sign("(") if open == MOST_BRACKETS => {
                    return Err(FilterFault::Deep {
                        most: MOST_BRACKETS,
                    });
                }
                TokenKind::Sign("(") => open += 1,
                TokenKind::Sign(")") => open = open.saturating_sub(1),
                _ => {}
            }
            if open == 0 {
                return match token.kind {
                    TokenKind::Sign(")") => Ok(token.end),
                    _ => Err(fault(from, "a geometry is missing")),
                };
            }
        }
    }
}

fn alone_or(mut parts: Vec<Expression>, join: fn(Vec<Expression>) -> Expression) -> Expression {
    match parts.len() {
        1 => parts.remove(0),
        _ => join(parts),
    }
}

fn negated_if(negated: bool, expression: Expression) -> Expression {
    match negated {
        true => Expression::Not(Box::new(expression)),
        false => expression,
    }
}
