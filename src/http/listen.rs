//! Connections: taken one by one, and given up where the other side does not do its part.
//!
//! Somebody who opens connections and sends nothing, or asks and never reads, must not cost
//! the others anything: a request's head has to come within seconds, what was sent has to be
//! taken within half a minute, and there is a most of open connections.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tower::Service;

use crate::http::tiles_again::Front;

/// A request's head has to be here within so long of the connection, or of the answer before.
const HEAD: Duration = Duration::from_secs(15);

/// What was sent has to be taken within so long, or the connection is given up.
const UNREAD: Duration = Duration::from_secs(30);

/// Most open connections; others wait to be taken.
const MOST: usize = 8_192;

/// Files that are open besides connections.
const OTHER_FILES: u64 = 512;

/// How long to wait where the system has no more files to give.
const NO_FILES: Duration = Duration::from_millis(100);

/// Takes connections until `stop` completes; then open requests finish within `last_call`,
/// new ones are refused.
///
/// # Errors
/// Of the listener, where it can't listen any more.
pub async fn serve(
    listener: TcpListener,
    front: Front,
    stop: impl Future<Output = ()>,
    last_call: Duration,
) -> io::Result<()> {
    let places = Arc::new(Semaphore::new(most_connections()));
    let graceful = GracefulShutdown::new();
    // HTTP/1 alone: a builder that tells versions apart waits for the first byte for ever.
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(HEAD);
    let mut stop = std::pin::pin!(stop);
    loop {
        let place = places.clone().acquire_owned();
        let accepted = tokio::select! {
            accepted = async { (place.await, listener.accept().await) } => accepted,
            () = &mut stop => break,
        };
        let (Ok(place), taken) = accepted else {
            break;
        };
        let (stream, from) = match taken {
            Ok(taken) => taken,
            Err(fault) => {
                // Of one connection, or of too many open files: neither ends the service.
                tracing::debug!(%fault, "a connection could not be taken");
                tokio::time::sleep(NO_FILES).await;
                continue;
            }
        };
        prepare(&stream);
        let front = front.clone();
        let answering = service_fn(move |request: Request<Incoming>| {
            let mut request = request.map(Body::new);
            request
                .extensions_mut()
                .insert(ConnectInfo::<SocketAddr>(from));
            front.clone().call(request)
        });
        let connection = builder.serve_connection(TokioIo::new(stream), answering);
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            if let Err(fault) = connection.await {
                tracing::debug!(fault = %fault, "a connection broke off");
            }
            drop(place);
        });
    }
    drop(listener);
    if tokio::time::timeout(last_call, graceful.shutdown())
        .await
        .is_err()
    {
        tracing::warn!("requests were still open when the service stopped");
    }
    Ok(())
}

/// The system gives up a connection whose other side takes nothing.
#[cfg(target_os = "linux")]
fn prepare(stream: &TcpStream) {
    use rustix::net::sockopt;
    let unread = u32::try_from(UNREAD.as_millis()).unwrap_or(u32::MAX);
    let prepared = stream
        .set_nodelay(true)
        .and_then(|()| Ok(sockopt::set_tcp_user_timeout(stream, unread)?))
        .and_then(|()| Ok(sockopt::set_socket_keepalive(stream, true)?));
    if let Err(fault) = prepared {
        tracing::debug!(%fault, "a connection could not be prepared");
    }
}

#[cfg(not(target_os = "linux"))]
fn prepare(stream: &TcpStream) {
    if let Err(fault) = stream.set_nodelay(true) {
        tracing::debug!(%fault, "a connection could not be prepared");
    }
}

/// As many as there are files for, once the limit on them is raised as far as it may be.
#[cfg(unix)]
fn most_connections() -> usize {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        maximum: limit.maximum,
    };
    if let Err(fault) = setrlimit(Resource::Nofile, raised) {
        tracing::debug!(%fault, "the limit on open files stays");
    }
    let files = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
    let left = files.saturating_sub(OTHER_FILES);
    usize::try_from(left).unwrap_or(MOST).clamp(16, MOST)
}

#[cfg(not(unix))]
fn most_connections() -> usize {
    MOST
}
