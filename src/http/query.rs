//! Reads the query of an address: each parameter taken by name and parsed; whatever is
//! left over is a fault, so that a misspelt parameter never passes unseen.

use std::fmt::Display;
use std::str::FromStr;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use jiff::{Timestamp, tz::TimeZone};

use crate::calendar::text::parse_instant;
use crate::http::problem::Problem;
use crate::place::position::Position;

/// Most parameters looked at.
const MOST_PARAMETERS: usize = 400;

/// The parameters of a request.
#[derive(Debug, Clone, Default)]
pub struct Query {
    pairs: Vec<(String, String)>,
    taken: Vec<&'static str>,
    /// Whether an empty value is refused.
    is_strict: bool,
}

impl<S: Send + Sync> FromRequestParts<S> for Query {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Self::parse(parts.uri.query().unwrap_or_default())
    }
}

impl Query {
    /// Splits and decodes a query.
    ///
    /// # Errors
    /// [`Problem`] where there are too many parameters.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let pairs: Vec<(String, String)> = form_urlencoded::parse(text.as_bytes())
            .take(MOST_PARAMETERS + 1)
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect();
        match pairs.get(MOST_PARAMETERS) {
            Some((name, _)) => Err(Problem::parameter(
                name,
                format!("there are more than {MOST_PARAMETERS} parameters"),
            )),
            None => Ok(Self {
                pairs,
                taken: Vec::new(),
                is_strict: false,
            }),
        }
    }

    /// The same where an empty value is refused like any other that can't be read, as the
    /// standards of `/ogc` ask.
    pub fn strict(self) -> Self {
        Self {
            is_strict: true,
            ..self
        }
    }

    /// A parameter that may be given more than once.
    pub fn many(&mut self, name: &'static str) -> Vec<String> {
        self.taken.push(name);
        let (of_name, rest) = std::mem::take(&mut self.pairs)
            .into_iter()
            .partition(|(n, _)| n == name);
        self.pairs = rest;
        of_name.into_iter().map(|(_, value)| value).collect()
    }

    /// A parameter that may be given once; an empty value counts as absent, but where the query
    /// is strict.
    ///
    /// # Errors
    /// [`Problem`] where it is given twice, or empty where that is refused.
    pub fn text(&mut self, name: &'static str) -> Result<Option<String>, Problem> {
        let mut values = self.many(name);
        match values.len() {
            1 if self.is_strict && values[0].is_empty() => Err(Problem::parameter(
                name,
                format!("{name} is empty; give it a value or leave it out"),
            )),
            0 | 1 => Ok(values.pop().filter(|value| !value.is_empty())),
            n => Err(Problem::parameter(
                name,
                format!("{name} is given {n} times; give it once"),
            )),
        }
    }

    /// The same, parsed.
    ///
    /// # Errors
    /// [`Problem`] where it is given twice or can't be parsed.
    pub fn parsed<T: FromStr>(
        &mut self,
        name: &'static str,
        what: &str,
    ) -> Result<Option<T>, Problem>
    where
        T::Err: Display,
    {
        let Some(text) = self.text(name)? else {
            return Ok(None);
        };
        text.trim().parse().map(Some).map_err(|_| {
            Problem::parameter(
                name,
                format!("{name} must be {what}, not {}", quoted(&text)),
            )
        })
    }

    /// A whole number within a range.
    ///
    /// # Errors
    /// [`Problem`] where it is given twice, isn't one, or lies outside.
    pub fn within(
        &mut self,
        name: &'static str,
        least: u32,
        most: u32,
    ) -> Result<Option<u32>, Problem> {
        let what = format!("a whole number from {least} to {most}");
        match self.parsed::<u32>(name, &what)? {
            Some(n) if (least..=most).contains(&n) => Ok(Some(n)),
            Some(n) => Err(Problem::parameter(
                name,
                format!("{name} must be {what}, not {n}"),
            )),
            None => Ok(None),
        }
    }

    /// A number above zero.
    ///
    /// # Errors
    /// [`Problem`] where it is given twice, isn't a number, or isn't above zero.
    pub fn positive(&mut self, name: &'static str) -> Result<Option<f64>, Problem> {
        match self.parsed::<f64>(name, "a number above 0")? {
            Some(n) if n.is_finite() && n > 0.0 => Ok(Some(n)),
            Some(n) => Err(Problem::parameter(
                name,
                format!("{name} must be a number above 0, not {n}"),
            )),
            None => Ok(None),
        }
    }

    /// An instant: RFC 3339, or a local date or date and time of the zone.
    ///
    /// # Errors
    /// [`Problem`] where it is given twice or is none.
    pub fn instant(
        &mut self,
        name: &'static str,
        zone: &TimeZone,
    ) -> Result<Option<Timestamp>, Problem> {
        let Some(text) = self.text(name)? else {
            return Ok(None);
        };
        parse_instant(&text, zone).map(Some).map_err(|_| {
            Problem::parameter(
                name,
                format!(
                    "{name} must be a time like 2026-10-31T22:00:00+08:00, or a local date, not {}",
                    quoted(&text)
                ),
            )
        })
    }

    /// `v`, the data version that the client knows: it only makes the address another one,
    /// so that a client's cache does not mix versions.
    pub fn version(&mut self) {
        self.many("v");
    }

    /// `lon` and `lat`, both needed.
    ///
    /// # Errors
    /// [`Problem`].
    pub fn position(&mut self) -> Result<Position, Problem> {
        let lon = self.needed_number("lon")?;
        let lat = self.needed_number("lat")?;
        Position::new(lon, lat).map_err(|fault| Problem::parameter("lon", fault))
    }

    /// What was not taken so far: name and value.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        let pairs = self.pairs.iter();
        pairs.map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Nothing else may be there.
    ///
    /// # Errors
    /// [`Problem`] that names the first parameter nobody took.
    pub fn finish(self) -> Result<(), Problem> {
        match self.pairs.first() {
            Some((name, _)) => Err(Problem::unknown_parameter(
                &shortened(name),
                &self.taken.join(", "),
            )),
            None => Ok(()),
        }
    }

    fn needed_number(&mut self, name: &'static str) -> Result<f64, Problem> {
        self.parsed::<f64>(name, "a number of degrees")?
            .ok_or_else(|| Problem::parameter(name, format!("{name} is missing")))
    }
}

