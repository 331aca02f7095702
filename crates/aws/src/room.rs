//! Room for requests: how many may be on the wire at once, over all connections that share it.
//!
//! A place is taken for one request, from its first byte to the last of its answer, never while a call waits: what a service asks
//! patience for leaves the room to others.

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use http_body::{Body, Frame, SizeHint};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Places for requests, perhaps within a larger room.
#[derive(Debug, Clone)]
pub struct Room {
    own: Arc<Semaphore>,
    around: Option<Box<Room>>,
}

/// A place; it is free again when this is dropped.
#[derive(Debug)]
pub struct Place(#[expect(dead_code, reason = "held, never looked at")] Vec<OwnedSemaphorePermit>);

impl Room {
    /// A room of so many places, at least one.
    pub fn new(places: usize) -> Self {
        Self { own: semaphore(places), around: None }
    }

    /// A part of this room with so many places of its own. Those who wait are let in by turns, so with as many waiting in each part at
    /// most, none has to wait for more than the parts there are.
    pub fn part(&self, places: usize) -> Self {
        Self { own: semaphore(places), around: Some(Box::new(self.clone())) }
    }

    /// Waits for a place.
    pub async fn place(&self) -> Place {
        let mut held = Vec::with_capacity(2);
        let mut next = Some(self);
        while let Some(room) = next {
            // The semaphore is never closed.
            held.extend(room.own.clone().acquire_owned().await);
            next = room.around.as_deref();
        }
        Place(held)
    }

    pub(crate) fn around(&self, http: SharedHttpClient) -> SharedHttpClient {
        SharedHttpClient::new(Within { http, room: self.clone() })
    }
}

fn semaphore(places: usize) -> Arc<Semaphore> {
    Arc::new(Semaphore::new(places.clamp(1, Semaphore::MAX_PERMITS)))
}

/// An HTTP client whose requests take places.
#[derive(Debug)]
struct Within {
    http: SharedHttpClient,
    room: Room,
}

impl HttpClient for Within {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        let http = self.http.http_connector(settings, components);
        SharedHttpConnector::new(InTurn { http, room: self.room.clone() })
    }
}

#[derive(Debug)]
struct InTurn {
    http: SharedHttpConnector,
    room: Room,
}

impl HttpConnector for InTurn {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (http, room) = (self.http.clone(), self.room.clone());
        HttpConnectorFuture::new(async move {
            let place = room.place().await;
            let mut response = http.call(request).await?;
            let body = response.take_body();
            *response.body_mut() = SdkBody::from_body_1_x(Answer { body, place: Some(place) });
            Ok(response)
        })
    }
}

/// A body that keeps its request's place until its end.
struct Answer {
    body: SdkBody,
    place: Option<Place>,
}

impl Body for Answer {
    type Data = bytes::Bytes;
    type Error = aws_smithy_runtime_api::box_error::BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        if matches!(polled, Poll::Ready(None | Some(Err(_)))) {
            self.place = None;
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt;

    #[test]
    fn a_part_is_bounded_by_itself_and_by_what_is_around_it() {
        let whole = Room::new(3);
        let (left, right) = (whole.part(2), whole.part(2));
        let held = [left.place().now_or_never().unwrap(), left.place().now_or_never().unwrap()];
        assert!(left.place().now_or_never().is_none(), "its own places are taken");
        let last = right.place().now_or_never().unwrap();
        assert!(right.place().now_or_never().is_none(), "the room around it is full");
        drop(held);
        assert!(right.place().now_or_never().is_some());
        drop(last);
    }
}
