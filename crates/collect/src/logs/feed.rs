//! From an async task that fetches to a thread that reads: the bytes of an object, a few pieces ahead.

use super::store::{Opened, broken_off};
use super::unread::{Unread, Why};
use bytes::{Buf, Bytes, BytesMut};
use std::io::{self, Read};
use tokio::sync::mpsc;

/// Pieces that wait to be read; one more may be under way.
const WAITING: usize = 1;

/// Where a task puts an object's bytes. A task that cannot go on says so; one that is done says so too, because a task that was stopped must not be
/// taken for one that reached the end.
#[derive(Debug)]
pub(super) struct Feeder(mpsc::Sender<Result<Piece, Unread>>);

#[derive(Debug)]
enum Piece {
    Bytes(Bytes),
    End,
}

/// What the task feeds. Read as a reader, on a thread that may block.
#[derive(Debug)]
pub(super) struct Feed {
    pieces: mpsc::Receiver<Result<Piece, Unread>>,
    current: Bytes,
    state: State,
}

#[derive(Debug)]
enum State {
    Reading,
    Ended,
    Broken(Unread),
}

/// A feed and its two ends.
pub(super) fn feed() -> (Feeder, Feed) {
    let (sender, pieces) = mpsc::channel(WAITING);
    (Feeder(sender), Feed { pieces, current: Bytes::new(), state: State::Reading })
}

impl Feeder {
    /// Hands a piece on. `false`: nobody reads any more.
    pub(super) async fn piece(&self, bytes: Bytes) -> bool {
        self.0.send(Ok(Piece::Bytes(bytes))).await.is_ok()
    }

    /// That was all, or all that could be had.
    pub(super) async fn end(self, result: Result<(), Unread>) {
        // Without a reader there is nobody to tell.
        drop(self.0.send(result.map(|()| Piece::End)).await);
    }

    /// Runs until nobody reads any more: what is under way need not be waited for.
    pub(super) async fn while_read<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            done = work => Some(done),
            () = self.0.closed() => None,
        }
    }
}

impl Feed {
    /// The object whole, if it has no more bytes than `bound`, else as a stream.
    pub(super) async fn opened(mut self, bound: u64) -> Result<Opened, Unread> {
        let mut held = BytesMut::new();
        while held.len() as u64 <= bound {
            match self.pieces.recv().await.unwrap_or_else(|| Err(stopped()))? {
                Piece::Bytes(bytes) => held.extend_from_slice(&bytes),
                Piece::End => return Ok(Opened::Whole(held.freeze())),
            }
        }
        self.current = held.freeze();
        Ok(Opened::Stream(Box::new(self)))
    }

    fn fill(&mut self) -> Result<(), Unread> {
        while self.current.is_empty() {
            match &self.state {
                State::Reading => {}
                State::Ended => return Ok(()),
                State::Broken(unread) => return Err(unread.clone()),
            }
            match self.pieces.blocking_recv().unwrap_or_else(|| Err(stopped())) {
                Ok(Piece::Bytes(bytes)) => self.current = bytes,
                Ok(Piece::End) => self.state = State::Ended,
                Err(unread) => self.state = State::Broken(unread),
            }
        }
        Ok(())
    }
}

impl Read for Feed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.fill().map_err(broken_off)?;
        let length = buffer.len().min(self.current.len());
        if let (Some(buffer), Some(bytes)) = (buffer.get_mut(..length), self.current.get(..length)) {
            buffer.copy_from_slice(bytes);
        }
        self.current.advance(length);
        Ok(length)
    }
}

fn stopped() -> Unread {
    Unread::new(Why::Failed, "reading the object was stopped")
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn read_all(feed: Feed) -> io::Result<Vec<u8>> {
        let read = move || {
            let (mut feed, mut bytes) = (feed, Vec::new());
            feed.read_to_end(&mut bytes).map(|_| bytes)
        };
        tokio::task::spawn_blocking(read).await.unwrap()
    }

    #[tokio::test]
    async fn pieces_become_a_stream() {
        let (feeder, feed) = feed();
        tokio::spawn(async move {
            for piece in ["ab", "", "cde"] {
                feeder.piece(Bytes::from_static(piece.as_bytes())).await;
            }
            feeder.end(Ok(())).await;
        });
        assert_eq!(read_all(feed).await.unwrap(), b"abcde");
    }

    #[tokio::test]
    async fn a_task_that_stops_is_no_end() {
        let (feeder, reader) = feed();
        tokio::spawn(async move { feeder.piece(Bytes::from_static(b"ab")).await });
        let error = read_all(reader).await.unwrap_err();
        assert_eq!(Unread::within(&error).unwrap().why, Why::Failed);

        let (feeder, reader) = feed();
        drop(feeder);
        assert_eq!(reader.opened(10).await.unwrap_err().why, Why::Failed);
    }

    #[tokio::test]
    async fn an_error_stays() {
        let (feeder, mut feed) = feed();
        tokio::spawn(feeder.end(Err(Unread::new(Why::Denied, "no"))));
        let twice = tokio::task::spawn_blocking(move || [0; 2].map(|_| feed.read(&mut [0; 4]).unwrap_err()));
        for error in twice.await.unwrap() {
            assert_eq!((error.kind(), error.to_string().as_str()), (io::ErrorKind::PermissionDenied, "no"));
        }
    }

    #[tokio::test]
    async fn whole_up_to_the_bound() {
        for (bound, is_whole) in [(4, true), (3, false)] {
            let (feeder, feed) = feed();
            tokio::spawn(async move {
                feeder.piece(Bytes::from_static(b"abcd")).await;
                feeder.end(Ok(())).await;
            });
            match feed.opened(bound).await.unwrap() {
                Opened::Whole(bytes) => assert_eq!((&bytes[..], is_whole), (&b"abcd"[..], true)),
                Opened::Stream(_) => assert!(!is_whole),
            }
        }
    }

    #[tokio::test]
    async fn nobody_reads_any_more() {
        let (feeder, feed) = feed();
        drop(feed);
        assert!(!feeder.piece(Bytes::from_static(b"a")).await);
        assert_eq!(feeder.while_read(std::future::pending::<()>()).await, None);
    }
}
