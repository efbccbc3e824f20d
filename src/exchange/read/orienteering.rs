//! Instance files of the orienteering problem and the team orienteering problem, as KU
//! Leuven hosts them: `Tmax P` with the end in the second row of points, or `n N`, `m P`,
//! `tmax T` with the end in the last row. Rows are `x y score`.
//!
//! Both give the same [`PlanarTeam`]: start first, end last.

use std::str::FromStr;

use thiserror::Error;

use crate::patrol::orienteering::planar::PlanarTeam;
use crate::patrol::orienteering::problem::MOST_POINTS;

/// The largest file that is read, bytes; the largest known instance has 20 KiB.
pub const MOST_BYTES: usize = 1 << 20;

/// Why a file is no instance.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum InstanceFault {
    /// More bytes than an instance can have.
    #[error("the file is over {} KiB, larger than any instance", MOST_BYTES / 1024)]
    TooLarge,
    /// Not UTF-8.
    #[error("the file is no text: byte {0} is not UTF-8")]
    NotText(usize),
    /// No rows, or only white space.
    #[error("the file is empty")]
    Empty,
    /// A row with another number of fields.
    #[error("line {line} has {found} fields; {expected} are expected here")]
    Fields {
        /// Line in the file, from 1.
        line: usize,
        /// Fields found.
        found: usize,
        /// What should be there.
        expected: &'static str,
    },
    /// A field that is no number of its kind.
    #[error("line {line}: '{value}' is no {what}")]
    Number {
        /// Line in the file, from 1.
        line: usize,
        /// What was found, cut short.
        value: String,
        /// What it should be.
        what: &'static str,
    },
    /// Another number of points than the head says.
    #[error("the head promises {promised} points, but {found} follow")]
    Count {
        /// Points by the head.
        promised: usize,
        /// Points found.
        found: usize,
    },
    /// More points than can be planned.
    #[error("line {0} is one point too many: at most {MOST_POINTS} are read")]
    TooMany(usize),
    /// No start or no end.
    #[error("there are {0} points; a start and an end are needed")]
    NoEnds(usize),
}

/// Reads an instance.
///
/// # Errors
/// [`InstanceFault`] with the line where there is one.
pub fn read(bytes: &[u8]) -> Result<PlanarTeam, InstanceFault> {
    if bytes.len() > MOST_BYTES {
        return Err(InstanceFault::TooLarge);
    }
    let text = std::str::from_utf8(bytes).map_err(|f| InstanceFault::NotText(f.valid_up_to()))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let lines = text.lines().enumerate();
    let mut rows = lines
        .map(|(i, line)| Row {
            line: i + 1,
            fields: line.split_whitespace().collect(),
        })
        .filter(|row| !row.fields.is_empty());
    let head = rows.next().ok_or(InstanceFault::Empty)?;
    if head.fields[0].eq_ignore_ascii_case("n") {
        let promised = head.named("n and the number of points", "number of points")?;
        let routes = next(&mut rows)?.named("m and the number of routes", "number of routes")?;
        let limit = next(&mut rows)?.named::<Real>("tmax and the limit", "limit")?;
        let (points, profits) = points(rows)?;
        if points.len() != promised {
            return Err(InstanceFault::Count {
                promised,
                found: points.len(),
            });
        }
        return team(points, profits, limit, routes);
    }
    let [limit, routes] = head.exactly("the limit and the number of routes")?;
    let limit: Real = head.number(limit, "limit")?;
    let routes = head.number(routes, "number of routes")?;
    let (mut points, mut profits) = points(rows)?;
    if points.len() >= 2 {
        points[1..].rotate_left(1);
        profits[1..].rotate_left(1);
    }
    team(points, profits, limit, routes)
}

/// A row with fields, and where it is.
struct Row<'a> {
    line: usize,
    fields: Vec<&'a str>,
}

/// A finite number.
struct Real(f64);

impl FromStr for Real {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let number: f64 = text.parse().map_err(|_| ())?;
        number.is_finite().then_some(Self(number)).ok_or(())
    }
}

impl<'a> Row<'a> {
    fn exactly<const N: usize>(
        &self,
        expected: &'static str,
    ) -> Result<[&'a str; N], InstanceFault> {
        let fields = self.fields.as_slice().try_into();
        fields.map_err(|_| InstanceFault::Fields {
            line: self.line,
            found: self.fields.len(),
            expected,
        })
    }

    fn number<T: FromStr>(&self, field: &str, what: &'static str) -> Result<T, InstanceFault> {
        field.parse().map_err(|_| InstanceFault::Number {
            line: self.line,
            value: field.chars().take(40).collect(),
            what,
        })
    }

    fn named<T: FromStr>(
        &self,
        expected: &'static str,
        what: &'static str,
    ) -> Result<T, InstanceFault> {
        let [_, value] = self.exactly(expected)?;
        self.number(value, what)
    }
}

fn next<'a>(rows: &mut impl Iterator<Item = Row<'a>>) -> Result<Row<'a>, InstanceFault> {
    rows.next().ok_or(InstanceFault::NoEnds(0))
}

type Points = (Vec<(f64, f64)>, Vec<u32>);

fn points<'a>(rows: impl Iterator<Item = Row<'a>>) -> Result<Points, InstanceFault> {
    let (mut points, mut profits) = (Vec::new(), Vec::new());
    for row in rows {
        if points.len() == MOST_POINTS {
            return Err(InstanceFault::TooMany(row.line));
        }
        let [x, y, score] = row.exactly("x, y and a score")?;
        let x: Real = row.number(x, "coordinate")?;
        let y: Real = row.number(y, "coordinate")?;
        points.push((x.0, y.0));
        profits.push(row.number(whole(score), "whole score of 0 or more")?);
    }
    Ok((points, profits))
}

/// The text before a fraction of zeros: some files write 10 as 10.0.
fn whole(score: &str) -> &str {
    match score.split_once('.') {
        Some((whole, zeros)) if zeros.bytes().all(|b| b == b'0') => whole,
        _ => score,
    }
}

fn team(
    points: Vec<(f64, f64)>,
    profits: Vec<u32>,
    limit: Real,
    routes: usize,
) -> Result<PlanarTeam, InstanceFault> {
    if points.len() < 2 {
        return Err(InstanceFault::NoEnds(points.len()));
    }
    Ok(PlanarTeam {
        points,
        profits,
        limit: limit.0,
        routes,
    })
}

#[cfg(test)]
#[path = "orienteering_tests.rs"]
mod tests;
