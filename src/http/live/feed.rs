//! Who delivers: by its key, and what it may ask for again.

use std::net::SocketAddr;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::header;
use axum::http::request::Parts;
use sha2::{Digest, Sha256};

use crate::app::live::ask::{Answer, Repeatable};
use crate::http::api::Service;
use crate::http::problem::Problem;
use crate::place::feature::Unit;
use crate::place::id::{Id, hex};

/// Longest `Idempotency-Key`.
const LONGEST_KEY: usize = 200;

/// Who delivers, and under which key it may ask again.
#[derive(Debug, Clone)]
pub struct Feed {
    /// Its name.
    pub name: String,
    /// The `Idempotency-Key`.
    key: Option<String>,
    /// Method and address: the key is for this alone.
    what: String,
}

/// A person at the desk: [`Feed::desk`] of the request.
pub struct Desk(pub Feed);

impl FromRequestParts<Service> for Desk {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Service) -> Result<Self, Problem> {
        Feed::desk(parts).map(Self)
    }
}

impl FromRequestParts<Service> for Feed {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, service: &Service) -> Result<Self, Problem> {
        let authorization = parts.headers.get(header::AUTHORIZATION);
        let given = match authorization.map(|value| value.to_str()) {
            None => None,
            Some(Ok(text)) => Some(text.strip_prefix("Bearer ").unwrap_or(text).trim()),
            // A value that is no text is no known key either.
            Some(Err(_)) => Some(""),
        };
        // Without an address the request did not come over a network.
        let near = parts
            .extensions
            .get::<ConnectInfo<SocketAddr>>()
            .is_none_or(|from| from.0.ip().to_canonical().is_loopback());
        let name = service.session.live.keys.feed(given, near).await?;
        Ok(Self {
            name,
            key: idempotency_key(parts)?,
            what: format!("{} {}", parts.method, parts.uri.path()),
        })
    }
}

impl Feed {
    /// A person at the desk, with the key under which the page asks again.
    ///
    /// # Errors
    /// [`Problem`] where the key can't be used.
    fn desk(parts: &Parts) -> Result<Self, Problem> {
        Ok(Self {
            name: "desk".into(),
            key: idempotency_key(parts)?,
            what: format!("{} {}", parts.method, parts.uri.path()),
        })
    }

    /// A unit's phone, with the key under which it asks again.
    ///
    /// # Errors
    /// [`Problem`] where the key can't be used.
    pub fn unit(parts: &Parts, unit: &Id<Unit>) -> Result<Self, Problem> {
        Ok(Self {
            // No feed's own name has a colon.
            name: format!("unit:{unit}"),
            key: idempotency_key(parts)?,
            what: format!("{} {}", parts.method, parts.uri.path()),
        })
    }

    /// Refuses a key where none can be kept.
    ///
    /// # Errors
    /// [`Problem`] where there is one.
    pub fn refuse_key(&self, why: &str) -> Result<(), Problem> {
        match self.key {
            Some(_) => Err(Problem::parameter("Idempotency-Key", why)),
            None => Ok(()),
        }
    }

    /// What may be asked for again: this request, whose answer's body is written so.
    pub fn repeatable(
        &self,
        request: &[u8],
        body: impl Fn(&Answer) -> String + Send + Sync + 'static,
    ) -> Option<Repeatable> {
        let key = self.key.clone()?;
        let mut hash = Sha256::new();
        hash.update(self.what.as_bytes());
        hash.update([0]);
        hash.update(request);
        Some(Repeatable {
            feed: self.name.clone(),
            key,
            request_hash: hex(&hash.finalize()),
            body: Box::new(body),
        })
    }
}

fn idempotency_key(parts: &Parts) -> Result<Option<String>, Problem> {
    let Some(value) = parts.headers.get("idempotency-key") else {
        return Ok(None);
    };
    let text = value.to_str().unwrap_or_default().trim().trim_matches('"');
    if text.is_empty() || text.len() > LONGEST_KEY {
        return Err(Problem::parameter(
            "Idempotency-Key",
            format!("an Idempotency-Key has 1 to {LONGEST_KEY} visible ASCII characters"),
        ));
    }
    Ok(Some(text.to_owned()))
}
