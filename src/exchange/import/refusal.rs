//! A refused row: where it stands, which field, what it holds, and why.

use crate::exchange::import::personal::scrub;

/// Why a row is refused, as a code that stays the same in every language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// More or fewer cells than the header.
    CellCount,
    /// A cell over 64 KiB.
    CellTooLong,
    /// No coordinates, or 0, 0.
    NoCoordinates,
    /// A coordinate or another number that is none.
    NotANumber,
    /// NaN or infinite.
    NotFinite,
    /// Outside ±180°, ±90°, or what the frame covers.
    OutOfRange,
    /// Latitude and longitude changed places.
    Swapped,
    /// More than 5 km outside the district.
    OutsideDistrict,
    /// The time is missing.
    NoTime,
    /// A time in no known form.
    BadTime,
    /// A day or hour that does not exist.
    ImpossibleDate,
    /// Day and month can't be told apart.
    AmbiguousDate,
    /// Later than any clock that is merely wrong would say.
    InTheFuture,
    /// The span ends before it starts.
    EndsBeforeStart,
    /// A line where a point is wanted, a point where a polygon…
    WrongShape,
    /// Not closed, crossing itself, empty.
    BadPolygon,
    /// The same id as an earlier row.
    DuplicateId,
    /// An incident of the workspace has the same id and another place or time.
    IdInUse,
    /// A word that the field does not know.
    UnknownWord,
    /// It says that it is made up, and the workspace holds real records.
    Synthetic,
}

impl Reason {
    /// The code.
    pub fn code(self) -> &'static str {
        match self {
            Self::CellCount => "cell_count",
            Self::CellTooLong => "cell_too_long",
            Self::NoCoordinates => "no_coordinates",
            Self::NotANumber => "not_a_number",
            Self::NotFinite => "not_finite",
            Self::OutOfRange => "out_of_range",
            Self::Swapped => "swapped",
            Self::OutsideDistrict => "outside_district",
            Self::NoTime => "no_time",
            Self::BadTime => "bad_time",
            Self::ImpossibleDate => "impossible_date",
            Self::AmbiguousDate => "ambiguous_date",
            Self::InTheFuture => "in_the_future",
            Self::EndsBeforeStart => "ends_before_start",
            Self::WrongShape => "wrong_shape",
            Self::BadPolygon => "bad_polygon",
            Self::DuplicateId => "duplicate_id",
            Self::IdInUse => "id_in_use",
            Self::UnknownWord => "unknown_word",
            Self::Synthetic => "synthetic",
        }
    }
}

/// A reason with its field, value and sentence, before its row is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowFault {
    /// The code.
    pub reason: Reason,
    /// Which field, as in `--map`; `geometry` for shapes.
    pub field: &'static str,
    /// What it holds, shortened, without anything that looks like a person's data.
    pub value: String,
    /// What is wrong, one sentence without full stop.
    pub why: String,
}

impl RowFault {
    /// Makes one; the value is scrubbed, then shortened, so that no number is cut in two
    /// and slips through.
    pub fn new(reason: Reason, field: &'static str, value: &str, why: impl Into<String>) -> Self {
        let mut value = scrub(value);
        if value.chars().nth(60).is_some() {
            value = value.chars().take(57).chain("...".chars()).collect();
        }
        let why = scrub(&why.into());
        Self {
            reason,
            field,
            value,
            why,
        }
    }
}

/// A refused row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Its line or feature number in the file.
    pub row: u32,
    /// Why.
    pub fault: RowFault,
}

impl Refusal {
    /// `line 7, lat 'NaN': a coordinate is not a finite number`.
    pub fn sentence(&self, row_word: &str) -> String {
        let fault = &self.fault;
        if fault.value.is_empty() {
            format!("{row_word} {}, {}: {}", self.row, fault.field, fault.why)
        } else {
            let value = &fault.value;
            format!(
                "{row_word} {}, {} '{value}': {}",
                self.row, fault.field, fault.why
            )
        }
    }
}

/// How often each reason occurs, with its first sentence, most frequent first.
pub fn by_reason(refusals: &[Refusal], row_word: &str) -> Vec<(Reason, u64, String)> {
    let mut counts: Vec<(Reason, u64, String)> = Vec::new();
    for refusal in refusals {
        let reason = refusal.fault.reason;
        match counts.iter_mut().find(|(other, _, _)| *other == reason) {
            Some((_, count, _)) => *count += 1,
            None => counts.push((reason, 1, refusal.sentence(row_word))),
        }
    }
    counts.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    counts
}

/// The refused rows as CSV: row, reason, field, value, sentence. No other column of the
/// source is repeated, so that nothing about a person gets through.
pub fn refusals_csv(refusals: &[Refusal]) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["row", "reason", "field", "value", "sentence"])?;
    for refusal in refusals {
        let fault = &refusal.fault;
        writer.write_record([
            refusal.row.to_string().as_str(),
            fault.reason.code(),
            fault.field,
            &fault.value,
            &fault.why,
        ])?;
    }
    writer
        .into_inner()
        .map_err(|fault| csv::Error::from(fault.into_error()))
}

#[cfg(test)]
mod tests {
    use crate::exchange::import::refusal::{Reason, RowFault};

    #[test]
    fn a_number_across_the_cut_is_blotted_whole() {
        let value = format!("{}13912345678", "某".repeat(50));
        let fault = RowFault::new(Reason::BadTime, "at", &value, "it holds 13912345678");
        assert_eq!(fault.value, format!("{}***", "某".repeat(50)));
        assert_eq!(fault.why, "it holds ***");
    }
}
