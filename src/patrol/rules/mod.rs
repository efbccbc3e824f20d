//! What holds of every plan, one rule a file. Times are whole seconds since the window's
//! start: driving is rounded up, shifts and due windows are rounded inwards, so that what is
//! allowed in seconds is allowed in the problem's milliseconds.

// What a stop is worth.
pub mod gain;

// How long it takes to get there.
pub mod reach;
pub mod speed;

// When and where a unit may be.
pub mod access;
pub mod beat;
pub mod forbidden;
pub mod shift;
pub mod skill;

// What has to be done.
pub mod due;
pub mod frequency;
pub mod must_visit;
pub mod pin;
pub mod rest;
