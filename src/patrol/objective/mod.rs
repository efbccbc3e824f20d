//! What a plan is good for, as a planner reads it: presets, sliders, and the figures that
//! they trade.

// What counts how much, and what no plan can exceed.
pub mod bound;
pub mod weights;

// Parts of the objective besides covered risk, kept up to date as a plan is searched.
pub mod demand;
pub mod fairness;
pub mod response;

// What a plan comes to.
pub mod report;
pub mod report_words;
pub mod rhythm;
pub mod unpredictable;
