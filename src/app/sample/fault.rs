//! Why the sample could not be made.

use thiserror::Error;

use crate::place::area::AreaFault;
use crate::roads::network::RoadError;
use crate::store::error::StoreError;

/// Why the sample could not be made.
#[derive(Debug, Error)]
pub enum SampleError {
    /// The file: exists already, can't be written…
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The made-up streets gave no network; a fault of this program.
    #[error("the sample's roads are faulty (please report it): {0}")]
    Roads(#[from] RoadError),
    /// A made-up polygon is not valid; a fault of this program.
    #[error("the sample's {what} is faulty (please report it with the seed): {fault}")]
    Area {
        /// Which one.
        what: String,
        /// What is wrong with it.
        fault: AreaFault,
    },
    /// The outline in the program can't be read; a fault of its build.
    #[error("the district's outline in this program can't be read: {0}")]
    Outline(String),
    /// The seed leaves no room for something; another seed or a newer program helps.
    #[error("the sample can't be made with this seed ({0}); choose another seed")]
    Seed(String),
    /// The program was stopped, or a part of it failed.
    #[error("making the sample was cut short ({0}); try again")]
    Stopped(String),
}
