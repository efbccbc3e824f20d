//! The district: the area a workspace covers, its name and its clock.

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
