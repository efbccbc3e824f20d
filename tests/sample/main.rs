//! The sample district: what it promises, on the generator and on the saved file.

mod file;
mod ground;
mod incidents;
mod made;
mod oracle;
mod seeds;
mod simulated;
