//! Connections that are given up together, when their server has not answered for a while:
//! what waits on one of them fails then, instead of waiting for the network, which takes a
//! quarter of an hour to say that nobody is there.
//!
//! The server may answer on new connections while those that are there have died without a
//! word (a router forgot them, an address has moved). So a statement that should be done soon
//! may have a deadline of its own, and when it passes they are given up by it.

use std::future::pending;
use std::io::{Error, ErrorKind};
use std::pin::Pin;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::sleep;
use tokio_stream::{Stream, StreamExt};

/// What waits for a server.
pub type Waiting<'w, T> = Pin<Box<dyn Future<Output = Result<T, sqlx::Error>> + Send + 'w>>;

/// Tells when a connection is given up.
#[derive(Debug, Clone)]
pub struct GivenUp {
    told: Option<watch::Receiver<bool>>,
    deadline: Option<Deadline>,
}

/// How long each statement may take, and who is told that one took longer.
#[derive(Debug, Clone)]
struct Deadline {
    after: Duration,
    give_up: watch::Sender<bool>,
}

impl GivenUp {
    /// Of a connection that is not.
    pub fn never() -> Self {
        Self {
            told: None,
            deadline: None,
        }
    }

    /// When this is told `true`.
    pub fn when(told: watch::Receiver<bool>) -> Self {
        Self {
            told: Some(told),
            deadline: None,
        }
    }

    /// The same, and each statement gives all up that is not answered after so long.
    pub fn within(self, after: Duration, give_up: watch::Sender<bool>) -> Self {
        let deadline = Some(Deadline { after, give_up });
        Self { deadline, ..self }
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
        if self.told.is_none() {
            return work;
        }
        Box::pin(async move {
            tokio::select! {
                biased;
                done = work => done,
                () = self.passed() => Err(silent()),
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
                    () = self.passed() => Some(Err(silent())),
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

    /// Given up by others, or by the deadline that begins now.
    async fn passed(&mut self) {
        let deadline = self.deadline.clone();
        tokio::select! {
            () = self.told() => {}
            () = passed(deadline) => {}
        }
    }

    async fn told(&mut self) {
        let Some(told) = &mut self.told else {
            return pending().await;
        };
        // Whoever would tell is gone: nobody watches any more.
        if told.wait_for(|given_up| *given_up).await.is_err() {
            pending().await
        }
    }
}

async fn passed(deadline: Option<Deadline>) {
    let Some(Deadline { after, give_up }) = deadline else {
        return pending().await;
    };
    sleep(after).await;
    if !give_up.send_replace(true) {
        let after_s = after.as_secs();
        tracing::warn!(
            after_s,
            "the database's server did not answer a statement: all connections to it are made anew"
        );
    }
}

/// What is heard where nobody answers.
pub fn silent() -> sqlx::Error {
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
    async fn a_statement_that_is_not_answered_gives_up_all() {
        let tell = watch::Sender::new(false);
        let others = GivenUp::when(tell.subscribe());
        let longest = Duration::from_secs(2);
        let given_up = others.clone().within(longest, tell.clone());
        let other = tokio::spawn(others.or(pending::<Result<(), sqlx::Error>>()));
        // Each statement has its own, and so has each row: together they take longer.
        let slow = async_stream::stream! {
            for row in 0..6 {
                sleep(longest / 5).await;
                yield Ok::<_, sqlx::Error>(row);
            }
        };
        let rows = given_up.clone().or_rows(Box::pin(slow));
        assert_eq!(
            rows.filter_map(Result::ok).collect::<Vec<_>>().await.len(),
            6
        );
        assert_eq!(given_up.clone().or(async { Ok(1) }).await.unwrap(), 1);
        assert!(!other.is_finished() && !*tell.borrow());
        let begun = std::time::Instant::now();
        let waiting = given_up.or(pending::<Result<(), sqlx::Error>>());
        assert!(waiting.await.is_err());
        assert!(begun.elapsed() >= longest);
        assert!(*tell.borrow());
        assert!(other.await.unwrap().is_err());
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
