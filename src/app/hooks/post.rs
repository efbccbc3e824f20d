//! One message on its way: a connection to a checked address, one request, the answer's status.
//! Redirects are answers like any other, nothing of an answer's body is kept, and everything
//! has a limit: a receiver that is slow or says too much costs its own hook, nobody else.

use std::io;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::client::conn::http1::{self, SendRequest};
use hyper::header::{CONTENT_TYPE, HOST, HeaderMap, RETRY_AFTER, USER_AGENT};
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use jiff::Timestamp;
use jiff::fmt::rfc2822;
use thiserror::Error;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::app::clock;
use crate::app::hooks::target::{Target, TargetFault};

/// How long a connection is waited for.
const CONNECT: Duration = Duration::from_secs(5);

/// How long the whole takes at most, up to the head of the answer.
const WHOLE: Duration = Duration::from_secs(15);

/// Largest head of an answer.
const MOST_HEAD: usize = 16 * 1024;

/// So much of an answer's body is taken off the wire, for so long, and thrown away.
const MOST_BODY: usize = 16 * 1024;
const BODY: Duration = Duration::from_secs(1);

const AGENT: &str = concat!("Frontbeat/", env!("CARGO_PKG_VERSION"));

/// A message as it is sent.
#[derive(Debug, Clone)]
pub struct Letter {
    /// `webhook-id`.
    pub id: String,
    /// `webhook-timestamp`: when it is sent, seconds.
    pub at_s: i64,
    /// `webhook-signature`.
    pub signature: String,
    /// What is signed.
    pub body: String,
}

/// What a receiver answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Posted {
    /// The status.
    pub status: u16,
    /// How long it asks to be left alone.
    pub retry_after: Option<Duration>,
}

impl Posted {
    /// Whether it has arrived.
    pub fn has_arrived(self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// Why there is no answer.
#[derive(Debug, Error)]
pub enum PostFault {
    /// Nothing may be sent there.
    #[error(transparent)]
    Target(#[from] TargetFault),
    /// Nobody there.
    #[error("no connection: {0}")]
    Connect(io::Error),
    /// The connection can't be trusted.
    #[error("no trusted connection: {0}")]
    Tls(io::Error),
    /// It broke off.
    #[error("the connection broke off: {0}")]
    BrokenOff(String),
    /// It takes too long.
    #[error("no answer in 15 s")]
    TooSlow,
}

/// Sends a message.
///
/// # Errors
/// [`PostFault`]; whether it has arrived, nobody knows.
pub async fn post(target: &Target, letter: Letter) -> Result<Posted, PostFault> {
    let whole = timeout(WHOLE, send(target, letter)).await;
    let answered = whole.unwrap_or(Err(PostFault::TooSlow))?;
    // What it says does not matter, nor how slowly; that it could say it spares it a fault.
    let body = Limited::new(answered.body, MOST_BODY);
    let _ = timeout(BODY, body.collect()).await;
    Ok(answered.posted)
}

/// An answer whose body is still on its way.
struct Answered {
    posted: Posted,
    body: Incoming,
    /// The connection, which ends with this, however that ends.
    _running: JoinSet<Option<()>>,
    _sender: SendRequest<Full<Bytes>>,
}

async fn send(target: &Target, letter: Letter) -> Result<Answered, PostFault> {
    let stream = connect(target).await?;
    if !target.is_encrypted() {
        return exchange(target, letter, stream).await;
    }
    let untrusted = |why: String| PostFault::Tls(io::Error::other(why));
    let name = ServerName::try_from(target.host().to_owned());
    let name = name.map_err(|why| untrusted(why.to_string()))?;
    let trust = tokio::task::spawn_blocking(trust).await;
    let trust = trust.map_err(|why| untrusted(why.to_string()))?;
    let connector = TlsConnector::from(trust.map_err(untrusted)?);
    let stream = connector
        .connect(name, stream)
        .await
        .map_err(PostFault::Tls)?;
    exchange(target, letter, stream).await
}

/// To the first of the checked addresses where somebody is.
async fn connect(target: &Target) -> Result<TcpStream, PostFault> {
    let mut fault = io::Error::from(io::ErrorKind::AddrNotAvailable);
    for address in target.addresses().await? {
        match timeout(CONNECT, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(why)) => fault = why,
            Err(_) => fault = io::ErrorKind::TimedOut.into(),
        }
    }
    Err(PostFault::Connect(fault))
}

/// The authorities that the system trusts, as they were when the first message went out.
fn trust() -> Result<Arc<ClientConfig>, String> {
    static TRUST: OnceLock<Arc<ClientConfig>> = OnceLock::new();
    if let Some(known) = TRUST.get() {
        return Ok(known.clone());
    }
    let mut roots = RootCertStore::empty();
    let found = rustls_native_certs::load_native_certs();
    let (added, _) = roots.add_parsable_certificates(found.certs);
    if added == 0 {
        return Err("the system names no authority; install ca-certificates".into());
    }
    let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|why| why.to_string())?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TRUST.get_or_init(|| Arc::new(config)).clone())
}

async fn exchange<S>(target: &Target, letter: Letter, stream: S) -> Result<Answered, PostFault>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let broken = |why: String| PostFault::BrokenOff(why);
    let request = Request::builder()
        .method(Method::POST)
        .uri(target.path())
        .header(HOST, target.authority())
        .header(USER_AGENT, AGENT)
        .header(CONTENT_TYPE, "application/json")
        .header("webhook-id", letter.id)
        .header("webhook-timestamp", letter.at_s)
        .header("webhook-signature", letter.signature)
        .body(Full::new(Bytes::from(letter.body)))
        .map_err(|why| broken(why.to_string()))?;
    let (mut sender, connection) = http1::Builder::new()
        .max_buf_size(MOST_HEAD)
        .handshake(TokioIo::new(stream))
        .await
        .map_err(|why| broken(why.to_string()))?;
    let mut running = JoinSet::new();
    running.spawn(async move { connection.await.ok() });
    let answer = sender.send_request(request).await;
    let answer = answer.map_err(|why| broken(why.to_string()))?;
    let posted = Posted {
        status: answer.status().as_u16(),
        retry_after: retry_after(answer.headers(), clock::now()),
    };
    Ok(Answered {
        posted,
        body: answer.into_body(),
        _running: running,
        _sender: sender,
    })
}

/// Seconds, or a date.
fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let until = rfc2822::DateTimeParser::new().parse_timestamp(text).ok()?;
    Duration::try_from(until.duration_since(now)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now: Timestamp = "1994-11-06T08:48:37Z".parse().unwrap();
        let read = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, text.parse().unwrap());
            retry_after(&headers, now).map(|wait| wait.as_secs())
        };
        assert_eq!(read("120"), Some(120));
        assert_eq!(read("Sun, 06 Nov 1994 08:49:37 GMT"), Some(60));
        // What is past is no wait.
        assert_eq!(read("Sun, 06 Nov 1994 08:47:37 GMT"), None);
        assert_eq!(read("soon"), None);
        assert_eq!(retry_after(&HeaderMap::new(), now), None);
    }
}