/// A value as it is repeated in a message: not longer than a line.
pub fn quoted(text: &str) -> String {
    format!("{:?}", shortened(text))
}

/// The text, not longer than a line.
pub fn shortened(text: &str) -> String {
    const MOST: usize = 60;
    if text.chars().count() <= MOST {
        return text.to_owned();
    }
    let start: String = text.chars().take(MOST).collect();
    format!("{start}…")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn repeated_and_unknown_parameters_are_told_apart() {
        let mut query = Query::parse("category=a&category=b&limit=5&limti=6").unwrap();
        assert_eq!(query.many("category"), ["a", "b"]);
        assert_eq!(query.within("limit", 1, 10).unwrap(), Some(5));
        let problem = query.finish().unwrap_err();
        assert_eq!(problem.parameter.as_deref(), Some("limti"));
        assert!(problem.detail.contains("category, limit"));
    }

    #[test]
    fn an_empty_value_is_refused_where_that_is_asked_for() {
        let query = Query::parse("limit=&f=json").unwrap();
        assert_eq!(query.clone().text("limit").unwrap(), None);
        let problem = query.strict().text("limit").unwrap_err();
        assert_eq!(problem.parameter.as_deref(), Some("limit"));
        assert!(problem.detail.contains("limit is empty"));
    }

    #[test]
    fn numbers_that_are_none_are_refused() {
        for bad in ["NaN", "inf", "-1", "0", "1e999", "abc", "1,5"] {
            let mut query = Query::parse(&format!("bandwidth_m={bad}")).unwrap();
            assert!(query.positive("bandwidth_m").is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn any_query_is_read_or_refused(text in "\\PC{0,200}") {
            let zone = TimeZone::UTC;
            if let Ok(mut query) = Query::parse(&text) {
                let _ = query.instant("from", &zone);
                let _ = query.position();
                let _ = query.finish();
            }
        }
    }
}
