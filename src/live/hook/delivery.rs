//! A hook's message on its way, and in the log of deliveries afterwards.

use jiff::Timestamp;

/// A message in the log of deliveries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Its number in the log of deliveries.
    pub number: u64,
    /// The hook.
    pub hook: String,
    /// The message's id.
    pub message: String,
    /// The event's name.
    pub event: String,
    /// What is sent.
    pub body: String,
    /// How far it is.
    pub state: DeliveryState,
    /// How often it was sent since it was last put into the queue.
    pub tries: u32,
    /// Since when it is known.
    pub made_at: Timestamp,
    /// When it is sent next, where it waits.
    pub next_at: Timestamp,
    /// When it was sent last.
    pub tried_at: Option<Timestamp>,
    /// What the receiver answered last, where it answered.
    pub status: Option<u16>,
    /// Why it did not arrive.
    pub fault: Option<String>,
}

/// How far a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryState {
    /// It waits.
    Pending,
    /// It has arrived.
    Delivered,
    /// It will not be sent any more by itself.
    Dead,
}

/// Which messages of a hook are sent once more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resend {
    /// One, by its number.
    One(u64),
    /// All dead letters.
    Dead,
    /// All since an instant, also those that arrived.
    Since(Timestamp),
}

impl DeliveryState {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Delivered => "delivered",
            Self::Dead => "dead",
        }
    }
}
