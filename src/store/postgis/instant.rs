//! An instant as PostgreSQL's `timestamptz`: microseconds since 2000, as they are sent.
//!
//! Whole milliseconds are kept, as in a file. What lies before PostgreSQL's calendar (4714
//! BC) is kept as its `-infinity`, and read back as the earliest instant there is.

use jiff::Timestamp;
use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::types::Oid;
use sqlx::postgres::{PgArgumentBuffer, PgTypeInfo, PgValueRef, Postgres};
use sqlx::{Decode, Encode, Type};

use crate::store::instant;

/// The type's number, the same in every PostgreSQL.
const TIMESTAMPTZ: Oid = Oid(1184);
/// 2000-01-01T00:00:00Z in milliseconds since 1970.
const EPOCH_MS: i64 = 946_684_800_000;
/// PostgreSQL's earliest, 4714-11-24 BC, in milliseconds since 1970.
const EARLIEST_MS: i64 = -210_866_803_200_000;

/// An instant on its way to PostgreSQL or from there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PgInstant(pub Timestamp);

impl PgInstant {
    /// Microseconds since 2000.
    pub fn micros(self) -> i64 {
        let millis = instant::millis(self.0);
        if millis < EARLIEST_MS {
            return i64::MIN;
        }
        (millis - EPOCH_MS) * 1_000
    }

    fn of_micros(micros: i64) -> Option<Timestamp> {
        match micros {
            i64::MIN => Some(Timestamp::MIN),
            i64::MAX => Some(Timestamp::MAX),
            other => instant::from_millis(other.div_euclid(1_000).checked_add(EPOCH_MS)?),
        }
    }
}

impl Type<Postgres> for PgInstant {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(TIMESTAMPTZ)
    }
}

impl Encode<'_, Postgres> for PgInstant {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        buffer.extend_from_slice(&self.micros().to_be_bytes());
        Ok(IsNull::No)
    }
}

impl<'r> Decode<'r, Postgres> for PgInstant {
    fn decode(value: PgValueRef<'r>) -> Result<Self, BoxDynError> {
        let bytes: [u8; 8] = value.as_bytes()?.try_into()?;
        Self::of_micros(i64::from_be_bytes(bytes))
            .map(Self)
            .ok_or_else(|| "the instant is beyond the calendar".into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_milliseconds_come_back_and_the_ends_are_infinite() {
        for text in [
            "2000-01-01T00:00:00Z",
            "1969-12-31T23:59:59.999Z",
            "2026-11-26T10:00:00.123Z",
            "-004000-01-01T00:00:00Z",
            "9999-01-01T00:00:00Z",
        ] {
            let at: Timestamp = text.parse().unwrap();
            assert_eq!(PgInstant::of_micros(PgInstant(at).micros()), Some(at));
        }
        assert_eq!(PgInstant(Timestamp::MIN).micros(), i64::MIN);
        assert_eq!(PgInstant::of_micros(i64::MAX - 1), None);
    }
}
