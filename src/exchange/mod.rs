//! Which bytes? Readers and writers, one file a format: bytes in, drafts and faults out.

pub mod import;
pub mod read;
