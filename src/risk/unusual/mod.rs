//! Is more going on right now than chance would have it? A prospective scan over space and
//! time (Kulldorff 2001, "Prospective time periodic geographical disease surveillance using
//! a scan statistic", JRSS A 164:61-72), made for a wall that is watched all night.
//!
//! Discs of three sizes all over the district, and the district whole ([`zones`]), are looked
//! at over the last hour, three hours and eight hours. What is usual there at these hours
//! of the week is learned from the past ([`usual`]). A disc with `n` incidents where `μ`
//! are usual scores `n ln(n/μ) − (n − μ)`, the log-likelihood ratio of Poisson's law
//! ([`scan`]).
//!
//! Thousands of discs looked at all night find something by chance alone. How often a
//! score comes up so is found by simulating weeks of usual nights, and by going through the
//! workspace's own last weeks ([`chance`]): the alarm's threshold is set so that there is one
//! false alarm in so many days, whichever of the two is stricter.

pub mod chance;
pub mod scan;
pub mod usual;
pub mod watch;
pub mod zones;
