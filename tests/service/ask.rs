//! Asks the service without a network: one request, one answer with its whole body.

use std::path::PathBuf;
use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use frontbeat::app::session::{Readiness, Session};
use frontbeat::http::guard::HostNames;
use frontbeat::http::server::front;
use frontbeat::http::tiles_again::Front;
use http_body_util::BodyExt;
use serde_json::Value;
use tempfile::TempDir;
use tower::ServiceExt;

use crate::town;

/// A service over the town, in its own folder.
pub struct Desk {
    /// What is open.
    pub session: Arc<Session>,
    front: Front,
    path: PathBuf,
    _folder: TempDir,
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Desk {
    /// Builds the town and opens it, warm.
    pub async fn open() -> Self {
        Self::open_as(false).await
    }

    /// The same, for reading only where told.
    pub async fn open_as(read_only: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = town::build(folder.path()).await;
        Self::of(folder, &path, read_only).await
    }

    /// A service over a workspace in that folder.
    pub async fn of(folder: TempDir, path: &std::path::Path, read_only: bool) -> Self {
        let session = Session::open(path, read_only).await.unwrap();
        let front = front(session.clone(), HostNames::default()).unwrap();
        tokio::spawn(session.live.clone().run());
        Self {
            session,
            front,
            path: path.to_owned(),
            _folder: folder,
        }
    }

    /// Where the workspace is.
    pub fn path(&self) -> PathBuf {
        self.path.clone()
    }

    /// Warms up as a running service does.
    pub async fn warm(&self) {
        tokio::spawn(self.session.clone().warm_and_watch());
        for _ in 0..600 {
            match self.session.readiness() {
                Readiness::Ready => return,
                Readiness::Failed(why) => panic!("{why}"),
                Readiness::Warming(_) => {
                    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
                }
            }
        }
        panic!("not ready after 30 s");
    }

    /// `GET`.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(request(Method::GET, path).body(Body::empty()).unwrap())
            .await
    }

    /// `GET` of JSON; must be 200.
    pub async fn json(&self, path: &str) -> Value {
        let answer = self.get(path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        answer.json()
    }

    /// `POST` of JSON.
    pub async fn post(&self, path: &str, body: impl Into<Body>) -> Answer {
        self.send(post(path, body)).await
    }

    /// Any request.
    pub async fn send(&self, request: Request<Body>) -> Answer {
        answer(self.front.clone(), request).await
    }
}

impl Desk {
    /// The body of an answer while it comes; must be 200.
    pub async fn open_stream(&self, request: Request<Body>) -> Body {
        let response = self.front.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), 200);
        response.into_body()
    }
}

/// What a service answers.
pub async fn answer(front: Front, request: Request<Body>) -> Answer {
    let response = front.oneshot(request).await.unwrap();
    let (head, body) = response.into_parts();
    Answer {
        status: head.status,
        headers: head.headers,
        bytes: body.collect().await.unwrap().to_bytes().to_vec(),
    }
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes)
            .unwrap_or_else(|fault| panic!("{fault}: {}", self.text()))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// Checks that it is a problem document of that kind and returns it.
    pub fn problem(&self, status: u16, kind: &str) -> Value {
        assert_eq!(self.status, status, "{}", self.text());
        assert_eq!(self.header("content-type"), "application/problem+json");
        let problem = self.json();
        assert_eq!(problem["type"], format!("/problems/{kind}"), "{problem}");
        assert_eq!(problem["status"], status);
        assert!(problem["title"].as_str().is_some_and(|t| !t.is_empty()));
        assert!(problem["detail"].as_str().is_some_and(|t| !t.is_empty()));
        problem
    }
}

/// A request with this service's host.
pub fn request(method: Method, path: &str) -> axum::http::request::Builder {
    Request::builder()
        .method(method)
        .uri(path)
        .header("host", "127.0.0.1:8080")
}

/// `POST` of JSON.
pub fn post(path: &str, body: impl Into<Body>) -> Request<Body> {
    request(Method::POST, path)
        .header("content-type", "application/json")
        .body(body.into())
        .unwrap()
}
