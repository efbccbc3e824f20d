//! What planners ask of the past, one file a question: where is it dense, does one incident
//! bring another, is it more than last year, did a measure work, is now unusual, how few
//! places hold how much, and is a forecast lopsided. Counts in, figures with their
//! uncertainty out; formulas and their sources stand in each file.

pub mod concentration;
pub mod displacement;
pub mod e_test;
pub mod error;
pub mod fairness;
pub mod false_discovery;
pub mod gi_star;
pub mod hot_spots;
pub mod knox;
pub mod near_pairs;
pub mod neighbours;
pub mod permutation;
pub mod scan;
pub mod surroundings;
pub mod year_on_year;
