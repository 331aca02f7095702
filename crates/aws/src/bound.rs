//! Answers are bounded: whoever plays AWS must not fill the memory.

use crate::fault::is_fault;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::BeforeDeserializationInterceptorContextMut;
use aws_smithy_runtime_api::client::interceptors::{Intercept, dyn_dispatch_hint};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::ConfigBag;
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use std::pin::Pin;
use std::task::{Context, Poll};

/// What a refusal may take at least, however little is asked for.
const REFUSAL: u64 = 1 << 20;

/// An answer with more bytes than allowed.
#[derive(Debug, thiserror::Error)]
#[error("the answer has more than {0} bytes")]
pub(crate) struct TooLarge(pub(crate) u64);

/// Refuses an answer that announces more than `limit` bytes, and ends one that does not announce its size soon after the limit. The
/// deserialiser then finds it too large; an error inside the body would be taken for a broken connection and tried again.
#[derive(Debug)]
pub(crate) struct Bound {
    pub(crate) limit: u64,
}

#[dyn_dispatch_hint]
impl Intercept for Bound {
    fn name(&self) -> &'static str {
        "Bound"
    }

    fn modify_before_deserialization(
        &self,
        context: &mut BeforeDeserializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let response = context.response_mut();
        let limit = if is_fault(response.status()) { self.limit.max(REFUSAL) } else { self.limit };
        let announced = response.headers().get("content-length").and_then(|length| length.parse::<u64>().ok());
        if announced.is_some_and(|length| length > limit) {
            return Err(TooLarge(limit).into());
        }
        let body = response.take_body();
        *response.body_mut() = SdkBody::from_body_1_x(Bounded { body, left: limit, done: false });
        Ok(())
    }
}

/// A body that ends with the frame that passes the limit.
struct Bounded {
    body: SdkBody,
    left: u64,
    done: bool,
}

impl Body for Bounded {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if self.done {
            return Poll::Ready(None);
        }
        let polled = Pin::new(&mut self.body).poll_frame(context);
        if let Poll::Ready(Some(Ok(frame))) = &polled {
            let length = frame.data_ref().map_or(0, |data| data.len() as u64);
            self.done = length > self.left;
            self.left = self.left.saturating_sub(length);
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.done || self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
