//! Where? Positions, validated areas, and everything that stands in a district.
//!
//! Longitude comes before latitude, always inside one [`position::Position`]; the frame
//! is WGS 84. An [`area::Area`] that exists is valid: closed rings, no self-crossing.

pub mod area;
pub mod area_text;
pub mod basemap;
pub mod district;
pub mod feature;
pub mod id;
pub mod measure;
pub mod partition;
pub mod position;
