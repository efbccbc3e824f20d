//! Tiles that were asked for before, answered before anything else looks at the request.
//!
//! Every desk asks for the same tiles, and again at each turn of the map. The tile itself is in
//! memory by then; what takes the time is the way to it: a dozen layers around the routes, the
//! address read anew, the bytes compressed once more for each browser. So the answer to a plain
//! `GET` of a tile is kept as it leaves the routes, by its address and the encodings that the
//! client takes, and given out for as long as the data is that of then. Whatever else is asked —
//! another method, a condition, a foreign host — goes the whole way, and the first of each too:
//! there is one place where such an answer is made.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, Method, Request, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http_body_util::BodyExt;
use metrics::counter;
use moka::policy::EvictionPolicy;
use moka::sync::Cache;
use tokio::time::Instant;
use tower::{Service, ServiceExt};
use tower_http::request_id::{MakeRequestId, MakeRequestUuid};

use crate::app::session::Session;
use crate::app::session::snapshot::{Edition, Snapshot};
use crate::http::guard::{self, HostNames};
use crate::http::metrics::Figures;
use crate::http::problem::Problem;
use crate::http::tiles::MVT;

/// Most bytes kept. Those that no client has compressed are the tile cache's own.
const MOST_BYTES: u64 = 64 * 1024 * 1024;

/// What an answer takes besides its bytes and what was asked.
const HEAD_BYTES: usize = 1_000;

/// Longer questions are not kept: no map asks them.
const LONGEST_QUESTION: usize = 1_000;

/// Where tiles are, and what they are made of. A surface's go the whole way: that somebody looks
/// at it keeps it in memory.
const TILES: [(&str, MadeOf); 5] = [
    ("/tiles/base/", MadeOf::Roads),
    ("/tiles/layers/", MadeOf::Layers),
    ("/tiles/incidents/", MadeOf::Incidents),
    ("/ogc/tiles/", MadeOf::All),
    ("/ogc/collections/", MadeOf::All),
];

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What is in a request but its address and the encodings that has a say in a tile's answer.
const CONDITIONS: [HeaderName; 4] = [
    header::IF_NONE_MATCH,
    header::IF_MODIFIED_SINCE,
    header::RANGE,
    REQUEST_ID,
];

/// The routes behind the tiles that are known.
#[derive(Debug, Clone)]
pub struct Front(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    router: Router,
    session: Arc<Session>,
    hosts: HostNames,
    known: Cache<Asked, Arc<Known>>,
}

#[derive(Debug, Clone, Copy)]
enum MadeOf {
    Roads,
    Layers,
    Incidents,
    All,
}

/// What was asked for, and of which data.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Asked {
    address: String,
    /// All lines of it. A copy: a header's value keeps all that was read with it.
    encodings: Vec<u8>,
    made_of: [Option<Edition>; 3],
}

impl MadeOf {
    fn of(path: &str) -> Option<Self> {
        let found = TILES
            .iter()
            .find(|(begins, _)| path.starts_with(begins) && path.contains("/tiles/"));
        found.map(|(_, made_of)| *made_of)
    }

    /// Where these are the same, so is each tile.
    fn editions(self, snapshot: &Snapshot) -> [Option<Edition>; 3] {
        let (roads, data) = (snapshot.roads_edition(), snapshot.data());
        // Which incidents there are is one thing, which beats and categories they are asked by
        // another.
        match self {
            Self::Roads => [Some(roads), None, None],
            Self::Layers => [None, Some(data), None],
            Self::Incidents => [None, Some(data), Some(snapshot.content())],
            Self::All => [Some(roads), Some(data), Some(snapshot.content())],
        }
    }
}

impl Asked {
    fn bytes(&self) -> usize {
        self.address.len() + self.encodings.len()
    }
}

/// An answer as it left the routes, without the number of its request.
#[derive(Debug)]
struct Known {
    status: StatusCode,
    headers: HeaderMap,
    bytes: Bytes,
    figures: Figures,
}

