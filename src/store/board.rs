//! What the live board writes: events with what they come to in the table of incidents, and
//! answers that may be asked for again, in one transaction. And what it reads: the log by
//! number and by time, boards kept on the way.

use jiff::{SignedDuration, Timestamp};

use crate::incident::record::Incident;
use crate::live::board::Board;
use crate::live::event::LoggedEvent;
use crate::store::connection::Connection;
use crate::store::error::StoreError;
use crate::store::incidents::endings::{IncidentNews, note};
use crate::store::incidents::write::{Stored, add_received, stored};
use crate::store::log;
use crate::store::made_up::is_made_up;
use crate::store::packed_json::{packed, unpacked};
use crate::store::postgis::partitions::{self, OldPositions};
use crate::store::row::Reader;
use crate::store::statement::{Dialect, Statement, Value};
use crate::store::tables::{is_there, mark};
use crate::store::workspace::Workspace;

const SNAPSHOTS: &str = "board_snapshots";
const ANSWERS: &str = "idempotent_answers";

/// How much later than it says an event is written at most: a shift and more.
const WRITTEN_LATE: SignedDuration = SignedDuration::from_hours(24);

/// So many events before what was written late are looked at in one go.
const LOOKED_BACK_AT: i64 = 500;

/// An answer that was given, and to what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptAnswer {
    /// Hash of the request.
    pub request_hash: String,
    /// The answer's body.
    pub answer: String,
}

/// One transaction of the board's. Rolled back where it is dropped.
#[derive(Debug)]
pub struct BoardWrite {
    conn: Connection,
    /// Number of the newest event as the transaction begins; nobody else adds one before it
    /// ends.
    pub last: u64,
    /// That event; none in an empty log.
    pub newest: Option<LoggedEvent>,
}

impl Workspace {
    /// Begins to write.
    pub async fn begin_board(&self) -> Result<BoardWrite, StoreError> {
        let mut conn = self.begin_live().await?;
        let newest = log::newest(&mut conn).await?;
        let last = newest.as_ref().map_or(0, |event| event.sequence);
        Ok(BoardWrite { conn, last, newest })
    }

    /// Number of the newest event.
    pub async fn last_event(&self) -> Result<u64, StoreError> {
        log::last(&mut self.reader_soon().await?).await
    }

    /// Number of the last event by an instant, before the first one of after it; 0 where there
    /// was none.
    ///
    /// Some events are written later than they say: a forecast has the time at which its making
    /// began. What others did meanwhile is before it in the log, and after it by the clock.
    pub async fn last_event_by(&self, at: Timestamp) -> Result<u64, StoreError> {
        let by = Statement::new("SELECT coalesce(max(sequence), 0) FROM events WHERE at <= ?");
        let mut conn = self.reader().await?;
        let mut last = conn.number(by.bind(at)).await?;
        // What is later by a clock that was wrong is no bound: no more than a day is.
        let late = at.saturating_add(WRITTEN_LATE).unwrap_or(Timestamp::MAX);
        loop {
            // A stretch of numbers at a time, which the log's key finds however long it is.
            let after = Statement::new(
                "SELECT coalesce(min(sequence), 0) FROM events
                 WHERE sequence > ? AND sequence <= ? AND at > ? AND at <= ?",
            )
            .bind(last.saturating_sub(LOOKED_BACK_AT))
            .bind(last)
            .bind(at)
            .bind(late);
            match conn.number(after).await? {
                0 => return Ok(last.unsigned_abs()),
                first => last = first - 1,
            }
        }
    }

    /// Positions of units before an instant and after a number, oldest first.
    pub async fn positions_before(
        &self,
        at: Timestamp,
        after: u64,
        limit: u32,
    ) -> Result<Vec<LoggedEvent>, StoreError> {
        log::positions_before(&mut self.reader().await?, at, after, limit).await
    }

    /// The oldest partition of positions that ended by an instant, with what of it stays; none
    /// where there is none, as in a file. It takes a while: before the turn to write is taken.
    pub async fn oldest_positions(
        &self,
        before: Timestamp,
    ) -> Result<Option<OldPositions>, StoreError> {
        let mut conn = self.reader().await?;
        match conn.dialect() {
            Dialect::Gpkg => Ok(None),
            Dialect::Postgis => partitions::oldest_positions(&mut conn, before).await,
        }
    }

    /// The newest board that was kept by an event's number; none where there is none.
    pub async fn kept_board(&self, by: u64) -> Result<Option<Board>, StoreError> {
        let mut conn = self.reader_soon().await?;
        if !is_there(&mut conn, SNAPSHOTS).await? {
            return Ok(None);
        }
        let newest = Statement::new(
            "SELECT board FROM board_snapshots WHERE sequence <= ?
             ORDER BY sequence DESC LIMIT 1",
        )
        .bind(i64::try_from(by).unwrap_or(i64::MAX));
        let Some(row) = conn.row(newest).await? else {
            return Ok(None);
        };
        let bytes: Vec<u8> = Reader::new(&row, SNAPSHOTS).get("board")?;
        unpacked(SNAPSHOTS, &bytes).map(Some)
    }
}

