//! How a command ends badly: one sentence of cause, one of remedy, and an exit code.

use std::fmt;

/// A command's failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What is wrong, one sentence.
    pub cause: String,
    /// What to do about it, one sentence; empty where the cause says it.
    pub remedy: String,
    /// 2 for wrong use, 1 for failure.
    pub code: u8,
}

impl Failure {
    /// The command was used wrongly: exit code 2.
    pub fn usage(cause: impl fmt::Display, remedy: impl fmt::Display) -> Self {
        Self {
            cause: cause.to_string(),
            remedy: remedy.to_string(),
            code: 2,
        }
    }

    /// The command could not do its work: exit code 1.
    pub fn failed(cause: impl fmt::Display, remedy: impl fmt::Display) -> Self {
        Self {
            cause: cause.to_string(),
            remedy: remedy.to_string(),
            code: 1,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}", self.cause)?;
        if !self.remedy.is_empty() {
            write!(f, "\n  try: {}", self.remedy)?;
        }
        Ok(())
    }
}