impl Front {
    /// Before the routes over a session, for those who may ask them.
    pub fn new(router: Router, session: Arc<Session>, hosts: HostNames) -> Self {
        let weigh = |asked: &Asked, known: &Arc<Known>| {
            let bytes = asked.bytes() + known.bytes.len() + HEAD_BYTES;
            u32::try_from(bytes).unwrap_or(u32::MAX)
        };
        Self(Arc::new(Inner {
            router,
            session,
            hosts,
            known: Cache::builder()
                .max_capacity(MOST_BYTES)
                // Tiles of yesterday's data were asked for often, and never will be again.
                .eviction_policy(EvictionPolicy::lru())
                .weigher(weigh)
                .build(),
        }))
    }
}

impl Inner {
    async fn answer(&self, mut request: Request<Body>) -> Response {
        let Some(asked) = self.asked(&request) else {
            return self.ask(request).await;
        };
        let began = Instant::now();
        // The routes keep a number that is there: their log and this answer have the same.
        let number = MakeRequestUuid.make_request_id(&request);
        let number = number.map(|number| number.into_header_value());
        if let Some(number) = &number {
            request.headers_mut().insert(REQUEST_ID, number.clone());
        }
        let found = self.known.get(&asked);
        let outcome = if found.is_some() { "hit" } else { "miss" };
        counter!("frontbeat_cache_requests_total", "cache" => "tile_answer", "outcome" => outcome)
            .increment(1);
        let known = match found {
            Some(known) => {
                known.figures.count(began.elapsed());
                known
            }
            // What the routes answer is counted by them.
            None => match self.learn(asked, request).await {
                Ok(known) => known,
                Err(answer) => return answer,
            },
        };
        let mut response = Response::new(Body::from(known.bytes.clone()));
        *response.status_mut() = known.status;
        *response.headers_mut() = known.headers.clone();
        if let Some(number) = number {
            response.headers_mut().insert(REQUEST_ID, number);
        }
        response
    }

    /// A plain question for a tile by somebody who may ask; none for all others.
    fn asked(&self, request: &Request<Body>) -> Option<Asked> {
        let made_of = MadeOf::of(request.uri().path())?;
        let address = request.uri().path_and_query()?.as_str();
        let headers = request.headers();
        let plain = request.method() == Method::GET
            && CONDITIONS.iter().all(|name| !headers.contains_key(name))
            && guard::host_of(request).is_some_and(|host| self.hosts.allow(&host));
        let asked = plain.then(|| Asked {
            address: address.to_owned(),
            encodings: headers
                .get_all(header::ACCEPT_ENCODING)
                .iter()
                .flat_map(|line| [line.as_bytes(), b"\n"].concat())
                .collect(),
            made_of: made_of.editions(&self.session.snapshot()),
        });
        asked.filter(|asked| asked.bytes() <= LONGEST_QUESTION)
    }

    /// Asks the routes, and keeps the answer where it is a tile.
    ///
    /// # Errors
    /// The answer where it is another one: what is refused is not kept.
    async fn learn(&self, asked: Asked, request: Request<Body>) -> Result<Arc<Known>, Response> {
        // The editions were read before the routes read theirs: what is kept under them is never
        // older than they say, and what is newer is asked for by newer ones.
        let response = self.ask(request).await;
        let (mut head, body) = response.into_parts();
        let figures = head.extensions.remove::<Figures>();
        let Some(figures) = figures.filter(|_| is_tile(head.status, &head.headers)) else {
            return Err(Response::from_parts(head, body));
        };
        let bytes = match body.collect().await {
            Ok(body) => body.to_bytes(),
            Err(fault) => return Err(Problem::internal(fault).into_response()),
        };
        head.headers.remove(REQUEST_ID);
        let known = Arc::new(Known {
            status: head.status,
            headers: head.headers,
            bytes,
            figures,
        });
        self.known.insert(asked, known.clone());
        Ok(known)
    }

    async fn ask(&self, request: Request<Body>) -> Response {
        match self.router.clone().oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        }
    }
}

/// Descriptions of tiles are no tiles: they name the host they are asked at.
fn is_tile(status: StatusCode, headers: &HeaderMap) -> bool {
    status == StatusCode::NO_CONTENT
        || status == StatusCode::OK
            && headers
                .get(header::CONTENT_TYPE)
                .is_some_and(|kind| kind == MVT)
}

impl Service<Request<Body>> for Front {
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let inner = self.0.clone();
        Box::pin(async move { Ok(inner.answer(request).await) })
    }
}