impl BoardWrite {
    /// Events after a number, oldest first.
    pub async fn events_after(
        &mut self,
        sequence: u64,
        limit: u32,
    ) -> Result<Vec<LoggedEvent>, StoreError> {
        log::events_after(&mut self.conn, sequence, limit).await
    }

    /// What is stored of each of these incidents, in their order.
    pub async fn stored(&mut self, incidents: &[Incident]) -> Result<Vec<Stored>, StoreError> {
        stored(&mut self.conn, incidents).await
    }

    /// The answer that was given to a feed under a key.
    pub async fn answer(
        &mut self,
        feed: &str,
        key: &str,
    ) -> Result<Option<KeptAnswer>, StoreError> {
        let kept = Statement::new(
            "SELECT request_hash, answer FROM idempotent_answers
             WHERE feed = ? AND idempotency_key = ?",
        );
        let row = self.conn.row(kept.bind(feed).bind(key)).await?;
        row.map(|row| {
            let row = Reader::new(&row, ANSWERS);
            Ok(KeptAnswer {
                request_hash: row.get("request_hash")?,
                answer: row.get("answer")?,
            })
        })
        .transpose()
    }

    /// Keeps an answer.
    pub async fn keep_answer(
        &mut self,
        feed: &str,
        key: &str,
        answer: &KeptAnswer,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let statement = Statement::new(
            "INSERT INTO idempotent_answers (feed, idempotency_key, request_hash, at, answer)
             VALUES (?, ?, ?, ?, ?)",
        )
        .bind(feed)
        .bind(key)
        .bind(answer.request_hash.as_str())
        .bind(at)
        .bind(answer.answer.as_str());
        self.conn.execute(statement).await?;
        Ok(())
    }

    /// Lets go of answers that nobody asks for again.
    pub async fn forget_answers(&mut self, before: Timestamp) -> Result<u64, StoreError> {
        let statement = Statement::new("DELETE FROM idempotent_answers WHERE at < ?");
        self.conn.execute(statement.bind(before)).await
    }

    /// Appends events, which go on from [`BoardWrite::last`] without gaps.
    pub async fn append(&mut self, events: &[LoggedEvent]) -> Result<(), StoreError> {
        log::append_numbered(&mut self.conn, events).await
    }

    /// Adds incidents that are not stored, with the mark that the workspace has by now.
    pub async fn add_incidents(
        &mut self,
        incidents: &[Incident],
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let synthetic = mark(is_made_up(&mut self.conn).await?);
        add_received(&mut self.conn, incidents, synthetic, at).await
    }

    /// Writes what the board has come to know of an incident.
    pub async fn note(&mut self, news: &IncidentNews) -> Result<(), StoreError> {
        note(&mut self.conn, news).await
    }

    /// Keeps a board, as of its number.
    pub async fn keep_board(&mut self, board: &Board) -> Result<(), StoreError> {
        let statement = Statement::new(
            "INSERT INTO board_snapshots (sequence, at, board) VALUES (?, ?, ?)
             ON CONFLICT (sequence) DO NOTHING",
        )
        .bind(log::number(board.sequence))
        .bind(board.at)
        .bind(Value::Blob(Some(packed(SNAPSHOTS, board)?)));
        self.conn.execute(statement).await?;
        Ok(())
    }

    /// Lets go of boards kept before an instant.
    pub async fn forget_boards(&mut self, before: Timestamp) -> Result<u64, StoreError> {
        let statement = Statement::new("DELETE FROM board_snapshots WHERE at < ?");
        self.conn.execute(statement.bind(before)).await
    }

    /// Takes positions of units out of the log; other events stay whatever their number.
    pub async fn thin_positions(&mut self, sequences: &[u64]) -> Result<u64, StoreError> {
        log::remove_positions(&mut self.conn, sequences).await
    }

    /// Makes room for the time after an instant, where a server's tables are parted by time.
    pub async fn make_room_ahead(&mut self, now: Timestamp) -> Result<(), StoreError> {
        partitions::make_ahead(&mut self.conn, now).await?;
        Ok(())
    }

    /// Lets go of a week of positions, but for the last of each unit; whether it was still what
    /// was looked at.
    ///
    /// # Errors
    /// [`StoreError::Busy`] where somebody reads the log for long; later is soon enough.
    pub async fn drop_positions(&mut self, old: &OldPositions) -> Result<bool, StoreError> {
        partitions::drop_positions(&mut self.conn, old).await
    }

    /// Up to when positions that ended by an instant are left to be taken out one by one: a
    /// server's go by whole partitions.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn single_positions_end(
        &mut self,
        before: Timestamp,
    ) -> Result<Timestamp, StoreError> {
        match self.conn.dialect() {
            Dialect::Gpkg => Ok(before),
            Dialect::Postgis => partitions::positions_begin(&mut self.conn).await,
        }
    }

    /// What was written is on disk when this returns.
    pub async fn commit(self) -> Result<(), StoreError> {
        self.conn.commit().await
    }
}
