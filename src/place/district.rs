//! The district: the area a workspace covers, its name and its clock.

use jiff::tz::TimeZone;
use thiserror::Error;

use crate::place::area::Area;

/// What a workspace is about.
#[derive(Debug, Clone, PartialEq)]
pub struct District {
    /// Shown in titles and exports.
    pub name: String,
    /// IANA name, e.g. `Asia/Shanghai`.
    pub timezone: String,
    /// True where every record is made up; screens and exports then say SYNTHETIC 模拟数据.
    pub synthetic: bool,
    /// None until one is imported or derived from the first incidents.
    pub boundary: Option<Area>,
}

/// A time zone that the database of time zones does not have.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0:?} is no time zone; write an IANA name like Asia/Shanghai")]
pub struct UnknownZone(pub String);

impl District {
    /// The district's clock.
    ///
    /// # Errors
    /// [`UnknownZone`], where another program wrote a name that is none.
    pub fn zone(&self) -> Result<TimeZone, UnknownZone> {
        TimeZone::get(&self.timezone).map_err(|_| UnknownZone(self.timezone.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_that_is_none_is_said_and_not_taken_for_utc() {
        let of = |timezone: &str| District {
            name: "Testtown".into(),
            timezone: timezone.into(),
            synthetic: true,
            boundary: None,
        };
        let zone = of("Asia/Shanghai").zone().unwrap();
        assert_eq!(zone.iana_name(), Some("Asia/Shanghai"));
        let fault = of("Asia/Nowhere").zone().unwrap_err();
        assert!(
            fault
                .to_string()
                .contains("\"Asia/Nowhere\" is no time zone")
        );
    }
}
