//! Connections that are given up together, when their server has not answered for a while:
//! what waits on one of them fails then, instead of waiting for the network, which takes a
//! quarter of an hour to say that nobody is there.

use std::future::pending;
use std::io::{Error, ErrorKind};
use std::pin::Pin;

use tokio::sync::watch;
use tokio_stream::{Stream, StreamExt};

/// What waits for a server.
pub type Waiting<'w, T> = Pin<Box<dyn Future<Output = Result<T, sqlx::Error>> + Send + 'w>>;

/// Tells when a connection is given up.
#[derive(Debug, Clone)]
pub struct GivenUp(Option<watch::Receiver<bool>>);

impl GivenUp {
    /// Of a connection that is not.
    pub fn never() -> Self {
        Self(None)
    }

    /// When this is told `true`.
    pub fn when(told: watch::Receiver<bool>) -> Self {
        Self(Some(told))
    }

    /// Does what waits for the server, as long as its connection is not given up. On the heap:
    /// whoever waits for statement after statement would else carry all of them on its stack.
    ///
    /// # Errors
    /// As of the work; [`sqlx::Error::Io`] where it was given up.
    pub fn or<'w, T: 'w>(
        mut self,
        work: impl Future<Output = Result<T, sqlx::Error>> + Send + 'w,
    ) -> Waiting<'w, T> {
        let work = Box::pin(work);
        if self.0.is_none() {
            return work;
        }
        Box::pin(async move {
            tokio::select! {
                biased;
                done = work => done,
                () = self.told() => Err(silent()),
            }
        })
    }

    /// Rows as they come, as long as the connection is not given up.
    pub fn or_rows<T>(
        mut self,
        mut rows: impl Stream<Item = Result<T, sqlx::Error>> + Unpin,
    ) -> impl Stream<Item = Result<T, sqlx::Error>> {
        async_stream::stream! {
            loop {
                let next = tokio::select! {
                    biased;
                    next = rows.next() => next,
                    () = self.told() => Some(Err(silent())),
                };
                let Some(row) = next else {
                    return;
                };
                let failed = row.is_err();
                yield row;
                if failed {
                    return;
                }
            }
        }
    }

    async fn told(&mut self) {
        let Some(told) = &mut self.0 else {
            return pending().await;
        };
        // Whoever would tell is gone: nobody watches any more.
        if told.wait_for(|given_up| *given_up).await.is_err() {
            pending().await
        }
    }
}

fn silent() -> sqlx::Error {
    sqlx::Error::Io(Error::new(ErrorKind::TimedOut, "it does not answer"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_waits_fails_and_what_is_done_counts() {
        let tell = watch::Sender::new(false);
        let given_up = GivenUp::when(tell.subscribe());
        assert_eq!(given_up.clone().or(async { Ok(1) }).await.unwrap(), 1);
        let waiting = tokio::spawn(given_up.clone().or(pending::<Result<(), sqlx::Error>>()));
        tokio::task::yield_now().await;
        tell.send_replace(true);
        let fault = waiting.await.unwrap().unwrap_err();
        assert!(matches!(fault, sqlx::Error::Io(_)), "{fault}");
        let never = tokio_stream::pending::<Result<(), sqlx::Error>>();
        let mut rows = Box::pin(given_up.clone().or_rows(never));
        assert!(rows.next().await.unwrap().is_err());
        assert!(rows.next().await.is_none());
        // Done in the same moment: it counts.
        assert_eq!(given_up.or(async { Ok(2) }).await.unwrap(), 2);
    }

    #[tokio::test]
    async fn nobody_who_watches_gives_nothing_up() {
        let tell = watch::Sender::new(false);
        let given_up = GivenUp::when(tell.subscribe());
        drop(tell);
        let waiting = given_up.or(pending::<Result<(), sqlx::Error>>());
        let short = std::time::Duration::from_millis(20);
        assert!(tokio::time::timeout(short, waiting).await.is_err());
    }
}
