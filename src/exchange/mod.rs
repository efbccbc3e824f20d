//! Which bytes? Readers and writers, one file a format: bytes in, drafts and faults out.
