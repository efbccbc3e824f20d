//! What a column's values mean in Parquet, as text: decimals with their point, dates and times
//! in ISO 8601, identifiers in hexadecimal.
//!
//! A number that its meaning has no room for (a date in the year 5,000,000) stays a number, so
//! that the row is refused with it and not taken for one without.

use jiff::civil::{Date, Time};
use jiff::{SignedDuration, Span, Timestamp};
use parquet::basic::{ConvertedType, LogicalType, TimeUnit};
use parquet::data_type::{AsBytes, ByteArray};
use parquet::schema::types::ColumnDescriptor;

use crate::place::id::hex;

/// Most figures behind the point, as many as 16 bytes can have.
const MOST_FIGURES: i32 = 38;

/// What a column's numbers mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Themselves.
    Plain,
    /// Whole numbers without sign.
    Unsigned,
    /// Days since 1970.
    Date,
    /// How many in a second, and whether they count from an instant or a local midnight.
    Moment(i64, bool),
    /// How many in a second since midnight.
    Clock(i64),
    /// So many figures behind the point.
    Decimal(usize),
    /// 16 bytes that name something.
    Uuid,
    /// Numbers of two bytes.
    Half,
    /// Something that is not read.
    Unread,
}

/// A value.
#[derive(Debug)]
pub enum Cell {
    /// As text.
    Text(String),
    /// As it stands in the file.
    Bytes(ByteArray),
    /// Something that was not understood.
    Unread,
}

impl Cell {
    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        match self {
            Self::Text(text) => text.as_bytes(),
            Self::Bytes(bytes) => bytes.as_bytes(),
            Self::Unread => &[],
        }
    }

    /// The text; none of bytes that are none.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Bytes(bytes) => bytes.as_utf8().ok(),
            Self::Unread => None,
        }
    }
}

impl Kind {
    /// What the file says of a column.
    pub fn of(column: &ColumnDescriptor) -> Self {
        match (column.logical_type_ref(), column.converted_type()) {
            (Some(LogicalType::Timestamp(time)), _) => {
                Self::Moment(in_a_second(&time.unit), time.is_adjusted_to_u_t_c)
            }
            (Some(LogicalType::Time(time)), _) => Self::Clock(in_a_second(&time.unit)),
            (Some(LogicalType::Date), _) | (None, ConvertedType::DATE) => Self::Date,
            (Some(LogicalType::Integer(number)), _) if !number.is_signed => Self::Unsigned,
            (Some(LogicalType::Decimal(decimal)), _) => Self::decimal(decimal.scale),
            (Some(LogicalType::Uuid), _) => Self::Uuid,
            (Some(LogicalType::Float16), _) => Self::Half,
            (None, ConvertedType::DECIMAL) => Self::decimal(column.type_scale()),
            (None, ConvertedType::TIMESTAMP_MILLIS) => Self::Moment(1_000, true),
            (None, ConvertedType::TIMESTAMP_MICROS) => Self::Moment(1_000_000, true),
            (None, ConvertedType::TIME_MILLIS) => Self::Clock(1_000),
            (None, ConvertedType::TIME_MICROS) => Self::Clock(1_000_000),
            (None, ConvertedType::UINT_32 | ConvertedType::UINT_64) => Self::Unsigned,
            (None, ConvertedType::INTERVAL) => Self::Unread,
            _ => Self::Plain,
        }
    }

    fn decimal(scale: i32) -> Self {
        match (0..=MOST_FIGURES).contains(&scale) {
            true => Self::Decimal(scale as usize),
            false => Self::Unread,
        }
    }

    /// A number of four bytes.
    pub fn of_small(self, number: i32) -> String {
        match self {
            Self::Date => {
                let span = Span::new().try_days(number);
                let day = span.and_then(|span| Date::constant(1970, 1, 1).checked_add(span));
                day.map_or_else(|_| number.to_string(), |day| day.to_string())
            }
            Self::Unsigned => (number as u32).to_string(),
            _ => self.of_large(i64::from(number)),
        }
    }

    /// A number of eight bytes.
    pub fn of_large(self, number: i64) -> String {
        match self {
            Self::Moment(second, is_instant) => {
                let at = Timestamp::new(number / second, nanos(number, second));
                match at {
                    Ok(at) if is_instant => at.to_string(),
                    Ok(at) => at.to_string().trim_end_matches('Z').to_owned(),
                    Err(_) => number.to_string(),
                }
            }
            Self::Clock(second) if (0..second * 86_400).contains(&number) => {
                let since = SignedDuration::new(number / second, nanos(number, second));
                let time = Time::midnight().checked_add(since);
                time.map_or_else(|_| number.to_string(), |time| time.to_string())
            }
            Self::Decimal(scale) => decimal_text(i128::from(number), scale),
            Self::Unsigned => (number as u64).to_string(),
            _ => number.to_string(),
        }
    }

    /// Bytes: a number with its highest byte first, an identifier, a text.
    pub fn of_bytes(self, bytes: ByteArray) -> Cell {
        let all = bytes.as_bytes();
        match self {
            Self::Decimal(scale) => match whole(all) {
                Some(number) => Cell::Text(decimal_text(number, scale)),
                None => Cell::Unread,
            },
            Self::Uuid if all.len() == 16 => {
                let digits = hex(all);
                let parts = [0..8, 8..12, 12..16, 16..20, 20..32].map(|part| &digits[part]);
                Cell::Text(parts.join("-"))
            }
            Self::Half => match all {
                [low, high] => Cell::Text(half(u16::from_le_bytes([*low, *high])).to_string()),
                _ => Cell::Unread,
            },
            _ => Cell::Bytes(bytes),
        }
    }
}

