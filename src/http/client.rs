//! A client of a running service: one connection that is kept, one request after the other.

use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::TokioIo;
use thiserror::Error;
use tokio::net::TcpStream;
use tokio::time::timeout;

/// How long a connection or an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(30);

/// Largest answer read.
const MOST_BYTES: usize = 256 * 1024 * 1024;

/// Why there is no answer.
#[derive(Debug, Error)]
pub enum ClientError {
    /// Not an address.
    #[error("{0:?} is no address of a service; write it like http://127.0.0.1:8080")]
    Address(String),
    /// Nobody there, or the connection broke off.
    #[error("{address} can't be reached ({why}); is `frontbeat serve` running there?")]
    Unreachable {
        /// Host and port.
        address: String,
        /// The system's word.
        why: String,
    },
}

/// Where a service is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceAddress {
    /// `host:port`.
    authority: String,
}

impl ServiceAddress {
    /// From `http://host:port`.
    ///
    /// # Errors
    /// [`ClientError::Address`].
    pub fn parse(text: &str) -> Result<Self, ClientError> {
        let rest = text.strip_prefix("http://").unwrap_or(text);
        let authority = rest.trim_end_matches('/');
        let wrong = || ClientError::Address(text.to_owned());
        let (host, port) = authority.rsplit_once(':').ok_or_else(wrong)?;
        if host.is_empty() || host.contains(['/', '@']) || port.parse::<u16>().is_err() {
            return Err(wrong());
        }
        Ok(Self {
            authority: authority.to_owned(),
        })
    }

    /// `host:port`.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// Whether it is this machine, by its name or number.
    pub fn is_loopback(&self) -> bool {
        let host = self.authority.rsplit_once(':').map_or("", |(host, _)| host);
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let by_number = host.parse::<std::net::IpAddr>();
        host == "localhost" || by_number.is_ok_and(|ip| ip.is_loopback())
    }

    fn unreachable(&self, why: impl ToString) -> ClientError {
        ClientError::Unreachable {
            address: self.authority.clone(),
            why: why.to_string(),
        }
    }

    /// A connection of one's own, for what goes on for long.
    ///
    /// # Errors
    /// [`ClientError::Unreachable`].
    pub async fn connect(&self) -> Result<TcpStream, ClientError> {
        let connected = timeout(PATIENCE, TcpStream::connect(&self.authority)).await;
        let stream = connected
            .map_err(|_| self.unreachable("no answer in 30 s"))?
            .map_err(|fault| self.unreachable(fault))?;
        stream
            .set_nodelay(true)
            .map_err(|fault| self.unreachable(fault))?;
        Ok(stream)
    }
}

/// One connection to a service.
#[derive(Debug)]
pub struct Client {
    to: ServiceAddress,
    key: Option<String>,
    sender: Option<SendRequest<Full<Bytes>>>,
}

/// What a service answers.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The body.
    pub body: Bytes,
}

impl Client {
    /// To a service, with a feed's key.
    pub fn new(to: ServiceAddress, key: Option<String>) -> Self {
        let sender = None;
        Self { to, key, sender }
    }

    /// `GET`.
    ///
    /// # Errors
    /// [`ClientError::Unreachable`].
    pub async fn get(&mut self, path: &str) -> Result<Answer, ClientError> {
        self.send(Method::GET, path, "", None, Bytes::new()).await
    }

    /// `POST`, under an `Idempotency-Key` where one is given.
    ///
    /// # Errors
    /// [`ClientError::Unreachable`]: whether it was taken in, nobody knows.
    pub async fn post(
        &mut self,
        path: &str,
        media_type: &str,
        idempotency_key: Option<&str>,
        body: impl Into<Bytes>,
    ) -> Result<Answer, ClientError> {
        self.send(Method::POST, path, media_type, idempotency_key, body.into())
            .await
    }

    async fn send(
        &mut self,
        method: Method,
        path: &str,
        media_type: &str,
        idempotency_key: Option<&str>,
        body: Bytes,
    ) -> Result<Answer, ClientError> {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(HOST, self.to.authority());
        if !media_type.is_empty() {
            request = request.header(CONTENT_TYPE, media_type);
        }
        if let Some(key) = &self.key {
            request = request.header(AUTHORIZATION, format!("Bearer {key}"));
        }
        if let Some(key) = idempotency_key {
            request = request.header("idempotency-key", key);
        }
        let request = request
            .body(Full::new(body))
            .map_err(|fault| self.to.unreachable(fault))?;
        let answered = timeout(PATIENCE, self.exchange(request)).await;
        let answer = answered.unwrap_or_else(|_| Err(self.to.unreachable("no answer in 30 s")));
        if answer.is_err() {
            self.sender = None;
        }
        answer
    }

    async fn exchange(&mut self, request: Request<Full<Bytes>>) -> Result<Answer, ClientError> {
        if !self.sender.as_ref().is_some_and(SendRequest::is_ready) {
            let stream = self.to.connect().await?;
            let (sender, connection) = handshake(TokioIo::new(stream))
                .await
                .map_err(|fault| self.to.unreachable(fault))?;
            // Ends with the sender; what went wrong is told with the answer.
            tokio::spawn(async move { connection.await.ok() });
            self.sender = Some(sender);
        }
        let Some(sender) = &mut self.sender else {
            return Err(self.to.unreachable("no connection"));
        };
        let response = sender.send_request(request).await;
        let response = response.map_err(|fault| self.to.unreachable(fault))?;
        let status = response.status();
        let body = Limited::new(response.into_body(), MOST_BYTES)
            .collect()
            .await
            .map_err(|fault| self.to.unreachable(fault))?
            .to_bytes();
        Ok(Answer { status, body })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_from_other_texts() {
        let parsed = |text: &str| ServiceAddress::parse(text).ok();
        let near = parsed("http://127.0.0.1:8080/").unwrap();
        assert_eq!(near.authority(), "127.0.0.1:8080");
        assert!(near.is_loopback());
        assert!(parsed("localhost:80").unwrap().is_loopback());
        assert!(parsed("[::1]:80").unwrap().is_loopback());
        assert!(!parsed("http://10.0.0.7:80").unwrap().is_loopback());
        for wrong in [
            "",
            "http://",
            "localhost",
            "http://a/b:80",
            "a@b:80",
            "a:70000",
        ] {
            assert_eq!(parsed(wrong), None, "{wrong}");
        }
    }
}
