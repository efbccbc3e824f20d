//! From a table to drafts: columns found, persons' data dropped, times and places
//! parsed, rows kept or refused with their reason. Pure: bytes in, rows and faults out.

pub mod category_map;
pub mod category_words;
pub mod columns;
pub mod extent;
pub mod fault;
pub mod feature_rows;
pub mod feature_words;
pub mod field;
pub mod free_text;
pub mod identity;
pub mod incident_rows;
pub mod layer_guess;
pub mod locate;
pub mod made_up;
pub mod moment;
pub mod moment_scan;
pub mod person_scan;
pub mod personal;
pub mod refusal;
pub mod road_clip;
