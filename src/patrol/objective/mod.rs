//! What a plan is good for, as a planner reads it: presets, sliders, and the figures that
//! they trade.

pub mod weights;