fn in_a_second(unit: &TimeUnit) -> i64 {
    match unit {
        TimeUnit::MILLIS => 1_000,
        TimeUnit::MICROS => 1_000_000,
        TimeUnit::NANOS => 1_000_000_000,
    }
}

/// What a number has beyond whole seconds.
fn nanos(number: i64, second: i64) -> i32 {
    ((number % second) * (1_000_000_000 / second)) as i32
}

/// A number in two's complement, its highest byte first; none of more than 16 bytes.
fn whole(bytes: &[u8]) -> Option<i128> {
    let first = *bytes.first()?;
    let sign = if first >= 0x80 { 0xff } else { 0 };
    let mut all = [sign; 16];
    let start = all.len().checked_sub(bytes.len())?;
    all[start..].copy_from_slice(bytes);
    Some(i128::from_be_bytes(all))
}

fn decimal_text(number: i128, scale: usize) -> String {
    let digits = format!("{:0>1$}", number.unsigned_abs(), scale + 1);
    let (whole, part) = digits.split_at(digits.len() - scale);
    let sign = if number < 0 { "-" } else { "" };
    match part {
        "" => format!("{sign}{whole}"),
        part => format!("{sign}{whole}.{part}"),
    }
}

/// IEEE 754 binary16: one bit of sign, five of exponent, ten of fraction.
fn half(bits: u16) -> f32 {
    let (exponent, fraction) = (i32::from(bits >> 10 & 0x1f), f32::from(bits & 0x3ff));
    let size = match exponent {
        0 => fraction * 2f32.powi(-24),
        31 if fraction == 0.0 => f32::INFINITY,
        31 => f32::NAN,
        _ => (1.0 + fraction / 1_024.0) * 2f32.powi(exponent - 15),
    };
    if bits >> 15 == 1 { -size } else { size }
}

#[cfg(test)]
mod tests {
    use parquet::data_type::ByteArray;
    use proptest::prelude::*;

    use crate::exchange::read::parquet_cell::Kind;

    fn told(kind: Kind, bytes: &[u8]) -> String {
        let cell = kind.of_bytes(ByteArray::from(bytes.to_vec()));
        cell.text().unwrap().to_owned()
    }

    #[test]
    fn decimals_have_their_point() {
        assert_eq!(Kind::Decimal(6).of_small(123_456_789), "123.456789");
        assert_eq!(Kind::Decimal(6).of_small(-1), "-0.000001");
        assert_eq!(Kind::Decimal(0).of_large(-7), "-7");
        assert_eq!(told(Kind::Decimal(2), &[0xff, 0x38]), "-2.00");
        assert_eq!(told(Kind::Decimal(1), &[0x01, 0x00]), "25.6");
        let least = i128::MIN.to_be_bytes();
        assert!(told(Kind::Decimal(38), &least).starts_with("-1.70141183"));
    }

    #[test]
    fn what_a_meaning_has_no_room_for_stays_a_number() {
        assert_eq!(Kind::Date.of_small(20_455), "2026-01-02");
        assert_eq!(Kind::Date.of_small(i32::MAX), "2147483647");
        assert_eq!(Kind::Date.of_small(i32::MIN), "-2147483648");
        assert_eq!(Kind::Clock(1_000).of_small(3_723_500), "01:02:03.5");
        assert_eq!(Kind::Clock(1_000).of_small(86_400_000), "86400000");
        let at = Kind::Moment(1_000, true);
        assert_eq!(at.of_large(i64::MIN), i64::MIN.to_string());
    }

    #[test]
    fn identifiers_and_short_numbers() {
        let bytes: Vec<u8> = (0..16).collect();
        let wanted = "00010203-0405-0607-0809-0a0b0c0d0e0f";
        assert_eq!(told(Kind::Uuid, &bytes), wanted);
        assert_eq!(told(Kind::Half, &[0x00, 0xc1]), "-2.5");
        assert_eq!(told(Kind::Half, &[0x01, 0x00]), "0.000000059604645");
        assert_eq!(told(Kind::Half, &[0xff, 0x7b]), "65504");
    }

    proptest! {
        #[test]
        fn a_decimal_is_its_number_with_a_point(number: i64, scale in 0usize..=38) {
            let text = Kind::Decimal(scale).of_large(number);
            let figures: String = text.chars().filter(|c| *c != '.').collect();
            prop_assert_eq!(figures.parse::<i128>().unwrap(), i128::from(number));
            let behind = text.split_once('.').map_or(0, |(_, part)| part.len());
            prop_assert_eq!(behind, scale);
        }

        #[test]
        fn any_number_is_told(number: i64, second in prop_oneof![Just(1_000), Just(1_000_000), Just(1_000_000_000)]) {
            for kind in [Kind::Moment(second, false), Kind::Clock(second), Kind::Date] {
                prop_assert!(!kind.of_large(number).is_empty());
                prop_assert!(!kind.of_small(number as i32).is_empty());
            }
        }
    }
}
