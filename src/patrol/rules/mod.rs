//! What holds of every plan, one rule a file. Times are whole seconds since the window's
//! start: driving is rounded up, shifts and due windows are rounded inwards, so that what is
//! allowed in seconds is allowed in the problem's milliseconds.

pub mod gain;
pub mod must_visit;
pub mod reach;
pub mod shift;
